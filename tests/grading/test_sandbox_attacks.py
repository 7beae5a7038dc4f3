"""A class of attackers with an honest student among them, graded in one run: nobody earns by attacking, and the grader is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from codecourse import EARNED, HONEST, NOTHING, SECRET, WRONG, code_grades, release_code, shown, submit_code
from medcoding.grading.run import grade_assignment
from minicourse import MiniCourse
from sandboxed import needs_sandbox, processes_named

pytestmark = pytest.mark.hostile

FORGE = """
def forged(self, value=None):
    self.session.send(self.pub_socket, 'execute_result', {{'execution_count': 1, 'data': {data}, 'metadata': {{}}}}, parent=self.parent_header, ident=self.topic)
def total(fees):
    type(get_ipython().displayhook).__call__ = forged
    return 0
"""
PATCHES = {
    "builtins": "import builtins\nbuiltins.sum = builtins.len = builtins.isinstance = lambda *given: 200\nbuiltins.AssertionError = type('Never', (Exception,), {})",
    "compile": "import builtins\nold = builtins.compile\nbuiltins.compile = lambda source, *rest, **more: old('4' if 'total(' in str(source) else source, *rest, **more)",
    "exec": "import builtins\nbuiltins.exec = lambda *given: None",
    "ast-transformer": "import ast\nclass Nothing(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\nget_ipython().ast_transformers.append(Nothing())",
    "input-transformer": "get_ipython().input_transformers_cleanup.append(lambda lines: ['4'])",
    "input-transformer-post": "get_ipython().input_transformers_post.append(lambda lines: ['4'])",
    "run-cell": "ip = get_ipython()\nold = ip.run_cell_async\nip.run_cell_async = lambda code, **more: old('4', **{**more, 'transformed_cell': '4'})",
    "run-code": "async def nothing(self, *given, **more):\n    return False\ntype(get_ipython()).run_code = nothing",
    "run-ast": "from IPython.core.interactiveshell import InteractiveShell\nasync def nothing(self, *given, **more):\n    return False\nInteractiveShell.run_ast_nodes = nothing",
    "do-execute": "async def fine(*given, **more):\n    return {'status': 'ok', 'execution_count': 1, 'user_expressions': {}, 'payload': []}\ntype(get_ipython().kernel).__mro__[1].do_execute = fine",
    "traceback": "type(get_ipython())._showtraceback = lambda *given: None",
    "displayhook": "import sys\nsys.displayhook = lambda value: None",
    "displayhook-class": "from ipykernel.displayhook import ZMQShellDisplayHook\nold = ZMQShellDisplayHook.__call__\nZMQShellDisplayHook.__call__ = lambda self, value=None: old(self, 4)",
    "formatter": "get_ipython().display_formatter.formatters['text/plain'].for_type(int, lambda value, printer, cycle: printer.text('4'))",
    "trace": "import sys\ndef leap(frame, event, argument):\n    frame.f_trace_opcodes = True\n    return leap\nsys.settrace(leap)",
    "event": "get_ipython().events.register('pre_run_cell', lambda info: get_ipython().user_ns.update(total=lambda fees: {0: 0, 1: fees[-1], 2: sum(fees)}[len(fees)]))",
}
ATTACKS: dict[str, tuple[str, dict[str, float | None], str]] = {
    # source of the solution; what the test cells earn; words of the line that the grader reads, if there is one
    "nan": (FORGE.format(data="{'text/plain': 'nan'}"), {"test-sum": 0.0, "test-partial": None, "test-last": 0.0}, "test-partial gave a number that is none (NaN)"),
    "overscore": (FORGE.format(data="{'text/plain': '1000'}"), {"test-sum": 0.0, "test-partial": None, "test-last": 0.0}, "test-partial gave 1000 points of 4"),
    "negative": (FORGE.format(data="{'text/plain': '-1'}"), {"test-sum": 0.0, "test-partial": None, "test-last": 0.0}, "test-partial gave -1 points of 4"),
    "no-text": (FORGE.format(data="{'text/html': '4'}"), {"test-sum": 0.0, "test-partial": None, "test-last": 0.0}, "without plain text"),
    "no-bundle": (FORGE.format(data="'4'"), {"test-sum": 0.0, "test-partial": 4.0, "test-last": 0.0}, ""),
    "record": (FORGE.format(data="{'application/vnd.medcoding.score+json': {'publication': 'x'}, 'text/plain': '0'}"), NOTHING, ""),
    "equal": ("class Equal:\n    def __eq__(self, other):\n        return True\ndef total(fees):\n    return Equal()", dict.fromkeys(EARNED), "decides by itself what it is equal to"),
    "equal-number": ("class Number(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\ndef total(fees):\n    return Number(0)",
                     dict.fromkeys(EARNED), "decides by itself what it is equal to"),
    "equal-list": ("class Equal:\n    __eq__ = lambda self, other: True\nEqual.__module__, Equal.__qualname__ = 'pandas', 'DataFrame'\ndef total(fees):\n    return Equal()",
                   dict.fromkeys(EARNED), "decides by itself what it is equal to"),
    "exit": (HONEST + "\nimport os\nos._exit(0)", NOTHING, "its kernel ended itself with exit code 0"),
    "exit-in-test": ("def total(fees):\n    if len(fees) == 1:\n        __import__('os')._exit(0)\n    return sum(fees)", {"test-sum": 2.0, "test-partial": 0.0, "test-last": 0.0},
                     "its kernel ended itself with exit code 0"),
    "system-exit": ("def total(fees):\n    raise SystemExit(0)", NOTHING, ""),
    "loop": (WRONG + "\nwhile True:\n    pass", NOTHING, ""),
    "stubborn": (WRONG + "\nwhile True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass", NOTHING, "did not run to its end"),
    "flood": (WRONG + "\nwhile True:\n    print('x' * 10_000)", NOTHING, "it printed more than"),
    "flood-errors": (WRONG + "\nimport sys\nwhile True:\n    print('x' * 10_000, file=sys.stderr)", NOTHING, "it printed more than"),
    "flood-display": (WRONG + "\nfrom IPython.display import display, HTML\nwhile True:\n    display(HTML('<b>' * 10_000))", NOTHING, "it printed more than"),
    "flood-in-test": ("def total(fees):\n    print('x' * 2_000_000)\n    return sum(fees)", {"test-sum": 0.0, "test-partial": 0.0, "test-last": 0.0}, "it printed more than|More than"),
    "flood-at-once": ("def total(fees):\n    print('x' * 50_000_000)\n    return sum(fees)", {"test-sum": 0.0, "test-partial": 0.0, "test-last": 0.0}, "it printed more than"),
    "one-message": (WRONG + "\nfrom IPython.display import display, HTML\ndisplay(HTML('x' * 50_000_000))", NOTHING, "printed more at once|it printed more than"),
    "memory": (WRONG + "\nheld = [bytearray(50_000_000) for _ in range(1000)]", NOTHING, ""),
    "forks": (WRONG + "\nimport os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass", NOTHING, "did not run to its end"),
    "detached": (HONEST + "\nimport subprocess\nsubprocess.Popen(['sleep', '65432.1'], start_new_session=True)", EARNED, ""),
    "clear": ("from IPython.display import clear_output\ndef total(fees):\n    get_ipython().showsyntaxerror()\n    clear_output()\n    return sum(fees)", NOTHING, ""),
    "update": ("""
