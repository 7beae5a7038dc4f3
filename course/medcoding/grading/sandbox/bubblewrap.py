"""What a sandbox sees, as bubblewrap's arguments; and whether it can be had on this machine. See bwrap(1)."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import site
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import medcoding
from medcoding.grading.sandbox.inside.calls import MACHINES
from medcoding.grading.sandbox.inside.warden import HOME, SCRATCH
from medcoding.grading.sandbox.inside.zygote import NOBODY

ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "alternatives", "fonts", "mime.types", "nsswitch.conf", "os-release")
ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 the zygote's own; a kernel gets another
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
BOOT = "import sys; sys.path.append(sys.argv[1]); from medcoding.grading.sandbox.inside.zygote import main; main(int(sys.argv[2]), sys.argv[3:])"
INSTALL = (
    "Install bubblewrap (Debian and Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap), then grade again. "
    "'medcoding grade --unsafe' or c.Course.unsafe_code = True run students' code without a sandbox, with your rights, beside keys and gradebook."
)
ALLOW = (
    "bubblewrap needs user namespaces. On a machine of your own: sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000 and, on Ubuntu, "
    "kernel.apparmor_restrict_unprivileged_userns=0 (or an AppArmor profile for bwrap). In a container: a security profile that allows them "
    "(Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined). "
)


class SandboxMissing(RuntimeError):
    """Students' code cannot be confined here; the message says why and what to do."""


@dataclass(frozen=True)
class Way:
    """How bubblewrap works on this machine: `root` with two users in a namespace prepared for it, `proc` with a process list of its own."""

    program: str
    root: bool
    proc: bool


@cache
def way() -> Way:
    """How a sandbox can be had here; found out once.

    Raises:
        SandboxMissing: it cannot.
    """
    if not sys.platform.startswith("linux") or platform.machine() not in MACHINES:
        raise SandboxMissing(f"Code cells were not run: the sandbox exists for Linux on {' and '.join(MACHINES)}; this is {sys.platform} on {platform.machine()}.")
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxMissing(f"Code cells were not run: bubblewrap is not installed. {INSTALL}")
    said = ""
    for proc in (True, False):
        found = Way(program, os.geteuid() == 0, proc)
        try:
            with user_namespace(found) as (words, descriptors):
                done = subprocess.run(
                    [*words, *view(found, ()), "--", "/usr/bin/env", "true"], pass_fds=descriptors, capture_output=True, text=True, timeout=30, check=False
                )
        except (OSError, subprocess.SubprocessError) as error:
            said = str(error)
            continue
        if done.returncode == 0:
            return found
        said = done.stderr.strip() or f"exit code {done.returncode}"
    raise SandboxMissing(f"Code cells were not run: bubblewrap cannot make a sandbox here ({said[:300]}). {ALLOW}{INSTALL}")


@contextlib.contextmanager
def user_namespace(found: Way) -> Iterator[tuple[list[str], list[int]]]:
    """The first words of a bwrap command, and descriptors that it must inherit.

    An ordinary user gets a new user namespace from bwrap. Root gets one with a second user in it, for limits on processes
    do not bind root: bwrap works as root of it, and the zygote becomes the other before it does anything.
    """
    if not found.root:
        yield [found.program, "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)], []
        return
    holder = subprocess.Popen(["unshare", "--user", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert holder.stdin is not None and holder.stdout is not None and holder.stderr is not None
    try:
        holder.stdin.write(b"?\n")
        holder.stdin.flush()
        if not holder.stdout.readline():
            raise OSError(holder.stderr.read().decode(errors="replace").strip() or "unshare --user failed")
        for kind in ("uid_map", "gid_map"):
            Path(f"/proc/{holder.pid}/{kind}").write_text(f"0 0 1\n{NOBODY} {NOBODY} 1\n")
        descriptor = os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY)
    finally:
        holder.kill()
        holder.communicate()
    try:
        rights = [word for name in ("SETUID", "SETGID") for word in ("--cap-add", f"CAP_{name}")]
        yield [found.program, "--userns", str(descriptor), "--uid", "0", "--gid", "0", "--cap-drop", "ALL", *rights], [descriptor]
    finally:
        os.close(descriptor)


def view(found: Way, hidden: Iterable[Path]) -> list[str]:
    """bwrap's arguments for what a sandbox sees: the system and Python, read-only, and nothing of `hidden` though it lie within them."""
    words = [
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
        "--hostname", "student", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", "--cap-add", "CAP_SYS_RESOURCE", "--clearenv",
    ]
    for name, value in ENVIRONMENT.items():
        words += ["--setenv", name, value]
    words += ["--perms", "1777", "--tmpfs", "/tmp"]  # noqa: S108 first, for Python itself may lie below it
    words += _layers(_shown(), _real(hidden))
    words += _links()
    words += ["--proc", "/proc"] if found.proc else ["--perms", "0555", "--dir", "/proc"]
    words += ["--dev", "/dev"]
    for path in (SCRATCH, HOME):
        words += ["--perms", "0755", "--dir", path]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def command(program: Sequence[str]) -> list[str]:
    """What runs within: the zygote, given its control socket's number and what to import ahead as `program`."""
    return ["--", sys.executable, "-I", "-c", BOOT, str(Path(medcoding.__file__).resolve().parent.parent), *program]


def _shown() -> list[Path]:
    """Folders and files that are shown: the system's, Python's, and this package without the rest of its folder."""
    wanted = [Path("/usr"), *(Path("/etc", name) for name in ETC)]
    wanted += [path for name in ("bin", "sbin", "lib", "lib32", "lib64") if (path := Path("/", name)).is_dir() and not path.is_symlink()]
    for prefix in dict.fromkeys((sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent))):
        wanted += [Path(prefix, name) for name in ("bin", "lib", "lib64", "share", "pyvenv.cfg")]
    wanted += [Path(path) for path in site.getsitepackages()]
    wanted.append(Path(medcoding.__file__).resolve().parent)
    return [path for path in dict.fromkeys(wanted) if path.exists()]


def _layers(shown: Sequence[Path], hidden: Sequence[Path]) -> list[str]:
    """Mounts from the outside in: what is shown, within it what is hidden, and within that what is shown all the same."""
    words: list[str] = []
    laid: dict[Path, bool] = {}  # whether it is shown
    for path in sorted({*shown, *hidden}, key=_depth):
        outer = max((one for one in laid if one in path.parents), key=_depth, default=None)
        if path in shown and (outer is None or not laid[outer]):
            for parent in sorted(path.parents, key=_depth):
                if parent != Path("/") and (outer is None or outer in parent.parents):
                    words += ["--perms", "0755", "--dir", str(parent)]
            words += ["--ro-bind", str(path), str(path)]
            laid[path] = True
        elif path not in shown and outer is not None and laid[outer]:
            words += ["--perms", "0755", "--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", os.devnull, str(path)]
            laid[path] = False
    for path, is_shown in laid.items():
        words += ["--remount-ro", str(path)] if not is_shown and path.is_dir() else []
    return words


def _links() -> list[str]:
    """/bin and the like, where they are links into /usr."""
    words: list[str] = []
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
    return words


def _real(hidden: Iterable[Path]) -> list[Path]:
    """Hidden places by every name they have here."""
    return list(dict.fromkeys(path for one in hidden if one.exists() for path in (one.absolute(), one.resolve())))


def _depth(path: Path) -> tuple[int, str]:
    return len(path.parts), str(path)
