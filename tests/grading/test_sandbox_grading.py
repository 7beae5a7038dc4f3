"""Graded code cells by both doors: what they earn in the sandbox, without one, and unsafely."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from codecourse import EARNED, HONEST, NOTHING, TESTS, WRONG, code_grades, release_code, shown, submit_code
from medcoding.grading.run import grade_assignment
from medcoding.grading.sandbox import bubblewrap
from medcoding.grading.sandbox.verdicts import may_have_result, must_have_result, settle
from minicourse import MiniCourse
from sandboxed import needs_sandbox

NOBODY = dict.fromkeys(EARNED, False)
EVERYBODY = dict.fromkeys(EARNED, True)


@pytest.fixture(scope="module")
def _code_released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_sandbox()
    return release_code(MiniCourse(tmp_path_factory.mktemp("code") / "course")).root


@pytest.fixture
def course(_code_released_once: Path, tmp_path: Path) -> MiniCourse:
    shutil.copytree(_code_released_once, tmp_path / "course")
    return MiniCourse(tmp_path / "course", copied=True)


@pytest.fixture
def no_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine like this one without bubblewrap."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for path in sorted(Path(place).glob("*")) if Path(place).is_dir() else []:
            if path.name != "bwrap" and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    monkeypatch.setenv("PATH", str(folder))
    bubblewrap.way.cache_clear()
    yield
    bubblewrap.way.cache_clear()


def nbgraders(course: MiniCourse, *students: str) -> None:
    results = course.autograde(*students)
    assert all(result["success"] for result in results.values()), results


def ours(course: MiniCourse, *students: str, workers: int = 0):
    summary = grade_assignment(course.root, course.assignment, students or None, workers=workers)
    assert not summary.ungraded, summary.ungraded
    return summary


def test_right_and_wrong_code_earn_the_same_by_both_doors(course: MiniCourse, tmp_path: Path) -> None:
    submit_code(course, "ada", HONEST)
    submit_code(course, "bob", WRONG)
    shutil.copytree(course.root, tmp_path / "twin", symlinks=True)
    twin = MiniCourse(tmp_path / "twin", copied=True)
    nbgraders(course, "ada", "bob")
    summary = ours(twin)
    for one in (course, twin):
        assert code_grades(one, "ada") == (EARNED, NOBODY)
        assert code_grades(one, "bob") == (NOTHING, NOBODY), "nothing right but the empty list"
        assert "200" in shown(one, "ada", "after"), "a file of the assignment lies beside the code"
        assert "AssertionError" in shown(one, "bob", "test-sum")
    assert summary.lines == []
    nbformat.validate(nbformat.read(twin.root / "autograded" / "ada" / twin.assignment / "two.ipynb", as_version=4))


def test_worker_processes_have_sandboxes_too(course: MiniCourse) -> None:
    for student in ("ada", "bob", "cy"):
        submit_code(course, student, HONEST)
    ours(course, workers=2)
    assert all(code_grades(course, student) == (EARNED, NOBODY) for student in ("ada", "bob", "cy"))


def test_without_bubblewrap_code_is_not_run_and_answers_count(course: MiniCourse, no_bubblewrap: None, tmp_path: Path) -> None:
    submit_code(course, "ada", HONEST, before=f"open({str(tmp_path / 'ran')!r}, 'w')")
    submit_code(course, "bob", HONEST, before=f"open({str(tmp_path / 'ran')!r}, 'w')")
    nbgraders(course, "ada")
    summary = ours(course, "bob")
    for student in ("ada", "bob"):
        assert code_grades(course, student) == (dict.fromkeys(EARNED), EVERYBODY), "no automatic score, which counts as 0, until a grader has looked"
        assert "apt-get install bubblewrap" in shown(course, student, "test-sum")
    assert not (tmp_path / "ran").exists()
    (line,) = summary.lines
    assert line.startswith("bob: Code cells were not run: bubblewrap is not installed. Install bubblewrap")


def test_once_bubblewrap_is_there_the_same_command_runs_the_code(course: MiniCourse, no_bubblewrap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.environ["PATH"]
    submit_code(course, "ada", HONEST)
    ours(course)
    assert ours(course).skipped == 1
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}/usr/bin{os.pathsep}/usr/local/bin")
    bubblewrap.way.cache_clear()
    assert ours(course).graded == ["ada"]
    assert code_grades(course, "ada") == (EARNED, NOBODY)


def test_where_namespaces_are_refused_the_reason_is_told(course: MiniCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    bubblewrap.way.cache_clear()
    try:
        submit_code(course, "ada", HONEST)
        (line,) = ours(course).lines
        assert code_grades(course, "ada") == (dict.fromkeys(EARNED), EVERYBODY)
    finally:
        bubblewrap.way.cache_clear()
    assert "No permissions to create new namespace" in line


def test_a_sandbox_that_gives_no_kernel_is_nobodys_fault(course: MiniCourse) -> None:
    with open(course.root / "nbgrader_config.py", "a") as file:
        file.write("c.ExecuteCode.processes = 1\n")
    submit_code(course, "ada", HONEST)
    (line,) = ours(course).lines
    assert "Code cells were not run" in line and "Grade again" in line
    assert code_grades(course, "ada") == (dict.fromkeys(EARNED), EVERYBODY)


def test_code_runs_from_threads_and_from_within_an_event_loop(course: MiniCourse) -> None:
    import asyncio
    import threading

    submit_code(course, "ada", HONEST)
    submit_code(course, "bob", HONEST)
    thread = threading.Thread(target=ours, args=(course, "ada"))
    thread.start()
    thread.join()

    async def within() -> None:
        ours(course, "bob")

    asyncio.run(within())
    assert code_grades(course, "ada") == code_grades(course, "bob") == (EARNED, NOBODY)


def test_a_notebook_of_another_language_is_not_run(mini: MiniCourse) -> None:
    needs_sandbox()
    course = release_code(mini, kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    submit_code(course, "ada", HONEST)
    (line,) = ours(course).lines
    assert "the sandbox runs Python" in line and "'r'" in line
    assert code_grades(course, "ada") == (dict.fromkeys(EARNED), EVERYBODY)


def test_a_forged_kernelspec_changes_nothing(course: MiniCourse) -> None:
    path = submit_code(course, "ada", HONEST)
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {"name": "no-such-kernel", "display_name": "Bash", "language": "bash"}
    path.write_text(json.dumps(notebook))
    assert ours(course).lines == []
    assert code_grades(course, "ada") == (EARNED, NOBODY)


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_unsafe_code_runs_plainly_and_loudly(course: MiniCourse, no_bubblewrap: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "environment":
        monkeypatch.setenv("MEDCODING_UNSAFE_CODE", "1")
    else:
        with open(course.root / "nbgrader_config.py", "a") as file:
            file.write("c.Course.unsafe_code = True\n")
    submit_code(course, "ada", HONEST, before=f"open({str(tmp_path / 'ran')!r}, 'w')")
    submit_code(course, "eve", HONEST + "\nget_ipython().displayhook = 1\nimport os\nos._exit(0)")
    summary = ours(course, "ada")
    assert code_grades(course, "ada") == (EARNED, NOBODY)
    assert (tmp_path / "ran").exists(), "with the grader's rights"
    assert summary.lines == ["ada: UNSAFE: students' code ran without a sandbox, with the grader's rights."]
    ours(course, "eve")
    assert code_grades(course, "eve")[0] == NOTHING, "silence earns nothing here either"


def test_a_graders_points_survive(course: MiniCourse, no_bubblewrap: None) -> None:
    from nbgrader.api import Gradebook

    submit_code(course, "ada", HONEST)
    ours(course)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("test-partial", "two", course.assignment, "ada").manual_score = 2.5
        gradebook.db.commit()
    grade_assignment(course.root, course.assignment, workers=0, force=True)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        assert gradebook.find_grade("test-partial", "two", course.assignment, "ada").score == 2.5


def test_notebooks_of_exercises_alone_start_nothing(released: MiniCourse, no_bubblewrap: None) -> None:
    released.submit("ada")
    assert ours(released).lines == []
    assert released.grades("ada")["which-order"] == 1.0


def outputs(*made: dict) -> list:
    return [nbformat.from_dict(one) for one in made]


def result(text: str | None) -> dict:
    return {"output_type": "execute_result", "data": {} if text is None else {"text/plain": text}, "metadata": {}, "execution_count": 1}


ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}
WARNED = {"output_type": "stream", "name": "stderr", "text": "x"}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "5"}

SETTLED = {
    "silence after a run": ([], True, False, 2.0, False),
    "silence without a run": ([], False, False, 0.0, False),
    "print only": ([PRINTED], True, False, 2.0, False),
    "a partial score": ([result("1.5")], True, False, 1.5, False),
    "the maximum": ([result("2")], True, False, 2.0, False),
    "above the maximum": ([result("2.1")], True, False, 0.0, True),
    "far above": ([result("1e400")], True, False, 0.0, True),
    "infinity": ([result("inf")], True, False, 0.0, True),
    "NaN": ([result("nan")], True, False, 0.0, True),
    "minus NaN": ([result(" -NaN ")], True, False, 0.0, True),
    "below nought": ([result("-1")], True, False, 0.0, True),
    "minus nought": ([result("-0.0")], True, False, 0.0, False),
    "a text": ([result("'well done'")], True, False, 2.0, False),
    "no text at all": ([result(None)], True, False, 0.0, True),
    "an empty text": ([result("")], True, False, 0.0, True),
    "a result, then an error": ([result("2"), ERROR], True, True, 0.0, False),
    "an error, then a result": ([ERROR, result("2")], True, True, 0.0, False),
    "a result, then a warning": ([result("2"), WARNED], True, False, 0.0, False),
    "an error that was cleared away": ([result("2")], True, True, 0.0, False),
    "two results": ([result("2"), result("0.5")], True, False, 0.5, False),
    "a result of a cell that did not finish": ([result("2")], False, False, 0.0, False),
}


@pytest.mark.parametrize("name", SETTLED)
def test_what_a_test_cell_earns(name: str) -> None:
    """The last column but one is what nbgrader gives for the outputs then; the last, whether a grader is asked for."""
    from nbgrader.utils import determine_grade

    made, finished, failed, points, waits = SETTLED[name]
    about = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "t", "points": 2, "cell_type": "code", "schema_version": 3}
    cell = nbformat.v4.new_code_cell("check()", metadata={"nbgrader": about}, outputs=outputs(*made))
    verdict = settle(cell, finished=finished, failed=failed, reason="it ended")
    assert (determine_grade(cell)[0], verdict.waits) == (points, waits)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


@pytest.mark.parametrize(("source", "may"), [
    ("assert f(1) == 2", False), ("x = 1", False), ("for x in y:\n    x", False), ("points", True), ("f(1);", False), ("", False), ("# note", False),
    ("%time f(1)", True), ("1 if x else 2", True), ("print(1)", True), (TESTS["test-partial"][1], True), (TESTS["test-sum"][1], False),
])
def test_which_cells_can_show_a_result(source: str, may: bool) -> None:
    assert may_have_result(source) is may


@pytest.mark.parametrize(("source", "must"), [
    ("points", True), ("points + 1", True), ("-points", True), ("round(points, 1)", True), ("2", True), ("None", False), ("check(points)", False), ("points;", False),
    ("np.testing.assert_equal(a, b)", False), ("assert f(1) == 2", False), ("%time f(1)", False), ("", False), (TESTS["test-partial"][1], True),
])
def test_which_cells_show_a_result_if_all_is_well(source: str, must: bool) -> None:
    assert must_have_result(source) is must


def test_points_that_do_not_come_and_tests_that_did_not_begin_wait_for_a_grader() -> None:
    about = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "t", "points": 2, "cell_type": "code", "schema_version": 3}
    for source, fair in (("points", True), ("assert f()", False)):
        cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": about})
        assert settle(cell, finished=True, failed=False, reason="", fair=fair).waits
        assert [output.ename for output in cell.outputs] == ["NoPoints"]
