"""The encoder in a real browser: by itself and beneath a code field, with the keyboard, in JupyterLab and Notebook 7."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from medcoding.items import Item, publish
from medcoding.items.publication import dump

pytestmark = pytest.mark.browser

FOLDER = "encoder-trial"
NOTEBOOK = "01-l"
ITEMS = """
- id: list-codes
  lesson: 01-01
  form: codes
  title: List codes
  chart: The pauses in breathing at night are obstructive sleep apnea. The hip was broken in a fall.
  question: Which codes?
  key: {codes: [G47.33]}
  distractors: [{code: R06.81, feedback: The pauses are part of it.}]
  rationale: Because.
  citations: [{guideline: I.A.12.a}]
- id: closed-codes
  lesson: 01-01
  form: codes
  title: From memory
  closed_book: true
  counts: false
  question: Which code?
  key: {codes: [I10]}
  distractors: [{code: I11.9, feedback: No.}]
  rationale: Because.
  citations: [{guideline: I.A.12.a}]
"""


@pytest.fixture(scope="module")
def trial(lab) -> Path:
    """A folder with two released exercises and a notebook that shows them and the encoder."""
    folder = lab.root / "work" / FOLDER
    (folder / "items").mkdir(parents=True)
    items = [Item.model_validate(entry) for entry in yaml.load(ITEMS, yaml.BaseLoader)]
    publication = publish(items, assignment=FOLDER, notebook=NOTEBOOK, secret="s")
    (folder / "items" / f"{NOTEBOOK}.json").write_bytes(dump(publication.public()))
    cells = [
        "from medcoding import encoder, exercise", 'encoder(on="2026-03-16")', 'exercise("list-codes")', 'exercise("closed-codes")',
    ]  # fmt: skip
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def open_trial(page, lab, theme: str = "JupyterLab Light", size: tuple[int, int] = (1400, 900)) -> None:
    """The notebook in JupyterLab, its cells run."""
    lab.set_theme(theme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(lab.url(f"/lab/tree/work/{FOLDER}/{NOTEBOOK}.ipynb?reset"))
    page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName:visible", has_text="Python 3").first.wait_for()
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    alone(page).wait_for()
    page.locator('[data-mc="exercise"][data-item="closed-codes"]').wait_for(state="attached")


def alone(page):
    """The encoder by itself."""
    return page.locator('[data-mc="encoder-widget"]')


def part(place, name: str):
    return place.locator(f'[data-mc="{name}"]:visible')


def open_code(page, encoder, text: str, code: str) -> None:
    """Searches with the keyboard and opens a code with arrows and Enter."""
    search = part(encoder, "search")
    search.focus()
    search.fill("")
    page.keyboard.type(text, delay=10)
    answer = answers_for(encoder, text).locator(f'[data-code="{code}"]')
    answer.wait_for()
    codes = part(encoder, "answer").evaluate_all("rows => rows.map(row => row.dataset.code)")
    for _ in range(codes.index(code) + 1):
        page.keyboard.press("ArrowDown")
    assert answer.get_attribute("aria-selected") == "true"
    assert search.get_attribute("aria-activedescendant") == answer.get_attribute("id")
    page.keyboard.press("Enter")
    encoder.locator(f'[data-mc="page"][data-code="{code}"]').wait_for()


def answers_for(encoder, text: str):
    """The list of answers, once it is that of a text."""
    return encoder.locator(f'[data-mc="results"][data-text="{text}"]:visible')


def press(page, button) -> None:
    """Enter on a focused control."""
    button.focus()
    page.keyboard.press("Enter")


def test_a_coder_works_with_the_keyboard(lab, trial, page, picture) -> None:
    open_trial(page, lab)
    encoder = alone(page)

    # Words and abbreviations find a code; the words that matched are marked; arrow and Enter open its page.
    search = part(encoder, "search")
    search.focus()
    page.keyboard.type("htn ckd", delay=10)
    part(encoder, "answer").first.wait_for()
    assert encoder.locator('[data-code="I12.9"] mark').first.inner_text() == "Hypertensive"
    picture(page, "encoder-search")
    open_code(page, encoder, "htn ckd", "I12.9")
    title = part(encoder, "page-title")
    assert title.evaluate("node => node === document.activeElement") and title.inner_text().startswith("I12.9 Hypertensive")
    assert encoder.locator('[data-mc="note-excludes1"]').get_by_text("from I12").is_visible()
    picture(page, "encoder-page")

    # A link of an Excludes note leads on, Back returns, and `/` goes to the search from anywhere.
    press(page, encoder.locator('[data-mc="note-excludes1"] [data-mc="code-link"][data-code="I15.0"]').first)
    encoder.locator('[data-mc="page"][data-code="I15.0"]').wait_for()
    press(page, part(encoder, "back"))
    encoder.locator('[data-mc="page"][data-code="I12.9"]').wait_for()
    page.keyboard.press("/")
    assert search.evaluate("node => node === document.activeElement") and search.input_value() == "htn ckd"
    page.keyboard.press("Escape")
    assert search.input_value() == "" and not part(encoder, "results").is_visible()

    # The tree: arrows move and open, Enter leads to a code.
    encoder.locator('[data-mc="tree-row"][tabindex="0"]').focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    encoder.locator('[data-mc="page"][data-code="I12.0"]').wait_for()
    assert encoder.locator('[data-mc="mark"]').all_inner_texts() == ["Reportable", "CC", "HCC 326 (V28)", "HCC 136 (V24)"]
    encoder.locator('[data-mc="tree-row"][data-code="I10-I1A"]').focus()
    page.keyboard.press("ArrowRight")
    encoder.locator('[data-mc="tree-row"][data-code="I16"]').wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.code") == "I10"

    # Seventh characters: of a whole stem, and of a short one whose empty places X fills.
    open_code(page, encoder, "S72.001", "S72.001")
    press(page, encoder.locator('[data-mc="seventh-choice"][data-code="S72.001A"]'))
    encoder.locator('[data-mc="page"][data-code="S72.001A"]').wait_for()
    assert encoder.locator('[data-mc="seventh-choice"][aria-current="true"]').get_attribute("data-code") == "S72.001A"
    picture(page, "encoder-seventh")
    open_code(page, encoder, "S03.40", "S03.40")
    assert "placeholder X fills the sixth place" in part(encoder, "seventh-sentence").inner_text()
    press(page, encoder.locator('[data-mc="seventh-choice"][data-code="S03.40XD"]'))
    encoder.locator('[data-mc="page"][data-code="S03.40XD"]').wait_for()
    open_code(page, encoder, "T36.0X1", "T36.0X1")
    assert encoder.locator('[data-mc="seventh-choice"]').evaluate_all("all => all.map(one => one.dataset.code)") == ["T36.0X1A", "T36.0X1D", "T36.0X1S"]

    # Two codes side by side; pins outlive the page, in the user's own folder.
    press(page, part(encoder, "pin"))
    encoder.locator('[data-mc="pins"] [data-code="T36.0X1"]').wait_for()
    open_code(page, encoder, "I12.0", "I12.0")
    press(page, part(encoder, "compare"))
    open_code_beside(page, encoder, "I12.9")
    marks = encoder.locator('[data-mc="compare-row"]', has=page.get_by_role("rowheader", name="Marks"))
    assert marks.get_attribute("data-same") == "false" and "only here:\nCC" in marks.inner_text()
    picture(page, "encoder-compare")

    # Another book: the procedure builder makes a whole code, axis by axis.
    part(encoder, "book").select_option("icd10pcs")
    part(encoder, "builder").wait_for()
    for place, value in enumerate("0SR9", 1):
        axis = encoder.locator(f'[data-mc="axis"][data-axis="{place}"]')
        axis.locator(f'option[value="{value}"]').wait_for(state="attached")
        axis.select_option(value)
    encoder.locator('[data-mc="axis"][data-axis="6"] option[value="J"]').wait_for(state="attached")
    assert encoder.locator('[data-mc="axis"][data-axis="5"]').input_value() == "0"
    encoder.locator('[data-mc="axis"][data-axis="6"]').select_option("J")
    encoder.locator('[data-mc="axis"][data-axis="7"] option[value="A"]').wait_for(state="attached")
    encoder.locator('[data-mc="axis"][data-axis="7"]').select_option("A")
    page.wait_for_function("() => document.querySelector('[data-mc=built-code]')?.textContent === '0SR90JA'")
    picture(page, "encoder-builder")
    press(page, part(encoder, "open-built"))
    encoder.locator('[data-mc="page"][data-code="0SR90JA"]').wait_for()

    # A date on which there was no such book is told in words.
    part(encoder, "date").fill("2014-03-16")
    encoder.locator('[data-mc="told"]', has_text="2015-10-01").first.wait_for()


def test_a_code_field_opens_the_encoder_and_takes_its_code(lab, trial, page, picture) -> None:
    open_trial(page, lab)
    exercise = page.locator('[data-mc="exercise"][data-item="list-codes"]')
    exercise.scroll_into_view_if_needed()
    field = exercise.locator('[data-mc="code-input"]').first
    field.focus()
    page.keyboard.press("F2")
    panel = exercise.locator('[data-mc="encoder"]')
    panel.wait_for()
    assert part(panel, "search").evaluate("node => node === document.activeElement")
    open_code(page, panel, "obstructive sleep apnea", "G47.33")
    picture(page, "encoder-field")
    press(page, part(panel, "use"))
    panel.wait_for(state="detached")
    assert field.input_value() == "G47.33" and field.evaluate("node => node === document.activeElement")
    exercise.locator('[data-mc="status"][data-state="saved"]').wait_for()
    answers = json.loads((trial / "answers.json").read_text())["answers"]
    assert answers["list-codes"]["answer"] == {"codes": ["G47.33"]}

    # Escape: first the words, then the panel; focus is in the field again.
    page.keyboard.press("F2")
    part(panel, "answer").first.wait_for()
    page.keyboard.press("Escape")
    assert part(panel, "search").input_value() == ""
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    assert field.evaluate("node => node === document.activeElement")

    # The encoder by itself copies into the field that was used last.
    encoder = alone(page)
    encoder.scroll_into_view_if_needed()
    open_code(page, encoder, "I10", "I10")
    press(page, part(encoder, "copy"))
    encoder.get_by_text("put into Code 1 of “List codes”").wait_for()
    assert field.input_value() == "I10"

    # A closed book has no encoder.
    closed = page.locator('[data-mc="exercise"][data-item="closed-codes"]')
    assert closed.locator('[data-mc="code-input"]').count() == 1
    assert closed.locator('[data-mc="open-encoder"]').count() == 0


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("JupyterLab Light", 1400), ("JupyterLab Dark", 1400), ("JupyterLab Light", 800), ("JupyterLab Dark", 800),
        ("JupyterLab Light", 700),  # what a window of 1400 shows at 200 % zoom
    ],
)  # fmt: skip
def test_no_serious_accessibility_fault_in_the_encoder(lab, trial, page, picture, theme: str, width: int) -> None:
    """axe-core over the answers, a page, the builder and a comparison."""
    from axe_playwright_python.sync_playwright import Axe

    open_trial(page, lab, theme)
    if width < 1000:
        page.keyboard.press("Control+b")
        page.set_viewport_size({"width": width, "height": 900 if width == 800 else 450})
    encoder = alone(page)
    kind = f"{theme.split()[-1].lower()}-{width}"
    open_code(page, encoder, "E11.65", "E11.65")
    encoder.scroll_into_view_if_needed()
    picture(page, f"encoder-page-{kind}")
    found = faults(Axe(), page)
    press(page, part(encoder, "compare"))
    open_code_beside(page, encoder, "E11.9")
    picture(page, f"encoder-compare-{kind}")
    found += faults(Axe(), page)
    part(encoder, "book").select_option("icd10pcs")
    encoder.locator('[data-mc="axis"][data-axis="1"] option[value="0"]').wait_for(state="attached")
    picture(page, f"encoder-builder-{kind}")
    assert found + faults(Axe(), page) == []
    assert page.evaluate("document.querySelector('[data-mc=encoder-widget]').scrollWidth <= document.querySelector('[data-mc=encoder-widget]').clientWidth")


def open_code_beside(page, encoder, code: str) -> None:
    page.keyboard.type(code, delay=10)
    answers_for(encoder, code).wait_for()
    page.keyboard.press("Enter")
    part(encoder, "comparison").wait_for()


def faults(axe, page) -> list[str]:
    """Serious and critical faults inside the encoder."""
    options = {"resultTypes": ["violations"]}
    response = axe.run(page, context={"include": [['[data-mc="encoder-widget"]']]}, options=options).response
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:200]}"
        for fault in response["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_it_works_in_notebook_7(lab, trial, page, picture) -> None:
    page.goto(lab.url(f"/notebooks/work/{FOLDER}/{NOTEBOOK}.ipynb"))
    page.locator(".jp-Notebook").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    encoder = alone(page)
    encoder.wait_for()
    open_code(page, encoder, "htn ckd", "I12.9")
    picture(page, "encoder-notebook7")
    page.keyboard.press("/")
    assert part(encoder, "search").evaluate("node => node === document.activeElement")
