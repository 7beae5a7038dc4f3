"""Submissions that are small as files and large in memory, in time or when written; and folders that no gradebook can name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.grading import exporter
from medcoding.grading.exporter import Unreadable, notebook_bytes
from medcoding.grading.run import grade_assignment, pool
from minicourse import FULL, MiniCourse

pytestmark = pytest.mark.hostile

ITEM = "heart-of-the-matter"
WITHOUT = {**FULL, ITEM: 0.0}
MEMORY = 400_000
"""Kilobytes that grading may take, whatever is handed in."""
MANY = "holds more than 500,000 values and lines"


def in_notebook(*parts: tuple[str, int]) -> Callable[[Path], None]:
    """Put JSON text into the notebook's metadata, given as pieces and how often each stands."""

    def plant(folder: Path) -> None:
        path = folder / "one.ipynb"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["metadata"]["x"] = "@@"
        path.chmod(0o644)
        path.write_text(json.dumps(data).replace('"@@"', "".join(piece * times for piece, times in parts)), encoding="utf-8")

    return plant


def more_cells(source: str, times: int, cells: int) -> Callable[[Path], None]:
    """Add cells of Markdown, whose text is the source so many times."""

    def plant(folder: Path) -> None:
        path = folder / "one.ipynb"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["cells"] += [{"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": source * times} for number in range(cells)]
        path.chmod(0o644)
        path.write_text(json.dumps(data), encoding="utf-8")

    return plant


def in_record(**changes: Any) -> Callable[[Path], None]:
    """Change the record of one answer."""

    def plant(folder: Path) -> None:
        path = folder / "answers.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["answers"][ITEM] |= changes
        path.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")

    return plant


def in_file(**changes: Any) -> Callable[[Path], None]:
    """Change answers.json at its top."""

    def plant(folder: Path) -> None:
        path = folder / "answers.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")

    return plant


NOTHING = dict.fromkeys(FULL, 0.0)
BOMBS: dict[str, tuple[Callable[[Path], None], dict[str, float], str]] = {
    "six million empty objects": (in_notebook(("[", 1), ("{},", 6_000_000), ("{}]", 1)), FULL, MANY),
    "six million empty lists": (in_notebook(("[", 1), ("[],", 6_000_000), ("0]", 1)), FULL, MANY),
    "four million numbers": (in_notebook(("[", 1), ("0.1,", 4_000_000), ("0]", 1)), FULL, MANY),
    "a million names": (in_notebook(("{", 1), ('"a":0,', 1_000_000), ('"b":0}', 1)), FULL, MANY),
    "a megabyte that is three hundred when indented": (
        in_notebook(("[", 300), ("0,", 480_000), ("0", 1), ("]", 300)), FULL, "it would have more than 60,000,000 bytes when written"),
    "nine million empty lines": (more_cells("\n", 9_000_000, 1), FULL, MANY),
    "two hundred thousand cells": (more_cells("", 1, 200_000), FULL, MANY),
    "an answer of half a million numbers": (in_record(answer={"codes": [0] * 500_000}), WITHOUT, "more than 25,000 values"),
    "an answer of half a million lists": (in_record(answer={"codes": [[]] * 500_000}), WITHOUT, "more than 25,000 values"),
    "a record with twenty thousand fields": (in_record(**{f"x{number}": 0 for number in range(20_000)}), WITHOUT, "or 20 fields"),
    "a file with a hundred thousand fields": (in_file(**{f"x{number}": 0 for number in range(100_000)}), NOTHING, "100,002 fields"),
}
GRADE = """
import json, resource, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from medcoding.grading.run import grade_assignment
summary = grade_assignment(Path(sys.argv[1]), sys.argv[2], workers=1)
own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])  # ru_maxrss has the parent's too
worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"told": summary.found, "ungraded": summary.ungraded, "memory": [own, worker]}))
"""


