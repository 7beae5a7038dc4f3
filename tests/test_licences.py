"""Licensed sets: no bare procedure number that is not registered, no dental code, in all that a learner reads."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "course" / "medcoding" / "data" / "cpt_registry.yaml"
READ = ("course/bank/", "course/notes/", "source/", "course/home.md", "course/guide.yaml", "course/medcoding/data/services.yaml")
"""What learners and instructors read; figures with sources (facts.yaml) and program text are not."""
SUFFIXES = {".yaml", ".yml", ".md", ".txt", ".ipynb", ".html", ".json", ".csv"}

FIVE = re.compile(r"(?<![\w.])\d{5}(?!\w)|(?<!\w)\d{4}[FTU](?!\w)")
"""Five digits standing alone, or the shapes of the second and third category and of laboratory numbers."""
DENTAL = re.compile(r"(?<!\w)D\d{4}(?!\w)")

UNITS = (
    "%|percent|dollars?|cents?|euros?|units?|mg|mcg|µg|ng|g|kg|mL|ml|L|IU|mEq|mmol|cells?|copies|steps?|miles?|km|feet|"
    "patients?|people|persons?|students?|learners?|beneficiaries|beds?|hospitals?|physicians?|coders?|visits?|stays?|discharges?|"
    "claims?|codes?|entries|titles?|lines?|rows?|records?|notes?|words?|items?|bytes|trials?|years?|days?|hours?|minutes?|seconds?"
)
ALLOWED = [
    re.compile(rf"(?<![\w.-])\d{{5}}(?=(?:/|\s|-)?(?:{UNITS})(?!\w))"),  # a quantity with its unit
    re.compile(r"(?<=\$)\d{5}|(?<=\$ )\d{5}"),  # money
    re.compile(r"\d+(?:,\d{3})+"),  # a figure with its commas
    re.compile(r"\d+\.\d+"),  # a figure with decimals
    re.compile(r"(?<![\w-])\d{5}-\d{3,4}-\d{1,2}(?![\w-])"),  # a drug number
    re.compile(r"\b(?:ZIP|Zip|zip)(?: code)?:? \d{5}(?:-\d{4})?(?![\w-])"),
    re.compile(r", [A-Z]{2} \d{5}(?:-\d{4})?(?![\w-])"),  # the end of an address
    re.compile(r"\b(?:MRN|Medical record number|Record number|Account(?: number)?|Encounter(?: number)?|Invoice):? ?#?\d{5}(?![\w-])"),
    re.compile(r"\bCMS-\d{5}(?![\w-])|\b(?:FR|Fed\. Reg\.) \d{5}(?![\w-])|\b(?:Transmittal|Change Request|CR|OMB) \d{5}(?![\w-])"),
    re.compile(r"\b(?:19|20)\d{6}\b|\bhttps?://\S+"),
]
"""What five digits may be besides a procedure number. Whatever is none of these must stand in the registry."""


def registered() -> list[dict[str, object]]:
    entries: list[dict[str, object]] = yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))
    return entries


def bare_numbers(text: str) -> Iterator[tuple[int, str]]:
    """(offset, number) of each number of the licensed shape that the text shows and no context explains."""
    allowed = [found.span() for pattern in ALLOWED for found in pattern.finditer(text)]
    for found in FIVE.finditer(text):
        number = found.group()
        in_range = not number.isdigit() or 100 <= int(number) <= 99607
        if in_range and not any(start <= found.start() and found.end() <= end for start, end in allowed):
            yield found.start(), number


def texts(path: Path) -> Iterator[str]:
    """What a file shows: of a notebook its cells, of any other file the whole."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        yield text
        return
    for cell in json.loads(text)["cells"]:
        yield "".join(cell["source"])
        yield json.dumps(cell.get("metadata", {}))


def files() -> list[Path]:
    """Tracked and new files that learners read, without what .gitignore leaves out."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
        ).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
    return [ROOT / name for name in sorted(set(listed)) if name.startswith(READ) and Path(name).suffix in SUFFIXES and (ROOT / name).is_file()]


def shown(path: Path, text: str, place: int, number: str) -> str:
    line = text.count("\n", 0, place) + 1
    around = text[max(0, place - 30) : place + 35].replace("\n", " ")
    return f"{path.relative_to(ROOT)}: line {line} of its part: {number} in …{around}…"


def test_bank_and_lessons_are_read() -> None:
    suffixes = {path.suffix for path in files()}
    assert {".yaml", ".ipynb"} <= suffixes
    assert any("course/bank" in path.as_posix() for path in files()) and any("/source/" in path.as_posix() for path in files())


def test_no_bare_procedure_number_outside_the_registry() -> None:
    known = {str(entry["number"]) for entry in registered()}
    found = [
        shown(path, text, place, number)
        for path in files() for text in texts(path) for place, number in bare_numbers(text) if number not in known
    ]
    assert found == [], "name the service by a service key, write a quantity with its unit, or register the number:\n" + "\n".join(found)


def test_no_dental_code() -> None:
    found = [shown(path, text, m.start(), m.group()) for path in files() for text in texts(path) for m in DENTAL.finditer(text)]
    assert found == [], "the dental set is licensed; write a diagnosis with its dot:\n" + "\n".join(found)


def test_registry_is_small_sorted_and_complete() -> None:
    entries = registered()
    assert len(entries) <= 60
    numbers = [entry["number"] for entry in entries]
    assert numbers == sorted(set(map(str, numbers)))
    for entry in entries:
        assert set(entry) == {"number", "section", "source", "valid_from"}
        assert re.fullmatch(r"\d{5}|\d{4}[FTU]", str(entry["number"]))
        assert all(isinstance(entry[name], str) and entry[name] for name in ("number", "section", "source"))
        assert isinstance(entry["valid_from"], date)


# ---- the check itself -------------------------------------------------------------------------------------

NUMBER = "9" + "9213"  # put together here, so that no file shows it


@pytest.mark.parametrize(
    "text",
    [
        NUMBER, f"code: {NUMBER}", f"Bill {NUMBER}.", f"({NUMBER})", f"`{NUMBER}`", f"{NUMBER}-25", f"{NUMBER}/{NUMBER}", f"99202-{NUMBER}",
        f"{NUMBER}, {NUMBER}", f"CPT {NUMBER}.", f"HCPCS {NUMBER}\n", f"Service: {NUMBER}\n", "anesthesia 00100 here", "0042T", "1111F", f'"{NUMBER}"',
        f"{NUMBER}×2", f"PT {NUMBER}\n", f"a visit ({NUMBER}, level three)",
    ],
)
def test_bare_number_is_found(text: str) -> None:
    assert list(bare_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "74,719 codes", "78637 titles", "$12500", "NDC 00002-1433-80", "00002143380", "ZIP 60601", "Springfield, IL 62704\n", "ZIP: 62704-1234",
        "12000/mL", "WBC 14000 cells", "10000 units", "E11.65", "S72001A", "0SR9019", "J3420", "2026-03-16", "20260316", "1.23456", "123456",
        "MRN: 48213", "CMS-10055", "85 FR 84472", "https://example.org/99213/x", "99999", "00099", "12500.50",
    ],
)
def test_other_figures_pass(text: str) -> None:
    assert list(bare_numbers(text)) == []


@pytest.mark.parametrize(("text", "found"), [("D0120", True), ("(D2740)", True), ("D51.0", False), ("AD0120", False), ("D01200", False), ("D012", False)])
def test_dental_shape(text: str, found: bool) -> None:
    assert bool(DENTAL.search(text)) is found
