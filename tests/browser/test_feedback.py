"""Feedback and formgrader in a browser: what a student wrote runs nothing, asks for nothing and grades nothing."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from medcoding.grading.feedbackrun import feedback_for
from medcoding.grading.run import grade_assignment
from minicourse import IMPORTS, MiniCourse, exercise_cell

pytestmark = pytest.mark.browser

RAN = "window.ran=1"
ATTACKS = [
    f"<script>{RAN}</script>", f"<img src=x onerror={RAN}>", f"<svg onload={RAN}></svg>", f"<details open ontoggle={RAN}>x</details>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>", f"<math><mtext><table><mglyph><style><img src=x onerror={RAN}>",
    f"<a href='javascript:{RAN}' id='js'>x</a>", "<style>body{display:none}</style>", "<img src='http://evil.example/pixel.png'>",
    "<link rel=stylesheet href='http://evil.example/x.css'>", "<p style='background:url(http://evil.example/y.png);position:fixed;inset:0'>z</p>",
    f"<noscript><p title='</noscript><img src=x onerror={RAN}>'></noscript>", f"$\\href{{javascript:{RAN}}}{{x}}$",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RAN}>", "# which-order", "<h1 id='words'>w</h1>",
    "<span class='full-credit'>Press here to see my drawing</span>",
]
WORDS = {"cell_type": "markdown", "grade": True, "grade_id": "words", "locked": False, "points": 3, "schema_version": 3, "solution": True, "task": False}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> MiniCourse:
    """A graded submission full of attacks, in its written answer too."""
    course = MiniCourse(tmp_path_factory.mktemp("feedback") / "course")
    course.write("two", [IMPORTS, exercise_cell("second-notebook-choice"),
                         {"cell_type": "markdown", "id": "words", "metadata": {"nbgrader": WORDS}, "source": ["Say why.\n"]}])
    course.releases().release("05")
    path = course.submit("eve") / "two.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = {"name": "python full-credit"}
    for cell in notebook.cells:
        if cell.id == "words":
            cell.source = "\n\n".join(reversed(ATTACKS))  # some of them swallow what follows
    notebook.cells = [nbformat.v4.new_markdown_cell(attack) for attack in ATTACKS] + notebook.cells
    notebook.cells += [nbformat.v4.new_raw_cell(attack) for attack in ATTACKS] + [nbformat.v4.new_code_cell("1")]
    path.chmod(0o644)
    nbformat.write(notebook, path)
    assert not grade_assignment(course.root, course.assignment, workers=0).ungraded
    graded = course.root / "autograded" / "eve" / course.assignment / "two.ipynb"
    notebook = nbformat.read(graded, as_version=4)
    for attack in ATTACKS:  # as students' code may leave them when it is run
        for kind in ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript"):
            notebook.cells[-1].outputs.append(nbformat.v4.new_output("display_data", {kind: attack}, metadata={kind: {"isolated": kind == "text/html"}}))
    graded.chmod(0o644)
    nbformat.write(notebook, graded)
    return course


@pytest.fixture
def opened(chrome) -> Iterator:
    """A page that notes all it asks for and complains of."""
    context = chrome.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.asked, page.faults = [], []  # type: ignore[attr-defined]
    page.on("request", lambda request: page.asked.append(request.url))
    page.route("http*://**/*", lambda route: (page.reached.append(route.request.url), route.abort()))
    page.reached = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    context.close()


def test_a_feedback_page_runs_and_fetches_nothing(attacked: MiniCourse, opened) -> None:
    assert feedback_for(attacked.root, attacked.assignment, workers=0).made == ["eve"]
    opened.goto((attacked.root / "feedback" / "eve" / attacked.assignment / "two.html").as_uri())
    opened.locator(".mc-feedback").first.wait_for()
    assert opened.evaluate("window.ran") is None
    assert all(url.startswith(("file:", "data:")) for url in opened.asked)
    assert opened.faults == []
    assert opened.locator("text=Press here to see my drawing").first.is_visible(), "a style of a student's would have hidden the page"
    assert opened.locator("script").count() == 0


def test_scripts_would_be_stopped_even_if_one_were_left(attacked: MiniCourse, opened, tmp_path: Path) -> None:
    feedback_for(attacked.root, attacked.assignment, workers=0, force=True)
    page = (attacked.root / "feedback" / "eve" / attacked.assignment / "two.html").read_text(encoding="utf-8")
    planted = page.replace("</body>", f"<script>{RAN}</script><img src=x onerror='{RAN}'><img src='http://evil.example/p.png'></body>")
    assert planted != page
    for name, text in (("policy.html", planted), ("none.html", planted.replace("Content-Security-Policy", "x-nothing"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    opened.goto((tmp_path / "policy.html").as_uri())
    assert opened.evaluate("window.ran") is None
    assert opened.reached == []
    opened.goto((tmp_path / "none.html").as_uri())
    assert opened.evaluate("window.ran") == 1 and opened.reached, "without the policy it runs, so it is the policy that stops it"


def _formgrader(course: MiniCourse) -> str:
    """The page that formgrader shows, made as its server makes it."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    extra = Config()
    extra.HTMLExporter.template_name = "formgrade"
    extra.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    config = course.releases().config.copy()
    config.merge(extra)
    about = {"assignment_id": course.assignment, "notebook_id": "two", "submission_id": "s", "index": 0, "total": 1, "base_url": "", "student": "eve",
             "last_name": "", "first_name": "", "notebook_path": "x"}
    html: str = HTMLExporter(config=config).from_filename(str(course.root / "autograded" / "eve" / course.assignment / "two.ipynb"), resources=about)[0]
    return html


