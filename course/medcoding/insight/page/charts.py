"""Charts as SVG made by hand: no script, colours from the page's style, each with a title and a text that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medcoding.insight.page.markup import Html, esc

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 300, 52, 44, 16, 12


@dataclass(frozen=True)
class Point:
    """A point of a scatter chart, in the units of its axes. `marked` ones stand out and carry their label."""

    x: float
    y: float
    label: str
    marked: bool = False


def svg(name: str, title: str, told: str, body: str, height: int = HEIGHT) -> Html:
    """An SVG image with title and description."""
    return Html(
        f'<figure class="chart"><div class="scroll" role="region" tabindex="0" aria-label="Chart: {esc(title)}">'
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" aria-labelledby="{name}-t" aria-describedby="{name}-d">'
        f'<title id="{name}-t">{esc(title)}</title><desc id="{name}-d">{esc(told)}</desc>{body}</svg></div>'
        f"<figcaption>{esc(told)}</figcaption></figure>"
    )


def histogram(name: str, title: str, told: str, counts: Sequence[int], labels: Sequence[str], x_name: str, y_name: str, mean: float | None = None) -> Html:
    """Bars side by side with their counts; `mean` (0 to 1 of the width) is a dashed line."""
    top = max(1, *counts)
    inner, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = inner / len(counts)
    body = [_line(LEFT, TOP + high, WIDTH - RIGHT, TOP + high, "axis")]
    for place, value in enumerate(counts):
        tall = high * value / top * 0.92
        x, y = LEFT + place * step, TOP + high - tall
        body.append(f'<rect class="bar" x="{x + 3:.1f}" y="{y:.1f}" width="{step - 6:.1f}" height="{tall:.1f}"/>')
        body.append(_text(x + step / 2, y - 4, str(value), "middle"))
        body.append(_text(x + step / 2, TOP + high + 16, labels[place], "middle"))
    if mean is not None:
        at = LEFT + inner * min(1.0, max(0.0, mean))
        body.append(_line(at, TOP, at, TOP + high, "mean"))
        body.append(_text(at + (4 if mean < 0.85 else -4), TOP + 10, "mean", "start" if mean < 0.85 else "end"))
    body.append(_text(LEFT + inner / 2, HEIGHT - 8, x_name, "middle"))
    body.append(_side(y_name))
    return svg(name, title, told, "".join(body))


def scatter(name: str, title: str, told: str, points: Sequence[Point], x_name: str, y_name: str, lines: Sequence[float] = ()) -> Html:
    """Points over axes from 0 to 1 (x) and -0.5 to 1 (y); `lines` are levels across. Marked points are diamonds, so that colour is not the only sign."""
    inner, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def spot(x: float, y: float) -> tuple[float, float]:
        return LEFT + inner * min(1.0, max(0.0, x)), TOP + high * (1 - (min(1.0, max(-0.5, y)) + 0.5) / 1.5)

    body = []
    for y in (-0.5, 0.0, 0.5, 1.0):
        _, at = spot(0, y)
        body += [_line(LEFT, at, WIDTH - RIGHT, at, "grid"), _text(LEFT - 6, at + 4, f"{y:g}".replace("-", "−"), "end")]
    for x in (0.0, 0.25, 0.5, 0.75, 1.0):
        at, _ = spot(x, 0)
        body.append(_text(at, TOP + high + 16, f"{x:g}", "middle"))
    for y in lines:
        _, at = spot(0, y)
        body.append(_line(LEFT, at, WIDTH - RIGHT, at, "mean"))
    for point in sorted(points, key=lambda one: one.marked):
        x, y = spot(point.x, point.y)
        if point.marked:
            body.append(f'<path class="marked" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>')
            body.append(_text(x + 8, y + 4, point.label, "start"))
        else:
            body.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
    body += [_text(LEFT + inner / 2, HEIGHT - 8, x_name, "middle"), _side(y_name)]
    return svg(name, title, told, "".join(body))


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{esc(text)}</text>'


def _side(text: str) -> str:
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    return f'<text transform="translate(14 {middle:.0f}) rotate(-90)" text-anchor="middle">{esc(text)}</text>'
