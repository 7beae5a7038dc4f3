"""What a class's tables say, on classes small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from insight_class import Class, choice_item, chosen, items
from medcoding.insight.analysis import Analysis, analyse
from medcoding.insight.gather import gather
from medcoding.items.bank import Bank, Lesson
from medcoding.items.models import Item
from minicourse import ROOT


def analysed(made: Class, lessons: dict[str, Lesson] | None = None) -> Analysis:
    return analyse(gather(made.store, made.graded, iter(made.submissions)), lessons or {})


def three_choices(rows: list[list[int]], **item: object) -> Class:
    """Students' picks by place of the option; the first is right, -1 is none."""
    made = Class([choice_item(number, **item) for number in range(len(rows[0]))])
    for student, row in enumerate(rows):
        made.submit(f"s{student:02d}", {one.id: chosen(one, place) for one, place in zip(made.items, row, strict=True) if place >= 0})
    return made


def test_table_of_exercises() -> None:
    # Right: first exercise 3 of 4, second 2 of 4 (one left out), third 1 of 4: the stairs of the tests of reliability
    found = analysed(three_choices([[0, 0, 0], [0, 0, 1], [0, 2, 1], [1, -1, 1]]))
    assert [row.p.value for row in found.items.rows] == [0.75, 0.5, 0.25]
    assert [row.full for row in found.items.rows] == [3, 2, 1]
    assert [row.omitted for row in found.items.rows] == [0, 1, 0]
    assert found.items.reliability.alpha.value == pytest.approx(0.75)
    assert found.items.reliability.kr20.value == pytest.approx(0.75)
    assert found.distribution.mean.value == pytest.approx(50)
    assert "very hard" in found.items.rows[2].looks


def test_distractor_table_counts_and_compares_with_the_rest() -> None:
    found = analysed(three_choices([[0, 0, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1]]))
    first = {row.text: row for row in found.choices if row.exercise == 0}
    # Wrong 1 was chosen by students 2 and 3, who have 1 and 0 of 2 points elsewhere; the others 2 and 1
    assert (first["Wrong 1."].chosen, first["Wrong 1."].offered) == (2, 4)
    assert (first["Wrong 1."].elsewhere.value, first["Wrong 1."].others.value) == (25, 75)
    assert first["Right."].right
    assert first["Wrong 3."].chosen == 0
    assert first["Wrong 3."].elsewhere.value is None


def test_a_wrong_option_that_draws_the_better_students_is_named() -> None:
    # Ten good students take the wrong option of the first exercise, ten weak ones the right one
    found = analysed(three_choices([[1, 0, 0, number % 2] for number in range(10)] + [[0, 1, 1, number % 2] for number in range(10)]))
    looks = {(row.exercise, row.text): row.look for row in found.choices if row.look == "draws the better students"}
    assert looks == {(0, "Wrong 1."): "draws the better students"}
    assert any("check the key" in look for look in found.items.rows[0].looks)
    idle = {row.text for row in found.choices if row.exercise == 0 and row.look == "nobody chose it"}
    assert idle == {"Wrong 2.", "Wrong 3."}


def test_most_missed_codes_by_count_with_what_was_coded_instead() -> None:
    made = Class(items())
    answers = [["E85.4", "I43"], ["E85.4", "I42.9"], ["I43", "E85.9"], ["E85.4"], None]
    for number, codes in enumerate(answers):
        made.submit(f"s{number}", {} if codes is None else {"heart-of-the-matter": {"codes": codes}})
    found = analysed(made).missed
    # Four answers: I43 is missing twice (once for I42.9, once for nothing), E85.4 once (for E85.9)
    assert [(row.code, row.asked, row.missed, row.nothing) for row in found] == [("I43", 4, 2, 1), ("E85.4", 4, 1, 0)]
    assert [(one.code, one.count) for one in found[0].instead] == [("I42.9", 1)]
    assert [(one.code, one.meaning, one.count) for one in found[1].instead] == [("E85.9", "Amyloidosis, unspecified", 1)]
    assert [found[0].exercises] == [(1,)]


