"""The view of each form by its name, loaded when first used, and how one comes on display."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from medcoding.widgets.copies import LIVE, cell, show

if TYPE_CHECKING:
    from medcoding.widgets.base import View

VIEWS = {
    "choice": "ChoiceView",
    "codes": "CodesView",
    "encounter": "EncounterView",
    "match": "MatchView",
    "sort": "SortView",
    "order": "OrderView",
    "number": "NumberView",
    "wordparts": "WordPartsView",
    "pcs": "PcsView",
    "highlight": "HighlightView",
    "text": "TextView",
    "data": "DataView",
    "stay": "StayView",
    "claim": "ClaimView",
    "mdm": "MdmView",
    "review": "ReviewView",
}

_in_cell: dict[tuple[str, str], View] = {}


def view_of(form: str) -> type[View]:
    """The view class of a form."""
    found: type[View] = getattr(importlib.import_module(f"medcoding.widgets.{form}"), VIEWS[form])
    return found


def show_live(view: View, text: str) -> None:
    """Display a view as an output that is left out of the saved notebook; what the cell showed before is let go."""
    place = (cell(), str(view.item["id"]))
    if place[0]:
        before = _in_cell.pop(place, None)
        if before is not None:
            before.close()
        _in_cell[place] = view
    show(
        {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": view.model_id,
            },
            "text/plain": text,
        },
        metadata=dict(LIVE),
    )
