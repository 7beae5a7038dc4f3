"""The explanation of a grouping: what it says, and that it says it in text as in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from medcoding.payment import drg

WOMAN: dict[str, Any] = {"age": 70, "sex": "F", "on": "2026-05-01"}


def told(**stay: Any) -> str:
    return drg.group(**{**WOMAN, **stay}).explain().text


@pytest.mark.parametrize(
    ("stay", "sentences"),
    [
        (
            {"principal": "J18.9", "secondary": ["J96.01", "J15.9", "N17.9", "I10"]},
            [
                "The principal diagnosis, J18.9 (Pneumonia, unspecified organism), belongs to MDC 4, Diseases and Disorders of the Respiratory System.",
                "It is a medical MS-DRG: the stay has no procedure.",
                "J96.01 (Acute respiratory failure with hypoxia) counts as a major complication or comorbidity (MCC), and sets the severity.",
                "N17.9 (Acute kidney failure, unspecified) counts as a complication or comorbidity (CC), and the MS-DRG does not need it.",
                "the principal diagnosis J18.9 excludes it, being too closely related. It stands in PDX collection 0113 of Table 6K.",
                "I10 is neither CC nor MCC.",
                "Without J96.01 it would be MS-DRG 194, Simple Pneumonia and Pleurisy with CC, weight 0.8059.",
                "Without N17.9 it would still be MS-DRG 193.",
            ],
        ),
        (
            {"principal": "J18.9"},
            [
                "There is no secondary diagnosis, so nothing counts as CC or MCC.",
                "A secondary diagnosis that counts as MCC would make it MS-DRG 193, weight 1.3144.",
                "A secondary diagnosis that counts as CC would make it MS-DRG 194, weight 0.8059.",
            ],
        ),
        (
            {"principal": "S72.001A", "secondary": [("L89.153", "N")], "procedures": ["0SR9019", "0DB68ZX"]},
            [
                "It is a surgical MS-DRG, by 0SR9019 (Replacement of Right Hip Joint with Metal Synthetic Substitute, Cemented, Open Approach).",
                "0DB68ZX does not change it.",
                "is in category 4 of the hospital-acquired conditions, Stage III and IV Pressure Ulcers",
                "With it the stay would have been MS-DRG 521",
                "Without 0SR9019 it would be MS-DRG 536",
                "Had L89.153 been present on admission it would be MS-DRG 521",
            ],
        ),
        (
            {"principal": "K74.60", "procedures": ["0FY00Z0"]},
            [
                "Pre-MDC comes first: 0FY00Z0 (Transplantation of Liver, Allogeneic, Open Approach)",
                "would otherwise lead to MDC 7.",
                "A secondary diagnosis that counts as MCC, or intestinal transplant, would make it MS-DRG 5",
                "warning: 0FY00Z0 is covered in some hospitals or circumstances only.",
            ],
        ),
        (
            {"principal": "S06.5XAA", "secondary": [("S36.115A", "Y")]},
            [
                "belongs to MDC 1, but the stay moves to MDC 24, Multiple Significant Trauma.",
                "Significant injuries of two or more body regions make it multiple significant trauma.",
                "the definition of the MS-DRG has already used it.",
            ],
        ),
        (
            {"principal": "K92.2", "secondary": ["I46.2"], "discharge": "20"},
            ["it counts only for patients who leave alive, and this one died.", "Had the patient left alive it would be MS-DRG 377"],
        ),
        ({"principal": "J96.01", "procedures": ["5A1955Z"]}, ["leads to it without being an operation."]),
        ({"principal": "J18.9", "procedures": ["0DB68ZX"]}, ["It is a medical MS-DRG: no procedure of the stay changes it."]),
        ({"principal": "I21.4", "procedures": ["0UT90ZZ"]}, ["The operation does not belong to MDC 5 of the principal diagnosis"]),
        (
            {"principal": "W19.XXXA"},
            ["Medicare does not pay this MS-DRG: the claim goes back to the hospital.", "is an external cause and cannot be a principal diagnosis."],
        ),
        ({"principal": "J18.9", "on": "2027-01-15"}, ["by version 44.0 of the grouper", "The weights of FY 2027 are not installed, only those of FY 2026."]),
    ],
    ids=lambda one: one["principal"] if isinstance(one, dict) else "",
)  # fmt: skip
def test_explanation_says_why(stay: dict[str, Any], sentences: list[str]) -> None:
    text = told(**stay)
    for sentence in sentences:
        assert sentence in text


class Reader(HTMLParser):
    """The words of a piece of HTML, its attributes, and whether its tags close in order."""

    VOID = frozenset({"rect", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_says_what_the_text_says_and_needs_no_colors() -> None:
    explanation = drg.explain(drg.group(principal="J18.9", secondary=["J96.01"], **WOMAN))
    page = Reader(explanation._repr_html_())
    words = " ".join(page.words)
    assert page.open == []
    for part in explanation.parts:
        for sentence in (part.heading, *part.sentences):
            assert sentence in words
    assert "193 (this stay)" in words
    assert [word for word in page.words if word.startswith("with")] == ["with MCC", "with CC", "without CC/MCC"]
    assert {value for name, value in page.attributes if name in ("fill", "stroke")} == {"currentColor", "none"}
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert "#" not in explanation._repr_html_().replace("&#", "")


def test_bars_are_as_long_as_the_weights() -> None:
    """0.6285 of 1.3144 is 0.478, and 0.478 × 240 = 114.8 pixels."""
    html = drg.group(principal="J18.9", **WOMAN).explain()._repr_html_()
    assert re.findall(r'<rect [^>]*width="([0-9.]+)"', html) == ["239", "146.2", "113.8"]
    assert 'fill="currentColor"' in html.split("195 (this stay)")[1]


def test_everything_is_escaped() -> None:
    g = drg.group(principal="J96.01", procedures=["5A1955Z"], **WOMAN)
    assert "Ventilator Support >96 Hours" in g.title
    for html in (g._repr_html_(), g.explain()._repr_html_()):
        assert "Support &gt;96 Hours" in html
        assert "Support >96 Hours" not in html


def test_text_is_plain_sentences() -> None:
    text = told(principal="J18.9", secondary=["J96.01"])
    lines = [line for line in text.split("\n") if line]
    assert all(line.endswith((".", ":", "]")) for line in lines)
    assert not re.search(r"[<>{}_]|None|Decimal|\bNone\b", text)
    assert str(drg.group(principal="J18.9", secondary=["J96.01"], **WOMAN).explain()) == text


def test_long_lists_end() -> None:
    codes = ["J96.01", "N17.9", "A41.9", "D62", "K72.00", "R65.21", "I50.23", "E87.0", "G93.41", "J69.0", "K65.0", "I21.4", "I26.99", "E43"]
    text = told(principal="K92.2", secondary=codes)
    assert text.count("it would still be MS-DRG 377") == 12
