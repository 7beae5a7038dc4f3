"""Extensions: the file, its editing, and the same lateness by nbgrader, by our own grader and after the entry has gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.cli import main
from medcoding.grading.extensions import Extension, ExtensionProblem, extend, line_of, moment, parse, read_extensions
from medcoding.grading.lateness import LatePenalty, apply_extensions
from medcoding.grading.lms.grades import read_grades
from minicourse import MiniCourse
from nbgrader.api import Gradebook

DUE = datetime(2026, 1, 4, 23, 59, 59)
OPENS = datetime(2025, 12, 25)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-02-03", datetime(2026, 2, 3, 23, 59, 59)), ("2026-02-03T17:00", datetime(2026, 2, 3, 17)), ("2026-02-03 17:00:30", datetime(2026, 2, 3, 17, 0, 30)),
        ("2026-02-03T17:00-06:00", datetime(2026, 2, 3, 23)), ("2026-02-03T17:00Z", datetime(2026, 2, 3, 17)),
    ],
)
def test_moment_is_utc_and_a_day_ends_at_its_last_second(text: str, when: datetime) -> None:
    assert moment(text) == when


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"extra": "2d"}, timedelta(days=2)), ({"extra": "12h"}, timedelta(hours=12)), ({"extra": "90m"}, timedelta(minutes=90)), ({"extra": "1.5w"}, timedelta(days=10.5)),
        ({"extra": "25%"}, (DUE - OPENS) / 4), ({"extra": "1.5x"}, (DUE - OPENS) / 2), ({"extra": "1x"}, timedelta(0)),
        ({"until": "2026-01-06"}, timedelta(days=2)), ({"until": "2026-01-05T05:59:59-06:00"}, timedelta(hours=12)),
    ],
)
def test_time_beyond_the_due_date(given: dict[str, str], more: timedelta) -> None:
    assert Extension(student="ada", assignment="05", **given).beyond(DUE, OPENS) == more


def test_until_before_the_due_date_and_a_share_of_nothing_are_told() -> None:
    with pytest.raises(ExtensionProblem, match="lies before the due date, 2026-01-04"):
        Extension(student="ada", assignment="05", until="2026-01-01").beyond(DUE, OPENS)
    with pytest.raises(ExtensionProblem, match=r"calendar\.yaml gives no opening of 05"):
        Extension(student="ada", assignment="05", extra="1.5x").beyond(DUE, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extensions:\n  - {student: ada, assignment: x}\n", "line 2: .*either 'until'"),
        ("extensions:\n  - {student: ada, assignment: x, until: 2026-01-01, extra: 1d}\n", "not both"),
        ("extensions:\n  - {student: ada, assignment: x, extra: soon}\n", "'soon' is no time"),
        ("extensions:\n  - {student: ada, assignment: x, extra: 0.5x}\n", "would shorten"),
        ("extensions:\n  - {student: ada, assignment: x, until: tomorrow}\n", "is no day or time"),
        ("extensions:\n  - {student: ada, assignment: '*', until: 2026-01-01}\n", "needs one assignment"),
        ("extensions:\n  - {student: ../ada, assignment: x, extra: 1d}\n", "student"),
        ("extensions:\n  - {student: ada, assignment: x, extra: 1d, why: no}\n", "why"),
        ("extensions:\n  - {student: ada, student: bob, assignment: x, extra: 1d}\n", "stands twice in one entry"),
        ("extensions:\n  - {student: ada, assignment: x, extra: 1d}\n  - {student: ada, assignment: x, extra: 2d}\n", "lines 2 and 3"),
        ("extensions:\n  - {student: ada, assignment: *, extra: 1d}\n", "Quote the star"),
        ("extensions: [ada]\n", "no entry"),
        ("extension: []\n", "Expected 'extensions:'"),
        ("extensions: {a: b}\n", "Expected 'extensions:'"),
        ("- a\n", "Expected 'extensions:'"),
        ("extensions: &a [*a]\n", "no place here"),
        ("extensions: !!python/object:os.system []\n", "no place here"),
        ("a: [\n", "no YAML"),
    ],
)
def test_faulty_file_says_where_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ExtensionProblem, match=said):
        parse(text, "extensions.yaml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "extensions:\n", "extensions: []\n", "extensions: ~  # none\n", "extensions:   # none yet\n# more\n"])
def test_file_without_entries_gives_none_and_takes_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(text)
    assert read_extensions(path).entries == ()
    entry = Extension(student="ada", assignment="05", extra="2d")
    assert extend(path, entry) is False
    assert read_extensions(path).entries == (entry,)
    assert all(part in path.read_text() for part in ("# nothing", "# none", "# more") if part in text)


COMMENTED = """\
# My class.
extensions:
  # ada broke her arm
  - student: ada      # Ada L.
    assignment: 05-mini
    extra: 2d         # two days
    reason: >-
      a broken
      arm
  # standing accommodation
  - {student: bob, assignment: '*', extra: 1.5x}  # keep

  - student: 123
    assignment: 06
    until: 2026-02-03
