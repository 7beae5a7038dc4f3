"""The official HCPCS file: read whole, or refused with the line at which it broke."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import hcpcs, official
from medcoding.codes.hcpcs.book import forget
from medcoding.codes.hcpcs.tables import teaching_code, teaching_modifiers, teaching_rows
from medcoding.codes.official import OfficialFileError

OFFICIAL = Path(os.environ.get("MEDCODING_OFFICIAL", ""), "HCPC2020_ANWEB.txt.gz")
needs_file = pytest.mark.skipif(not os.environ.get("MEDCODING_OFFICIAL") or not OFFICIAL.is_file(), reason="MEDCODING_OFFICIAL is not set")


def record(code, kind="3", long="text", short="short", pricing="51", coverage="D", added="19860101", effective="20240101", ended="", action="N", cross=""):
    """One record in the layout of the CMS contractor file, written from its positions."""
    line = [" "] * 320
    for start, text in (
        (1, code.rjust(5)), (6, "00100"), (11, kind), (12, long), (92, short), (120, pricing), (128, "A"), (205, cross), (230, coverage),
        (269, added), (277, effective), (285, ended), (293, action),
    ):  # fmt: skip
        line[start - 1 : start - 1 + len(text)] = text
    return "".join(line)


def more(code, text, kind="4"):
    return f"{code.rjust(5)}00200{kind}{text}".ljust(92)


SMALL = [
    "Note regarding coverage", "", record("JW", "7", "Drug amount discarded", "Discarded drug", "", "C"),
    record("A0425", long="Ground mileage,", short="Ground mileage"), more("A0425", "per statute mile"),
    record("J3420", long="Injection, vitamin b-12", short="Vitamin b12 injection"),
    record("J9997", long="Old injection", short="Old", ended="20231231", action="D", cross="J3420"),
    record("V5266", long="Battery", short="Battery", coverage="S", pricing="00", effective="20240401"),
]  # fmt: skip


def put(folder, lines, name="HCPC2024_ANWEB.txt", end="\r\n"):
    path = folder / name
    path.write_bytes((end.join(lines) + end).encode("cp1252"))
    return path


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    forget()
    yield
    forget()


def test_small_file_is_recognised_and_read(tmp_path):
    path = put(tmp_path, SMALL)
    assert official.recognise(path).name == "hcpcs-anweb"
    (done,) = official.add(path).installed
    assert done.release == "2024-04"
    assert done.counts == {"codes": 4, "codes not ended": 3, "modifiers": 1}
    book = hcpcs.on("2024-06-01")
    assert book.complete
    code = book["A0425"]
    assert code.long_description == "Ground mileage, per statute mile"
    assert code.teaching and code.units == "per mile"
    assert (code.coverage, code.pricing, code.valid_from.isoformat(), code.valid_to) == ("D", ("51",), "1986-01-01", None)


def test_ended_code_names_its_successor(tmp_path):
    official.add(put(tmp_path, SMALL))
    assert "J9997" in hcpcs.on("2023-12-31")
    book = hcpcs.on("2024-01-01")
    assert "J9997" not in book
    finding = book.problem("J9997")
    assert finding.rule == "not-valid-on-date"
    assert "2023-12-31" in finding.message and "J3420" in finding.message
    assert [hit.code for hit in book.search("old injection") if hit.code == "J9997"] == []


def test_unknown_code_is_an_error_once_the_file_is_there(tmp_path):
    assert hcpcs.on("2024-06-01").problem("J9998").severity == "warning"
    official.add(put(tmp_path, SMALL))
    finding = hcpcs.on("2024-06-01").problem("J9998")
    assert (finding.severity, finding.rule) == ("error", "unknown-code")


def test_licensed_numbers_in_a_file_are_left_out(tmp_path):
    lines = [*SMALL[:-1], record("D" + "0120"), record("99" + "213"), SMALL[-1]]
    (done,) = official.add(put(tmp_path, lines)).installed
    assert done.counts["licensed numbers left out"] == 2
    assert done.counts["codes"] == 4


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (SMALL[:-1], "cut short"),
        ([*SMALL[:4], more("J3420", "stray"), *SMALL[4:]], "line 5.*continuation"),
        ([*SMALL, SMALL[3]], "A0425 is there twice"),
        ([*SMALL[:3], SMALL[3][:300], *SMALL[4:]], "line 4.*300 characters"),
        ([*SMALL[:3], record("A0425", added="20241301"), *SMALL[4:]], "line 4.*no date"),
        ([*SMALL[:3], record("A0425", coverage="Z"), *SMALL[4:]], "position 230"),
        ([*SMALL[:4], "lorem ipsum", *SMALL[4:]], "line 5.*no record"),
        ([*SMALL, record("W1234")], "no code"),
    ],
)
def test_broken_file_changes_nothing_and_says_where(tmp_path, lines, message):
    official.add(put(tmp_path, SMALL, "good.txt"))
    before = official.installed()
    with pytest.raises(OfficialFileError, match=re.compile(message, re.DOTALL)):
        official.add(put(tmp_path, lines, "bad.txt"))
    assert official.installed() == before


def test_file_cut_in_a_line_is_refused(tmp_path):
    path = put(tmp_path, SMALL)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(OfficialFileError, match="cut short"):
        official.add(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_give_nothing_but_the_documented_error(tmp_path, data):
    raw = bytearray("\r\n".join([*SMALL, ""]).encode("cp1252"))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.txt"
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    with contextlib.suppress(OfficialFileError):
        official.add(path)


@pytest.fixture(scope="module")
def real_lines():
    return gzip.decompress(OFFICIAL.read_bytes()).decode("cp1252").split("\r\n")


@pytest.fixture(scope="module")
def real_records(real_lines):
    """Code to (first record, whole long description), read here by position, apart from the importer."""
    found: dict[str, tuple[str, str]] = {}
    for line in real_lines:
        if len(line) > 11 and line[10] in "37":
            found[line[:5].strip()] = (line, line[11:91].strip())
        elif len(line) > 11 and line[10] in "48":
            first, text = found[line[:5].strip()]
            found[line[:5].strip()] = (first, f"{text} {line[11:91].strip()}")
    return found


@needs_file
def test_every_teaching_code_is_in_the_official_file_and_not_ended(real_records):
    for code in teaching_rows():
        entry = teaching_code(code)
        if "not in the January 2020 file" in entry.source:
            assert code not in real_records
            continue
        line, _ = real_records[code]
        assert line[284:292].strip() == "", f"{code} ended"
        assert entry.valid_from.strftime("%Y%m%d") == line[268:276]
        assert entry.coverage == line[229]
        assert entry.pricing == tuple(line[119:127].split()) or "".join(entry.pricing) == line[119:127].strip()


@needs_file
def test_every_teaching_modifier_is_in_the_official_file_and_not_ended(real_records):
    for code, modifier in teaching_modifiers().items():
        if "not in the January 2020 file" in modifier.source:
            assert code not in real_records
        else:
            assert real_records[code][0][284:292].strip() == "", f"{code} ended"


@needs_file
def test_units_are_those_of_the_official_wording(real_records):
    measures = {
        "mg": "mg|milligrams?", "mcg": "mcg|micrograms?", "g": "gm|grams?", "mL": "ml|cc", "units": "units", "mEq": "meq",
        "minutes": "minutes?", "hour": "hour", "month": "month", "microcurie": "microcurie",
    }  # fmt: skip
    checked = 0
    for code in teaching_rows():
        entry = teaching_code(code)
        if entry.unit_amount is None or code == "T2007":  # worded as a half hour
            continue
        text = real_records[code][1].lower().replace(",", "")
        amount, measure = f"{entry.unit_amount:f}", measures[entry.unit_measure]
        said = re.search(rf"(?<![\d.]){re.escape(amount)}\s*({measure})", text) or (amount == "1" and re.search(rf"(per|1) ({measure})", text))
        assert said, f"{code}: {entry.units} is not in {text[:120]!r}"
        assert entry.units.startswith("up to") == ("up to" in text), code
        checked += 1
    assert checked > 150


@needs_file
def test_titles_are_in_our_own_words(real_records):
    same = [
        code for code in teaching_rows() if code in real_records and len(title := teaching_code(code).title) > 25
        and title.lower().strip(".") in (real_records[code][1].lower().strip("."), real_records[code][0][91:119].strip().lower())
    ]  # fmt: skip
    assert same == []


@needs_file
def test_real_file_is_read_whole(real_records):
    (done,) = official.add(OFFICIAL).installed
    codes = [code for code in real_records if len(code) == 5]
    assert done.counts["codes"] == len(codes) == 6710
    assert done.counts["modifiers"] == len(real_records) - len(codes) == 369
    assert done.release == "2020-01"
    book = hcpcs.on("2020-03-01")
    for code in codes[::97]:
        assert book[code].long_description == re.sub(" +", " ", real_records[code][1]) or book[code].long_description == real_records[code][1]
    assert "J3420" in book and book["J3420"].long_description.startswith("Injection, vitamin b-12")
    assert "CP" not in book.modifiers and "CP" in hcpcs.on("2017-12-31").modifiers
    assert next(hit.code for hit in book.search("methylprednisolone 80 mg", limit=3)) == "J1040"


@needs_file
def test_real_file_cut_at_any_line_is_refused(tmp_path, real_lines):
    for count in (10, 3000, 12000):
        with pytest.raises(OfficialFileError):
            official.add(put(tmp_path, real_lines[:count], "cut.txt"))
    assert official.installed() == []


def test_an_ended_supply_is_followed_by_the_codes_that_the_file_points_to(tmp_path):
    import datetime as dt

    from medcoding.codes.successors import successors

    official.add(put(tmp_path, SMALL))
    (one,) = successors("hcpcs", "J9997", dt.date(2024, 2, 1), dt.date(2023, 1, 1))
    assert (one.code, one.certain) == ("J3420", True)
