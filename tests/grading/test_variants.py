"""Variants from release to grade: each student's own is scored and shown, another's is a finding, a hostile number a zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from minicourse import IMPORTS, MiniCourse, exercise_cell, grade_one
from variant_items import FRACTURE, UNITS

FRACTURES, DRUG = "a-broken-leg", "units-of-a-drug"


@pytest.fixture
def course(mini: MiniCourse) -> MiniCourse:
    """The small course with two exercises that have variants, released."""
    mini.items_file.write_text(mini.items_file.read_text(encoding="utf-8") + FRACTURE + UNITS, encoding="utf-8")
    mini.write("one", [IMPORTS, exercise_cell(FRACTURES), exercise_cell(DRUG), exercise_cell("which-order")])
    mini.releases().release("05")
    return mini


def hand_in(course: MiniCourse, student: str, *, of: str = "", numbers: dict[str, Any] | None = None) -> Path:
    """A submission that answers rightly the variants of `of`, with these variant numbers written instead."""
    from medcoding.forms import FORMS

    publication = course.store.current(course.assignment, "one")
    folder = course.submit_raw(student)
    answers = {}
    for name in (FRACTURES, DRUG):
        item = publication[name]
        own = publication.own_variant(name, of or student)
        answers[name] = {"publication": publication.name, "item": name, "variant": (numbers or {}).get(name, own), "revision": 1, "at": "",
                         "answer": FORMS[item.form].key_answer(item.variant(own).key)}
    (folder / "answers.json").write_text(json.dumps({"schema_version": 1, "answers": answers}), encoding="utf-8")
    return folder


def own_title(course: MiniCourse, student: str) -> str:
    publication = course.store.current(course.assignment, "one")
    return publication[FRACTURES].variants[publication.own_variant(FRACTURES, student)].values["told"]


def differing(course: MiniCourse, student: str) -> str:
    """A classmate whose two variants are both others than this student's."""
    publication = course.store.current(course.assignment, "one")
    return next(
        name for name in (f"s{number}" for number in range(99))
        if all(publication.own_variant(item, name) != publication.own_variant(item, student) for item in (FRACTURES, DRUG))
    )


def test_two_students_earn_full_marks_on_variants_of_their_own(course: MiniCourse) -> None:
    other = differing(course, "ada")
    for student in ("ada", other):
        hand_in(course, student)
        grades = grade_one(course, student)
        assert (grades[FRACTURES], grades[DRUG]) == (1, 1)
        assert own_title(course, student) in course.block(student, FRACTURES)
        assert "answers variant" not in course.block(student, FRACTURES)
    assert own_title(course, "ada") not in course.block(other, FRACTURES)


def test_anothers_variant_is_scored_and_flagged(course: MiniCourse) -> None:
    other = differing(course, "ada")
    hand_in(course, "ada", of=other)
    assert grade_one(course)[FRACTURES] == 1
    block = course.block("ada", FRACTURES)
    publication = course.store.current(course.assignment, "one")
    numbers = [publication.own_variant(FRACTURES, name) for name in (other, "ada")]
    assert f"This answers variant {numbers[0]}; that of the submitter is {numbers[1]}." in block and own_title(course, other) in block
    (output,) = course.cell("ada", FRACTURES)["outputs"]
    record = output["data"]["application/vnd.medcoding.score+json"]
    assert record["variant"] == numbers[0] and [note["rule"] for note in record["notes"]] == ["other-variant"]


def test_key_of_anothers_variant_is_not_the_key_of_ones_own(course: MiniCourse) -> None:
    publication = course.store.current(course.assignment, "one")
    other = differing(course, "ada")
    hand_in(course, "ada", of=other, numbers={name: publication.own_variant(name, "ada") for name in (FRACTURES, DRUG)})
    grades = grade_one(course)
    assert grades[FRACTURES] < 1 and grades[DRUG] < 1
    assert "answers variant" not in course.block("ada", FRACTURES)


