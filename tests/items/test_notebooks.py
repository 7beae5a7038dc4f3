"""Source notebooks: which exercises they hold, and their one tidy form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.items.bank import Bank
from medcoding.items.notebooks import Use, check_notebook, tidy, tidy_text, uses

ITEMS = """\
- id: pressure
  lesson: 05-01
  form: codes
  title: Pressure
  points: POINTS
  counts: COUNTS
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [I10]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: Complete at three characters.
  citations: [{index: Hypertension}]
"""


def bank(folder: Path, points: str = "2", counts: str = "true") -> Bank:
    place = folder / "bank" / "05-sample"
    place.mkdir(parents=True, exist_ok=True)
    (place / "items.yaml").write_text(ITEMS.replace("POINTS", points).replace("COUNTS", counts), encoding="utf-8")
    return Bank(folder / "bank")


def code(source: str | list[str], **fields: Any) -> dict[str, Any]:
    return {"cell_type": "code", "id": "a-cell", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **fields}


def write(folder: Path, *cells: dict[str, Any], **fields: Any) -> Path:
    path = folder / "one.ipynb"
    path.write_text(json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": {}, **fields}), encoding="utf-8")
    return path


def first(path: Path) -> dict[str, Any]:
    cell: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    return cell


# ---- uses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('exercise("one")', [("exercise", "one")]),
        ("practice('two')", [("practice", "two")]),
        (["x = 1\n", 'exercise("one", answer=x)\n', 'practice("two")'], [("exercise", "one"), ("practice", "two")]),
        ('%matplotlib inline\n!ls\nexercise("one")', [("exercise", "one")]),
        ('if True:\n    !ls\n    exercise("one")', [("exercise", "one")]),
        ('x = ("%d"\n     % 3)\nexercise("one")', [("exercise", "one")]),
        ('%%time\nexercise("one")', [("exercise", "one")]),
        ('shown = exercise("one")', [("exercise", "one")]),
        ('# exercise("one")', []),
        ('text = "exercise(one)"', []),
        ("exercise(name)", []),
        ("exercise()", []),
        ('other("one")', []),
        ("this is no Python", []),
        ("", []),
    ],
)
def test_calls_are_found_by_reading_the_code(source: Any, found: list[tuple[str, str]]) -> None:
    assert [(use.call, use.item) for use in uses({"cells": [code(source)]})] == found


def test_calls_are_told_with_their_cell_and_never_from_text() -> None:
    markdown = {"cell_type": "markdown", "source": 'exercise("none")'}
    notebook = {"cells": [markdown, code('exercise("one")'), {"cell_type": "raw", "source": 'exercise("none")'}, code('practice("two")')]}
    assert uses(notebook) == [Use("exercise", "one", 1), Use("practice", "two", 3)]


# ---- tidy -------------------------------------------------------------------------------------------------

GRADER = {"cell_type": "code", "grade": True, "grade_id": "pressure", "locked": True, "points": 2, "schema_version": 3,
          "solution": False, "task": False}


def test_tidy_gives_an_exercise_cell_its_grade_metadata_from_the_bank(tmp_path: Path) -> None:
    path = write(tmp_path, code('exercise("pressure")\n'))
    assert tidy(path, bank(tmp_path)) is True
    assert (first(path)["id"], first(path)["metadata"]) == ("pressure", {"nbgrader": GRADER})
    assert list(check_notebook(path, bank(tmp_path), "one.ipynb")) == []


@pytest.mark.parametrize(("points", "counts", "cell"), [("2", "true", 2), ("2.5", "true", 2.5), ("1.0", "true", 1), ("2", "false", 0)])
def test_tidy_follows_the_points_of_the_bank(tmp_path: Path, points: str, counts: str, cell: float) -> None:
    path = write(tmp_path, code('exercise("pressure")', metadata={"nbgrader": {**GRADER, "points": 99, "grade_id": "old"}}))
    held = bank(tmp_path, points, counts)
    tidy(path, held)
    worth = first(path)["metadata"]["nbgrader"]["points"]
    assert (worth, type(worth)) == (cell, type(cell))
    assert list(check_notebook(path, held, "one.ipynb")) == []


def test_tidy_leaves_other_cells_alone(tmp_path: Path) -> None:
    path = write(tmp_path, code('x = 1\nexercise("pressure")'), code('practice("pressure")'), code('exercise("unknown")'))
    tidy(path, bank(tmp_path))
    assert [cell["metadata"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]] == [{}, {}, {}]


def test_tidy_drops_outputs_counts_and_stray_metadata_and_keeps_tags(tmp_path: Path) -> None:
    untidy = code("x", outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}], execution_count=7,
                  metadata={"tags": ["hide"], "collapsed": True})
    path = write(tmp_path, untidy, metadata={"widgets": {}, "kernelspec": {"name": "conda"}})
    assert tidy(path, bank(tmp_path)) is True
    cell = first(path)
    assert (cell["outputs"], cell["execution_count"], cell["metadata"]) == ([], None, {"tags": ["hide"]})
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert metadata == {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                        "language_info": {"name": "python"}}


def test_tidy_keeps_the_code_of_a_picture_folded_and_never_that_of_an_exercise(tmp_path: Path) -> None:
    folded = {"jupyter": {"source_hidden": True}}
    path = write(tmp_path, code("draw()", metadata=folded), code('exercise("pressure")', metadata=folded), code("x", metadata={"jupyter": {"outputs_hidden": True}}))
    tidy(path, bank(tmp_path))
    drawn, asked, other = (cell["metadata"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
    assert drawn == folded and set(asked) == {"nbgrader"} and other == {}


def test_tidy_twice_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, code(['exercise("pressure")\n', "\n"]), {"cell_type": "markdown", "id": "aim", "metadata": {}, "source": "Aim\n\n"})
    assert tidy(path, bank(tmp_path)) is True
    before = path.read_bytes()
    assert tidy(path, bank(tmp_path)) is False
    assert path.read_bytes() == before


def test_tidy_copes_with_a_cell_without_metadata(tmp_path: Path) -> None:
    bare = code('exercise("pressure")')
    del bare["metadata"]
    path = write(tmp_path, bare)
    assert tidy(path, bank(tmp_path)) is True
    assert first(path)["metadata"] == {"nbgrader": GRADER}


CELLS = st.lists(
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "markdown", "raw"]), "source": st.one_of(st.text(max_size=30), st.lists(st.text(max_size=9), max_size=4))},
        optional={"id": st.text(max_size=8), "metadata": st.dictionaries(st.sampled_from(["tags", "nbgrader", "x"]), st.just({}), max_size=2),
                  "outputs": st.just([{}]), "execution_count": st.integers(1, 9)},
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_tidy_form_of_any_notebook_is_its_own_tidy_form(cells: list[dict[str, Any]]) -> None:
    once = tidy_text({"cells": cells})
    again = json.loads(once)
    assert tidy_text(again) == once
    for cell, kept in zip(cells, again["cells"], strict=True):
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        assert "".join(kept["source"]) == source.rstrip("\n"), "nothing that an author wrote is lost"


# ---- sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "crowded"),
    [
        ("One sentence. Another one.", True),
        ("Is it so? It is.", True),
        ("(In brackets.) After them. Then more.", True),
        ("One sentence.", False),
        ("Codes such as E11.65 and Dr. Smith, e.g. Two words.", False),
        ("| a table. Row. With more. |", False),
        ("# A heading. With two.", False),
        ("Read [a source. Of two sentences](http://x).", False),
        ("The code `One. Two` is one.", False),
        ("```\nSome code. Not prose.\n```", False),
    ],
)
def test_one_sentence_a_line(tmp_path: Path, line: str, crowded: bool) -> None:
    path = tmp_path / "one.ipynb"
    path.write_text(tidy_text({"cells": [{"cell_type": "markdown", "id": "aim", "source": line}]}), encoding="utf-8")
    found = list(check_notebook(path, bank(tmp_path), "one.ipynb"))
    assert bool(found) is crowded
    assert all("one sentence a line" in fault.message for fault in found)
