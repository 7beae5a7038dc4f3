"""The names of exam areas cover all that an item may name."""

from __future__ import annotations

from medcoding.items import Item
from medcoding.items.domains import domain_name, domain_names


def test_a_domain_is_named_with_its_exam() -> None:
    assert domain_name("P14") == "CPC P14, ICD-10-CM"
    assert domain_name("S3") == "CCS S3, provider queries"
    assert domain_name("X9") == "X9"


def test_every_domain_that_an_item_may_name_has_a_name() -> None:
    names = domain_names()
    assert names == (*(f"P{number}" for number in range(1, 18)), "PC", *(f"A{number}" for number in range(1, 7)), *(f"S{number}" for number in range(1, 6)))
    shared = {"id": "an-item", "lesson": "05-01", "title": "A title", "question": "Which?", "rationale": "So.", "form": "codes", "key": {"codes": ["I10"]}}
    item = Item.model_validate({**shared, "citations": [{"course": "a rule of the course"}], "domains": names})
    assert all(domain_name(name) != name for name in item.domains)
