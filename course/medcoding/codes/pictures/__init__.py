"""Pictures made from the books: they show themselves in a notebook, with a text alternative, and need no JavaScript.

    pictures.structure("E11.65", on="2026-03-01")       # where a code stands, ring by ring
    pictures.chapter_sizes(on="2026-03-01")             # billable codes in each chapter of ICD-10-CM
    pictures.section_sizes(on="2026-03-01")             # valid codes in each section of ICD-10-PCS
    pictures.pcs_table("0TB", on="2026-03-01", chosen="0TB04ZZ")
    pictures.yearly_changes("icd10cm")                  # adds and deletes at each release
    pictures.axes("0TB04ZZ", on="2026-03-01")           # the seven characters of a procedure code
    pictures.ndc_segments("0002-1433-80")               # where the zero of a drug number goes

Without `on` the book of today is taken. Each call gives a `Picture`: `print(picture.words)`, `picture.svg`,
`picture.save("table.svg")`. Importing this is cheap; books are opened when a picture is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.codes.pictures.boxes import axes
    from medcoding.codes.pictures.grid import pcs_table
    from medcoding.codes.pictures.hierarchy import structure
    from medcoding.codes.pictures.picture import Picture, PictureError
    from medcoding.codes.pictures.segments import ndc_segments
    from medcoding.codes.pictures.sizes import chapter_sizes, section_sizes
    from medcoding.codes.pictures.timeline import yearly_changes

__all__ = [
    "Picture",
    "PictureError",
    "axes",
    "chapter_sizes",
    "ndc_segments",
    "pcs_table",
    "section_sizes",
    "structure",
    "yearly_changes",
]

_HOME = {
    "Picture": "picture",
    "PictureError": "picture",
    "axes": "boxes",
    "chapter_sizes": "sizes",
    "ndc_segments": "segments",
    "pcs_table": "grid",
    "section_sizes": "sizes",
    "structure": "hierarchy",
    "yearly_changes": "timeline",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
