"""Collecting from an LMS's archive into `submitted/`: each student whole or not at all, replaced only by what is newer."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc

from medcoding.grading.lms.archive import Archive, Limits, MemberProblem
from medcoding.grading.lms.manifest import FOLDER, Collected, Manifest, Taken, read_manifest, write_manifest
from medcoding.grading.lms.roster import STUDENT, Roster
from medcoding.grading.lms.sorting import Handed, sort
from medcoding.grading.lms.times import utc
from medcoding.grading.places import Course
from medcoding.items.answers import FILE_NAME, MIME

STAMP = "timestamp.txt"
COLLECTED, REPLACED, SAME, OLDER, UNKNOWN, NOTHING, REFUSED = (
    "collected", "replaced", "as before", "kept what is there", "unknown", "nothing to grade", "refused",
)
TAKEN = (COLLECTED, REPLACED, SAME)


class CollectRefused(ValueError):
    """Nothing can be collected. The message says why and what to do; nothing was changed."""


@dataclass
class Outcome:
    """What became of one student's files."""

    student: str
    lms_id: str
    name: str
    state: str
    files: list[str] = field(default_factory=list)
    submitted: datetime | None = None
    late: bool = False
    findings: list[str] = field(default_factory=list)


@dataclass
class Summary:
    """What became of an archive: an outcome for each student in it, findings on files that are nobody's, other files counted."""

    outcomes: list[Outcome]
    findings: list[str]
    others: int = 0

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.outcomes)

    @property
    def complete(self) -> bool:
        """Whether everybody in the archive is in `submitted/` now."""
        return not self.findings and all(one.state in (*TAKEN, OLDER) for one in self.outcomes)


@dataclass(frozen=True)
class Times:
    """What is known of times: the zone of those without one, and times of submission by gradebook id (UTC without zone)."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    known: Mapping[str, datetime] = field(default_factory=dict)


def collect(
    course: Course,
    assignment: str,
    path: Path,
    lms: str,
    roster: Roster,
    *,
    times: Times | None = None,
    dry_run: bool = False,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Collect an assignment's submissions from an archive.

    Raises:
        CollectRefused: the assignment is not released, or the roster is empty.
        ArchiveProblem: the archive as a whole cannot be read.
        ManifestProblem: what was collected before cannot be read.
    """
    notebooks, due = _assignment(course, assignment)
    if not any(person.student for person in roster.people):
        raise CollectRefused(
            "The roster tells of nobody which student of the gradebook they are, so nothing in the archive has an owner. Give --roster a table with "
            "the column 'student' and what the LMS calls each of them; 'medcoding roster FILE' makes one from the LMS's own gradebook file."
        )
    place = course.root / FOLDER
    if not dry_run:
        place.mkdir(parents=True, exist_ok=True)
    with Archive(path, limits) as archive, FileLock(str(place / ".lock")) if not dry_run else _Nothing():
        if not dry_run:
            _recover(place)
        found = sort(archive.members(), lms, roster, notebooks)
        manifest = read_manifest(course.root, assignment, lms)
        one = _Collector(course, assignment, archive, manifest, due, times or Times(), dry_run)
        summary = Summary([], [*roster.problems, *found.findings], found.others)
        try:
            for number, handed in enumerate(found.students, 1):
                summary.outcomes.append(one.take(handed))
                if progress:
                    progress(number, len(found.students))
        finally:
            if not dry_run:
                write_manifest(course.root, manifest)
    return summary


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *problem: object) -> None: ...


def _assignment(course: Course, assignment: str) -> tuple[list[str], datetime | None]:
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CollectRefused(f"{assignment} is not released, so nothing can be handed in. Run 'medcoding release' first.") from None
        return [f"{notebook.name}.ipynb" for notebook in found.notebooks], found.duedate


