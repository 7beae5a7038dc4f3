"""Every importer against damage: nothing but its documented error, a store that stays as it was, bounded memory.

The seeds are whole small files of every kind (and the beginnings of real ones where MEDCODING_OFFICIAL is set), damaged
as downloads, disks, editors and enemies damage files, and packed plain, as gzip and as zip.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import cpt, official
from medcoding.codes.cpt import LicensedFileError
from medcoding.codes.official import OfficialFileError

COURSE = Path(__file__).parents[2] / "course"
REAL = os.environ.get("MEDCODING_OFFICIAL")
EXAMPLES = int(os.environ.get("MEDCODING_FUZZ", "150"))
"""How many damaged files a test makes; set MEDCODING_FUZZ for a long run."""


def axis(place: int, title: str, value: str, label: str) -> str:
    return f'<axis pos="{place}" values="1"><title>{title}</title><label code="{value}">{label}</label></axis>'


def record(code: str, kind: str = "3", ended: str = "") -> str:
    """One record in the layout of the CMS contractor file, written from its positions."""
    line = [" "] * 320
    fields = ((1, code.rjust(5)), (6, "00100"), (11, kind), (12, "long text"), (92, "short"), (120, "51"), (230, "D"), (269, "19860101"), (277, "20240101"), (285, ended))
    for start, text in fields:
        line[start - 1 : start - 1 + len(text)] = text
    return "".join(line)


SEEDS: dict[str, bytes] = {
    "icd10pcs_tables_2026.xml": (
        "<?xml version='1.0' encoding='utf-8'?><ICD10PCS.tabular><version>2026</version><pcsTable>"
        + axis(1, "Section", "0", "Medical and Surgical") + axis(2, "Body System", "S", "Lower Joints") + axis(3, "Operation", "R", "Replacement")
        + "<pcsRow codes='1'>" + axis(4, "Body Part", "9", "Hip Joint, Right") + axis(5, "Approach", "0", "Open")
        + axis(6, "Device", "J", "Synthetic Substitute") + axis(7, "Qualifier", "9", "Cemented") + "</pcsRow></pcsTable></ICD10PCS.tabular>\n"
    ).encode(),
    "icd10pcs_definitions_2026.xml": (
        b'<ICD10PCS.definitions><version>2026</version><section code="0"><title>Medical and Surgical</title><axis pos="3"><title>Operation'
        b"</title><terms><title>Bypass</title><definition>Another way</definition></terms></axis></section></ICD10PCS.definitions>\n"
    ),
    "icd10cm_drug_2026.xml": (
        b'<ICD10CM.index><version>2026</version><indexHeading><head col="1">Substance</head><head col="2">Adverse effect</head></indexHeading>'
        b'<letter><title>A</title><mainTerm><title>Aspirin<nemod>(aluminum)</nemod></title><cell col="2">T39.015</cell></mainTerm></letter></ICD10CM.index>\n'
    ),
    "icd10cm_neoplasm_2026.xml": (
        b'<ICD10CM.index><version>2026</version><indexHeading><head col="1">Neoplasm</head><head col="2">Malignant Primary</head></indexHeading>'
        b'<letter><mainTerm><title>abdomen</title><cell col="2">C76.2</cell></mainTerm></letter></ICD10CM.index>\n'
    ),
    "icd10cm_eindex_2026.xml": (
        b"<ICD10CM.index><version>2026</version><title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title><letter><title>F</title><mainTerm>"
        b"<title>Fall</title><code>W19</code><term level='1'><title>due to</title><code>W00.9</code></term></mainTerm></letter></ICD10CM.index>\n"
    ),
    "icd10cm_index_2026.xml": (
        b"<ICD10CM.index><version>2026</version><title>ICD-10-CM INDEX TO DISEASES and INJURIES</title><letter><title>G</title><mainTerm>"
        b"<title>Gout</title><code>M10.9</code><seeAlso>Arthritis</seeAlso></mainTerm></letter></ICD10CM.index>\n"
    ),
    "icd10cm_index_2025.csv": (
        b"RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n1,A,0,Abandonment,Maltreatment,,,\n2,D,0,Dementia,,,(degenerative),F03.90\n"
        b'3,D,1,in (due to),,,,\n5,Z,0,"Zoster, any",,Herpes,,B02.9\n'
    ).replace(b"\n5,", b"\n4,"),
    "HCPC2024_ANWEB.txt": ("\r\n".join([record("JW", "7"), record("J3420"), record("J9997", ended="20231231"), record("V5266")]) + "\r\n").encode("cp1252"),
    "product.txt": (
        b"PRODUCTNDC\tPROPRIETARYNAME\tNONPROPRIETARYNAME\tDOSAGEFORMNAME\tSTARTMARKETINGDATE\tLABELERNAME\n"
        b"11111-222\tPainaway\tketorolac\tINJECTION\t20200301\tExample Labs\n"
    ),
    "package.txt": b"PRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\n11111-222\t11111-222-33\t25 VIAL in 1 CARTON\t20200301\n",
}  # fmt: skip
if REAL:
    for real in sorted(Path(REAL).glob("*.gz")):
        with gzip.open(real) as unpacked:
            SEEDS[f"real-{real.stem}"] = unpacked.read(8192)
PIECES = [b"<", b">", b"&a;", b"]]>", b"<![CDATA[", b"\0", b"\xff\xfe", b'"', b"9" * 40, b"-1", b"\t\t\t", b"\n", b"\r\n", b"\xc2\xb2", b"<!--", b"\x1a",
          b"2026", b"99991231", b"<axis pos='8'>", b'level="12"', b",,,,,,,,", "ı".encode(), b"\xed\xa0\x80"]  # fmt: skip


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


PACKINGS: dict[str, Callable[[str, bytes], bytes]] = {
    "plain": lambda name, content: content,
    "gzip": lambda name, content: gzip.compress(content, mtime=0),
    "gzip twice": lambda name, content: gzip.compress(gzip.compress(content, mtime=0), mtime=0),
    "gzip with a wrong length": lambda name, content: gzip.compress(content, mtime=0)[:-4] + b"\x07\0\0\0",
    "gzip with a wrong checksum": lambda name, content: gzip.compress(content, mtime=0)[:-8] + b"\0" * 8,
    "gzip and more": lambda name, content: gzip.compress(content, mtime=0) + b"more",
    "zip": lambda name, content: zipped(**{name: content}),
    "zip among others": lambda name, content: zipped(**{"readme.txt": b"hello", f"../{name}": content, "deep/er/empty": b""}),
    "zip cut": lambda name, content: zipped(**{name: content})[:-30],
    "zip with a wrong checksum": lambda name, content: zipped(**{name: content}).replace(zlib.crc32(content).to_bytes(4, "little"), b"\1\2\3\4"),
    "zip with an unknown method": lambda name, content: zipped(**{name: content}).replace(b"\x08\0", b"\x63\0"),
    "zip that says it is locked": lambda name, content: zipped(**{name: content}).replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"),
}  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp500"]


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    """A store that holds one good release of every kind under test."""
    folder = tmp_path_factory.mktemp("store")
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(folder))
    monkeypatch.setenv("MEDCODING_LICENSED", str(folder / "licensed"))
    for name in ("icd10pcs_tables_2026.xml", "HCPC2024_ANWEB.txt", "product.txt", "icd10cm_drug_2026.xml"):
        path = folder.parent / f"{folder.name}-{name}"
        path.write_bytes(SEEDS[name])
        official.add(path)
    return folder


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".lock"}


def offer(path: Path, content: bytes, folder: Path) -> bool:
    """Add a file; True when it was taken. Anything but the documented error fails the test, and so does a changed store."""
    path.write_bytes(content)
    before = state(folder)
    try:
        added = official.add(path)
    except OfficialFileError as error:
        assert str(error) and len(str(error)) < 2000
        assert state(folder) == before
        return False
    assert added.installed and all(one.sha256 for one in added.installed)
    assert not [name for name in state(folder) if not name.endswith(".sqlite3")]
    return True


def damaged(draw: st.DataObject, seed: bytes) -> bytes:
    content = bytearray(seed)
    for _ in range(draw.draw(st.integers(1, 5))):
        place = draw.draw(st.integers(0, max(0, len(content) - 1)))
        match draw.draw(st.sampled_from(["cut", "flip", "insert", "delete", "repeat", "swap", "byte"])):
            case "cut":
                del content[place:]
            case "flip" if content:
                content[place] ^= 1 << draw.draw(st.integers(0, 7))
            case "byte" if content:
                content[place] = draw.draw(st.integers(0, 255))
            case "insert":
                content[place:place] = draw.draw(st.sampled_from(PIECES))
            case "delete":
                del content[place : place + draw.draw(st.integers(1, 60))]
            case "repeat":
                content[place:place] = content[place : place + draw.draw(st.integers(1, 400))]
            case "swap":
                other = draw.draw(st.integers(0, max(0, len(content) - 1)))
                content[place : place + 20], content[other : other + 20] = content[other : other + 20], content[place : place + 20]
    return bytes(content)


def test_every_seed_is_a_whole_file_that_is_taken(tmp_path, store):
    assert all(offer(tmp_path / name, content, store) for name, content in SEEDS.items() if not name.startswith("real-"))
    assert {one.kind for one in official.installed()} == set(official.known_kinds())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SEEDS)), packing=st.sampled_from(sorted(PACKINGS)), data=st.data())
def test_no_damage_does_more_than_the_documented_error(tmp_path, store, name, packing, data):
    offer(tmp_path / f"damaged-{name}", PACKINGS[packing](name, damaged(data, SEEDS[name])), store)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SEEDS)), packing=st.sampled_from(sorted(PACKINGS)), data=st.data())
def test_no_damage_to_the_packing_does_more_than_the_documented_error(tmp_path, store, name, packing, data):
    offer(tmp_path / f"damaged-{name}", damaged(data, PACKINGS[packing](name, SEEDS[name])), store)


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"PK\x05\x06", b"<ICD10PCS.tabular>", b"<ICD10CM.index>", *(seed[:200] for seed in SEEDS.values())]),
       rest=st.binary(max_size=500))  # fmt: skip
def test_no_bytes_do_more_than_the_documented_error(tmp_path, store, start, rest):
    offer(tmp_path / "bytes", start + rest, store)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", sorted(name for name in SEEDS if not name.startswith("real-")))
def test_another_encoding_is_read_or_refused(tmp_path, store, name, encoding):
    text = SEEDS[name].decode("latin-1").replace("encoding='utf-8'", f"encoding='{encoding}'")
    offer(tmp_path / name, text.encode(encoding), store)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS: dict[str, bytes] = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><ICD10PCS.tabular><version>&l9;</version></ICD10PCS.tabular>'.encode(),
    "file of this machine": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ICD10PCS.tabular><version>&a;</version></ICD10PCS.tabular>',
    "parameter entity": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><ICD10PCS.tabular><version>2026</version></ICD10PCS.tabular>',
    "deep": b"<ICD10PCS.tabular>" + b"<a>" * 200_000,
    "deep record": b"<ICD10CM.index><version>2026</version><mainTerm>" + b"<term level='1'>" * 50_000,
    "endless tag": b"<ICD10PCS.tabular><a b='" + b"x" * 5_000_000,
    "endless text": b"<ICD10PCS.tabular><pcsTable>" + b"x" * 5_000_000,
    "endless comment": b"<ICD10PCS.tabular><!--" + b"-" * 5_000_000,
    "many attributes": b"<ICD10PCS.tabular><a " + b" ".join(b"a%d='1'" % n for n in range(200_000)) + b">",
    "many elements": b"<ICD10PCS.tabular><pcsTable>" + b"<a/>" * 1_000_000,
    "row of all values": (
        b"<ICD10PCS.tabular><version>2026</version><pcsTable>"
        + b"".join(b"<axis pos='%d'><title>x</title><label code='0'>x</label></axis>" % n for n in (1, 2, 3)) + b"<pcsRow>"
        + b"".join(b"<axis pos='%d'><title>x</title>" % n + b"".join(b"<label code='%c'>x</label>" % c for c in b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") + b"</axis>" for n in (4, 5, 6, 7))
        + b"</pcsRow></pcsTable></ICD10PCS.tabular>"
    ),
    "endless line": record("J3420").encode() + b"\r\n" + b"x" * 3_000_000,
    "endless cell": b"RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n1,A,0,\"" + b"x" * 60_000 * 40,
    "many cells": b"PRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\n" + b"\t" * 60_000 + b"\n",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_of_text_is_refused(tmp_path, store, name):
    assert not offer(tmp_path / "bomb", BOMBS[name], store)
    assert not offer(tmp_path / "bomb.gz", gzip.compress(BOMBS[name], 1), store)


def lying_zip(content: bytes, said: int) -> bytes:
    """A zip whose directory says that a member unpacks to another size than it does."""
    packed = bytearray(zipped(**{"icd10pcs_tables_2026.xml": content}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = packed.index(mark) + place
        packed[at : at + 4] = said.to_bytes(4, "little")
    return bytes(packed)


def overlapping_zip(members: int) -> bytes:
    """A zip whose directory names the same piece many times."""
    one = zipped(**{"a.xml": SEEDS["icd10pcs_tables_2026.xml"]})
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[at:end] * members
    tail = bytearray(one[end:])
    tail[8:10] = tail[10:12] = min(members, 0xFFFF).to_bytes(2, "little")
    tail[12:16] = len(directory).to_bytes(4, "little")
    return one[:at] + directory + bytes(tail)


@pytest.mark.parametrize("said", [0, 1, 100, 1 << 30])
def test_a_zip_that_lies_about_a_size_is_refused_or_read_to_its_real_end(tmp_path, store, said):
    offer(tmp_path / "lies.zip", lying_zip(SEEDS["icd10pcs_tables_2026.xml"], said), store)


@pytest.mark.parametrize("members", [2, 900, 60_000])
def test_a_zip_that_names_one_piece_many_times_is_taken_once_or_refused(tmp_path, store, members):
    taken = offer(tmp_path / "many.zip", overlapping_zip(members), store)
    assert not taken or len([one for one in official.installed() if one.source == "many.zip"]) == 1


TABULAR = b"<ICD10PCS.tabular><version>2026</version>\n"
PACKAGES = b"PRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\n"
def test_a_zip_whose_member_has_no_name_is_refused(tmp_path, store):
    """Found by a long run of the tests above: Python's zipfile raises an IndexError at it."""
    packed = bytearray(zipped(x=SEEDS["icd10pcs_tables_2026.xml"]))
    at = packed.index(b"PK\x01\x02")
    packed[at + 28 : at + 32] = b"\0\0\1\0"  # the name's one character becomes the extra field
    assert not offer(tmp_path / "nameless.zip", bytes(packed), store)


