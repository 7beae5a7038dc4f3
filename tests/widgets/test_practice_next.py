"""practice() without a name: chosen, said why, remembered."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from medcoding import exercise, practice
from medcoding.items import Item, publish
from medcoding.items.publication import dump
from medcoding.learning.schedule import Practised
from medcoding.learning.state import PracticeState, read_state
from medcoding.widgets import practice_cell, reviews
from test_practice import option
from widgets_support import Ears, files, view_on_display

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


class Clock:
    """The time that practice is told; a test sets it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (reviews, practice_cell):
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
def two(folder: Path, items: list[Item], clock: Clock) -> Path:
    """A fetched copy with the practice items try-one (notebook 01-l) and try-two (02-l), and no bank anywhere."""
    more = [
        items[-1].model_copy(update={"id": "try-two", "lesson": "01-02"}),
        items[-1].model_copy(update={"id": "graded-two", "lesson": "01-02", "use": "graded"}),
    ]
    publication = publish(more, assignment="01-m", notebook="02-l", secret="s")
    (folder / "items/02-l.json").write_bytes(dump(publication.public()))
    return folder


def kept(folder: Path) -> PracticeState:
    return read_state(folder / "practice.json")


def shown(ears: Ears) -> str:
    return str(view_on_display(ears).item["id"])


def why(ears: Ears) -> str:
    """The sentence above the newest form."""
    data, metadata, _ = ears.shown[-2]
    assert metadata == {"medcoding": "live"} and data["text/plain"].replace("'", "&#x27;") in data["text/html"]
    return str(data["text/plain"])


def check(ears: Ears, page: Any, text: str) -> Any:
    return page({"type": "check", "answer": {"chosen": [option(view_on_display(ears), text)]}})


def test_new_items_come_in_course_order_and_never_twice_running(two: Path, ears: Ears, clock: Clock) -> None:
    before = files(two)
    practice()
    assert (shown(ears), why(ears)) == ("try-one", "New to you: the next in course order.")
    practice()
    assert shown(ears) == "try-two"
    practice()
    assert shown(ears) == "try-one"
    assert files(two) == before


def test_a_check_is_remembered_and_says_when_the_item_comes_back(two: Path, ears: Ears, page: Any) -> None:
    practice()
    view = check(ears, page, "Wrong.")
    assert view.status["back"] == "The exercise comes back for review in 10 minutes." and view.status["alert"] == ""
    state = kept(two)
    assert state.items["try-one"].due == NOON + timedelta(minutes=10)
    assert state.items["try-one"].shares == (0.0,) and state.days == (NOON.date(),) and state.last == "try-one"


def test_what_is_due_comes_back_with_an_empty_form(two: Path, ears: Ears, page: Any, clock: Clock) -> None:
    practice()
    check(ears, page, "Wrong.")
    practice()
    check(ears, page, "Right.")
    clock.at = NOON + timedelta(days=1, minutes=20)
    practice()
    assert (shown(ears), why(ears)) == ("try-one", "Due since yesterday.")
    assert view_on_display(ears).answer == {} and view_on_display(ears).status["back"] == ""
    check(ears, page, "Right.")
    assert kept(two).items["try-one"].shares == (0.0, 1.0) and kept(two).items["try-one"].reviews == 2


def test_a_new_kernel_goes_on_from_the_file(two: Path, ears: Ears, page: Any) -> None:
    practice()
    check(ears, page, "Right.")
    practice_cell._held.clear()
    practice_cell._last.clear()
    practice()
    assert shown(ears) == "try-two"


def test_later_tries_of_a_showing_are_the_same_review(two: Path, ears: Ears, page: Any, clock: Clock) -> None:
    practice("try-one")
    check(ears, page, "Wrong.")
    first = kept(two).items["try-one"]
    clock.at += timedelta(minutes=3)
    check(ears, page, "Right.")
    practice("try-one")
    assert view_on_display(ears).answer["chosen"] and view_on_display(ears).status["back"]
    check(ears, page, "Right.")
    assert kept(two).items["try-one"] == first


def test_pressing_check_twice_is_one_try(two: Path, ears: Ears, page: Any, clock: Clock) -> None:
    (two / "practice.json").write_bytes(PracticeState(items={"try-one": memory(NOON)}).dump())
    practice("try-one")
    check(ears, page, "Right.")
    once = kept(two)
    check(ears, page, "Right.")
    assert kept(two) == once


def memory(due: datetime) -> Practised:
    return Practised(stage="review", stability=5, difficulty=5, due=due, last=due - timedelta(days=5), reviews=1, shares=(1.0,))


def test_graded_and_unreleased_items_are_never_chosen(two: Path, ears: Ears, clock: Clock) -> None:
    (two / "practice.json").write_bytes(PracticeState(items={name: memory(NOON) for name in ("pick-one", "graded-two", "not-released")}).dump())
    for _ in range(4):
        practice()
        assert shown(ears) in ("try-one", "try-two")


def test_a_damaged_record_is_said_and_kept_aside(two: Path, ears: Ears, page: Any) -> None:
    (two / "practice.json").write_text("{<b>")
    practice()
    assert "practice.json is not JSON" in why(ears) and "kept aside" in why(ears) and shown(ears) == "try-one"
    view = check(ears, page, "Right.")
    assert "practice.json.unreadable-1" in view.status["alert"] and "Full marks" in view.feedback
    assert (two / "practice.json.unreadable-1").read_text() == "{<b>" and set(kept(two).items) == {"try-one"}


def test_where_nothing_can_be_written_feedback_still_comes(two: Path, ears: Ears, page: Any) -> None:
    (two / ".practice.lock").mkdir()
    practice()
    view = check(ears, page, "Right.")
    assert "not remembered" in view.status["alert"] and "Full marks" in view.feedback and view.status["back"] == ""


def test_a_clock_of_another_age_is_said_and_feedback_still_comes(two: Path, ears: Ears, page: Any, clock: Clock) -> None:
    clock.at = datetime(1980, 1, 1, tzinfo=UTC)
    practice()
    view = check(ears, page, "Right.")
    assert "clock" in view.status["alert"] and "Full marks" in view.feedback and not (two / "practice.json").exists()


def test_nothing_to_practise_is_said(tmp_path: Path, ears: Ears, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    practice()
    assert "nothing to practice" in ears.last["text/plain"]


def test_an_author_walks_through_the_module_and_nothing_is_written(bank: Path, ears: Ears, page: Any, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.chdir(bank)
    before = files(bank.parent.parent)
    practice()
    assert shown(ears) == "try-one"
    check(ears, page, "Right.")
    practice()
    assert why(ears) == "Nothing is due and nothing is new. This one comes next: it is due in 2 days."
    assert files(bank.parent.parent) == before


def test_under_nbgrader_a_line_is_printed_and_nothing_is_chosen(two: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    practice()
    assert capsys.readouterr().out == "Practice: not graded.\n"


def test_without_a_front_end_reason_and_question_are_text(two: Path, ears: Ears, monkeypatch: Any) -> None:
    monkeypatch.setattr(practice_cell, "has_kernel", lambda: False)
    practice()
    assert [data["text/plain"].splitlines()[0] for data, _, _ in ears.shown] == ["New to you: the next in course order.", "Try one"]


def test_a_graded_answer_touches_no_practice_record(two: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["I10"]}})
    assert not (two / "practice.json").exists() and "I10" in json.dumps(json.loads((two / "answers.json").read_text()))
