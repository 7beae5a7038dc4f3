"""Worker processes: one that dies costs its task at most, and where none can begin, the run says so instead of starting new ones for ever."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from medcoding.grading.run import pool


@dataclass(frozen=True)
class Task:
    student: str


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_context", lambda: multiprocessing.get_context("fork"))


def _work(task: Task) -> str:
    if task.student == "bob":
        os._exit(3)
    return task.student


def _maker() -> Callable[[Task], str]:
    return _work


def _dead() -> Callable[[Task], str]:
    os._exit(4)


CLASS = [Task(name) for name in ("ada", "bob", "cyd", "dee")]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_task_that_kills_its_process_is_tried_twice_and_given_up(count: int) -> None:
    results = sorted(pool.spread(_maker, CLASS, count, lambda student, why: f"{student}: {why}"))
    assert results == ["ada", "bob: the worker process died", "cyd", "dee"]


def test_processes_that_cannot_begin_end_the_run_with_a_sentence() -> None:
    with pytest.raises(pool.NoWorkers, match="3 worker processes ended before they could begin"):
        list(pool.spread(_dead, CLASS, 2, lambda student, why: student))


def test_a_process_that_fails_to_begin_once_costs_nobody_anything(tmp_path) -> None:
    once = tmp_path / "once"

    def make() -> Callable[[Task], str]:
        try:
            once.mkdir()
        except FileExistsError:
            return _work
        os._exit(5)

    assert sorted(pool.spread(make, [Task("ada"), Task("cyd")], 1, lambda student, why: "lost")) == ["ada", "cyd"]
