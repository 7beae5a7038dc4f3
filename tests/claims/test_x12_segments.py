"""X12 text as segments: delimiters from the ISA, positions, envelopes, faults that name segment and element."""

from __future__ import annotations

import pytest
from claims.remits import BODY, HEAD, file
from hypothesis import given
from hypothesis import strategies as st
from medcoding.claims.x12 import X12Error, read835
from medcoding.claims.x12.segments import Delimiters, read


def test_segments_carry_their_position_from_the_isa_on() -> None:
    (found,) = read(file()).transactions
    assert [(one.position, one.name) for one in found.segments[:3]] == [(3, "ST"), (4, "BPR"), (5, "TRN")]
    assert found.segments[-1].name == "SE" and found.segments[-1].position == 22
    assert (found.kind, found.version, found.control_number) == ("835", "005010X221A1", "1234")


def test_delimiters_are_read_from_the_isa() -> None:
    other = file().replace("*", "|").replace(":", ">").replace("^", "&").replace("~\n", "!")
    found = read(other)
    assert found.delimiters == Delimiters("|", "&", ">", "!")
    svc = next(one for one in found.transactions[0].segments if one.name == "SVC")
    assert svc.parts(1) == ["HC", "J1100", "JZ"]
    assert read835(other)[0].claims[0].lines[0].modifiers == ("JZ",)


def test_line_ends_may_part_segments() -> None:
    assert read835(file().replace("~\n", "\n")) == read835(file())
    assert read835(file().replace("~\n", "~\r\n")) == read835(file()) == read835(file().replace("~\n", "~"))


def test_bytes_and_a_byte_order_mark_are_read() -> None:
    assert read835(b"\xef\xbb\xbf" + file().encode()) == read835(file())


@pytest.mark.parametrize(
    ("change", "position", "segment", "element", "found"),
    [
        (("ISA*", "HEY*"), 0, "", "", "HEY*"),
        (("*000000905*0*T*:~\nGS", "*905*0*T*:~\nGS"), 1, "ISA", "ISA13", "905"),
        (("*0*T*:~\nGS", "*0*T**~\nGS"), 1, "ISA", "ISA16", "*"),
        (("SE*20*1234~", "SE*21*1234~"), 22, "SE", "SE01", "21"),
        (("SE*20*1234~", "SE*20*1235~"), 22, "SE", "SE02", "1235"),
        (("GE*1*1~", "GE*2*1~"), 23, "GE", "GE01", "2"),
        (("GE*1*1~", "GE*1*7~"), 23, "GE", "GE02", "7"),
        (("IEA*1*000000905~", "IEA*2*000000905~"), 24, "IEA", "IEA01", "2"),
        (("IEA*1*000000905~", "IEA*1*000000906~"), 24, "IEA", "IEA02", "000000906"),
        (("IEA*1*000000905~\n", ""), 23, "GE", "", "GE"),
        (("SE*20*1234~\n", ""), 22, "GE", "", "GE"),
        (("GE*1*1~\n", ""), 23, "IEA", "", "IEA"),
        (("ST*835*1234~", "st*835*1234~"), 3, "", "", "st*835*1234"),
        (("LX*1~", "LX*1~~"), 12, "", "", ""),
        (("GS*HP", "XX*HP"), 2, "XX", "", "XX"),
    ],
)
def test_broken_envelope_names_segment_and_element(change: tuple[str, str], position: int, segment: str, element: str, found: str) -> None:
    assert change[0] in file()
    with pytest.raises(X12Error) as caught:
        read(file().replace(*change, 1))
    error = caught.value
    assert (error.position, error.segment, error.element) == (position, segment, element)
    assert error.found.startswith(found)
    assert error.expected and error.expected in str(error)


def test_cut_file_is_told() -> None:
    whole = file()
    with pytest.raises(X12Error, match="cut off"):
        read(whole[: whole.index("CAS*CO*45") + 6])
    with pytest.raises(X12Error, match="nothing was found"):
        read("")


def test_two_interchanges_are_refused_with_what_to_do() -> None:
    with pytest.raises(X12Error, match="split the file"):
        read(file() + file())


def test_missing_terminator_is_found_by_the_length_of_an_element() -> None:
    with pytest.raises(X12Error, match="terminator may be missing"):
        read(file(BODY.replace("JANE", "J" * 400)))


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(X12Error, match="at most 60 elements"):
        read(file(BODY.replace("LX*1~", "LX*1" + "*" * 90 + "~")))


def test_message_shows_little_of_what_was_found_and_no_control_signs() -> None:
    with pytest.raises(X12Error) as caught:
        read("\x1b[31m" + "A" * 5000)
    assert len(str(caught.value)) < 200 and "\x1b" not in str(caught.value)


@given(st.text(max_size=300) | st.text("ISA*~:^0 GSTE\n", max_size=400))
def test_any_text_gives_the_documented_error(text: str) -> None:
    with pytest.raises(X12Error):
        read(text)


@given(st.data())
def test_any_damage_to_a_file_gives_a_remittance_or_the_documented_error(data: st.DataObject) -> None:
    text = file()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.text("*~:^-.0159ACLPSVRT \n\x00é", max_size=8)) + text[end:]
    try:
        found = read835(text)
    except X12Error as error:
        assert error.expected
    else:
        assert all(claim.control_number for one in found for claim in one.claims)


def test_head_is_of_fixed_width() -> None:
    assert HEAD.index("~") == 105  # the ISA has 106 characters with its terminator
