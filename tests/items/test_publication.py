"""Publications: frozen, named by hash, and silent about every key they hold."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from medcoding.forms import FORMS
from medcoding.items.errata import read_public_items, take_up
from medcoding.items.models import Item, PublicItem
from medcoding.items.publication import (
    Publication,
    PublicationMissing,
    PublicationStore,
    PublicItems,
    course_secret,
    dump,
    publish,
)

BASE: dict[str, Any] = {
    "lesson": "05-01", "title": "A title", "chart": "Age: 71\n\nWords.", "question": "Which?", "on": "2026-03-16",
    "rationale": "Because.", "citations": [{"guideline": "I.A.13"}], "objectives": [1], "domains": ["P14"], "level": 3,
}
CHOICE = {**BASE, "id": "a-choice", "form": "choice", "key": {
    "options": [{"text": "yes", "correct": True, "feedback": "f0"}, {"text": "no", "feedback": "f1"}, {"text": "perhaps", "feedback": "f2"}]}}
CODES = {**BASE, "id": "some-codes", "form": "codes", "points": 2.5, "excludes1_exceptions": [["N30.00", "N39.0"]],
         "key": {"codes": ["E85.4", {"code": "I43", "alternatives": ["I42.9"]}], "lead": "E85.4", "optional": ["Z79.84"]},
         "distractors": [{"code": "E11", "status": "header", "feedback": "A category."}]}
ENCOUNTER = {**BASE, "id": "an-encounter", "form": "encounter", "key": {
    "diagnoses": {"codes": ["D51.0"], "lead": "D51.0"}, "lines": [{"code": "svc:im-injection", "modifiers": ["LT"], "pointers": ["D51.0"]}]},
    "distractors": [{"code": "svc:iv-push", "feedback": "No."}]}
MATCH = {**BASE, "id": "a-match", "form": "match", "key": {"pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "y"}]}}
SORT = {**BASE, "id": "a-sort", "form": "sort", "key": {"bins": ["x", "y"], "items": [{"text": "a", "bin": "x"}, {"text": "b", "bin": "y"}]}}
ORDER = {**BASE, "id": "an-order", "form": "order", "key": {"items": [{"text": "a"}, {"text": "b"}, {"text": "c"}], "ties": [["b", "c"]]}}
NUMBER = {**BASE, "id": "a-number", "form": "number", "key": {"value": "7.25", "decimals": 1, "unit": "%", "near": [{"value": "6.5", "feedback": "f"}]}}
PARTS = {**BASE, "id": "some-parts", "form": "wordparts", "key": {
    "term": "hepatitis", "mode": "apart", "parts": [{"text": "hepat/o", "kind": "root", "meaning": "liver"}, {"text": "-itis", "kind": "suffix"}],
    "meaning": {"text": "an inflamed liver", "wrong": [{"text": "a large liver", "feedback": "f"}]}}}
ALL = [CHOICE, CODES, ENCOUNTER, MATCH, SORT, ORDER, NUMBER, PARTS]


def item(raw: dict[str, Any], **fields: Any) -> Item:
    return Item.model_validate({**raw, **fields})


def published(*raws: dict[str, Any], secret: str = "secret", notebook: str = "one") -> Publication:
    return publish([item(raw) for raw in raws], assignment="05-sample", notebook=notebook, secret=secret, course="course")


# ---- hash and store ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ALL, ids=lambda raw: raw["form"])
def test_hash_survives_dump_and_load(raw: dict[str, Any]) -> None:
    first = published(raw)
    again = Publication.model_validate_json(first.text())
    assert (again.name, again.text(), again) == (first.name, first.text(), first)
    assert again[raw["id"]].key == first[raw["id"]].key


def test_hash_covers_every_part() -> None:
    names = {
        published(*ALL).name,
        published(CHOICE, CODES).name,
        published(*ALL, secret="other").name,
        published(*ALL, notebook="two").name,
        published(CHOICE, {**CODES, "rationale": "Because!"}, *ALL[2:]).name,
    }
    assert len(names) == 5
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in names)


def test_store_gives_back_what_it_keeps(tmp_path: Path) -> None:
    publication = published(*ALL)
    path = PublicationStore(tmp_path / "store").keep(publication)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store = PublicationStore(tmp_path / "store")
    assert publication.name in store
    assert store[publication.name] == publication


@pytest.mark.parametrize("spoil", [lambda text: text.replace("E85.4", "E85.8"), lambda text: text + "\n", lambda text: text[:-5], lambda text: ""])
def test_store_refuses_a_file_that_was_changed(tmp_path: Path, spoil: Any) -> None:
    publication = published(*ALL)
    path = PublicationStore(tmp_path).keep(publication)
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(PublicationMissing, match=r"was changed: its content hashes to .* Restore it from a backup"):
        PublicationStore(tmp_path)[publication.name]


@pytest.mark.parametrize("name", ["0" * 32, "../../etc/passwd", "", "x" * 500, None])
def test_unknown_publication_is_named_and_never_a_path(tmp_path: Path, name: Any) -> None:
    assert name not in PublicationStore(tmp_path)
    with pytest.raises(PublicationMissing, match="No publication"):
        PublicationStore(tmp_path)[name]


def test_newer_publication_is_current_and_the_older_one_stays(tmp_path: Path) -> None:
    store = PublicationStore(tmp_path)
    old, new = published(CHOICE), published({**CHOICE, "rationale": "Better."})
    assert store.current("05-sample", "one") is None
    store.make_current(old)
    store.make_current(new)
    fresh = PublicationStore(tmp_path)
    assert fresh.current("05-sample", "one") == new
    assert fresh[old.name] == old
    assert {kept.name for kept in fresh.of_assignment("05-sample")} == {old.name, new.name}
    assert list(fresh.of_assignment("06-other")) == []


def test_corrected_names_only_items_that_changed() -> None:
    old = published(CHOICE, CODES)
    new = published({**CHOICE, "rationale": "Better."}, CODES, ENCOUNTER)
    assert new.public(before=old).corrected == ("a-choice",)
    assert new.public().corrected == ()


# ---- what a student may see -------------------------------------------------------------------------------

ALLOWED = {"id", "form", "title", "use", "points", "counts", "on", "chart", "question", "closed_book", "view", "keyed"}
OF_VARIANTS = {"variants", "draw"}
"""What only an item with variants carries besides; tests/items/test_variants.py looks into them."""


def test_public_item_carries_allowed_fields_only() -> None:
    assert set(PublicItem.model_fields) == ALLOWED | OF_VARIANTS
    released = json.loads(dump(published(*ALL).public()))
    assert set(released) == {"schema_version", "publication", "course", "assignment", "notebook", "items", "corrected", "errata", "aims"}
    assert all(set(entry) == ALLOWED for entry in released["items"])
    assert all(entry["keyed"] is None for entry in released["items"])


def sentinels() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"zq{number:03d}qz"


def with_sentinels() -> tuple[list[dict[str, Any]], set[str]]:
    """An item of each form whose every private text is a sentinel of its own."""
    fresh, used = sentinels(), set()

    def mark() -> str:
        used.add(word := next(fresh))
        return word

    def private() -> dict[str, Any]:
        return {"rationale": mark(), "notes": mark(), "if_missed": mark(), "excludes1_exceptions": [[mark(), mark()]],
                "citations": [{"course": mark()}, {"index": mark()}, {"cms": mark()}]}

    def wrong() -> list[dict[str, str]]:
        return [{"code": mark(), "feedback": mark()}, {"code": f"svc:{mark()}", "feedback": mark()}]

    lead, first = mark(), mark()
    choice = {**CHOICE, **private(), "key": {"options": [
        {"text": "yes", "correct": True, "feedback": mark(), "codes": [mark()]},
        {"text": "no", "feedback": mark(), "codes": [{"code": mark(), "status": "header"}]}]}}
    several = {**choice, **private(), "id": "several", "key": {**choice["key"], "many": True}}
    codes = {**CODES, **private(), "distractors": wrong(), "key": {
        "codes": [lead, {"code": mark(), "alternatives": [mark()]}], "lead": lead, "before": [], "optional": [mark()]}}
    encounter = {**ENCOUNTER, **private(), "distractors": wrong(), "key": {
        "diagnoses": {"codes": [first, {"code": mark(), "alternatives": [mark()]}], "lead": first, "optional": [mark()]},
        "lines": [{"code": mark(), "alternatives": [mark()], "modifiers": ["Z7"], "optional_modifiers": ["Z8"], "units": 4321, "pointers": [first]}]}}
    return [choice, several, codes, encounter, *text_forms(mark, private)], used


def text_forms(mark: Callable[[], str], private: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """Forms whose texts are shown while what belongs to what is not: their private words are feedback, codes, numbers, parts."""
    match = {**MATCH, **private(), "key": {
        "pairs": [{"left": "a", "right": "x", "alternatives": ["z"], "feedback": mark()}, {"left": "b", "right": "y", "feedback": mark()}],
        "extra": [{"text": "z", "feedback": mark()}]}}
    sort = {**SORT, **private(), "key": {"bins": ["x", "y", "z"], "items": [
        {"text": "a", "bin": "x", "alternatives": ["z"], "feedback": mark(), "codes": [mark(), {"code": mark(), "status": "header"}]},
        {"text": "b", "bin": "y", "feedback": mark()}]}}
    order = {**ORDER, **private(), "key": {"items": [{"text": text, "feedback": mark()} for text in "abc"], "ties": [["b", "c"]]}}
    number = {**NUMBER, **private(), "key": {"value": "9876.54321", "decimals": 1, "rounding": "up", "unit": "units", "accept_units": [f"zq{'x' * 8}qz"],
                                             "near": [{"value": "8765.4", "feedback": mark()}]}}
    apart = {**PARTS, **private(), "key": {**PARTS["key"], "meaning": {"text": "one", "alternatives": ["two"], "wrong": [{"text": "three", "feedback": mark()}]}}}
    build = {**PARTS, **private(), "id": "build-parts", "key": {
        "term": "orchiopexy", "mode": "build", "parts": [{"text": "orchi/o", "kind": "root", "meaning": mark()}, {"text": "-pexy", "kind": "suffix"}],
        "extra": [{"text": "-ectomy", "kind": "suffix", "feedback": mark()}], "accept": ["orchidopexy"]}}
    return [match, sort, order, number, apart, build, *later_forms(mark, private)]


def later_forms(mark: Callable[[], str], private: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """Forms with codes of several books, with a chart, a claim or a dataset; what is private in them are codes, values and feedback."""

    def base(name: str) -> dict[str, Any]:
        return {**{field: value for field, value in CODES.items() if field not in ("key", "distractors")}, **private(), "id": f"{name}-sample", "form": name}

    pcs = {**base("pcs"), "slips": [{"axis": 5, "value": "0", "feedback": mark()}], "distractors": [{"code": "0FT44ZZ", "feedback": mark()}], "key": {
        "procedures": [{"code": "0TB04ZZ", "alternatives": ["0TB03ZZ"]}], "optional": ["8E0W4CZ"]}}
    highlight = {**base("highlight"), "chart": "Right ankle sprain. Films clear.", "key": {
        "spans": ["ankle sprain"], "optional": ["Right"], "forbidden": [{"text": "Films clear", "feedback": mark()}]}}
    text = {**base("text"), "key": {"rubric": [{"text": "facts"}], "forbidden": [{"text": mark(), "feedback": mark()}], "model": mark()}}
    data = [
        {**base("data"), "id": f"data-{kind}", "key": key}
        for kind, key in (
            ("number", {"number": "7777.25", "near": [{"value": "6666.5", "feedback": mark()}]}), ("list", {"list": [mark(), mark()]}),
            ("table", {"table": {"columns": [mark()], "rows": [[mark()]]}}),
        )
    ]  # fmt: skip
    stay = {**base("stay"), "distractors": [{"code": mark(), "feedback": mark()}], "key": {
        "patient": {"age": 60, "sex": "M"}, "principal": {"code": mark(), "alternatives": [mark()]}, "others": [mark()], "procedures": [mark()],
        "optional": [mark()], "optional_procedures": [mark()], "drg": 987, "query": [{"text": "no", "correct": True}, {"text": "yes", "feedback": mark()}]}}
    claim = {**base("claim"), "key": {
        "claim": {"sample": "office-knee"}, "fixes": [{"path": "lines.1.modifiers", "value": mark(), "alternatives": [mark()], "feedback": mark()}],
        "wrong": [{"path": "lines.0.units", "value": mark(), "feedback": mark()}],
        "asks": [{"label": "Who?", "options": [{"text": "a", "correct": True}, {"text": "b", "feedback": mark()}]},
                 {"label": "How much?", "number": {"value": "5555.25", "near": [{"value": "4444.5", "feedback": mark()}]}}]}}
    mdm = {**base("mdm"), "slips": [{"element": "data", "value": "minimal", "feedback": mark()}], "key": {
        "setting": "office-new", "problems": "low", "data": "limited", "risk": "moderate", "level": "low",
        "evidence": [{"text": "a", "correct": True}, {"text": "b", "feedback": mark()}]}}
    review = {**base("review"), "key": {
        "suggestions": [{"code": "I10", "verdict": "accept", "feedback": mark()}, {"code": "E11", "verdict": "change", "to": mark(), "alternatives": [mark()], "feedback": mark()}],
        "missed": [{"code": mark(), "alternatives": [mark()], "feedback": mark()}], "optional": [mark()]}}
    return [pcs, highlight, text, *data, stay, claim, mdm, review]


def test_no_private_word_of_a_graded_item_is_released() -> None:
    raws, used = with_sentinels()
    publication = published(*raws, secret="zq-course-secret-qz")
    released = dump(publication.public(before=publication, errata="/exchange/one.json")).decode()
    kept = publication.text()
    assert len(used) > 40
    assert all(word in kept for word in used), "a sentinel that is in no field would prove nothing"
    hidden = ["9876.5", "8765.4", "rounding", "zqxxxxxxxxqz", "hepat/o", "-itis", "orchiopexy", "orchidopexy", "ties", "alternatives",
              "0TB04ZZ", "0TB03ZZ", "0FT44ZZ", "8E0W4CZ", "7777.25", "6666.5", "5555.25", "4444.5", "forbidden", "tolerated"]
    assert set(FORMS) == {raw["form"] for raw in raws}, "a form without sentinels could leak its key unseen"
    assert all(word in kept for word in hidden)
    assert [word for word in [*used, *hidden, "Z7", "Z8", "4321", publication.salt, "zq-course-secret-qz"] if word in released] == []
    for private in ("rationale", "citations", "objectives", "domains", "level", "lesson", "distractors", "feedback", "correct", "salt", "drg", "fixes", "model", "verdict", "missed"):
        assert f'"{private}"' not in released


def test_practice_item_carries_its_key_and_says_so() -> None:
    raws, _ = with_sentinels()
    publication = published(*({**raw, "use": "practice"} for raw in raws))
    released = json.loads(dump(publication.public()))
    for raw, entry in zip(raws, released["items"], strict=True):
        assert entry["use"] == "practice"
        assert Item.model_validate(entry["keyed"]) == item(raw, use="practice")


# ---- the order shown --------------------------------------------------------------------------------------

TEXTS = ["alpha", "beta", "gamma", "delta"]


def shown(order: tuple[str, ...], right: str, secret: str = "secret", name: str = "a-choice") -> list[str]:
    options = [{"text": text, "correct": text == right, "feedback": f"about {text}"} for text in order]
    publication = published({**CHOICE, "id": name, "key": {"options": options}}, secret=secret)
    return [option["text"] for option in publication.public().items[0].view["options"]]


def test_order_shown_knows_neither_file_order_nor_rightness() -> None:
    orders = {tuple(shown(order, right)) for order in permutations(TEXTS) for right in TEXTS}
    assert len(orders) == 1
    assert sorted(orders.pop()) == sorted(TEXTS)


def test_order_shown_differs_between_secrets_and_items() -> None:
    assert len({tuple(shown(tuple(TEXTS), "alpha", secret=f"secret {n}")) for n in range(200)}) > 15
    assert len({tuple(shown(tuple(TEXTS), "alpha", name=f"item-{n}")) for n in range(200)}) > 15


def test_right_option_has_no_favourite_place() -> None:
    places = [shown(tuple(TEXTS), "alpha", secret=f"secret {n}").index("alpha") for n in range(400)]
    assert all(60 <= places.count(place) <= 140 for place in range(4))  # 100 each; five standard deviations are 43


# ---- the course secret ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_secret_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDCODING_SECRET", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_course_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = course_secret(tmp_path / "new")
    path = tmp_path / "new" / "course_secret.txt"
    assert len(first) == 64 and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert course_secret(tmp_path / "new") == first
    assert [entry.name for entry in path.parent.iterdir()] == ["course_secret.txt"]
    assert course_secret(tmp_path / "other") != first


def test_course_secret_of_the_environment_wins_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDCODING_SECRET", "named")
    assert course_secret(tmp_path / "new") == "named"
    assert not (tmp_path / "new").exists()


def test_course_secret_made_by_many_at_once_is_one(tmp_path: Path) -> None:
    for trial in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(course_secret, [tmp_path / str(trial)] * 8))) == 1


def test_empty_course_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "course_secret.txt").write_text("\n", encoding="ascii")
    with pytest.raises(ValueError, match=r"course_secret\.txt is empty"):
        course_secret(tmp_path)


# ---- errata -----------------------------------------------------------------------------------------------


@pytest.fixture
def fetched(tmp_path: Path) -> tuple[Path, Path]:
    """(a student's copy, the released original), still the same."""
    mine, original = tmp_path / "student" / "items" / "one.json", tmp_path / "exchange" / "one.json"
    for path in (mine, original):
        path.parent.mkdir(parents=True)
        path.write_bytes(dump(published(CHOICE).public(errata=str(original))))
    (mine.parent.parent / "answers.json").write_text('{"mine": 1}', encoding="utf-8")
    return mine, original


def better(original: Path, **where: str) -> PublicItems:
    newer = published({**CHOICE, "question": "Which one?"}, **where).public(before=published(CHOICE), errata=str(original))
    original.write_bytes(dump(newer))
    return newer


def test_older_copy_takes_up_a_newer_release_and_leaves_answers_alone(fetched: tuple[Path, Path]) -> None:
    mine, original = fetched
    newer = better(original)
    before = (mine.parent.parent / "answers.json").stat()
    assert take_up(mine) == newer == read_public_items(mine)
    assert take_up(mine).corrected == ("a-choice",)
    after = (mine.parent.parent / "answers.json").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert sorted(path.name for path in mine.parent.parent.rglob("*")) == ["answers.json", "items", "one.json"]


def test_copy_is_used_as_it_is_where_nothing_newer_is_in_reach(fetched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    mine, original = fetched
    own, content = read_public_items(mine), mine.read_bytes()
    assert take_up(mine) == own
    better(original, notebook="two")
    assert take_up(mine) == own, "another notebook's items are no erratum"
    original.write_text("damaged", encoding="utf-8")
    assert take_up(mine) == own
    better(original)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert take_up(mine) == own, "grading reads what was submitted"
    monkeypatch.delenv("NBGRADER_EXECUTION")
    original.unlink()
    assert take_up(mine) == own
    assert mine.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"items": []}', b"\xff", b"[" * 100_000])
def test_damaged_items_file_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Your answers are safe in answers\.json"):
        read_public_items(path)


def test_huge_items_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(ValueError, match="larger than any released items file"):
        read_public_items(path)
