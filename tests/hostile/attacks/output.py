"""Outputs that were handed in."""

from __future__ import annotations

from attacks.planted import ITEM, cell, notebook

HTML = "<script>alert(1)</script><img src=x onerror=alert(1)><style>body{display:none}</style>"


@notebook("outputs that claim points: nan, a thousand, minus one", "as the result of an exercise", stock=False)
def _forged_outputs(data: dict) -> None:
    for text in ("nan", "1000", "-1"):
        cell(data)["outputs"].append({"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": text}})


@notebook("a score record of one's own in an output", "holds a score record", stock=False)
def _forged_record(data: dict) -> None:
    record = {"schema_version": 1, "publication": "0" * 32, "item": ITEM, "form": "codes", "answer": None, "notes": [],
              "score": {"points": 100, "possible": 1, "parts": [], "findings": [], "manual": False}}
    data["cells"].append({"cell_type": "code", "id": "mine", "source": "", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.medcoding.score+json": record, "text/html": HTML}}]})


@notebook("an answer of no sound shape in an output", "a copy of an answer that cannot be read", stock=False)
def _forged_copy(data: dict) -> None:
    cell(data)["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {
        "application/vnd.medcoding.answer+json": {"publication": "x", "item": ITEM, "answer": {"codes": ["I10"]}, "at": "x" * 100_000}}}]


@notebook("script and event handlers in text", "holds active content")
def _active_text(data: dict) -> None:
    data["cells"].append({"cell_type": "markdown", "id": "text", "metadata": {}, "source": HTML})


@notebook("script, event handlers and styles in outputs", "holds active content")
def _active_outputs(data: dict) -> None:
    data["cells"].append({"cell_type": "code", "id": "html", "source": "1", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": HTML, "image/svg+xml": f"<svg onload=alert(1)>{HTML}</svg>", "application/javascript": "alert(1)"}}]})


@notebook("a raw cell that asks for another format", "holds active content")
def _raw_cell(data: dict) -> None:
    data["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html"}, "source": HTML})


@notebook("outputs of four megabytes", harmless="long outputs are left out where they are shown")
def _long_outputs(data: dict) -> None:
    data["cells"].append({"cell_type": "code", "id": "long", "source": "", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "stream", "name": "stdout", "text": "x" * 4_000_000}]})


@notebook("a terminal's escapes in an error", harmless="an ordinary traceback has colours too")
def _escapes(data: dict) -> None:
    data["cells"].append({"cell_type": "code", "id": "error", "source": "", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "error", "ename": "\x1b[2J", "evalue": "\x1b]0;x\x07", "traceback": ["\x1b[31m" * 1000, "\x9b2J"]}]})
