"""Identifiers in charts: the 18 of Safe Harbor, where they stand in a text, and the text without them.

    from medcoding.compliance import privacy
    privacy.find("Seen 4/9/2026 in Dayton, plate 7KLM")    # three spans: a date, a place, a vehicle number
    privacy.redact("Seen 4/9/2026 in Dayton, plate 7KLM")  # 'Seen [date 2026] in [place], plate [vehicle number]'

Source: 45 CFR 164.514(b)(2), 164.514(e) and 164.502(b).
"""

from __future__ import annotations

from medcoding.compliance.privacy.finding import find
from medcoding.compliance.privacy.identifiers import Identifier, UnknownKind, identifier, identifiers, listed
from medcoding.compliance.privacy.methods import METHODS, Method, may_keep, method, methods
from medcoding.compliance.privacy.necessity import Decision, Situation, UnknownSituation, necessary, situations
from medcoding.compliance.privacy.places import zip3
from medcoding.compliance.privacy.redacting import explain, redact
from medcoding.compliance.privacy.spans import Span

__all__ = [
    "METHODS", "Decision", "Identifier", "Method", "Situation", "Span", "UnknownKind", "UnknownSituation", "explain", "find",
    "identifier", "identifiers", "listed", "may_keep", "method", "methods", "necessary", "redact", "situations", "zip3",
]  # fmt: skip
