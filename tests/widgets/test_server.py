"""The pre-save hook takes out live forms of this course, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.items import answers
from medcoding.widgets import base, server

WIDGET = "application/vnd.jupyter.widget-view+json"
LIVE = {"output_type": "display_data", "data": {WIDGET: {"model_id": "1"}}, "metadata": {"medcoding": "live"}}
UNMARKED = {"output_type": "display_data", "data": {WIDGET: {"model_id": "2"}, "text/plain": "x"}, "metadata": {}}
COPY = {"output_type": "display_data", "data": {answers.MIME: {}, "text/html": "<p>"}, "metadata": {}}
STREAM = {"output_type": "stream", "name": "stdout", "text": "hello"}
ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}


def saved(*outputs: dict[str, Any], kind: str = "notebook") -> list[dict[str, Any]]:
    cell = {"cell_type": "code", "source": "", "outputs": copy.deepcopy(list(outputs)), "metadata": {}}
    markdown = {"cell_type": "markdown", "source": "x", "metadata": {}}
    model = {"type": kind, "content": {"cells": [markdown, cell], "metadata": {}}}
    server.leave_out_live(model=model, path="a.ipynb", contents_manager=None)
    assert model["content"]["cells"][0] == markdown  # type: ignore[index]
    return cell["outputs"]  # type: ignore[return-value]


def test_a_marked_output_goes_and_its_copy_stays() -> None:
    assert saved(STREAM, LIVE, COPY) == [STREAM, COPY]


def test_a_widget_beside_a_copy_goes_even_without_its_mark() -> None:
    assert saved(UNMARKED, COPY) == [COPY]


def test_other_widgets_and_outputs_stay() -> None:
    assert saved(UNMARKED, STREAM, ERROR) == [UNMARKED, STREAM, ERROR]


def test_files_of_other_kinds_are_left_alone() -> None:
    assert saved(LIVE, kind="file") == [LIVE]


def test_the_mime_type_is_that_of_the_store() -> None:
    assert server.MIME == answers.MIME


@pytest.mark.parametrize(
    "model",
    [
        None,
        {},
        {"type": "notebook"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"cells": [None, 1]}},
        {"type": "notebook", "content": []},
    ],
)
def test_a_strange_notebook_is_saved_as_it_is(model: Any) -> None:
    before = copy.deepcopy(model)
    server.leave_out_live(model)
    assert model == before


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "content", "cells", "outputs", "data", "metadata", "cell_type", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_never_raises(model: Any) -> None:
    server.leave_out_live(model)
    server.leave_out_live({"type": "notebook", "content": {"cells": [{"cell_type": "code", "outputs": [model]}]}})


def test_the_extension_registers_its_hook() -> None:
    class Manager:
        hooks: list[Any] = []

        def register_pre_save_hook(self, hook: Any) -> None:
            self.hooks.append(hook)

    class App:
        contents_manager = Manager()

        class log:
            info = staticmethod(lambda *_: None)

    assert server._jupyter_server_extension_points() == [{"module": "medcoding.widgets.server"}]
    server._load_jupyter_server_extension(App())
    assert App.contents_manager.hooks == [server.leave_out_live]


def test_the_configuration_names_the_extension() -> None:
    config = json.loads((base.STATIC / "jupyter_server_config.json").read_text())
    assert config == {"ServerApp": {"jpserver_extensions": {"medcoding.widgets.server": True}}}
