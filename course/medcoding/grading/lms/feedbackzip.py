"""Feedback back to the LMS: a zip under the names by which the LMS finds each student again."""

from __future__ import annotations

import html
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import GetGrades

from medcoding.grading.feedback import ShowFeedback
from medcoding.grading.lms.cells import shown
from medcoding.grading.lms.manifest import Collected, ManifestProblem, Taken, read_manifest
from medcoding.grading.release import Releases

FORMATS = ("canvas", "moodle")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Sent:
    """What a feedback zip holds: files by student, and a line for everybody who is not in it or not wholly."""

    files: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def write_feedback_zip(releases: Releases, assignment: str, lms: str, path: Path) -> Sent:
    """Write the feedback of everybody whose work was collected from an LMS, as the zip that it takes.

    Moodle ("Upload multiple feedback files in a zip"): the page that nbgrader generated, in the folder (or behind the prefix) of the
    download; Moodle reads the participant's number out of it (moodle/moodle, mod/assign/feedback/file/importziplib.php).

    Canvas ("Upload Submissions"): a notebook under the very name of the download; Canvas reads user and attachment ids out of it and
    shows the file to the student under the *attachment's* name, so that it has to be of the attachment's kind
    (instructure/canvas-lms, app/models/abstract_assignment.rb: generate_comments_from_files). What belongs to no current
    attachment, as after a later upload, Canvas passes over.

    Raises:
        ManifestProblem: nothing was collected from this LMS, or the record of it is damaged. No file is written.
    """
    manifest = read_manifest(releases.root, assignment, lms)
    if not manifest.students:
        raise ManifestProblem(
            f"Nothing of {assignment} was collected from {lms.title()}, so there are no names to send feedback to. Run 'medcoding collect' first."
        )
    sent = Sent()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, collected in sorted(manifest.students.items()):
            for name, content in _files(releases, assignment, lms, student, collected, sent).items():
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, content)
                sent.files.setdefault(student, []).append(name)
    if sent.files:
        _write(path, out.getvalue())
    return sent


def _files(releases: Releases, assignment: str, lms: str, student: str, collected: Collected, sent: Sent) -> dict[str, bytes]:
    """The files of one student, by their names in the zip."""
    made: dict[str, bytes] = {}
    for taken in collected.files:
        if not taken.name.endswith(".ipynb"):
            continue
        notebook = taken.name.removesuffix(".ipynb")
        graded = releases.course.folder("autograded", assignment, student) / taken.name
        page = releases.course.folder("feedback", assignment, student) / f"{notebook}.html"
        if not graded.is_file():
            sent.left_out.append(f"{student}: {taken.name} is not graded yet.")
        elif lms == "canvas":
            try:
                made[taken.member.rsplit("/", 1)[-1]] = feedback_notebook(releases, assignment, student, notebook)
            except Exception as error:  # of this student alone; the class gets its feedback
                sent.left_out.append(f"{student}: no feedback could be made of {taken.name}: {type(error).__name__}: {shown(str(error))}")
        elif not page.is_file():
            sent.left_out.append(f"{student}: {notebook}.html is not there; run 'nbgrader generate_feedback {assignment}' first.")
        elif page.stat().st_mtime < graded.stat().st_mtime:
            sent.left_out.append(f"{student}: {notebook}.html is older than the grading; run 'nbgrader generate_feedback {assignment} --force'.")
        else:
            made[_page_name(taken, notebook)] = page.read_bytes()
    return made


def _page_name(taken: Taken, notebook: str) -> str:
    """The page beside the student's file, in the outermost folder of the student's own."""
    return f"{taken.prefix}{notebook}.html"


def feedback_notebook(releases: Releases, assignment: str, student: str, notebook: str) -> bytes:
    """The graded notebook with scores, comments and feedback in it, to be read in any Jupyter. Nothing of a key that may not show."""
    path = releases.course.folder("autograded", assignment, student) / f"{notebook}.ipynb"
    nb = nbformat.read(path, as_version=4)
    about = {
        "notebook": notebook, "assignment": assignment, "student": student, "db_url": releases.coursedir.db_url,
    }
    resources: dict[str, Any] = {"nbgrader": about}
    converter = GenerateFeedback(coursedir=releases.coursedir, config=releases.config)
    converter.log = releases.api.log
    for step in (ShowFeedback, GetGrades):
        nb, resources = step(parent=converter).preprocess(nb, resources)
    cells = [nbformat.v4.new_markdown_cell(_summary(notebook, resources["nbgrader"]), id="medcoding-score")]
    for number, cell in enumerate(nb.cells):
        grader = cell.metadata.pop("nbgrader", {})
        if cell.cell_type == "code" and grader.get("grade") and grader.get("locked"):
            _hide_tests(cell)
        note = _note(grader)
        cell.metadata.pop("medcoding", None)
        cells.append(cell)
        if note:
            cells.append(nbformat.v4.new_markdown_cell(note, id=f"medcoding-note-{number}"))
    nb.cells = cells
    text: str = nbformat.writes(nb)
    return (text + "\n").encode("utf-8", "replace")


def _hide_tests(cell: Any) -> None:
    """Leave out nbgrader's hidden tests, and the traceback that would quote them; nbgrader's own page shows both."""
    lines, hidden = [], False
    for line in cell.source.split("\n"):
        hidden = hidden or "BEGIN HIDDEN TESTS" in line
        if not hidden:
            lines.append(line)
        hidden = hidden and "END HIDDEN TESTS" not in line
    if len(lines) < len(cell.source.split("\n")):
        cell.source = "\n".join(lines)
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback, output.evalue = [f"{output.ename} in a hidden test"], ""


def _summary(notebook: str, about: Mapping[str, Any]) -> str:
    late = about.get("late_penalty") or 0
    return (
        f"# Feedback on {_plain(notebook)}\n\nScore: **{about['score']:g} of {about['max_score']:g}**"
        + (f" ({late:g} taken off as late)" if late else "")
        + "."
    )


def _note(grader: Mapping[str, Any]) -> str:
    parts = []
    if grader.get("score") is not None and grader.get("points") is not None:
        parts.append(f"**{grader['score']:g} of {grader['points']:g}**")
    if grader.get("comment"):
        parts.append(f"Comment: {_plain(str(grader['comment']))}")
    return " – ".join(parts)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|~$>" else sign for sign in html.escape(" ".join(text.split()), quote=False))


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
