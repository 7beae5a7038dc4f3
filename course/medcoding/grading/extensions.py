"""Extensions and extra time: a file of who has longer, read, edited with its comments kept, and brought into the gradebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from medcoding.grading.calendar import Calendar, read_calendar
from medcoding.items.publication import write_atomic

ALL = "*"
HEADER = """\
# Who has more time, for which assignment, and why. docs/lms.md says what may stand here; 'medcoding extend' edits it.
# Times without zone are UTC; a day alone ends at its last second. '*' means every assignment.
extensions:
"""
SHAPE = "Expected 'extensions:' with lines such as '- {student: ada, assignment: 05-name, until: 2026-02-03, reason: illness}'."
_UNIT = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)\s*([mhdw])")
_SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*(%|x)")
_LONGEST = timedelta(days=3660)

Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]


class ExtensionProblem(ValueError):
    """The file of extensions, or one of its entries, cannot be used. The message says where, and what was expected."""


class Extension(BaseModel):
    """More time for one student: `until` a moment, or `extra` time (2d, 12h, 90m, 1w, 25%, 1.5x)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    student: Name
    assignment: Name
    until: Annotated[str, Field(max_length=40)] = ""
    extra: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Extension:
        if bool(self.until) == bool(self.extra):
            raise ValueError("give either 'until' (a day or time) or 'extra' (2d, 12h, 90m, 1w, 25%, 1.5x), not both and not neither")
        if self.until:
            moment(self.until)
            if self.assignment == ALL:
                raise ValueError("'until' needs one assignment; for all of them ('*') give 'extra'")
        elif not (_SPAN.fullmatch(self.extra) or _SHARE.fullmatch(self.extra)):
            raise ValueError(f"extra: {self.extra!r} is no time; expected 2d, 12h, 90m, 1w, or a share of the time given: 25%, 1.5x")
        elif self.extra.endswith("x") and float(self.extra[:-1]) < 1:
            raise ValueError(f"extra: {self.extra!r} would shorten the time; expected 1x or more")
        return self

    def beyond(self, due: datetime, opens: datetime | None) -> timedelta:
        """How long after the due date this student may hand in. `due` and `opens` are UTC without zone.

        Raises:
            ExtensionProblem: `until` lies before the due date, or a share is given and the opening is not known.
        """
        if self.until:
            more = moment(self.until) - due
            if more < timedelta(0):
                raise ExtensionProblem(f"{self.student}: until {self.until} lies before the due date, {due:%Y-%m-%d %H:%M} UTC; it gives no time.")
            return more
        span = _SPAN.fullmatch(self.extra)
        if span:
            return min(float(span[1]) * _UNIT[span[2]], _LONGEST)
        if opens is None or opens >= due:
            raise ExtensionProblem(
                f"{self.student}: extra {self.extra} is a share of the time from opening to due date, and course/calendar.yaml gives no opening "
                f"of {self.assignment} before its due date. Name it there, or give a time such as 2d."
            )
        share = _SHARE.fullmatch(self.extra)
        assert share is not None
        factor = float(share[1]) / 100 if share[2] == "%" else float(share[1]) - 1
        return min((due - opens) * factor, _LONGEST)


def moment(text: str) -> datetime:
    """A day or time as UTC without zone; a day alone is its last second, a time without zone is UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day or time; expected 2026-02-03, 2026-02-03T17:00 or 2026-02-03T17:00-06:00") from None
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()):
        found = found.replace(hour=23, minute=59, second=59)
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Extensions:
    """The entries of a file, in its order."""

    entries: tuple[Extension, ...] = ()

    def __iter__(self) -> Iterator[Extension]:
        return iter(self.entries)

    def of(self, student: str, assignment: str) -> Extension | None:
        """The entry that counts: one for this assignment before one for all."""
        own = {entry.assignment: entry for entry in self.entries if entry.student == student}
        return own.get(assignment) or own.get(ALL)

    def students(self, assignment: str) -> list[str]:
        """Who has an entry that counts for an assignment."""
        return list(dict.fromkeys(entry.student for entry in self.entries if entry.assignment in (assignment, ALL)))


def opening(calendar: Calendar, assignment: str) -> datetime | None:
    """The first second of an assignment's opening day, UTC without zone, or None."""
    found = calendar.modules.get(assignment)
    return datetime(found.opens.year, found.opens.month, found.opens.day) if found else None


def opening_in(root: Path, assignment: str) -> datetime | None:
    """As `opening`, by the course's own calendar.

    Raises:
        ExtensionProblem: the calendar cannot be read.
    """
    try:
        return opening(read_calendar(root / "course" / "calendar.yaml"), assignment)
    except ValueError as problem:
        raise ExtensionProblem(str(problem)) from None


