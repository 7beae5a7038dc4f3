"""HTML as nbconvert writes it again, without a parser where none is needed.

nbconvert passes each page through Beautiful Soup, which quotes, sorts and completes what it reads: attributes stand in the order of
their names, spaces between elements become one, pictures get an alternative text. For HTML that is plainly well formed the
same can be done token by token, many times faster. What is not plainly well formed is refused here, and parsed by those who ask.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup

NO_ALT = "No description has been provided for this image"

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_KNOWN = (
    "a abbr article aside b blockquote body caption circle cite code colgroup dd del details div dl dt em figcaption figure footer g h1 h2 h3 h4 h5 h6 "
    "header html i ins kbd li line main mark ol p path polyline pre q rect s samp section small span strong sub summary sup svg table tbody td text "
    "tfoot th thead time tr tspan u ul var"
)
KNOWN = VOID | frozenset(_KNOWN.split())
"""Elements in which text is text, whatever the version of Python's parser."""
LISTS = frozenset({"class", "rel", "rev", "headers", "accesskey", "dropzone"})
"""Attributes that Beautiful Soup reads as words parted by spaces."""

CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&#34;": '"', "&nbsp;": "\xa0"}
SPACES = " \n\t\f\r"

_TOKEN = re.compile(
    r"""(<style>)([^<]*)</style>|(<[a-z][a-z0-9]*(?:\s+[a-zA-Z][a-zA-Z0-9_-]*(?:="[^"]*"|='[^']*')?)*\s*/?>)|</([a-z][a-z0-9]*)>|([^<]+)""", re.ASCII
)
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z][a-zA-Z0-9_-]*)(?:=(?:"([^"]*)"|'([^']*)'))?""", re.ASCII)
_NAME = re.compile(r"<([a-z0-9]+)", re.ASCII)
_ENTITY = re.compile(r"&[^;&]*;?")


class NotPlain(ValueError):
    """The HTML is not plainly well formed; a parser must decide."""


@dataclass(frozen=True)
class Piece:
    """Part of a page: elements, each closed, and the text before the first and after the last of them.

    Where two pieces meet, their texts become one; `join` knows how. A piece without elements is text alone, in `before`.
    """

    before: str
    elements: str
    after: str

    def __len__(self) -> int:
        return len(self.before) + len(self.elements) + len(self.after)


def join(pieces: list[Piece]) -> str:
    """Pieces as they stand in one page, one after the other."""
    done: list[str] = []
    text = ""
    for piece in pieces:
        text += piece.before
        if piece.elements:
            done += (_collapsed(text), piece.elements)
            text = piece.after
    return "".join(done) + _collapsed(text)


def cut(html: str) -> Piece:
    """A piece of HTML as nbconvert would write it again.

    Raises:
        NotPlain: it does not close what it opens, or closes more.
    """
    try:
        return _plain(html)
    except NotPlain:
        return _parsed(html)


def written_again(html: str) -> str:
    """All of a page, or of its body, as nbconvert writes it again."""
    try:
        return join([_plain(html)])
    except NotPlain:
        return soup(html)


def soup(html: str) -> str:
    """What nbconvert does with a page, by its own means."""
    read = BeautifulSoup(html, features="html.parser")
    for image in read.select("img:not([alt])"):
        image.attrs["alt"] = NO_ALT
    return str(read)


def _plain(html: str) -> Piece:
    done: list[str] = []
    opened: list[str] = []
    place = kept = 0
    text = before = ""
    first = True
    while place < len(html):
        token = _TOKEN.match(html, place)
        if token is None:
            raise NotPlain(html[place : place + 40])
        place = token.end()
        style, sheet, start, end, said = token.groups()
        if said is not None:
            text = _text(said)
            continue
        if first:
            before, first = text, False
        elif text:
            done.append(text if kept else _collapsed(text))
        text = ""
        if style is not None:
            done.append(f"<style>{_collapsed(sheet)}</style>")
        elif start is not None:
            name, tag = _start(start)
            done.append(tag)
            if name:
                opened.append(name)
                kept += name == "pre"
        else:
            if not opened or opened.pop() != end:
                raise NotPlain(f"</{end}>")
            kept -= end == "pre"
            done.append(f"</{end}>")
    if opened:
        raise NotPlain(f"<{opened[-1]}>")
    return Piece(text, "", "") if first else Piece(before, "".join(done), text)


@lru_cache(4096)
def _start(tag: str) -> tuple[str, str]:
    """The name of the element that a start tag opens (none where it is closed at once), and the tag written again."""
    found = _NAME.match(tag)
    assert found is not None
    name = found[1]
    if name not in KNOWN:
        raise NotPlain(tag)
    values: dict[str, str] = {}
    for given, double, single in _ATTRIBUTE.findall(tag, found.end()):
        key = given.lower()
        if key in values:
            raise NotPlain(tag)
        value = _characters(double or single)
        values[key] = " ".join(value.split()) if key in LISTS else value
    if name == "img":
        values.setdefault("alt", NO_ALT)
    written = "".join(f" {key}={_quoted(_escaped(value))}" for key, value in sorted(values.items()))
    if name in VOID:
        return "", f"<{name}{written}/>"
    return ("", f"<{name}{written}></{name}>") if tag.endswith("/>") else (name, f"<{name}{written}>")


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"' + value.replace('"', "&quot;") + '"'


def _text(text: str) -> str:
    return _escaped(_characters(text)) if "&" in text else text.replace(">", "&gt;")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _characters(text: str) -> str:
    if "&" not in text:
        return text
    try:
        return _ENTITY.sub(lambda found: CHARACTERS[found[0]], text)
    except KeyError as other:
        raise NotPlain(str(other)) from None


def _collapsed(text: str) -> str:
    """Text between elements; spaces alone become one."""
    if not text or text.strip(SPACES):
        return text
    return "\n" if "\n" in text else " "


_FRAME = ("<html><body><main><div>", "<i></i></div></main></body></html>")
_EDGE = re.compile(r"([^<&]*)(<.*>)?([^<>&]*)", re.DOTALL)


def _parsed(html: str) -> Piece:
    """A piece by way of the parser: within elements such as stand around it in a page, which it must leave as they are."""
    found = _EDGE.fullmatch(html)
    if found is None:
        raise NotPlain(html[:40])
    before, elements, after = found.groups()
    if not elements:
        return Piece(_text(before + after), "", "")
    head, tail = _FRAME
    read = soup(f"{head}{elements}{tail}")
    inner = read.removeprefix(head).removesuffix(tail)
    whole = len(inner) + len(head) + len(tail) == len(read) and inner.startswith("<") and inner.endswith(">")
    if not whole or not closed(inner):
        raise NotPlain(elements[:40])
    return Piece(_text(before), inner, _text(after))


_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_ALONE = VOID | frozenset({"area", "base", "embed", "input", "link", "meta", "source", "track"})
_RAW = re.compile(r"<(style|script)\b[^>]*>.*?</\1>", re.DOTALL)


def closed(piece: str) -> bool:
    """Whether HTML that a parser wrote closes every element that it opens, and no other."""
    opened: list[str] = []
    for end, name in _TAG.findall(_RAW.sub("", piece)):
        if name in _ALONE:
            continue
        if not end:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened
