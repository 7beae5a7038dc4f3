"""The pages as they are written: self-contained, escaped, ordered, and without NaN. What a browser makes of them is tested in tests/browser."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
from insight_class import WEAKEST, Class, choice_item, chosen, items, simulated
from medcoding.insight.analysis import analyse
from medcoding.insight.gather import gather
from medcoding.insight.mastery import Teaching, file_name, mastery
from medcoding.insight.page.classpage import class_page
from medcoding.insight.page.document import framed
from medcoding.insight.page.markup import esc, number, percent, tag
from medcoding.insight.page.studentpage import student_page
from medcoding.insight.profile import domains, objectives

MADE = datetime(2026, 2, 3, 4, 5)
EVIL = "<script>alert(1)</script>\"'&\u202e\x1b[31m"
VOID = {"meta", "link", "br", "input"}


class Reader(HTMLParser):
    """What a page holds: tags with attributes, headings, and whether all that opens closes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name in names]


def page_of(made: Class, shown=lambda student: student) -> str:
    return class_page(analyse(gather(made.store, made.graded, made.submissions), {}), shown, MADE)


def pages_of_students(made: Class) -> dict[str, str]:
    taught = Teaching(tuple(objectives(made.exercises, {})), tuple(domains(made.exercises)), {}, ())
    return {one.standing.student: student_page(mastery(made.graded, taught, one, one.standing.student), MADE) for one in made.submissions}


@pytest.fixture(scope="module")
def whole() -> str:
    return page_of(simulated(60, 40, seed=2, copies={1: WEAKEST}))


@pytest.fixture(scope="module")
def hostile() -> Class:
    made = Class(items())
    made.submit(EVIL, {
        "heart-of-the-matter": {"codes": [EVIL[:60], "</td>", "=1+1"]},
        "a-shot-in-the-arm": {"diagnoses": [EVIL[:60]], "lines": [{"code": EVIL[:60], "modifiers": ["<b>"], "pointers": ["<i>"]}]},
    })  # fmt: skip
    made.submit("ben", {"which-order": {"chosen": ["<img src=x>"]}, "heart-of-the-matter": {"codes": ["E85.4", "I43"]}})
    return made


def every(made: Class) -> list[str]:
    return [page_of(made), *pages_of_students(made).values()]


def test_pages_are_well_formed_with_unique_ids_and_live_links(whole: str) -> None:
    for page in (whole, *pages_of_students(simulated(3, 8)).values()):
        read = Reader(page)
        assert read.faults == []
        assert read.open == []
        ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
        assert len(set(ids)) == len(ids)
        links = {str(attributes["href"]) for attributes in read.named("a")}
        assert all(link.startswith("#") and link[1:] in ids for link in links)
        for _, attributes in read.tags:
            for name in ("aria-labelledby", "aria-describedby"):
                assert not attributes.get(name) or set(str(attributes[name]).split()) <= set(ids)


