"""Fetches a published file by its name in the table of addresses, then adds it.

A download that breaks off is kept and goes on from where it stopped, if the server can tell that the file is still the
same one. The checksum of what was fetched is kept in a ledger beside the store; another file at the same address is
refused until somebody has looked at it, unless the table says that the publisher keeps replacing it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medcoding.codes.official.adding import add, writable_folder
from medcoding.codes.official.address_table import Address, address, addresses
from medcoding.codes.official.kinds import Progress
from medcoding.codes.official.ledger import Ledger, read_json, write_json
from medcoding.codes.official.reading import OfficialFileError, shown
from medcoding.codes.official.store import Installed, installed

TIMEOUT = 30.0
"""Seconds without a byte after which a connection counts as cut."""

TRIES = 5
"""How often one call goes on after a cut connection, as long as each try brings something."""

_PIECE = 1 << 16
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


@dataclass(frozen=True)
class Fetched:
    """What a call of `fetch` did: `added` is empty when the file is the one that is installed already.

    `note` says what is worth knowing besides, such as a release that the table does not expect.
    """

    entry: Address
    added: tuple[Installed, ...]
    sha256: str
    size: int
    note: str = ""


def fetch(name: str, progress: Progress | None = None, accept_change: bool = False) -> Fetched:
    """Download the file of one entry of the table, compare its checksum with an earlier one, and add it.

    `progress` is called with the share done (0 to 1) and a few words. `accept_change` takes a file whose checksum is
    another than at the last fetch. Raises `OfficialFileError`, which says what happened and what to do; nothing has
    changed then, except that the piece of a cut download is kept so that the next call goes on from there.
    """
    from filelock import FileLock

    entry = address(name)
    report = progress or (lambda share, what: None)
    try:
        folder = writable_folder() / "downloads"
        folder.mkdir(exist_ok=True)
        with FileLock(folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"):
            return _fetch(entry, folder, report, accept_change)
    except OfficialFileError:
        raise
    except OSError as error:
        raise OfficialFileError(f"{entry.name}: the download could not be stored ({error}). Set MEDCODING_OFFICIAL_STORE.") from error


def _fetch(entry: Address, folder: Path, report: Progress, accept_change: bool) -> Fetched:
    ledger = Ledger(folder.parent / "fetched.json")
    known = ledger.get(entry.name, entry.address)
    present = bool(known) and any(one.sha256 == known["sha256"] for one in installed())
    part = _Part(folder, entry)
    download = _Download(entry, part, known if present else {}, lambda share: report(0.7 * share, f"downloading {entry.file}"))
    if not download.run():
        report(1.0, "unchanged")
        return Fetched(entry, (), known["sha256"], int(known["size"]), "the publisher's file has not changed")
    digest, size = part.digest(), part.size
    if known and known["sha256"] == digest and present:
        part.drop()
        report(1.0, "unchanged")
        return Fetched(entry, (), digest, size, "the publisher's file has not changed")
    if known and known["sha256"] != digest and not (entry.rolling or accept_change):
        part.drop()
        raise _error(
            entry,
            f"the file is another one than was fetched on {known['fetched'][:10]} (sha256 {digest[:12]}…, then {known['sha256'][:12]}…). "
            f"The publisher may have corrected it: see {entry.page or entry.address}, then fetch again with --accept-change.",
        )
    _refuse_web_page(entry, part)
    whole = part.named(entry.file)
    try:
        added = add(whole, lambda share, what: report(0.7 + 0.3 * share, what), kinds=entry.kinds).installed
    finally:
        with contextlib.suppress(OSError):
            whole.unlink()
    seen = {"etag": download.etag, "modified": download.modified}
    ledger.put(entry.name, {
        "address": entry.address, "sha256": digest, "size": size, **seen,
        "fetched": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    })  # fmt: skip
    others = sorted({one.release for one in added} - {entry.release}) if entry.release else []
    note = f"the file is release {', '.join(others)}; the table expects {entry.release}" if others else ""
    return Fetched(entry, added, digest, size, note)


class _Part:
    """The piece of a file that has been downloaded so far, and what tells whether the server's file is still the same."""

    def __init__(self, folder: Path, entry: Address) -> None:
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in entry.name)[:80]
        self._folder = folder
        self._path = folder / f"{safe}.part"
        self._facts = folder / f"{safe}.part.json"
        self._entry = entry

    @property
    def size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    @property
    def validator(self) -> str:
        """What the server said of the file that the piece is of: a strong ETag or a date; "" when it cannot be gone on with."""
        facts = read_json(self._facts)
        return str(facts.get("validator", "")) if facts.get("address") == self._entry.address and self.size else ""

    def begin(self, validator: str) -> None:
        self._path.write_bytes(b"")
        write_json(self._facts, {"address": self._entry.address, "validator": validator})

    def append(self, data: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(data)

    def digest(self) -> str:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def head(self) -> bytes:
        with self._path.open("rb") as file:
            return file.read(512)

    def named(self, name: str) -> Path:
        """Give the whole file its own name, and return its path."""
        with contextlib.suppress(OSError):
            self._facts.unlink()
        return self._path.replace(self._folder / name)

    def drop(self) -> None:
        for path in (self._path, self._facts):
            with contextlib.suppress(OSError):
                path.unlink()


class _Cut(Exception):
    """The connection ended before the file did; `total` is its whole size, 0 when unknown."""

    def __init__(self, reason: str, total: int = 0) -> None:
        super().__init__(reason)
        self.total = total


class _Download:
    """Brings the whole file into a part, over as many connections as it takes."""

    def __init__(self, entry: Address, part: _Part, known: dict[str, Any], report: Any) -> None:
        self._entry = entry
        self._part = part
        self._known = known
        self._report = report
        self._opener = urllib.request.build_opener(_KnownHosts(entry, {one.host for one in addresses().values()}))
        self.etag = self.modified = ""

    def run(self) -> bool:
        """True when the part is the whole file, False when the server says that the known file has not changed."""
        for left in range(TRIES - 1, -1, -1):
            before = self._part.size
            try:
                return self._once()
            except _Cut as cut:
                if left and self._part.size > before:
                    continue
                kept = self._part.size
                of = f" of {cut.total:,}" if cut.total else ""
                what = f"the connection broke off after {kept:,}{of} bytes ({cut})." if kept else f"could not be downloaded ({cut})."
                then = " They are kept: fetch again to go on from there." if kept and self._part.validator else ""
                raise _error(self._entry, what + then, by_hand=True) from cut
        raise AssertionError("unreachable")

    def _once(self) -> bool:
        have = self._part.size if self._part.validator else 0
        try:
            with self._opener.open(self._request(have), timeout=TIMEOUT) as answer:
                self._take(answer, have)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 304 and self._known:
                return False
            if error.code == 416 and have:
                self._part.drop()
                return self._once()
            raise _error(self._entry, _said(error.code, error.reason), by_hand=True) from error
        except urllib.error.URLError as error:
            raise _Cut(_why(error.reason)) from error
        except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
            raise _Cut(_why(error)) from error
        return True

    def _request(self, have: int) -> urllib.request.Request:
        from medcoding import __version__

        headers = {"User-Agent": f"medcoding/{__version__}", "Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": self._part.validator}
        elif self._known.get("etag"):
            headers["If-None-Match"] = self._known["etag"]
        elif self._known.get("modified"):
            headers["If-Modified-Since"] = self._known["modified"]
        return urllib.request.Request(self._entry.address, headers=headers)  # noqa: S310 (http and https only, by the table)

    def _take(self, answer: Any, have: int) -> None:
        total = self._total(answer, have)
        if total > self._entry.limit:
            self._part.drop()
            raise self._too_large(f"says that it has {total:,} bytes")
        self.etag, self.modified = answer.headers.get("ETag", "")[:200], answer.headers.get("Last-Modified", "")[:80]
        if answer.status != 206:
            have = 0
            self._part.begin(self.etag if self.etag and not self.etag.startswith("W/") else self.modified)
        try:
            while data := answer.read(_PIECE):
                have += len(data)
                if have > self._entry.limit:
                    self._part.drop()
                    raise self._too_large(f"goes on after {self._entry.limit:,} bytes")
                self._part.append(data)
                self._report(min(1.0, have / total) if total else 0.0)
        except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
            raise _Cut(_why(error), total) from error
        if total and have < total:
            raise _Cut("the server closed it", total)
        if total and have > total:
            self._part.drop()
            raise _error(self._entry, f"the server said {total:,} bytes and sent {have:,}", by_hand=True)

    def _total(self, answer: Any, have: int) -> int:
        """The size of the whole file, 0 when the server does not say. A piece that does not continue ours is dropped."""
        if answer.status == 206:
            found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if not have or found is None or int(found[1]) != have:
                self._part.drop()
                raise _Cut("the server sent another piece than was asked for")
            return int(found[3]) if found[3] != "*" else 0
        length = answer.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() and len(length) < 16 else 0

    def _too_large(self, what: str) -> OfficialFileError:
        return _error(self._entry, f"the server's file {what}; at most {self._entry.limit:,} are taken (limit_mb of the table).")


class _KnownHosts(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the same host or another one of the table, and never from https to http."""

    def __init__(self, entry: Address, hosts: Collection[str]) -> None:
        self._entry = entry
        self._hosts = hosts

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> urllib.request.Request | None:
        parts = urlsplit(newurl)
        host = (parts.hostname or "").lower()
        away = host not in self._hosts
        if away or parts.scheme not in ("http", "https") or (urlsplit(req.full_url).scheme == "https" and parts.scheme == "http"):
            fp.close()
            why = "a host that is not in the table of addresses" if away else "an address that is not https"
            raise _error(self._entry, f"the server sends on to {shown(newurl)}, {why}. Nothing was taken from there.", by_hand=True)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_web_page(entry: Address, part: _Part) -> None:
    """A server that has lost a file often answers with a page that says so, and code 200."""
    start = part.head().lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        part.drop()
        raise _error(entry, "the address answers with a web page, not with the file.", by_hand=True)


def _said(code: int, reason: object) -> str:
    words = f"the server answered {code} {shown(str(reason))}".rstrip()
    if code in (404, 410):
        return f"{words}: the publisher has moved or removed the file."
    if code in (401, 403):
        return f"{words}: it does not give the file to programs."
    return f"{words}. Try again later." if code == 429 or code >= 500 else f"{words}."


def _why(reason: object) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return shown(reason.strerror)
    if isinstance(reason, TimeoutError):
        return f"nothing came for {TIMEOUT:g} seconds"
    return shown(str(reason)) or type(reason).__name__


def _error(entry: Address, message: str, by_hand: bool = False) -> OfficialFileError:
    hand = f" By hand: open {entry.page or entry.address}, download the file, and run “medcoding codes add FILE”." if by_hand else ""
    return OfficialFileError(f"{message}{hand}", entry.name)
