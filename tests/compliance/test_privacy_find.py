"""Identifiers in texts: what is found, what is left alone, what may stay, and that no text breaks or slows the rules."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import deidgate
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.compliance import privacy
from medcoding.compliance.privacy.finding import MARKED

YEAR = 2026
NOTES = yaml.safe_load(Path(__file__).with_name("notes.yaml").read_text(encoding="utf-8"))


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, span.text) for span in privacy.find(text, year=YEAR)]


# ---- the worked examples of the lesson --------------------------------------------------------------------


def test_date_city_and_plate_of_the_worked_example() -> None:
    text = "Seen 4/9/2026 in Dayton, plate 7KLM"
    assert found(text) == [("date", "4/9/2026"), ("geographic", "Dayton"), ("vehicle", "7KLM")]
    assert privacy.redact(text) == "Seen [date 2026] in [place], plate [vehicle number]"


def test_note_with_email_county_serial_number_birth_date_state_and_diagnosis() -> None:
    text = "Born 5/14/1971, lives in Greene County, Ohio. Pump serial number QX77-1043. Write to p.stone@post.example. Type 1 diabetes."
    assert found(text) == [
        ("date", "5/14/1971"), ("geographic", "Greene County"), ("device", "QX77-1043"), ("email", "p.stone@post.example"),
    ]  # fmt: skip
    redacted = privacy.redact(text, year=YEAR)
    assert "1971" in redacted and "Ohio" in redacted and "Type 1 diabetes" in redacted


# ---- one kind after the other ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("Signed by Ottilie Brandvold, MD", "name", "Ottilie Brandvold"),
        ("Mrs. Abernathy-Cole was seen", "name", "Abernathy-Cole"),
        ("PATIENT: QUILL, MARTA", "name", "QUILL, MARTA"),
        ("her husband Thaddeus drove", "name", "Thaddeus"),
        ("18 Larch Road, Dayton, OH 45402", "geographic", "18 Larch Road"),
        ("P.O. Box 4471", "geographic", "P.O. Box 4471"),
        ("voted in precinct 12", "geographic", "precinct 12"),
        ("located at 39.7589, -84.1916", "geographic", "39.7589, -84.1916"),
        ("seen on the third of July", "date", "the third of July"),
        ("since March", "date", "March"),
        ("surgery on 2026-03-16", "date", "2026-03-16"),
        ("call (937) 555-0126", "phone", "(937) 555-0126"),
        ("fax: 937-555-0190", "fax", "937-555-0190"),
        ("write sunny.t+lab@post.example today", "email", "sunny.t+lab@post.example"),
        ("SSN as written: 219 55 0147", "ssn", "219 55 0147"),
        ("filed under mrn 2280", "mrn", "2280"),
        ("seen in clinic (chartMRN04857211)", "mrn", "04857211"),
        ("member ID is HPX-77-40921", "health-plan", "HPX-77-40921"),
        ("billing account 6620148833", "account", "6620148833"),
        ("DEA MR4410982", "license", "MR4410982"),
        ("VIN 1HGCM82633A004352", "vehicle", "1HGCM82633A004352"),
        ("serial no. PJN448213", "device", "PJN448213"),
        ("see https://portal.example/u/quill.", "url", "https://portal.example/u/quill"),
        ("reached at 10.34.201.7", "ip", "10.34.201.7"),
        ("voiceprint template VP-559A", "biometric", "VP-559A"),
        ("stored as quill_front.jpg", "photo", "quill_front.jpg"),
        ("study code CRIMSON-0447", "other", "CRIMSON-0447"),
    ],
)
def test_each_kind_is_found_and_named(text: str, kind: str, wanted: str) -> None:
    spans = [span for span in privacy.find(text, year=YEAR) if span.text == wanted]
    assert [span.kind for span in spans] == [kind]
    assert spans[0].citation == privacy.identifier(kind).citation


def test_every_one_of_the_18_kinds_is_found_by_an_example_of_its_own() -> None:
    shown = {span.kind for entry in privacy.identifiers() for example in entry.examples for span in privacy.find(example, year=YEAR)}
    assert {entry.kind for entry in privacy.identifiers()} - shown == set()


def test_a_name_once_seen_is_found_again() -> None:
    assert found("Dr. Okonkwo-Reyes was called. Later Okonkwo Reyes came.") == [("name", "Okonkwo-Reyes"), ("name", "Okonkwo Reyes")]


@pytest.mark.parametrize(
    "text",
    [
        "BP 148/86, A1c 8.4 %, weight 82.5 kg, GCS 15, strength 5/5, pain 7/10, ejection fraction 35 %.",
        "Metformin 1000 mg twice daily; furosemide 40 mg IV; 10 x 15 cm mesh; 4 of 12 nodes positive, pT3 N2a.",
        "An 89-year-old woman from Ohio with heart failure, seen in 2025.",
        "Serial 12-lead tracings; plate and 6 screws; 94 pack-years; 95 mL; follow-up in 2 to 3 weeks.",
        "Type 2 diabetes with hyperglycemia (E11.65); drug 0002-1433-80; MS-DRG 193.",
        "Patient: Female. Provider: Cardiology. Seen in the Emergency Department. He may return.",
    ],
)
def test_clinical_numbers_and_headings_are_left_alone(text: str) -> None:
    assert found(text) == []


# ---- ages, birth years, ZIP codes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("a 94-year-old woman", True), ("a 90 year old man", True), ("age 91", True), ("aged 102", True), ("93yo", True), ("ninety-four years old", True),
        ("turned ninety-one", True), ("an 89-year-old woman", False), ("age 67", False), ("95 pack-years", False), ("90 mg", False), ("age 1000", False),
    ],
)  # fmt: skip
def test_ages_over_89_are_found_and_others_stay(text: str, over: bool) -> None:
    spans = privacy.find(text, year=YEAR)
    assert [span.keeps for span in spans] == (["90 or older"] if over else [])


def test_birth_year_goes_only_where_it_shows_an_age_over_89() -> None:
    # 2026 - 1936 = 90: a person born in 1936 may be 90 in 2026; born in 1937, at most 89
    assert found("born in 1936") == [("date", "1936")]
    assert found("born in 1937") == []
    assert privacy.redact("DOB 2/3/1936", year=YEAR) == "DOB [date]"
    assert privacy.redact("DOB 2/3/1937", year=YEAR) == "DOB [date 1937]"
    assert privacy.redact("DOB 2/3/1936", year=2025) == "DOB [date 1936]"


def test_birth_year_goes_beside_a_stated_age_over_89() -> None:
    assert privacy.redact("A 92-year-old, DOB 2/3/1934, seen 3/4/2026.", year=YEAR) == "A [age 90 or older], DOB [date], seen [date 2026]."


@pytest.mark.parametrize(
    ("code", "kept"), [("45402", "454"), ("45402-1133", "454"), ("03601", "000"), ("10279", "000"), ("83001", "830"), ("00501", "000"), ("879", "000")]
)
def test_first_three_digits_of_a_zip_code(code: str, kept: str) -> None:
    # 2020 Census: 036 13,153; 102 15,082; 879 16,082 people, so 000. 830 grew to 22,696 and may stay. Nobody is counted in 005.
    assert privacy.zip3(code) == kept


def test_list_of_small_areas_is_what_the_census_counts() -> None:
    spec = find_spec("phileas")
    assert spec and spec.origin
    people: dict[str, int] = {}
    for line in (Path(spec.origin).parent / "resources" / "zip-code-population.csv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, count = line.split(",")[:2]
            people[code[:3]] = people.get(code[:3], 0) + int(count)
    small = {f"{area:03d}" for area in range(1000) if people.get(f"{area:03d}", 0) <= 20_000}
    assert {f"{area:03d}" for area in range(1000) if privacy.zip3(f"{area:03d}") == "000"} == small
    assert len([area for area in small if area in people]) == 18


def test_no_zip_code_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match=r"'4540' is no ZIP code: 3, 5 or 9 digits were expected"):
        privacy.zip3("4540")


def test_zip_code_is_found_after_a_state_and_after_its_word() -> None:
    assert privacy.redact("Dayton, OH 45402-1133; the mailing ZIP on the chart is 03601.", year=YEAR) == (
        "[place], OH [ZIP 454]; the mailing ZIP on the chart is [ZIP 000]."
    )


# ---- labelled notes --------------------------------------------------------------------------------------


def covered(text: str) -> set[int]:
    return {place for span in privacy.find(text, year=YEAR) for place in range(span.start, span.end)}


def misses(text: str, wanted: list[str]) -> list[str]:
    marked = covered(text)
    return [value for value in wanted if not {text.index(value) + place for place, letter in enumerate(value) if letter.isalnum()} <= marked]


def test_deidgates_notes_hold_nothing_that_stays_unseen() -> None:
    result = deidgate.check_all(privacy.redact)
    assert result.passed, result.summary()


def test_deidgates_notes_get_the_kinds_of_their_labels() -> None:
    names = {"geo": "geographic", "health_plan": "health-plan"}
    for line in (Path(deidgate.__file__).parent / "data" / "safeharbor_seed.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kinds = {span.text: span.kind for span in privacy.find(row["text"], year=YEAR)}
        assert kinds == {phi["value"]: names.get(phi["category"], phi["category"]) for phi in row["phi"]}, row["id"]


UNSEEN = {"mayor of Port Clement", "Port Clement", "10-44-27", "Dez", "Jaxon"}
"""What the rules do not see in the course's own notes; the benchmark prints them. Whoever teaches a rule to see one takes it out here."""


