"""Pictures hold what the books hold: counts, values, levels and changes, each worked out without the pictures."""

from __future__ import annotations

import gzip
import os
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.codes import icd10cm, icd10pcs, pictures
from medcoding.codes.dates import DateOutOfRange, UnknownCode
from medcoding.codes.icd10cm import source
from medcoding.codes.icd10pcs import book as procedure_books
from medcoding.codes.ndc import NdcError
from medcoding.codes.pictures import PictureError

DATE = "2026-03-01"
SVG = "{http://www.w3.org/2000/svg}"
OFFICIAL = os.environ.get("MEDCODING_OFFICIAL")


@pytest.fixture(scope="module", autouse=True)
def books(tmp_path_factory):
    """The books as installed packages give them, without any official file of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        procedure_books.forget()
        icd10cm.build()
        icd10pcs.build()
        yield
    procedure_books.forget()


def rows(picture):
    """The table of the words without its header, as lists of cells."""
    return [line.split(" | ") for line in picture.words.split("\n") if " | " in line][1:]


def shown(picture):
    """Every text of the drawing, one string for each text element, its lines joined."""
    root = ET.fromstring(picture.svg)
    return [" ".join(part.strip() for part in element.itertext()) for element in root.iter(f"{SVG}text")]


def bold(picture):
    root = ET.fromstring(picture.svg)
    return [" ".join(element.itertext()) for element in root.iter(f"{SVG}text") if element.get("font-weight") == "700"]


# ---- how many ----------------------------------------------------------------------------------------------


def chapter_of(code: str) -> int:
    """The chapter of a code by the ranges that the chapters' titles print."""
    starts = [
        "A00", "C00", "D50", "E00", "F01", "G00", "H00", "H60", "I00", "J00", "K00", "L00", "M00", "N00", "O00", "P00", "Q00", "R00",
        "S00", "V00", "Z00",
    ]  # fmt: skip
    return 22 if code[0] == "U" else sum(code >= start for start in starts)


def test_chapters_hold_what_the_official_list_holds():
    text = sorted(source.find().tabular.parent.glob("code-list-*.txt"))[-1].read_text(encoding="utf-8")
    listed = sorted(code for code in (line.split(" ", 1)[0].replace(".", "") for line in text.splitlines()) if re.fullmatch("[A-Z][0-9A-Z]{2,6}", code))
    leaves = [code for code, following in zip(listed, [*listed[1:], ""], strict=True) if not following.startswith(code)]
    official = Counter(map(chapter_of, leaves))
    counted = {int(number): int(count.replace(",", "")) for number, _, count, _ in rows(pictures.chapter_sizes(on=DATE))}
    assert counted == dict(official)
    assert sum(counted.values()) == 74_719


def test_chapter_counts_stand_in_the_drawing_beside_their_titles():
    picture = pictures.chapter_sizes(on=DATE)
    texts = shown(picture)
    for number, title, count, share in rows(picture):
        assert number in texts and title in texts and f"{count} ({share})" in texts


def test_bars_are_as_long_as_their_counts():
    root = ET.fromstring(pictures.chapter_sizes(on=DATE).svg)
    lengths = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect")]
    counts = [int(count.replace(",", "")) for _, _, count, _ in rows(pictures.chapter_sizes(on=DATE))]
    assert len(lengths) == 22
    unit = lengths[18] / counts[18]
    assert all(length == pytest.approx(max(1.5, unit * count), abs=0.1) for length, count in zip(lengths, counts, strict=True))


def test_chapter_counts_of_an_old_date_leave_no_code_out():
    counts = [int(row[2].replace(",", "")) for row in rows(pictures.chapter_sizes(on="2016-01-01"))]
    assert sum(counts) == 69_823  # CMS, FY 2016: 69,823 codes


def test_sections_hold_what_cms_published_for_2023():
    """CMS, ICD-10-PCS 2023 Version Update Summary, totals by section, as repeated by a publisher.

    Its 45 for section 6 is read as 46, the number of the years before and after: only so do the sections give the total of 78,496.
    """
    published = [68_024, 304, 861, 1_257, 422, 51, 46, 100, 78, 90, 2_978, 463, 2_056, 1_380, 30, 59, 297]
    assert sum(published) == 78_496
    picture = pictures.section_sizes(on="2022-10-01")
    assert [int(count.replace(",", "")) for _, _, count, _ in rows(picture)] == published
    assert [row[0] for row in rows(picture)] == list("0123456789BCDFGHX")
    assert "78,496 codes" in picture.caption


