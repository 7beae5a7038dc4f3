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


CUT_OFF = """exercise => {
    const edge = exercise.getBoundingClientRect().right + 1;
    const scrolls = node => node !== exercise && (["auto", "scroll"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
    return [...exercise.querySelectorAll("button, input, select, textarea, label, [role]")]
        .filter(node => node.offsetParent && node.getBoundingClientRect().right > edge && !scrolls(node.parentElement))
        .map(node => `${node.tagName} ${node.dataset.mc || node.textContent.slice(0, 30)} is cut off`);
}"""
"""What a user works with that reaches beyond the exercise's right edge, unless it can be scrolled to."""
MOVING = """exercise => [...exercise.querySelectorAll("*")].filter(node => {
    const style = getComputedStyle(node);
    const lasts = text => text.split(",").some(each => parseFloat(each) > 0);
    return (style.animationName !== "none" && lasts(style.animationDuration)) || (lasts(style.transitionDuration) && style.transitionProperty !== "none");
}).map(node => node.className)"""
"""What would still move although the reader asked for reduced motion."""


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


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("JupyterLab Light", 1400), ("JupyterLab Light", 800), ("JupyterLab Dark", 1400), ("JupyterLab Dark", 800),
        ("JupyterLab Light", 700),  # what a window of 1400 shows at 200 % zoom
    ],
)  # fmt: skip
def test_no_form_has_a_serious_accessibility_fault(lab, page, gallery, picture, width: int, theme: str) -> None:
    """axe-core (contrast of 4.5:1 among its rules), nothing cut off at the side, and no motion for those who want none."""
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(reduced_motion="reduce")
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
        found += [f"{item} at {width}: {cut}" for cut in exercise.evaluate(CUT_OFF)]
        found += [f"{item}: {moving} moves" for moving in exercise.evaluate(MOVING)]
    assert found == []
