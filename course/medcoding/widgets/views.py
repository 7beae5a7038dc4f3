"""The view of each form by its name, loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

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


def view_of(form: str) -> type[View]:
    """The view class of a form."""
    found: type[View] = getattr(importlib.import_module(f"medcoding.widgets.{form}"), VIEWS[form])
    return found
