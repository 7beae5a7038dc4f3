"""HTML of items, answers and scores: everything escaped, the key shown only where it may be, severity a word."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import SEVERITY_WORDS, Finding, Score, Severity, SubScore
from medcoding.forms import score
from medcoding.items.models import Item
from medcoding.items.render import KEYED_RULES, chart_html, describe, feedback_html, inline, paragraphs, static_html

EVIL = "<script>alert('x')</script><img src=x onerror=\"y\">&amp;"
BASE: dict[str, Any] = {"lesson": "05-01", "title": "A title", "question": "Which?", "rationale": "Because.", "objectives": [1],
                        "citations": [{"course": "a rule of the course"}], "on": "2026-03-16"}


def codes_item(**fields: Any) -> Item:
    raw = {**BASE, "id": "some-codes", "form": "codes", "key": {"codes": ["E85.4", "I43"], "lead": "E85.4"},
           "distractors": [{"code": "I42.9", "feedback": "The cause is documented."}]}
    return Item.model_validate({**raw, **fields})


def choice_item(text: str = "yes", **fields: Any) -> Item:
    options = [{"text": text, "correct": True, "feedback": "so it is"}, {"text": "no" + text, "feedback": "why not"}]
    return Item.model_validate({**BASE, "id": "a-choice", "form": "choice", "key": {"options": options}, **fields})


class Tags(HTMLParser):
    """Every tag, attribute and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


KNOWN_TAGS = {"div", "style", "h4", "h5", "p", "strong", "em", "section", "dl", "dt", "dd", "ul", "li", "cite", "code",
              "table", "thead", "tbody", "tr", "th", "td"}
KNOWN_ATTRIBUTES = {"class", "data-item", "scope", "aria-label"}


def harmless(html: str) -> Tags:
    """Parsed HTML of known tags only, each closed."""
    seen = Tags(html)
    assert set(seen.tags) <= KNOWN_TAGS and set(seen.attributes) <= KNOWN_ATTRIBUTES
    assert seen.open == []
    return seen


# ---- escaping ---------------------------------------------------------------------------------------------


def every_page(item: Item, raw: Any) -> list[str]:
    result = score(item, raw)
    notes = [Finding(severity=Severity.WARNING, rule="damaged", message=EVIL, citation=EVIL)]
    pages = [feedback_html(item, raw, result, show_key=shown, notes=notes, asked=asked) for shown in (True, False) for asked in (True, False)]
    return [*pages, feedback_html(item, None, result, show_key=True), static_html(item.public("s"), raw), static_html(item.public("s"), None)]


HEADED = f"Setting: {EVIL}\nA{EVIL}: b\n\n## {EVIL}\n- {EVIL}\n  {EVIL}\n{EVIL} `{EVIL}`"


@pytest.mark.parametrize("field", ["title", "chart", "question", "rationale", "if_missed", "citations"])
def test_every_field_of_an_item_is_escaped(field: str) -> None:
    value: Any = {"citations": [{"course": EVIL}], "chart": HEADED, "title": "<script>alert('x')</script>"}.get(field, f"{EVIL} `{EVIL}`")
    for page in every_page(codes_item(**{field: value}), {"codes": ["I42.9"]}):
        harmless(page)
        assert "<script" not in page and "<img" not in page


def test_entered_codes_and_feedback_are_escaped() -> None:
    item = codes_item(distractors=[{"code": "I42.9", "feedback": EVIL}])
    for raw in ({"codes": [EVIL, "`<b>`", "I42.9"]}, {"codes": ["</td></table>"]}):
        for page in every_page(item, raw):
            harmless(page)
    assert "&lt;script&gt;" in feedback_html(item, {"codes": [EVIL]}, score(item, {"codes": [EVIL]}), show_key=False)


def test_options_are_escaped() -> None:
    item = choice_item(EVIL)
    for option in item.key.options:
        for page in every_page(item, {"chosen": [option.id]}):
            harmless(page)


