"""Code that would earn by other means than being right, or would harm the grader. Each stands as the solution cell of `codecourse`, before its test cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codecourse import EARNED, HONEST, NOTHING, WRONG

WAITS: dict[str, float | None] = dict.fromkeys(EARNED)
"""No points until a grader has looked."""


@dataclass(frozen=True)
class Code:
    """`scores` by test cell, None for one that waits for a grader; `told` are words of the grader's line, alternatives parted by "|".

    Where nothing is told, `harmless` says why. `files` lie beside the notebook; `tags` are put on the test cells. `marks` are words that the code shows
    if it has found what it must not find. `stock` is False where the cage that stock nbgrader is put in would decide the outcome.
    """

    about: str
    source: str
    scores: Mapping[str, float | None] = field(default_factory=lambda: NOTHING)
    told: str = ""
    harmless: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    stock: bool = True


def wrong(source: str) -> str:
    """Code beside a solution that is wrong."""
    return f"{WRONG}\n{source.strip()}"


def honest(source: str) -> str:
    """Code beside a solution that is right."""
    return f"{HONEST}\n{source.strip()}"


def _forge(data: str) -> str:
    """A display hook put in place while the tests run, which shows this."""
    return f"""
def forged(self, value=None):
    content = {{'execution_count': 1, 'data': {data}, 'metadata': {{}}}}
    self.session.send(self.pub_socket, 'execute_result', content, parent=self.parent_header, ident=self.topic)
def total(fees):
    type(get_ipython().displayhook).__call__ = forged
    return 0
""".strip()


EVERYTHING = """
import os, sys
def everything():
    passed_over = ('/proc', '/sys', '/usr', '/dev', '/lib', sys.prefix, sys.base_prefix)
    for folder, below, names in os.walk('/'):
        below[:] = [name for name in below if os.path.join(folder, name) not in passed_over]
        yield from (os.path.join(folder, name) for name in names)
"""
PARTIAL_WAITS = {**NOTHING, "test-partial": None}
PUT_BACK = "was put back before this test"
DECIDES = "decides by itself what it is equal to"
MUCH = "it printed more than"
ENDED = "did not run to its end"
NO_GAIN = "an error of the student's own code, as any other"

FORGED = {
    "nan": Code("a result that is no number, which stock nbgrader takes for full marks", _forge("{'text/plain': 'nan'}"), PARTIAL_WAITS, "a number that is none (NaN)"),
    "overscore": Code("a thousand points as result", _forge("{'text/plain': '1000'}"), PARTIAL_WAITS, "gave 1000 points of 4"),
    "negative": Code("points below nought as result", _forge("{'text/plain': '-1'}"), PARTIAL_WAITS, "gave -1 points of 4"),
    "no-text": Code("a result without text", _forge("{'text/html': '4'}"), PARTIAL_WAITS, "without plain text"),
    "no-bundle": Code("a result that is no bundle, so that none is shown", _forge("'4'"), PARTIAL_WAITS, "showed none"),
    "record": Code("a score record as result", _forge("{'application/vnd.medcoding.score+json': {'publication': 'x'}, 'text/plain': '0'}"), told=PUT_BACK),
    "equal": Code("an object equal to everything", "class Equal:\n    def __eq__(self, other):\n        return True\ndef total(fees):\n    return Equal()", WAITS, DECIDES),
    "equal-number": Code(
        "a number equal to everything",
        "class Number(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\ndef total(fees):\n    return Number(0)", WAITS, DECIDES),
    "equal-library": Code(
        "an object equal to everything that calls itself a DataFrame",
        "class Equal:\n    __eq__ = lambda self, other: True\nEqual.__module__, Equal.__qualname__ = 'pandas', 'DataFrame'\ndef total(fees):\n    return Equal()", WAITS, DECIDES),
    "skipped": Code("tags by which the tests would be passed over, and may raise", WRONG, tags=("skip-execution", "raises-exception"), told="it is tagged to be passed over"),
    "clear": Code(
        "a right answer that clears what the test showed",
        "from IPython.display import clear_output\ndef total(fees):\n    get_ipython().showsyntaxerror()\n    clear_output()\n    return sum(fees)",
        told="took its error back from view"),
    "update": Code("a later change of what an earlier test showed", """
