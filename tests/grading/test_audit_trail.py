"""The audit trail: it only grows, and whatever is changed or removed in it is seen, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from audit_gradebook import dump, make_gradebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.grading.audit import ScoreChange, notes_for, notes_of_assignment, record_changes, score_changes
from medcoding.grading.audit.changes import Cell
from medcoding.grading.audit.tables import AUDIT, HEAD, START, NoGradebook, engine_of, writing
from medcoding.grading.audit.trail import Entry, append, digest, entries_of, plain_text, verify
from nbgrader.api import Gradebook


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A gradebook with two students, on each kind of database."""
    address = f"sqlite:///{tmp_path / 'gradebook.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    make_gradebook(address)
    return address


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"
    make_gradebook(address)
    return address


def put(url: str, *entries: Entry) -> list[Entry]:
    with writing(engine_of(url)) as connection:
        return append(connection, entries)


def some(number: int) -> Entry:
    return Entry("override", "ann", "ada", "05-mini", "one", "alpha", old_score=None, new_score=number / 3, reason=f"reason {number}: ü “x”")


def unguard(connection: sa.Connection) -> None:
    """Take the triggers away, as somebody with all rights would."""
    if connection.dialect.name == "sqlite":
        for what in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER medcoding_audit_fixed_{what}")
    else:
        connection.exec_driver_sql("ALTER TABLE medcoding_audit DISABLE TRIGGER ALL")


def tamper(url: str, *statements: str) -> tuple[str, ...]:
    with engine_of(url).begin() as connection:
        unguard(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
    return verify(engine_of(url)).faults


def test_entries_come_back_as_they_were_written(url: str) -> None:
    written = put(url, some(1), some(2))
    with engine_of(url).connect() as connection:
        assert entries_of(connection) == written
    assert [one.seq for one in written] == [1, 2]
    assert written[0].previous == START and written[1].previous == written[0].hash
    assert written[0].at.endswith("+00:00"), "UTC"


def test_an_untouched_trail_has_no_faults(url: str) -> None:
    last = put(url, some(1), some(2), some(3))[-1]
    found = verify(engine_of(url))
    assert (found.count, found.head, found.faults) == (3, last.hash, ())


def test_a_gradebook_without_trail_verifies_and_has_no_notes(url: str) -> None:
    assert verify(engine_of(url)).faults == () and verify(engine_of(url)).count == 0
    assert notes_for(url, "ada", "05-mini") == {} and notes_of_assignment(url, "05-mini") == {}


@pytest.mark.parametrize("statement", ["UPDATE medcoding_audit SET reason = 'x'", "DELETE FROM medcoding_audit WHERE seq = 1"])
def test_the_database_refuses_changes(url: str, statement: str) -> None:
    put(url, some(1))
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), engine_of(url).begin() as connection:
        connection.exec_driver_sql(statement)
    assert verify(engine_of(url)).faults == ()


def test_truncating_is_refused(postgres_url: str) -> None:
    make_gradebook(postgres_url)
    put(postgres_url, some(1))
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), engine_of(postgres_url).begin() as connection:
        connection.exec_driver_sql("TRUNCATE medcoding_audit")


def test_missing_triggers_are_seen(url: str) -> None:
    put(url, some(1))
    assert tamper(url) == ("The triggers that refuse changes of the trail are gone.",)


def test_a_changed_entry_is_named(url: str) -> None:
    put(url, *map(some, range(5)))
    first, *others = tamper(url, "UPDATE medcoding_audit SET new_score = 2 WHERE seq = 3")
    assert first.startswith("Entry 3 (") and first.endswith("was changed after it was written.")
    assert len(others) == 1 and "triggers" in others[0]


def test_removed_entries_are_named_wherever_they_stood(url: str) -> None:
    put(url, *map(some, range(6)))
    faults = tamper(url, "DELETE FROM medcoding_audit WHERE seq IN (1, 3, 4, 6)")
    assert faults[:3] == (
        "Entry 1 was removed.", "Entries 3 to 4 were removed.", "Entry 6 was removed from the end: the trail ends at 5 and had come to 6.",
    )  # fmt: skip


