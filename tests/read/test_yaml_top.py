"""The outermost keys of YAML are told from lines, and never too few of them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mlscan.read.tree import parse_tree
from mlscan.read.yaml_top import top_keys

SAID = [
    ("a: 1\nb:\n  c: 2\n", {"a", "b"}),
    ("# words\n\na: 1\n---\nb: 2\n--- # more\nc: 3\n...\nd: 4\n", {"a", "b", "c", "d"}),
    ("\"a b\": 1\n'c' : 2\non:\r\n  push: x\r\n", {"a b", "c", "on"}),
    ("%YAML 1.2\n---\na: 1\n", {"a"}),
    ("\ufeffa: 1\n", {"a"}),
    ("- a: 1\n  b: 2\n- c\n", set[str]()),
    ("steps:\n- run: x\n- uses: y\nlast: z\n", {"steps", "last"}),
    ("-x: 1\nurl-of:http://a: 2\n", {"-x", "url-of:http://a"}),
    ("a: |\n  b: 1\n", {"a"}),
    ("broken: [\nother: 1\n", {"broken", "other"}),
    ("words\nthat go on\n", set[str]()),
    ("", set[str]()),
]
NOT_TOLD = [
    "  a: 1\n  b: 2\n",
    "---\n  a: 1\n",
    "a: 1\n...\n  b: 2\n",
    "{a: 1}\n",
    "[a]\n",
    "--- {a: 1}\n",
    "--- !tag\na: 1\n",
    "base: &x {b: 1}\n<<: *x\n",
    "? a\n: 1\n",
    "&x a: 1\n",
    "!t a: 1\n",
    "*x : 1\n",
    '"a\\"b": 1\n',
    "{{ if .Values.on }}\na: 1\n{{ end }}\n",
]
KEYS = st.one_of(
    st.text(max_size=8), st.sampled_from(["a", "on", "a b", "it's", '"q"', "- x", "<<", "?", "a: b", "#c", "---"])
)
DOCUMENTS = st.lists(st.dictionaries(KEYS, st.one_of(st.text(max_size=20), st.lists(KEYS, max_size=2))), max_size=3)


@pytest.mark.parametrize(("text", "keys"), SAID)
def test_keys_that_begin_a_line(text: str, keys: set[str]) -> None:
    assert top_keys(text.encode()) == frozenset(key.encode() for key in keys)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_lines_do_not_tell(text: str) -> None:
    assert top_keys(text.encode()) is None


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_no_key_that_a_parse_finds_is_missed(documents: list[object], flow: bool, start: bool) -> None:
    text = yaml.safe_dump_all(documents, default_flow_style=flow or None, explicit_start=start, allow_unicode=True)
    keys = top_keys(text.encode())
    if keys is not None:
        found = {key.encode() for document in parse_tree(text.encode(), "a.yaml").documents for key in document.map}
        assert found <= keys
