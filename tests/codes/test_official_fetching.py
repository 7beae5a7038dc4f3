"""Fetching published files: from a server on this machine that does what real servers do, and what bad ones do."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import json
import re
import threading
from pathlib import Path

import pytest
from medcoding.cli import main
from medcoding.codes import official
from medcoding.codes.official import OfficialFileError, address_table, fetching

LABELS = "".join(f'<label code="{value}">Part {value}</label>' for value in "0123456789")
TABLES = f"""<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular><version>2026</version><title>2026 ICD-10-PCS Tables</title><pcsTable>
<axis pos="1" values="1"><title>Section</title><label code="0">Medical and Surgical</label></axis>
<axis pos="2" values="1"><title>Body System</title><label code="S">Lower Joints</label></axis>
<axis pos="3" values="1"><title>Operation</title><label code="R">Replacement</label></axis>
<pcsRow codes="10"><axis pos="4" values="10"><title>Body Part</title>{LABELS}</axis>
<axis pos="5" values="1"><title>Approach</title><label code="0">Open</label></axis>
<axis pos="6" values="1"><title>Device</title><label code="J">Synthetic Substitute</label></axis>
<axis pos="7" values="1"><title>Qualifier</title><label code="Z">No Qualifier</label></axis></pcsRow>
</pcsTable></ICD10PCS.tabular>
""".encode()
OTHER = TABLES.replace(b"Synthetic Substitute", b"Synthetic  Substitute")


class Publisher(http.server.ThreadingHTTPServer):
    """A server of one file; `script` says for each request in turn how it misbehaves, "" for not at all."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.content = TABLES
        self.script: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.validators = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/files/tables%202026.xml"


class Answers(http.server.BaseHTTPRequestHandler):
    server: Publisher

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
        how = self.server.script.pop(0) if self.server.script else ""
        content, tag = self.server.content, f'"{hashlib.sha256(self.server.content).hexdigest()[:8]}"'
        if how.isdigit():
            self.send_error(int(how))
            return
        if how.startswith("to "):
            self.send_response(302)
            self.send_header("Location", how[3:])
            self.end_headers()
            return
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.headers.get("If-Range") == tag:
            start = int(asked[1]) + (7 if how == "wrong range" else 0)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        length = {"says too much": len(content) + 500, "huge": 1 << 40}.get(how, len(content) - start)
        if how != "endless":
            self.send_header("Content-Length", str(length))
        if self.server.validators:
            self.send_header("ETag", tag)
        self.end_headers()
        body = content[start:]
        if how.startswith("cut "):
            body = body[: int(how[4:])]
        for _ in range(400 if how == "endless" else 1):
            try:
                self.wfile.write(body if how != "endless" else b"x" * 8192)
            except OSError:
                break
        self.close_connection = True


@pytest.fixture
def publisher(tmp_path, monkeypatch):
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    table = tmp_path / "addresses.yaml"
    table.write_text(
        f"tables:\n  kinds: [icd10pcs-tables]\n  release: '2026'\n  publisher: CMS\n  address: {server.address}\n"
        f"  page: https://publisher.example/page\n  limit_mb: 1\n"
        f"daily:\n  kinds: [icd10pcs-tables]\n  address: {server.address}\n  limit_mb: 1\n  rolling: true\n"
        f"supplies:\n  kinds: [hcpcs-anweb]\n  address: {server.address}\n  limit_mb: 1\n"
    )
    monkeypatch.setenv("MEDCODING_ADDRESSES", str(table))
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("no_proxy", "*")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path) -> Path:
    return tmp_path / "store"


def kept(store: Path) -> list[str]:
    """Everything in the store but locks and the ledger."""
    return sorted(p.name for p in store.rglob("*") if p.is_file() and p.suffix != ".lock" and p.name != "fetched.json")


def test_a_file_is_downloaded_added_and_noted_with_its_checksum(publisher, store):
    seen: list[float] = []
    done = official.fetch("tables", progress=lambda share, what: seen.append(share))
    (one,) = done.added
    assert (one.release, one.counts, one.source) == ("2026", {"tables": 1, "rows": 1, "codes": 10}, "tables 2026.xml")
    assert done.sha256 == hashlib.sha256(TABLES).hexdigest() == json.loads((store / "fetched.json").read_text())["tables"]["sha256"]
    assert done.size == len(TABLES)
    assert seen == sorted(seen) and seen[-1] == 1.0
    assert kept(store) == [one.path.name]


