"""What each secondary diagnosis did: counted as CC or MCC, or did not, and why.

The level of a code is that of CMS's Tables 6I and 6J as the grouper holds them for the version (the same table that
`medcoding.payment.marks` shows in the encoder). Five things keep a CC or MCC from counting (Definitions Manual,
Appendix C; 42 CFR 412.60(c); section 1886(d)(4)(D) of the Act):

- the principal diagnosis excludes it (part 1 of Appendix C, Table 6K);
- the patient died, and it counts for patients discharged alive only (part 2);
- the MS-DRG has already used it in its own definition (part 3);
- it is a hospital-acquired condition that was not present on admission;
- the patient's principal diagnosis is the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from medcoding.codes.icd10cm.notation import dotted, key_of
from medcoding.payment.drg.case import Case, Coded
from medcoding.payment.drg.engine import grouped

RANK = {"": 0, "NONE": 0, "CC": 1, "MCC": 2}

EXCLUDED, DIED, LOGIC, HAC = "excluded by the principal diagnosis", "died", "used by the MS-DRG", "hospital-acquired"
UNGROUPED = "no MS-DRG"
"""Why a CC or MCC did not count; the last for a stay that is 998 or 999."""


@dataclass(frozen=True)
class HospitalAcquired:
    """A condition of CMS's HAC list that the stay meets: `number` and `description` of the category (1 to 14)."""

    code: str
    number: int
    description: str


@dataclass(frozen=True)
class Secondary:
    """One secondary diagnosis, in the order of the claim.

    `level` is what the tables make of it ("MCC", "CC" or ""), `counted` whether it counted so in this stay, `reason` why
    not (one of the words of this module) and `affects` whether the grouper used it for the MS-DRG that was assigned.
    """

    code: str
    poa: str
    level: str
    counted: bool
    reason: str
    affects: bool

    @property
    def severity(self) -> str:
        """What it counted as: "MCC", "CC" or ""."""
        return self.level if self.counted else ""


class ByCode(dict[str, str]):
    """A dict by code that does not mind how the code is written: "J96.01", "j9601". Its keys are as the book prints them."""

    def __missing__(self, code: str) -> str:
        written = dotted(key_of(code))
        if written != code and written in self:
            return self[written]
        raise KeyError(f"{code!r} is no secondary diagnosis of this stay; there are {', '.join(self) or 'none'}.")


def secondaries(case: Case, found: Mapping[str, Any]) -> tuple[Secondary, ...]:
    """Every secondary diagnosis with what became of it, from the grouper's answer. The answer is in another order."""
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    for one in found["sdx_output"]:
        by_key.setdefault(one["code"], []).append(one)
    read = [_read(case, coded, by_key[coded.key].pop(0)) for coded in case.secondary]
    if found["final_drg"] in (998, 999):
        return tuple(replace(one, counted=False, reason=one.reason or (UNGROUPED if one.level else "")) for one in read)
    return tuple(_settle(case, read, found["final_severity"], found["final_base_drg"]))


def hospital_acquired(found: Mapping[str, Any]) -> tuple[HospitalAcquired, ...]:
    """The hospital-acquired conditions whose criteria the stay meets, from the grouper's answer."""
    return tuple(
        HospitalAcquired(dotted(one["code"]), hac["hac_number"], hac["description"])
        for one in found["sdx_output"]
        for hac in one["hacs"]
        if _is_met(hac)
    )


def _is_met(hac: Mapping[str, Any]) -> bool:
    return bool(hac["hac_status"] == "HAC_CRITERIA_MET" and hac["hac_number"] > 0)


def _read(case: Case, coded: Coded, one: Mapping[str, Any]) -> Secondary:
    level = one["severity"] if one["severity"] in ("CC", "MCC") else ""
    flags = one["flags"]
    reason = ""
    if level:
        if "EXCLUDED" in flags or coded.key == case.principal.key:
            reason = EXCLUDED
        elif "DEATH_EXCLUSION" in flags:
            reason = DIED
        elif any(map(_is_met, one["hacs"])):
            reason = HAC
    affects = one["drg_impact"] in ("BOTH", "FINAL") and reason != HAC
    return Secondary(coded.code, coded.poa, level, bool(level) and not reason, reason, affects)


def _settle(case: Case, read: list[Secondary], severity: str, base: int | None) -> Iterable[Secondary]:
    """Find what the MS-DRG's own definition has used up. The grouper does not say so: it gives the claim's severity only.

    A level above that of the claim cannot have counted. Where several codes could have made the claim's level, each is
    asked about alone: the stay is grouped without the others that count.
    """
    reached = RANK[severity]
    rivals = [one for one in read if one.counted]
    for one in read:
        if not one.counted:
            yield one
        elif RANK[one.level] > reached or (len(rivals) > 1 and not _counts_alone(case, read, one, base)):
            yield replace(one, counted=False, reason=LOGIC)
        else:
            yield one


def _counts_alone(case: Case, read: list[Secondary], one: Secondary, base: int | None) -> bool:
    kept = tuple(
        coded
        for coded, other in zip(case.secondary, read, strict=True)
        if not other.counted or other is one or other.code == one.code
    )
    answer = grouped(replace(case, secondary=kept))
    return answer["final_base_drg"] != base or RANK[answer["final_severity"]] >= RANK[one.level]
