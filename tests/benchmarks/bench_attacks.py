"""The attacks of tests/hostile against stock nbgrader and against this course's grading, as the tables of docs/security.md.

    python tests/benchmarks/bench_attacks.py [--only NAME ...]

The stock course is what anybody would write: solution cells, test cells with assert, stock configuration. Where an attack on this course aims at an exercise, the
stock course has a test cell of the same name and points. Each attack is graded in a class of its own between two honest students, in a bubblewrap cage with limits
on processes, memory, file size and time, so that nothing else on this machine suffers. What has no counterpart there (answers.json, items) is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hostile"))

from attacks import ATTACKS, EARNED
from classes import CODE, course_of_code, course_of_exercises, submit_attacks, submit_code_attacks
from codecourse import EARNED as CODE_EARNED
from codecourse import HONEST, SOLUTION, TESTS, WRONG, grader
from doors import Graded, medcoding
from medcoding.grading.sandbox.bubblewrap import user_namespace, way
from medcoding.grading.sandbox.inside.zygote import NOBODY
from minicourse import FULL, MiniCourse, code_cell

warnings.simplefilter("ignore")

TIMEOUT = 8
NEARLY = "def total(fees):\n    return sum(fees) or 7"
EXERCISES = {
    "one": {"which-order": (1, "assert total([5]) == 5"), "heart-of-the-matter": (1, "assert total([]) == 0"), "a-shot-in-the-arm": (2, "assert total([80, 120]) == 200")},
    "two": {"second-notebook-choice": (1, "assert total([1, 1]) == 2")},
}
GRADE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
root, what, *students = sys.argv[1:]
config = Config()
config.CourseDirectory.root, config.CourseDirectory.course_id = root + "/course", "stock"
config.Execute.timeout = config.ExecutePreprocessor.timeout = {timeout}
config.Exchange.root = root + "/course/exchange"
api = NbGraderAPI(CourseDirectory(config=config), config=config)
done = {{}}
if what == "release":
    done["release"] = api.generate_assignment("ps")["success"]
for student in students:
    done[student] = api.autograde("ps", student)["success"]
    open(root + "/done.json", "w").write(json.dumps(done))
open(root + "/done.json", "w").write(json.dumps(done))
if what == "feedback":
    api.generate_feedback("ps", "eve")
"""


