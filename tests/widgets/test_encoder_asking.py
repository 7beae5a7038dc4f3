"""What the encoder asks and is answered: any book, any date, an exercise's own, and never an exception."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from encoder_support import ON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding import encoder, exercise
from medcoding.widgets import lookup
from medcoding.widgets.asking import TITLES, answer
from medcoding.widgets.encoder_cell import UnknownBook
from widgets_support import Ears, view_on_display


def test_each_book_is_searched_by_its_own_words(ask: Any) -> None:
    first = {
        book: ask("search", book=book, text=text)["hits"][0]["code"]
        for book, text in {"icd10cm": "htn ckd", "icd10pcs": "0SR90JA", "hcpcs": "b12 shot", "services": "needle muscle", "ndc": "morphine"}.items()
    }
    assert first == {"icd10cm": "I12.9", "icd10pcs": "0SR90JA", "hcpcs": "J3420", "services": "svc:im-injection", "ndc": first["ndc"]}
    assert set(first) == set(TITLES) == set(lookup.BOOKS)


def test_matched_words_and_the_typed_start_of_a_code_are_told(ask: Any) -> None:
    hit = ask("search", text="htn ckd")["hits"][0]
    assert [hit["title"][start:end] for start, end in hit["marks"]][:4] == ["Hypertensive", "chronic", "kidney", "disease"]
    assert [one["head"] for one in ask("search", text="e116")["hits"][:2]] == [5, 5]


def test_the_date_decides_what_is_found(ask: Any) -> None:
    assert ask("search", text="E66.81")["hits"][0]["code"] == "E66.81"
    before = ask("search", text="E66.81", on="2023-03-16")
    assert all(hit["head"] == 0 for hit in before["hits"]) and "E66.81" in before["why"]


def test_a_code_that_is_none_gets_a_reason(ask: Any) -> None:
    assert "Z99.99X" in ask("search", text="Z99.99X")["why"]
    assert "other words" in ask("search", text="qqqq")["why"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"ask": "page", "code": "E11.6Z"}, "Nearest"),
        ({"ask": "page", "code": "I10", "on": "2014-03-16"}, "2015-10-01"),
        ({"ask": "page", "code": "I10", "on": "soon"}, "year-month-day"),
        ({"ask": "page", "code": "I10", "book": "cdt"}, "icd10cm, icd10pcs"),
        ({"ask": "compare", "pair": [["icd10cm", "I10"]]}, "Two codes"),
        ({"ask": "aid", "kind": "icd10cm-index", "path": ["Nothing at all"]}, "no entry"),
        ({"ask": "boom"}, "did not work"),
    ],
)
def test_what_cannot_be_answered_is_told_in_words(ask: Any, content: dict[str, Any], words: str) -> None:
    ask("start")
    assert words in answer({"on": ON, "book": "icd10cm", **content})["problem"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["start", "search", "page", "below", "axes", "compare", "aid", "pin", "clear", "", "x"]),
    content=st.dictionaries(
        st.sampled_from(["on", "book", "text", "code", "name", "typed", "pair", "path", "kind", "aid", "keep", "visit"]),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.lists(st.text(max_size=4), max_size=3), st.sampled_from([ON, "icd10cm", "icd10pcs", "I10"])),
    ),
)
def test_no_message_makes_it_raise(ask: Any, kind: str, content: dict[str, Any]) -> None:
    assert isinstance(answer({**content, "ask": kind}), dict)


def test_the_start_tells_the_edition_and_what_could_be_added(ask: Any, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "none"))
    told = ask("start")
    assert told["edition"] == "April 1, 2026" and told["aids"] == []
    assert {"ICD-10-CM Alphabetic Index", "ICD-10-CM Neoplasm Table", "ICD-10-CM External Cause Index"} <= set(told["could_add"])
    assert "medcoding codes add" in told["add"]


INDEX = """RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code
1,D,0,Diabetes,,,(mellitus),E11.9
2,D,1,type 2,,,,E11.9
3,D,2,with,,,,E11.8
4,D,3,neuropathy,,,,E11.40
5,P,0,Pressure,Hypertension,,,
6,Z,0,Zoster,,,(herpes),B02.9
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small Alphabetic Index in the official layout, added to a store of the test's own."""
    from medcoding.codes import official

    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "official"))
    file = tmp_path / "icd10cm_index_2025.csv"
    file.write_text(INDEX)
    official.add(file)


def test_an_aid_that_was_added_is_searched_and_leads_to_codes(index: None, ask: Any) -> None:
    told = ask("start")
    assert [aid["name"] for aid in told["aids"]] == ["Alphabetic Index"] and "ICD-10-CM Alphabetic Index" not in told["could_add"]
    (hit,) = ask("search", aid="icd10cm-index", text="diabetes neurop")["hits"]
    assert hit["path"] == ["Diabetes", "type 2", "with", "neuropathy"] and hit["code"] == "E11.40"
    assert [hit["title"][start:end] for start, end in hit["marks"]] == ["Diabetes", "neuropathy"]
    entry = ask("aid", kind="icd10cm-index", path=hit["path"])["entry"]
    assert entry["codes"] == [[{"text": "E11.40", "code": "E11.40"}]] and entry["below"] == []
    top = ask("aid", kind="icd10cm-index", path=["Diabetes"])["entry"]
    assert top["modifiers"] == "(mellitus)" and [one["term"] for one in top["below"]] == ["type 2"]
    assert ask("aid", kind="icd10cm-index", path=["Pressure"])["entry"]["see"] == "Hypertension"


