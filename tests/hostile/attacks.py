"""Attacks as data: what a student plants in a submission, what it may earn at most, and what the grader is told.

Each is planted in the submission of a student whose answers are all right, so what is not lost by the attack is full marks.
Attacks of code that runs stand in `tests/grading/test_sandbox_attacks.py`, those of archives in `tests/grading/test_lms_collect.py`.
"""

from __future__ import annotations

import json
import os
import pickle
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minicourse import FULL, MiniCourse

NONE = dict.fromkeys(FULL, 0.0)
ITEM = "heart-of-the-matter"


@dataclass(frozen=True)
class Attack:
    """One attack.

    `plant` is given the course and the submission's folder. `scores` is what it earns; None of a door: the submission stays ungraded there, and only
    there. `told` are words of a line that the grader reads ("" where nothing happened that needs telling). `nbgrader` is False where nbgrader's own
    copying of files, which no trait reaches, comes first.
    """

    name: str
    theme: str
    about: str
    plant: Callable[[MiniCourse, Path], None]
    scores: dict[str, float] | None
    told: str = ""
    nbgrader: bool = True


ATTACKS: list[Attack] = []


def attack(theme: str, about: str, scores: dict[str, float] | None = FULL, told: str = "", *, nbgrader: bool = True):
    """Register a planting function under its own name."""

    def register(plant: Callable[[MiniCourse, Path], None]) -> Callable[[MiniCourse, Path], None]:
        ATTACKS.append(Attack(plant.__name__.strip("_").replace("_", "-"), theme, about, plant, scores, told, nbgrader))
        return plant

    return register


def answers(about: str, scores: dict[str, float] = NONE, told: str = "answers.json"):
    """An attack whose function gives the new content of answers.json from the old."""

    def register(change: Callable[[dict], bytes | str | dict]) -> None:
        def plant(course: MiniCourse, folder: Path) -> None:
            path = folder / "answers.json"
            new = change(json.loads(path.read_text()))
            content = json.dumps(new) if isinstance(new, dict) else new
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

        plant.__name__ = change.__name__
        attack("answers", about, scores, told)(plant)

    return register


def notebook(about: str, scores: dict[str, float] = FULL, told: str = "", name: str = "one"):
    """An attack whose function changes the submitted notebook in place."""

    def register(change: Callable[[dict], None]) -> None:
        def plant(course: MiniCourse, folder: Path) -> None:
            path = folder / f"{name}.ipynb"
            data = json.loads(path.read_text())
            change(data)
            path.chmod(0o644)
            path.write_text(json.dumps(data))

        plant.__name__ = change.__name__
        attack("notebook", about, scores, told)(plant)

    return register


def without(item: str) -> dict[str, float]:
    return {**FULL, item: 0.0}


def _put(data: dict, **changes: Any) -> dict:
    data["answers"][ITEM] = {**data["answers"][ITEM], **changes}
    return data


def _cell(data: dict, name: str = ITEM) -> dict:
    (found,) = [cell for cell in data["cells"] if cell.get("id") == name]
    return found


# --- answers.json as a file ---------------------------------------------------------------------------------------------


@answers("cut off in the middle")
def _answers_truncated(data: dict) -> bytes:
    return json.dumps(data).encode()[:-30]


@answers("a program's object in place of data (a pickle that would run a command)")
def _answers_pickle(data: dict) -> bytes:
    class Run:
        def __reduce__(self):
            return os.system, ("touch /tmp/medcoding-was-run",)

    return pickle.dumps(Run())


@answers("the same name twice in an object")
def _answers_duplicate_keys(data: dict) -> str:
    return json.dumps(data).replace('"schema_version": 1', '"schema_version": 1, "schema_version": 1', 1)


@answers("NaN, which is no JSON")
def _answers_nan(data: dict) -> str:
    return json.dumps(_put(data, revision=7)).replace('"revision": 7', '"revision": NaN', 1)


@answers("a number beyond all numbers")
def _answers_infinite(data: dict) -> str:
    return json.dumps(_put(data, revision=7)).replace('"revision": 7', '"revision": 1e999', 1)


@answers("a number of a million digits")
def _answers_long_number(data: dict) -> str:
    return json.dumps(_put(data, revision=7)).replace('"revision": 7', f'"revision": {"9" * 1_000_000}', 1)


@answers("nested five thousand deep")
def _answers_deep(data: dict) -> str:
    return '{"schema_version": 1, "answers": ' + "[" * 5000 + "]" * 5000 + "}"


@answers("a lone surrogate")
def _answers_surrogate(data: dict) -> str:
    return json.dumps(_put(data, at="x")).replace('"at": "x"', '"at": "\\ud800"', 1)


