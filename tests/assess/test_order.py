"""Evidence is in one order, whatever order it came in, and each is there once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlscan.types.evidence import Context, Evidence, Location, Strength, ordered

NAMES = st.sampled_from(["a", "b"])
PATHS = st.sampled_from(["a", "a/b", "a.b", "é", "\udcff", "\U0001f40d", "z"])
ITEMS = st.builds(
    Evidence,
    detector=NAMES,
    practice=NAMES,
    where=st.builds(Location, PATHS, st.sampled_from([None, 1, 10])),
    excerpt=NAMES,
    strength=st.sampled_from(list(Strength)),
    context=st.sampled_from(list(Context)),
    delegated_to=st.sampled_from([None, "c"]),
    captures=st.sampled_from([(), (("k", "v"),)]),
)


def key(e: Evidence) -> tuple[object, ...]:
    return (*e.sort_key, e.excerpt, e.context.value, e.delegated_to or "", e.captures)


@given(st.lists(ITEMS, max_size=12), st.randoms())
def test_one_order(items: list[Evidence], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ordered(shuffled) == sorted(set(items), key=key)
