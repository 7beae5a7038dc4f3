"""exercise(): saves at once, comes back, tells Validate, and keeps the notebook's copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from medcoding import exercise
from medcoding.items.answers import MIME, AnswerStore
from medcoding.widgets import KeyNotHere, MalformedAnswer, NoSuchExercise, NotAnswered
from widgets_support import Ears, files, view_on_display


def chosen(folder: Path, number: int = 0) -> str:
    items = json.loads((folder / "items/01-l.json").read_text())["items"]
    return str(next(item for item in items if item["id"] == "pick-one")["view"]["options"][number]["id"])


def test_showing_writes_nothing(folder: Path, ears: Ears) -> None:
    before = files(folder)
    exercise("pick-one")
    assert files(folder) == before


def test_a_change_saves_at_once_and_counts_revisions(folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    view = page({"type": "answer", "answer": {"codes": ["G47.33", "R06.81"]}})
    record = AnswerStore(folder).get("list-codes")
    assert record is not None and record.revision == 2
    assert record.answer == {"codes": ["G47.33", "R06.81"]}
    assert record.publication == json.loads((folder / "items/01-l.json").read_text())["publication"]
    assert view.status["state"] == "saved" and view.status["revision"] == 2
    assert ears.sent[-1]["type"] == "answer" and ears.sent[-1]["ok"]


def test_a_cleared_answer_is_saved_too(folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    view = page({"type": "answer", "answer": {"codes": []}})
    assert AnswerStore(folder).get("list-codes").answer == {"codes": []}  # type: ignore[union-attr]
    assert view.status["missing"] == "No code is entered yet."


def test_the_answer_is_back_after_a_restart(folder: Path, ears: Ears, page: Any) -> None:
    exercise("pick-one")
    option = chosen(folder)
    page({"type": "answer", "answer": {"chosen": [option]}})
    exercise("pick-one")
    view = view_on_display(ears)
    assert view.answer == {"chosen": [option]} and view.status["revision"] == 1


def test_the_copy_follows_each_saved_change(folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    live, copy = ears.shown[-2:]
    assert live[1] == {"medcoding": "live"}
    assert MIME not in copy[0] and "No answer." in copy[0]["text/html"]
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    display_id, data = ears.updated[-1]
    assert display_id == copy[2]
    assert data[MIME]["item"] == "list-codes" and data[MIME]["answer"] == {"codes": ["G47.33"]}
    assert data[MIME] == AnswerStore(folder).get("list-codes").model_dump(mode="json")  # type: ignore[union-attr]
    assert "G47.33" in data["text/html"] and "G47.33" in data["text/plain"]


def test_the_copy_escapes_hostile_text(folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    view = page({"type": "answer", "answer": {"codes": ["<img src=x onerror=alert(1)>"]}})
    shown = ears.updated[-1][1]["text/html"] + view.item["chart"]
    assert "<img" not in shown and "<script" not in shown and "&lt;img" in shown


def test_two_forms_of_one_exercise_agree(folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    first = view_on_display(ears)
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["I10"]}})
    assert first.answer == {"codes": ["I10"]} and first.status["revision"] == 1
    assert len({display_id for display_id, _ in ears.updated}) == 2


@pytest.mark.parametrize("raw", [None, [], {"codes": "x"}, {"codes": ["x" * 65]}, {"else": 1}, {"codes": ["a"] * 31}])
def test_a_malformed_message_is_refused_and_said(folder: Path, ears: Ears, page: Any, raw: object) -> None:
    exercise("list-codes")
    view = page({"type": "answer", "answer": raw})
    assert not (folder / "answers.json").exists()
    assert view.status["state"] == "failed" and "form 'codes'" in view.status["alert"]
    assert ears.sent[-1]["ok"] is False


def test_an_unreadable_file_is_set_aside_said_and_saving_goes_on(folder: Path, ears: Ears, page: Any) -> None:
    (folder / "answers.json").write_text("{ broken")
    exercise("list-codes")
    assert "cannot be read" in view_on_display(ears).status["alert"]
    assert (folder / "answers.json").read_text() == "{ broken"
    view = page({"type": "answer", "answer": {"codes": ["I10"]}})
    assert view.status["state"] == "saved" and "unreadable-1" in view.status["alert"]
    assert (folder / "answers.json.unreadable-1").read_text() == "{ broken"
    assert AnswerStore(folder).get("list-codes") is not None


def test_a_failing_disk_is_an_alert(folder: Path, ears: Ears, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    exercise("list-codes")
    monkeypatch.setattr("medcoding.items.answers.write_atomic", full)
    view = page({"type": "answer", "answer": {"codes": ["I10"]}})
    assert view.status["state"] == "failed" and "No space left" in view.status["alert"]


@pytest.mark.parametrize("value", ["The right one.", "the  RIGHT one.", ["The right one."], {"chosen": ["id"]}])
def test_an_option_may_be_given_by_its_text(folder: Path, ears: Ears, value: Any) -> None:
    texts = {option["text"]: option["id"] for option in _options(folder)}
    if isinstance(value, dict):
        value = {"chosen": [texts["The right one."]]}
    exercise("pick-one", answer=value)
    assert AnswerStore(folder).get("pick-one").answer == {"chosen": [texts["The right one."]]}  # type: ignore[union-attr]


def _options(folder: Path) -> list[dict[str, str]]:
    items = json.loads((folder / "items/01-l.json").read_text())["items"]
    return next(item for item in items if item["id"] == "pick-one")["view"]["options"]  # type: ignore[no-any-return]


def test_an_option_may_be_given_by_its_letter_or_id(folder: Path, ears: Ears) -> None:
    second = _options(folder)[1]["id"]
    for value in ("B", "b", second):
        exercise("pick-one", answer=value)
        assert AnswerStore(folder).get("pick-one").answer == {"chosen": [second]}  # type: ignore[union-attr]
    assert AnswerStore(folder).get("pick-one").revision == 1  # type: ignore[union-attr]


def test_codes_and_lines_may_be_given_shortly(folder: Path, ears: Ears) -> None:
    exercise("list-codes", answer=["G47.33"])
    assert "G47.33" in ears.last["text/html"] and MIME in ears.last
    line = {"code": "svc:im-injection", "modifiers": "RT, 59", "units": 2, "pointers": "A"}
    exercise("fill-claim", answer={"diagnoses": ["D51.0"], "lines": [line]})
    kept = AnswerStore(folder).get("fill-claim")
    assert kept is not None
    assert kept.answer["lines"][0] == {
        "code": "svc:im-injection",
        "modifiers": ["RT", "59"],
        "units": 2,
        "pointers": ["A"],
    }


@pytest.mark.parametrize("value", ["Z", ["A", 3], 7, {"chosen": "A"}, object()])
def test_a_malformed_value_is_told_and_nothing_written(folder: Path, ears: Ears, value: object) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("pick-one", answer=value)
    assert not (folder / "answers.json").exists()


def test_unknown_id_names_near_ones(folder: Path) -> None:
    with pytest.raises(NoSuchExercise, match="Near: pick-one"):
        exercise("pick-on")
    with pytest.raises(NoSuchExercise, match="Check the spelling"):
        exercise("zzzzzzzzzz")


def test_a_missing_items_folder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDCODING_BANK", str(tmp_path / "none"))
    with pytest.raises(NoSuchExercise, match="fetch the assignment again"):
        exercise("pick-one")


def test_a_damaged_items_file_is_named(folder: Path) -> None:
    (folder / "items/01-l.json").write_text("{}")
    with pytest.raises(NoSuchExercise, match=r"items/01-l\.json"):
        exercise("pick-one")


def test_a_practice_item_is_no_exercise(folder: Path) -> None:
    with pytest.raises(KeyNotHere, match=r"practice\('try-one'\)"):
        exercise("try-one")


# Beside a source notebook.


def test_source_shows_a_preview_and_writes_nothing(
    bank: Path, ears: Ears, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bank)
    before = files(bank.parent.parent)
    exercise("list-codes")
    view = page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    assert view.item["mode"] == "preview" and view.status["state"] == "preview"
    exercise("list-codes", answer=["G47.33"])
    assert "nothing is saved here" in ears.last["text/html"] and MIME not in ears.last
    assert files(bank.parent.parent) == before


def test_source_never_writes_even_with_items(
    bank: Path, folder: Path, ears: Ears, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "items").rename(bank / "items")
    monkeypatch.chdir(bank)
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    assert not (bank / "answers.json").exists()


def test_a_folder_called_source_elsewhere_is_no_source(
    folder: Path, tmp_path: Path, ears: Ears, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home/source").mkdir(parents=True)
    folder.rename(tmp_path / "home/source/01-m")
    monkeypatch.chdir(tmp_path / "home/source/01-m")
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    assert (tmp_path / "home/source/01-m/answers.json").exists()


def test_a_faulty_bank_item_is_told_with_its_place(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bank.parent.parent / "course/bank/01-m/01-l.yaml"
    file.write_text(file.read_text().replace("title: Pick one", "titel: Pick one"))
    monkeypatch.chdir(bank)
    with pytest.raises(NoSuchExercise, match="titel"):
        exercise("pick-one")


# Under nbgrader.


def test_validate_raises_for_an_unanswered_exercise(folder: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(folder)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotAnswered, match=r"^pick-one: no answer yet.*“Pick one”.*validate again"):
        exercise("pick-one")
    assert files(folder) == before and not ears.shown


def test_validate_raises_for_an_incomplete_answer(folder: Path, ears: Ears, page: Any, monkeypatch: Any) -> None:
    exercise("fill-claim")
    page({"type": "answer", "answer": {"diagnoses": ["D51.0"], "lines": []}})
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotAnswered, match="No service line"):
        exercise("fill-claim")


def test_validate_raises_for_a_malformed_record(folder: Path, ears: Ears, page: Any, monkeypatch: Any) -> None:
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["I10"]}})
    path = folder / "answers.json"
    path.write_text(path.read_text().replace('"codes"', '"cods"'))
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotAnswered, match="cannot be read"):
        exercise("list-codes")


def test_validate_passes_a_wrong_answer_and_says_nothing_of_it(
    folder: Path, ears: Ears, page: Any, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["R06.81"]}})
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    exercise("list-codes")
    out = capsys.readouterr()
    assert out.out == "Exercise list-codes: answered. Whether it is right is not checked here.\n" and out.err == ""


def test_validate_refuses_a_computed_answer_that_is_not_recorded(folder: Path, ears: Ears, monkeypatch: Any) -> None:
    exercise("list-codes", answer=["I10"])
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    exercise("list-codes", answer=["I10"])
    with pytest.raises(NotAnswered, match="not what is recorded"):
        exercise("list-codes", answer=["I11.9"])


@pytest.mark.parametrize("value", ["autograde", "", "anything"])
def test_no_other_execution_writes_shows_or_fails(
    folder: Path, ears: Ears, monkeypatch: Any, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(folder)
    monkeypatch.setenv("NBGRADER_EXECUTION", value)
    exercise("pick-one")
    exercise("list-codes", answer=["I10"])
    assert files(folder) == before and not ears.shown
    assert "no answer" in capsys.readouterr().out


def test_without_ipython_the_question_is_printed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    exercise("pick-one")
    out = capfd.readouterr()
    assert out.out == "Pick one\nWhich one?\nYour answer so far:\n  No answer.\n" and out.err == ""


def test_a_corrected_release_is_taken_up_and_the_answer_kept(folder: Path, items: list[Any], ears: Ears, page: Any, tmp_path: Path) -> None:
    from medcoding.items.publication import dump, publish

    outbound = tmp_path / "exchange" / "01-l.json"
    outbound.parent.mkdir()
    first = publish(items, assignment="01-m", notebook="01-l", secret="s")
    (folder / "items/01-l.json").write_bytes(dump(first.public(errata=str(outbound))))
    outbound.write_bytes(dump(first.public(errata=str(outbound))))
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["G47.33"]}})
    changed = [item.model_copy(update={"question": "Which code, exactly?"}) if item.id == "list-codes" else item for item in items]
    second = publish(changed, assignment="01-m", notebook="01-l", secret="s")
    outbound.write_bytes(dump(second.public(before=first, errata=str(outbound))))
    exercise("list-codes")
    view = view_on_display(ears)
    assert "Which code, exactly?" in view.item["question"] and "Corrected after its release" in view.item["points"]
    assert view.answer["codes"] == ["G47.33"]
    record = AnswerStore(folder).get("list-codes")
    assert record is not None and record.publication == first.name, "unchanged answers keep the publication they were given to"
    page({"type": "answer", "answer": {"codes": ["G47.33", "I10"]}})
    record = AnswerStore(folder).get("list-codes")
    assert record is not None and record.publication == second.name
    exercise("pick-one")
    assert "Corrected" not in view_on_display(ears).item["points"]
