"""Times, candidates and states for the tests of practice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from medcoding.learning.schedule import Candidate, Practised, Showing
from medcoding.learning.state import PracticeState

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)

shares = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.79, 0.8, 0.99, 1.0]), st.floats(0, 1))
tries = st.integers(1, 6)


@st.composite
def memories(draw: st.DrawFn) -> Practised:
    """What is remembered after one to six showings, some minutes to months apart, all before NOON."""
    at = NOON - timedelta(days=700)
    memory: Practised | None = None
    for _ in range(draw(st.integers(1, 6))):
        memory = Showing(memory, at, draw(shares), draw(tries)).after()
        at += timedelta(minutes=draw(st.integers(1, 60 * 24 * 100)))
    assert memory is not None
    return memory


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Candidate], PracticeState]:
    """Some candidates, and a state that knows some of them and some others, and names one as practised last."""
    count = draw(st.integers(1, 7))
    found = [
        Candidate(
            f"item-{number}", draw(st.sampled_from(["05-01", "05-02"])), tuple(draw(st.sets(st.integers(1, 3)))),
            tuple(draw(st.sets(st.sampled_from(["P14", "A1", "S1"])))),
        )
        for number in range(count)
    ]
    ids = [*(one.id for one in found), "gone-away", "never-released"]
    known = draw(st.dictionaries(st.sampled_from(ids), memories(), max_size=5))
    return draw(st.permutations(found)), PracticeState(items=known, last=draw(st.sampled_from(["", *ids])))


def remembered(*, due: datetime, share: float = 1.0, last: datetime | None = None) -> Practised:
    """A memory that is due at a chosen time."""
    return Practised(stage="review", stability=5, difficulty=5, due=due, last=last or due - timedelta(days=5), reviews=1, shares=(share,))
