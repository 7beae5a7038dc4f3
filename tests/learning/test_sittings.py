"""The file of a sitting: whole after a crash at any write, read as hostile, never deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.learning.sitting import Answered, Go, HandIn, NotNow, Sitting, Tick, begin
from medcoding.learning.sittings import KernelKeeper, SittingProblem, SittingStore, read_sitting
from test_sitting import PAPER, START, at

FRESH = begin(PAPER, START)


def store(folder: Path) -> SittingStore:
    return SittingStore(folder, "own-paper", 1)


def begun(folder: Path) -> SittingStore:
    found = store(folder)
    found.start(FRESH)
    return found


def test_a_sitting_is_kept_and_read_again(tmp_path: Path) -> None:
    assert store(tmp_path).load() == (None, "") and not list(tmp_path.iterdir())
    sitting, told = begun(tmp_path).apply(FRESH, Answered(at(3), 1, {"chosen": ["b"]}))
    assert told == "" and store(tmp_path).load() == (sitting, "")
    assert sitting.seats[1].answer == {"chosen": ["b"]}
    assert {path.name for path in tmp_path.iterdir()} == {"mock-own-paper-1.json", ".mock.lock"}


def test_a_sitting_begun_elsewhere_goes_on(tmp_path: Path) -> None:
    first, _ = begun(tmp_path).apply(FRESH, Answered(at(3), 1, {"a": 1}))
    assert store(tmp_path).start(begin(PAPER, at(60))) == (first, "")


def test_two_kernels_change_the_same_sitting(tmp_path: Path) -> None:
    one, other = begun(tmp_path), store(tmp_path)
    one.apply(FRESH, Answered(at(3), 0, {"a": 1}))
    both, _ = other.apply(FRESH, Answered(at(4), 1, {"a": 2}))
    assert [seat.answer for seat in both.seats] == [{"a": 1}, {"a": 2}, None]


KILLED = """
import os, sys, tempfile
from medcoding.learning.sitting import Answered
from medcoding.learning.sittings import SittingStore

store = SittingStore(sys.argv[1], "own-paper", 1)
held, _ = store.load()
setattr(tempfile if sys.argv[2] == "mkstemp" else os, sys.argv[2], lambda *_, **__: os._exit(9))
store.apply(held, Answered(held.at + 1000, 0, {"a": 2}))
"""


@pytest.mark.parametrize("call", ["mkstemp", "fdopen", "fsync", "chmod", "replace"])
def test_a_kernel_killed_at_any_moment_of_a_write_leaves_the_sitting_readable(tmp_path: Path, call: str) -> None:
    """A process that ends without a word at each call of writing: what was saved before is read, and the next change is kept."""
    before, _ = begun(tmp_path).apply(FRESH, Answered(at(3), 0, {"a": 1}))
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), call], capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    assert store(tmp_path).load() == (before, "")
    after, _ = store(tmp_path).apply(before, Answered(at(9), 0, {"a": 3}))
    assert store(tmp_path).load() == (after, "") and after.seats[0].answer == {"a": 3}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 3000))
def test_a_file_cut_anywhere_is_said_and_kept(tmp_path: Path, length: int) -> None:
    folder = tmp_path / str(length)
    if folder.exists():
        return
    folder.mkdir()
    kept = begun(folder)
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[: min(length, len(content) - 2)])
    sitting, problem = store(folder).load()
    assert sitting is None and "cannot be read" in problem and "kept aside" in problem
    fresh, told = store(folder).start(begin(PAPER, at(60)))
    assert fresh.started == at(60) and "mock-own-paper-1.json.unreadable-1" in told
    assert (folder / "mock-own-paper-1.json.unreadable-1").read_bytes() == content[: min(length, len(content) - 2)]


@pytest.mark.parametrize(
    "text", ["[", "null", "[]", '"x"', "\x00\xff", "{}", '{"schema_version": 2}', "[" * 5000, '{"at": NaN}', '{"seats": 1, "seats": 2}'],
)  # fmt: skip
def test_a_damaged_file_in_the_middle_of_a_sitting_costs_nothing(tmp_path: Path, text: str) -> None:
    kept = begun(tmp_path)
    held, _ = kept.apply(FRESH, Answered(at(3), 0, {"a": 1}))
    kept.path.write_text(text)
    after, told = kept.apply(held, Answered(at(4), 1, {"a": 2}))
    assert "unreadable-1, unchanged" in told
    assert [seat.answer for seat in after.seats] == [{"a": 1}, {"a": 2}, None] and store(tmp_path).load() == (after, "")
    assert (tmp_path / "mock-own-paper-1.json.unreadable-1").read_text() == text


def test_an_earlier_file_kept_aside_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mock-own-paper-1.json.unreadable-1").write_text("first")
    (tmp_path / "mock-own-paper-1.json").write_text("[")
    assert "unreadable-2" in store(tmp_path).start(FRESH)[1]
    assert (tmp_path / "mock-own-paper-1.json.unreadable-1").read_text() == "first"


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_is_no_plain_file_is_moved_aside(tmp_path: Path, kind: str) -> None:
    path, outside = store(tmp_path).path, tmp_path / "outside.txt"
    outside.write_bytes(FRESH.dump())
    {"folder": path.mkdir, "link": lambda: path.symlink_to(outside), "pipe": lambda: os.mkfifo(path)}[kind]()
    assert "not a plain file" in store(tmp_path).load()[1]
    store(tmp_path).start(FRESH)
    assert path.is_file() and not path.is_symlink() and outside.read_bytes() == FRESH.dump()


def test_an_answer_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    before = kept.path.read_bytes()
    for answer in ({"text": "\ud800"}, {"text": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}):
        with pytest.raises(SittingProblem, match="not saved"):
            kept.apply(FRESH, Answered(at(3), 0, answer))
    assert kept.path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    with pytest.raises(SittingProblem, match="not saved"):
        SittingStore(tmp_path / "a-file", "own-paper", 1).start(FRESH)


def test_what_comes_too_late_is_refused_and_the_end_is_kept(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    with pytest.raises(NotNow, match="The time is up"):
        kept.apply(FRESH, Answered(at(9999), 0, {"a": 1}))
    found, _ = kept.load()
    assert found is not None and found.handed is not None and found.seats[0].answer is None


def test_a_deleted_file_in_the_middle_of_a_sitting_is_written_anew(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    held, _ = kept.apply(FRESH, Answered(at(3), 0, {"a": 1}))
    kept.path.unlink()
    kept.apply(held, Tick(at(4)))
    found = read_sitting(kept.path)
    assert found is not None and found.seats[0].answer == {"a": 1}


def test_an_authors_sitting_is_kept_in_the_kernel_alone() -> None:
    keeper = KernelKeeper()
    assert keeper.load() == (None, "")
    keeper.start(FRESH)
    keeper.apply(FRESH, Go(at(1), 2))
    with pytest.raises(NotNow):
        keeper.apply(FRESH, Go(at(2), 7))
    sitting, _ = keeper.apply(FRESH, HandIn(at(3)))
    assert keeper.load() == (sitting, "") and sitting.current == 2 and sitting.handed is not None


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=10,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(json.loads(FRESH.dump()))), plain)
def test_no_file_makes_reading_raise(tmp_path: Path, field: str, value: object) -> None:
    (tmp_path / "mock-own-paper-1.json").write_text(json.dumps({**json.loads(FRESH.dump()), field: value}))
    sitting, problem = store(tmp_path).load()
    assert (sitting is None) == bool(problem) and (sitting is None or isinstance(sitting, Sitting))
