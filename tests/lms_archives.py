"""Archives as LMSs give them, and as an attacker would have them, for the tests of collecting."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from minicourse import MiniCourse

WHEN = (2026, 1, 5, 12, 0, 0)


def member(name: str, *, mode: int = stat.S_IFREG | 0o644, when: tuple[int, ...] = WHEN) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder", when)
    info.filename = name  # as it stands, without the tidying of ZipInfo()
    info.external_attr = mode << 16
    info.create_system = 3
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def zip_of(path: Path, files: Mapping[str, bytes | str], when: tuple[int, ...] = WHEN) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(member(name, when=when), content)
    return path


def work(course: MiniCourse, *, copies: bool = False) -> dict[str, bytes]:
    """What a student hands in who answered everything: two notebooks and answers.json; with `copies`, the notebooks alone carry the answers."""
    answers = {
        item: {"publication": publication, "item": item, "variant": 0, "revision": 1, "at": "", "answer": answer}
        for item, (publication, answer) in course.key_answers().items()
    }
    files: dict[str, bytes] = {}
    for name in ("one", "two"):
        notebook = json.loads((course.root / "release" / course.assignment / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            item = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if copies and item in answers:
                data = {"application/vnd.medcoding.answer+json": answers[item], "text/plain": "exercise"}
                cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
        files[f"{name}.ipynb"] = json.dumps(notebook).encode()
    if not copies:
        files["answers.json"] = json.dumps({"schema_version": 1, "answers": answers}).encode()
    return files


def roster(course: MiniCourse, *rows: str, header: str = "student,name,canvas_id,moodle_id,username,brightspace_id,email") -> Path:
    path = course.root / "course" / "roster.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


CLASS = ("ada,\"Lovelace, Ada\",101,201,ada,301,ada@example.org", "bob,\"Ross, Bob\",102,202,b_ob,302,bob@example.org")
