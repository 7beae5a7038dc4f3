"""mdm: the level of a visit. Each of problems, data and risk 0.20, level 0.30, evidence 0.10.

Where no evidence is asked its share goes to the others in proportion; where the item is decided by time alone, the grades are not asked.
Source: the course's scoring guide; `medcoding.codes.cpt.visit_level` for the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from medcoding.codes.cpt.visit_level import GRADES, LEVELS, MINUTES, SETTINGS, higher, level_by_time, level_of
from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.match import EntryId, entries, finding, text_id

GRADE, LEVEL, EVIDENCE = 0.20, 0.30, 0.10
ELEMENTS = ("problems", "data", "risk")

Setting = Literal["office-new", "office-established", "hospital-first", "hospital-later", "emergency"]
Problems = Literal["minimal", "low", "moderate", "high"]
Data = Literal["minimal", "limited", "moderate", "extensive"]
Level = Literal["straightforward", "low", "moderate", "high"]


class Statement(Strict):
    """A statement of the note that may be what decides; wrong ones carry feedback."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    correct: bool = False
    feedback: str = ""


class MdmSlip(Strict):
    """A wrong grade or level that real coders choose, and the feedback that names their mistake."""

    element: Literal["problems", "data", "risk", "level"]
    value: str
    feedback: Annotated[str, StringConstraints(min_length=1)]


