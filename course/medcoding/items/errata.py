"""Errata on the student's side: a fetched copy takes up a newer release of its items; answers stay untouched."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from medcoding.items.publication import PublicItems, dump, write_atomic

MAX_ITEMS_BYTES = 20_000_000


def read_public_items(path: Path) -> PublicItems:
    """An `items/<notebook>.json` file.

    Raises:
        ValueError: it cannot be read; the message says what to do.
    """
    try:
        if path.stat().st_size > MAX_ITEMS_BYTES:
            raise ValueError(f"{path} is larger than any released items file. Fetch the assignment again into a new folder.")
        return PublicItems.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{path} is damaged ({error.errors()[0]['msg']}). Your answers are safe in answers.json: move this folder aside, "
            "fetch the assignment again, and put your answers.json into the new folder."
        ) from None


def take_up(path: Path) -> PublicItems:
    """The items of a fetched copy, after replacing them by a newer release where the exchange has one.

    Nothing else in the folder is touched. Where the exchange is out of reach the copy is used as it is.
    """
    own = read_public_items(path)
    if not own.errata or os.environ.get("NBGRADER_EXECUTION"):
        return own
    original = Path(own.errata)
    try:
        if original.resolve() == path.resolve() or not original.is_file():
            return own
        newer = read_public_items(original)
    except (OSError, ValueError):
        return own
    if newer.publication == own.publication or (newer.assignment, newer.notebook) != (own.assignment, own.notebook):
        return own
    try:
        write_atomic(path, dump(newer))
    except OSError:
        return own
    return newer