def read_extensions(path: Path) -> Extensions:
    """The extensions in a file; a missing file gives none.

    Raises:
        ExtensionProblem: it is no such file; says where, and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Extensions()
    except (OSError, UnicodeDecodeError) as error:
        raise ExtensionProblem(f"{path}: cannot be read: {error}.") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Extensions:
    """As `read_extensions`, from text. Every value is taken as it is written; aliases and tags are refused."""
    return Extensions(tuple(entry for entry, _ in _entries(text, name)))


def _entries(text: str, name: str) -> list[tuple[Extension, yaml.Node]]:
    listed = _list_node(text, name)
    if listed is None:
        return []
    found: list[tuple[Extension, yaml.Node]] = []
    seen: dict[tuple[str, str], int] = {}
    for node in listed.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode) or any(not isinstance(part, yaml.ScalarNode) for pair in node.value for part in pair):
            raise ExtensionProblem(f"{name}: line {line}: this is no entry. {SHAPE}")
        names = [key.value for key, _ in node.value]
        if len(set(names)) < len(names):
            raise ExtensionProblem(f"{name}: line {line}: a name stands twice in one entry.")
        try:
            entry = Extension.model_validate({key.value: value.value for key, value in node.value})
        except ValidationError as error:
            first = error.errors()[0]
            where = "".join(f"{part}: " for part in first["loc"])
            raise ExtensionProblem(f"{name}: line {line}: {where}{first['msg'].removeprefix('Value error, ')}. {SHAPE}") from None
        before = seen.setdefault((entry.student, entry.assignment), line)
        if before != line:
            raise ExtensionProblem(f"{name}: lines {before} and {line}: {entry.student} has two entries for {entry.assignment}; keep one.")
        found.append((entry, node))
    return found


def _list_node(text: str, name: str) -> yaml.SequenceNode | None:
    """The list under `extensions:`; None where the file says nothing."""
    try:
        if any(isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)) for token in yaml.scan(text)):
            raise ExtensionProblem(f"{name}: anchors (&), aliases (*name) and tags (!) have no place here; quote '*'. {SHAPE}")
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        hint = " Quote the star: '*'." if "alias" in str(error) else ""
        raise ExtensionProblem(f"{name}: this is no YAML: {' '.join(str(error).split())[:200]}.{hint} {SHAPE}") from None
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        return None
    if not isinstance(root, yaml.MappingNode) or [key.value for key, _ in root.value] != ["extensions"]:
        raise ExtensionProblem(f"{name}: {SHAPE}")
    listed = root.value[0][1]
    if isinstance(listed, yaml.ScalarNode) and listed.value in ("", "~", "null"):
        return None
    if not isinstance(listed, yaml.SequenceNode):
        raise ExtensionProblem(f"{name}: {SHAPE}")
    return listed


def extend(path: Path, entry: Extension) -> bool:
    """Put an entry into the file, in place of one for the same student and assignment; everything else stays as written.

    Returns:
        whether an entry was replaced.

    Raises:
        ExtensionProblem: the file cannot be read as it is, or could not be read after the change. It is left alone then.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else HEADER
    before = _entries(text, str(path))
    same = [node for old, node in before if (old.student, old.assignment) == (entry.student, entry.assignment)]
    if same:
        after = text[: same[0].start_mark.index] + line_of(entry) + text[_end(same[0]) :]
    else:
        after = _added(text, str(path), entry, [node for _, node in before])
    expected = [entry if node in same else old for old, node in before] + ([] if same else [entry])
    if list(parse(after, str(path)).entries) != expected:
        raise ExtensionProblem(f"{path}: the entry could not be put in without changing others. Add it by hand: - {line_of(entry)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, after.encode("utf-8"), 0o600)
    return bool(same)


def line_of(entry: Extension) -> str:
    """An entry as one line of YAML."""
    parts = [("student", entry.student), ("assignment", entry.assignment), ("until", entry.until), ("extra", entry.extra), ("reason", entry.reason)]
    return "{" + ", ".join(f"{name}: {_quoted(value)}" for name, value in parts if value) + "}"


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar on one line (YAML 1.2, 5.7): what is not plainly printable is escaped."""
    return '"' + "".join(
        f"\\{sign}" if sign in '"\\' else sign if sign.isprintable() and sign != "\ufeff" else f"\\U{ord(sign):08x}" for sign in text
    ) + '"'


def _end(node: yaml.Node) -> int:
    """Where an entry's own text ends: a block mapping's mark lies behind the comments that follow it."""
    flow = isinstance(node, yaml.MappingNode) and node.flow_style
    end: int = (node if flow or not node.value else node.value[-1][1]).end_mark.index
    return end


def _added(text: str, name: str, entry: Extension, nodes: Sequence[yaml.Node]) -> str:
    listed = _list_node(text, name)
    if listed is None:
        key = re.search(r"^extensions:[ \t]*(?:~|null)?[ \t]*(?=#|$)", text, re.MULTILINE)
        if key is None:
            return text + ("" if not text or text.endswith("\n") else "\n") + HEADER + f"  - {line_of(entry)}\n"
        comment, _, tail = text[key.end() :].partition("\n")
        return f"{text[: key.start()]}extensions:{' ' + comment if comment else ''}\n  - {line_of(entry)}\n{tail}"
    if listed.flow_style:
        close = listed.end_mark.index - 1
        return text[:close] + (", " if nodes else "") + line_of(entry) + text[close:]
    last = _end(nodes[-1])
    line_end = text.find("\n", last)
    head, tail = (text, "") if line_end < 0 else (text[:line_end], text[line_end + 1 :])
    return f"{head}\n{' ' * listed.start_mark.column}- {line_of(entry)}\n{tail}"
