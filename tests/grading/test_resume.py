"""A run that is killed at any moment, and started again, ends in the gradebook of an undisturbed run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from gradebooks import files, rows, runs_at
from medcoding.grading.run import grade_assignment
from minicourse import MiniCourse
from sqlalchemy import event
from sqlalchemy.engine import Engine

pytestmark = pytest.mark.scale
KILLED = 9


def _class(course: MiniCourse, count: int) -> None:
    draw = Random(7)
    for number in range(count):
        answers = None if draw.random() < 0.5 else {"which-order": {"chosen": []}, "heart-of-the-matter": {"codes": ["E85.4"]}}
        course.submit(f"student{number:03d}", answers=answers)


def _copy(course: MiniCourse, to: Path) -> MiniCourse:
    shutil.copytree(course.root, to)
    return MiniCourse(to, copied=True)


def _grade_until(root: Path, assignment: str, last: int) -> int:
    """Grade in a child that dies at its `last` write; returns how many writes it came to, or -1 where it was killed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def point(*_: object) -> None:
            nonlocal count
            count += 1
            if count == last:
                os._exit(KILLED)

        def hook(name: str, arguments: tuple) -> None:
            writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            inside = arguments and str(arguments[0]).startswith((str(root), "autograded", str(root / "autograded")))
            if (writes and inside) or (name in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod") and "autograded" in str(arguments[0])):
                point()

        sys.addaudithook(hook)
        event.listen(Engine, "commit", point)
        event.listen(Engine, "before_cursor_execute", lambda connection, cursor, statement, *rest: (
            point() if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) else None
        ))
        try:
            grade_assignment(root, assignment, workers=0)
            os.write(write, str(count).encode())
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(write)
    _, status = os.waitpid(child, 0)
    told = os.read(read, 20)
    os.close(read)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED)
    return int(told) if code == 0 else -1


def test_a_kill_at_every_write_and_a_new_start_end_in_the_same_gradebook(released: MiniCourse, tmp_path: Path) -> None:
    _class(released, 2)
    whole = _copy(released, tmp_path / "whole")
    writes = _grade_until(whole.root, whole.assignment, 0)
    expected = rows(whole), files(whole)
    assert writes > 40, "files, folders, statements and commits of two submissions"
    for last in range(1, writes + 1):
        broken = _copy(released, tmp_path / f"broken{last}")
        assert _grade_until(broken.root, broken.assignment, last) == -1
        _grade_until(broken.root, broken.assignment, 0)
        assert (rows(broken), files(broken)) == expected, f"killed at write {last} of {writes}"
        assert set(runs_at(f"sqlite:///{broken.root / 'gradebook.db'}").values()) == {1}
        assert not list((broken.root / "autograded").rglob(".*")), "no half-made folder is left"
        shutil.rmtree(broken.root)


def _start(root: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "medcoding.cli", "grade", "05", "--workers", "2"], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_five_real_kills(released: MiniCourse, tmp_path: Path) -> None:
    _class(released, 60)
    whole = _copy(released, tmp_path / "whole")
    grade_assignment(whole.root, whole.assignment, workers=0)
    draw = Random(2026)
    seen = []
    for _ in range(5):
        process = _start(released.root)
        aim = len(seen) * 10 + draw.randint(1, 9)
        while process.poll() is None and _done(released) < aim:
            time.sleep(0.002)
        killed = process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)  # the run and its workers, as a machine that goes down
        process.wait()
        process.stderr.close()
        assert killed, "the run was over before it could be killed"
        seen.append(_done(released))
    assert seen == sorted(seen) and seen[-1] < 60
    last = _start(released.root)
    assert last.wait() == 0, last.stderr.read().decode()
    last.stderr.close()
    assert rows(released) == rows(whole)
    assert files(released) == files(whole)
    assert set(runs_at(f"sqlite:///{released.root / 'gradebook.db'}").values()) == {1}


def _done(course: MiniCourse) -> int:
    folder = course.root / "autograded"
    return sum((student / course.assignment).is_dir() for student in folder.iterdir()) if folder.is_dir() else 0


def test_workers_end_with_a_run_that_is_terminated(released: MiniCourse) -> None:
    import psutil

    _class(released, 60)
    process = _start(released.root)
    tree = psutil.Process(process.pid)
    while process.poll() is None and _done(released) < 2:
        time.sleep(0.002)
    workers = tree.children(recursive=True)
    assert workers
    process.terminate()
    process.wait()
    process.stderr.close()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


def test_a_worker_that_dies_costs_its_submission_only(released: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    from functools import partial

    from deadly import DeadlyWorker
    from medcoding.grading.run.pool import processes

    for student in ("ada", "bob", "cyd"):
        released.submit(student)

    def schedule(make, tasks):
        return processes(partial(DeadlyWorker, *make.args), tasks, 2)

    summary = grade_assignment(released.root, released.assignment, schedule=schedule)
    assert sorted(summary.graded) == ["ada", "cyd"]
    assert "the worker process died" in summary.ungraded["bob"]


def test_a_worker_that_hangs_costs_its_submission_only(released: MiniCourse) -> None:
    from functools import partial

    from deadly import SleepingWorker
    from medcoding.grading.run.pool import processes

    for student in ("ada", "bob", "cyd"):
        released.submit(student)

    def schedule(make, tasks):
        return processes(partial(SleepingWorker, *make.args), tasks, 2, limit=6.0)

    summary = grade_assignment(released.root, released.assignment, schedule=schedule)
    assert sorted(summary.graded) == ["ada", "cyd"]
    assert "longer than 6 seconds" in summary.ungraded["bob"]