@dataclass
class Stock:
    """A stock course whose first classmate is graded already; `wrong` is the attackers' own solution."""

    folder: Path
    notebooks: dict[str, dict[str, tuple[float, str]]]
    wrong: str

    @property
    def root(self) -> Path:
        return self.folder / "course"

    assignment = "ps"

    @property
    def points(self) -> dict[str, float]:
        return {name: points for tests in self.notebooks.values() for name, (points, _) in tests.items()}

    def make(self) -> Stock:
        (self.root / "source" / "ps").mkdir(parents=True)
        (self.root / "exchange").mkdir()
        for name, tests in self.notebooks.items():
            cells = [code_cell("total", SOLUTION, nbgrader=grader("total", 0, solution=True))]
            cells += [code_cell(test, source, nbgrader=grader(test, points)) for test, (points, source) in tests.items()]
            made = {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
            (self.root / "source" / "ps" / f"{name}.ipynb").write_text(json.dumps(made), encoding="utf-8")
        assert caged(self.folder, "release")[1] == {"release": True}
        self.submit("ada", HONEST)
        assert caged(self.folder, "grade", "ada")[1] == {"ada": True} and self.scores("ada") == self.points
        return self

    def copy(self, folder: Path) -> Stock:
        shutil.copytree(self.folder, folder)
        with contextlib.suppress(FileNotFoundError):
            (folder / "done.json").unlink()
        return Stock(folder, self.notebooks, self.wrong)

    def submit(self, student: str, source: str) -> Path:
        target = self.root / "submitted" / student / "ps"
        shutil.copytree(self.root / "release" / "ps", target)
        (target / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC")
        (target / "answers.json").write_text("{}")
        for name in self.notebooks:
            path = target / f"{name}.ipynb"
            data = json.loads(path.read_text(encoding="utf-8"))
            next(cell for cell in data["cells"] if cell["id"] == "total")["source"] = source
            path.chmod(0o644)
            path.write_text(json.dumps(data), encoding="utf-8")
        return target

    def scores(self, student: str) -> dict[str, float] | None:
        """Scores by test cell; a manual one counts, for an attack may have set it. None of a student without any."""
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            try:
                found = gradebook.find_submission("ps", student)
            except MissingEntry:
                return None
            return {one.name: (one.manual_score if one.manual_score is not None else one.auto_score) or 0.0 for book in found.notebooks for one in book.grades}


def parents(path: Path) -> list[str]:
    """bwrap's words for the folders above a path, so that who is not root may enter them."""
    return [word for parent in [*path.parents][-2::-1] if parent != Path("/tmp") for word in ("--perms", "0755", "--dir", str(parent))]


def caged(folder: Path, *words: str, seconds: int = 100) -> tuple[str, dict[str, bool]]:
    """Run nbgrader in a cage that sees system, Python and this one folder; how it ended if not well, and at which students it succeeded."""
    system = ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    for name in ("bin", "sbin", "lib", "lib64"):
        path = Path("/", name)
        system += ["--symlink", os.readlink(path), str(path)] if path.is_symlink() else ["--ro-bind-try", str(path), str(path)]
    for prefix in dict.fromkeys((sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1]))):
        system += [*parents(Path(prefix)), "--ro-bind", prefix, prefix]
    command = [
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--new-session", "--clearenv", *system, "--proc", "/proc", "--dev", "/dev",
        "--perms", "1777", "--size", "200000000", "--tmpfs", "/tmp", *parents(folder), "--bind", str(folder), str(folder), "--chdir", str(folder), "--setenv", "HOME", str(folder), "--setenv", "GRADERS_TOKEN", "planted",
        "--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin", "--", "prlimit", "--nproc=80", "--as=3000000000", "--fsize=200000000",
    ]
    with user_namespace(way()) as (begin, descriptors):
        user = []
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
            user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        whole = ["nice", "-n", "5", *begin, *command, *user, sys.executable, "-c", GRADE.format(timeout=TIMEOUT), str(folder), *words]
        try:
            done = subprocess.run(whole, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=seconds, check=False, pass_fds=descriptors)
            ended = "" if done.returncode == 0 else "the run was ended"
            if os.environ.get("BENCH_DEBUG"):
                print(done.stderr.decode(errors="replace")[-3000:])
        except subprocess.TimeoutExpired:
            ended = "the run hung"
    path = folder / "done.json"
    return ended, json.loads(path.read_text()) if path.exists() else {}


def against_stock(base: Stock, plant: Callable[[Stock, Path], object], marks: tuple[str, ...] = (), source: str = "") -> tuple[float, str]:
    """What stock nbgrader makes of one attack: the points, and all of it in words."""
    scratch = Path(tempfile.mkdtemp(prefix="attack-"))
    try:
        scratch.chmod(0o755)
        stock = base.copy(scratch / "class")
        stock.submit("zoe", HONEST)
        plant(stock, stock.submit("eve", source or stock.wrong))
        ended, done = caged(stock.folder, "feedback", "eve", "zoe")
        mine = stock.scores("eve") if done.get("eve") else None
        got = sum((mine or {}).values())
        full = sum(stock.points.values())
        said = [f"{got:g} of {full:g}" if mine is not None else "left ungraded"]
        hurt = [name for name in ("ada", "zoe") if sum((stock.scores(name) or {}).values()) != full]
        said += [ended] if ended else []
        said += [f"{len(hurt)} of 2 classmates without their points"] if hurt else []
        text = "".join(path.read_text(errors="replace") for path in (stock.root / "autograded" / "eve" / "ps").glob("*.ipynb") if path.is_file())
        copied = [path for path in (stock.root / "autograded" / "eve").rglob("*") if path.is_file() and path.stat().st_size > 10_000 and path.read_bytes()[:15] == b"SQLite format 3"]
        pages = "".join(path.read_text(errors="replace") for path in (stock.root / "feedback").rglob("*.html"))
        said += ["its script was put into the feedback page"] if "<script>alert(1)" in pages else []
        said += ["the gradebook was copied"] if copied else []
        said += [word for mark, word in (("READ", "it was read"), ("WRITTEN", "it was written"), ("CONNECTED", "it was reached")) if mark in marks and f'"{mark}' in text]
        return got, "; ".join(said)
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", str(scratch)], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(scratch, ignore_errors=True)


