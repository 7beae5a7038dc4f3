"""What students wrote, made harmless for whoever opens it in a browser: no script, no event handler, no style, nothing fetched.

nbgrader's pages, the student's feedback as well as formgrader's, show Markdown and outputs as they are. Two of nbconvert's own traits change
that for both: `HTMLExporter.filters` takes `safe_markdown` and `safe_highlight` in place of `markdown2html` and `highlight_code`, and
`HTMLExporter.preprocessors` takes `SafeCells`. Our own feedback of exercises is made from their records and escaped there; it stays as it is.

Formgrader binds its buttons by class and its score fields by id, anywhere in a cell. So no class and no id of a student's choice is left:
`<b class="full-credit">` would give full marks to whoever clicks on it, and a heading named as an exercise would take its score field.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from jinja2 import pass_context
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

SCORE_MIME = "application/vnd.medcoding.score+json"

_TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p "
    "pre q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
)
_ATTRIBUTES = "class id title lang dir scope colspan rowspan headers start reversed alt open style"
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
CLASSES = frozenset({"highlight", "anchor-link", "dataframe", *STANDARD_TYPES.values()} - {""})
"""Classes that nbconvert, Pygments and pandas give; no page binds anything to them."""

LINK = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE | re.ASCII)
"""Where a link may lead. Not to files of the submission: formgrader's server would show a student's page as its own."""

PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*|(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*", re.ASCII)
"""Whence a picture may come: from the notebook itself or beside it. In a picture, no script of an SVG runs."""

SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
"""Kinds of output that are shown; an SVG is shown as a picture."""

LONGEST, DEEPEST, MATHS, MARKS = 100_000, 150, 600, 6_000
"""Characters, elements within each other, beginnings of formulas and Markdown's own marks of one text that are read as HTML or Markdown, for
readers' time grows with their square; texts that have more are shown as they were typed."""

EMBEDDED = 10_000_000
"""Bytes of attached pictures that a text may show, each counted as often as it is shown."""

BRACKETS = 300
"""Opening brackets that are left as they are: nbconvert looks from each for the end of a link, up to the end of the line."""

_OPENS = re.compile(r"<(/?)(?!(?:br|hr|img|col|wbr)\b)[a-z]", re.IGNORECASE)
COLOURS = 2_000
"""Escapes of a terminal in one text that are shown as colours; nbconvert copies the rest of the text at each."""

_MARKS = re.compile(r"[*_~>\[]")
_BEGINS = re.compile(r"\\begin\{|\\\\[\[(]|\${2}|`")

OWN = "md-"
"""What ids of students' texts begin with, so that they are nobody else's."""


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and (value.startswith("#") or LINK.fullmatch(value.strip()) is not None)
    if name == "src":
        return tag == "img" and PICTURE.fullmatch(value.strip()) is not None
    return name in ATTRIBUTES


class _Tame(Filter):  # type: ignore[misc]
    """Classes that are known, ids of one's own."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag"):
                attributes = token["data"]
                for place, value in list(attributes.items()):
                    name = place[1]
                    if name == "class":
                        kept = " ".join(one for one in value.split() if one in CLASSES)
                        if kept:
                            attributes[place] = kept
                        else:
                            del attributes[place]
                    elif name in ("id", "headers"):
                        attributes[place] = " ".join(f"{OWN}{one}" for one in value.split())
                    elif name == "href" and value.startswith("#"):
                        attributes[place] = f"#{OWN}{value[1:]}"
            yield token


_CLEANER = bleach.Cleaner(
    tags=TAGS, attributes=_allowed, protocols={"http", "https", "mailto", "data"}, css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
    filters=[_Tame],
)


def clean(fragment: str) -> str:
    """HTML in which only harmless elements and attributes are left; others are shown as text. Every element is closed."""
    cleaned = _cleaned(fragment, LONGEST)
    return _typed(fragment) if cleaned is None else cleaned


def _cleaned(fragment: str, longest: int) -> str | None:
    """Cleaned HTML, or None where it is too long or deep, or a parser chokes on it."""
    if len(fragment) > longest or _depth(fragment) > DEEPEST:
        return None
    try:
        return str(_CLEANER.clean(fragment))
    except (RecursionError, ValueError, AssertionError, IndexError):
        return None


def _depth(fragment: str) -> int:
    """How deep elements may stand in each other at most."""
    depth = deepest = 0
    for found in _OPENS.finditer(fragment):
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(depth, deepest)
    return deepest


def _typed(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


@pass_context
def safe_markdown(context: Any, source: str) -> str:
    """nbconvert's `markdown2html`, made harmless."""
    shown = _rendered(context, source)
    return shown if shown.count("[") <= BRACKETS else shown.replace("[", "&#91;")


