"""Fixtures of the widget tests; they are written in widgets_support.py, from which tests also import helpers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from encoder_support import ask, shelf_file  # noqa: F401
from form_items import course  # noqa: F401
from widgets_support import bank, clean, ears, folder, items, page  # noqa: F401
