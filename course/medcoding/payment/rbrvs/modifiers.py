"""What each modifier does to a physician fee, read from `data/rbrvs_modifiers.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from medcoding.payment.rbrvs.fee import shares
from medcoding.payment.rbrvs.teaching_table import PARTS
from medcoding.payment.steps import ONE, ZERO, Number, PaymentInputError, Priced, Step, cents, exact, figure
from medcoding.payment.tables import read

BOTH_SIDES, EACH_SIDE = Decimal("1.5"), Decimal(2)
"""Payment for two sides: 150 % of one for surgery, 100 % of each for imaging (CMS Claims Processing Manual ch. 12 §40.7)."""

TWO_SURGEONS = Decimal("0.625")
"""The share of each of two surgeons (CMS Claims Processing Manual ch. 12 §40.8)."""


@dataclass(frozen=True)
class Rule:
    """What one modifier does: its name, the kind of rule, the share or the parts that it pays, and where it stands."""

    modifier: str
    name: str
    kind: str
    group: str
    citation: str
    share: Decimal | None = None
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Every modifier that changes a price, by its two characters."""
    found = {}
    for modifier, row in read("rbrvs_modifiers").items():
        share = Decimal(str(row["share"])) if "share" in row else None
        parts = tuple(row.get("parts", ()))
        found[modifier] = Rule(modifier, row["name"], row["kind"], row["group"], row["citation"], share, parts)
    return found


def clean(modifiers: str | Iterable[str]) -> tuple[str, ...]:
    """Modifiers in upper case, each once. Raises `PaymentInputError` for what is no modifier or for two that exclude each other."""
    given = [modifiers] if isinstance(modifiers, str) else list(modifiers)
    found: list[str] = []
    for one in given:
        text = one.strip().upper() if isinstance(one, str) else ""
        if len(text) != 2 or not text.isascii() or not text.isalnum():
            raise PaymentInputError(f"{str(one)[:20]!r} is no modifier: two letters or digits were expected, such as '50' or 'AS'.")
        if text not in found:
            found.append(text)
    if "AS" in found:  # AS stands beside 80, 81 or 82 on a claim and says who assists
        found = [one for one in found if one not in ("80", "81", "82")]
    if {"26", "TC"} <= set(found):
        raise PaymentInputError("26 and TC together are the whole service: leave both away, or keep the one that was done.")
    _conflict(found)
    return tuple(found)


def _conflict(found: list[str]) -> None:
    seen: dict[str, str] = {}
    for one in found:
        rule = rules().get(one)
        if rule is None:
            continue
        if rule.group in seen:
            other = rules()[seen[rule.group]]
            raise PaymentInputError(
                f"{other.modifier} ({other.name}) and {one} ({rule.name}) do not go together on one line: keep the one that was done."
            )
        seen[rule.group] = one


@dataclass(frozen=True)
class Terms:
    """What a service says about its modifiers: how two sides pay, the shares of its global package, and who may take part.

    `sides` is what two sides pay as a multiple of one, None where there are none. `parts` holds the shares before, during
    and after. `stopped` is the share of a service stopped early. `assistant` and `team`: whether Medicare may pay them.
    """

    title: str = "this service"
    sides: Decimal | None = BOTH_SIDES
    parts: Mapping[str, Decimal] | None = None
    stopped: Decimal | None = None
    assistant: bool = True
    team: bool = True


def adjust(
    amount: Number,
    *modifiers: str,
    split: tuple[Number, Number, Number] | None = None,
    stopped: Number | None = None,
    share: Number | None = None,
) -> Priced:
    """What an amount becomes with modifiers, each as a step: 50, 52, 53, 54, 55, 56, 62, 66, 78, 80, 81, 82, AS.

    `split` gives the shares of the global package before, during and after surgery (for 54, 55, 56, 78); `stopped` the share
    of a service that was stopped (53); `share` what the contractor allows by report (52, 66).

    Source: CMS Claims Processing Manual ch. 12, the section of each rule in its step. Raises `PaymentInputError`.
    """
    parts = None
    if split is not None:
        parts = {name: exact(value, f"the share {name}", most=1) for name, value in zip(PARTS, split, strict=True)}
        if sum(parts.values()) != ONE:
            raise PaymentInputError(f"The shares {split} add up to {sum(parts.values())}: 1 was expected.")
    terms = Terms(parts=parts, stopped=None if stopped is None else exact(stopped, "stopped", most=1))
    start = cents(exact(amount, "amount"))
    found, steps, notes = apply(start, clean(modifiers), terms, share)
    first = Step("Amount", "the fee schedule amount", start)
    return Priced("Amount with " + (", ".join(modifiers) or "no modifier"), found, (first, *steps), notes)


