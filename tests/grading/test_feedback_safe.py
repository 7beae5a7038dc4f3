"""What students wrote runs, fetches, overlays and binds nothing: not in feedback pages, not in formgrader."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.grading.feedback import POLICY
from medcoding.grading.run import grade_assignment
from medcoding.grading.safe import (
    ATTRIBUTES,
    CLASSES,
    DEEPEST,
    LONGEST,
    MATHS,
    SCORE_MIME,
    TAGS,
    clean,
    is_ours,
    safe_highlight,
    safe_markdown,
)
from minicourse import MiniCourse

Edit = Callable[[Path, Callable[[dict], None]], None]
PIXEL = "data:image/png;base64,iVBORw0KGgo="


def only(fragment: str) -> Tag:
    (found,) = BeautifulSoup(fragment, "html.parser").find_all(True)
    return found


@pytest.mark.parametrize("name", ["full-credit", "no-credit", "mark-graded", "score", "extra-credit", "comment", "nbgrader_cell", "navbar-fixed-top", "mermaid"])
def test_no_class_that_a_page_binds_to_is_left(name: str) -> None:
    assert name not in CLASSES
    assert only(clean(f"<b class='{name} k'>x</b>")).attrs == {"class": ["k"]}
    assert only(clean(f"<b class='{name}'>x</b>")).attrs == {}


def test_an_id_is_never_that_of_an_exercise() -> None:
    assert only(clean("<b id='which-order'>x</b>"))["id"] == "md-which-order"
    heading = BeautifulSoup(safe_markdown({}, "# which-order"), "html.parser")
    assert heading.h1 is not None and heading.h1["id"] == "md-which-order"
    assert heading.a is not None and heading.a["href"] == "#md-which-order", "the heading's own link still leads to it"


@pytest.mark.parametrize(
    ("href", "left"),
    [
        ("https://www.cms.gov/x?a=1#b", True), ("http://example.org", True), ("mailto:a@example.org", True), ("#md-x", True),
        ("evil.html", False), ("/logout", False), ("../../api/contents", False), ("//evil.example", False), ("\\\\evil.example", False),
        ("javascript:alert(1)", False), ("JaVaScRiPt:alert(1)", False), ("java\tscript:alert(1)", False), ("&#106;avascript:alert(1)", False),
        ("data:text/html,x", False), ("vbscript:x", False), ("file:///etc/passwd", False), ("blob:x", False), ("https://a\\b", False),
    ],
)
def test_links_lead_to_the_web_and_nowhere_else(href: str, left: bool) -> None:
    assert only(clean(f'<a href="{href}">x</a>')).has_attr("href") is left


@pytest.mark.parametrize(
    ("src", "left"),
    [
        (PIXEL, True), ("data:image/svg+xml;base64,PHN2Zy8+", True), ("figure.png", True), ("figures/a_b-1.png", True),
        ("https://evil.example/x.png", False), ("//evil.example/x.png", False), ("\\\\evil.example\\x.png", False), ("/\\evil.example/x", False),
        ("/logout", False), ("../x.png", False), ("a/../../x.png", False), ("files//logout", False), (".hidden", False), ("x.png?y", False),
        ("data:text/html;base64,PGI+", False), ("javascript:alert(1)", False), ("x.png onerror=alert(1)", False),
    ],
)
def test_pictures_come_from_the_notebook_or_beside_it(src: str, left: bool) -> None:
    assert only(clean(f'<img alt="a" src="{src}">')).has_attr("src") is left


@pytest.mark.parametrize(
    "source",
    ["x" * (LONGEST + 1), "<div>" * (DEEPEST + 1), "<p>" * (DEEPEST + 1), "\\begin{a}" * (MATHS + 1), "`" * (MATHS + 1)],
)
def test_text_that_takes_long_to_read_is_shown_as_typed(source: str) -> None:
    shown = BeautifulSoup(safe_markdown({}, source), "html.parser")
    assert [element.name for element in shown.find_all(True)] == ["pre"]
    assert shown.get_text() == source


def test_what_is_common_stays() -> None:
    table = "<table class='dataframe' border='1'><thead><tr><th>a</th></tr></thead><tbody><tr><td style='text-align: right'>1</td></tr></tbody></table>"
    shown = BeautifulSoup(clean(table), "html.parser")
    assert shown.table is not None and shown.table["class"] == ["dataframe"] and shown.td is not None and "text-align" in shown.td["style"]
    text = safe_markdown({}, "**E85.4** before *I43*:\n\n- one\n\n```python\nx = 1\n```\n\nA visit for $53.20 and one for $12.")
    assert "<strong>E85.4</strong>" in text and "<li>one</li>" in text and 'class="highlight"' in text and "$53.20 and one for $12." in text
    attached = safe_markdown({"cell": {"attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}}, "![seen](attachment:a.png)")
    assert BeautifulSoup(attached, "html.parser").img.attrs == {"alt": "seen", "src": PIXEL}  # type: ignore[union-attr]


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("<>/='\" \n&;:!-abcimgsrtxyloepnh#`*[]()$\\|\x00\u2028")), max_size=120))
def test_whatever_is_written_comes_out_as_known_elements_and_attributes(source: str) -> None:
    for text in (clean(source), safe_markdown({}, source)):
        for element in BeautifulSoup(text, "html.parser").find_all(True):
            assert element.name in TAGS
            assert set(element.attrs) <= ATTRIBUTES | {"href", "src"}


@pytest.mark.parametrize("language", ["python full-credit", '"><script>', "no such language", ""])
def test_a_notebooks_language_is_no_class_of_the_page(language: str) -> None:
    assert safe_highlight("x = 1 < 2", language, {"magics_language": language}) == safe_highlight("x = 1 < 2")
    assert only(safe_highlight("")[: safe_highlight("").index(">") + 1])["class"] == ["highlight", "hl-python"]


def _cell(grader: dict, record: dict) -> tuple[dict, dict]:
    output = {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": {SCORE_MIME: record, "text/html": "<script>"}}
    cell = nbformat.from_dict({"cell_type": "code", "source": "", "metadata": {"nbgrader": grader}, "outputs": [output]})
    return cell, cell.outputs[0]


EXERCISE = {"grade": True, "grade_id": "which-order", "locked": True, "solution": False}


@pytest.mark.parametrize(
    ("grader", "record", "ours"),
    [
        (EXERCISE, {"item": "which-order"}, True),
        (EXERCISE, {"item": "another"}, False),
        (EXERCISE, "no record", False),
        ({**EXERCISE, "locked": False}, {"item": "which-order"}, False),
        ({**EXERCISE, "solution": True}, {"item": "which-order"}, False),
        ({**EXERCISE, "grade": False}, {"item": "which-order"}, False),
        ({}, {"item": "which-order"}, False),
    ],
)
def test_only_an_exercises_own_cell_may_hold_our_html(grader: dict, record: dict, ours: bool) -> None:
    assert is_ours(*_cell(grader, record)) is ours


HOSTILE = "<h1 id='which-order' class='full-credit' onclick='alert(1)'>x</h1><a href='evil.html'>y</a><img src='/logout' onerror='alert(1)'>"


def _attack(notebook: dict) -> None:
    notebook["metadata"]["language_info"] = {"name": "python full-credit", "pygments_lexer": "python full-credit"}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": "</script><script>alert(1)</script>"}}
    for number, source in enumerate((HOSTILE, f"# which-order\n\n{HOSTILE}", "```mermaid\n<script>alert(1)</script>\n```")):
        notebook["cells"].append({"cell_type": "markdown", "id": f"md{number}", "metadata": {}, "source": source})
    notebook["cells"] += [
        {"cell_type": "raw", "id": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": HOSTILE},
        {"cell_type": "raw", "id": "latex", "metadata": {"raw_mimetype": "text/latex"}, "source": HOSTILE},
        {"cell_type": "code", "id": "own", "metadata": {"tags": ["x full-credit"], "magics_language": "x full-credit"}, "source": "1", "execution_count": 1,
         "outputs": []},
    ]


def _plant(path: Path) -> None:
    """Outputs as students' code may leave in a cell of their own when it is run for grading."""
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "own"]
    data = {"text/html": HOSTILE, "text/markdown": HOSTILE, "application/javascript": "alert(1)", "text/latex": "<script>alert(1)</script>",
            "image/svg+xml": "<svg onload='alert(1)'/>", "text/vnd.mermaid": "<script>alert(1)</script>", "text/plain": "plain",
            "application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>alert(1)</script>"}}
    for kind, value in data.items():
        cell.outputs.append(nbformat.v4.new_output("display_data", {kind: value}, metadata={kind: {"isolated": True, "width": "1 onerror=alert(1)"}}))
    cell.outputs.append(nbformat.v4.new_output("display_data", {SCORE_MIME: {"item": "own", "publication": "x"}, "text/html": HOSTILE}))
    cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="}, metadata={"image/png": {"width": "1 onerror=alert(1)"}}))
    cell.outputs.append(nbformat.v4.new_output("stream", text=f"\x1b[31m{HOSTILE}"))
    cell.outputs.append(nbformat.v4.new_output("error", ename="X", evalue=HOSTILE, traceback=[HOSTILE]))
    path.chmod(0o644)
    nbformat.write(notebook, path)


