"""HTML written again token by token is what Beautiful Soup writes, and what it cannot write it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.grading.feedbackrun.rewrite import NotPlain, Piece, cut, join, soup, written_again

BITS = [
    "<b>", "</b>", "<p class='a  b' id=\"x\">", "</p>", "<br>", "<br/>", "<hr />", "<img src='x'>", '<img alt="" src="y">', "<pre>", "</pre>", "<div>",
    "</div>", "<style>a>b{}</style>", "<style> </style>", "<style/>", "<td style='text-align:\"c\"'>", "</td>", "<details open>", "</details>",
    '<a href="x?a=b&amp;c=d>e">', "</a>", "<a title='it&#x27;s \"q\"'>", "<p a='1' a='2'>", "<i></i>", "<svg viewBox='0 0'>", "</svg>", "<rect X='1' />",
    " ", "\n", "  \n ", "\t", "\r", "t", "é", "\xa0", "\u2028", ">", '"', "'",
    "&amp;", "&lt;", "&#x27;", "&quot;", "&nbsp;", "&copy;", "&#10;", "&", "&foo;",
    "<script>1<2</script>", "<!--c-->", "<![CDATA[x]]>", "</main>", "</br>", "<P>", "<x-y>", "<", "<a", "<textarea> </textarea>", "<title>x</title>",
]
FRAGMENTS = st.lists(st.sampled_from(BITS), max_size=12).map("".join)
BEFORE, AFTER = "<html><body><main><div><u></u>", "<u></u></div></main></body></html>"


@settings(max_examples=1500, deadline=None)
@given(FRAGMENTS)
def test_what_is_written_again_is_what_beautiful_soup_writes(html: str) -> None:
    assert written_again(html) == soup(html)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.lists(st.sampled_from(BITS), max_size=6).map("".join), max_size=4))
def test_pieces_joined_are_the_page_that_beautiful_soup_writes(parts: list[str]) -> None:
    try:
        pieces = [cut(part) for part in parts]
    except NotPlain:
        return
    assert BEFORE + join(pieces) + AFTER == soup(BEFORE + "".join(parts) + AFTER)


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<p>a<br>b</p>", "<p>a<br/>b</p>"),
        ("<b title='x' class=' c  d '>&#x27;</b>", "<b class=\"c d\" title=\"x\">'</b>"),
        ("<p> \n </p>", "<p>\n</p>"),
        ("<pre> \n </pre>", "<pre> \n </pre>"),
        ("<b><i></b></i>", "<b><i></i></b>"),
        ("<img src='x'>", '<img alt="No description has been provided for this image" src="x"/>'),
    ],
)
def test_examples(html: str, written: str) -> None:
    assert join([cut(html)]) == soup(html) == written


@pytest.mark.parametrize("html", ["<p>", "</p>", "</div></div>", "<b></b></main>", "a & b", "<!-- x", "<style>"])
def test_a_piece_that_opens_or_closes_more_is_refused(html: str) -> None:
    with pytest.raises(NotPlain):
        cut(html)


def test_text_at_the_edges_of_pieces_becomes_one() -> None:
    assert join([Piece("", "<b></b>", "\n"), Piece("\n  ", "", ""), Piece(" ", "<i></i>", "")]) == "<b></b>\n<i></i>"
    assert join([Piece("", "<b></b>", "\n"), Piece("word", "", ""), Piece("\n", "<i></i>", "")]) == "<b></b>\nword\n<i></i>"
