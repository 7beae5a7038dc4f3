"""The view of `stay`: an inpatient abstract; in practice its MS-DRG shows while it grows."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.forms.abstract import group_answer, told
from medcoding.forms.staymodels import INDICATORS, Patient, StayAnswer, indicator
from medcoding.items.models import PublicItem
from medcoding.widgets import lookup
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class StayView(View):
    """Diagnosis fields with POA, procedure fields, and the questions that the item asks besides."""

    form: ClassVar[str] = "stay"
    dated: ClassVar[bool] = True
    _esm = script("base.js", "combobox.js", "stay.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {**item.view, "query": drawn(item.view.get("query", []))}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The form's own shape; codes may be plain texts or (code, POA) pairs, procedures plain texts, the query its text."""
        if not isinstance(value, dict):
            return value
        value = dict(value)
        if "principal" in value:
            value["principal"] = _coded(value["principal"])
        if isinstance(value.get("others"), list | tuple):
            value["others"] = [_coded(entry) for entry in value["others"]]
        if isinstance(value.get("procedures"), list | tuple):
            value["procedures"] = [{"code": entry} if isinstance(entry, str) else entry for entry in value["procedures"]]
        if value.get("query"):
            value["query"] = named(item, item.view.get("query", []), value["query"], "option")
        return value

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        answer = StayAnswer.model_validate(raw)
        codes = [answer.principal.code, *(entry.code for entry in answer.others)]
        found = lookup.hints(codes, item.on, "icd10cm", wait)
        for hint, entry in zip(found, (answer.principal, *answer.others), strict=True):
            if indicator(entry.poa) not in INDICATORS:
                hint.update(kind="hint", text=f"{entry.poa[:8]} is no present-on-admission indicator: Y, N, U, W, or nothing.")
        return {"diagnoses": found, "procedures": lookup.hints([entry.code for entry in answer.procedures], item.on, "icd10pcs", wait)}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        names = [("Diagnosis", hints["diagnoses"]), ("Procedure", hints["procedures"])]
        return [f"{name} {number}: {hint['text']}" for name, found in names for number, hint in enumerate(found, 1) if hint["text"]]

    def _answer_message(self, content: dict[str, Any]) -> None:
        if content.get("type") != "live":
            super()._answer_message(content)
            return
        self.send({"type": "live", "view": content.get("view"), "n": content.get("n"), "text": self._live(content.get("answer"))})

    def _live(self, raw: object) -> str:
        """What the abstract so far is grouped to; only in practice, for a graded stay shows that after grading."""
        if self._mode != "practice":
            return ""
        try:
            answer = StayAnswer.model_validate(raw)
        except ValueError:
            return ""
        if not answer.principal.code.strip():
            return "Enter a principal diagnosis to see the MS-DRG."
        patient = Patient.model_validate(self.item["view"]["patient"])
        status = answer.discharge.strip().zfill(2)
        if self.item["view"].get("ask_discharge") and len(status) == 2 and status.isdigit():
            patient = patient.model_copy(update={"discharge": status})
        found = group_answer(answer, patient, self._record.place.item.on)
        return found if isinstance(found, str) else told(found)


def _coded(entry: object) -> object:
    """A diagnosis as code and indicator."""
    if isinstance(entry, str):
        return {"code": entry}
    if isinstance(entry, list | tuple) and len(entry) == 2:
        return {"code": entry[0], "poa": entry[1]}
    return entry