@pytest.mark.parametrize("script", [["cut 100"], ["cut 100", "cut 200", "cut 300"], ["says too much"]])
def test_a_cut_connection_is_gone_on_with_from_where_it_stopped(publisher, script):
    publisher.script = list(script)
    done = official.fetch("tables")
    assert done.added and done.sha256 == hashlib.sha256(TABLES).hexdigest()
    assert len(publisher.asked) == len(script) + 1
    if script[0].startswith("cut"):
        assert publisher.asked[1]["range"] == "bytes=100-"


def test_a_cut_download_is_kept_for_the_next_call(publisher, store):
    publisher.script = ["cut 100", "cut 0"]
    with pytest.raises(OfficialFileError, match=r"broke off after 100 of [\d,]+ bytes.*fetch again"):
        official.fetch("tables")
    assert official.installed() == []
    assert kept(store) == ["tables.part", "tables.part.json"]
    assert official.fetch("tables").added
    assert publisher.asked[-1]["range"] == "bytes=100-"
    assert len(kept(store)) == 1


def test_a_file_that_changed_in_between_is_downloaded_anew(publisher):
    publisher.script = ["cut 100", "cut 0"]
    with pytest.raises(OfficialFileError):
        official.fetch("tables")
    publisher.content = OTHER
    assert official.fetch("tables").sha256 == hashlib.sha256(OTHER).hexdigest()


def test_without_a_validator_a_cut_download_starts_from_the_beginning(publisher):
    publisher.validators = False
    publisher.script = ["cut 100"]
    assert official.fetch("tables").sha256 == hashlib.sha256(TABLES).hexdigest()
    assert "range" not in publisher.asked[1]


def test_a_wrong_piece_is_not_glued_on(publisher):
    publisher.script = ["cut 100", "wrong range"]
    with pytest.raises(OfficialFileError, match="another piece"):
        official.fetch("tables")
    assert official.fetch("tables").sha256 == hashlib.sha256(TABLES).hexdigest()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (["404"], "404.*moved or removed.*publisher.example/page.*codes add FILE"),
        (["403"], "does not give the file to programs"),
        (["503"], "503.*later"),
        (["huge"], "1,099,511,627,776 bytes; at most 1,048,576"),
        (["endless"], "goes on after 1,048,576 bytes"),
        (["cut 0"], "could not be downloaded"),
        (["to http://localhost:9/else.xml"], "localhost.*not in the table"),
        (["to file:///etc/passwd"], "302"),
        (["to ftp://127.0.0.1/x"], "not https"),
    ],
)
def test_what_a_server_can_do_wrong_is_said_and_changes_nothing(publisher, store, script, words):
    publisher.script = script
    with pytest.raises(OfficialFileError, match=words) as caught:
        official.fetch("tables")
    assert str(caught.value).startswith("tables: ")
    assert official.installed() == []
    assert not [name for name in kept(store) if name.endswith((".xml", ".sqlite3"))]
    assert not (store / "fetched.json").exists()


def test_a_redirect_on_the_same_host_is_followed(publisher):
    publisher.script = ["to /files/moved.xml"]
    assert official.fetch("tables").added
    assert publisher.asked[1]["path"] == "/files/moved.xml"


def test_a_circle_of_redirects_ends(publisher):
    publisher.script = ["to /again"] * 50
    with pytest.raises(OfficialFileError, match="302"):
        official.fetch("tables")
    assert len(publisher.asked) < 20


def test_an_unchanged_file_is_not_added_again(publisher, store):
    first = official.fetch("tables").added
    again = official.fetch("tables")
    assert again.added == () and "not changed" in again.note
    assert "if-none-match" in publisher.asked[-1]
    publisher.validators = False
    (store / "fetched.json").write_text((store / "fetched.json").read_text().replace('"etag"', '"forgotten"'))
    assert official.fetch("tables").added == ()
    assert tuple(official.installed()) == first


def test_a_removed_release_comes_back_though_the_file_is_unchanged(publisher):
    official.fetch("tables")
    official.remove("icd10pcs-tables", "2026")
    assert official.fetch("tables").added


def test_another_file_at_the_same_address_is_refused_until_it_is_accepted(publisher, store):
    first = official.fetch("tables").added
    publisher.content = OTHER
    with pytest.raises(OfficialFileError, match=r"another one than was fetched on 20\d\d-.*--accept-change"):
        official.fetch("tables")
    assert tuple(official.installed()) == first
    (one,) = official.fetch("tables", accept_change=True).added
    assert one.sha256 == hashlib.sha256(OTHER).hexdigest()
    assert official.fetch("tables").added == ()


