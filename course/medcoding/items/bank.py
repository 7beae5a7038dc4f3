"""The bank: every item, read from `course/bank` (or where `MEDCODING_BANK` points).

A mistake in a file is a `Fault` with file, line, field, what was found and what was expected.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from medcoding.items.models import Item, KeyFault
from medcoding.items.variants import Template, VariantFault

MAX_CHART = 60_000


@dataclass(frozen=True)
class Fault:
    """One mistake in a bank file or a source notebook."""

    file: str
    line: int
    where: str
    message: str
    item: str = ""

    def __str__(self) -> str:
        item = f"{self.item}: " if self.item else ""
        return f"{self.file}:{self.line}: {item}{self.where}: {self.message}"


class BankError(ValueError):
    """The bank holds mistakes; `faults` lists each."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        shown = "\n".join(f"  {fault}" for fault in faults[:20])
        more = f"\n  and {len(faults) - 20} more" if len(faults) > 20 else ""
        super().__init__(f"The bank has {len(faults)} mistake{'s' if len(faults) > 1 else ''}:\n{shown}{more}\n"
                         "Run 'medcoding check' for all of them.")


class UnknownItem(KeyError):
    """No item of that id; the message lists near ids."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Lesson:
    """One lesson of a module, from its `.lesson.yaml`."""

    id: str
    notebook: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    module: str


@dataclass(frozen=True)
class Stood:
    """Where an item stands: its file and the line of each of its fields."""

    file: str
    lines: dict[tuple[str | int, ...], int]

    def line(self, where: tuple[str | int, ...]) -> int:
        """The line of `where`, or of the nearest field around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def bank_folder() -> Path:
    """`MEDCODING_BANK`, else `course/bank` of the folder that holds `nbgrader_config.py`, from here upwards."""
    named = os.environ.get("MEDCODING_BANK")
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course" / "bank").is_dir():
            return folder / "course" / "bank"
    return here / "course" / "bank"


