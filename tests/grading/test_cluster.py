"""Past one machine: a cluster of separate processes gives what this process gives, and survives what happens to clusters."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradebooks import files, rows, rows_at, runs_at
from medcoding.grading.run import grade_assignment
from medcoding.grading.run.cluster import ClusterMissing, on_cluster
from minicourse import MiniCourse, code_cell, exercise_cell

pytestmark = pytest.mark.scale


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A scheduler and workers, each a process of its own in a folder that holds nothing of the course."""

    def __init__(self, folder: Path, workers: int, threads: int = 1) -> None:
        self.folder, self.port = folder, _port()
        folder.mkdir(exist_ok=True)
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker(threads) for _ in range(workers)]
        self.wait(workers)

    def _start(self, *words: str) -> subprocess.Popen:
        with open(self.folder / f"{words[0]}-{time.monotonic_ns()}.log", "wb") as log:
            command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    def start_scheduler(self) -> subprocess.Popen:
        return self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show")

    def start_worker(self, threads: int = 1) -> subprocess.Popen:
        return self._start("worker", self.address, "--host", "127.0.0.1", "--nthreads", str(threads), "--no-dashboard", "--no-nanny",
                           "--death-timeout", "60", "--local-directory", str(self.folder))

    def wait(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    one = Cluster(tmp_path / "cluster", 2)
    yield one
    one.close()


def _class(course: MiniCourse, count: int) -> None:
    for number in range(count):
        course.submit(f"student{number:03d}", answers=None if number % 3 else {"which-order": {"chosen": []}, "heart-of-the-matter": {"codes": ["I43"]}})


def _twin(course: MiniCourse, folder: Path) -> MiniCourse:
    shutil.copytree(course.root, folder)
    return MiniCourse(folder, copied=True)


def test_a_cluster_gives_what_this_process_gives(released: MiniCourse, cluster: Cluster, tmp_path: Path) -> None:
    _class(released, 12)
    twin = _twin(released, tmp_path / "twin")
    assert len(grade_assignment(twin.root, twin.assignment, schedule=on_cluster(cluster.address)).graded) == 12
    grade_assignment(released.root, released.assignment, workers=0)
    assert rows(twin) == rows(released) and files(twin) == files(released)
    again = grade_assignment(twin.root, twin.assignment, schedule=on_cluster(cluster.address))
    assert (again.graded, again.skipped) == ([], 12)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_code_cells_find_their_files_on_a_cluster(mini: MiniCourse, cluster: Cluster) -> None:
    solution = {"cell_type": "code", "grade": False, "grade_id": "sum", "locked": False, "schema_version": 3, "solution": True, "task": False}
    check = {**solution, "grade": True, "grade_id": "sum-check", "locked": True, "points": 3, "solution": False}
    mini.write("two", [
        exercise_cell("second-notebook-choice"),
        code_cell("sum", "### BEGIN SOLUTION\ntotal = int(open('total.txt').read())\n### END SOLUTION", nbgrader=solution),
        code_cell("sum-check", "assert total == 2 and open('given.csv').read() == 'a'", nbgrader=check),
    ])
    (mini.source / "given.csv").write_text("a")
    mini.releases().release("05")
    for student, value in (("ada", "2"), ("bob", "3")):
        folder = mini.submit(student)
        (folder / "total.txt").write_text(value)
        path = folder / "two.ipynb"
        path.chmod(0o644)
        notebook = json.loads(path.read_text())
        notebook["cells"][1]["source"] = "total = int(open('total.txt').read())"
        path.write_text(json.dumps(notebook))
    summary = grade_assignment(mini.root, mini.assignment, schedule=on_cluster(cluster.address))
    assert not summary.ungraded
    assert (mini.grades("ada")["sum-check"], mini.grades("bob")["sum-check"]) == (3, 0), summary.lines


def test_a_killed_worker_and_a_scheduler_lost_and_found_change_nothing(released: MiniCourse, cluster: Cluster, tmp_path: Path) -> None:
    _class(released, 40)
    twin = _twin(released, tmp_path / "twin")
    inner = on_cluster(cluster.address)
    seen: list[str] = []

    def schedule(make, tasks):
        for result in inner(make, tasks):
            seen.append(result.student)
            if len(seen) == 5:
                os.kill(cluster.workers[0].pid, signal.SIGKILL)
            if len(seen) == 12:
                cluster.scheduler.kill()
                cluster.scheduler.wait()
                for worker in cluster.workers:
                    worker.kill()
                    worker.wait()
                cluster.scheduler = cluster.start_scheduler()
                cluster.workers = [cluster.start_worker(), cluster.start_worker()]
            yield result

    summary = grade_assignment(twin.root, twin.assignment, schedule=schedule)
    assert len(summary.graded) == 40 == len(set(seen)) == len(seen)
    grade_assignment(released.root, released.assignment, workers=0)
    assert rows(twin) == rows(released) and files(twin) == files(released)
    assert set(runs_at(f"sqlite:///{twin.root / 'gradebook.db'}").values()) == {1}


def test_a_scheduler_that_stays_away_stops_the_run_and_keeps_what_is_done(released: MiniCourse, cluster: Cluster) -> None:
    _class(released, 20)
    inner = on_cluster(cluster.address, patience=2.0)

    def schedule(make, tasks):
        for number, result in enumerate(inner(make, tasks)):
            if number == 3:
                cluster.close()
            yield result

    with pytest.raises(ClusterMissing, match="run the same command again to go on"):
        grade_assignment(released.root, released.assignment, schedule=schedule)
    done = runs_at(f"sqlite:///{released.root / 'gradebook.db'}")
    assert 3 <= len(done) < 20
    rest = grade_assignment(released.root, released.assignment, workers=0)
    assert rest.skipped == len(done) and len(rest.graded) == 20 - len(done)


def test_no_scheduler_no_worker_and_threads_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClusterMissing, match="Start one with 'dask scheduler'"):
        on_cluster(f"tcp://127.0.0.1:{_port()}")
    cluster = Cluster(tmp_path / "cluster", 1, threads=2)
    try:
        with pytest.raises(ClusterMissing, match="--nthreads 1"):
            on_cluster(cluster.address)
        cluster.workers[0].kill()
        cluster.workers[0].wait()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                on_cluster(cluster.address)
            except ClusterMissing as missing:
                if "has no workers" in str(missing):
                    break
            time.sleep(0.1)
        else:
            pytest.fail("a scheduler without workers was not refused")
    finally:
        cluster.close()


def test_a_gradebook_in_postgresql_holds_what_one_in_sqlite_holds(
    mini: MiniCourse, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    plain = _twin(mini, tmp_path / "plain")
    monkeypatch.setenv("MEDCODING_DB", postgres_url)
    mini.releases().release("05")
    _class(mini, 8)
    assert len(grade_assignment(mini.root, mini.assignment, schedule=on_cluster(cluster.address)).graded) == 8
    assert grade_assignment(mini.root, mini.assignment, workers=0).skipped == 8
    monkeypatch.delenv("MEDCODING_DB")
    plain.releases().release("05")
    _class(plain, 8)
    grade_assignment(plain.root, plain.assignment, workers=0)
    assert rows_at(postgres_url) == rows(plain)
    assert set(runs_at(postgres_url).values()) == {1}
