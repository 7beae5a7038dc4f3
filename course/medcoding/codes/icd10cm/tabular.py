"""The tabular list, read from its XML into plain rows.

The reading follows the file exactly: chapters hold sections (blocks), sections hold diagnoses, and a leaf under a
"7th character" table is expanded into one code for each character that the official code list confirms.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHAPTER, BLOCK, CATEGORY, SUBCATEGORY, EXTENDED, UNLISTED = range(6)

NOTE_KINDS = {
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "includes": "includes",
    "inclusionTerm": "inclusion",
    "useAdditionalCode": "use_additional",
    "codeFirst": "code_first",
    "codeAlso": "code_also",
    "notes": "notes",
    "sevenChrNote": "seven_note",
}
"""The XML element of each kind of note, and the name it has in the index."""


@dataclass
class Node:
    """One chapter, block, category, subcategory or code, as the file has it; `parent` is a position, -1 for none."""

    name: str
    title: str
    kind: int
    parent: int
    notes: list[tuple[str, str]] = field(default_factory=list)
    sevenths: dict[str, str] = field(default_factory=dict)
    leaf: bool = True

    @property
    def key(self) -> str:
        """The name without its dot."""
        return self.name.replace(".", "", 1) if self.kind >= CATEGORY else self.name


def read(tabular: Path) -> list[Node]:
    """Every node of the tabular list in the order of the book, 7th characters expanded.

    Raises `FileNotFoundError` when the official code list is not beside the XML: without it nobody can know
    which combinations of stem and 7th character exist.
    """
    confirmed = _confirmed(tabular.parent)
    root = ET.parse(tabular).getroot()  # noqa: S314 (a file of an installed package, not of a user)
    nodes: list[Node] = []
    for chapter in root.iterfind("chapter"):
        _walk(chapter, -1, {}, nodes, confirmed)
    return nodes


def _confirmed(folder: Path) -> frozenset[str]:
    lists = sorted(folder.glob("code-list-*.txt"))
    if not lists:
        raise FileNotFoundError(
            f"No official code list (code-list-*.txt) was found in {folder}; "
            "reinstall simple-icd-10-cm, which carries it beside the tabular XML."
        )
    lines = lists[-1].read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(" ", 1)[0].replace(".", "") for line in lines)


def _walk(
    element: ET.Element, parent: int, sevenths: dict[str, str], nodes: list[Node], confirmed: frozenset[str]
) -> None:
    name = element.get("id") or element.findtext("name") or ""
    if element.tag == "chapter":
        kind = CHAPTER
    elif element.tag == "section":
        kind = BLOCK
    else:
        kind = CATEGORY if len(name) == 3 else SUBCATEGORY
    node = Node(name, element.findtext("desc") or "", kind, parent, list(_notes(element)), _sevenths(element))
    here = len(nodes)
    nodes.append(node)
    # A 7th-character table counts for the nodes below it, as in the book; it always stands before them.
    sevenths = node.sevenths or sevenths
    for child in element:
        if child.tag in ("section", "diag"):
            node.leaf = False
            _walk(child, here, sevenths, nodes, confirmed)
    if node.leaf and sevenths and kind >= CATEGORY:
        _extend(here, sevenths, nodes, confirmed)


def _extend(here: int, sevenths: dict[str, str], nodes: list[Node], confirmed: frozenset[str]) -> None:
    stem = nodes[here]
    padded = stem.key.ljust(6, "X")
    for character, meaning in sevenths.items():
        key = padded + character
        if key in confirmed:
            stem.leaf = False
            # The official title has the meaning without the notes that the book prints under it.
            title = f"{stem.title}, {meaning.partition(' / ')[0]}"
            nodes.append(Node(f"{key[:3]}.{key[3:]}", title, EXTENDED, here))


def _notes(element: ET.Element) -> Iterator[tuple[str, str]]:
    for child in element:
        kind = NOTE_KINDS.get(child.tag)
        if kind:
            for note in child:
                if note.text is not None:
                    yield kind, note.text.lstrip(", ")  # the file goes on from "Code first": ", if applicable, ..."


def _sevenths(element: ET.Element) -> dict[str, str]:
    table: dict[str, str] = {}
    last = ""
    for definition in element.iterfind("sevenChrDef"):
        for entry in definition:
            if entry.tag == "extension":
                last = entry.attrib["char"]
                table[last] = (entry.text or "").strip()
            elif entry.tag == "note" and last and entry.text is not None:
                table[last] += " / " + " ".join(entry.text.split())
    return table
