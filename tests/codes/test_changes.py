"""What changed between two dates: against the published counts, and on small files with known changes."""

from __future__ import annotations

import csv

import pytest
from medcoding import facts
from medcoding.cli import main
from medcoding.codes import hcpcs, icd10cm, icd10pcs, official
from medcoding.codes.changes import changes
from medcoding.codes.dates import DateOutOfRange
from medcoding.codes.hcpcs.book import forget as forget_supplies
from medcoding.codes.icd10pcs import book as procedures
from medcoding.codes.icd10pcs import store as procedure_store


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    forget_supplies()
    yield
    forget_supplies()


def test_counts_of_fiscal_year_2026_are_the_published_ones(index_path):
    found = changes("icd10cm", "2025-09-30", "2025-10-01")
    assert len(found.added) == facts.fact("icd10cm-changes-new").value == 487
    assert len(found.deleted) == facts.fact("icd10cm-changes-deleted").value == 28
    assert found.revised == () and any("only one tabular list" in note for note in found.notes)


def test_a_deleted_code_names_the_codes_that_it_was_divided_into(index_path):
    deleted = {one.code: one for one in changes("icd10cm", "2025-09-30", "2025-10-01").deleted}
    assert deleted["G35"].now == ("G35.A", "G35.B0", "G35.B1", "G35.B2", "G35.C0", "G35.C1", "G35.C2", "G35.D")
    assert all(code in icd10cm.on("2025-10-01") for one in deleted.values() for code in one.now)


@pytest.mark.parametrize(("first", "second"), [("2023-05-01", "2026-01-01"), ("2015-10-01", "2026-10-01")])
def test_what_was_valid_and_what_changed_give_what_is_valid(index_path, first, second):
    found = changes("icd10cm", first, second)
    before, after = ({code.code for code in icd10cm.on(date)} for date in (first, second))
    added, deleted = ({one.code for one in codes} for codes in (found.added, found.deleted))
    assert (before - deleted) | added == after
    assert deleted <= before and not added & before


def test_within_one_release_nothing_changes(index_path):
    found = changes("icd10cm", "2025-10-01", "2026-03-31")
    assert (found.added, found.deleted, found.revised) == ((), (), ())


def test_procedure_codes_of_april_2026_are_told_with_titles():
    icd10pcs.build()
    procedures.forget()
    found = changes("icd10pcs", "2026-03-31", "2026-04-01")
    assert all(one.code in icd10pcs.on("2026-04-01") and one.title for one in found.added)
    assert [one.code for one in found.deleted] == ["30233AZ", "30243AZ"]
    assert len(icd10pcs.on("2026-03-31")) + len(found.added) - len(found.deleted) == len(icd10pcs.on("2026-04-01"))


def tables(year: str, device: str) -> str:
    def axis(place: int, title: str, value: str, label: str) -> str:
        return f'<axis pos="{place}" values="1"><title>{title}</title><label code="{value}">{label}</label></axis>'

    head = axis(1, "Section", "0", "Medical and Surgical") + axis(2, "Body System", "S", "Lower Joints") + axis(3, "Operation", "R", "Replacement")
    row = axis(4, "Body Part", "9", "Hip Joint, Right") + axis(5, "Approach", "0", "Open") + axis(6, "Device", "J", device)
    row += axis(7, "Qualifier", "9", "Cemented")
    return f"<ICD10PCS.tabular><version>{year}</version><pcsTable>{head}<pcsRow codes='1'>{row}</pcsRow></pcsTable></ICD10PCS.tabular>"


def test_a_procedure_label_that_changed_is_a_revision_where_both_tables_are_installed(tmp_path, monkeypatch):
    monkeypatch.delenv("MEDCODING_INDEX", raising=False)
    monkeypatch.setattr(procedure_store, "cache_folder", lambda: tmp_path / "cache")
    for year, device in (("2025", "Synthetic Joint"), ("2026", "Synthetic Substitute")):
        path = tmp_path / f"{year}.xml"
        path.write_text(tables(year, device))
        official.add(path)
    procedures.forget()
    try:
        (one,) = changes("icd10pcs", "2025-09-30", "2025-10-01").revised
    finally:
        procedures.forget()
    assert (one.code, one.before) == ("0SR90J9", "Synthetic Joint (now: Synthetic Substitute)")