def test_anothers_variant_earns_nothing_where_the_course_says_so(course: MiniCourse) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + '\nc.Course.variant_policy = "zero"\n', encoding="utf-8")
    hand_in(course, "ada", of=differing(course, "ada"))
    hand_in(course, "bob")
    assert grade_one(course)[FRACTURES] == 0 and grade_one(course, "bob")[FRACTURES] == 1
    assert "variant earns nothing in this course." in course.block("ada", FRACTURES)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (-1, "cannot be read: its record is damaged: variant"),
        (10**30, "cannot be read: its record is damaged: variant"),
        ("many", "cannot be read: its record is damaged: variant"),
        (1.5, "cannot be read: its record is damaged: variant"),
        ([3], "cannot be read: its record is damaged: variant"),
        (None, "cannot be read: its record is damaged: variant"),
        (24, "names variant 24; the exercise has 24, from variant 0"),
        (10_000, "names variant 10000; the exercise has 24, from variant 0"),
    ],
)
def test_hostile_variant_number_is_a_finding_and_a_zero(course: MiniCourse, number: Any, said: str) -> None:
    hand_in(course, "ada", numbers={FRACTURES: number})
    grades = grade_one(course)
    assert (grades[FRACTURES], grades[DRUG]) == (0, 1)
    block = course.block("ada", FRACTURES)
    assert said in block and own_title(course, "ada") in block


def test_silence_is_shown_with_ones_own_question(course: MiniCourse) -> None:
    course.submit_raw("ada")
    assert grade_one(course)[FRACTURES] == 0
    assert own_title(course, "ada") in course.block("ada", FRACTURES)


def test_feedback_shows_the_own_variant_and_leaves_the_flag_to_the_grader(course: MiniCourse) -> None:
    other = differing(course, "ada")
    hand_in(course, "ada", of=other)
    grade_one(course)
    result = course.releases().api.generate_feedback(course.assignment, "ada")
    assert result["success"], result.get("log")
    (page,) = (course.root / "feedback" / "ada").rglob("one.html")
    text = page.read_text(encoding="utf-8")
    assert own_title(course, other) in text and "says so" in text
    assert "This answers variant" not in text


def test_answer_before_a_correction_keeps_variant_and_key(course: MiniCourse) -> None:
    hand_in(course, "ada")
    old = own_title(course, "ada")
    course.change_item("without: [unspecified]", "without: [unspecified, displaced]")
    course.change_item("    compute:\n      title:", "    count: 8\n    compute:\n      title:")
    course.releases().update("05")
    assert len(course.store.current(course.assignment, "one")[FRACTURES].variants) == 8
    assert grade_one(course)[FRACTURES] == 1
    block = course.block("ada", FRACTURES)
    assert old in block and "before the exercise was corrected" in block and "answers variant" not in block


def test_variant_kept_across_a_change_of_count_is_honest(course: MiniCourse) -> None:
    publication = course.store.current(course.assignment, "one")
    name = next(f"s{number}" for number in range(99) if publication.own_variant(FRACTURES, f"s{number}") < 12)
    own = publication.own_variant(FRACTURES, name)
    course.change_item("    compute:\n      title:", "    count: 23\n    compute:\n      title:")
    course.releases().update("05")
    new = course.store.current(course.assignment, "one")
    folder = hand_in(course, name, numbers={FRACTURES: own})
    answers = json.loads((folder / "answers.json").read_text())
    answers["answers"][FRACTURES]["answer"] = {"codes": [new[FRACTURES].variants[own].values["code"]]}
    (folder / "answers.json").write_text(json.dumps(answers))
    assert grade_one(course, name)[FRACTURES] == 1
    assert "answers variant" not in course.block(name, FRACTURES)


def test_item_whose_variants_are_faulty_is_refused_before_release(mini: MiniCourse) -> None:
    mini.items_file.write_text(mini.items_file.read_text() + FRACTURE.replace("ends: A", "ends: A, words: [subtrochanteric]"))
    mini.write("one", [IMPORTS, exercise_cell(FRACTURES)])
    from medcoding.grading.release import ReleaseRefused

    with pytest.raises(ReleaseRefused, match="different variants were found; expected 24"):
        mini.releases().release("05")
    assert not (mini.root / "release" / mini.assignment / "items" / "one.json").exists()
