"""The tables of privacy: the 18 identifiers, the methods, minimum necessary; and their pages."""

from __future__ import annotations

import re

import pytest
from medcoding.compliance import privacy


def test_there_are_18_identifiers_lettered_as_the_rule_letters_them() -> None:
    assert [entry.letter for entry in privacy.identifiers()] == list("ABCDEFGHIJKLMNOPQR")
    assert len({entry.kind for entry in privacy.identifiers()}) == 18
    assert privacy.identifier("mrn").citation == "45 CFR 164.514(b)(2)(i)(H)"


def test_unknown_kind_names_the_18() -> None:
    with pytest.raises(privacy.UnknownKind, match=r"'hair' is none of the 18 identifiers. They are name, geographic, date"):
        privacy.identifier("hair")


@pytest.mark.parametrize(
    ("method", "kind", "kept"),
    [
        ("safe-harbor", "name", ""), ("safe-harbor", "date", "the year, unless it shows an age over 89; such ages become 90 or older"),
        ("limited-data-set", "date", "all dates and ages"), ("limited-data-set", "email", ""), ("limited-data-set", "geographic", "city, town, state and ZIP code"),
    ],
)  # fmt: skip
def test_what_a_method_may_keep(method: str, kind: str, kept: str) -> None:
    assert privacy.may_keep(method, kind) == kept


def test_limited_data_set_removes_sixteen_direct_identifiers() -> None:
    # 45 CFR 164.514(e)(2)(i) to (xvi): all but dates and other codes; of addresses, town, city, state and ZIP code stay.
    gone = [entry.kind for entry in privacy.identifiers() if not privacy.may_keep("limited-data-set", entry.kind)]
    assert len(gone) == 15 and "geographic" not in gone and "date" not in gone and "other" not in gone


def test_unknown_method_names_the_four() -> None:
    with pytest.raises(ValueError, match=r"'magic' is no method. They are safe-harbor, expert-determination"):
        privacy.method("magic")


def test_six_cases_are_outside_minimum_necessary_in_the_order_of_the_rule() -> None:
    from medcoding.compliance.tables import table

    outside = [row for row in table("privacy_necessity") if not row["applies"]]
    assert [row["name"] for row in outside] == ["treatment", "patient", "authorization", "hhs", "law", "compliance"]
    assert [re.search(r"\(b\)\(2\)\((\w+)\)", row["citation"]).group(1) for row in outside] == ["i", "ii", "iii", "iv", "v", "vi"]  # type: ignore[union-attr]


def test_decisions_tell_what_to_give_and_why() -> None:
    assert not privacy.necessary("treatment").applies
    decision = privacy.necessary("payment")
    assert decision.applies
    assert decision.explain().text.startswith("A claim, an appeal or a payer's request is answered: The minimum necessary standard applies.\n1. the notes of")
    with pytest.raises(privacy.UnknownSituation, match=r"'gossip' is no situation of the table. They are treatment"):
        privacy.necessary("gossip")


@pytest.mark.parametrize("page", [privacy.listed, privacy.methods, privacy.situations])
def test_tables_show_as_pages_with_a_row_head_and_read_aloud(page: object) -> None:
    shown = page()  # type: ignore[operator]
    assert all(len(row) == len(shown.head) for row in shown.rows)
    markup = shown._repr_html_()
    assert markup.count("<th scope='row'") == len(shown.rows) and markup.count("<th scope='col'") == len(shown.head)
    assert len(shown.text.splitlines()) == 1 + len(shown.rows) + len(shown.notes)


def test_page_of_a_text_shows_before_and_after_and_escapes() -> None:
    page = privacy.explain("<b>MRN 5583920</b>", year=2026)
    assert page.lead == "1 passage of 1 of the 18 identifiers found."
    markup = page._repr_html_()
    assert "<b>" not in markup and "&lt;b&gt;MRN <mark>5583920</mark>&lt;/b&gt;" in markup
    assert "&lt;b&gt;MRN [medical record number]&lt;/b&gt;" in markup
    assert "After: <b>MRN [medical record number]</b>" in page.text


def test_page_of_a_text_without_identifiers_says_so() -> None:
    assert privacy.explain("Type 2 diabetes.").lead == "No identifier found."
