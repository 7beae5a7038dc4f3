"""Doses, waste, claim strings, the table of fictional products, and FDA's two files."""

from __future__ import annotations

import contextlib
import csv
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import hcpcs, ndc, official
from medcoding.codes.ndc import book as ndc_book
from medcoding.codes.official import OfficialFileError

DATA = Path(__file__).resolve().parents[2] / "course" / "medcoding" / "data"
AMOUNTS = st.decimals(min_value="0.001", max_value="100000", places=3)


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("store")))
    ndc_book.forget()
    yield
    ndc_book.forget()


# ---- doses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dose", "per", "units"), [(60, 15, 4), (132, 10, 14), (1, 1000, 1), ("0.3", "0.1", 3), ("1,000", 250, 4), (Decimal("1.01"), 1, 2)])
def test_part_of_a_unit_counts_as_a_whole_one(dose, per, units):
    assert ndc.billing_units(dose, per) == units


@pytest.mark.parametrize(
    ("dose", "per", "container", "given", "wasted", "modifier", "containers"),
    [
        (132, 10, 150, 14, 1, "JW", 1),  # 13.2 rounds up to 14 of the vial's 15
        (150, 10, 150, 15, 0, "JZ", 1),
        (7, 10, 10, 1, 0, "JZ", 1),  # the rounded unit already covers the rest
        (95, 10, 100, 10, 0, "JZ", 1),
        (80, 10, 100, 8, 2, "JW", 1),
        (250, 10, 100, 25, 5, "JW", 3),
        ("0.3", "0.1", "1", 3, 7, "JW", 1),
        (80, 30, 100, 3, 0, "JZ", 1),  # 20 mg left is no whole unit of 30
    ],
)
def test_waste_of_single_dose_containers(dose, per, container, given, wasted, modifier, containers):
    found = ndc.waste(dose, per, container)
    assert (found.given, found.wasted, found.modifier, found.containers) == (given, wasted, modifier, containers)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_units_given_and_wasted_never_pass_what_was_opened(dose, per, container):
    found = ndc.waste(dose, per, container)
    assert found.given * per >= dose > (found.given - 1) * per
    assert found.wasted == 0 or found.total * per <= found.containers * container
    assert found.discarded == found.containers * container - dose >= 0
    assert (found.containers - 1) * container < dose


@pytest.mark.parametrize("amount", [0, -1, "", "abc", "nan", "inf", 1.5, None, True, "1e99", "1_000", "١"])
def test_amount_that_is_none_is_refused(amount):
    with pytest.raises(ndc.DoseError):
        ndc.billing_units(amount, 1)
    with pytest.raises(ndc.DoseError):
        ndc.billing_units(1, amount)


@pytest.mark.parametrize(("dose", "strength", "volume", "quantity"), [(30, 15, 1, "2"), (132, 150, 10, "8.8"), (50, 25, 1, "2"), (100, 3, 1, "33.333")])
def test_quantity_of_a_product_that_holds_a_dose(dose, strength, volume, quantity):
    assert ndc.quantity(dose, strength, volume) == Decimal(quantity)


def test_large_whole_quantity_is_written_out():
    assert str(ndc.quantity(1000, 1)) == "1000"


# ---- the claim string -------------------------------------------------------------------------------------


def test_claim_string_has_qualifier_number_unit_quantity_in_this_order():
    assert ndc.claim_string("98765-432-10", "ML", "2.50") == "N498765043210 ML2.5"
    assert ndc.claim_string("0002-1433-80", "un", 100, space="") == "N400002143380UN100"


def test_claim_string_refuses_a_unit_that_is_none():
    with pytest.raises(ndc.NdcError, match="UN unit, ML milliliter, GR gram, F2 international unit, ME milligram"):
        ndc.claim_string("98765-432-10", "MG", 1)
    with pytest.raises(ndc.NdcError):
        ndc.claim_string("9876543210", "ML", 1)


def test_five_units_have_meanings():
    assert list(ndc.UNITS) == ["UN", "ML", "GR", "F2", "ME"]
    assert "never the number of vials" in ndc.UNITS["ML"].plain


# ---- the table --------------------------------------------------------------------------------------------


def test_teaching_products_are_structurally_right_and_marked_fictional():
    products = list(ndc.on("2026-03-01"))
    assert len(products) >= 80
    layouts = Counter(tuple(len(part) for part in product.assigned.split("-")) for product in products)
    assert set(layouts) == set(ndc.LAYOUTS)
    assert {product.unit for product in products} == set(ndc.UNITS)
    for product in products:
        assert product.fictional and not product.billable and "invented" in product.source
        assert ndc.to_11(product.assigned) == product.code
        assert "Teaching" in product.labeler
        assert product.product and product.strength and product.form and product.package and product.size > 0


def test_hcpcs_codes_of_products_are_in_the_hcpcs_table():
    book = hcpcs.on("2026-03-01")
    assert [p.hcpcs for p in ndc.on("2026-03-01") if p.hcpcs and p.hcpcs not in book] == []


