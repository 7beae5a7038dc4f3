"""History and pins: bounded, whole, and never in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.widgets import shelf


def codes(entries: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in entries]


def test_there_is_nothing_at_first_and_nothing_is_written(shelf_file: Path) -> None:
    assert shelf.lists() == {"pins": [], "history": []} and not shelf_file.exists()


def test_the_newest_stands_first_and_each_once(shelf_file: Path) -> None:
    for code in ("I10", "E11.9", "I10"):
        shelf.visited("icd10cm", code, "title")
    assert codes(shelf.lists()["history"]) == ["I10", "E11.9"]
    assert codes(shelf.pinned("icd10cm", "I10", "title", True)["pins"]) == ["I10"]
    assert shelf.pinned("icd10cm", "I10", "title", False)["pins"] == [] and codes(shelf.cleared()["history"]) == []


def test_the_same_code_in_two_books_is_two(shelf_file: Path) -> None:
    shelf.visited("hcpcs", "A0001", "one")
    assert len(shelf.visited("other", "A0001", "two")["history"]) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), max_size=60))
def test_the_lists_are_bounded_and_survive_on_disk(shelf_file: Path, visits: list[str]) -> None:
    for code in visits:
        shelf.visited("icd10cm", code, code * 20)
    found = shelf.lists()["history"]
    assert len(found) <= shelf.HISTORY and all(len(one["code"]) <= 32 and len(one["title"]) <= 300 for one in found)
    if visits:
        assert found[0]["code"] == visits[-1][:32] and shelf_file.stat().st_size < shelf.MAX_FILE
        assert json.loads(shelf_file.read_text(encoding="utf-8"))["history"] == found


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"pins": 3}', '{"pins": [3]}', '{"pins": [{"book": "a"}]}', "\udce9", "x" * (65 << 10)]
)
def test_a_file_that_cannot_be_read_is_set_aside(shelf_file: Path, broken: str) -> None:
    shelf_file.parent.mkdir()
    shelf_file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    assert shelf.lists() == {"pins": [], "history": []}
    (aside,) = shelf_file.parent.glob("encoder.unreadable-*.json")
    assert aside.read_bytes() == broken.encode("utf-8", "surrogateescape")
    assert codes(shelf.visited("icd10cm", "I10", "t")["history"]) == ["I10"] and shelf_file.exists()


def test_where_nothing_can_be_written_the_list_lives_with_the_kernel(tmp_path: Path, shelf_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    monkeypatch.setenv("MEDCODING_SHELF", str(file / "below"))
    shelf.visited("icd10cm", "I10", "t")
    assert codes(shelf.visited("icd10cm", "E11.9", "t")["history"]) == ["E11.9", "I10"] and codes(shelf.lists()["history"]) == ["E11.9", "I10"]


def test_another_kernel_that_holds_the_lock_costs_only_the_writing(shelf_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(shelf, "_WAIT", 0)
    shelf.visited("icd10cm", "I10", "t")
    with FileLock(shelf_file.with_suffix(".lock")):
        assert codes(shelf.visited("icd10cm", "E11.9", "t")["history"]) == ["E11.9", "I10"]
    assert codes(json.loads(shelf_file.read_text())["history"]) == ["I10"]


def test_a_failed_write_leaves_the_old_file_and_no_part(shelf_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.visited("icd10cm", "I10", "t")

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    shelf.visited("icd10cm", "E11.9", "t")
    assert codes(json.loads(shelf_file.read_text())["history"]) == ["I10"]
    assert [path.suffix for path in shelf_file.parent.iterdir() if path.suffix == ".part"] == []
