"""What a gradebook and the autograded folders hold, for comparing one run with another."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

GRADES = """select s.student_id, s.timestamp, s.extension, n.name, sn.late_submission_penalty, sn.flagged, b.name, b.type,
       g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade
from grade g join base_cell b on b.id = g.cell_id join submitted_notebook sn on sn.id = g.notebook_id
join notebook n on n.id = sn.notebook_id join submitted_assignment s on s.id = sn.assignment_id"""
COMMENTS = """select s.student_id, n.name, b.name, b.type, c.auto_comment, c.manual_comment
from comment c join base_cell b on b.id = c.cell_id join submitted_notebook sn on sn.id = c.notebook_id
join notebook n on n.id = sn.notebook_id join submitted_assignment s on s.id = sn.assignment_id"""
STUDENTS = "select id, first_name, last_name, email, lms_user_id from student"


def rows(course) -> list[str]:
    """Everything that the gradebook holds of submissions, without the identifiers that are drawn anew each time."""
    return rows_at(f"sqlite:///{course.root / 'gradebook.db'}")


def rows_at(db_url: str) -> list[str]:
    """As `rows`, of any database; truth values as whole numbers and times as text, as SQLite has them."""
    engine = create_engine(db_url)
    with engine.connect() as connection:
        found = [tuple(row) for query in (GRADES, COMMENTS, STUDENTS) for row in connection.execute(text(query))]
    engine.dispose()
    return sorted(repr(tuple(_plain(value) for value in row)) for row in found)


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return str(value).removesuffix(".000000") if hasattr(value, "isoformat") or isinstance(value, str) else value


def runs_at(db_url: str) -> dict[str, int]:
    """How often each submission was graded, by the ledger."""
    engine = create_engine(db_url)
    with engine.connect() as connection:
        found = {row.student: row.runs for row in connection.execute(text("select student, runs from medcoding_ledger"))}
    engine.dispose()
    return found


def files(course) -> dict[str, tuple[bytes, int]]:
    """Every file under autograded/, with its mode."""
    root = Path(course.root) / "autograded"
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode) for path in sorted(root.rglob("*")) if path.is_file()}
