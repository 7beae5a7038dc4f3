"""Items, the bank that holds them, and what is published of them."""

from medcoding.items.answers import Answer, AnswersProblem, AnswerStore
from medcoding.items.bank import Bank, BankError, UnknownItem
from medcoding.items.models import Citation, Item, PublicItem
from medcoding.items.publication import Publication, PublicationStore, PublicItems, publish

__all__ = [
    "Answer",
    "AnswerStore",
    "AnswersProblem",
    "Bank",
    "BankError",
    "Citation",
    "Item",
    "PublicItem",
    "PublicItems",
    "Publication",
    "PublicationStore",
    "UnknownItem",
    "publish",
]
