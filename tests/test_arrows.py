"""Imports point one way: findings, codes, payment, claims and compliance, forms, items, then learning and widgets, or grading, insight, cli."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "course" / "medcoding"

CORE = ["codes", "payment"]
BELOW: dict[str, set[str]] = {
    "findings": set(),
    "facts": set(),
    "codes": {"findings"},
    "payment": {"findings", "codes"},
}
"""What each part of the package may import besides itself and `facts`. Who is not named here has no place yet."""
for part in ("claims", "compliance"):
    BELOW[part] = {"findings", *CORE}
BELOW["forms"] = {"findings", *CORE, "claims", "compliance"}
BELOW["items"] = {*BELOW["forms"], "forms"}
BELOW["learning"] = {*BELOW["items"], "items"}
BELOW["widgets"] = {*BELOW["learning"], "learning"}
BELOW["grading"] = {*BELOW["items"], "items"}
BELOW["insight"] = {*BELOW["grading"], "grading", "learning"}
BELOW["cli"] = {*BELOW["insight"], "insight"}
BELOW["__main__"] = {"cli"}
BELOW["__init__"] = {"widgets"}  # a student's vocabulary, handed on


def module_of(path: Path, root: Path) -> tuple[str, ...]:
    """A file as the dotted parts of its package: forms/codes.py is ("medcoding", "forms"), its relative imports start there."""
    return ("medcoding", *path.relative_to(root).parts[:-1])


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute name) of everything a file imports, at any depth, by statement or by import_module."""
    own = module_of(path, root)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*own[: len(own) - node.level + 1]] if node.level else []
            base += (node.module or "").split(".") if node.module else []
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)
        elif isinstance(node, ast.Call) and called(node.func) in ("import_module", "__import__") and node.args:
            yield from ((node.lineno, text) for text in named(node.args[0]))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("medcoding.") and " " not in node.value:
            yield node.lineno, node.value  # names given to a lazy loader or to a configuration


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def named(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.JoinedStr) and argument.values and isinstance(argument.values[0], ast.Constant):
        yield str(argument.values[0].value)


def against_the_arrows(root: Path) -> list[str]:
    """Every import of a package folder that does not follow the arrows, as "file:line imports name"."""
    found = []
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        part = place.parts[0].removesuffix(".py")
        if part not in BELOW:
            found.append(f"{place} stands in no known part of the package")
            continue
        for line, name in imports(path, root):
            package, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if package != "medcoding" or not target or target.startswith("__") or target in (part, "facts") or target in BELOW[part]:
                continue
            if part == "__init__" and not (root / target).exists() and not (root / f"{target}.py").exists():
                continue
            found.append(f"{place}:{line} imports {name}")
    return found


def test_imports_follow_the_arrows() -> None:
    assert against_the_arrows(PACKAGE) == []


def test_package_is_really_read() -> None:
    seen = {name for path in PACKAGE.rglob("*.py") for _, name in imports(path, PACKAGE)}
    assert {"medcoding.findings.Finding", "medcoding.codes.icd10cm", "medcoding.forms.FORMS", "medcoding.items.bank.Bank"} <= seen


def test_arrows_have_no_circle() -> None:
    assert not [(one, other) for one in BELOW for other in BELOW[one] if one in BELOW[other]]
    assert "grading" not in BELOW["widgets"] and "widgets" not in BELOW["grading"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small package that follows the arrows in every way that it can."""
    files = {
        "__init__.py": '_HOME = {"exercise": "medcoding.widgets"}\n',
        "findings.py": "import json\n",
        "facts.py": "from importlib.resources import files\n",
        "codes/__init__.py": "",
        "codes/icd10cm.py": "from medcoding.findings import Finding\nfrom medcoding import facts\nfrom . import other\n",
        "forms/codes.py": "from medcoding.codes import icd10cm\nfrom .base import Form\nfrom ..findings import Score\n",
        "items/bank.py": "def f():\n    from medcoding.forms import FORMS\n",
        "widgets/views.py": 'import importlib\nimportlib.import_module(f"medcoding.widgets.{form}")\nfrom medcoding.items import Bank\n',
        "grading/score.py": "import medcoding.items.bank\nimport medcoding\n",
        "insight/demo.py": "from medcoding.grading import score\n",
        "cli/x.py": "def f():\n    from medcoding.insight.demo import run\n",
    }
    for name, text in files.items():
        path = tmp_path / "medcoding" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "medcoding"


def test_tree_that_follows_the_arrows_passes(tree: Path) -> None:
    assert against_the_arrows(tree) == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("findings.py", "from medcoding.codes import icd10cm", "findings.py:1 imports medcoding.codes.icd10cm"),
        ("facts.py", "import medcoding.findings", "facts.py:1 imports medcoding.findings"),
        ("codes/icd10cm.py", "def f():\n    from medcoding.forms import FORMS", "codes/icd10cm.py:2 imports medcoding.forms.FORMS"),
        ("codes/icd10cm.py", "from ..items import Bank", "codes/icd10cm.py:1 imports medcoding.items.Bank"),
        ("codes/icd10cm.py", "from .. import forms", "codes/icd10cm.py:1 imports medcoding.forms"),
        ("claims/edits.py", "from medcoding import compliance", "claims/edits.py:1 imports medcoding.compliance"),
        ("forms/codes.py", "if True:\n    import medcoding.items.bank as b", "forms/codes.py:2 imports medcoding.items.bank"),
        ("items/bank.py", "from medcoding.grading.score import x", "items/bank.py:1 imports medcoding.grading.score.x"),
        ("items/bank.py", "from medcoding import exercise", "items/bank.py:1 imports medcoding.exercise"),
        ("widgets/views.py", "from medcoding.grading import score", "widgets/views.py:1 imports medcoding.grading.score"),
        ("items/bank.py", "from medcoding.learning import choose", "items/bank.py:1 imports medcoding.learning.choose"),
        ("learning/choose.py", "from medcoding.widgets import places", "learning/choose.py:1 imports medcoding.widgets.places"),
        ("grading/score.py", "from medcoding.widgets import views", "grading/score.py:1 imports medcoding.widgets.views"),
        ("grading/score.py", 'import importlib\nimportlib.import_module("medcoding.widgets.views")', "grading/score.py:2 imports medcoding.widgets.views"),
        ("grading/score.py", 'import importlib\nimportlib.import_module(f"medcoding.widgets.{x}")', "grading/score.py:2 imports medcoding.widgets."),
        ("grading/score.py", "from medcoding import insight", "grading/score.py:1 imports medcoding.insight"),
        ("insight/demo.py", "from medcoding.cli import main", "insight/demo.py:1 imports medcoding.cli.main"),
        ("cli/x.py", "from medcoding.widgets import views", "cli/x.py:1 imports medcoding.widgets.views"),
        ("__init__.py", "from medcoding.grading import score", "__init__.py:1 imports medcoding.grading.score"),
        ("helpers/text.py", "", "helpers/text.py stands in no known part of the package"),
    ],
)
def test_planted_violation_is_found(tree: Path, file: str, text: str, found: str) -> None:
    path = tree / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    assert found in against_the_arrows(tree)
