"""The table of names of calls says what straight tests of every name say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.detect.name_table import NameTable
from mlscan.detect.values import check_for
from mlscan.types.content import Test, Value
from mlscan.types.lists import Lists

LISTS = Lists()
PARTS = st.sampled_from(["fit", "train", "Model", "a", "b", "*", "*fit", "run*", "", "::x", "tr*n"])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map(".".join)
VALUES = st.one_of(
    NAMES,
    st.lists(NAMES, min_size=1, max_size=3),
    st.builds(Test, in_=st.lists(NAMES, min_size=1, max_size=3), not_in=st.lists(NAMES, max_size=2)),
    st.builds(Test, regex=st.sampled_from(["fit$", "^a", "(?i)MODEL", "r.n", "^$"])),
    st.builds(Test, not_=NAMES),
)


@given(values=st.lists(VALUES, max_size=6), name=NAMES.map(lambda name: name.replace("*", "q")))
def test_the_table_agrees_with_each_test_of_its_own(values: list[Value], name: str) -> None:
    table = NameTable(enumerate(values), LISTS)
    assert table.users(name) == {index for index, value in enumerate(values) if check_for(value, LISTS)(name)}


@pytest.mark.parametrize(
    ("wildcard", "name"),
    [
        ("*.fit", "model.fit"),
        ("*fit", "refit"),
        ("*odel.fit", "my_model.fit"),
        ("torch.*", "torch.nn.Linear"),
        ("torch.*.step", "torch.optim.SGD.step"),
        ("*.load_*", "x.load_model"),
        ("xgb::*", "xgb::train"),
        ("*", "anything"),
    ],
)
def test_every_kind_of_wildcard_is_found(wildcard: str, name: str) -> None:
    assert NameTable([(7, [wildcard])], LISTS).users(name) == {7}
    assert NameTable([(7, [wildcard])], LISTS).users("other.thing") == ({7} if wildcard == "*" else set())
