"""Feedback: what a student sees, and when keys show."""

from __future__ import annotations

import pytest
from minicourse import MiniCourse


def feedback(course: MiniCourse, student: str = "ada") -> str:
    result = course.releases().api.generate_feedback(course.assignment, student)
    assert result["success"], result.get("log")
    return (course.root / "feedback" / student / course.assignment / "one.html").read_text(encoding="utf-8")


def setting(course: MiniCourse, value: str) -> None:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text().replace('c.Course.show_keys = "at-once"', f'c.Course.show_keys = "{value}"'))


@pytest.fixture
def graded(released: MiniCourse) -> MiniCourse:
    released.submit("ada", answers={"which-order": {"chosen": ["x"]}, "heart-of-the-matter": {"codes": ["I42.9"]}})
    assert released.autograde("ada")["ada"]["success"]
    return released


def test_feedback_says_what_was_asked_answered_right_and_why(graded: MiniCourse) -> None:
    page = feedback(graded)
    for words in ("What was asked", "Cardiomyopathy from localized amyloidosis", "What was answered", "I42.9", "Key", "E85.4", "Why",
                  "The cause is documented.", "Where to read", "note at I43"):
        assert words in page


def test_keys_never_show_where_the_setting_says_never(graded: MiniCourse) -> None:
    setting(graded, "never")
    page = feedback(graded)
    assert "The key is not shown at this time" in page and "I42.9" in page
    for secret in ("E85.4", "asks for the amyloidosis first", "The cause is documented."):
        assert secret not in page


def test_keys_show_after_the_due_date_only(graded: MiniCourse) -> None:
    from datetime import UTC, datetime, timedelta

    setting(graded, "after-due")
    now = datetime.now(UTC).replace(tzinfo=None)
    graded.releases().set_due(graded.assignment, now + timedelta(days=1))
    assert "asks for the amyloidosis first" not in feedback(graded)
    graded.releases().set_due(graded.assignment, now - timedelta(days=1))
    assert "asks for the amyloidosis first" in feedback(graded)


def test_an_unknown_setting_is_refused(graded: MiniCourse) -> None:
    setting(graded, "perhaps")
    result = graded.releases().api.generate_feedback(graded.assignment, "ada")
    assert not result["success"] and "at-once, after-due or never" in result["log"]
