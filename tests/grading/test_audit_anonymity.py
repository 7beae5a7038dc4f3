"""Pseudonyms: stable, without collisions, telling nothing; and what a grader reads from us holds no student's id."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from audit_gradebook import make_gradebook
from hypothesis import given
from hypothesis import strategies as st
from medcoding.grading.audit.anonymity import ALPHABET, drawn, names, pseudonyms
from medcoding.grading.audit.tables import PSEUDONYMS, engine_of
from medcoding.grading.audit.trail import Refused
from minicourse import MiniCourse, grade_one

SECRET = "a course secret"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    address = f"sqlite:///{tmp_path / 'gradebook.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    make_gradebook(address)
    return engine_of(address)


def test_a_pseudonym_is_the_same_on_every_machine() -> None:
    """By hand: the first 20 bits from below of HMAC-SHA-256('a course secret', 'pseudonym␟ada␟0'), five at a time."""
    import hashlib
    import hmac

    number = int(hmac.new(b"a course secret", b"pseudonym\x1fada\x1f0", hashlib.sha256).hexdigest()[:16], 16)
    digits = [number & 31, number >> 5 & 31, number >> 10 & 31, number >> 15 & 31]
    assert drawn(SECRET, "ada") == "S-" + "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] for digit in digits)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_pseudonym_depends_on_secret_and_student(secret: str, student: str) -> None:
    name = drawn(secret, student)
    assert len(name) == 6 and set(name[2:]) <= set(ALPHABET) and not set(ALPHABET) & set("ILOU")
    assert len({drawn(f"{secret}{n}", student) for n in range(20)} | {drawn(secret, f"{student}{n}") for n in range(20)}) > 30


def test_a_large_class_has_no_two_of_one_name(engine: sa.Engine) -> None:
    ids = [f"student-{number}" for number in range(3000)]
    assert len({drawn(SECRET, one) for one in ids}) < 3000, "so many draw the same four letters now and then"
    found = pseudonyms(engine, SECRET, ids)
    assert len(set(found.values())) == 3000


def test_names_stay_whoever_joins(engine: sa.Engine) -> None:
    ids = [f"student-{number}" for number in range(0, 2000, 2)]
    before = pseudonyms(engine, SECRET, ids)
    after = pseudonyms(engine, SECRET, [*ids, *(f"student-{number}" for number in range(1, 2000, 2))])
    assert {one: after[one] for one in ids} == before and len(set(after.values())) == 2000
    assert pseudonyms(engine, SECRET, ["student-7"]) == {"student-7": after["student-7"]}


def test_the_table_names_nobody(engine: sa.Engine) -> None:
    pseudonyms(engine, SECRET, ["ada", "bob"])
    with engine.connect() as connection:
        content = str(connection.execute(sa.select(PSEUDONYMS)).all())
    assert "ada" not in content and "bob" not in content


def test_a_grader_may_type_a_pseudonym_or_an_id(engine: sa.Engine) -> None:
    found = names(engine, SECRET, anonymous=True)
    name = found.by_student["ada"]
    for typed in ("ada", name, name.lower(), f"  {name}", name.replace("0", "O").replace("1", "l")):
        assert found.student(typed) == "ada"
    assert found.shown("ada") == name and found.shown("nobody") == "S-?"
    with pytest.raises(Refused, match="Nobody in the gradebook is called 'eve'") as refusal:
        found.student("eve")
    assert "ada" not in str(refusal.value) and "bob" not in str(refusal.value), "an anonymous refusal names nobody"


def test_without_anonymity_ids_are_shown_and_made_safe(engine: sa.Engine) -> None:
    found = names(engine, SECRET, anonymous=False)
    assert found.shown("ada") == "ada" and found.shown("e\x1b[31mvil\n") == "e[31mvil"
    with pytest.raises(Refused, match="The class: ada, bob"):
        found.student("eve")


def test_autograded_notebooks_hold_no_id(released: MiniCourse) -> None:
    """Whatever is said of a submission (a damaged file, a deleted cell, an unknown answer), it does not say whose it is."""
    folder = released.submit("quentin-zz9")
    (folder / "answers.json").write_text("{", encoding="utf-8")
    (folder / "two.ipynb").chmod(0o644)
    (folder / "two.ipynb").write_text("{", encoding="utf-8")
    grade_one(released, "quentin-zz9")
    for path in (released.root / "autograded" / "quentin-zz9").rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "answers-unreadable" in text and "quentin" not in text
