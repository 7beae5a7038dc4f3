"""`medcoding release` and `medcoding update`: open a module, and change a released one, through nbgrader's own converters."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, temp_attrs

from medcoding.grading.places import Course
from medcoding.grading.publish import read_bank, refuse
from medcoding.items.notebooks import named_items
from medcoding.items.publication import INDEX, write_atomic

STAMPS = "released.json"


class ReleaseRefused(Exception):
    """A release cannot be made; nothing was changed. The message says what was found and what to do."""


@dataclass(frozen=True)
class Released:
    """What a release or update did. `changed` is False where everything was as it had been."""

    assignment: str
    changed: bool
    corrected: tuple[str, ...] = ()


class Releases:
    """Releases of the course whose `nbgrader_config.py` stands in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with contextlib.chdir(root):
            app = NbGrader()
            app.initialize([], root=str(root))
        app.log.setLevel("CRITICAL")
        self.config = app.config
        self.coursedir = CourseDirectory(config=self.config)
        self.course = Course(self.coursedir, config=self.config)
        self.api = NbGraderAPI(coursedir=self.coursedir, config=self.config)

    def assignment(self, name: str) -> str:
        """The assignment folder that `name` (05, or the whole folder name) means.

        Raises:
            ReleaseRefused: no such folder, or several.
        """
        source = self.root / self.coursedir.source_directory
        folders: list[str] = sorted(path.name for path in source.iterdir() if path.is_dir() and any(path.glob("*.ipynb")))
        found = [folder for folder in folders if folder == name or folder.split("-")[0] == name]
        if len(found) != 1:
            raise ReleaseRefused(f"No single assignment is called {name!r}. Assignments in {source}: {', '.join(folders) or 'none'}.")
        return found[0]

    def is_released(self, assignment: str) -> bool:
        """Whether students can fetch it."""
        return self._outbound(assignment).is_dir()

    def is_current(self, assignment: str) -> bool:
        """Whether what is released comes from the source and bank as they are now."""
        return self.is_released(assignment) and self._stamps().get(assignment) == self._fingerprint(assignment)

    def release(self, name: str) -> Released:
        """Open a module: generate it, publish its items, and put it where students fetch.

        Raises:
            ReleaseRefused: it cannot be published, or it is released already and has changed since.
        """
        assignment = self.assignment(name)
        if self.is_current(assignment):
            return Released(assignment, changed=False)
        if self.is_released(assignment):
            raise ReleaseRefused(
                f"{assignment} is released already and has changed since. Run 'medcoding update {name}' to deliver the change as errata."
            )
        return self._deliver(assignment)

    def update(self, name: str) -> Released:
        """Change a released module: a new publication, delivered to students as errata; answers are not touched.

        Raises:
            ReleaseRefused: it is not released, or nbgrader cannot take the change. Nothing was changed then.
        """
        assignment = self.assignment(name)
        if not self.is_released(assignment):
            raise ReleaseRefused(f"{assignment} is not released yet. Run 'medcoding release {name}' first.")
        if self.is_current(assignment):
            return Released(assignment, changed=False)
        return self._deliver(assignment)

    def generate(self, name: str) -> Released:
        """Generate a module without putting it where students fetch."""
        assignment = self.assignment(name)
        stamps = self._stamps()
        done = (self.root / self.coursedir.release_directory / assignment).is_dir()
        if done and stamps.get(f"generated:{assignment}") == self._fingerprint(assignment):
            return Released(assignment, changed=False)
        if self.is_released(assignment):
            raise ReleaseRefused(f"{assignment} is released; 'medcoding update {name}' delivers a change of it.")
        self._generate(assignment)
        return Released(assignment, changed=True)

    def rests_on(self, assignments: list[str]) -> list[Path]:
        """What must be there for the assignments to be ready: releases, publications, the gradebook where it is a file."""
        there = [self.root / self.course.publications / name for name in (INDEX, STAMPS)]
        there += [self.root / self.coursedir.release_directory / name for name in assignments]
        there += [self._outbound(name) for name in assignments if self.is_released(name)]
        if self.coursedir.db_url.startswith("sqlite:///"):
            there.append(Path(self.coursedir.db_url.removeprefix("sqlite:///")))
        return there

    def set_due(self, assignment: str, due: datetime | None) -> None:
        """Set an assignment's due date, in UTC without zone, where the calendar gives one."""
        if due is not None:
            with self.api.gradebook as gradebook:
                gradebook.update_or_create_assignment(assignment, duedate=due)

    def _deliver(self, assignment: str) -> Released:
        self._generate(assignment)
        outbound = self._outbound(assignment)
        self._run(self._put_out(assignment), f"{assignment} was generated but could not be released")
        self._stamp(assignment)
        corrected: list[str] = []
        for path in sorted((outbound / "items").glob("*.json")):
            corrected += json.loads(path.read_text(encoding="utf-8")).get("corrected", [])
        return Released(assignment, changed=True, corrected=tuple(corrected))

    def _generate(self, assignment: str) -> None:
        refusal = refuse(self.course, assignment)
        if refusal:
            raise ReleaseRefused(refusal)
        self._run(self.api.generate_assignment(assignment, force=True, create=True), f"{assignment} could not be generated")
        self._stamp(f"generated:{assignment}", self._fingerprint(assignment))

    def _put_out(self, assignment: str) -> dict[str, Any]:
        """nbgrader's own release, overwriting what is there (its API offers no force)."""
        with temp_attrs(self.coursedir, assignment_id=assignment):
            release = self.api.exchange.ReleaseAssignment(
                coursedir=self.coursedir, authenticator=self.api.authenticator, parent=self.api
            )
            release.force = True
            result: dict[str, Any] = capture_log(release)
            return result

    def _run(self, result: dict[str, Any], what: str) -> None:
        if not result["success"]:
            lines = [line for line in result.get("log", result.get("error", "")).splitlines() if "ERROR" in line]
            raise ReleaseRefused(f"{what}:\n" + "\n".join(lines[-8:] or result.get("error", "").splitlines()[-3:]))

    def _outbound(self, assignment: str) -> Path:
        return Path(str(self.config.Exchange.root), str(self.coursedir.course_id), "outbound", assignment)

    def _fingerprint(self, assignment: str) -> str:
        """A digest of all that a release is made from: the source folder and the items that its notebooks use."""
        digest = hashlib.sha256()
        bank = read_bank(self.course)
        for path in sorted((self.root / self.coursedir.source_directory / assignment).rglob("*")):
            if not path.is_file() or ".ipynb_checkpoints" in path.parts:
                continue
            digest.update(path.name.encode() + path.read_bytes())
            if path.suffix == ".ipynb":
                for name in named_items(json.loads(path.read_text(encoding="utf-8")), bank, path):
                    digest.update((bank[name].model_dump_json() if name in bank else name).encode())
        return digest.hexdigest()

    def _stamps(self) -> dict[str, str]:
        try:
            stamps: dict[str, str] = json.loads((self.root / self.course.publications / STAMPS).read_bytes())
        except FileNotFoundError:
            return {}
        return stamps

    def _stamp(self, assignment: str, fingerprint: str | None = None) -> None:
        path = self.root / self.course.publications / STAMPS
        path.parent.mkdir(parents=True, exist_ok=True)
        stamps = {**self._stamps(), assignment: fingerprint or self._fingerprint(assignment)}
        write_atomic(path, (json.dumps(stamps, indent=1, sort_keys=True) + "\n").encode())
