"""Adding an official file: recognised, verified, put in place in one step, or refused with the place where it broke."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import gzip
import hashlib
import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import official
from medcoding.codes.official import OfficialFileError, adding, reading

REAL = os.environ.get("MEDCODING_OFFICIAL")
needs_files = pytest.mark.skipif(not REAL, reason="MEDCODING_OFFICIAL is not set")


def axis(position: int, title: str, **labels: str) -> str:
    rows = "".join(f'<label code="{code.lstrip("_")}">{label}</label>' for code, label in labels.items())
    return f'<axis pos="{position}" values="{len(labels)}"><title>{title}</title>{rows}</axis>'


ROW = (
    axis(4, "Body Part", _9="Hip Joint, Right", B="Hip Joint, Left") + axis(5, "Approach", _0="Open")
    + axis(6, "Device", J="Synthetic Substitute") + axis(7, "Qualifier", _9="Cemented", A="Uncemented", Z="No Qualifier")
)  # fmt: skip
TABLES = f"""<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular>
  <version>2026</version>
  <title>2026 ICD-10-PCS Tables</title>
  <pcsTable>
    {axis(1, "Section", _0="Medical and Surgical")}
    {axis(2, "Body System", S="Lower Joints")}
    {axis(3, "Operation", R="Replacement")}
    <pcsRow codes="6">
      {ROW}
    </pcsRow>
  </pcsTable>
</ICD10PCS.tabular>
"""
DEFINITIONS = """<ICD10PCS.definitions><version>2026</version><section code="0"><title>Medical and Surgical</title>
<axis pos="3"><title>Operation</title><terms><title>Bypass</title><definition>Another way</definition></terms></axis>
<axis pos="4"><title>Body Part</title><terms><title>1st Toe, Left</title><title>1st Toe, Right</title>
<includes>Hallux</includes></terms></axis></section></ICD10PCS.definitions>
"""


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(folder))
    return folder


@pytest.fixture
def put(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def zipped(**members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tables.xml", TABLES.encode()),
        ("tables.xml.gz", gzip.compress(TABLES.encode())),
        ("download", gzip.compress(TABLES.encode())),
        ("tables.zip", zipped(**{"readme.txt": "hello", "sub/icd10pcs_tables_2026.xml": TABLES})),
        ("bom.xml", b"\xef\xbb\xbf" + TABLES.encode()),
        ("utf16.zip", zipped(**{"a.xml": TABLES})),
    ],
)
def test_plain_gzip_and_zip_are_recognised_and_added(put, name, content):
    path = put(name, content)
    assert official.recognise(path).name == "icd10pcs-tables"
    (one,) = official.add(path).installed
    assert (one.release, one.first_date, one.last_date) == ("2026", dt.date(2025, 10, 1), dt.date(2026, 9, 30))
    assert one.counts == {"tables": 1, "rows": 1, "codes": 6}
    assert (one.source, one.sha256) == (name, hashlib.sha256(content).hexdigest())
    assert official.installed() == [one]


def test_zip_with_two_known_files_adds_both(put):
    path = put("both.zip", zipped(**{"t.xml": TABLES, "d.xml": DEFINITIONS}))
    assert {one.kind for one in official.add(path).installed} == {"icd10pcs-tables", "icd10pcs-definitions"}


def test_release_in_force_is_chosen_by_date(put):
    official.add(put("a.xml", TABLES))
    official.add(put("b.xml", TABLES.replace("2026", "2025")))
    kind = "icd10pcs-tables"
    assert official.in_force(kind, dt.date(2025, 9, 30)).meta["release"] == "2025"
    assert official.in_force(kind, dt.date(2025, 10, 1)).meta["release"] == "2026"
    assert official.in_force(kind, dt.date(2027, 1, 1)) is None
    assert official.in_force(kind, dt.date(2027, 1, 1), nearest=True).meta["release"] == "2026"
    assert official.in_force(kind, dt.date(2016, 1, 1), nearest=True).meta["release"] == "2025"
    assert [one.release for one in official.installed(kind)] == ["2025", "2026"]


def test_same_release_again_replaces_the_earlier_one(put, store):
    official.add(put("a.xml", TABLES))
    official.add(put("b.xml", TABLES + "<!-- again -->"))
    assert [one.source for one in official.installed()] == ["b.xml"]
    assert len(list(store.glob("*.sqlite3"))) == 1


def test_removed_release_is_gone(put):
    official.add(put("a.xml", TABLES))
    assert official.remove("icd10pcs-tables", "2026")
    assert official.installed() == []
    assert not official.remove("icd10pcs-tables", "2026")


def test_progress_rises_to_one(put):
    seen: list[tuple[float, str]] = []
    official.add(put("a.xml", TABLES), lambda share, what: seen.append((share, what)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert any("ICD-10-PCS tables" in what for _, what in seen)


REFUSED = {
    "cut in the middle": (TABLES[:400], "cut short"),
    "cut in the last tag": (TABLES.rstrip()[:-3], "cut short"),
    "wrong root": (TABLES.replace("ICD10PCS.tabular", "other"), "not one of the official files"),
    "row with another count": (TABLES.replace('codes="6"', 'codes="7"'), "says 7 codes but its values make 6"),
    "axis out of order": (TABLES.replace('pos="5"', 'pos="6"', 1), "where 5 is expected"),
    "axis missing": (TABLES.replace(axis(7, "Qualifier", _9="Cemented", A="Uncemented", Z="No Qualifier"), ""), "3 axes, not 4"),
    "label with I": (TABLES.replace('code="J"', 'code="I"'), "no value with a label"),
    "value twice": (TABLES.replace('code="B"', 'code="9"'), "a value twice"),
    "no release": (TABLES.replace("<version>2026</version>", ""), "no year"),
    "no table": (TABLES[: TABLES.index("<pcsTable>")] + "</ICD10PCS.tabular>", "no table"),
    "table twice": (TABLES.replace("</pcsTable>", "</pcsTable>" + TABLES[TABLES.index("<pcsTable>") : TABLES.index("</pcsTable>") + 11]), "twice"),
    "document type": (TABLES.replace("<ICD10PCS.tabular>", "<!DOCTYPE x><ICD10PCS.tabular>", 1), "document type"),
    "entities": (
        TABLES.replace("<ICD10PCS.tabular>", '<!DOCTYPE x [<!ENTITY a "b">]><ICD10PCS.tabular>', 1).replace("Lower", "&a;"),
        "document type or entity",
    ),
    "undefined entity": (TABLES.replace("Lower Joints", "&lol;"), "not well-formed"),
    "deep nesting": (TABLES.replace("<pcsTable>", "<pcsTable>" + "<a>" * 60, 1), "nested more than"),
    "endless tag": (TABLES.replace("<pcsTable>", f'<pcsTable a="{"a" * 3_000_000}">'), "longer than"),
    "unknown encoding": (TABLES.replace("utf-8", "klingon"), "encoding"),
    "control characters": (TABLES.replace("Open", "\x01"), "not well-formed"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_broken_file_is_refused_and_changes_nothing(put, store, what):
    good = official.add(put("good.xml", TABLES)).installed
    content, words = REFUSED[what]
    before = sorted(path.name for path in store.iterdir())
    with pytest.raises(OfficialFileError, match=words) as caught:
        official.add(put("broken.xml", content))
    assert "broken.xml" in str(caught.value)
    assert tuple(official.installed()) == good
    assert sorted(path.name for path in store.iterdir()) == before


def test_error_says_the_line(put):
    broken = TABLES.replace('codes="6"', 'codes="7"')
    with pytest.raises(OfficialFileError) as caught:
        official.add(put("broken.xml", broken))
    assert caught.value.line == broken[: broken.index("<pcsTable>")].count("\n") + 1
    assert f"broken.xml, line {caught.value.line}:" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.xml.gz", gzip.compress(TABLES.encode() * 50)[:-30], "breaks off|not one of|cut short|not well"),
        ("cut.zip", zipped(a=TABLES)[:-40], "damaged zip"),
        ("crc.zip", zipped(**{"a.xml": TABLES}).replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged zip"),
        ("empty.xml", b"", "is empty"),
        ("text.txt", b"just text", "not one of the official files"),
        ("empty.zip", zipped(), "not one of the official files"),
    ],
)
def test_damaged_packing_is_refused(put, name, content, words):
    with pytest.raises(OfficialFileError, match=words):
        official.add(put(name, content))


def test_truncated_gzip_says_how_far_it_came(put):
    import random

    label = "".join(random.Random(7).choices("abcdefghij ", k=120_000))
    packed = gzip.compress(TABLES.replace("Cemented", f"Cemented<!--{label}-->", 1).encode())
    with pytest.raises(OfficialFileError, match=r"breaks off after [\d,]+ bytes"):
        official.add(put("cut.xml.gz", packed[: len(packed) // 2]))


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.xml", Path("a\0b")):
        with pytest.raises(OfficialFileError):
            official.recognise(path)


def test_bomb_stops_at_the_limit(put, monkeypatch):
    kind = official.known_kinds()["icd10pcs-tables"]
    small = {kind.name: dataclasses.replace(kind, limit=100_000)}
    monkeypatch.setattr(adding, "known_kinds", lambda: small)
    bomb = TABLES.replace("Cemented", "Cemented" + "<!--" + "a" * 1_000_000 + "-->", 1)
    with pytest.raises(OfficialFileError, match="unpacks to more than 100,000 bytes"):
        official.add(put("bomb.xml.gz", gzip.compress(bomb.encode())))


def test_zip_with_too_many_members_is_refused(put, monkeypatch):
    monkeypatch.setattr(reading, "MAX_MEMBERS", 3)
    with pytest.raises(OfficialFileError, match="at most 3"):
        official.add(put("many.zip", zipped(a="", b="", c="", d="")))


def test_member_names_are_never_used_as_paths(put, tmp_path):
    official.add(put("evil.zip", zipped(**{"../../../evil.xml": TABLES})))
    assert not list(tmp_path.rglob("evil.xml"))
    assert official.installed()[0].source == "evil.zip"


def test_folder_that_cannot_be_written_is_explained(put, tmp_path, monkeypatch):
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "blocked" / "store"))
    with pytest.raises(OfficialFileError, match="MEDCODING_OFFICIAL_STORE"):
        official.add(put("a.xml", TABLES))


def test_shared_read_only_folder_is_read_and_not_written(put, tmp_path, monkeypatch, store):
    official.add(put("a.xml", TABLES))
    store.rename(tmp_path / "shared")
    shared = tmp_path / "shared"
    shared.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", os.pathsep.join([str(shared), str(tmp_path / "own")]))
        monkeypatch.setattr(adding.os, "access", lambda path, mode: Path(path) != shared)
        official.add(put("b.xml", TABLES.replace("2026", "2025")))
        assert [one.path.parent.name for one in official.installed()] == ["own", "shared"]
    finally:
        shared.chmod(0o755)


def test_damaged_stored_file_is_left_out(put, store):
    (one,) = official.add(put("a.xml", TABLES)).installed
    os.truncate(one.path, 5000)
    (store / "icd10pcs-tables~2024~.sqlite3").write_bytes(b"no database")
    assert official.installed() == []
    assert official.in_force("icd10pcs-tables", dt.date(2026, 3, 1)) is None


def test_without_any_file_nothing_is_installed():
    assert official.installed() == []


def test_every_kind_has_its_own_name_and_says_who_publishes_it():
    kinds = official.known_kinds()
    assert {"icd10pcs-tables", "icd10pcs-definitions", "icd10cm-index", "icd10cm-drugs"} <= set(kinds)
    assert all(kind.publisher and kind.title and kind.code_set for kind in kinds.values())


@needs_files
@pytest.mark.parametrize("path", sorted(Path(REAL or ".").glob("*.gz")), ids=lambda path: path.name)
def test_every_real_file_is_taken_whole_and_refused_when_cut(path, tmp_path):
    (one,) = official.add(path).installed
    assert sum(one.counts.values()) > 500
    content = gzip.decompress(path.read_bytes())
    for share in (0.3, 0.9):
        cut = tmp_path / path.stem
        cut.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(OfficialFileError):
            official.add(cut)
    assert official.installed() == [one]


SEEDS = [TABLES.encode(), DEFINITIONS.encode(), gzip.compress(TABLES.encode()), zipped(**{"a.xml": TABLES})]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_no_damage_crashes_with_anything_but_the_documented_error(tmp_path, seed, data):
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1)) if content else 0
        match data.draw(st.sampled_from(["cut", "flip", "insert", "delete", "repeat"])):
            case "cut":
                del content[place:]
            case "flip" if content:
                content[place] = data.draw(st.integers(0, 255))
            case "insert":
                content[place:place] = data.draw(st.sampled_from([b"<", b"&a;", b"]]>", b"\0", b"<a>", b"\xff\xfe", b'"', b"9" * 40]))
            case "delete":
                del content[place : place + data.draw(st.integers(1, 30))]
            case "repeat":
                content[place:place] = content[place : place + 60]
    path = tmp_path / "fuzzed"
    path.write_bytes(bytes(content))
    with contextlib.suppress(OfficialFileError):
        official.add(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"<ICD10PCS.tabular>", b"\x1f\x8b\x08", b"PK\x03\x04", b"<?xml version='1.0'?><ICD10CM.index>Substance<"]), rest=st.binary(max_size=300))
def test_no_bytes_crash_with_anything_but_the_documented_error(tmp_path, start, rest):
    path = tmp_path / "fuzzed"
    path.write_bytes(start + rest)
    with contextlib.suppress(OfficialFileError):
        official.add(path)
