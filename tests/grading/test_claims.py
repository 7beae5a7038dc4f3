"""What a notebook claims is told; what an honest notebook holds is not."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from medcoding.grading.claims import MOST, claims
from medcoding.grading.restore import Published

PUBLISHED = [Published(name, "code", f'exercise("{name}")', True, True, False, False, 1.0) for name in ("first", "second")]
MIME, SCORE = "application/vnd.medcoding.answer+json", "application/vnd.medcoding.score+json"
SOUND = {"publication": "0" * 32, "item": "first", "answer": {"codes": ["I10"]}}


def notebook(*outputs: dict, source: str = "", kind: str = "code") -> Any:
    cells = [nbformat.v4.new_code_cell(cell.source, metadata={"nbgrader": cell.metadata()}) for cell in PUBLISHED]
    cells[0].outputs = [nbformat.from_dict(output) for output in outputs]
    if source:
        cells.append(nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source))
    return nbformat.v4.new_notebook(cells=cells)


def shows(**data: Any) -> dict:
    return {"output_type": "display_data", "metadata": {}, "data": {name.replace("__", "/"): value for name, value in data.items()}}


HONEST = {
    "nothing": notebook(),
    "a copy of an answer": notebook({"output_type": "display_data", "metadata": {}, "data": {MIME: SOUND, "text/plain": "exercise"}}),
    "a table of pandas": notebook(shows(text__html="<div><style scoped>.dataframe tbody tr th {vertical-align: top}</style><table><tr><th>on = 1</th></tr></table></div>")),
    "a picture": notebook(shows(image__png="iVBORw0KGgo=", text__plain="<Figure size 640x480>")),
    "comparisons in text": notebook(source="If a < b and on = 5, then c > d. See <https://example.org>; javascript: a language.", kind="text"),
    "code that holds markup": notebook(source="print('<script>')"),
    "a printed line": notebook({"output_type": "stream", "name": "stdout", "text": "<script>1000"}),
}


@pytest.mark.parametrize("name", HONEST)
def test_nothing_is_said_of_an_honest_notebook(name: str) -> None:
    assert claims(HONEST[name], PUBLISHED) == []


def test_claims_are_bounded_and_without_control_characters() -> None:
    nb = notebook()
    nb.cells += [nbformat.v4.new_code_cell("1", metadata={"nbgrader": {"grade": True, "grade_id": f"mine-{number}\x1b[2J\n" + "x" * 1000}}) for number in range(50)]
    lines = claims(nb, PUBLISHED)
    assert len(lines) == MOST + 1 and lines[-1] == "42 more claims of this kind."
    assert all(line.isprintable() and len(line) < 200 for line in lines)


@pytest.mark.parametrize("value", [[], {}, None, 1e400, "x" * 1000, "\x1b", [[[]]]])
def test_metadata_of_any_type_is_read(value: Any) -> None:
    nb = notebook()
    nb.cells[0].metadata["nbgrader"]["points"] = value
    nb.cells[1].metadata["nbgrader"]["grade_id"] = value
    assert claims(nb, PUBLISHED)[0].startswith("first: its metadata claims points ")


def test_text_made_to_be_slow_to_read_is_read() -> None:
    """Would take hours, were the time that reading takes a square of the length."""
    assert claims(notebook(source="<a " * 200_000 + "<" * 200_000 + "< on" * 100_000, kind="text"), PUBLISHED) == []