@pytest.fixture
def grader(attacked: MiniCourse, opened):
    """Formgrader's page with its own scripts, beside a server that notes what is asked of it."""
    from nbgrader.server_extensions.formgrader import handlers

    html = _formgrader(attacked)
    grades = [{"id": name, "name": name, "auto_score": 0, "manual_score": None, "extra_credit": None, "max_score": 3, "needs_manual_grade": True}
              for name in ("words", "second-notebook-choice")]
    opened.written = []  # type: ignore[attr-defined]

    def serve(route) -> None:
        request = route.request
        path = request.url.removeprefix("http://grader.test").split("?")[0]
        if "/static/" in path:
            file = Path(handlers.static_path) / path.split("/static/", 1)[1]
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file)[0] or "text/plain")
        elif path == "/formgrader/submissions/s/":
            route.fulfill(body=html, content_type="text/html")
        elif request.method != "GET":
            opened.written.append((request.method, path, request.post_data))
            route.fulfill(body=request.post_data or "{}", content_type="application/json")
        elif "/api/" in path:
            route.fulfill(body=json.dumps(grades if path.endswith("/grades") else []), content_type="application/json")
        else:
            route.fulfill(status=404, body="")

    opened.route("**/*", lambda route: serve(route) if route.request.url.startswith("http://grader.test/") else route.abort())
    opened.add_init_script("window.MathJax = {Hub: {Startup: {signal: {Interest() {}}}, Config() {}, Queue() {}}}")  # nbgrader's scripts want it
    opened.goto("http://grader.test/formgrader/submissions/s/")
    opened.wait_for_function("formgrader.loaded && formgrader.grades.loaded")
    return opened


def test_formgrader_runs_and_fetches_nothing_of_a_students(grader) -> None:
    assert grader.evaluate("window.ran") is None
    assert [url for url in grader.asked if "evil" in url] == []
    assert grader.locator("text=Press here to see my drawing").first.is_visible()


def test_a_click_on_what_a_student_wrote_grades_nothing(grader) -> None:
    for place in grader.locator("text=Press here to see my drawing").all():
        place.click()
    grader.locator(".nbgrader_cell .input_area, .nbgrader_cell .panel-body").first.click()
    with grader.expect_response("**/api/grade/words"):
        grader.locator(".nbgrader_cell:has(#words) button.full-credit").click()
    assert [path for _, path, _ in grader.written] == ["/formgrader/api/grade/words"], "the grader's own button does, and nothing before it"