# ---- what came and went ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("book", "day", "added", "deleted", "total"),
    [
        ("icd10cm", "1 October 2023", "395", "25", "74,044"),  # published totals of FY 2024
        ("icd10cm", "1 October 2025", "487", "28", "74,719"),  # FY 2026
        ("icd10pcs", "1 October 2018", "392", "216", "78,881"),  # FY 2019
        ("icd10pcs", "1 October 2019", "734", "2,056", "77,559"),  # FY 2020
        ("icd10pcs", "1 October 2021", "191", "107", "78,220"),  # FY 2022
        ("icd10pcs", "1 October 2022", "331", "64", "78,496"),  # FY 2023
    ],
)
def test_release_changed_as_many_codes_as_were_published(book, day, added, deleted, total):
    picture = pictures.yearly_changes(book)
    assert [day, added, deleted, total] in rows(picture)
    texts = shown(picture)
    assert {day, f"+{added}", f"−{deleted}", total} <= set(texts)


@pytest.mark.parametrize(("name", "module"), [("icd10cm", icd10cm), ("icd10pcs", icd10pcs)])
def test_timeline_adds_up_at_every_release(name, module):
    listed = rows(pictures.yearly_changes(name))
    first = module.on("2016-01-01")
    assert len(listed) == len(first.releases)
    numbers = [[int(cell.replace(",", "").replace("–", "0")) for cell in row[1:]] for row in listed]
    for day, before, (added, deleted, total) in zip(first.releases[1:], numbers, numbers[1:], strict=False):
        assert before[2] + added - deleted == total == len(module.on(day))


def test_other_book_has_no_timeline():
    with pytest.raises(PictureError, match="icd10cm and icd10pcs know every release"):
        pictures.yearly_changes("hcpcs")


# ---- one table ---------------------------------------------------------------------------------------------

OPENINGS = "0 Open; 3 Percutaneous; 4 Percutaneous Endoscopic; 7 Via Natural or Artificial Opening; 8 Via Natural or Artificial Opening Endoscopic"
KIDNEYS = "0 Kidney, Right; 1 Kidney, Left; 3 Kidney Pelvis, Right; 4 Kidney Pelvis, Left; 6 Ureter, Right; 7 Ureter, Left; B Bladder; C Bladder Neck"
QUALIFIERS = "X Diagnostic; Z No Qualifier"


def test_table_is_that_of_the_official_book():
    """Table 0TB of ICD-10-PCS 2026, copied from the official file by hand."""
    picture = pictures.pcs_table("0TB", on=DATE)
    assert rows(picture) == [["1", KIDNEYS, OPENINGS, "Z No Device", QUALIFIERS], ["2", "D Urethra", f"{OPENINGS}; X External", "Z No Device", QUALIFIERS]]
    assert "2 rows, 92 codes" in picture.caption  # 8·5·1·2 + 1·6·1·2
    texts = shown(picture)
    assert {"Section", "Medical and Surgical", "Body System", "Urinary System", "Operation"} <= set(texts)
    assert {"4 Body Part", "5 Approach", "6 Device", "7 Qualifier"} <= set(texts)
    for label in ("Kidney Pelvis, Right", "Bladder Neck", "Urethra", "Via Natural or Artificial Opening Endoscopic", "External", "Diagnostic"):
        assert label in texts
    assert texts.count("Percutaneous Endoscopic") == 2 and texts.count("External") == 1


def test_chosen_values_are_lit_in_the_row_that_holds_them():
    picture = pictures.pcs_table("0TB", on=DATE, chosen="0tb04zz")
    assert "0TB04ZZ is a code: 0, 4, Z and Z stand in row 1." in picture.words
    assert {"✓ 1", "Kidney, Right", "Percutaneous Endoscopic", "No Device", "No Qualifier"} <= set(bold(picture))
    assert not {"Kidney, Left", "Urethra", "External", "2"} & set(bold(picture))
    assert len(ET.fromstring(picture.svg).findall(".//*[@stroke-width='2.5']/{*}rect")) == 4


