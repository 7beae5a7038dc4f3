"""Queries to providers: what the practice brief lets stand, and what it does not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.compliance import query
from medcoding.findings import Finding, Severity

OPEN = """Clarification of laboratory findings
Sodium 124 on admission, 131 on day 3; fluids restricted to 1 liter a day (progress note, day 1).
No diagnosis is documented for these findings.
Please document the condition, if any, that was monitored and treated."""

CHOICES = """Dr. Okoro: the discharge summary of 2026-03-04 documents heart failure.
Ejection fraction 30 % on the echocardiogram, BNP 1,840, furosemide 40 mg IV twice daily.
Can you further specify the type and acuity of the heart failure?
- Acute systolic heart failure
- Chronic systolic heart failure
- Acute on chronic systolic heart failure
- Other: ____
- Unable to determine"""

PRESENT = """Stage 3 pressure ulcer of the sacrum is documented on day 2; the nurse's skin assessment on arrival describes a wound 3 x 2 cm.
Was the pressure ulcer present on admission?
- Yes
- No
- Unable to determine"""


CAUSE = """Your H&P documents "altered mental status"; nursing notes describe confusion and disorientation; ammonia 112, lactulose started.
Please clarify the underlying cause of the altered mental status, if known.
[ ] Hepatic encephalopathy
[ ] Delirium due to medication
[ ] Other:
[ ] Clinically undetermined"""

DEPTH = """The operative report describes debridement of the sacral wound but not the depth.
Please specify the deepest layer that was removed: skin, subcutaneous tissue, fascia, muscle, bone, other, or unable to determine."""

CONFLICT = """The cardiologist documents chronic systolic heart failure, the hospitalist diastolic heart failure. Ejection fraction 35 %.
Please clarify the conflicting documentation."""


ASPECTS = """Query: clarification of the mood diagnosis
Your assessment reads "Depression." Low mood for six weeks; questionnaire 17 of 27; sertraline raised to 100 mg.
Can the diagnosis treated at this visit be described further? If so, please document, as far as each applies:
- the kind of disorder,
- the episode,
- its present severity.
If another description fits better, please state it."""

FREE = """Query: clarification of the kidney diagnosis
Creatinine 1.4 on the first day, 1.3 after; your summary documents acute kidney injury.
Which statement describes the kidneys in this stay?
[ ] Acute kidney injury, confirmed
[ ] Acute kidney injury, ruled out
[ ] Other (please state, with findings): ____
[ ] Unable to determine"""


def rules(text: str) -> list[str]:
    return [finding.rule for finding in query.check(text)]


@pytest.mark.parametrize("text", [OPEN, CHOICES, PRESENT, CAUSE, DEPTH, CONFLICT, ASPECTS, FREE], ids=["open", "choices", "present on admission", "cause", "depth", "conflict", "aspects", "free text"])
def test_compliant_queries_draw_no_remark(text: str) -> None:
    assert query.check(text) == []
    assert query.verdict(text) == "accept"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please add acute kidney failure.", "query-directs"),
        ("An MCC would apply if you wrote encephalopathy.", "query-payment"),
        ("Do you agree this is severe malnutrition for the MCC?", "query-leading"),
        ("Please document sepsis.", "query-directs"),
        ("Please document the diagnosis of sepsis.", "query-directs"),
        ("Lactate 4.1, fever 39.2. Isn't this sepsis?", "query-leading"),
        ("Creatinine 3.1. You should document acute kidney injury.", "query-directs"),
        ("BMI 16.2. We need severe malnutrition documented for this patient.", "query-directs"),
        ("Lactate 4.2, WBC 19. Please confirm sepsis in your summary.", "query-directs"),
        ("Creatinine 2.8. Would you consider documenting AKI so that the severity is captured?", "query-directs"),
        ("Could you add encephalopathy to the note? Confusion on day 1.", "query-directs"),
        ("Albumin 2.1. What condition was treated? It would raise the DRG and the reimbursement.", "query-payment"),
    ],
)
def test_leading_directing_and_paid_for_wording_is_rejected(text: str, expected: str) -> None:
    assert expected in rules(text)
    assert query.verdict(text) == "reject"


def test_bad_query_of_the_lesson_has_all_its_faults() -> None:
    assert rules("Do you agree this is severe malnutrition for the MCC?") == ["query-payment", "query-leading", "query-no-indicators", "query-yes-no"]


def test_only_condition_offered_is_an_error() -> None:
    text = "Creatinine rose from 0.9 to 3.1. Which condition was treated?\n- Acute kidney injury\n- Other\n- Unable to determine"
    assert rules(text) == ["query-single-option"]


@pytest.mark.parametrize(
    ("left_out", "rule"), [("- Other: ____\n", "query-no-other"), ("\n- Unable to determine", "query-no-undetermined")]
)
def test_options_need_other_and_unable_to_determine(left_out: str, rule: str) -> None:
    assert left_out in CHOICES
    assert rules(CHOICES.replace(left_out, "")) == [rule]
    assert query.verdict(CHOICES.replace(left_out, "")) == "repair"


def test_options_in_one_line_are_read_as_options() -> None:
    text = "Sodium 124, fluids restricted. Please select one of the following: hyponatremia; dehydration; other; unable to determine"
    assert rules(text) == []
    assert rules(text.replace("; other", "")) == ["query-no-other"]


def test_bullets_before_the_question_are_indicators_not_options() -> None:
    assert rules("Findings:\n- Sodium 124\n- Fluids restricted to 1 L\nWhich condition, if any, was treated?") == []


def test_query_without_indicators_is_rejected() -> None:
    assert rules("What condition did you treat?") == ["query-no-indicators"]


def test_a_date_alone_is_no_indicator() -> None:
    assert rules("In your note of 3/4/2026, what condition did you treat?") == ["query-no-indicators"]


def test_text_that_asks_nothing_is_told() -> None:
    assert rules("Sodium 124 on day 1, fluids restricted.") == ["query-no-question"]


@pytest.mark.parametrize(
    ("question", "fair"),
    [
        ("Is this sepsis?", False), ("Does the patient have malnutrition?", False), ("Was the ulcer present on admission?", True),
        ("Is the anemia due to the bleeding?", True), ("Do you agree with the carcinoma documented in the pathology report?", True), ("Which condition was treated?", True),
    ],
)  # fmt: skip
def test_yes_or_no_is_fair_only_for_four_reasons(question: str, fair: bool) -> None:
    assert ("query-yes-no" not in rules(f"Hemoglobin 6.8, lactate 4.1. {question}")) == fair


def test_title_that_names_an_undocumented_diagnosis_is_told() -> None:
    body = "Lactate 4.1, temperature 39.2, blood cultures positive.\nWhich condition, if any, do these findings stand for?"
    assert rules(f"Sepsis query\n{body}") == ["query-title"]
    assert rules(f"Sepsis query\nSepsis is documented on day 1 and not after.\n{body}") == []
    assert rules(f"Clarification of findings\n{body}") == []


def test_fair_words_do_not_hide_a_request() -> None:
    assert "query-directs" in rules(ASPECTS.replace("please document, as far as each applies", "please document major depression"))
    assert "query-directs" in rules(FREE + "\nPlease add acute kidney failure.")
    assert "query-no-other" in rules(FREE.replace("Other (please state, with findings): ____", "Chronic kidney disease"))


def test_earlier_encounter_is_a_hint() -> None:
    found = query.check(OPEN + "\nThe prior admission lists the same value.")
    assert [(finding.rule, finding.severity) for finding in found] == [("query-prior-encounter", Severity.HINT)]
    assert query.verdict(OPEN + "\nThe prior admission lists the same value.") == "accept"


@pytest.mark.parametrize(
    "text",
    [
        "Patient denied chest pain; cc: cough; ROM of the knee 0 to 90 degrees; weight 82 kg. Which condition, if any, was treated?",
        "Body weight rose 4 kg, furosemide given. What condition, if any, was treated?",
    ],
)
def test_clinical_words_that_look_like_payment_words_are_left_alone(text: str) -> None:
    assert rules(text) == []


def test_every_finding_cites_the_brief_and_is_quoted() -> None:
    for finding in query.check("Please add sepsis so that we can code it; the DRG pays more. Surely it meets criteria for sepsis."):
        assert finding.citation == "AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 update)"
        assert finding.message.strip().endswith((".", "”"))


def test_page_reads_aloud_and_escapes() -> None:
    page = query.explain("<script>Please add acute kidney failure.</script>")
    assert page.text.startswith("Query: It must not be sent like this.\n1. Hard error. What: “Please add acute kidney failure”")
    assert "<script>" not in page._repr_html_()


@pytest.mark.parametrize("value", [None, 7, "", "   \n", b"?"])
def test_nothing_written_has_no_findings(value: object) -> None:
    assert query.check(value) == []  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(["Please add ", "- ", "\n", "?", "MCC", "other", "sepsis", " query", "123", "Is it ", "options: ", "a; b", "’"]), max_size=20).map("".join)))
def test_any_text_gives_findings_in_order_of_hardness_and_the_same_twice(text: str) -> None:
    found = query.check(text)
    order = ["error", "warning", "hint", "info"]
    assert all(isinstance(finding, Finding) for finding in found)
    assert [order.index(finding.severity) for finding in found] == sorted(order.index(finding.severity) for finding in found)
    assert query.check(text) == found
    assert len({(finding.rule, finding.codes) for finding in found}) == len(found)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["?", "- ", "\n- a", "please add ", "options: ", "a;", "select", " ", "\n", "Is it ", "1", "documented ", "Sepsis query", "a.", "or ", "\x00"], ids=repr)
def test_long_hostile_texts_come_to_an_end(piece: str) -> None:
    assert isinstance(query.check(piece * (400_000 // len(piece))), list)


def test_import_is_light() -> None:
    code = "import sys; from medcoding.compliance import query; print([name for name in ('phileas', 'yaml', 'pandas', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
