"""Reads XML from outside, element by element, in bounded memory.

Document types and entities are refused outright (no expansion, no external files), nesting and sizes are bounded.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from medcoding.codes.official.reading import Source

MAX_DEPTH = 40
MAX_TEXT = 1 << 18
MAX_TAG = 1 << 20
"""The most bytes of one tag or comment: a longer one would be read over and over until its end comes."""
MAX_ELEMENTS = 200_000
"""The most elements inside one record."""


def records(source: Source, root: str, wanted: Collection[str]) -> Iterator[tuple[int, ET.Element]]:
    """(line of its start, element) of every outermost element named in `wanted`, whole, in the order of the file.

    Raises `OfficialFileError` with the line when the file is not well-formed, its root is not `root`, or it has what is
    refused here. An element is given out only when its end has been read; the end of the file is checked too.
    """
    reader = _Reader(source, root, frozenset(wanted))
    with source.open() as stream:
        while data := stream.read():
            yield from reader.feed(data)
        yield from reader.feed(b"", last=True)


class _Reader:
    def __init__(self, source: Source, root: str, wanted: frozenset[str]) -> None:
        self._source = source
        self._root = root
        self._wanted = wanted
        self._depth = 0
        self._inside = 0
        self._elements = 0
        self._text = 0
        self._line = 0
        self._fed = 0
        self._builder = ET.TreeBuilder()
        self._ready: list[tuple[int, ET.Element]] = []
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def feed(self, data: bytes, last: bool = False) -> list[tuple[int, ET.Element]]:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code) or "not well-formed"
            hint = ": the file was cut short" if last else ""
            raise self._source.error(f"this is not well-formed XML ({what}){hint}", error.lineno) from error
        except (ValueError, LookupError, UnicodeError) as error:
            if isinstance(error, type(self._source.error(""))):
                raise
            raise self._source.error("this XML has an encoding that is not read here", 1) from error
        self._fed += len(data)
        if self._fed - max(0, self._parser.CurrentByteIndex) > MAX_TAG + len(data):
            raise self._source.error(f"one tag or comment is longer than {MAX_TAG:,} bytes", self._here)
        ready, self._ready = self._ready, []
        return ready

    @property
    def _here(self) -> int:
        return self._parser.CurrentLineNumber

    def _refuse_doctype(self, *_: object) -> None:
        raise self._source.error("a document type or entity is declared; official files have none", self._here)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name != self._root:
            raise self._source.error(f"the outermost element is <{name[:40]}>, not <{self._root}>", self._here)
        if self._depth > MAX_DEPTH:
            raise self._source.error(f"elements are nested more than {MAX_DEPTH} deep", self._here)
        if not self._inside and name in self._wanted:
            self._inside = self._depth
            self._builder = ET.TreeBuilder()
            self._elements = self._text = 0
            self._line = self._here
        if self._inside:
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                raise self._source.error(f"one entry has more than {MAX_ELEMENTS:,} elements", self._here)
            self._builder.start(name, attributes)

    def _data(self, text: str) -> None:
        if self._inside:
            self._text += len(text.strip())
            if self._text > MAX_TEXT:
                raise self._source.error(f"one entry has more than {MAX_TEXT:,} characters", self._here)
            self._builder.data(text)

    def _end(self, name: str) -> None:
        if self._inside:
            self._builder.end(name)
            if self._depth == self._inside:
                self._inside = 0
                self._ready.append((self._line, self._builder.close()))
        self._depth -= 1


def text_of(element: ET.Element | None) -> str:
    """All text inside an element, spaces made single; empty for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
