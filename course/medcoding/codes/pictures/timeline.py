"""What came and went at each release of a book."""

from __future__ import annotations

from medcoding.codes.pictures.counting import NAMES, Release, releases
from medcoding.codes.pictures.days import spoken
from medcoding.codes.pictures.drawing import box, line, painted, text, width_of
from medcoding.codes.pictures.picture import WIDTH, Picture, plural

_ROW = 27.0
_DAY_RIGHT = 142.0
_TOTAL_LEFT = 690.0


def yearly_changes(book: str = "icd10cm") -> Picture:
    """A timeline of adds and deletes at each release of "icd10cm" or "icd10pcs" that the index knows, oldest first.

    Counted from the dates of the Medicare Code Editor, so that it may reach past today. Raises `PictureError` for another book.
    """
    listed = releases(book)
    first, changes = listed[0], listed[1:]
    left, right = _DAY_RIGHT + 14, _TOTAL_LEFT - 20
    most_deleted, most_added = max(one.deleted for one in changes), max(one.added for one in changes)
    room = right - left - width_of(f"−{most_deleted:,}", 14) - width_of(f"+{most_added:,}", 14) - 16
    unit = room / max(1, most_deleted + most_added)
    axis = left + width_of(f"−{most_deleted:,}", 14) + 8 + unit * most_deleted
    came, went, words = [], [], []
    words += [
        text(_DAY_RIGHT, 16, "From", anchor="end", bold=True), text(axis - 8, 16, "◀ deleted", anchor="end", bold=True),
        text(axis + 8, 16, "added ▶", bold=True), text(WIDTH - 4, 16, "In force", anchor="end", bold=True),
    ]  # fmt: skip
    top = 30.0
    for one in listed:
        middle = top + _ROW / 2
        words.append(text(_DAY_RIGHT, middle + 5, spoken(one.day), anchor="end"))
        words.append(text(WIDTH - 4, middle + 5, f"{one.total:,}", anchor="end"))
        if one is first:
            words.append(text(axis + 8, middle + 5, "the first book", soft=True))
        else:
            added, deleted = (max(1.5, unit * count) if count else 0.0 for count in (one.added, one.deleted))
            if added:
                came.append(box(axis, middle - 8, added, 16, radius=1))
            if deleted:
                went.append(box(axis - deleted, middle - 8, deleted, 16, radius=1))
            words.append(text(axis + added + 6, middle + 5, _counted("+", one.added)))
            words.append(text(axis - deleted - 6, middle + 5, _counted("−", one.deleted), anchor="end"))
        top += _ROW
    body = painted("more", came) + painted("less", went) + painted("plain", [line(axis, 26, axis, top)]) + "".join(words)
    most = max(changes, key=lambda one: one.added)
    sentences = (
        f"One line for each release, oldest first; bars to the right are codes added that day, bars to the left codes deleted. "
        f"From {spoken(first.day)} to {spoken(listed[-1].day)} {plural(sum(one.added for one in changes), 'code')} were added and "
        f"{plural(sum(one.deleted for one in changes), 'code')} deleted.",
        f"The most were added on {spoken(most.day)}: {plural(most.added, 'code')}.",
        "A code that got more characters counts as deleted, and the longer ones as added.",
    )
    return Picture(
        f"Codes added and deleted at each release of {NAMES[book]}", "Counted from the Medicare Code Editor's dates",
        " ".join(sentences), body, top + 6, sentences,
        (("In force from", "Added", "Deleted", "Codes from then on"), *(_row(one, one is first) for one in listed)),
    )  # fmt: skip


def _row(one: Release, first: bool) -> tuple[str, str, str, str]:
    return (spoken(one.day), "–" if first else f"{one.added:,}", "–" if first else f"{one.deleted:,}", f"{one.total:,}")


def _counted(sign: str, count: int) -> str:
    return f"{sign}{count:,}" if count else "0"
