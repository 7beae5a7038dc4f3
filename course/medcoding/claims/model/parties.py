"""Who is on a claim: patient, insured person, payer, providers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from medcoding.claims.model.base import Day, Digits, Model, Money, Short, Symbol, Text


class Address(Model):
    """Street, city, two-letter state, ZIP code of five or nine digits."""

    street: Text = ""
    city: Text = ""
    state: Symbol = ""
    zip: Symbol = ""


class Person(Model):
    """Someone's name, date of birth, sex and address. `sex` is F, M or U (unknown), empty where nobody asks."""

    last: Text
    first: Text = ""
    middle: Text = ""
    birth_date: Day | None = None
    sex: Literal["F", "M", "U", ""] = ""
    address: Address = Address()
    phone: Digits = ""

    @property
    def name(self) -> str:
        """Last, first, middle, as both forms ask for it."""
        return ", ".join(part for part in (self.last, self.first, self.middle) if part)


class Patient(Person):
    """The person who was treated. `record_number` is the provider's own number for the record (UB-04 FL 3b)."""

    record_number: Short = ""

    def age_on(self, date: dt.date) -> int | None:
        """Completed years on a date; None without a date of birth, or before it."""
        born = self.birth_date
        if born is None or date < born:
            return None
        return date.year - born.year - ((date.month, date.day) < (born.month, born.day))


class Provider(Model):
    """A practice, facility or clinician. `name` is an organisation's name, or the last name where `first` is given.

    `tax_id` is nine digits; `tax_id_kind` says whether it is an employer's number (EI) or a Social Security number (SY).
    """

    name: Text
    first: Text = ""
    npi: Symbol = ""
    tax_id: Symbol = ""
    tax_id_kind: Literal["EI", "SY"] = "EI"
    taxonomy: Symbol = ""
    address: Address = Address()
    phone: Digits = ""

    @property
    def is_person(self) -> bool:
        """Whether it is a clinician and not an organisation (837: NM102 is 1, not 2)."""
        return bool(self.first)


class Payer(Model):
    """Who is asked to pay. `payer_id` is the number that the payer gave itself for electronic claims."""

    name: Text
    payer_id: Short = ""
    address: Address = Address()


class Coverage(Model):
    """One insurance of the patient, in the order in which the payers pay.

    `filing` is the kind of payer (837 SBR09): MB and MA Medicare Part B and A, MC Medicaid, CH TRICARE, CI commercial,
    BL Blue Cross Blue Shield, HM managed care, WC workers' compensation, 16 Medicare Advantage. `relationship` is the
    patient's to the insured person: 18 self, 01 spouse, 19 child, G8 other. `insured` is None where patient and insured
    are one person. `paid` is what this payer has paid already, None where it has not been asked.
    """

    payer: Payer
    filing: Symbol = "CI"
    member_id: Short = ""
    group_number: Short = ""
    plan_name: Text = ""
    relationship: Symbol = "18"
    insured: Person | None = None
    authorization: Short = ""
    paid: Money | None = None

    @property
    def medicare(self) -> bool:
        """Whether this is Original Medicare, Part A or B."""
        return self.filing in ("MA", "MB")

    @property
    def paid_or_zero(self) -> Decimal:
        """What this payer has paid, 0 where it has not been asked."""
        return self.paid if self.paid is not None else Decimal("0.00")
