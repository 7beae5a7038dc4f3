"""A provider's ledger: charges, and remittances posted to them, to the cent.

Every account's charge lies in four places, and postings only move it between them: *open* with the payers, *paid*, *written off*,
and the *patient's*. So charge = paid + written off + patient + open at any moment.

What an adjustment moves follows from its group and reason (`data/remit_reasons.yaml`): PR to the patient; contract, law and
withholding to the write-offs; a denial nowhere, because somebody must work it first; what an earlier payer did nowhere either,
because it was posted from that payer's own remittance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from medcoding.claims.reasons import Reason, reason, said
from medcoding.claims.x12 import balance
from medcoding.claims.x12.remittance import REVERSAL, Adjustment, RemitClaim, RemitLine, Remittance
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.claims.model import Claim

ZERO = Decimal("0.00")
EARLIER_PAYER = "23"
"""The reason that stands for what earlier payers did; a decision that has it comes from a later payer."""


class Place(StrEnum):
    """Where money of an account lies."""

    OPEN = "open"
    PAID = "paid"
    WRITTEN_OFF = "written off"
    PATIENT = "patient"


class LedgerError(ValueError):
    """A posting that cannot be made; the ledger is as it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Money moved from one place to another; a negative amount moves it back. `line` counts from 1, 0 for the whole claim.

    `code` is the number of the reason where an adjustment moved it.
    """

    date: dt.date | None
    source: Place
    target: Place
    amount: Decimal
    why: str
    line: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Denial:
    """An amount that the payer refused and nobody has worked yet. `line` counts from 1, 0 for the whole claim."""

    control_number: str
    payer: str
    payer_number: str
    group: str
    code: str
    amount: Decimal
    line: int = 0
    service: str = ""
    service_date: dt.date | None = None
    decided: dt.date | None = None
    remarks: tuple[str, ...] = ()
    filing: str = ""

    @property
    def reason(self) -> Reason:
        """What the number means and what a coder does about it."""
        return reason(self.code)

    def __str__(self) -> str:
        what = f"line {self.line}" if self.line else "the claim"
        return f"{self.control_number}, {what}: ${self.amount:,.2f} refused. {said(self.group, self.code)}. {self.reason.do[:1].upper()}{self.reason.do[1:]}."


@dataclass
class Account:
    """One claim's money. `charge` is what was billed; each place holds its part, the patient's below zero where it was paid ahead.

    `share` is what the last decision gave to the patient, `decisions` how many decisions stand.
    """

    control_number: str
    charge: Decimal
    places: dict[Place, Decimal] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    decisions: int = 0
    share: Decimal = ZERO

    def __post_init__(self) -> None:
        if not self.places:
            self.places = dict.fromkeys(Place, ZERO)
            self.places[Place.OPEN] = self.charge

    @property
    def open(self) -> Decimal:
        """What nobody has paid and nobody has given up: refused, or not decided yet."""
        return self.places[Place.OPEN]

    @property
    def paid(self) -> Decimal:
        """What payers and the patient have paid."""
        return self.places[Place.PAID]

    @property
    def written_off(self) -> Decimal:
        """What contract, law or the provider's own decision has taken off."""
        return self.places[Place.WRITTEN_OFF]

    @property
    def patient(self) -> Decimal:
        """What the patient owes; below zero what the patient is owed."""
        return self.places[Place.PATIENT]

    @property
    def withheld(self) -> Decimal:
        """The part of the write-offs that was taken off the payment itself, as sequestration."""
        return sum((one.amount for one in self.entries if one.code and reason(one.code).kind == "withheld" and one.target is Place.WRITTEN_OFF), ZERO)

    def move(self, entry: Entry) -> None:
        """Move money from one place to another."""
        self.places[entry.source] -= entry.amount
        self.places[entry.target] += entry.amount
        self.entries.append(entry)

    def settle_denials(self, found: Sequence[Denial]) -> None:
        """Keep `found`, newest first, as long as so much is open."""
        self.denials, left = [], self.open
        for one in found:
            if one.amount <= left:
                self.denials.append(one)
                left -= one.amount


