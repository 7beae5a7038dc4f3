"""What `compute:` of an item with variants may call: a closed table of functions over the books and the engines.

Each takes texts or numbers and gives a text or a number; nothing an author writes is evaluated as Python.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

Value = str | int | Decimal
Function = Callable[..., Value]


class ComputeProblem(ValueError):
    """A value cannot be computed. The message says what was called, what was found and what was expected."""


def call(name: str, args: Sequence[object] | Mapping[str, object], on: dt.date) -> Value:
    """The value of a function of the table. `on` is the item's date, for those that ask a book or a year's rules.

    Raises:
        ComputeProblem: no such function, arguments it does not take, or what the engine behind it refuses.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        raise ComputeProblem(f"{name!r} is no function here; expected one of {', '.join(sorted(FUNCTIONS))}")
    given: tuple[Sequence[object], Mapping[str, object]] = ((), args) if isinstance(args, Mapping) else (args, {})
    signature = inspect.signature(function)
    dated = {"on": on} if "on" in signature.parameters and "on" not in given[1] else {}
    try:
        signature.bind(*given[0], **given[1], **dated)
    except TypeError as error:
        raise ComputeProblem(f"{name}: {error}; it takes {_takes(signature)}") from None
    try:
        return function(*given[0], **given[1], **dated)
    except ComputeProblem as problem:
        raise ComputeProblem(f"{name}: {problem}") from None
    except (ValueError, ArithmeticError, KeyError, RuntimeError) as error:
        shown = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        raise ComputeProblem(f"{name} of {_shown(args)}: {shown or type(error).__name__}") from None


def _takes(signature: inspect.Signature) -> str:
    return ", ".join(str(one).split(":")[0] for one in signature.parameters.values() if one.name != "on")


def _shown(args: Sequence[object] | Mapping[str, object]) -> str:
    values = [f"{name} {value}" for name, value in args.items()] if isinstance(args, Mapping) else map(str, args)
    return ", ".join(values)[:120]


def number(value: object) -> Decimal:
    """A value as an exact number. Raises `ComputeProblem`."""
    try:
        found = Decimal(str(value).strip().replace(",", "").removeprefix("$"))
    except InvalidOperation:
        raise ComputeProblem(f"{str(value)[:40]!r} is no number; expected digits, such as 1.25") from None
    if isinstance(value, bool) or not found.is_finite():
        raise ComputeProblem(f"{str(value)[:40]!r} is no finite number")
    return found


def whole(value: object) -> int:
    """A value as a whole number. Raises `ComputeProblem`."""
    found = number(value)
    if found != found.to_integral_value():
        raise ComputeProblem(f"{found} is no whole number")
    return int(found)


def listed(value: object) -> tuple[str, ...]:
    """Codes given as a list, or as one text with commas between them."""
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(text for part in parts if (text := str(part).strip()))


