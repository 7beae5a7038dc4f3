"""Texts that are short and take long to read, or become large when they are shown: they are shown as they were typed."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from medcoding.grading.safe import BRACKETS, COLOURS, LONGEST, MARKS, make_safe, safe_markdown
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.strings import strip_files_prefix
from nbformat.v4 import new_code_cell, new_output

pytestmark = pytest.mark.hostile

PICTURE = {"a": {"image/png": "A" * 1_000_000}}
QUADRATIC = ["***a** ", "*a **b ", "~~a", "> ", ">", "_a*b", "[a](<b", "![", "[a][b]", "[^a]", "<![", "~~~\n"]


@pytest.mark.parametrize("piece", QUADRATIC)
def test_marks_without_end_are_shown_as_typed(piece: str) -> None:
    source = piece * ((LONGEST - 1) // len(piece))
    shown = BeautifulSoup(safe_markdown({}, source), "html.parser")
    assert [element.name for element in shown.find_all(True)] == ["pre"]
    assert shown.get_text() == source


@pytest.mark.parametrize("source", ["[" * 3_000_000, "[a](b " * MARKS, "[a](b " * (MARKS - 1), "[ a\n\n" * (BRACKETS + 1), "see [a] " * (BRACKETS + 1)])
def test_brackets_do_not_reach_a_search_for_links(source: str) -> None:
    """nbconvert searches Markdown cells for links to files/, from each bracket to the end of its line."""
    shown = safe_markdown({}, source)
    assert "[" not in shown
    assert strip_files_prefix(shown) == shown
    assert BeautifulSoup(shown, "html.parser").get_text().split() == source.split()


def test_a_few_brackets_are_left() -> None:
    assert safe_markdown({}, "see [1] and [I43](https://a.example/I43)") == '<p>see [1] and <a href="https://a.example/I43">I43</a></p>\n'


@pytest.mark.parametrize("source", ["![x](attachment:a)" * 11, "![x]\n" * 11 + "\n[x]: attachment:a"])
def test_a_picture_shown_many_times_is_not_shown(source: str) -> None:
    shown = safe_markdown({"cell": {"attachments": PICTURE}}, source)
    assert len(shown) < 1000 and "<img" not in shown


def test_a_picture_shown_three_thousand_times_takes_no_memory() -> None:
    """It took nine gigabytes."""
    code = """
from medcoding.grading.safe import safe_markdown
safe_markdown({"cell": {"attachments": {"a": {"image/png": "A" * 1_000_000}}}}, "![x](attachment:a)" * 3_000)
"""
    limit = 4 << 30
    done = subprocess.run([sys.executable, "-c", code], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)), check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("piece", ["\x1b[31mred", "\x1b[31m", "\x1b[", "\x1b\x1b[31m[", "\x1b"])
def test_too_many_colours_are_left_out(piece: str) -> None:
    text = piece * (COLOURS + 1)
    cell = new_code_cell(outputs=[
        new_output("stream", text=text), new_output("error", ename="E", evalue="", traceback=["one", text]),
        new_output("execute_result", data={"text/plain": text})])
    make_safe(cell)
    stream, error, result = cell.outputs
    shown = [stream.text, "\n".join(error.traceback), result.data["text/plain"]]
    assert not any("\x1b" in one or "<span" in ansi2html(one) for one in shown)
    assert shown[1].startswith("one") and [one.count("red") for one in shown] == [text.count("red")] * 3


def test_a_few_colours_are_shown() -> None:
    cell = new_code_cell(outputs=[new_output("stream", text="\x1b[31mred\x1b[0m")])
    make_safe(cell)
    assert "red</span>" in ansi2html(cell.outputs[0].text)