def test_only_ten_codes_are_listed() -> None:
    codes = ["I10", "E11.9", "J18.9", "N39.0", "K21.9", "M54.50", "R05.1", "R50.9", "F32.A", "G47.00", "H10.9", "L03.90"]
    wide = Item.model_validate({**choice_item(0).model_dump(mode="json"), "id": "many-codes", "form": "codes", "key": {"codes": codes}})
    made = Class([wide])
    made.submit("ada", {"many-codes": {"codes": ["Z00.00"]}})
    assert len(analysed(made).missed) == 10


def test_parts_objectives_and_domains() -> None:
    made = Class(items())
    made.submit("ada", {"a-shot-in-the-arm": {"diagnoses": ["D51.0"], "lines": []}, "which-order": chosen(made.items[0], 0)})
    found = analysed(made, {"05-02": Lesson("05-02", "one", "A lesson", 10, ("Do a thing.",), "05")})
    shares = {row.part: row.share.value for row in found.parts if row.form == "encounter"}
    assert shares == {"diagnoses": 1, "first-listed": 1, "lines": 0, "modifiers and units": 0, "pointers": 0}
    (objective,) = found.objectives
    # 0.35 + 0.10 of two points, and one: 1.9 of 5 points
    assert (objective.group.name, objective.possible, objective.below) == ("Do a thing.", 5, 1)
    assert objective.share.value == pytest.approx(1.9 / 5)
    assert found.domains == ()


def test_domains_are_named_with_their_exam() -> None:
    found = analysed(three_choices([[0, 0], [0, 1]]))
    assert [row.group.name for row in found.domains] == ["CPC P14, ICD-10-CM"]
    assert found.domains[0].share.value == pytest.approx(0.75)


def test_a_manual_score_counts_and_a_waiting_one_does_not() -> None:
    made = Class([choice_item(0), choice_item(1)])
    one, two = made.items
    made.submit("ada", {one.id: chosen(one, 1), two.id: chosen(two, 0)}, points={one.id: 0.5})
    made.submit("ben", {one.id: chosen(one, 0), two.id: chosen(two, 0)}, points={two.id: None})
    found = analysed(made)
    assert [row.p.value for row in found.items.rows] == [0.75, 1.0]
    assert [row.waiting for row in found.items.rows] == [0, 1]


def test_exercises_worth_nothing_are_shown_and_not_counted() -> None:
    made = Class([choice_item(0), choice_item(1), choice_item(2, counts=False)])
    for student, row in enumerate([[0, 0, 0], [0, 1, 1], [1, 1, 0]]):
        made.submit(f"s{student}", {item.id: chosen(item, place) for item, place in zip(made.items, row, strict=True)})
    found = analysed(made)
    assert found.items.rows[2].p.value == pytest.approx(2 / 3)
    assert found.items.rows[2].discrimination.reason == "It is worth no points."
    assert found.items.exercises == 2
    assert found.distribution.mean.value == pytest.approx(50)


def test_ungraded_submissions_are_left_out_and_counted() -> None:
    made = Class([choice_item(0)])
    made.submit("ada", {"choice-0": chosen(made.items[0], 0)})
    blank = made.submit("ben", {}, points={"choice-0": None})
    made.submissions[1] = type(blank)(blank.standing, ())
    found = analysed(made)
    assert (found.distribution.n, found.gathered.ungraded) == (1, 1)


