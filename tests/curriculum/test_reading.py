"""Every notebook can be read by everybody: tables with headers, links and pictures with words, plain sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
from medcoding.items.notebooks import source_text
from minicourse import ROOT

NOTEBOOKS = sorted((ROOT / "source").glob("[0-9]*/*.ipynb"))
LONGEST = 45
"""Words between two stops (. : ; ? !) of running text."""
USUAL = 13
"""Words between two stops on average."""
HEAVY = {
    "utilize": "use", "leverage": "use", "commence": "begin", "endeavor": "try", "ascertain": "find out", "aforementioned": "this", "herein": "here",
    "thereof": "of it", "whilst": "while", "pursuant": "under", "facilitate": "help", "notwithstanding": "despite", "methodology": "method", "prior to": "before",
    "subsequent to": "after", "in order to": "to", "in the event that": "if", "due to the fact": "because", "with regard to": "about", "for the purpose of": "for",
    "at this point in time": "now", "please note": "(leave it out)", "it is important to note": "(leave it out)", "obviously": "(leave it out)",
}
SAYS_NOTHING = {"here", "this", "link", "click", "click here", "this link", "more", "read more", "page", "this page", "source"}
DRAWS = re.compile(r"plt\.subplots\(")
IN_WORDS = re.compile(r"(The|This|Each|In|On|From) [^.]*\b(picture|drawing|chart|plot|bar|line|map|box|panel|row)s?\b|The (picture|drawing|chart|plot)\b")


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def prose(path: Path) -> Iterator[str]:
    """The Markdown of a notebook, a cell at a time, without code."""
    for cell in cells(path):
        if cell["cell_type"] == "markdown":
            yield re.sub(r"```.*?```", "", source_text(cell), flags=re.DOTALL)


def sentences(path: Path) -> Iterator[str]:
    """Running text between stops: no headings, no tables, no lists of sources."""
    for text in prose(path):
        if text.startswith("## Sources"):
            continue
        for line in text.splitlines():
            if line.strip() and not line.startswith(("#", "|", "    ")):
                line = re.sub(r"`[^`]*`", "code", re.sub(r"\[[^\]]*\](\([^)]*\))?", " ", line))
                yield from (part for part in re.split(r"(?<=[.!?:;])\s+", line) if re.search(r"[A-Za-z]", part))


def words(text: str) -> int:
    return len(re.findall(r"[A-Za-z0-9'’-]+", text))


def each_notebook(test):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name[:3]}{path.stem}")(test)


@each_notebook
def test_every_table_names_its_columns(path: Path) -> None:
    for text in prose(path):
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", line):
                head = [part.strip() for part in lines[number - 1].strip("|").split("|")]
                assert all(head), f"a column without a name: {lines[number - 1]}"
                assert len(head) == line.count("|") - 1, f"names and columns differ: {lines[number - 1]}"


@each_notebook
def test_links_and_pictures_have_words(path: Path) -> None:
    for text in prose(path):
        assert "<img" not in text and "<table" not in text, "Markdown's own pictures and tables carry their words"
        assert all(words(alt) >= 3 for alt in re.findall(r"!\[([^\]]*)\]\(", text)), "a picture without words"
        for shown, target in re.findall(r"(?<!!)\[([^\]]+)\]\(([^)]+)\)", text):
            assert shown.strip().lower() not in SAYS_NOTHING and not shown.startswith("http"), f"a link that does not say where it leads: [{shown}]({target})"


@each_notebook
def test_a_drawing_is_told_in_words(path: Path) -> None:
    everything = cells(path)
    for number, cell in enumerate(everything):
        code = source_text(cell)
        if cell["cell_type"] == "code" and DRAWS.search(code) and not code.lstrip().startswith("def "):
            after = next((source_text(one) for one in everything[number + 1 :] if one["cell_type"] == "markdown"), "")
            first = after.strip().split("\n\n")[0]
            assert words(first) >= 12 and IN_WORDS.search(first), f"cell {cell['id']} draws; what follows does not tell it: {first[:80]!r}"


@each_notebook
def test_a_dollar_is_no_formula(path: Path) -> None:
    """JupyterLab reads what stands between two dollars as mathematics, unless a backslash goes before them."""
    for text in prose(path):
        assert not re.findall(r".{0,20}(?<!\\)\$.{0,20}", re.sub(r"`[^`]*`", "", text))


@each_notebook
def test_sentences_are_short(path: Path) -> None:
    counts = {text: words(text) for text in sentences(path)}
    assert {text: count for text, count in counts.items() if count > LONGEST} == {}
    assert mean(counts.values()) <= USUAL


@each_notebook
def test_words_are_plain(path: Path) -> None:
    found = [(heavy, plain) for text in sentences(path) for heavy, plain in HEAVY.items() if re.search(rf"\b{heavy}", text, re.IGNORECASE)]
    assert found == []


def test_these_checks_find_what_they_are_for(tmp_path: Path) -> None:
    def notebook(*texts: str) -> Path:
        path = tmp_path / "n.ipynb"
        path.write_text(json.dumps({"cells": [{"cell_type": "code" if "plt." in text else "markdown", "id": "a", "source": text} for text in texts]}))
        return path

    bad = {
        test_every_table_names_its_columns: notebook, test_links_and_pictures_have_words: notebook, test_a_drawing_is_told_in_words: notebook,
        test_sentences_are_short: notebook, test_words_are_plain: notebook,
    }
    texts = {
        test_every_table_names_its_columns: ["| | a |\n|---|---|\n| b | c |"],
        test_links_and_pictures_have_words: ["See [here](x.md)."],
        test_a_drawing_is_told_in_words: ["figure, axes = plt.subplots()", "Next we go on."],
        test_sentences_are_short: ["word " * 46],
        test_words_are_plain: ["Utilize the code."],
    }
    for check, make in bad.items():
        with pytest.raises(AssertionError):
            check(make(*texts[check]))
