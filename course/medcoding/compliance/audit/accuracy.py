"""Accuracy counted in codes and in cases. Which one is reported must be said, for they differ.

Code over code: matching codes over the auditor's codes (AHIMA's benchmarking practice); a stricter one puts extra codes into the
denominator as well, so that reporting too much costs something. Case over case: cases with nothing wrong over all cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation

PRACTICE = "AHIMA, benchmarking of coding accuracy (code over code, case over case)"


@dataclass(frozen=True)
class CodeTally:
    """Codes of coder and auditor set against each other: `matched` in both, `missed` only the auditor's, `extra` only the coder's."""

    matched: int
    missed: int
    extra: int

    @property
    def key(self) -> int:
        """The auditor's codes."""
        return self.matched + self.missed

    @property
    def reported(self) -> int:
        """The coder's codes."""
        return self.matched + self.extra

    @property
    def code_over_code(self) -> Decimal:
        """Matches over the auditor's codes, in 0..1. An empty key with nothing extra counts as 1."""
        return _share(self.matched, self.key)

    @property
    def with_extras(self) -> Decimal:
        """Matches over the auditor's codes and the extra ones, in 0..1."""
        return _share(self.matched, self.key + self.extra)

    @property
    def supported(self) -> Decimal:
        """Matches over the coder's codes, in 0..1: how much of what was reported stands."""
        return _share(self.matched, self.reported)

    def __add__(self, other: CodeTally) -> CodeTally:
        return CodeTally(self.matched + other.matched, self.missed + other.missed, self.extra + other.extra)

    def explain(self) -> Explanation:
        """The three rates with their denominators."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, percent, rounded

        steps = (
            Step("Auditor's codes", f"{self.matched} matched + {self.missed} missed", Decimal(self.key), "codes"),
            Step("Coder's codes", f"{self.matched} matched + {self.extra} extra", Decimal(self.reported), "codes"),
            Step("Code over code", f"{self.matched} / {self.key}", rounded(self.code_over_code * 100, 1), "%", PRACTICE),
            Step("With extra codes counted", f"{self.matched} / ({self.key} + {self.extra})", rounded(self.with_extras * 100, 1), "%", PRACTICE),
            Step("Supported share", f"{self.matched} / {self.reported}", rounded(self.supported * 100, 1), "%", PRACTICE),
        )
        lead = f"code over code {percent(rounded(self.code_over_code, 3))}, with extra codes counted {percent(rounded(self.with_extras, 3))}."
        return Explanation("Accuracy in codes", lead, steps, ("Say which rate is reported, and keep to one denominator.",))


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(1)


def tally(matched: int, missed: int, extra: int) -> CodeTally:
    """Counts as a tally. Raises `ValueError` for a negative one or one that is no whole number."""
    for name, value in (("matched", matched), ("missed", missed), ("extra", extra)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"{name} is {value!r}: a whole number from 0 was expected.")
    return CodeTally(matched, missed, extra)


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()


def compare(reported: Iterable[str], key: Iterable[str]) -> CodeTally:
    """The coder's codes against the auditor's, without order; dot and case do not matter, a code reported twice counts twice."""
    own, right = Counter(map(_plain, reported)), Counter(map(_plain, key))
    matched = (own & right).total()
    return CodeTally(matched, right.total() - matched, own.total() - matched)


@dataclass(frozen=True)
class Case:
    """One audited case: the coder's codes and the auditor's, first or principal one first, and the groups that they lead to, if any."""

    reported: Sequence[str]
    key: Sequence[str]
    reported_group: str = ""
    key_group: str = ""
    weight_change: Decimal = Decimal(0)
    """Weight of the auditor's group less that of the coder's: positive where the case was paid too little."""

    @property
    def tally(self) -> CodeTally:
        """Its codes set against each other."""
        return compare(self.reported, self.key)

    @property
    def right(self) -> bool:
        """Whether every code matches and the first one is the auditor's first one."""
        first = [_plain(codes[0]) for codes in (self.reported, self.key) if codes]
        return self.tally.missed == self.tally.extra == 0 and len(set(first)) <= 1

    @property
    def group_right(self) -> bool:
        """Whether both lead to the same group; groups that are not given are the same."""
        return self.reported_group == self.key_group

    @property
    def errors(self) -> tuple[str, ...]:
        """Names of the kinds of error, see `error_kinds`: specificity, missed, extra, sequence.

        A missed and an extra code of one category (three characters, of diagnoses) are one error of specificity.
        """
        own, right = Counter(map(_plain, self.reported)), Counter(map(_plain, self.key))
        extra, missed = Counter(code[:3] for code in (own - right).elements()), Counter(code[:3] for code in (right - own).elements())
        found = ["specificity"] * (extra & missed).total()
        found += ["missed"] * (missed - extra).total() + ["extra"] * (extra - missed).total()
        if self.reported and self.key and _plain(self.reported[0]) != _plain(self.key[0]) and _plain(self.key[0]) in own:
            found.append("sequence")
        return tuple(found)


