"""The audit trail of the gradebook: who changed which score, when and why; regrade requests, marks of several graders, pseudonyms.

For feedback: `notes_for`. For the grading run: `score_changes` and `record_changes`.
"""

from medcoding.grading.audit.changes import ScoreChange, record_changes, score_changes
from medcoding.grading.audit.notes import Note, notes_for, notes_of_assignment

__all__ = ["Note", "ScoreChange", "notes_for", "notes_of_assignment", "record_changes", "score_changes"]
