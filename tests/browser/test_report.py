"""The report in a browser: keyboard, colours, narrow pages, print, and nothing that runs or loads beside the page's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from insight_class import WEAKEST, Class, choice_item, chosen, items, simulated
from medcoding.insight.analysis import analyse
from medcoding.insight.gather import gather
from medcoding.insight.mastery import Teaching, mastery
from medcoding.insight.page.classpage import class_page
from medcoding.insight.page.document import framed
from medcoding.insight.page.studentpage import student_page
from medcoding.insight.profile import domains, objectives
from medcoding.items.models import Item

pytestmark = pytest.mark.browser

MADE = datetime(2026, 2, 3, 4, 5)
EVIL = "<img src=x onerror=window.ran=1><script>window.ran=1</script>"


def whole_class() -> Class:
    """A class in which every section has something to show."""
    base = choice_item(90)
    one = {"title": base.title, "question": base.question, "key": base.key.model_dump(), "rationale": "So.", "citations": [{"guideline": "I.A.13"}]}
    varied = Item.model_validate({**base.model_dump(mode="json"), "variants": [one, one]})
    plain = simulated(60, 40, seed=2, copies={1: WEAKEST})
    made = Class([*plain.items, *items(), varied])
    for number, submission in enumerate(plain.submissions):
        answers = {plain.items[given.exercise].id: given.answer for given in submission.given}
        at = {plain.items[given.exercise].id: given.at for given in submission.given}
        codes = [["E85.4", "I43"], ["I42.9"], ["E85.4"], [EVIL[:60], "I43"]][number % 4]
        answers |= {"heart-of-the-matter": {"codes": codes}, varied.id: chosen(varied, int(number % 2 == 0 or number % 9 == 0))}
        answers["a-shot-in-the-arm"] = {"diagnoses": ["D51.0"], "lines": [{"code": "svc:iv-push", "pointers": ["A"]}]}
        name = EVIL if number == 1 else submission.standing.student
        made.submit(name, answers, variants={varied.id: number % 2}, at=at, points={"which-order": None} if number == 5 else None)
    return made


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of a class, that of a student, and a notebook's frame, as files."""
    folder = tmp_path_factory.mktemp("report")
    made = whole_class()
    taught = Teaching(tuple(objectives(made.exercises, {})), tuple(domains(made.exercises)), {}, ())
    page = class_page(analyse(gather(made.store, made.graded, made.submissions), {}), str, MADE)
    texts = {
        "class": page,
        "student": student_page(mastery(made.graded, taught, made.submissions[1], EVIL), MADE),
        "frame": f"<!DOCTYPE html><html lang='en'><title>Notebook</title><main><h1>Notebook</h1>{framed('Report on 05-mini', page)}</main></html>",
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def opened(chrome, pages) -> Iterator:
    """Open a page by name; afterwards nothing may have run, loaded or been complained of."""
    contexts, faults, asked = [], [], []

    def open_(name: str, width: int = 1400, scheme: str = "light"):
        context = chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(pages[name].as_uri())
        return page

    yield open_
    assert faults == []
    assert all(url.startswith(("file://", "about:")) for url in asked)
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.ran") is None
        context.close()
    assert len(asked) == len(contexts) + sum("srcdoc" in url for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800, 400])
@pytest.mark.parametrize("name", ["class", "student"])
def test_pages_can_be_read_at_every_width_in_both_schemes(opened, picture, name: str, width: int, scheme: str) -> None:
    """axe-core, and nothing cut off at the side. 400 pixels are 800 at 200 percent."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(name, width, scheme)
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"report-{name}-{width}-{scheme}")


def test_colours_follow_the_scheme(opened) -> None:
    shades = [page.evaluate("getComputedStyle(document.documentElement).backgroundColor") for page in (opened("class"), opened("class", scheme="dark"))]
    light, dark = ([int(part) for part in re.findall(r"\d+", shade)[:3]] for shade in shades)
    assert min(light) > 200
    assert max(dark) < 60


def column(page, number: int) -> list[str]:
    return page.locator(f"table:has(#items-caption) tbody tr > :nth-child({number})").all_inner_texts()


def test_a_table_is_sorted_by_keyboard_and_says_so(opened) -> None:
    page = opened("class")
    head = page.locator("table:has(#items-caption) thead th").nth(3)
    button = head.locator("button")
    before = column(page, 1)
    button.focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    values = [float(text) for text in column(page, 4)]
    assert values == sorted(values, reverse=True)
    assert page.locator("#told").inner_text() == "Difficulty and discrimination of each exercise: sorted by Difficulty p, descending."
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(text) for text in column(page, 4)] == sorted(values)
    first = page.locator("table:has(#items-caption) thead th").nth(0)
    first.locator("button").press("Enter")
    assert column(page, 1) == before  # by number, not by letters: 2 before 10
    assert page.locator("table:has(#items-caption) [aria-sort]").count() == 1


def test_what_has_no_figure_sorts_last_both_ways(opened) -> None:
    page = opened("class")
    button = page.locator("table:has(#minutes-caption) thead th button").nth(1)
    for _ in range(2):
        button.press("Enter")
        texts = [text.startswith("–") for text in page.locator("table:has(#minutes-caption) tbody tr > :nth-child(2)").all_inner_texts()]
        assert any(texts)
        assert texts == sorted(texts)


def test_links_lead_to_the_row_that_they_name(opened) -> None:
    page = opened("class")
    page.get_by_role("navigation").get_by_role("link", name="Likeness").click()
    assert page.evaluate("location.hash") == "#likeness"
    link = page.locator("#pairs-caption").locator("xpath=ancestor::table").locator("tbody a").first
    wanted = link.inner_text()
    link.press("Enter")
    assert page.locator("tr:target th").inner_text().startswith(wanted)
    page.keyboard.press("Tab")


def test_the_first_tab_offers_to_skip_to_the_report(opened) -> None:
    page = opened("class")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.locator(".skip").bounding_box()["x"] >= 0


def test_print_shows_whole_tables_and_no_navigation(opened) -> None:
    page = opened("class")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    cut = page.evaluate("[...document.querySelectorAll('.scroll')].filter(one => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY !== 'visible').length")
    assert cut == 0


def test_a_notebooks_frame_shows_the_page_and_sorts(opened) -> None:
    page = opened("frame")
    frame = page.frame_locator("iframe")
    assert frame.locator("h1").inner_text() == "Report on 05-mini"
    head = frame.locator("table:has(#items-caption) thead th").nth(3)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
