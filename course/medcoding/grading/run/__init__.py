"""Grading a whole class: the same scores, comments, penalties and files as `nbgrader autograde`, in a fraction of the time.

One direction: `released` and `bundle` say what is graded, `worker` grades a bundle (`pipeline`, `formats`), `pool` and
`cluster` spread the work, `batch` takes results and writes them: `files` first, then `book` and `ledger` in one transaction.
"""

from medcoding.grading.run.batch import GradingUnderWay, Moved, NotReleased, Summary, grade_assignment
from medcoding.grading.run.pool import NoWorkers

__all__ = ["GradingUnderWay", "Moved", "NoWorkers", "NotReleased", "Summary", "grade_assignment"]
