"""Cells: no text is a formula, numbers stay numbers, and everything comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.grading.lms.cells import (
    TableProblem,
    carried,
    clean,
    guard,
    number,
    read_table,
    read_table_bytes,
    shown,
    table_bytes,
    unguard,
)

OWASP = ["=1+2\";=1+2", "=1+2'\" ;,=1+2", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'=1", "''+x", "＝1", "-", "=HYPERLINK(\"http://x\",\"y\")"]


@pytest.mark.parametrize("text", OWASP)
def test_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "Ada", "O'Brien", "'quoted'", "5", "a=b", "x@example.org", "' x", "Jean-Luc"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert guard(text) == text == unguard(text)


@given(st.text() | st.text(alphabet="'=+-@ \t\r\n＝ab1"))
def test_unguard_undoes_guard(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.lists(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=4), min_size=1, max_size=5))
def test_table_read_back_holds_what_was_written(rows: list[list[str]]) -> None:
    rows = [[*row, "end"] for row in rows]
    read = list(csv.reader(io.StringIO(table_bytes([[guard(cell) for cell in row] for row in rows]).decode(), newline="")))
    assert [[unguard(cell) for cell in row] for row in read] == rows


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (4.5, "4.5"), (-1.25, "-1.25"), (0, "0"), (-0.00001, "0"), (1e-7, "0"), (1234567.5, "1234567.5"), (2 / 3, "0.6667"), (1e15, "1000000000000000")],
)
def test_number_has_a_point_and_nothing_else(value: float, text: str) -> None:
    assert number(value) == text
    assert carried(text) == text, "a negative number stays one"


def test_what_cannot_be_seen_is_shown_as_such() -> None:
    assert clean("a\x00b\x1b[31mc\u202ed\ud800e\ufffff") == "a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf"
    assert clean("two\r\nlines\tand a tab") == "two lines and a tab"
    assert clean("می\u200cخواهم") == "می\u200cخواهم", "joiners are seen in real names"
    assert shown("\x1b]0;title\x07" + "x" * 200, 20) == "\ufffd]0;title\ufffd" + "x" * 9 + "…"


@pytest.mark.parametrize("encode", [lambda t: t.encode(), lambda t: t.encode("utf-8-sig"), lambda t: t.encode("utf-16")])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_in_the_encodings_and_delimiters_of_lmss(tmp_path: Path, encode: object, delimiter: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(encode(delimiter.join(['"Last, Name"', "B", "é"]) + "\r\n" + delimiter.join(['"x\r\ny"', "1", "2"]) + "\r\n"))
    assert read_table(path) == [["Last, Name", "B", "é"], ["x\r\ny", "1", "2"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04rest", "Excel workbook"), (b"\x80\x81", "neither UTF-8 nor UTF-16"), (b'a,b\n"x', "no table that can be read")],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(TableProblem, match=said):
        read_table_bytes(content, "file.csv")