def test_malformed_answer_is_a_sentence_and_escaped() -> None:
    for raw in (EVIL, {EVIL: 1}, {"codes": [[EVIL]]}, None, 1):
        html = describe("codes", raw)
        assert "not an answer of the form" in html
        harmless(html)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab <>&\"'`#-:\n\tS"), max_size=60))
def test_any_text_is_harmless_and_no_word_of_it_is_lost(text: str) -> None:
    for render in (chart_html, paragraphs, inline):
        seen = harmless(render(text))
        plain = "".join("".join(seen.texts).split())
        if render is not chart_html:
            assert plain.replace("`", "") == "".join(text.split()).replace("`", "")
        assert set(re.sub(r"[\s`#:-]", "", text)) == set(re.sub(r"[\s`#:-]", "", plain))


# ---- chart markup -----------------------------------------------------------------------------------------


def test_chart_header_is_a_list_of_names_and_values() -> None:
    html = chart_html("Setting: Sleep clinic\nDate of service: 2026-01-14\n\n## Assessment\nApnea: moderate.")
    assert "<dl><dt>Setting</dt><dd>Sleep clinic</dd><dt>Date of service</dt><dd>2026-01-14</dd></dl>" in html
    assert "<h5>Assessment</h5><p>Apnea: moderate.</p>" in html, "a colon below the top is no header"


def test_chart_header_names_are_escaped() -> None:
    assert "<dt>Signs &amp; symptoms</dt>" in chart_html("Signs & symptoms: none")


def test_chart_paragraphs_and_lists() -> None:
    html = chart_html("## Plan\nFirst line\nsame paragraph.\n\nSecond paragraph.\n- one\n- two\n  goes on\nAfter the list.")
    assert "<p>First line same paragraph.</p><p>Second paragraph.</p>" in html
    assert "<ul><li>one</li><li>two goes on</li></ul><p>After the list.</p>" in html


def test_chart_without_words_is_nothing() -> None:
    assert chart_html("") == chart_html(" \n ") == ""


def test_nothing_else_is_markup() -> None:
    text = "**bold** _it_ [link](http://x) 1. one <b>b</b>"
    assert paragraphs(text) == "<p>**bold** _it_ [link](http://x) 1. one &lt;b&gt;b&lt;/b&gt;</p>"
    assert inline("`E11.65` is a code") == "<code>E11.65</code> is a code"


def test_paragraphs_part_at_blank_lines() -> None:
    assert paragraphs("One\nline.\n\n \nTwo.") == "<p>One line.</p><p>Two.</p>"


# ---- the key ----------------------------------------------------------------------------------------------

KEYED = {
    "codes": (
        codes_item(key={"codes": ["E85.4", {"code": "I43", "alternatives": ["I42.8"]}], "lead": "E85.4", "optional": ["Z79.84"]},
                   distractors=[{"code": "I42.9", "feedback": "sentinel-feedback"}], rationale="sentinel-why", if_missed="sentinel-next",
                   citations=[{"note": "I43"}, {"index": "sentinel-term"}, {"guideline": "I.A.13"}]),
        {"codes": ["I42.9", "I42.0"]},
        ["E85.4", "I43", "I42.8", "Z79.84", "sentinel-feedback", "sentinel-why", "sentinel-next", "sentinel-term"],
    ),
    "choice": (
        choice_item("sentinel-right", rationale="sentinel-why"),
        {"chosen": [choice_item("sentinel-right").key.options[1].id]},
        ["so it is", "why not", "sentinel-why"],
    ),
    "encounter": (
        Item.model_validate({**BASE, "id": "an-encounter", "form": "encounter", "rationale": "sentinel-why",
                             "key": {"diagnoses": {"codes": ["D51.0"], "lead": "D51.0"},
                                     "lines": [{"code": "svc:im-injection", "modifiers": ["LT"], "units": 77, "pointers": ["D51.0"]}]},
                             "distractors": [{"code": "D51.9", "feedback": "sentinel-dx"}, {"code": "svc:iv-push", "feedback": "sentinel-line"}]}),
        {"diagnoses": ["D51.9"], "lines": [{"code": "svc:iv-push", "pointers": ["A"]}]},
        ["D51.0", "svc:im-injection", "LT", "77", "sentinel-dx", "sentinel-line", "sentinel-why"],
    ),
}


