"""A whole page: head, style and script within it, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
import html
from functools import cache
from importlib.resources import files

from medcoding.insight.page.markup import Html, esc, join, tag


@cache
def _own(name: str) -> str:
    return (files("medcoding.insight.page") / name).read_text(encoding="utf-8").strip()


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def policy() -> str:
    """The Content-Security-Policy: this style, this script, nothing else from anywhere.

    Source: W3C, Content Security Policy Level 3, sections 6.1 and 8.3 (hashes).
    """
    style, script = _hash(_own("report.css")), _hash(_own("report.js"))
    return f"default-src 'none'; style-src '{style}'; script-src '{script}'; base-uri 'none'; form-action 'none'"


def document(title: str, body: Html) -> str:
    """A self-contained HTML page."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy())}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{esc(title)}</title>\n<style>{_own('report.css')}</style>\n</head>\n<body>\n"
        f'{tag("a", "Skip to the report", class_="skip", href="#main")}\n{body}\n'
        f'<p id="told" class="vh" role="status"></p>\n<script>{_own("report.js")}</script>\n</body>\n</html>\n'
    )


def section(name: str, heading: str, *parts: object) -> Html:
    """A section with its heading."""
    return join(Html(f'<section aria-labelledby="{name}"><h2 id="{name}">'), heading, Html("</h2>"), *parts, Html("</section>\n"))


def framed(title: str, page: str) -> str:
    """A page as a notebook shows it: in a frame of its own that reaches nothing outside."""
    return (
        f'<iframe title="{html.escape(title)}" sandbox="allow-scripts" srcdoc="{html.escape(page)}" width="100%" height="720" '
        'style="border:1px solid #6b7785;border-radius:6px"></iframe>'
    )
