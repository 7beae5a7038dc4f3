"""Checks the wording of a query to a provider: leading words, payment, missing indicators, missing options, yes-or-no questions.

    from medcoding.compliance import query
    query.check("Please add acute kidney failure.")     # findings: it directs, and it names no indicator
    query.explain(text)                                 # the same as a page

Practice: AHIMA and ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 update), as a table in
`data/query_rules.yaml`. A machine sees wording only: whether indicators support the options is for a reader to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from medcoding.compliance.page import Page
from medcoding.compliance.tables import table
from medcoding.findings import SEVERITY_WORDS, Finding, Severity

MOST = 20_000
"""Characters that are read; a query is a page, not a book."""

_REQUEST = re.compile(
    r"\b(?:please|kindly|can you|could you|would you|will you)\s+(?:please\s+)?(?:consider\s+|mind\s+)?"
    r"(?P<verb>(?:document|stat|not|record|chart|list|includ|add|chang|amend|updat|cod|confirm|verify)(?:e|ing)?|writ(?:e|ing)|put(?:ting)?)\b"
    r"(?P<rest>[^.?!;\n]{0,120})",
    re.IGNORECASE,
)
_NEEDED = re.compile(r"\b(?:I|we|coding|CDI|the hospital)\s+(?:need|needs|want|wants|require|requires|would like)\s[^.?!\n]{1,80}\b(?:documented|added|written|in the record)\b", re.IGNORECASE)
_ASKS = re.compile(r"\?|\b(?:please|kindly)\s+(?:clarify|document|specify|indicate|describe|explain|state|advise|respond|provide|note|select|choose)\b", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]{0,12}(?:[-*•☐□▢◻○–]|\[[ _]?\]|\([ _]?\)|_{1,6}|\d{1,2}[.)]|[A-Ha-h][.)])[ \t]{0,6}(?P<option>\S[^\n]{0,300})$", re.MULTILINE)
_INLINE = re.compile(r"\b(?:options?|choices?|choose|select|one of the following)\b[^:?\n]{0,60}[:?](?P<list>[^\n]{3,600})", re.IGNORECASE)
_ANSWERS = re.compile(r"\?|\b(?:options?|choices?|choose|select|one of the following)\b[^\n]{0,60}:?[ \t]*$", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b")
_YES_NO = re.compile(r"^\W{0,4}(?:is|are|was|were|does|do|did|has|have|had)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.?!\n]{1,600}[.?!\n]?")
_ASPECTS = re.compile(r"\bas far as\b|\bwhere (?:it |each )?applies\b|\beach of the following\b", re.IGNORECASE)
_NO_DIAGNOSIS = frozenset({"diagnosis", "prognosis"})
_TITLE = re.compile(r"\b(?:query|clarification)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Rule:
    """A row of the table: its findings and the phrases that raise it."""

    name: str
    severity: Severity
    message: str
    any_case: re.Pattern[str]
    capitals: re.Pattern[str]


def _either(phrases: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """Phrases as one pattern: whole words, * for the rest of a word or its beginning. No phrase: a pattern that matches nothing."""
    words = [re.escape(phrase).replace(r"\ ", r"\s{1,4}").replace(r"\*", r"\w{0,20}").replace("'", "['’]") for phrase in sorted(phrases, key=len, reverse=True)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])" if words else r"(?!)", flags)


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            row["rule"], Severity(row["severity"]), row["message"],
            _either((phrase for phrase in row["phrases"] if not _loud(phrase)), re.IGNORECASE), _either(phrase for phrase in row["phrases"] if _loud(phrase)),
        )
        for row in table("query_rules")["rules"]
    )


def _loud(phrase: str) -> bool:
    return phrase.upper() == phrase or phrase in ("a CC", "CC or MCC", "CC capture", "MCCs", "DRGs", "HCCs")


@lru_cache(maxsize=16)
def _words(name: str) -> re.Pattern[str]:
    """A list of the table as a pattern, in any case."""
    return _either(table("query_rules")[name], re.IGNORECASE)


def check(text: str) -> list[Finding]:
    """What is wrong with the wording of a query, hardest first; an empty list where nothing is seen, or nothing is written.

    Any text is taken and none raises; what is beyond `MOST` characters is not read. Errors are what the practice brief calls
    non-compliant, warnings what is to be repaired, hints what is to be looked at.
    """
    if not isinstance(text, str) or not text.strip():
        return []
    read = text[:MOST].replace("’", "'")
    found = [*_phrases(read), *_directs(read), *_indicators(read), *_options(read), *_question(read), *_yes_no(read), *_title(read)]
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2, Severity.INFO: 3}
    unique: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for finding in found:
        unique.setdefault((finding.rule, finding.codes), finding)
    return sorted(unique.values(), key=lambda finding: order[finding.severity])


def verdict(text: str) -> str:
    """"reject" where a finding is an error, "repair" where one is a warning, else "accept". For nothing written: "reject"."""
    if not isinstance(text, str) or not text.strip():
        return "reject"
    severities = {finding.severity for finding in check(text)}
    return "reject" if Severity.ERROR in severities else "repair" if Severity.WARNING in severities else "accept"


def explain(text: str) -> Page:
    """The findings on a query as a page."""
    found = check(text)
    rows = tuple((SEVERITY_WORDS[finding.severity], finding.message, finding.citation) for finding in found)
    lead = {"accept": "Nothing in the wording speaks against it.", "repair": "It is to be repaired before it is sent.", "reject": "It must not be sent like this."}
    notes = ("The wording is checked, not whether the indicators support what is asked: a reader judges that.",)
    return Page("Query", lead[verdict(text)], ("How hard", "What", "Source"), rows, notes)


def _finding(severity: Severity, rule: str, message: str, *quoted: str) -> Finding:
    return Finding(severity=severity, rule=rule, message=message, codes=quoted, citation=str(table("query_rules")["brief"]))


def _phrases(text: str) -> Iterator[Finding]:
    """One finding for each different phrase of the table, at most five a rule."""
    for rule in _rules():
        seen: dict[str, None] = {}
        for pattern in (rule.any_case, rule.capitals):
            for match in pattern.finditer(text):
                seen.setdefault(" ".join(match.group().split()).lower() if pattern is rule.any_case else match.group())
                if len(seen) == 5:
                    break
        for phrase in seen:
            yield _finding(rule.severity, rule.name, f"“{phrase}” {rule.message}", phrase)


def _directs(text: str) -> Iterator[Finding]:
    """"Please add acute kidney failure": a request for words instead of an open one. "Other (please state)" is none."""
    for match in _REQUEST.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _BULLET.match(line) and _words("other_option").search(line):
            continue
        asked = re.split(r"\b(?:so that|so we|because|in order to|to support|since)\b", match["rest"], maxsplit=1, flags=re.IGNORECASE)[0]
        rest = " ".join(asked.split()[:9])
        if rest.strip(" ,:").lower() in ("it", "this", "that", "so", "them"):
            continue
        named = re.search(r"\bdiagnos[ie]s of\b", rest, re.IGNORECASE)
        if named or not _words("open_words").search(rest):
            quoted = f"{match.group()[: match.start('rest') - match.start()]} {rest}".strip()[:80]
            message = f"“{quoted}” tells the provider what to write. Ask which condition, if any, the findings stand for."
            yield _finding(Severity.ERROR, "query-directs", message, " ".join(quoted.split()))
            return
    for match in _NEEDED.finditer(text):
        quoted = " ".join(match.group().split())[:80]
        message = f"“{quoted}” tells the provider what is wanted. Ask which condition, if any, the findings stand for."
        yield _finding(Severity.ERROR, "query-directs", message, quoted)
        return


def _split(text: str) -> tuple[str, list[str]]:
    """(what stands before the options, the options): bullets after the question or the word "options", or a list in its line.

    Bullets under "as far as each applies:" are what is asked about (type, acuity, cause), no options.
    """
    last = 0
    for match in _ANSWERS.finditer(text):
        last = match.end()
        bullets = [one["option"].strip() for one in _BULLET.finditer(text, last)]
        if bullets:
            start = next(_BULLET.finditer(text, last)).start()
            lead = text[:start].rstrip().rpartition("\n")[2]
            return (text, []) if _ASPECTS.search(lead) else (text[:last], bullets)
    inline = _INLINE.search(text)
    if inline:
        parts = [part.strip(" .?") for part in re.split(r"[;,/]|\bor\b", inline["list"])]
        return text[: inline.start("list")], [part for part in parts if part]
    return text, []


def _indicators(text: str) -> Iterator[Finding]:
    before, _ = _split(text)
    plain = _DATE.sub(" ", _BULLET.sub(lambda match: match["option"], before))
    if not re.search(r"\d", plain) and not _words("indicator_words").search(plain):
        message = "No clinical indicator is named. Cite values, findings and treatment of this encounter, each with its place in the record."
        yield _finding(Severity.ERROR, "query-no-indicators", message)


def _options(text: str) -> Iterator[Finding]:
    """Of options: more than one, "other", and "unable to determine". An open question needs none, yes and no no "other"."""
    _, options = _split(text)
    named = [option for option in options if option.strip(" .").lower() not in ("yes", "no")]
    if not named:
        return
    joined = "\n".join(named)
    rest = _words("other_option"), _words("undetermined_option")
    clinical = [option for option in named if not any(pattern.search(option) for pattern in rest)]
    if len(clinical) == 1:
        yield _finding(Severity.ERROR, "query-single-option", f"“{clinical[0][:80]}” is the only condition offered. Offer all that the indicators support, or ask openly.", clinical[0][:80])
    if clinical and not rest[0].search(joined):
        yield _finding(Severity.WARNING, "query-no-other", "The options leave out “other”, so the provider cannot answer in own words.")
    if not rest[1].search(joined):
        yield _finding(Severity.WARNING, "query-no-undetermined", "The options leave out “unable to determine”.")


def _question(text: str) -> Iterator[Finding]:
    if not _ASKS.search(text) and not _REQUEST.search(text):
        yield _finding(Severity.WARNING, "query-no-question", "Nothing is asked. End with one clear question.")


def _yes_no(text: str) -> Iterator[Finding]:
    """Questions that yes or no would answer, where nothing in the sentence makes such a question fair."""
    before, options = _split(text)
    if any(option.strip(" .").lower() not in ("yes", "no") for option in options) and not any(option.strip(" .").lower() == "yes" for option in options):
        return
    for match in _SENTENCE.finditer(before):
        sentence = match.group().strip()
        if sentence.endswith("?") and _YES_NO.match(sentence) and not _words("yes_no_reasons").search(sentence):
            message = (
                f"“{sentence[:80]}” can be answered by yes or no. That is fair only for a diagnosis already documented, for presence on admission, "
                "for cause and effect, or where providers disagree."
            )
            yield _finding(Severity.WARNING, "query-yes-no", message, sentence[:80])
            return


def _title(text: str) -> Iterator[Finding]:
    """A title that names a diagnosis which the text does not tell as documented."""
    first, _, body = text.strip().partition("\n")
    if len(first) > 90 or not _TITLE.search(first) or "?" in first or first.rstrip().endswith("."):
        return
    term = next((word for word in (match.group() for match in _words("diagnosis_words").finditer(first)) if word.lower() not in _NO_DIAGNOSIS), None)
    if term is None:
        return
    told = re.compile(rf"\b(?:document|diagnos|assess|states|stated|impression|noted)\w{{0,8}}\b[^.\n]{{0,120}}{re.escape(term)}|{re.escape(term)}[^.\n]{{0,120}}\b(?:document|diagnos|listed|stated)", re.IGNORECASE)
    if not told.search(body):
        yield _finding(Severity.WARNING, "query-title", f"The title names “{term}”, which the text does not tell as documented. Give a neutral title, such as “Clarification of laboratory findings”.", term)


def rules() -> list[dict[str, Any]]:
    """The rows of the table of wording: rule, severity, message and phrases."""
    return [dict(row) for row in table("query_rules")["rules"]]