@pytest.fixture
def attacked(released: MiniCourse, edit_submission: Edit) -> MiniCourse:
    edit_submission(released.submit("eve") / "one.ipynb", _attack)
    (released.root / "submitted" / "eve" / released.assignment / "evil.html").write_text("<script>alert(1)</script>")
    assert not grade_assignment(released.root, released.assignment, workers=0).ungraded
    _plant(released.root / "autograded" / "eve" / released.assignment / "one.ipynb")
    return released


def assert_harmless(page: str, own: str) -> None:
    """Nothing in the cells of a page is a student's doing, except text."""
    cells = BeautifulSoup(page, "html.parser").select_one("#notebook-container")
    assert cells is not None
    for block in cells.select(".mc-feedback"):
        block.decompose()
    text = cells.get_text()
    assert "<script>alert(1)</script>" in text or "onclick" in text, "what was written is shown as text"
    for element in cells.find_all(True):
        assert element.name not in ("script", "style", "iframe", "svg", "object", "embed", "form", "link", "meta", "base"), element
        assert not [name for name in element.attrs if name.startswith("on")], element
        bound = {"full-credit", "no-credit", "mark-graded"} & set(element.get("class", []))
        assert not bound or element.name == own, element
        assert element.get("href", "#").startswith(("#", "https://", "/formgrader")), element
        assert element.get("src", "data:image/").startswith("data:image/"), element
    assert len(cells.select("#which-order")) <= 1
    assert "hl-python full" not in page


