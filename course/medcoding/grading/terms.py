"""The text of released lessons: `ShowTerms` runs in generate_assignment."""

from __future__ import annotations

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from medcoding.items.terms import with_meanings, with_plain_dollars


class ShowTerms(NbGraderPreprocessor):  # type: ignore[misc]
    """Lets each bold term of a lesson's text tell its meaning on hover, and keeps dollars from being read as formulas. Cells that nbgrader knows are left alone."""

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> tuple[Any, dict[str, Any]]:
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
            cell.source = with_plain_dollars(with_meanings(cell.source))
        return cell, resources
