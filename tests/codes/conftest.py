"""One index for all tests of the code sets: built once on a computer, then found in the user's cache."""

from __future__ import annotations

import pytest
from medcoding.codes import icd10cm

DATE = "2026-03-01"


@pytest.fixture(scope="session")
def index_path():
    """The ready index; processes that run tests side by side wait for the one that builds it."""
    return icd10cm.build()


@pytest.fixture(scope="session")
def book(index_path):
    """The book on an ordinary day of fiscal year 2026."""
    return icd10cm.on(DATE)
