"""One item of each form of texts and numbers, and a released folder that holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from medcoding.items import Item, publish
from medcoding.items.publication import dump

ITEMS = """
- id: who-does-what
  form: match
  key:
    pairs:
      - {left: Coder, right: assigns `codes`, feedback: Zq1.}
      - {left: "<b>Biller</b>", right: submits the claim}
    extra: [{text: signs the note, feedback: Zq2.}]
- id: leaf-or-header
  form: sort
  key:
    bins: [leaf, header]
    items:
      - {text: "`I10`", bin: leaf, codes: [I10], feedback: Zq1.}
      - {text: "<b>E11.2</b>", bin: header, feedback: Zq2.}
- id: through-the-heart
  form: order
  key:
    items: [{text: "`Right` atrium", feedback: Zq1.}, {text: "<b>valve</b>"}, {text: Right ventricle}, {text: Lungs}]
- id: denial-rate
  form: number
  key: {value: "7.0", decimals: 1, unit: "%", accept_units: [per hundred], near: [{value: "14.3", feedback: Zq1.}]}
- id: outlier
  form: number
  closed_book: true
  key: {value: "21282.40", decimals: 2, unit: "$", near: [{value: "26603", feedback: Zq1.}]}
- id: vial
  form: number
  key:
    fields:
      - {label: "Units <given>", value: "14", decimals: 0, near: [{value: "13", feedback: Zq1.}]}
      - {label: Number, identifier: true, value: "09876543210", near: [{value: "98765432100", feedback: Zq2.}]}
- id: kidney
  form: pcs
  key: {procedures: ["0TB04ZZ"]}
  slips: [{axis: 5, value: "0", feedback: Zq1.}]
- id: kidney-site
  form: pcs
  key: {procedures: ["0TB04ZZ"], given: "0TB..ZZ"}
  slips: [{axis: 5, value: "0", feedback: Zq1.}]
- id: kidney-closed
  form: pcs
  closed_book: true
  key: {procedures: ["0TB04ZZ"]}
  slips: [{axis: 5, value: "0", feedback: Zq1.}]
- id: walker
  form: codes
  key: {book: hcpcs, codes: [E0143]}
  distractors: [{code: E0135, feedback: Zq1.}]
- id: three-facts
  form: highlight
  chart: "Setting: <i>Clinic</i>\n\n## Note\n\nRight ankle sprain. Films clear."
  key:
    marks: [{label: Condition, spans: [ankle sprain]}, {label: "<b>Side</b>", spans: [Right]}]
    forbidden: [{text: Films clear, feedback: Zq1.}]
- id: ask-the-attending
  form: text
  key:
    rubric: [{text: "<b>Facts</b>", points: 3}, {text: Options, points: 1}]
    least: 3
    most: 6
    forbidden: [{text: MCC, feedback: Zq1.}]
    model: Zq2 four words here.
- id: mean-days
  form: data
  key: {number: "20", unit: days, near: [{value: "19", feedback: Zq1.}]}
- id: new-leaves
  form: data
  key: {list: [Zq1, Zq2]}
- id: rate-table
  form: data
  key: {table: {columns: [payer, rate], rows: [[A, "7"], [B, "15"]]}, by: [payer]}
- id: ulcer-stay
  form: stay
  key:
    patient: {age: 60, sex: M}
    principal: K26.4
    others: [D62]
    procedures: ["0W3P8ZZ"]
    query: [{text: "No <b>query</b>.", correct: true}, {text: "Ask.", feedback: Zq1.}]
    drg: 378
  distractors: [{code: K92.2, feedback: Zq2.}]
- id: ulcer-practice
  form: stay
  use: practice
  key: {patient: {age: 60, sex: M}, principal: K26.4, others: [D62], drg: 378}
  distractors: [{code: K92.2, feedback: Zq2.}]
- id: two-boxes
  form: claim
  key:
    claim: {sample: office-knee, changes: {"lines.1.pointers": B}}
    fixes: [{path: lines.1.pointers, value: A, feedback: Zq1.}]
    wrong: [{path: diagnoses.0.code, value: I10, feedback: Zq2.}]
    asks: [{label: "Who <b>pays</b>?", options: [{text: Medicare., correct: true}, {text: "The <i>patient</i>.", feedback: Zq3.}]}]
- id: three-suggestions
  form: review
  key:
    suggestions:
      - {code: I82.401, based_on: "no <b>clot</b>", confidence: 91, verdict: reject, feedback: Zq1.}
      - {code: M79.662, verdict: change, to: M79.661, feedback: Zq2.}
      - {text: "Please add <i>it</i>.", verdict: reject, feedback: Zq3.}
    missed: [{code: Z86.711, feedback: Zq4.}]
- id: an-earache
  form: mdm
  key:
    setting: office-established
    problems: low
    data: limited
    risk: moderate
    level: low
    evidence: [{text: "<b>Amoxicillin</b>.", correct: true}, {text: Looks well., feedback: Zq1.}]
  slips: [{element: data, value: minimal, feedback: Zq2.}]
- id: take-apart
  form: wordparts
  key:
    term: hepatitis
    mode: apart
    parts: [{text: hepat, kind: root, meaning: liver}, {text: -itis, kind: suffix, meaning: inflammation}]
    meanings: [kidney]
    meaning: {text: An inflamed liver., wrong: [{text: A <b>large</b> liver., feedback: Zq1.}]}
- id: put-together
  form: wordparts
  key:
    term: orchiopexy
    mode: build
    parts: [{text: orchi/o, kind: root}, {text: -pexy, kind: suffix}]
    extra: [{text: -ectomy, kind: suffix, feedback: Zq1.}]
"""
SHARED = {"lesson": "01-01", "title": "A title", "question": "Which?", "rationale": "Zq3.", "citations": [{"course": "a rule of the course"}]}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Item]:
    """The items by id; the current folder is a released assignment with all of them."""
    items = [Item.model_validate({**SHARED, **raw}) for raw in yaml.safe_load(ITEMS)]
    home = tmp_path / "student/01-m"
    (home / "items").mkdir(parents=True)
    publication = publish(items, assignment="01-m", notebook="01-l", secret="s")
    (home / "items/01-l.json").write_bytes(dump(publication.public()))
    monkeypatch.chdir(home)
    return {item.id: item for item in items}


def recorded(name: str) -> Any:
    """The answer in answers.json of the current folder."""
    from medcoding.items.answers import AnswerStore

    answer = AnswerStore(Path.cwd()).get(name)
    return None if answer is None else answer.answer
