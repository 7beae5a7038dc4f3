"""Workers that fail on one student's submission, as a program would that a hostile file brings down."""

from __future__ import annotations

import os
import signal
import time

from medcoding.grading.run.pool import FolderWorker


class DeadlyWorker(FolderWorker):
    def __call__(self, task):
        if task.student == "bob":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(task)


class SleepingWorker(FolderWorker):
    def __call__(self, task):
        if task.student == "bob":
            time.sleep(3600)
        return super().__call__(task)