from IPython.display import display
handles = []
def total(fees):
    handles.append(display('here', display_id='mine'))
    if len(handles) > 3:
        handles[0].update('4')
    return 0
""".strip(), harmless="what a test showed is not changed afterwards"),
    "unsigned": Code("messages signed by another key", wrong("get_ipython().display_pub.session.key = b'other'\nprint('x')"), told=ENDED),
    "malformed": Code("messages of no known shape", wrong("""
ip = get_ipython()
def send(kind, content):
    ip.display_pub.session.send(ip.display_pub.pub_socket, kind, content, parent=ip.display_pub.parent_header)
send('display_data', {'data': {'text/plain': [[[['x']]]]}, 'metadata': 7, 'transient': 'no'})
send('unknown_kind', {'data': 1})
send('comm_open', {'comm_id': 'x', 'data': {'state': {'a': 'b'}}, 'target_name': 'jupyter.widget'})
send('medcoding_put_back', {'names': ['\\x1b[2J', 7, 'x' * 1000]})
"""), harmless="messages that are none are left out"),
    "shadowed": Code("modules beside the notebook in place of the grader's", wrong("import pandas"), told="Named like what grading itself uses",
                     files=dict.fromkeys(("pandas.py", "json.py", "ast.py", "sitecustomize.py", "nbgrader_config.py"), "raise SystemExit(0)")),
}
READING = {
    "gradebook-read": Code("reading the gradebook", wrong(EVERYTHING + """
for path in everything():
    if path.endswith('gradebook.db') and open(path, 'rb').read(6):
        print('READ')
"""), harmless="it is not there to be found", marks=("READ",)),
    "gradebook-written": Code("points of one's own in the gradebook", wrong(EVERYTHING + """
import sqlite3
for path in everything():
    if path.endswith('gradebook.db'):
        with sqlite3.connect(path, timeout=5) as base:
            base.execute('update grade set manual_score = 99')
        print('WRITTEN')
"""), harmless="it is not there to be found", marks=("WRITTEN",)),
    "source-read": Code("reading solutions and keys", wrong(EVERYTHING + """
for path in everything():
    if path.endswith(('.ipynb', '.json', '.yaml')):
        try:
            text = open(path, errors='ignore').read(5_000_000)
        except OSError:
            continue
        if 'BEGIN SOL' 'UTION' in text or 'planted-' 'in-the-key' in text:
            print('READ')
"""), harmless="they are not there to be found", marks=("READ",)),
    "peers-read": Code("reading a classmate's work", wrong(EVERYTHING + """
for path in everything():
    if '/ada/' in path and open(path, 'rb').read(1):
        print('READ')
"""), harmless="it is not there to be found", marks=("READ",)),
    "peers-written": Code("spoiling a classmate's work", wrong(EVERYTHING + """
for path in everything():
    if '/submitted/zoe/' in path or '/autograded/ada/' in path:
        try:
            os.chmod(path, 0o666)
            open(path, 'w').write('spoiled')
            print('WRITTEN')
        except OSError:
            pass
"""), harmless="it is not there to be found", marks=("WRITTEN",)),
    "own-files-written": Code("changing one's own answers, timestamp and data while being graded", honest("""
for path in ('answers.json', 'fees.csv', 'timestamp.txt', 'two.ipynb'):
    try:
        open(path, 'w').write('overwritten')
    except OSError:
        pass
"""), EARNED, harmless="the code has a copy of its own, gone with it"),
    "environment-read": Code("reading the grader's environment and secrets", wrong("""
import os
if 'planted' in os.environ.get('GRADERS_TOKEN', '') or any(path for path in ('/etc/shadow', '/root/.ssh') if os.access(path, os.R_OK)):
    print('READ')
"""), harmless="nothing of it is passed on", marks=("READ",)),
    "network": Code("a call to the network", wrong("""
