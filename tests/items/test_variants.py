"""Variants: the same from the same secret on every Python, no two alike, each a sound item, silent about its key."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.forms import FORMS, AnswerProblem, score
from medcoding.items.bank import Bank
from medcoding.items.check import check
from medcoding.items.drawing import below, combinations
from medcoding.items.models import Item, PublicItem, own_variant
from medcoding.items.publication import Publication, dump, publish
from medcoding.items.variants import VariantFault
from variant_items import ALL, BASE, FRACTURE, TABLE, UNITS

NAMES = ["a-broken-leg", "units-of-a-drug", "base-payment", "from-a-table"]


def bank(folder: Path, *texts: str) -> Bank:
    (folder / "05-m").mkdir(exist_ok=True)
    (folder / "05-m/items.yaml").write_text("".join(texts), encoding="utf-8")
    return Bank(folder, strict=False)


def faults(folder: Path, text: str) -> list[str]:
    return [str(fault) for fault in check(bank(folder, text))]


def published(own: Bank, secret: str = "s") -> Publication:
    return publish([own.expanded(item.id, secret) for item in own], assignment="05-m", notebook="one", secret=secret)


# ---- expansion --------------------------------------------------------------------------------------------


def test_each_way_of_declaring_variants_is_sound(tmp_path: Path) -> None:
    own = bank(tmp_path, *ALL)
    assert check(own) == []
    assert [own.varies(name) for name in NAMES] == [24, 24, 24, 3]
    assert [len(own.expanded(name, "s").variants) for name in NAMES] == [24, 24, 24, 3]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_variants_are_alike(tmp_path: Path, name: str) -> None:
    item = bank(tmp_path, *ALL).expanded(name, "s")
    seen = {(one.chart, one.question, repr(one.key)) for one in item.variants}
    assert len(seen) == len(item.variants)
    assert len({(one.chart, one.question) for one in item.variants}) == len(item.variants)


def test_keys_are_what_the_parameters_make_them(tmp_path: Path) -> None:
    own = bank(tmp_path, *ALL)
    for one in own.expanded("units-of-a-drug", "s").variants:
        per = 15 if "ketorolac" in one.question else 1
        dose = int(one.values["dose"])
        assert one.key.fields[0].value == -(-dose // per)
        assert one.question.startswith(f"{dose} mg of ")
    for one in own.expanded("base-payment", "s").variants:
        base, weight = Decimal(one.values["base"]), Decimal(one.values["weight"])
        assert one.key.fields[0].value == base * weight and weight != 1
        assert base % 50 == 0 and 6000 <= base <= 7500
    for one in own.expanded("a-broken-leg", "s").variants:
        code = one.key.codes[0].code
        assert code.startswith("S72") and code.endswith("A") and f"`{code}`" in one.rationale


def test_key_of_every_variant_earns_full_marks_and_no_other_does(tmp_path: Path) -> None:
    item = bank(tmp_path, FRACTURE).expanded("a-broken-leg", "s")
    form = FORMS[item.form]
    answers = [form.key_answer(one.key) for one in item.variants]
    for number, answer in enumerate(answers):
        assert score(item, answer, number).full
        assert not score(item, answer, (number + 1) % len(answers)).full


def test_secret_decides_and_the_same_secret_decides_the_same(tmp_path: Path) -> None:
    first, again = bank(tmp_path, *ALL), bank(tmp_path, *ALL)
    for name in NAMES[:3]:
        assert first.expanded(name, "s") == again.expanded(name, "s")
        assert first.expanded(name, "s") != first.expanded(name, "other")


def test_same_variants_in_another_process_with_another_hash_seed(tmp_path: Path) -> None:
    own = bank(tmp_path, *ALL)
    program = (
        "import sys\nfrom medcoding.items.bank import Bank\nfrom medcoding.items.publication import publish\n"
        "own = Bank(sys.argv[1])\n"
        "print(publish([own.expanded(item.id, 's') for item in own], assignment='05-m', notebook='one', secret='s').name)"
    )
    import os

    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONHASHSEED": "12345"})
    assert done.stdout.strip() == published(own).name


def test_numbers_drawn_are_those_of_sha256_alone() -> None:
    digest = hashlib.sha256(b"seed\x1fdraw\x1f7\x1f0").digest()
    assert below(10, b"seed", "draw", 7) == int.from_bytes(digest, "big") % 10


def test_few_combinations_are_all_met_and_many_never_twice() -> None:
    few = list(combinations({"a": [1, 2, 3], "b": "xy"}, b"s", 0))
    assert sorted((one["a"], one["b"]) for one in few) == [(a, b) for a in (1, 2, 3) for b in "xy"]
    many = [one["a"] * 1000 + one["b"] for one in combinations({"a": range(1000), "b": range(1000)}, b"s", 5000)]
    assert len(set(many)) == len(many) > 4900


def test_first_variant_stands_in_the_bank(tmp_path: Path) -> None:
    item = bank(tmp_path, UNITS)["units-of-a-drug"]
    assert item.variants == () and "{{" not in item.question


def test_keys_alike_are_taken_only_where_others_are_not_found(tmp_path: Path) -> None:
    text = UNITS.replace("range: [20, 80, 5]", "range: [16, 45, 1]").replace("draw:", "count: 30\n    draw:")
    item = bank(tmp_path, text).expanded("units-of-a-drug", "s")  # ketorolac has 2 or 3 units, ondansetron 16 to 45
    assert len(item.variants) == 30
    assert len({one.key.fields[0].value for one in item.variants}) == 30


# ---- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "said"),
    [
        (UNITS, "range: [20, 80, 5]", "range: [20, 80, 60]", 7, "4 different variants were found; expected 24"),
        (UNITS, "range: [20, 80, 5]", "range: [80, 20, 5]", 10, "a range goes up: found 80 to 20 by 5"),
        (UNITS, "range: [20, 80, 5]", "range: [20, many, 5]", 10, "'many' is no number"),
        (UNITS, "range: [20, 80, 5]", "range: [0, 9, 0.0001]", 10, "this range has 90,001 numbers"),
        (UNITS, "dose: {range: [20, 80, 5]}", "dose: {}", 10, "expected one of choose, range and codes"),
        (UNITS, "hcpcs.units", "os.system", 12, "'os.system' is no function here"),
        (UNITS, '["{{drug.code}}", "{{dose}}"]', '["{{drug.code}}"]', 12, "missing a required argument: 'dose'"),
        (UNITS, "code: J1885", "code: J9999", 12, "hcpcs.units"),
        (UNITS, "{{dose}} mg of", "{{doze}} mg of", 14, "there is no 'doze'; there are dose, drug, less, units"),
        (UNITS, "{{drug.name}}", "{{drug.nick}}", 14, "expected drug.name, drug.code, drug.per"),
        (UNITS, "{{drug.name}}", "{{drug.name", 14, "is no hole to fill"),
        (UNITS, "title: Units of a drug", "level: \"{{dose}}\"\n  title: Units", 5, "cannot hold {{names}}"),
        (UNITS, "{{dose}} mg of", "Some mg of", 7, "two variants ask the same but have different keys"),
        (UNITS, "    compute:", "    guard: [\"{{dose}} > 100\"]\n    compute:", 11, "no combination of the parameters fulfils every guard"),
        (UNITS, "    compute:", "    guard: [\"{{dose}}\"]\n    compute:", 11, "is no comparison"),
        (UNITS, "    compute:", "    guard: [\"{{drug.name}} > 1\"]\n    compute:", 11, "only numbers have an order"),
        (UNITS, "    compute:", "    colour: red\n    compute:", 11, "not known here"),
        (UNITS, "less: {call", "dose: {call", 7, "is drawn and computed"),
        (UNITS, "    compute:", "    count: 1\n    compute:", 11, "greater than or equal to 2"),
        (FRACTURE, "below: S72", "below: S00.ZZ", 9, "no billable icd10cm code below 'S00.ZZ'"),
        (TABLE, "{leads: The poisoning, follows: its effect}", "{leads: The poisoning}", 7, "every row of the table names the same parameters"),
        (TABLE, "    table:", "    count: 4\n    table:", 7, "'count' is 4, but the table has 3 rows"),
        (BASE, "    guard:", "    idle: 1\n    guard:", 14, "not known here"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, old: str, new: str, line: int, said: str) -> None:
    assert old in text
    found = faults(tmp_path, text.replace(old, new))
    assert found and all("items.yaml:" in one for one in found)
    assert any(said in one for one in found), found
    assert any(f"items.yaml:{line}: " in one for one in found if said in one), found


def test_parameter_used_nowhere_is_named(tmp_path: Path) -> None:
    found = faults(tmp_path, UNITS.replace("      dose:", "      spare: {range: [1, 5]}\n      dose:"))
    assert len(found) == 1 and "'spare' is used nowhere" in found[0]


def test_fault_of_one_variant_names_it_at_the_line_of_its_field(tmp_path: Path) -> None:
    text = TABLE.replace("follows: the old injury", "follows: the old `Z99.999` injury")
    (found,) = {fault.split("items.yaml:")[1] for fault in faults(tmp_path, text) if "question" in fault}
    assert found.startswith("12: from-a-table[variant ") and "`Z99.999` stands in the text as a code" in found


def test_variant_that_is_no_sound_item_is_named_with_its_parameters(tmp_path: Path) -> None:
    text = UNITS.replace('call: math.subtract, args: ["{{units}}", 1]', 'call: math.add, args: ["{{dose}}"]')  # of a code per 1 mg the dose is the right number
    found = faults(tmp_path, text)
    assert any("is also right" in fault and "units-of-a-drug" in fault for fault in found), found


# ---- scoring ----------------------------------------------------------------------------------------------


@given(number=st.integers())
def test_variant_that_an_item_has_not_is_an_answer_problem(number: int) -> None:
    item = Item.model_validate(PLAIN | {"variants": [VARIANT | {"question": f"Q{n}?"} for n in range(3)]})
    if 0 <= number < 3:
        assert score(item, {"text": "7"}, number).full
    else:
        with pytest.raises(AnswerProblem, match="has no variant"):
            score(item, {"text": "7"}, number)


VARIANT: dict[str, Any] = {
    "title": "A title", "question": "Which?", "key": {"value": "7", "near": [{"value": "8", "feedback": "f"}]},
    "rationale": "Because.", "citations": [{"guideline": "I.A.13"}],
}
PLAIN: dict[str, Any] = {**VARIANT, "id": "a-number", "lesson": "05-01", "form": "number", "objectives": [1]}


# ---- publication ------------------------------------------------------------------------------------------


def test_publication_without_variants_has_the_hash_that_it_always_had() -> None:
    # worked out with the version of the course that knew no variants
    plain = publish([Item.model_validate(PLAIN)], assignment="05-sample", notebook="one", secret="secret", course="course")
    assert plain.name == "e6e1d83e5382090f041108ce1929c4db"
    assert "variants" not in plain.text()
    assert "variants" not in json.loads(dump(plain.public()))["items"][0]


def test_publication_with_variants_survives_dump_and_load(tmp_path: Path) -> None:
    first = published(bank(tmp_path, *ALL))
    again = Publication.model_validate_json(first.text())
    assert (again.name, again) == (first.name, first)
    assert [one.key for one in again["a-broken-leg"].variants] == [one.key for one in first["a-broken-leg"].variants]


def test_released_variants_are_silent_about_keys(tmp_path: Path) -> None:
    text = UNITS.replace("feedback: A part", "feedback: zqfeedbackqz A part").replace('rationale: "', 'rationale: "zqrationaleqz ')
    publication = published(bank(tmp_path, text, FRACTURE))
    released = dump(publication.public()).decode()
    assert "zq" not in released and "values" not in released
    for one in publication["a-broken-leg"].variants:
        assert one.key.codes[0].code not in released
    (public, _) = publication.public().items
    assert len(public.variants) == 24 and set(json.loads(released)["items"][0]["variants"][0]) == {"title", "chart", "question", "view"}


def test_practice_variants_carry_their_keys(tmp_path: Path) -> None:
    public = published(bank(tmp_path, UNITS.replace("form: number", "form: number\n  use: practice"))).public().items[0]
    keyed = Item.model_validate(public.keyed)
    assert keyed.variant(5).question == public.variant(5).question


# ---- whose variant ----------------------------------------------------------------------------------------


def test_own_variant_is_the_same_on_both_sides(tmp_path: Path) -> None:
    publication = published(bank(tmp_path, *ALL))
    for public in publication.public().items:
        again = PublicItem.model_validate_json(public.model_dump_json())
        for student in ("ada", "bob", "s1234", "ö"):
            own = publication.own_variant(public.id, student)
            assert own == again.own(student)
            assert publication[public.id].variant(own).question == again.variant(own).question


def test_own_variant_is_sha256_of_draw_item_and_student() -> None:
    digest = hashlib.sha256(b"draw\x1fitem\x1fs1234").hexdigest()
    assert own_variant("draw", "item", "s1234", 24) == int(digest, 16) % 24


@given(draw=st.text(), student=st.text(), count=st.integers(1, 200))
def test_own_variant_is_one_of_them_and_stays(draw: str, student: str, count: int) -> None:
    first = own_variant(draw, "an-item", student, count)
    assert 0 <= first < count
    assert own_variant(draw, "an-item", student, count) == first


def test_variants_are_spread_evenly_over_a_class() -> None:
    met = Counter(own_variant("draw", "item", f"s{number}", 24) for number in range(4800))
    assert len(met) == 24 and all(130 < count < 270 for count in met.values())  # 200 each, five standard deviations


def test_republication_keeps_everyones_variant(tmp_path: Path) -> None:
    own = bank(tmp_path, UNITS)
    old = published(own)
    new = published(bank(tmp_path, UNITS.replace("rounded up, is", "rounded upwards, is")))
    assert old.name != new.name
    assert [old.own_variant("units-of-a-drug", name) for name in "abcdef"] == [new.own_variant("units-of-a-drug", name) for name in "abcdef"]
    assert [one.question for one in old.items[0].variants] == [one.question for one in new.items[0].variants]


def test_too_few_under_the_course_secret_is_refused(tmp_path: Path) -> None:
    own = bank(tmp_path, UNITS.replace("range: [20, 80, 5]", "range: [20, 80, 60]"))
    with pytest.raises(VariantFault, match="4 different variants were found; expected 24"):
        own.expanded("units-of-a-drug", "s")


def test_example_of_the_authors_page_is_sound(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/variants.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0].replace("lesson: 10-01", "lesson: 05-02")
    own = bank(tmp_path, example)
    assert check(own) == [] and own.varies("units-of-a-drug") == 24


def test_every_function_is_on_the_authors_page() -> None:
    from medcoding.items.computing import FUNCTIONS

    page = (Path(__file__).parents[2] / "docs/variants.md").read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"`{name}`" not in page] == []