def test_what_was_opened_is_remembered_and_what_was_only_read_is_not(ask: Any) -> None:
    ask("page", code="I10", visit=True)
    ask("page", code="I12.9")
    lists = ask("pin", code="e1165", keep=True)["shelf"]
    assert [one["code"] for one in lists["history"]] == ["I10"] and [one["code"] for one in lists["pins"]] == ["E11.65"]
    assert ask("clear")["shelf"]["history"] == [] and ask("pin", code="E11.65", keep=False)["shelf"]["pins"] == []


def test_a_book_that_is_being_opened_is_asked_again(monkeypatch: pytest.MonkeyPatch, shelf_file: Path) -> None:
    import threading

    gate = threading.Event()
    opening = lookup.Opening(threading.Thread(target=gate.wait, args=(30,), daemon=True))
    monkeypatch.setattr(lookup, "_openings", {"icd10cm": opening})
    opening.thread.start()
    asked = {"on": ON, "book": "icd10cm", "text": "htn ckd", "code": "I10"}
    assert {answer({**asked, "ask": what})["state"] for what in ("start", "search", "page", "pin", "below")} == {"preparing"}
    gate.set()
    opening.thread.join(30)
    assert answer({**asked, "ask": "page"})["page"]["code"] == "I10"


# In an exercise


def test_an_exercise_holds_the_encoder_to_its_date_and_book(folder: Path, ears: Ears, page: Any, ask: Any) -> None:
    exercise("list-codes")
    page({"type": "encoder", "ask": "page", "code": "I12.9", "on": "1999-01-01", "book": "hcpcs"})
    sent = ears.sent[-1]
    assert sent["type"] == "encoder" and sent["view"] == "v" and sent["reply"]["page"]["code"] == "I12.9"
    assert sent["reply"]["page"]["on"] == view_on_display(ears).item["on"]


def test_a_closed_book_answers_nothing(folder: Path, ears: Ears, page: Any, ask: Any) -> None:
    exercise("closed-codes")
    for kind in ("start", "search", "page", "pin"):
        page({"type": "encoder", "ask": kind, "code": "I10", "text": "hypertension"})
        assert list(ears.sent[-1]["reply"]) == ["problem"] and "closed" in ears.sent[-1]["reply"]["problem"]


# encoder()


@pytest.fixture
def heard(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> Ears:
    """As if the encoder's cell had a kernel and a page."""
    from medcoding.widgets import encoder_cell, encoder_view

    monkeypatch.setattr(encoder_cell, "has_kernel", lambda: True)
    monkeypatch.setattr(encoder_view.EncoderView, "send", lambda self, content, buffers=None: ears.sent.append(content))
    return ears


def test_encoder_shows_a_live_view_of_its_date_and_book(heard: Ears, ask: Any) -> None:
    encoder(on=date(2024, 3, 16), book="hcpcs", start="J3420")
    view = view_on_display(heard)
    assert view.begin == {"on": "2024-03-16", "book": "hcpcs", "start": "J3420", "books": TITLES}
    assert heard.shown[-1][1] == {"medcoding": "live"}
    view._received(view, {"type": "encoder", "view": "x", "n": 7, "ask": "page", "on": ON, "book": "icd10cm", "code": "I10"}, [])
    assert (heard.sent[-1]["n"], heard.sent[-1]["view"], heard.sent[-1]["reply"]["page"]["code"]) == (7, "x", "I10")
    heard.sent.clear()
    view._received(view, "noise", [])
    view._received(view, {"type": "answer"}, [])
    assert heard.sent == []


def test_encoder_without_a_page_prints(capsys: pytest.CaptureFixture[str]) -> None:
    encoder(start="I10")
    encoder(start="htn ckd")
    encoder()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "I10 Essential (primary) hypertension" and printed[1].startswith("I12.9 ") and "notebook" in printed[-1]


def test_encoder_refuses_what_it_cannot_show() -> None:
    with pytest.raises(UnknownBook, match="icd10cm, icd10pcs, hcpcs, services, ndc"):
        encoder(book="icd9")
    with pytest.raises(ValueError, match="year-month-day"):
        encoder(on="March")


def test_the_pages_script_is_one_module_without_network() -> None:
    import re

    from medcoding.widgets.encoder_view import EncoderView

    script = str(EncoderView._esm)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
    assert len(re.findall(r"^export ", script, re.MULTILINE)) == 1 and not re.search(r"^import ", script, re.MULTILINE)
    assert sorted(names) == sorted(set(names))
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|eval\(", script)
