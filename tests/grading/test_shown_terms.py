"""A released lesson tells the meaning of its bold terms on hover; its source and its exercises stay as they are."""

from __future__ import annotations

import json

from minicourse import IMPORTS, MiniCourse, exercise_cell


def test_a_released_lesson_has_its_terms_on_hover(mini: MiniCourse) -> None:
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": r"A **code set** is a list, and an **unheard word** is none. It costs \$5, not \$7."}
    mini.write("one", [IMPORTS, text, exercise_cell("which-order"), exercise_cell("heart-of-the-matter"), exercise_cell("a-shot-in-the-arm", 2)])
    mini.releases().release("05")
    (path,) = (mini.root / "release").glob("*/one.ipynb")
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}
    assert '**<abbr title="A list of codes' in cells["text"] and "**unheard word**" in cells["text"]
    assert r"costs <span>\$</span>5, not <span>\$</span>7." in cells["text"]
    assert "abbr" not in (mini.root / "source" / path.parent.name / "one.ipynb").read_text()
