"""Every form of the gallery answered in a real browser with the keyboard alone, and looked at in two themes and widths."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from keyboard import ANSWER, form, menu, violations
from medcoding.forms import FORMS
from medcoding.items.publication import PublicationStore

pytestmark = pytest.mark.browser

ASSIGNMENT, NOTEBOOK = "forms-gallery", "gallery"


def run(lab, *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=lab.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def gallery(lab) -> dict[str, tuple[str, dict[str, Any]]]:
    """The gallery in the student's folder; each item's form and an answer that earns full marks."""
    run(lab, "medcoding.cli", "release", ASSIGNMENT)
    run(lab, "nbgrader", "fetch_assignment", ASSIGNMENT)
    publication = PublicationStore(lab.root / "publications").current(ASSIGNMENT, NOTEBOOK)
    return {item.id: (item.form, FORMS[item.form].key_answer(item.key)) for item in publication.items}


def open_gallery(lab, page, theme: str) -> None:
    lab.set_theme(theme)
    page.goto(lab.url(f"/lab/tree/work/{ASSIGNMENT}/{NOTEBOOK}.ipynb?reset"))
    page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName:visible", has_text="Python 3").first.wait_for()
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
    menu(page, "Run", "Run All Cells")
    page.locator('[data-mc="progress"]').wait_for(state="attached")




def test_every_form_is_answered_with_the_keyboard_alone(lab, page, gallery) -> None:
    assert {form_name for form_name, _ in gallery.values()} == set(FORMS) == set(ANSWER)
    open_gallery(lab, page, "JupyterLab Light")
    publication = PublicationStore(lab.root / "publications").current(ASSIGNMENT, NOTEBOOK)
    keyed = {item.id: item for item in publication.items}
    for item, (form_name, answer) in gallery.items():
        exercise = form(page, item)
        exercise.wait_for()
        ANSWER[form_name](page, exercise, answer)
        exercise.locator('[data-mc="status"][data-state="saved"]').wait_for()
    page.wait_for_timeout(800)
    answers = json.loads((lab.root / "work" / ASSIGNMENT / "answers.json").read_text())["answers"]
    for item, (form_name, _) in gallery.items():
        scored = FORMS[form_name].score(keyed[item].key, FORMS[form_name].parse_answer(answers[item]["answer"]), keyed[item].context)
        assert scored.manual if FORMS[form_name].manual else scored.full, (item, answers[item]["answer"], scored)


@pytest.mark.parametrize("width", [1400, 800])
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_form_has_a_serious_accessibility_fault(lab, page, gallery, picture, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    open_gallery(lab, page, theme)
    if width < 1000:
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": width, "height": 900})
    found = []
    for item in gallery:
        exercise = form(page, item)
        exercise.wait_for()
        page.wait_for_timeout(300)
        picture(page, f"{item}-{theme.split()[-1].lower()}-{width}")
        found += violations(Axe(), page)
    assert found == []
