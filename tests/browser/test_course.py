"""One story in real browsers: a student answers with the keyboard, a grader grades, the student reads why."""

from __future__ import annotations

import csv
import re
import subprocess
import sys

import pytest
from keyboard import answer_choice, answer_encounter, form, menu, saved, type_codes, violations
from medcoding.forms import FORMS
from medcoding.items.publication import PublicationStore

pytestmark = pytest.mark.browser

PRACTICE, WRONG = "asked-in-a-chat", "web search"
"""A practice exercise of the first lesson, and words of an option of it that is not right."""

STORY = ("choice", "codes", "encounter")
"""The forms that the student of the story answers; every form is answered in test_forms.py."""


def keys(lab) -> dict[str, tuple[str, dict]]:
    """One graded item that counts of each form that the story answers, with an answer that earns full marks."""
    publication = PublicationStore(lab.root / "publications").current(lab.assignment, lab.notebook)
    found: dict[str, tuple[str, dict]] = {}
    for item in publication.items:
        if item.use == "graded" and item.counts and item.form in STORY:
            found.setdefault(item.form, (item.id, FORMS[item.form].key_answer(item.key)))
    return found


def open_list(page, lab) -> None:
    page.goto(lab.url("/lab/tree/work/Home.md?reset"))
    page.get_by_role("menuitem", name="Nbgrader").wait_for()
    page.get_by_role("heading", name="Medical coding course").wait_for()
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Assignment List").click()
    page.locator("#fetched_assignments_list").wait_for()


def open_notebook(page, lab) -> None:
    fetched = page.locator("#fetched_assignments_list")
    fetched.get_by_text(lab.assignment).click()
    fetched.get_by_text(lab.notebook, exact=True).click()
    page.locator(".jp-Notebook").wait_for()
    page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName:visible", has_text="Python 3").first.wait_for()


def test_a_student_answers_and_a_grader_grades(lab, page, browser, picture) -> None:
    wanted = keys(lab)
    assert set(wanted) == set(STORY)

    # The student fetches the assignment and opens it from the list.
    open_list(page, lab)
    picture(page, "home")
    page.locator("#released_assignments_list").get_by_text(lab.assignment).wait_for()
    row = page.locator("#released_assignments_list .list_item", has_text=lab.assignment)
    row.get_by_role("button", name="Fetch").click()
    page.locator("#fetched_assignments_list").get_by_text(lab.assignment).wait_for()
    open_notebook(page, lab)
    menu(page, "Run", "Run All Cells")
    form(page, wanted["encounter"][0]).wait_for()

    # All three forms, with the keyboard alone; every change is on disk at once.
    answer_choice(page, form(page, wanted["choice"][0]), wanted["choice"][1])
    exercise = form(page, wanted["codes"][0])
    type_codes(page, exercise, wanted["codes"][1]["codes"])
    saved(exercise)
    picture(page, "student")
    exercise = form(page, wanted["encounter"][0])
    answer_encounter(page, exercise, wanted["encounter"][1])
    saved(exercise)
    page.wait_for_timeout(600)
    for item, answer in wanted.values():
        form_of = next(name for name, pair in wanted.items() if pair[0] == item)
        recorded = FORMS[form_of].parse_answer(lab.answers()[item]["answer"])
        assert recorded == FORMS[form_of].parse_answer(answer)

    # A new kernel: the answers are back.
    menu(page, "Kernel", "Restart Kernel and Run All Cells")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_timeout(1500)
    exercise = form(page, wanted["codes"][0])
    exercise.wait_for()
    page.wait_for_function(
        "([item, code]) => document.querySelector(`[data-mc=exercise][data-item='${item}'] [data-mc=code-input]`)?.value === code",
        arg=[wanted["codes"][0], wanted["codes"][1]["codes"][0]],
    )

    # Saved, closed, opened again without a kernel's help: question and answer are there to read.
    page.keyboard.press("Escape")
    menu(page, "File", "Save Notebook")
    page.wait_for_timeout(1500)
    menu(page, "Kernel", "Shut Down Kernel")
    page.wait_for_timeout(1000)
    menu(page, "File", "Close Tab")
    page.wait_for_timeout(500)
    fetched = page.locator("#fetched_assignments_list")
    fetched.get_by_text(lab.notebook, exact=True).click()
    static = page.locator(f'.mc-static:visible:has-text("{wanted["codes"][1]["codes"][0]}")').first
    static.wait_for()
    static.scroll_into_view_if_needed()
    assert page.get_by_text("model not found").count() == 0
    picture(page, "reopened")

    # Submitted from the assignment list.
    menu(page, "File", "Close Tab")
    page.wait_for_timeout(500)
    page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").first.click()
    page.locator("#submitted_assignments_list").get_by_text(lab.assignment).wait_for()

    # The grader collects, autogrades and looks.
    grader = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    grader.set_default_timeout(90_000)
    grader.goto(lab.url("/formgrader/manage_assignments"))
    row = grader.locator("tr", has_text=lab.assignment)
    row.locator(".collect a").wait_for()
    picture(grader, "instructor")
    press(grader, row.locator(".collect a"))
    grader.goto(lab.url(f"/formgrader/manage_submissions/{lab.assignment}"))
    row = grader.locator("tr", has=grader.locator("td.autograde a"))
    press(grader, row.locator(".autograde a"))
    row.locator(".score", has_text=re.compile(r"\d")).wait_for()
    earned = 3.0
    assert re.match(rf"\s*{earned:g}\s*/", row.locator(".score").inner_text()), row.locator(".score").inner_text()
    picture(grader, "grader-list")
    grader.goto(lab.url(f"/formgrader/gradebook/{lab.assignment}/{lab.notebook}"))
    grader.get_by_role("link", name=re.compile("Submission #1")).click()
    block = grader.locator(".mc-feedback", has_text="Full marks: 1 of 1").first
    block.scroll_into_view_if_needed()
    picture(grader, "grader")

    # Feedback is generated and released; the student opens it.
    grader.goto(lab.url("/formgrader/manage_assignments"))
    row = grader.locator("tr", has_text=lab.assignment)
    press(grader, row.locator(".generate-feedback a"))
    press(grader, row.locator(".release-feedback a"))
    page.locator("#refresh_assignments_list").click()
    submitted = page.locator("#submitted_assignments_list")
    fetch = submitted.get_by_text("Fetch Feedback")
    fetch.first.wait_for()
    fetch.first.click()
    if not submitted.get_by_text(re.compile("view feedback")).first.is_visible():
        submitted.get_by_text(lab.assignment).first.click()
    submitted.get_by_text(re.compile("view feedback")).first.wait_for()
    (feedback,) = (lab.root / "work" / lab.assignment / "feedback").rglob(f"{lab.notebook}.html")
    reader = browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
    reader.goto(feedback.as_uri())
    reader.locator(".mc-feedback", has_text="Full marks: 1 of 1").first.scroll_into_view_if_needed()
    assert reader.get_by_text("Where to read").first.is_visible()
    picture(reader, "feedback")

    # And nbgrader's export has the number.
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", "grades.csv"], cwd=lab.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with open(lab.root / "grades.csv", newline="", encoding="utf-8") as file:
        scores = [float(row["score"]) for row in csv.DictReader(file) if row["assignment"] == lab.assignment]
    assert scores == [earned]


