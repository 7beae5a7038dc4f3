"""A malformed item of any form: the check names file, line and field, whatever is wrong with it, and never breaks down."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.forms import FORMS
from medcoding.items.bank import Bank, Fault
from medcoding.items.check import check
from minicourse import ROOT

GALLERY = ROOT / "course" / "bank" / "forms-gallery"
ITEMS: list[dict[str, Any]] = yaml.load((GALLERY / "gallery.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
ONE = {item["form"]: item for item in reversed(ITEMS)}
FIRST, LAST = (copy.deepcopy(ONE[form]) for form in ("choice", "sort"))
FIRST["id"], LAST["id"] = "stands-before", "stands-after"
JUNK: list[Any] = ["", "x", "-1", "nan", "E11", "Q99.99", "null", "true", [], ["x"], [[]], {}, {"x": "y"}, [{"code": "E11"}], "\u202e", "x" * 3000]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def mappings(value: Any, before: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The way to every mapping within a value."""
    if isinstance(value, dict):
        yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield from mappings(below, (*before, step))


def places(value: Any, before: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The way to every value within a value, itself included."""
    yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield from places(below, (*before, step))


def at(item: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        item = item[step]
    return item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bank" / "forms-gallery"
    made.mkdir(parents=True)
    shutil.copy(GALLERY / "gallery.lesson.yaml", made)
    return made


def faults(folder: Path, item: dict[str, Any]) -> tuple[list[Fault], range]:
    """The faults of a bank with the item between two sound ones, and the lines that are the item's own."""
    before, own, after = (yaml.safe_dump([each], allow_unicode=True, sort_keys=False, width=200) for each in (FIRST, item, LAST))
    (folder / "gallery.yaml").write_text(before + own + after, encoding="utf-8")
    start = before.count("\n") + 1
    return check(Bank(folder.parent, strict=False)), range(start, start + own.count("\n"))


def told(found: list[Fault], lines: range, where: str = "") -> bool:
    return any(
        fault.file.endswith("forms-gallery/gallery.yaml") and fault.line in lines and fault.where.startswith(where) and len(fault.message) > 10
        for fault in found
    )


def test_the_gallery_has_every_form(folder: Path) -> None:
    assert set(ONE) == set(FORMS)
    for item in ONE.values():
        assert faults(folder, item)[0] == []


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("field", ["key", "rationale", "citations", "question", "title", "lesson", "form", "objectives"])
def test_a_missing_field_is_found(folder: Path, form: str, field: str) -> None:
    item = copy.deepcopy(ONE[form])
    del item[field]
    found, lines = faults(folder, item)
    assert told(found, lines, field), found


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("junk", [[], {}, "x", ["x"], {"x": "y"}], ids=repr)
def test_a_key_that_is_no_key_is_found(folder: Path, form: str, junk: Any) -> None:
    found, lines = faults(folder, {**ONE[form], "key": junk})
    assert told(found, lines, "key"), found


@pytest.mark.parametrize("form", sorted(FORMS))
def test_an_unknown_field_is_found_at_any_depth(folder: Path, form: str) -> None:
    tried = 0
    for way in list(mappings(ONE[form]["key"], ("key",)))[:12]:
        item = copy.deepcopy(ONE[form])
        inner = at(item, way)
        if form == "claim" and way[-1:] == ("fields",):
            continue  # a mapping of box to value: its own names are checked by the claim's model
        inner["feedbakc"] = "x"
        found, lines = faults(folder, item)
        assert told(found, lines, "key"), (way, found)
        tried += 1
    assert tried


REQUIRED = {
    form: names
    for form in sorted(FORMS)
    if (names := [name for name, field in FORMS[form].key_model.model_fields.items() if field.is_required() and name in ONE[form]["key"]])
}
"""What the models themselves call required, as far as the gallery writes it out; the others have other ways to say it."""


@pytest.mark.parametrize("form", REQUIRED)
def test_what_the_key_cannot_do_without_is_found_missing(folder: Path, form: str) -> None:
    for name in REQUIRED[form]:
        item = copy.deepcopy(ONE[form])
        del item["key"][name]
        found, lines = faults(folder, item)
        assert told(found, lines, "key"), (name, found)


@pytest.mark.parametrize("form", ["codes", "encounter", "stay", "pcs", "review"])
def test_a_code_that_is_none_is_found_wherever_it_stands(folder: Path, form: str) -> None:
    from medcoding.codes import icd10cm, icd10pcs

    on = str(ONE[form].get("on", "2026-03-16"))
    diagnoses, procedures = icd10cm.on(on), icd10pcs.on(on)
    tried = 0
    for way in places(ONE[form]["key"], ("key",)):
        value = at(ONE[form], way)
        if not isinstance(value, str) or not (value in diagnoses or value in procedures):
            continue
        item = copy.deepcopy(ONE[form])
        at(item, way[:-1])[way[-1]] = "Q99.99" if value in diagnoses else "0TT14ZX"
        found, lines = faults(folder, item)
        assert told(found, lines, "key"), (way, found)
        tried += 1
    assert tried


@pytest.mark.parametrize("form", sorted(FORMS))
@FEW
@given(data=st.data())
def test_junk_anywhere_never_breaks_the_check(folder: Path, form: str, data: st.DataObject) -> None:
    item = copy.deepcopy(ONE[form])
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from([*places(item["key"], ("key",)), *((name,) for name in item if name != "key")]))
        try:
            at(item, way[:-1])[way[-1]] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
        except (KeyError, IndexError, TypeError):
            continue
    found, _ = faults(folder, item)
    for fault in found:
        assert fault.line >= 1 and fault.file and fault.message
    sound = [fault for fault in found if fault.item in ("stands-before", "stands-after") and fault.where != "id"]
    assert not sound, sound
