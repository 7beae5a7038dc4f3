"""Sorting an archive's files by student: which of them are an assignment's, and what is wrong with the others. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from medcoding.grading.lms.archive import Member
from medcoding.grading.lms.cells import shown
from medcoding.grading.lms.names import NAMES, Named, expected_name
from medcoding.grading.lms.roster import Person, Roster
from medcoding.items.answers import FILE_NAME


@dataclass
class Handed:
    """What one student handed in, as the archive tells. `person` is None where the roster does not know whose it is."""

    value: str
    name: str
    person: Person | None
    files: dict[str, tuple[Named, Member]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    others: int = 0

    @property
    def student(self) -> str:
        """The gradebook id, or "" where it is not known."""
        return self.person.student if self.person else ""

    @property
    def late(self) -> bool:
        return any(named.late for named, _ in self.files.values())

    @property
    def local(self) -> datetime | None:
        return max((named.local for named, _ in self.files.values() if named.local), default=None)

    @property
    def written(self) -> datetime | None:
        return max((member.written for _, member in self.files.values() if member.written), default=None)

    @property
    def version(self) -> int:
        return max((named.version for named, _ in self.files.values()), default=0)


@dataclass
class Sorted:
    """An archive sorted: by student, and findings on files that are nobody's."""

    students: list[Handed]
    findings: list[str]
    others: int = 0


def sort(members: Iterable[Member], lms: str, roster: Roster, notebooks: Collection[str]) -> Sorted:
    """Sort an archive's files by student.

    Args:
        notebooks: the assignment's notebooks, such as "one.ipynb".
    """
    expected = {*notebooks, FILE_NAME}
    groups: dict[tuple[str, str], Handed] = {}
    chosen: dict[tuple[str, str], dict[str, list[tuple[Named, Member]]]] = {}
    result = Sorted([], [])
    for member in members:
        named = NAMES[lms](member.name, roster)
        if named is None:
            if member.problem or Path(member.name).suffix == ".ipynb":
                why = member.problem or f"its name has not the form that {lms.title()} gives"
                result.findings.append(f"{shown(member.name)}: {why}; passed over.")
            else:
                result.others += 1
            continue
        place = (named.key, named.value)
        if place not in groups:
            groups[place] = Handed(named.value, named.name, roster.find(named.key, named.value))
        handed = groups[place]
        target = expected_name(named.file, expected)
        if member.problem:
            handed.findings.append(f"{shown(named.file)}: {member.problem}; passed over.")
        elif target:
            chosen.setdefault(place, {}).setdefault(target, []).append((named, member))
        elif Path(named.file).suffix == ".ipynb":
            handed.findings.append(f"{shown(named.file)}: is no notebook of this assignment ({', '.join(sorted(notebooks))}); passed over.")
        else:
            handed.others += 1
    for place, targets in chosen.items():
        _choose(groups[place], targets)
    result.students = sorted(groups.values(), key=lambda one: (not one.student, one.student, one.name, one.value))
    return result


def _choose(handed: Handed, targets: dict[str, list[tuple[Named, Member]]]) -> None:
    """Of several files that stand for one, the last upload, then the one in the outermost folder; of the last attempt only."""
    last = max((named.local for several in targets.values() for named, _ in several if named.local), default=None)
    for target, several in sorted(targets.items()):
        now = [one for one in several if one[0].local == last] if last else several
        best = sorted(now, key=lambda one: (-one[0].version, one[0].file.count("/"), one[0].file.rsplit("/", 1)[-1] != target))
        if not best:
            continue
        ranks = [(-named.version, named.file.count("/"), named.file.rsplit("/", 1)[-1] != target) for named, _ in best]
        if ranks.count(ranks[0]) > 1:
            handed.findings.append(f"{target}: {ranks.count(ranks[0])} files of the archive stand for it; none was taken.")
            continue
        named, _ = handed.files[target] = best[0]
        if named.file != target:
            handed.findings.append(f"{shown(named.file)}: taken as {target}.")