def test_a_harder_variant_is_flagged_from_answers() -> None:
    easy = choice_item(0)
    one = {"title": easy.title, "question": easy.question, "key": easy.key.model_dump(), "rationale": "So.", "citations": [{"guideline": "I.A.13"}]}
    varied = Item.model_validate({**easy.model_dump(mode="json"), "variants": [one, one, one]})
    made = Class([varied, choice_item(1)])
    for number in range(90):
        variant = number % 3
        wrong = number % 10 != 0 if variant == 2 else number % 10 == 0
        made.submit(f"s{number:02d}", {varied.id: {"chosen": [varied.variant(variant).key.options[int(wrong)].id]}}, variants={varied.id: variant})
    (found,) = analysed(made).fairness
    assert [(row.variant, row.n) for row in found.harder] == [(2, 30)]
    options = [row for row in analysed(made).choices if row.exercise == 0]
    assert {row.offered for row in options} == {90}


def test_answers_to_anothers_variant_say_nothing_of_fairness() -> None:
    varied = choice_item(0)
    one = {"title": varied.title, "question": varied.question, "key": varied.key.model_dump(), "rationale": "So.", "citations": [{"guideline": "I.A.13"}]}
    made = Class([Item.model_validate({**varied.model_dump(mode="json"), "variants": [one, one]})])
    submission = made.submit("ada", {"choice-0": chosen(varied, 0)})
    made.submissions[0] = replace(submission, given=(replace(submission.given[0], own=False),))
    assert analysed(made).fairness == ()


def test_the_same_long_text_is_named_and_a_short_one_is_not() -> None:
    text = written_item()
    made = Class([text])
    long = "The record says nothing of the kind of anemia, so the provider must be asked first."
    for student, answer in (("ada", long), ("ben", long.upper().replace(" ", "  ")), ("cyd", "Ask the provider."), ("dan", "Ask the provider.")):
        made.submit(student, {text.id: {"text": answer}})
    assert [one.students for one in analysed(made).same_texts] == [(0, 1)]
    assert analysed(made).likeness.pairs == ()


def written_item() -> Item:
    """An exercise of the course that a grader reads."""
    return next(item for item in Bank(ROOT / "course" / "bank", strict=False) if item.form == "text" and item.use == "graded")


def test_points_of_numbers_are_not_lost_when_answers_are_compared() -> None:
    number = Item.model_validate({**choice_item(0).model_dump(mode="json"), "id": "a-number", "form": "number", "key": {"value": "7"}})
    made = Class([number])
    for student, given in (("ada", "1.5"), ("ben", "15"), ("cyd", " 1.5 ")):
        made.submit(student, {"a-number": {"text": given}})
    marks = gather(made.store, made.graded, made.submissions).marks[:, 0]
    assert marks[0] == marks[2] != marks[1]


def test_case_dot_and_blank_entries_make_no_other_answer() -> None:
    made = Class(items())
    for student, codes in (("ada", ["E85.9", "I43"]), ("ben", ["e859", "", "I43"]), ("cyd", ["I43", "E85.9"])):
        made.submit(student, {"heart-of-the-matter": {"codes": codes}})
    marks = gather(made.store, made.graded, made.submissions).marks[:, 1]
    assert marks[0] == marks[1] != marks[2]


def test_a_missing_key_is_a_problem_and_no_end() -> None:
    made = three_choices([[0, 1], [1, 1]])
    found = analyse(gather({}, made.graded, made.submissions), {})
    assert len(found.gathered.problems) == 4
    assert found.items.rows[0].p.value == 0.5
    assert not found.choices


@pytest.mark.parametrize(("students", "alpha"), [(0, None), (1, None), (2, 0.0)])
def test_the_smallest_classes_have_reasons_and_no_nan(students: int, alpha: float | None) -> None:
    # Of two students: the items' variances are 0.5 and 0, that of the totals 0.5; 2 (1 - 0.5 / 0.5) = 0
    made = three_choices([[0, 1], [1, 1]][:students] or [[0, 1]])
    made.submissions = made.submissions[:students]
    found = analysed(made)
    assert found.distribution.n == students
    assert found.items.reliability.alpha.value == alpha
    assert not np.isnan([row.p.value for row in found.items.rows if row.p.value is not None]).any()
