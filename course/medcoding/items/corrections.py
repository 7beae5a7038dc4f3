"""Corrections: keys found wrong after answers were given. They stand beside the publications, which never change.

An answer is scored by the publication that it names. Where a key there was wrong, the instructor mends the bank, delivers
it with `medcoding update`, and says with `medcoding correct` that earlier answers to that item are scored by the new key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock
from pydantic import Field, StringConstraints, ValidationError

from medcoding.items.models import ItemId, Model
from medcoding.items.publication import PublicationName, PublicationStore, write_atomic

FILE = "corrections.json"


class CorrectionRefused(ValueError):
    """A correction cannot be made; nothing was changed. The message says what was found and what to do."""


class Correction(Model):
    """One item whose answers under `was` are scored by the key of `now`.

    `keep` says what counts: the "better" of the score by the old key and that by the new, or always the "new" one.
    """

    assignment: str
    notebook: str
    item: ItemId
    was: tuple[PublicationName, ...]
    now: PublicationName
    keep: Literal["better", "new"] = "better"
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    at: str = ""


class Corrections(Model):
    """The content of corrections.json, in the order in which they were made."""

    schema_version: Literal[1] = 1
    made: Annotated[tuple[Correction, ...], Field(max_length=10_000)] = ()

    def of(self, item: str, publication: str) -> Correction | None:
        """The last correction of an item that speaks of answers under a publication."""
        for one in reversed(self.made):
            if one.item == item and publication in one.was:
                return one
        return None


def read_corrections(folder: Path) -> Corrections:
    """The corrections that stand in a folder of publications; none where there is no file.

    Raises:
        CorrectionRefused: the file cannot be read.
    """
    path = folder / FILE
    try:
        return Corrections.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Corrections()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CorrectionRefused(f"{path}: {where}: {first['msg']}. Restore the file from its backup; without it corrected keys do not count.") from None


def correct(store: PublicationStore, assignment: str, item: str, reason: str, keep: Literal["better", "new"] = "better") -> Correction:
    """Have earlier answers to an item scored by the key that is released now.

    Raises:
        CorrectionRefused: no such item is released; its key has not changed; what students are asked has changed too,
            so that an earlier answer cannot be read by the new key; or the reason is too short.
    """
    current = next((one for one in store.of_assignment(assignment) if item in one and store.current(assignment, one.notebook) == one), None)
    if current is None:
        raise CorrectionRefused(f"No exercise {item!r} is released in {assignment}. Say its id, as it stands in exercise(\"...\").")
    now = current[item]
    was: list[str] = []
    other_face = False
    for one in store.of_assignment(assignment):
        if one.notebook == current.notebook and one.name != current.name and item in one and one[item] != now:
            same = one[item].public("same") == now.public("same")
            was += [one.name] if same else []
            other_face = other_face or not same
    if not was:
        found = (
            "what students are asked has changed too, so earlier answers cannot be read by the new key; they stay scored by theirs"
            if other_face
            else "its key is the same in every publication; mend the bank and run 'medcoding update' first"
        )
        raise CorrectionRefused(f"{item} of {assignment}: {found}.")
    try:
        made = Correction(
            assignment=assignment, notebook=current.notebook, item=item, was=tuple(sorted(was)), now=current.name, keep=keep,
            reason=reason, at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    except ValidationError as error:
        raise CorrectionRefused(f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}.") from None
    with FileLock(str(store.folder / ".lock"), timeout=30):
        before = read_corrections(store.folder)
        text = before.model_copy(update={"made": (*before.made, made)}).model_dump(mode="json")
        write_atomic(store.folder / FILE, (json.dumps(text, indent=1, ensure_ascii=False) + "\n").encode(), mode=0o600)
    return made
