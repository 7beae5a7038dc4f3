"""How far graders agree who marked the same answers: a table of kappas by criterion, item and pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from medcoding.grading.audit.kappa import Kappa, kappa, stratified
from medcoding.grading.audit.marks import Marked, by_answer


@dataclass(frozen=True)
class Agreement:
    """The agreement of two graders on one criterion, on the points of one item, or over all items.

    `item` is empty for all of them; `criterion` is empty for an item's points. `same` is the share of equal marks.
    """

    graders: tuple[str, str]
    item: str
    criterion: str
    same: float
    plain: Kappa
    linear: Kappa
    quadratic: Kappa


def agreements(marked: Sequence[Marked]) -> list[Agreement]:
    """For each two graders who marked the same texts: each criterion, each item's points, and both pooled over all items.

    Pooled figures weight each table by its size (Barlow, Lai and Azen 1991); they do not mix the scales of different criteria.
    """
    texts = by_answer(marked)
    graders = sorted({one.grader for one in marked})
    found: list[Agreement] = []
    for pair in combinations(graders, 2):
        both = [(one, other) for own in texts.values() if (one := _of(own, pair[0])) and (other := _of(own, pair[1])) and one.texts == other.texts]
        if both:
            found += _of_pair(pair, both)
    return found


def _of(own: Sequence[Marked], grader: str) -> Marked | None:
    return next((one for one in own if one.grader == grader), None)


def _of_pair(pair: tuple[str, str], both: Sequence[tuple[Marked, Marked]]) -> list[Agreement]:
    rows: list[Agreement] = []
    for item in sorted({one.cell for one, _ in both}):
        own = [(one, other) for one, other in both if one.cell == item]
        for texts in dict.fromkeys(one.texts for one, _ in own):  # several only where a rubric was changed
            same_rubric = [(one, other) for one, other in own if one.texts == texts]
            for number, text in enumerate(texts if len(texts) > 1 else ()):
                rows.append(_row(pair, item, text, [(one.points[number], other.points[number]) for one, other in same_rubric]))
            rows.append(_row(pair, item, "", [(one.total, other.total) for one, other in same_rubric]))
    totals = [row for row in rows if not row.criterion]
    criteria = [row for row in rows if row.criterion]
    if len(totals) > 1:
        rows.append(_pooled(pair, "", totals))
    if criteria:
        rows.append(_pooled(pair, "all criteria", criteria))
    return rows


def _row(pair: tuple[str, str], item: str, criterion: str, marks: Sequence[tuple[float, float]]) -> Agreement:
    same = sum(one == other for one, other in marks) / len(marks)
    return Agreement(pair, item, criterion, same, kappa(marks), kappa(marks, "linear"), kappa(marks, "quadratic"))


def _pooled(pair: tuple[str, str], criterion: str, rows: Sequence[Agreement]) -> Agreement:
    n = sum(row.plain.n for row in rows)
    same = sum(row.same * row.plain.n for row in rows) / n
    parts = [stratified([getattr(row, name) for row in rows]) for name in ("plain", "linear", "quadratic")]
    return Agreement(pair, "", criterion, same, *parts)


def table(found: Sequence[Agreement]) -> list[list[str]]:
    """Agreements as rows of text, with a head."""
    rows = [["graders", "item", "criterion", "answers", "same", "kappa (95 %)", "linear (95 %)", "quadratic (95 %)"]]
    for one in found:
        criterion = one.criterion if len(one.criterion) <= 32 else one.criterion[:31] + "…"
        rows.append([
            f"{one.graders[0]}, {one.graders[1]}", one.item or "all items", criterion or "points", str(one.plain.n), f"{one.same:.0%}",
            *(_shown(part) for part in (one.plain, one.linear, one.quadratic)),
        ])  # fmt: skip
    return rows


def _shown(part: Kappa) -> str:
    interval = part.interval()
    if part.kappa is None or interval is None:
        return "–"
    return f"{part.kappa:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"
