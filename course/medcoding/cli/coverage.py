"""`medcoding coverage`: what items serve which objective, exam domain and section of the source guide."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medcoding.cli.common import columns, fail

if TYPE_CHECKING:
    from medcoding.items.coverage import Coverage


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    coverage = commands.add_parser("coverage", help="objectives, items, exam domains and the source guide side by side; fails where a part has nothing")
    coverage.add_argument("--bank", type=Path, help="the bank (default: MEDCODING_BANK or course/bank)")
    coverage.add_argument("--guide", type=Path, help="the source guide, section by section (default: guide.yaml beside the bank)")
    coverage.add_argument("--objectives", action="store_true", help="list every objective, not only the lessons")
    coverage.add_argument("--second-coding", action="store_true", help="print how far second coders agreed, by module and form, as it stands in docs/quality.md")
    coverage.set_defaults(run=_coverage)


def _coverage(options: argparse.Namespace) -> int:
    from medcoding.items.bank import Bank, BankError, bank_folder
    from medcoding.items.coverage import GuideProblem, coverage, read_guide
    from medcoding.items.secondcoding import RecordProblem, agreement

    folder = options.bank or bank_folder()
    try:
        bank = Bank(folder, strict=False)
        if options.second_coding:
            done = agreement(bank)
            print(f"{done.table()}\n\n{done.unsure} answered without full confidence, {done.mended} mended after a remark.")
            return 0
        found = coverage(bank, read_guide(options.guide or folder.resolve().parent / "guide.yaml"))
    except (BankError, GuideProblem, RecordProblem) as error:
        return fail(error)
    print("\n".join(_text(found, options.objectives)))
    for fault in bank.faults:
        print(fault)
    return 1 if found.gaps or bank.faults else 0


def _text(found: Coverage, objectives: bool) -> Iterator[str]:
    from medcoding.items.domains import domain_name

    rows = [["lesson", "objectives", "graded", "practice and exam", "exam domains (items)", "guide sections"]]
    for row in found.lessons:
        served = sum(bool(one.graded + one.practice) for one in row.objectives)
        rows.append([row.lesson.id, f"{served} of {len(row.objectives)}", str(row.graded), str(row.practice),
                     " ".join(f"{sign}:{count}" for sign, count in row.domains) or "–", " ".join(row.sections) or "–"])
        if objectives:
            rows += [["", f"  {one.number}", str(one.graded), str(one.practice), one.text, ""] for one in row.objectives]
    yield columns(rows)
    yield "\n" + columns([["exam domain", "items"], *([domain_name(sign), str(count)] for sign, count in found.domains)])
    yield "\n" + columns([
        ["guide section", "items", "lessons"],
        *([section.title, str(items), " ".join(section.lessons) or f"left out: {section.left_out}"] for section, items in found.guide),
    ])
    yield ""
    yield from found.gaps
    every = sum(len(row.objectives) for row in found.lessons)
    total = sum(row.graded + row.practice for row in found.lessons)
    yield (f"{len(found.lessons)} lessons, {every} objectives, {total} items, {len(found.guide)} guide sections, "
           f"{len(found.gaps)} gap{'' if len(found.gaps) == 1 else 's'}.")