def test_illegal_choice_shows_what_each_row_lacks():
    picture = pictures.pcs_table("0TB", on=DATE, chosen="0TB0XZZ")
    assert "0TB0XZZ is no code: no row holds 0, X, Z and Z together." in picture.words
    texts = shown(picture)
    assert "✗ no X in this row" in texts and "✗ no 0 in this row" in texts
    assert not ET.fromstring(picture.svg).findall(".//*[@stroke-width='2.5']")
    assert [cell.rpartition("; ")[2] for cell in (rows(picture)[0][2], rows(picture)[1][1])] == ["no X", "no 0"]


def test_start_of_a_code_lights_every_row_it_may_go_on_in():
    """In table 0SR the right hip stands in rows 2 and 3 of the official book."""
    picture = pictures.pcs_table("0SR", on=DATE, chosen="0SR9")
    assert "0SR9 can go on: 9 stands in rows 2 and 3." in picture.words
    assert bold(picture).count("Hip Joint, Right") == 2


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_value_of_any_table_stands_in_picture_and_words(data):
    book = icd10pcs.on(DATE)
    prefix = ""
    for _ in range(3):
        prefix += data.draw(st.sampled_from(sorted(book.next_axis(prefix))))
    picture = pictures.pcs_table(prefix, on=DATE)
    if "rows are drawn" in picture.words:
        return
    codes = _codes(book, prefix)
    assert f"{len(codes):,} code" in picture.caption
    cells = [[cell.split("; ") for cell in row[1:]] for row in rows(picture)]
    for place in range(4):
        said = {value.split(" ")[0] for row in cells for value in row[place]}
        assert said == {code[3 + place] for code in codes}
    texts = Counter(shown(picture))
    for value, count in Counter(value.split(" ")[0] for row in cells for cell in row for value in cell).items():
        assert texts[value] >= count
    bare = {re.sub(r"[\s-]", "", text) for text in texts}  # lines are joined, a word cut at a line's end has a hyphen
    assert {re.sub(r"[\s-]", "", value.partition(" ")[2]) for row in cells for cell in row for value in cell} <= bare | {""}


def _codes(book, prefix):
    """Every valid code of a table, by walking its axes."""
    starts = [prefix]
    while starts and len(starts[0]) < 7:
        starts = [start + value for start in starts for value in book.next_axis(start)]
    return starts


@pytest.mark.skipif(not OFFICIAL, reason="MEDCODING_OFFICIAL is not set")
@pytest.mark.parametrize("prefix", ["0TB", "0SR", "02H", "B21", "GZ1", "F00"])
def test_values_are_those_of_the_official_tables(prefix):
    with gzip.open(Path(OFFICIAL) / "icd10pcs_tables_2026.xml.gz") as file:
        tables = ET.parse(file).getroot().iter("pcsTable")
    table = next(t for t in tables if "".join(axis.find("label").get("code") for axis in t.findall("axis")) == prefix)
    official = [{label.get("code") for row in table.findall("pcsRow") for label in row.findall(f"axis[@pos='{n}']/label")} for n in range(4, 8)]
    listed = rows(pictures.pcs_table(prefix, on=DATE))
    assert [{value.split(" ")[0] for row in listed for value in row[n].split("; ")} for n in range(1, 5)] == official


