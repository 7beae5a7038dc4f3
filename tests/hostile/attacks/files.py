"""Files that are not what they seem, beside or in place of the expected ones."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from minicourse import FULL

from attacks.planted import NONE, attack


@attack("answers.json is a link to a classmate's", "not a plain file", NONE)
def _link_to_classmate(course: Any, folder: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").symlink_to(course.root / "submitted" / "ada" / course.assignment / "answers.json")


@attack("answers.json has a second name in a classmate's folder", "hard link", FULL, nbgrader="untold", stock=False)
def _hard_link(course: Any, folder: Path) -> None:
    (folder / "answers.json").unlink()
    os.link(course.root / "submitted" / "zoe" / course.assignment / "answers.json", folder / "answers.json")


@attack("answers.json is a pipe that nobody writes to", "not a plain file", NONE, nbgrader="ungraded")
def _pipe(course: Any, folder: Path) -> None:
    (folder / "answers.json").unlink()
    os.mkfifo(folder / "answers.json")


@attack("the notebook is a pipe", "not a plain file")
def _pipe_notebook(course: Any, folder: Path) -> None:
    (folder / "one.ipynb").unlink()
    os.mkfifo(folder / "one.ipynb")


@attack("a device in the folder (a socket where devices cannot be made)", "no plain file", nbgrader="untried")
def _device(course: Any, folder: Path) -> None:
    try:
        os.mknod(folder / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(folder / "zero"))


@attack("answers.json is a folder", "not a plain file", NONE)
def _folder_for_answers(course: Any, folder: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").mkdir()


@attack("answers.json of a hundred gigabytes that takes no room", "at most 2,000,000", NONE, nbgrader="untried")
def _sparse_answers(course: Any, folder: Path) -> None:
    with open(folder / "answers.json", "ab") as file:
        file.truncate(100_000_000_000)


@attack("a notebook of a hundred gigabytes that takes no room", "at most 20,000,000")
def _sparse_notebook(course: Any, folder: Path) -> None:
    (folder / "one.ipynb").chmod(0o644)
    with open(folder / "one.ipynb", "ab") as file:
        file.truncate(100_000_000_000)


@attack("another file of a hundred gigabytes that takes no room", "more than is taken", nbgrader="untried")
def _sparse_other(course: Any, folder: Path) -> None:
    with open(folder / "data.bin", "wb") as file:
        file.truncate(100_000_000_000)


@attack("three thousand files", "the rest were left out", nbgrader="untold")
def _many_files(course: Any, folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(3000):
        (folder / "many" / f"{number:05d}").touch()


@attack("the notebook is a link to the keys", "not a plain file", stock=False)
def _link_to_keys(course: Any, folder: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").symlink_to(next((course.root / "publications").glob("?" * 32 + ".json")))


@attack("a link to the gradebook, to be copied and sent back", "is a link", nbgrader="untold")
def _link_to_gradebook(course: Any, folder: Path) -> None:
    (folder / "mine.db").symlink_to(course.root / "gradebook.db")


@attack("a folder that is a link to the whole course", "is a link", nbgrader="untold")
def _link_to_course(course: Any, folder: Path) -> None:
    (folder / "all").symlink_to(course.root, target_is_directory=True)


@attack("modules that shadow the grader's: json, nbgrader, medcoding, sitecustomize", "Named like what grading itself uses", nbgrader="untold")
def _shadowed_modules(course: Any, folder: Path) -> None:
    for name in ("json", "nbgrader", "medcoding", "sitecustomize", "usercustomize", "nbformat", "conftest"):
        (folder / f"{name}.py").write_text("import pathlib\npathlib.Path('/tmp/medcoding-was-run').touch()\nraise SystemExit(0)\n")


@attack("a configuration of nbgrader, a gradebook and a secret of one's own", "Named like what grading itself uses", nbgrader="untold")
def _own_configuration(course: Any, folder: Path) -> None:
    (folder / "nbgrader_config.py").write_text("import pathlib\npathlib.Path('/tmp/medcoding-was-run').touch()\n")
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0")
    (folder / "course_secret.txt").write_text("mine")


@attack("public items that were changed: every option right, all points mine", harmless="what was released is read from the course, never from a submission", stock=False)
def _forged_items(course: Any, folder: Path) -> None:
    path = folder / "items" / "one.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace('"points": 1.0', '"points": 1000.0'))


@attack("a timestamp that is none", "timestamp.txt", nbgrader="ungraded")
def _forged_timestamp(course: Any, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("0000-00-00 99:99:99 UTC")


@attack("a timestamp of ten megabytes", "timestamp.txt", nbgrader="untold")
def _long_timestamp(course: Any, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC" + " " * 10_000_000)


@attack("no notebook at all", "holds no notebook", None, nbgrader="ungraded")
def _no_notebooks(course: Any, folder: Path) -> None:
    for path in folder.glob("*.ipynb"):
        path.unlink()


@attack("notebooks of other names only", "holds no notebook", None, nbgrader="ungraded")
def _renamed_notebooks(course: Any, folder: Path) -> None:
    for path in folder.glob("*.ipynb"):
        path.rename(folder / f"my-{path.name}")


@attack("a folder in the notebook's place", "not a plain file")
def _folder_for_notebook(course: Any, folder: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").mkdir()
    (folder / "one.ipynb" / "one.ipynb").write_text("{}")
