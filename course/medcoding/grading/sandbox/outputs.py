"""What a kernel sends is a student's data: taken only in the shapes of the message specification, bounded, and of known types.

See https://jupyter-client.readthedocs.io/en/stable/messaging.html. Whatever does not fit is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from medcoding.grading.sandbox.inside.warden import PUT_BACK

MOST_TRACEBACK = 100
LONGEST_NAME = 200
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_. ]{0,80}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PICTURES = ("image/png", "image/jpeg", "image/gif")
TEXTS = ("text/plain", "text/latex", "text/html", "text/markdown", "image/svg+xml")


def checked(kind: str, content: Any) -> dict[str, Any] | None:
    """A message's content with only what is known of its kind, or None where it is to be left out."""
    if not isinstance(content, dict):
        return None
    take = _TAKEN.get(kind)
    try:
        return take(content) if take else None
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return None


def _status(content: dict[str, Any]) -> dict[str, Any] | None:
    state = content.get("execution_state")
    return {"execution_state": state} if state in ("busy", "idle", "starting") else None


def _stream(content: dict[str, Any]) -> dict[str, Any] | None:
    name, text = content["name"], content["text"]
    return {"name": name, "text": sound(text)} if name in ("stdout", "stderr") and isinstance(text, str) else None


def _display(content: dict[str, Any]) -> dict[str, Any] | None:
    data = bundle(content["data"])
    taken: dict[str, Any] = {"data": data, "metadata": {}, "transient": {}}
    display_id = (content.get("transient") or {}).get("display_id")
    if isinstance(display_id, str) and 0 < len(display_id) <= LONGEST_NAME:
        taken["transient"] = {"display_id": display_id}
    return taken if data else None


def _result(content: dict[str, Any]) -> dict[str, Any] | None:
    taken = _display(content)
    return None if taken is None else {**taken, "execution_count": _count(content)}


def _error(content: dict[str, Any]) -> dict[str, Any] | None:
    lines = content.get("traceback")
    lines = [sound(line) for line in lines[:MOST_TRACEBACK] if isinstance(line, str)] if isinstance(lines, list) else []
    return {"ename": sound(str(content.get("ename", "")))[:LONGEST_NAME], "evalue": sound(str(content.get("evalue", "")))[:10_000], "traceback": lines}


def _input(content: dict[str, Any]) -> dict[str, Any] | None:
    return {"execution_count": _count(content)}


def _clear(content: dict[str, Any]) -> dict[str, Any] | None:
    return {"wait": content.get("wait") is True}


def _put_back(content: dict[str, Any]) -> dict[str, Any] | None:
    names = [name for name in content["names"][:20] if isinstance(name, str) and _DOTTED.fullmatch(name)]
    return {"names": names, "runs": str(content.get("runs", ""))[:64]}


def _count(content: dict[str, Any]) -> int | None:
    count = content.get("execution_count")
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 1_000_000 else None


_TAKEN = {
    "status": _status, "stream": _stream, "display_data": _display, "update_display_data": _display, "execute_result": _result, "error": _error,
    "execute_input": _input, "clear_output": _clear, PUT_BACK: _put_back,
}


def bundle(data: Any) -> dict[str, str]:
    """The parts of a MIME bundle that are shown: none of this course's own, so that nobody forges a score record or an answer.

    What HTML and Markdown may do is decided where they are shown, by `medcoding.grading.safe`.
    """
    if not isinstance(data, Mapping):
        return {}
    taken: dict[str, str] = {}
    for kind, value in data.items():
        text = "".join(value) if isinstance(value, list) else value
        if not isinstance(text, str):
            continue
        if kind in TEXTS:
            taken[kind] = sound(text)
        elif kind in PICTURES and _BASE64.fullmatch(text):
            taken[kind] = text
    return taken


def sound(text: str) -> str:
    """Text that can be written as UTF-8: lone surrogates as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
