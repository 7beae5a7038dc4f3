"""Publishing: `PublishItems` runs in generate_assignment, once a notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from medcoding.grading.places import Course, course_of
from medcoding.items.bank import Bank, BankError
from medcoding.items.check import item_faults, variant_faults
from medcoding.items.notebooks import check_notebook, named_items
from medcoding.items.publication import dump, publish, write_atomic

_BANKS: dict[tuple[str, float], Bank] = {}


class PublishItems(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes `items/<notebook>.json` beside a released notebook and keeps its keyed publication.

    What cannot be published, and what nbgrader cannot take, is refused when the converter starts,
    before anything in `release/` is touched.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.course = course_of(self)
        refusal = refuse(self.course, self.course.coursedir.assignment_id, self.course.coursedir.notebook_id)
        if refusal:
            self.log.error(refusal)
            raise NbGraderException(refusal)

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        assignment, notebook = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        bank = read_bank(self.course)
        named = named_items(nb, bank, self.course.folder("source", assignment) / f"{notebook}.ipynb")
        folder = self.course.folder("release", assignment) / "items"
        remove_stale(folder, {path.stem for path in self.course.folder("source", assignment).glob("*.ipynb")})
        if not named:
            (folder / f"{notebook}.json").unlink(missing_ok=True)
            return nb, resources
        before = self.course.store.current(assignment, notebook)
        publication = publish(
            [bank.expanded(name, self.course.secret) for name in named],
            assignment=assignment,
            notebook=notebook,
            course=self.course.coursedir.course_id,
            secret=self.course.secret,
        )
        if before is not None and before.name == publication.name:
            before = None
        public = publication.public(
            before=before,
            errata=outbound(self, assignment, notebook),
            objectives={lesson.id: lesson.objectives for lesson in bank.lessons.values()},
        )
        self.course.store.make_current(publication)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / f"{notebook}.json", dump(public))
        self.log.info("Published %d items of %s as %s", len(named), notebook, publication.name)
        return nb, resources


def outbound(preprocessor: Any, assignment: str, notebook: str) -> str:
    """Where the exchange will hold the released items: the place where fetched copies look for errata."""
    config = preprocessor.config
    root = config.Exchange.root if "root" in config.Exchange else ""
    course = preprocessor.course.coursedir.course_id
    return str(Path(root) / course / "outbound" / assignment / "items" / f"{notebook}.json") if root and course else ""


def read_bank(course: Course) -> Bank:
    """The course's bank, read once for each state of its files."""
    folder = Path(os.environ.get("MEDCODING_BANK") or course.root / "course" / "bank")
    newest = max((path.stat().st_mtime for path in folder.rglob("*")), default=0.0)
    state = (str(folder.resolve()), newest)
    if state not in _BANKS:
        _BANKS.clear()
        _BANKS[state] = Bank(folder)
    return _BANKS[state]


def remove_stale(folder: Path, notebooks: set[str]) -> None:
    """Remove released item files whose notebook is gone from the source."""
    for path in folder.glob("*.json"):
        if path.stem not in notebooks:
            path.unlink()


def refuse(course: Course, assignment: str, notebook_id: str = "*") -> str | None:
    """Why an assignment cannot be generated now, what was found and what to do; None if it can."""
    source = course.folder("source", assignment)
    notebooks = sorted(source.glob(f"{notebook_id}.ipynb"))
    for folder in (source, course.folder("release", assignment)):
        for stray in [*folder.rglob("answers.json"), *([folder / "items"] if folder == source else [])]:
            if stray.exists():
                return (
                    f"{stray} would be released to every student. Remove it (answers belong in a student's folder, "
                    "items/ is written by publishing) and generate again."
                )
    try:
        bank = read_bank(course)
    except BankError as error:
        return str(error)
    faults: list[str] = []
    for path in notebooks:
        shown = f"{assignment}/{path.name}"
        faults += [str(fault) for fault in check_notebook(path, bank, shown) if fault.item]
        for name in named_items(json.loads(path.read_text(encoding="utf-8")), bank, path):
            if name in bank and bank.varies(name):
                for where, message, number in variant_faults(bank, name, course.secret):
                    which = "" if number is None else f"[variant {number}]"
                    faults.append(f"{name}{which}: {where}: {message}")
            elif name in bank:
                faults += [f"{name}: {where}: {message}" for where, message in item_faults(bank[name])]
    if faults:
        shown = "\n".join(f"  {fault}" for fault in faults[:10])
        return f"{assignment} cannot be published; 'medcoding check' tells more:\n{shown}"
    return _structure_refusal(course, assignment, source, notebook_id)


def _structure_refusal(course: Course, assignment: str, source: Path, notebook_id: str) -> str | None:
    """nbgrader takes no new or missing cells or notebooks once there are submissions, and deletes the release when it fails."""
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        try:
            known = gradebook.find_assignment(assignment)
        except MissingEntry:
            return None
        if not known.submissions:
            return None
        have = {notebook.name: {cell.name for cell in notebook.source_cells} for notebook in known.notebooks}
        count = len(known.submissions)
    want = {path.stem: graded_cells(path) for path in source.glob("*.ipynb")}
    changes = [f"notebook {name} was added" for name in sorted(want.keys() - have.keys())]
    changes += [f"notebook {name} was removed" for name in sorted(have.keys() - want.keys())]
    for name in sorted(want.keys() & have.keys()):
        changes += [f"{name}: cell {cell} was added" for cell in sorted(want[name] - have[name])]
        changes += [f"{name}: cell {cell} was removed" for cell in sorted(have[name] - want[name])]
    if not changes:
        return None
    return (
        f"{assignment} has {count} submission{'s' if count > 1 else ''}, and nbgrader cannot take cells or notebooks added or removed "
        f"after that: {'; '.join(changes)}. Nothing was changed. Undo that change (items, charts and text may change freely), "
        "or put the new exercises into a new assignment."
    )


def graded_cells(path: Path) -> set[str]:
    """The grade_ids that nbgrader records as source cells of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names = set()
    for cell in notebook.get("cells", []):
        grader = cell.get("metadata", {}).get("nbgrader") or {}
        if grader.get("grade") or grader.get("solution") or grader.get("locked") or grader.get("task"):
            names.add(str(grader.get("grade_id")))
    return names


