"""`mock`: a timed exam by a blueprint, drawn from the practice exercises that are at hand. Never graded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medcoding.learning import blueprints
from medcoding.learning.blueprints import BlueprintProblem
from medcoding.learning.paper import SeedProblem, checked_seed
from medcoding.widgets.copies import has_kernel, show, show_live
from medcoding.widgets.mock_desk import Desk
from medcoding.widgets.places import execution
from medcoding.widgets.problems import NoSuchPaper


def mock(blueprint: str | Mapping[str, Any] = "cpc", seed: int = 1) -> None:
    """Show a mock exam: start it, answer under a clock, hand in, read the report. Never graded.

    The same call goes on with a sitting that has begun, also in a new kernel, and shows the report of one that is over.

    Args:
        blueprint: "cpc", "cca" or "ccs"; or a paper of your own, such as
            {"domains": {"P14": 5, "P16": 3}, "minutes": 12, "pass": 70} (see docs/mock.md).
        seed: which draw. Each draws other exercises, as far as there are others, and is the same on every machine.

    Raises:
        NoSuchPaper: there is no such paper, the blueprint is not sound, or the seed is no whole number from 1 on.
        WhoAreYou: an exercise has variants, and nobody has told yet whose is to be shown: see `identify`.
    """
    if execution() is not None:
        print("Mock exam: not graded.")
        return
    try:
        desk = Desk(Path.cwd(), blueprints.blueprint(blueprint), checked_seed(seed))
    except (BlueprintProblem, SeedProblem) as problem:
        raise NoSuchPaper(str(problem)) from None
    if not has_kernel():
        show({"text/plain": said(desk)})
        return
    from medcoding.widgets.mock_view import MockView

    view = MockView(desk)
    show_live(view, "mock", said(desk))


def said(desk: Desk) -> str:
    """A mock exam in words: what it is, where it stands, or what it came to."""
    from medcoding.widgets.mock_page import heading, start_text
    from medcoding.widgets.mock_report import report_text, span

    sitting = desk.sitting
    if sitting is None:
        text = f"{start_text(desk.paper)}\nRun this cell in a notebook to start it."
    elif sitting.handed is not None:
        text = report_text(desk)
    else:
        answered = sum(desk.state_of(number) == "answered" for number in range(len(sitting.seats)))
        text = f"Mock exam: {heading(desk.paper)}. {answered} of {len(sitting.seats)} seats answered, {span(sitting.left)} left. Run this cell to go on."
    return f"{desk.alert}\n{text}" if desk.alert else text
