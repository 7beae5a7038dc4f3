"""A mock exam taken with the keyboard alone, through a pause and the death of its kernel, to the report."""

from __future__ import annotations

import json
import os
import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from keyboard import menu, radio
from medcoding.items import Item, publish
from medcoding.items.publication import dump
from medcoding.learning.blueprints import blueprint
from medcoding.learning.paper import Card, draw
from medcoding.learning.sitting import Sitting, begin, instant
from medcoding.learning.sittings import SittingStore

pytestmark = pytest.mark.browser

PLAN = '{"title": "Short paper", "domains": {"P13": 3, "P8": 2}, "minutes": 20, "pass": 60, "pauses": {"count": 1, "minutes": 5}}'
ENTRY = {
    "lesson": "03-01", "use": "practice", "rationale": "The femur is the bone of the thigh.", "citations": [{"course": "a rule of the course"}], "domains": ["P13"],
}  # fmt: skip
ITEMS = [
    {
        **ENTRY, "id": "bone-of-the-thigh", "form": "choice", "title": "The bone of the thigh", "question": "Which bone is it?",
        "chart": "Setting: Office\nAge: 41\n\n## Note\nFell on the ice. Pain of the right thigh, no deformity.",
        "key": {"options": [{"text": "The femur.", "correct": True}, {"text": "The tibia.", "feedback": "That is the shin."}, {"text": "The ulna.", "feedback": "An arm."}]},
    },
    {**ENTRY, "id": "ribs-in-pairs", "form": "number", "title": "Ribs in pairs", "question": "How many pairs of ribs are there?", "key": {"value": "12"}},
    {
        **ENTRY, "id": "no-name-for-it", "form": "choice", "title": "Which word means it", "question": "Which word means bone?",
        "key": {"options": [{"text": "Osteo.", "correct": True}, {"text": "Myo.", "feedback": "That is muscle."}]},
    },
    {
        **ENTRY, "id": "asleep-for-it", "form": "choice", "title": "Asleep for it", "question": "What makes a patient sleep?", "domains": ["P8"],
        "key": {"options": [{"text": "Anesthesia.", "correct": True}, {"text": "Analgesia.", "feedback": "That takes the pain."}]},
    },
]  # fmt: skip
RIGHT = {"bone-of-the-thigh": "The femur.", "no-name-for-it": "Myo.", "asleep-for-it": "Anesthesia."}
"""What is answered; one of them is wrong."""