from IPython.display import display
handles = []
def total(fees):
    handles.append(display('here', display_id='mine'))
    if len(handles) > 3:
        handles[0].update('4')
    return 0
""", NOTHING, ""),
    "surrogate": (HONEST + "\nprint('\\ud800 \\x1b[31m \\x00')", EARNED, ""),
    "signal": (HONEST + "\nimport os, signal\nfor number in (9, 15, 19):\n    os.kill(os.getppid(), number)", EARNED, ""),
    "deep": (WRONG + """
ip = get_ipython()
ip.display_pub.session.send(ip.display_pub.pub_socket, 'display_data', {'data': {'text/plain': [[[['x']]]]}, 'metadata': 7, 'transient': 'no'}, parent=ip.display_pub.parent_header)
ip.display_pub.session.send(ip.display_pub.pub_socket, 'unknown_kind', {'data': 1}, parent=ip.display_pub.parent_header)
ip.display_pub.session.send(ip.display_pub.pub_socket, 'comm_open', {'comm_id': 'x', 'data': {'state': {'a': 'b'}}, 'target_name': 'jupyter.widget'}, parent=ip.display_pub.parent_header)
""", NOTHING, ""),
    "unsigned": (WRONG + "\nip = get_ipython()\nip.display_pub.session.key = b'other'\nprint('x')", NOTHING, "did not run to its end|"),
    "read": (HONEST + """
