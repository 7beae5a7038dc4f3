"""What a code's page says, book by book, without a browser."""

from __future__ import annotations

import json
from datetime import date

import pytest
from encoder_support import ON, codes_in, said
from medcoding.codes import icd10cm, icd10pcs
from medcoding.codes.dates import DateOutOfRange, UnknownCode
from medcoding.widgets.pages import page
from medcoding.widgets.pages.comparing import compare
from medcoding.widgets.pages.parts import linked, validity
from medcoding.widgets.pages.procedures import builder


def notes(found: dict, kind: str) -> dict[str, list]:
    """{where: lines} of one kind of note."""
    return {group["at"]: group["lines"] for note in found["notes"] if note["kind"] == kind for group in note["groups"]}


def marks(found: dict) -> list[str]:
    return [mark["name"] for mark in found["marks"]]


# Diagnoses


def test_notes_stand_with_the_heading_they_come_from() -> None:
    found = page("icd10cm", "I12.9", ON)
    excludes = notes(found, "excludes1")
    assert list(excludes) == ["I12", "I10-I1A"]
    assert [said(line) for line in excludes["I12"]][:2] == ["hypertension due to kidney disease (I15.0, I15.1)", "renovascular hypertension (I15.0)"]
    assert codes_in(excludes["I12"]) == ["I15.0", "I15.1", "I15.0", "I15"]
    own = [group for note in found["notes"] for group in note["groups"] if group["own"]]
    assert {group["at"] for group in own} == {"I12.9"} and said(own[0]["lines"][0]) == "Hypertensive chronic kidney disease NOS"


def test_every_note_of_the_book_is_on_the_page_once() -> None:
    book = icd10cm.on(ON)
    for code in ("I12.9", "E11.65", "S72.001A", "M32.11", "O24.410"):
        found, entry = page("icd10cm", code, ON), book[code]
        shown = [said(line) for note in found["notes"] for group in note["groups"] for line in group["lines"]]
        kinds = ("includes", "inclusion_terms", "excludes1", "excludes2", "code_first", "use_additional", "code_also", "notes", "seventh_character_notes")
        assert sorted(shown) == sorted(note.text for kind in kinds for note in getattr(entry, kind))


def test_the_trail_and_what_stands_beside_and_below() -> None:
    found = page("icd10cm", "I12", ON)
    assert [step["name"] for step in found["trail"]] == ["9", "I10-I1A"]
    assert [one["code"] for one in found["siblings"]] == ["I10", "I11", "I12", "I13", "I15", "I16", "I1A"]
    assert [(one["code"], one["severity"]) for one in found["children"]] == [("I12.0", "CC"), ("I12.9", "")]
    assert marks(found) == ["Header"] and not found["billable"] and "more character" in found["problem"]


def test_marks_tell_what_the_code_weighs() -> None:
    assert marks(page("icd10cm", "J96.01", ON)) == ["Reportable", "MCC", "HCC 213 (V28)", "HCC 84 (V24)"]
    assert marks(page("icd10cm", "I10", ON)) == ["Reportable"]
    assert marks(page("icd10cm", "W19.XXXA", ON)) == ["Reportable", "Never first"]
    assert "grouper 43.0" in page("icd10cm", "J96.01", ON)["marks"][1]["text"]
    assert "grouper 41.0" in page("icd10cm", "J96.01", "2024-03-16")["marks"][1]["text"]


@pytest.mark.parametrize(
    ("code", "stem", "filler", "first"),
    [
        ("S72.001", "S72.001", "", "S72.001A"),
        ("S03.40", "S03.40", "X", "S03.40XA"),
        ("T36.0X1", "T36.0X1", "", "T36.0X1A"),
        ("W19", "W19", "XXX", "W19.XXXA"),
        ("S03.40XD", "S03.40", "X", "S03.40XA"),
    ],
)
def test_the_seventh_character_follows_placeholders(code: str, stem: str, filler: str, first: str) -> None:
    picker = page("icd10cm", code, ON)["seventh"]
    assert (picker["stem"], picker["filler"], picker["choices"][0]["code"]) == (stem, filler, first)
    assert picker["chosen"] == ("D" if code.endswith("D") else "")
    book = icd10cm.on(ON)
    for choice in picker["choices"]:
        bare = choice["code"].replace(".", "")
        assert len(bare) == 7 and bare == stem.replace(".", "") + filler + choice["character"]
        assert choice["code"] in book and choice["meaning"] == book[stem].seventh_characters[choice["character"]]


def test_a_code_without_seventh_characters_has_no_picker() -> None:
    assert page("icd10cm", "I10", ON)["seventh"] is None and page("icd10cm", "S72.0", ON)["seventh"] is None


def test_dates_and_changes_are_told() -> None:
    found = page("icd10cm", "E66.813", ON)
    assert found["facts"][0]["lines"] == [[{"text": "From 2024-10-01 on; no end is known."}]]
    (change,) = found["changes"]
    assert change["day"] == "2024-10-01" and [said(line) for line in change["lines"]] == ["New: E66.811, E66.812, E66.813, E66.89", "Became a header: E66.8"]
    old = page("icd10cm", "E66.8", "2024-03-16")
    assert old["billable"] and said(old["facts"][0]["lines"][0]) == "From 2015-10-01 to 2024-09-30."


def test_notes_elsewhere_lead_to_where_they_stand() -> None:
    (one,) = page("icd10cm", "E66.813", ON)["elsewhere"]
    assert (one["name"], one["at"], one["link"], said(one["line"])) == ("Excludes1", "R63.5", True, "obesity (E66.-)")


