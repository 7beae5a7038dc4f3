"""Attacks of code and of notebooks against stock nbgrader and against this course's grading, as a table.

    python tests/benchmarks/bench_attacks.py [--only NAME ...]

The stock course has the same lesson with ordinary test cells and stock configuration. It is graded inside a bubblewrap cage with limits, each attack in a
class of its own between two honest classmates, so that neither this machine nor another attack suffers. What would take a machine down is not tried there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from codecourse import HONEST, TESTS, WRONG, code_grades, grader, release_code, submit_code
from medcoding.grading.run import grade_assignment
from minicourse import FULL, MiniCourse, code_cell

warnings.simplefilter("ignore")

CODE = {
    "always-equal object": "class Equal:\n    def __eq__(self, other):\n        return True\ndef total(fees):\n    return Equal()",
    "AST transformer": f"{WRONG}\nimport ast\nclass Nothing(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\nget_ipython().ast_transformers.append(Nothing())",
    "input transformer": f"{WRONG}\nget_ipython().input_transformers_cleanup.append(lambda lines: ['4'])",
    "display hook forged": f"{WRONG}\nfrom ipykernel.displayhook import ZMQShellDisplayHook\nold = ZMQShellDisplayHook.__call__\nZMQShellDisplayHook.__call__ = lambda self, value=None: old(self, 4)",
    "tests not run (run_code patched)": f"{WRONG}\nasync def nothing(self, *given, **more):\n    return False\ntype(get_ipython()).run_code = nothing",
    "run_cell patched": f"{WRONG}\nip = get_ipython()\nold = ip.run_cell_async\nip.run_cell_async = lambda code, **more: old('4', **{{**more, 'transformed_cell': '4'}})",
    "errors hidden": f"{WRONG}\ntype(get_ipython())._showtraceback = lambda *given: None",
    "nan as result": "def forged(self, value=None):\n    self.session.send(self.pub_socket, 'execute_result', {'execution_count': 1, 'data': {'text/plain': 'nan'}, 'metadata': {}}, "
                     "parent=self.parent_header, ident=self.topic)\ndef total(fees):\n    type(get_ipython().displayhook).__call__ = forged\n    return 0",
    "1000 points as result": "def forged(self, value=None):\n    self.session.send(self.pub_socket, 'execute_result', {'execution_count': 1, 'data': {'text/plain': '1000'}, 'metadata': {}}, "
                             "parent=self.parent_header, ident=self.topic)\ndef total(fees):\n    type(get_ipython().displayhook).__call__ = forged\n    return 0",
    "gradebook read": f"{WRONG}\nimport glob, os\nfound = [path for root in ('/tmp/cage', os.getcwd(), os.path.expanduser('~')) for path in glob.glob(root + '/**/gradebook.db', recursive=True)]\nprint('READ') if any(open(path, 'rb').read(6) for path in found) else None",
    "gradebook written": f"{WRONG}\nimport glob, sqlite3\nfor path in glob.glob('/tmp/cage/**/gradebook.db', recursive=True):\n    with sqlite3.connect(path, timeout=5) as base:\n        base.execute('update grade set manual_score = 99')\n    print('WRITTEN')",
    "answers of the source read": f"{WRONG}\nimport glob\nfor path in glob.glob('/tmp/cage/**/source/**/*.ipynb', recursive=True):\n    if 'BEGIN SOL' 'UTION' in open(path).read():\n        print('READ')",
    "a classmate's work read": f"{WRONG}\nimport glob\nfor path in glob.glob('/tmp/cage/**/submitted/ada/**/*.ipynb', recursive=True):\n    print('READ', len(open(path).read()))",
    "os._exit": f"{HONEST}\nimport os\nos._exit(0)",
    "infinite loop": f"{WRONG}\nwhile True:\n    pass",
    "infinite output": f"{WRONG}\nwhile True:\n    print('x' * 10_000)",
    "signal to the parent": f"{WRONG}\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "a process that lives on": f"{HONEST}\nimport subprocess\nsubprocess.Popen(['sleep', '54321.5'], start_new_session=True)",
    "stderr in a test": "def total(fees):\n    import sys\n    print('x', file=sys.stderr)\n    return sum(fees)",
}
"""Name and source of the solution cell. Those that start from HONEST would earn their points; the others earn none."""


def _edit(change):
    def plant(path: Path) -> None:
        data = json.loads(path.read_text())
        change(data)
        path.chmod(0o644)
        path.write_text(json.dumps(data))

    return plant


def _tests(data: dict) -> list[dict]:
    return [cell for cell in data["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def _delete(data: dict) -> None:
    gone = [cell["id"] for cell in _tests(data)]
    data["cells"] = [cell for cell in data["cells"] if cell["id"] not in gone]


def _duplicate(data: dict) -> None:
    data["cells"].append({**_tests(data)[0], "id": "copy"})
    data["cells"].append({**_tests(data)[0], "id": "copy2"})


def _retype(data: dict) -> None:
    for cell in _tests(data):
        cell["cell_type"] = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _skip(data: dict) -> None:
    for cell in _tests(data):
        cell["metadata"]["tags"] = ["skip-execution"]


def _damage(data: dict) -> None:
    for cell in data["cells"]:
        cell["metadata"]["nbgrader"] = "nothing"


NOTEBOOKS = {
    "test cells deleted": _edit(_delete),
    "a test cell three times": _edit(_duplicate),
    "test cells turned into text": _edit(_retype),
    "tests tagged to be skipped": _edit(_skip),
    "nbgrader's metadata damaged": _edit(_damage),
    "a notebook that is none": lambda path: (path.chmod(0o644), path.write_text("{")),
    "a pipe in the folder": lambda path: os.mkfifo(path.parent / "pipe"),
    "a timestamp that is none": lambda path: (path.parent / "timestamp.txt").write_text("0000-00-00 99:99:99 UTC"),
}

CAGED = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from medcoding.grading.release import Releases
api = Releases(Path("/tmp/cage/course")).api
done = {}
for student in ("ada", "eve", "zoe"):
    result = api.autograde("ps", student)
    done[student] = result["success"]
    Path("/tmp/cage/done.json").write_text(json.dumps(done))
"""


