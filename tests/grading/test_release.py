"""Releasing and updating: what is published, what is refused, and what students' copies take up."""

from __future__ import annotations

import json

import pytest
from medcoding.grading.release import ReleaseRefused
from medcoding.items.answers import AnswerStore
from medcoding.items.errata import take_up
from minicourse import IMPORTS, MiniCourse, code_cell, exercise_cell


def test_release_writes_public_items_beside_each_notebook(released: MiniCourse) -> None:
    one, two = released.released("one"), released.released("two")
    assert [item["id"] for item in one["items"]] == ["which-order", "heart-of-the-matter", "a-shot-in-the-arm", "try-a-code"]
    assert [item["id"] for item in two["items"]] == ["second-notebook-choice"]
    assert one["publication"] != two["publication"]
    assert one["publication"] in released.store and two["publication"] in released.store


def test_released_bytes_hold_no_key_of_a_graded_item(released: MiniCourse) -> None:
    text = b"".join(path.read_bytes() for path in (released.root / "release").rglob("*") if path.is_file())
    for secret in (b"E85.4", b"manifestation never leads", b"asks for the amyloidosis", b"The cause is documented", b'"correct"'):
        assert secret not in text.replace(b"I10 is complete", b"")
    assert b"I10 is complete at three characters" in text, "a practice item carries its key"


def test_release_twice_changes_nothing(released: MiniCourse) -> None:
    before = {path: path.read_bytes() for path in (released.root / "exchange").rglob("*") if path.is_file()}
    assert released.releases().release("05").changed is False
    assert {path: path.read_bytes() for path in (released.root / "exchange").rglob("*") if path.is_file()} == before


def test_release_of_a_changed_assignment_points_to_update(released: MiniCourse) -> None:
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    with pytest.raises(ReleaseRefused, match="medcoding update 05"):
        released.releases().release("05")


def test_unknown_module_lists_what_there_is(mini: MiniCourse) -> None:
    with pytest.raises(ReleaseRefused, match="05-mini"):
        mini.releases().release("77")


def test_update_makes_a_new_publication_and_keeps_the_old(released: MiniCourse) -> None:
    old = released.released("one")["publication"]
    two = released.released("two")["publication"]
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    done = released.releases().update("05")
    assert done.corrected == ("which-order",)
    assert released.released("one")["publication"] != old
    assert released.released("two")["publication"] == two
    assert released.store[old]["which-order"].question == "Which code comes first?"


def test_a_fetched_copy_takes_up_errata_and_keeps_answers(mini: MiniCourse) -> None:
    released = mini
    released.releases().release("05")
    work = released.root / "work" / released.assignment
    (work / "items").mkdir(parents=True)
    for path in (released.root / "exchange" / "medcoding" / "outbound" / released.assignment / "items").glob("*.json"):
        (work / "items" / path.name).write_bytes(path.read_bytes())
    store = AnswerStore(work)
    store.put(publication=released.released("one")["publication"], item="which-order", answer={"chosen": ["x"]})
    kept = store.path.read_bytes()
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    released.releases().update("05")
    items = take_up(work / "items" / "one.json")
    assert items["which-order"].question == "Which of the codes comes first?"
    assert items.corrected == ("which-order",)
    assert json.loads((work / "items" / "one.json").read_text())["publication"] == items.publication
    assert store.path.read_bytes() == kept


def test_update_after_submissions_with_only_items_changed_is_taken(released: MiniCourse) -> None:
    released.submit("ada")
    released.autograde("ada")
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    assert released.releases().update("05").changed


@pytest.mark.parametrize("change", ["cell", "notebook", "removed"])
def test_what_nbgrader_cannot_take_is_refused_before_anything_is_touched(released: MiniCourse, change: str) -> None:
    released.submit("ada")
    released.autograde("ada")
    if change == "cell":
        released.items_file.write_text(released.items_file.read_text().replace("- id: try-a-code", "- id: new-one\n  lesson: 05-02\n  form: choice\n  title: New one\n  objectives: [1]\n  question: New?\n  key: {options: [{text: a, correct: true}, {text: b, feedback: no}]}\n  rationale: x\n  citations: [{guideline: I.A.1}]\n- id: try-a-code"))
        released.write("two", [IMPORTS, exercise_cell("second-notebook-choice"), exercise_cell("new-one")])
    elif change == "notebook":
        released.write("three", [IMPORTS])
    else:
        released.write("two", [IMPORTS])
    before = {path: path.read_bytes() for kind in ("release", "exchange", "publications") for path in (released.root / kind).rglob("*") if path.is_file()}
    with pytest.raises(ReleaseRefused, match="Nothing was changed"):
        released.releases().update("05")
    result = released.releases().api.generate_assignment(released.assignment, force=True)
    assert not result["success"], "formgrader's button is refused too"
    assert "nbgrader cannot take" in result["log"]
    after = {path: path.read_bytes() for kind in ("release", "exchange", "publications") for path in (released.root / kind).rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("where", ["source", "release"])
def test_an_answers_file_in_source_or_release_stops_publishing(released: MiniCourse, where: str) -> None:
    stray = released.root / where / released.assignment / "answers.json"
    stray.write_text("{}")
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    with pytest.raises(ReleaseRefused, match=r"answers\.json would be released"):
        released.releases().update("05")
    assert (released.root / "release" / released.assignment / "one.ipynb").exists()


def test_a_faulty_item_is_not_published(mini: MiniCourse) -> None:
    mini.change_item("codes: [E85.4, I43]", "codes: [E85.4, I43, E85]")
    with pytest.raises(ReleaseRefused, match="E85"):
        mini.releases().release("05")
    assert not (mini.root / "release" / mini.assignment).exists()


def test_generating_one_notebook_leaves_the_other_alone(released: MiniCourse) -> None:
    two = released.root / "release" / released.assignment / "items" / "two.json"
    before = two.stat().st_mtime_ns
    released.change_item("Which code comes first?", "Which of the codes comes first?")
    from nbgrader.utils import temp_attrs

    releases = released.releases()
    with temp_attrs(releases.coursedir, notebook_id="one"):
        result = releases.api.generate_assignment(released.assignment, force=True)
    assert result["success"], result
    assert two.stat().st_mtime_ns == before
    assert released.released("one")["items"][0]["question"] == "Which of the codes comes first?"


def test_items_of_a_removed_notebook_do_not_linger(released: MiniCourse) -> None:
    (released.source / "two.ipynb").unlink()
    released.releases().update("05")
    assert not (released.root / "release" / released.assignment / "items" / "two.json").exists()


def test_a_notebook_without_exercises_gets_no_items_file(mini: MiniCourse) -> None:
    mini.write("plain", [code_cell("sum", "1 + 1")])
    mini.releases().release("05")
    assert not (mini.root / "release" / mini.assignment / "items" / "plain.json").exists()
