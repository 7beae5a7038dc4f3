"""A sunburst that follows one path: each ring spreads what stands beside it, the path's own piece lit at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

from medcoding.codes.pictures.drawing import arc, lines, number, painted, point, tangent, text, width_of, wrap
from medcoding.codes.pictures.picture import WIDTH, plural

_RADIUS, _HOLE, _THICKEST = 200.0, 50.0, 60.0
_MARK, _LIT, _NUMBER = 11.0, 12.5, 10.0
_CENTER_X = _RADIUS + 6
_LIST_LEFT = 2 * _RADIUS + 36
_LIST_WIDTH = WIDTH - _LIST_LEFT - 4
_SIZE, _STEP = 13.0, 16.5
_MOST_PIECES = 160
"""With more siblings than this a ring is drawn as one band: its pieces could not be told apart."""
_MOST_LISTED = 16
"""Up to so many pieces of a last ring in which nothing is chosen are listed beside the drawing."""


@dataclass(frozen=True)
class Piece:
    """One arc: its name as the book writes it, the mark on the arc, its title, and a shorter mark for a narrow arc."""

    name: str
    mark: str
    title: str
    short: str = ""


@dataclass(frozen=True)
class Ring:
    """One level: what it is called, all its pieces in the order of the book, and which of them is on the path (None: not yet chosen)."""

    kind: str
    pieces: tuple[Piece, ...]
    chosen: int | None

    @property
    def lit(self) -> Piece | None:
        """The piece on the path."""
        return None if self.chosen is None else self.pieces[self.chosen]

    @property
    def beside(self) -> tuple[Piece, ...]:
        """The other pieces."""
        return tuple(piece for place, piece in enumerate(self.pieces) if place != self.chosen)


def sunburst(rings: Sequence[Ring], center: str) -> tuple[str, float]:
    """The drawing and its height: rings from the inside out, and beside them a list of what is lit."""
    listing, list_height = _list(rings)
    thickness = min(_THICKEST, (_RADIUS - _HOLE) / len(rings))
    height = max(2 * (_HOLE + thickness * len(rings)) + 12, list_height)
    middle = height / 2
    drawn = [
        _ring(ring, place, middle, _HOLE + thickness * (place - 1), thickness) for place, ring in enumerate(rings, start=1)
    ]
    hub = text(_CENTER_X, middle + 4, center, size=12, anchor="middle", bold=True)
    shift = max(0.0, (height - list_height) / 2)
    return "".join(drawn) + hub + f'<g transform="translate(0 {number(shift)})">{listing}</g>', height


def _ring(ring: Ring, place: int, middle: float, inner: float, thickness: float) -> str:
    outer, radius = inner + thickness - 2, inner + thickness / 2 - 1
    count = len(ring.pieces)
    lit_width = _lit_width(ring, place, radius) if ring.chosen is not None else 0.0
    start = lit_width / 2
    others = count - (ring.chosen is not None)
    each = (2 * pi - lit_width) / max(1, others)
    # Clockwise after the lit piece come those that follow it in the book; the order closes at the top.
    turned = ring.pieces if ring.chosen is None else ring.pieces[ring.chosen + 1 :] + ring.pieces[: ring.chosen]
    faint, marks = [], []
    if others > _MOST_PIECES:
        faint.append(arc(_CENTER_X, middle, inner, outer, start, start + others * each))
    else:
        room = each * radius - 2
        # A ring is marked as a whole or not at all, so that a mark that is left out does not look like a piece left out.
        choices = ([piece.mark for piece in turned], [piece.short for piece in turned])
        shown = next((marks for marks in choices if all(0 < width_of(mark, _MARK, mono=True) <= room for mark in marks)), None)
        for position in range(others):
            here = start + position * each
            faint.append(arc(_CENTER_X, middle, inner, outer, here, here + each))
            if shown is not None:
                angle = here + each / 2
                turn = tangent(angle)
                down = 3.6 if -90 <= turn <= 90 and abs((angle % (2 * pi)) - pi) > pi / 2 else -3.6
                x, y = point(_CENTER_X, middle, radius - down, angle)
                marks.append(text(x, y, shown[position], size=_MARK, anchor="middle", mono=True, soft=True, turn=turn))
    body = painted("faint", faint) + "".join(marks)
    if ring.lit is not None:
        body += painted("lit", [arc(_CENTER_X, middle, inner, outer, -lit_width / 2, lit_width / 2)])
        y = middle - radius + 4.2
        body += _numbered(_CENTER_X - (_numbered_width(place, ring.lit.mark) / 2), y, place, ring.lit.mark)
    return body


def _lit_width(ring: Ring, place: int, radius: float) -> float:
    """The angle of the lit piece: its share of the ring, or what its mark needs."""
    assert ring.lit is not None
    if len(ring.pieces) == 1:
        return 2 * pi
    needed = (_numbered_width(place, ring.lit.mark) + 12) / radius
    return min(1.5 * pi, max(2 * pi / len(ring.pieces), needed))


def _numbered_width(place: int, mark: str) -> float:
    return width_of(f"{place}", _NUMBER) + 4 + width_of(mark, _LIT, mono=True)


def _numbered(x: float, y: float, place: int, mark: str) -> str:
    """A mark with the number of its ring before it, small."""
    return text(x, y, str(place), size=_NUMBER, soft=True) + text(x + width_of(f"{place}", _NUMBER) + 4, y, mark, size=_LIT, bold=True, mono=True)


def _list(rings: Sequence[Ring]) -> tuple[str, float]:
    parts = []
    y = 14.0
    for place, ring in enumerate(rings, start=1):
        count = len(ring.pieces)
        head = f"{ring.kind}, one of {count:,}" if ring.lit and count > 1 else f"{ring.kind}, the only one" if ring.lit else f"{ring.kind}: {plural(count, 'choice')}"
        parts.append(text(_LIST_LEFT, y, str(place), size=_SIZE, bold=True) + text(_LIST_LEFT + 20, y, head, size=_SIZE, soft=True))
        y += _STEP + 1
        listed = [ring.lit] if ring.lit else ring.pieces if count <= _MOST_LISTED else []
        for piece in listed:
            name = width_of(piece.name, 14, mono=True) + 8
            parts.append(text(_LIST_LEFT + 20, y, piece.name, bold=piece is ring.lit, mono=True))
            first, rest = _hanging(piece.title, _LIST_WIDTH - 20 - name, _LIST_WIDTH - 20)
            parts.append(text(_LIST_LEFT + 20 + name, y, first, size=_SIZE))
            if rest:
                parts.append(lines(_LIST_LEFT + 20, y + _STEP, rest, size=_SIZE, step=_STEP))
            y += _STEP * (1 + len(rest))
        y += 9
    return "".join(parts), y


def _hanging(title: str, first_width: float, width: float) -> tuple[str, list[str]]:
    """A title in lines, the first of them shorter."""
    plain = " ".join(title.split())
    first = wrap(plain, first_width, _SIZE)[0]
    if not plain.startswith(first):  # not even one word fits
        first = ""
    rest = plain[len(first) :].strip()
    return first, wrap(rest, width, _SIZE) if rest else []
