"""A small course to play with, and where things are."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
if str(BIN) not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
for stray in ("MEDCODING_BANK", "MEDCODING_DB", "MEDCODING_SECRET", "NBGRADER_EXECUTION"):
    os.environ.pop(stray, None)

ITEMS = """
- id: which-order
  lesson: 05-02
  form: choice
  title: Which comes first
  objectives: [1]
  question: Which code comes first?
  key:
    options:
      - {text: The cause., correct: true}
      - {text: The manifestation., feedback: A manifestation never leads.}
      - {text: Either., feedback: The note fixes the order.}
  rationale: The note at the manifestation says code first.
  citations: [{guideline: I.A.13}]
- id: heart-of-the-matter
  lesson: 05-02
  form: codes
  title: Heart of the matter
  objectives: [1]
  chart: |
    Setting: Clinic

    ## Assessment
    Cardiomyopathy from localized amyloidosis.
  question: Which diagnosis codes, in order?
  key:
    codes: [E85.4, I43]
    lead: E85.4
  distractors:
    - {code: I42.9, feedback: The cause is documented.}
  rationale: The note at I43 asks for the amyloidosis first.
  citations: [{note: I43}]
- id: a-shot-in-the-arm
  lesson: 05-02
  form: encounter
  title: A shot in the arm
  points: 2
  objectives: [1]
  chart: |
    ## Assessment
    Pernicious anemia. Medicine given into the deltoid muscle.
  question: Diagnosis and service?
  key:
    diagnoses: {codes: [D51.0], lead: D51.0}
    lines:
      - {code: "svc:im-injection", pointers: [D51.0]}
  distractors:
    - {code: D51.9, feedback: The kind is documented.}
    - {code: "svc:iv-push", feedback: It went into a muscle.}
  rationale: One anemia, one injection.
  citations: [{guideline: IV.G}]
- id: second-notebook-choice
  lesson: 05-02
  form: choice
  title: Second notebook
  objectives: [1]
  question: Which two are right?
  key:
    many: true
    options:
      - {text: Right one., correct: true}
      - {text: Right two., correct: true}
      - {text: Wrong one., feedback: Wrong because of a reason.}
  rationale: Because.
  citations: [{guideline: I.A.15}]
- id: try-a-code
  lesson: 05-02
  form: codes
  use: practice
  title: Try a code
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [I10]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: I10 is complete at three characters.
  citations: [{index: Hypertension}]
