"""A class's feedback as a batch: whole pages or none, kills, configurations of others, and what is made anew when."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from medcoding.cli import main
from medcoding.grading.feedbackrun import NoFeedback, batch, feedback_for, maker, pages
from medcoding.grading.run import grade_assignment, pool
from minicourse import MiniCourse
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import temp_attrs

CLASS = ("ada", "bob", "cyd")


def files(course: MiniCourse) -> dict[str, tuple[bytes, int]]:
    root = course.root / "feedback"
    return {str(path.relative_to(root)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def graded(released: MiniCourse) -> MiniCourse:
    for number, student in enumerate(CLASS):
        released.submit(student, answers=None if number else {"which-order": {"chosen": ["x"]}})
    assert len(grade_assignment(released.root, released.assignment, workers=0).graded) == len(CLASS)
    return released


def stock(course: MiniCourse, *students: str) -> dict[str, tuple[bytes, int]]:
    """What `nbgrader generate_feedback` makes; nothing is left of it."""
    releases = course.releases()
    for student in students or CLASS:
        with temp_attrs(releases.coursedir, assignment_id=course.assignment, student_id=student):
            try:
                GenerateFeedback(coursedir=releases.coursedir, config=releases.config).start()
            except NbGraderException:
                assert student in releases.coursedir.student_id_exclude
    made = files(course)
    shutil.rmtree(course.root / "feedback")
    return made


def configure(course: MiniCourse, lines: str) -> None:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_any_number_of_processes_makes_the_pages_of_nbgrader(graded: MiniCourse, workers: int) -> None:
    expected = stock(graded)
    assert sorted(feedback_for(graded.root, graded.assignment, workers=workers).made) == list(CLASS)
    assert files(graded) == expected


@pytest.mark.parametrize("setting", ["c.GenerateFeedback.permissions = 640", "c.CourseDirectory.groupshared = True", "c.CourseDirectory.student_id_exclude = 'bob,x'"])
def test_nbgraders_settings_are_followed(graded: MiniCourse, setting: str) -> None:
    configure(graded, f"\n{setting}\n")
    expected = stock(graded)
    feedback_for(graded.root, graded.assignment, workers=0)
    assert files(graded) == expected
    if "groupshared" in setting:
        assert (graded.root / "feedback" / "ada" / graded.assignment).stat().st_mode & 0o2770 == 0o2770


OTHERS = {
    "a hook": "c.GenerateFeedback.post_convert_hook = print\n",
    "another step": "from nbgrader.preprocessors import LimitOutput\nc.GenerateFeedback.preprocessors = [LimitOutput, *c.GenerateFeedback.preprocessors]\n",
    "another exporter's step": "c.HTMLExporter.preprocessors = [*c.HTMLExporter.preprocessors, 'nbconvert.preprocessors.RegexRemovePreprocessor']\n",
    "another template": "c.HTMLExporter.template_name = 'lab'\n",
    "another filter": "c.HTMLExporter.filters = {**c.HTMLExporter.filters, 'ansi2html': 'html.escape'}\n",
    "another exporter": "c.GenerateFeedback.exporter_class = 'nbconvert.exporters.MarkdownExporter'\n",
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_configuration_of_ones_own_is_left_to_nbgrader(graded: MiniCourse, what: str) -> None:
    configure(graded, f"\n{OTHERS[what]}")
    releases = graded.releases()
    assert not maker.has_our_steps(releases.coursedir, releases.config)
    expected = stock(graded)
    assert sorted(feedback_for(graded.root, graded.assignment, workers=0).made) == list(CLASS)
    assert files(graded) == expected


@pytest.mark.parametrize(
    "setting", ["c.HTMLExporter.exclude_input = True", "c.HTMLExporter.exclude_input_prompt = True\nc.HTMLExporter.anchor_link_text = 'link'"]
)
def test_whatever_a_template_does_pages_are_nbgraders(graded: MiniCourse, setting: str) -> None:
    configure(graded, f"\n{setting}\n")
    expected = stock(graded)
    assert sorted(feedback_for(graded.root, graded.assignment, workers=0).made) == list(CLASS)
    assert files(graded) == expected


def test_an_older_format_is_left_to_nbconvert_and_costs_the_others_nothing(graded: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    path = graded.root / "autograded" / "ada" / graded.assignment / "one.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    expected = stock(graded)
    whole = []
    real = pages.Pages.whole
    monkeypatch.setattr(pages.Pages, "whole", lambda self, *given: whole.append(given[1]["nbgrader"]["student"]) or real(self, *given))
    assert feedback_for(graded.root, graded.assignment, workers=0).made == list(CLASS)
    assert whole == ["ada", "ada"], "that one, and the first of the others, to compare"
    made = files(graded)
    named = re.compile(rb'id="cell-id=[^"]*"')  # names that nbconvert draws at random
    assert {name: (named.sub(b"", page), mode) for name, (page, mode) in made.items()} == {
        name: (named.sub(b"", page), mode) for name, (page, mode) in expected.items()
    }


@pytest.mark.parametrize("change", [{"outputs": "none"}, {"cell_type": "poem"}, {"source": 5}, {"execution_count": "<b>"}, {"metadata": {"collapsed": "x"}}])
def test_what_nbgraders_validator_refuses_is_refused(graded: MiniCourse, change: dict) -> None:
    path = graded.root / "autograded" / "ada" / graded.assignment / "one.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1].update(change)
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert not graded.releases().api.generate_feedback(graded.assignment, "ada")["success"]
    shutil.rmtree(graded.root / "feedback", ignore_errors=True)
    summary = feedback_for(graded.root, graded.assignment, workers=0)
    assert summary.made == ["bob", "cyd"] and "one.ipynb" in summary.failed["ada"]


class Killed(BaseException):
    """As if the process were gone."""


def test_a_kill_at_any_write_leaves_an_old_page_a_new_one_or_none(graded: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    before = files(graded)
    configure(graded, '\nc.Course.show_keys = "never"\n')
    feedback_for(graded.root, graded.assignment, force=True, workers=0)
    after = files(graded)
    assert before["ada/05-mini/one.html"] != after["ada/05-mini/one.html"] and sorted(before) == sorted(after)
    state = {"left": 0}

    def faulty(name: str) -> Callable:
        real = getattr(Path, name)

        def call(self: Path, *given: object, **more: object) -> object:
            if "feedback" in str(self):
                state["left"] -= 1
                if state["left"] < 0:
                    raise Killed
            return real(self, *given, **more)

        return call

    for name in ("write_text", "rename", "mkdir", "chmod"):
        monkeypatch.setattr(Path, name, faulty(name))
    finished, ran = False, 0
    while not finished:
        state["left"] = ran
        try:
            feedback_for(graded.root, graded.assignment, ["ada"], force=True, workers=0)
            finished = True
        except Killed:
            ran += 1
        shown = {name: page for name, page in files(graded).items() if name.startswith(f"ada/{graded.assignment}/")}
        assert shown in ({}, *({name: page for name, page in all_.items() if name.startswith("ada/")} for all_ in (before, after)))
    assert ran > 10
    state["left"] = 10_000
    feedback_for(graded.root, graded.assignment, workers=0, force=True)
    assert files(graded) == after, "nothing half-made is left behind"


@pytest.mark.scale
def test_a_real_kill_and_a_new_start_give_what_an_undisturbed_run_gives(released: MiniCourse) -> None:
    names = [f"student{number}" for number in range(8)]
    for name in names:
        released.submit(name)
    grade_assignment(released.root, released.assignment, workers=0)
    command = [sys.executable, "-m", "medcoding.cli", "feedback", "05", "--workers", "1"]
    started = subprocess.Popen(command, cwd=released.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 120
    while started.poll() is None and not list((released.root / "feedback").glob("*/*/two.html")) and time.monotonic() < deadline:
        os.sched_yield()
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    whole = {"one.html", "two.html", "answers.json", "submission_secret.txt", "timestamp.txt", "items"}
    for folder in (released.root / "feedback").glob("*/[!.]*"):
        assert {path.name for path in folder.iterdir()} == whole, folder
    assert main_in(released, "feedback", "05", "--workers", "1") == 0
    made = files(released)
    assert {Path(name).parts[0] for name in made} == set(names)
    assert made == stock(released, *names)


def main_in(course: MiniCourse, *words: str) -> int:
    before = os.getcwd()
    os.chdir(course.root)
    try:
        return main(list(words))
    finally:
        os.chdir(before)


def test_a_regrading_that_leaves_the_timestamp_makes_feedback_anew(graded: MiniCourse) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    assert feedback_for(graded.root, graded.assignment, workers=0).skipped == 3
    page = graded.root / "autograded" / "bob" / graded.assignment / "one.ipynb"
    os.utime(page, (page.stat().st_atime, time.time() + 60))
    assert feedback_for(graded.root, graded.assignment, workers=0).made == ["bob"]


def test_a_reason_given_after_the_page_was_made_makes_it_anew(graded: MiniCourse) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    for path in (graded.root / "feedback").rglob("*.html"):
        os.utime(path, (time.time() + 3600, path.stat().st_mtime + 3600))
    assert main_in(graded, "regrade", "override", "cyd", "05", "which-order", "--points", "0.5", "--reason", "The chart can be read both ways.", "--grader", "kim") == 0
    assert feedback_for(graded.root, graded.assignment, workers=0).made == [], "pages of the next hour are younger than the reason"
    for path in (graded.root / "feedback").rglob("*.html"):
        newest = max(one.stat().st_mtime for one in (graded.root / "autograded").rglob("*.ipynb"))
        os.utime(path, (newest, newest))
    assert feedback_for(graded.root, graded.assignment, workers=0).made == ["cyd"]
    page = (graded.root / "feedback" / "cyd" / graded.assignment / "one.html").read_text(encoding="utf-8")
    assert "The chart can be read both ways." in page and "0.5 / 1.0" in page and "kim" not in page


@pytest.mark.parametrize("text", ["no time at all", "\x00\x1b[31m", ""])
def test_an_unreadable_timestamp_ends_nothing(graded: MiniCourse, text: str) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    for kind in ("autograded", "feedback"):
        path = graded.root / kind / "ada" / graded.assignment / "timestamp.txt"
        path.chmod(0o644)
        path.write_text(text, encoding="utf-8")
    summary = feedback_for(graded.root, graded.assignment, workers=0)
    assert not summary.failed and len(summary.made) + summary.skipped == 3


def test_only_plain_files_are_handed_back(graded: MiniCourse) -> None:
    folder = graded.root / "autograded" / "ada" / graded.assignment
    (folder / "keys.txt").symlink_to(graded.root / "gradebook.db")
    os.mkfifo(folder / "pipe.txt")
    (folder / "notes.txt").write_text("mine")
    assert not feedback_for(graded.root, graded.assignment, workers=0).failed
    names = set(os.listdir(graded.root / "feedback" / "ada" / graded.assignment))
    assert "notes.txt" in names and not names & {"keys.txt", "pipe.txt"}


def test_what_cannot_be_made_is_said_with_what_to_do_and_leaves_no_page(graded: MiniCourse, capsys: pytest.CaptureFixture) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    extra = graded.root / "autograded" / "ada" / graded.assignment / "extra.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), extra)
    forged = graded.root / "autograded" / "bob" / graded.assignment / "one.ipynb"
    notebook = nbformat.read(forged, as_version=4)
    notebook.cells[-1].metadata["nbgrader"] = {"grade": True, "grade_id": "no\x1b[31m-such", "locked": True, "solution": False, "points": 1, "schema_version": 3}
    forged.chmod(0o644)
    nbformat.write(notebook, forged)
    assert main_in(graded, "feedback", "05", "--force", "--workers", "0") == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == ("ada: no feedback: extra.ipynb: the gradebook has no such notebook of this student. "
                       "Grade it again with 'medcoding grade --force 05-mini ada'.")
    assert said[1].startswith("bob: no feedback: one.ipynb: the gradebook has nothing on the cell no\\x1b[31m-such.")
    assert said[2].startswith("05-mini: 1 given feedback, 0 had it already, 2 failed")
    assert {Path(name).parts[0] for name in files(graded)} == {"cyd"}, "as nbgrader, which removes what failed"


def test_students_who_are_named_and_not_graded_are_told(graded: MiniCourse, capsys: pytest.CaptureFixture) -> None:
    assert main_in(graded, "feedback", "05", "ada", "../bob", "zoe\x1b[31m", "--workers", "0") == 1
    out = capsys.readouterr().out
    assert "zoe\\x1b[31m: no feedback: not graded yet" in out and "../bob: no feedback: not graded yet" in out and "1 given feedback" in out


def test_two_runs_at_once_are_refused(graded: MiniCourse) -> None:
    feedback_for(graded.root, graded.assignment, workers=0)
    (lock,) = (graded.root / "publications").glob(".feedback-*.lock")
    with FileLock(str(lock)), pytest.raises(NoFeedback, match="another run"):
        feedback_for(graded.root, graded.assignment, workers=0)


def test_a_process_that_dies_costs_its_student_only(graded: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    real = maker.Maker._make

    def deadly(self: maker.Maker, task: maker.Task) -> None:
        if task.student == "bob":
            os._exit(3)
        real(self, task)

    monkeypatch.setattr(maker.Maker, "_make", deadly)
    monkeypatch.setattr(pool, "_context", lambda: multiprocessing.get_context("fork"))  # the patch above is to reach it, whatever threads other tests left
    summary = feedback_for(graded.root, graded.assignment, workers=1)
    assert sorted(summary.made) == ["ada", "cyd"] and "died" in summary.failed["bob"]


def test_one_query_for_many_students_gives_what_getgrades_gives(graded: MiniCourse) -> None:
    from medcoding.grading.feedbackrun import grades

    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("which-order", "one", graded.assignment, "ada").manual_score = 0.25
        gradebook.find_grade("which-order", "one", graded.assignment, "ada").extra_credit = 0.5
        gradebook.find_grade("which-order", "one", graded.assignment, "bob").extra_credit = 2
        gradebook.find_grade("a-shot-in-the-arm", "one", graded.assignment, "bob").auto_score = None
        gradebook.find_submission_notebook("one", graded.assignment, "cyd").late_submission_penalty = 0.75
        gradebook.db.commit()
        with gradebook.engine.connect() as connection:
            found = grades.read(connection, graded.assignment, CLASS)
        for student in CLASS:
            for name in ("one", "two"):
                there, ours = gradebook.find_submission_notebook(name, graded.assignment, student), found[student][name]
                assert (ours.score, ours.max_score, ours.late_penalty) == (there.score, there.max_score, there.late_submission_penalty)
                assert ours.points == {grade.name: (grade.score, grade.max_score) for grade in there.grades}
                assert ours.comments == {comment.name: comment.comment for comment in there.comments}


def test_memory_of_pieces_is_bounded(graded: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = stock(graded)
    monkeypatch.setattr(pages, "PIECES_KEPT", 20_000)
    kept = []
    real = pages.Pages.page

    def watched(self: pages.Pages, *given: object) -> str:
        page = real(self, *given)
        kept.append(self._pieces.weight)
        return page

    monkeypatch.setattr(pages.Pages, "page", watched)
    feedback_for(graded.root, graded.assignment, workers=0)
    assert 0 < max(kept) <= 20_000 and files(graded) == expected
    assert not batch._READY