@answers("bytes that are no UTF-8")
def _answers_not_utf8(data: dict) -> bytes:
    return b"\xff\xfe" + json.dumps(data).encode("utf-16-le")


@answers("a hundred thousand answers")
def _answers_bomb(data: dict) -> dict:
    data["answers"] |= {f"item-{number}": 0 for number in range(100_000)}
    return data


@answers("another version of the file")
def _answers_other_schema(data: dict) -> dict:
    return {**data, "schema_version": 99}


# --- single answers -----------------------------------------------------------------------------------------------------


@answers("an answer that claims its own score", without(ITEM), "its record is damaged")
def _answer_with_score(data: dict) -> dict:
    return _put(data, score=100, points=100)


@answers("an answer that names another student", without(ITEM), "its record is damaged")
def _answer_forged_student(data: dict) -> dict:
    return _put(data, student="ada")


@answers("a variant that the exercise does not have", without(ITEM), "no variant 3")
def _answer_forged_variant(data: dict) -> dict:
    return _put(data, variant=3)


@answers("a publication that was never released", without(ITEM), "has not released")
def _answer_unknown_publication(data: dict) -> dict:
    return _put(data, publication="0" * 32)


@answers("an object that would be equal to everything", without(ITEM), "not an answer of the form")
def _answer_always_equal(data: dict) -> dict:
    return _put(data, answer={"codes": {"__class__": "AlwaysEqual", "__eq__": True}})


@answers("numbers and truth values in place of codes", without(ITEM), "not an answer of the form")
def _answer_wrong_types(data: dict) -> dict:
    return _put(data, answer={"codes": [True, 1e308, None]})


@answers("every code that might be right", {**FULL, ITEM: 0.0}, "not an answer of the form")
def _answer_everything(data: dict) -> dict:
    return _put(data, answer={"codes": [f"E85.{number}" for number in range(10)] * 60})


@answers("script, a formula, a terminal's escapes and a false log line in place of a code", {**FULL, ITEM: 0.0}, "")
def _answer_markup(data: dict) -> dict:
    return _put(data, answer={"codes": ["<script>alert(1)</script>", "=HYPERLINK(1)", "\x1b[2J\x1b]0;x\x07", "x\nada: 100 points"]})


@answers("an answer under another exercise's name", without(ITEM), "names another item")
def _answer_under_other_name(data: dict) -> dict:
    return _put(data, item="which-order")


# --- files --------------------------------------------------------------------------------------------------------------


