"""stay: the abstract of an inpatient stay. Principal 0.25, other diagnoses 0.25, POA 0.15, procedures 0.25, query or discharge status 0.10.

What a key does not ask for gives its share to the others, but for a tenth of it, which the rest of the abstract must still earn.
Source: the course's scoring guide; ICD-10-CM Official Guidelines, sections II and III and Appendix I (present on admission).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, ClassVar

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, capped
from medcoding.forms.consequence import Consequence
from medcoding.forms.diagnoses import Judged, judge, key_problems, plain, swapped, words_alone
from medcoding.forms.match import entries, finding, text_id
from medcoding.forms.matching import match_codes
from medcoding.forms.staymodels import (
    INDICATORS,
    MOST_OTHERS,
    MOST_PROCEDURES,
    EnteredCode,
    EnteredProcedure,
    StayAnswer,
    StayCode,
    StayKey,
    indicator,
)

PRINCIPAL, OTHERS, POA, PROCEDURES, REST = 0.25, 0.25, 0.15, 0.25, 0.10
IDLE = 0.1
"""The part of a share that stays where the key asks for nothing: to enter nothing there is right too."""


class Stay(Form[StayKey, StayAnswer]):
    """Principal and other diagnoses with POA, procedures, and what else the item asks."""

    name: ClassVar[str] = "stay"
    key_model = StayKey
    answer_model = StayAnswer

    def public(self, key: StayKey, seed: str) -> dict[str, Any]:
        options = entries([option.text for option in key.query], seed, "query") if key.query else []
        return {
            "book": "icd10cm", "others": MOST_OTHERS, "procedures": MOST_PROCEDURES, "dates": any(entry.date for entry in key.procedures),
            "books": ["icd10cm", "icd10pcs"], "ask_discharge": key.ask_discharge, "query": options,
            "patient": key.patient.model_dump(exclude={"discharge"} if key.ask_discharge else None),
        }  # fmt: skip

    def missing(self, answer: StayAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.principal.code.strip() else "No principal diagnosis is entered yet."

    def unready(self, answer: StayAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return super().unready(answer, view) or words_alone([answer.principal.code, *(one.code for one in answer.others), *(one.code for one in answer.procedures)])

    def score(self, key: StayKey, answer: StayAnswer, context: Context) -> Score:
        diagnoses = [entry for entry in (answer.principal, *answer.others) if entry.code.strip()]
        if not diagnoses and not any(entry.code.strip() for entry in answer.procedures):
            return capped(_empty(key), [finding(Severity.WARNING, "no-answer", "Nothing was entered.")], context, 0)
        told = [one for one in key.distractors if len(plain(one.code)) != 7 or "." in one.code]
        judged = judge(key.diagnoses, [entry.code for entry in diagnoses], told, context)
        shares = {
            "principal": float(plain(answer.principal.code) in key.principal.accepted),
            "other diagnoses": (others := _others(key, answer))[0],
            "POA": sum((fitting := _fitting(key, diagnoses, judged)).values()) / (1 + len(key.others)),
        }
        procedures, procedure_findings, hard_procedures = _procedures(key, answer.procedures, context)
        shares["procedures"] = procedures
        rest, rest_findings = _rest(key, answer)
        shares["query and discharge"] = rest
        notes = {
            "principal": "right" if shares["principal"] else "not right",
            "other diagnoses": f"{others[1]} of {len(key.others)} needed stand among the other diagnoses" if key.others else "none is needed",
            "POA": f"{sum(fitting.values())} of {1 + len(key.others)} right",
            "procedures": f"{len(key.procedures)} needed" if key.procedures else "none is needed",
            "query and discharge": "" if key.query or key.ask_discharge else "not asked",
        }
        poa_findings, hard_poa = _indicator_errors(diagnoses)
        parts = [
            SubScore(name=name, earned=shares[name] * weight, possible=weight, note=notes.get(name, "")) for name, weight in _weights(key).items() if weight > 0
        ]
        findings = [*judged.findings, *poa_findings, *_indicator_remarks(diagnoses, fitting), *procedure_findings, *rest_findings]
        hard = judged.hard + hard_poa + hard_procedures
        if not shares["principal"] and answer.principal.code.strip() and plain(answer.principal.code) in {c for e in key.others for c in e.accepted}:
            findings.append(finding(Severity.WARNING, "not-principal", f"{answer.principal.code} belongs to this stay, but it is not the principal diagnosis."))
        return capped(parts, findings, context, hard)

    def claims(self, key: StayKey) -> Iterator[Claim]:
        for number, entry in enumerate((key.principal, *key.others)):
            where = "key.principal" if number == 0 else f"key.others.{number - 1}"
            yield from (Claim(where, code, "valid") for code in (entry.code, *entry.alternatives))
        yield from (Claim("key.optional", code, "valid") for code in key.optional)
        for number, procedure in enumerate(key.procedures):
            yield from (Claim(f"key.procedures.{number}", code, "valid", "icd10pcs") for code in (procedure.code, *procedure.alternatives))
        yield from (Claim("key.optional_procedures", code, "valid", "icd10pcs") for code in key.optional_procedures)
        yield from (Claim(f"distractors.{n}", one.code, one.status, "icd10pcs" if _is_procedure(one.code) else "icd10cm") for n, one in enumerate(key.distractors))

    def problems(self, key: StayKey, context: Context) -> Iterator[str]:
        yield from key_problems(key.diagnoses, context, "key")
        if not key.distractors:
            yield "distractors: none given; name at least one mistake that a real coder makes"
        for number, option in enumerate(key.query):
            if not option.correct and not option.feedback:
                yield f"key.query.{number}: a wrong option needs feedback that names the mistake"
        from medcoding.forms.abstract import group_key
        from medcoding.payment import drg

        try:
            found = group_key(key, context.on).drg
        except drg.DrgInputError as error:
            yield f"key.drg: the stay cannot be grouped: {error}"
        else:
            if found != key.drg:
                yield f"key.drg: the key claims MS-DRG {key.drg:03d}, the grouper of {context.on} says {found:03d}"

    def key_answer(self, key: StayKey) -> dict[str, Any]:
        right = next((option.text for option in key.query if option.correct), "")
        return {
            "principal": _entry(key.principal),
            "others": [_entry(entry) for entry in key.others],
            "procedures": [{"code": plain(entry.code), "date": entry.date.isoformat() if entry.date else ""} for entry in key.procedures],
            "discharge": key.patient.discharge if key.ask_discharge else "",
            "query": text_id(right) if right else "",
        }

    def full_answers(self, key: StayKey) -> Iterator[dict[str, Any]]:
        own = self.key_answer(key)
        yield own
        listed = [own["principal"], *own["others"]]
        for place, entry in enumerate((key.principal, *key.others)):
            for code in entry.alternatives:
                codes = swapped([one["code"] for one in listed], place, code)
                first, *others = ({**one, "code": new} for one, new in zip(listed, codes, strict=True))
                yield {**own, "principal": first, "others": others}
        for place, procedure in enumerate(key.procedures):
            for code in procedure.alternatives:
                codes = swapped([one["code"] for one in own["procedures"]], place, plain(code))
                yield {**own, "procedures": [{**one, "code": new} for one, new in zip(own["procedures"], codes, strict=True)]}

    def consequence(self, key: StayKey, answer: StayAnswer, context: Context) -> Consequence:
        from medcoding.forms.abstract import stay_consequence

        return stay_consequence(key, answer, context.on)

    def describe(self, answer: StayAnswer, key: StayKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        rows = [("Diagnosis 1 (principal)", answer.principal.code), ("Present on admission", indicator(answer.principal.poa) or "blank")] if answer.principal.code.strip() else []
        for number, entry in enumerate((entry for entry in answer.others if entry.code.strip()), 2):
            rows += [(f"Diagnosis {number}", entry.code), ("Present on admission", indicator(entry.poa) or "blank")]
        for number, procedure in enumerate((entry for entry in answer.procedures if entry.code.strip()), 1):
            rows.append((f"Procedure {number}", plain(procedure.code)))
            if procedure.date:
                rows.append(("Date", procedure.date))
        if answer.discharge:
            rows.append(("Discharge status", answer.discharge))
        options = {text_id(option.text): option.text for option in key.query} if key is not None else {one["id"]: one["text"] for one in (public or {}).get("query", [])}
        if answer.query:
            rows.append(("Query", options.get(answer.query, "an option that is not there")))
        return rows

    def attempt(self, key: StayKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        wrong = [one.code for one in key.distractors if not _is_procedure(one.code)]
        if draw.random() >= ability:
            if own["others"] and draw.random() < 0.5:
                own["principal"]["code"], own["others"][0]["code"] = own["others"][0]["code"], own["principal"]["code"]
            elif wrong:
                own["principal"]["code"] = draw.choice(wrong)
        own["others"] = [
            {**entry, "poa": entry["poa"] if draw.random() < (1 + ability) / 2 else "N"} for entry in own["others"] if draw.random() < (1 + ability) / 2
        ]
        own["procedures"] = [entry for entry in own["procedures"] if draw.random() < (1 + ability) / 2]
        if draw.random() >= ability and key.query:
            own["query"] = text_id(draw.choice(key.query).text)
        return own


def _is_procedure(code: str) -> bool:
    return "." not in code and len(plain(code)) == 7


def _entry(entry: StayCode) -> dict[str, str]:
    return {"code": entry.code, "poa": "" if entry.poa == "exempt" else entry.poa}


def _weights(key: StayKey) -> dict[str, float]:
    """The share of each part. What the key does not ask for keeps a tenth of its share; the rest goes to the others in proportion."""
    asked = {
        "principal": True, "other diagnoses": bool(key.others), "POA": True, "procedures": bool(key.procedures),
        "query and discharge": bool(key.query) or key.ask_discharge,
    }  # fmt: skip
    full = dict(zip(asked, (PRINCIPAL, OTHERS, POA, PROCEDURES, REST), strict=True))
    raw = {name: weight if asked[name] else (0.0 if name == "query and discharge" else weight * IDLE) for name, weight in full.items()}
    whole = sum(raw.values())
    return {name: weight / whole for name, weight in raw.items()}


def _empty(key: StayKey) -> list[SubScore]:
    return [SubScore(name=name, earned=0, possible=weight) for name, weight in _weights(key).items() if weight > 0]


def _others(key: StayKey, answer: StayAnswer) -> tuple[float, int]:
    """(share, how many are right): right other diagnoses over the larger of entered and asked for; optional ones do not count."""
    entered = [plain(entry.code) for entry in answer.others if entry.code.strip()]
    matched = match_codes(entered, [entry.accepted for entry in key.others], once=True, spent=[plain(answer.principal.code)])
    optional = {plain(code) for code in key.optional}
    neutral = {code for number, code in enumerate(entered) if number not in matched and code in optional}
    counted = len(entered) - len(neutral)
    if not key.others:
        return float(not counted and bool(answer.principal.code.strip())), 0
    return len(matched) / max(counted, len(key.others)), len(matched)


def _fitting(key: StayKey, entered: Sequence[EnteredCode], judged: Judged) -> dict[int, bool]:
    """Whether each right code, by its place among the entered ones, has the right indicator."""
    wanted = [entry.poa for entry in (key.principal, *key.others)]
    return {
        number: indicator(entered[number].poa) == ("" if wanted[spot] == "exempt" else wanted[spot]) for number, spot in sorted(judged.matched.items())
    }


def _indicator_remarks(entered: Sequence[EnteredCode], fitting: Mapping[int, bool]) -> list[Finding]:
    """Which right codes have a wrong indicator; never the right one."""
    told = []
    for number, fits in fitting.items():
        given = indicator(entered[number].poa)
        if fits or given not in INDICATORS:
            continue
        said = "is blank, which only codes exempt from reporting are" if not given else f"“{given}” does not fit the record or the rules"
        told.append(
            Finding(
                severity=Severity.WARNING, rule="poa", codes=(entered[number].code.strip(),), citation="Official Guidelines, Appendix I",
                message=f"{entered[number].code.strip()}: the present-on-admission indicator {said}.",
            )
        )  # fmt: skip
    return told


def _indicator_errors(entered: Sequence[EnteredCode]) -> tuple[list[Finding], int]:
    wrong = [entry for entry in entered if indicator(entry.poa) not in INDICATORS]
    told = [
        Finding(
            severity=Severity.ERROR, rule="poa-value", codes=(entry.code,), citation="Official Guidelines, Appendix I",
            message=f"{entry.code}: “{entry.poa}” is no present-on-admission indicator; expected Y, N, U, W, or nothing for an exempt code.",
        )
        for entry in wrong
    ]  # fmt: skip
    return told, len(told)


def _procedures(key: StayKey, given: Sequence[EnteredProcedure], context: Context) -> tuple[float, list[Finding], int]:
    """(share, findings, hard errors): right procedures over the larger of both numbers; a date that is asked is a fifth of its procedure."""
    from medcoding.codes import icd10pcs

    listed = [entry for entry in given if entry.code.strip()]
    entered = [plain(entry.code) for entry in listed]
    book = icd10pcs.on(context.on)
    hard = [problem for code in dict.fromkeys(entered) if (problem := book.problem(code)) is not None]
    matched = match_codes(entered, [entry.accepted for entry in key.procedures], once=True)
    optional = {plain(code) for code in key.optional_procedures}
    feedback = {plain(one.code): one.feedback for one in key.distractors}
    told: list[Finding] = []
    neutral = 0
    for number, code in enumerate(entered):
        if number in matched:
            continue
        if code in optional and code not in entered[:number]:
            neutral += 1
        elif code in entered[:number]:
            told.append(finding(Severity.WARNING, "entered-twice", f"{code} is entered twice."))
        elif code in feedback:
            told.append(finding(Severity.WARNING, "distractor", f"{code}: {feedback[code]}"))
        else:
            told.append(finding(Severity.WARNING, "not-in-key", f"{code} is not among the codes that this record needs."))
    missed = len(key.procedures) - len(matched)
    if missed:
        told.append(finding(Severity.HINT, "left-out", f"{missed} needed procedure{' is' if missed == 1 else 's are'} not among the entries."))
    worth = 0.0
    for number, spot in matched.items():
        asked = key.procedures[spot].date
        dated = asked is None or listed[number].date.strip() == asked.isoformat()
        worth += 1.0 if dated else 0.8
        if not dated:
            told.append(finding(Severity.WARNING, "wrong-date", f"{entered[number]}: its date is not the one of the record."))
    counted = len(entered) - neutral
    share = worth / max(counted, len(key.procedures)) if key.procedures else float(not counted)
    return share, [*hard, *told], len(hard)


def _rest(key: StayKey, answer: StayAnswer) -> tuple[float, list[Finding]]:
    """Query and discharge status: the mean of what is asked."""
    shares: list[float] = []
    told: list[Finding] = []
    if key.query:
        chosen = next((option for option in key.query if text_id(option.text) == answer.query), None)
        shares.append(float(chosen is not None and chosen.correct))
        if chosen is None:
            told.append(finding(Severity.HINT, "left-out", "Whether a query is needed was not answered."))
        elif not chosen.correct:
            told.append(finding(Severity.WARNING, "wrong-option", chosen.feedback))
    if key.ask_discharge:
        right = answer.discharge.strip().zfill(2) == key.patient.discharge
        shares.append(float(right))
        if not right:
            told.append(finding(Severity.WARNING, "wrong-discharge", "The discharge status is not the one of the record."))
    return (sum(shares) / len(shares) if shares else 0.0), told

