"""Reading a downloaded zip as hostile data: nothing is extracted, each file is checked and read into bounded memory."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from medcoding.grading.lms.cells import clean, shown

ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar", ".whl"})
SILENT = re.compile(r"(?:^|/)(?:__MACOSX(?:/|$)|\.DS_Store$|\._|Thumbs\.db$|desktop\.ini$)")


class ArchiveProblem(ValueError):
    """The archive as a whole cannot be read. The message says what was found, what was expected and what to do."""


class MemberProblem(ValueError):
    """One file of an archive cannot be taken. The message is a part of a sentence."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold. Sizes are bytes as unpacked, counted while reading, never as the archive claims."""

    archive: int = 8_000_000_000
    directory: int = 32_000_000
    members: int = 100_000
    one_file: int = 20_000_000
    total: int = 4_000_000_000
    ratio: int = 150
    ratio_from: int = 1_000_000
    name: int = 1_000


@dataclass(frozen=True)
class Member:
    """A file of the archive: its name as the archive shows it, when the LMS put it there, and why it cannot be taken ("" if it can)."""

    name: str
    written: datetime | None
    size: int
    problem: str
    info: zipfile.ZipInfo


class Archive:
    """An open zip. Use it as a context."""

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        """
        Raises:
            ArchiveProblem: the file is no zip, or is beyond the limits for a whole archive.
        """
        self.path, self.limits = path, limits or Limits()
        self._read = 0
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise ArchiveProblem(f"{path} cannot be opened: {error.strerror}.") from None
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            os.close(handle)
            raise ArchiveProblem(f"{path} is no plain file. Expected the zip that the LMS gave.")
        self._file = os.fdopen(handle, "rb")
        try:
            self._look(info.st_size)
            self._zip = zipfile.ZipFile(self._file)
            infos = self._zip.infolist()
            if len(infos) > self.limits.members:
                raise ArchiveProblem(f"{path} holds {len(infos):,} files; at most {self.limits.members:,} are read. Download the class in groups.")
        except ArchiveProblem:
            self._file.close()
            raise
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
            self._file.close()
            raise ArchiveProblem(f"{path} is no zip that can be read ({clean(str(error))[:80]}). Download it again.") from None

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *problem: object) -> None:
        self._zip.close()
        self._file.close()

    def _look(self, size: int) -> None:
        """Refuse, before the directory is read, what is beyond the limits or whose directory alone would fill the memory."""
        if size > self.limits.archive:
            raise ArchiveProblem(f"{self.path} has {size:,} bytes; at most {self.limits.archive:,} are read.")
        directory, count = _end_record(self._file, size)
        if directory is None:
            raise ArchiveProblem(f"{self.path} is no zip. Expected the zip that the LMS gave under 'download all submissions'.")
        if directory > self.limits.directory or count > self.limits.members:
            raise ArchiveProblem(
                f"{self.path} lists {count:,} files in {directory:,} bytes; at most {self.limits.members:,} in {self.limits.directory:,} are read. "
                "Download the class in groups."
            )
        self._file.seek(0)

    def members(self) -> Iterator[Member]:
        """Every file in the order of the archive; folders and what file managers leave behind are passed over."""
        infos = self._zip.infolist()
        times = Counter(_folded(_name(info)) for info in infos)
        for info in infos:
            name = _name(info)
            if (info.is_dir() and info.file_size == 0) or SILENT.search(name):
                continue
            problem = self._problem(info, name)
            if not problem and times[_folded(name)] > 1:
                problem = "its name stands twice in the archive"
            yield Member(name, _written(info), info.file_size, problem, info)

    def _problem(self, info: zipfile.ZipInfo, name: str) -> str:
        mode = info.external_attr >> 16
        kind = stat.S_IFMT(mode)
        if kind not in (0, stat.S_IFREG):
            return f"it is {'a link' if kind == stat.S_IFLNK else 'a folder' if kind == stat.S_IFDIR else 'a device or pipe'}, not a file"
        if len(name) > self.limits.name:
            return f"its name has {len(name):,} characters"
        if name != clean(name) or "\x00" in getattr(info, "orig_filename", name):
            return "its name holds characters that cannot be seen"
        if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name):
            return "its name is an absolute or foreign path"
        if any(part in ("", ".", "..") for part in name.split("/")):
            return "its name climbs out of its folder"
        if Path(name).suffix.lower() in ARCHIVES:
            return "it is an archive inside the archive and was not opened; ask for the notebook itself"
        if info.flag_bits & 0x1:
            return "it is encrypted"
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return "it is packed by a method that is not read (stored and deflated are)"
        if info.file_size > self.limits.one_file:
            return f"it unpacks to {info.file_size:,} bytes; at most {self.limits.one_file:,} are read"
        if info.file_size > self.limits.ratio_from and info.file_size > self.limits.ratio * max(1, info.compress_size):
            return f"it unpacks to more than {self.limits.ratio} times its size, like a zip bomb"
        return ""

    def read(self, member: Member) -> bytes:
        """A file's content.

        Raises:
            MemberProblem: it cannot be taken, or is not what the archive says of it.
        """
        if member.problem:
            raise MemberProblem(member.problem)
        if self._read + member.size > self.limits.total:
            raise MemberProblem(f"all files together unpack to more than {self.limits.total:,} bytes")
        try:
            with self._zip.open(member.info) as file:
                content = file.read(member.size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, struct.error) as error:
            raise MemberProblem(f"it is damaged ({clean(str(error))[:60]})") from None
        self._read += len(content)
        if len(content) != member.size:
            raise MemberProblem("its size is not what the archive says")
        return content

    def __repr__(self) -> str:
        return f"Archive({shown(str(self.path))})"


def _name(info: zipfile.ZipInfo) -> str:
    """The name; one that was written in UTF-8 without saying so is read as UTF-8."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _folded(name: str) -> str:
    return name.casefold()


def _written(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None


def _end_record(file: BinaryIO, size: int) -> tuple[int | None, int]:
    """(bytes of the directory, number of entries) as the end of a zip says, where `zipfile` will look; None where there is no such end.

    Source: PKWARE APPNOTE.TXT, 4.3.14 to 4.3.16.
    """
    start = max(0, size - 65_557 - 76)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return None, 0
    count, directory = struct.unpack_from("<HI", tail, at + 10)
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07" and tail[at - 76 : at - 72] == b"PK\x06\x06":
        count, directory = struct.unpack_from("<QQ", tail, at - 76 + 32)
    return directory, count