"""

LESSON = """
id: 05-02
notebook: one
title: A lesson
minutes: 10
objectives: [Do a thing.]
"""


def exercise_cell(item: str, points: float = 1) -> dict:
    grader = {
        "cell_type": "code", "grade": True, "grade_id": item, "locked": True, "points": points,
        "schema_version": 3, "solution": False, "task": False,
    }
    return code_cell(item, f'exercise("{item}")', nbgrader=grader)


def code_cell(name: str, source: str, **metadata: dict) -> dict:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": name, "metadata": metadata, "outputs": [], "source": lines}


def notebook_text(cells: list[dict]) -> str:
    from medcoding.items.notebooks import tidy_text

    return tidy_text({"cells": cells})


IMPORTS = code_cell("imports", "from medcoding import exercise, practice, progress")


class MiniCourse:
    """A course of one assignment with two notebooks, in a folder of its own."""

    assignment = "05-mini"

    def __init__(self, root: Path, *, copied: bool = False) -> None:
        self.root = root
        self.bank = root / "course" / "bank"
        self.source = root / "source" / self.assignment
        self.items_file = self.bank / self.assignment / "items.yaml"
        if copied:
            return
        for folder in (self.bank / self.assignment, self.source, root / "exchange", root / "work"):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        self.items_file.write_text(ITEMS, encoding="utf-8")
        (self.bank / self.assignment / "one.lesson.yaml").write_text(LESSON, encoding="utf-8")
        self.write("one", [IMPORTS, exercise_cell("which-order"), exercise_cell("heart-of-the-matter"), exercise_cell("a-shot-in-the-arm", 2),
                           code_cell("try", 'practice("try-a-code")')])
        self.write("two", [IMPORTS, exercise_cell("second-notebook-choice")])

    def write(self, name: str, cells: list[dict]) -> Path:
        path = self.source / f"{name}.ipynb"
        path.write_text(notebook_text(cells), encoding="utf-8")
        return path

    def change_item(self, old: str, new: str) -> None:
        text = self.items_file.read_text(encoding="utf-8")
        assert old in text
        self.items_file.write_text(text.replace(old, new), encoding="utf-8")
        os.utime(self.items_file, (os.stat(self.items_file).st_atime, os.stat(self.items_file).st_mtime + 5))

    def releases(self):
        from medcoding.grading.release import Releases

        return Releases(self.root)

    @property
    def store(self):
        from medcoding.items.publication import PublicationStore

        return PublicationStore(self.root / "publications")

    def released(self, notebook: str) -> dict:
        return json.loads((self.root / "release" / self.assignment / "items" / f"{notebook}.json").read_text(encoding="utf-8"))

    def key_answers(self) -> dict[str, tuple[str, dict]]:
        """For each graded item: its current publication and an answer that earns full marks."""
        from medcoding.forms import FORMS

        found = {}
        for notebook in ("one", "two"):
            publication = self.store.current(self.assignment, notebook)
            for item in publication.items:
                if item.use == "graded":
                    found[item.id] = (publication.name, FORMS[item.form].key_answer(item.key))
        return found

    def submit(self, student: str, answers: dict[str, dict] | None = None, *, timestamp: str = "2026-01-05 10:00:00 UTC") -> Path:
        """Put a submission where collect would put it: the released files and answers.json."""
        from medcoding.items.answers import AnswerStore

        folder = self.submit_raw(student, timestamp=timestamp)
        store = AnswerStore(folder)
        for item, (publication, answer) in self.key_answers().items():
            given = answer if answers is None else answers.get(item)
            if given is not None:
                store.put(publication=publication, item=item, answer=given)
        return folder

    def submit_raw(self, student: str, *, timestamp: str = "2026-01-05 10:00:00 UTC") -> Path:
        """A submission of the released files without any answer."""
        folder = self.root / "submitted" / student / self.assignment
        shutil.copytree(self.root / "release" / self.assignment, folder)
        (folder / "timestamp.txt").write_text(timestamp, encoding="utf-8")
        (folder / "submission_secret.txt").write_text(f"secret-{student}", encoding="utf-8")
        return folder

    def autograde(self, *students: str) -> dict[str, dict]:
        """nbgrader's own autograde of each student; {student: result with success and log}."""
        api = self.releases().api
        return {student: api.autograde(self.assignment, student) for student in students}

    def grades(self, student: str) -> dict[str, float | None]:
        """auto_score by grade cell."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission(self.assignment, student)
            return {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}

    def cell(self, student: str, item: str, notebook: str = "one") -> dict:
        """An autograded cell."""
        path = self.root / "autograded" / student / self.assignment / f"{notebook}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        (found,) = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == item]
        return found

    def block(self, student: str, item: str, notebook: str = "one") -> str:
        """The HTML that a grader sees in an autograded cell."""
        (output,) = self.cell(student, item, notebook)["outputs"]
        return "".join(output["data"]["text/html"])


WRITING_ITEM = """
- id: ask-the-attending
  lesson: 05-02
  form: text
  title: Ask the attending
  objectives: [1]
  points: 4
  question: Write a query.
  key:
    rubric:
      - {text: Cites the values, points: 3}
      - {text: Neutral title, points: 1}
    forbidden: [{text: MCC, feedback: Payment has no place here.}]
    model: Creatinine rose. Please document the condition, if any.
  rationale: Facts first.
  citations: [{course: "practice brief"}]
"""
"""An item that a grader reads, to be put behind the items of the small course."""
FULL = {"which-order": 1.0, "heart-of-the-matter": 1.0, "a-shot-in-the-arm": 2.0, "second-notebook-choice": 1.0}


def grade_one(course: MiniCourse, student: str = "ada") -> dict[str, float | None]:
    """Autograde one student of the small course; the converter must succeed."""
    result = course.autograde(student)[student]
    assert result["success"], result.get("log")
    return course.grades(student)


