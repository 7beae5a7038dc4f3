"""What students wrote, made harmless for whoever opens it in a browser: no script, no event handler, no style, nothing fetched.

nbgrader's pages, the student's feedback as well as formgrader's, show Markdown and outputs as they are. Two of nbconvert's own traits change
that for both: `HTMLExporter.filters` takes `safe_markdown` in place of `markdown2html`, and `HTMLExporter.preprocessors` takes `SafeCells`.
Our own feedback of exercises is made from their records and escaped there; it stays as it is.
"""

from __future__ import annotations

import html
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor

SCORE_MIME = "application/vnd.medcoding.score+json"

TAGS = frozenset(
    ["a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"]
)
ATTRIBUTES = frozenset({"class", "id", "title", "lang", "dir", "scope", "colspan", "rowspan", "headers", "start", "reversed", "alt", "open", "style", "name"})
PROTOCOLS = frozenset({"http", "https", "mailto", "data"})
SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
"""Kinds of output that are shown; an SVG is shown as an image, in which no script runs."""

_CSS = CSSSanitizer(allowed_css_properties=["text-align"])


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and not value.strip().lower().startswith("data:")
    if name == "src":
        return tag == "img" and (value.startswith("data:image/") or not ("//" in value or ":" in value))
    return name in ATTRIBUTES or name.startswith("aria-")


_CLEANER = bleach.Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, css_sanitizer=_CSS, strip=False)


def clean(fragment: str) -> str:
    """HTML in which only harmless elements and attributes are left; others are shown as text. Every element is closed."""
    return str(_CLEANER.clean(fragment))


@pass_context
def safe_markdown(context: Any, source: str) -> str:
    """nbconvert's `markdown2html`, made harmless."""
    cell = context.get("cell", {})
    attachments = cell.get("attachments", {}) if hasattr(cell, "get") else {}
    renderer = IPythonRenderer(escape=False, attachments=attachments, embed_images=False, path="", anchor_link_text="¶", exclude_anchor_links=False)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


class SafeCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Makes outputs of code cells and raw cells harmless. Outputs that bear a score record are ours and stay."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        nb.metadata.pop("widgets", None)  # nbconvert takes their state as it is, whatever it is
        done: tuple[Any, dict[str, Any]] = super().preprocess(nb, resources)
        return done

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> tuple[Any, dict[str, Any]]:
        make_safe(cell)
        return cell, resources


def make_safe(cell: Any) -> None:
    """Change a cell in place."""
    cell.metadata.pop("tags", None)
    if cell.cell_type == "raw":
        cell.source = html.escape(cell.source)
    for output in cell.get("outputs", ()):
        data = output.get("data")
        if not isinstance(data, dict) or SCORE_MIME in data:
            continue
        output["metadata"] = {}
        for kind in list(data):
            if kind not in SHOWN:
                del data[kind]
        if "text/html" in data:
            data["text/html"] = clean(data["text/html"])
