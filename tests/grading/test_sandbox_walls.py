"""What a student's code sees and can reach in its sandbox. Each test has a counterpart that succeeds where the wall is not."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from medcoding.grading.sandbox.bubblewrap import view, way
from medcoding.grading.sandbox.zygotes import Zygotes, zygotes
from minicourse import ROOT, MiniCourse
from sandboxed import SMALL, cell, is_gone, kernel, needs_sandbox, processes_named, run


@pytest.fixture(autouse=True, scope="module")
def _sandbox() -> None:
    needs_sandbox()


WALK = """
import os
found = []
shown = {shown!r}
for top in ('/home', '/root', '/work', '/srv', '/opt', '/mnt', '/var', '/run', '/etc', '/tmp', '/dev', {extra!r}):
    for folder, _, names in os.walk(top):
        if not folder.startswith(tuple(shown)):
            found += [os.path.join(folder, name) for name in names]
print([name for name in found if any(word in name for word in {words!r})])
print(len(found) > 0)
"""


def seen(*words: str, extra: str = "/nowhere", **options) -> list[str]:
    """Files outside of the system's and Python's own folders that code in a sandbox finds and whose paths hold one of the words."""
    python = [] if extra != "/nowhere" else [str(Path(prefix, part)) for prefix in (sys.prefix, sys.base_prefix) for part in ("lib", "bin", "share")]
    (text,) = run(WALK.format(words=words, extra=extra, shown=python), **options).shown
    names, any_at_all = text.splitlines()
    assert any_at_all == "True", "the search itself must find something"
    return eval(names)


def test_it_is_an_ordinary_kernel() -> None:
    ran = run(
        "x = 20 + 1\nx * 2", "print('to stdout')", "import sys\nprint('to stderr', file=sys.stderr)", "1 / 0",
        "import pandas as pd\npd.DataFrame({'code': ['I10']})", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "%pip", "input('?')", "x",
    )
    assert ran.shown[:4] == ["42", "to stdout", "to stderr", "ZeroDivisionError: division by zero"]
    assert "<table" in ran.outputs[4][0].data["text/html"]
    assert ran.outputs[5][0].data["image/png"].startswith("iVBOR"), "a figure is displayed"
    assert ran.shown[7].startswith("StdinNotImplementedError")
    assert ran.outputs[8][0].execution_count == 9 and ran.shown[8] == "21"
    assert ran.ended == ""


def test_nothing_that_is_shown_is_lost() -> None:
    ran = run("from IPython.display import display\nfor n in range(4000):\n    display(n)", "print('x' * 3_000_000)", "for n in range(20_000):\n    print(n)")
    assert len(ran.outputs[0]) == 4000 and ran.outputs[0][-1].data["text/plain"] == "3999"
    assert len(ran.shown[1]) == 3_000_000
    assert ran.shown[2].split() == [str(n) for n in range(20_000)]


def test_it_has_no_rights() -> None:
    (text,) = run("print(open('/proc/self/status').read())").shown
    status = dict(line.split(":\t", 1) for line in text.splitlines())
    assert {status[name].split()[0] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["Uid"].split() == ["65533"] * 4 and status["Gid"].split() == ["65533"] * 4
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")


def test_it_sees_only_its_own_processes() -> None:
    mine, shell = run(
        "import os\nprint(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()) == [os.getpid()], os.getppid())",
        "import subprocess\nprint(subprocess.run(['sh', '-c', 'echo $PPID'], capture_output=True, text=True).stdout)",
    ).shown
    assert mine == "True 1" and shell == "2"


def test_it_finds_neither_bank_nor_source_nor_gradebook_nor_keys(released: MiniCourse) -> None:
    released.submit("bob")
    assert (released.root / "gradebook.db").exists() and list((released.root / "publications").iterdir())
    hidden = (released.root,)
    assert seen("gradebook", "items.yaml", "publications", "submitted", "secret", "nbgrader_config", ".ipynb", "id_rsa", "shadow", hidden=hidden) == []
    reads = "\n".join(
        f"try:\n    print(open({str(path)!r}).read(1))\nexcept OSError as error:\n    print(type(error).__name__)"
        for path in (released.root / "gradebook.db", released.items_file, released.root / "submitted" / "bob" / released.assignment / "answers.json",
                     ROOT / "nbgrader_config.py", ROOT / "course" / "home.md", Path.home() / ".bashrc", Path("/etc/shadow"), Path("/etc/passwd"))
    )
    assert run(reads, hidden=hidden).shown == ["\n".join(["FileNotFoundError"] * 8)]


def test_this_package_is_there_without_the_rest_of_its_folder() -> None:
    folder = ROOT / "course"
    package, listed = run("import medcoding.codes\nprint(medcoding.__file__)", f"import os\nprint(sorted(os.listdir({str(folder)!r})))").shown
    assert package == str(folder / "medcoding" / "__init__.py")
    assert listed == "['medcoding']" and (folder / "bank").is_dir()


@pytest.fixture
def inside_the_prefix():
    """A course that somebody keeps within a folder of the system that a sandbox shows."""
    folder = Path(sys.prefix) / "share" / f"course-{os.getpid()}"
    (folder / "publications").mkdir(parents=True)
    (folder / "publications" / "keyed-names.json").write_text("the key")
    yield folder
    (folder / "publications" / "keyed-names.json").unlink()
    (folder / "publications").rmdir()
    folder.rmdir()


def test_a_course_within_a_shown_folder_is_hidden_too(inside_the_prefix: Path) -> None:
    assert seen("keyed-names", extra=str(inside_the_prefix)), "it would be seen"
    assert seen("keyed-names", extra=str(inside_the_prefix), hidden=(inside_the_prefix,)) == []
    (refused,) = run(f"open('{inside_the_prefix}/mine', 'w')", hidden=(inside_the_prefix,)).shown
    assert "Read-only file system" in refused


def test_nothing_of_the_graders_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDCODING_SECRET", "planted-value")
    monkeypatch.setenv("MEDCODING_DB", "postgresql://grader:planted-value@db/grades")
    text, everything = run("import os\nprint(dict(os.environ))", "print(open('/proc/self/environ').read())").shown
    assert "planted-value" not in text + everything and "HOME" in text
    assert "MEDCODING" not in text


def test_system_and_python_are_read_only() -> None:
    tries = "\n".join(
        f"try:\n    open({path!r}, 'a')\n    print('written')\nexcept OSError as error:\n    print(error.strerror)"
        for path in ("/usr/bin/x", "/etc/x", "/x", "/dev/x", "/home/x", f"{sys.prefix}/x", sys.executable, f"{ROOT}/course/medcoding/x.py", "/proc/1/comm", "/tmp/x", "x")
    )
    assert run(tries).shown[0].splitlines()[-2:] == ["written", "written"]
    assert "written" not in run(tries).shown[0].splitlines()[:-2]


def test_there_is_no_network() -> None:
    with socket.socket() as listener, socket.socket(socket.AF_UNIX) as named:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        named.bind(f"\0medcoding-test-{os.getpid()}")
        named.listen()
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 5).close()  # it can be reached from here
        ran = run(
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 3)",
            "socket.create_connection(('192.0.2.1', 80), 3)",
            "socket.getaddrinfo('example.org', 80)",
            f"socket.socket(socket.AF_UNIX).connect('\\0medcoding-test-{os.getpid()}')",
            "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
            "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
            "import urllib.request\nurllib.request.urlopen('https://example.org', timeout=3)",
        )
    assert all("rror: " in shown for shown in ran.shown) and len(ran.shown) == 7
    assert "refused" in ran.shown[0] and "unreachable" in ran.shown[1] and "refused" in ran.shown[3]
    assert "Address family not supported" in ran.shown[4]


def test_it_cannot_make_new_rights_for_itself() -> None:
    calls = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def tried(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    return name, result, os.strerror(ctypes.get_errno())
for one in (tried('unshare', 0x10000000), tried('mount', b'none', b'/tmp', b'tmpfs', 0, b''), tried('umount2', b'/proc', 2), tried('ptrace', 16, 1, 0, 0),
            tried('setns', 0, 0), tried('chroot', b'/tmp'), tried('syscall', 435, 0, 0), tried('setuid', 0), tried('prctl', 23, 21, 0, 0, 0)):
    print(one)
"""
    lines = run(calls).shown[0].splitlines()
    assert len(lines) == 9
    assert all(", -1, 'Operation not permitted'" in line for line in lines[:6]), lines
    assert "-1, 'Function not implemented'" in lines[6], "clone3, whose flags a filter cannot read"
    assert ", -1, " in lines[7], "no root to become"
    assert lines[8] == "('prctl', 0, 'Success')", "CAP_SYS_ADMIN is not even in the bounding set"


