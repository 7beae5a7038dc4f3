"""A gradebook with two students and a few cells, made through nbgrader's own API; and everything that stands in a database."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Base, Gradebook

CELLS = {"one": {"alpha": 1.0, "beta": 2.0}, "two": {"gamma": 4.0}}


def make_gradebook(url: str) -> None:
    """Fill an empty database: an assignment 05-mini of two notebooks, handed in by ada and bob, automatically scored at half of each maximum.

    nbgrader makes it once a session, in seconds; here its rows are copied.
    """
    source, target = sa.create_engine(f"sqlite:///{_made_once()}"), sa.create_engine(url)
    version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), nullable=False))
    Base.metadata.create_all(target)
    with source.connect() as read, target.begin() as write:
        version.create(write)
        for table in (*Base.metadata.sorted_tables, version):
            rows = [dict(row._mapping) for row in read.execute(sa.select(table))]
            if rows:
                write.execute(sa.insert(table), rows)
    source.dispose()
    target.dispose()


@cache
def _made_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mc-gradebook-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        warnings.simplefilter("ignore")  # nbgrader's own use of autoflush
        gradebook.add_assignment("05-mini")
        for notebook, cells in CELLS.items():
            gradebook.add_notebook(notebook, "05-mini")
            for cell, points in cells.items():
                gradebook.add_grade_cell(cell, notebook, "05-mini", max_score=points, cell_type="code")
        for student in ("ada", "bob"):
            gradebook.add_student(student)
            gradebook.add_submission("05-mini", student)
            for notebook, cells in CELLS.items():
                for cell, points in cells.items():
                    grade = gradebook.find_grade(cell, notebook, "05-mini", student)
                    grade.auto_score, grade.needs_manual_grade = points / 2, False
        gradebook.db.commit()
    return folder / "gradebook.db"


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, with the columns' names and types first."""
    engine = sa.create_engine(url)
    look = sa.inspect(engine)
    found = {}
    with engine.connect() as connection:
        for name in look.get_table_names():
            columns = [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)]
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
            found[name] = [tuple(columns), *sorted((tuple(row) for row in rows), key=repr)]
    engine.dispose()
    return found
