"""What a notebook may use."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on all processes of one notebook together, unless said otherwise."""

    memory: int = 1024 * MB
    """Bytes. A single process asking for more gets a MemoryError; all together above it end the notebook."""
    processes: int = 48
    """Processes and threads."""
    cpu: int = 120
    """Seconds of processor time."""
    seconds: int = 180
    """Seconds from the start to the end of the notebook."""
    open_files: int = 256
    """Of each process."""
    scratch: int = 64 * MB
    """Bytes of all files written; also the largest size of one."""
    scratch_files: int = 4_000
    """How many files and folders."""

    def as_json(self) -> dict[str, int]:
        """As plain data."""
        return dataclasses.asdict(self)

    def said(self, why: str) -> str:
        """In words, why a notebook was ended; `why` is what the warden reported."""
        words = {
            "memory": f"its processes used more than {self.memory // MB:,} MB of memory",
            "cpu": f"it used more than {self.cpu:,} seconds of processor time",
            "time": f"it ran longer than {self.seconds:,} seconds",
        }
        return words.get(why, why)