class MdmKey(Strict):
    """The grades that the note supports and the level that follows, by decision making or, where higher, by time.

    `alternatives` of a grade are written as {"data": ["minimal"]}: grades that careful coders reach too, without effect on the level.
    """

    setting: Setting
    problems: Problems | None = None
    data: Data | None = None
    risk: Problems | None = None
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    level: Level
    alternatives: dict[Literal["problems", "data", "risk"], tuple[str, ...]] = Field(default_factory=dict)
    evidence: Annotated[tuple[Statement, ...], Field(max_length=8)] = ()
    slips: Annotated[tuple[MdmSlip, ...], Field(max_length=16)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> MdmKey:
        grades = [self.problems, self.data, self.risk]
        if any(grades) and not all(grades):
            raise ValueError("give all of problems, data and risk, or none of them for a visit decided by time")
        if not any(grades) and self.minutes is None:
            raise ValueError("nothing decides the level: give the three grades, or minutes")
        if self.minutes is not None and self.setting not in MINUTES:
            raise ValueError(f"time does not decide a visit in the setting {self.setting!r}")
        if self.due != self.level:
            raise ValueError(f"the grades and minutes give {self.due or 'no level'}, the key says {self.level}")
        for element, others in self.alternatives.items():
            for grade in others:
                if grade not in GRADES[element] or not self.graded:
                    raise ValueError(f"{grade!r} is no grade of {element}; there are {', '.join(GRADES[element])}")
                if self.graded and level_of(**{**self.graded, element: grade}) != level_of(**self.graded):
                    raise ValueError(f"the alternative {grade} of {element} would change the level")
        for slip in self.slips:
            known = LEVELS if slip.element == "level" else GRADES[slip.element]
            if slip.value not in known:
                raise ValueError(f"the slip {slip.value!r} is no {slip.element}; there are {', '.join(known)}")
            if slip.value == (self.level if slip.element == "level" else self.graded.get(slip.element)):
                raise ValueError(f"the slip {slip.element} {slip.value} is the right value")
        if self.evidence and not any(one.correct for one in self.evidence):
            raise ValueError("no statement of 'evidence' is correct")
        return self

    @property
    def graded(self) -> dict[str, str]:
        """The three grades by element; empty where time alone decides."""
        return {"problems": self.problems, "data": self.data or "", "risk": self.risk or ""} if self.problems else {}

    @property
    def due(self) -> str:
        """The level that follows."""
        by_time = level_by_time(self.setting, self.minutes) if self.minutes is not None else ""
        return higher(level_of(**self.graded) if self.graded else "", by_time)

    def accepted(self, element: str) -> frozenset[str]:
        """The grades of an element that earn its share."""
        return frozenset((self.graded[element], *self.alternatives.get(element, ())))  # type: ignore[call-overload]


class MdmAnswer(Strict):
    """Grades, level and statements as chosen; empty where nothing is chosen."""

    problems: Annotated[str, StringConstraints(max_length=20)] = ""
    data: Annotated[str, StringConstraints(max_length=20)] = ""
    risk: Annotated[str, StringConstraints(max_length=20)] = ""
    level: Annotated[str, StringConstraints(max_length=20)] = ""
    evidence: Annotated[tuple[EntryId, ...], Field(max_length=8)] = ()


class Mdm(Form[MdmKey, MdmAnswer]):
    """The grid of decision making, the level, and what in the note decides it."""

    name: ClassVar[str] = "mdm"
    key_model = MdmKey
    answer_model = MdmAnswer

    def public(self, key: MdmKey, seed: str) -> dict[str, Any]:
        return {
            "setting": SETTINGS[key.setting], "levels": list(LEVELS),
            "grades": {name: list(grades) for name, grades in GRADES.items()} if key.graded else {},
            "minutes": dict(zip(LEVELS, MINUTES[key.setting], strict=True)) if key.setting in MINUTES else {},
            "evidence": entries([one.text for one in key.evidence], seed, "evidence") if key.evidence else [],
        }  # fmt: skip

    def missing(self, answer: MdmAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.level else "No level is chosen yet."

    def score(self, key: MdmKey, answer: MdmAnswer, context: Context) -> Score:
        chosen = {"problems": answer.problems, "data": answer.data, "risk": answer.risk}
        if not answer.level and not any(chosen.values()):
            return capped(_parts(key, dict.fromkeys(ELEMENTS, 0.0), 0, 0), [finding(Severity.WARNING, "no-answer", "Nothing was chosen.")], context, 0)
        shares = {element: float(chosen[element] in key.accepted(element)) for element in ELEMENTS if key.graded}
        findings: list[Finding] = []
        for element in ELEMENTS if key.graded else ():
            if not shares[element]:
                findings.append(_told(key, element, chosen[element]))
        if answer.level != key.level:
            findings.append(_told(key, "level", answer.level))
            findings += _not_following(key, chosen, answer.level)
        evidence, told = _evidence(key, answer)
        return capped(_parts(key, shares, float(answer.level == key.level), evidence), [*findings, *told], context, 0)

    def claims(self, key: MdmKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: MdmKey, context: Context) -> Iterator[str]:
        if not key.slips:
            yield "slips: none given; name at least one grade or level that a real coder chooses wrongly"
        for number, one in enumerate(key.evidence):
            if not one.correct and not one.feedback:
                yield f"key.evidence.{number}: a wrong statement needs feedback that names the mistake"

    def key_answer(self, key: MdmKey) -> dict[str, Any]:
        return {**key.graded, "level": key.level, "evidence": [text_id(one.text) for one in key.evidence if one.correct]}

    def full_answers(self, key: MdmKey) -> Iterator[dict[str, Any]]:
        own = self.key_answer(key)
        yield own
        for element, others in key.alternatives.items():
            yield from ({**own, element: grade} for grade in others)

    def describe(self, answer: MdmAnswer, key: MdmKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        rows = [(name.capitalize(), text) for name, text in (("problems", answer.problems), ("data", answer.data), ("risk", answer.risk)) if text]
        rows += [("Level", answer.level)] if answer.level else []
        texts = {text_id(one.text): one.text for one in key.evidence} if key is not None else {one["id"]: one["text"] for one in (public or {}).get("evidence", [])}
        return rows + [("Evidence", texts.get(one, "a statement that is not there")) for one in answer.evidence]

    def attempt(self, key: MdmKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        for element in key.graded:
            if draw.random() > ability:
                own[element] = draw.choice([grade for grade in GRADES[element] if grade not in key.accepted(element)])
        if draw.random() > ability:
            own["level"] = draw.choice([level for level in LEVELS if level != key.level])
        if key.evidence and draw.random() > ability:
            own["evidence"] = [text_id(draw.choice(key.evidence).text)]
        return own


def _told(key: MdmKey, element: str, value: str) -> Finding:
    """Why a grade or level is not the one of the note: a foreseen slip, or that it is not."""
    if not value:
        return finding(Severity.HINT, "left-out", f"{element.capitalize()}: nothing was chosen.")
    slip = next((one for one in key.slips if one.element == element and one.value == value), None)
    if slip is not None:
        return finding(Severity.WARNING, "distractor", f"{element.capitalize()}, {value}: {slip.feedback}")
    return finding(Severity.WARNING, "wrong-grade", f"{element.capitalize()}: the note does not support {value[:20]}.")


def _not_following(key: MdmKey, chosen: dict[str, str], level: str) -> list[Finding]:
    """A hint where the level does not follow from the student's own grades."""
    if not key.graded or not level or any(chosen[element] not in GRADES[element] for element in ELEMENTS):
        return []
    own = level_of(**chosen)
    return [] if own == level else [finding(Severity.HINT, "does-not-follow", f"Two of your three grades reach {own}, and you chose {level[:20]}.")]


def _evidence(key: MdmKey, answer: MdmAnswer) -> tuple[float, list[Finding]]:
    """(share, findings): right statements less wrong ones, over the right ones."""
    if not key.evidence:
        return 0.0, []
    by_id = {text_id(one.text): one for one in key.evidence}
    chosen = [by_id[name] for name in dict.fromkeys(answer.evidence) if name in by_id]
    strays = len(set(answer.evidence) - set(by_id))
    right, wrong = sum(one.correct for one in chosen), sum(not one.correct for one in chosen) + strays
    told = [finding(Severity.WARNING, "wrong-option", f"“{one.text}”: {one.feedback}") for one in chosen if not one.correct]
    return max(0, right - wrong) / sum(one.correct for one in key.evidence), told


def _parts(key: MdmKey, grades: dict[str, float], level: float, evidence: float) -> list[SubScore]:
    weights = {**(dict.fromkeys(ELEMENTS, GRADE) if key.graded else {}), "level": LEVEL, **({"evidence": EVIDENCE} if key.evidence else {})}
    whole = sum(weights.values())
    earned = {**grades, "level": level, "evidence": evidence}
    return [SubScore(name=name, earned=earned[name] * weight / whole, possible=weight / whole) for name, weight in weights.items()]
