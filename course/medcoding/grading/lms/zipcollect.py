"""Plug-ins for `nbgrader zip_collect`, for those who use it: safe extraction, and the LMSs' file names by the course's roster.

`medcoding collect` does more: zip_collect stops at the first doubtful file, writes in place and keeps no record for feedback.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import List, Unicode

from medcoding.grading.lms.archive import Archive, ArchiveProblem, MemberProblem
from medcoding.grading.lms.names import NAMES, expected_name, whose
from medcoding.grading.lms.roster import Roster, course_roster, read_roster
from medcoding.grading.places import Course
from medcoding.items.answers import FILE_NAME


class SafeExtractor(ExtractorPlugin):  # type: ignore[misc]
    """Extracts zips within the bounds of `archive.Limits`; a file that cannot be taken is a warning, the rest is extracted."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        for path in sorted(Path(archive_path).glob("*.zip")):
            try:
                with Archive(path) as archive:
                    for member in archive.members():
                        try:
                            content = archive.read(member)
                        except MemberProblem as problem:
                            self.log.warning("%r: %s; passed over", member.name, problem)
                            continue
                        dest = Path(extracted_path, *member.name.split("/"))
                        dest.parent.mkdir(parents=True, exist_ok=True)
                        dest.write_bytes(content)
            except ArchiveProblem as problem:
                self.log.error("%s", problem)


class LmsCollector(FileNameCollectorPlugin):  # type: ignore[misc]
    """Reads an LMS's file names and finds the student in the roster; unknown students and other files are skipped."""

    lms: ClassVar[str] = "canvas"
    roster = Unicode("", help="File that says who is who in the LMS (default: the course's own, `Course.roster`).").tag(config=True)
    valid_ext = List(default_value=[".ipynb", ".json"]).tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """As nbgrader's: student_id, file_id and, where the name tells it, timestamp; None skips the file."""
        app = self.parent
        top = app._format_collect_path(app.extracted_directory)
        released = app.coursedir.format_path(app.coursedir.release_directory, ".", app.coursedir.assignment_id)
        notebooks = {path.name for path in Path(released).glob("*.ipynb")}
        roster = self._roster()
        named = NAMES[self.lms](os.path.relpath(submitted_file, top).replace(os.sep, "/"), roster)
        person = whose(named, roster) if named else None
        target = expected_name(named.file, {*notebooks, FILE_NAME}) if named else ""
        if named is None or person is None or not person.student or not target:
            self.log.warning("Skipped %r: %s", submitted_file, "nobody in the roster has it" if named and target else "no file of this assignment")
            return None
        found: dict[str, Any] = {"student_id": person.student, "file_id": target}
        if named.local is not None:
            found["timestamp"] = named.local.isoformat(" ")
        return found

    def _roster(self) -> Roster:
        if not hasattr(self, "_read_roster"):
            course = Course(self.parent.coursedir, config=self.config)
            self._read_roster = read_roster(Path(self.roster)) if self.roster else course_roster(course.root / course.roster)
        return self._read_roster


class CanvasCollector(LmsCollector):
    """Names of Canvas; see `names.canvas`."""

    lms = "canvas"


class MoodleCollector(LmsCollector):
    """Names of Moodle; see `names.moodle`."""

    lms = "moodle"


class BlackboardCollector(LmsCollector):
    """Names of Blackboard; see `names.blackboard`."""

    lms = "blackboard"


class BrightspaceCollector(LmsCollector):
    """Names of Brightspace; see `names.brightspace`."""

    lms = "brightspace"
