"""practice.json: kept whole, read as hostile."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learning_support import NOON, pools
from medcoding.learning import state as module
from medcoding.learning.choose import choose
from medcoding.learning.mastery import by_domain, by_objective, due_count, streak
from medcoding.learning.schedule import Candidate, Showing
from medcoding.learning.state import PracticeState, PracticeStore, StateProblem

SHOWING = Showing(None, NOON, 1.0)


def test_a_review_is_kept_and_read_again(tmp_path: Path) -> None:
    store = PracticeStore(tmp_path)
    assert store.load() == (PracticeState(), "") and not list(tmp_path.iterdir())
    assert store.record("try-one", SHOWING) == ""
    found, problem = PracticeStore(tmp_path).load()
    assert problem == "" and found.last == "try-one" and found.days == (NOON.date(),)
    assert found.items["try-one"].due == NOON + timedelta(days=2)


def test_a_second_try_amends_the_same_review(tmp_path: Path) -> None:
    store = PracticeStore(tmp_path)
    store.record("try-one", SHOWING)
    store.record("try-one", SHOWING.again())
    assert store.load()[0].items["try-one"].reviews == 1


@given(pools())
def test_a_state_survives_json(pool: tuple[list[Candidate], PracticeState]) -> None:
    _, state = pool
    assert PracticeState.model_validate_json(state.dump()) == state and PracticeState.model_validate_json(state.dump()).dump() == state.dump()


def good() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(PracticeState().reviewed("try-one", SHOWING).dump())
    return data


def changed(**more: object) -> str:
    data = good()
    data["items"]["try-one"].update(more)
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "null", "[]", '"x"', "\x00\xff", '{"schema_version": 2}', '{"more": 1}', '{"items": []}', '{"items": {"../x": {}}}',
        '{"items": {"try-one": null}}', '{"days": ["2026-03-17", "2026-03-16"]}', '{"days": ["2026-03-16", "2026-03-16"]}', '{"last": 7}',
        '{"last": "' + "x" * 65 + '"}', "[" * 5000, '{"items": {}, "items": {}}', '{"days": [NaN]}',
        changed(stability=0), changed(stability=1e308), changed(difficulty=0), changed(shares=[]), changed(shares=[2]), changed(shares=[1] * 6),
        changed(reviews=0), changed(due="2026-03-16T11:00:00Z"), changed(due="9999-12-31T23:59:59Z"), changed(last="0001-01-01T00:00:00Z"),
        changed(due="2026-03-18T12:00:00"), changed(stage="burned"), changed(due=1e300), changed(more=1),
        json.dumps({"days": [(NOON.date() + timedelta(days=number)).isoformat() for number in range(1001)]}),
    ],
)
def test_a_damaged_file_is_told_kept_aside_and_practice_goes_on(tmp_path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogateescape")
    (tmp_path / "practice.json").write_bytes(content)
    store = PracticeStore(tmp_path)
    found, problem = store.load()
    assert found == PracticeState() and "practice.json" in problem and "kept aside" in problem and len(problem) < 700
    assert (tmp_path / "practice.json").read_bytes() == content
    told = store.record("try-one", SHOWING)
    assert "practice.json.unreadable-1, unchanged" in told
    assert (tmp_path / "practice.json.unreadable-1").read_bytes() == content
    assert set(store.load()[0].items) == {"try-one"}


def test_an_earlier_file_kept_aside_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "practice.json.unreadable-1").write_text("first")
    (tmp_path / "practice.json").write_text("[")
    assert "unreadable-2" in PracticeStore(tmp_path).record("try-one", SHOWING)
    assert (tmp_path / "practice.json.unreadable-1").read_text() == "first"


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "practice.json", "wb") as file:
        file.truncate(50_000_000)
    assert "50,000,000 bytes" in PracticeStore(tmp_path).load()[1]


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_is_no_plain_file_is_moved_aside(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "practice.json"
    outside = tmp_path / "outside.txt"
    outside.write_bytes(PracticeState().dump())
    {"folder": path.mkdir, "link": lambda: path.symlink_to(outside), "pipe": lambda: os.mkfifo(path)}[kind]()
    store = PracticeStore(tmp_path)
    assert "not a plain file" in store.load()[1]
    store.record("try-one", SHOWING)
    assert path.is_file() and not path.is_symlink() and outside.read_bytes() == PracticeState().dump()


def test_items_no_longer_released_stay_in_the_file_and_count_for_nothing(tmp_path: Path) -> None:
    store = PracticeStore(tmp_path)
    store.record("gone-away", SHOWING)
    store.record("try-one", SHOWING)
    found, _ = store.load()
    only = [Candidate("try-one", "01-01", (1,))]
    assert "gone-away" in found.items and due_count(only, found, NOON + timedelta(days=9)) == 1
    choice = choose(only, found, NOON)
    assert choice is not None and choice.item == "try-one"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    with pytest.raises(StateProblem, match="not remembered"):
        PracticeStore(tmp_path / "a-file").record("try-one", SHOWING)


def test_a_full_record_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ITEMS", 1)
    store = PracticeStore(tmp_path)
    store.record("try-one", SHOWING)
    before = (tmp_path / "practice.json").read_bytes()
    with pytest.raises(StateProblem, match="at most 1 items"):
        store.record("try-two", SHOWING)
    assert (tmp_path / "practice.json").read_bytes() == before


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(["2026-03-16T12:00:00Z", "2026-03-16", "review", "learning", "try-one"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["schema_version", "items", "days", "last", "stage", "stability", "difficulty", "due", "reviews", "shares"]), plain)
def test_no_file_makes_practice_raise(tmp_path: Path, field: str, value: object) -> None:
    data = good()
    (data if field in data else data["items"]["try-one"])[field] = value
    (tmp_path / "practice.json").write_text(json.dumps(data))
    found, _ = PracticeStore(tmp_path).load()
    pool = [Candidate("try-one", "05-01", (1,), ("P14",)), Candidate("two", "05-01", (1,))]
    assert choose(pool, found, NOON) is not None
    by_objective(pool, found, NOON)
    by_domain(pool, found, NOON)
    streak(found.days, NOON.date())
    found.reviewed("try-one", Showing(found.items.get("try-one"), NOON, 0.5))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_make_practice_raise(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "practice.json").write_bytes(content)
    PracticeStore(tmp_path).load()
