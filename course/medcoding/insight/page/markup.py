"""Small pieces of HTML: figures, tables, lists. Text goes in as text and comes out escaped; only `Html` is markup already."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medcoding.insight.measures import Measure


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def esc(value: object) -> Html:
    """A value as escaped text, characters that cannot be seen made visible; what is markup stays as it is."""
    if isinstance(value, Html):
        return value
    return Html(html.escape("".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in str(value))))


def join(*parts: object) -> Html:
    """Parts one after the other, each escaped unless it is markup."""
    return Html("".join(map(esc, parts)))


def tag(name: str, *parts: object, **attributes: object) -> Html:
    """An element. Attributes are escaped; `class_` and `for_` lose their underscore, other underscores become hyphens."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{esc(value)}"' for key, value in attributes.items() if value is not None)
    return Html(f"<{name}{written}>{join(*parts)}</{name}>")


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what shows, and the value that sorting goes by (None sorts last)."""

    shown: Html
    value: float | str | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Column:
    """A column: its heading, and what it means in a few words (shown under the table)."""

    name: str
    numeric: bool = False


def text(value: str, **attributes: object) -> Cell:
    """A cell with text."""
    return Cell(tag("span", value, **attributes) if attributes else esc(value), value.casefold())


def count(value: int) -> Cell:
    """A cell with a whole number."""
    return Cell(esc(f"{value:,}"), float(value), numeric=True)


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus sign, and never minus zero."""
    shown = f"{value:,.{digits}f}"
    return shown.replace("-", "") if float(shown.replace(",", "")) == 0 else shown.replace("-", "−")


def percent(share: float) -> str:
    """A share in percent, without decimals; 99.6% is not rounded to 100%, nor 0.4% to 0."""
    whole = round(100 * share)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole}%"


def figure(measure: Measure, digits: int = 2, *, as_percent: bool = False, interval: bool = False, bar: bool = False) -> Cell:
    """A cell with a figure, its interval where wanted, or a dash with the reason."""
    if measure.value is None:
        return Cell(nothing(measure.reason), None, numeric=True)
    shown: Html = esc(percent(measure.value) if as_percent else number(measure.value, digits))
    if interval and measure.low is not None and measure.high is not None:
        shown = join(shown, tag("span", f" ({number(measure.low, digits)} to {number(measure.high, digits)})", class_="ci"))
    return Cell(barred(measure.value, shown) if bar else shown, measure.value, numeric=True)


def nothing(reason: str) -> Html:
    """The dash of a figure that is not there, with its reason for whoever cannot see the note under the table."""
    return tag("span", "–", tag("span", f" none: {reason}", class_="vh"), class_="none")


def said(measure: Measure, digits: int = 2, unit: str = "", *, as_percent: bool = False) -> str:
    """A figure in running text: its value and interval, or why there is none."""
    if measure.value is None:
        return f"not known. {measure.reason}"
    shown = percent(measure.value) if as_percent else number(measure.value, digits) + unit
    if measure.low is not None and measure.high is not None:
        shown += f" (95% interval {number(measure.low, digits)} to {number(measure.high, digits)})"
    return shown


def barred(share: float, shown: object) -> Html:
    """A small bar of a share, and the words or number that say the same."""
    return join(meter(share), tag("span", shown, class_="share"))


def share_cell(share: float) -> Cell:
    """A cell with a share in percent and its bar."""
    return Cell(barred(share, percent(share)), share, numeric=True)


def meter(share: float) -> Html:
    """A small bar of a share from 0 to 1; the number beside it says the same."""
    width = round(min(1.0, max(0.0, share)) * 60, 1)
    return Html(
        '<svg class="meter" width="62" height="10" viewBox="0 0 62 10" aria-hidden="true" focusable="false">'
        f'<rect class="track" x="0.5" y="0.5" width="61" height="9"/><rect class="fill" x="1" y="1" width="{width}" height="8"/></svg>'
    )


def table(name: str, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, ids: Sequence[str] = (), sortable: bool = True) -> Html:
    """A table whose first cell of a row is its heading. `name` is an id, unique in the page; `ids` name the rows.

    Wider tables than the page scroll in a region of their own that the keyboard reaches.
    """
    rows = list(rows)
    head = Html("".join(f'<th scope="col"{" class=n" if column.numeric else ""}>{esc(column.name)}</th>' for column in columns))
    body = []
    for place, row in enumerate(rows):
        anchor = f' id="{esc(ids[place])}"' if ids else ""
        cells = "".join(_cell(cell, "th" if not number else "td") for number, cell in enumerate(row))
        body.append(f"<tr{anchor}>{cells}</tr>")
    mark = ' class="sortable"' if sortable and len(rows) > 1 else ""
    return Html(
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}-caption"><table{mark}><caption id="{name}-caption"><span>{esc(caption)}</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{_reasons(rows)}"
    )


def _cell(cell: Cell, name: str) -> str:
    scope = ' scope="row"' if name == "th" else ""
    value = "" if cell.value is None else f' data-v="{esc(repr(cell.value) if isinstance(cell.value, float) else cell.value)}"'
    return f"<{name}{scope}{' class=n' if cell.numeric else ''}{value}>{cell.shown}</{name}>"


def _reasons(rows: Sequence[Sequence[Cell]]) -> Html:
    """What the dashes of a table stand for, once each."""
    found: Counter[str] = Counter()
    for row in rows:
        for cell in row:
            start = cell.shown.find('class="vh"> none: ')
            if cell.value is None and start >= 0:
                found[cell.shown[start + 18 : cell.shown.index("</span>", start)]] += 1
    if not found:
        return Html("")
    listed = "; ".join(f"{reason.rstrip('.')} ({times}×)" for reason, times in found.most_common(6))
    return Html(f'<p class="how">– stands for no figure: {listed}.</p>')


def listing(entries: Iterable[object], empty: str) -> Html:
    """A list, or a sentence where it is empty."""
    items = [tag("li", entry) for entry in entries]
    return tag("ul", *items) if items else tag("p", empty)


def link(target: str, shown: object) -> Html:
    """A link to a place in the page."""
    return tag("a", shown, href=f"#{target}")


def plural(many: int, one: str, more: str = "") -> str:
    """A number with its noun."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"