class Ledger:
    """Accounts by control number, and what was posted to them.

        ledger = Ledger()
        ledger.bill(claim)                       # optional: an unknown account is opened by its remittance
        findings = ledger.post(remittance)       # what did not add up, or looks wrong
        ledger["BHO-1001"].open
    """

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.provider_adjusted = ZERO
        self.received = ZERO
        self._posted: set[tuple[str, str]] = set()

    def __getitem__(self, control_number: str) -> Account:
        try:
            return self.accounts[control_number]
        except KeyError:
            raise LedgerError(f"No account {control_number[:40]!r}: bill the claim, or post a remittance that decides it.") from None

    def __contains__(self, control_number: object) -> bool:
        return control_number in self.accounts

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts.values())

    def bill(self, claim: Claim) -> Account:
        """Open an account with a claim's charge; what the patient has paid already counts ahead.

        Raises:
            LedgerError: there is an account of that number.
        """
        if claim.control_number in self.accounts:
            raise LedgerError(f"The account {claim.control_number} is open already: a replacement claim keeps its account.")
        account = self.accounts[claim.control_number] = Account(claim.control_number, claim.charge)
        if claim.patient_paid:
            account.move(Entry(claim.submitted, Place.PATIENT, Place.PAID, claim.patient_paid, "paid by the patient at the visit"))
        return account

    def post(self, remittance: Remittance) -> list[Finding]:
        """Post every claim that adds up; return what does not, and what looks wrong.

        A claim out of balance, or of another charge than was billed, is not posted. Raises `LedgerError` for a check that was
        posted before; nothing is posted then.
        """
        key = (remittance.payer, remittance.trace_number)
        if key in self._posted:
            raise LedgerError(f"{remittance.payer}'s payment {remittance.trace_number} was posted before.")
        found: list[Finding] = []
        for claim in remittance.claims:
            found += self._post(claim, remittance)
        found += [one for one in balance.check(remittance) if one.rule == "check-balance"]
        self._posted.add(key)
        self.received += remittance.amount if remittance.credit else -remittance.amount
        self.provider_adjusted += remittance.adjusted
        return found

    def _post(self, claim: RemitClaim, remittance: Remittance) -> list[Finding]:
        found = balance.check_claim(claim)
        if any(one.severity is Severity.ERROR for one in found):
            return found
        account = self.accounts.get(claim.control_number)
        if account is None:
            if claim.status == REVERSAL:
                return [*found, _finding("reversal-of-nothing", f"{claim.control_number}: an earlier payment is taken back, but none stands.", claim)]
            account = self.accounts[claim.control_number] = Account(claim.control_number, claim.charge)
        if abs(claim.charge) != account.charge:
            message = f"{claim.control_number}: ${account.charge:,.2f} was billed, but the payer decided on ${claim.charge:,.2f}; nothing was posted."
            return [*found, _finding("charge-differs", message, claim)]
        if claim.status == REVERSAL and not account.decisions:
            return [*found, _finding("reversal-of-nothing", f"{claim.control_number}: an earlier payment is taken back, but none stands.", claim)]
        later = account.decisions > 0 and claim.status != REVERSAL
        if later and not any(one.reason == EARLIER_PAYER for _, one in claim.every_adjustment()):
            message = f"{claim.control_number}: decided before; without a reversal, or a line for the earlier payer (OA 23), this would count twice. Nothing was posted."
            return [*found, _finding("decided-twice", message, claim)]
        if later and account.share:
            account.move(Entry(remittance.payment_date, Place.PATIENT, Place.OPEN, account.share, "the next payer decides on the patient's share"))
        for entry in _entries(claim, remittance):
            account.move(entry)
        if claim.status == REVERSAL:
            account.decisions, account.share = account.decisions - 1, account.share + claim.total("PR")
            account.settle_denials(())
        else:
            account.decisions, account.share = account.decisions + 1, claim.total("PR")
            account.settle_denials([*_denials(claim, remittance), *account.denials])
        return found

    def collect(self, control_number: str, amount: Decimal, date: dt.date | None = None) -> None:
        """A payment by the patient. Raises `LedgerError` where more is paid than is owed."""
        account = self[control_number]
        if not ZERO < amount <= account.patient:
            raise LedgerError(f"{control_number}: the patient owes ${account.patient:,.2f}; ${amount:,.2f} cannot be collected.")
        account.move(Entry(date, Place.PATIENT, Place.PAID, amount, "paid by the patient"))

    def write_off(self, control_number: str, amount: Decimal, why: str, date: dt.date | None = None) -> None:
        """Give up an open amount, as after a denial that holds. Raises `LedgerError` where less is open."""
        account = self[control_number]
        if not ZERO < amount <= account.open:
            raise LedgerError(f"{control_number}: ${account.open:,.2f} is open; ${amount:,.2f} cannot be written off.")
        account.move(Entry(date, Place.OPEN, Place.WRITTEN_OFF, amount, why))
        account.settle_denials(account.denials)

    @property
    def denials(self) -> list[Denial]:
        """Every refusal that is still open, in the order of the accounts."""
        return [denial for account in self for denial in account.denials]

    def total(self, place: Place) -> Decimal:
        """The sum of all accounts at one place."""
        return sum((account.places[place] for account in self), ZERO)


def _each(claim: RemitClaim) -> Iterator[tuple[int, RemitLine | None, Adjustment]]:
    for one in claim.adjustments:
        yield 0, None, one
    for place, line in enumerate(claim.lines, 1):
        for one in line.adjustments:
            yield place, line, one


def _entries(claim: RemitClaim, remittance: Remittance) -> Iterator[Entry]:
    day = remittance.payment_date
    if claim.paid:
        yield Entry(day, Place.OPEN, Place.PAID, claim.paid, f"{remittance.payer}, {remittance.trace_number}")
    for place, _, one in _each(claim):
        target = destination(one)
        if target is not Place.OPEN and one.amount:
            yield Entry(day, Place.OPEN, target, one.amount, f"{one.group} {one.reason}", place, one.reason)


def destination(adjustment: Adjustment) -> Place:
    """Where an adjustment moves its amount; `Place.OPEN` where it moves nothing."""
    if adjustment.group == "PR":
        return Place.PATIENT
    return Place.WRITTEN_OFF if reason(adjustment.reason).kind in ("contract", "withheld") else Place.OPEN


def _denials(claim: RemitClaim, remittance: Remittance) -> Iterator[Denial]:
    for place, line, one in _each(claim):
        if one.group != "PR" and reason(one.reason).denial and one.amount > 0:
            yield Denial(
                claim.control_number, remittance.payer, claim.payer_number, one.group, one.reason, one.amount, place, line.code if line else "",
                (line.start if line else None) or claim.start, remittance.payment_date, line.remarks if line else claim.remarks, claim.filing,
            )  # fmt: skip


def _finding(rule: str, message: str, claim: RemitClaim) -> Finding:
    return Finding(severity=Severity.ERROR, rule=rule, message=message, codes=(claim.control_number,))


def post(remittances: Sequence[Remittance]) -> tuple[Ledger, list[Finding]]:
    """A new ledger with remittances posted in their order, and the findings."""
    ledger = Ledger()
    return ledger, [finding for one in remittances for finding in ledger.post(one)]