def test_setuid_programs_give_nothing() -> None:
    (text,) = run("import os, subprocess\nprint([subprocess.run([p, '-c', 'id'], capture_output=True, text=True, input='').stdout for p in ('/usr/bin/su', '/usr/bin/newgrp') if os.path.exists(p)])").shown
    assert "uid=0" not in text


def test_a_submissions_files_are_a_private_copy() -> None:
    files = {"visits.csv": b"code\nI10\n", "data/deep/notes.txt": b"a note"}
    first = run("print(open('visits.csv').read())", "open('visits.csv', 'w').write('changed'); open('new', 'w').write('x')", "import os\nprint(os.getcwd(), sorted(os.listdir()))",
                "print(open('data/deep/notes.txt').read())", files=files)
    assert first.shown[0] == "code\nI10" and first.shown[2] == "/home/student ['data', 'new', 'visits.csv']" and first.shown[3] == "a note"
    second = run("print(open('visits.csv').read())\nimport os; print(os.listdir())", files={"visits.csv": b"code\nI10\n"})
    assert second.shown == ["code\nI10\n\n['visits.csv']"]


def test_a_students_modules_do_not_run_while_the_kernel_starts() -> None:
    files = {f"{name}.py": b"print('shadowed')\nraise SystemExit" for name in ("json", "ipykernel", "pdb", "readline", "sitecustomize", "zmq")}
    files["helper.py"] = b"print('helper')"
    files["ipython_config.py"] = b"raise SystemExit"
    files[".ipython/profile_default/startup/00.py"] = b"raise SystemExit"
    files["pandas/__init__.py"] = b"raise SystemExit"
    assert run("1 + 1", "import pandas\nprint(pandas.__name__)", "import helper", files=files).shown == ["2", "pandas", "helper"]


