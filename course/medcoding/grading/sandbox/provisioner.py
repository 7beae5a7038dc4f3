"""`medcoding-sandbox`: a jupyter_client kernel provisioner whose kernels run under bubblewrap.

For use outside of grading, name it in a kernelspec:

    {"argv": [], "display_name": "Python (sandbox)", "language": "python",
     "metadata": {"kernel_provisioner": {"provisioner_name": "medcoding-sandbox", "config": {}}}}

The kernel gets none of the caller's files unless `folder` in its config says which. Clients talk to it over Unix sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Dict, Integer, List, Unicode

from medcoding.grading.sandbox.files import gather
from medcoding.grading.sandbox.inside.zygote import CHANNELS
from medcoding.grading.sandbox.limits import Limits
from medcoding.grading.sandbox.zygotes import PRELOAD, USES, Kernel, zygotes

NAME = "medcoding-sandbox"
LONGEST_SOCKET = 90
"""Characters of a socket's path that every system takes."""


class SandboxProvisioner(KernelProvisionerBase):
    """Gives Python kernels without network and without sight of anything but system, Python and their own files.

    The grader's side opens the kernel's sockets and hands them over open, so the two share no folder, and a client need
    not wait until the kernel listens.
    """

    limits = Dict(help="Bounds on a notebook, as fields of Limits; what is not named keeps its default.").tag(config=True)
    hidden = List(Unicode(), help="Folders that must not be seen even where they lie within the system's.").tag(config=True)
    preload = List(Unicode(), list(PRELOAD), help="Modules that are imported once for all kernels.").tag(config=True)
    uses = Integer(USES, help="Kernels after which a sandbox is replaced.").tag(config=True)
    folder = Unicode("", help="A folder whose plain files a kernel gets a private copy of.").tag(config=True)

    kernel: Kernel | None = None
    """The running kernel; after its end, `last` keeps it."""
    last: Kernel | None = None
    _place: str = ""

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel, alive or not yet waited for."""
        return self.kernel is not None

    async def poll(self) -> int | None:
        """None while the kernel lives, else 1."""
        return None if self.kernel is not None and self.kernel.alive() else 1

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        while self.kernel is not None and self.kernel.alive():
            await asyncio.sleep(0.05)
        self.kernel = None
        return 1

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel, or end it; other signals do not reach it."""
        if self.kernel is None:
            return
        if signum == signal.SIGINT:
            self.kernel.interrupt()
        elif signum in (signal.SIGKILL, signal.SIGTERM):
            self.kernel.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything it started; nothing of it is left when this returns."""
        if self.kernel is not None:
            self.kernel.kill()

    async def terminate(self, restart: bool = False) -> None:
        """As `kill`: a student's code is not asked."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets."""
        await self.kill()
        self.kernel = None
        if self._place and not restart:
            shutil.rmtree(self._place, ignore_errors=True)
            self._place = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where the sockets are, and refuse what is no Python kernel.

        Raises:
            ValueError: the kernelspec is of another language.
        """
        language = (self.kernel_spec.language or "python").lower()
        if language != "python":
            raise ValueError(f"The sandbox runs Python notebooks; this one asks for {language!r}.")
        manager = self.parent
        if not self._place:
            self._place = _short_folder()
        manager.transport, manager.ip = "ipc", f"{self._place}/k"
        for number, name in enumerate(CHANNELS, 1):
            setattr(manager, f"{name}_port", number)
        self.connection_info = manager.get_connection_info()
        return {"cmd": [], "files": kwargs.get("files"), "env": kwargs.get("kernel_env", {})}

    async def launch_kernel(self, cmd: Sequence[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; the command is the sandbox's own, whatever the kernelspec says.

        Raises:
            SandboxMissing, SandboxBroken: there is no sandbox.
        """
        files: Mapping[str, bytes] | None = kwargs.get("files")
        if files is None:
            files = gather([Path(self.folder)], []) if self.folder else {}
        key = self.connection_info["key"]
        env = {"HOME": "/home/student", "IPYTHONDIR": "/tmp/ipython", **dict(kwargs.get("env") or {})}  # noqa: S108 the sandbox's own
        listening: list[socket.socket] = []
        try:
            listening += [_listen(f"{self._place}/k-{number}") for number in range(1, len(CHANNELS) + 1)]
            warm = zygotes([Path(path) for path in self.hidden], self.preload, self.uses)
            request = {"key": key.decode() if isinstance(key, bytes) else str(key), "env": env}
            self.kernel = self.last = warm.start(request, listening, files, Limits(**self.limits))
        except BaseException:
            await self.cleanup()
            raise
        finally:
            for one in listening:
                one.close()
        return self.connection_info


def _listen(path: str) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        Path(path).unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(path)
    made.listen(8)
    return made


def _short_folder() -> str:
    """A folder for sockets, private to this user, with a name short enough for them."""
    made = tempfile.mkdtemp(prefix="mc-")
    if len(made) > LONGEST_SOCKET:
        Path(made).rmdir()
        made = tempfile.mkdtemp(prefix="mc-", dir="/tmp")
    return made
