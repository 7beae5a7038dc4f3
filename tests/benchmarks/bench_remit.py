"""Claims and remittances as X12: postings a second, and whether time grows in step with the size of a file.

    python tests/benchmarks/bench_remit.py [claims]

A posting is a claim of two lines, read from an 835, balanced, and posted to a ledger. Best of five rounds in one process, the
garbage collector off while the clock runs, as timeit has it.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "course")]

from medcoding.claims import adjudicate, samples  # noqa: E402
from medcoding.claims.ledger import Ledger  # noqa: E402
from medcoding.claims.x12 import balance, read835, read837, write837  # noqa: E402

HEAD = (
    "ISA*00*          *00*          *ZZ*TEACHINGPAYER  *ZZ*MEDCODINGCOURSE*260301*0930*^*00501*000000905*0*T*:~"
    "GS*HP*TEACHINGPAYER*MEDCODINGCOURSE*20260301*0930*1*X*005010X221A1~ST*835*1234~"
)


def file(claims: int) -> str:
    """An 835 of so many claims: charge 300, contract 120, patient 36, paid 144; and a refused line of 50."""
    one = (
        "CLP*A{n}*1*350*144*36*MB*ICN{n}*11*1~NM1*QC*1*DOE*JANE****MI*1EG4TE5MK73~DTM*232*20260202~"
        "SVC*HC:J1100:JZ*300*144**2~DTM*472*20260202~CAS*CO*45*120~CAS*PR*2*36~AMT*B6*180~"
        "SVC*HC:J3301*50*0**1~DTM*472*20260202~CAS*CO*50*50~LQ*HE*N115~"
    )
    body = f"BPR*I*{144 * claims}*C*CHK************20260301~TRN*1*CK1*1999999999~N1*PR*TEACHING PAYER~N1*PE*EXAMPLE CLINIC*XX*1234567893~LX*1~"
    body += "".join(one.format(n=n) for n in range(claims))
    return f"{HEAD}{body}SE*{7 + 12 * claims}*1234~GE*1*1~IEA*1*000000905~"


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """The shortest of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
        gc.enable()
    return min(times)


def main(claims: int) -> None:
    text = file(claims)
    (remittance,) = read835(text)
    assert balance.check(remittance) == []

    def post() -> None:
        (found,) = read835(text)
        assert Ledger().post(found) == []

    print(f"835 of {claims:,} claims, {len(text) / 1e6:.1f} MB")
    for name, work in (("read", lambda: read835(text)), ("balance", lambda: balance.check(remittance)), ("post", lambda: Ledger().post(remittance)), ("read and post", post)):
        seconds = best(work)
        print(f"  {name:14} {seconds:7.3f} s  {claims / seconds:10,.0f} claims a second  {2 * claims / seconds:10,.0f} lines a second")
    small, large = file(claims // 8), text
    ratio = best(lambda: read835(large)) / best(lambda: read835(small))
    print(f"  eight times the claims take {ratio:.1f} times the time")

    given = [samples.sample(name) for name in samples.samples()]
    professional = [one for one in given if one.kind == "professional"] * 25
    sent = write837(professional)
    for name, count, work in (
        ("write 837P", len(professional), lambda: write837(professional)), ("read 837P", len(professional), lambda: read837(sent)),
        ("decide", len(given), lambda: [adjudicate(one) for one in given]), ("write 835", len(given), lambda: [one.x12() for one in decided]),
    ):  # fmt: skip
        decided = [adjudicate(one) for one in given]
        seconds = best(work)
        print(f"{name:16} {count / seconds:10,.0f} claims a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