def stock_course(folder: Path) -> Path:
    """A released course as anybody would write it: test cells with assert, stock configuration."""
    course = folder / "course"
    (course / "source" / "ps").mkdir(parents=True)
    (course / "exchange").mkdir()
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.root = '/tmp/cage/course'\nc.CourseDirectory.course_id = 'stock'\nc.Exchange.root = '/tmp/cage/course/exchange'\n"
        "c.ExecutePreprocessor.timeout = 5\nc.Execute.timeout = 5\n", encoding="utf-8")
    cells = [code_cell("total", "def total(fees):\n    ### BEGIN SOLUTION\n    return sum(fees)\n    ### END SOLUTION", nbgrader=grader("total", 0, solution=True))]
    cells += [code_cell(name, source, nbgrader=grader(name, points)) for name, (points, source) in TESTS.items()]
    notebook = {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    (course / "source" / "ps" / "two.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return course


def _submit_stock(course: Path, student: str, source: str) -> Path:
    target = course / "submitted" / student / "ps"
    shutil.copytree(course / "release" / "ps", target)
    (target / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC")
    _edit(lambda data: [cell.update(source=source) for cell in data["cells"] if cell["id"] == "total"])(target / "two.ipynb")
    return target / "two.ipynb"


def caged(folder: Path, script: str, seconds: int = 90) -> int:
    """Run Python in a cage that sees `folder` as /tmp/cage, writable, and the rest of the machine read-only."""
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
               "--bind", str(folder), "/tmp/cage", "--setenv", "HOME", "/tmp/cage", "--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin", "--chdir", "/tmp/cage", "prlimit", "--nproc=400", "--as=6000000000", "--fsize=200000000",
               sys.executable, "-c", script]
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=seconds, check=False)
        if os.environ.get("BENCH_DEBUG"):
            print(done.stderr[-2000:])
        return done.returncode
    except subprocess.TimeoutExpired:
        return -1


def scores(folder: Path, student: str) -> dict[str, float | None] | None:
    """The test cells' scores in the stock gradebook; a manual one counts, for an attack may have set it."""
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(f"sqlite:///{folder / 'course' / 'gradebook.db'}") as gradebook:
        try:
            found = gradebook.find_submission("ps", student)
        except MissingEntry:
            return None
        return {grade.name: grade.manual_score if grade.manual_score is not None else grade.auto_score for one in found.notebooks for grade in one.grades}


def against_stock(name: str, source: str, plant) -> str:
    """What stock nbgrader makes of one attack."""
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    try:
        course = stock_course(folder)
        assert caged(folder, CAGED.split("done = {}")[0] + "assert api.generate_assignment('ps')['success']") == 0
        for honest in ("ada", "zoe"):
            _submit_stock(course, honest, HONEST)
        path = _submit_stock(course, "eve", source)
        if plant:
            plant(path)
        code = caged(folder, CAGED)
        done = json.loads((folder / "done.json").read_text()) if (folder / "done.json").exists() else {}
        full = sum(points for points, _ in TESTS.values())
        mine = scores(folder, "eve")
        got = sum(score or 0 for score in (mine or {}).values())
        said = [f"{got:g} of {full} points" if mine and done.get("eve") else "left ungraded"]
        rest = [student for student in ("ada", "zoe") if sum(score or 0 for score in (scores(folder, student) or {}).values()) != full]
        if rest:
            said.append(f"{len(rest)} of 2 classmates without their points" if code == 0 else "the run ended; a classmate was left ungraded")
        autograded = course / "autograded" / "eve" / "ps" / "two.ipynb"
        text = autograded.read_text() if autograded.exists() else ""
        said += [word for word, mark in (("it was read", "READ"), ("it was written", "WRITTEN")) if f'"{mark}' in text]
        return "; ".join(said)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def against_ours(attacks: dict[str, tuple[str, object]]) -> dict[str, str]:
    """What this course's grading makes of all attacks, planted in one class."""
    folder = Path(tempfile.mkdtemp(prefix="attack-ours-"))
    try:
        course = release_code(MiniCourse(folder / "course"), "c.ExecuteCode.timeout = 3\nc.ExecuteCode.notebook_timeout = 10\n")
        names = {name: f"eve{number:02d}" for number, name in enumerate(attacks)}
        for honest in ("ada", "zoe"):
            submit_code(course, honest, HONEST)
        for name, (source, plant) in attacks.items():
            path = submit_code(course, names[name], source)
            if plant:
                plant(path)
        summary = grade_assignment(course.root, course.assignment, workers=2)
        full = sum(points for points, _ in TESTS.values())
        classmates = all(sum(score or 0 for score in code_grades(course, student)[0].values()) == full for student in ("ada", "zoe"))
        found = {}
        for name, student in names.items():
            if student in summary.ungraded:
                found[name] = "left ungraded"
                continue
            grades = course.grades(student)
            mine = {cell: score for cell, score in grades.items() if cell not in FULL}
            waits = sum(score is None for score in mine.values())
            said = [f"{sum(score or 0 for score in mine.values()):g} of {full} points"]
            said += [f"{waits} cell{'s' if waits > 1 else ''} wait for a grader"] if waits else []
            text = (course.root / "autograded" / student / course.assignment / "two.ipynb").read_text()
            said += [word for word, mark in (("it was read", '"READ'), ("it was written", '"WRITTEN')) if mark in text]
            said += ["classmates whole" if classmates else "CLASSMATES NOT WHOLE"]
            found[name] = "; ".join(said)
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--only", nargs="*", default=[])
    chosen = options.parse_args()
    attacks = {name: (source, None) for name, source in CODE.items()} | {name: (WRONG, plant) for name, plant in NOTEBOOKS.items()}
    attacks = {name: attack for name, attack in attacks.items() if not chosen.only or name in chosen.only}
    mine = against_ours(attacks)
    print("| attack | honest worth | stock nbgrader | this course |\n|---|---|---|---|")
    full = sum(points for points, _ in TESTS.values())
    for name, (source, plant) in attacks.items():
        worth = full if HONEST in source or "return sum(fees)" in source else 0
        print(f"| {name} | {worth} of {full} | {against_stock(name, source, plant)} | {mine[name]} |", flush=True)
    print("\nNot tried against stock nbgrader, for they would take a machine down: fork bomb, memory bomb. Files of a hundred gigabytes that take no room are copied by it in full.")


if __name__ == "__main__":
    main()