import os, sys
found = []
for folder, _, names in os.walk('/'):
    if folder.startswith(('/proc', '/usr', '/dev', '/etc/alternatives', sys.prefix, sys.base_prefix)) or '/medcoding' in folder:
        continue
    found += [os.path.join(folder, name) for name in names if 'gradebook' in name or 'items.yaml' in name or 'answers.json' in name or name.endswith('.ipynb')]
    for name in names:
        try:
            with open(os.path.join(folder, name), errors='ignore') as file:
                if 'planted-' 'in-the-key' in file.read(2_000_000):
                    found.append(name)
        except OSError:
            pass
print('FOUND', found)
""", EARNED, ""),
    "overwrite": (HONEST + """
import os
for path in ('answers.json', 'fees.csv', 'timestamp.txt', '../bob/answers.json', '/tmp/course/gradebook.db'):
    try:
        open(path, 'w').write('overwritten')
    except OSError:
        pass
""", EARNED, ""),
}
ATTACKS |= {f"patched-{name}": (f"{WRONG}\n{patch}", NOTHING, "") for name, patch in PATCHES.items()}


@pytest.fixture
def attacked(tmp_path: Path) -> tuple[MiniCourse, dict[str, list[str]]]:
    """The course graded, with what the grader was told of each student."""
    needs_sandbox()
    course = MiniCourse(tmp_path / "course")
    course.change_item("rationale: The note at the manifestation says code first.", f"rationale: The note says code first. {SECRET}")
    release_code(course, "c.ExecuteCode.timeout = 5\nc.ExecuteCode.notebook_timeout = 12\nc.ExecuteCode.memory = 512\nc.ExecuteCode.cpu_seconds = 20\n")
    for name, (source, _, _) in ATTACKS.items():
        submit_code(course, name, source)
    submit_code(course, "skipped", WRONG, tags={name: ["skip-execution", "raises-exception"] for name in EARNED})
    submit_code(course, "zoe", HONEST)
    summary = grade_assignment(course.root, course.assignment, workers=2)
    assert not summary.ungraded, summary.ungraded
    assert summary.graded.count("zoe") == 1 and len(summary.graded) == len(ATTACKS) + 2
    return course, summary.found


def test_no_attacker_earns_more_than_the_code_and_all_are_graded(attacked: tuple[MiniCourse, dict[str, list[str]]]) -> None:
    """One class and one run, for releasing and grading it takes longest."""
    course, told = attacked
    assert code_grades(course, "zoe") == (EARNED, dict.fromkeys(EARNED, False)) and "zoe" not in told, "the honest student has full points"
    assert code_grades(course, "skipped")[0] == NOTHING, "tags do not let tests be skipped"
    wrong = {name: found for name in ATTACKS if (found := _differs(course, name, told.get(name, [])))}
    assert wrong == {}
    _keys_and_classmates_were_not_found(course)
    _nothing_outside_was_written(course)
    assert processes_named("sleep 65432.1") == [], "nothing lives on"


def _differs(course: MiniCourse, name: str, told: list[str]) -> str:
    """What is other than expected of an attacker; empty if nothing is."""
    _, expected, words = ATTACKS[name]
    scores, asked = code_grades(course, name)
    if scores != expected:
        return f"earned {scores}, told {told}"
    if asked != {cell: score is None for cell, score in expected.items()}:
        return f"a grader is asked for {asked}"
    if words and not any(word in " ".join(told) for word in words.split("|")):
        return f"the grader is told {told}"
    path = course.root / "autograded" / name / course.assignment / "two.ipynb"
    if path.stat().st_size > 3_000_000:
        return f"{path.stat().st_size} bytes of output"
    if "vnd.medcoding.score" in shown(course, name, "total") + shown(course, name, "test-partial"):
        return "a forged score record"
    return ""


def _keys_and_classmates_were_not_found(course: MiniCourse) -> None:
    assert any(SECRET in path.read_text() for path in (course.root / "publications").rglob("*.json")), "it is there to be found"
    text = shown(course, "read", "total")
    assert "FOUND ['/home/student/answers.json']" in text, "nothing but the student's own answers"
    assert SECRET not in text


def _nothing_outside_was_written(course: MiniCourse) -> None:
    for folder in (course.root / "submitted", course.root / "autograded"):
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb"]
        assert files and not any(b"overwritten" in path.read_bytes() for path in files)
