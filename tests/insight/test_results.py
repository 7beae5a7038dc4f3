"""Reading a graded class from the gradebook and its autograded notebooks, sound and odd ones."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from medcoding.cli import main
from medcoding.grading.safe import SCORE_MIME
from medcoding.insight.records import Submission, instant, submissions
from medcoding.insight.report import open_course, report, shown_names
from medcoding.insight.results import NoResults, read_class
from minicourse import MiniCourse

DUE = datetime(2026, 1, 5, 12, 0, 0)
"""As the class on disk has it (conftest)."""

CELLS = ["which-order", "heart-of-the-matter", "a-shot-in-the-arm", "second-notebook-choice"]


def read(course: MiniCourse) -> dict[str, Submission]:
    opened = open_course(course.root)
    return {one.standing.student: one for one in submissions(opened, read_class(opened, "05"))}


def notebook(course: MiniCourse, student: str, name: str = "one") -> Path:
    path = course.root / "autograded" / student / course.assignment / f"{name}.ipynb"
    path.chmod(0o644)
    return path


def test_exercises_stand_in_the_order_of_their_notebooks(graded_class: MiniCourse) -> None:
    found = read_class(open_course(graded_class.root), "05")
    assert [(one.notebook, one.cell, one.maximum) for one in found.exercises] == [("one", CELLS[0], 1), ("one", CELLS[1], 1), ("one", CELLS[2], 2), ("two", CELLS[3], 1)]
    assert found.exercises[1].title == "Heart of the matter"
    assert (found.assignment, found.due, found.enrolled, found.possible) == ("05-mini", DUE, 4, 5)


def test_points_are_a_graders_before_the_automatic_ones(graded_class: MiniCourse) -> None:
    ada, ben, cyd = (one.standing for one in read(graded_class).values())
    assert ada.points == (1, 1, 2, 1)
    # ben: a single choice wrong; of two codes one is right and not in the lead: 0.80 · 1/2
    assert ben.points == (0, 0.4, 2, 1)
    assert (cyd.points[0], cyd.points[2], cyd.extra) == (0, 1.5, 0.25)
    assert (ada.due, ben.due, ben.submitted) == (DUE, DUE + timedelta(hours=2), datetime(2026, 1, 5, 13, 0))


def test_records_hold_answer_key_and_time(graded_class: MiniCourse) -> None:
    ada, _, cyd = read(graded_class).values()
    by_cell = dict(zip(CELLS, ada.given, strict=True))
    assert by_cell["heart-of-the-matter"].answer == {"codes": ["E85.4", "I43"]}
    assert by_cell["heart-of-the-matter"].share == 1
    assert by_cell["heart-of-the-matter"].revision == 1
    assert abs((by_cell["heart-of-the-matter"].at - datetime.now(UTC).replace(tzinfo=None)).total_seconds()) < 3600
    assert [one.answer is None for one in cyd.given] == [True, False, True, True]
    assert cyd.given[0].at is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"cells": 5}', b'{"cells": [5, null, {"metadata": 7}]}', b"\xff\xfe", b"[" * 100_000, b'{"cells": [{"metadata": {"nbgrader": {"grade": true, "locked": true, "grade_id": "which-order"}}, "outputs": [{"data": {"' + SCORE_MIME.encode() + b'": {"item": "which-order", "score": {"points": -3}}}}]}]}'],
)  # fmt: skip
def test_an_odd_notebook_is_a_problem_of_one_student(graded_class: MiniCourse, content: bytes) -> None:
    notebook(graded_class, "ben").write_bytes(content)
    found = read(graded_class)
    assert [len(one.given) for one in found.values()] == [4, 1, 4]
    assert found["ben"].standing.points == (0, 0.4, 2, 1)
    made = report("05", graded_class.root)
    assert made.analysis.distribution.n == 3


def test_missing_linked_and_other_files_are_told(graded_class: MiniCourse) -> None:
    notebook(graded_class, "ada").unlink()
    path = notebook(graded_class, "ben")
    path.unlink()
    path.symlink_to("/etc/passwd")
    path = notebook(graded_class, "cyd")
    path.unlink()
    os.mkfifo(path)
    found = read(graded_class)
    assert [one.problems[0].split(":")[0] for one in found.values()] == ["one", "one", "one"]
    assert "not a plain file" in found["ben"].problems[0]
    assert "not a plain file" in found["cyd"].problems[0]
    assert "What could not be read" in report("05", graded_class.root).page


def test_a_record_counts_only_in_the_grade_cell_of_its_exercise(graded_class: MiniCourse) -> None:
    path = notebook(graded_class, "cyd")
    content = json.loads(path.read_text())
    (source,) = [cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "which-order"]
    forged = json.loads(json.dumps(source["outputs"]))
    forged[0]["data"][SCORE_MIME] |= {"answer": {"chosen": []}, "score": {"points": 1, "possible": 1}}
    free = {"cell_type": "code", "metadata": {}, "outputs": forged, "source": "", "id": "free", "execution_count": 1}
    unlocked = {**free, "metadata": {"nbgrader": {"grade": True, "locked": False, "grade_id": "which-order"}}}
    other = {**free, "metadata": {"nbgrader": {"grade": True, "locked": True, "grade_id": "other"}}}
    content["cells"] = [free, unlocked, other, *content["cells"]]
    path.write_text(json.dumps(content))
    assert read(graded_class)["cyd"].given[0].share == 0


def test_times_come_from_the_submitted_notebook_where_there_is_no_answers_file(graded_class: MiniCourse) -> None:
    for kind in ("autograded", "submitted"):
        path = graded_class.root / kind / "ada" / graded_class.assignment / "answers.json"
        path.unlink()
    assert read(graded_class)["ada"].given[1].at is None
    assert read(graded_class)["ada"].given[1].answer == {"codes": ["E85.4", "I43"]}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-05T10:00:00+00:00", datetime(2026, 1, 5, 10)), ("2026-01-05T10:00:00-05:00", datetime(2026, 1, 5, 15)), ("2026-01-05T10:00:00", datetime(2026, 1, 5, 10)),
        ("0001-01-01T00:00:00+14:00", None), ("9999-12-31T23:59:59-12:00", None), ("yesterday", None), ("", None), ("1999-01-01", None),
    ],
)  # fmt: skip
def test_times_that_cannot_be_are_no_times(text: str, at: datetime | None) -> None:
    assert instant(text) == at


def test_errors_say_what_to_do(graded_class: MiniCourse) -> None:
    with pytest.raises(NoResults, match="gradebook knows: 05-mini"):
        report("06", graded_class.root)
    with pytest.raises(FileNotFoundError, match="No nbgrader_config"):
        report("05", graded_class.root / "source")


def test_a_file_that_is_no_gradebook_is_told(mini: MiniCourse) -> None:
    (mini.root / "gradebook.db").write_text("no database at all, and longer than a header would be" * 50)
    with pytest.raises(NoResults, match="cannot be read"):
        report("05", mini.root)


def test_a_released_class_without_submissions_has_no_report(released: MiniCourse) -> None:
    with pytest.raises(NoResults, match="no graded submissions"):
        report("05", released.root)


def test_command_writes_one_private_page(graded_class: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(graded_class.root)
    assert main(["report", "05"]) == 0
    path = graded_class.root / "reports" / "05-mini.html"
    assert "3 graded submissions of 05-mini" in capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page = path.read_text(encoding="utf-8")
    assert "3 graded submissions of 4 students (75% of the class)" in page
    assert "<script>alert(1)" not in page
    assert "I42.9" in page
    assert main(["report", "05-mini", "--to", "elsewhere/page.html"]) == 0
    assert (graded_class.root / "elsewhere" / "page.html").is_file()


def test_command_writes_a_page_for_each_student(graded_class: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(graded_class.root)
    assert main(["report", "05", "--students", "pages"]) == 0
    pages = {path.name: path.read_text(encoding="utf-8") for path in (graded_class.root / "pages").iterdir()}
    assert sorted(pages) == ["ada.html", "ben.html", "cyd.html"]
    assert "5 of 5" in pages["ada.html"]
    assert "1.75 of 5" in pages["cyd.html"]  # 1.5 by hand, 0.25 extra credit
    assert "ben" not in pages["ada.html"]
    assert "Do a thing." in pages["ben.html"]
    assert "Try a code" in pages["ben.html"]  # the practice item that serves the objective


def test_anonymous_pages_and_files_hold_no_id(graded_class: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(graded_class.root)
    assert main(["report", "05", "--students", "pages", "--anonymous"]) == 0
    for path in (graded_class.root / "pages").iterdir():
        assert path.name.startswith("s-")
        assert not {"ada", "ben", "cyd"} & set(path.read_text(encoding="utf-8").replace("-", " ").split())
    course = open_course(graded_class.root)
    names = shown_names(course, read_class(course, "05"), True)
    assert len(set(names.values())) == 3
    assert all(name.startswith("S-") for name in names.values())


@pytest.mark.parametrize("place", ["release/page.html", "exchange/page.html", "source/05-mini/page.html"])
def test_no_page_is_written_where_students_reach_it(graded_class: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str) -> None:
    monkeypatch.chdir(graded_class.root)
    assert main(["report", "05", "--to", place]) == 1
    assert main(["report", "05", "--students", str(Path(place).parent)]) == 1
    assert "Choose another place" in capsys.readouterr().err
    assert not (graded_class.root / place).exists()


def test_command_without_results_says_so(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(mini.root)
    assert main(["report", "05"]) == 1
    assert "no gradebook" in capsys.readouterr().err
    assert not (mini.root / "gradebook.db").exists()
    assert not (mini.root / "reports").exists()


def test_a_notebook_shows_the_page_in_a_frame(graded_class: MiniCourse) -> None:
    made = report("05", graded_class.root)
    assert made._repr_html_().startswith('<iframe title="Report on 05-mini" sandbox="allow-scripts" srcdoc=')
    assert "<!DOCTYPE" not in repr(made)


def test_the_gradebook_is_not_changed(graded_class: MiniCourse) -> None:
    before = (graded_class.root / "gradebook.db").read_bytes()
    report("05", graded_class.root)
    assert (graded_class.root / "gradebook.db").read_bytes() == before


def test_a_gradebook_in_postgresql_reads_the_same(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    monkeypatch.setenv("MEDCODING_DB", postgres_url)
    mini.releases().release("05")
    mini.submit("ada")
    mini.submit("ben", {"heart-of-the-matter": {"codes": ["E85.4"]}})
    assert all(result["success"] for result in mini.autograde("ada", "ben").values())
    made = report("05", mini.root)
    assert [one.points for one in made.analysis.gathered.standings] == [(1, 1, 2, 1), (0, 0.6, 0, 0)]  # 0.80 · 1/2 + 0.20
    assert made.analysis.missed[0].code == "I43"
    shown = shown_names(open_course(mini.root), read_class(open_course(mini.root), "05"), True)
    assert sorted(shown) == ["ada", "ben"]
