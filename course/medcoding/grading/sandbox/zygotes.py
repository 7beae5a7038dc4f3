"""Warm sandboxes on the grader's side: started ahead, asked for a kernel at a time, replaced after some."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from medcoding.grading.sandbox.bubblewrap import SandboxMissing, command, user_namespace, view, way
from medcoding.grading.sandbox.files import pack
from medcoding.grading.sandbox.limits import Limits

PRELOAD = ("numpy", "pandas", "matplotlib.pyplot")
"""What is imported once for all notebooks. Whatever else a notebook imports, it imports itself."""
USES = 100
PATIENCE = 60.0
"""Seconds that a zygote may take to be ready."""


class SandboxBroken(RuntimeError):
    """A sandbox that should have started has not; the message says what it said."""


class Kernel:
    """A sandboxed kernel as its grader sees it. Once it is gone, `ended` says why; nothing if its grader had done with it."""

    def __init__(self, zygote: Zygote, status: socket.socket, limits: Limits, warden: int, process: int) -> None:
        self._zygote, self._status, self._limits = zygote, status, limits
        self._warden, self._process = warden, process
        self.ended: str | None = None

    def alive(self) -> bool:
        """Whether it lives; learns why, if not."""
        if self.ended is None and _gone(self._warden, 0.0):
            self._over("")
        return self.ended is None

    def interrupt(self) -> None:
        """As Ctrl+C."""
        if self.ended is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGINT)

    def kill(self, why: str = "") -> None:
        """End it and everything that it started; returns when all are gone."""
        if not self.alive():
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._warden, signal.SIGKILL)
        healthy = _gone(self._warden, 10.0)
        self._over(why, healthy)

    def _over(self, why: str, healthy: bool = True) -> None:
        said = why
        with contextlib.suppress(OSError, ValueError):
            self._status.setblocking(False)
            said = why or self._limits.said(str(json.loads(self._status.recv(4096)).get("ended", "")))
        self.ended = said
        self._status.close()
        os.close(self._warden)
        os.close(self._process)
        self._zygote.free(healthy)


class Zygote:
    """One sandbox with a fork server in it, which serves one kernel at a time."""

    def __init__(self, hidden: Sequence[Path], preload: Sequence[str]) -> None:
        """Starts it; `ready` waits until it can serve.

        Raises:
            SandboxMissing: it cannot be had on this machine.
        """
        self.uses = 0
        self.busy = False
        self.healthy = True
        self._ready = False
        found = way()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 as long as the sandbox
        with user_namespace(found) as (words, descriptors):
            self._process = subprocess.Popen(
                [*words, *view(found, hidden), *command([str(theirs.fileno()), *preload])],
                pass_fds=[theirs.fileno(), *descriptors], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said, env={}, cwd="/",
            )
        theirs.close()

    def ready(self) -> None:
        """Wait until it can serve.

        Raises:
            SandboxBroken: it ended, or took too long.
        """
        if self._ready:
            return
        self._control.settimeout(PATIENCE)
        try:
            if not self._control.recv(4096):
                raise OSError("it ended")
        except OSError as error:
            self.close()
            self._said.seek(0)
            said = self._said.read(2000).decode(errors="replace").strip().replace("\n", " ")
            raise SandboxBroken(f"The sandbox for code cells did not start: {said or error}") from error
        self._ready = True

    def start(self, request: Mapping[str, Any], listening: Sequence[socket.socket], files: Mapping[str, bytes], limits: Limits) -> Kernel:
        """Fork a kernel.

        Raises:
            SandboxBroken: it did not come.
        """
        self.ready()
        self.uses += 1
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        packed = pack(files)
        try:
            message = json.dumps({**request, "limits": limits.as_json()}).encode()
            socket.send_fds(self._control, [message], [*(one.fileno() for one in listening), theirs.fileno(), packed])
            theirs.close()
            ours.settimeout(PATIENCE)
            answer, descriptors, _, _ = socket.recv_fds(ours, 4096, 2)
        except OSError as error:
            self.close()
            raise SandboxBroken(f"The sandbox for code cells gave no kernel: {error}") from error
        finally:
            theirs.close()
            os.close(packed)
        if len(descriptors) != 2:
            self.close()
            said = json.loads(answer).get("failed", "") if answer else "it ended"
            raise SandboxBroken(f"The sandbox for code cells gave no kernel: {said}")
        self.busy = True
        return Kernel(self, ours, limits, *descriptors)

    def free(self, healthy: bool = True) -> None:
        """Its kernel is gone. One that left something alive is not used again."""
        self.busy = False
        if not healthy:
            self.close()

    def close(self) -> None:
        """End it with everything in it."""
        self.healthy = False
        self._control.close()
        self._process.kill()
        self._process.wait()


class Zygotes:
    """The warm sandboxes of one kind in this process."""

    def __init__(self, hidden: Sequence[Path], preload: Sequence[str] = PRELOAD, uses: int = USES) -> None:
        self._hidden, self._preload, self._uses = tuple(hidden), tuple(preload), uses
        self._all: list[Zygote] = []
        self._lock = threading.Lock()
        self.owner = os.getpid()
        self.started = 0

    def start(self, request: Mapping[str, Any], listening: Sequence[socket.socket], files: Mapping[str, bytes], limits: Limits) -> Kernel:
        """A kernel from a sandbox that has none; a broken sandbox is replaced once.

        Raises:
            SandboxMissing: this machine cannot have one.
            SandboxBroken: it did not come, twice.
        """
        with self._lock:
            for last in (False, True):
                zygote = self._free()
                try:
                    kernel = zygote.start(request, listening, files, limits)
                except SandboxBroken:
                    if last:
                        raise
                    continue
                self._ahead()
                return kernel
        raise AssertionError

    def _free(self) -> Zygote:
        for one in [one for one in self._all if not one.busy and one.uses >= self._uses]:
            one.close()
        self._all = [one for one in self._all if one.healthy]
        free = [one for one in self._all if not one.busy]
        return free[0] if free else self._new()

    def _ahead(self) -> None:
        """Start the successor of a sandbox that has served for the last time, so that nobody waits for it."""
        if all(one.uses >= self._uses for one in self._all):
            with contextlib.suppress(SandboxMissing, SandboxBroken):
                self._new()

    def _new(self) -> Zygote:
        made = Zygote(self._hidden, self._preload)
        self.started += 1
        self._all.append(made)
        return made

    def close(self) -> None:
        """End all of them."""
        if self.owner == os.getpid():
            for one in self._all:
                one.close()
        self._all = []


_kept: dict[tuple[Any, ...], Zygotes] = {}


def zygotes(hidden: Sequence[Path] = (), preload: Sequence[str] = PRELOAD, uses: int = USES) -> Zygotes:
    """This process's warm sandboxes from which `hidden` cannot be seen. They end with the process."""
    key = (tuple(hidden), tuple(preload), uses)
    found = _kept.get(key)
    if found is None or found.owner != os.getpid():
        found = _kept[key] = Zygotes(hidden, preload, uses)
    return found


@atexit.register
def close_all() -> None:
    """End every sandbox of this process."""
    for one in _kept.values():
        one.close()
    _kept.clear()


def _gone(pidfd: int, patience: float) -> bool:
    end = time.monotonic() + patience
    while True:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        if poll.poll(max(0.0, end - time.monotonic()) * 1000):
            return True
        if time.monotonic() >= end:
            return False