# the end
"""


def test_edit_keeps_every_comment_and_every_other_entry(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(COMMENTED)
    assert extend(path, Extension(student="bob", assignment="*", extra="2x", reason="C:\\ \"x\": # ü")) is True
    assert extend(path, Extension(student="123", assignment="06", until="2026-02-04")) is True
    assert extend(path, Extension(student="cy", assignment="05-mini", extra="1d")) is False
    text = path.read_text()
    for kept in ("# My class.", "# ada broke her arm", "# Ada L.", "# two days", "      a broken\n", "# standing accommodation", "# keep", "# the end"):
        assert kept in text
    found = {(one.student, one.assignment): one.extra or one.until for one in read_extensions(path)}
    assert found == {("ada", "05-mini"): "2d", ("bob", "*"): "2x", ("123", "06"): "2026-02-04", ("cy", "05-mini"): "1d"}
    assert read_extensions(path).of("bob", "anything").reason == "C:\\ \"x\": # ü"  # type: ignore[union-attr]


def test_entry_for_one_assignment_comes_before_one_for_all() -> None:
    found = parse("extensions:\n- {student: a, assignment: '*', extra: 1d}\n- {student: a, assignment: x, extra: 2d}\n", "e")
    assert (found.of("a", "x").extra, found.of("a", "y").extra, found.of("b", "x")) == ("2d", "1d", None)  # type: ignore[union-attr]


text = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=20)


@given(st.lists(st.tuples(text, st.sampled_from(["05", "06", "*"]), st.sampled_from(["1d", "2.5h", "150%", "2x"]), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)), max_size=6))
def test_any_entries_put_in_one_by_one_are_read_back(tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, str, str, str]]) -> None:
    path = tmp_path_factory.mktemp("e") / "e.yaml"
    expected: dict[tuple[str, str], Extension] = {}
    for student, assignment, extra, reason in entries:
        entry = Extension(student=student, assignment=assignment, extra=extra, reason=reason)
        assert extend(path, entry) is ((student, assignment) in expected)
        expected[student, assignment] = entry
    assert list(read_extensions(path)) == list(expected.values())


def test_line_of_an_entry_is_one_line() -> None:
    assert "\n" not in line_of(Extension(student="a", assignment="b", extra="1d", reason="x\ny\u2028z\x85"))


# in the gradebook


@pytest.fixture
def late(released: MiniCourse) -> MiniCourse:
    """ada, bob and cy, all 30 hours late, each full marks; penalty takes everything."""
    released.releases().set_due(released.assignment, DUE)
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('penalty_method = "none"', 'penalty_method = "zero"'))
    for student in ("ada", "bob", "cy"):
        released.submit(student, timestamp="2026-01-06 05:59:59 UTC")
    return released


def state(course: MiniCourse) -> dict[str, tuple[float | None, float]]:
    """Hours of extension and penalty by student."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        return {
            one.student_id: (one.extension.total_seconds() / 3600 if one.extension else None, one.late_submission_penalty)
            for one in gradebook.assignment_submissions(course.assignment)
        }


