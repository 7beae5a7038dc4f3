"""The submitted notebook: its cells, and the file as such."""

from __future__ import annotations

from attacks.planted import cell, content, notebook


@notebook("grade cells deleted", "was missing from the submission")
def _cells_deleted(data: dict) -> None:
    data["cells"] = [one for one in data["cells"] if "nbgrader" not in one["metadata"]]


@notebook("a grade cell twice, and once more", "stood 3 times")
def _cells_duplicated(data: dict) -> None:
    data["cells"] += [{**cell(data), "id": "copy-1"}, {**cell(data), "id": "copy-2"}]


@notebook("a locked cell that gives itself full marks", "it was put back as released")
def _cell_edited(data: dict) -> None:
    cell(data)["source"] = "print('full marks')\n1"


@notebook("a locked cell with nothing in it", "it was put back as released")
def _cell_emptied(data: dict) -> None:
    cell(data)["source"] = ""


@notebook("a grade cell turned into text", "it was put back as released")
def _cell_retyped(data: dict) -> None:
    one = cell(data)
    one["cell_type"] = "markdown"
    del one["outputs"], one["execution_count"]


@notebook("a hundred points for a cell, and no lock", "its metadata claims points 100")
def _cell_repointed(data: dict) -> None:
    cell(data)["metadata"]["nbgrader"] |= {"points": 100, "locked": False, "solution": True}


@notebook("a grade cell that is said to be none", "its metadata claims grade False")
def _cell_ungraded(data: dict) -> None:
    cell(data)["metadata"]["nbgrader"] |= {"grade": False}


@notebook("cells in another order", "stand in another order")
def _cells_reordered(data: dict) -> None:
    data["cells"].reverse()


@notebook("two grade cells that have changed names", "it was put back as released")
def _cells_swapped(data: dict) -> None:
    one, two = cell(data)["metadata"]["nbgrader"], cell(data, "which-order")["metadata"]["nbgrader"]
    one["grade_id"], two["grade_id"] = two["grade_id"], one["grade_id"]


@notebook("a grade cell of one's own, worth a hundred points", "claims to be graded as 'mine'")
def _own_grade_cell(data: dict) -> None:
    data["cells"].append({"cell_type": "code", "id": "mine", "source": "100", "execution_count": 1, "outputs": [], "metadata": {
        "nbgrader": {"grade": True, "grade_id": "mine", "locked": True, "points": 100, "schema_version": 3, "solution": False, "task": False}}})


@notebook("two thousand cells", harmless="a long notebook is a long notebook")
def _many_cells(data: dict) -> None:
    data["cells"] += [{"cell_type": "markdown", "id": f"more-{number}", "metadata": {}, "source": "x"} for number in range(2_000)]


@notebook("the same id on every cell", harmless="editors do so too; nbgrader knows cells by their grade_id")
def _same_ids(data: dict) -> None:
    for one in data["cells"]:
        one["id"] = "same"


@notebook("lone surrogates in the text", "the submitted notebook cannot be read")
def _surrogate_source(data: dict) -> None:
    data["cells"].append({"cell_type": "markdown", "id": "text", "metadata": {}, "source": "\ud800"})


@notebook("an older format without names of cells, and cells deleted", "was missing from the submission")
def _older_format(data: dict) -> None:
    data["nbformat_minor"] = 4
    data["cells"] = [one for one in data["cells"] if one.get("id") != "heart-of-the-matter"]
    for one in data["cells"]:
        one.pop("id", None)


UNREADABLE = "the submitted notebook cannot be read"
content("notebook-empty", "an empty file", UNREADABLE, b"")
content("notebook-list", "a list", UNREADABLE, b"[]")
content("notebook-binary", "bytes", UNREADABLE, bytes(range(256)) * 100)
content("notebook-future", "a format that does not exist yet", UNREADABLE, b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}')
content("notebook-deep", "nested fifty thousand deep", UNREADABLE, b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}")
content("notebook-no-cells", "cells that are none", UNREADABLE, b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}, 7, null]}')
content("notebook-nan", "NaN where a number must be", UNREADABLE, b'{"nbformat": NaN, "nbformat_minor": 5, "metadata": {}, "cells": []}')
content("notebook-duplicate-keys", "cells twice: none, and then none", "was missing from the submission", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], "cells": []}')
