"""What else a Python module has: imports, strings, statements, problems; and input that means harm."""

from __future__ import annotations

import ast
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.read.python import parse_python, scan_imports
from mlscan.types.source import Call, CodeModule, Problem


def module(source: str | bytes) -> CodeModule:
    return parse_python(source if isinstance(source, bytes) else source.encode(), "a.py")


def test_each_imported_name_is_an_import() -> None:
    source = "import a, b.c as d\nfrom .x import (y,  # and\n   z as w)\nfrom . import q\nfrom m import *\n"
    found = [(i.module, i.name, i.alias, i.line, i.target) for i in module(source).imports]
    assert found == [
        ("a", None, "a", 1, "a"),
        ("b.c", None, "d", 1, "b.c"),
        (".x", "y", "y", 2, ".x.y"),
        (".x", "z", "w", 2, ".x.z"),
        (".", "q", "q", 4, ".q"),
        ("m", "*", "*", 5, "m"),
    ]


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import a, b.c as d", {"a", "b.c"}),
        ("from .x import (y, z as w)", {".x", ".x.y", ".x.z"}),
        ("from . import q", {".", ".q"}),
        ("from a.b import (\n  c,\n)", {"a.b"}),
        ("from a import \\\n  b", {"a", "a.b"}),
        ("x = 1; import a", {"a"}),
        ("if x: from a import*", {"a"}),
        ("from a.vertex_import import import_it, b", {"a.vertex_import", "a.vertex_import.b"}),
        ('"source": [\n "import numpy as np\\n",\n "from a import b"\n]', {"numpy", "a", "a.b"}),
    ],
)
def test_the_scan_finds_modules_and_names(source: str, modules: set[str]) -> None:
    assert modules <= scan_imports(source.encode())


def test_the_scan_reads_names_on_further_lines() -> None:
    source = b"from a.b import (  # (parts)\n    c,  # one) of two\n    d as e,\n)\nf(g)\n"
    assert scan_imports(source) == {"a.b", "a.b.c", "a.b.d"}


def test_the_scan_of_a_file_without_imports_is_empty() -> None:
    assert scan_imports(b"important = 1\nx = importlib\n") == frozenset()


def test_strings_are_kept_without_docstrings() -> None:
    source = (
        '"""Doc."""\ndef f():\n    "doc"\n    x = "s3://bucket"\n'
        '    return g(f"a{x}b", "ab", b"bytes", ("long " "one"))\n'
    )
    assert module(source).strings == ((4, "s3://bucket"), (5, "a{}b"), (5, "long one"))


def test_statements_are_counted_without_comments_and_docstrings() -> None:
    assert module('# only\n"""text"""\n').statements == 0
    assert module("def f():\n    'doc'\n    return 1\nf()\n").statements == 3


def test_a_broken_file_is_read_as_far_as_it_goes() -> None:
    found = module("import a\na.f()\nx = = 3\n{{ cookiecutter.x }}\na.g()\n")
    assert [c.name for c in found.calls] == ["a.f", "a.g"]
    (problem,) = found.problems
    assert (problem.line, problem.reason) == (3, "syntax not understood in places")


def test_python_2_is_read() -> None:
    found = module("import a\nprint a.f(0777L), 'x'\nexec 'y'\ntry:\n    a.g()\nexcept E, e:\n    raise E, 'z'\n")
    assert [c.name for c in found.calls] == ["a.f", "a.g"]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + b"import a\na.f()\n",
        "import a\na.f()\n".encode("utf-16"),
        b"import a\r\na.f()\r\n",
        b"import a\ra.f()\r",
        b"import a # \xe9\na.f()\n",
        b"import a\na.f('\xe9')\n",
        b"import a # \0\na.f()\n",
    ],
)
def test_encodings_and_line_ends_make_no_difference(data: bytes) -> None:
    found = module(data)
    assert [(c.name, c.line) for c in found.calls] == [("a.f", 2)]
    assert [i.module for i in found.imports] == ["a"]
    assert "a" in scan_imports(data)
    assert found.problems == ()


