"""The view of `wordparts`: what the page is sent, answers in code, and the page's own way to join parts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.forms.match import text_id
from medcoding.forms.wordparts import assemble
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from medcoding.widgets.base import STATIC
from widgets_support import Ears, view_on_display


def test_page_to_take_apart_gets_escaped_texts_and_no_part(course: dict[str, Item], ears: Ears) -> None:
    exercise("take-apart")
    view = view_on_display(ears).item["view"]
    assert view["term"] == "hepatitis" and "A &lt;b&gt;large&lt;/b&gt; liver." in {entry["html"] for entry in view["whole"]}
    assert not re.search(r"Zq|'-itis'|'hepat'", str(view))


def test_page_to_put_together_gets_the_bank_and_not_the_term(course: dict[str, Item], ears: Ears) -> None:
    exercise("put-together")
    view = view_on_display(ears).item["view"]
    assert {part["text"] for part in view["bank"]} == {"orchi/o", "-pexy", "-ectomy"}
    assert "orchiopexy" not in str(view) and "Zq" not in str(view)


def test_an_answer_in_code_may_be_a_list_of_parts(course: dict[str, Item], ears: Ears) -> None:
    exercise("put-together", answer=["orchi/o", "-pexy"])
    assert recorded("put-together") == {"parts": [{"text": "orchi/o"}, {"text": "-pexy"}]}
    assert "Term: orchiopexy" in ears.last["text/plain"]


def test_an_answer_in_code_may_give_meanings_by_text(course: dict[str, Item], ears: Ears) -> None:
    exercise("take-apart", answer={"parts": [{"text": "hepat", "kind": "root", "meaning": "Liver"}, "-itis"], "meaning": "an inflamed liver."})
    assert recorded("take-apart") == {
        "parts": [{"text": "hepat", "kind": "root", "meaning": text_id("liver")}, {"text": "-itis"}], "meaning": text_id("An inflamed liver.")}
    with pytest.raises(MalformedAnswer, match="'heart' is no meaning"):
        exercise("take-apart", answer={"parts": [{"text": "hepat", "meaning": "heart"}]})
    with pytest.raises(MalformedAnswer, match="not an answer of the form 'wordparts'"):
        exercise("take-apart", answer="hepat")


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's script needs Node to run outside a browser")
def test_page_joins_parts_as_the_score_does() -> None:
    cases = [["orchi/o", "-pexy"], ["hepat/o", "-itis"], ["gastr/o", "enter/o", "-logy"], ["pan-", "cyt/o", "-penia"], ["hepat", "o", "-megaly"],
             ["orchi/o", "-ectomy"], ["cyt/o"], ["dys-", "-uria"], ["enter/o", "enter/o", "-ytis"], []]
    source = (STATIC / "wordparts.js").read_text()
    function = re.search(r"^function assemble.*?^}", source, re.MULTILINE | re.DOTALL)
    assert function
    code = f"{function[0]}\nconsole.log(JSON.stringify({json.dumps(cases)}.map(assemble)))"
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [assemble(case) for case in cases]
