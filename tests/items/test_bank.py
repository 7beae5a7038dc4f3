"""One of every possible mistake: each is found in its file, on its line, in its field, in words that help."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from medcoding import cli
from medcoding.items.bank import Bank, BankError, Fault, UnknownItem
from medcoding.items.check import check

MODULE = "05-sample"
CHOICE = """\
- id: which-code-leads
  lesson: 05-01
  form: choice
  title: Which code leads
  points: 1
  level: 2
  objectives: [1]
  domains: [P14, A1]
  question: Which code comes first?
  key:
    options:
      - text: The amyloidosis, `E85.4`
        correct: true
        codes: [E85.4]
      - text: The category `E11`
        codes: [{code: E11, status: header}]
        feedback: A category is never reported.
      - text: The cardiomyopathy, `I43`
        codes: [I43]
        feedback: A manifestation never leads.
  rationale: The note at the manifestation names what goes before it.
  citations:
    - {note: I43}
    - {guideline: I.A.13}
"""
CODES = """\
- id: heart-of-the-matter
  lesson: 05-01
  form: codes
  title: Heart of the matter
  on: 2026-03-16
  objectives: [1, 2]
  chart: {file: heart.md}
  question: Which codes, in order?
  key:
    codes:
      - E85.4
      - I43
    lead: E85.4
    before: [[E85.4, I43]]
    optional: [Z79.84]
  distractors:
    - code: I42.9
      feedback: The cause is documented.
    - {code: E85, status: header, feedback: A category. }
  rationale: The amyloidosis goes first.
  citations: [{note: I43}]
"""
ENCOUNTER = """\
- id: shot-in-the-arm
  lesson: 05-01
  form: encounter
  title: Shot in the arm
  objectives: [2]
  question: Diagnosis and service?
  key:
    diagnoses: {codes: [D51.0], lead: D51.0}
    lines:
      - code: svc:im-injection
        pointers: [D51.0]
  distractors:
    - code: D51.9
      feedback: The kind is documented.
    - code: svc:iv-push
      feedback: It went into a muscle.
  rationale: One anemia, one injection.
  citations: [{guideline: IV.G}]
"""
PRACTICE = """\
- id: try-pressure
  lesson: 05-01
  form: codes
  use: practice
  title: Try pressure
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [{code: I10, alternatives: []}]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: Complete at three characters.
  citations: [{index: Hypertension}]
