"""The drawn form: its boxes, its values, its findings, its size, and that nothing of a claim gets out of its box."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from claims.edit_cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.claims import edits
from medcoding.claims.edits.core import Edit
from medcoding.claims.model import Claim, changed, paths
from medcoding.claims.render import render
from medcoding.claims.samples import institutional, professional, samples
from medcoding.findings import Finding, Severity

VOID = {"br", "img", "meta", "input", "hr"}


class Page(HTMLParser):
    """Text, boxes and open tags of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.boxes: list[tuple[str, str]] = []
        self._into = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "dt":
            self.boxes.append(("", ""))
        if tag in ("dt", "dd"):
            self._into = tag

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
        if tag in ("dt", "dd"):
            self._into = ""

    def handle_data(self, data):
        if self._into and self.boxes:
            name, value = self.boxes[-1]
            self.boxes[-1] = (name + data, value) if self._into == "dt" else (name, value + data)

    def value(self, box: str) -> str:
        return next(value for name, value in self.boxes if name.split()[0] == box)


def heads(text: str) -> set[str]:
    return set(re.findall(r"<th scope='col'[^>]*><b>([^<]+)</b>", text))


def test_professional_form_has_the_items_of_the_paper() -> None:
    page = Page(render(professional()))
    drawn = {name.split()[0] for name, _ in page.boxes}
    items = "1 1a 2 3 4 5 6 7 9 9a 9d 10 10d 11 11a 11c 11d 12 13 14 15 16 17 17b 18 19 20 21 22 23 25 26 27 28 29 30 31 32 32a 33 33a 33b"
    assert set(items.split()) <= drawn
    assert {"24A", "24B", "24C", "24D", "24E", "24F", "24G", "24H", "24J"} <= heads(render(professional()))


def test_institutional_form_has_the_locators_of_the_paper() -> None:
    text = render(institutional())
    drawn = {name.split()[0] for name, _ in Page(text).boxes}
    assert {*map(str, range(4, 18)), "1", "3a", "3b", "18–28", "31–34", "35–36", "39–41", "56", "64", *map(str, (66, 67, 69, 70, 71, 72, 74, 76, 77, 80, 81))} <= drawn
    assert {str(n) for n in (*range(42, 49), *range(50, 55), *range(58, 64))} <= heads(text)


def test_values_stand_in_their_boxes() -> None:
    page = Page(render(professional()))
    assert (page.value("1a"), page.value("28"), page.value("33a"), page.value("26")) == ("1EG4TE5MK73", "302.00", "2202020204", "BHO-1001")
    assert page.value("21").split() == ["A", "M17.11", "B", "I10", *"CDEFGHIJKL"]
    assert "N409875024301 ML1" in render(professional())  # CMS-1500 shaded line: N4, eleven digits, unit, quantity
    stay = Page(render(institutional()))
    assert (stay.value("4"), stay.value("6"), stay.value("17"), stay.value("76")) == ("0111", "04/27/2026 – 05/01/2026", "01", "Marsh, Ida")
    assert "67A J96.01 POA Y" in stay.value("67")


@pytest.mark.parametrize("name", samples())
def test_markup_is_balanced_and_harmless(name: str) -> None:
    text = render(samples()[name])
    page = Page(text)
    assert page.wrong == [] and page.open == []
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "img", "link", "object", "form", "a"}
    assert not any(key.startswith("on") or key in ("src", "href") for _, attrs in page.tags for key in attrs)
    assert len(text.encode()) < 40_000


@pytest.mark.parametrize("name", samples())
def test_every_box_has_a_label_and_every_cell_a_head(name: str) -> None:
    text = render(samples()[name])
    assert all(label.strip() for label, _ in Page(text).boxes)
    for part in re.findall(r"<table>.*?</table>", text):
        columns = part.count("<th scope='col'")
        assert "<caption>" in part
        for row in re.findall(r"<tr>(.*?)</tr>", part.split("<tbody>")[1]):
            assert row.count("<td") + row.count("<th ") == columns and "<th scope='row'" in row


