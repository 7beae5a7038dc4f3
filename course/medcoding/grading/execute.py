"""`ExecuteCode`: a notebook of exercises alone starts no kernel; one with graded code cells runs in a sandbox."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError
from nbgrader import utils
from nbgrader.preprocessors import Execute
from traitlets import Integer, List, Unicode

from medcoding.grading.places import Course, course_of
from medcoding.grading.sandbox.bubblewrap import SandboxMissing, way
from medcoding.grading.sandbox.files import gather
from medcoding.grading.sandbox.inside.warden import PUT_BACK, digest
from medcoding.grading.sandbox.limits import MB, Limits
from medcoding.grading.sandbox.manager import SandboxKernelManager, size_of
from medcoding.grading.sandbox.outputs import checked
from medcoding.grading.sandbox.verdicts import failure, not_run, settle
from medcoding.grading.sandbox.zygotes import PRELOAD, USES, SandboxBroken

UNSAFE = "MEDCODING_UNSAFE_CODE"
SAID_UNSAFE = "UNSAFE: students' code ran without a sandbox, with the grader's rights."
TOLD = {
    "CellTimeoutError": "took longer than a cell may, and was interrupted",
    "MemoryError": "asked for more memory than it may have",
}
"""Errors of which a grader is told."""
OVERHEAD = 100
"""Bytes that a message counts for besides its content."""


class ExecuteCode(Execute):  # type: ignore[misc]
    """nbgrader's Execute in a sandbox, and only where graded code needs it. Exercise cells are never run to be graded.

    The code sees system and Python, read-only, a private copy of its submission's files, and nothing else: no network, no
    source, keys, gradebook, home or other submission; what it writes is gone with it. Where there is no sandbox, it is
    not run: test cells get no points and wait for a grader, and exercises are graded all the same. Whatever the code
    does, grading goes on: `resources["medcoding"]` has under `lines` what a grader should know, and under `waits` the names
    of test cells that a grader must look at.

    See `medcoding.grading.sandbox.verdicts` for what tests that run beside the code they test cannot promise.
    """

    memory = Integer(1024, min=1, help="Megabytes of memory for all processes of a notebook.").tag(config=True)
    processes = Integer(48, min=1, help="Processes and threads of a notebook.").tag(config=True)
    cpu_seconds = Integer(120, min=1, help="Seconds of processor time of a notebook.").tag(config=True)
    notebook_timeout = Integer(180, min=1, help="Seconds that a notebook may run from start to end; `timeout` is that of a cell.").tag(config=True)
    scratch = Integer(64, min=1, help="Megabytes that a notebook may write to files.").tag(config=True)
    cell_output = Integer(1_000_000, min=1, help="Bytes of output that are kept of a cell.").tag(config=True)
    notebook_output = Integer(8_000_000, min=1, help="Bytes of output after which a notebook is ended.").tag(config=True)
    preload = List(Unicode(), list(PRELOAD), help="Modules imported once for all notebooks, so that their imports cost nothing.").tag(config=True)
    sandbox_uses = Integer(USES, min=1, help="Notebooks after which a warm sandbox is replaced.").tag(config=True)

    _manager: Any = None

    skip_cells_with_tag = Unicode("", help="No tag lets a cell be skipped: a test cell that has not run has not passed.")

    def preprocess(self, nb: Any, resources: dict[str, Any], **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        about = resources.setdefault("medcoding", {})
        about["lines"], about["waits"] = [], set()
        self._exercises: frozenset[str] = frozenset(about.get("exercises", ()))
        if not any(self._is_graded_code(cell) for cell in nb.cells):
            return nb, resources
        self._clear(nb)
        self._about, self._course = resources, course_of(self)
        self._unsafe = unsafe(self._course)
        if self._unsafe:
            self._say(SAID_UNSAFE)
        self.shutdown_kernel = "graceful" if self._unsafe else "immediate"
        reason = ""
        try:
            self._refuse(nb)
            super().preprocess(nb, resources, **kwargs)
        except (SandboxMissing, SandboxBroken) as refused:
            self._not_run(nb, str(refused))
            return nb, resources
        except Exception as error:  # whatever a student's kernel brings about is that student's
            reason = self._reason(error)
            if not self._begun:
                self._not_run(nb, f"Code cells were not run: no kernel came ({reason}). Grade again.")
                return nb, resources
            self._say(f"The code did not run to its end: {reason}.")
        self._settle(nb, reason)
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> tuple[Any, dict[str, Any]]:
        if self._grade_id(cell) in self._exercises:
            return cell, resources
        done: tuple[Any, dict[str, Any]] = super().preprocess_cell(cell, resources, index)
        return done

    def create_kernel_manager(self) -> Any:
        if self._unsafe:
            return super().create_kernel_manager()
        limits = Limits(
            memory=self.memory * MB, processes=self.processes, cpu=self.cpu_seconds, seconds=self.notebook_timeout, scratch=self.scratch * MB
        )
        self.km = self._manager = SandboxKernelManager(
            files=self._files(), hidden=hidden(self._course), limits=limits, preload=self.preload, uses=self.sandbox_uses, env={"NBGRADER_EXECUTION": "autograde"}
        )
        return self.km

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """nbclient's, of messages that are what they should be, as many as are kept."""
        kind = str(msg.get("msg_type", ""))
        content = checked(kind, msg.get("content"))
        size = OVERHEAD + size_of(msg.get("content") if content is None else content)
        self._bytes += size
        self._cell_bytes[cell_index] = self._cell_bytes.get(cell_index, 0) + size
        if self._bytes > self.notebook_output and not self._unsafe:
            self._manager.stop(f"it printed more than {self.notebook_output:,} bytes")
            return None
        if content is None:
            return None
        if kind == PUT_BACK:
            if content["runs"] == digest(cell.source):
                self._put_back(content["names"], cell, cell_index)
            return None
        if kind == "error":
            self._failed.add(cell_index)
        elif kind in ("stream", "display_data", "execute_result", "update_display_data") and self._cell_bytes[cell_index] > self.cell_output:
            if kind == "execute_result":
                self._failed.add(cell_index)
            self._too_much.setdefault(cell_index, cell)
            return None
        if self._is_test(cell):
            content.pop("transient", None)  # so that no later cell can change it
        return super().process_message({**msg, "msg_type": kind, "content": content}, cell, cell_index)

    def _put_back(self, names: Sequence[str], cell: Any, index: int) -> None:
        """A test begins; what the submission had changed has been put back."""
        if names and index not in self._fair:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            self._say(f"{self._grade_id(cell)}: what the submission had changed was put back before this test: {', '.join(names[:3])}{more}.")
        self._fair.add(index)

    def on_cell_execute(self, cell: Any, **_: Any) -> None:
        self._begun = True
        if not self._unsafe:
            self.kc.is_test = self._is_test(cell)

    def on_cell_executed(self, **kwargs: Any) -> None:
        super().on_cell_executed(**kwargs)
        content = kwargs["execute_reply"]["content"]
        status = content["status"]
        self._finished.add(kwargs["cell_index"])
        if content.get("ename") in TOLD:
            self._say(f"Cell {kwargs['cell_index'] + 1} {TOLD[content['ename']]}.")
        if status != "ok":
            self._failed.add(kwargs["cell_index"])

    def _clear(self, nb: Any) -> None:
        """No trace of another notebook, and no output that was handed in."""
        self._finished: set[int] = set()
        self._failed: set[int] = set()
        self._fair: set[int] = set()
        self._cell_bytes: dict[int, int] = {}
        self._too_much: dict[int, Any] = {}
        self._bytes = 0
        self._begun = False
        self._manager = None
        self.kernel_name = ""
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = []

    def _refuse(self, nb: Any) -> None:
        """Raise SandboxMissing where this notebook cannot run in a sandbox."""
        if self._unsafe:
            return
        spec = nb.metadata.get("kernelspec", {})
        language = str(spec.get("language") or spec.get("name") or "python").lower()
        if not language.startswith("python"):
            raise SandboxMissing(f"Code cells were not run: the sandbox runs Python, and this notebook was released with the kernel {language[:40]!r}.")
        way()

    def _files(self) -> dict[str, bytes]:
        """What the code finds beside it: the submission's files, and over them what was released."""
        given = self._about["medcoding"].get("files")
        if given is not None:
            return dict(given)
        about = self._about["nbgrader"]
        notes: list[str] = []
        found = gather([self._course.folder("submitted", about["assignment"], about["student"]), self._course.folder("release", about["assignment"])], notes)
        for note in notes:
            self._say(note)
        return found

    def _settle(self, nb: Any, reason: str) -> None:
        """Make outputs of test cells such that silence and forgery earn nothing."""
        for index, cell in self._too_much.items():
            said = f"More than {self.cell_output:,} bytes of output; the rest was left out."
            cell.outputs.append(failure("TooMuchOutput", said) if self._is_test(cell) else _printed(said))
            self._say(f"Cell {index + 1}: {said}")
        for index, cell in enumerate(nb.cells):
            if not self._is_test(cell):
                continue
            fair = self._unsafe or index in self._fair
            verdict = settle(cell, finished=index in self._finished, failed=index in self._failed, reason=reason or "it was not executed.", fair=fair)
            for note in verdict.notes:
                if index in self._finished:
                    self._say(f"{self._grade_id(cell)} {note}.")
            if verdict.waits:
                self._about["medcoding"]["waits"].add(self._grade_id(cell))

    def _not_run(self, nb: Any, reason: str) -> None:
        self._say(reason)
        for cell in nb.cells:
            if self._is_test(cell):
                not_run(cell, reason)
                self._about["medcoding"]["waits"].add(self._grade_id(cell))

    def _reason(self, error: Exception) -> str:
        """Why a notebook ended early, in one line."""
        ended = self._manager.ended if self._manager is not None else ""
        if ended:
            return ended
        if isinstance(error, CellTimeoutError):
            return "a cell could not be interrupted when its time was up, or printed more at once than is read"
        first = (str(error).strip().splitlines() or [""])[0]
        return f"{type(error).__name__}: {first[:200]}"

    def _say(self, line: str) -> None:
        self._about["medcoding"]["lines"].append(line)
        about = self._about.get("nbgrader", {})
        self.log.warning("%s, %s: %s", about.get("student", "?"), about.get("notebook", "?"), line)

    def _grade_id(self, cell: Any) -> str:
        return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))

    def _is_graded_code(self, cell: Any) -> bool:
        graded = utils.is_grade(cell) or utils.is_solution(cell)
        return cell.cell_type == "code" and graded and self._grade_id(cell) not in self._exercises

    def _is_test(self, cell: Any) -> bool:
        """Whether nbgrader reads points from the cell's outputs."""
        return self._is_graded_code(cell) and utils.is_grade(cell) and not utils.is_solution(cell)


def unsafe(course: Course) -> bool:
    """Whether students' code runs without a sandbox here, by configuration or by `medcoding grade --unsafe`."""
    return bool(course.unsafe_code) or os.environ.get(UNSAFE) == "1"


def how_code_runs(course: Course) -> str:
    """What becomes of graded code cells here: sandbox, unsafe or not at all. Grading under one is not grading under another."""
    if unsafe(course):
        return "unsafe"
    try:
        way()
    except SandboxMissing:
        return "not at all"
    return "sandbox"


def hidden(course: Course) -> Sequence[Path]:
    """What students' code must not see, wherever it lies: the course with its gradebook, keys and submissions, and the exchange."""
    places = [course.root, course.root / course.publications]
    if course.coursedir.db_url.startswith("sqlite:///"):
        places.append(Path(course.coursedir.db_url.removeprefix("sqlite:///")))
    exchange = course.config.get("Exchange", {}).get("root")
    if isinstance(exchange, str) and exchange:
        places.append(Path(exchange))
    return tuple(place.absolute() for place in places)


def _printed(text: str) -> Any:
    return nbformat.v4.new_output("stream", name="stdout", text=f"{text}\n")
