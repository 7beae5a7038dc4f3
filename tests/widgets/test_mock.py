"""mock(): started, answered, paused, handed in, reported; kept at every step, and nothing told before the end."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from medcoding import exercise, mock, practice
from medcoding.items import Item, publish
from medcoding.items.publication import dump
from medcoding.learning.schedule import candidates
from medcoding.learning.state import read_state
from medcoding.widgets import KeyNotHere, NoSuchPaper, mock_cell, mock_desk, reviews
from medcoding.widgets.copies import on_display
from medcoding.widgets.mock_view import MockView
from medcoding.widgets.places import practice_items
from widgets_support import Ears, files, view_on_display

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
PLAN: dict[str, Any] = {"title": "Short paper", "domains": {"P13": 3, "P8": 2}, "minutes": 10, "pass": 60, "pauses": {"count": 1, "minutes": 2}}


class Clock:
    """The time that the exam is told; a test sets it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def later(self, **more: float) -> None:
        self.at += timedelta(**more)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(mock_desk, "now", clock)
    return clock


@pytest.fixture
def course(tmp_path: Path, items: list[Item], monkeypatch: pytest.MonkeyPatch, ears: Ears, clock: Clock) -> Path:
    """Two fetched assignments beside each other: three practice items of P13 in both together, one of P8, and graded ones of both."""
    entry = items[-1]
    made = [entry.model_copy(update={"id": f"bone-{n}", "title": f"Bone {n}", "domains": ("P13",)}) for n in (1, 2, 3)]
    made[2] = items[1].model_copy(update={"id": "bone-3", "title": "Bone 3", "domains": ("P13",), "use": "practice"})
    sleep = entry.model_copy(update={"id": "sleep-1", "title": "Sleep 1", "domains": ("P8",)})
    graded = [items[0].model_copy(update={"id": f"secret-{n}", "domains": ("P13", "P8")}) for n in (1, 2)]
    for folder, own in (("01-m", [made[0], graded[0]]), ("02-m", [*made[1:], sleep, graded[1]])):
        home = tmp_path / "student" / folder
        (home / "items").mkdir(parents=True)
        publication = publish(own, assignment=folder, notebook="l", secret="s")
        (home / "items/l.json").write_bytes(dump(publication.public()))
    on_display.clear()
    mock_desk._kept.clear()
    monkeypatch.setattr(mock_cell, "show", lambda data, display_id=None, metadata=None: ears.shown.append((data, metadata, display_id)))
    monkeypatch.setattr(mock_cell, "has_kernel", lambda: True)
    monkeypatch.setattr(MockView, "send", lambda self, content, buffers=None: ears.sent.append(content))
    monkeypatch.chdir(tmp_path / "student/01-m")
    return tmp_path / "student/01-m"


class Exam:
    """The page's side of a mock exam."""

    def __init__(self, ears: Ears) -> None:
        self.ears = ears

    def __call__(self, **content: Any) -> dict[str, Any]:
        self.view._received(self.view, content, [])
        return self.state

    @property
    def view(self) -> Any:
        return view_on_display(self.ears)

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.view.state)

    @property
    def form(self) -> Any:
        from ipywidgets.widgets.widget import _instances

        return _instances[self.state["form"].removeprefix("IPY_MODEL_")]

    def answer(self, text: str) -> Any:
        """The option with that text of the exercise on display, or a code."""
        form = self.form
        given = (
            {"chosen": [next(one["id"] for one in form.item["view"]["options"] if one["html"] == text)]}
            if form.form == "choice" else {"codes": [text]}
        )  # fmt: skip
        form._received(form, {"type": "answer", "view": "v", "n": 1, "answer": given}, [])
        return form

    def to(self, item: str) -> int:
        """Go to the seat of an item."""
        seat = next(number for number, one in enumerate(self.view._desk.paper.seats) if one.item == item)
        self(type="go", seat=seat)
        assert self.form.item["id"] == item
        return seat


@pytest.fixture
def exam(course: Path, ears: Ears) -> Exam:
    """Started."""
    mock(PLAN, 1)
    exam = Exam(ears)
    exam(type="start")
    return exam


