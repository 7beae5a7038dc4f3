"""What an edit gives, and the table of all edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from medcoding.codes.cpt.tables import table
from medcoding.findings import Finding, Severity


@dataclass(frozen=True)
class Edit:
    """One finding about a claim and the fields that it speaks of, as paths of the model ("lines.0.modifiers").

    `finding.codes` are the codes of the message; `fields` are where they stand, for the form to mark.
    """

    finding: Finding
    fields: tuple[str, ...]

    @property
    def rule(self) -> str:
        """The edit's name in `data/claim_edits.yaml`."""
        return self.finding.rule

    def __str__(self) -> str:
        return str(self.finding)


@dataclass(frozen=True)
class Rule:
    """One row of the table: what an edit is called and looks at, how bad it is, where the rule stands, and its module."""

    name: str
    family: str
    title: str
    looks_at: str
    severity: Severity
    citation: str


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Every edit by its name."""
    rows = table("claim_edits")
    return MappingProxyType({
        name: Rule(name, row["family"], row["title"], row["looks_at"], Severity(row["severity"]), row["citation"])
        for name, row in rows.items()
    })  # fmt: skip


def edit(
    rule: str,
    message: str,
    fields: Iterable[str],
    codes: Iterable[str] = (),
    *,
    severity: Severity | None = None,
    citation: str = "",
) -> Edit:
    """An edit as the table describes it; `severity` and `citation` where this case differs or is more exact."""
    row = rules()[rule]
    finding = Finding(
        severity=severity or row.severity, rule=rule, message=message, codes=tuple(codes), citation=citation or row.citation
    )
    return Edit(finding, tuple(dict.fromkeys(fields)))


def passed_on(finding: Finding, fields: Iterable[str], rule: str = "") -> Edit:
    """What a book or a rule of the codes said, as an edit of this claim: its own words, severity and citation."""
    name = rule or finding.rule
    row = rules()[name]
    changes = {"rule": name, "citation": finding.citation or row.citation}
    return Edit(finding.model_copy(update=changes), tuple(dict.fromkeys(fields)))


def listed(words: Iterable[str], joint: str = "or") -> str:
    """Words in a row: "A, B or C"."""
    some = list(words)
    return f" {joint} ".join((", ".join(some[:-1]), some[-1])) if len(some) > 1 else "".join(some)