def test_content_of_a_vial_is_counted_in_the_unit_of_its_code():
    """Where a product names a drug code with a dose in its unit, both speak of the same measure."""
    book = hcpcs.on("2026-03-01")
    compared = 0
    for product in ndc.on("2026-03-01"):
        if product.doses and product.hcpcs and (measure := book[product.hcpcs].unit_measure):
            assert product.content.split()[-1] == measure, product
            assert book[product.hcpcs].units_for(product.content.split()[0]) >= 1
            compared += 1
    assert compared > 40


def test_book_takes_every_form_of_a_number():
    book = ndc.on("2026-03-01")
    product = next(iter(book))
    assert product.assigned in book and product.code in book and f"NDC {product.assigned}" in book
    assert book[product.assigned] is book[product.code]
    assert "12345-678-90" not in book and "rubbish" not in book
    with pytest.raises(ndc.UnknownCode, match="well made"):
        book["12345-678-90"]
    with pytest.raises(ndc.UnknownCode, match="added zero"):
        book["1234567890"]


def test_search_finds_products_by_words_and_by_number():
    book = ndc.on("2026-03-01")
    assert {book[hit.code].product for hit in book.search("ketorolac")} == {"ketorolac"}
    assert book.search("ceftriaxone 1 g vial")[0].title.startswith("ceftriaxone 1 g")
    first = next(iter(book))
    assert book.search(first.code[:9])[0].code.startswith(first.code[:9])
    assert first.code in [hit.code for hit in book.search(first.assigned)]


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    book = ndc.on("2026-03-01")
    book.search(text, limit=3)
    assert book.problem(text) is None or text not in book


def test_table_names_no_procedure_number():
    rows = list(csv.DictReader((DATA / "ndc_products.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len({row["ndc"] for row in rows})
    assert all(row["hcpcs"] == "" or row["hcpcs"][0] in "JQ" for row in rows)


# ---- FDA's files ------------------------------------------------------------------------------------------

PRODUCT = """PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\tPROPRIETARYNAMESUFFIX\tNONPROPRIETARYNAME\tDOSAGEFORMNAME\tROUTENAME\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tLABELERNAME\tACTIVE_NUMERATOR_STRENGTH\tACTIVE_INGRED_UNIT
1_a\t11111-222\tHUMAN PRESCRIPTION DRUG\tPainaway\t\tketorolac\tINJECTION, SOLUTION\tINTRAMUSCULAR\t20200301\t\tExample Labs\t15\tmg/mL
1_b\t1111-2222\tHUMAN OTC DRUG\tIbuprofen\t\tIbuprofen\tTABLET\tORAL\t20190101\t20251231\tExample "Quote Labs\t200\tmg/1
"""
PACKAGE = """PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tNDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE
1_a\t11111-222\t11111-222-33\t25 VIAL in 1 CARTON / 1 mL in 1 VIAL\t20200301\t\tN\tN
1_b\t1111-2222\t1111-2222-44\t100 TABLET in 1 BOTTLE\t20190101\t20251231\tN\tN
"""


def put(folder, name, text):
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return path


def test_directory_files_complete_the_book(tmp_path):
    archive = tmp_path / "ndctext.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("product.txt", PRODUCT)
        zipped.writestr("package.txt", PACKAGE)
    assert {one.kind for one in official.add(archive).installed} == {"ndc-products", "ndc-packages"}
    book = ndc.on("2025-06-01")
    found = book["11111-0222-33"]
    assert (found.product, found.labeler, found.strength, found.fictional) == ("Painaway (ketorolac)", "Example Labs", "15 mg/mL", False)
    assert found.assigned == "11111-222-33" and found.billable
    assert [hit.code for hit in book.search("painaway")] == ["11111022233"]
    assert "1111-2222-44" in book and "1111-2222-44" not in ndc.on("2026-01-01")
    assert ndc.on("2026-01-01").problem("1111-2222-44").rule == "not-valid-on-date"
    assert book.search("111112223")[0].code == "11111022233"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PACKAGE[:-30], "cut short"), (PACKAGE.replace("20200301", "20201301"), "no date"), (PACKAGE.replace("11111-222-33", "1111122233"), "place of the added zero"),
        (PACKAGE.replace("\tN\tN", "\tN", 1), "7 cells"), (PACKAGE.split("\n")[0] + "\n", "no row"), (PRODUCT.replace("11111-222\t", "11111222\t"), "no product number"),
    ],
)  # fmt: skip
def test_broken_directory_file_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(OfficialFileError, match=message):
        official.add(put(tmp_path, "file.txt", text))
    assert official.installed() == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), which=st.sampled_from([PRODUCT, PACKAGE]))
def test_damaged_bytes_give_nothing_but_the_documented_error(tmp_path, data, which):
    raw = bytearray(which.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.txt"
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    with contextlib.suppress(OfficialFileError):
        official.add(path)
