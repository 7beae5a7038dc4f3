"""Attacks as data, a file a theme: what a student plants in a submission, what it may earn at most, and what the grader is told.

The attacker answers every exercise rightly but one, so that both gaining and losing would show. `EARNED` is what that is honestly worth.
Attacks of code stand in `attacks.code`, those of downloaded archives in `attacks.archives`, those on exported tables in `attacks.exports`.
"""

from attacks.planted import ATTACKS, EARNED, ITEM, NONE, WRONG_ANSWER, Attack

for theme in ("answers", "files", "names", "notebook", "metadata", "output"):
    __import__(f"attacks.{theme}")

__all__ = ["ATTACKS", "EARNED", "ITEM", "NONE", "WRONG_ANSWER", "Attack"]
