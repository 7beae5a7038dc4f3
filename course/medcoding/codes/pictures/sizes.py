"""Bars of how many codes each chapter or section holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medcoding.codes.pictures.counting import Group, by_chapter, by_section
from medcoding.codes.pictures.days import Date, book_on, spoken
from medcoding.codes.pictures.drawing import box, lines, painted, text, width_of, wrap
from medcoding.codes.pictures.picture import WIDTH, Picture, plural

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book as Diagnoses
    from medcoding.codes.icd10pcs.book import Book as Procedures

_TITLE_LEFT, _TITLE_WIDTH, _BAR_LEFT = 34.0, 306.0, 352.0
_SIZE, _STEP = 13.0, 16.0


def chapter_sizes(on: Date = None) -> Picture:
    """Bars: the billable codes of each ICD-10-CM chapter on a date. Raises `DateOutOfRange`."""
    from medcoding.codes import icd10cm

    book: Diagnoses = book_on(icd10cm.on, on)
    caption = f"ICD-10-CM on {spoken(book.date)}, release of {spoken(book.release)}"
    return _bars("Billable codes in each chapter", caption, "Chapter", by_chapter(book))


def section_sizes(on: Date = None) -> Picture:
    """Bars: the valid codes of each ICD-10-PCS section on a date. Raises `DateOutOfRange`."""
    from medcoding.codes import icd10pcs

    book: Procedures = book_on(icd10pcs.on, on)
    caption = f"ICD-10-PCS on {spoken(book.date)}, release of {spoken(book.release)}"
    return _bars("Codes in each section", caption, "Section", by_section(book))


def _bars(title: str, caption: str, kind: str, groups: Sequence[Group]) -> Picture:
    total = sum(group.codes for group in groups)
    most = max(groups, key=lambda group: group.codes)
    longest = f"{most.codes:,} ({_share(most.codes, total)})"
    room = WIDTH - _BAR_LEFT - width_of(longest, 14) - 12
    words, bars = [], []
    top = 0.0
    for group in groups:
        titled = wrap(group.title, _TITLE_WIDTH, _SIZE)
        height = _STEP * len(titled) + 8
        middle = top + height / 2
        words.append(text(_TITLE_LEFT - 10, middle + 4.5, group.name, anchor="end", bold=True))
        words.append(lines(_TITLE_LEFT, middle + 4.5 - _STEP * (len(titled) - 1) / 2, titled, size=_SIZE, step=_STEP))
        length = max(1.5, room * group.codes / most.codes)
        bars.append(box(_BAR_LEFT, middle - 8, length, 16, radius=1.5))
        words.append(text(_BAR_LEFT + length + 8, middle + 5, f"{group.codes:,} ({_share(group.codes, total)})"))
        top += height
    ranked = sorted(groups, key=lambda group: -group.codes)
    sentences = (
        f"One bar for each {kind.lower()}, as long as its number of codes; {plural(total, 'code')} in all.",
        f"The largest is {kind.lower()} {most.name}, {most.title}, with {plural(most.codes, 'code')} ({_share(most.codes, total)}); "
        f"the smallest is {kind.lower()} {ranked[-1].name}, {ranked[-1].title}, with {plural(ranked[-1].codes, 'code')}.",
    )
    rows = tuple((group.name, group.title, f"{group.codes:,}", _share(group.codes, total)) for group in groups)
    return Picture(
        title, f"{caption}: {plural(total, 'code')}", " ".join(sentences), painted("more", bars) + "".join(words), top + 4,
        sentences, ((kind, "Title", "Codes", "Share"), *rows),
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 0.1 %" if share < 0.05 else f"{share:.1f} %"