def _rendered(context: Any, source: str) -> str:
    if len(source) > LONGEST or len(_BEGINS.findall(source)) > MATHS or len(_MARKS.findall(source)) > MARKS:
        return _typed(source)
    cell = context.get("cell", {})
    attachments = cell.get("attachments", {}) if hasattr(cell, "get") else {}
    if attachments and source.count("![") * max(map(_size, attachments.values())) > EMBEDDED:
        return _typed(source)
    renderer = IPythonRenderer(escape=False, attachments=attachments, embed_images=False, path="", anchor_link_text="¶", exclude_anchor_links=False)
    try:
        rendered = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # of whatever kind: nothing that a reader of Markdown chokes on ends a page
        return _typed(source)
    cleaned = _cleaned(rendered, 5 * LONGEST)
    return _typed(source) if cleaned is None else cleaned


def _size(attachment: Any) -> int:
    """Characters of a picture in all its kinds."""
    return sum(len(str(content)) for content in attachment.values())


def safe_highlight(source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's `highlight_code` for Python, whatever a notebook says its language is: that would be a class in the page."""
    if len(source) > LONGEST:
        return _typed(source)
    return _highlighted(source) if len(source) > SHORT else _remembered(source)


def _highlighted(source: str) -> str:
    return str(Highlight2HTML(pygments_lexer="python")(source))


SHORT = 2000
_remembered = lru_cache(2000)(_highlighted)


class SafeCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Makes outputs of code cells and raw cells harmless. Outputs of exercises are ours and stay."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        nb.metadata.pop("widgets", None)  # nbconvert takes their state as it is, whatever it is
        done: tuple[Any, dict[str, Any]] = super().preprocess(nb, resources)
        return done

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> tuple[Any, dict[str, Any]]:
        make_safe(cell)
        return cell, resources


def is_ours(cell: Any, output: Any) -> bool:
    """Whether an output was written by grading: a score record in a released exercise, whose cell no student's code can write into."""
    grader = cell.metadata.get("nbgrader", {})
    graded = grader.get("grade") and grader.get("locked") and not grader.get("solution")
    data = output.get("data")
    record = data.get(SCORE_MIME) if isinstance(data, dict) else None
    return bool(graded) and isinstance(record, dict) and record.get("item") == grader.get("grade_id")


def make_safe(cell: Any) -> None:
    """Change a cell in place."""
    cell.metadata.pop("tags", None)
    if cell.cell_type == "raw":
        cell.source = html.escape(cell.source)
    for output in cell.get("outputs", ()):
        data = output.get("data")
        if output.get("output_type") == "stream":
            output["text"] = _few_colours(output["text"])
        elif output.get("output_type") == "error":
            output["traceback"] = [_few_colours("\n".join(output["traceback"]))]
        if not isinstance(data, dict) or is_ours(cell, output):
            continue
        if "text/plain" in data:
            data["text/plain"] = _few_colours(data["text/plain"])
        output["metadata"] = {}
        output.pop("svg_filename", None)
        for kind in list(data):
            if kind not in SHOWN:
                del data[kind]
        if "text/html" in data:
            data["text/html"] = clean(data["text/html"])


def _few_colours(text: str) -> str:
    """Text of a terminal, without colours where it has too many."""
    return strip_ansi(text).replace("\x1b", "") if text.count("\x1b") > COLOURS else text
