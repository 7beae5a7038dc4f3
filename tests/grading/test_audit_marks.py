"""Marks of several graders: a sheet of anonymous answers out and in, kept apart, compared, settled."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from medcoding.forms.text import Criterion
from medcoding.grading.audit.desk import Desk, desk_at
from medcoding.grading.audit.marks import check_marks, marks_of, save_marks, settle, written_answers
from medcoding.grading.audit.override import override
from medcoding.grading.audit.scores import find_score
from medcoding.grading.audit.sheet import read_sheet, write_sheet
from medcoding.grading.audit.trail import Refused, entries_of, verify
from minicourse import MiniCourse

ITEM = "ask-the-attending"


@pytest.fixture
def desk(graded_class: MiniCourse) -> Desk:
    return desk_at(graded_class.root)


def answers(desk: Desk):
    return written_answers(desk.course, desk.engine, "05-mini", ITEM)


def give(desk: Desk, grader: str, **points: tuple[float, float]) -> int:
    by_student = {one.score.student: one for one in answers(desk)}
    return save_marks(desk.engine, grader, "05-mini", [(by_student[student], marks) for student, marks in points.items()])


def manual(desk: Desk, student: str) -> float | None:
    with desk.engine.connect() as connection:
        return find_score(connection, student, "05-mini", ITEM).manual


def sheet(desk: Desk, path: Path, grader: str = "ann") -> list[list[str]]:
    with desk.engine.connect() as connection:
        own = marks_of(connection, "05-mini", grader=grader, cell=ITEM)
    write_sheet(path, answers(desk), desk.names.by_student, own)
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def fill(path: Path, rows: list[list[str]], marks: dict[str, tuple[str, str]], **how: str) -> None:
    for row in rows[1:]:
        row[3:] = marks.get(row[0], ("", ""))
    with open(path, "w", newline="", encoding=how.get("encoding", "utf-8")) as file:
        csv.writer(file, delimiter=how.get("delimiter", ",")).writerows(rows)


def test_those_who_wrote_something_are_marked(desk: Desk) -> None:
    assert [one.score.student for one in answers(desk)] == ["ada", "bob", "cyd"]


def test_only_written_exercises_are_marked(desk: Desk) -> None:
    with pytest.raises(Refused, match="of the form 'choice', which the program scores"):
        written_answers(desk.course, desk.engine, "05-mini", "which-order")
    with pytest.raises(Refused, match="No graded submission of 05-mini has an exercise 'nothing'"):
        written_answers(desk.course, desk.engine, "05-mini", "nothing")


def test_the_sheet_names_nobody_and_is_safe_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    rows = sheet(desk, tmp_path / "sheet.csv")
    assert rows[0] == ["answer", "version", "text", "1: Cites the values (0 to 3)", "2: Neutral title (0 to 1)"]
    assert [row[0] for row in rows[1:]] == sorted(desk.names.by_student[one] for one in ("ada", "bob", "cyd"))
    content = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig")
    assert not any(name in content for name in ("ada", "bob", "cyd", "\x1b"))
    texts = {row[0]: row[2] for row in rows[1:]}
    assert texts[desk.names.by_student["bob"]] == "'=HYPERLINK(\"https://example.org\",\"my text\")"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert all(row[1].startswith("v") for row in rows[1:]), "no spreadsheet takes it for a number"


@pytest.mark.parametrize("how", [{}, {"delimiter": ";"}, {"delimiter": "\t"}, {"encoding": "utf-8-sig"}])
def test_a_filled_in_sheet_is_read_from_any_spreadsheet(desk: Desk, tmp_path: Path, how: dict) -> None:
    path, name = tmp_path / "sheet.csv", desk.names.by_student
    fill(path, sheet(desk, path), {name["ada"]: ("2,5", "1"), name["cyd"]: ("0", "0.25")}, **how)
    read = {one.score.student: points for one, points in read_sheet(path, answers(desk), name)}
    assert read == {"ada": (2.5, 1), "cyd": (0, 0.25)}, "bob is not marked yet"


def test_marks_given_before_stand_in_the_next_sheet_of_that_grader_alone(desk: Desk, tmp_path: Path) -> None:
    give(desk, "ann", ada=(2.5, 1))
    name = desk.names.by_student["ada"]
    assert {row[0]: row[3:] for row in sheet(desk, tmp_path / "a.csv", "ann")[1:]}[name] == ["2.5", "1"]
    assert {row[0]: row[3:] for row in sheet(desk, tmp_path / "b.csv", "ben")[1:]}[name] == ["", ""]


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        (("4", "1"), "'4' for “Cites the values”; expected 0 to 3"), (("-1", "1"), "expected 0 to 3"), (("2", ""), "'' for “Neutral title”"),
        (("nan", "1"), "expected 0 to 3"), (("inf", "1"), "expected"), (("two", "1"), "'two' for"), (("=1+1", "1"), "'=1\\+1' for"), (("1", "0_1"), "'0_1' for"), (("1e-400", "1"), "'1e-400' for"),
    ],
)  # fmt: skip
def test_a_mark_that_does_not_fit_is_told_and_nothing_is_taken(desk: Desk, tmp_path: Path, marks: tuple[str, str], told: str) -> None:
    path, name = tmp_path / "sheet.csv", desk.names.by_student
    fill(path, sheet(desk, path), {name["ada"]: ("1", "1"), name["cyd"]: marks})
    with pytest.raises(Refused, match=f"(?s)nothing was recorded:.*row [0-9]: {name['cyd']}: .*{told}"):
        read_sheet(path, answers(desk), name)


def test_rows_of_others_twice_or_of_older_texts_are_told(desk: Desk, tmp_path: Path) -> None:
    path, name = tmp_path / "sheet.csv", desk.names.by_student
    rows = sheet(desk, path)
    by_name = {row[0]: row for row in rows[1:]}
    by_name[name["bob"]][1] = "v00000000"
    rows += [list(by_name[name["ada"]]), ["S-ZZZZ", "v0", "", "", ""], ["S-ZZZZ", "v0"], ["S-ZZZZ", "v0", "", "", "", ""]]
    marks = dict.fromkeys((*name.values(), "S-ZZZZ"), ("1", "1"))
    fill(path, rows, marks)
    with pytest.raises(Refused) as refusal:
        read_sheet(path, answers(desk), name)
    told = str(refusal.value)
    assert f"{name['ada']} stands in the sheet twice" in told and f"{name['bob']} has handed in another text" in told and "nobody's answer is called 'S-ZZZZ'" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "begins with the columns none"), (b"a,b\r\n1,2\r\n", "begins with the columns a, b; expected answer, version, text, 1: Cites"),
        (b"PK\x03\x04", "Excel workbook"), (b'"answer', "no table that can be read"), (b"\xff\xff\xff", "neither UTF-8 nor UTF-16"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_told(desk: Desk, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "sheet.csv").write_bytes(content)
    with pytest.raises(Refused, match=told):
        read_sheet(tmp_path / "sheet.csv", answers(desk), desk.names.by_student)


def test_a_missing_sheet_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"(?s)cannot be opened.*--export"):
        read_sheet(tmp_path / "none.csv", answers(desk), desk.names.by_student)


def test_marks_are_kept_apart_by_grader_and_change_no_score(desk: Desk) -> None:
    assert give(desk, "ann", ada=(3, 1), cyd=(1, 0)) == 2 and give(desk, "ben", ada=(2, 1)) == 1
    with desk.engine.connect() as connection:
        marks = marks_of(connection, "05-mini")
        trail = entries_of(connection, kinds=("mark",))
    assert [(one.grader, one.student, one.points, one.total, one.share) for one in marks] == [
        ("ann", "ada", (3, 1), 4, 1), ("ben", "ada", (2, 1), 3, 0.75), ("ann", "cyd", (1, 0), 1, 0.25),
    ]  # fmt: skip
    assert [(one.grader, one.old_score, one.new_score) for one in trail] == [("ann", None, 4), ("ann", None, 1), ("ben", None, 3)]
    assert manual(desk, "ada") is None


def test_the_same_sheet_again_changes_nothing_and_a_new_mark_is_in_the_trail(desk: Desk) -> None:
    give(desk, "ann", ada=(3, 1))
    assert give(desk, "ann", ada=(3, 1)) == 0
    assert give(desk, "ann", ada=(2, 1)) == 1
    with desk.engine.connect() as connection:
        assert [(one.old_score, one.new_score) for one in entries_of(connection)] == [(None, 4), (4, 3)]
        assert [one.points for one in marks_of(connection, "05-mini")] == [(2, 1)]
    assert verify(desk.engine).faults == ()


@pytest.mark.parametrize("points", [(1,), (1, 1, 1), (3.01, 1), (-1, 1), (float("nan"), 1), (float("inf"), 0)])
def test_marks_outside_the_rubric_are_refused(points: tuple[float, ...]) -> None:
    rubric = (Criterion(text="Cites the values", points=3), Criterion(text="Neutral title", points=1))
    with pytest.raises(Refused, match=r"2 criteria|expected 0 to"):
        check_marks(rubric, points)
    check_marks(rubric, (3, 0.5))


def test_agreed_marks_become_the_points_and_differing_ones_wait(desk: Desk) -> None:
    give(desk, "ann", ada=(3, 1), bob=(1, 0), cyd=(2, 0))
    give(desk, "ben", ada=(3, 1), bob=(2, 0))
    done = settle(desk.engine, grader="ann", answers=answers(desk), policy="agreed")
    assert [(one.student, one.new_score, one.reason) for one in done.written] == [("ada", 4, "Marked by 2 graders independently, who agree.")]
    assert dict(done.left) == {"bob": "the graders differ: 1 of 4 (ann) and 2 of 4 (ben)", "cyd": "one grader has marked this text; two are needed"}
    assert (manual(desk, "ada"), manual(desk, "bob"), manual(desk, "cyd")) == (4, None, None)
    with desk.engine.connect() as connection:
        assert not find_score(connection, "ada", "05-mini", ITEM).waits


@pytest.mark.parametrize(("policy", "points"), [("mean", 1.5), ("higher", 2)])
def test_differing_marks_are_settled_with_a_reason(desk: Desk, policy: str, points: float) -> None:
    give(desk, "ann", bob=(1, 0))
    give(desk, "ben", bob=(2, 0))
    with pytest.raises(Refused, match="reason is needed"):
        settle(desk.engine, grader="ann", answers=answers(desk), policy=policy)
    (entry,) = settle(desk.engine, grader="ann", answers=answers(desk), policy=policy, reason="Talked it over.").written
    assert entry.new_score == points == manual(desk, "bob") and entry.reason.endswith("counts. Talked it over.")
    assert entry.detail["marks"] == {"ann": [1, 0], "ben": [2, 0]}
    assert settle(desk.engine, grader="ann", answers=answers(desk), policy=policy, reason="Talked it over.").written == (), "nothing left to do"


def test_marks_changed_after_talking_are_settled_anew(desk: Desk) -> None:
    give(desk, "ann", bob=(1, 0))
    give(desk, "ben", bob=(2, 0))
    settle(desk.engine, grader="ann", answers=answers(desk), policy="mean", reason="Talked it over.")
    give(desk, "ann", bob=(2, 0))
    (entry,) = settle(desk.engine, grader="ann", answers=answers(desk), policy="agreed").written
    assert (entry.old_score, entry.new_score) == (1.5, 2)


def test_points_given_by_hand_are_never_settled_over(desk: Desk) -> None:
    give(desk, "ann", ada=(1, 0))
    give(desk, "ben", ada=(1, 0))
    override(desk.engine, grader="cat", student="ada", assignment="05-mini", cell=ITEM, points=3, reason="Read it twice.")
    done = settle(desk.engine, grader="ann", answers=answers(desk), policy="agreed")
    assert done.written == () and dict(done.left)["ada"] == "a grader gave 3 by hand; override that if it is to change"
    assert manual(desk, "ada") == 3
