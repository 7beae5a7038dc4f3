"""Whose variant is shown: nbgrader's name where it hands in, else what identify() was told once; asked for before the first is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from medcoding.items.answers import AnswerStore
from medcoding.items.bank import Bank
from medcoding.items.publication import Publication, dump, publish
from medcoding.widgets import AnotherName, NotAnswered, WhoAreYou, exercise, identify, identity, practice
from medcoding.widgets.places import find
from variant_items import FRACTURE, UNITS
from widgets_support import Ears, view_on_display

DRUG, LEG = "units-of-a-drug", "a-broken-leg"


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that knows no student; returns the file where the name is kept."""
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr(identity, "_file", lambda: tmp_path / "data/medcoding/student.json")
    return tmp_path / "data/medcoding/student.json"


def published(tmp_path: Path, text: str) -> Publication:
    folder = tmp_path / "bank/05-m"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "items.yaml").write_text(text, encoding="utf-8")
    bank = Bank(folder.parent)
    return publish([bank.expanded(item.id, "s") for item in bank], assignment="05-m", notebook="one", secret="s")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publication:
    """A fetched assignment of two exercises with variants and one to practise, the current folder; no exchange is in reach."""
    home = tmp_path / "student/05-m"
    (home / "items").mkdir(parents=True)
    practised = UNITS.replace("id: units-of-a-drug", "id: practise-units").replace("form: number", "form: number\n  use: practice")
    publication = published(tmp_path, FRACTURE + UNITS + practised)
    (home / "items/one.json").write_bytes(dump(publication.public()))
    monkeypatch.chdir(home)
    return publication


def within_reach(tmp_path: Path, publication: Publication) -> None:
    """An exchange on this machine that holds the released items."""
    original = tmp_path / "exchange/one.json"
    original.parent.mkdir()
    public = publication.public(errata=str(original))
    original.write_bytes(dump(public))
    Path("items/one.json").write_bytes(dump(public))


def question(publication: Publication, student: str) -> str:
    return publication[DRUG].variants[publication.own_variant(DRUG, student)].question


def someone_else(publication: Publication, student: str, item: str = DRUG) -> str:
    own = publication.own_variant(item, student)
    return next(name for name in (f"x{n}" for n in range(99)) if publication.own_variant(item, name) != own)


def test_name_is_asked_for_before_a_variant_is_shown(work: Publication, ears: Ears) -> None:
    for show, item in ((exercise, DRUG), (practice, "practise-units")):
        with pytest.raises(WhoAreYou, match=r'run identify\("…"\) once'):
            show(item)
    assert ears.shown == [] and not Path("answers.json").exists()


def test_identify_decides_which_variant_is_shown_on_every_machine(work: Publication, ears: Ears) -> None:
    assert identify("s1234") == "s1234"
    exercise(DRUG)
    assert view_on_display(ears).item["question"].count("mg of") == 1
    assert find(DRUG).item.question == question(work, "s1234")
    assert find(DRUG) == find(DRUG)
    practice("practise-units")
    own = work.own_variant("practise-units", "s1234")
    assert find("practise-units").keyed == work["practise-units"].variant(own)


def test_answer_names_its_variant_and_keeps_it(work: Publication, page: Any) -> None:
    identify("s1234")
    exercise(DRUG)
    page({"type": "answer", "answer": {"text": "4"}})
    own = work.own_variant(DRUG, "s1234")
    assert AnswerStore(".").get(DRUG).variant == own
    identify(someone_else(work, "s1234"), change=True)
    assert find(DRUG).variant == own
    exercise(DRUG, answer="5")
    assert AnswerStore(".").get(DRUG).variant == own


def test_practice_check_uses_the_key_of_the_own_variant(work: Publication, page: Any) -> None:
    identify("s1234")
    practice("practise-units")
    one = work["practise-units"].variants[work.own_variant("practise-units", "s1234")]
    view = page({"type": "check", "answer": {"text": str(one.key.fields[0].value)}})
    assert "Full marks" in view.feedback and one.values["units"] in view.feedback


def test_name_may_be_mended_until_a_variant_was_shown(work: Publication, ears: Ears) -> None:
    identify("s1234")
    assert identify("s1235") == "s1235"
    exercise(DRUG)
    with pytest.raises(AnotherName, match=r"already shown for that name.*change=True"):
        identify("s9999")
    assert identify() == "s1235" == identify("s1235")
    assert identify("s9999", change=True) == "s9999"
    exercise(DRUG)
    assert find(DRUG).item.question == question(work, "s9999")


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a\\b", "x" * 65, "a+b", 7, ["s1"]])
def test_what_is_no_name_is_refused_and_nothing_stored(work: Publication, nobody: Path, name: Any) -> None:
    with pytest.raises(AnotherName, match="is no name of a student"):
        identify(name)
    assert not nobody.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"student": 7}', '{"student": "a b"}', '{"student": ["x"]}', "\x00"])
def test_damaged_store_counts_as_none(work: Publication, nobody: Path, content: str) -> None:
    nobody.parent.mkdir(parents=True)
    nobody.write_text(content)
    with pytest.raises(WhoAreYou):
        exercise(DRUG)
    assert identify("s1234") == "s1234" and json.loads(nobody.read_text()) == {"student": "s1234", "shown": False}


def test_login_is_used_where_nbgrader_hands_in(work: Publication, ears: Ears, tmp_path: Path, nobody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    within_reach(tmp_path, work)
    monkeypatch.setattr(identity, "_owner", lambda: "ada")
    exercise(DRUG)
    assert find(DRUG).item.question == question(work, "ada")
    assert not nobody.exists()


def test_shared_login_of_a_hub_gives_way_to_the_hubs_user(work: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    monkeypatch.setattr(identity, "_owner", lambda: "jovyan")
    assert find(DRUG).item.question == question(work, "grace")
    with pytest.raises(AnotherName, match="JupyterHub hands in your work as 'grace'"):
        identify("s1234")
    assert identify() == "grace"


def test_login_is_nbgraders_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbgrader.utils import get_username

    assert identity.login() == get_username()
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    assert identity.login() == get_username()


def test_validate_asks_no_name_and_records_nothing(work: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotAnswered, match="no answer yet"):
        exercise(DRUG)
    assert not Path("answers.json").exists()


@pytest.mark.parametrize("number", [-1, 24, 10**30, "x", None])
def test_hostile_variant_in_answers_falls_back_to_ones_own(work: Publication, ears: Ears, number: Any) -> None:
    identify("s1234")
    record = {"publication": work.name, "item": DRUG, "variant": number, "answer": {"text": "4"}, "revision": 1, "at": ""}
    Path("answers.json").write_text(json.dumps({"schema_version": 1, "answers": {DRUG: record}}))
    assert find(DRUG).item.question == question(work, "s1234")
    exercise(DRUG)


def test_author_sees_the_first_variant_with_a_note(bank: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    (bank.parent.parent / "course/bank/01-m/more.yaml").write_text(UNITS, encoding="utf-8")
    monkeypatch.chdir(bank)
    exercise(DRUG)
    assert any("one of 24 variants" in data["text/plain"] for data, _, _ in ears.shown)
    assert find(DRUG).preview and find(DRUG).variant == 0


def test_item_without_variants_asks_nobody(folder: Path) -> None:
    assert find("pick-one").variant == 0 and find("pick-one").note == ""
    assert not (folder / "answers.json").exists()