def test_a_rewritten_trail_is_seen_by_the_hash_that_was_noted(url: str) -> None:
    noted = put(url, *map(some, range(3)))[-1].hash
    with engine_of(url).begin() as connection:
        unguard(connection)
        previous = START
        for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.seq)).all():
            forged = {**row._mapping, "grader": "mallory", "previous": previous}
            previous = digest(forged)
            connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == row.seq).values({**forged, "hash": previous}))
        connection.execute(sa.update(HEAD).values(hash=previous))
    assert [fault for fault in verify(engine_of(url)).faults if "triggers" not in fault] == [], "its own hashes cannot show it"
    assert any("written anew" in fault for fault in verify(engine_of(url), noted).faults)


COLUMNS = ("at", "kind", "grader", "student", "assignment", "notebook", "cell", "old_score", "new_score", "reason", "detail", "previous", "hash")
ROWS = [some(number) for number in range(6)]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A trail of six entries without triggers."""
    url = f"sqlite:///{tmp_path_factory.mktemp('standing') / 'gradebook.db'}"
    make_gradebook(url)
    put(url, *ROWS)
    with engine_of(url).begin() as connection:
        unguard(connection)
    yield engine_of(url)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_any_column_and_any_removal_is_seen(standing: sa.Engine, data: st.DataObject) -> None:
    with standing.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.seq))]
    row = data.draw(st.sampled_from(rows))
    if data.draw(st.booleans()):
        column = data.draw(st.sampled_from(COLUMNS))
        value = data.draw(st.floats(allow_nan=False, allow_infinity=False) if "score" in column else st.text("abcdef0123 ", max_size=8))
        if column == "detail":
            value = json.dumps({"x": value})
        if value == row[column]:
            return
        change = sa.update(AUDIT).where(AUDIT.c.seq == row["seq"]).values({column: value})
    else:
        change = sa.delete(AUDIT).where(AUDIT.c.seq == row["seq"])
    with standing.begin() as connection:
        connection.execute(change)
    faults = verify(standing).faults
    with standing.begin() as connection:
        connection.execute(sa.delete(AUDIT))
        connection.execute(sa.insert(AUDIT), rows)
    assert len(faults) > 1, "more than the missing triggers"
    assert len(verify(standing).faults) == 1


def _write_some(url: str, name: str, count: int) -> None:
    for number in range(count):
        with writing(engine_of(url)) as connection:
            append(connection, [Entry("override", name, "ada", "05-mini", reason=str(number))])


def test_two_processes_that_write_at_once_lose_nothing_and_keep_one_chain(url: str) -> None:
    run = multiprocessing.get_context("spawn")
    writers = [run.Process(target=_write_some, args=(url, name, 25)) for name in ("ann", "ben")]
    for one in writers:
        one.start()
    for one in writers:
        one.join(120)
        assert one.exitcode == 0
    with engine_of(url).connect() as connection:
        entries = entries_of(connection)
    assert [one.seq for one in entries] == list(range(1, 51))
    for name in ("ann", "ben"):
        assert [one.reason for one in entries if one.grader == name] == [str(number) for number in range(25)]
    assert verify(engine_of(url)).faults == ()


def test_the_tables_wait_for_nbgraders(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    with pytest.raises(NoGradebook, match="Release and grade an assignment first"), writing(engine_of(url)):
        pass
    with Gradebook(url) as gradebook:
        version = gradebook.db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    assert version, "made first, our tables would have kept nbgrader from noting its schema's version"


def test_nbgraders_tables_keep_their_structure_and_rows(url: str) -> None:
    before = dump(url)
    put(url, some(1))
    after = dump(url)
    assert {name: rows for name, rows in after.items() if not name.startswith("medcoding_")} == before


def test_changed_scores_are_found_and_recorded(url: str) -> None:
    one, two, three, four = (Cell(student, "05-mini", "one", cell) for student in ("ada", "bob") for cell in ("alpha", "beta"))
    before = {one: 0.5, two: None, three: 1.0, four: 0.25}
    after = {one: 1.0, two: 2.0, three: 1.0}
    changes = score_changes(before, after, {"alpha": "Two codes are right."})
    assert changes == [
        ScoreChange(one, 0.5, 1.0, "Two codes are right.", "regrade-after-key-correction"),
        ScoreChange(two, None, 2.0, "", "autograde-change"),
    ]
    assert record_changes(engine_of(url), changes) == 2 and record_changes(engine_of(url), []) == 0
    with engine_of(url).connect() as connection:
        entries = entries_of(connection, student="ada")
    assert [(one.kind, one.grader, one.cell, one.old_score, one.new_score) for one in entries] == [
        ("regrade-after-key-correction", "medcoding", "alpha", 0.5, 1.0), ("autograde-change", "medcoding", "beta", None, 2.0),
    ]  # fmt: skip


def test_changes_recorded_in_a_transaction_stand_only_if_it_does(url: str) -> None:
    change = ScoreChange(Cell("ada", "05-mini", "one", "alpha"), 0.0, 1.0, "why")
    with pytest.raises(ZeroDivisionError), engine_of(url).begin() as connection:
        record_changes(connection, [change])
        raise ZeroDivisionError
    assert verify(engine_of(url)).count == 0
    with engine_of(url).begin() as connection:
        record_changes(connection, [change])
    assert verify(engine_of(url)).count == 1


def test_a_corrected_key_is_told_unless_a_graders_points_stand(sqlite: str) -> None:
    change = ScoreChange(Cell("ada", "05-mini", "one", "alpha"), 0.5, 1.0, "Two codes are right.")
    record_changes(engine_of(sqlite), [change, ScoreChange(Cell("ada", "05-mini", "one", "beta"), 0.5, 1.0, "Two codes are right.", by_hand=True)])
    notes = notes_for(sqlite, "ada", "05-mini")
    assert set(notes) == {("one", "alpha")} and verify(engine_of(sqlite)).count == 2
    assert notes["one", "alpha"][0].text.startswith("The key was corrected; this now earns 1 point (0.5 before). Two codes are right.")


CELLS = st.builds(Cell, st.sampled_from("ab"), st.just("05"), st.just("one"), st.sampled_from("xyz"))
GRADES = st.dictionaries(CELLS, st.one_of(st.none(), st.integers(0, 400).map(lambda n: n / 100)))


@given(before=GRADES, after=GRADES)
def test_changes_lead_from_before_to_after(before: dict, after: dict) -> None:
    changes = score_changes(before, after)
    assert {one.cell: one.new for one in changes} == {cell: value for cell, value in after.items() if cell in before and before[cell] != value}
    assert score_changes(after, after) == []


def test_notes_are_of_one_submission_and_name_no_grader(sqlite: str) -> None:
    put(
        sqlite,
        Entry("override", "ann", "ada", "05-mini", "one", "alpha", 0.0, 1.0, "The chart says so."),
        Entry("mark", "ann", "ada", "05-mini", "one", "alpha", None, 1.0),
        Entry("decision", "ann", "ada", "05-mini", "two", "gamma", 0.5, 0.5, "The note is clear.", {"decision": "rejected"}),
        Entry("override", "ann", "bob", "05-mini", "one", "alpha", 0.0, 1.0, "Bob's."),
        Entry("override", "ann", "ada", "06-other", "one", "alpha", 0.0, 1.0, "Another assignment."),
    )  # fmt: skip
    notes = notes_for(sqlite, "ada", "05-mini")
    assert set(notes) == {("one", "alpha"), ("two", "gamma")}
    (note,) = notes["one", "alpha"]
    assert note.text.startswith("A grader set this to 1 point (0 before). The chart says so. (20") and "ann" not in note.text
    assert notes["two", "gamma"][0].text.startswith("Your request was looked at; the points stay. The note is clear.")
    assert notes_of_assignment(sqlite, "05-mini").keys() == {"ada", "bob"}
    assert notes_of_assignment(sqlite, "05-mini")["ada"] == notes


def test_notes_take_one_query_a_submission(sqlite: str) -> None:
    put(sqlite, some(1))
    queries: list[str] = []
    sa.event.listen(engine_of(sqlite), "before_cursor_execute", lambda c, cursor, statement, *rest: queries.append(statement))
    notes_for(sqlite, "ada", "05-mini")
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain", "plain"), ("a\r\nb\rc", "a\nb\nc"), ("\x1b[31mred\x07", "[31mred"), ("x\x00y", "xy"), ("a\u202eb", "ab"),
        ("\ud800lone", "lone"), ("tab\there", "tab here"), ("a\u200db", "a\u200db"), ("x" * 30, "x" * 9 + "…"),
    ],
)  # fmt: skip
def test_text_is_kept_without_what_terminals_and_databases_choke_on(given: str, kept: str) -> None:
    assert plain_text(given, 10) == kept
