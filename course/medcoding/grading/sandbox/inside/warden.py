"""The first process of a notebook's own process namespace: puts up the walls, starts the kernel, watches, and takes all along when it ends.

Every process of the notebook lives in this namespace, so none outlives the warden: the kernel of the system sees to that.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from medcoding.grading.sandbox.inside import walls

HOME = "/home/student"
SCRATCH = "/scratch"
PLACES = {"tmp": "/tmp", "shm": "/dev/shm", "home": HOME}  # noqa: S108 the sandbox's own
TEST = "medcoding_test"
"""In the metadata of a request to the kernel: the cell is a test."""
PUT_BACK = "medcoding_put_back"
"""The kind of a message with which a test begins: what the submission had changed, and the digest of the code that is run."""
INTERVAL = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


def digest(code: str) -> str:
    """By which grader and kernel agree on what is run."""
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()


def guard(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Set a notebook's kernel up and watch it to the end. Reports on the last descriptor but one."""
    *listening, status_fd, files_fd = descriptors
    limits = request["limits"]
    status = socket.socket(fileno=status_fd)
    _quiet()
    _walls(limits)
    walls.keep_capabilities()
    _unpack(files_fd)
    os.close(files_fd)
    trouble, told = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        status.close()
        _kernel(request, listening, told)
    for descriptor in (*listening, told):
        os.close(descriptor)
    watched = os.pidfd_open(kernel)
    socket.send_fds(status, [b'{"started": true}'], [os.pidfd_open(os.getpid()), watched])
    ended = _watch(status, watched, kernel, limits)
    said = os.read(trouble, 400).decode(errors="replace")  # the kernel's end is closed, by itself or by its death
    status.send(json.dumps({"ended": said or ended}).encode())
    os._exit(0)


def _kernel(request: dict[str, Any], listening: list[int], told: int) -> NoReturn:
    """Be the kernel. Why it could not start goes into a pipe, of which nothing is left when a student's code runs."""
    from medcoding.grading.sandbox.inside import kernel

    try:
        app = kernel.start(request, listening, told)
    except BaseException as error:
        os.write(told, f"the kernel did not start: {type(error).__name__}: {error}"[:400].encode())
        os._exit(1)
    os.close(told)
    try:
        app.start()  # type: ignore[no-untyped-call]
    finally:
        os._exit(0)


def _quiet() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _walls(limits: dict[str, int]) -> None:
    """A view of its own of processes, and one small place in memory for all that is written."""
    walls.mount("none", "/", "", walls.RECURSIVE | walls.PRIVATE)
    if Path("/proc/self").exists():
        walls.mount("proc", "/proc", "proc", walls.NO_SUID | walls.NO_DEVICES | walls.NO_EXECUTION, "hidepid=invisible")
    options = f"size={limits['scratch']},nr_inodes={limits['scratch_files']},mode=0755"
    walls.mount("tmpfs", SCRATCH, "tmpfs", walls.NO_SUID | walls.NO_DEVICES, options)
    for name, place in PLACES.items():
        Path(SCRATCH, name).mkdir(0o700)
        for part in _leading_to_python(place):
            shown = f"{SCRATCH}/{name}/{part}"
            Path(shown).mkdir(0o755)
            walls.mount(f"{place}/{part}", shown, "", walls.BIND | walls.RECURSIVE)
            walls.mount("none", shown, "", walls.BIND | walls.REMOUNT | walls.READ_ONLY | walls.NO_SUID | walls.NO_DEVICES)
        walls.mount(f"{SCRATCH}/{name}", place, "", walls.BIND | walls.RECURSIVE)
    walls.detach(SCRATCH)


def _leading_to_python(place: str) -> list[str]:
    """The folders right below a place in which Python or this package lies; in most installations none."""
    paths = [Path(found) for found in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, __file__) if found]
    return sorted({path.relative_to(place).parts[0] for path in paths if path.is_relative_to(place) and path != Path(place)})


def _unpack(files_fd: int) -> None:
    """The submission's files, as `files.pack` packed them: eight bytes of length, an index, and the contents."""
    with open(files_fd, "rb", closefd=False) as packed:
        index = json.loads(packed.read(int.from_bytes(packed.read(8), "big")))
        for name, size in index:
            path = Path(HOME, name)
            content = packed.read(size)
            with contextlib.suppress(OSError):  # a name too long, or no room: the notebook does without
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def _watch(status: socket.socket, watched: int, kernel: int, limits: dict[str, int]) -> str:
    """Why the notebook has ended: memory, cpu, time, or what became of its kernel."""
    end = time.monotonic() + limits["seconds"]
    while True:
        ready, _, _ = select.select([status.fileno(), watched], [], [], INTERVAL)
        if status.fileno() in ready:  # nobody is there any more
            os._exit(0)
        if watched in ready:
            return _fate(os.waitpid(kernel, 0)[1])
        _bury(kernel)
        if time.monotonic() > end:
            return "time"
        memory, cpu = used(limits["memory"])
        if memory > limits["memory"]:
            return "memory"
        if cpu > limits["cpu"]:
            return "cpu"


def _bury(kernel: int) -> None:
    """Take leave of processes whose parents are gone, so that they do not count as processes for ever."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None and found.si_pid != kernel:
            os.waitpid(found.si_pid, 0)


def _fate(code: int) -> str:
    if os.WIFSIGNALED(code):
        number = os.WTERMSIG(code)
        try:
            return f"its kernel was ended by {signal.Signals(number).name}"
        except ValueError:
            return f"its kernel was ended by signal {number}"
    return f"its kernel ended itself with exit code {os.WEXITSTATUS(code)}"


def used(limit: int) -> tuple[int, float]:
    """Bytes of memory and seconds of processor time of all processes but this one.

    Memory that processes share is counted once, which is slow to find out; so only where a count that takes it many
    times is above the limit.
    """
    others = [path.name for path in Path("/proc").iterdir() if path.name.isdigit() and int(path.name) != os.getpid()]
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory, cpu = 0, children.ru_utime + children.ru_stime
    for name in others:
        with contextlib.suppress(OSError, ValueError, IndexError):
            memory += int(Path("/proc", name, "statm").read_text().split()[1]) * _PAGE
            fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
            cpu += sum(int(field) for field in fields[11:15]) / _TICKS
    if memory > limit and len(others) > 1:
        memory = sum(_own_share(name) for name in others)
    return memory, cpu


def _own_share(name: str) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc", name, "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc", name, "statm").read_text().split()[1]) * _PAGE
    return 0