@pytest.mark.parametrize("note", NOTES, ids=[note["id"] for note in NOTES])
def test_own_notes_are_seen_but_for_the_known_misses(note: dict[str, object]) -> None:
    text, labels = str(note["text"]), [str(value) for _, value in note["identifiers"]]  # type: ignore[attr-defined]
    assert [value for value in misses(text, labels) if value not in UNSEEN] == []


@pytest.mark.parametrize("note", NOTES, ids=[note["id"] for note in NOTES])
def test_own_notes_have_no_mark_beside_their_labels(note: dict[str, object]) -> None:
    text = str(note["text"])
    labelled = {place for _, value in note["identifiers"] for place in range(text.index(str(value)), text.index(str(value)) + len(str(value)))}  # type: ignore[attr-defined]
    assert [span.text for span in privacy.find(text, year=YEAR) if not labelled & set(range(span.start, span.end))] == []


# ---- laws ------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "Dr. Jane Doe, MD", "MRN 5583920", "MRN", "4/9/2026", "DOB 2/3/1934", "a 94-year-old", "Dayton, OH 45402", "in Dayton", "(937) 555-0126", "fax", "SSN", "219-55-0147",
        "x@y.example", "https://a.example/b", "10.0.0.1", "plate 7KLM", "1HGCM82633A004352", "born in 1931", "[name]", "[date 2026]", "[", "]", "May", "the third of",
        "July", " ", ",", ".", "\n", "lives", "patient", "Reyes-Villalobos", "Reyes", "é", "0", "1", "-", "a.jpg", "39.75891,-84.19162", "account", "zip 03601", "ninety",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14).map(" ".join), st.lists(PIECES, max_size=10).map("".join))
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(TEXTS)
def test_spans_lie_in_the_text_in_order_without_overlap(text: str) -> None:
    spans = privacy.find(text, year=YEAR)
    assert all(0 <= span.start < span.end <= len(text) and span.text == text[span.start : span.end] for span in spans)
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))


