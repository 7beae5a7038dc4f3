"""Drug packages beside drug lines (45 CFR 162.1002; 42 CFR 447.520 for Medicaid)."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.model import Drug
from medcoding.codes import ndc

MEDICAID = "MC"


def edits(case: Case) -> Iterator[Edit]:
    """Form of the number, unit of the quantity, package against code, drugs without a number."""
    for placed in case.coded_lines:
        drug = placed.line.drug
        if drug is not None:
            yield from _package(case, placed, drug)
        elif case.claim.coverage.filing == MEDICAID and placed.code[:1] == "J":
            message = f"{placed.code} is a drug, and Medicaid needs the number of its package: add NDC, quantity and unit from the vial."
            yield edit("ndc-missing", message, [placed.at("drug")], [placed.code])


def _package(case: Case, placed: Placed, drug: Drug) -> Iterator[Edit]:
    try:
        number = ndc.to_11(drug.ndc)
    except ndc.NdcError as error:
        yield edit("ndc-format", str(error), [placed.at("drug.ndc")], [drug.ndc])
        number = ""
    problem = ndc.unit_problem(drug.unit)
    if problem:
        yield edit("ndc-unit", problem, [placed.at("drug.unit")], [drug.unit])
    date = case.date_of(placed)
    product = ndc.on(date).get(number) if number and date else None
    if product is None:
        return
    if not problem and product.unit and product.unit != drug.unit:
        message = f"{ndc.hyphenated(number)} is {product.title}; its quantity is counted in {product.unit} ({ndc.UNITS[product.unit].title}), not in {drug.unit}."
        yield edit("ndc-unit", message, [placed.at("drug.unit")], [number, drug.unit], citation="course table of packages; X12 837 element 355")
    if product.hcpcs and product.hcpcs != placed.code:
        message = f"{ndc.hyphenated(number)} is {product.title}, which {product.hcpcs} reports, not {placed.code}. Look at vial and note again."
        yield edit("ndc-other-drug", message, [placed.at("drug.ndc"), placed.at("code")], [number, placed.code])
