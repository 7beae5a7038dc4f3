"""Dates more exact than the year, and ages over 89: 45 CFR 164.514(b)(2)(i)(C).

"All elements of dates (except year)": a month alone goes as well. An age over 89, and a year of birth that shows one, become
"90 or older". A year of birth shows one if 90 years lie between it and the year in which the text is given out, or a later
one that the text names. Weekdays go too, for they are more exact than the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medcoding.compliance.privacy.spans import Candidate

OLDEST = 89
"""Ages up to this one may stay."""

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
_ONES = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_SPOKEN = (
    rf"(?:{_ONES}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|"
    rf"twenty[- ](?:{_ONES})|thirtieth|thirty[- ]first)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d/.-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?P<year>\d{4}|\d{2})(?![\d/])",
        r"(?<![\d/.-])(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])-(?P<year>(?:19|20)\d{2}|\d{2})(?![\d-])",
        rf"(?<![\d/.-])(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])\.{_YEAR}(?![\d.]\d)",
        rf"(?<![\d/.-]){_YEAR}[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12]\d|3[01])(?![\d/-])",
        rf"\b(?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)",
        rf"\b{_MONTH} (?:the )?{_DAY}(?:,? {_YEAR})?(?![\w%])",
        rf"\b(?:the )?{_SPOKEN} (?:day )?of {_MONTH}(?:,? {_YEAR})?(?!\w)",
        rf"\b{_MONTH} (?:the )?{_SPOKEN}(?:,? {_YEAR})?(?!\w)",
        rf"\b{_MONTH},? (?:of )?{_YEAR}(?!\w)",
        rf"(?<![\w/.-])(?:0?[1-9]|1[0-2])/{_YEAR}(?![\w/])",
        r"(?<=\bon )the \d{1,2}(?:st|nd|rd|th)\b(?P<year>(?!))?",
    )
)
_SHORT = re.compile(
    r"\b(?:on|since|until|till|from|dated|seen|admitted|discharged|and|by|before|after|of|through|between|due|date|visit|day|is|was)[: ]{1,2}"
    r"(?P<date>(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01]))(?![\d/]|\s?(?:strength|pain|systolic|diastolic|murmur|holosystolic|positive|nodes|criteria|points|scale))",
    re.IGNORECASE,
)
_DASHED = re.compile(r"\b(?i:on|since|until|dated|seen|admitted|discharged) (?P<date>(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01]))(?=[.,;)\n]|$| (?:and|with|for|at|after|when|by|in|because)\b)")
_NAMED = re.compile(
    r"\b(?i:in|since|last|next|this|until|by|during|early|late|mid|of|every|from)[ -]"
    r"(?P<date>January|February|March|April|May|June|July|August|September|October|November|December)\b(?! \d)"
)
_WEEKDAY = re.compile(r"\b(?:(?i:on|since|until|by|every|from) )?(?P<date>(?:(?i:last|next|this) )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b")

_TENS = "ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_WORDS = rf"(?:{_TENS}(?:[- ](?:{_UNITS}))?|(?:a|one) hundred(?:[- ](?:and[- ])?(?:{_UNITS}|ten|eleven|twelve))?)"
_NUMBER = rf"(?:(?P<age>\d{{2,3}})|{_WORDS})"
_AGES = (
    re.compile(rf"(?<![\w.]){_NUMBER}[- ]{{0,2}}(?:years?|yrs?|y)\.?[- /]{{0,2}}(?:old|o(?:f[- ]age)?)\b\.?", re.IGNORECASE),
    re.compile(rf"\b(?:aged?|age is|age of|age:|turned|turns|turning) ?(?P<span>{_NUMBER})(?![\w%/.]\w|\w)", re.IGNORECASE),
    re.compile(r"(?<![\w.])(?P<age>\d{2,3}) ?(?:y/o|yo)\b[MF]?", re.IGNORECASE),
    re.compile(r"(?<![\w./-])(?P<age>9\d|1[0-2]\d) ?(?:M|F|male|female)(?= (?:with|who|presents|admitted|seen|here|on|from))"),
    re.compile(r"\b(?:he|she|patient|who|husband|wife|mother|father) (?:is|was|just turned|is now|was then) (?P<span>(?P<age>9\d|1[0-2]\d))(?=[.,;)]|$| and\b| but\b| years?\b)", re.IGNORECASE),
    re.compile(r"\b(?:nonagenarian|centenarian)\b", re.IGNORECASE),
)
_BIRTH = re.compile(r"\b(?:DOB|D\.O\.B\.|born|birth|birthday|birthdate|birth date|date of birth|year of birth)\b[ :]{0,3}(?:is|was|on|in|year|about|around)?[ :]{0,3}", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?<![\w.$-])(?:19|20)\d{2}(?![\w%]|\.\d)")


def dates(text: str, year: int) -> Iterator[Candidate]:
    """Candidates of the kind date: dates, months, weekdays, ages over 89, and years of birth that show such an age in `year`."""
    ages = list(_over(text))
    born = {found.end() for found in _BIRTH.finditer(text)}
    written = list(_written(text))
    years = [int(keeps) for *_, keeps in written if keeps] + [int(found.group()) for found in _ANY_YEAR.finditer(text)]
    newest = max([year, *years])
    for start, end, keeps in written:
        shows = start in born and bool(keeps) and (newest - int(keeps) > OLDEST or bool(ages))
        yield Candidate(start, end, "date", "date", 2, "" if shows else keeps)
    for found in _ANY_YEAR.finditer(text):
        if found.start() in born and (newest - int(found.group()) > OLDEST or ages):
            yield Candidate(*found.span(), "date", "birth-year", 2)
    yield from ages


def _written(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, year or nothing) of dates that say more than the year."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            yield *found.span(), _full(found["year"])
    for pattern in (_SHORT, _DASHED, _NAMED, _WEEKDAY):
        for found in pattern.finditer(text):
            yield *found.span("date"), ""


def _full(year: str | None) -> str:
    """A year of four digits: "26" is 2026, "58" is 1958. Two digits up to 39 are read as of this century."""
    if year is None or len(year) == 4:
        return year if year is not None and 1900 <= int(year) <= 2099 else ""
    return f"20{year}" if int(year) < 40 else f"19{year}"


def _over(text: str) -> Iterator[Candidate]:
    """Ages over 89, in figures or words."""
    for pattern in _AGES:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            age = groups.get("age")
            if age is None or OLDEST < int(age) < 130:
                yield Candidate(*found.span("span" if groups.get("span") else 0), "date", "age", 2, "90 or older")
