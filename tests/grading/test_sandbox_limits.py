"""What a notebook may use, tried by code that wants more. After each, the kernel goes on or is ended with a reason, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from medcoding.grading.sandbox.limits import MB
from minicourse import ROOT
from sandboxed import is_gone, needs_sandbox, processes_named, run

pytestmark = pytest.mark.hostile


@pytest.fixture(autouse=True, scope="module")
def _sandbox() -> None:
    needs_sandbox()


@pytest.fixture(autouse=True)
def _the_next_one_works():
    yield
    assert run("6 * 7").shown == ["42"]


def test_one_process_asking_for_memory_gets_an_error() -> None:
    ran = run("x = bytearray(900_000_000)", "import numpy\nnumpy.ones((40000, 40000))", "'still here'", memory=512 * MB)
    assert ran.shown[0].startswith("MemoryError") and "MemoryError" in ran.shown[1] and ran.shown[2] == "'still here'"


def test_many_processes_that_take_memory_end_the_notebook() -> None:
    bomb = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = os.urandom(90_000_000)
        time.sleep(60)
time.sleep(60)
"""
    assert run(bomb, memory=300 * MB).ended == "its processes used more than 300 MB of memory"


def test_memory_that_processes_share_counts_once() -> None:
    share = """
import os
held = os.urandom(150_000_000)
children = []
for _ in range(6):
    child = os.fork()
    if child == 0:
        import time
        time.sleep(0.5)
        os._exit(0)
    children.append(child)
[os.waitpid(child, 0)[1] for child in children]
"""
    ran = run(share, memory=600 * MB)
    assert ran.shown == ["[0, 0, 0, 0, 0, 0]"] and ran.ended == ""


FORK_BOMB = """
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60)
        made += 1
except OSError as error:
    print(type(error).__name__, made < 40)
"""


def test_a_fork_bomb_stops_at_the_limit() -> None:
    ran = run(FORK_BOMB, "import threading\nthreading.Thread(target=print).start()", processes=40)
    assert ran.shown[0] == "BlockingIOError True" and "can't start new thread" in ran.shown[1]


def test_a_fork_bomb_that_never_stops_is_ended_with_its_notebook() -> None:
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    ran = run(bomb, seconds=4, timeout=60)
    assert ran.ended in ("it ran longer than 4 seconds", "it used more than 120 seconds of processor time")


def test_an_infinite_loop_is_interrupted_and_the_notebook_goes_on() -> None:
    ran = run("x = 1", "while True:\n    pass", "x + 1", timeout=1)
    assert ran.shown == ["", "KeyboardInterrupt:", "2"]


def test_a_loop_that_cannot_be_interrupted_is_ended() -> None:
    stubborn = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    assert run(stubborn, timeout=60, seconds=2).ended == "it ran longer than 2 seconds"


def test_processor_time_is_bounded_over_all_processes() -> None:
    assert "SIGKILL" in run("while True:\n    pass", cpu=1, seconds=60, timeout=60).ended, "by the system, of one process"
    many = "import os\nfor _ in range(5):\n    os.fork()\nwhile True:\n    pass"
    assert run(many, cpu=2, seconds=60, timeout=60).ended == "it used more than 2 seconds of processor time"