"""
LESSON = "id: 05-01\nnotebook: one\ntitle: A lesson\nminutes: 10\nobjectives: [Find a code., Order two codes.]\n"


@dataclass
class Tree:
    """A bank of one module."""

    root: Path

    @property
    def items(self) -> Path:
        return self.root / "bank" / MODULE / "items.yaml"

    def write(self, text: str) -> None:
        self.items.write_text(text, encoding="utf-8")

    def faults(self) -> list[Fault]:
        return check(Bank(self.root / "bank", strict=False))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    made.items.parent.mkdir(parents=True)
    made.write(CHOICE + CODES + ENCOUNTER + PRACTICE)
    (made.items.parent / "heart.md").write_text("Age: 71\n\n## Assessment\nCardiac amyloidosis.\n", encoding="utf-8")
    (made.items.parent / "one.lesson.yaml").write_text(LESSON, encoding="utf-8")
    return made


def test_sound_bank_has_no_fault(tree: Tree) -> None:
    assert tree.faults() == []
    bank = Bank(tree.root / "bank")
    assert [item.id for item in bank] == ["which-code-leads", "heart-of-the-matter", "shot-in-the-arm", "try-pressure"]
    assert bank["heart-of-the-matter"].chart.startswith("Age: 71")


# (what stands in the sound bank, what is put there, field named, words of the message)
MISTAKES = {
    "duplicate id": ("id: shot-in-the-arm", "id: which-code-leads", "id", "is also the id of an item in"),
    "id not kebab-case": ("id: which-code-leads", "id: Which_Code", "id", "should match pattern"),
    "unknown form": ("form: encounter", "form: essay", "form", "'essay' is no form; expected one of choice, claim, codes, data, encounter, highlight, match, mdm, number, order, pcs, review, sort, stay, text, wordparts"),
    "missing question": ("  question: Diagnosis and service?\n", "", "question", "this field is missing"),
    "missing rationale": ("  rationale: One anemia, one injection.\n", "", "rationale", "this field is missing"),
    "missing key": ("  key: {codes: [{code: I10, alternatives: []}]}\n", "", "key", "this field is missing"),
    "unknown field": ("  level: 2", "  levle: 2", "levle", "this field is not known here"),
    "unknown field in key": ("    lead: E85.4", "    laed: E85.4", "key.laed", "this field is not known here"),
    "unknown field in distractor": ("    - code: I42.9\n", "    - code: I42.9\n      why: x\n", "distractors.0.why", "not known here"),
    "unknown citation kind": ("{guideline: IV.G}", "{guidelines: IV.G}", "citations.0", "'guidelines' is no kind of citation"),
    "bad citation place": ("{guideline: IV.G}", "{guideline: Section 4}", "citations.0", "expected a section of the ICD-10-CM Official"),
    "bad coding clinic place": ("{guideline: IV.G}", "{coding-clinic: 2004 page 20}", "citations.0", "year, quarter and page"),
    "no citation": ("[{guideline: IV.G}]", "[]", "citations", "at least 1 item"),
    "note at a code that is not there": ("    - {note: I43}", "    - {note: Q99.77}", "citations", "no entry 'Q99.77'"),
    "bad points": ("  points: 1", "  points: one", "points", "found 'one'"),
    "points nought": ("  points: 1", "  points: 0", "points", "greater than 0"),
    "points not a number": ("  points: 1", "  points: nan", "points", "found 'nan'"),
    "points finer than a cent": ("  points: 1", "  points: 0.333", "key", "earns only 0.33 of 0.333"),
    "level beyond the ladder": ("  level: 2", "  level: 6", "level", "less than or equal to 5"),
    "unknown domain": ("[P14, A1]", "[P14, B1]", "domains.1", "should match pattern"),
    "not a date": ("  on: 2026-03-16", "  on: 2026-02-30", "on", "date"),
    "date before the books": ("  on: 2026-03-16", "  on: 2014-03-16", "on", "2015-10-01"),
    "date after the books": ("  on: 2026-03-16", "  on: 2099-03-16", "on", "2099-03-16"),
    "unknown code in key": ("      - I43\n", "      - I43\n      - I43.77\n", "key.codes.2", "claims to be valid on 2026-03-16 but is unknown"),
    "header in key": ("      - I43\n", "      - I43\n      - E11\n", "key.codes.2", "is header: E11 is a category, not a code"),
    "code in key not in force any more": ("      - I43\n", "      - I43\n      - G35\n", "key.codes.2", "is not-in-force"),
    "code in key not in force yet": (
        "key: {codes: [{code: I10", "on: 2020-03-31\n  key: {codes: [U07.1, {code: I10", "key.codes.0", "takes effect on 2020-04-01",
    ),
    "unknown alternative": ("alternatives: []}]", "alternatives: [I99.77]}]", "key.codes.0.alternatives", "I99.77 claims to be valid"),
    "alternative that may not lead": ("alternatives: []}]", "alternatives: [I43]}]", "key", "earns only 0.5 of 1"),
    "alternative that excludes another key code": (
        "[{code: I10, alternatives: []}]", "[N30.00, {code: I10, alternatives: [N39.0]}]", "key", "N39.0",
    ),
    "unknown optional code": ("[Z79.84]", "[Z79.844]", "key.optional", "Z79.844 claims to be valid"),
    "distractor that claims header but is valid": ("code: E85, status", "code: E85.9, status", "distractors.1", "claims to be header on 2026-03-16 but is valid"),
    "distractor that claims valid but is header": ("code: I42.9", "code: I42", "distractors.0", "claims to be valid on 2026-03-16 but is header"),
    "distractor with an unknown status": ("status: header, feedback: A category. ", "status: old, feedback: x", "distractors.1.status", "found 'old'"),
    "distractor without feedback": ("    - code: I42.9\n      feedback: The cause is documented.\n", "    - code: I42.9\n", "distractors.0.feedback", "missing"),
    "distractor that is right": ("    - code: I42.9", "    - code: i43", "key", "the distractor i43 is also a right or optional code"),
    "wrong service that is right": ("    - code: svc:iv-push", "    - code: svc:im-injection", "key", "is also a right or optional code"),
    "no distractor": ("distractors: [{code: I15.9, feedback: It is not secondary.}]", "distractors: []", "distractors", "none given"),
    "option claims valid but is header": ("[{code: E11, status: header}]", "[E11]", "key.options.1.codes", "E11 claims to be valid"),
    "option claims header but is valid": ("{code: E11, status", "{code: E11.9, status", "key.options.1.codes", "claims to be header"),
    "Excludes1 pair in key": ("[{code: I10, alternatives: []}]", "[N30.00, N39.0]", "key", "are not reported together"),
    "manifestation first in key": ("[{code: I10, alternatives: []}]", "[I43, E85.4]", "key", "I43 is a manifestation code"),
    "lead names a foreign code": ("    lead: E85.4", "    lead: I10", "key", "lead or before names 'I10'"),
    "before names a foreign code": ("[[E85.4, I43]]", "[[E85.4, I10]]", "key", "lead or before names 'I10'"),
    "key listed against its own order": ("[[E85.4, I43]]", "[[I43, E85.4]]", "key", "against its own 'lead' or 'before'"),
    "two right options in a single choice": (
        "codes: [I43]\n        feedback", "codes: [I43]\n        correct: true\n        feedback", "key", "2 options are marked 'correct: true'",
    ),
    "no right option": ("        correct: true\n", "        feedback: x\n", "key", "0 options are marked"),
    "wrong option without feedback": ("        feedback: A manifestation never leads.\n", "", "key", "has no feedback that names the mistake"),
    "two options of the same text": ("The category `E11`", "The cardiomyopathy, `I43`", "key", "two options have the same text"),
    "chart file missing": ("file: heart.md", "file: lung.md", "chart.file", "no file 'lung.md' beside items.yaml"),
    "chart file outside the folder": ("file: heart.md", "file: ../../outside.md", "chart.file", "no file '../../outside.md'"),
    "chart with another field": ("{file: heart.md}", "{path: heart.md}", "chart", "expected text, or {file: NAME}"),
    "duplicate YAML field": ("  title: Shot in the arm\n", "  title: Shot in the arm\n  title: Again\n", "2.title", "this field stands twice"),
    "unknown lesson": ("lesson: 05-01\n  form: encounter", "lesson: 05-09\n  form: encounter", "lesson", "no .lesson.yaml describes the lesson 05-09"),
    "misspelled lesson": ("lesson: 05-01\n  form: encounter", "lesson: 5-1\n  form: encounter", "lesson", "should match pattern"),
    "objective number too high": ("objectives: [1, 2]", "objectives: [1, 3]", "objectives", "has 2 objectives, no number 3"),
    "no objective": ("objectives: [1, 2]", "objectives: []", "objectives", "names no objective"),
    "unknown service key": ("    - code: svc:iv-push", "    - code: svc:iv-psuh", "distractors.1", "svc:iv-psuh is no service key; known: "),
    "unknown service key in a line": ("- code: svc:im-injection", "- code: svc:im-shot", "key.lines.0", "svc:im-shot is no service key"),
    "procedure number outside every section": ("- code: svc:im-injection", "- code: 00000", "key.lines.0", "falls in no section"),
    "procedure number that is not registered": ("- code: svc:im-injection", "- code: 12345", "key.lines.0", "registered numbers only"),
    "supply code that is not in force": ("- code: svc:im-injection", "- code: J9999X", "key.lines.0", "has not the shape of a HCPCS"),
    "supply code in force that claims to be unknown": ("    - code: svc:iv-push", "    - code: J3420\n      status: unknown", "distractors.1", "claims to be unknown on 2026-03-16 but is valid"),
    "service key that claims to be unknown": ("    - code: svc:iv-push", "    - code: svc:iv-push\n      status: unknown", "distractors.1", "is a service key of the course"),
    "pointer to a foreign code": ("pointers: [D51.0]", "pointers: [D51.9]", "key", "points to D51.9, which is not one of the key's diagnoses"),
    "units nought": ("        pointers: [D51.0]", "        units: 0\n        pointers: [D51.0]", "key.lines.0.units", "greater than or equal to 1"),
}
"""Mistakes whose line is that of the item's first line that differs, or lies above it in the same item."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found_where_it_stands(tree: Tree, mistake: str) -> None:
    old, new, field, words = MISTAKES[mistake]
    good = tree.items.read_text(encoding="utf-8")
    assert good.count(old) >= 1
    place = good.index(old)
    (tree.root / "outside.md").write_text("A chart outside.", encoding="utf-8")
    tree.write(good.replace(old, new, 1))
    faults = tree.faults()
    found = [fault for fault in faults if fault.where == field and words in fault.message]
    assert found, "\n".join(map(str, faults)) or "no fault at all"
    fault = found[0]
    assert fault.file.endswith(f"{MODULE}/items.yaml")
    start = good.rindex("- id:", 0, place + len("- id:")) if "- id:" in good[: place + 5] else 0
    first = good.count("\n", 0, start) + 1
    changed = good.count("\n", 0, place) + 1 + new.count("\n") + old.count("\n")
    end = good.find("\n- id:", start + 1)
    last = good.count("\n", 0, end if end > 0 else len(good)) + 1
    assert first <= fault.line <= (last if field == "key" else changed)
    if field != "id":
        assert fault.line > 1
    assert str(fault).startswith(f"{fault.file}:{fault.line}: ")


