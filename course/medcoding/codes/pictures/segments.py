"""A drug number as its three segments, as the package shows it and as a claim wants it, with the added zero marked."""

from __future__ import annotations

from collections.abc import Sequence

from medcoding.codes.ndc import numbers
from medcoding.codes.pictures.drawing import box, painted, text
from medcoding.codes.pictures.picture import Picture, PictureError

_NAMES = ("labeler", "product", "package")
_LOOKS = ("first", "second", "third")
_LEFT, _CELL, _GAP, _ROW = 190.0, 34.0, 22.0, 58.0


def ndc_segments(*printed: str, future: bool = False) -> Picture:
    """Each number as printed (4-4-2, 5-3-2, 5-4-1 or 5-4-2, with hyphens) and below it the eleven digits of a claim, 5-4-2.

    `future` adds the twelve digits of the format of 2033 (6-4-2). A digit that had to be added stands in a dashed box with a
    plus sign. Raises `NdcError` for what is no drug number, and `PictureError` for none at all or one without its hyphens.
    """
    if not printed:
        raise PictureError("No drug number was given: write it with its hyphens, such as '0002-1433-80'.")
    words, rows = [], []
    shapes: dict[str, list[str]] = {look: [] for look in (*_LOOKS, "added")}
    top = 0.0
    for text_given in printed:
        eleven = numbers.hyphenated(numbers.to_11(text_given)).split("-")
        before = _printed(text_given, eleven)
        steps = [("as printed", before, [0, 0, 0]), ("on a claim", eleven, _added(before, eleven))]
        if future:
            twelve = numbers.hyphenated(numbers.to_12(text_given)).split("-")
            steps.append(("from 2033 on", twelve, _added(before, twelve)))
        for number, (where, segments, added) in enumerate(steps):
            words += _line(shapes, top + 26, where, segments, added, named=number == 0)
            rows.append(("-".join(before), where, "-".join(segments), _layout(segments), _told(added)))
            top += _ROW
        top += 14
    body = "".join(painted(look, drawn) for look, drawn in shapes.items()) + "".join(words)
    told = [f"{printed} has the layout {_layout(printed.split('-'))}; {where} it is {shown} ({layout}): {said}." for printed, where, shown, layout, said in rows if where != "as printed"]
    sentences = ("Three segments a number: labeler, product, package.", *told)
    title = "The segments of a drug number" if len(printed) == 1 else "The segments of drug numbers"
    caption = "A claim wants eleven digits, 5-4-2: the short segment gains a zero in front"
    return Picture(title, caption, " ".join(sentences), body, top, sentences, (("Number", "Where", "Digits", "Layout", "Added"), *rows))


def _printed(given: str, eleven: Sequence[str]) -> list[str]:
    """The segments as they were given."""
    segments = "".join(c if c.isdigit() else "-" for c in given.strip()).strip("-").split("-")
    if len(segments) != 3 or [segment.zfill(size) for segment, size in zip(segments, numbers.CLAIM, strict=True)] != list(eleven):
        raise PictureError(f"{given!r:.50} shows no segments: write the number with its hyphens, as on the package, such as 0002-1433-80.")
    return segments


def _added(before: Sequence[str], after: Sequence[str]) -> list[int]:
    return [len(late) - len(early) for early, late in zip(before, after, strict=True)]


def _layout(segments: Sequence[str]) -> str:
    return "-".join(str(len(segment)) for segment in segments)


def _told(added: Sequence[int]) -> str:
    where = [name for name, count in zip(_NAMES, added, strict=True) if count]
    return f"a zero in front of the {' and of the '.join(where)}" if where else "nothing added"


def _line(shapes: dict[str, list[str]], top: float, where: str, segments: Sequence[str], added: Sequence[int], named: bool) -> list[str]:
    words = [text(4, top + 23, where), text(118, top + 23, _layout(segments), bold=True, mono=True)]
    left = _LEFT
    for segment, look, count, name in zip(segments, _LOOKS, added, _NAMES, strict=True):
        # Digits of one segment end at the same place in every line, so that what was added sticks out in front.
        widest = {"labeler": 6, "product": 4, "package": 2}[name]
        here = left + _CELL * (widest - len(segment))
        if named:
            words.append(text(left + _CELL * widest, top - 8, name, size=13, anchor="end", soft=True))
        for place, digit in enumerate(segment):
            extra = place < count
            shapes["added" if extra else look].append(box(here + 1, top, _CELL - 3, 34))
            words.append(text(here + _CELL / 2 - 0.5, top + 24, digit, size=18, anchor="middle", bold=extra, mono=True))
            if extra:
                words.append(text(here + 3, top - 4, "+", size=15, bold=True))
            here += _CELL
        left += _CELL * widest + _GAP
        if name != "package":
            words.append(text(left - _GAP / 2 - 1, top + 22, "-", size=16, anchor="middle"))
    return words
