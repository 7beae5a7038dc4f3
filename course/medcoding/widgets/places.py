"""Where an exercise comes from: the public items beside the notebook, or, for an author, the bank."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from medcoding.items.answers import AnswersProblem, AnswerStore
from medcoding.items.bank import Bank, bank_folder
from medcoding.items.errata import take_up
from medcoding.items.models import Item, PublicItem, Use
from medcoding.items.publication import PublicItems
from medcoding.widgets import identity
from medcoding.widgets.problems import NoSuchExercise

_read: dict[Path, tuple[tuple[float, ...], PublicItems]] = {}


@dataclass(frozen=True)
class Place:
    """One exercise as found.

    `publication` and `notebook` name the release that it came with; both are empty where it was read from the bank.
    `keyed` is the whole item, where its key is at hand. `preview` means that nothing may ever be written;
    `corrected`, that the exercise was changed after its first release. `item` and `keyed` are those of `variant`, the
    student's own; `note` is what an author is told of it.
    """

    item: PublicItem
    folder: Path
    publication: str = ""
    notebook: str = ""
    keyed: Item | None = None
    preview: bool = False
    corrected: bool = False
    variant: int = 0
    note: str = ""


def execution() -> str | None:
    """What nbgrader is doing with this notebook ("validate", "autograde"), or None when a person runs it."""
    return os.environ.get("NBGRADER_EXECUTION")


def in_source(folder: Path) -> bool:
    """Whether a folder lies in the `source` folder of a course: the one beside nbgrader_config.py or course/bank."""
    return any(
        above.name == "source"
        and ((above.parent / "nbgrader_config.py").exists() or (above.parent / "course/bank").is_dir())
        for above in (folder, *folder.parents)
    )


def released(folder: Path) -> list[PublicItems]:
    """The public items of every notebook of a folder, in order of file name.

    Raises:
        NoSuchExercise: a file cannot be read; the message names it.
    """
    found = []
    for path in sorted((folder / "items").glob("*.json")):
        if path not in _read or _read[path][0] != _stamp(path, _read[path][1].errata):
            try:
                items = take_up(path)
            except ValueError as problem:
                raise NoSuchExercise(str(problem)) from None
            _read[path] = (_stamp(path, items.errata), items)
        found.append(_read[path][1])
    return found


def _stamp(path: Path, errata: str) -> tuple[float, ...]:
    """Changes when a copy of the items does, or the release that it came from."""
    own = path.stat()
    try:
        original = Path(errata).stat().st_mtime_ns if errata else 0
    except OSError:
        original = 0
    return (own.st_mtime_ns, own.st_size, original)


def find(item_id: str, folder: Path | None = None) -> Place:
    """The exercise of that id: from `items/*.json` beside the notebook, else from a bank that can be reached.

    Raises:
        NoSuchExercise: neither has it; the message names near ids and says what to do.
        WhoAreYou: it has variants, and whose is to be shown cannot be told yet.
    """
    folder = folder or Path.cwd()
    if not isinstance(item_id, str):
        raise NoSuchExercise(
            f"An exercise is named by a text, such as 'sugar-recheck'; found {type(item_id).__name__}."
        )
    files = released(folder)
    holders = [items for items in files if item_id in items]
    if holders:
        own = this_notebook()
        items = next((one for one in holders if one.notebook == own), holders[0])
        item = items[item_id]
        keyed = Item.model_validate(item.keyed) if item.keyed is not None else None
        corrected = item_id in items.corrected
        preview = in_source(folder)
        note = first_of(len(item.variants)) if preview else ""
        variant = 0 if preview else _variant(item, folder, items.errata)
        return Place(
            item.variant(variant), folder, items.publication, items.notebook, keyed.variant(variant) if keyed else None,
            preview, corrected, variant, note,
        )  # fmt: skip
    known = [item.id for items in files for item in items.items]
    if bank_folder().is_dir():
        place, more = _from_bank(item_id, folder)
        if place is not None:
            return place
        known += more
    raise NoSuchExercise(_unknown(item_id, known, bool(files)))


def _variant(item: PublicItem, folder: Path, errata: str) -> int:
    """The variant to show: that of a recorded answer, which never changes, else the student's own.

    Raises:
        WhoAreYou: whose variant it is cannot be told yet.
    """
    count = len(item.variants)
    if not count:
        return 0
    try:
        record = AnswerStore(folder).get(item.id)
    except AnswersProblem:
        record = None  # told where the answer is shown
    if record is not None and record.variant < count:
        return record.variant
    if execution() is not None:
        return 0  # nothing is shown, and nothing is recorded
    return item.own(identity.student_for_variants(errata))


def first_of(count: int) -> str:
    """What an author is told where students see variants."""
    return f"Each student sees one of {count} variants of this exercise; here the first is shown." if count else ""


def this_notebook() -> str:
    """The stem of the notebook that this kernel serves, as Jupyter Server tells it; empty when it does not."""
    return Path(os.environ.get("JPY_SESSION_NAME", "")).stem


def _unknown(item_id: str, known: list[str], has_files: bool) -> str:
    near = ", ".join(difflib.get_close_matches(item_id, known, n=3, cutoff=0.5))
    start = f"There is no exercise {item_id[:64]!r} here."
    if near:
        return f"{start} Near: {near}."
    if has_files:
        return (
            f"{start} The folder items/ beside this notebook has {len(known)} others. "
            "Check the spelling, or fetch the assignment again."
        )
    return (
        f"{start} The folder items/, which holds the exercises, is missing beside this notebook. "
        "Open the notebook in the folder of its assignment, or fetch the assignment again."
    )


def practice_items(folder: Path) -> list[PublicItem]:
    """The practice items within reach of a folder's notebooks, in course order: those of `items/*.json` beside them.

    For an author, whose folder has no such files, those of the module of that number in the bank.

    Raises:
        NoSuchExercise: a file cannot be read; the message names it.
    """
    files = released(folder)
    if files or not bank_folder().is_dir():
        return [item for items in files for item in items.items if item.use == "practice"]
    module = folder.name.partition("-")[0]
    return [item for item in bank_items("practice") if item.keyed and str(item.keyed["lesson"]).partition("-")[0] == module]


def objectives(folder: Path) -> dict[str, tuple[str, ...]]:
    """The objectives of the lessons that can be practiced in a folder, in words: as released, or for an author the bank's."""
    files = released(folder)
    if files or not bank_folder().is_dir():
        return {lesson: texts for items in files for lesson, texts in items.aims.items()}
    return {lesson.id: lesson.objectives for lesson in _bank().lessons.values()}