def kept(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("mock-own-*-1.json")
    return dict(json.loads(path.read_text()))


def test_the_start_says_what_is_missing_and_shortens_the_time(course: Path, ears: Ears) -> None:
    """Five seats in ten minutes; one of P8 is missing: four seats, eight minutes."""
    before = files(course.parent)
    mock(PLAN, 1)
    state = Exam(ears).state
    assert state["stage"] == "start" and state["can_start"] and state["form"] == ""
    text = re.sub(r"<[^>]+>", "", state["html"])
    assert "A shortened paper: 4 of 5 seats, and in proportion 8 of 10 minutes. 1 seat is missing" in text
    assert "Missing: anesthesia 1 of 2." in text and "pause once, 2 minutes at most" in text
    assert ears.last["text/plain"].startswith("Mock exam: Short paper, draw 1.\nA shortened paper: 4 of 5 seats")
    assert ears.shown[-1][1] == {"medcoding": "live"} and files(course.parent) == before


def test_only_practice_items_are_asked_and_no_key_is_on_the_page(exam: Exam, ears: Ears) -> None:
    asked = {seat.item for seat in exam.view._desk.paper.seats}
    assert asked == {"bone-1", "bone-2", "bone-3", "sleep-1"}
    for item in asked:
        exam.to(item)
        shown = json.dumps([exam.state, exam.form.item, exam.form.status, exam.form.answer, ears.sent])
        for secret in ("The reason why.", "That is the mistake.", "G47.33", '"correct"', "secret-"):
            assert secret not in shown


def test_an_exam_item_is_asked_here_and_nowhere_else(course: Path, items: list[Item], ears: Ears) -> None:
    entry = items[-1].model_copy(update={"id": "under-time", "title": "Under time", "domains": ("P13",), "use": "exam"})
    home = course.parent / "03-m" / "items"
    home.mkdir(parents=True)
    (home / "l.json").write_bytes(dump(publish([entry], assignment="03-m", notebook="l", secret="s").public()))
    mock({**PLAN, "domains": {"P13": 4}}, 1)
    exam = Exam(ears)
    exam(type="start")
    exam.to("under-time")
    assert exam.form.item["mode"] == "mock"
    for call in (practice, exercise):
        with pytest.raises(KeyNotHere, match="kept for mock exams"), contextlib.chdir(home.parent):
            call("under-time")
    assert [one.item for one in candidates(practice_items(home.parent))] == []


def test_the_exercise_has_no_check_and_no_hints(exam: Exam, ears: Ears) -> None:
    exam.to("bone-3")
    assert exam.form.item["mode"] == "mock" and exam.form.item["points"] == "1 point"
    exam.form._received(exam.form, {"type": "check", "answer": {"codes": ["G47.33"]}}, [])
    assert exam.form.feedback == ""
    exam.form._received(exam.form, {"type": "hints", "view": "v", "n": 2, "answer": {"codes": ["G47.33"]}}, [])
    assert ears.sent[-1]["type"] == "hints" and ears.sent[-1]["hints"] == {}
    exam.form._received(exam.form, {"type": "search", "view": "v", "n": 3, "text": ""}, [])
    assert ears.sent[-1]["type"] == "search"


def test_an_answer_is_kept_at_once_and_shown_in_the_palette(exam: Exam, course: Path) -> None:
    seat = exam.to("bone-1")
    form = exam.answer("Right.")
    assert form.status["state"] == "saved" and form.status["revision"] == 1 and form.status["alert"] == ""
    assert kept(course)["seats"][seat]["answer"] == form.answer
    assert [one["state"] for one in exam.state["seats"]].count("answered") == 1 and exam.state["seats"][seat]["state"] == "answered"


def test_an_empty_answer_counts_as_none(exam: Exam) -> None:
    seat = exam.to("bone-1")
    exam.form._received(exam.form, {"type": "answer", "view": "v", "n": 1, "answer": {"chosen": []}}, [])
    assert exam.state["seats"][seat]["state"] == "open"


def test_an_answer_does_not_replace_the_form_under_the_hand(exam: Exam) -> None:
    exam.to("bone-1")
    before = exam.state["form"]
    exam.answer("Right.")
    exam(type="flag", seat=exam.state["current"], on=True)
    assert exam.state["form"] == before


def test_a_new_kernel_goes_on_with_answers_flags_seat_and_time(exam: Exam, course: Path, ears: Ears, clock: Clock) -> None:
    seat = exam.to("bone-2")
    exam.answer("Wrong.")
    exam(type="flag", seat=seat, on=True)
    given = exam.form.answer
    clock.later(minutes=3)
    on_display.clear()  # the kernel is gone
    mock(PLAN, 1)
    again = Exam(ears)
    assert again.state["stage"] == "running" and again.state["current"] == seat and again.state["seats"][seat] == {"state": "answered", "flagged": True}
    assert again.form.answer == given and again.state["left"] == 5 * 60_000
    assert "1 of 4 seats answered, 5 min 0 s left" in ears.last["text/plain"]


def test_a_pause_hides_the_exercise_and_is_limited(exam: Exam, clock: Clock) -> None:
    clock.later(minutes=1)
    state = exam(type="pause")
    assert (state["stage"], state["form"], state["pause_left"], state["left"]) == ("paused", "", 120_000, 7 * 60_000)
    clock.later(minutes=2, seconds=30)
    state = exam(type="tick")
    assert (state["stage"], state["left"]) == ("running", 7 * 60_000 - 30_000)
    assert "none is left" in exam(type="pause")["alert"] and exam.state["stage"] == "running"


def test_time_up_hands_in_by_itself_also_where_nobody_looks(exam: Exam, course: Path, ears: Ears, clock: Clock) -> None:
    exam.to("bone-1")
    exam.answer("Right.")
    clock.later(hours=9)
    mock(PLAN, 1)
    state = Exam(ears).state
    assert state["stage"] == "report" and "Handed in by the clock" in state["html"] and "Time used: 8 min 0 s of 8 minutes" in state["html"]
    assert kept(course)["handed"]["at"] == int((NOON + timedelta(minutes=8)).timestamp() * 1000)


def test_an_answer_that_comes_after_the_end_is_refused_and_the_report_stands(exam: Exam, clock: Clock) -> None:
    exam.to("bone-1")
    form = exam.form
    clock.later(minutes=9)
    exam.answer("Right.")
    assert form.status["state"] == "failed" and "The time is up" in form.status["alert"]
    assert exam.state["stage"] == "report" and "0%: 0 of 4 points" in exam.state["html"]


def test_the_report_has_result_areas_and_seats(exam: Exam, clock: Clock) -> None:
    """Three of four right: 75%, above 60%; anatomy 2 of 3, anesthesia 1 of 1."""
    for item, text in (("bone-1", "Right."), ("bone-2", "Wrong."), ("bone-3", "G47.33"), ("sleep-1", "Right.")):
        exam.to(item)
        exam.answer(text)
    clock.later(minutes=2)
    state = exam(type="handin")
    assert state["stage"] == "report" and state["form"] == ""
    assert "75%: 3 of 4 points. The course&#x27;s pass mark of 60% is reached." in state["html"]
    rows = re.findall(r"<tr><th scope='row'>(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", state["html"])
    assert rows == [("anatomy", "3", "2 of 3", "1", "67%"), ("anesthesia", "1", "1 of 1", "0", "100%")]
    assert "anatomy: 67%; anesthesia: 100%" in state["html"] and state["html"].count("data-seat=") == 4
    assert "shortened paper: 4 of 5 seats" in state["html"]
    number = next(place for place, seat in enumerate(exam.view._desk.paper.seats) if seat.item == "bone-2") + 1
    assert re.search(rf"<ol data-mc='mock-again'><li>Lesson \d\d-\d\d: 1 point lost, seat {number}</li></ol>", state["html"])


def test_feedback_comes_only_after_handing_in(exam: Exam, ears: Ears) -> None:
    seat = exam.to("bone-2")
    exam.answer("Wrong.")
    exam(type="seat", seat=seat)
    assert ears.sent[-1] == {"type": "seat", "seat": seat, "html": "<p>Feedback comes after handing in.</p>"}
    exam(type="handin")
    exam(type="seat", seat=seat)
    told = ears.sent[-1]["html"]
    assert "That is the mistake." in told and "The reason why." in told and "No credit: 0 of 1" in told and "What was asked" in told
    exam(type="seat", seat=exam.view._desk.paper.seats.index(next(one for one in exam.view._desk.paper.seats if one.item == "bone-3")))
    assert "G47.33" in ears.sent[-1]["html"] and "No answer." in ears.sent[-1]["html"]


def test_what_was_answered_counts_as_practice_once_in_the_folder_of_each_item(exam: Exam, course: Path, ears: Ears, clock: Clock) -> None:
    for item, text in (("bone-1", "Right."), ("bone-2", "Wrong.")):
        exam.to(item)
        exam.answer(text)
    assert not (course / "practice.json").exists() and not (course.parent / "02-m/practice.json").exists()
    clock.later(minutes=1)
    assert exam.view._desk.met() == 0
    exam(type="handin")
    assert exam.view._desk.met() == 2  # those that were answered
    here, there = read_state(course / "practice.json"), read_state(course.parent / "02-m/practice.json")
    assert {name: one.shares for name, one in here.items.items()} == {"bone-1": (1.0,)}
    assert {name: one.shares for name, one in there.items.items()} == {"bone-2": (0.0,)}
    assert here.items["bone-1"].last == NOON + timedelta(minutes=1)
    clock.later(minutes=1)
    mock(PLAN, 1)
    assert read_state(course / "practice.json") == here
    (course / "practice.json").unlink()  # practice begun anew
    mock(PLAN, 1)
    assert not (course / "practice.json").exists()


def test_a_crash_between_result_and_practice_is_made_good(exam: Exam, course: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    exam.to("bone-1")
    exam.answer("Right.")
    exam.to("bone-2")
    exam.answer("Right.")

    taken: list[str] = []

    def dies(folder: Path, item: str, share: float, at: datetime) -> str:
        if taken:
            raise KeyboardInterrupt
        taken.append(item)
        return reviews.take_up(folder, item, share, at)

    with monkeypatch.context() as patch:
        patch.setattr(mock_desk, "take_up", dies)
        with pytest.raises(KeyboardInterrupt):
            exam(type="handin")
    assert kept(course)["handed"] and not kept(course)["taken"]
    mock(PLAN, 1)
    here, there = read_state(course / "practice.json"), read_state(course.parent / "02-m/practice.json")
    assert kept(course)["taken"] and here.items["bone-1"].reviews == there.items["bone-2"].reviews == 1


def test_a_practice_record_that_cannot_be_written_leaves_the_result(exam: Exam, course: Path) -> None:
    exam.to("bone-1")
    exam.answer("Right.")
    (course / ".practice.lock").mkdir()
    state = exam(type="handin")
    assert state["stage"] == "report" and "not remembered" in state["alert"] and "The result of your exam stands." in state["alert"]


def test_an_answer_that_cannot_be_saved_is_said(exam: Exam, course: Path) -> None:
    seat = exam.to("bone-1")
    (course / ".mock.lock").unlink()
    (course / ".mock.lock").mkdir()
    form = exam.answer("Right.")
    assert form.status["state"] == "failed" and "not saved" in form.status["alert"]
    (course / ".mock.lock").rmdir()
    form = exam.answer("Right.")
    assert form.status["state"] == "saved" and kept(course)["seats"][seat]["answer"] == form.answer


def test_a_damaged_sitting_is_said_and_kept_aside(exam: Exam, course: Path, ears: Ears) -> None:
    (path,) = course.glob("mock-own-*-1.json")
    path.write_text("{<b>")
    mock(PLAN, 1)
    again = Exam(ears)
    assert again.state["stage"] == "start" and "cannot be read" in again.state["alert"] and "kept aside, unchanged" in again.state["alert"]
    assert path.read_text() == "{<b>"
    state = again(type="start")
    assert state["stage"] == "running" and "unreadable-1" in state["alert"]
    assert (course / f"{path.name}.unreadable-1").read_text() == "{<b>"


def test_an_exercise_that_is_gone_is_said_and_does_not_count(exam: Exam, course: Path, ears: Ears) -> None:
    seat = exam.to("bone-1")
    exam.answer("Right.")
    (course / "items/l.json").unlink()
    mock(PLAN, 1)
    again = Exam(ears)
    state = again(type="go", seat=seat)
    assert state["gone"] and state["form"] == ""
    assert "1 seat not counted" in again(type="handin")["html"] and "of 3 points" in again.state["html"]


def test_an_earlier_assignment_that_cannot_be_read_is_named(course: Path, ears: Ears) -> None:
    (course.parent / "02-m/items/l.json").write_text("[")
    mock(PLAN, 1)
    assert "Not read: 02-m" in Exam(ears).state["html"] and "1 of 5 seats" in Exam(ears).state["html"]


def test_from_the_folder_above_all_assignments_are_drawn_from(course: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.parent)
    mock(PLAN, 1)
    exam = Exam(ears)
    exam(type="start")
    assert len(exam.state["seats"]) == 4 and list(course.parent.glob("mock-own-*-1.json"))


def test_a_paper_that_nothing_fits_cannot_start(course: Path, ears: Ears) -> None:
    mock({"domains": {"P9": 3}, "minutes": 5, "pass": 70})
    exam = Exam(ears)
    assert not exam.state["can_start"] and "none of the exercises here fits" in exam.state["html"]
    assert "no seats" in exam(type="start")["alert"] and not list(course.glob("mock-*"))


def test_nothing_a_page_sends_breaks_the_exam(exam: Exam) -> None:
    for content in (
        {}, {"type": "go"}, {"type": "go", "seat": 99}, {"type": "go", "seat": "1"}, {"type": "go", "seat": [1]}, {"type": "flag"}, {"type": "flag", "seat": None, "on": 1},
        {"type": "seat"}, {"type": "seat", "seat": -1}, {"type": "resume"}, {"type": "nothing"}, {"type": ["go"]}, {"type": "start"},
    ):  # fmt: skip
        exam(**content)
        assert exam.state["stage"] == "running"
    exam.view._received(exam.view, "no object", [])
    assert exam.state["current"] == 0


def test_an_author_sits_the_banks_practice_and_nothing_is_written(bank: Path, course: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bank.parent.parent / "course/bank/01-m/01-l.yaml"
    file.write_text(file.read_text().replace("  use: practice\n", "  use: practice\n  domains: [P13]\n"))
    monkeypatch.chdir(bank)
    before = files(bank.parent.parent)
    mock(PLAN, 1)
    exam = Exam(ears)
    assert "Nothing is saved here" in exam.state["html"]
    exam(type="start")
    exam.answer("Right.")
    mock(PLAN, 1)
    assert Exam(ears).state["seats"] == [{"state": "answered", "flagged": False}]
    assert Exam(ears)(type="handin")["stage"] == "report"
    assert files(bank.parent.parent) == before


@pytest.mark.parametrize(("paper", "seed", "found"), [("cpt", 1, "no paper 'cpt'"), ("cpc", 0, "seed"), ("cpc", "../../x", "seed"), ({}, 1, "minutes")])
def test_what_is_no_paper_is_said(course: Path, paper: Any, seed: Any, found: str) -> None:
    with pytest.raises(NoSuchPaper, match=found):
        mock(paper, seed)


def test_under_nbgrader_a_line_is_printed(course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    mock("cpc", 1)
    assert capsys.readouterr().out == "Mock exam: not graded.\n"


def test_without_a_front_end_it_is_text(exam: Exam, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mock_cell, "has_kernel", lambda: False)
    mock(PLAN, 2)
    assert list(ears.last) == ["text/plain"] and "Run this cell in a notebook to start it." in ears.last["text/plain"]
    exam_text = ears.last["text/plain"]
    exam_state = mock(PLAN, 1)
    assert exam_state is None and "0 of 4 seats answered" in ears.last["text/plain"] and "4 of 5 seats" in exam_text


@pytest.mark.parametrize("paper", ["cpc", "cca", "ccs"])
def test_every_paper_of_the_course_shows_a_start_page(course: Path, ears: Ears, paper: str) -> None:
    mock(paper)
    html = Exam(ears).state["html"]
    assert "Source of the counts" in html and "draw 1" in Exam(ears).state["title"]


def test_the_script_is_one_module_without_network() -> None:
    script = str(MockView._esm)
    assert len(re.findall(r"^export ", script, re.MULTILINE)) == 1 and not re.search(r"https?://|fetch\(|XMLHttpRequest|eval\(", script)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
    assert sorted(names) == sorted(set(names))
