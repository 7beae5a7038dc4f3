"""Each form has a view, and what a view sends to the page is safe and whole."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from medcoding import exercise
from medcoding.forms import FORMS
from medcoding.widgets.base import STATIC
from medcoding.widgets.views import VIEWS, view_of
from widgets_support import Ears, view_on_display


def test_every_form_has_a_view_of_its_name() -> None:
    assert set(VIEWS) == set(FORMS)
    assert all(view_of(form).form == form for form in FORMS)


@pytest.mark.parametrize("form", sorted(VIEWS))
def test_a_script_is_one_module_with_one_export_and_no_network(form: str) -> None:
    script = str(view_of(form)._esm)
    assert len(re.findall(r"^export ", script, re.MULTILINE)) == 1
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|eval\(", script)


def test_each_name_is_declared_once_in_a_joined_script() -> None:
    for form in VIEWS:
        names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", str(view_of(form)._esm), re.MULTILINE)
        assert sorted(names) == sorted(set(names)), form


def test_only_the_renderers_html_is_set_as_html() -> None:
    # drawn and reply.html are the claim as medcoding.claims draws it, one.html and one.basis a question of a claim and a suggestion; each is escaped by its renderer
    uses = {path.name: re.findall(r"(?:innerHTML = |html: )([\w.]+)", path.read_text()) for path in STATIC.glob("*.js")}
    assert {use for found in uses.values() for use in found} == {
        "value",
        "text",
        "item.chart",
        "item.question",
        "option.html",
        "entry.html",
        "drawn",
        "one.basis",
        "one.html",
        "reply.html",
    }


def test_option_and_question_texts_are_escaped(folder: Path, ears: Ears) -> None:
    exercise("pick-one")
    html = [option["html"] for option in view_on_display(ears).item["view"]["options"]]
    assert "The <code>wrong</code> one." in html


def test_nothing_of_a_key_reaches_a_graded_view(folder: Path, ears: Ears) -> None:
    for item in ("pick-one", "list-codes", "fill-claim"):
        exercise(item)
        state: Any = view_on_display(ears).get_state()
        text = str({name: value for name, value in state.items() if name not in ("_esm", "_css")})
        assert "correct" not in text and "G47.33" not in text and "D51" not in text and "Because" not in text


def test_points_are_said_in_words(folder: Path, ears: Ears) -> None:
    exercise("pick-one")
    assert view_on_display(ears).item["points"] == "1 point"
    exercise("closed-codes")
    assert view_on_display(ears).item["points"] == "Not counted"


def test_the_server_extension_and_the_package_load_lean() -> None:
    code = (
        "import sys, medcoding.widgets.server, medcoding; "
        "heavy = {'pydantic', 'ipywidgets', 'anywidget', 'yaml', 'pandas'} & set(sys.modules); "
        "assert not heavy, heavy; "
        "from medcoding import exercise, practice, progress; "
        "heavy = {'ipywidgets', 'anywidget', 'medcoding.items.check'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
