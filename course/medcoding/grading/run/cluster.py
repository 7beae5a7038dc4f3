"""Past one machine: the same work on `dask.distributed`. Bytes go out, plain data comes back, one process writes.

Workers need the package installed and nothing else: no course folder, no gradebook, no keys but those that travel with
the work. They must be processes of one thread each, for nbgrader changes the working directory and the environment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from medcoding.grading.run.bundle import Bundle, read_bundle
from medcoding.grading.run.pool import FolderWorker, Task, unreadable
from medcoding.grading.run.released import Released
from medcoding.grading.run.worker import Result, Worker
from medcoding.grading.sandbox.files import gather

PATIENCE = 300.0
"""Seconds to wait for a scheduler that was lost."""
AHEAD = 4
"""Submissions under way for each worker process."""

Job = tuple[Released, Any]
_WORKERS: dict[str, Worker] = {}


class ClusterMissing(RuntimeError):
    """There is no cluster to grade on; the message says why and what to do."""


class _Lost(Exception):
    """The scheduler went away."""


def on_cluster(address: str, patience: float = PATIENCE) -> Callable[[Callable[[], FolderWorker], Iterable[Task]], Iterator[Result]]:
    """A schedule that grades on the cluster whose scheduler listens at `address`, such as tcp://10.0.0.1:8786.

    Raises:
        ClusterMissing: dask.distributed is not installed, or nobody listens there.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ClusterMissing("Grading on a cluster needs dask.distributed: pip install 'medcoding[scale]'.") from None
    with _client(address, 10.0) as client:
        _check(client, address)
    return partial(_schedule, address, patience)


def _client(address: str, timeout: float) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterMissing(
            f"No scheduler answers at {address} ({str(error).splitlines()[0][:120]}). Start one with 'dask scheduler', and workers with "
            f"'dask worker {address} --nthreads 1'."
        ) from None


def _check(client: Any, address: str) -> int:
    """How many worker processes there are.

    Raises:
        ClusterMissing: none, or one with several threads.
    """
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise ClusterMissing(f"The scheduler at {address} has no workers. Start some with 'dask worker {address} --nthreads 1'.")
    wide = [name for name, about in workers.items() if about["nthreads"] != 1]
    if wide:
        raise ClusterMissing(
            f"{len(wide)} of {len(workers)} workers have several threads ({wide[0]}). Grading needs processes of one thread: "
            f"'dask worker {address} --nworkers 4 --nthreads 1'."
        )
    return len(workers)


def grade_remotely(job: Job, bundle: Bundle) -> Result:
    """Grade a submission in a worker process, which keeps what it made for the assignment."""
    released, config = job
    digest = released.digest
    if digest not in _WORKERS:
        _WORKERS.clear()
        _WORKERS[digest] = Worker(released, config, str(Path.cwd()))
    return _WORKERS[digest].grade(bundle)


def _schedule(address: str, patience: float, make: Callable[[], FolderWorker], tasks: Iterable[Task]) -> Iterator[Result]:
    assert isinstance(make, partial), "what a worker is made from must be able to travel"
    released, config, root, largest = make.args
    names = frozenset(one.name for one in released.notebooks)
    read = partial(_bundle, names=names, largest=largest, beside=_release(config, root, released.assignment) if released.has_code else None)
    waiting = iter(tasks)
    out: dict[str, Task] = {}
    until = time.monotonic() + patience
    while True:
        try:
            with _client(address, 10.0) as client:
                for result in _through(client, address, (released, config), read, waiting, out):
                    until = time.monotonic() + patience
                    yield result
                return
        except (_Lost, ClusterMissing, OSError) as problem:
            if time.monotonic() > until:
                raise ClusterMissing(
                    f"The scheduler at {address} was lost and did not come back within {patience:.0f} seconds ({problem}). "
                    "What was graded is written; run the same command again to go on."
                ) from None
            time.sleep(1.0)


def _through(
    client: Any, address: str, job: Job, read: Callable[[Task], Bundle], waiting: Iterator[Task], out: dict[str, Task]
) -> Iterator[Result]:
    """Grade what is waiting, and first again what was out when a scheduler was lost; `out` holds what is under way."""
    from distributed import as_completed

    width = AHEAD * _check(client, address)
    shared = client.scatter(job, broadcast=True, hash=False)
    futures = as_completed(loop=client.loop)
    students: dict[str, str] = {}
    stale = list(out.values())

    def send(task: Task) -> Result | None:
        """Send a submission out, unless it needs no grading."""
        problem = unreadable(task)
        if problem is not None:
            return problem
        bundle = read(task)
        if bundle.digest == task.known:
            return Result(task.student, bundle.digest, same=True)
        out[task.student] = task
        future = client.submit(grade_remotely, shared, bundle, pure=False, retries=1)
        students[future.key] = task.student
        futures.add(future)
        return None

    def more() -> Iterator[Result]:
        """Send until as many are out as may be; gives what needed no sending."""
        while len(students) < width:
            task = stale.pop() if stale else next(waiting, None)
            if task is None:
                return
            at_once = send(task)
            if at_once is not None:
                yield at_once

    yield from more()
    for future in futures:
        if future.status in ("cancelled", "lost") or client.status != "running":
            raise _Lost("connection lost")
        if future.status == "pending":  # its result went with a worker; it is being graded again
            futures.add(future)
            continue
        student = students.pop(future.key)
        result = _result(future, student)
        out.pop(student, None)
        yield result
        yield from more()


def _bundle(task: Task, names: frozenset[str], largest: int, beside: Path | None) -> Bundle:
    """A submission's bytes; with the files that its code finds beside it, where there is code."""
    bundle = read_bundle(Path(task.folder), task.student, names, largest)
    if beside is None:
        return bundle
    notes: list[str] = []
    files = gather([Path(task.folder), beside], notes)
    return replace(bundle, files=files, notes=(*bundle.notes, *notes))


def _release(config: Any, root: str, assignment: str) -> Path:
    """The folder of what was released."""
    from nbgrader.coursedir import CourseDirectory

    coursedir = CourseDirectory(config=config)
    coursedir.root = root
    return Path(coursedir.format_path(coursedir.release_directory, ".", assignment))


def _result(future: Any, student: str) -> Result:
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        result: Result = future.result()
        return result
    except CancelledError as gone:
        raise _Lost("connection lost") from gone
    except KilledWorker:
        return Result(student, "", failed="The worker processes that graded it died, several times. The submission needs the instructor's eye.")
    except OSError as gone:
        raise _Lost(str(gone)) from gone
    except Exception as error:
        return Result(student, "", failed=f"The worker failed: {type(error).__name__}: {str(error)[:200]}")
