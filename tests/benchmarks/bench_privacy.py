"""Recall and precision of `medcoding.compliance.privacy` by identifier, with what it misses and what it marks too much.

    python tests/benchmarks/bench_privacy.py

Notes: those of deidgate and the course's own invented ones in tests/compliance/notes.yaml, on which the rules were mended, and those in
notes_held_out.yaml, on which they were not: the figures of these say what the rules are worth on new text. Three finders are compared: phileas-redact with all its filters, own rules alone, and both, as `privacy.find` uses them.
A labelled identifier is found if all its letters and digits are marked; a mark is right if it shares a letter or digit with a label.
The charts of the course's bank, which are almost free of identifiers, show what is marked in ordinary charts.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "course"))

YEAR = 2026
"""The year in which the notes are given out."""

KINDS = {"geo": "geographic", "health_plan": "health-plan"}
"""Names of deidgate's categories where the course's differ."""


class Note(NamedTuple):
    name: str
    text: str
    labels: list[tuple[str, str]]


Mark = tuple[str, int, int]
Finder = Callable[[str], list[Mark]]


def deidgate_notes() -> list[Note]:
    spec = find_spec("deidgate")
    if spec is None or spec.origin is None:
        raise SystemExit("deidgate is not installed: pip install 'medcoding[test]'")
    path = Path(spec.origin).parent / "data" / "safeharbor_seed.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Note(row["id"], row["text"], [(KINDS.get(phi["category"], phi["category"]), phi["value"]) for phi in row["phi"]]) for row in rows]


def own_notes(name: str) -> list[Note]:
    rows = yaml.safe_load((ROOT / "tests" / "compliance" / name).read_text(encoding="utf-8"))
    return [Note(row["id"], row["text"], [(kind, str(text)) for kind, text in row["identifiers"]]) for row in rows]


def places(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    start = text.find(wanted)
    while start >= 0:
        yield start, start + len(wanted)
        start = text.find(wanted, start + 1)


def characters(text: str, start: int, end: int) -> set[int]:
    return {place for place in range(start, end) if text[place].isalnum()}


class Tally:
    """Counts of one finder over one set of notes."""

    def __init__(self) -> None:
        self.wanted: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.missed: list[str] = []
        self.extra: list[str] = []

    def add(self, note: Note, marks: list[Mark]) -> None:
        covered: dict[int, str] = {place: kind for kind, start, end in marks for place in characters(note.text, start, end)}
        labelled: set[int] = set()
        for kind, wanted in note.labels:
            spots = [characters(note.text, *place) for place in places(note.text, wanted)]
            assert spots, f"{note.name}: {wanted!r} does not stand in the note"
            labelled |= set().union(*spots)
            self.wanted[kind] += 1
            if all(place in covered for spot in spots for place in spot):
                self.found[kind] += 1
                self.named[kind] += all(covered[place] == kind for spot in spots for place in spot)
            else:
                self.missed.append(f"{note.name}: {kind} {wanted!r}")
        for kind, start, end in marks:
            self.marks[kind] += 1
            if characters(note.text, start, end) & labelled:
                self.right[kind] += 1
            else:
                self.extra.append(f"{note.name}: {kind} {note.text[start:end]!r}")

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / max(1, sum(self.wanted.values()))

    @property
    def precision(self) -> float:
        return sum(self.right.values()) / max(1, sum(self.marks.values()))


def own_rules(text: str) -> list[Mark]:
    """The rules without phileas: what they find where its shapes are left out."""
    from medcoding.compliance.privacy import contacts, finding
    from medcoding.compliance.privacy.spans import merged

    shapes = contacts._shapes
    contacts._shapes = lambda text: iter(())
    try:
        return [(span.kind, span.start, span.end) for span in merged(text, finding._proposed(text, YEAR))]
    finally:
        contacts._shapes = shapes


def both(text: str) -> list[Mark]:
    from medcoding.compliance import privacy

    return [(span.kind, span.start, span.end) for span in privacy.find(text, year=YEAR)]


def phileas_alone() -> Finder:
    from phileas.policy import identifiers as settings
    from phileas.policy.policy import Policy
    from phileas.services.filter_service import FilterService

    kinds = {
        "age": "date", "date": "date", "email-address": "email", "ssn": "ssn", "phone-number": "phone", "ip-address": "ip", "url": "url",
        "zip-code": "geographic", "street-address": "geographic", "vin": "vehicle", "drivers-license": "license", "passport-number": "license",
        "mac-address": "device", "bank-routing-number": "account", "credit-card": "account", "iban-code": "account",
    }  # fmt: skip
    names = ["Age", "EmailAddress", "CreditCard", "SSN", "PhoneNumber", "IPAddress", "URL", "ZipCode", "VIN", "BitcoinAddress", "BankRoutingNumber", "Date", "MACAddress", "Currency", "StreetAddress", "TrackingNumber", "DriversLicense", "IBANCode", "PassportNumber"]
    fields = ["age", "email_address", "credit_card", "ssn", "phone_number", "ip_address", "url", "zip_code", "vin", "bitcoin_address", "bank_routing_number", "date", "mac_address", "currency", "street_address", "tracking_number", "drivers_license", "iban_code", "passport_number"]
    policy = Policy()
    for name, field in zip(names, fields, strict=True):
        setattr(policy.identifiers, field, getattr(settings, f"{name}FilterConfig")())
    service = FilterService()

    def find(text: str) -> list[Mark]:
        found = service.filter(policy, "bench", "note", text).spans
        return [(kinds.get(span.filter_type, "other"), span.character_start, span.character_end) for span in found]

    return find


def shown(title: str, tally: Tally, details: bool) -> None:
    print(f"\n{title}: recall {sum(tally.found.values())} of {sum(tally.wanted.values())} = {tally.recall:.1%}, "
          f"precision {sum(tally.right.values())} of {sum(tally.marks.values())} = {tally.precision:.1%}, "
          f"with the right name {sum(tally.named.values())} of {sum(tally.wanted.values())}")
    if not details:
        return
    print(f"  {'identifier':12} {'recall':>9} {'precision':>10}")
    for kind in sorted({*tally.wanted, *tally.marks}):
        print(f"  {kind:12} {tally.found[kind]:>3} of {tally.wanted[kind]:>2} {tally.right[kind]:>4} of {tally.marks[kind]:>2}")
    for name, lines in (("missed", tally.missed), ("marked too much", tally.extra)):
        print(f"  {name}: {'none' if not lines else ''}")
        for line in lines:
            print(f"    {line}")


def charts() -> list[Note]:
    """Every chart of the bank, as a note without labels."""
    found = []
    for path in sorted((ROOT / "course" / "bank").rglob("*.yaml")):
        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError:
            print(f"{path.name} is no YAML and was left out")
            continue
        for row in rows if isinstance(rows, list) else rows.get("items", []) if isinstance(rows, dict) else []:
            if isinstance(row, dict) and isinstance(row.get("chart"), str):
                found.append(Note(str(row.get("id")), row["chart"], []))
    return found


def main() -> None:
    finders: dict[str, Finder] = {"phileas alone": phileas_alone(), "own rules alone": own_rules, "privacy.find": both}
    sets = {"deidgate": deidgate_notes(), "own notes": own_notes("notes.yaml"), "held out": own_notes("notes_held_out.yaml")}
    for name, notes in sets.items():
        print(f"\n== {name}: {len(notes)} notes, {sum(len(note.labels) for note in notes)} labelled identifiers")
        for finder, find in finders.items():
            tally = Tally()
            for note in notes:
                tally.add(note, find(note.text))
            shown(f"{finder} on {name}", tally, details=finder == "privacy.find")
    leaks()
    ordinary()
    speed([note.text for notes in sets.values() for note in notes])


def leaks() -> None:
    """deidgate's own verdict on `privacy.redact`."""
    from deidgate import check_all
    from medcoding.compliance import privacy

    result = check_all(privacy.redact)
    print(f"\ndeidgate's check of privacy.redact: {'passed' if result.passed else 'leaks'}")
    print("\n".join(f"  {line}" for line in str(result.summary()).splitlines()))


def ordinary() -> None:
    marks: dict[str, list[str]] = defaultdict(list)
    notes = charts()
    for note in notes:
        for kind, start, end in both(note.text):
            marks[kind].append(f"{note.name}: {note.text[start:end]!r}")
    words = sum(len(note.text.split()) for note in notes)
    print(f"\n== charts of the bank: {len(notes)} charts, {words:,} words, {sum(map(len, marks.values()))} marks")
    for kind in sorted(marks):
        print(f"  {kind}: {len(marks[kind])}")
        for line in marks[kind][:60]:
            print(f"    {line}")


def speed(texts: list[str]) -> None:
    both(texts[0])
    times = []
    for text in texts:
        start = time.perf_counter()
        both(text)
        times.append((time.perf_counter() - start) * 1e3)
    print(f"\ntime a note of {statistics.mean(map(len, texts)):.0f} characters: p50 {statistics.median(times):.2f} ms, slowest {max(times):.2f} ms")
    long = (" ".join(texts) + " ") * (200_000 // sum(map(len, texts)) + 1)
    start = time.perf_counter()
    both(long[:200_000])
    print(f"200,000 characters of notes: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
