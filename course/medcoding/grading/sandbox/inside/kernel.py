"""The student's kernel: ipykernel on sockets that the grader has opened, within limits that its children inherit."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import secrets
import socket
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.ultratb import AutoFormattedTB
from traitlets.config import Config

from medcoding.grading.sandbox.inside import calls, fair, pristine, walls
from medcoding.grading.sandbox.inside.warden import HOME, PUT_BACK, TEST, digest
from medcoding.grading.sandbox.inside.zygote import CHANNELS

debugger = types.ModuleType("ipykernel.debugger")
debugger.Debugger, debugger._is_debugpy_available = type("Debugger", (), {}), False  # type: ignore[attr-defined]
sys.modules.setdefault("ipykernel.debugger", debugger)  # nobody debugs here, and importing it takes half of a kernel's start

PIECE = 500_000
"""Characters of text that are sent at once."""
CONFIG = Config({"HistoryManager": {"hist_file": ":memory:"}})
NOT_AHEAD = ("__main__", "__mp_main__", "matplotlib_inline")
"""Not to be imported before there is a kernel: the last looks for its shell when it is imported."""
REHEARSED = (
    "1 + 1",
    "1 / 0",
    "print('text')",
    "%matplotlib inline",
    "import pandas\npandas.DataFrame({'a': [1]})",
    "assert [1] == [2], 'no'",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
)
"""Cells of the usual kinds."""


class _Heartbeat(Heartbeat):
    descriptor = -1

    def _try_bind_socket(self) -> None:
        self.socket.setsockopt(zmq.USE_FD, self.descriptor)
        self.socket.bind(f"{self.transport}://{self.ip}-{self.port}")


class Stream(OutStream):
    """ipykernel's stdout and stderr, which send much text in pieces: a client that is careful takes no message of any size."""

    _unsent = 0

    def write(self, string: str) -> int:
        if isinstance(string, str) and len(string) > PIECE:
            for start in range(0, len(string), PIECE):
                self.write(string[start : start + PIECE])
            return len(string)
        super().write(string)
        self._unsent += len(string)
        if self._unsent >= PIECE:
            self._unsent = 0
            self.flush()  # type: ignore[no-untyped-call]
        return len(string)


class TestingKernel(IPythonKernel):
    """ipykernel's kernel, which puts Python and IPython back as they were before it runs a cell that is said to be a test, and looks at what that compares."""

    put_back: Callable[[], list[str]] | None = None

    async def do_execute(
        self, code: str, silent: bool, store_history: bool = True, user_expressions: Any = None, allow_stdin: bool = False, *,
        cell_meta: dict[str, Any] | None = None, cell_id: str | None = None,
    ) -> dict[str, Any]:
        test = self.put_back is not None and bool((cell_meta or {}).get(TEST))
        name = f"_looked_{secrets.token_hex(8)}"
        if test and self.put_back:
            changed = self.put_back()
            said = {"names": changed[:20], "runs": digest(code)}
            self.session.send(self.iopub_socket, PUT_BACK, said, parent=self.get_parent("shell"))  # type: ignore[no-untyped-call]
            self.shell.ast_transformers.append(fair.Fair(name))
            self.shell.user_ns[name] = fair.look
        try:
            done: dict[str, Any] = await super().do_execute(  # type: ignore[no-untyped-call]
                code, silent, store_history, user_expressions, allow_stdin, cell_meta=cell_meta, cell_id=cell_id
            )
        finally:
            if test:
                self.shell.ast_transformers[:] = []
                self.shell.user_ns.pop(name, None)
        return done


