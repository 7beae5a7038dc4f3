"""Publications: the items of one released notebook with their keys, frozen and named by hash.

Grading uses the publication that an answer names, for ever, whatever the bank becomes.
Released beside the notebook is only the public half, `items/<notebook>.json`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from filelock import FileLock
from pydantic import Field, StringConstraints, ValidationError

from medcoding.items.models import Item, Model, PublicItem, draw_of, own_variant

PublicationName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
INDEX = "current.json"


class PublicationMissing(KeyError):
    """An answer names a publication that is not in the store."""

    def __str__(self) -> str:
        return str(self.args[0])


class Publication(Model):
    """Items of one notebook of one assignment, with keys. Instructor's side only.

    `salt` comes from the course secret, so the name, a hash, tells nothing of the keys that it covers.
    """

    schema_version: Literal[1] = 1
    course: str = ""
    assignment: str
    notebook: str
    salt: str
    items: tuple[Item, ...]

    @cached_property
    def name(self) -> str:
        """The first 32 hexadecimal digits of the SHA-256 of the whole content."""
        return hashlib.sha256(self.text().encode()).hexdigest()[:32]

    def text(self) -> str:
        """Canonical JSON: sorted names, no spaces."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in reversed(self.items)}

    def __getitem__(self, item_id: str) -> Item:
        return self._by_id[item_id]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._by_id

    def own_variant(self, item_id: str, student: str) -> int:
        """Which variant of an item is a student's own; 0 where it has none."""
        return own_variant(draw_of(order_seed(self.salt, item_id)), item_id, student, len(self[item_id].variants))

    def public(
        self, *, before: Publication | None = None, errata: str = "", objectives: Mapping[str, tuple[str, ...]] | None = None
    ) -> PublicItems:
        """What is released beside the notebook. `before` is the publication that this one replaces.

        `objectives` are those of lessons in words; of them, the lessons of practice items are released.
        """
        practiced = {item.lesson for item in self.items if item.use == "practice"}
        return PublicItems(
            corrected=tuple(item.id for item in self.items if before and item.id in before and before[item.id] != item),
            errata=errata,
            aims={lesson: texts for lesson, texts in sorted((objectives or {}).items()) if lesson in practiced},
            publication=self.name,
            course=self.course,
            assignment=self.assignment,
            notebook=self.notebook,
            items=tuple(item.public(order_seed(self.salt, item.id)) for item in self.items),
        )


class PublicItems(Model):
    """The content of `items/<notebook>.json`: public items, and the name of their publication.

    `corrected` names the items that changed since the publication before; `errata` is the path of the released
    original, where a student's copy looks for a newer one (empty where there is no shared exchange). `aims` has
    the objectives of the lessons that its practice items belong to, in words and in order.
    """

    schema_version: Literal[1] = 1
    publication: PublicationName
    course: str = ""
    assignment: str
    notebook: str
    items: Annotated[tuple[PublicItem, ...], Field(max_length=500)]
    corrected: tuple[str, ...] = ()
    errata: str = ""
    aims: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    def __getitem__(self, item_id: str) -> PublicItem:
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def __contains__(self, item_id: object) -> bool:
        return any(item.id == item_id for item in self.items)

    def graded(self) -> Iterator[PublicItem]:
        """The items that stand in grade cells."""
        return (item for item in self.items if item.use == "graded")


def order_seed(salt: str, item_id: str) -> str:
    """The seed of the order shown: course secret and item id, nothing of the key."""
    return hashlib.sha256(f"{salt}\x1f{item_id}".encode()).hexdigest()


def course_secret(folder: Path) -> str:
    """The course secret: `MEDCODING_SECRET`, else the file `course_secret.txt`, made on first use.

    The file is readable by its owner only. Whoever has it and the bank can foresee the order of options.

    Raises:
        ValueError: the file is there and empty.
    """
    named = os.environ.get("MEDCODING_SECRET")
    if named:
        return named
    path = folder / "course_secret.txt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".course_secret.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
            os.link(name, path)  # whole or not at all; whoever comes second takes the first one's
        except FileExistsError:
            pass
        finally:
            Path(name).unlink(missing_ok=True)
    secret = path.read_text(encoding="ascii").strip()
    if not secret:
        raise ValueError(f"{path} is empty; an order drawn from it could be foreseen. Restore it, or remove it to have a new one made.")
    return secret


def publication_salt(secret: str, assignment: str, notebook: str) -> str:
    """A salt for one notebook, from the course secret by HMAC-SHA-256."""
    return hmac.new(secret.encode(), f"{assignment}/{notebook}".encode(), hashlib.sha256).hexdigest()


def publish(
    items: Sequence[Item], *, assignment: str, notebook: str, secret: str, course: str = ""
) -> Publication:
    """Freeze items into a publication."""
    return Publication(
        course=course,
        assignment=assignment,
        notebook=notebook,
        salt=publication_salt(secret, assignment, notebook),
        items=tuple(items),
    )


class PublicationStore:
    """Keyed publications, a file each, named by hash. A file once written never changes."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._read: dict[str, Publication] = {}

    def keep(self, publication: Publication) -> Path:
        """Write a publication if it is not there yet; atomic."""
        path = self.folder / f"{publication.name}.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(path, publication.text().encode(), mode=0o600)
        return path

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(re.fullmatch(r"[0-9a-f]{32}", name)) and (self.folder / f"{name}.json").exists()

    def __getitem__(self, name: str) -> Publication:
        """The publication of that name.

        Raises:
            PublicationMissing: not in the store, or its file no longer has the content that the name is the hash of.
        """
        if name in self._read:
            return self._read[name]
        if name not in self:
            raise PublicationMissing(f"No publication {str(name)[:40]!r} in {self.folder}. Was it released from another machine?")
        content = (self.folder / f"{name}.json").read_bytes()
        found = hashlib.sha256(content).hexdigest()[:32]
        if found != name:
            raise PublicationMissing(
                f"The publication {name} in {self.folder} was changed: its content hashes to {found}. Restore it from a backup."
            )
        try:
            publication = Publication.model_validate_json(content)
        except ValidationError as error:
            raise PublicationMissing(
                f"The publication {name} in {self.folder} cannot be read: {error.errors()[0]['msg']}"
            ) from None
        self._read[name] = publication
        return publication

    def current(self, assignment: str, notebook: str) -> Publication | None:
        """The publication last released for a notebook, or None."""
        name = self._index().get(f"{assignment}/{notebook}")
        return self[name] if name else None

    def make_current(self, publication: Publication) -> None:
        """Keep a publication and note it as the one now released for its notebook."""
        self.keep(publication)
        with FileLock(str(self.folder / ".lock"), timeout=30):
            index = self._index()
            index[f"{publication.assignment}/{publication.notebook}"] = publication.name
            write_atomic(self.folder / INDEX, (json.dumps(index, indent=1, sort_keys=True) + "\n").encode(), mode=0o600)

    def _index(self) -> dict[str, str]:
        try:
            index: dict[str, str] = json.loads((self.folder / INDEX).read_bytes())
        except FileNotFoundError:
            return {}
        return index

    def of_assignment(self, assignment: str) -> Iterator[Publication]:
        """Every publication of an assignment."""
        for path in sorted(self.folder.glob("?" * 32 + ".json")):
            try:
                publication = self[path.stem]
            except PublicationMissing:
                continue
            if publication.assignment == assignment:
                yield publication


def write_atomic(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def dump(model: Any) -> bytes:
    """A model as readable JSON with a newline at its end."""
    return (json.dumps(model.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
