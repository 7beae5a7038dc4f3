"""File names of LMS downloads: whose file it is, what it was called, and what else the name tells. A table of patterns with sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from medcoding.grading.lms.roster import Person, Roster

STAMPS = ("%Y-%m-%d-%H-%M-%S", "%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p")


@dataclass(frozen=True)
class Named:
    """What a file's name tells.

    `key` and `value` say whose it is, in a column of the roster; `file` is the name that the student gave it, in the
    student's own folders; `prefix` is all that stands before it; `version` orders uploads of one student; `local` is the time of
    submission in the LMS's zone.
    """

    key: str
    value: str
    name: str
    file: str
    prefix: str
    version: int = 0
    late: bool = False
    local: datetime | None = None


def canvas(member: str, roster: Roster) -> Named | None:
    """`lastfirst_LATE_12345_67890_one.ipynb`: user id and attachment id are the first two numbers side by side.

    Canvas takes `_12_` out of users' names, so a user or a file with numbers in its name cannot pass for somebody else. Anonymous grading gives `anon_ab1cd_67890_one.ipynb`. Sources: instructure/canvas-lms,
    lib/content_zipper.rb (get_filename, sanitize_user_name) and app/models/abstract_assignment.rb (infer_comment_context_from_filename).
    """
    base = member.rsplit("/", 1)[-1]
    anonymous = re.match(r"(?a)anon_(?:LATE_)?([A-Za-z0-9]{1,40})_(\d{1,19})_(.+)$", base)
    if anonymous:
        value, attachment, file = anonymous.groups()
        return Named("canvas_id", f"anon_{value}", "anonymous", file, base[: -len(file)], int(attachment), "_LATE_" in base[: -len(file)])
    found = re.match(r"(?a)(?P<name>.*?)_?(?P<late>LATE_)?(?<![^_])(?P<user>\d{1,19})_(?P<attachment>\d{1,19})_(?P<file>.+)$", base)
    if found is None:
        return None
    return Named(
        "canvas_id", found["user"], found["name"], found["file"], base[: -len(found["file"])], int(found["attachment"]), found["late"] is not None
    )


def moodle(member: str, roster: Roster) -> Named | None:
    """`Full Name_12345_assignsubmission_file/one.ipynb`, with `file_/` before Moodle 4.1, and flat as `…_file_one.ipynb`.

    The outermost part of the path that has this form counts, as when Moodle reads feedback back; it writes full names without
    underscores. Text typed online (`assignsubmission_onlinetext`) is no file. Sources: moodle/moodle,
    mod/assign/classes/downloader.php and mod/assign/feedback/file/importziplib.php (is_valid_filename_for_import).
    """
    parts = member.split("/")
    for index, part in enumerate(parts):
        found = re.match(r"(?a)(?P<name>[^_]*)_(?P<id>\d{1,19})_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?$", part)
        if found is None:
            continue
        if found["plugin"] != "file":
            return None
        file = "/".join(filter(None, [found["rest"] or "", *parts[index + 1 :]]))
        return Named("moodle_id", found["id"], found["name"], file, member[: len(member) - len(file)]) if file else None
    return None


def blackboard(member: str, roster: Roster) -> Named | None:
    """`Assignment title_username_attempt_2026-01-30-15-00-00_one.ipynb`; the `.txt` of the attempt itself is no file.

    Title and user name may hold underscores, so the user name is the one of the roster that fits; if two fit, none does.
    Source: the example in nbgrader's FileNameCollectorPlugin; no page of the vendor was found that gives the form.
    """
    base = member.rsplit("/", 1)[-1]
    found = re.match(r"(?a)(?P<front>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})_(?P<file>.+)$", base)
    if found is None:
        return None
    fitting = [one.username for one in roster.people if one.username and found["front"].endswith(f"_{one.username}")]
    user = fitting[0] if len(fitting) == 1 else found["front"] if fitting else found["front"].rsplit("_", 1)[-1]
    local = _time(found["time"])
    return Named("username", user, user, found["file"], base[: -len(found["file"])], 0, False, local)


def brightspace(member: str, roster: Roster) -> Named | None:
    """`12345-67890 - First Last - Jan 5, 2026 1000 AM/one.ipynb`: user id, folder id, name and time of submission.

    Source: downloads that others describe; no page of the vendor was found that gives the form.
    """
    folder, slash, file = member.rpartition("/") if member.count("/") <= 1 else member.partition("/")
    found = re.match(r"(?a)(?P<user>\d{1,19})-\d{1,19} - (?P<name>.+) - (?P<time>[A-Z][a-z]+ \d{1,2}, \d{4} \d{1,4} [AP]M)$", folder)
    if not slash or found is None or file == "index.html":
        return None
    return Named("brightspace_id", found["user"], found["name"], file, folder + slash, 0, False, _time(found["time"]))


NAMES: Mapping[str, Callable[[str, Roster], Named | None]] = {
    "canvas": canvas, "moodle": moodle, "blackboard": blackboard, "brightspace": brightspace,
}


def whose(named: Named, roster: Roster) -> Person | None:
    """The student of the roster whose file it is, or None."""
    return roster.find(named.key, named.value)


def expected_name(file: str, expected: Collection[str]) -> str:
    """The released name that a handed-in file stands for, or "".

    Canvas puts `-1` behind a name that was uploaded again, browsers put ` (1)` behind one that was downloaded again.
    """
    base = file.rsplit("/", 1)[-1]
    if base in expected:
        return base
    again = re.sub(r"(?: ?\(\d{1,3}\)|-\d{1,3})(?=\.[^.]+$)", "", base)
    return again if again in expected else ""


def _time(text: str) -> datetime | None:
    for stamp in STAMPS:
        padded = re.sub(r" (\d{3}) ([AP]M)$", r" 0\1 \2", text)
        try:
            return datetime.strptime(padded, stamp)
        except ValueError:
            continue
    return None