def made(lab, name: str, seed: int) -> Path:
    """An assignment of a student's own folder: four practice items and a notebook with one cell."""
    folder = lab.root / "work" / name
    (folder / "items").mkdir(parents=True)
    items = [Item.model_validate(entry) for entry in ITEMS]
    (folder / "items/l.json").write_bytes(dump(publish(items, assignment=name, notebook="l", secret="s").public()))
    cell = {"cell_type": "code", "id": "exam", "metadata": {}, "execution_count": None, "outputs": [], "source": f"from medcoding import mock\nmock({PLAN}, {seed})"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (folder / "exam.ipynb").write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return folder


def begun(folder: Path, seed: int) -> Sitting:
    """A sitting of those items, as it would have been begun there."""
    pool = [Card(entry["id"], tuple(entry["domains"])) for entry in ITEMS]
    return begin(draw(blueprint(json.loads(PLAN)), pool, seed), instant(datetime.now(UTC)))


def opened(lab, page, folder: Path, theme: str = "JupyterLab Light") -> None:
    lab.set_theme(theme)
    page.goto(lab.url(f"/lab/tree/work/{folder.name}/exam.ipynb?reset"))
    page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName:visible", has_text="Python 3").first.wait_for()
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
    menu(page, "Run", "Run All Cells")
    page.locator('[data-mc="mock"]').first.wait_for()


def part(page, mark: str):
    return page.locator(f'[data-mc="mock"] [data-mc="{mark}"]')


def press(page, mark: str, key: str = "Enter") -> None:
    part(page, mark).focus()
    page.keyboard.press(key)


def kept(hall: Path) -> dict:
    (path,) = hall.glob("mock-own-*-1.json")
    return json.loads(path.read_text())


def answer(page) -> None:
    """The exercise on display, whichever the draw has put there."""
    exercise = part(page, "exercise")
    item = exercise.get_attribute("data-item")
    if item in RIGHT:
        texts = exercise.locator('[data-mc="option"] .mc-text').all_inner_texts()
        inputs = exercise.locator('[data-mc="option-input"]')
        radio(page, inputs, inputs.nth(texts.index(RIGHT[item])).input_value())
    else:
        exercise.locator('[data-mc="number-input"]').focus()
        page.keyboard.type("12")


def kill_kernel(hall: Path) -> None:
    """The kernel of this folder's notebook dies without a word."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"ipykernel_launcher" in command and os.readlink(process / "cwd") == str(hall):
                os.kill(int(process.name), signal.SIGKILL)
                return
        except OSError:
            continue
    raise AssertionError("no kernel serves this notebook")


def faults(page) -> list[str]:
    """Serious and critical faults of the exam on display."""
    from axe_playwright_python.sync_playwright import Axe

    response = Axe().run(page, context={"include": [['[data-mc="mock"]']]}, options={"resultTypes": ["violations"]}).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in response["violations"] if one["impact"] in ("serious", "critical")]


def looks(page, picture, name: str) -> list[str]:
    """Pictures at two widths, and what axe-core finds in each."""
    found = []
    for width in (1400, 800):
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(200)
        picture(page, f"mock-{name}-{width}")
        found += faults(page)
    page.set_viewport_size({"width": 1400, "height": 900})
    return found


def test_a_mock_exam_is_taken_with_the_keyboard_through_a_kernels_death(lab, page, picture) -> None:
    hall = made(lab, "mock-hall", 1)
    opened(lab, page, hall)
    assert "4 of 5 seats, and in proportion 16 of 20 minutes" in part(page, "mock-size").inner_text()
    found = looks(page, picture, "start-light")
    press(page, "mock-start")
    part(page, "exercise").wait_for()
    page.wait_for_function("document.activeElement.dataset.mc === 'mock-heading'")

    # Seat 1 answered, seat 2 flagged, back by the palette with arrow keys.
    answer(page)
    page.locator('[data-mc="mock-seat-button"][data-seat="0"][data-state="answered"]').wait_for()
    press(page, "mock-next")
    page.wait_for_function("document.activeElement.textContent.startsWith('Seat 2 of 4')")
    assert part(page, "exercise").count() == 1
    press(page, "mock-flag", "Space")
    page.locator('[data-mc="mock-seat-button"][aria-label="Seat 2, no answer, flagged"]').wait_for()
    found += looks(page, picture, "running-light")
    page.locator('[data-mc="mock-seat-button"][aria-current]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.textContent.startsWith('Seat 1 of 4')")
    for seat in (2, 3):
        press(page, "mock-next")
        page.wait_for_function("seat => document.activeElement.textContent.startsWith(`Seat ${seat} of 4`)", arg=seat)

    # The clock can be hidden; the pause hides the exercise, and is the only one.
    press(page, "mock-hide")
    assert part(page, "mock-clock").inner_text() == "Time hidden"
    press(page, "mock-hide")
    answer(page)
    press(page, "mock-pause")  # at once: what was typed last must not be lost
    part(page, "mock-resume").wait_for()
    assert page.locator('[data-mc="mock"] [data-mc="exercise"]').count() == 0
    found += looks(page, picture, "paused-light")
    assert kept(hall)["seats"][2]["answer"] is not None and kept(hall)["paused"] is not None
    page.keyboard.press("Enter")
    part(page, "exercise").wait_for()
    assert part(page, "mock-pause").is_disabled()

    # The kernel dies; a new one goes on from the same place.
    before = kept(hall)
    kill_kernel(hall)
    page.get_by_role("dialog").get_by_text(re.compile("kernel", re.I)).first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    menu(page, "Run", "Run All Cells")
    page.wait_for_function("document.querySelectorAll('[data-mc=mock] [data-mc=exercise]').length === 1 && document.querySelector('[data-mc=mock-heading]')?.textContent === 'Seat 3 of 4'")
    page.wait_for_function("left => document.querySelector('[data-mc=mock-clock]').textContent !== left", arg="16:00 left")
    assert [seat["answer"] for seat in kept(hall)["seats"]] == [seat["answer"] for seat in before["seats"]]
    states = page.locator('[data-mc="mock-seat-button"]').evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert states == ["Seat 1, answered", "Seat 2, no answer, flagged", "Seat 3, answered", "Seat 4, no answer"]

    # Handed in after a look at what is left, and read.
    press(page, "mock-handin")
    page.wait_for_function("document.activeElement.dataset.mc === 'mock-confirm'")
    assert "No answer: seats 2 and 4. Flagged: seat 2." in part(page, "mock-confirm").inner_text()
    found += looks(page, picture, "confirm-light")
    page.keyboard.press("Escape")
    assert part(page, "mock-confirm").is_hidden()
    press(page, "mock-next")
    page.wait_for_function("document.activeElement.textContent.startsWith('Seat 4 of 4')")
    answer(page)
    press(page, "mock-handin")
    press(page, "mock-confirmed")
    part(page, "mock-verdict").wait_for()
    answers = [seat["answer"] is not None for seat in kept(hall)["seats"]]
    assert answers == [True, False, True, True] and kept(hall)["handed"]["by"] == "student"
    assert set(json.loads((hall / "practice.json").read_text())["items"]) == {
        seat["item"] for seat, answered in zip(kept(hall)["paper"]["seats"], answers, strict=True) if answered
    }
    seat = part(page, "mock-seat").first
    seat.locator("summary").focus()
    page.keyboard.press("Enter")
    seat.get_by_text("Where to read").wait_for()
    found += looks(page, picture, "report-light")
    assert found == []


def test_a_mock_exam_reads_well_in_the_dark_and_tells_the_time_at_marks(lab, page, picture) -> None:
    hall = made(lab, "mock-dark", 1)
    opened(lab, page, hall, "JupyterLab Dark")
    found = looks(page, picture, "start-dark")
    press(page, "mock-start")
    part(page, "exercise").wait_for()
    answer(page)
    press(page, "mock-flag", "Space")
    page.locator('[data-mc="mock-seat-button"][aria-label="Seat 1, answered, flagged"]').wait_for()
    found += looks(page, picture, "running-dark")

    # The page's own clock goes on, as after a sleep; sixteen minutes are the whole.
    said = part(page, "mock-said")
    assert said.get_attribute("role") == "status" and said.inner_text() == ""
    page.evaluate("const real = Date.now; window.ahead = 0; Date.now = () => real.call(Date) + window.ahead")
    for minutes, words in ((6.2, "10 minutes left."), (8.7, "Half of the time is used. 7 minutes left."), (11.7, "4 minutes left."), (15.2, "1 minute left.")):
        page.wait_for_function("/^1[56]:/.test(document.querySelector('[data-mc=mock-clock]').textContent)")  # set right by the kernel
        page.evaluate("minutes => { window.ahead += minutes * 60000 }", minutes)
        page.wait_for_function("words => document.querySelector('[data-mc=mock-said]').textContent === words", arg=words)
    press(page, "mock-handin")
    press(page, "mock-confirmed")
    part(page, "mock-verdict").wait_for()
    page.locator('[data-mc="mock"] summary').first.click()
    found += looks(page, picture, "report-dark")
    assert found == []


def test_when_the_time_is_up_the_paper_is_handed_in_with_what_was_typed(lab, page) -> None:
    """Six seconds are left. The file's last change lies ahead of the clock, as after a clock set back, so that opening the page costs no time."""
    hall = made(lab, "mock-late", 2)
    sitting = begun(hall, 2)
    ribs = next(number for number, seat in enumerate(sitting.paper.seats) if seat.item == "ribs-in-pairs")
    late = sitting.model_copy(update={"current": ribs, "spent": sitting.limit - 6000, "at": sitting.at + 3_600_000})
    SittingStore(hall, sitting.paper.blueprint.name, 2).start(late)
    opened(lab, page, hall)
    part(page, "number-input").focus()
    page.keyboard.type("12")
    part(page, "mock-verdict").wait_for()
    assert "Handed in by the clock" in part(page, "mock-report").inner_text()
    (path,) = hall.glob("mock-own-*-2.json")
    kept_ = json.loads(path.read_text())
    assert kept_["seats"][ribs]["answer"]["text"] == "12" and kept_["handed"]["by"] == "time"
