"""nbgrader exporters: `nbgrader export --exporter=medcoding.grading.lms.CanvasExport`, and the same for each LMS, CSV and Excel."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Enum, Unicode

from medcoding.grading.lms.cells import TableProblem, clean, read_table, table_bytes
from medcoding.grading.lms.grades import Grades, known_students, read_grades
from medcoding.grading.lms.roster import Person, Roster, course_roster, read_roster
from medcoding.grading.lms.tables import TABLES, Options, Sheet
from medcoding.grading.lms.template import KEYS, fill
from medcoding.grading.places import Course
from medcoding.items.publication import write_atomic


class LmsExport(ExportPlugin):  # type: ignore[misc]
    """Grades as a file for an LMS. Each subclass is one format; `sheet` and what could not be exported are kept after `export`."""

    format: ClassVar[str] = "csv"
    default_name: ClassVar[str] = "grades.csv"

    roster = Unicode("", help="File that says who is who in the LMS (default: the course's own, `Course.roster`).").tag(config=True)
    template = Unicode("", help="Gradebook file downloaded from the LMS; its column of each exported assignment is filled.").tag(config=True)
    columns = Dict(help="Heading in the LMS by assignment, such as {'05-mini': 'Mini (12345)'}.").tag(config=True)
    missing = Enum(["blank", "zero"], "blank", help="What stands for work that was not handed in: blank or zero.").tag(config=True)
    provisional = Bool(False, help="Also export results that still wait for a grader; they stay blank otherwise.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file (`to`, or a default name in the current folder), whole or not at all.

        Raises:
            ValueError: the roster, the template, an assignment or a student cannot be used. Nothing is written then.
        """
        grades = read_grades(gradebook, [str(one) for one in self.assignment], [str(one) for one in self.student])
        known = known_students(gradebook)
        sheet = self.build(grades, known)
        path = Path(self.to or self.default_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, self.content(sheet, path), 0o600)
        for line in sheet.left_out:
            self.log.warning("%s", clean(line))
        self.log.info("Exported %d students to %s", self.count(sheet), path)
        self.sheet, self.path = sheet, path

    def build(self, grades: Grades, known: dict[str, str]) -> Sheet:
        """The table, from grades and the gradebook's students (id to email)."""
        options = Options(missing=self.missing, provisional=self.provisional, titles=dict(self.columns))
        roster, base = self._rosters(known)
        if not self.template:
            return self._with_problems(TABLES[self.format](grades, roster, options), roster)
        if self.format not in KEYS:
            raise TableProblem(f"{type(self).__name__} takes no template; {', '.join(sorted(KEYS))} do.")
        people = read_roster(Path(self.template), known, base)
        return self._with_problems(fill(read_table(Path(self.template)), self.format, grades, people, options), people)

    def content(self, sheet: Sheet, path: Path) -> bytes:
        """The file's content."""
        return table_bytes(sheet.rows)

    def count(self, sheet: Sheet) -> int:
        """How many rows are students."""
        return sum("Points Possible" not in row[0] for row in sheet.rows[1:])

    def _rosters(self, known: dict[str, str]) -> tuple[Roster, Roster]:
        """The roster to use, and the course's own."""
        base = Roster()
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is not None:
            course = Course(coursedir, config=self.config)
            base = course_roster(course.root / course.roster)
        if not self.roster:
            return base, base
        return read_roster(Path(self.roster), known, base), base

    @staticmethod
    def _with_problems(sheet: Sheet, roster: Roster) -> Sheet:
        sheet.left_out = [*roster.problems, *sheet.left_out]
        return sheet


class CanvasExport(LmsExport):
    """Canvas gradebook, to be imported by Grades › Import. See `tables.canvas` for the layout and its source."""

    format, default_name = "canvas", "grades-canvas.csv"


class MoodleExport(LmsExport):
    """Moodle, to be imported by Grades › Import › CSV file. See `tables.moodle`."""

    format, default_name = "moodle", "grades-moodle.csv"


