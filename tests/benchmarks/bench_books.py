"""All six books in one run: first lookup in a fresh process, search and its quality, time to build the default indexes.

    python tests/benchmarks/bench_books.py [rounds]

First lookups run in fresh interpreters, once bare and once with ipykernel imported before the clock starts, as in a
notebook; best and median of all rounds are shown. Memory is the growth of the resident set over the lookup. Searches
are timed in one process, the caches empty at the start, over the queries in tests/codes. With MEDCODING_OFFICIAL set,
HCPCS is timed with the official file too.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATE = "2026-03-16"
sys.path[:0] = [str(ROOT / "course"), str(ROOT / "tests")]

FIRST = {
    "icd10cm": f"from medcoding.codes import icd10cm; icd10cm.on('{DATE}')['E11.65'].title",
    "icd10pcs": f"from medcoding.codes import icd10pcs; icd10pcs.on('{DATE}')['0SRB04A'].title",
    "hcpcs": f"from medcoding.codes import hcpcs; hcpcs.on('{DATE}')['J3420'].title",
    "ndc": f"from medcoding.codes import ndc; ndc.on('{DATE}')['9875-0111-01'].title",
    "cpt": "from medcoding.codes import cpt; cpt.services()['svc:im-injection'].plain",
    "cdt": "from medcoding.codes import cdt; cdt.tooth('19').place, cdt.structure()",
}
MEASURE = """
{before}
import json, time
def resident():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before, start = resident(), time.perf_counter()
{code}
print(json.dumps([(time.perf_counter() - start) * 1e3, (resident() - before) / 1e6]))
"""


def first_lookups(code: str, rounds: int, before: str = "") -> tuple[list[float], float]:
    """Milliseconds of fresh interpreters that run `code` after `before`, sorted, and the median of megabytes more."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "course")}
    found = []
    for _ in range(rounds):
        out = subprocess.run(
            [sys.executable, "-c", MEASURE.format(code=code, before=before)], env=environment, check=True, capture_output=True, text=True
        )
        found.append(json.loads(out.stdout))
    return sorted(ms for ms, _ in found), statistics.median(size for _, size in found)


def queries(name: str) -> list[str]:
    """The texts of all queries of a file in tests/codes."""
    from search_sets import query_sets

    return [query.text for queries in query_sets(name).values() for query in queries]


def quality(name: str, book: object, file: str) -> None:
    """Print how often the first ten answers have the expected start and the exact code, beside two plain filters of titles."""
    from search_sets import by_all_words, by_search, by_substring, query_sets, rate

    for part, asked in query_sets(file).items():
        for way, search in (("search", by_search(book)), ("substring", by_substring(book)), ("all words", by_all_words(book))):
            found = rate(asked, search)
            print(f"{name:11}{part:10}{found.queries:>8}  {way:12}{found.start:>10.1%}{found.exact:>10.1%}")


def drug_queries() -> list[str]:
    """What people type to find a package: drug, drug and strength, labeler and drug, the start of a number."""
    with (ROOT / "course" / "medcoding" / "data" / "ndc_products.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        text for row in rows
        for text in (row["product"], f"{row['product']} {row['strength']}", f"{row['labeler'].split()[0]} {row['product']}", row["ndc"][:7])
    ]  # fmt: skip


def search_times(book: object, asked: list[str]) -> str:
    """p50, p95 and the slowest of one pass."""
    times = []
    for text in asked:
        start = time.perf_counter()
        book.search(text)  # type: ignore[attr-defined]
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    return f"{times[len(times) // 2]:>8.2f}{times[int(len(times) * 0.95)]:>8.2f}{times[-1]:>9.2f}{len(times):>9}"


def build_seconds() -> dict[str, float]:
    """Seconds to build each default index into an empty folder."""
    from medcoding.codes import icd10cm, icd10pcs

    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, book in (("icd10cm", icd10cm), ("icd10pcs", icd10pcs)):
            start = time.perf_counter()
            book.build(folder=folder)
            seconds[name] = time.perf_counter() - start
    return seconds


def main(rounds: int) -> None:
    from medcoding.codes import hcpcs, icd10cm, icd10pcs, ndc

    icd10cm.build()
    icd10pcs.build()
    print(f"first lookup, {rounds} fresh processes each{'':10}{'bare':>9}{'':>9}{'':>7}{'in a kernel':>13}")
    print(f"{'book':40}{'best ms':>9}{'median':>9}{'MB':>7}{'best ms':>9}{'median':>9}{'MB':>7}")
    for name, code in FIRST.items():
        bare, size = first_lookups(code, rounds)
        kernel, more = first_lookups(code, rounds, before="import ipykernel.kernelapp, ipykernel.ipkernel")
        print(
            f"{name:40}{bare[0]:>9.1f}{statistics.median(bare):>9.1f}{size:>7.1f}"
            f"{kernel[0]:>9.1f}{statistics.median(kernel):>9.1f}{more:>7.1f}"
        )
    print(f"\n{'search, ms':40}{'p50':>8}{'p95':>8}{'slowest':>9}{'queries':>9}")
    print(f"{'icd10cm':40}{search_times(icd10cm.on(DATE), queries('search_queries.txt'))}")
    print(f"{'icd10pcs':40}{search_times(icd10pcs.on(DATE), queries('pcs_queries.txt'))}")
    print(f"{'hcpcs, ' + ('official file' if hcpcs.on(DATE).complete else 'teaching table'):40}{search_times(hcpcs.on(DATE), queries('hcpcs_queries.txt'))}")
    print(f"{'ndc':40}{search_times(ndc.on(DATE), drug_queries())}")
    official = Path(os.environ.get("MEDCODING_OFFICIAL") or ".", "HCPC2020_ANWEB.txt.gz")
    if official.is_file() and not hcpcs.on(DATE).complete:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["MEDCODING_OFFICIAL_STORE"] = folder
            from medcoding.codes.hcpcs.book import forget
            from medcoding.codes.official import add

            add(official)
            print(f"{'hcpcs, official file of 2020':40}{search_times(hcpcs.on(DATE), queries('hcpcs_queries.txt'))}")
            hcpcs.on(DATE)._store.connection.close()
            del os.environ["MEDCODING_OFFICIAL_STORE"]
            forget()
    print("cpt and cdt have no search of their own: their texts are licensed.")
    print(f"\n{'first ten':11}{'set':10}{'queries':>8}  {'way':12}{'start':>10}{'code':>10}")
    quality("icd10cm", icd10cm.on(DATE), "search_queries.txt")
    quality("icd10pcs", icd10pcs.on(DATE), "pcs_queries.txt")
    quality("hcpcs", hcpcs.on(DATE), "hcpcs_queries.txt")
    seconds = build_seconds()
    print(f"\nbuild of the default indexes: {', '.join(f'{name} {took:.1f} s' for name, took in seconds.items())}, all {sum(seconds.values()):.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
