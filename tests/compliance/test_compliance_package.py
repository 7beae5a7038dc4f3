"""The package hands on its parts lazily and says what it offers."""

from __future__ import annotations

import subprocess
import sys

import medcoding.compliance
import pytest


def test_parts_are_loaded_when_first_used() -> None:
    code = "import sys, medcoding.compliance as c; print(sorted(n for n in sys.modules if n.startswith('medcoding.compliance.'))); print(c.query.check(''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]"]


def test_unknown_part_names_those_that_are_there() -> None:
    with pytest.raises(AttributeError, match="it offers audit, law, privacy, query"):
        _ = medcoding.compliance.gossip
    assert {"audit", "law", "privacy", "query"} <= set(dir(medcoding.compliance))