@pytest.mark.parametrize("rule", CASES)
def test_finding_is_marked_on_its_box_by_sign_and_word_and_listed(rule: str) -> None:
    case = CASES[rule]
    claim = case.failing()
    one = next(found for found in edits.review(claim, history=case.history()) if found.rule == rule)
    text = render(claim, [one])
    sign, word = {"error": ("✖", "Error"), "warning": ("▲", "Look"), "hint": ("◆", "Hint"), "info": ("●", "Note")}[one.finding.severity.value]
    tag = f"<span class='t'><span aria-hidden='true'>{sign}</span> {word} 1</span>"
    assert tag in text, one.fields
    assert html.escape(one.finding.message) in text
    assert f"[{html.escape(one.finding.citation)}]" in text
    assert text.count("<li ") == 1


def test_findings_are_numbered_alike_on_boxes_and_in_the_list() -> None:
    claim = changed(professional(), {"billing.npi": "1", "stated_total": 1})
    found = edits.review(claim)
    assert [one.rule for one in found] == ["npi-format", "total-mismatch"]
    page = Page(render(claim, found))
    assert page.value("33a").endswith("Error 1") and page.value("28").endswith("Error 2")


def test_worst_of_several_findings_gives_the_box_its_border() -> None:
    hint = Edit(Finding(severity=Severity.HINT, rule="x", message="A hint."), ("patient.sex",))
    error = Edit(Finding(severity=Severity.ERROR, rule="y", message="An error."), ("patient.sex",))
    text = render(professional(), [hint, error])
    assert re.search(r"<div class='b e'[^>]*><dt><b>3</b>", text) and "Error 1, 2</span>" in text


def test_plain_finding_is_marked_where_its_codes_are_paths() -> None:
    found = Finding(severity=Severity.WARNING, rule="x", message="Look here.", codes=("lines.1.modifiers", "M17.11"))
    text = render(professional(), [found])
    assert "Look 1" in text and "(item 24D, line 2)" in text


def test_clean_form_has_no_sign_and_no_list() -> None:
    text = render(professional(), edits.review(professional()))
    assert "class='t'" not in text and "Findings" not in text
    assert professional().render() == text


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip))
def test_nothing_escapes_from_its_box(text: str) -> None:
    hostile = f"</dd><script>{text}"[:80]
    claim = changed(professional(), {"patient.last": hostile, "billing.name": hostile, "lines.0.description": hostile, "coverages.0.payer.name": hostile})
    page = Page(render(claim, [Finding(severity=Severity.ERROR, rule="x", message=hostile, codes=(hostile,), citation=hostile)]))
    assert page.wrong == [] and page.open == [] and "script" not in {tag for tag, _ in page.tags}


@pytest.mark.parametrize("claim", [professional(), institutional()], ids=["professional", "institutional"])
def test_longest_form_stays_under_40_kb_and_says_what_it_left_out(claim: Claim) -> None:
    most = 50 if claim.kind == "professional" else 999
    lines = [claim.lines[0].model_copy(update={"description": "x" * 80}) for _ in range(most)]
    text = render(claim.model_copy(update={"lines": tuple(lines)}))
    assert len(text.encode()) < 40_000
    assert ("949 further lines" in text) is (most == 999)


def test_every_value_of_a_claim_can_be_seen() -> None:
    # what has no box on paper, and what is drawn in other words
    elsewhere = ("kind", "submitted", ".payer_id", "destination", "bill_type", "tax_id_kind", "signature", "accept", "referring_role", ".filing", ".relationship", "taxonomy", "facility.tax_id", "facility.phone", "payer.address", "ndc")
    for claim in samples().values():
        text = html.unescape(render(claim))
        for path, value in paths(claim):
            if isinstance(value, str) and not any(part in path for part in elsewhere):
                assert value in text, path


def test_other_things_are_refused() -> None:
    with pytest.raises(AttributeError):
        render("a claim")  # type: ignore[arg-type]
