"""The glossary: terms of the course in its own words.

Lessons set a term in bold where they first use it; a released lesson shows its meaning on hover, and `glossary()` is the page to search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from importlib.resources import files

import yaml

_BOLD = re.compile(r"\*\*([^*\n`<>\[\]|]{2,60})\*\*")
_FENCE = re.compile(r"^(```|~~~)")


@lru_cache(maxsize=1)
def terms() -> dict[str, str]:
    """Every term with its meaning, sorted without regard to case."""
    table = yaml.safe_load(files("medcoding").joinpath("data/glossary.yaml").read_text(encoding="utf-8"))
    return {str(term): " ".join(str(meaning).split()) for term, meaning in sorted(table.items(), key=lambda pair: str(pair[0]).lower())}


@lru_cache(maxsize=1)
def _by_lower() -> dict[str, str]:
    return {term.lower(): meaning for term, meaning in terms().items()}


def meaning(text: str) -> str | None:
    """What a term means; it may stand in the plural or with a capital. None where the glossary has no such term."""
    plain = text.strip().lower()
    for form in (plain, plain.removesuffix("s"), plain.removesuffix("es"), re.sub("ies$", "y", plain)):
        if form in _by_lower():
            return _by_lower()[form]
    return None


def with_plain_dollars(markdown: str) -> str:
    """Markdown in which each dollar that a backslash marks as one stays one: JupyterLab drops the backslash and reads what stands between two as a formula."""
    return _outside_code(markdown, lambda text: text.replace("\\$", "<span>\\$</span>"))


def with_meanings(markdown: str) -> str:
    """Markdown in which each bold term of the glossary carries its meaning, as HTML's `abbr`. Code, links and headings stay as they are."""
    return "\n".join(_lines(markdown))


def _lines(markdown: str) -> Iterator[str]:
    fenced = False
    for line in markdown.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        yield line if fenced or line.startswith(("#", "    ")) else _outside_code(line, lambda text: _BOLD.sub(_told, text))


def _outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Markdown of which all but code in backticks is changed."""
    return "".join(part if part.startswith("`") else change(part) for part in re.split(r"(`[^`]*`)", markdown))


def _told(found: re.Match[str]) -> str:
    said = meaning(found[1])
    if said is None:
        return found[0]
    title = escape(said, quote=True)
    for sign in "|*_`[]<\\$":  # what Markdown would read inside the attribute
        title = title.replace(sign, f"&#{ord(sign)};")
    return f'**<abbr title="{title}">{found[1]}</abbr>**'
