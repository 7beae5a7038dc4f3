"""The fork server: imports once what every kernel needs, then forks a child into walls of its own for each notebook.

Asked over one socket that no child keeps. A request is JSON with seven descriptors: five listening sockets of the kernel,
the socket on which its warden reports, and the submission's files.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from medcoding.grading.sandbox.inside import walls

NOBODY = 65533
"""The user and group within the sandbox; no system gives this number to anybody."""
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
DESCRIPTORS = len(CHANNELS) + 2
LARGEST_REQUEST = 100_000


def main(control_fd: int, preload: Sequence[str]) -> None:
    """Serve until the other end of the control socket is closed."""
    _lock_in()
    control = socket.socket(fileno=control_fd)
    from medcoding.grading.sandbox.inside import kernel, warden

    assert warden
    for names in (preload, kernel.rehearse()):
        for name in names:
            if name not in sys.modules:
                with contextlib.suppress(Exception):  # what is not installed is not there for the students either
                    importlib.import_module(name)
    with contextlib.suppress(Exception):
        kernel.warm_up()
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": os.getpid()}).encode())
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, LARGEST_REQUEST, DESCRIPTORS)
        if not request:
            return
        _serve(control, request, descriptors)


def _lock_in() -> None:
    """Take the zygote's own rights down to what making walls needs; forbid new user namespaces to it and all its children."""
    try:
        with open("/proc/sys/user/max_user_namespaces", "w") as file:
            file.write("0")
    except OSError:
        pass  # the filter of system calls forbids them too
    if os.getuid() == 0:
        walls.become(NOBODY, NOBODY)
    walls.keep_capabilities(walls.SYS_ADMIN, walls.SETPCAP)  # the latter to give up the former
    walls.no_new_privileges()
    walls.dumpable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _serve(control: socket.socket, request: bytes, descriptors: list[int]) -> None:
    """Fork: the first child makes new namespaces, its child is the first process in them."""
    child = os.fork()
    if child == 0:
        try:
            control.close()
            walls.unshare(walls.NEW_PROCESSES | walls.NEW_MOUNTS | walls.NEW_IPC)
            if os.fork() == 0:
                _first_process(request, descriptors)
        finally:
            os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    os.waitpid(child, 0)


def _first_process(request: bytes, descriptors: list[int]) -> NoReturn:
    from medcoding.grading.sandbox.inside import warden

    try:
        warden.guard(json.loads(request), descriptors)
    except BaseException as error:
        problem = json.dumps({"failed": f"{type(error).__name__}: {error}"[:500]}).encode()
        with contextlib.suppress(OSError):
            socket.socket(fileno=os.dup(descriptors[len(CHANNELS)])).send(problem)
    finally:
        os._exit(1)
