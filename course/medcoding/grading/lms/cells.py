"""Cells of tables that go to spreadsheets and LMSs: quoted, cleaned, unable to be formulas; and tables read back."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

MAX_TABLE_BYTES = 50_000_000
MAX_CELL = 32_767
"""What a cell of a spreadsheet holds at most (Excel specifications and limits)."""

_FORMULA = re.compile(r"['\s]*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?%?")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Seen in real names, of Persian and Hindi for example."""


class TableProblem(ValueError):
    """A table cannot be read. The message says which file, what was found and what was expected."""


def guard(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe in front where it would begin with one of = + - @ tab CR LF.

    Source: OWASP, CSV Injection (owasp.org/www-community/attacks/CSV_Injection). Apostrophes and blanks in front of such a
    character count as well, so that `unguard` gives every text back as it was. Numbers are written by `number` and need no guard.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What `guard` was given: unguard(guard(text)) == text for every text."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text[1:]) else text


def clean(text: str) -> str:
    """Text on one line without what cannot be seen: line breaks and tabs become blanks, other control characters, direction
    marks, lone surrogates and private characters become U+FFFD."""
    spaced = re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]+", " ", text)
    return "".join("\ufffd" if _unseen(sign) else sign for sign in spaced)[:MAX_CELL]


def _unseen(sign: str) -> bool:
    return ord(sign) & 0xFFFE == 0xFFFE or (unicodedata.category(sign) in _UNSEEN and sign not in _JOINERS)


def safe(text: str) -> str:
    """Cleaned and guarded text for a cell."""
    return guard(clean(text))


def carried(text: str) -> str:
    """A cell of a table that somebody else wrote, carried on: numbers as they are, everything else made safe."""
    return text if _NUMBER.fullmatch(text) else safe(text)


def shown(text: str, width: int = 80) -> str:
    """Text for a terminal: on one line, nothing unseen, no escape sequences, at most `width` characters."""
    one = clean(text)
    return one if len(one) <= width else one[: width - 1] + "…"


def number(value: float) -> str:
    """A number as every LMS reads it: decimal point, no exponent, no thousands, at most four decimals, never -0."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def table_bytes(rows: Iterable[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows as a table in which every cell is quoted (RFC 4180: CRLF, quotes doubled)."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def read_table(path: Path) -> list[list[str]]:
    """Rows of a table that an LMS, a spreadsheet or this module wrote: comma, semicolon or tab; UTF-8, or UTF-16 with its mark.

    Raises:
        TableProblem: it is no such table.
    """
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise TableProblem(f"{path} has {path.stat().st_size:,} bytes; at most {MAX_TABLE_BYTES:,} are read.")
        content = path.read_bytes()
    except OSError as error:
        raise TableProblem(f"{path} cannot be opened: {error.strerror}.") from None
    return read_table_bytes(content, str(path))


def read_table_bytes(content: bytes, name: str) -> list[list[str]]:
    """As `read_table`, from the file's content."""
    if content[:4] == b"PK\x03\x04":
        raise TableProblem(f"{name} is a zip or an Excel workbook; expected a CSV file. In the spreadsheet choose 'Save as … CSV UTF-8'.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise TableProblem(f"{name} is neither UTF-8 nor UTF-16; save it as 'CSV UTF-8'.") from None
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=lambda sign: (len(next(csv.reader([first], delimiter=sign), [])), sign == ","))
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error as error:
        raise TableProblem(f"{name} is no table that can be read: {error}.") from None
