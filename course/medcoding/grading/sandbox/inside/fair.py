"""Comparisons in a test cell, decided by types that the submission did not make.

`assert total([80, 120]) == 200` asks the left side whether it is equal. An object whose `__eq__` always says yes passes every such
test. So what a test cell compares, reckons with or hands to a well-known function is looked at first: where a class
that the submission defines would decide, the test stops with `DecidedByItself`, and the cell waits for a grader. A class
without such methods, or one of a library, is left alone.
"""

from __future__ import annotations

import ast
import sys
import types
from typing import Any

MOST = 10_000
"""Elements of containers that are looked at."""
CONTAINERS = (list, tuple, set, frozenset, dict)
PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, range, *CONTAINERS)
DECIDING = frozenset(
    f"__{name}__" for name in ["eq", "ne", "lt", "le", "gt", "ge", "bool", "len", "contains", "hash", "iter", "next", "getitem", "getattribute", "getattr", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "mod", "pow", "neg", "pos", "abs", "round", "float", "int", "index", "complex", "str", "instancecheck", "array", "array_ufunc", "array_function", "class"]
)
FUNCTIONS = frozenset(["len", "sum", "abs", "round", "sorted", "set", "frozenset", "list", "tuple", "dict", "isinstance", "issubclass", "all", "any", "min", "max", "float", "int", "str", "repr", "bool", "type", "zip", "map", "enumerate", "reversed"])


class DecidedByItself(Exception):
    """A value of the submission's own class would decide a comparison."""


def look(value: Any, seen: list[int] | None = None) -> Any:
    """The value itself.

    Raises:
        DecidedByItself: a class that the submission made would decide what the value is equal to.
    """
    count = seen if seen is not None else [0]
    kind = type(value)
    if kind in PLAIN:
        if kind in CONTAINERS:
            for element in list(value.items() if kind is dict else value):
                count[0] += 1
                if count[0] > MOST:
                    break
                look(element, count)
        return value
    for made in type.__dict__["__mro__"].__get__(kind):
        own = type.__dict__["__dict__"].__get__(made)
        if made is not object and any(_foreign(own[name]) for name in DECIDING & set(own)):
            raise DecidedByItself(f"the class {type.__dict__['__name__'].__get__(made):.40} of the submission decides this comparison by itself")
    return value


def _foreign(method: Any) -> bool:
    """Whether a method is none that Python or an installed library made."""
    if isinstance(method, (staticmethod, classmethod)):
        method = method.__func__
    if isinstance(method, property):
        method = method.fget
    if type(method) is types.FunctionType:
        return not method.__code__.co_filename.startswith(LIBRARIES)
    return type(method) not in MADE_IN_C and type(method).__name__ != "cython_function_or_method"


LIBRARIES = (sys.prefix, sys.base_prefix, "<frozen ", "<__array_function__ internals>")
MADE_IN_C = (type(None), types.WrapperDescriptorType, types.MethodDescriptorType, types.GetSetDescriptorType, types.ClassMethodDescriptorType)


class Fair(ast.NodeTransformer):
    """Has each side of a comparison, each operand, and each argument of a well-known function looked at first."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _looked(self, node: ast.expr) -> ast.expr:
        if isinstance(node, (ast.Constant, ast.Starred)):
            return node
        return ast.copy_location(ast.Call(ast.copy_location(ast.Name(self._name, ast.Load()), node), [node], []), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        node.left = self._looked(node.left)
        node.comparators = [self._looked(one) for one in node.comparators]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        node.left, node.right = self._looked(node.left), self._looked(node.right)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, (ast.Call, ast.Name, ast.Subscript, ast.Attribute)):
            node.test = self._looked(node.test)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS) or (
            isinstance(node.func, ast.Attribute) and isinstance(node.func.value, (ast.Name, ast.Attribute))
        ):
            node.args = [self._looked(one) for one in node.args]
        return node