class Bank:
    """Every item of a folder of banks, in order of file and place.

    `faults` lists what could not be read; iterating gives the sound items. `strict` (default) raises
    `BankError` at once if there is any fault. An item that declares `variants` stands here as its variant 0, drawn
    under a fixed seed; `expanded` gives all of them.
    """

    def __init__(self, folder: str | Path | None = None, *, strict: bool = True) -> None:
        self.folder = Path(folder) if folder is not None else bank_folder()
        self.faults: list[Fault] = []
        self.stood: dict[str, Stood] = {}
        self.modules: dict[str, str] = {}
        self.lessons: dict[str, Lesson] = {}
        self._items: dict[str, Item] = {}
        self._templates: dict[str, Template] = {}
        self._expanded: dict[tuple[str, str], Item] = {}
        if not self.folder.is_dir():
            raise BankError([Fault(str(self.folder), 1, "folder", "no such folder; expected a bank of items. "
                                   "Set MEDCODING_BANK or run from the course's own folder.")])
        for path in sorted(self.folder.glob("*/*.yaml")):
            if path.name.endswith(".lesson.yaml"):
                self._read_lesson(path)
            elif path.name != "blind.yaml":
                self._read(path)
        if strict and self.faults:
            raise BankError(self.faults)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._items

    def __getitem__(self, item_id: str) -> Item:
        try:
            return self._items[item_id]
        except KeyError:
            import difflib

            near = ", ".join(difflib.get_close_matches(item_id, self._items, n=3, cutoff=0.5)) or "none"
            raise UnknownItem(f"The bank {self.folder} has no item {item_id!r}. Near: {near}.") from None

    def varies(self, item_id: str) -> int:
        """How many variants an item declares; 0 for one without."""
        return self._templates[item_id].spec.wanted if item_id in self._templates else 0

    def expanded(self, item_id: str, secret: str) -> Item:
        """The item with all its variants, drawn from `secret`; an item without variants as it is.

        Raises:
            VariantFault: they cannot be made.
        """
        item = self[item_id]
        if item_id not in self._templates:
            return item
        if (item_id, secret) not in self._expanded:
            self._expanded[item_id, secret] = self._templates[item_id].expanded(secret, item)
        return self._expanded[item_id, secret]

    def _shown(self, path: Path) -> str:
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)

    def _fault(self, path: Path, line: int, where: str, message: str, item: str = "") -> None:
        self.faults.append(Fault(self._shown(path), line, where, message, item))

    def _load(self, path: Path) -> tuple[Any, dict[tuple[str | int, ...], int]] | None:
        try:
            text = path.read_text(encoding="utf-8")
            loader = ItemLoader(text)
            node = loader.get_single_node()
            data = None if node is None else loader.construct_document(node)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error)
            self._fault(path, mark.line + 1 if mark else 1, "YAML", f"cannot be read: {problem}")
            return None
        except UnicodeDecodeError as error:
            self._fault(path, 1, "encoding", f"is not UTF-8: {error.reason} at byte {error.start}")
            return None
        lines: dict[tuple[str | int, ...], int] = {}
        if node is not None:
            self._note_lines(path, node, (), lines)
        return data, lines

    def _note_lines(
        self, path: Path, node: yaml.Node, where: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]
    ) -> None:
        lines[where] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for name, value in node.value:
                if name.value in seen:
                    self._fault(path, name.start_mark.line + 1, ".".join(map(str, (*where, name.value))), "this field stands twice; the later one would win silently")
                seen.add(name.value)
                self._note_lines(path, value, (*where, name.value), lines)
                lines[(*where, name.value)] = name.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._note_lines(path, value, (*where, number), lines)

    def _read_lesson(self, path: Path) -> None:
        loaded = self._load(path)
        if loaded is None:
            return
        data, _ = loaded
        listed = data.get("lessons", [data]) if isinstance(data, dict) else [data]
        for entry in listed if isinstance(listed, list) else [listed]:
            try:
                lesson = Lesson(id=str(entry["id"]), notebook=str(entry["notebook"]), title=str(entry["title"]),
                                minutes=int(entry["minutes"]), objectives=tuple(map(str, entry["objectives"])),
                                module=path.parent.name)
            except (KeyError, TypeError, ValueError) as error:
                self._fault(path, 1, "lesson", f"expected id, notebook, title, minutes and objectives; found trouble at {error}")
            else:
                self.lessons[lesson.id] = lesson
        if isinstance(data, dict) and "lessons" in data:
            self.modules[path.parent.name] = str(data.get("title", path.parent.name))

    def _read(self, path: Path) -> None:
        loaded = self._load(path)
        if loaded is None:
            return
        data, lines = loaded
        if not isinstance(data, list):
            self._fault(path, 1, "file", f"expected a list of items, found {type(data).__name__}")
            return
        for number, entry in enumerate(data):
            name = str(entry.get("id", f"item {number + 1}")) if isinstance(entry, dict) else f"item {number + 1}"
            own = {where[1:]: line for where, line in lines.items() if where[:1] == (number,)}
            stood = Stood(self._shown(path), own)
            if not isinstance(entry, dict):
                self._fault(path, stood.line(()), "item", f"expected a mapping of fields, found {type(entry).__name__}", name)
                continue
            entry = self._with_chart(path, entry, stood, name)
            if entry is None:
                continue
            template = None
            try:
                if "variants" in entry:
                    template = Template.of(entry)
                    entry = template.first()
                item = Item.model_validate(entry)
            except ValidationError as error:
                self._item_faults(path, error, stood, name)
                continue
            except VariantFault as fault:
                self._variant_fault(path, fault, stood, name)
                continue
            if item.id in self._items:
                self._fault(path, stood.line(("id",)), "id", f"{item.id!r} is also the id of an item in {self.stood[item.id].file}", name)
                continue
            self._items[item.id] = item
            self.stood[item.id] = stood
            if template is not None:
                self._templates[item.id] = template

    def _with_chart(self, path: Path, entry: dict[str, Any], stood: Stood, name: str) -> dict[str, Any] | None:
        chart = entry.get("chart")
        if not isinstance(chart, dict):
            return entry
        named = chart.get("file")
        if set(chart) != {"file"} or not isinstance(named, str):
            self._fault(path, stood.line(("chart",)), "chart", "expected text, or {file: NAME} of a file of the bank, seen from here", name)
            return None
        place = (path.parent / named).resolve()
        if not place.is_relative_to(self.folder.resolve()) or not place.is_file():
            self._fault(path, stood.line(("chart",)), "chart.file", f"no file {named!r} beside {path.name}", name)
            return None
        try:
            text = place.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            self._fault(path, stood.line(("chart",)), "chart.file", f"{named!r} is not UTF-8: {error.reason} at byte {error.start}", name)
            return None
        return {**entry, "chart": text[: MAX_CHART + 1]}

    def _variant_fault(self, path: Path, fault: VariantFault, stood: Stood, name: str) -> None:
        if fault.error is None:
            self._fault(path, stood.line(fault.where), ".".join(map(str, fault.where)), str(fault), name)
            return
        for problem in fault.error.errors():
            where = (*fault.where, *problem["loc"])
            self._fault(path, stood.line(where), ".".join(map(str, where)), _words(problem), name)

    def _item_faults(self, path: Path, error: ValidationError, stood: Stood, name: str) -> None:
        for problem in error.errors():
            where = tuple(problem["loc"])
            cause = problem.get("ctx", {}).get("error")
            if isinstance(cause, KeyFault):
                for inner in cause.errors:
                    place = ("key", *inner["loc"])
                    if place[:2] == ("key", "distractors"):
                        place = place[1:]
                    self._fault(path, stood.line(place), ".".join(map(str, place)), _words(inner), name)
            else:
                self._fault(path, stood.line(where), ".".join(map(str, where)) or "item", _words(problem), name)


def _words(problem: Any) -> str:
    """One pydantic problem in words: what was expected, and what was found."""
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing":
        return "this field is missing"
    if problem["type"] == "extra_forbidden":
        return "this field is not known here; see docs/writing-items.md"
    if problem["type"] == "value_error":
        return message
    found = repr(problem.get("input"))
    return f"{message}; found {found[:60]}{'…' if len(found) > 60 else ''}"


class ItemLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which only true, false and null are not text: `on`, 1E10, 00.1 and dates stay as written."""


ItemLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
ItemLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
