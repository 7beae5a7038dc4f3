"""The course calendar: which modules are open, and when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Opening(BaseModel):
    """When a module opens and when it is due; days are UTC, a due day ends at its last second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: date
    due: date | None = None


class Calendar(BaseModel):
    """Openings by assignment folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: Annotated[dict[str, Opening], Field(default_factory=dict)]

    def open_on(self, day: date) -> list[str]:
        """The assignments open on a day, in the order of the file."""
        return [name for name, opening in self.modules.items() if opening.opens <= day]

    def due(self, assignment: str) -> datetime | None:
        """The last second of the due day, in UTC without zone as nbgrader stores it, or None."""
        opening = self.modules.get(assignment)
        if opening is None or opening.due is None:
            return None
        return datetime(opening.due.year, opening.due.month, opening.due.day, 23, 59, 59, tzinfo=UTC).replace(tzinfo=None)


def read_calendar(path: Path) -> Calendar:
    """The calendar in `path`; a missing file opens nothing.

    Raises:
        ValueError: the file is no calendar; says where and what was expected.
    """
    if not path.is_file():
        return Calendar(modules={})
    try:
        return Calendar.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (ValidationError, yaml.YAMLError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": ("YAML",), "msg": str(error)}
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(
            f"{path}: {where}: {first['msg']}. Expected 'modules:' with lines such as '00-start-here: {{opens: 2026-01-01, due: 2026-02-01}}'."
        ) from None
