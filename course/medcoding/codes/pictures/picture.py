"""One finished picture: it shows itself, says itself in words, and saves itself."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from medcoding.codes.pictures.drawing import escaped, lines, number, wrap
from medcoding.codes.pictures.palette import STYLE

WIDTH = 760.0
"""The width of every picture, in units of its view box; a page scales it down to the room there is."""

_FONT = "var(--jp-ui-font-family, system-ui), 'DejaVu Sans', sans-serif"
_MONO = "var(--jp-code-font-family, ui-monospace), 'DejaVu Sans Mono', monospace"

_SVG_STYLE = f"{STYLE}.mc-p-mono{{font-family:{_MONO}}}"
_NOTE = "The drawing is shown when this cell is run again, or when the notebook is trusted. Its words are here at once."
"""What stands in the drawing's place where a page does not trust the notebook."""

# Jupyter takes style and SVG out of an untrusted notebook but leaves the text of the SVG behind. So the drawing is hidden
# and the note shown until the style, which goes with the drawing or stays with it, turns both round ("hidden" needs a value:
# Jupyter drops an empty one).
_HTML_STYLE = (
    f".mc-picture{{max-width:{WIDTH:g}px;margin:.5em 0;overflow-x:auto}}"
    ".mc-picture svg{display:block;width:100%;min-width:540px;height:auto}"
    ".mc-picture>.mc-p-drawing[hidden]{display:block!important}.mc-picture>.mc-p-note{display:none}"
    ".mc-picture.mc-picture table{border-collapse:collapse;margin:.5em 0;font-size:inherit}"
    ".mc-picture.mc-picture :is(th,td){text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border-bottom:1px solid}"
    ".mc-picture summary{cursor:pointer;padding:.25em 0}"
)


class PictureError(ValueError):
    """What was asked cannot be drawn; the message says what was found, what was expected and what to do."""


@dataclass(frozen=True)
class Picture:
    """A drawing with its words.

    `body` is SVG text, `height` its height under the heading. `description` is what a screen reader says at once; `sentences`
    and `table` (the first row is the header) say everything that the drawing shows. In a notebook the picture is the value
    of a cell; it needs no JavaScript, follows the page's text color, and has its words beneath, folded.
    """

    title: str
    caption: str
    description: str
    body: str = field(repr=False)
    height: float = field(repr=False)
    sentences: tuple[str, ...] = field(repr=False)
    table: tuple[tuple[str, ...], ...] = field(repr=False, default=())

    @property
    def words(self) -> str:
        """The text alternative: title, sentences, and the table with one row a line."""
        rows = [" | ".join(row) for row in self.table]
        return "\n".join([self.title, self.caption, "", *self.sentences, *([""] if rows else []), *rows])

    @cached_property
    def svg(self) -> str:
        """The drawing alone, an SVG element that scales to the width it is given."""
        title = wrap(self.title, WIDTH - 8, 17, bold=True)
        caption = wrap(self.caption, WIDTH - 8, 13)
        top = 22 * len(title) + 17 * len(caption) + 12
        head = lines(4, 18, title, size=17, step=22, bold=True) + lines(4, 18 + 22 * len(title), caption, size=13, step=17, soft=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escaped(self.title)}" '
            f'viewBox="0 0 {WIDTH:g} {number(top + self.height)}" font-family="{escaped(_FONT)}" font-size="14" fill="currentColor">'
            f"<title>{escaped(self.title)}</title><desc>{escaped(self.description)}</desc><style>{_SVG_STYLE}</style>"
            f'{head}<g transform="translate(0 {number(top)})">{self.body}</g></svg>'
        )

    @cached_property
    def html(self) -> str:
        """The drawing and its words as an HTML fragment without scripts and without ids, so that any number share a page."""
        sentences = "".join(f"<p>{escaped(sentence)}</p>" for sentence in self.sentences)
        return (
            f'<div class="mc-picture"><style>{_HTML_STYLE}</style><div class="mc-p-drawing" hidden="hidden">{self.svg}</div>'
            f'<p class="mc-p-note"><strong>{escaped(self.title)}.</strong> {_NOTE}</p><details><summary>This picture in words</summary>{sentences}{self._table()}</details></div>'
        )

    def _table(self) -> str:
        if not self.table:
            return ""
        head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in self.table[0])
        rows = "".join(
            f'<tr><th scope="row">{escaped(first)}</th>{"".join(f"<td>{escaped(cell)}</td>" for cell in rest)}</tr>'
            for first, *rest in self.table[1:]
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file in one step and return its path: ".svg" the drawing on white, ".html" a page with the words.

        Raises `PictureError` for another ending or a folder that is not there.
        """
        target = Path(path)
        if target.suffix.lower() == ".svg":
            height = self.svg.partition('viewBox="0 0 ')[2].partition('"')[0].split()[1]
            size = f'width="{WIDTH:g}" height="{height}" style="color:#1d2125;background:#fff" role="img"'
            content = self.svg.replace('role="img"', size, 1)
        elif target.suffix.lower() in (".html", ".htm"):
            content = (
                '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
                f"<title>{escaped(self.title)}</title></head><body>{self.html}</body></html>"
            )
        else:
            raise PictureError(f"{target.name!r} cannot be saved: give the file a name that ends in .svg or .html.")
        if not target.parent.is_dir():
            raise PictureError(f"There is no folder {str(target.parent)!r}: make it first, or name another one.")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, suffix=".part", delete=False) as part:
            part.write(content)
        Path(part.name).chmod(0o644)
        return Path(part.name).replace(target)

    def __str__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.words}


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its word: "1 code", "2 codes", "74,719 codes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
