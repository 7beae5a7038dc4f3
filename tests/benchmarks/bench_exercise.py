"""How long an exercise takes to appear in a warm kernel, and a whole lesson after the kernel has started.

The front end's part (drawing) is not in these figures; the kernel's is, with all messages sent and read back.
Compared, in the same kernel, with what a notebook author would use instead: a few plain ipywidgets with the same text.

Run: python tests/benchmarks/bench_exercise.py
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parents[2]
LESSON = ("06a-icd10cm-chapters", "03-heart-and-lung")
PLAIN = (
    "from IPython.display import display; import ipywidgets as w\n"
    "display(w.VBox([w.HTML('<p>Which codes?</p>' * 20), *[w.Text() for _ in range(4)], w.Button(description='Save'), w.HTML('')]))"
)


def released(root: Path, *names: str) -> Path:
    """A course in a folder of its own with these assignments fetched; the student's folder."""
    shutil.copytree(ROOT / "source", root / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "course", root / "course", ignore=shutil.ignore_patterns("medcoding", "__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "exchange").mkdir()
    for name in names:
        for words in (["medcoding.cli", "release", name], ["nbgrader", "fetch_assignment", name]):
            done = subprocess.run([sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return next(path for path in (root / "work", root) if (path / names[0] / "items").exists())


class Kernel:
    """A kernel in a folder; `run` gives the seconds that a cell took, and fails where it raised."""

    def __init__(self, folder: Path) -> None:
        self.manager, self.client = start_new_kernel(cwd=str(folder))
        self.sent = 0

    def run(self, code: str, cell: str) -> float:
        start = time.perf_counter()
        message = self.client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        message["metadata"] = {"cellId": cell}
        self.client.shell_channel.send(message)
        self.sent = 0
        while True:
            reply = self.client.get_iopub_msg(timeout=60)
            self.sent += len(json.dumps(reply["content"], default=str))
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            assert reply["msg_type"] != "error", "\n".join(reply["content"]["traceback"])
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                return time.perf_counter() - start

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def cells(path: Path) -> list[tuple[str, str]]:
    """The code cells of a notebook: id and source."""
    return [(cell.id, cell.source) for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def exercises(folder: Path) -> dict[str, list[str]]:
    """The graded items of the folder by form."""
    found: dict[str, list[str]] = {}
    for path in sorted((folder / "items").glob("*.json")):
        for item in json.loads(path.read_text())["items"]:
            if item["use"] == "graded":
                found.setdefault(item["form"], []).append(item["id"])
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "course"
        os.environ["JUPYTER_DATA_DIR"] = str(Path(name) / "data")
        work = released(root, "forms-gallery", LESSON[0])

        kernel = Kernel(work / "forms-gallery")
        kernel.run("from medcoding import exercise", "setup")
        forms = exercises(work / "forms-gallery")
        for items in forms.values():
            kernel.run(f"exercise({items[0]!r})", "warm")
        plain = statistics.median(kernel.run(PLAIN, "plain") for _ in range(9))
        print(f"A few plain ipywidgets instead: {plain * 1000:.0f} ms\n")
        print(f"{'form':12}{'ms':>6}{'of plain':>10}{'kB sent':>9}")
        worst = 0.0
        for form, items in sorted(forms.items()):
            took = statistics.median(kernel.run(f"exercise({items[0]!r})", form) for _ in range(9))
            worst = max(worst, took)
            print(f"{form:12}{took * 1000:6.0f}{took / plain:10.1f}{kernel.sent / 1000:9.0f}")
        print(f"slowest form: {worst * 1000:.0f} ms (bar: 150 ms)\n")
        kernel.close()

        folder = work / LESSON[0]
        lesson = cells(folder / f"{LESSON[1]}.ipynb")
        shown = [pair for pair in lesson if pair[1].startswith("exercise(")]
        for what, chosen in (("a lesson of 20 exercises and nothing else", [lesson[0], *shown[:20]]), (f"{LESSON[1]}, whole: {len(lesson)} code cells, {len(shown)} exercises", lesson)):
            kernel = Kernel(folder)
            rounds = [sum(kernel.run(source, cell) for cell, source in chosen) for _ in range(4)]
            kernel.close()
            print(f"{what}: {rounds[0]:.2f} s after kernel start; again in the same kernel {', '.join(f'{each:.2f}' for each in rounds[1:])} s")
        print("bar: 20 exercises under 3 s")


if __name__ == "__main__":
    main()
