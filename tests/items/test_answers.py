"""answers.json: never lost by the student's side, never trusted by the grader's."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.items.answers import (
    FILE_NAME,
    MAX_BYTES,
    MAX_VALUES,
    Answer,
    AnswersProblem,
    AnswerStore,
    parse_bounded,
    read_answers,
)

NAME = "0123456789abcdef" * 2


def record(item: str = "an-item", **fields: Any) -> dict[str, Any]:
    return {"publication": NAME, "item": item, "variant": 0, "answer": {"codes": ["I10"]}, "revision": 1, "at": "", **fields}


def content(*records: dict[str, Any]) -> bytes:
    return json.dumps({"schema_version": 1, "answers": {entry["item"]: entry for entry in records}}).encode()


def put(folder: Path, item: str = "an-item", **answer: Any) -> Answer:
    return AnswerStore(folder).put(publication=NAME, item=item, answer=answer or {"codes": ["I10"]})


# ---- writing ----------------------------------------------------------------------------------------------


def test_answer_is_read_back_as_it_was_put(tmp_path: Path) -> None:
    given = {"codes": ["E85.4", "Ünïcode ✓", "</script>"], "deep": [{"a": [1, 2.5, None, True]}]}
    made = AnswerStore(tmp_path).put(publication=NAME, item="an-item", answer=given, variant=3)
    found = AnswerStore(tmp_path).get("an-item")
    assert found == made
    assert (found.answer, found.variant, found.revision, found.publication) == (given, 3, 1, NAME)
    assert AnswerStore(tmp_path).get("other") is None


def test_no_file_is_no_answers(tmp_path: Path) -> None:
    assert AnswerStore(tmp_path).all() == {}
    assert read_answers(tmp_path / "none" / FILE_NAME) == ({}, {})


def test_revision_counts_up_for_each_item(tmp_path: Path) -> None:
    assert [put(tmp_path).revision for _ in range(3)] == [1, 2, 3]
    assert put(tmp_path, "other-item").revision == 1
    assert {name: answer.revision for name, answer in AnswerStore(tmp_path).all().items()} == {"an-item": 3, "other-item": 1}


def test_file_is_whole_at_every_moment(tmp_path: Path) -> None:
    put(tmp_path)
    stop, seen = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            seen.append(json.loads((tmp_path / FILE_NAME).read_bytes()))

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(60):
        put(tmp_path, codes=[f"{number}" * 1000])
    stop.set()
    watcher.join()
    assert len(seen) > 10
    assert [path.name for path in tmp_path.iterdir() if path.name not in (FILE_NAME, ".answers.lock")] == []


def test_failed_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path)
    monkeypatch.undo()
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} <= {FILE_NAME, ".answers.lock"}


def write_fifty(folder: str, worker: int) -> None:
    store = AnswerStore(folder)
    for number in range(50):
        store.put(publication=NAME, item=f"worker-{worker}-{number % 25}", answer={"codes": [str(number)]})


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    workers = [multiprocessing.get_context("spawn").Process(target=write_fifty, args=(str(tmp_path), n)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 3
    found = AnswerStore(tmp_path).all()
    assert len(found) == 75
    for name, answer in found.items():
        assert answer.revision == 2
        assert answer.answer == {"codes": [str(int(name.rpartition("-")[2]) + 25)]}


def test_records_that_cannot_be_read_are_kept_beside_new_ones(tmp_path: Path) -> None:
    damaged = {"item": "old-item", "from": "a later version"}
    (tmp_path / FILE_NAME).write_bytes(content(record(), damaged))
    put(tmp_path, "new-item")
    kept = json.loads((tmp_path / FILE_NAME).read_bytes())["answers"]
    assert (set(kept), kept["old-item"]) == ({"an-item", "old-item", "new-item"}, damaged)


@pytest.mark.parametrize("text", [b"{}", b'{"schema_version": 1}', b'{"answers": {}}'])
def test_file_without_answers_takes_one(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(text)
    put(tmp_path)
    assert set(AnswerStore(tmp_path).all()) == {"an-item"}


@pytest.mark.parametrize("text", [b"", b"{", content(record())[:-9], b"\xff\xfe", b"[]"])
def test_unreadable_file_is_moved_aside_and_never_overwritten(tmp_path: Path, text: bytes) -> None:
    for number in (1, 2):
        (tmp_path / FILE_NAME).write_bytes(text)
        with pytest.raises(AnswersProblem, match=f"moved to answers.json.unreadable-{number}, unchanged"):
            put(tmp_path)
        assert (tmp_path / f"{FILE_NAME}.unreadable-{number}").read_bytes() == text
        assert not (tmp_path / FILE_NAME).exists()
        assert put(tmp_path).revision == 1


def test_link_in_its_place_is_moved_aside_and_its_target_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine", encoding="utf-8")
    for number, target in ((1, "nowhere"), (2, "nowhere"), (3, "elsewhere")):
        (tmp_path / FILE_NAME).symlink_to(tmp_path / target)
        with pytest.raises(AnswersProblem, match=f"unreadable-{number}"):
            put(tmp_path)
    assert len([path for path in tmp_path.iterdir() if path.is_symlink()]) == 3
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "mine"


def deep(levels: int) -> Any:
    data: Any = "x"
    for _ in range(levels):
        data = [data]
    return data


@pytest.mark.parametrize(
    "answer",
    [{"number": float("nan")}, {"number": float("inf")}, {"text": "\ud800"}, {"text": "x" * MAX_BYTES}, {"deep": deep(40)}, {"set": {1}}],
    ids=["nan", "infinity", "lone surrogate", "too long", "too deep", "no JSON"],
)
def test_answer_that_could_not_be_read_again_is_refused_before_it_is_written(tmp_path: Path, answer: dict[str, Any]) -> None:
    put(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(AnswersProblem, match="cannot be saved"):
        AnswerStore(tmp_path).put(publication=NAME, item="other-item", answer=answer)
    assert (tmp_path / FILE_NAME).read_bytes() == before


# ---- hostile reading --------------------------------------------------------------------------------------

HOSTILE = {
    "empty": (b"", "is not JSON"),
    "truncated": (content(record())[:40], "is not JSON"),
    "words": (b"hello", "is not JSON"),
    "not UTF-8": (b'{"answers": "\xff"}', "is not JSON"),
    "UTF-16": (content(record()).decode().encode("utf-16"), "is not JSON"),
    "a list": (b"[]", "has not the expected shape"),
    "null": (b"null", "has not the expected shape"),
    "answers as a list": (b'{"answers": []}', "has not the expected shape: answers"),
    "another version": (b'{"schema_version": 2, "answers": {}}', "has not the expected shape: schema_version"),
    "another field": (b'{"answers": {}, "grade": 100}', "has not the expected shape: grade"),
    "nested deep": (b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested 100001 deep"),
    "nested objects": (b'{"a":' * 40 + b"1" + b"}" * 40, "is nested 40 deep"),
    "a name twice": (b'{"answers": {}, "answers": {}}', "a name stands twice"),
    "NaN": (b'{"answers": {"x": NaN}}', "NaN is not JSON"),
    "infinity": (b'{"answers": {"x": -Infinity}}', "-Infinity is not JSON"),
    "a number beyond all": (b'{"answers": {"x": 1e999}}', "1e999"),
    "a number of many digits": (b'{"answers": {"x": ' + b"9" * 100_000 + b"}}", "is not JSON"),
    "lone surrogate": (b'{"answers": {"\\ud800": 1}}', "is not JSON"),
    "too many answers": (content(*[record(f"item-{n}") for n in range(501)]), "holds 501 answers; at most 500"),
    "quotes without end": (b'{"a": "' + b'\\"' * 900_000, "is not JSON"),
    "backslashes without end": (b'"' + b"\\" * 1_900_001, "is not JSON"),
    "quotes only": (b'"' * 1_900_000, "is not JSON"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_file_is_one_problem_and_quickly_so(tmp_path: Path, attack: str) -> None:
    text, words = HOSTILE[attack]
    (tmp_path / FILE_NAME).write_bytes(text)
    start = time.perf_counter()
    with pytest.raises(AnswersProblem) as problem:
        read_answers(tmp_path / FILE_NAME)
    assert words in str(problem.value)
    assert len(str(problem.value)) < 400
    assert time.perf_counter() - start < 5


def test_huge_sparse_file_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / FILE_NAME, "wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(AnswersProblem, match=r"has 100,000,000 bytes; at most 2,000,000 are read"):
        read_answers(tmp_path / FILE_NAME)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["link", "dangling link", "link to itself", "pipe", "folder", "device"])
def test_what_is_no_plain_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / FILE_NAME
    (tmp_path / "real.json").write_bytes(content(record()))
    {
        "link": lambda: path.symlink_to(tmp_path / "real.json"),
        "dangling link": lambda: path.symlink_to(tmp_path / "none"),
        "link to itself": lambda: path.symlink_to(path),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "device": lambda: path.symlink_to("/dev/zero"),
    }[kind]()
    with pytest.raises(AnswersProblem, match="is not a plain file"):
        read_answers(path)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_file_swapped_after_the_look_is_not_followed(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, path = tmp_path / "real.json", tmp_path / FILE_NAME
    real.write_bytes(content(record()))
    looked = real.lstat()
    path.symlink_to(real) if kind == "link" else os.mkfifo(path)
    monkeypatch.setattr(Path, "lstat", lambda _: looked)
    with pytest.raises(AnswersProblem, match=r"cannot be opened|is not JSON"):
        read_answers(path)


def test_folder_that_is_a_file_holds_no_answers(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("x", encoding="utf-8")
    assert read_answers(tmp_path / "folder" / FILE_NAME) == ({}, {})


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("words", "damaged"),
        (None, "damaged"),
        (record(publication="x"), "publication"),
        (record(item="Other_Item"), "item"),
        (record(item="other"), "names another item"),
        (record(variant=-1), "variant"),
        (record(variant=1.5), "variant"),
        (record(answer=["I10"]), "answer"),
        (record(answer=None), "answer"),
        (record(revision="many"), "revision"),
        (record(at="x" * 41), "at"),
        (record(score=1), "score"),
        ({"item": "an-item"}, "publication"),
    ],
)
def test_one_damaged_record_spoils_no_other(tmp_path: Path, entry: Any, words: str) -> None:
    answers = {"an-item": entry, "good-item": record("good-item")}
    (tmp_path / FILE_NAME).write_text(json.dumps({"answers": answers}), encoding="utf-8")
    sound, unsound = read_answers(tmp_path / FILE_NAME)
    assert set(sound) == {"good-item"}
    assert set(unsound) == {"an-item"} and words in unsound["an-item"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=8,
)
RECORD = st.fixed_dictionaries(
    {}, optional={"publication": st.one_of(st.just(NAME), JSON), "item": st.sampled_from(["an-item", "x", 1]), "variant": JSON,
                  "answer": st.one_of(st.dictionaries(st.text(max_size=4), JSON, max_size=2), JSON), "revision": JSON, "at": JSON}
)
FILES = st.dictionaries(st.sampled_from(["an-item", "x", "", "é" * 100]), st.one_of(RECORD, JSON), max_size=3)


def sane(text: bytes) -> None:
    path = Path(os.environ["MEDCODING_TEST_FOLDER"]) / FILE_NAME
    path.write_bytes(text)
    try:
        sound, unsound = read_answers(path)
    except AnswersProblem as problem:
        assert str(problem)
        return
    assert all(isinstance(answer, Answer) and answer.item == name for name, answer in sound.items())
    assert all(isinstance(reason, str) and reason for reason in unsound.values())


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_TEST_FOLDER", str(tmp_path_factory.mktemp("answers")))
        yield


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_answers_or_a_problem(text: bytes) -> None:
    sane(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(FILES.map(lambda answers: {"schema_version": 1, "answers": answers}), JSON), st.integers(0, 400), st.binary(max_size=2))
def test_any_json_whole_or_spoiled_gives_answers_or_a_problem(data: Any, place: int, noise: bytes) -> None:
    text = json.dumps(data).encode()
    sane(text)
    sane(text[:place] + noise + text[place + len(noise) :])


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=6)),
                    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)), max_leaves=8))
def test_sound_json_is_read_as_json_reads_it(data: Any) -> None:
    assert parse_bounded(json.dumps(data).encode(), "it") == data


def test_what_holds_too_many_values_is_neither_saved_nor_read(tmp_path: Path) -> None:
    most = {"cells": [0] * (MAX_VALUES - 1)}
    put(tmp_path, **most)
    with pytest.raises(AnswersProblem, match="holds more than 25,000 values"):
        put(tmp_path, cells=[0] * MAX_VALUES)
    assert AnswerStore(tmp_path).get("an-item").answer == most
    (tmp_path / FILE_NAME).write_bytes(content(record(answer={"cells": [[0]] * (MAX_VALUES // 2)}), record("other-item")))
    sound, unsound = read_answers(tmp_path / FILE_NAME)
    assert list(sound) == ["other-item"] and "more than 25,000 values" in unsound["an-item"]