def test_very_long_table_is_cut_to_the_chosen_body_part_and_says_so():
    whole, part = pictures.pcs_table("3E0", on=DATE), pictures.pcs_table("3E0", on=DATE, chosen="3E03317")
    assert "of 187 rows are drawn, the first ones" in whole.words and any("of 187 rows are drawn" in text for text in shown(whole))
    assert "rows are drawn: those that hold 3 on axis 4." in part.words
    assert rows(part) and all("3 Peripheral Vein" in row[1] for row in rows(part))
    assert "3E03317 is a code" in part.words


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: pictures.pcs_table("0TB04ZZ", on=DATE), PictureError, r"first three characters: pcs_table\('0TB', chosen='0TB04ZZ'\)"),
        (lambda: pictures.pcs_table("0T9", on=DATE, chosen="0TB04ZZ"), PictureError, "not in table 0T9"),
        (lambda: pictures.pcs_table("0TI", on=DATE), PictureError, "is no table"),
        (lambda: pictures.pcs_table("0TZ", on=DATE), UnknownCode, "There is no table 0TZ on 2026-03-01"),
        (lambda: pictures.pcs_table(None, on=DATE), PictureError, "NoneType is no table"),
        (lambda: pictures.axes("0TB0XZZ", on=DATE), PictureError, "breaks at axis 5, Approach"),
        (lambda: pictures.axes("0SRB04I", on=DATE), UnknownCode, "letter I"),
        (lambda: pictures.axes("", on=DATE), UnknownCode, "ICD-10-PCS code"),
        (lambda: pictures.structure("0TB0XZZ", on=DATE), PictureError, "breaks at axis 5"),
        (lambda: pictures.structure("E11.99", on=DATE), UnknownCode, "E11.9 is complete"),
        (lambda: pictures.structure("<b>", on=DATE), UnknownCode, "not found in ICD-10-CM"),
        (lambda: pictures.structure(None, on=DATE), UnknownCode, "NoneType"),
        (lambda: pictures.structure("N18.30", on="2018-01-01"), PictureError, "takes effect on 2020-10-01"),
        (lambda: pictures.structure("A0100", on=DATE), PictureError, "ICD-10-CM or HCPCS: write a diagnosis with its dot, or say book='icd10cm'"),
        (lambda: pictures.structure("E11.65", on=DATE, book="cpt"), PictureError, "There is no book 'cpt'"),
        (lambda: pictures.chapter_sizes(on="2010-01-01"), DateOutOfRange, "replaced ICD-9-CM"),
        (lambda: pictures.ndc_segments(), PictureError, "No drug number"),
        (lambda: pictures.ndc_segments("00021433080"), PictureError, "shows no segments"),
        (lambda: pictures.ndc_segments("0002143380"), NdcError, "ten digits and no hyphens"),
    ],
)
def test_what_cannot_be_drawn_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- where a code stands -----------------------------------------------------------------------------------


def test_rings_of_a_diagnosis_are_those_of_the_tabular_list():
    """Chapter 4 of 22; E08-E13 among its blocks; the categories E08 to E11 and E13; what stands under E11 and E11.6."""
    root = ET.parse(source.find().tabular).getroot()
    chapter = next(one for one in root.iterfind("chapter") if one.findtext("name") == "4")
    category = next(one for one in chapter.iter("diag") if one.findtext("name") == "E11")
    six = next(one for one in category.iterfind("diag") if one.findtext("name") == "E11.6")
    levels = [
        (f"Chapter {one.findtext('name')}" for one in root.iterfind("chapter")), (one.get("id") for one in chapter.iterfind("section")),
        (one.findtext("name") for one in next(s for s in chapter.iterfind("section") if s.get("id") == "E08-E13").iterfind("diag")),
        (one.findtext("name") for one in category.iterfind("diag")), (one.findtext("name") for one in six.iterfind("diag")),
    ]  # fmt: skip
    lit = ["Chapter 4", "E08-E13", "E11", "E11.6", "E11.65"]
    picture = pictures.structure("e11.65", on=DATE)
    listed = rows(picture)
    assert [row[0] for row in listed] == ["1 Chapter", "2 Block", "3 Category", "4 Subcategory", "5 Subcategory, a whole code"]
    for row, level, own in zip(listed, levels, lit, strict=True):
        names = list(level)
        assert row[1].startswith(own + " ")
        assert [beside.removeprefix("Chapter ").split(" ")[0] for beside in row[2].split("; ")] == [n.removeprefix("Chapter ") for n in names if n != own]
    assert {"4", "E08-E13", "E11", "E11.6", "E11.65"} <= set(bold(picture))
    assert len(ET.fromstring(picture.svg).findall(".//*[@stroke-width='2.5']/{*}path")) == 5
    faint = ET.fromstring(picture.svg).findall(".//*[@stroke-width='0.75']/{*}path")
    assert len(faint) == sum(len(row[2].split("; ")) for row in listed)


def test_seventh_character_is_a_ring_of_its_own():
    last = rows(pictures.structure("S72001A", on=DATE))[-1]
    assert last[0] == "7 7th character, a whole code" and last[1].startswith("S72.001A ")
    assert [beside.split(" ")[0][-1] for beside in last[2].split("; ")] == list("BCDEFGHJKMNPQRS")  # the note at S72


def test_block_that_is_named_as_its_only_category_is_no_category():
    """The book has a block C50 (breast) with the one category C50 in it."""
    listed = rows(pictures.structure("C50.911", on=DATE))
    assert [row[0] for row in listed][1:4] == ["2 Block", "3 Category", "4 Subcategory"]
    assert listed[2][1].startswith("C50 ") and listed[2][2] == "nothing"


