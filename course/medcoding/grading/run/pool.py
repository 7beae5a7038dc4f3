"""Worker processes on this machine. One that dies or hangs costs its submission at most, never the batch."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from medcoding.grading.run.bundle import read_bundle
from medcoding.grading.run.released import Released
from medcoding.grading.run.worker import Result, Worker, one_line

LIMIT = 900.0
"""Seconds that one submission may take; code cells have shorter limits of their own."""

STARTS = 3
"""How often in a row a process may end before it is ready to work; then there is no sense in starting more."""
READY = "ready"

PRELOAD = ["medcoding.grading.run.worker", "medcoding.forms", "nbgrader.converters", "nbgrader.coursedir"]


@dataclass(frozen=True)
class Task:
    """One submission to grade. `known` is the submission that the ledger has under the same keys and program, or empty."""

    student: str
    folder: str
    known: str = ""


class FolderWorker:
    """A worker that reads submissions from their folders."""

    def __init__(self, released: Released, config: Any, root: str, largest_notebook: int) -> None:
        self._worker = Worker(released, config, root)
        self._names = frozenset(one.name for one in released.notebooks)
        self._largest = largest_notebook

    def __call__(self, task: Task) -> Result:
        """Grade a task's submission, unless the ledger has it."""
        problem = unreadable(task)
        if problem is not None:
            return problem
        try:
            bundle = read_bundle(Path(task.folder), task.student, self._names, self._largest)
        except Exception as error:  # whatever lies there is that student's
            return Result(task.student, "", failed=f"The submission cannot be read: {type(error).__name__}: {one_line(str(error))}")
        if bundle.digest == task.known:
            return Result(task.student, bundle.digest, same=True)
        return self._worker.grade(bundle)


def unreadable(task: Task) -> Result | None:
    """The result of a task whose folder is no plain folder; None where it is."""
    folder = Path(task.folder)
    link = next((part for part in (folder, folder.parent) if part.is_symlink()), None)
    if link is None and folder.is_dir():
        return None
    what = f"{link.name} is a link, which is not followed" if link else f"{folder.name} is no folder"
    return Result(task.student, "", failed=f"{one_line(what)}. Collect the submission again.")


def here(make: Callable[[], FolderWorker], tasks: Iterable[Task]) -> Iterator[Result]:
    """Grade in this process, one after the other."""
    worker = make()
    yield from map(worker, tasks)


class HasStudent(Protocol):
    """A task is somebody's."""

    @property
    def student(self) -> str: ...


T = TypeVar("T", bound=HasStudent)
R = TypeVar("R")


class _Process(Generic[T]):
    """One worker process and what it is at."""

    def __init__(self, context: Any, make: Callable[[], Callable[[T], Any]]) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, make, os.getpid()), name="medcoding-grade", daemon=True)
        self.process.start()
        theirs.close()
        self.task: T | None = None
        self.since = 0.0
        self.ready = False

    def give(self, task: T) -> None:
        self.task, self.since = task, time.monotonic()
        with contextlib.suppress(OSError):  # it has ended; reading from it will tell
            self.pipe.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Any, make: Callable[[], Callable[[Any], Any]], parent: int) -> None:
    _end_with(parent)
    worker = make()
    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        pipe.send(READY)
        while (task := pipe.recv()) is not None:
            pipe.send(worker(task))


def given_up(student: str, why: str) -> Result:
    """The result of a submission whose worker failed twice."""
    return Result(student, "", failed=f"Grading was given up twice: {why}. The submission needs the instructor's eye.")


def processes(make: Callable[[], FolderWorker], tasks: Iterable[Task], count: int, limit: float = LIMIT) -> Iterator[Result]:
    """Grade in `count` processes; results come as they are done, one task a process is under way, so memory is bounded.

    A process that dies is replaced and its task tried once more; then the submission is left ungraded.
    """
    return spread(make, tasks, count, given_up, limit)


class NoWorkers(RuntimeError):
    """No worker process can begin; the message says so."""


def spread(
    make: Callable[[], Callable[[T], R]], tasks: Iterable[T], count: int, lost: Callable[[str, str], R], limit: float = LIMIT
) -> Iterator[R]:
    """Work on tasks in `count` processes. `lost` makes the result of a task whose process failed twice, from its student and why.

    Raises:
        NoWorkers: processes end before they are ready to work; what ended them stands above on stderr.
    """
    context = _context()
    gc.collect()
    gc.freeze()  # what is loaded stays shared with forked processes, for the collector no longer writes to it
    waiting = iter(tasks)
    again: list[T] = []
    tried: set[str] = set()
    starts = 0
    workers: list[_Process[T]] = [_Process(context, make) for _ in range(count)]
    try:
        for worker in workers:
            _next(worker, waiting, again)
        while any(worker.task for worker in workers):
            ready = multiprocessing.connection.wait([worker.pipe for worker in workers if worker.task], timeout=1.0)
            for number, worker in enumerate(workers):
                task = worker.task
                if task is None:
                    continue
                if worker.pipe in ready:
                    try:
                        result = worker.pipe.recv()
                    except (EOFError, OSError):
                        result = None
                    if result == READY:
                        worker.ready, worker.since, starts = True, time.monotonic(), 0
                        continue
                    if result is not None:
                        _next(worker, waiting, again)
                        yield result
                        continue
                    why = "the worker process died"
                elif time.monotonic() - worker.since > limit:
                    why = f"it took longer than {limit:.0f} seconds"
                else:
                    continue
                worker.end()
                starts += not worker.ready
                if starts == STARTS:
                    raise NoWorkers(f"{STARTS} worker processes ended before they could begin. What ended them is written above; nothing that was done is lost.")
                workers[number] = _Process(context, make)
                if not worker.ready:
                    again.append(task)
                elif task.student in tried:
                    yield lost(task.student, why)
                else:
                    tried.add(task.student)
                    again.append(task)
                _next(workers[number], waiting, again)
    finally:
        gc.unfreeze()
        for worker in workers:
            worker.end()


def _end_with(parent: int) -> None:
    """Have this process end when the one that started it does, however that ends."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() == 1 != parent:
        os._exit(1)  # it ended before this was said


def _context() -> Any:
    """How processes are made: by forking, which shares what is loaded, where this process has one thread; else from a fresh one."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload(PRELOAD)
    return context


def _next(worker: _Process[T], waiting: Iterator[T], again: list[T]) -> None:
    worker.task = None
    task = again.pop() if again else next(waiting, None)
    if task is not None:
        worker.give(task)
