"""`ExecuteCode`: a notebook of exercises alone starts no kernel; one with graded code cells runs nbgrader's Execute."""

from __future__ import annotations

from typing import Any

from nbgrader import utils
from nbgrader.preprocessors import Execute


class ExecuteCode(Execute):  # type: ignore[misc]
    """nbgrader's Execute, run only where graded code needs it. Exercise cells are never run to be graded."""

    def preprocess(self, nb: Any, resources: dict[str, Any], **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        self._exercises: frozenset[str] = frozenset(resources.get("medcoding", {}).get("exercises", ()))
        if not any(self._is_graded_code(cell) for cell in nb.cells):
            return nb, resources
        done: tuple[Any, dict[str, Any]] = super().preprocess(nb, resources, **kwargs)
        return done

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> tuple[Any, dict[str, Any]]:
        if self._grade_id(cell) in self._exercises:
            return cell, resources
        done: tuple[Any, dict[str, Any]] = super().preprocess_cell(cell, resources, index)
        return done

    def _grade_id(self, cell: Any) -> str:
        return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))

    def _is_graded_code(self, cell: Any) -> bool:
        graded = utils.is_grade(cell) or utils.is_solution(cell)
        return cell.cell_type == "code" and graded and self._grade_id(cell) not in self._exercises