def test_a_zip_whose_directory_has_a_broken_extra_field_is_refused(tmp_path, store):
    packed = bytearray(zipped(**{"icd10pcs_tables_2026.xml": SEEDS["icd10pcs_tables_2026.xml"]}))
    at, end = packed.index(b"PK\x01\x02"), packed.index(b"PK\x05\x06")
    extra = b"\x01\0\x08\0" + b"\0" * 8  # sizes of 64 bits are announced, and only one of the two is there
    packed[at + 20 : at + 28] = b"\xff" * 8
    packed[at + 30 : at + 32] = len(extra).to_bytes(2, "little")
    packed[end:end] = extra
    tail = packed.index(b"PK\x05\x06")
    packed[tail + 12 : tail + 16] = (tail - at).to_bytes(4, "little")
    assert not offer(tmp_path / "extra.zip", bytes(packed), store)


MEASURE = """
import json, resource, sys
from pathlib import Path
from medcoding.codes import official
official.known_kinds()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = ""
try:
    official.add(Path(sys.argv[1]))
except official.OfficialFileError as error:
    said = str(error)
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, said]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the resident set is counted in other units elsewhere")
@pytest.mark.parametrize(
    ("packing", "start", "filling", "words"),
    [
        pytest.param("gzip", TABULAR, b"<a>" + b"x" * 200 + b"</a>\n", "unpacks to more than", id="elements"),
        pytest.param("zip", TABULAR, b" " * 999 + b"\n", "unpacks to more than", id="spaces"),
        pytest.param("zip", PACKAGES, b" " * 9999 + b"\n", "unpacks to more than", id="long lines"),
        pytest.param("gzip", PACKAGES, b"\n", "more than 2,000,000 lines", id="empty lines"),
    ],
)
def test_a_small_file_that_unpacks_to_hundreds_of_megabytes_stops_at_a_limit_in_little_memory(tmp_path, packing, start, filling, words):
    million = filling * (1_000_000 // len(filling))
    path = tmp_path / f"bomb.{packing}"
    if packing == "gzip":
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(start)
            for _ in range(300):
                file.write(million)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.xml", "w", force_zip64=True) as file:
            file.write(start)
            for _ in range(300):
                file.write(million)
    assert path.stat().st_size < 5_000_000
    environment = {**os.environ, "PYTHONPATH": str(COURSE)}
    out = subprocess.run([sys.executable, "-c", MEASURE, str(path)], env=environment, check=True, capture_output=True, text=True)
    kilobytes, said = json.loads(out.stdout)
    assert words in said
    assert kilobytes < 60_000


LICENSED = [
    b"code,descriptor,service\n90999,words of our own licence,svc:im-injection\n90998,other words,\n",
    b"CPT Code\tLong Description\r\n90999\t\"quoted\twords\"\r\n",
    "code;descriptor\nD0999;Wörter\n".encode("utf-16"),
    b"code|descriptor\n90999|words\n",
]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.sampled_from(LICENSED), data=st.data())
def test_no_damage_to_a_licensed_file_does_more_than_its_error(tmp_path, store, seed, data):
    path = tmp_path / "ours.csv"
    path.write_bytes(damaged(data, seed))
    kept = store / "licensed"
    before = state(kept) if kept.exists() else {}
    try:
        taken = cpt.install_licensed(path)
    except LicensedFileError as error:
        assert str(error).startswith("ours.csv")
        assert (state(kept) if kept.exists() else {}) == before
    else:
        assert taken.entries and all(entry.descriptor for entry in taken.entries.values())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"code,descriptor\n", b"code\tdescriptor\n90999\t", b"\xff\xfe", b"\xfe\xff\0c", b'code,descriptor\n90999,"']), rest=st.binary(max_size=300))
def test_no_bytes_as_a_licensed_file_do_more_than_its_error(tmp_path, store, start, rest):
    path = tmp_path / "ours.csv"
    path.write_bytes(start + rest)
    try:
        cpt.install_licensed(path)
    except LicensedFileError as error:
        assert str(error).startswith("ours.csv")