@dataclass(frozen=True)
class CaseReview:
    """What the audit of some cases found. At least one case."""

    cases: tuple[Case, ...]

    @property
    def codes(self) -> CodeTally:
        """The codes of all cases together."""
        return sum((case.tally for case in self.cases), CodeTally(0, 0, 0))

    @property
    def case_over_case(self) -> Decimal:
        """Cases with nothing wrong over all cases, in 0..1."""
        return Decimal(sum(case.right for case in self.cases)) / len(self.cases)

    @property
    def group_accuracy(self) -> Decimal:
        """Cases in the right group over all cases, in 0..1."""
        return Decimal(sum(case.group_right for case in self.cases)) / len(self.cases)

    @property
    def upward(self) -> int:
        """Cases whose group changed to a heavier one: paid too little before."""
        return sum(not case.group_right and case.weight_change > 0 for case in self.cases)

    @property
    def downward(self) -> int:
        """Cases whose group changed to a lighter one: paid too much before."""
        return sum(not case.group_right and case.weight_change < 0 for case in self.cases)

    @property
    def errors(self) -> dict[str, int]:
        """How often each kind of error occurs, in the order of the table of kinds."""
        from medcoding.compliance.audit.errors import error_kinds

        counts = Counter(name for case in self.cases for name in case.errors)
        return {kind.name: counts[kind.name] for kind in error_kinds() if counts[kind.name]}

    def explain(self) -> Explanation:
        """Rates with denominators, changes of group in each direction, and errors by kind."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, percent, rounded

        count, right = len(self.cases), sum(case.right for case in self.cases)
        grouped = sum(case.group_right for case in self.cases)
        codes = self.codes
        steps = [
            Step("Code over code", f"{codes.matched} / {codes.key}", rounded(codes.code_over_code * 100, 1), "%", PRACTICE),
            Step("Case over case", f"{right} / {count}", rounded(self.case_over_case * 100, 1), "%", PRACTICE),
            Step("Group accuracy", f"{grouped} / {count}", rounded(self.group_accuracy * 100, 1), "%", PRACTICE),
            Step("Changed to a heavier group", "counted by itself, never set off", Decimal(self.upward), "cases"),
            Step("Changed to a lighter group", "counted by itself, never set off", Decimal(self.downward), "cases"),
            *(Step(f"Error: {name}", "counted over all cases", Decimal(number), "times") for name, number in self.errors.items()),
        ]
        lead = f"{right} of {count} cases are right ({percent(rounded(self.case_over_case, 3))})."
        return Explanation("Accuracy in cases", lead, tuple(steps))


def review(cases: Iterable[Case]) -> CaseReview:
    """The audit of some cases. Raises `ValueError` without a case."""
    found = tuple(cases)
    if not found:
        raise ValueError("No case was given: an audit needs at least one.")
    return CaseReview(found)
