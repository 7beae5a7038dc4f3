"""`medcoding check` and `medcoding tidy`: the bank and the source notebooks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medcoding.cli.common import course_root, fail, progress_bar


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    check = commands.add_parser("check", help="prove every key, and every exercise in source/, against the code books")
    check.add_argument("--bank", type=Path, help="the bank (default: MEDCODING_BANK or course/bank)")
    check.add_argument("--source", type=Path, help="nbgrader's source folder (default: source beside the bank's course)")
    check.add_argument("--no-source", action="store_true", help="check the bank alone")
    check.set_defaults(run=_check)

    tidy = commands.add_parser("tidy", help="put source notebooks into their clean form, and write the pages of the modules")
    tidy.add_argument("notebooks", nargs="*", type=Path, help="notebooks (default: all in source/)")
    tidy.set_defaults(run=_tidy)


def _check(options: argparse.Namespace) -> int:
    from medcoding.items.bank import Bank, BankError, bank_folder
    from medcoding.items.check import check

    folder = options.bank or bank_folder()
    try:
        bank = Bank(folder, strict=False)
    except BankError as error:
        return fail(error)
    source = None if options.no_source else options.source or folder.resolve().parent.parent / "source"
    with progress_bar(len(bank), "Checking") as bar:
        faults = check(bank, source, progress=lambda done, total: bar.update(1))
    print(_table(bank, faults))
    for fault in faults:
        print(fault)
    print(f"{len(bank)} items, {len(faults)} fault{'' if len(faults) == 1 else 's'}.")
    return 1 if faults else 0


def _table(bank: Any, faults: Sequence[Any]) -> str:
    """Items by lesson and form, with the faults of each lesson."""
    forms = sorted({item.form for item in bank})
    lessons = sorted({item.lesson for item in bank})
    rows = [["lesson", *forms, "practice", "exam", "all", "faults"]]
    faulty = {fault.item for fault in faults}
    for lesson in lessons:
        own = [item for item in bank if item.lesson == lesson]
        counts = [str(sum(item.form == form and item.use == "graded" for item in own)) for form in forms]
        rows.append([lesson, *counts, *(str(sum(item.use == use for item in own)) for use in ("practice", "exam")), str(len(own)),
                     str(sum(item.id in faulty for item in own))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _tidy(options: argparse.Namespace) -> int:
    from medcoding.items.bank import Bank
    from medcoding.items.modulepage import ModulesProblem, module_pages
    from medcoding.items.notebooks import assignment_notebooks, tidy
    from medcoding.items.publication import write_atomic

    bank = Bank(strict=False)
    notebooks = options.notebooks or list(assignment_notebooks(course_root() / "source"))
    for path in notebooks:
        print(f"{'tidied' if tidy(path, bank) else 'clean '}  {path}")
    if not options.notebooks:
        try:
            for path, text in module_pages(bank, course_root() / "source").items():
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    write_atomic(path, text.encode())
                    print(f"written {path}")
        except ModulesProblem as problem:
            return fail(problem)
    return 0