def test_a_file_that_is_replaced_all_the_time_may_change(publisher):
    official.fetch("daily")
    publisher.content = OTHER
    (one,) = official.fetch("daily").added
    assert one.sha256 == hashlib.sha256(OTHER).hexdigest()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "web page"),
        (b"%PDF-1.7 nothing of the kind", "not one of the official files"),
        (TABLES[:900], "cut short"),
        (gzip.compress(TABLES)[:-20], "breaks off"),
        (b"", "is empty"),
    ],
)
def test_a_file_that_is_not_what_the_table_says_is_refused(publisher, store, content, words):
    publisher.content = content
    with pytest.raises(OfficialFileError, match=words):
        official.fetch("tables")
    assert official.installed() == [] and kept(store) == []


def test_an_official_file_of_another_kind_is_refused(publisher):
    with pytest.raises(OfficialFileError, match="ICD-10-PCS tables, where HCPCS Level II was expected"):
        official.fetch("supplies")
    assert official.installed() == []


def test_a_release_that_the_table_does_not_expect_is_told(publisher):
    publisher.content = TABLES.replace(b"2026", b"2025")
    assert official.fetch("tables").note == "the file is release 2025; the table expects 2026"


def test_no_server_at_all_is_said_with_what_to_do(publisher, tmp_path):
    table = tmp_path / "addresses.yaml"
    table.write_text(re.sub(r":\d+/", ":9/", table.read_text()))
    with pytest.raises(OfficialFileError, match=r"could not be downloaded \(.*\).*By hand"):
        official.fetch("tables")


def test_silence_ends_with_an_error(publisher, monkeypatch):
    gate = threading.Event()

    def wait(self: Answers) -> None:
        gate.wait(20)

    monkeypatch.setattr(Answers, "do_GET", wait)
    monkeypatch.setattr(fetching, "TIMEOUT", 0.05)
    try:
        with pytest.raises(OfficialFileError, match=r"timed out|nothing came"):
            official.fetch("tables")
    finally:
        gate.set()


def test_a_broken_ledger_is_set_aside(publisher, store):
    store.mkdir()
    (store / "fetched.json").write_text("{no json")
    assert official.fetch("tables").added
    assert (store / "fetched.json.broken").exists()
    assert json.loads((store / "fetched.json").read_text())["tables"]["size"] == len(TABLES)


def test_an_unknown_name_names_the_nearest(publisher):
    with pytest.raises(OfficialFileError, match=r"'table'.*Near: tables"):
        official.fetch("table")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]", "no list of names"),
        ("a: {kinds: [x], address: 'ftp://h/f', limit_mb: 1}", "expected http"),
        ("a: {kinds: [x], address: 'https://user:pw@h/f', limit_mb: 1}", "no user name"),
        ("a: {kinds: [x], address: 'http://[::1/f', limit_mb: 1}", "which is none"),
        ("a: {kinds: [x], address: 'file:///etc/passwd', limit_mb: 1}", "expected http"),
        ("a: {kinds: [x], address: 'https://h/f', limit_mb: 9999}", "from 1 to 512"),
        ("a: {kinds: [], address: 'https://h/f', limit_mb: 1}", "names no kinds"),
        ("a: {address: 'https://h/f', limit_mb: 1}", "has no kinds"),
        ("a: {kinds: [x], address: 'https://h/f', limit_mb: 1, sise: 3}", "unknown sise"),
        ("a: 3", "not fields"),
        ("a: [", "no YAML"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_names_the_entry(tmp_path, text, words):
    table = tmp_path / "table.yaml"
    table.write_text(text)
    with pytest.raises(OfficialFileError, match=words) as caught:
        official.addresses(table)
    assert "table.yaml" in str(caught.value)


def test_the_courses_own_table_names_known_kinds_and_publishers_hosts():
    table = official.addresses(address_table.TABLE)
    assert {"icd10cm-2026", "icd10pcs-2026", "hcpcs-2026-01", "ndc"} <= set(table)
    for entry in table.values():
        assert set(entry.kinds) <= set(official.known_kinds()), entry.name
        assert entry.address.startswith("https://") and entry.page.startswith("https://"), entry.name
        assert entry.host in ("www.cms.gov", "ftp.cdc.gov", "www.accessdata.fda.gov"), entry.name
        assert entry.note and entry.publisher in ("CMS", "CDC/NCHS", "FDA"), entry.name
    assert table["icd10cm-2026"].file == "icd10cm-table and index-2026.zip"


def test_the_command_shows_the_table_fetches_and_fails_clearly(publisher, capsys):
    assert main(["codes", "fetch", "--list"]) == 0
    assert publisher.address in capsys.readouterr().out
    assert main(["codes", "fetch", "tables"]) == 0
    assert hashlib.sha256(TABLES).hexdigest() in capsys.readouterr().out
    publisher.script = ["404"]
    assert main(["codes", "fetch", "daily", "tables"]) == 1
    printed = capsys.readouterr()
    assert "404" in printed.err and "not changed" in printed.out