@pytest.mark.parametrize("door", ["nbgrader", "medcoding"])
def test_a_feedback_page_shows_hostile_cells_as_text(attacked: MiniCourse, door: str) -> None:
    from medcoding.grading.feedbackrun import feedback_for

    if door == "nbgrader":
        assert attacked.releases().api.generate_feedback(attacked.assignment, "eve")["success"]
    else:
        summary = feedback_for(attacked.root, attacked.assignment, workers=0)
        assert summary.made == ["eve"], summary.failed
    page = (attacked.root / "feedback" / "eve" / attacked.assignment / "one.html").read_text(encoding="utf-8")
    assert_harmless(page, own="")
    assert "asks for the amyloidosis first" in page, "our own feedback stays"


def test_both_doors_show_hostile_cells_alike(attacked: MiniCourse) -> None:
    from medcoding.grading.feedbackrun import feedback_for

    page = attacked.root / "feedback" / "eve" / attacked.assignment / "one.html"
    assert attacked.releases().api.generate_feedback(attacked.assignment, "eve")["success"]
    stock = page.read_bytes()
    for _ in range(2):  # the second time from memory, in part
        feedback_for(attacked.root, attacked.assignment, force=True, workers=0)
        assert page.read_bytes() == stock


def formgrader_page(course: MiniCourse, student: str) -> str:
    """The page that formgrader shows, made as its server makes it."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    extra = Config()
    extra.HTMLExporter.template_name = "formgrade"
    extra.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    config = course.releases().config.copy()
    config.merge(extra)
    about = {"assignment_id": course.assignment, "notebook_id": "one", "submission_id": "s", "index": 0, "total": 1, "base_url": "", "student": student,
             "last_name": "", "first_name": "", "notebook_path": "x"}
    path = course.root / "autograded" / student / course.assignment / "one.ipynb"
    html: str = HTMLExporter(config=config).from_filename(str(path), resources=about)[0]
    return html


def test_formgrader_shows_hostile_cells_as_text(attacked: MiniCourse) -> None:
    page = formgrader_page(attacked, "eve")
    assert_harmless(page, own="button")
    assert "asks for the amyloidosis first" in page and 'class="btn btn-success full-credit"' in page


def test_a_feedback_page_needs_no_net_and_may_run_nothing(released: MiniCourse) -> None:
    released.submit("ada")
    grade_assignment(released.root, released.assignment, workers=0)
    assert released.releases().api.generate_feedback(released.assignment, "ada")["success"]
    page = (released.root / "feedback" / "ada" / released.assignment / "one.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "link", "iframe"])
    (policy,) = soup.head.select("meta[http-equiv]")  # type: ignore[union-attr]
    assert (policy["http-equiv"], policy["content"]) == ("Content-Security-Policy", POLICY)
    assert "default-src 'none'" in POLICY and "script" not in POLICY


def test_a_notebook_of_a_students_own_gets_no_page(released: MiniCourse) -> None:
    from medcoding.grading.feedbackrun import feedback_for

    folder = released.submit("eve")
    (folder / "<img src=x onerror=alert(1)>.ipynb").write_bytes((folder / "one.ipynb").read_bytes())
    grade_assignment(released.root, released.assignment, workers=0)
    feedback_for(released.root, released.assignment, workers=0)
    made = released.root / "feedback" / "eve" / released.assignment
    assert sorted(name for name in os.listdir(made) if name.endswith(".html")) == ["one.html", "two.html"]
