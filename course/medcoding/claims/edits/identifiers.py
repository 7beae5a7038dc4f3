"""Numbers of people and organisations: NPI, Medicare number, tax number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.model import Provider

_NPI = re.compile(r"[12][0-9]{9}")
_A, _N = "[AC-HJKMNP-RT-Y]", "[0-9]"
_AN = "[0-9AC-HJKMNP-RT-Y]"
MBI = re.compile(f"[1-9]{_A}{_AN}{_N}{_A}{_AN}{_N}{_A}{_A}{_N}{_N}")
"""Eleven characters: C A AN N A AN N A A N N; letters without S, L, O, I, B and Z (CMS, Understanding the MBI Format)."""

_OLD_NUMBER = re.compile(r"[0-9]{9}[A-Z][0-9A-Z]?|[A-Z]{1,3}[0-9]{6,9}")


def check_digit(nine: str) -> str:
    """The tenth digit of an NPI: Luhn over the nine with 80840 before them (45 CFR 162.406; CMS's check digit paper).

    Raises `ValueError` for what is not nine digits.
    """
    if not re.fullmatch(r"[0-9]{9}", nine):
        raise ValueError(f"{nine[:20]!r} is not nine digits.")
    total = 0
    for place, digit in enumerate(reversed("80840" + nine)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def edits(case: Case) -> Iterator[Edit]:
    """Every NPI on the claim, the insured's number, the tax number."""
    for path, provider, needed in _providers(case):
        yield from _npi(path, provider, needed)
    coverage = case.claim.coverage
    path = f"coverages.{min(case.claim.destination, len(case.claim.coverages) - 1)}.member_id"
    if not coverage.member_id:
        yield edit("member-missing", "The insured's number is missing: copy it from the card.", [path])
    elif coverage.medicare:
        yield from _mbi(path, coverage.member_id)
    digits = case.claim.billing.tax_id.replace("-", "")
    if not re.fullmatch(r"[0-9]{9}", digits):
        found = f"{case.claim.billing.tax_id!r} is" if digits else "It is"
        yield edit("tax-id-format", f"The tax number has nine digits. {found} {'not one' if digits else 'missing'}.", ["billing.tax_id"])


def _providers(case: Case) -> Iterator[tuple[str, Provider, bool]]:
    claim = case.claim
    yield "billing", claim.billing, True
    if case.professional is not None:
        named = {"rendering": case.professional.rendering, "referring": case.professional.referring, "facility": case.professional.facility}
        for number, line in enumerate(case.professional.lines):
            named[f"lines.{number}.rendering"] = line.rendering
    elif case.institutional is not None:
        named = {"attending": case.institutional.attending, "operating": case.institutional.operating}
    else:
        return
    for path, provider in named.items():
        if provider is not None:
            yield path, provider, True


def _npi(path: str, provider: Provider, needed: bool) -> Iterator[Edit]:
    npi, field = provider.npi, [f"{path}.npi"]
    if not npi:
        if needed:
            yield edit("npi-missing", f"{provider.name} has no NPI on the claim. Look it up in the registry and add it.", field)
    elif not _NPI.fullmatch(npi):
        yield edit("npi-format", f"{npi} is no NPI: ten digits, the first 1 or 2. Copy it again.", field, [npi])
    elif check_digit(npi[:9]) != npi[9]:
        message = f"{npi} has the wrong check digit: after {npi[:9]} comes {check_digit(npi[:9])}. A digit is wrong or two are swapped; look the NPI up, do not mend it by the last digit."
        yield edit("npi-check-digit", message, field, [npi])


def _mbi(path: str, number: str) -> Iterator[Edit]:
    bare = number.replace("-", "").upper()
    if MBI.fullmatch(bare):
        if "-" in number:
            yield edit("mbi-format", f"{number} is written as on the card; a claim has the eleven characters without dashes: {bare}.", [path], [number])
        return
    if _OLD_NUMBER.fullmatch(bare):
        why = "it looks like the old number that ended on 2020-01-01"
    elif len(bare) != 11:
        why = f"it has {len(bare)} characters, not 11"
    else:
        place = next(n for n in range(11) if not re.fullmatch(("[1-9]", _A, _AN, _N, _A, _AN, _N, _A, _A, _N, _N)[n], bare[n]))
        wanted = ("a digit from 1", "a letter", "a letter or digit", "a digit", "a letter", "a letter or digit", "a digit", "a letter", "a letter", "a digit", "a digit")[place]
        why = f"place {place + 1} must be {wanted} and is {bare[place]} (S, L, O, I, B and Z are never used)"
    yield edit("mbi-format", f"{number} is no Medicare number: {why}. Copy it from the card.", [path], [number])
