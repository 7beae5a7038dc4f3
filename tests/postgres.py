"""A private PostgreSQL for tests: a server of its own in a temporary folder, on a unix socket that nobody else can open.

`postgres_server()` starts and stops one; the fixtures `postgres` (a server a test session) and `postgres_url` (an empty
database a test) stand in `conftest.py`. Where no server is installed, tests skip; with CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/pgsql")
PATIENCE = 60


def postgres_bin() -> Path | None:
    """The folder of the server's programs: newest first below Debian's place, else beside `initdb` on the path."""
    found = [path.parent for place in PLACES if Path(place).is_dir() for path in Path(place).glob("**/bin/initdb")]
    if found:
        return max(found, key=lambda path: [int(part) for part in path.parts if part.isdigit()])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True)
class Postgres:
    """A running server. `run` is how its owner runs a program (who is never root)."""

    bin: Path
    folder: Path
    owner: dict[str, Any]

    def run(self, program: str, *options: str) -> str:
        """Run one of the server's programs as its owner; returns what it printed."""
        done = subprocess.run(
            [str(self.bin / program), *options], cwd=self.folder, capture_output=True, text=True, check=False, timeout=PATIENCE, **self.owner
        )
        if done.returncode:
            raise RuntimeError(f"{program} {' '.join(options)} failed: {done.stderr or done.stdout}")
        return done.stdout

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement; returns psql's bare output."""
        return self.run("psql", "-h", str(self.folder), "-U", "medcoding", "-d", database, "-v", "ON_ERROR_STOP=1", "-Atc", statement)

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's address of a database of this server, as nbgrader's `db_url` takes it."""
        return f"postgresql+psycopg://medcoding@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Make an empty database; returns its address."""
        self.sql(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _owner() -> dict[str, Any]:
    """How to run as somebody other than root, which the server refuses: as `postgres` or `nobody`; else as oneself."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        clean = {"PATH": os.environ.get("PATH", ""), "HOME": "/", "LC_ALL": "C.UTF-8"}
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "env": clean}
    raise RuntimeError("PostgreSQL does not run as root, and neither postgres nor nobody is a user of this machine.")


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server with an empty cluster; stop it and remove all of it at the end.

    Raises:
        FileNotFoundError: no server is installed.
    """
    programs = postgres_bin()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server is installed (Debian: apt-get install postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="mc-pg-", dir="/tmp"))  # short: the path of a unix socket holds about 100 characters
    owner = _owner()
    server = Postgres(programs, folder, owner)
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=50"
    try:
        server.run("initdb", "-D", str(folder / "data"), "-U", "medcoding", "-A", "trust", "-E", "UTF8", "--no-sync")
        server.run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "-t", str(PATIENCE), "-o", settings, "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", str(folder / "data"), "-w", "-t", str(PATIENCE), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
