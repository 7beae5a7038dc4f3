"""What an executed test cell earns is read from its outputs by nbgrader: here they are made such that forging gains nothing.

nbgrader gives a locked code cell full marks if it shows nothing wrong: no error, nothing on stderr, and no number as its
result (which stands for partial credit; NaN and numbers below nought count as full marks there, and one above the maximum
stops the grading). So a cell that has not run to its end gets an error here, and a result counts only if it can be one.

What cannot be promised: a test runs in the process of the code that it tests. What is patched in the usual places is put
back before each test (`inside.pristine`), and values that decide by themselves what they are equal to are noticed
(`inside.fair`), but code that is written to fool a test (one that tells test from question, a variable that hides a
builtin, a kernel rebuilt from within) can pass it. Answers to exercises are data and are not scored so.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nbformat

NUMBERS = frozenset({"abs", "float", "int", "len", "max", "min", "round", "sum"})
"""Functions that always give something."""
DECIDED = "DecidedByItself"
"""The error of a test whose comparison the submission's own class would decide; see `inside.fair`."""


@dataclass(frozen=True)
class Verdict:
    """What was found about one test cell. `waits`: a grader must look."""

    notes: tuple[str, ...] = ()
    waits: bool = False


def not_run(cell: Any, reason: str) -> None:
    """Give a test cell the one output that says it has not run; nbgrader takes it as no points."""
    cell.outputs = [failure("NotRun", reason)]


def settle(cell: Any, *, finished: bool, failed: bool, reason: str, fair: bool = True) -> Verdict:
    """Bring the outputs of an executed test cell into order.

    Args:
        finished: whether the kernel said that the cell ran to its end, well or not.
        failed: whether an error was seen, even if it was taken back from view.
        reason: why the notebook ended before, if the cell has not finished.
        fair: whether the kernel said that it put back what was patched before it ran the cell. One that does not is no longer the kernel that was started.
    """
    if not finished:
        cell.outputs = [*_without_results(cell.outputs), failure("NotRun", f"This cell did not run to its end: {reason}")]
        return Verdict((f"did not run to its end: {reason}",))
    if not fair:
        cell.outputs = [*_without_results(cell.outputs), failure("NoPoints", "The kernel did not begin this cell as a test. A grader must look.")]
        return Verdict(("was not begun as a test by the kernel, which the submission has changed; it has no points until a grader has looked",), waits=True)
    wrong = [output for output in cell.outputs if output.output_type == "error" or (output.output_type == "stream" and output.name == "stderr")]
    if failed or wrong:
        cell.outputs = _without_results(cell.outputs)
        if not wrong:
            cell.outputs.append(failure("Failed", "This cell failed, and took its error back from view."))
            return Verdict(("failed, and took its error back from view",))
        if any(output.output_type == "error" and output.ename == DECIDED for output in wrong):
            return Verdict(("compared a value that decides by itself what it is equal to; it has no points until a grader has looked",), waits=True)
        return Verdict()
    results = [output for output in cell.outputs if output.output_type == "execute_result"]
    if not results and must_have_result(cell.source):
        cell.outputs.append(failure("NoPoints", "This cell ends with its points, and showed none. A grader must look."))
        return Verdict(("ends with its points and showed none; it has no points until a grader has looked",), waits=True)
    if not results:
        return Verdict()
    if not may_have_result(cell.source):
        cell.outputs = _without_results(cell.outputs)
        return Verdict(("showed a result that its source cannot give; it was left out",))
    notes = []
    if len(results) > 1:
        cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result" or output is results[-1]]
        notes.append(f"showed {len(results)} results; the last counts")
    problem = _problem(results[-1], float(cell.metadata["nbgrader"]["points"]))
    if problem:
        cell.outputs = [*_without_results(cell.outputs), failure("NoPoints", f"This cell gave {problem}, which stands for no points. A grader must look.")]
        return Verdict((*notes, f"gave {problem}; it has no points until a grader has looked"), waits=True)
    return Verdict(tuple(notes))


def may_have_result(source: str) -> bool:
    """Whether a cell of this source can show a result: it ends with an expression. Unknown of IPython's own syntax, so yes."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return bool(body) and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";")


def must_have_result(source: str) -> bool:
    """Whether a cell of this source shows a result if all is well: it ends with a name, a number or a reckoning. A call may give None."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    last = body[-1] if body and not source.rstrip().endswith(";") else None
    if not isinstance(last, ast.Expr):
        return False
    value = last.value
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in NUMBERS
    return isinstance(value, (ast.Name, ast.BinOp, ast.UnaryOp, ast.Compare)) or (isinstance(value, ast.Constant) and value.value is not None)


def failure(name: str, message: str) -> Any:
    """An error output."""
    return nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def _problem(result: Any, most: float) -> str:
    """What is wrong with a result; empty if nothing is. Text that is no number is a pass, as in nbgrader."""
    text = result.data.get("text/plain", "")
    if not text:
        return "a result without plain text"
    try:
        value = float(text)
    except ValueError:
        return ""
    if math.isnan(value):
        return "a number that is none (NaN)"
    if value < 0 or value > most:
        return f"{value:g} points of {most:g}"
    return ""


def _without_results(outputs: Sequence[Any]) -> list[Any]:
    return [output for output in outputs if output.output_type != "execute_result"]