def both_sides(amount: Decimal, modifiers: tuple[str, ...], terms: Terms) -> tuple[Decimal, tuple[Step, ...]]:
    """An amount with modifier 50, which is applied before several procedures are ranked (ch. 12 §40.7)."""
    if "50" not in modifiers:
        return amount, ()
    if terms.sides is None:
        raise PaymentInputError(f"50 (both sides) does not fit {terms.title}: it has no sides. Take the modifier away.")
    said = "both sides in one session" if terms.sides == BOTH_SIDES else "each side in full"
    found, step = shares(amount, terms.sides, said, "Both sides (50)", rules()["50"].citation)
    return found, (step,)


def apply(
    amount: Decimal, modifiers: tuple[str, ...], terms: Terms, share: Number | None = None, sides: bool = True
) -> tuple[Decimal, tuple[Step, ...], tuple[str, ...]]:
    """The amount after every modifier, its steps, and remarks on modifiers that change nothing.

    `modifiers` come from `clean`. With `sides` false, 50 was applied before. Raises `PaymentInputError`.
    """
    steps: list[Step] = []
    if sides:
        amount, first = both_sides(amount, modifiers, terms)
        steps += first
    idle = [one for one in modifiers if one not in rules() and one not in ("26", "TC")]
    for rule in (rules()[one] for one in modifiers if one in rules() and one != "50"):
        part, said, citation = _share_of(rule, terms, share)
        amount, step = shares(amount, part, said, f"{rule.name[0].upper()}{rule.name[1:]} ({rule.modifier})", citation)
        steps.append(step)
    notes = [f"{', '.join(idle)} {'does' if len(idle) == 1 else 'do'} not change the price."] if idle else []
    if "22" in idle:
        notes.append("22 asks the contractor for more than the fee: the amount here is the usual one.")
    return amount, tuple(steps), tuple(notes)


def _share_of(rule: Rule, terms: Terms, share: Number | None) -> tuple[Decimal, str, str]:
    """The share that one rule pays, with words and its place."""
    name = f"{rule.modifier} ({rule.name})"
    if rule.kind == "share":
        if rule.modifier == "62" and not terms.team:
            raise PaymentInputError(f"{name} does not fit {terms.title}: Medicare pays no second surgeon for it.")
        return rule.share or ZERO, "each of the two", rule.citation
    if rule.kind == "assistant":
        if not terms.assistant:
            raise PaymentInputError(f"{name} does not fit {terms.title}: Medicare pays no assistant at this surgery.")
        if rule.modifier != "AS":
            return figure("assistant-at-surgery-share"), "of the fee for the surgery", rule.citation
        both = figure("assistant-at-surgery-share") * figure("nonphysician-share")
        return both, "85 % of the 16 % of a physician who assists", rule.citation
    if rule.kind == "part":
        if terms.parts is None:
            raise PaymentInputError(f"{name} splits a global package, and {terms.title} has none: take it away, or give `split`.")
        said = " and ".join(f"{part} surgery" for part in rule.parts)
        return sum((terms.parts[part] for part in rule.parts), ZERO), f"the share {said}", rule.citation
    if rule.kind == "stopped" and terms.stopped is not None:
        return terms.stopped, "stopped early", rule.citation
    if share is None:
        raise PaymentInputError(
            f"{name} has no share fixed by Medicare for {terms.title}: its contractor decides by report. Give `share`, such as 0.5."
        )
    return exact(share, "share", most=1), "by report, as given", rule.citation