def test_only_codes_of_the_book_become_links() -> None:
    book = icd10cm.on(ON)
    parts = linked("see <b>I15.0</b>, Q99.ZZ, A00-B99, E08.- and T36.0X1A", lambda code: book.get(code) is not None)
    assert [part["code"] for part in parts if "code" in part] == ["I15.0", "A00", "B99", "E08", "T36.0X1A"]
    assert said(parts) == "see <b>I15.0</b>, Q99.ZZ, A00-B99, E08.- and T36.0X1A"


def test_a_page_is_plain_data_without_markup() -> None:
    for book, code in (("icd10cm", "E11.65"), ("icd10pcs", "0SR90JA"), ("hcpcs", "J3420"), ("services", "svc:im-injection")):
        text = json.dumps(page(book, code, ON))
        assert "<" not in text and json.loads(text)["code"]


def test_unknown_codes_and_dates_are_refused_with_words() -> None:
    with pytest.raises(UnknownCode, match="Nearest"):
        page("icd10cm", "E11.6Z", ON)
    with pytest.raises(DateOutOfRange, match="2015-10-01"):
        page("icd10cm", "I10", "2014-03-16")


def test_validity_in_words() -> None:
    first, last = date(2016, 10, 1), date(2020, 9, 30)
    assert validity(first, None) == "From 2016-10-01 on; no end is known."
    assert validity(first, last) == "From 2016-10-01 to 2020-09-30."
    assert validity(None, last) == "Up to 2020-09-30." and validity(None, None) == "Dates are not known."


# Procedures


def test_a_procedure_tells_its_seven_axes() -> None:
    found = page("icd10pcs", "0SR90JA", ON)
    assert "".join(axis["value"] for axis in found["axes"]) == "0SR90JA"
    assert [axis["name"] for axis in found["axes"]] == ["Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier"]
    assert "B3.18" in found["axes"][2]["definition"] and found["axes"][4]["label"] == "Open" and found["axes"][4]["definition"]


def test_the_builder_offers_what_the_tables_take_and_fills_what_leaves_no_choice() -> None:
    book = icd10pcs.on(ON)
    built = builder(book, "0SR9")
    values = [axis["value"] for axis in built["axes"]]
    assert values == ["0", "S", "R", "9", "0", "", ""] and built["axes"][4]["only"] and built["code"] == ""
    for place, axis in enumerate(built["axes"][:6]):
        assert {choice["value"]: choice["label"] for choice in axis["choices"]} == book.next_axis("".join(values[:place]))
    whole = builder(book, "0sr90ja")
    assert (whole["code"], whole["title"]) == ("0SR90JA", book["0SR90JA"].title)


def test_the_builder_drops_what_is_not_offered_and_says_so() -> None:
    built = builder(icd10pcs.on(ON), "0SRZ0JA")
    assert built["start"] == "0SR" and "Z is not offered at axis 4" in built["dropped"]
    assert builder(icd10pcs.on(ON), "")["start"] == "" and builder(icd10pcs.on(ON), "")["dropped"] == ""


def test_every_code_the_builder_makes_is_in_the_book() -> None:
    """The first and the last offered value, axis by axis, in every section."""
    book = icd10pcs.on(ON)
    for section in book.next_axis(""):
        for pick in (0, -1):
            typed = section
            while len(typed) < 7:
                built = builder(book, typed)
                if built["code"]:
                    break
                typed = built["start"] + built["axes"][len(built["start"])]["choices"][pick]["value"]
            assert builder(book, typed)["code"] in book


# Supplies, services, drug packages


def test_a_supply_tells_its_unit_coverage_and_neighbours() -> None:
    found = page("hcpcs", "J3420", ON)
    facts = {fact["name"]: said(fact["lines"][0]) for fact in found["facts"]}
    assert facts["One unit"] == "up to 1,000 mcg" and facts["Medicare coverage"].startswith("D: ")
    assert found["trail"][0]["name"] == "J" and {"J3411", "J3420"} <= {one["code"] for one in found["siblings"]}


def test_a_service_is_described_in_the_courses_words() -> None:
    found = page("services", "SVC:im-injection", ON)
    assert found["code"] == "svc:im-injection" and marks(found) == ["Service key"]
    with pytest.raises(UnknownCode, match="Near"):
        page("services", "svc:im-injektion", ON)


def test_an_invented_package_says_that_it_is_invented() -> None:
    from medcoding.codes import ndc

    code = next(iter(ndc.on(ON))).code
    assert marks(page("ndc", code, ON)) == ["Invented"] and not page("ndc", code, ON)["billable"]


# Side by side


def test_what_only_one_of_two_codes_has_is_told() -> None:
    found = compare(page("icd10cm", "I12.0", ON), page("icd10cm", "I12.9", ON))
    rows = {row["name"]: row for row in found["rows"]}
    assert [(said(line["parts"]), line["only"]) for line in rows["Marks"]["left"]] == [
        ("Reportable", False), ("CC", True), ("HCC 326 (V28)", True), ("HCC 136 (V24)", True),
    ]  # fmt: skip
    assert rows["Dates"]["same"] and rows["Excludes1"]["same"] and not rows["Title"]["same"]


def test_a_code_beside_itself_is_the_same_in_every_row() -> None:
    found = compare(page("icd10pcs", "0SR90JA", ON), page("icd10pcs", "0SR90JA", ON))
    assert len(found["rows"]) >= 9 and all(row["same"] and not any(line["only"] for line in row["left"]) for row in found["rows"])
