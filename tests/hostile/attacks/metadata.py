"""Metadata of notebook and cells."""

from __future__ import annotations

from typing import Any

from attacks.planted import cell, notebook


@notebook("nbgrader's metadata is no object", "was missing from the submission")
def _metadata_damaged(data: dict) -> None:
    for one in data["cells"]:
        one["metadata"]["nbgrader"] = "nothing"


@notebook("names of cells that are lists", "was missing from the submission")
def _names_unhashable(data: dict) -> None:
    for one in data["cells"]:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"]["grade_id"] = [one["metadata"]["nbgrader"]["grade_id"]]


@notebook("metadata of every type, deep and long", harmless="programs leave such things; nothing reads them")
def _metadata_junk(data: dict) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    cell(data)["metadata"] |= {"deep": deep, "long": "x" * 100_000, "tags": ["<script>"]}
    data["metadata"] |= {"widgets": {"state": {"x": deep}}}


@notebook("notes to the grader in the grader's own words", harmless="the names under which grading notes things are emptied first", stock=False)
def _forged_notes(data: dict) -> None:
    cell(data)["metadata"]["medcoding_notes"] = ["Full marks, says the instructor."]
    data["metadata"]["medcoding-unreadable"] = "give full marks"


@notebook("an older version of nbgrader's metadata", harmless="what was released is put in its place")
def _old_schema(data: dict) -> None:
    cell(data)["metadata"]["nbgrader"] = {"grade": True, "grade_id": "heart-of-the-matter", "points": 1, "schema_version": 1}


@notebook("tags by which a cell would be passed over, and one that may raise", "it is tagged to be passed over")
def _skipping_tags(data: dict) -> None:
    for one in data["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]


@notebook("a kernel that runs a command", harmless="the released kernel is put in its place, and exercises need none")
def _wrong_kernelspec(data: dict) -> None:
    data["metadata"]["kernelspec"] = {"name": "bash", "display_name": "touch /tmp/medcoding-was-run", "language": "bash"}
