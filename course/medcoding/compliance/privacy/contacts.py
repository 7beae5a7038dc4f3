"""Telephone, fax, email, web and network addresses, social security numbers, vehicle numbers by their shape.

The shapes are those of `phileas-redact`, read in short windows so that no text makes them slow, and own ones for what it leaves:
brackets around an area code, extensions, a plus sign in an email address, seven digits after a word such as "call", addresses without a scheme, file names of images.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain

from medcoding.compliance.privacy.spans import Candidate

WINDOW, OVERLAP = 1200, 200
"""Characters read at a time, and those read twice. What is longer than the overlap may be cut; no identifier is."""

_PHONE = re.compile(
    r"(?<![\w.])(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?:,? ?(?:x|ext\.?|extension) ?\d{1,6})?(?![\w-])", re.IGNORECASE
)
_LOCAL = re.compile(r"(?<![\w.-])\d{3}[-.]\d{4}(?![\w-])")
_CALLED = re.compile(r"\b(?:call|calls|called|phone|phones|telephone|tel|mobile|cell|pager|line|voicemail|text|reach|reached|fax|faxed|dial)\b", re.IGNORECASE)
_FAX = re.compile(r"\b(?:fax|faxed|faxes|telefax|facsimile)\b", re.IGNORECASE)
_SSN = re.compile(r"(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])")
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![\w-])")
_WEB = re.compile(r"(?<![\w@.])(?:(?:https?|ftp)://|www\.)[^\s<>\"'\[\]]{3,300}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|gov|edu|io|info|biz|app|health|example|us)(?:/[\w./?=&%#-]{0,200})?(?![\w@-])", re.IGNORECASE)
_MAC = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])")
_IMAGE = re.compile(r"(?<![\w./-])[\w-][\w.-]{0,80}\.(?:jpe?g|png|gif|bmp|tiff?|heic|webp|dcm)\b", re.IGNORECASE)
_ENDING = ".,;:!?)'\"”’"


def contacts(text: str) -> Iterator[Candidate]:
    """Candidates of the kinds phone, fax, email, ssn, url, ip, vehicle, device and photo."""
    for kind, start, end in _shapes(text):
        if kind == "vehicle" and not (re.search(r"\d", text[start:end]) and re.search(r"[A-Z]", text[start:end])):
            continue
        yield _numbered(text, kind, start, end) if kind == "phone" else Candidate(start, end, kind, "shape", 1)
    for found in _PHONE.finditer(text):
        yield _numbered(text, "phone", *found.span())
    for found in _LOCAL.finditer(text):
        if _CALLED.search(text, max(0, found.start() - 30), found.start()):
            yield _numbered(text, "phone", *found.span())
    for found in _EMAIL.finditer(text):
        yield Candidate(*found.span(), "email", "shape", 2)
    for found in _SSN.finditer(text):
        yield Candidate(*found.span(), "ssn", "shape", 2)
    for found in chain(_WEB.finditer(text), _DOMAIN.finditer(text)):
        shown = found.group().rstrip(_ENDING)
        yield Candidate(found.start(), found.start() + len(shown), "url", "shape", 3)
    for found in _MAC.finditer(text):
        yield Candidate(*found.span(), "device", "shape", 1)
    for found in _IMAGE.finditer(text):
        yield Candidate(*found.span(), "photo", "shape", 2)


def _numbered(text: str, kind: str, start: int, end: int) -> Candidate:
    """A telephone number, or a fax number where the words before say so."""
    fax = _FAX.search(text, max(0, start - 30), start)
    return Candidate(start, end, "fax" if fax else kind, "shape", 2 if fax else 1)


@lru_cache(maxsize=1)
def _filters() -> tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...]:
    """Kind and finder of the filters taken from phileas; those for dates, ages, ZIP codes, streets and licenses are not precise enough."""
    from phileas.filters.email_address_filter import EmailAddressFilter
    from phileas.filters.ip_address_filter import IPAddressFilter
    from phileas.filters.phone_number_filter import PhoneNumberFilter
    from phileas.filters.ssn_filter import SSNFilter
    from phileas.filters.vin_filter import VINFilter
    from phileas.policy import identifiers as settings

    taken = (
        ("email", EmailAddressFilter(settings.EmailAddressFilterConfig())),
        ("ip", IPAddressFilter(settings.IPAddressFilterConfig())),
        ("phone", PhoneNumberFilter(settings.PhoneNumberFilterConfig())),
        ("ssn", SSNFilter(settings.SSNFilterConfig())),
        ("vehicle", VINFilter(settings.VINFilterConfig())),
    )

    def finder(one: object) -> Callable[[str], Iterator[tuple[int, int]]]:
        return lambda text: ((span.character_start, span.character_end) for span in one.filter(text))  # type: ignore[attr-defined]

    return tuple((kind, finder(one)) for kind, one in taken)


def _shapes(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of what phileas sees, window by window. A find that touches a cut edge is left to the next window."""
    seen: set[tuple[str, int, int]] = set()
    for offset in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        part = text[offset : offset + WINDOW]
        for kind, find in _filters():
            for start, end in find(part):
                cut = (start == 0 and offset > 0) or (end == len(part) and offset + WINDOW < len(text))
                place = (kind, offset + start, offset + end)
                if not cut and start < end and place not in seen:
                    seen.add(place)
                    yield place
