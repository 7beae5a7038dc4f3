"""A Jupyter Server extension: live forms are left out of notebooks as they are saved.

A form lives only with its kernel. Saved with the notebook it would show "Error displaying widget" to whoever opens the
file next, above the copy of question and answer that is there to be read.
"""

from __future__ import annotations

from typing import Any

MIME = "application/vnd.medcoding.answer+json"

WIDGET = "application/vnd.jupyter.widget-view+json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "medcoding.widgets.server"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    serverapp.contents_manager.register_pre_save_hook(leave_out_live)
    serverapp.log.info("medcoding: live forms are left out of saved notebooks")


def leave_out_live(model: Any, **_ignored: Any) -> None:
    """Pre-save hook: take live outputs of this course out of a notebook. Never raises; leaves all else alone."""
    try:
        if model.get("type") != "notebook":
            return
        for cell in model["content"]["cells"]:
            if cell.get("cell_type") == "code" and isinstance(cell.get("outputs"), list):
                _clean(cell)
    except Exception:  # a notebook of an unknown shape is saved as it is
        return


def _clean(cell: Any) -> None:
    outputs = cell["outputs"]
    copied = any(MIME in (output.get("data") or {}) for output in outputs)
    kept = [output for output in outputs if not _live(output, copied)]
    if len(kept) < len(outputs):
        cell["outputs"] = kept


def _live(output: Any, copied: bool) -> bool:
    if (output.get("metadata") or {}).get("medcoding") == "live":
        return True
    data = output.get("data") or {}
    return copied and WIDGET in data and MIME not in data
