"""nbgrader's configuration of this course. One screen; `nbgrader --help-all` lists everything else."""

import os
from pathlib import Path

from medcoding.grading.config import configure

c = get_config()  # noqa: F821  (nbgrader provides it)
here = Path(__file__).resolve().parent

c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "medcoding"
c.CourseDirectory.db_url = os.environ.get("MEDCODING_DB", f"sqlite:///{here / 'gradebook.db'}")
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", "answers.json.unreadable-*", ".answers.lock", ".~*",
    "practice.json*", ".practice.lock",  # a student's own record of practice is not handed in
    "mock-*.json*", ".mock*",  # nor are the student's mock exams
]

c.Exchange.root = str(here / "exchange")  # for a hub: a folder that all users share
c.Exchange.assignment_dir = str(here / "work")  # students' own copies
c.Exchange.cache = str(here / "work" / ".submitted")

# Late work: "none" takes nothing off, "zero" everything, "per-day" a share for each day begun (c.LatePenalty.per_day = 10, percent).
# More time for single students: medcoding extend.
c.LateSubmissionPlugin.penalty_method = "none"

# Keys and rationales in students' feedback: "at-once", "after-due" or "never". Graders always see them.
c.Course.show_keys = "at-once"
# An answer to another student's variant of an item: "flag" (a finding for the grader) or "zero" (no points).
c.Course.variant_policy = "flag"
# Keyed publications: back this folder up with the gradebook, and keep it away from students.
c.Course.publications = "publications"

configure(c)  # the preprocessors that read answers as data; see course/medcoding/grading/config.py