def test_header_ends_in_a_ring_of_what_stands_below():
    picture = pictures.structure("S72", on=DATE)
    assert rows(picture)[-1][:2] == ["4 Right below it", "–"]
    assert [beside.split(" ")[0] for beside in rows(picture)[-1][2].split("; ")] == ["S72.0", "S72.1", "S72.2", "S72.3", "S72.4", "S72.8", "S72.9"]
    assert "a header, never reported" in picture.caption


def test_rings_of_a_procedure_are_its_seven_axes():
    listed = rows(pictures.structure("0TB04ZZ", on=DATE))
    assert [row[0] for row in listed] == ["1 Section", "2 Body System", "3 Operation", "4 Body Part", "5 Approach", "6 Device", "7 Qualifier"]
    assert [row[1] for row in listed] == [
        "0 Medical and Surgical", "T Urinary System", "B Excision", "0 Kidney, Right", "4 Percutaneous Endoscopic", "Z No Device", "Z No Qualifier",
    ]  # fmt: skip
    assert listed[3][2] == KIDNEYS.removeprefix("0 Kidney, Right; ") + "; D Urethra"
    assert listed[4][2] == OPENINGS.replace("4 Percutaneous Endoscopic; ", "")
    assert listed[5][2] == "nothing" and listed[6][2] == "X Diagnostic"


def test_rings_of_a_supply_are_letter_and_code():
    listed = rows(pictures.structure("J3420", on=DATE))
    assert [row[0] for row in listed] == ["1 Letter", "2 Code"]
    assert listed[0][1].startswith("J ") and len(listed[0][2].split("; ")) == 21  # A to V without J
    assert listed[1][1].startswith("J3420 ") and "others, from J" in listed[1][2]


def test_named_book_settles_a_code_of_two_books():
    assert pictures.structure("A0100", on=DATE, book="hcpcs").caption.startswith("HCPCS")
    assert pictures.structure("A0100", on=DATE, book="icd10cm").title.startswith("A01.00 ")


def test_without_a_date_the_book_of_today_is_taken():
    assert "billable" in pictures.structure("E11.65").caption


# ---- boxes and segments ------------------------------------------------------------------------------------


def test_axes_name_every_character():
    picture = pictures.axes("0tb04zz", on=DATE)
    assert rows(picture) == [
        ["1 Section", "0", "Medical and Surgical"], ["2 Body System", "T", "Urinary System"], ["3 Operation", "B", "Excision"],
        ["4 Body Part", "0", "Kidney, Right"], ["5 Approach", "4", "Percutaneous Endoscopic"], ["6 Device", "Z", "No Device"],
        ["7 Qualifier", "Z", "No Qualifier"],
    ]  # fmt: skip
    texts = shown(picture)
    for axis, value, label in rows(picture):
        assert axis[2:] in texts and value in texts and label in texts
    assert picture.title.startswith("0TB04ZZ Excision of Right Kidney")


def test_open_axes_are_marked_open():
    picture = pictures.axes("0TB", on=DATE)
    assert [row[1] for row in rows(picture)] == ["0", "T", "B", "open", "open", "open", "open"]
    assert shown(picture).count("?") == 4 and "9 values to choose from" in shown(picture)


@pytest.mark.parametrize(
    ("printed", "layout", "claim", "future", "segment"),
    [
        ("0002-1433-80", "4-4-2", "00002-1433-80", "000002-1433-80", "labeler"),
        ("98765-432-10", "5-3-2", "98765-0432-10", "098765-0432-10", "product"),
        ("98765-4321-0", "5-4-1", "98765-4321-00", "098765-4321-00", "package"),
    ],
)
def test_zero_goes_in_front_of_the_short_segment(printed, layout, claim, future, segment):
    picture = pictures.ndc_segments(printed, future=True)
    assert [row[2:4] for row in rows(picture)] == [[printed, layout], [claim, "5-4-2"], [future, "6-4-2"]]
    assert rows(picture)[0][4] == "nothing added"
    assert rows(picture)[1][4] == f"a zero in front of the {segment}"
    root = ET.fromstring(picture.svg)
    digits = [text.text for text in root.iter(f"{SVG}text") if text.get("font-size") == "18"]
    assert "".join(digits) == (printed + claim + future).replace("-", "")
    added = len(claim) - len(printed) + len(future) - len(printed)
    assert len(root.findall(".//*[@stroke-dasharray]/{*}rect")) == added == shown(picture).count("+")
