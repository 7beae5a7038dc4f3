"""The claim as data: professional (CMS-1500, 837P) and institutional (UB-04, 837I), frozen and bounded.

A claim here may be *wrong*: an NPI without its check digit, a pointer to no diagnosis, a code that is no code. The model
refuses only what the form itself could not hold; everything else is for `medcoding.claims.edits` to say.
"""

from medcoding.claims.model.base import ClaimError, Money
from medcoding.claims.model.claim import Claim
from medcoding.claims.model.fields import ClaimField, field_at, fields, where
from medcoding.claims.model.institutional import (
    Institutional,
    Occurrence,
    OccurrenceSpan,
    Procedure,
    RevenueLine,
    ValueCode,
)
from medcoding.claims.model.parties import Address, Coverage, Patient, Payer, Person, Provider
from medcoding.claims.model.paths import changed, paths, removes, value_at
from medcoding.claims.model.professional import Accident, Professional, ServiceLine
from medcoding.claims.model.services import Diagnosis, Drug, Line
from medcoding.claims.model.tagged import AnyClaim

__all__ = [
    "Accident",
    "Address",
    "AnyClaim",
    "Claim",
    "ClaimError",
    "ClaimField",
    "Coverage",
    "Diagnosis",
    "Drug",
    "Institutional",
    "Line",
    "Money",
    "Occurrence",
    "OccurrenceSpan",
    "Patient",
    "Payer",
    "Person",
    "Procedure",
    "Professional",
    "Provider",
    "RevenueLine",
    "ServiceLine",
    "ValueCode",
    "changed",
    "field_at",
    "fields",
    "paths",
    "removes",
    "value_at",
    "where",
]
