"""What a test cell compares is decided by types that the submission did not make; everything ordinary is left alone."""

from __future__ import annotations

import ast
import collections
import datetime
import decimal
import enum
import fractions
import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from medcoding.grading.sandbox.inside.fair import DecidedByItself, Fair, look


class Bare:
    """A class without methods that decide."""


Point = collections.namedtuple("Point", "x y")
ORDINARY = [
    1, 2.5, 1j, "a", b"a", None, True, [1, [2]], {"a": (1, {2})}, range(3), pd.DataFrame({"a": [1]}), pd.Series([1]), pd.Index([1]), pd.Categorical(["a"]), pd.NA,
    pd.Timestamp("2026-01-05"), pd.DataFrame({"a": [1]}).groupby("a"), np.array([1]), np.float64(1), np.int64(1), np.nan, datetime.date(2026, 1, 5), decimal.Decimal(1),
    fractions.Fraction(1, 2), collections.Counter("aa"), collections.OrderedDict(a=1), Path("."), ValueError("x"), Bare(), Point(1, 2), len, lambda: 1,
]


@pytest.mark.parametrize("value", ORDINARY, ids=lambda value: type(value).__name__)
def test_ordinary_values_are_left_alone(value: object) -> None:
    assert look(value) is value


def _always(self: object, other: object) -> bool:
    return True


class Metaclass(type):
    __eq__ = _always
    __hash__ = type.__hash__


DECIDING = {
    "function": type("Equal", (), {"__eq__": _always})(),
    "subclass of a number": type("Equal", (int,), {"__eq__": _always})(0),
    "subclass of a list": type("Equal", (list,), {"__len__": lambda self: 3})(),
    "partial": type("Equal", (), {"__eq__": functools.partial(lambda other: True)})(),
    "builtin": type("Equal", (), {"__eq__": id})(),
    "type": type("Equal", (), {"__eq__": bool})(),
    "static": type("Equal", (), {"__eq__": staticmethod(lambda other: True)})(),
    "inherited": type("Child", (type("Equal", (), {"__eq__": _always}),), {})(),
    "attributes": type("Equal", (), {"__getattribute__": lambda self, name: 1})(),
    "subtraction": type("Near", (), {"__sub__": lambda self, other: 0})(),
    "forged module": type("DataFrame", (), {"__eq__": _always, "__module__": "pandas"})(),
    "compiled": type("Equal", (), {"__eq__": eval(compile("lambda self, other: True", "<string>", "eval"))})(),
    "metaclass": Metaclass("Equal", (), {}),
}


@pytest.mark.parametrize("name", DECIDING)
def test_values_that_decide_by_themselves_are_noticed(name: str) -> None:
    with pytest.raises(DecidedByItself, match="of the submission"):
        look(DECIDING[name])
    with pytest.raises(DecidedByItself):
        look({"deep": [(DECIDING[name],)]})


def test_an_enum_of_the_submission_is_left_alone() -> None:
    assert look(enum.Enum("Color", "RED").RED)


TESTED = """
assert answer() == 200
assert abs(answer() - 200) < 1e-9
points = 0
if 1 < answer() <= 200:
    points += 1
assert isinstance(answer(), int) and len([answer()]) == 1
assert np.isclose(answer(), 200)
assert answer()
"""


def _run(source: str, **names: object) -> dict:
    tree = ast.fix_missing_locations(Fair("looked").visit(ast.parse(source)))
    space = {"looked": look, "np": np, **names}
    exec(compile(tree, "test", "exec"), space)
    return space


def test_a_guarded_test_does_what_it_did() -> None:
    assert _run(TESTED, answer=lambda: 200)["points"] == 1
    with pytest.raises(AssertionError):
        _run(TESTED, answer=lambda: 199)


@pytest.mark.parametrize("line", [line for line in TESTED.strip().splitlines() if line.startswith("assert")])
def test_each_kind_of_comparison_is_guarded(line: str) -> None:
    with pytest.raises(DecidedByItself):
        _run(line, answer=lambda: type("Sly", (int,), {"__eq__": _always, "__sub__": lambda *_: 0, "__bool__": lambda self: True})(0))