MARK = "sleep 98765.25"
LEAVE = f"""
import os, subprocess, builtins
builtins.print_ = print
os.environ['LEFT'] = 'here'
for place in ('/tmp/left', '/dev/shm/left', '/home/student/left'):
    open(place, 'w').write('here')
subprocess.Popen({MARK.split()!r}, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp('sleep', {MARK.split()!r})
    os._exit(0)
import socket
held = socket.socket(socket.AF_UNIX); held.bind('\\0left'); held.listen()
def lines():
    return [open(f'/proc/{{name}}/cmdline').read() for name in os.listdir('/proc') if name.isdigit()]
while sum('98765.25' in line for line in lines()) < 2:
    pass
"""
FIND = """
import os, builtins, socket
print(hasattr(builtins, 'print_'), os.environ.get('LEFT'), [os.path.exists(f'{p}/left') for p in ('/tmp', '/dev/shm', '/home/student')],
      [name for name in os.listdir('/proc') if name.isdigit()] == [str(os.getpid())], socket.socket(socket.AF_UNIX).connect_ex('\\0left') != 0)
"""


def test_nothing_is_left_for_the_next_student() -> None:
    hidden = (Path("/nowhere/of/this/test"),)
    with kernel(hidden=hidden) as client:
        assert cell(client, LEAVE) == ""
        assert cell(client, FIND) == "True here [True, True, True] False False", "it was there"
        sleepers = processes_named(MARK)
        assert len(sleepers) == 2
    assert all(is_gone(pid, 0.0) for pid in sleepers), "all are gone when the manager has returned"
    assert run(FIND, hidden=hidden).shown == ["False None [False, False, False] True True"]
    assert zygotes(hidden, SMALL, 1000).started == 1, "the same fork server served both"