@QUICK
@given(TEXTS)
def test_redacting_twice_changes_nothing_and_leaves_nothing_to_find(text: str) -> None:
    once = privacy.redact(text, year=YEAR)
    assert privacy.redact(once, year=YEAR) == once
    assert privacy.find(once, year=YEAR) == []


@QUICK
@given(TEXTS)
def test_only_identifiers_change(text: str) -> None:
    parts, place = [], 0
    for span in privacy.find(text, year=YEAR):
        parts += [text[place : span.start], span.mark]
        place = span.end
    by_hand = "".join([*parts, text[place:]])
    assert privacy.redact(text, year=YEAR) == by_hand or privacy.find(by_hand, year=YEAR)  # a mark may free the words beside it


@QUICK
@given(TEXTS)
def test_marks_are_well_formed(text: str) -> None:
    assert all(MARKED.fullmatch(span.mark) for span in privacy.find(text, year=YEAR))


# ---- hostile texts ---------------------------------------------------------------------------------------

HOSTILE = [
    "a", "1", "1.", " ", "A", "Aa ", "Dr. Jane Aa ", "MRN is the number ", "lives in ", "1 Aa Bb ", "a@", "a.", "http://", "zip ", "\n", "(", "[name]", "May the ", "Xx-", "O'",
    "born in 1930 ", "Patient: ", "called as ", "Aa, ", "0-", "a-", "ninety ", "1/", "ab:", "\x00", "𝟗", "\ud800",
]  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_long_hostile_texts_come_to_an_end(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    spans = privacy.find(text, year=YEAR)
    assert all(span.text == text[span.start : span.end] for span in spans)


@pytest.mark.parametrize("value", [None, 7, b"MRN 12345", ["MRN 12345"]])
def test_what_is_no_text_has_no_identifiers(value: object) -> None:
    assert privacy.find(value) == []  # type: ignore[arg-type]
    assert privacy.redact(value) == ""  # type: ignore[arg-type]


def test_identifier_across_the_edge_of_a_window_is_found() -> None:
    for before in range(900, 1300, 7):
        text = "x " * (before // 2) + "10.34.201.7" + " y" * 600
        assert found(text) == [("ip", "10.34.201.7")], before


def test_import_and_first_find_need_no_network_and_import_is_light() -> None:
    code = (
        "import sys, socket\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from medcoding.compliance import privacy\n"
        "assert 'phileas' not in sys.modules, 'loaded before it is used'\n"
        "print([s.kind for s in privacy.find('reached at 10.34.201.7')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ip']"
