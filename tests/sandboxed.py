"""Students' code in real sandboxes, for tests: cells in, what they showed out."""

from __future__ import annotations

import os
import platform
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

SMALL = ("numpy", "pandas")


def needs_sandbox() -> None:
    """Skip where bubblewrap cannot be had; never in CI."""
    from medcoding.grading.sandbox.bubblewrap import SandboxMissing, way

    try:
        way()
    except SandboxMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no sandbox here ({platform.platform()}): {missing}")


@dataclass
class Ran:
    """What cells showed: the texts of each (an error as "Name: message"), and why the kernel ended, if it did before the last."""

    shown: list[str] = field(default_factory=list)
    ended: str = ""
    outputs: list[list[Any]] = field(default_factory=list)


def text_of(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.data.get("text/plain", sorted(output.data)))


@contextmanager
def kernel(*, files: Mapping[str, bytes] | None = None, hidden: Sequence[Path] = (), timeout: int = 20, uses: int = 1000, **limits: int) -> Iterator[NotebookClient]:
    """A client of a fresh sandboxed kernel."""
    from medcoding.grading.sandbox.limits import Limits
    from medcoding.grading.sandbox.manager import SandboxKernelManager

    manager = SandboxKernelManager(files=files, hidden=hidden, limits=replace(Limits(), **limits), preload=SMALL, uses=uses)
    client = NotebookClient(new_notebook(), km=manager, allow_errors=True, timeout=timeout, shutdown_kernel="immediate", interrupt_on_timeout=True,
                            error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": []})
    client.owns_km = True
    with client.setup_kernel():
        yield client


def cell(client: NotebookClient, source: str) -> str:
    """What a cell shows."""
    made = new_code_cell(source)
    client.nb.cells.append(made)
    client.execute_cell(made, len(client.nb.cells) - 1)
    return "".join(text_of(output) for output in made.outputs).strip()


def run(*cells: str, **options: Any) -> Ran:
    """Run cells in a fresh sandbox, until one ends it."""
    ran = Ran()
    with kernel(**options) as client:
        for source in cells:
            try:
                ran.shown.append(cell(client, source))
            except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
                ran.ended = client.km.ended or type(error).__name__
                break
            ran.outputs.append(client.nb.cells[-1].outputs)
    return ran


def processes_named(words: str) -> list[int]:
    """Processes of this machine with these words in their command line, but this one."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and int(path.name) != os.getpid():
            try:
                line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if words in line:
                found.append(int(path.name))
    return found


def is_gone(pid: int, patience: float = 20.0) -> bool:
    """Whether a process ends within so many seconds; waits no longer than it must."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], patience)[0])
    finally:
        os.close(descriptor)