import socket
for family, address in ((socket.AF_INET, ('127.0.0.1', 22)), (socket.AF_INET, ('1.1.1.1', 53)), (socket.AF_INET6, ('::1', 22))):
    try:
        with socket.socket(family) as made:
            made.settimeout(0.2)
            if made.connect_ex(address) == 0:
                print('CONNECTED')
    except OSError:
        pass
"""), harmless="there is none", marks=("CONNECTED",), stock=False),
}
LIMITS = {
    "exit": Code("a kernel that ends itself before the tests", honest("import os\nos._exit(0)"), told="its kernel ended itself with exit code 0"),
    "exit-in-test": Code(
        "a kernel that ends itself within a test", "def total(fees):\n    if len(fees) == 1:\n        __import__('os')._exit(0)\n    return sum(fees)",
        {**NOTHING, "test-sum": 2.0}, "its kernel ended itself with exit code 0"),
    "system-exit": Code("leaving a test by SystemExit", "def total(fees):\n    raise SystemExit(0)", harmless=NO_GAIN),
    "loop": Code("an infinite loop", wrong("while True:\n    pass"), told="took longer than a cell may"),
    "stubborn": Code(
        "a loop that cannot be interrupted", wrong("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"), told=ENDED),
    "flood": Code("infinite output", wrong("while True:\n    print('x' * 10_000)"), told=MUCH),
    "flood-errors": Code("infinite output of errors", wrong("import sys\nwhile True:\n    print('x' * 10_000, file=sys.stderr)"), told=MUCH),
    "flood-display": Code("infinitely many displays", wrong("from IPython.display import display, HTML\nwhile True:\n    display(HTML('<b>' * 10_000))"), told=MUCH),
    "flood-in-test": Code("much output in a test", "def total(fees):\n    print('x' * 2_000_000)\n    return sum(fees)", told=f"{MUCH}|More than"),
    "flood-at-once": Code("fifty megabytes in one line", "def total(fees):\n    print('x' * 50_000_000)\n    return sum(fees)", told=MUCH),
    "one-message": Code(
        "fifty megabytes in one message", wrong("from IPython.display import display, HTML\ndisplay(HTML('x' * 50_000_000))"), told=f"printed more at once|{MUCH}"),
    "memory": Code("a memory bomb", wrong("held = [bytearray(50_000_000) for _ in range(1000)]"), told="asked for more memory|more than 512 MB of memory"),
    "forks": Code("a fork bomb", wrong("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"), told=ENDED),
    "disk": Code("filling the disk", wrong("with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(1_000_000))"), harmless=NO_GAIN),
    "detached": Code(
        "a process that lives on", honest("import subprocess\nsubprocess.Popen(['sleep', '65432.1'], start_new_session=True)"), EARNED,
        harmless="it ends with the notebook"),
    "signal": Code(
        "signals to the parent and to everybody",
        honest("import os, signal\nfor number in (15, 19, 9):\n    try:\n        os.kill(os.getppid(), number)\n    except OSError:\n        pass"), EARNED,
        harmless="the process that watches takes none from within"),
    "clock": Code(
        "a clock that stands still, and no interrupts", honest("import signal, time\ntime.time = time.monotonic = time.perf_counter = lambda: 0.0\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"),
        EARNED, harmless="the clock that counts is the grader's"),
    "clock-loop": Code(
        "an infinite loop under a clock that stands still, without interrupts",
        wrong("import signal, time\ntime.time = time.monotonic = lambda: 0.0\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"), told=ENDED),
    "escapes": Code("lone surrogates, escapes and NUL in what is printed", honest("print('\\ud800 \\x1b[31m \\x00')"), EARNED, harmless="text is text"),
    "log": Code(
        "a false line of the log", wrong("import os, sys\nsys.stdout.write('\\nzoe: not graded\\n')\nraise RuntimeError('x\\nzoe: not graded: cheated\\x1b[1A')"),
        harmless="it stands in the student's own cell"),
}
