"""What the key and the answer of a `stay` hold: codes with their indicators, procedures, patient, query.

Source: ICD-10-CM Official Guidelines, Appendix I (present on admission); UB-04 form locators 67 to 74.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.forms.base import Distractor, Strict
from medcoding.forms.diagnoses import CodeText, DiagnosisKey, plain
from medcoding.forms.match import EntryId

INDICATORS = ("Y", "N", "U", "W", "")
MOST_OTHERS, MOST_PROCEDURES = 24, 25

Poa = Literal["Y", "N", "U", "W", "exempt"]


class StayCode(Strict):
    """A diagnosis of the key: its code, what earns the same, and whether it was present on admission.

    `exempt` stands for a code of the exempt list, whose indicator is left blank (Appendix I).
    """

    code: str
    alternatives: tuple[str, ...] = ()
    poa: Poa = "Y"

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(plain(code) for code in (self.code, *self.alternatives))


class StayProcedure(Strict):
    """A procedure of the key; with a `date`, its date is asked too."""

    code: str
    alternatives: tuple[str, ...] = ()
    date: dt.date | None = None

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(plain(code) for code in (self.code, *self.alternatives))


class QueryOption(Strict):
    """One answer to the question whether the provider must be asked."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    correct: bool = False
    feedback: str = ""


class Patient(Strict):
    """What grouping needs of the patient: whole years at admission, sex, and the discharge status code."""

    age: Annotated[int, Field(ge=0, le=124)]
    sex: Literal["F", "M", "U"]
    discharge: Annotated[str, StringConstraints(pattern=r"^\d\d$")] = "01"


class StayKey(Strict):
    """The abstract that the record supports. `drg` is its MS-DRG, proved by the bank check."""

    patient: Patient
    principal: StayCode
    others: Annotated[tuple[StayCode, ...], Field(max_length=MOST_OTHERS)] = ()
    procedures: Annotated[tuple[StayProcedure, ...], Field(max_length=12)] = ()
    optional: tuple[str, ...] = ()
    optional_procedures: tuple[str, ...] = ()
    ask_discharge: bool = False
    query: Annotated[tuple[QueryOption, ...], Field(max_length=5)] = ()
    drg: Annotated[int, Field(ge=1, le=999)]
    distractors: tuple[Distractor, ...] = ()

    @field_validator("principal", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"code": value} if isinstance(value, str) else value

    @field_validator("others", "procedures", mode="before")
    @classmethod
    def _bare_list(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"code": entry} if isinstance(entry, str) else entry for entry in value)
        return value

    @model_validator(mode="after")
    def _consistent(self) -> StayKey:
        codes = [plain(entry.code) for entry in (self.principal, *self.others)]
        if len(set(codes)) < len(codes):
            raise ValueError("the key names a diagnosis twice")
        every = {code for entry in (self.principal, *self.others) for code in entry.accepted}
        if every & {plain(code) for code in self.optional}:
            raise ValueError("an optional code is also a key code or an alternative")
        own = [plain(entry.code) for entry in self.procedures]
        if len(set(own)) < len(own):
            raise ValueError("the key names a procedure twice")
        right = every | {plain(code) for code in (*self.optional, *self.optional_procedures)} | {c for e in self.procedures for c in e.accepted}
        for distractor in self.distractors:
            if plain(distractor.code) in right:
                raise ValueError(f"the distractor {distractor.code} is also a right or optional code")
        if self.query and sum(option.correct for option in self.query) != 1:
            raise ValueError("exactly one option of 'query' is correct")
        return self

    @property
    def diagnoses(self) -> DiagnosisKey:
        """Principal and others as one list, for what they share with other forms."""
        return DiagnosisKey.model_validate(
            {
                "codes": [{"code": entry.code, "alternatives": entry.alternatives} for entry in (self.principal, *self.others)],
                "lead": self.principal.code,
                "optional": self.optional,
            }
        )


class EnteredCode(Strict):
    """A diagnosis as entered, with its indicator: Y, N, U, W, or nothing (also "1" or "exempt") for an exempt code."""

    code: CodeText = ""
    poa: Annotated[str, StringConstraints(max_length=8)] = ""


class EnteredProcedure(Strict):
    """A procedure as entered; its date as YYYY-MM-DD, empty where none is asked."""

    code: Annotated[str, StringConstraints(max_length=16)] = ""
    date: Annotated[str, StringConstraints(max_length=12)] = ""


class StayAnswer(Strict):
    """The abstract as entered: up to 24 other diagnoses and 25 procedures, as on the institutional claim."""

    principal: EnteredCode = EnteredCode()
    others: Annotated[tuple[EnteredCode, ...], Field(max_length=MOST_OTHERS)] = ()
    procedures: Annotated[tuple[EnteredProcedure, ...], Field(max_length=MOST_PROCEDURES)] = ()
    discharge: Annotated[str, StringConstraints(max_length=4)] = ""
    query: EntryId | Literal[""] = ""


def indicator(text: str) -> str:
    """A present-on-admission indicator as it is compared: upper case; "1" and "exempt" are blank."""
    bare = text.strip().upper()
    return "" if bare in ("1", "EXEMPT") else bare
