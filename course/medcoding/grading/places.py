"""Where things are on the instructor's side, found from the converter that runs a preprocessor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Enum, Unicode
from traitlets.config import LoggingConfigurable

from medcoding.items.publication import PublicationStore, course_secret


class Course(LoggingConfigurable):  # type: ignore[misc]
    """The course's own places. All are relative to nbgrader's course root unless absolute."""

    publications = Unicode(
        "publications", help="Folder of keyed publications. Never inside release/ or the exchange. Back it up with the gradebook."
    ).tag(config=True)
    show_keys = Unicode(
        "at-once",
        help="When keys, rationales and the findings that tell of them show in generated feedback: at-once, after-due or never. "
        "Graders always see them.",
    ).tag(config=True)

    variant_policy = Enum(
        ["flag", "zero"],
        "flag",
        help="What an answer to a variant that is not the submitter's own comes to: flag (scored as answered, with a finding for the "
        "grader) or zero (no points).",
    ).tag(config=True)

    extensions = Unicode(
        "course/extensions.yaml", help="File of extensions and extra time for single students; see docs/lms.md. Keep it out of public repositories."
    ).tag(config=True)
    roster = Unicode(
        "course/roster.csv", help="File that says who a student of the gradebook is in the LMS; see docs/lms.md. Keep it out of public repositories."
    ).tag(config=True)

    anonymous = Bool(
        False, help="Whether the commands of graders name students by pseudonyms such as S-7F3K. 'medcoding anonymity reveal' tells who they are."
    ).tag(config=True)

    unsafe_code = Bool(
        False,
        help="Whether graded code cells run without a sandbox, with the grader's rights, beside keys and gradebook. For a machine without bubblewrap "
        "and students who are trusted.",
    ).tag(config=True)

    def __init__(self, coursedir: CourseDirectory, **kwargs: Any) -> None:
        self.coursedir = coursedir
        super().__init__(**kwargs)

    @property
    def root(self) -> Path:
        """nbgrader's course root."""
        return Path(self.coursedir.root)

    @property
    def store(self) -> PublicationStore:
        """The keyed publications."""
        return PublicationStore(self.root / self.publications)

    @property
    def secret(self) -> str:
        """The course secret, made on first use."""
        return course_secret(self.root)

    def folder(self, kind: str, assignment: str, student: str = ".") -> Path:
        """An nbgrader folder, such as `folder("submitted", "05-...", "ada")`."""
        name = getattr(self.coursedir, f"{kind}_directory")
        return Path(self.coursedir.format_path(name, student, assignment))


def course_of(preprocessor: Any) -> Course:
    """The course of the converter that a preprocessor runs in.

    Raises:
        RuntimeError: the preprocessor runs outside an nbgrader converter.
    """
    parent = preprocessor.parent
    while parent is not None:
        coursedir = getattr(parent, "coursedir", None)
        if coursedir is not None:
            return Course(coursedir, parent=preprocessor)
        parent = getattr(parent, "parent", None)
    raise RuntimeError(f"{type(preprocessor).__name__} runs only inside an nbgrader converter, which knows the course folder.")
