"""Invented remittances for tests, written by hand or drawn by hypothesis; and pyx12 as the judge of what is written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
from decimal import Decimal
from functools import lru_cache

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document
from hypothesis import strategies as st
from medcoding.claims.x12 import Adjustment, ProviderAdjustment, RemitClaim, RemitLine, Remittance

HEAD = (
    "ISA*00*          *00*          *ZZ*TEACHINGPAYER  *ZZ*MEDCODINGCOURSE*260301*0930*^*00501*000000905*0*T*:~\n"
    "GS*HP*TEACHINGPAYER*MEDCODINGCOURSE*20260301*0930*1*X*005010X221A1~\n"
)
BODY = (
    "ST*835*1234~\n"
    "BPR*I*144*C*CHK************20260301~\n"
    "TRN*1*CK-1001*1999999999~\n"
    "N1*PR*TEACHING PAYER~\n"
    "N3*1 EXAMPLE WAY~\n"
    "N4*SPRINGFIELD*IL*627010001~\n"
    "PER*BL*PROVIDER LINE*TE*5550100000~\n"
    "N1*PE*EXAMPLE CLINIC*XX*1234567893~\n"
    "LX*1~\n"
    "CLP*ACCT-7*1*300*144*36*MB*ICN77*11*1~\n"
    "NM1*QC*1*DOE*JANE****MI*1EG4TE5MK73~\n"
    "MOA***MA01~\n"
    "DTM*232*20260202~\n"
    "SVC*HC:J1100:JZ*300*144**2~\n"
    "DTM*472*20260202~\n"
    "CAS*CO*45*120~\n"
    "CAS*PR*2*36~\n"
    "AMT*B6*180~\n"
    "LQ*HE*N115~\n"
)
"""Worked by hand: charge 300, allowed 180, contract takes 120, the patient owes 20 % of 180 = 36, paid 144."""


def file(body: str = BODY) -> str:
    """A whole file around segments from ST on, its SE counted."""
    return f"{HEAD}{body}SE*{body.count('~') + 1}*1234~\nGE*1*1~\nIEA*1*000000905~\n"


PARAMS = pyx12.params.params()
pyx12.map_if.load_map_file = lru_cache(maxsize=8)(pyx12.map_if.load_map_file)  # a guide takes half a second to load, each time


def accepted(text: str) -> list[str]:
    """What pyx12 says against a file; empty where it accepts it."""
    told = io.StringIO()
    good = pyx12.x12n_document.x12n_document(PARAMS, io.StringIO(text), None, None, None, told)
    if not told.getvalue():
        return ["pyx12 finds no X12"]
    found = _errors(json.loads(told.getvalue()))
    return found if found or good else ["pyx12 refuses the file"]


def _errors(data: object) -> list[str]:
    if isinstance(data, list):
        return [one for part in data for one in _errors(part)]
    if not isinstance(data, dict):
        return []
    own = [json.dumps({**{k: v for k, v in data.items() if isinstance(v, (str, int))}, "error": one}) for one in data.get("errors", [])]
    return own + [one for value in data.values() if isinstance(value, (list, dict)) for one in _errors(value) if value is not data.get("errors")]


def placeless(remittance: Remittance) -> Remittance:
    """A remittance without its positions in a file, to compare what was written with what was read."""
    claims = tuple(
        dataclasses.replace(claim, position=0, lines=tuple(dataclasses.replace(line, position=0) for line in claim.lines))
        for claim in remittance.claims
    )
    return dataclasses.replace(remittance, claims=claims)


# ---- drawn

CENTS = st.integers(0, 5_000_00).map(lambda n: Decimal(n).scaleb(-2))
NAMES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'-", min_size=1, max_size=20).filter(lambda text: text.strip("'-") != "")
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
REASONS = st.sampled_from([("CO", "45"), ("CO", "50"), ("CO", "97"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "18"), ("OA", "23"), ("PI", "95"), ("CO", "16")])


@st.composite
def lines(draw: st.DrawFn) -> RemitLine:
    """A line that balances: what was not paid is shared out among a few adjustments."""
    charge = draw(CENTS)
    left = charge
    adjustments = []
    for group, reason in draw(st.lists(REASONS, max_size=8)):
        if not left:
            break
        amount = draw(st.integers(1, int(left * 100)).map(lambda n: Decimal(n).scaleb(-2)))
        adjustments.append(Adjustment(group, reason, amount))
        left -= amount
    day = draw(DAYS)
    return RemitLine(
        charge, left, draw(st.sampled_from(["J1100", "A4253", "svc:knee-film"])), draw(st.sampled_from([(), ("RT",), ("59", "LT")])),
        units=draw(st.integers(1, 40).map(Decimal)), start=day, end=day, adjustments=tuple(adjustments),
        remarks=draw(st.sampled_from([(), ("N115",), ("MA130", "M25")])),
    )  # fmt: skip


@st.composite
def claims(draw: st.DrawFn, number: str = "A1") -> RemitClaim:
    """A claim that balances, with one to four lines."""
    found = tuple(draw(st.lists(lines(), min_size=1, max_size=4)))
    charge = sum((line.charge for line in found), Decimal("0.00"))
    paid = sum((line.paid for line in found), Decimal("0.00"))
    share = sum((one.amount for line in found for one in line.adjustments if one.group == "PR"), Decimal("0.00"))
    return RemitClaim(
        number, draw(st.sampled_from(["1", "2", "4", "19"])), charge, paid, share, "MB", f"ICN{number}", "11", "1",
        last=draw(NAMES), first=draw(NAMES), member_id="1EG4TE5MK73", lines=found,
    )  # fmt: skip


@st.composite
def remittances(draw: st.DrawFn, most: int = 4) -> Remittance:
    """A remittance that balances, with adjustments of the provider's own."""
    count = draw(st.integers(1, most))
    found = tuple(draw(claims(f"A{n}")) for n in range(count))
    paid = sum((claim.paid for claim in found), Decimal("0.00"))
    own = []
    for reason in draw(st.lists(st.sampled_from(["WO", "L6", "FB"]), max_size=6)):
        amount = draw(st.integers(-5000, int(paid * 100))) if reason != "WO" else draw(st.integers(0, int(paid * 100)))
        value = Decimal(amount).scaleb(-2)
        own.append(ProviderAdjustment(reason, value, "ICN9", "1234567893", dt.date(2026, 12, 31)))
        paid -= value
    own = own if paid >= 0 else []
    amount = sum((claim.paid for claim in found), Decimal("0.00")) - sum((one.amount for one in own), Decimal("0.00"))
    return Remittance("TEACHING PAYER", "EXAMPLE CLINIC", amount, "CK-1001", dt.date(2026, 3, 1), found, tuple(own), payee_npi="1234567893")