def bank_items(*uses: Use) -> list[PublicItem]:
    """Every item of these uses of a bank that can be reached, in course order; none where there is no bank."""
    if not bank_folder().is_dir():
        return []
    return [item.public(f"preview:{item.id}") for item in _bank() if item.use in uses]


_banks: dict[Path, tuple[tuple[int, int], Bank]] = {}


def _bank() -> Bank:
    """The bank that can be reached, read again when a file of it changes."""
    home = bank_folder().resolve()
    files = [path.stat() for path in home.glob("*/*")]
    stamp = (max((info.st_mtime_ns for info in files), default=0), len(files))
    if home not in _banks or _banks[home][0] != stamp:
        _banks[home] = (stamp, Bank(home, strict=False))
    return _banks[home][1]


def _from_bank(item_id: str, folder: Path) -> tuple[Place | None, list[str]]:
    bank = _bank()
    faults = [str(fault) for fault in bank.faults if fault.item == item_id]
    if faults:
        raise NoSuchExercise(f"The exercise {item_id!r} has mistakes in the bank:\n  " + "\n  ".join(faults))
    if item_id not in bank:
        return None, [item.id for item in bank]
    item = bank[item_id]
    note = first_of(bank.varies(item_id))
    return Place(item.public(f"preview:{item_id}"), folder, keyed=item, preview=True, note=note), []
