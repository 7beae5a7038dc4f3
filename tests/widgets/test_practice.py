"""practice(): scored at once, never recorded as an answer."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from medcoding import practice
from medcoding.forms import FORMS
from medcoding.items import Item, publish
from medcoding.items.bank import Bank
from medcoding.items.publication import dump
from medcoding.widgets import KeyNotHere
from medcoding.widgets.problems import MalformedAnswer
from minicourse import ROOT
from widgets_support import Ears, files, view_on_display


def option(view: Any, text: str) -> str:
    return str(next(entry["id"] for entry in view.item["view"]["options"] if entry["html"] == text))


def test_check_shows_score_key_and_reason_and_stores_no_answer(folder: Path, ears: Ears, page: Any) -> None:
    before = files(folder)
    practice("try-one")
    wrong = option(view_on_display(ears), "Wrong.")
    view = page({"type": "check", "answer": {"chosen": [wrong]}})
    assert "No credit: 0 of 1" in view.feedback and "That is the mistake." in view.feedback
    assert "The reason why." not in view.feedback and "What was asked" not in view.feedback
    assert "data-key='kept'" in view.feedback and "Where to read" not in view.feedback
    view = page({"type": "show-key"})
    assert "The reason why." in view.feedback and "data-key" not in view.feedback and "That is the mistake." in view.feedback
    assert files(folder) - before == {"practice.json", ".practice.lock"}
    assert wrong not in (folder / "practice.json").read_text()


def test_the_key_is_shown_of_a_checked_answer_only(folder: Path, ears: Ears, page: Any) -> None:
    practice("try-one")
    wrong = option(view_on_display(ears), "Wrong.")
    assert page({"type": "show-key"}).feedback == ""
    page({"type": "check", "answer": {"chosen": [wrong]}})
    page({"type": "answer", "answer": {"chosen": []}})
    assert page({"type": "show-key"}).feedback == ""


def test_an_empty_answer_is_not_judged(folder: Path, ears: Ears, page: Any) -> None:
    before = files(folder)
    practice("try-one")
    view = page({"type": "check", "answer": {"chosen": []}})
    assert view.feedback == "" and view.status["alert"] == "Not checked: nothing is chosen yet. Answer first, then press Check."
    assert files(folder) == before


def test_a_right_answer_earns_full_marks(folder: Path, ears: Ears, page: Any) -> None:
    practice("try-one")
    view = page({"type": "check", "answer": {"chosen": [option(view_on_display(ears), "Right.")]}})
    assert "Full marks" in view.feedback and "The reason why." in view.feedback and "data-key" not in view.feedback


def test_try_again_hides_the_feedback_and_keeps_the_answer(folder: Path, ears: Ears, page: Any) -> None:
    practice("try-one")
    wrong = option(view_on_display(ears), "Wrong.")
    page({"type": "check", "answer": {"chosen": [wrong]}})
    view = page({"type": "again"})
    assert view.feedback == ""
    practice("try-one")
    assert view_on_display(ears).answer == {"chosen": [wrong]}


def test_a_changed_answer_hides_the_feedback_of_the_earlier_one(folder: Path, ears: Ears, page: Any) -> None:
    practice("try-one")
    page({"type": "check", "answer": {"chosen": [option(view_on_display(ears), "Wrong.")]}})
    view = page({"type": "answer", "answer": {"chosen": [option(view_on_display(ears), "Right.")]}})
    assert view.feedback == "" and view.status["state"] == "practice"


def test_a_graded_item_is_refused_where_only_its_public_half_is(folder: Path) -> None:
    with pytest.raises(KeyNotHere, match=r"exercise\('pick-one'\)"):
        practice("pick-one")


def test_an_author_may_practise_a_graded_item(bank: Path, ears: Ears, page: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(bank)
    practice("pick-one")
    assert (
        "Full marks"
        in page({"type": "check", "answer": {"chosen": [option(view_on_display(ears), "The right one.")]}}).feedback
    )


def test_a_graded_form_never_checks(folder: Path, ears: Ears, page: Any) -> None:
    from medcoding import exercise

    exercise("pick-one")
    assert page({"type": "check", "answer": {"chosen": []}}).feedback == ""


def test_under_nbgrader_a_line_is_printed(folder: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    practice("try-one")
    assert capsys.readouterr().out == "Practice try-one: not graded.\n"


def test_an_answer_given_in_code_is_checked_at_once(folder: Path, ears: Ears, page: Any) -> None:
    practice("try-one", answer="Wrong.")
    view = view_on_display(ears)
    assert "No credit: 0 of 1" in view.feedback and "data-key='kept'" in view.feedback
    assert "The reason why." in page({"type": "show-key"}).feedback
    practice("try-one", answer="Right.")
    assert "Full marks" in view_on_display(ears).feedback
    with pytest.raises(MalformedAnswer):
        practice("try-one", answer=object())
    with pytest.raises(TypeError, match="Name the exercise"):
        practice(answer="Right.")


@pytest.mark.parametrize("typed", ["old heart attack", "asthma", "urethra", "type 2 diabetes", "svc: give a shot"])
def test_words_in_a_code_field_are_not_judged(typed: str) -> None:
    form = FORMS["codes"]
    assert "is words, not a code" in str(form.unready(form.parse_answer({"codes": ["I10", typed]})))


@pytest.mark.parametrize("typed", ["I10", "E11", "GZFZZZZ", "svc:ekg", "0TB04ZZ", "0tb 04zz", "zz9"])
def test_what_may_be_meant_as_a_code_is_judged(typed: str) -> None:
    form = FORMS["codes"]
    assert form.unready(form.parse_answer({"codes": [typed]})) is None


def test_every_form_shows_its_key_after_a_wrong_answer(folder: Path, ears: Ears, page: Any) -> None:
    """A form's own messages must not take the place of the one that shows the key."""
    of_form: dict[str, Item] = {}
    bank = Bank(ROOT / "course" / "bank", strict=False)
    for item in bank:
        if item.use == "practice" and not bank.varies(item.id):
            of_form.setdefault(item.form, item)
    publication = publish(list(of_form.values()), assignment="01-m", notebook="01-l", secret="s")
    (folder / "items/01-l.json").write_bytes(dump(publication.public()))
    shown = set()
    for name, item in of_form.items():
        practice(item.id)
        page({"type": "check", "answer": FORMS[name].attempt(item.key, 0.0, Random(1))})
        if "data-key='kept'" in view_on_display(ears).feedback:
            shown.add(name)
            assert "<h5>Key</h5>" in page({"type": "show-key"}).feedback, item.id
    assert set(FORMS) - shown <= {"order"}, "an attempt without ability may still be right"