def test_students_draw_different_random_numbers() -> None:
    draw = "import random, numpy\nprint(random.random(), numpy.random.random())"
    first, second = run(draw).shown[0].split(), run(draw).shown[0].split()
    assert first[0] != second[0] and first[1] != second[1]


def test_a_sandbox_is_replaced_after_some_uses_and_when_it_is_broken() -> None:
    hidden = (Path("/nowhere/of/that/test"),)
    warm = zygotes(hidden, SMALL, 2)
    for _ in range(5):
        assert run("1", hidden=hidden, uses=2).shown == ["1"]
    assert warm.started == 3, "2 + 2 + 1"
    for one in warm._all:
        one._process.kill()
        one._process.wait()
    assert run("2", hidden=hidden, uses=2).shown == ["2"]
    warm.close()


def test_two_kernels_at_once_have_a_sandbox_each() -> None:
    hidden = (Path("/nowhere/of/a/third/test"),)
    with kernel(hidden=hidden) as one, kernel(hidden=hidden) as other:
        cell(one, "import socket\nheld = socket.socket(socket.AF_UNIX); held.bind('\\0mine'); held.listen()")
        assert "refused" in cell(other, "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0mine')")
        assert cell(one, "socket.socket(socket.AF_UNIX).connect('\\0mine')") == ""
    found = zygotes(hidden, SMALL, 1000)
    assert isinstance(found, Zygotes) and found.started == 2
    found.close()


def test_what_is_hidden_is_said_in_bubblewraps_words(inside_the_prefix: Path) -> None:
    words = " ".join(view(way(), (inside_the_prefix, Path("/somewhere/else"))))
    assert f"--tmpfs {inside_the_prefix}" in words and "/somewhere/else" not in words
    assert "--ro-bind / /" not in words and "--bind " not in words.replace("--ro-bind ", "")


def test_any_client_can_start_it_by_a_kernelspec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    from jupyter_client.manager import start_new_kernel

    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("a file")
    spec = {"argv": [], "display_name": "Sandbox", "language": "python",
            "metadata": {"kernel_provisioner": {"provisioner_name": "medcoding-sandbox", "config": {"preload": ["numpy"], "folder": str(tmp_path / "files")}}}}
    (tmp_path / "kernels" / "sandboxed").mkdir(parents=True)
    (tmp_path / "kernels" / "sandboxed" / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager, client = start_new_kernel(kernel_name="sandboxed")
    try:
        said: list[str] = []
        ask = lambda source: client.execute_interactive(source, timeout=20, output_hook=lambda message: said.append(str(message["content"].get("text", ""))))  # noqa: E731
        assert ask("print(open('a.txt').read())")["content"]["status"] == "ok"
        assert "a file" in "".join(said) and manager.is_alive() and client.is_alive()
        place = Path(manager.ip).parent
        assert place.stat().st_mode & 0o777 == 0o700, "sockets are private"
        manager.restart_kernel()
        client.wait_for_ready(timeout=20)
        assert ask("print(40 + 2)")["content"]["status"] == "ok" and "42" in "".join(said)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not manager.is_alive() and not place.exists()
