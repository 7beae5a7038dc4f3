"""CMS's quarterly files, for an institution that has them: pairs (PTP) and unit limits (MUE), in the published layouts.

The files hold numbers of the licensed set, so none is shipped; what is read here stays in memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

from medcoding.claims.edits.tables import Limit, Pair, TableError

MAX_BYTES = 200 << 20
_CODE = re.compile(r"[0-9A-V][0-9A-Z]{3}[0-9A-Z]")


def read_pairs(path: Path | str, quarter: str) -> tuple[Pair, ...]:
    """The pairs of a practitioner or hospital PTP file: seven columns, separated by tabs.

    Column 1, column 2, a star for edits older than 1996, first day, last day or a star, indicator, rationale. Lines before
    the first pair (notice and header) are passed over. Raises `TableError` for a later line that is none, or no pair at all.
    """
    found: list[Pair] = []
    source = f"CMS NCCI PTP file {Path(path).name}"
    for number, line in enumerate(_text(path).splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in line.split("\t")]
        if len(cells) < 6 or not (_CODE.fullmatch(cells[0]) and _CODE.fullmatch(cells[1])):
            if found and line.strip():
                raise TableError(f"Line {number} is no pair: {line[:60]!r}. Seven columns with tabs were expected. Nothing was read.")
            continue
        start, end = _day(cells[3]), _day(cells[4])
        if start is None or (end is None and cells[4] not in ("*", "")) or cells[5][:1] not in ("0", "1", "9"):
            raise TableError(f"Line {number} has not the columns of a pair: first day {cells[3][:12]!r}, last day {cells[4][:12]!r}, indicator {cells[5][:4]!r}.")
        found.append(Pair(cells[0], cells[1], cells[5][:1], start, end, cells[6] if len(cells) > 6 else "", quarter, source))
    if not found:
        raise TableError(f"{Path(path).name} holds no pair. Give CMS's text file of a quarter (ccipra… or ccioph…), unzipped.")
    return tuple(found)


def read_limits(path: Path | str) -> tuple[Limit, ...]:
    """The limits of an MUE file: code, units, adjudication indicator ("3 Date of Service Edit: Clinical"), rationale, with commas.

    Raises `TableError` for a row of a code whose other columns are not those, or for no limit at all.
    """
    found: list[Limit] = []
    source = f"CMS NCCI MUE file {Path(path).name}"
    for row in csv.reader(io.StringIO(_text(path))):
        if len(row) < 3 or not _CODE.fullmatch(row[0].strip()):
            continue
        units, indicator = row[1].strip(), row[2].strip()[:1]
        if not units.isdigit() or indicator not in ("1", "2", "3"):
            raise TableError(f"{row[0]} has the units {units[:12]!r} and the indicator {row[2][:20]!r}; a number and 1, 2 or 3 were expected.")
        found.append(Limit(row[0].strip(), int(units), indicator, row[3].strip() if len(row) > 3 else "", source))
    if not found:
        raise TableError(f"{Path(path).name} holds no limit. Give CMS's CSV file (MCR_MUE_…), unzipped.")
    return tuple(found)


def _text(path: Path | str) -> str:
    file = Path(path)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise TableError(f"{file.name} has more than {MAX_BYTES >> 20} MB: it is none of these files.")
        return file.read_text(encoding="latin-1")
    except OSError as error:
        raise TableError(f"{file.name} cannot be read: {error.strerror}.") from None


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None