@pytest.mark.parametrize(
    ("content", "line", "where", "words"),
    [
        (CHOICE + "- id: [unclosed\n", 25, "YAML", "cannot be read"),
        (CHOICE.replace("  title: Which", " title: Which"), 4, "YAML", "cannot be read"),
        ("id: which-code-leads\n", 1, "file", "expected a list of items, found dict"),
        ("", 1, "file", "expected a list of items, found NoneType"),
        (CHOICE + "- only words\n", 24, "item", "expected a mapping of fields, found str"),
    ],
)
def test_file_that_is_no_list_of_items(tree: Tree, content: str, line: int, where: str, words: str) -> None:
    tree.write(content)
    (found,) = [fault for fault in tree.faults() if fault.where == where]
    assert words in found.message
    assert abs(found.line - line) <= 1
    assert found.file.endswith("items.yaml")


def test_file_that_is_not_utf8(tree: Tree) -> None:
    tree.items.write_bytes(CHOICE.replace("leads", "lüads").encode("latin-1"))
    (found,) = [fault for fault in tree.faults() if fault.where == "encoding"]
    assert "is not UTF-8" in found.message


def test_chart_file_that_is_not_utf8(tree: Tree) -> None:
    (tree.items.parent / "heart.md").write_bytes("Übelkeit".encode("latin-1"))
    (found,) = tree.faults()
    assert (found.where, found.item) == ("chart.file", "heart-of-the-matter")
    assert "is not UTF-8" in found.message and found.line > 1