@pytest.mark.parametrize("form", KEYED)
def test_key_is_absent_where_it_is_not_shown(form: str) -> None:
    item, raw, private = KEYED[form]
    hidden = feedback_html(item, raw, score(item, raw), show_key=False)
    shown = feedback_html(item, raw, score(item, raw), show_key=True)
    bare = re.sub(r"<style>.*?</style>", "", hidden, flags=re.S)
    assert [word for word in private if word in bare] == []
    assert "The key is not shown at this time." in hidden
    told = [word for word in private if word != "so it is"]
    assert [word for word in told if word not in shown] == []


@pytest.mark.parametrize("form", KEYED)
def test_static_copy_never_holds_the_key(form: str) -> None:
    item, raw, private = KEYED[form]
    bare = re.sub(r"<style>.*?</style>", "", static_html(item.public("seed"), raw), flags=re.S)
    assert [word for word in private if word in bare] == []


def test_hidden_key_still_leaves_points_hard_errors_and_rules_to_read() -> None:
    item, _, _ = KEYED["codes"]
    hidden = feedback_html(item, {"codes": ["E11"]}, score(item, {"codes": ["E11"]}), show_key=False)
    assert "No credit: 0 of 1" in hidden
    assert "<strong>Hard error:</strong> E11 is a category, not a code" in hidden
    assert "ICD-10-CM Guidelines I.A.13" in hidden


def test_every_rule_that_carries_words_of_the_bank_is_among_the_keyed_ones() -> None:
    assert {"distractor", "wrong-option", "right-option", "close"} <= KEYED_RULES


def test_alternatives_and_optional_codes_are_named_with_the_key() -> None:
    item, raw, _ = KEYED["codes"]
    shown = feedback_html(item, raw, score(item, raw), show_key=True)
    assert "I42.8 in place of I43" in shown
    assert "<th scope='row'>Neither needed nor wrong</th><td>Z79.84 – Long term (current) use of oral hypoglycemic drugs</td>" in shown


def test_next_step_is_only_for_an_answer_that_missed() -> None:
    item, _, _ = KEYED["codes"]
    right = {"codes": ["E85.4", "I43"]}
    assert "sentinel-next" not in feedback_html(item, right, score(item, right), show_key=True)


# ---- severity and points ----------------------------------------------------------------------------------


@pytest.mark.parametrize("severity", list(Severity))
def test_severity_is_a_word(severity: Severity) -> None:
    finding = Finding(severity=severity, rule="r", message="message", citation="I.A.13")
    html = Score(points=0, possible=1, findings=(finding,)).to_html()
    assert f"<strong>{SEVERITY_WORDS[severity]}:</strong> message <cite>[I.A.13]</cite>" in html
    assert len(set(SEVERITY_WORDS.values())) == len(Severity)


@pytest.mark.parametrize(
    ("points", "possible", "words"),
    [(1, 1, "Full marks: 1 of 1"), (0.5, 1, "Partly right: 0.5 of 1"), (0, 2.5, "No credit: 0 of 2.5"), (0.33, 1, "Partly right: 0.33 of 1"),
     (10, 20, "Partly right: 10 of 20")],
)
def test_points_are_told_in_words(points: float, possible: float, words: str) -> None:
    assert words in Score(points=points, possible=possible).to_html()


def test_parts_are_a_table_with_headings() -> None:
    parts = (SubScore(name="codes", earned=0.4, possible=0.8, note="1 right"), SubScore(name="order", earned=0.2, possible=0.2))
    html = Score(points=0.6, possible=1, parts=parts).to_html()
    assert "<tr><th scope='row'>codes</th><td>0.40 of 0.80</td><td>1 right</td></tr>" in html
    assert html.count("scope='col'") == 3


def test_item_that_does_not_count_says_so() -> None:
    item = codes_item(counts=False)
    assert "counts nothing" in feedback_html(item, None, score(item, {"codes": []}), show_key=True)
