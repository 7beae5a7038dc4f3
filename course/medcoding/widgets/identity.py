"""Which student is at work: as nbgrader tells it where it hands in, else as `identify` was told once on this machine.

Only exercises with variants ask. The name goes nowhere; it decides which variant is shown.
"""

from __future__ import annotations

import getpass
import json
import os
import re
from pathlib import Path

from medcoding.items.publication import write_atomic
from medcoding.widgets.problems import AnotherName, NotSaved, WhoAreYou

_NAME = re.compile(r"[^\s/\\+\x00-\x1f]{1,64}")
ASK = (
    "This exercise has several variants, and one of them is yours. Who you are cannot be told on this machine: run "
    'identify("…") once, with the name under which your work is handed in (your login at school, such as "s1234"), then run this cell again.'
)


def identify(student: str | None = None, *, change: bool = False) -> str:
    """Tell once, on a machine of your own, under which name your work is handed in; returns the name in force.

    Exercises with variants show the one that belongs to that name. Where nbgrader hands in from this machine, its name
    is used and nothing need be told.

    Args:
        student: the name, such as "s1234". Without it, nothing is stored.
        change: take another name although variants were already shown for one. Recorded answers keep their variant.

    Raises:
        AnotherName: no name of a student, or another than the one that variants were shown for, without `change`.
        WhoAreYou: nothing was given, and nothing is stored.
        NotSaved: the name cannot be stored.
    """
    if student is None:
        known = _handing_in("") or stored()[0]
        if not known:
            raise WhoAreYou('No name is stored on this machine: call identify("s1234") with your own.')
        return known
    if not isinstance(student, str) or not _NAME.fullmatch(student.strip()):
        raise AnotherName(
            f"{str(student)[:40]!r} is no name of a student: expected your login, such as 's1234', up to 64 characters without "
            "spaces, slashes and plus signs. Nothing was stored."
        )
    name = student.strip()
    hub = _handing_in("")
    if hub and hub != name:
        raise AnotherName(f"JupyterHub hands in your work as {hub!r}, so exercises show the variants of {hub!r}. Nothing was stored.")
    before, shown = stored()
    if before and before != name and shown and not change:
        raise AnotherName(
            f"This machine knows you as {before!r}, and exercises were already shown for that name. If {before!r} was wrong, call "
            f"identify({name!r}, change=True): answers recorded so far keep their variant, all others will be those of {name!r}."
        )
    _store(name, shown and before == name)
    print(f"Exercises with variants now show those of {name!r}.")
    return name


def student_for_variants(errata: str) -> str:
    """The student whose variant is to be shown; from then on the name does not change silently.

    First the name under which nbgrader hands in: on a hub, or where the exchange that released the items (`errata`
    names the place) is within reach. Else what `identify` stored.

    Raises:
        WhoAreYou: neither is known.
    """
    known = _handing_in(errata)
    if known:
        return known
    name, shown = stored()
    if not name:
        raise WhoAreYou(ASK)
    if not shown:
        _store(name, True)
    return name


def _handing_in(errata: str) -> str:
    """nbgrader's own name of whoever runs this kernel, where it hands in from here; empty elsewhere."""
    if os.environ.get("JUPYTERHUB_USER") or (errata and Path(errata).is_file()):
        return login()
    return ""


def login() -> str:
    """The name under which nbgrader submits: the login, and on a hub whose users share the login jovyan, the hub's user.

    As `nbgrader.utils.get_username`, which takes seconds to load.
    """
    name = getpass.getuser() if os.name == "nt" else _owner()
    return os.environ.get("JUPYTERHUB_USER", name) if name == "jovyan" else name


def _owner() -> str:
    """The login that this process belongs to, whatever its environment says."""
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _file() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("medcoding", appauthor=False), "student.json")


def stored() -> tuple[str, bool]:
    """(name that `identify` stored or empty, whether a variant was shown for it). A damaged file counts as none."""
    try:
        data = json.loads(_file().read_bytes())
    except (OSError, ValueError):
        return "", False
    name = data.get("student") if isinstance(data, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "", False
    return name, data.get("shown") is True


def _store(name: str, shown: bool) -> None:
    path = _file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, (json.dumps({"student": name, "shown": shown}) + "\n").encode(), mode=0o600)
    except OSError as error:
        raise NotSaved(f"Your name cannot be stored in {path}: {error.strerror}. Make that folder writable, then try again.") from None