def test_latin_1_text_is_kept() -> None:
    assert module(b"x = 'caf\xe9'").strings == ((1, "café"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100_000,
        b"(" * 50_000,
        b"[" * 100_000,
        b"*" * 100_000,
        b"not " * 50_000,
        b"f(" * 20_000 + b")" * 20_000,
        b"a" + b".b()" * 20_000,
        b"a" + b".b" * 100_000 + b"()",
        b"x = " + b"-" * 100_000 + b"1",
        b"x = " + b"1 + " * 100_000 + b"1",
        b"\\\n" * 100_000,
        b"f()\n" + (b"#" * 60 + b"\n") * 20_000,
        b"f()\n" + (b"# c\n\n  \\\n") * 20_000,
        b"\\\r\n\t" * 100_000,
        b"".join(b" " * depth + b"if x:\n" for depth in range(1500)),
        b"x = x.f().g\n" * 20_000,
        b"a" * 1_000_000 + b"()",
        b"f(" + b"1, " * 100_000 + b")",
        b"import " * 50_000,
        b"from " * 50_000 + b"import x",
        b"import " + b"a, " * 50_000,
        b"'''" * 50_001,
        b'f"' + b"{x}" * 50_000 + b'"',
        bytes(range(256)) * 1_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_files_are_bounded(data: bytes) -> None:
    found = module(data)
    assert all(len(call.name) <= 220 for call in found.calls)
    assert {i.module for i in found.imports} <= scan_imports(data)


def test_lines_after_a_run_of_comments_keep_their_numbers() -> None:
    (call,) = module(b"x = 1\n" + b"# c\n\n" * 50 + b"a.f()\n").calls
    assert call.line == 102


def test_blanked_runs_are_told() -> None:
    (problem,) = module(b"import a\nx = " + b"[" * 5_000 + b"\na.f()\n").problems
    assert problem.line == 2


def test_a_file_that_is_too_long_is_read_to_a_line_end() -> None:
    found = module(b"a.first()\n" + (b"#" * 99 + b"\n") * 25_000 + b"a.last()\n")
    assert [c.name for c in found.calls] == ["a.first"]
    assert [p.reason for p in found.problems] == ["longer than what is read of a file"]


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    assert {i.module for i in module(data).imports} <= scan_imports(data)


WORDS = (
    "import from as a b.c x1 . .. * ( ) , ; : = # \\ ' \" ''' { } [ ] @ if False else def class f not print 1 1import "
    "importer from_ ximport é with for in lambda await return None -1 f'{a}' try except"
)
TOKENS = [*WORDS.split(), " ", " ", " ", "\n", "\n", "\n  ", "\\\n", "\r\n", "\t", "\f", "\ufeff"]


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_the_scan_never_misses_what_the_parse_reports(tokens: list[str]) -> None:
    for source in ("".join(tokens), " ".join(tokens)):
        data = source.encode()
        assert {i.module for i in module(data).imports} <= scan_imports(data), source


def _by_ast(source: str) -> tuple[list[tuple[str, str | None, int]], list[int]]:
    imports: list[tuple[str, str | None, int]] = []
    calls: list[int] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imports += [(alias.name, None, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports += [("." * node.level + (node.module or ""), alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.Call):
            calls.append(node.func.end_lineno or 0)
    return sorted(imports, key=repr), sorted(calls)


TYPICAL = '''
"""A training script."""
from __future__ import annotations
import argparse, os
import numpy as np
from sklearn.model_selection import (
    train_test_split as split,  # a comment (with) 'signs'
    GridSearchCV,
)
try:
    from . import local_import
except ImportError: local_import = None

@np.vectorize
def clean(frame, *, limit: int = int("3"), **rest) -> "np.ndarray":
    """Cleans (not called here)."""
    return (frame.dropna()
                 .assign(x=lambda f: f.y.map(str), z=[g(v) for v in f if h(v)])
                 .query(f"a > {max(1, limit)!r} and b == {{c}}"))

class Trainer(object):
    async def run(self, *args):
        async with open(*args) as file, lock():
            print("x" "y", file=file); yield await self.step(**{k: v() for k, v in args})
        match args:
            case [first, *_] if first(): pass
            case Point(x=0): other()

if __name__ == "__main__": Trainer().run(clean(np.load("a")[0](1)), *map(str, [*range(3)]))
'''


def test_imports_and_calls_are_those_of_the_standard_parser() -> None:
    found = module(TYPICAL)
    imports, calls = _by_ast(TYPICAL)
    assert sorted(((i.module, i.name, i.line) for i in found.imports), key=repr) == imports
    assert sorted(call.line for call in found.calls if not call.decorator) == calls
    assert found.problems == ()


def test_errors_are_not_parsed_beyond_a_bound_of_work() -> None:
    few, many = (module("import a\n" + "lambda::\n" * number) for number in (20, 2_000))
    assert [i.module for i in few.imports] == ["a"]
    assert many.imports == ()
    assert many.problems == (Problem(1, "syntax not understood in places"),)


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b.c", "1", "'s'", "None"]),
    lambda inner: st.one_of(
        st.builds("{}({})".format, inner.filter(lambda e: e[0] in "ab"), inner),
        st.builds("{}.m({}, k={})".format, inner.filter(lambda e: e[0] in "ab"), inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("f(lambda x: {})".format, inner),
    ),
    max_leaves=12,
)


@given(st.lists(EXPRESSIONS, min_size=1, max_size=5))
def test_no_call_of_valid_source_is_missed(expressions: list[str]) -> None:
    source = "\n".join(f"x{number} = {text}" for number, text in enumerate(expressions))
    calls: tuple[Call, ...] = module(source).calls
    assert sorted(call.line for call in calls) == _by_ast(source)[1]