def test_headings_step_down_one_at_a_time(whole: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", whole)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_table_has_a_caption_and_heads_for_columns_and_rows(whole: str) -> None:
    tables = re.findall(r"<table.*?</table>", whole, re.DOTALL)
    assert len(tables) >= 7  # exercises, options, objectives, domains, times, when handed in, pairs
    for table in tables:
        assert "<caption" in table
        heads = re.findall(r"<th(?=[ >])[^>]*>", table)
        assert heads
        assert all('scope="col"' in head or 'scope="row"' in head for head in heads)
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
        widths = {len(re.findall(r"<t[hd][ >]", row)) for row in rows}
        assert len(widths) == 1


def test_every_picture_has_a_text_or_is_marked_as_decoration(whole: str) -> None:
    for attributes in Reader(whole).named("svg"):
        assert attributes.get("aria-hidden") == "true" or (attributes.get("role") == "img" and attributes.get("aria-labelledby"))


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(whole: str) -> None:
    (policy,) = [str(one["content"]) for one in Reader(whole).named("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for name in ("style", "script"):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", whole, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_and_no_element_has_style_or_handlers_of_its_own(whole: str, hostile: Class) -> None:
    for page in (whole, *every(hostile)):
        for name, attributes in Reader(page).tags:
            assert name not in ("link", "img", "iframe", "object", "embed", "form", "base", "video", "audio")
            assert not {"src", "style", "srcset"} & attributes.keys()
            assert not any(key.startswith("on") for key in attributes)
        assert "http://" not in page
        assert "https://" not in page


def test_what_students_wrote_is_escaped(hostile: Class) -> None:
    for page in every(hostile):
        assert len(Reader(page).named("script")) == 1
        assert "alert(1)</script>" not in page
        assert "<b>" not in page
        assert "<i>" not in page
        assert "\u202e" not in page
        assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)" in pages_of_students(hostile)[EVIL]
    assert "ALERT(1)" in page_of(hostile).upper()


@pytest.mark.parametrize("students", [1, 2, 3])
def test_no_page_says_nan_or_none_however_small_the_class(students: int) -> None:
    made = Class([choice_item(0), choice_item(1), *items()])
    for student in range(students):
        made.submit(f"s{student}", {"choice-0": chosen(made.items[0], student % 2)}, points={"choice-1": None})
    for page in every(made):
        text = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)
        assert not re.search(r"\bnan\b|\binf\b|None\b", text)
        assert Reader(page).faults == []


def test_a_class_of_nobody_still_makes_a_page() -> None:
    assert "There are no scores to show." in page_of(Class([choice_item(0)]))


def test_a_small_class_is_told_so(whole: str) -> None:
    assert "This is a small class (3 students)" in page_of(simulated(3, 4))
    assert "This is a small class" not in whole


def test_likeness_is_called_a_reason_to_look_and_no_proof(whole: str) -> None:
    assert "A reason to look, never a proof." in whole
    assert re.search(r"student001 and student\d\d\d", whole)
    assert "no pair of students" in page_of(simulated(20, 10, seed=4)).lower()


def test_many_students_listed_at_once_are_called_a_shared_mistake_rather_than_copies(whole: str) -> None:
    # Two wrong rules: half of the class always takes wrong option 1, half wrong option 2
    made = Class([choice_item(number) for number in range(30)])
    for student in range(40):
        made.submit(f"s{student:02d}", {item.id: chosen(item, 1 + student % 2) for item in made.items})
    assert "40 of 40 students stand in these pairs" in page_of(made)
    assert "stand in these pairs" not in whole


def test_names_on_the_page_are_those_given() -> None:
    made = simulated(60, 40, seed=2, copies={1: WEAKEST})
    page = page_of(made, lambda student: f"S-{hashlib.sha256(student.encode()).hexdigest()[:4]}")
    assert "student0" not in page
    assert re.search(r"S-[0-9a-f]{4} and S-[0-9a-f]{4}", page)


def test_a_students_page_holds_nobody_elses_name_or_score() -> None:
    made = Class([choice_item(0), choice_item(1)])
    one, two = made.items
    made.submit("ada", {one.id: chosen(one, 0), two.id: chosen(two, 0)})
    alone = pages_of_students(made)["ada"]
    made.submit("ben", {one.id: chosen(one, 1), two.id: chosen(two, 1)})
    assert pages_of_students(made)["ada"] == alone


def test_a_students_page_says_what_to_practise_next_beginning_with_what_costs_most() -> None:
    made = Class([choice_item(0), choice_item(1), choice_item(3), choice_item(2)])
    # Objective 1 is served by exercises 0 and 2, objective 2 by 1 and 3
    made.submit("ada", {item.id: chosen(item, int(item.objectives == (2,))) for item in made.items}, penalty=0.5, extra=0.25)
    page = pages_of_students(made)["ada"]
    advice = page[page.index("What to practice next") : page.index("By objective")]
    assert "Objective 2" in advice
    assert "Objective 1" not in advice
    assert "1.75 of 4" in page  # 2 + 0.25 - 0.5
    assert "44%" in page  # 1.75 / 4 = 43.75


def test_a_waiting_exercise_shows_as_waiting_and_not_as_zero() -> None:
    made = Class([choice_item(0), choice_item(1)])
    made.submit("ada", {"choice-0": chosen(made.items[0], 0)}, points={"choice-1": None})
    page = pages_of_students(made)["ada"]
    assert "1 exercise waits for a grader" in page
    assert "none: A grader reads it first." in page


def test_the_frame_of_a_notebook_holds_the_page_and_reaches_nothing() -> None:
    frame = framed("Report on <05>", "<p title=\"x\">'</p>")
    (attributes,) = Reader(frame).named("iframe")
    assert attributes["srcdoc"] == "<p title=\"x\">'</p>"
    assert attributes["sandbox"] == "allow-scripts"
    assert attributes["title"] == "Report on <05>"


def test_small_pieces() -> None:
    assert esc("<a b='c'>") == "&lt;a b=&#x27;c&#x27;&gt;"
    assert tag("p", "<", class_='"') == '<p class="&quot;">&lt;</p>'
    assert (percent(0.996), percent(0.004), percent(1), percent(0), percent(0.125)) == ("99%", "1%", "100%", "0%", "12%")
    assert (number(-0.5), number(-0.001), number(1234.5, 1)) == ("−0.50", "0.00", "1,234.5")


@pytest.mark.parametrize(
    ("name", "plain"), [("ada", True), ("s-7f3k", True), ("Ada", False), ("../../etc/passwd", False), ("..", False), ("a/b", False), ("", False), ("é" * 300, False), ("\ud800", False)]
)
def test_files_of_students_stay_in_their_folder(name: str, plain: bool) -> None:
    made = file_name(name)
    assert re.fullmatch(r"[a-z0-9_@-][a-z0-9._@-]{0,90}", made)
    assert (made == name) == plain


def test_two_students_never_share_a_file() -> None:
    names = ["ada", "Ada", "ADA", "a/a", "a_a", "a:a", ".a", "a"]
    assert len({file_name(name) for name in names}) == len(names)
