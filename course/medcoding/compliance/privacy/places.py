"""Places smaller than a state: streets, cities, counties, precincts, ZIP codes and coordinates. 45 CFR 164.514(b)(2)(i)(B).

The state may stay. Of a ZIP code the first three digits may stay where more than 20,000 people live in that area; else they become 000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medcoding.compliance.privacy.spans import Candidate
from medcoding.compliance.tables import table

STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|"
    "VA|WA|WV|WI|WY|DC|PR"
)
STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|"
    "Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|"
    "New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Puerto Rico|Rhode Island|South Carolina|"
    "South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_STATE = rf"(?:(?:{STATES})\b|(?:{STATE_NAMES})\b)"
_CAP = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]{1,24}(?:-[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]{1,24})?"
_CITY = rf"(?:(?:St|Ft|Mt)\. )?{_CAP}(?: {_CAP}){{0,2}}"
_STREET = (
    r"(?:(?:Street|Avenue|Boulevard|Road|Lane|Drive|Court|Place|Way|Circle|Terrace|Trail|Parkway|Highway|Square|Pike|Loop|Alley)\b|"
    r"(?:St|Ave|Blvd|Rd|Ln|Dr|Ct|Pl|Cir|Ter|Trl|Pkwy|Hwy|Sq)\b\.?)"
)
_ADDRESS = re.compile(
    rf"(?<![\w.-])\d{{1,6}}[A-Z]?(?: (?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?)?(?: (?:{_CAP}|\d{{1,3}}(?:st|nd|rd|th))){{1,4}}? {_STREET}"
    r"(?:,? (?:Apt|Apartment|Unit|Suite|Ste|Room|Lot|#)\.? ?#?\w{1,6})?"
)
_ROAD = re.compile(
    rf"\b(?:(?:County|State|US|Township) (?:Road|Route|Highway)|Route|Interstate|Highway) \d{{1,4}}\b|(?<![\w-]){_CAP}(?: {_CAP})? (?:Street|Avenue|Boulevard|Road|Lane|Drive|Parkway|Highway|Pike)\b"
)
_NEAR = re.compile(rf"\b(?:in|near|from|outside|around) (?P<city>{_CITY})(?=[.,;)\n]|$| (?:on|with|and|for|at|by|when|where|after|to|but|since|last)\b)")
_BOX = re.compile(r"\bP\.? ?O\.? Box \d{1,6}\b", re.IGNORECASE)
_WITH_STATE = re.compile(rf"(?<![\w-])(?P<city>{_CITY})(?:, (?P<state>{_STATE})(?P<zip>,? \d{{5}}(?:-\d{{4}})?)?| (?P<other>{_STATE})(?P<bare>,? \d{{5}}(?:-\d{{4}})?))(?![\w-])")
_COUNTY = re.compile(rf"(?<![\w-]){_CAP}(?: {_CAP}){{0,2}} (?:County|Parish|Borough|Township)\b|\b(?:[Cc]ounty|[Pp]arish|[Pp]recinct|[Ww]ard) of {_CAP}|\b[Pp]recinct \d{{1,4}}\b")
_TOWN = re.compile(rf"\b(?:city|town|village|borough|suburb|suburbs|neighborhood|hamlet) of (?P<city>{_CITY})")
_LIVES = re.compile(
    r"\b(?i:lives?|living|lived|grew up|saw|sees|met|attend(?:s|ed|ing)?|practices|stay(?:s|ed|ing)?|incarcerated|deployed|stationed|resid(?:es?|ed|ing)|residents?|native|born|raised|moved|relocated|mov(?:es|ing)|travel(?:s|ed|ing|led|ling)?|return(?:s|ed|ing)?|"
    r"seen|treated|evaluated|examined|admitted|hospitalized|transferred|brought|referred|works?|worked|employed|employer|home|house|clinic|office|visit(?:s|ed|ing)?|"
    r"vacation(?:s|ed|ing)?|school|church|farm|ambulance|crash|accident|struck|drove|driving|drives?|found)\b"
    rf"[^.;\n]{{0,40}}?\b(?:in|at|to|from|near|outside|around|toward)(?: the)?(?: city of)? (?P<city>{_CITY})(?![\w-])"
)
_ZIP_WORD = re.compile(r"\b(?:zip(?:[- ]?codes?)?|postal code|zipcode)\b[^.;\n\d]{0,40}?(?P<zip>\d{5}(?:-\d{4})?)(?![\w-])", re.IGNORECASE)
_ZIP_FOUR = re.compile(r"(?<![\w.-])\d{5}-\d{4}(?![\w-])")
_COORDINATES = re.compile(r"(?<![\w.])-?\d{1,2}\.\d{3,8},\s?-?\d{1,3}\.\d{3,8}(?![\w.])")
_STATE_ALONE = re.compile(rf"(?:{STATE_NAMES}|{STATES})")
_MARYLAND = re.compile(r"(?:MD|PA|DO)$")


@lru_cache(maxsize=1)
def _no_place() -> frozenset[str]:
    return frozenset(table("privacy_words")["no_place"])


@lru_cache(maxsize=1)
def _small() -> frozenset[str]:
    lists = table("privacy_zip3")
    return next(frozenset([*entry["small"], *entry["nobody"]]) for entry in lists["lists"] if entry["census"] == lists["in_force"])


def zip3(code: str) -> str:
    """What Safe Harbor keeps of a ZIP code: its first three digits, or "000" where 20,000 people or fewer live in that area.

    Source: 45 CFR 164.514(b)(2)(i)(B) with the 2020 Census. Raises `ValueError` unless the code has 3, 5 or 9 digits.
    """
    digits = "".join(character for character in str(code) if character in "0123456789")
    if len(digits) not in (3, 5, 9) or not re.fullmatch(r"[\d -]+", str(code).strip()):
        raise ValueError(f"{str(code)[:40]!r} is no ZIP code: 3, 5 or 9 digits were expected, such as 45402 or 45402-1133.")
    return "000" if digits[:3] in _small() else digits[:3]


def places(text: str) -> Iterator[Candidate]:
    """Candidates of the kind geographic."""
    for pattern in (_ADDRESS, _ROAD, _BOX, _COUNTY, _COORDINATES):
        for found in pattern.finditer(text):
            yield Candidate(*found.span(), "geographic", "place", 2)
    for found in _WITH_STATE.finditer(text):
        code = found["zip"] or found["bare"]
        if code:
            yield _zipped(text, found.end() - len(code.lstrip(", ")), found.end())
        start = _city_start(text, *found.span("city"))
        named = not code and _MARYLAND.match(found["state"])  # "Jane Doe, MD" is a person
        if start is not None and not named:
            yield Candidate(start, found.end("city"), "geographic", "place", 2)
    for pattern in (_TOWN, _LIVES, _NEAR):
        for found in pattern.finditer(text):
            start, end = found.span("city")
            if (end := _city_end(text, start, end)) > start and not _STATE_ALONE.fullmatch(text[start:end]):
                yield Candidate(start, end, "geographic", "place", 1 if pattern is _TOWN else 0)
    for found in _ZIP_WORD.finditer(text):
        yield _zipped(text, *found.span("zip"))
    for found in _ZIP_FOUR.finditer(text):
        yield _zipped(text, *found.span())


def _zipped(text: str, start: int, end: int) -> Candidate:
    return Candidate(start, end, "geographic", "zip", 3, zip3(text[start:end]))


def _city_start(text: str, start: int, end: int) -> int | None:
    """Where a city begins: words that are none ("Home Dayton") are passed over; None where no word is left."""
    for word in re.finditer(r"\S+", text[start:end]):
        if word.group() not in _no_place():
            return start + word.start()
    return None


def _city_end(text: str, start: int, end: int) -> int:
    """Where a city after "in" ends: before the first word that is no place. The start itself where the first word is none."""
    last = start
    for word in re.finditer(r"\S+", text[start:end]):
        if word.group().rstrip("'’s") in _no_place() or word.group() in _no_place():
            break
        last = start + word.end()
    return last
