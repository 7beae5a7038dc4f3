"""jupyter_client's manager and client as grading uses them: bounded, and without waiting for what is known."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from medcoding.grading.sandbox.inside.warden import TEST
from medcoding.grading.sandbox.limits import Limits
from medcoding.grading.sandbox.provisioner import NAME, SandboxProvisioner
from medcoding.grading.sandbox.zygotes import PRELOAD, USES

LARGEST_MESSAGE = 16_000_000
"""Bytes of one message from a kernel; a larger one ends the connection."""
MOST_WAITING = 4
"""Messages that wait to be read; beyond, a kernel waits."""


class SandboxClient(AsyncKernelClient):
    """Talks to a kernel that nobody trusts."""

    def start_channels(self, shell: bool = True, iopub: bool = True, stdin: bool = False, hb: bool = False, control: bool = False) -> None:
        """Only what executing cells needs."""
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=hb, control=control)

    is_test = False
    """Whether what is executed next is a test of the released notebook."""

    def execute(
        self, code: str, silent: bool = False, store_history: bool = True, user_expressions: Any = None, allow_stdin: bool | None = None,
        stop_on_error: bool = True,
    ) -> str:
        """Ask for a cell to be run, and say whether it is a test."""
        content = {
            "code": code, "silent": silent, "store_history": store_history, "user_expressions": user_expressions or {}, "allow_stdin": bool(allow_stdin),
            "stop_on_error": stop_on_error,
        }
        message = self.session.msg("execute_request", content, metadata={TEST: self.is_test})
        self.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def stop_channels(self) -> None:
        """Only those that were started."""
        for channel in (self._shell_channel, self._iopub_channel):
            if channel is not None and channel.is_alive():
                channel.stop()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its answer has been published, for then nothing that it prints is missed.

        Raises:
            RuntimeError: it died, or does not answer in time.
        """
        end = time.monotonic() + (timeout if timeout is not None else 60.0)
        while True:
            asked = self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1.0)
                while reply["parent_header"].get("msg_id") != asked:
                    reply = await self.shell_channel.get_msg(timeout=1.0)
                while not self._idle(await self.iopub_channel.get_msg(timeout=0.2), asked):
                    pass
                self._handle_kernel_info_reply(reply)
                return
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError(f"The kernel died before it answered: {getattr(self.parent, 'ended', '')}") from None
                if time.monotonic() > end:
                    raise RuntimeError(f"The kernel did not answer in {timeout} seconds.") from None

    @staticmethod
    def _idle(message: Mapping[str, Any], asked: str) -> bool:
        idle = message["msg_type"] == "status" and message["content"].get("execution_state") == "idle"
        return bool(idle and message["parent_header"].get("msg_id") == asked)


class SandboxKernelManager(AsyncKernelManager):
    """Starts kernels by the sandbox's provisioner, whatever kernelspecs are installed."""

    client_class = "medcoding.grading.sandbox.manager.SandboxClient"

    @default("client_factory")  # type: ignore[untyped-decorator]
    def _client_factory(self) -> type:
        return SandboxClient

    def __init__(
        self, *, language: str = "python", files: Mapping[str, bytes] | None = None, hidden: Sequence[Path] = (), limits: Limits | None = None,
        preload: Sequence[str] = PRELOAD, uses: int = USES, env: Mapping[str, str] | None = None, **kwargs: Any,
    ) -> None:
        """`files` are copied for the kernel; `hidden` must not be seen from it."""
        super().__init__(**kwargs)
        self.files, self.env = dict(files or {}), dict(env or {})
        config = {"limits": (limits or Limits()).as_json(), "hidden": [str(path) for path in hidden], "preload": list(preload), "uses": uses}
        self._kernel_spec = KernelSpec(
            argv=[], display_name="Python (sandbox)", language=language, metadata={"kernel_provisioner": {"provisioner_name": NAME, "config": config}}
        )
        self.context.maxmsgsize = LARGEST_MESSAGE
        self.context.rcvhwm = MOST_WAITING

    @property
    def ended(self) -> str:
        """Why the kernel is gone; empty while it lives, if it never was, and if it was no longer needed."""
        provisioner = self.provisioner
        kernel = provisioner.last if isinstance(provisioner, SandboxProvisioner) else None
        return "" if kernel is None or kernel.alive() else kernel.ended or ""

    def stop(self, why: str) -> None:
        """End the kernel at once, and remember why."""
        if isinstance(self.provisioner, SandboxProvisioner) and self.provisioner.kernel is not None:
            self.provisioner.kernel.kill(why)

    def client(self, **kwargs: Any) -> Any:
        """A client on this manager's bounded context."""
        return super().client(context=self.context, **kwargs)

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        return await super()._async_pre_start_kernel(files=self.files, kernel_env=self.env)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        if not restart and not self.context.closed:
            self.context.destroy(linger=0)  # nothing is left to say to a kernel that was killed
        self._created_context = False
        await super()._async_cleanup_resources(restart=restart)

    cleanup_resources = _async_cleanup_resources

    def _reconcile_connection_info(self, info: KernelConnectionInfo) -> None:
        """Nothing to reconcile, and no file with the key to write."""

    def _connect_control_socket(self) -> None:
        """A student's kernel is not asked to shut down, so it needs no control socket."""


def size_of(content: Any) -> int:
    """Bytes that a message's content takes as JSON, about."""
    return len(json.dumps(content, default=str))
