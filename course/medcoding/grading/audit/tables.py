"""The course's own tables in nbgrader's database, and how to write them: SQLAlchemy Core, for SQLite and PostgreSQL.

nbgrader's tables are never altered. These have names beginning with `medcoding_`, refer to nbgrader's rows by name
(so that removing a student removes no history), and are made on first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

METADATA = sa.MetaData()

AUDIT = sa.Table(
    "medcoding_audit",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("grader", sa.String(128), nullable=False),
    sa.Column("student", sa.String(128), nullable=False),
    sa.Column("assignment", sa.String(128), nullable=False),
    sa.Column("notebook", sa.String(128), nullable=False),
    sa.Column("cell", sa.String(128), nullable=False),
    sa.Column("old_score", sa.Double),
    sa.Column("new_score", sa.Double),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("medcoding_audit_of", "assignment", "student"),
)
"""One row a change. `hash` is over the whole row and `previous`, the hash of the row before."""

HEAD = sa.Table(
    "medcoding_audit_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""One row: the last entry of the trail. Whoever appends updates it first, so appends wait for one another."""

MARKS = sa.Table(
    "medcoding_marks",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("grader", sa.String(128), nullable=False),
    sa.Column("assignment", sa.String(128), nullable=False),
    sa.Column("notebook", sa.String(128), nullable=False),
    sa.Column("cell", sa.String(128), nullable=False),
    sa.Column("student", sa.String(128), nullable=False),
    sa.Column("version", sa.String(16), nullable=False),
    sa.Column("criterion", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("points", sa.Double, nullable=False),
    sa.Column("possible", sa.Double, nullable=False),
    sa.UniqueConstraint("assignment", "notebook", "cell", "student", "grader", "criterion"),
)
"""One row a criterion that a grader marked. `version` names the text that was read; points are on the rubric's own scale."""

PSEUDONYMS = sa.Table(
    "medcoding_pseudonyms",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("pseudonym", sa.String(16), nullable=False, unique=True),
)
"""Pseudonyms given out. `key` is an HMAC of the student's id: without the course secret the table names nobody."""

START = "0" * 64
"""What the first entry has for `previous`."""

TRIGGER = "medcoding_audit_fixed"
_REFUSAL = "medcoding_audit only grows: its entries are neither changed nor removed"
_SQLITE = [
    f"CREATE TRIGGER {TRIGGER}_{what.lower()} BEFORE {what} ON medcoding_audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for what in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON medcoding_audit FOR EACH STATEMENT EXECUTE FUNCTION {TRIGGER}()",
]
_LOCK = 0x6D656463  # "medc": two first uses at once make the tables once


class NoGradebook(ValueError):
    """The database holds no gradebook of nbgrader yet; the message says what to do."""


@lru_cache(maxsize=32)
def engine_of(db_url: str) -> sa.Engine:
    """The engine of a gradebook's database. It keeps no connection open, so it may be used after a fork."""
    patience = {"timeout": 30} if db_url.startswith("sqlite") else {}
    return sa.create_engine(db_url, poolclass=NullPool, connect_args=patience)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes: all of it or nothing. The tables are there; on SQLite no one else writes meanwhile.

    Raises:
        NoGradebook: nbgrader has not made its tables in this database.
    """
    with engine.begin() as connection:
        prepare(connection)
        yield connection


def prepare(connection: sa.Connection) -> None:
    """Make the tables where they are missing, within the connection's transaction.

    Raises:
        NoGradebook: nbgrader has not made its tables yet. Made first, ours would keep it from noting its schema's version.
    """
    if connection.dialect.name == "sqlite" and not _has_begun(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's sqlite3 begins none before CREATE
    if is_there(connection):
        return
    if not sa.inspect(connection).has_table("grade"):
        raise NoGradebook(
            f"The database {connection.engine.url.render_as_string()} holds no gradebook. Release and grade an assignment first, "
            "or set MEDCODING_DB to the gradebook's address."
        )
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if is_there(connection):
            return
    METADATA.create_all(connection)
    connection.execute(sa.insert(HEAD).values(id=1, seq=0, hash=START))
    for statement in {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}.get(connection.dialect.name, []):
        connection.exec_driver_sql(statement)


def _has_begun(connection: sa.Connection) -> bool:
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", True))


def is_there(connection: sa.Connection) -> bool:
    """Whether the tables have been made."""
    return sa.inspect(connection).has_table(HEAD.name)


def is_guarded(connection: sa.Connection) -> bool:
    """Whether the triggers that refuse changes of the trail are in place."""
    query = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'medcoding_audit'",
        "postgresql": "SELECT 2 * count(*) FROM pg_trigger WHERE tgrelid = 'medcoding_audit'::regclass AND tgenabled <> 'D'",
    }.get(connection.dialect.name)
    return query is None or connection.exec_driver_sql(query).scalar_one() >= 2


@contextmanager
def looking(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees one state of the database throughout, whatever others write meanwhile."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
