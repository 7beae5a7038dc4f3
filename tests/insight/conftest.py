"""A graded class on disk: released, answered, autograded by nbgrader itself, with a grader's points and an extension."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from minicourse import MiniCourse
from nbgrader.api import Gradebook

DUE = datetime(2026, 1, 5, 12, 0, 0)


@pytest.fixture(scope="session")
def _graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = MiniCourse(tmp_path_factory.mktemp("insight") / "course")
    course.releases().release("05")
    right = {item: answer for item, (_, answer) in course.key_answers().items()}
    course.submit("ada", right)
    course.submit("ben", {**right, "heart-of-the-matter": {"codes": ["I42.9", "E85.4"]}, "which-order": {"chosen": ["nonsense"]}}, timestamp="2026-01-05 13:00:00 UTC")
    course.submit("cyd", {"heart-of-the-matter": {"codes": ["<script>alert(1)</script>"]}})
    for student, result in course.autograde("ada", "ben", "cyd").items():
        assert result["success"], (student, result.get("log"))
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("never")
        gradebook.update_or_create_assignment(course.assignment, duedate=DUE)
        gradebook.find_submission(course.assignment, "ben").extension = timedelta(hours=2)
        grade = gradebook.find_grade("a-shot-in-the-arm", "one", course.assignment, "cyd")
        grade.manual_score, grade.extra_credit = 1.5, 0.25
        gradebook.db.commit()
    return course.root


@pytest.fixture
def graded_class(_graded_once: Path, tmp_path: Path) -> MiniCourse:
    """ada has all right; ben one code wrong and an extension; cyd answered one exercise, with markup, and has 1.5 points by hand in another."""
    shutil.copytree(_graded_once, tmp_path / "course", symlinks=True)
    return MiniCourse(tmp_path / "course", copied=True)
