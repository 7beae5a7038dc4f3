"""The glossary: its terms are found, shown on hover in released lessons, and searched in a page."""

from __future__ import annotations

import json
import re

import pytest
from medcoding import glossary
from medcoding.items.notebooks import source_text
from medcoding.items.terms import meaning, terms, with_meanings, with_plain_dollars
from minicourse import ROOT


@pytest.mark.parametrize(("text", "found"), [("code set", True), ("Code sets", True), ("headers", True), ("bodies of nothing", False), ("", False)])
def test_a_term_is_found_in_the_plural_and_with_a_capital(text: str, found: bool) -> None:
    assert (meaning(text) is not None) is found


def test_a_bold_term_carries_its_meaning() -> None:
    shown = with_meanings("A **code set** and a **strange word**.")
    assert shown.startswith('A **<abbr title="A list of codes') and shown.endswith(">code set</abbr>** and a **strange word**.")


@pytest.mark.parametrize("text", [
    "# The **code set**", "```\n**code set**\n```", "    **code set**", "`**code set**`", "`a **code set** here`", "**`code set`**", "[**x**](y)",
])
def test_code_headings_and_links_stay_as_they_are(text: str) -> None:
    assert with_meanings(text) == text


def test_no_meaning_breaks_out_of_its_attribute_or_its_table() -> None:
    for term in terms():
        if re.fullmatch(r"[^*\n`<>\[\]|\"]{2,60}", term):
            shown = with_meanings(f"| **{term}** | other |")
            assert shown.count("|") == 3 and shown.count('"') == 2 and re.fullmatch(r'\| \*\*<abbr title="[^"<>|*_`]*">.*</abbr>\*\* \| other \|', shown), term


def test_most_bold_terms_of_the_lessons_have_a_meaning() -> None:
    """A lesson sets a term in bold at its first use. Labels such as **Aim.** end with a stop."""
    bold: dict[str, bool] = {}
    for path in sorted((ROOT / "source").glob("[0-9]*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for text in re.findall(r"\*\*([^*\n`<>\[\]|]{2,60})\*\*", source_text(cell)):
                    if not text.endswith((".", ":", "?")) and not text[0].isdigit():
                        bold[text] = meaning(text) is not None
    assert sum(bold.values()) >= 0.85 * len(bold), [text for text, known in bold.items() if not known]


def test_glossary_prints_a_meaning_without_a_front_end(capsys: pytest.CaptureFixture[str]) -> None:
    glossary("code sets")
    assert capsys.readouterr().out.startswith("code sets: A list of codes")
    glossary()
    assert capsys.readouterr().out == f"The glossary has {len(terms())} terms.\n"


def test_marked_dollars_are_kept_from_formulas_but_not_in_code() -> None:
    assert with_plain_dollars(r"\$5 and `\$7` and $9") == r"<span>\$</span>5 and `\$7` and $9"
