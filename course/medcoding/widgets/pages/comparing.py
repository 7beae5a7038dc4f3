"""Two pages side by side."""

from __future__ import annotations

from typing import Any

from medcoding.widgets.pages.parts import Page, Part, plain

Lines = list[list[Part]]


def compare(one: Page, other: Page) -> Page:
    """{"left", "right", "rows"}: each row has a name, the lines of both sides, and whether they are the same.

    A line that the other side lacks is marked: {"parts": [...], "only": True}. Rows that both sides leave empty are left out.
    """
    left, right = _rows(one), _rows(other)
    names = dict.fromkeys([*left, *right])
    return {
        "left": _head(one),
        "right": _head(other),
        "rows": [_row(name, left.get(name, []), right.get(name, [])) for name in names if left.get(name) or right.get(name)],
    }


def _head(page: Page) -> Page:
    return {"book": page["book"], "code": page["code"], "title": page["title"]}


def _row(name: str, left: Lines, right: Lines) -> Page:
    mine, theirs = set(map(_text, left)), set(map(_text, right))
    return {
        "name": name,
        "same": mine == theirs,
        "left": [{"parts": line, "only": _text(line) not in theirs} for line in left],
        "right": [{"parts": line, "only": _text(line) not in mine} for line in right],
    }


def _text(line: list[Part]) -> str:
    return "".join(part["text"] for part in line)


def _rows(page: dict[str, Any]) -> dict[str, Lines]:
    rows: dict[str, Lines] = {"Title": [plain(page["title"])]}
    rows["Marks"] = [plain(mark["name"]) for mark in page["marks"]]
    for fact in page["facts"]:
        rows[fact["name"] if fact["name"] != "Reportable" else "Dates"] = fact["lines"]
    for axis in page["axes"]:
        rows[f"{axis['position']} {axis['name']}"] = [plain(f"{axis['value']} {axis['label']}".rstrip())]
    if page["trail"]:
        rows["Stands in"] = [plain(_step(step)) for step in page["trail"]]
    for note in page["notes"]:
        rows[note["name"]] = [line for group in note["groups"] for line in group["lines"]]
    if page["seventh"]:
        rows["7th characters"] = [plain(f"{one['character']} {one['meaning']}") for one in page["seventh"]["choices"]]
    return rows


def _step(step: dict[str, str]) -> str:
    """One heading above a code: the book prints the range of a chapter or block behind its title already."""
    if step["kind"] == "chapter":
        return f"Chapter {step['name']} {step['title']}"
    return step["title"] if step["title"].endswith(f"({step['name']})") else f"{step['name']} {step['title']}"
