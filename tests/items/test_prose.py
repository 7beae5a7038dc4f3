"""Codes in running text: known and in force, or marked as wrong."""

from __future__ import annotations

from datetime import date

import pytest
from medcoding.items.prose import prose_faults

ON = date(2026, 3, 16)


@pytest.mark.parametrize(
    "text",
    [
        "`I10` and `E11.65`", "category `I50`, block `A30-A49`", "all of `M54.4-` and `S02.5XX-`", "`QA0.011`, new in October 2025", "table `0TB`, start `0TB0`",
        "`0TB04ZZ` and `B2111ZZ`", "`0TT14ZX`✗ breaks", "`I50`✗ and `E11.3` ✗", "`E0143` with `NU`", "`svc:im-injection`", "keys such as `svc:`",
        "`book[...]`, `exercise(\"id\")`, `GA`, `with`", "no code: 0TT14ZX", "`C4A.9`",
    ],
)  # fmt: skip
def test_what_holds_passes(text: str) -> None:
    assert list(prose_faults(text, ON)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`E11.99`", "E11.99"), ("`0TT14ZX`", "axis 7"), ("`0TIB`", None), ("`I10`✗", "is valid on"), ("`0TB04ZZ` ✗", "is valid on"),
        ("`svc:no-such`", "no such service key"), ("`E9999`", "teaching table"), ("`0QQ`", None), ("`M99.99-`", "M99.99"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_a_fault(text: str, said: str | None) -> None:
    faults = list(prose_faults(text, ON))
    assert (len(faults) == 1 and said in faults[0]) if said else len(faults) <= 1


def test_validity_is_asked_of_the_date() -> None:
    assert list(prose_faults("`G35`", date(2025, 9, 30))) == []
    assert list(prose_faults("`G35.D`", date(2025, 9, 30)))
    assert list(prose_faults("`G35.D`", ON)) == []


def test_codes_whose_status_is_claimed_and_proved_elsewhere_are_passed_over() -> None:
    assert list(prose_faults("`0TT14ZX`", ON, frozenset({"0TT14ZX"}))) == []
