"""Points by hand: bounded, compared before they are set, recorded, kept by every later grading, and nothing else changed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from audit_gradebook import dump, make_gradebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.grading.audit import notes_for
from medcoding.grading.audit.override import UNSEEN, decide, override
from medcoding.grading.audit.requests import ask, requests_of
from medcoding.grading.audit.scores import Conflict, find_score, set_points
from medcoding.grading.audit.tables import engine_of, writing
from medcoding.grading.audit.trail import Refused, entries_of, lock, verify
from minicourse import MiniCourse
from nbgrader.api import Gradebook


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'gradebook.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    make_gradebook(address)
    return address


def set_to(url: str, points: float | None, *, cell: str = "alpha", student: str = "ada", grader: str = "ann", **more: Any) -> Any:
    return override(
        engine_of(url), grader=grader, student=student, assignment="05-mini", cell=cell, points=points, reason="The chart says so.", **more
    )


def score(url: str, cell: str = "alpha", student: str = "ada") -> Any:
    with engine_of(url).connect() as connection:
        return find_score(connection, student, "05-mini", cell)


def test_override_sets_the_manual_score_and_changes_nothing_else(url: str) -> None:
    before = dump(url)
    entry = set_to(url, 0.75)
    assert (entry.old_score, entry.new_score, entry.detail) == (0.5, 0.75, {"automatic": 0.5, "manual_before": None})
    after = {name: rows for name, rows in dump(url).items() if not name.startswith("medcoding_")}
    changed = [(old, new) for name in before for old, new in zip(before[name], after[name], strict=True) if old != new]
    names = [column[0] for column in before["grade"][0]]
    assert len(changed) == 1, "one grade of one student"
    (old, new) = changed[0]
    assert {name: (a, b) for name, a, b in zip(names, old, new, strict=True) if a != b} == {"manual_score": (None, 0.75)}
    with Gradebook(url) as gradebook:
        found = gradebook.find_submission("05-mini", "ada")
        assert found.score == 0.75 + 1 + 2 and not found.needs_manual_grade


def test_a_cell_that_waits_for_a_grader_waits_no_more(url: str) -> None:
    with Gradebook(url) as gradebook:
        grade = gradebook.find_grade("gamma", "two", "05-mini", "ada")
        grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    entry = set_to(url, 3, cell="gamma")
    assert (entry.old_score, entry.new_score) == (None, 3) and not score(url, "gamma").waits
    assert set_to(url, None, cell="gamma").new_score is None and score(url, "gamma").waits, "taken back, it waits again"


def test_undone_by_another_override_and_both_stand_in_the_trail(url: str) -> None:
    set_to(url, 1)
    set_to(url, 0.5, grader="ben")
    entry = set_to(url, None)
    assert (score(url).manual, score(url).counted, entry.new_score) == (None, 0.5, 0.5), "the automatic points count again"
    with engine_of(url).connect() as connection:
        assert [(one.grader, one.old_score, one.new_score) for one in entries_of(connection)] == [("ann", 0.5, 1), ("ben", 1, 0.5), ("ann", 0.5, 0.5)]
    assert verify(engine_of(url)).faults == ()


@pytest.mark.parametrize("points", [-0.01, 1.01, float("nan"), float("inf"), -float("inf"), 1e308])
def test_points_out_of_bounds_are_refused_and_nothing_is_written(url: str, points: float) -> None:
    with pytest.raises(Refused, match=r"alpha takes 0 to 1. Extra credit is given in formgrader"):
        set_to(url, points)
    assert score(url).manual is None and verify(engine_of(url)).count == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.floats(0, 2))
def test_any_points_within_bounds_are_kept_exactly(tmp_path_factory: pytest.TempPathFactory, points: float) -> None:
    url = f"sqlite:///{tmp_path_factory.getbasetemp() / 'exact.db'}"
    if not Path(url.removeprefix("sqlite:///")).exists():
        make_gradebook(url)
    assert set_to(url, points, cell="beta").new_score == points == score(url, "beta").manual


@pytest.mark.parametrize("reason", ["", "  ", "ok", "\x00\x1b"])
def test_a_reason_is_needed(url: str, reason: str) -> None:
    with pytest.raises(Refused, match="reason is needed"):
        override(engine_of(url), grader="ann", student="ada", assignment="05-mini", cell="alpha", points=1, reason=reason)
    assert score(url).manual is None


@pytest.mark.parametrize("grader", ["", " ", "two\nlines", "\x1b[31m", "x" * 129])
def test_a_grader_has_a_name(url: str, grader: str) -> None:
    with pytest.raises(Refused, match="no name of a grader"):
        set_to(url, 1, grader=grader)
    assert score(url).manual is None


def test_what_is_not_there_is_told_with_what_is(url: str) -> None:
    with pytest.raises(Refused, match="no grade cell 'delta'; it has: alpha, beta, gamma"):
        set_to(url, 1, cell="delta")
    with pytest.raises(Refused, match="no submission of this student to 05-mini"):
        set_to(url, 1, student="eve")


def test_points_that_changed_since_they_were_seen_are_not_overwritten(url: str) -> None:
    set_to(url, 1, was=0.5)
    with pytest.raises(Conflict, match=r"alpha had 0.5 points when it was looked at and has 1 point now: somebody else"):
        set_to(url, 0, was=0.5, grader="ben")
    assert score(url).manual == 1 and verify(engine_of(url)).count == 1


def test_points_that_were_shown_shortly_are_those_that_were_seen(url: str) -> None:
    set_to(url, 1 / 3)
    assert set_to(url, 1, was=0.333333333333).new_score == 1


def test_a_change_in_formgrader_between_look_and_write_is_seen(url: str) -> None:
    seen = score(url)
    with Gradebook(url) as gradebook:
        gradebook.find_grade("alpha", "one", "05-mini", "ada").manual_score = 0.25
        gradebook.db.commit()
    with pytest.raises(Conflict, match=r"somebody else changed it meanwhile. Nothing was written"), writing(engine_of(url)) as connection:
        set_points(connection, seen, 1)
    assert score(url).manual == 0.25


def test_a_new_automatic_score_between_look_and_write_is_seen(url: str) -> None:
    seen = score(url)
    with Gradebook(url) as gradebook:
        gradebook.find_grade("alpha", "one", "05-mini", "ada").auto_score = 0.9
        gradebook.db.commit()
    with pytest.raises(Conflict), writing(engine_of(url)) as connection:
        set_points(connection, seen, 1)


def test_of_graders_who_saw_the_same_points_one_wins_and_the_others_are_told(url: str) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def grade(name: str, points: float) -> None:
        start.wait()
        try:
            set_to(url, points, was=0.5, grader=name)
            outcomes.append(name)
        except Conflict:
            outcomes.append("told")

    graders = [threading.Thread(target=grade, args=(f"g{number}", number / 10)) for number in range(4)]
    for one in graders:
        one.start()
    for one in graders:
        one.join(60)
    assert sorted(outcomes)[1:] == ["told"] * 3
    with engine_of(url).connect() as connection:
        (entry,) = entries_of(connection)
    assert entry.grader == sorted(outcomes)[0] and score(url).manual == entry.new_score


def test_of_graders_who_write_blindly_all_stand_in_the_trail_in_order(url: str) -> None:
    graders = [threading.Thread(target=set_to, args=(url, number / 10), kwargs={"grader": f"g{number}"}) for number in range(5)]
    for one in graders:
        one.start()
    for one in graders:
        one.join(60)
    with engine_of(url).connect() as connection:
        entries = entries_of(connection)
    assert {one.grader for one in entries} == {f"g{number}" for number in range(5)}
    assert [one.old_score for one in entries[1:]] == [one.new_score for one in entries[:-1]], "each saw what the one before wrote"
    assert score(url).manual == entries[-1].new_score


def test_a_grader_who_comes_second_waits_and_sees_what_the_first_wrote(postgres_url: str) -> None:
    make_gradebook(postgres_url)
    set_to(postgres_url, 0.5)
    outcome: list[Any] = []
    second = threading.Thread(target=lambda: outcome.append(set_to(postgres_url, 0.25, grader="ben")))
    with writing(engine_of(postgres_url)) as connection:
        lock(connection)
        set_points(connection, find_score(connection, "ada", "05-mini", "alpha"), 1)
        second.start()
        with engine_of(postgres_url).connect() as other:
            while second.is_alive() and not other.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one():
                pass
    second.join(60)
    assert [(one.old_score, one.new_score) for one in outcome] == [(1, 0.25)]


def ask_for(url: str, cell: str = "alpha", reason: str = "The note names both.") -> Any:
    return ask(engine_of(url), grader="ann", student="ada", assignment="05-mini", cell=cell, reason=reason)


def decide_on(url: str, accept: bool, points: float | None = None, *, grader: str = "ben", cell: str = "alpha", was: Any = UNSEEN) -> Any:
    return decide(
        engine_of(url), grader=grader, student="ada", assignment="05-mini", cell=cell, accept=accept, points=points, reason="Looked again.", was=was
    )


def test_an_accepted_request_changes_the_points_and_tells_the_student(url: str) -> None:
    request = ask_for(url)
    entry = decide_on(url, True, 1)
    assert (entry.kind, entry.old_score, entry.new_score, entry.detail["request"]) == ("decision", 0.5, 1, request.seq)
    assert score(url).manual == 1
    (note,) = notes_for(url, "ada", "05-mini")["one", "alpha"]
    assert note.text.startswith("Your request was accepted: this counts 1 point (0.5 before). Looked again.")
    with engine_of(url).connect() as connection:
        assert [one.state for one in requests_of(connection, "05-mini")] == ["accepted"]


def test_a_rejected_request_leaves_the_points_alone(url: str) -> None:
    ask_for(url)
    before = score(url)
    entry = decide_on(url, False)
    assert score(url) == before and (entry.old_score, entry.new_score) == (0.5, 0.5)
    assert "the points stay. Looked again." in notes_for(url, "ada", "05-mini")["one", "alpha"][0].text


def test_a_request_is_decided_once(url: str) -> None:
    ask_for(url)
    decide_on(url, False)
    with pytest.raises(Refused, match=r"was rejected by ben on 20.*: Looked again"):
        decide_on(url, True, 1, grader="cat")
    assert score(url).manual is None


def test_only_what_was_asked_is_decided(url: str) -> None:
    ask_for(url)
    with pytest.raises(Refused, match="No request for beta is open"):
        decide_on(url, True, 1, cell="beta")


@pytest.mark.parametrize(("accept", "points", "told"), [(True, None, "say the new points"), (False, 1.0, "changes no points")])
def test_a_decision_that_contradicts_itself_is_refused(url: str, accept: bool, points: float | None, told: str) -> None:
    ask_for(url)
    with pytest.raises(Refused, match=told):
        decide_on(url, accept, points)
    with engine_of(url).connect() as connection:
        assert [one.state for one in requests_of(connection, "05-mini")] == ["open"]


def test_accepting_out_of_bounds_leaves_the_request_open(url: str) -> None:
    ask_for(url)
    with pytest.raises(Refused, match="takes 0 to 1"):
        decide_on(url, True, 5)
    with engine_of(url).connect() as connection:
        assert [one.state for one in requests_of(connection, "05-mini")] == ["open"]


def test_a_second_request_waits_for_the_first_to_be_decided(url: str) -> None:
    ask_for(url)
    with pytest.raises(Refused, match="open already"):
        ask_for(url, reason="Once more.")
    decide_on(url, False)
    assert ask_for(url, reason="Once more.").seq == 3


def test_points_by_hand_survive_grading_again_and_show_in_feedback_and_export(graded_class: MiniCourse) -> None:
    url = f"sqlite:///{graded_class.root / 'gradebook.db'}"
    before = set_to(url, 0.75, cell="heart-of-the-matter")
    assert before.old_score is not None and before.old_score < 0.75
    assert graded_class.autograde("ada")["ada"]["success"]
    assert score(url, "heart-of-the-matter").manual == 0.75
    assert graded_class.releases().api.generate_feedback(graded_class.assignment, "ada")["success"]
    page = (graded_class.root / "feedback" / "ada" / graded_class.assignment / "one.html").read_text(encoding="utf-8")
    assert "A grader set this to 0.75 points" in page and "The chart says so." in page and "ann" not in page.split("A grader set this")[1][:200]
    assert page.count("A grader set this") == 1, "in the block of that exercise alone"


def test_a_hostile_reason_is_text_in_feedback(graded_class: MiniCourse) -> None:
    url = f"sqlite:///{graded_class.root / 'gradebook.db'}"
    override(engine_of(url), grader="ann", student="ada", assignment="05-mini", cell="which-order", points=0.5,
             reason="<script>alert(1)</script><img src=x onerror=alert(2)>")  # fmt: skip
    assert graded_class.releases().api.generate_feedback(graded_class.assignment, "ada")["success"]
    page = (graded_class.root / "feedback" / "ada" / graded_class.assignment / "one.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert(1)" not in page and "<img src=x" not in page