def write(course: MiniCourse, *lines: str) -> None:
    (course.root / "course" / "extensions.yaml").write_text("extensions:\n" + "".join(f"- {{assignment: {course.assignment}, {line}}}\n" for line in lines))


def by_nbgrader(course: MiniCourse) -> None:
    results = course.autograde("ada", "bob", "cy")
    assert all(result["success"] for result in results.values()), results


def by_our_own(course: MiniCourse) -> None:
    from medcoding.grading.run import grade_assignment

    apply_extensions(course.root, course.assignment)
    summary = grade_assignment(course.root, course.assignment, force=True, workers=0)
    assert not summary.ungraded


@pytest.mark.parametrize("grade", [by_nbgrader, by_our_own])
def test_both_graders_agree_on_who_is_late(late: MiniCourse, grade: Callable[[MiniCourse], None]) -> None:
    write(late, "student: ada, extra: 2d", "student: bob, extra: 29h", "student: zoe, extra: 1d")
    grade(late)
    assert state(late) == {"ada": (48, 0), "bob": (29, 5), "cy": (None, 5)}
    write(late, "student: bob, until: 2026-01-06T06:00")
    grade(late)
    assert state(late) == {"ada": (None, 5), "bob": (30 + 1 / 3600, 0), "cy": (None, 5)}, "an entry that has gone is taken back"


def test_penalties_of_graded_work_follow_at_once(late: MiniCourse) -> None:
    by_nbgrader(late)
    assert {name: penalty for name, (_, penalty) in state(late).items()} == {"ada": 5, "bob": 5, "cy": 5}
    write(late, "student: ada, extra: 2d", "student: bob, extra: 29h")
    apply_extensions(late.root, late.assignment)
    now = state(late)
    assert now == {"ada": (48, 0), "bob": (29, 5), "cy": (None, 5)}
    by_nbgrader(late)
    assert state(late) == now, "as grading again has them"
    write(late)
    apply_extensions(late.root, late.assignment)
    assert state(late) == {"ada": (None, 5), "bob": (None, 5), "cy": (None, 5)}


def test_extension_granted_by_hand_stays_where_it_is_longer(late: MiniCourse) -> None:
    by_nbgrader(late)
    with Gradebook(f"sqlite:///{late.root / 'gradebook.db'}") as gradebook:
        gradebook.grant_extension(late.assignment, "ada", days=3)
        gradebook.grant_extension(late.assignment, "bob", hours=1)
    write(late, "student: ada, extra: 1d", "student: bob, extra: 2d")
    assert sorted(apply_extensions(late.root, late.assignment).changed) == ["bob"]
    assert {name: hours for name, (hours, _) in state(late).items()} == {"ada": 72, "bob": 48, "cy": None}
    write(late)
    apply_extensions(late.root, late.assignment)
    assert state(late)["ada"][0] == 72


def test_applying_twice_changes_nothing_and_makes_no_row_for_who_handed_in_nothing(late: MiniCourse) -> None:
    write(late, "student: ada, extra: 2d", "student: zoe, extra: 2d")
    first = apply_extensions(late.root, late.assignment)
    assert first.changed == ("ada",) and set(first.extensions) == {"ada", "zoe"}
    assert apply_extensions(late.root, late.assignment).changed == ()
    assert set(state(late)) == {"ada"}


def test_entry_that_cannot_be_used_is_a_problem_and_the_others_count(late: MiniCourse) -> None:
    write(late, "student: ada, until: 2026-01-01", "student: bob, extra: 1.5x", "student: cy, extra: 2d")
    applied = apply_extensions(late.root, late.assignment)
    assert applied.extensions == {"cy": timedelta(days=2)} and len(applied.problems) == 2
    (late.root / "course" / "calendar.yaml").write_text(f"modules:\n  {late.assignment}: {{opens: 2025-12-25}}\n")
    assert apply_extensions(late.root, late.assignment).extensions["bob"] == (DUE - OPENS) / 2


