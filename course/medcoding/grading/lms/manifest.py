"""What was collected from an LMS, kept on the instructor's side: the names under which feedback must go back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medcoding.items.publication import dump, write_atomic

FOLDER = Path(".medcoding") / "lms"
"""Under the course root. Not in `submitted/`, which nbgrader copies, and not where students can read."""


class ManifestProblem(ValueError):
    """The manifest cannot be read, or there is none. The message says what to do."""


class Taken(BaseModel):
    """One file: its name in the archive, the part of it that the LMS put in front, and the name under which it is graded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: str
    prefix: str
    name: str
    sha256: str
    version: int = 0


class Collected(BaseModel):
    """What was collected of one student."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lms_id: str
    lms_name: str = ""
    as_of: datetime | None = None
    late: bool = False
    files: tuple[Taken, ...] = ()

    @property
    def version(self) -> int:
        return max((one.version for one in self.files), default=0)


class Manifest(BaseModel):
    """What was collected of one assignment from one LMS, by gradebook id."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = 1
    lms: str
    assignment: str
    students: Annotated[dict[str, Collected], Field(default_factory=dict)]


def manifest_path(root: Path, assignment: str, lms: str) -> Path:
    """Where the manifest of an assignment and LMS is kept."""
    return root / FOLDER / f"{assignment}.{lms}.json"


def read_manifest(root: Path, assignment: str, lms: str) -> Manifest:
    """The manifest; a missing one is empty.

    Raises:
        ManifestProblem: the file is damaged.
    """
    path = manifest_path(root, assignment, lms)
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Manifest(lms=lms, assignment=assignment, students={})
    except (ValidationError, OSError) as error:
        raise ManifestProblem(f"{path} cannot be read ({str(error).splitlines()[0]}). Move it away and collect the archive again.") from None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write a manifest, whole or not at all."""
    path = manifest_path(root, manifest.assignment, manifest.lms)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, dump(manifest), 0o600)
