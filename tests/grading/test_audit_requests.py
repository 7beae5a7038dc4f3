"""Regrade requests that are handed in: read as hostile data, taken in once, told to a grader."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.grading.audit.override import decide
from medcoding.grading.audit.requests import read_requests, requests_of, take_in
from medcoding.grading.audit.tables import engine_of
from medcoding.grading.audit.trail import Refused, verify
from minicourse import MiniCourse


def url_of(course: MiniCourse) -> str:
    return f"sqlite:///{course.root / 'gradebook.db'}"


def hand_in(course: MiniCourse, student: str, text: str, name: str = "regrade.yaml") -> Path:
    path = course.root / "submitted" / student / course.assignment / name
    path.write_text(text, encoding="utf-8")
    return path


def taken(course: MiniCourse):
    return take_in(course.releases().course, engine_of(url_of(course)), course.assignment)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which-order: The note: both are right.", {"which-order": "The note: both are right."}),
        ("which-order: >\n  goes on\n  and on\nbeta-2: \"quoted\"\n", {"which-order": "goes on and on", "beta-2": "quoted"}),
        ("---\n# a comment\n\nwhich-order:\n  below\n", {"which-order": "below"}),
        ("\ufeffwhich-order: after a mark\r\n", {"which-order": "after a mark"}),
        ("which-order: see\nhttp: no, this begins another\n", {"which-order": "see", "http": "no, this begins another"}),
        ("", {}), ("\n\n", {}), ("# nothing\n", {}),
    ],
)  # fmt: skip
def test_requests_are_lines_of_exercise_and_reason(tmp_path: Path, text: str, found: dict) -> None:
    (tmp_path / "regrade.yaml").write_text(text, encoding="utf-8", newline="")
    assert read_requests(tmp_path) == found


def test_requests_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "regrade.json").write_text(json.dumps({"which-order": "Both\nare \x1b[31mright."}))
    assert read_requests(tmp_path) == {"which-order": "Both\nare [31mright."}


def test_no_file_is_no_request(tmp_path: Path) -> None:
    assert read_requests(tmp_path) == {} == read_requests(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("regrade.json", b"{", "is not JSON"), ("regrade.json", b"[1]", "no list of requests"), ("regrade.json", b'{"a": 1}', "'a' has no text as its reason"),
        ("regrade.json", b'{"a": "x", "a": "y"}', "twice"), ("regrade.json", b"[" * 5000, "nested"), ("regrade.json", b'{"a": NaN}', "NaN"),
        ("regrade.yaml", b"\xff\xfe", "no text in UTF-8"), ("regrade.yaml", b"x" * 70_000, "at most 64,000"), ("regrade.yaml", b"!!python/object:os.system x", "begins with"),
        ("regrade.yaml", b"a: &a [x]\na: *a\n", "names a twice"), ("regrade.yaml", b"\n".join(b"e-%d: why" % n for n in range(51)), "51 requests; at most 50"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=told):
        read_requests(tmp_path)


def test_a_link_or_pipe_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("which-order: the gradebook")
    (tmp_path / "regrade.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match="not a plain file"):
        read_requests(tmp_path)
    (tmp_path / "regrade.yaml").unlink()
    os.mkfifo(tmp_path / "regrade.yaml")
    with pytest.raises(Refused, match="not a plain file"):
        read_requests(tmp_path)


@given(st.binary(max_size=400))
def test_whatever_is_handed_in_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    (folder / "regrade.yaml").write_bytes(content)
    try:
        found = read_requests(folder)
    except Refused:
        return
    assert all(text == text.strip() and len(text) <= 2000 and "\x1b" not in text for text in found.values())


def test_requests_are_taken_in_once(graded_class: MiniCourse) -> None:
    hand_in(graded_class, "ada", "heart-of-the-matter: The chart names the amyloidosis.\nwhich-order: Either order is right.\n")
    assert [(one.student, one.cell, one.old_score) for one in taken(graded_class).new] == [("ada", "heart-of-the-matter", pytest.approx(0.5, abs=0.5)), ("ada", "which-order", 1)]
    assert taken(graded_class).new == ()
    with engine_of(url_of(graded_class)).connect() as connection:
        found = requests_of(connection, graded_class.assignment)
    assert [(one.asked.seq, one.state, one.asked.reason) for one in found] == [(1, "open", "The chart names the amyloidosis."), (2, "open", "Either order is right.")]


def test_a_decided_request_comes_back_only_with_another_reason(graded_class: MiniCourse) -> None:
    hand_in(graded_class, "ada", "which-order: Either order is right.")
    taken(graded_class)
    decide(engine_of(url_of(graded_class)), grader="ann", student="ada", assignment=graded_class.assignment, cell="which-order", accept=False, reason="It is not.")
    assert taken(graded_class).new == ()
    hand_in(graded_class, "ada", "which-order: Guideline I.A.13 says so.")
    assert [one.reason for one in taken(graded_class).new] == ["Guideline I.A.13 says so."]


def test_a_bad_file_is_its_students_alone(graded_class: MiniCourse) -> None:
    hand_in(graded_class, "ada", "{", "regrade.json")
    hand_in(graded_class, "bob", "which-order: Both.\n../../etc: passwd\n")
    hand_in(graded_class, "cyd", "no-such-thing: why not\nwhich-order:\n")
    found = taken(graded_class)
    assert [(one.student, one.cell) for one in found.new] == [("bob", "which-order")]
    told = dict(found.problems)
    assert "is not JSON" in told["ada"] and set(told) == {"ada", "cyd"}
    assert [problem for student, problem in found.problems if student == "cyd"] == [
        "asks about 'no-such-thing', which is no exercise of 05-mini", "asks about which-order and gives no reason",
    ]  # fmt: skip
    assert verify(engine_of(url_of(graded_class))).faults == ()
