"""`medcoding course | lab | demo | release | update`: making the course ready and opening modules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from medcoding.cli.codes import build
from medcoding.cli.common import course_root, fail, progress_bar


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    for name, help_text in (
        ("release", "open a module: generate, publish and release it"),
        ("update", "change a released module: a new publication, delivered as errata"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("module", metavar="NN", help="a module's number (05) or folder name")
        command.set_defaults(run=_release)

    course = commands.add_parser("course", help="make the course ready: index, check, generate, release what the calendar opens")
    course.set_defaults(run=_course)

    lab = commands.add_parser("lab", help="start JupyterLab on 127.0.0.1 at the course home page")
    lab.add_argument("--port", type=int, default=8888)
    lab.add_argument("--no-browser", action="store_true")
    lab.set_defaults(run=_lab)

    demo = commands.add_parser("demo", help="a simulated class through the whole nbgrader cycle, in a folder of its own")
    demo.add_argument("--folder", type=Path, default=Path("demo"))
    demo.add_argument("--students", type=int, default=30)
    demo.add_argument("--seed", type=int, default=2026)
    demo.add_argument("--assignment", default="05")
    demo.set_defaults(run=_demo)


def _release(options: argparse.Namespace) -> int:
    from medcoding.grading.release import ReleaseRefused, Releases

    releases = Releases(course_root())
    try:
        done = releases.release(options.module) if options.command == "release" else releases.update(options.module)
    except ReleaseRefused as refusal:
        return fail(refusal)
    if not done.changed:
        print(f"{done.assignment}: nothing has changed since its release.")
    elif options.command == "release":
        print(f"{done.assignment}: released. Students can fetch it now.")
    else:
        what = f"corrected: {', '.join(done.corrected)}" if done.corrected else "no item changed"
        print(f"{done.assignment}: updated ({what}). Fetched copies take up the items when an exercise is next shown; answers stay.")
    return 0


def _course(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from medcoding.grading.calendar import read_calendar
    from medcoding.grading.ready import note_ready, state, summary_if_ready
    from medcoding.items.bank import bank_folder

    root = course_root()
    build()
    (root / "work").mkdir(exist_ok=True)  # students' copies; `medcoding lab` lays the home page there
    try:
        calendar = read_calendar(root / "course" / "calendar.yaml")
    except ValueError as error:
        return fail(error)
    open_now = calendar.open_on(datetime.now(UTC).date())
    now = state(root, bank_folder(), open_now)
    summary = summary_if_ready(root, now)
    if summary is not None:
        print(summary)
        return 0
    return _make_ready(root, calendar, open_now, lambda there, summary: note_ready(root, now, there, summary))


def _make_ready(root: Path, calendar: Any, open_now: Sequence[str], note: Callable[[list[Path], str], None]) -> int:
    """Check, generate and release; `note` is called where nothing was left to do or to mend."""
    from medcoding.grading.release import ReleaseRefused, Releases
    from medcoding.items.bank import Bank, bank_folder
    from medcoding.items.check import check

    bank = Bank(bank_folder(), strict=False)
    with progress_bar(len(bank), "Checking the bank") as bar:
        faults = check(bank, root / "source", progress=lambda done, total: bar.update(1))
    if faults:
        for fault in faults[:20]:
            print(fault, file=sys.stderr)
        print(f"{len(faults)} faults in the bank or the notebooks; an assignment that uses a faulty item is not released.", file=sys.stderr)
    releases = Releases(root)
    names = sorted(path.name for path in (root / "source").iterdir() if any(path.glob("*.ipynb")))
    failed = changed = False
    with progress_bar(len(names), "Assignments") as bar:
        for name in names:
            try:
                if name in open_now and not releases.is_released(name):
                    releases.release(name)
                elif not releases.is_released(name):
                    releases.generate(name)
                elif not releases.is_current(name):
                    changed = True
                    print(f"{name} has changed since its release; 'medcoding update {name}' delivers the change.", file=sys.stderr)
                releases.set_due(name, calendar.due(name))
            except ReleaseRefused as refusal:
                failed = True
                print(refusal, file=sys.stderr)
            bar.update(1)
    opened = [name for name in names if releases.is_released(name)]
    summary = f"{len(bank)} items checked, {len(faults)} faults. Open to students: {', '.join(opened) or 'nothing yet'}."
    print(summary)
    if not (failed or faults or changed):
        note(releases.rests_on(names), summary)
    return 1 if failed else 0


def _lab(options: argparse.Namespace) -> int:
    from medcoding.grading.lab import start

    return start(course_root(), port=options.port, browser=not options.no_browser)


def _demo(options: argparse.Namespace) -> int:
    from medcoding.insight.demo import run

    return run(course_root(), options.folder, students=options.students, seed=options.seed, assignment=options.assignment)
