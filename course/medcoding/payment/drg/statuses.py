"""Patient discharge statuses of an inpatient claim, and which of them make a discharge a transfer.

The two-digit codes are those of the UB-04 (form locator 17), kept by the National Uniform Billing Committee; what stands
here is a paraphrase. `STATUSES` holds the 36 that the Medicare Code Editor accepts on an inpatient claim (edit 16).
"""

from __future__ import annotations

from dataclasses import dataclass

ACUTE = "acute"
"""To another acute care hospital: paid by the day in every MS-DRG (42 CFR 412.4(b) and (f)(1))."""

POST_ACUTE = "post-acute"
"""To care after the acute stay: paid by the day in the MS-DRGs that Table 5 lists (42 CFR 412.4(c), (d) and (f))."""

_B1 = "42 CFR 412.4(b)(1)"
_B4 = "42 CFR 412.4(b)(4)"
_C1 = "42 CFR 412.4(c)(1)"
_C2 = "42 CFR 412.4(c)(2)"
_C3 = "42 CFR 412.4(c)(3)"
_C4 = "42 CFR 412.4(c)(4)"
_NONE = "Medicare Claims Processing Manual, chapter 3, 40.2.4"


@dataclass(frozen=True)
class Status:
    """One discharge status: `transfer` is `ACUTE`, `POST_ACUTE` or "" where it never is one; `citation` where that stands."""

    code: str
    meaning: str
    transfer: str
    citation: str


STATUSES: dict[str, Status] = {
    code: Status(code, meaning, transfer, citation)
    for code, meaning, transfer, citation in (
        ("01", "home or self-care", "", _NONE),
        ("02", "another acute care hospital", ACUTE, _B1),
        ("03", "a Medicare-certified skilled nursing facility", POST_ACUTE, _C2),
        ("04", "custodial or supportive care", "", _NONE),
        ("05", "a cancer center or children's hospital", POST_ACUTE, _C1),
        ("06", "home with home health care", POST_ACUTE, _C3),
        ("07", "left against medical advice", "", _NONE),
        ("20", "died", "", "42 CFR 412.4(a)(2)"),
        ("21", "court or law enforcement", "", _NONE),
        ("30", "still a patient", "", _NONE),
        ("43", "a federal hospital", "", _NONE),
        ("50", "hospice at home", POST_ACUTE, _C4),
        ("51", "hospice in a facility", POST_ACUTE, _C4),
        ("61", "a swing bed in this hospital", "", _NONE),
        ("62", "an inpatient rehabilitation facility or unit", POST_ACUTE, _C1),
        ("63", "a long-term care hospital", POST_ACUTE, _C1),
        ("64", "a nursing facility certified for Medicaid only", "", _NONE),
        ("65", "a psychiatric hospital or unit", POST_ACUTE, _C1),
        ("66", "a critical access hospital", ACUTE, _B4),
        ("69", "an alternative care site in a disaster", "", _NONE),
        ("70", "another kind of institution", "", _NONE),
        ("81", "home, readmission planned", "", _NONE),
        ("82", "another acute care hospital, readmission planned", ACUTE, _B1),
        ("83", "a skilled nursing facility, readmission planned", POST_ACUTE, _C2),
        ("84", "custodial or supportive care, readmission planned", "", _NONE),
        ("85", "a cancer center or children's hospital, readmission planned", POST_ACUTE, _C1),
        ("86", "home with home health care, readmission planned", POST_ACUTE, _C3),
        ("87", "court or law enforcement, readmission planned", "", _NONE),
        ("88", "a federal hospital, readmission planned", "", _NONE),
        ("89", "a swing bed, readmission planned", "", _NONE),
        ("90", "an inpatient rehabilitation facility, readmission planned", POST_ACUTE, _C1),
        ("91", "a long-term care hospital, readmission planned", POST_ACUTE, _C1),
        ("92", "a nursing facility certified for Medicaid only, readmission planned", "", _NONE),
        ("93", "a psychiatric hospital or unit, readmission planned", POST_ACUTE, _C1),
        ("94", "a critical access hospital, readmission planned", ACUTE, _B4),
        ("95", "another kind of institution, readmission planned", "", _NONE),
    )
}