def test_faulty_file_stops_grading_loudly_and_costs_nobody_a_point(late: MiniCourse) -> None:
    (late.root / "course" / "extensions.yaml").write_text("extensions: [x]\n")
    with pytest.raises(ExtensionProblem, match="no entry"):
        apply_extensions(late.root, late.assignment)
    assert not late.autograde("ada")["ada"]["success"]


@pytest.mark.parametrize(
    ("settings", "hours", "points"),
    [
        ({"penalty_method": "per-day"}, 1, 1.0), ({"penalty_method": "per-day"}, 24, 1.0), ({"penalty_method": "per-day"}, 24.01, 2.0),
        ({"penalty_method": "per-day", "per_day": 25, "at_most": 60}, 24 * 9, 6.0), ({"penalty_method": "per-day", "grace_minutes": 90}, 1.5, None),
        ({"penalty_method": "zero"}, 1, 10.0), ({"penalty_method": "none"}, 1, None),
    ],
)
def test_penalty_methods(settings: dict, hours: float, points: float | None) -> None:
    assert LatePenalty(**settings).late_submission_penalty("ada", 10.0, hours * 3600) == points


def test_per_day_is_set_in_the_configuration(late: MiniCourse) -> None:
    config = late.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('penalty_method = "zero"', 'penalty_method = "per-day"') + "\nc.LatePenalty.per_day = 20\n")
    by_nbgrader(late)
    assert state(late)["ada"] == (None, 2.0), "two days begun, each a fifth of five points"


def test_commands_extend_and_list(late: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(late.root)
    by_nbgrader(late)
    assert main(["extend", "ada", "05", "--until", "2026-01-06", "--reason", "ill \x1b[31m"]) == 0
    assert main(["extend", "bob", "*", "--extra", "1d"]) == 0
    assert main(["extend", "bob", "*", "--until", "2026-01-06"]) == 1
    assert main(["extend", "eve", "05", "--extra", "1 day"]) == 1
    assert "needs one assignment" in (out := capsys.readouterr()).err and "'1 day' is no time" in out.err
    assert main(["extensions", "--apply"]) == 0
    out = capsys.readouterr()
    (row,) = [line for line in out.out.splitlines() if line.startswith("ada")]
    assert "2026-01-06 23:59" in row and "2 days, 0:00:00" in row and "\x1b" not in out.out
    assert main(["extensions", "--assignment", "05"]) == 0
    assert "2026-01-05 23:59" in capsys.readouterr().out


@pytest.mark.cycle
def test_extensions_and_grades_work_on_postgresql(released: MiniCourse, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDCODING_DB", postgres_url)
    released.releases().api.generate_assignment(released.assignment, force=True)
    released.releases().set_due(released.assignment, DUE)
    released.submit("ada", timestamp="2026-01-06 05:59:59 UTC")
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('penalty_method = "none"', 'penalty_method = "per-day"'))
    assert released.autograde("ada")["ada"]["success"]
    with Gradebook(postgres_url, "medcoding") as gradebook:
        (row,) = read_grades(gradebook).rows
    assert (row.results[released.assignment].raw, row.results[released.assignment].score) == (5, 4)
    write(released, "student: ada, extra: 29h")
    assert apply_extensions(released.root, released.assignment).changed == ("ada",)
    with Gradebook(postgres_url, "medcoding") as gradebook:
        assert gradebook.find_submission(released.assignment, "ada").extension == timedelta(hours=29)
        assert read_grades(gradebook).rows[0].results[released.assignment].score == 4.5
    write(released)
    apply_extensions(released.root, released.assignment)
    with Gradebook(postgres_url, "medcoding") as gradebook:
        assert gradebook.find_submission(released.assignment, "ada").extension is None