def test_chart_longer_than_a_record_may_be(tree: Tree) -> None:
    (tree.items.parent / "heart.md").write_text("x" * 60_001, encoding="utf-8")
    (found,) = tree.faults()
    assert found.where == "chart" and "60000" in found.message


@pytest.mark.parametrize("text", ["id: 05-01\n", "- words\n", "", "lessons:\n", "lessons: [1]\n", "id: 05-01\nnotebook: one\ntitle: t\nminutes: long\nobjectives: []\n"])
def test_lesson_file_that_says_too_little(tree: Tree, text: str) -> None:
    (tree.items.parent / "one.lesson.yaml").write_text(text, encoding="utf-8")
    found = [fault for fault in tree.faults() if fault.file.endswith("one.lesson.yaml")]
    assert found and "expected id, notebook, title, minutes and objectives" in found[0].message


def test_every_mistake_of_a_file_is_told_at_once(tree: Tree) -> None:
    text = tree.items.read_text(encoding="utf-8")
    tree.write(text.replace("points: 1", "points: 0").replace("[Z79.84]", "[Z79.844]").replace("form: encounter", "form: essay"))
    assert {fault.where for fault in tree.faults()} == {"points", "key.optional", "form"}


def test_strict_bank_names_each_fault_and_the_command(tree: Tree) -> None:
    tree.write(CHOICE.replace("points: 1", "points: 0"))
    with pytest.raises(BankError, match=r"(?s)1 mistake:.*items.yaml:5: which-code-leads: points: .*medcoding check"):
        Bank(tree.root / "bank")


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no such folder"):
        Bank(tmp_path / "none", strict=False)


def test_unknown_item_names_near_ones(tree: Tree) -> None:
    with pytest.raises(UnknownItem, match="Near: which-code-leads"):
        Bank(tree.root / "bank")["which-code-lead"]


def test_yaml_reads_codes_and_dates_as_they_are_written(tree: Tree) -> None:
    tree.write(CODES.replace("[Z79.84]", "[E10.9]").replace("title: Heart of the matter", "title: 1E10 on"))
    item = Bank(tree.root / "bank")["heart-of-the-matter"]
    assert (item.title, item.on.isoformat()) == ("1E10 on", "2026-03-16")


# ---- the command ------------------------------------------------------------------------------------------


def test_check_command_exits_nought_only_for_a_sound_bank(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "--bank", str(tree.root / "bank"), "--source", str(tree.root / "source")]
    assert cli.main(arguments) == 0
    assert "4 items, 0 faults." in capsys.readouterr().out
    tree.write(CHOICE.replace("points: 1", "points: 0"))
    assert cli.main(arguments) == 1
    shown = capsys.readouterr().out
    assert "items.yaml:5: which-code-leads: points: " in shown
    assert "0 items, 1 fault." in shown


def test_check_command_looks_at_the_source_too(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tree.root / "source" / MODULE
    folder.mkdir(parents=True)
    (folder / "one.ipynb").write_text(json.dumps({"cells": []}), encoding="utf-8")
    arguments = ["check", "--bank", str(tree.root / "bank"), "--source", str(tree.root / "source")]
    assert cli.main(arguments) == 1
    assert "no notebook of its module uses this item" in capsys.readouterr().out
    assert cli.main([*arguments, "--no-source"]) == 0


def test_check_command_refuses_a_bank_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--bank", str(tmp_path / "none")]) == 1
    assert "no such folder" in capsys.readouterr().err