@pytest.fixture(scope="module")
def bombed(_released_once: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[MiniCourse, dict[str, Any], dict[str, str]]:
    """A class of bombs between two honest students, graded in a process of its own: the course, what was told, and each bomb's student."""
    root = tmp_path_factory.mktemp("bombed") / "course"
    shutil.copytree(_released_once, root)
    course = MiniCourse(root, copied=True)
    names = {name: f"bomb{number:02d}" for number, name in enumerate(BOMBS)}
    for name, (plant, _, _) in BOMBS.items():
        plant(course.submit(names[name]))
    for honest in ("ada", "zoe"):
        course.submit(honest)
    done = subprocess.run([sys.executable, "-c", GRADE, str(root), course.assignment], capture_output=True, text=True, check=True)
    return course, json.loads(done.stdout), names


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_itself_and_the_grader_is_told(bombed: tuple[MiniCourse, dict[str, Any], dict[str, str]], name: str) -> None:
    course, result, names = bombed
    _, scores, words = BOMBS[name]
    assert course.grades(names[name]) == scores
    assert any(words in line for line in result["told"][names[name]]), result["told"].get(names[name])
    size = sum(path.stat().st_size for path in (course.root / "autograded" / names[name]).rglob("*.ipynb"))
    assert size < 1_000_000, "what could not be read is not written"


def test_the_class_is_graded_within_bounds(bombed: tuple[MiniCourse, dict[str, Any], dict[str, str]]) -> None:
    course, result, _ = bombed
    assert result["ungraded"] == {}
    assert course.grades("ada") == course.grades("zoe") == FULL
    assert set(result["told"]) & {"ada", "zoe"} == set()
    assert max(result["memory"]) < MEMORY


def test_a_large_honest_notebook_is_read(released: MiniCourse, edit_submission: Callable[..., None]) -> None:
    """Five megabytes of tables, drawings and logs: what is within texts are no values."""
    folder = released.submit("ada")
    rows = "<tr><td>[1, 2]</td><td>{3, 4}</td></tr>\n" * 1_000
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": rows, "text/plain": "a, b, c\n" * 1_000, "application/json": {"y": list(range(1_000))}}}
        for _ in range(60)
    ]
    cells = [{"cell_type": "code", "id": "tables", "metadata": {}, "execution_count": 1, "source": "show(tables)", "outputs": outputs}]
    cells += [{"cell_type": "markdown", "id": f"notes{number}", "metadata": {}, "source": rows} for number in range(60)]
    edit_submission(folder / "one.ipynb", lambda data: data["cells"].extend(cells))
    assert (folder / "one.ipynb").stat().st_size > 5_000_000
    summary = grade_assignment(released.root, released.assignment, workers=0)
    assert released.grades("ada") == FULL and summary.lines == []
    kept = json.loads((released.root / "autograded" / "ada" / released.assignment / "one.ipynb").read_text(encoding="utf-8"))["cells"]
    assert ["".join(cell["source"]) for cell in kept[-60:]] == [rows] * 60


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('[]{},"\\\n a', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('[]{},"\\a', max_size=4), inner, max_size=4), max_leaves=20)


def values(data: Any) -> int:
    """Containers, and elements after the first of each: as many as opening brackets and commas."""
    inner = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else None
    return 0 if inner is None else 1 + max(0, len(inner) - 1) + sum(map(values, inner))




@given(JSON, st.integers(0, 12))
def test_values_are_counted_as_they_are(data: Any, most: int) -> None:
    """Whatever stands within texts; only a backslash before an n may count for a line end."""
    content = json.dumps([data]).encode()
    count = values([data]) + content.count(b"\\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporter, "_PLAINLY_FEW", 0)
        patch.setattr(exporter, "MOST_VALUES", most)
        if count > most:
            with pytest.raises(Unreadable, match="values and lines"):
                exporter._refuse_bomb(content + b" ")
        else:
            exporter._refuse_bomb(content)


@pytest.mark.parametrize("content", [b'"', b'"\\', b"]]]]]", b"]" * 30_000 + b"[" * 9_000 + b"," * 12_000, b'"\\"' * 30_000, b"\xff" * 1000 + b"," * 30_000])
def test_what_is_no_json_is_counted_all_the_same(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.ipynb").write_bytes(content)
    assert notebook_bytes(tmp_path / "one.ipynb", 1_000_000) == content


@pytest.mark.parametrize(("name", "words"), [(b"\xff\xfe", "no UTF-8"), (b"x" * 129, "has 129 characters"), ("ä".encode() * 127, "")])
def test_a_folder_that_no_gradebook_can_name_is_left_alone(released: MiniCourse, name: bytes, words: str) -> None:
    for student in ("ada", "mal", "zoe"):
        released.submit(student)
    submitted = os.fsencode(released.root / "submitted")
    os.rename(submitted + b"/mal", submitted + b"/" + name)
    summary = grade_assignment(released.root, released.assignment, workers=0)
    assert released.grades("ada") == released.grades("zoe") == FULL
    assert list(summary.ungraded) == ([os.fsdecode(name)] if words else [])
    assert all(words in reason for reason in summary.ungraded.values())
    assert all(line.isprintable() for line in summary.lines)


def test_a_folder_that_cannot_be_read_costs_itself(released: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file system says of it."""
    for student in ("ada", "mal", "zoe"):
        released.submit(student)
    read = pool.read_bundle

    def fails(folder: Path, student: str, *more: Any) -> Any:
        if student == "mal":
            raise OSError(5, "Input/output error\x1b[2J")
        return read(folder, student, *more)

    monkeypatch.setattr(pool, "read_bundle", fails)
    summary = grade_assignment(released.root, released.assignment, workers=0)
    assert summary.lines == ["mal: not graded: The submission cannot be read: OSError: [Errno 5] Input/output error\\x1b[2J"]
    assert released.grades("ada") == released.grades("zoe") == FULL