def record(code, long, short, added="19860101", effective="20240101", ended="", action="N", cross=""):
    """One record in the layout of the CMS contractor file, written from its positions."""
    line = [" "] * 320
    fields = ((1, code), (6, "00100"), (11, "3"), (12, long), (92, short), (120, "51"), (205, cross), (230, "D"), (269, added), (277, effective), (285, ended), (293, action))
    for start, text in fields:
        line[start - 1 : start - 1 + len(text)] = text
    return "".join(line)


def supplies(tmp_path, name, *lines):
    path = tmp_path / name
    path.write_bytes(("\r\n".join([*lines, record("V5266", "Battery", "Battery")]) + "\r\n").encode())
    official.add(path)


def test_supplies_change_by_the_dates_of_the_official_file(tmp_path):
    supplies(
        tmp_path, "HCPC2024.txt",
        record("J3420", "Injection", "B12"),
        record("J9996", "New drug", "New", added="20240101", action="A"),
        record("J9997", "Old drug", "Old", ended="20231231", action="D", cross="J3420"),
        record("J9998", "Other words", "Other", effective="20240101", action="C"),
    )  # fmt: skip
    found = changes("hcpcs", "2023-12-31", "2024-01-01")
    assert [one.code for one in found.added] == ["J9996"]
    assert [(one.code, one.now) for one in found.deleted] == [("J9997", ("J3420",))]
    assert [one.code for one in found.revised] == ["J9998"]
    nothing = changes("hcpcs", "2024-01-01", "2024-03-31")
    assert (nothing.added, nothing.deleted, nothing.revised) == ((), (), ())


def test_two_official_files_tell_the_earlier_wording(tmp_path):
    supplies(tmp_path, "HCPC2023.txt", record("J3420", "Old words", "B12", effective="20230101"), record("J3430", "Vitamin K", "K", effective="20230101"))
    supplies(tmp_path, "HCPC2024.txt", record("J3420", "New words", "B12", effective="20240401"), record("J3430", "Vitamin K", "K"))
    found = changes("hcpcs", "2023-06-01", "2024-06-01")
    assert [(one.code, one.before) for one in found.revised] == [("J3420", "Old words")]


def test_the_teaching_table_says_that_it_cannot_tell_an_end():
    found = changes("hcpcs", "2000-01-01", "2026-01-01")
    assert found.added and not found.deleted
    assert "not when one ended" in found.notes[0]
    assert all(one.code in hcpcs.on("2026-01-01") for one in found.added)


@pytest.mark.parametrize(
    ("book", "first", "second", "error"),
    [
        ("icd10cm", "2025-10-01", "2025-09-30", DateOutOfRange),
        ("icd10cm", "2010-01-01", "2025-09-30", DateOutOfRange),
        ("icd10pcs", "soon", "2025-09-30", DateOutOfRange),
        ("cpt", "2024-10-01", "2025-09-30", ValueError),
    ],
)
def test_impossible_questions_are_refused(book, first, second, error):
    with pytest.raises(error):
        changes(book, first, second)


def test_the_command_shows_or_writes_the_list(tmp_path, capsys, index_path):
    assert main(["codes", "changes", "2025-09-30", "2025-10-01"]) == 0
    printed = capsys.readouterr().out
    assert "487 added, 28 deleted, 0 revised" in printed and "deleted  G35      Multiple sclerosis" in printed
    file = tmp_path / "changes.csv"
    assert main(["codes", "changes", "2025-09-30", "2025-10-01", "--csv", str(file)]) == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert len(rows) == 487 + 28
    assert {"change": "deleted", "code": "D71", "codes now": "D71.1 D71.8 D71.9"}.items() <= next(row for row in rows if row["code"] == "D71").items()
    assert main(["codes", "changes", "2025-10-01", "2025-09-30"]) == 1
    assert main(["codes", "changes", "2025-09-30", "2025-10-01", "--csv", str(tmp_path / "none" / "x.csv")]) == 1
    assert "could not be written" in capsys.readouterr().err
