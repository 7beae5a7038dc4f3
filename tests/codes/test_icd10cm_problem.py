"""What is wrong with a code: each way of being wrong has its rule and a message that teaches."""

from __future__ import annotations

import pytest
from medcoding.codes import icd10cm
from medcoding.findings import Severity


def test_reportable_code_has_no_problem(book):
    assert book.problem("E11.65") is None
    assert book.problem("t7801xa") is None


@pytest.mark.parametrize(
    ("code", "rule", "words"),
    [
        ("E11", "header-code", "E11 is a category, not a code: 1 to 4 more characters are needed (E11."),
        ("E11.6", "header-code", "E11.6 is a subcategory, not a code: 1 to 2 more characters are needed"),
        ("U07", "header-code", "1 more character is needed (U07.0, U07.1)."),
        ("S72.001", "header-code", "a 7th character is needed. It takes A, B, C, D"),
        ("T78.01", "header-code", "placeholder X fills the gap: T78.01X_"),
        ("T78.01A", "unknown-code", "has its 7th character in place 6"),
        ("W19A", "unknown-code", "must fill places 4 to 6 before it"),
        ("S72.001Z", "unknown-code", "S72.001 does not take Z as 7th character"),
        ("T78.011A", "unknown-code", "only placeholder X may stand before the 7th character"),
        ("E11.650", "too-long", "E11.65 is complete without “0”"),
        ("S72.001ABC", "too-long", "has 9 characters; an ICD-10-CM code has 3 to 7"),
        ("E11.67", "unknown-code", "E11.6 exists, but nothing below it begins E11.67"),
        ("Q01.X", "unknown-code", "Q01 exists, but nothing below it begins Q01.X"),
        ("J99.9", "too-long", "J99 is complete"),
        ("B11", "unknown-code", "there is no category B11"),
        ("11E", "unknown-code", "not written like an ICD-10-CM code"),
        ("", "unknown-code", "not written like an ICD-10-CM code"),
        ("E11.65.1", "unknown-code", "not written like an ICD-10-CM code"),
        ("Ä11", "unknown-code", "not written like an ICD-10-CM code"),
        ("A" * 5000, "unknown-code", "not written like an ICD-10-CM code"),
        ("G35", "not-valid-on-date", "was a complete code until 2025-09-30. Since 2025-10-01 it is a category"),
        ("H40.11X1", "not-valid-on-date", "it was deleted after 2016-09-30"),
    ],
)
def test_each_kind_of_wrong_code_has_its_rule_and_message(book, code, rule, words):
    finding = book.problem(code)
    assert finding.severity is Severity.ERROR
    assert finding.rule == rule
    assert words in finding.message
    assert finding.citation
    assert len(finding.message) < 700


def test_code_of_a_later_release_says_when_it_starts(index_path):
    finding = icd10cm.on("2021-09-30").problem("F32.A")
    assert finding.rule == "not-valid-on-date"
    assert "takes effect on 2021-10-01" in finding.message


def test_message_shows_strange_text_shortened_and_printable(book):
    message = book.problem("\x00\x1b[31m" + "z" * 100).message
    assert "\x1b" not in message
    assert "\x00" not in message
    assert "…" in message


def test_every_header_explains_itself(book):
    headers = book._store.rows(
        "SELECT key FROM nodes WHERE kind >= 2 AND NOT valid & ? AND live & ?", book._bit, book._bit
    )
    for (key,) in headers[::40]:
        finding = book.problem(key)
        assert finding.rule in {"header-code", "not-valid-on-date"}
        assert "needed" in finding.message


def test_a_heading_that_is_not_yet_in_force_is_not_said_to_exist(index_path):
    """R10.A began on 2025-10-01."""
    before, after = (icd10cm.on(day).problem("R10.A5").message for day in ("2025-09-27", "2025-10-01"))
    assert "R10 exists, but nothing below it begins R10.A" in before
    assert "R10.A exists, but nothing below it begins R10.A5" in after