@attack("files", "answers.json is a link to a classmate's", NONE, "not a plain file")
def _link_to_classmate(course: MiniCourse, folder: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").symlink_to(course.root / "submitted" / "ada" / course.assignment / "answers.json")


@attack("files", "answers.json has a second name in a classmate's folder", FULL, "hard link", nbgrader=False)
def _hard_link(course: MiniCourse, folder: Path) -> None:
    (folder / "answers.json").unlink()
    os.link(course.root / "submitted" / "zoe" / course.assignment / "answers.json", folder / "answers.json")


@attack("files", "answers.json is a pipe that nobody writes to", NONE, "not a plain file", nbgrader=False)
def _pipe(course: MiniCourse, folder: Path) -> None:
    (folder / "answers.json").unlink()
    os.mkfifo(folder / "answers.json")


@attack("files", "the notebook is a pipe", FULL, "not a plain file", nbgrader=False)
def _pipe_notebook(course: MiniCourse, folder: Path) -> None:
    (folder / "one.ipynb").unlink()
    os.mkfifo(folder / "one.ipynb")


@attack("files", "a device in the folder (a socket where devices cannot be made)", FULL, "no plain file", nbgrader=False)
def _device(course: MiniCourse, folder: Path) -> None:
    try:
        os.mknod(folder / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(folder / "zero"))


@attack("files", "answers.json is a folder", NONE, "not a plain file")
def _folder_for_answers(course: MiniCourse, folder: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").mkdir()


@attack("files", "answers.json of a hundred gigabytes that takes no room", NONE, "at most 2,000,000", nbgrader=False)
def _sparse_answers(course: MiniCourse, folder: Path) -> None:
    with open(folder / "answers.json", "ab") as file:
        file.truncate(100_000_000_000)


@attack("files", "a notebook of a hundred gigabytes that takes no room", FULL, "at most 20,000,000")
def _sparse_notebook(course: MiniCourse, folder: Path) -> None:
    (folder / "one.ipynb").chmod(0o644)
    with open(folder / "one.ipynb", "ab") as file:
        file.truncate(100_000_000_000)


@attack("files", "another file of a hundred gigabytes that takes no room", FULL, "more than is taken", nbgrader=False)
def _sparse_other(course: MiniCourse, folder: Path) -> None:
    with open(folder / "data.bin", "wb") as file:
        file.truncate(100_000_000_000)


@attack("files", "three thousand files", FULL, "the rest were left out", nbgrader=False)
def _many_files(course: MiniCourse, folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(3000):
        (folder / "many" / f"{number:05d}").touch()


@attack("files", "the notebook is a link to the keys", FULL, "not a plain file")
def _link_to_keys(course: MiniCourse, folder: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").symlink_to(next((course.root / "publications").glob("?" * 32 + ".json")))


@attack("files", "a link to the gradebook, to be copied and sent back", FULL, "is a link", nbgrader=False)
def _link_to_gradebook(course: MiniCourse, folder: Path) -> None:
    (folder / "mine.db").symlink_to(course.root / "gradebook.db")


@attack("files", "a folder that is a link to the whole course", FULL, "is a link", nbgrader=False)
def _link_to_course(course: MiniCourse, folder: Path) -> None:
    (folder / "all").symlink_to(course.root, target_is_directory=True)


@attack("files", "modules that shadow the grader's: json, nbgrader, medcoding, sitecustomize")
def _shadowed_modules(course: MiniCourse, folder: Path) -> None:
    for name in ("json", "nbgrader", "medcoding", "sitecustomize", "usercustomize", "nbformat", "conftest"):
        (folder / f"{name}.py").write_text("import pathlib\npathlib.Path('/tmp/medcoding-was-run').touch()\nraise SystemExit(0)\n")


@attack("files", "a configuration of nbgrader, a gradebook and a secret of one's own")
def _own_configuration(course: MiniCourse, folder: Path) -> None:
    (folder / "nbgrader_config.py").write_text("import pathlib\npathlib.Path('/tmp/medcoding-was-run').touch()\n")
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0")
    (folder / "course_secret.txt").write_text("mine")


@attack("files", "public items that were changed: every option right, all points mine")
def _forged_items(course: MiniCourse, folder: Path) -> None:
    path = folder / "items" / "one.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace('"points": 1.0', '"points": 1000.0'))


@attack("files", "a timestamp from before the course, with more after it", FULL, "timestamp.txt", nbgrader=False)
def _forged_timestamp(course: MiniCourse, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("0000-00-00 99:99:99 UTC")


@attack("files", "a timestamp of ten megabytes", FULL, "timestamp.txt", nbgrader=False)
def _long_timestamp(course: MiniCourse, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC" + " " * 10_000_000)


@attack("names", "file names with escapes, line ends and options", FULL, "")
def _file_names(course: MiniCourse, folder: Path) -> None:
    for name in ("-rf", "ada: graded\nbob", "\x1b[31mred", "..\\..\\x", "$(touch x)", "`id`", "a;b", "%s%n"):
        (folder / name).write_text("x")


@attack("names", "a link with a name that looks like a line of the log", FULL, "is a link", nbgrader=False)
def _log_injection(course: MiniCourse, folder: Path) -> None:
    (folder / "x\nzoe: not graded: cheated\x1b[1A").symlink_to("/etc/passwd")


@attack("files", "no notebook at all", None, "holds no notebook", nbgrader=False)
def _no_notebooks(course: MiniCourse, folder: Path) -> None:
    for path in folder.glob("*.ipynb"):
        path.unlink()


@attack("files", "notebooks of other names only", None, "holds no notebook", nbgrader=False)
def _renamed_notebooks(course: MiniCourse, folder: Path) -> None:
    for path in folder.glob("*.ipynb"):
        path.rename(folder / f"my-{path.name}")


# --- the notebook -------------------------------------------------------------------------------------------------------


@notebook("grade cells deleted", told="was missing from the submission")
def _cells_deleted(data: dict) -> None:
    data["cells"] = [cell for cell in data["cells"] if "nbgrader" not in cell["metadata"]]


@notebook("a grade cell twice, and once more", told="stood 3 times")
def _cells_duplicated(data: dict) -> None:
    data["cells"] += [{**_cell(data), "id": "copy-1"}, {**_cell(data), "id": "copy-2"}]


@notebook("a locked cell that gives itself full marks", told="it was put back as released")
def _cell_edited(data: dict) -> None:
    _cell(data)["source"] = "print('full marks')\n1"


@notebook("a grade cell turned into text", told="it was put back as released")
def _cell_retyped(data: dict) -> None:
    cell = _cell(data)
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


@notebook("a hundred points for a cell, and no lock")
def _cell_repointed(data: dict) -> None:
    _cell(data)["metadata"]["nbgrader"] |= {"points": 100, "locked": False, "solution": True}


@notebook("cells in another order")
def _cells_reordered(data: dict) -> None:
    data["cells"].reverse()


@notebook("two grade cells that have changed names", told="it was put back as released")
def _cells_swapped(data: dict) -> None:
    one, two = _cell(data)["metadata"]["nbgrader"], _cell(data, "which-order")["metadata"]["nbgrader"]
    one["grade_id"], two["grade_id"] = two["grade_id"], one["grade_id"]


@notebook("a grade cell of one's own, worth a hundred points")
def _own_grade_cell(data: dict) -> None:
    data["cells"].append({"cell_type": "code", "id": "mine", "source": "100", "execution_count": 1, "outputs": [], "metadata": {
        "nbgrader": {"grade": True, "grade_id": "mine", "locked": True, "points": 100, "schema_version": 3, "solution": False, "task": False}}})


@notebook("nbgrader's metadata is no object", told="was missing from the submission")
def _metadata_damaged(data: dict) -> None:
    for cell in data["cells"]:
        cell["metadata"]["nbgrader"] = "nothing"


@notebook("metadata of every type, deep and long")
def _metadata_junk(data: dict) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    _cell(data)["metadata"] |= {"deep": deep, "long": "x" * 100_000, "medcoding_notes": ["Full marks."], "tags": ["<script>"]}
    data["metadata"] |= {"medcoding-unreadable": "give full marks", "widgets": {"state": {"x": deep}}}


@notebook("a kernel that runs a command")
def _wrong_kernelspec(data: dict) -> None:
    data["metadata"]["kernelspec"] = {"name": "bash", "display_name": "touch /tmp/medcoding-was-run", "language": "bash"}


@notebook("outputs that claim points: nan, a thousand, minus one")
def _forged_outputs(data: dict) -> None:
    for text in ("nan", "1000", "-1"):
        _cell(data)["outputs"].append({"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": text}})


@notebook("a score record of one's own in an output")
def _forged_record(data: dict) -> None:
    record = {"schema_version": 1, "publication": "0" * 32, "item": ITEM, "form": "codes", "answer": None, "notes": [],
              "score": {"points": 100, "possible": 1, "parts": [], "findings": [], "manual": False}}
    data["cells"].append({"cell_type": "code", "id": "mine", "source": "", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.medcoding.score+json": record, "text/html": "<script>alert(1)</script>"}}]})


@notebook("an answer to another's exercise in an output")
def _forged_copy(data: dict) -> None:
    _cell(data)["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {
        "application/vnd.medcoding.answer+json": {"publication": "x", "item": ITEM, "answer": {"codes": ["I10"]}, "at": "x" * 100_000}}}]


@notebook("script, event handlers and styles in outputs and text")
def _active_content(data: dict) -> None:
    html = "<script>alert(1)</script><img src=x onerror=alert(1)><style>body{display:none}</style>"
    data["cells"].append({"cell_type": "markdown", "id": "text", "metadata": {}, "source": html})
    _cell(data)["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html, "application/javascript": "alert(1)"}}]


@notebook("the same id on every cell")
def _same_ids(data: dict) -> None:
    for cell in data["cells"]:
        cell["id"] = "same"


@notebook("lone surrogates in the text", told="the submitted notebook cannot be read")
def _surrogate_source(data: dict) -> None:
    data["cells"].append({"cell_type": "markdown", "id": "text", "metadata": {}, "source": "\ud800"})


@notebook("an older format without names of cells, and cells deleted", told="was missing from the submission")
def _older_format(data: dict) -> None:
    data["nbformat_minor"] = 4
    data["cells"] = [cell for cell in data["cells"] if cell.get("id") != ITEM]
    for cell in data["cells"]:
        cell.pop("id", None)


def _content(name: str, about: str, content: bytes) -> None:
    def plant(course: MiniCourse, folder: Path) -> None:
        path = folder / "one.ipynb"
        path.chmod(0o644)
        path.write_bytes(content)

    plant.__name__ = name
    attack("notebook", about, FULL, "the submitted notebook cannot be read")(plant)


_content("notebook-empty", "an empty file", b"")
_content("notebook-list", "a list", b"[]")
_content("notebook-binary", "bytes", bytes(range(256)) * 100)
_content("notebook-future", "a format that does not exist yet", b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}')
_content("notebook-deep", "nested fifty thousand deep", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}")
_content("notebook-no-cells", "cells that are none", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}, 7, null]}')
_content("notebook-nan", "NaN where a number must be", b'{"nbformat": NaN, "nbformat_minor": 5, "metadata": {}, "cells": []}')
