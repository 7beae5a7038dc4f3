"""Items that declare variants, as a bank file has them, for the tests of every part."""

from __future__ import annotations

FRACTURE = """
- id: a-broken-leg
  lesson: 05-02
  form: codes
  title: A broken leg
  objectives: [1]
  variants:
    draw:
      code: {codes: {book: icd10cm, below: S72, ends: A, without: [unspecified]}}
    compute:
      title: {call: codes.title, args: [icd10cm, "{{code}}"]}
      told: {call: text.lower, args: ["{{title}}"]}
  chart: |
    Age: 70

    ## Assessment
    {{told}}.
  question: Which code?
  key: {codes: ["{{code}}"]}
  distractors: [{code: S72.90XA, feedback: The site is documented.}]
  rationale: The title of `{{code}}` says so.
  citations: [{note: S72}]
"""
UNITS = """
- id: units-of-a-drug
  lesson: 05-02
  form: number
  title: Units of a drug
  objectives: [1]
  variants:
    draw:
      drug: {choose: [{name: ketorolac, code: J1885, per: 15}, {name: ondansetron, code: J2405, per: 1}]}
      dose: {range: [20, 80, 5]}
    compute:
      units: {call: hcpcs.units, args: ["{{drug.code}}", "{{dose}}"]}
      less: {call: math.subtract, args: ["{{units}}", 1]}
  question: "{{dose}} mg of {{drug.name}} were given; `{{drug.code}}` is per {{drug.per}} mg. How many units?"
  key: {value: "{{units}}", near: [{value: "{{less}}", feedback: A part of a unit counts as a whole one.}]}
  rationale: "{{dose}} / {{drug.per}}, rounded up, is {{units}}."
  citations: [{cms: "Claims Processing Manual ch. 17"}]
"""
BASE = """
- id: base-payment
  lesson: 05-02
  form: number
  title: Base payment
  objectives: [1]
  variants:
    draw:
      base: {range: [6000, 7500, 50]}
      weight: {range: [0.8, 2.4, 0.1]}
    compute:
      pay: {call: payment.drg_base, args: ["{{base}}", "{{weight}}"]}
      shown: {call: text.dollars, args: ["{{base}}"]}
    guard: ["{{weight}} != 1"]
  question: Base {{shown}}, weight {{weight}}. Payment?
  key: {value: "{{pay}}", decimals: 2, unit: $, near: [{value: "{{base}}", feedback: The weight was left out.}]}
  rationale: Rate times weight is {{pay}}.
  citations: [{cfr: 42 CFR 412.60}]
"""
TABLE = """
- id: from-a-table
  lesson: 05-02
  form: choice
  title: From a table
  objectives: [1]
  variants:
    table:
      - {leads: The cause, follows: the manifestation}
      - {leads: The sequela, follows: the old injury}
      - {leads: The poisoning, follows: its effect}
  question: What does {{follows}} stand behind?
  key:
    options:
      - {text: "{{leads}}.", correct: true}
      - {text: Nothing., feedback: A note fixes the order.}
  rationale: First {{leads}}, then {{follows}}.
  citations: [{guideline: I.A.13}]
"""
ALL = (FRACTURE, UNITS, BASE, TABLE)
