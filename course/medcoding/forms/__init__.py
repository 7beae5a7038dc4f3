"""The forms of answering. `FORMS` holds one instance of each by its name."""

from __future__ import annotations

from typing import Any, Protocol

from medcoding.findings import Score
from medcoding.forms.base import AnswerProblem, Claim, Context, Form
from medcoding.forms.choice import Choice
from medcoding.forms.claim import Claim as ClaimForm
from medcoding.forms.codes import Codes
from medcoding.forms.data import Data
from medcoding.forms.encounter import Encounter
from medcoding.forms.highlight import Highlight
from medcoding.forms.match import Match
from medcoding.forms.mdm import Mdm
from medcoding.forms.number import Number
from medcoding.forms.order import Order
from medcoding.forms.pcs import Pcs
from medcoding.forms.review import Review
from medcoding.forms.sort import Sort
from medcoding.forms.stay import Stay
from medcoding.forms.text import Text
from medcoding.forms.wordparts import WordParts

FORMS: dict[str, Form[Any, Any]] = {
    form.name: form
    for form in (
        Choice(),
        Codes(),
        Encounter(),
        Match(),
        Sort(),
        Order(),
        Number(),
        WordParts(),
        Pcs(),
        Highlight(),
        Text(),
        Data(),
        Stay(),
        ClaimForm(),
        Mdm(),
        Review(),
    )
}


class Scorable(Protocol):
    """What `score` needs of an item."""

    @property
    def form(self) -> str: ...
    @property
    def key(self) -> Any: ...
    @property
    def context(self) -> Context: ...


def score(item: Scorable, answer: object, variant: int = 0) -> Score:
    """Score an answer, given as plain JSON data, against an item's key. Pure.

    Args:
        item: an `Item`, or anything with its form, key and context. One with `variants` gives each by `item.variant(number)`.
        answer: what the student gave, in the shape that the form declares.
        variant: which variant was answered, counted from 0; items without variants have only 0.

    Raises:
        AnswerProblem: the answer has not the declared shape, or the item has no such variant.
    """
    if getattr(item, "variants", ()):
        chosen: Scorable = item.variant(variant)  # type: ignore[attr-defined]
        return score(chosen, answer)
    if variant != 0:
        raise AnswerProblem(f"This item has no variant {variant}; it has only variant 0.")
    form = FORMS[item.form]
    return form.score(item.key, form.parse_answer(answer), item.context)


__all__ = ["FORMS", "AnswerProblem", "Claim", "Context", "Form", "Scorable", "score"]