def plain(value: object) -> str:
    """A value as text: a number without exponent, trailing zeros only where it is in cents."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# ---- books --------------------------------------------------------------------------------------------------


def _title(book: object, code: object, *, on: dt.date) -> str:
    from importlib import import_module

    if book not in ("icd10cm", "icd10pcs", "hcpcs", "ndc"):
        raise ComputeProblem(f"{book!r} is no book; expected icd10cm, icd10pcs, hcpcs or ndc")
    found = import_module(f"medcoding.codes.{book}").on(on)
    text = str(code)
    problem = None if text in found else found.problem(text)
    if problem is not None:
        raise ComputeProblem(problem.message)
    return str(found[text].title)


def _pcs_title(code: object, *, on: dt.date) -> str:
    return _title("icd10pcs", code, on=on)


def _hcpcs_units(code: object, dose: object, *, on: dt.date) -> int:
    from medcoding.codes import hcpcs

    return hcpcs.on(on)[str(code)].units_for(number(dose))


def _billing_units(dose: object, per: object) -> int:
    from medcoding.codes.ndc import billing_units

    return billing_units(number(dose), number(per))


def _quantity(dose: object, strength: object, volume: object = 1) -> Decimal:
    from medcoding.codes.ndc import quantity

    return quantity(number(dose), number(strength), number(volume))


def _to_11(code: object) -> str:
    from medcoding.codes.ndc import to_11

    return to_11(str(code))


# ---- payment ------------------------------------------------------------------------------------------------


def _fee(
    work: object, pe: object, mp: object, work_gpci: object = 1, pe_gpci: object = 1, mp_gpci: object = 1, factor: object = None
) -> Decimal:
    from medcoding.payment.rbrvs import fee

    places = (number(work_gpci), number(pe_gpci), number(mp_gpci))
    return fee(number(work), number(pe), number(mp), places, None if factor is None else number(factor)).amount


@cache
def _grouping(principal: str, secondary: tuple[str, ...], procedures: tuple[str, ...], age: int, sex: str, discharge: str, on: dt.date) -> Any:
    from medcoding.payment import drg

    return drg.group(principal=principal, secondary=secondary, procedures=procedures, age=age, sex=sex, discharge=discharge, on=on)


def _group(
    principal: object, secondary: object = "", procedures: object = "", age: object = 70, sex: object = "F", discharge: object = "01",
    *, on: dt.date,
) -> str:
    found = _grouping(str(principal), listed(secondary), listed(procedures), whole(age), str(sex), str(discharge), on)
    return f"{found.drg:03d}"


def _drg_title(
    principal: object, secondary: object = "", procedures: object = "", age: object = 70, sex: object = "F", discharge: object = "01",
    *, on: dt.date,
) -> str:
    return str(_grouping(str(principal), listed(secondary), listed(procedures), whole(age), str(sex), str(discharge), on).title)


def _drg_weight(drg: object) -> Decimal:
    from medcoding.payment.drg.weights import YEAR, row, why_none

    found = row(whole(drg))
    if found is None or found.weight is None:
        raise ComputeProblem(why_none(YEAR) if found is None else f"MS-DRG {drg} has no weight")
    return found.weight


def _drg_base(base: object, weight: object) -> Decimal:
    return _round(number(base) * number(weight), 2)


def _drg_payment(
    base: object, principal: object, secondary: object = "", procedures: object = "", age: object = 70, sex: object = "F",
    discharge: object = "01", wage_index: object = 1, length_of_stay: object = None, *, on: dt.date,
) -> Decimal:
    found = _grouping(str(principal), listed(secondary), listed(procedures), whole(age), str(sex), str(discharge), on)
    days = None if length_of_stay is None else whole(length_of_stay)
    return Decimal(found.payment(base=number(base), wage_index=number(wage_index), length_of_stay=days).total)


def _risk(codes: object, age: object, sex: object, model: object = "V28", dual: object = None, orec: object = None) -> Decimal:
    from medcoding.payment.hcc import risk

    found = risk(listed(codes), whole(age), str(sex), str(model), None if dual is None else str(dual), None if orec is None else str(orec))
    return Decimal(str(found.score))


# ---- claims -------------------------------------------------------------------------------------------------


def _settled(fee: object, deductible: object, charge: object) -> Any:
    from medcoding.payment.rbrvs import settle

    asked = None if charge is None else number(charge)
    return settle(number(fee), asked, deductible=number(deductible))


def _allowed(fee: object, deductible: object = 0, charge: object = None) -> Decimal:
    return Decimal(_settled(fee, deductible, charge).allowed)


def _paid(fee: object, deductible: object = 0, charge: object = None) -> Decimal:
    return Decimal(_settled(fee, deductible, charge).amount)


def _patient(fee: object, deductible: object = 0, charge: object = None) -> Decimal:
    return Decimal(_settled(fee, deductible, charge).patient)


def _last_filing_day(service: object) -> str:
    """One calendar year after the date of service; 28 February where that year has no 29th. Source: 42 CFR 424.44(a)(1)."""
    try:
        day = dt.date.fromisoformat(str(service))
    except ValueError:
        raise ComputeProblem(f"{str(service)[:20]!r} is no date; expected one such as 2026-03-16") from None
    try:
        return day.replace(year=day.year + 1).isoformat()
    except ValueError:
        return day.replace(year=day.year + 1, day=28).isoformat()


# ---- arithmetic and words -----------------------------------------------------------------------------------


def _round(value: object, places: object = 0) -> Decimal:
    return number(value).quantize(Decimal(1).scaleb(-whole(places)), ROUND_HALF_UP)


def _add(*values: object) -> Decimal:
    return sum((number(value) for value in values), Decimal(0))


def _subtract(first: object, *values: object) -> Decimal:
    return number(first) - _add(*values)


def _multiply(*values: object) -> Decimal:
    found = Decimal(1)
    for value in values:
        found *= number(value)
    return found


def _divide(first: object, second: object) -> Decimal:
    if number(second) == 0:
        raise ComputeProblem("a number is divided by 0")
    return number(first) / number(second)


def _dollars(value: object) -> str:
    return f"${_round(value, 2):,.2f}"


def _join(*values: object) -> str:
    return "".join(map(plain, values))


def _lower(value: object) -> str:
    return str(value)[:1].lower() + str(value)[1:]


def _is(value: object, *cases: object) -> str:
    """`value`, then pairs of what it may be and what is then meant."""
    if len(cases) % 2:
        raise ComputeProblem("expected pairs behind the value: what it may be, and what is then meant")
    for case, meant in zip(cases[::2], cases[1::2], strict=True):
        if plain(value) == plain(case):
            return plain(meant)
    raise ComputeProblem(f"{plain(value)!r} is none of {', '.join(map(plain, cases[::2]))}")


FUNCTIONS: dict[str, Function] = {
    "codes.title": _title,
    "pcs.title": _pcs_title,
    "hcpcs.units": _hcpcs_units,
    "ndc.billing_units": _billing_units,
    "ndc.quantity": _quantity,
    "ndc.to_11": _to_11,
    "payment.fee": _fee,
    "payment.drg": _group,
    "payment.drg_title": _drg_title,
    "payment.drg_weight": _drg_weight,
    "payment.drg_base": _drg_base,
    "payment.drg_payment": _drg_payment,
    "payment.hcc": _risk,
    "claims.allowed": _allowed,
    "claims.paid": _paid,
    "claims.patient": _patient,
    "claims.last_filing_day": _last_filing_day,
    "math.add": _add,
    "math.subtract": _subtract,
    "math.multiply": _multiply,
    "math.divide": _divide,
    "math.round": _round,
    "text.dollars": _dollars,
    "text.join": _join,
    "text.lower": _lower,
    "text.when": _is,
}
"""Every function that `compute:` may call. docs/variants.md lists them with their arguments."""