WRITES = {
    "a giant file": ("with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(1_000_000))", "File too large|No space left"),
    "a sparse file": ("with open('sparse', 'wb') as file:\n    file.truncate(10**12)", "File too large"),
    "a hole": ("with open('hole', 'wb') as file:\n    file.seek(10**12)\n    file.write(b'x')", "File too large"),
    "many files": ("import itertools\nfor n in itertools.count():\n    open(f'f{n}', 'w').close()", "No space left|Too many open files"),
    "many folders": ("import itertools, os\nfor n in itertools.count():\n    os.mkdir(f'd{n}')", "No space left"),
    "shared memory": ("for n in range(100):\n    open(f'/dev/shm/{n}', 'wb').write(bytes(1_000_000))", "No space left"),
    "temporary files": ("import tempfile\nkept = [tempfile.TemporaryFile() for _ in range(100)]\nfor one in kept:\n    one.write(bytes(1_000_000))", "No space left"),
    "memory files": ("import os\nos.memfd_create('x')", "Operation not permitted"),
    "a file system of the kernel": ("import mmap\nmmap.mmap(-1, 4_000_000_000)", "Cannot allocate memory"),
    "open files": ("import os\nkept = [open('/dev/null') for _ in range(10_000)]", "Too many open files"),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_and_opened_is_bounded(name: str) -> None:
    source, words = WRITES[name]
    ran = run(source, "kept = one = file = None\nimport os, shutil\nfor name in os.listdir():\n    os.unlink(name) if os.path.isfile(name) else os.rmdir(name)\n1 + 1",
              scratch=16 * MB, scratch_files=500)
    assert any(word in ran.shown[0] for word in words.split("|")), ran.shown
    assert ran.shown[1].endswith("2") and ran.ended == ""


def test_a_shared_memory_segment_of_the_old_kind_is_refused() -> None:
    ran = run("import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.shmget(0, 10**9, 0o1600), libc.msgget(0, 0o1600))")
    assert ran.shown == ["-1 -1"]


ENDS = {
    "os._exit(0)": "its kernel ended itself with exit code 0",
    "os._exit(7)": "its kernel ended itself with exit code 7",
    "os.kill(os.getpid(), 9)": "its kernel was ended by SIGKILL",
    "os.abort()": "its kernel was ended by SIGABRT",
    "import ctypes; ctypes.string_at(0)": "its kernel was ended by SIGSEGV",
}


@pytest.mark.parametrize("source", ENDS)
def test_a_kernel_that_ends_itself_is_told_of(source: str) -> None:
    ran = run("import os\nprint('before')", source, "'after'")
    assert ran.shown == ["before"] and ran.ended == ENDS[source]


def test_signals_to_its_parent_and_to_everybody_reach_nobody_else() -> None:
    shoot = """
import os, signal
for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGSEGV):
    os.kill(os.getppid(), number)
print('shot')
"""
    everybody = "import subprocess\nvictim = subprocess.Popen(['sleep', '60'])\nos.kill(-1, signal.SIGKILL)\nvictim.wait()"
    ran = run(shoot, everybody, "os.getppid()")
    assert ran.shown == ["shot", "-9", "1"] and ran.ended == ""


def test_its_parent_cannot_be_slowed_or_limited() -> None:
    tries = """
import os, resource
def tried(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        return error.strerror
print(tried(resource.prlimit, 1, resource.RLIMIT_CPU, (0, 0)), tried(os.sched_setaffinity, 1, {0}), tried(os.setpriority, os.PRIO_PROCESS, 1, 19),
      tried(os.sched_setscheduler, 1, os.SCHED_IDLE, os.sched_param(0)), sep=', ')
print(tried(open, '/proc/1/mem', 'rb'), tried(os.listdir, '/proc/1/fd'), tried(os.listdir, '/proc/1'), sep=', ')
"""
    first, second = run(tries).shown[0].splitlines()
    assert first == ", ".join(["Operation not permitted"] * 4)
    assert second == ", ".join(["No such file or directory"] * 3), "the parent is not even to be seen"


def test_limits_cannot_be_raised() -> None:
    raise_ = """
import resource
for what in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
    soft, hard = resource.getrlimit(what)
    assert soft == hard != resource.RLIM_INFINITY
    try:
        resource.setrlimit(what, (hard + 1, hard + 1))
        print('raised')
    except ValueError as error:
        print(error)
"""
    assert run(raise_).shown[0].splitlines() == ["not allowed to raise maximum limit"] * 5


def test_clock_games_change_nothing_outside() -> None:
    game = """
import time, ctypes
for name in ('time', 'monotonic', 'perf_counter', 'sleep'):
    setattr(time, name, lambda *a: 0)
try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
except OSError as error:
    print(error.strerror)
"""
    assert run(game, "while True:\n    pass", timeout=60, seconds=2).shown == ["Operation not permitted"]
    assert run(game, "while True:\n    pass", timeout=60, seconds=2).ended == "it ran longer than 2 seconds"


GRADER = """
import sys, time
sys.path.insert(0, {tests!r})
from sandboxed import kernel, cell
with kernel() as client:
    cell(client, "import subprocess\\nsubprocess.Popen(['sleep', '87654.5'], start_new_session=True)")
    print('started', flush=True)
    time.sleep(600)
"""


def test_all_dies_with_a_grader_that_is_killed() -> None:
    grader = subprocess.Popen([sys.executable, "-c", GRADER.format(tests=str(ROOT / "tests"))], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None and grader.stdout.readline() == "started\n"
    sleepers = processes_named("sleep 87654.5")
    sandboxes = [pid for pid in processes_named("--die-with-parent") if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1] == str(grader.pid)]
    assert len(sleepers) == 1 and len(sandboxes) == 1
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    assert all(is_gone(pid) for pid in (*sleepers, *sandboxes))


def test_an_ordinary_user_has_the_same_walls(tmp_path: Path) -> None:
    """Root prepares a second user for its sandboxes; here an ordinary user, who cannot, has one made by bubblewrap alone."""
    if os.geteuid() != 0:
        pytest.skip("all other tests run as an ordinary user here")
    homes = [path for path in (Path(sys.base_prefix), Path(sys.prefix)) if path.is_relative_to("/root")]
    script = tmp_path / "enter.sh"
    lines = ["set -e"]
    for number, path in enumerate(homes):
        lines.append(f"mkdir -p {tmp_path}/kept{number} && mount --bind {path} {tmp_path}/kept{number}")
    if homes:
        lines.append("mount -t tmpfs -o mode=755 tmpfs /root")
    for number, path in enumerate(homes):
        lines.append(f"mkdir -p {path} && mount --bind {tmp_path}/kept{number} {path}")
    lines.append('exec setpriv --reuid 12321 --regid 12321 --clear-groups --inh-caps=-all -- "$@"')
    script.write_text("\n".join(lines))
    program = f"""
import os, sys
sys.path.insert(0, {str(ROOT / 'tests')!r})
os.environ['HOME'] = '/tmp'
from medcoding.grading.sandbox.bubblewrap import way
from sandboxed import run
assert os.getuid() == 12321 and not way().root
status = run("print(open('/proc/self/status').read())", "import os\\nprint(os.path.exists({str(ROOT / 'source')!r}), os.listdir('/home'))").shown
print([line for line in status[0].splitlines() if line.startswith(('Uid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp:'))], status[1])
print(run({FORK_BOMB!r}, processes=40).shown, run('os._exit(1)', 'import os; os._exit(1)').ended)
"""
    done = subprocess.run(["unshare", "--mount", "sh", str(script), sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    first, second = done.stdout.splitlines()
    assert "'Uid:\\t65533\\t65533\\t65533\\t65533'" in first and first.count("0000000000000000") == 2 and first.endswith("False ['student']")
    assert second == "['BlockingIOError True'] its kernel ended itself with exit code 1"
