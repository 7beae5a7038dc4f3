"""A course folder with a released module and as many simulated submissions as a benchmark wants."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from medcoding.forms import FORMS
from medcoding.grading.release import Releases
from medcoding.insight.demo import roster
from medcoding.items.errata import read_public_items
from medcoding.items.publication import PublicationStore

ROOT = Path(__file__).resolve().parents[2]


def classroom(
    folder: Path, module: str, *, keep: tuple[str, ...] = (), change: Callable[[Path], None] = lambda source: None
) -> tuple[Releases, str]:
    """Release a module of the course in a folder of its own; `keep` names its notebooks, by default all; `change` edits the source first."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # nbgrader runs alembic by name
    os.environ["MEDCODING_BANK"] = str(ROOT / "course" / "bank")
    (source,) = [path for path in (ROOT / "source").iterdir() if path.name.split("-")[0] == module]
    shutil.copytree(source, folder / "source" / source.name, ignore=None if not keep else _others(keep))
    change(folder / "source" / source.name)
    (folder / "exchange").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    releases = Releases(folder)
    return releases, releases.release(module).assignment


def _others(keep: tuple[str, ...]):
    return lambda folder, names: [name for name in names if name.endswith(".ipynb") and Path(name).stem not in keep]


def submit(folder: Path, assignment: str, count: int, *, seed: int = 2026, first: int = 1) -> list[str]:
    """Simulated submissions, laid where collect would lay them; returns the students' names."""
    store = PublicationStore(folder / "publications")
    release = folder / "release" / assignment
    public = [read_public_items(path) for path in sorted((release / "items").glob("*.json"))]
    names = []
    for student in roster(count, seed):
        name = f"student{int(student.name.removeprefix('student')) + first - 1:05d}"
        draw = Random(f"{seed}/{name}")
        answers = {}
        for one in public:
            for item in one.graded():
                if draw.random() < 0.02:
                    continue
                own = item.own(name)
                answer = FORMS[item.form].attempt(store[one.publication][item.id].variant(own).key, student.ability, draw)
                answers[item.id] = {"publication": one.publication, "item": item.id, "variant": own, "answer": answer, "revision": 1, "at": ""}
        place = folder / "submitted" / name / assignment
        shutil.copytree(release, place)
        (place / "answers.json").write_text(json.dumps({"schema_version": 1, "answers": answers}), encoding="utf-8")
        (place / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC", encoding="utf-8")
        names.append(name)
    return names