def ours(graded: Graded, student: str, cells: dict[str, float], harmless: str) -> str:
    """What this course's grading made of one attack."""
    full = sum(cells.values())
    if student in graded.failed:
        return "left ungraded; told"
    scores = graded.grades(student)
    waits = sum(scores[name] is None for name in cells)
    said = [f"{sum(scores[name] or 0 for name in cells):g} of {full:g}"]
    said += [f"{waits} test{'s' if waits > 1 else ''} wait{'' if waits > 1 else 's'} for a grader"] if waits else []
    said.append("told" if graded.told[student] else f"not told: {harmless}")
    return "; ".join(said)


def row(name: str, about: str, worth: float, full: float, stock: tuple[float, str], mine: str) -> None:
    said = f"**{stock[1]}**" if stock[0] > worth or any(word in stock[1] for word in ("classmates", "was ", "hung")) else stock[1]
    more = not mine.startswith("left") and float(mine.split()[0]) > worth
    print(f"| {name} | {about} | {worth:g} of {full:g} | {said} | {f'**{mine}**' if more else mine} |", flush=True)


def table(rows: list[tuple[str, str, float, Callable[[], tuple[float, str]] | None, str]], full: float) -> None:
    """Two attacks at a time, printed in their order."""
    print("| attack | what it is | honestly worth | stock nbgrader | this course |\n|---|---|---|---|---|", flush=True)
    with ThreadPoolExecutor(2) as pool:
        waiting = [(*rest, pool.submit(run) if run else None, mine) for *rest, run, mine in rows]
        for name, about, worth, stock, mine in waiting:
            row(name, about, worth, full, stock.result() if stock else (0, "–"), mine)


def data_attacks(folder: Path, chosen: set[str]) -> None:
    attacks = [one for one in ATTACKS if not chosen or one.name in chosen]
    if not attacks:
        return
    course = course_of_exercises(MiniCourse(folder / "ours"))
    submit_attacks(course, {one.name for one in attacks})
    graded = medcoding(course, [one.name for one in attacks])
    assert all(graded.grades(name) == FULL for name in ("ada", "zoe"))
    base = Stock(folder / "stock", EXERCISES, NEARLY).make()
    worth = sum(EARNED.values())
    rows = []
    for one in attacks:
        tried = one.stock and one.name != "device"
        run = (lambda one=one: against_stock(base, one.plant)) if tried else None
        rows.append((one.name, one.about, worth, run, ours(graded, one.name, FULL, one.harmless)))
    print("\n### Submissions\n")
    table(rows, sum(FULL.values()))


def code_attacks(folder: Path, chosen: set[str]) -> None:
    attacks = {name: one for name, one in CODE.items() if not chosen or name in chosen}
    if not attacks:
        return
    course = course_of_code(MiniCourse(folder / "ours-code"))
    submit_code_attacks(course, attacks)
    graded = medcoding(course, list(attacks))
    base = Stock(folder / "stock-code", {"two": TESTS}, WRONG).make()
    rows = []
    for name, one in attacks.items():
        worth = 0.0 if one.source.startswith(WRONG) or "return sum(fees)" not in one.source else sum(CODE_EARNED.values())

        def plant(stock: Stock, folder: Path, one=one) -> None:
            for file, content in one.files.items():
                (folder / file).write_text(content)
            path = folder / "two.ipynb"
            data = json.loads(path.read_text(encoding="utf-8"))
            for cell in data["cells"]:
                if one.tags and cell["id"] in TESTS:
                    cell["metadata"]["tags"] = list(one.tags)
            path.write_text(json.dumps(data), encoding="utf-8")

        run = (lambda one=one, plant=plant: against_stock(base, plant, one.marks, one.source)) if one.stock else None
        rows.append((name, one.about, worth, run, ours(graded, name, CODE_EARNED, one.harmless)))
    print("\n### Code\n")
    table(rows, sum(CODE_EARNED.values()))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--only", nargs="*", default=[], help="names of attacks")
    chosen = set(options.parse_args().only)
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    folder.chmod(0o755)
    try:
        data_attacks(folder, chosen)
        code_attacks(folder, chosen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
