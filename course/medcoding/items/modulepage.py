"""The page of a module: what it is for, what comes before it, what a learner will be able to do. Made from `course/modules.yaml` and the lessons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from medcoding.items.bank import Bank, Fault, Lesson

NAME = "About-this-module.md"
CHECKPOINT = "-checkpoint"


class ModulesProblem(ValueError):
    """modules.yaml cannot be used; the message says where and what was expected."""


class Module(BaseModel):
    """What a module is for. `before` names modules by number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Annotated[str, StringConstraints(min_length=3, max_length=60)]
    purpose: Annotated[str, StringConstraints(min_length=10, max_length=200)]
    before: list[Annotated[str, StringConstraints(pattern=r"^\d\d[ab]?$")]]


def read_modules(path: Path) -> dict[str, Module]:
    """Modules by folder name; none where there is no such file.

    Raises:
        ModulesProblem: the file is no mapping of modules.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModulesProblem(f"{path} cannot be read: {error}") from None
    if not isinstance(rows, dict):
        raise ModulesProblem(f"{path} holds {type(rows).__name__}; expected modules by the names of their folders.")
    found = {}
    for name, row in rows.items():
        try:
            found[str(name)] = Module.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            raise ModulesProblem(f"{path}, {name}: {'.'.join(map(str, first['loc'])) or 'module'}: {first['msg']}") from None
    return found


def page_faults(bank: Bank, source: Path) -> Iterator[Fault]:
    """Modules whose page is missing or older than their lessons."""
    try:
        pages = module_pages(bank, source)
    except ModulesProblem as problem:
        yield Fault(str(problem).partition(",")[0], 1, "modules", str(problem))
        return
    for path, text in pages.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield Fault(str(path), 1, "page", "is not what modules.yaml and the lessons say (run 'medcoding tidy')")


def module_pages(bank: Bank, source: Path) -> dict[Path, str]:
    """The page of each module that has a folder in `source`, by its path.

    Raises:
        ModulesProblem: modules.yaml beside the bank cannot be used.
    """
    modules = read_modules(bank.folder.resolve().parent / "modules.yaml")
    return {source / name / NAME: module_page(name, modules, bank) for name in modules if (source / name).is_dir()}


def module_page(name: str, modules: Mapping[str, Module], bank: Bank) -> str:
    """The page of one module as Markdown."""
    module = modules[name]
    lessons = sorted((one for one in bank.lessons.values() if one.module == name), key=lambda one: one.notebook)
    return "\n".join(_page(name, module, modules, lessons, bank)) + "\n"


def _page(name: str, module: Module, modules: Mapping[str, Module], lessons: list[Lesson], bank: Bank) -> Iterator[str]:
    number = name.partition("-")[0]
    titles = {other.partition("-")[0]: one.title for other, one in modules.items()}
    yield f"# Module {number}: {module.title}\n"
    yield f"{module.purpose}\n"
    before = "; ".join(f"{one} {titles.get(one, '')}".strip() for one in module.before)
    yield f"**Before it:** {before or 'nothing'}.\n"
    yield f"**Time:** about {_hours(sum(one.minutes for one in lessons))}, exercises included.\n"
    yield "| notebook | what it is | minutes | graded exercises | other questions |\n|---|---|---|---|---|"
    for lesson in lessons:
        own = [item for item in bank if item.lesson == lesson.id]
        graded = sum(item.use == "graded" for item in own)
        yield f"| `{lesson.notebook}` | {lesson.title} | {lesson.minutes} | {graded} | {len(own) - graded} |"
    yield "\n## What you will be able to do"
    for lesson in lessons:
        if not lesson.notebook.endswith(CHECKPOINT):
            yield f"\n### {lesson.title}\n"
            yield from (f"- {objective}" for objective in lesson.objectives)


def _hours(minutes: int) -> str:
    halves = max(1, round(minutes / 30))
    whole, half = divmod(halves, 2)
    if not whole:
        return "half an hour"
    return f"{whole}{' and a half' if half else ''} hour{'' if (whole, half) == (1, 0) else 's'}"
