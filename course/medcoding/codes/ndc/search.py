"""Finds packages by the words of their line or the digits of their number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medcoding.codes.ndc.book import Hit, Product, teaching_products

if TYPE_CHECKING:
    from medcoding.codes.ndc.book import Book

MAX_TEXT = 200
_WORD = re.compile(r"[a-z0-9]+")
_QUERY = "SELECT code FROM words WHERE words MATCH ? ORDER BY bm25(words) LIMIT ?"


def search(book: Book, text: str, limit: int = 20) -> list[Hit]:
    """See `Book.search`."""
    if not isinstance(text, str):
        return []
    limit = max(1, min(int(limit), 200))
    text = text[:MAX_TEXT].strip().lower()
    digits = text.replace("-", "")
    if len(digits) > 2 and digits.isascii() and digits.isdigit():
        return _by_number(book, digits, limit)
    typed = _WORD.findall(text)[:12]
    if not typed:
        return []
    ours = [hit for product in teaching_products().values() if (hit := _hit(product, typed))]
    hits = sorted(ours, key=lambda hit: (-hit.score, hit.code))[:limit]
    for store in (book._packages, book._products):
        if store is None or len(hits) >= limit:
            continue
        expression = " AND ".join(f'"{word}"' for word in typed[:-1]) + (" AND " if typed[1:] else "") + f'"{typed[-1]}"*'
        for (found,) in store.rows(_QUERY, expression, limit):
            hits += _packages(book, found, tuple(typed), {hit.code for hit in hits})
    return hits[:limit]


def _hit(product: Product, typed: list[str]) -> Hit | None:
    words = set(_WORD.findall(f"{product.title} {product.labeler} {product.hcpcs}".lower()))
    matched = tuple(word for word in typed if word in words or (len(word) > 2 and any(w.startswith(word) for w in words)))
    if len(matched) * 2 <= len(typed) and len(matched) < len(typed):
        return None
    return Hit(product.code, product.title, product.billable, round(10 * len(matched) / len(typed) - len(words) / 100, 2), matched)


def _by_number(book: Book, digits: str, limit: int) -> list[Hit]:
    codes = [p.code for p in teaching_products().values() if p.code.startswith(digits) or p.assigned.replace("-", "").startswith(digits)]
    if book._packages is not None:
        query = "SELECT code FROM packages WHERE (code >= ? AND code < ?) OR (bare >= ? AND bare < ?) ORDER BY code LIMIT ?"
        codes += [code for (code,) in book._packages.rows(query, digits, digits + "~", digits, digits + "~", limit)]
    found = [product for code in dict.fromkeys(codes) if (product := book.get(code)) and product.in_force(book.date)]
    return [Hit(p.code, p.title, p.billable, round(100 - n * 0.01, 2), (digits,)) for n, p in enumerate(found[:limit])]


def _packages(book: Book, found: str, typed: tuple[str, ...], known: set[str]) -> list[Hit]:
    """Hits for a package's number, or for every package of a product's number."""
    if book._packages is None:
        return []
    rows = book._packages.rows("SELECT code FROM packages WHERE code = ? OR product = ? ORDER BY code LIMIT 20", found, found)
    entries = [product for (code,) in rows if code not in known and (product := book.get(code)) and product.in_force(book.date)]
    return [Hit(product.code, product.title, product.billable, 5.0, typed) for product in entries]