def press(grader, link) -> None:
    """Press one of formgrader's icons and close the report that it shows; the report must be of success."""
    link.click()
    dialog = grader.locator(".modal.in, .modal.show").last
    dialog.get_by_text(re.compile("Success", re.I)).first.wait_for()
    dialog.get_by_role("button", name=re.compile("OK|Close", re.I)).first.click()
    dialog.wait_for(state="hidden")


@pytest.mark.parametrize("width", [1400, 800])
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_serious_accessibility_fault_in_our_outputs(lab, page, picture, width: int, theme: str) -> None:
    """axe-core over exercises, practice and progress, with a search list open and feedback shown."""
    from axe_playwright_python.sync_playwright import Axe

    wanted = keys(lab)
    lab.set_theme(theme)
    open_list(page, lab)
    released = page.locator("#released_assignments_list .list_item", has_text=lab.assignment)
    fetched = page.locator("#fetched_assignments_list").get_by_text(lab.assignment)
    released.or_(fetched).first.wait_for()
    if fetched.count() == 0:
        released.get_by_role("button", name="Fetch").click()
        fetched.wait_for()
    open_notebook(page, lab)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
    menu(page, "Run", "Run All Cells")
    page.locator('[data-mc="progress"]').wait_for(state="attached")
    form(page, wanted["encounter"][0]).wait_for()
    if width < 1000:
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": width, "height": 900})
    exercise = form(page, wanted["codes"][0])
    field = exercise.locator('[data-mc="code-input"]').first
    field.fill("sprain ankle right")
    exercise.locator('[data-mc="hit"]:visible').first.wait_for()
    field.press("Enter")  # words are no code: the list stays, and says how to choose
    exercise.locator('[data-mc="words-only"]:visible').wait_for()
    assert field.input_value() == "sprain ankle right" and exercise.locator('[data-mc="code-input"]').count() == 1
    kind = f"{theme.split()[-1].lower()}-{width}"
    picture(page, f"codes-{kind}")
    found = violations(Axe(), page)
    for name in ("choice", "encounter"):
        form(page, wanted[name][0])
        page.wait_for_timeout(300)
        picture(page, f"{name}-{kind}")
        found += violations(Axe(), page)
    tried = form(page, PRACTICE)
    tried.locator('[data-mc="clear"]').press("Enter")  # what was tried before is kept while the kernel runs
    tried.locator('[data-mc="check"]').press("Enter")
    tried.locator('[data-mc="alert"]', has_text="Not checked").wait_for()
    assert tried.locator('[data-mc="feedback"]').is_hidden()
    tried.locator('[data-mc="option"]', has_text=WRONG).locator('[data-mc="option-input"]').press(" ")
    tried.locator('[data-mc="check"]').press("Enter")
    tried.locator('[data-mc="feedback"]', has_text="Look again").wait_for()
    assert not tried.locator("h5", has_text="Key").count()
    tried.locator('[data-mc="show-key"]').press("Enter")
    tried.locator("h5", has_text="Why").wait_for()
    assert tried.locator('[data-mc="show-key"]').is_hidden()
    picture(page, f"practice-{kind}")
    found += violations(Axe(), page)
    assert found == []
