"""Service keys, rules on them, and an institution's licensed file: kept on one machine, graded alike, written nowhere else."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import cdt, cpt

# An invented file: real layout, numbers put together here, descriptors that describe nothing.
NUMBER, OTHER, DENTAL = "99" + "213", "20" + "610", "D" + "0120"
FILE = f"CPT Code,Long Description,Service Key\n{NUMBER},zebra text one,svc:office-visit-established\n{OTHER},\"zebra text two, quoted\",svc:large-joint-injection\n20611,zebra text three,svc:large-joint-injection\n99499,zebra four,\n"


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDCODING_LICENSED", str(tmp_path / "licensed"))
    return tmp_path / "licensed"


def put(folder, text, name="licensed.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


# ---- the table --------------------------------------------------------------------------------------------


def test_services_that_lessons_and_bank_use_are_there():
    known = cpt.services()
    for key in ("svc:im-injection", "svc:iv-push", "svc:median-nerve-release", "svc:a", "svc:b", "svc:large-joint-injection", "svc:ankle-film"):
        assert key in known
    assert len(known) >= 100


def test_facts_are_of_their_kind():
    for service in cpt.services().values():
        assert service.key.startswith("svc:") and service.plain
        assert service.global_days in (None, 0, 10, 90)
        assert service.kind in {"visit", "administration", "imaging", "laboratory", "surgery", "anesthesia", "medicine", "therapy"}
        assert service.anatomy in {"", "eyelid", "finger", "toe", "coronary"}
        assert all(primary in cpt.services() and not cpt.services()[primary].add_on for primary in service.add_on_to)
    assert cpt.services()["svc:median-nerve-release"].global_days == 90


def test_unknown_key_names_the_nearest():
    with pytest.raises(cpt.UnknownService, match="svc:iv-push"):
        cpt.services()["svc:iv-psuh"]
    assert cpt.services()[" SVC:IV-push "].kind == "administration"


def test_add_on_needs_its_primary():
    (finding,) = cpt.add_on_problems(["svc:infusion-more-hours", "J3420"])
    assert finding.rule == "add-on-alone" and "svc:infusion-first-hour" in finding.message
    assert cpt.add_on_problems(["svc:infusion-more-hours", "svc:infusion-first-hour"]) == []
    assert cpt.add_on_problems(["svc:nothing-like-it"])[0].rule == "unknown-service"


@pytest.mark.parametrize(
    ("key", "modifier", "fits"),
    [
        ("svc:median-nerve-release", "RT", True), ("svc:ekg", "RT", False), ("svc:infusion-more-hours", "51", False), ("svc:knee-replacement", "51", True),
        ("svc:head-ct", "26", True), ("svc:im-injection", "26", False), ("svc:office-visit-established", "25", True), ("svc:knee-replacement", "25", False),
        ("svc:office-visit-established", "78", False), ("svc:trigger-finger-release", "F5", True), ("svc:trigger-finger-release", "T5", False),
        ("svc:coronary-stent", "LD", True),
    ],
)  # fmt: skip
def test_modifier_fits_the_service(key, modifier, fits):
    assert (cpt.modifier_problem(key, modifier) is None) is fits


# ---- the licensed file ------------------------------------------------------------------------------------


def test_without_a_licensed_file_there_is_no_descriptor():
    assert cpt.descriptor(NUMBER) is None
    assert cpt.numbers_of("svc:large-joint-injection") == ()
    assert not cpt.on("2026-03-01").complete


def test_licensed_file_shows_descriptors_and_maps_both_ways(tmp_path):
    done = cpt.install_licensed(put(tmp_path, FILE))
    assert str(done) == "CPT: 4 numbers, 3 mapped to service keys"
    assert cpt.descriptor(f" {OTHER} ") == "zebra text two, quoted"
    assert cpt.descriptor("00100") is None
    assert cpt.service_of(OTHER) == "svc:large-joint-injection"
    assert cpt.numbers_of("svc:large-joint-injection") == (OTHER, "20611")
    assert cpt.on("2026-03-01")[OTHER].title == "zebra text two, quoted"
    assert cpt.on("2026-03-01").problem("99291").rule == "unknown-code"


def test_key_and_number_are_alike(tmp_path):
    assert not cpt.alike("svc:large-joint-injection", OTHER)
    cpt.install_licensed(put(tmp_path, FILE))
    assert cpt.alike("svc:large-joint-injection", OTHER)
    assert cpt.alike(OTHER, "20611")
    assert cpt.alike("99499", "99499") and not cpt.alike("99499", NUMBER)
    assert not cpt.alike("", "") and not cpt.alike("svc:iv-push", OTHER)


@pytest.mark.skipif(os.name != "posix", reason="file modes are of POSIX")
def test_store_is_readable_by_its_owner_only_and_the_only_place_written(tmp_path, own_store):
    source = put(tmp_path, FILE)
    before = set(tmp_path.rglob("*"))
    cpt.install_licensed(source)
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert written == {own_store / "cpt.json"}
    assert stat.S_IMODE((own_store / "cpt.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(own_store.stat().st_mode) == 0o700


def test_store_inside_a_repository_is_refused(tmp_path, monkeypatch):
    (tmp_path / "course" / ".git").mkdir(parents=True)
    monkeypatch.setenv("MEDCODING_LICENSED", str(tmp_path / "course" / "private"))
    with pytest.raises(cpt.LicensedFileError, match="must stay out"):
        cpt.install_licensed(put(tmp_path, FILE))
    assert not (tmp_path / "course" / "private").exists()


def test_reading_writes_nothing(tmp_path, own_store):
    assert len(cpt.read_licensed(put(tmp_path, FILE)).entries) == 4
    assert not own_store.exists()


def test_descriptor_is_in_no_representation_that_is_kept(tmp_path):
    cpt.install_licensed(put(tmp_path, FILE))
    code = cpt.on("2026-03-01")[OTHER]
    assert "zebra" not in repr(code)
    assert "zebra" not in str(cpt.on("2026-03-01").problem("99291"))


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_delimiters_and_encodings(tmp_path, mark, encoding):
    text = f"Description{mark}Code\r\nzébra{mark}{NUMBER}\r\n"
    assert cpt.read_licensed(put(tmp_path, text, encoding=encoding)).entries[NUMBER].descriptor == "zébra"


def test_dental_file_is_a_store_of_its_own(tmp_path):
    cpt.install_licensed(put(tmp_path, f"code,nomenclature\n{DENTAL},zebra tooth\n"))
    assert cdt.descriptor(DENTAL) == "zebra tooth"
    assert cpt.descriptor(DENTAL) is None
    assert cpt.remove_licensed("cdt") and not cpt.remove_licensed("cdt")
    assert cdt.descriptor(DENTAL) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column"), ("a,b\n1,2\n", "no column for the code and the descriptor"), (f"code,descriptor\n{NUMBER},x\n{NUMBER},y\n", "line 3: .*twice"),
        ("code,descriptor\n", "no rows"), ("code,descriptor\nJ3420,x\n", "line 2: 'J3420' is neither"), (f"code,descriptor\n{NUMBER},\n", "empty"),
        (f"code,descriptor,service\n{NUMBER},x,svc:nope\n", "no service key"), (f"code,descriptor\n{NUMBER},x\n{DENTAL},y\n", "of CPT and of CDT"),
        (f"code,descriptor\n{NUMBER}\x00,x\n", "no text file"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_and_changes_nothing(tmp_path, text, message):
    cpt.install_licensed(put(tmp_path, FILE, "good.csv"))
    with pytest.raises(cpt.LicensedFileError, match=message):
        cpt.install_licensed(put(tmp_path, text, "bad.csv"))
    assert cpt.descriptor(OTHER) == "zebra text two, quoted"


def test_damaged_store_is_as_good_as_none(tmp_path, own_store):
    cpt.install_licensed(put(tmp_path, FILE))
    (own_store / "cpt.json").write_text("{broken", encoding="utf-8")
    assert cpt.descriptor(OTHER) is None
    (own_store / "cpt.json").write_text(json.dumps([1]), encoding="utf-8")
    assert cpt.descriptor(OTHER) is None


def test_missing_file_is_the_documented_error(tmp_path):
    with pytest.raises(cpt.LicensedFileError, match="cannot be read"):
        cpt.read_licensed(tmp_path / "nowhere.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), whole=st.booleans())
def test_any_bytes_give_a_file_or_the_documented_error(tmp_path, data, whole):
    path = Path(tmp_path, "fuzz.csv")
    path.write_bytes(data if whole else FILE.encode() + data)
    with contextlib.suppress(cpt.LicensedFileError):
        cpt.read_licensed(path)


def test_table_of_services_shows_no_number_at_all():
    text = (Path(__file__).resolve().parents[2] / "course" / "medcoding" / "data" / "services.yaml").read_text(encoding="utf-8")
    assert re.findall(r"\d{4,}", text) == []