class SandboxedKernel(IPKernelApp):
    """ipykernel's application without connection file, on open sockets."""

    descriptors: dict[int, int]
    """Listening sockets by the number that stands for a port."""

    def _try_bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.descriptors[port])
        s.setsockopt(zmq.SNDHWM, 0)  # what a slow reader has not taken waits in this process's own memory; nothing is dropped
        s.bind(f"{self.transport}://{self.ip}-{port}")
        return port

    def init_heartbeat(self) -> None:
        _Heartbeat.descriptor = self.descriptors[self.hb_port]
        self.heartbeat = _Heartbeat(zmq.Context(), (self.transport, self.ip, self.hb_port))  # type: ignore[no-untyped-call]
        self.heartbeat.start()

    def init_control(self, context: Any) -> None:
        super().init_control(context)  # type: ignore[no-untyped-call]
        self.debug_shell_socket.close(0)  # it would look for the shell socket by its path, which is the grader's
        self.debug_shell_socket = context.socket(zmq.DEALER)

    def parse_command_line(self, argv: Any = None) -> None:
        pass

    def load_config_file(self, suppress_errors: bool | None = None) -> None:
        pass

    def init_connection_file(self) -> None:
        pass

    def write_connection_file(self, **kwargs: Any) -> None:
        pass


def start(request: dict[str, Any], listening: list[int], also: int) -> SandboxedKernel:
    """This process as a kernel that is ready to serve; `also` is one more descriptor to keep. No student's code has run yet."""
    os.setsid()
    kept = _only(listening, also)
    _limit(request["limits"])
    walls.no_new_privileges()
    calls.install()
    walls.dumpable(True)
    os.environ.update(request.get("env", {}))
    with contextlib.suppress(ImportError):
        import numpy

        numpy.random.seed()  # or all students would draw the same numbers
    os.chdir("/")  # a student's files must not be imported while the kernel starts
    app = _application(dict(enumerate(kept, 1)), request["key"])
    app.kernel.put_back = pristine.keep(app.kernel.shell)
    os.chdir(HOME)
    if "" not in sys.path:
        sys.path.append("")  # now they may be, but in nobody's place: a test that imports a module gets the real one
    return app


def rehearse() -> list[str]:
    """What a kernel imports until its first cells have run, found out in a child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nothing, descriptor)
            app = _application({number: _unheard() for number in range(1, len(CHANNELS) + 1)})
            for cell in REHEARSED:
                app.kernel.shell.run_cell(cell)
            names = [name for name in sys.modules if name.partition(".")[0] not in NOT_AHEAD]
            with open(writing, "w") as told:
                json.dump(names, told)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as heard:
        text = heard.read()
    os.waitpid(child, 0)
    return list(json.loads(text)) if text else []


def warm_up() -> None:
    """Do once what is slow the first time: show an error."""
    try:
        raise AssertionError("never shown")
    except AssertionError:
        AutoFormattedTB(mode="Context").structured_traceback(*sys.exc_info())


def _unheard() -> int:
    """A listening socket that nobody connects to."""
    made = socket.socket(socket.AF_UNIX)
    made.bind(tempfile.mktemp(prefix="rehearsal-"))  # noqa: S306 within the zygote's own folder
    made.listen(1)
    return made.detach()


def _application(descriptors: dict[int, int], key: str = "") -> SandboxedKernel:
    ports = {f"{name}_port": number for number, name in enumerate(CHANNELS, 1)}
    app: SandboxedKernel = SandboxedKernel.instance(transport="ipc", ip="kernel", outstream_class=f"{__name__}.Stream", kernel_class=TestingKernel, config=CONFIG, **ports)
    app.descriptors = descriptors
    app.session.key = key.encode()
    app.log_level = 50
    app.initialize([])
    return app


def _only(listening: list[int], also: int) -> list[int]:
    """Close every descriptor but the kernel's own."""
    kept = {0, 1, 2, also, *listening}
    own = Path("/proc/self/fd")
    found = [int(path.name) for path in own.iterdir()] if own.is_dir() else range(os.sysconf("SC_OPEN_MAX"))
    for descriptor in found:
        if descriptor not in kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    return listening


def _limit(limits: dict[str, int]) -> None:
    own = Path("/proc/self/statm")
    pages = int(own.read_text().split()[0]) if own.is_file() else 0
    space = pages * os.sysconf("SC_PAGE_SIZE") or 1 << 30
    for what, most in (
        (resource.RLIMIT_AS, space + limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_FSIZE, limits["scratch"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 1 << 16),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 256),
    ):
        hard = resource.getrlimit(what)[1]
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bounded, bounded))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