class BlackboardExport(LmsExport):
    """Blackboard, to be uploaded by Work Offline › Upload: tabs and UTF-16, as Blackboard itself writes .xls; commas in a .csv.

    See `tables.blackboard`. Every cell is quoted: commas need it, tabs allow it.
    """

    format, default_name = "blackboard", "grades-blackboard.xls"

    def content(self, sheet: Sheet, path: Path) -> bytes:
        if path.suffix.lower() == ".csv":
            return table_bytes(sheet.rows)
        return b"\xff\xfe" + table_bytes(sheet.rows, delimiter="\t", encoding="utf-16-le")


class BrightspaceExport(LmsExport):
    """Brightspace, to be imported by Grades › Enter Grades › Import. See `tables.brightspace`."""

    format, default_name = "brightspace", "grades-brightspace.csv"


class CsvExport(LmsExport):
    """The columns of nbgrader's own CSV, quoted and safe."""

    format, default_name = "csv", "grades.csv"


class ExcelExport(LmsExport):
    """An Excel workbook: a sheet of grades by student, a sheet of every result. Text is stored as text, never as a formula."""

    format, default_name = "csv", "grades.xlsx"

    def build(self, grades: Grades, known: dict[str, str]) -> Sheet:
        options = Options(missing=self.missing, provisional=self.provisional, titles=dict(self.columns))
        roster, _ = self._rosters(known)
        self._grades, self._options, self._roster = grades, options, roster
        return self._with_problems(TABLES["csv"](grades, Roster(), options), roster)

    def content(self, sheet: Sheet, path: Path) -> bytes:
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        book.properties.creator = "medcoding"
        first, second = book.create_sheet("Grades"), book.create_sheet("Results")
        for page in (first, second):
            page.freeze_panes = "A2"
        columns = self._grades.columns
        heading = ["student_id", "last_name", "first_name", "email", "section"]
        _put(first, [*heading, *(self._options.title(one.assignment) for one in columns), "total", "possible"])
        for row in self._grades.rows:
            person = self._roster.of(row.student) or Person()
            results = [row.results.get(one.assignment) for one in columns]
            scores = [self._score(result) for result in results]
            who = [row.student, row.last_name, row.first_name, row.email, person.section]
            _put(first, [*who, *scores, sum(score for score in scores if score is not None), sum(one.possible for one in columns)])
        _put(second, sheet.rows[0])
        for column in columns:
            for row in self._grades.rows:
                result = row.results.get(column.assignment)
                scores = [None, None, self._score(None)] if result is None else [result.raw, result.penalty, result.score]
                _put(second, [
                    column.assignment, column.due, result.submitted if result else None, row.student, row.last_name, row.first_name,
                    row.email, *scores, column.possible, "yes" if result and result.waits else "no",
                ])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def count(self, sheet: Sheet) -> int:
        return len(self._grades.rows)

    def _score(self, result: Any) -> float | None:
        if result is None:
            return 0.0 if self.missing == "zero" else None
        score: float = result.score
        return None if result.waits and not self.provisional else score


def _put(page: Any, values: list[Any]) -> None:
    """Append a row: numbers and times as such, every text as text, marked so that editing a cell does not make it a formula."""
    from openpyxl.cell import WriteOnlyCell

    row = []
    for value in values:
        one = WriteOnlyCell(page, clean(value) if isinstance(value, str) else value)
        if isinstance(value, str) and value:
            one.data_type = "s"
            one.quotePrefix = True
        elif isinstance(value, date):
            one.number_format = "yyyy-mm-dd hh:mm:ss"
        row.append(one if value != "" else None)
    page.append(row)


EXPORTERS: dict[str, type[LmsExport]] = {
    "canvas": CanvasExport, "moodle": MoodleExport, "blackboard": BlackboardExport, "brightspace": BrightspaceExport,
    "csv": CsvExport, "excel": ExcelExport,
}
