"""Opens an official file, plain, gzip or zip, and reads it within bounds.

Files come from people, so nothing here trusts them: sizes are limited while unpacking, not before it, names of zip
members are only compared and never used as paths, and everything that can go wrong is one error.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from medcoding.codes.official.kinds import Head

HEAD = 16 << 10
MAX_FILE = 512 << 20
MAX_MEMBERS = 1000
MAX_LINE = 1 << 16
MAX_LINES = 2_000_000
"""The most lines of a text file: several times those of the largest official one."""
_TELL = 1 << 17
"""After how many bytes the progress is told again."""
_PACKING_ERRORS = (
    OSError, EOFError, zlib.error, zipfile.BadZipFile, lzma.LZMAError, struct.error,
    RuntimeError, ValueError, LookupError, ArithmeticError, MemoryError,
)  # fmt: skip
"""What Python's own unpackers raise on damaged files, by design or by oversight."""


class OfficialFileError(ValueError):
    """An official file cannot be taken, and nothing was changed.

    `file` is its name, `line` the line (from 1) at which reading stopped, None when that has no meaning.
    """

    def __init__(self, message: str, file: str = "", line: int | None = None) -> None:
        where = f"{file}, line {line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.file = file
        self.line = line


class Readable(Protocol):
    """What is needed of an open file."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class Source:
    """One readable file: the given one itself, or a member of the given zip."""

    def __init__(self, path: Path, member: str | None, limit: int, progress: Callable[[float], None]) -> None:
        self.path = path
        self.member = member
        self.limit = limit
        self.name = f"{path.name} ({shown(member)})" if member else path.name
        self._progress = progress

    def error(self, message: str, line: int | None = None) -> OfficialFileError:
        """The error to raise for content that is not as it should be."""
        return OfficialFileError(message, self.name, line)

    @contextlib.contextmanager
    def open(self) -> Iterator[Bounded]:
        """The unpacked bytes. Errors of unpacking become `OfficialFileError`, with how far it came."""
        with contextlib.ExitStack() as stack:
            try:
                raw = stack.enter_context(self.path.open("rb"))
                stream: Readable = raw
                if self.member is not None:
                    stream = stack.enter_context(stack.enter_context(zipfile.ZipFile(raw)).open(self.member))
                elif is_gzip(raw):
                    stream = stack.enter_context(gzip.GzipFile(fileobj=raw))
            except _PACKING_ERRORS as error:
                raise self.error(f"cannot be opened: {_reason(error)}") from error
            yield Bounded(self, stream, raw, self._progress)

    def lines(self, encoding: str = "utf-8", whole: bool = True) -> Iterator[tuple[int, str]]:
        """(number from 1, text without its line end) of each line; a byte order mark is dropped.

        With `whole`, a last line without its line end means that the file was cut short. Raises `OfficialFileError`
        for bytes that the encoding does not know, for endless lines and for too many.
        """
        with self.open() as stream:
            number = 0
            while line := stream.readline(MAX_LINE):
                number += 1
                if number > MAX_LINES:
                    raise self.error(f"the file has more than {MAX_LINES:,} lines, the most that are read", number)
                if not line.endswith(b"\n"):
                    if len(line) == MAX_LINE:
                        raise self.error(f"this line has more than {MAX_LINE:,} characters", number)
                    if whole and not line.endswith(b"\x1a"):
                        raise self.error("the file ends in the middle of this line: it was cut short", number)
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                try:
                    text = line.decode(encoding)
                except UnicodeDecodeError as error:
                    raise self.error(f"this is not {encoding} text: byte {error.start + 1} of the line", number) from error
                yield number, text.rstrip("\r\n\x1a")

    def rows(self, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[tuple[int, list[str]]]:
        """(line number, cells) of each row of delimited text, quoted as in CSV."""
        numbers = [0]

        def texts() -> Iterator[str]:
            for numbers[0], text in self.lines(encoding):
                yield text + "\n"

        reader = csv.reader(texts(), delimiter=delimiter, strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self.error(f"this row cannot be read: {error}", numbers[0]) from error
            yield numbers[0], row


class Bounded:
    """A stream of unpacked bytes that stops at the source's limit and tells how far it is."""

    def __init__(self, source: Source, stream: Readable, raw: IO[bytes], progress: Callable[[float], None]) -> None:
        self._source = source
        self._stream = stream
        self._raw = raw
        self._size = max(1, source.path.stat().st_size)
        self._progress = progress
        self._told = 0.0
        self._next = 0
        self.count = 0

    def read(self, size: int = 1 << 16) -> bytes:
        """At most `size` bytes, empty at the end."""
        return self._take(lambda: self._stream.read(size))

    def readline(self, size: int) -> bytes:
        """One line with its end, or `size` bytes of a longer one."""
        return self._take(lambda: self._stream.readline(size))

    def _take(self, read: Callable[[], bytes]) -> bytes:
        try:
            data = read()
        except _PACKING_ERRORS as error:
            raise self._source.error(
                f"breaks off after {self.count:,} bytes: {_reason(error)}. Download it again."
            ) from error
        self.count += len(data)
        if self.count > self._source.limit:
            raise self._source.error(f"unpacks to more than {self._source.limit:,} bytes, the most that is read")
        if self.count >= self._next:
            self._next = self.count + _TELL
            self._tell()
        return data

    def _tell(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            share = min(1.0, self._raw.tell() / self._size)
            if share - self._told >= 0.01:
                self._told = share
                self._progress(share)


def sources(path: Path) -> list[str | None]:
    """What can be read of a file: [None] for the file itself, or the names of a zip's members.

    Raises `OfficialFileError` when there is no such file, or it is empty, too large or a damaged zip.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise OfficialFileError(f"cannot be read: {_reason(error)}", shown(path.name)) from error
    if not stat.S_ISREG(status.st_mode):
        raise OfficialFileError("is not a file: give the path of one downloaded file", shown(path.name))
    if status.st_size == 0:
        raise OfficialFileError("is empty. Download it again.", path.name)
    if status.st_size > MAX_FILE:
        raise OfficialFileError(f"is larger than {MAX_FILE:,} bytes, the most that is read", path.name)
    try:
        with path.open("rb") as raw:
            if raw.read(2) != b"PK":
                return [None]
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except _PACKING_ERRORS as error:
        raise OfficialFileError(f"is a damaged zip file: {_reason(error)}. Download it again.", path.name) from error
    if len(infos) > MAX_MEMBERS:
        raise OfficialFileError(f"holds {len(infos):,} files; at most {MAX_MEMBERS:,} are looked at", path.name)
    return [info.filename for info in infos if info.filename and not info.filename.endswith("/")]


def head_of(path: Path, member: str | None) -> Head:
    """The beginning of one readable file. Raises `OfficialFileError`."""
    name = (member or path.name).replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".gz")
    with Source(path, member, MAX_FILE, lambda share: None).open() as stream:
        data = b""
        while len(data) < HEAD and (more := stream.read(HEAD - len(data))):
            data += more
    return Head(name, data)


def is_gzip(raw: IO[bytes]) -> bool:
    start = raw.read(2)
    raw.seek(0)
    return start == b"\x1f\x8b"


def shown(text: str | None) -> str:
    """A name from outside, printable and short."""
    cleaned = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in (text or "")[:200])
    return cleaned if len(cleaned) <= 80 else "…" + cleaned[-79:]


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return shown(str(error)) or type(error).__name__