@dataclass
class _Collector:
    course: Course
    assignment: str
    archive: Archive
    manifest: Manifest
    due: datetime | None
    times: Times
    dry_run: bool

    def take(self, handed: Handed) -> Outcome:
        outcome = Outcome(handed.student, handed.value, handed.name, UNKNOWN, findings=list(handed.findings))
        if not handed.student:
            outcome.files = sorted(handed.files)
            outcome.findings.insert(0, "is nobody whom the roster knows; name the id and the gradebook's student there, then collect again.")
            return outcome
        if not STUDENT.fullmatch(handed.student):
            outcome.state = REFUSED
            return outcome
        contents = self._read(handed, outcome)
        outcome.files = sorted(contents)
        outcome.late = handed.late
        if not any(name.endswith(".ipynb") for name in contents):
            outcome.state = NOTHING
            outcome.findings.append("no notebook of this assignment was handed in." if not contents else "answers.json came without its notebook.")
            return outcome
        if FILE_NAME not in contents and not any(MIME.encode() in content for content in contents.values()):
            outcome.findings.append("there is no answers.json, and no notebook carries recorded answers.")
        known = self.times.known.get(handed.student) or (utc(handed.local, self.times.zone) if handed.local else None)
        as_of = known or (utc(handed.written, self.times.zone) if handed.written else None)
        outcome.submitted = known or self._no_later_than(as_of, handed, outcome)
        entry = Collected(
            lms_id=handed.value, lms_name=handed.name, as_of=as_of, late=handed.late,
            files=tuple(
                Taken(member=member.name, prefix=named.prefix, name=name, sha256=hashlib.sha256(contents[name]).hexdigest(), version=named.version)
                for name, (named, member) in sorted(handed.files.items()) if name in contents
            ),
        )
        self._place(handed.student, contents, entry, known, outcome)
        return outcome

    def _read(self, handed: Handed, outcome: Outcome) -> dict[str, bytes]:
        contents: dict[str, bytes] = {}
        for name, (_, member) in handed.files.items():
            try:
                contents[name] = self.archive.read(member)
            except MemberProblem as problem:
                outcome.findings.append(f"{name}: {problem}; passed over.")
        return contents

    def _no_later_than(self, as_of: datetime | None, handed: Handed, outcome: Outcome) -> datetime | None:
        """A time that does the student no wrong where the archive tells none: on time unless the LMS marked it late, and then just late."""
        if handed.late and self.due is not None:
            outcome.findings.append("late by the LMS's mark, and the archive does not say how late: taken as one minute. Give --times to have it exact.")
            return self.due + timedelta(minutes=1)
        moments = [one for one in (as_of, self.due) if one is not None]
        return min(moments, default=datetime.now(UTC).replace(tzinfo=None, microsecond=0))

    def _place(self, student: str, contents: Mapping[str, bytes], entry: Collected, known: datetime | None, outcome: Outcome) -> None:
        dest = self.course.folder("submitted", self.assignment, student)
        if os.path.lexists(dest):
            if dest.is_symlink() or not dest.is_dir():
                outcome.state = REFUSED
                outcome.findings.append(f"{dest} is no folder; move it away.")
                return
            there = _there(dest)
            if there == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}:
                outcome.state = SAME
                self._stamp(dest, outcome)
            elif self._is_newer(dest, there, entry, known, outcome):
                outcome.state = REPLACED
            else:
                outcome.state = OLDER
                return
        else:
            outcome.state = COLLECTED
        if self.dry_run:
            return
        if outcome.state != SAME:
            self._write(dest, contents, outcome.submitted)
        self.manifest.students[student] = entry

    def _is_newer(self, dest: Path, there: Mapping[str, str], entry: Collected, known: datetime | None, outcome: Outcome) -> bool:
        """Whether this submission is newer than the one that is there. Of two from the same LMS the later archive holds the newer."""
        before = self.manifest.students.get(outcome.student)
        if before is not None and {one.name: one.sha256 for one in before.files} == there:
            newer = (entry.as_of or datetime.min, entry.version) > (before.as_of or datetime.min, before.version)
            when = before.as_of
        else:
            when = self.course.coursedir.get_existing_timestamp(str(dest))
            if when is None or known is None:
                outcome.findings.append(
                    "another submission is there that did not come from this LMS, and which is newer cannot be told. Give --times, or move it away."
                )
                return False
            newer = known > when
        if not newer:
            outcome.findings.append(f"another submission is there{f', of {when:%Y-%m-%d %H:%M} UTC' if when else ''}, and this one is not newer.")
        return newer

    def _stamp(self, dest: Path, outcome: Outcome) -> None:
        """Write the time of submission anew where it is known better now than when the same files were collected."""
        known = self.times.known.get(outcome.student)
        path = dest / STAMP
        if known is None or self.dry_run or (path.exists() and parse_utc(path.read_text(encoding="utf-8").strip()) == known):
            return
        path.write_text(_stamp_text(known), encoding="utf-8")

    def _write(self, dest: Path, contents: Mapping[str, bytes], submitted: datetime | None) -> None:
        place = Path(tempfile.mkdtemp(dir=self.course.root / FOLDER, prefix="taking-"))
        try:
            new = place / "new"
            new.mkdir(mode=0o755)
            for name, content in contents.items():
                with open(new / name, "xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            if submitted is not None:
                (new / STAMP).write_text(_stamp_text(submitted), encoding="utf-8")
            dest.parent.mkdir(parents=True, exist_ok=True)
            if dest.exists():
                (place / "whose").write_text(str(dest), encoding="utf-8")
                dest.rename(place / "old")
            new.rename(dest)
        finally:
            _recover_one(place)


def _recover(place: Path) -> None:
    """Clear away what a run left that was killed; a submission that it had moved aside, and not replaced yet, is put back."""
    for stale in place.glob("taking-*"):
        _recover_one(stale)


def _recover_one(place: Path) -> None:
    old = place / "old"
    if old.is_dir():
        dest = Path((place / "whose").read_text(encoding="utf-8"))
        if not os.path.lexists(dest):
            old.rename(dest)
    shutil.rmtree(place, ignore_errors=True)


def _stamp_text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC"


def _there(dest: Path) -> dict[str, str]:
    """What of a submission counts: the digest of each notebook and of answers.json."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(dest.iterdir())
        if (path.suffix == ".ipynb" or path.name == FILE_NAME) and path.is_file() and not path.is_symlink()
    }
