"""The preprocessors, exporter and exchange of this course, set on an nbgrader configuration."""

from __future__ import annotations

from typing import Any


def configure(c: Any) -> None:
    """Set on `c` what this course adds to nbgrader; call it from `nbgrader_config.py`.

    Kept from nbgrader: every preprocessor it has, in its order. Added: `PublishItems` and `ShowTerms` when an
    assignment is generated; `RestoreCells` before a submission is sanitised; `ReadAnswers` before and `ScoreAnswers` after its
    code cells run, and `SaveScores`, which leaves writing to a grader; `LatePenalty`, which knows extensions; `ShowFeedback` when feedback is generated.
    Wherever nbgrader shows a notebook, `SafeCells` and two filters make students' cells harmless; `FeedbackExporter` writes the pages.
    """
    from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
    from nbgrader.preprocessors import CheckCellMetadata, Execute, SaveAutoGrades, SaveCells

    from medcoding.grading.execute import ExecuteCode
    from medcoding.grading.exporter import ForgivingExporter
    from medcoding.grading.feedback import FeedbackExporter, ShowFeedback
    from medcoding.grading.lateness import LatePenalty
    from medcoding.grading.publish import PublishItems
    from medcoding.grading.restore import RestoreCells
    from medcoding.grading.safe import SafeCells, safe_highlight, safe_markdown
    from medcoding.grading.score import ReadAnswers, SaveScores, ScoreAnswers
    from medcoding.grading.terms import ShowTerms

    release = list(GenerateAssignment.preprocessors.default_args[0])
    release.insert(release.index(SaveCells), PublishItems)
    release.insert(release.index(SaveCells), ShowTerms)
    grade = [ExecuteCode if step is Execute else step for step in Autograde.autograde_preprocessors.default_args[0]]
    grade.insert(grade.index(SaveAutoGrades), ScoreAnswers)
    grade[grade.index(SaveAutoGrades)] = SaveScores
    c.GenerateAssignment.preprocessors = release
    c.Autograde.sanitize_preprocessors = [RestoreCells, *Autograde.sanitize_preprocessors.default_args[0]]
    c.Autograde.autograde_preprocessors = [ReadAnswers, *grade]
    c.Autograde.exporter_class = ForgivingExporter
    c.AssignLatePenalties.plugin_class = LatePenalty
    c.HTMLExporter.preprocessors = [SafeCells]
    c.HTMLExporter.filters = {"markdown2html": safe_markdown, "highlight_code": safe_highlight}
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.preprocessors = [ShowFeedback, *GenerateFeedback.preprocessors.default_args[0]]
    assert CheckCellMetadata in c.Autograde.sanitize_preprocessors
