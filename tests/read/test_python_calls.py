"""Calls, classes and functions of Python source, by the names that they resolve to."""

from __future__ import annotations

import pytest

from mlscan.read.python import parse_python
from mlscan.types.source import Call, CodeModule, Dotted, Source


def module(source: str) -> CodeModule:
    return parse_python(source.encode(), "a.py")


def names(source: str) -> list[str]:
    return [call.name for call in module(source).calls]


def last(source: str) -> Call:
    return module(source).calls[-1]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import a.b as c\nc.f()", "a.b.f"),
        ("import a.b\na.b.f()", "a.b.f"),
        ("from a import b as c\nc()", "a.b"),
        ("from a import b\nb.f()", "a.b.f"),
        ("from . import u\nu.f()", ".u.f"),
        ("from ..p.q import u\nu()", "..p.q.u"),
        ("def f():\n    from a import b\n    return b.c()", "a.b.c"),
        ("def f():\n    np.g()\nimport numpy as np", "numpy.g"),
        ("import a\nx = a.B(1)\nx.m()", "a.B.m"),
        ("import a\nx = a.B\nx()", "a.B"),
        ("import a\nx = a.B()\ny = x\ny.m()", "a.B.m"),
        ("import a\nx = y = a.B()\nx.m()", "a.B.m"),
        ("import a\nx: a.B = a.C()\nx.m()", "a.C.m"),
        ("import a\nif (x := a.B()):\n    x.m()", "a.B.m"),
        ("import a\nasync def f():\n    x = await a.b()\n    x.m()", "a.b.m"),
        ("import a\nwith a.B() as x:\n    x.m()", "a.B.m"),
        ("import a\nwith a.B() as x, a.C() as y:\n    y.m()", "a.C.m"),
        ("import a\nx = a.B()\nx()", "a.B.__call__"),
        ("import a\na.B()(1)", "a.B.__call__"),
        ("import a\na.B().m()", "a.B.m"),
        ("import a\na.b(x).c()", "a.b.c"),
        ("import a\n(a.B()\n  .m())", "a.B.m"),
        ("import a\ndef f(x: a.B):\n    x.m()", "a.B.m"),
        (
            "import a\nclass T:\n    def __init__(self):\n        self.x = a.B()\n    def g(self):\n        self.x.m()",
            "a.B.m",
        ),
        ("model.fit()", "model.fit"),
        ("models[0].fit()", "models.?.fit"),
        ("models[0][1].fit()", "models.?.fit"),
        ("'a'.join(x)", "?.join"),
        ("x = Net()\nx.fit()", "Net.fit"),
        ("self.model.fit()", "self.model.fit"),
        ("данные.загрузить()", "данные.загрузить"),
    ],
)
def test_the_name_of_a_call_is_resolved(source: str, name: str) -> None:
    assert last(source).name == name


@pytest.mark.parametrize(
    "source",
    [
        "import a\nx = a.B()\nx = other[0]\nx.m()",
        "import a\nx = a.B()\nfor x in y:\n    x.m()",
        "import a\nx = a.B()\nx, y = 1, 2\nx.m()",
        "import a\nx = a.B()\ndef f(x):\n    x.m()",
        "import x\ndef f(x):\n    x.m()",
        "import a\ndef f():\n    x = a.B()\nx.m()",
        "import a\nclass T:\n    x = a.B()\n    def f(self):\n        x.m()",
    ],
)
def test_a_name_that_means_something_else_here_stays_as_written(source: str) -> None:
    call = last(source)
    assert (call.name, call.resolved) == ("x.m", False)


def test_the_last_assignment_before_use_wins() -> None:
    source = "import a\nx = a.B()\nx.m()\nx = a.C()\nx.m()\n"
    assert [n for n in names(source) if n.endswith(".m")] == ["a.B.m", "a.C.m"]


def test_a_fallback_for_a_missing_package_keeps_the_import() -> None:
    assert last("try:\n    import a\nexcept ImportError:\n    a = None\na.f()").name == "a.f"


def test_only_imported_names_are_resolved() -> None:
    calls = module("import a\na.f()\nf()\nx = a.B()\nx.g()\n").calls
    assert [(c.name, c.resolved) for c in calls] == [("a.f", True), ("f", False), ("a.B", True), ("a.B.g", True)]


def test_a_call_stands_on_the_line_of_its_last_name() -> None:
    calls = module("import a\nx = (a.B(\n    1)\n   .m()\n   .n())\n").calls
    assert sorted((c.line, c.name) for c in calls) == [(2, "a.B"), (4, "a.B.m"), (5, "a.B.m.n")]


def test_decorators_are_calls_with_and_without_parentheses() -> None:
    calls = module(
        "from p import flow\n@flow\ndef f(): g()\n@flow(name='x')\nclass C: pass\n@flow.z\ndef h(): pass\n"
    ).calls
    found = [(c.name, c.line, c.decorator, dict(c.kwargs)) for c in calls]
    assert found == [
        ("p.flow", 2, True, {}),
        ("g", 3, False, {}),
        ("p.flow", 4, True, {"name": "x"}),
        ("p.flow.z", 6, True, {}),
    ]


def test_arguments_are_values_names_or_source() -> None:
    call = last(
        "import numpy as np\nf('a' \"b\", -1, 0x10, 1e-3, True, None, np.float32, [1], x, *y, k=(np.z), g=[h], **o)"
    )
    assert call.args == (
        "ab",
        -1,
        16,
        0.001,
        True,
        None,
        Dotted("numpy.float32"),
        Source("[1]"),
        Dotted("x"),
        Source("*y"),
    )
    assert call.kwargs == {"k": Dotted("numpy.z"), "g": Source("[h]"), "**": Source("**o")}


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("'it\\'s'", "it's"),
        (r"'a\n\x41\u0042\101\N{BULLET}'", "a\nABA•"),
        (r"r'a\n'", r"a\n"),
        ("'''a\nb'''", "a\nb"),
        ("''", ""),
        ("f'a{b!r:>{w}}c{{d}}'", "a{}c{d}"),
        ("F\"s3://{bucket['x']}/k\"", "s3://{}/k"),
        ("('a'\n f'{b}')", "a{}"),
        ("u'é'", "é"),
        ("b'a'", Source("b'a'")),
        ("1_000", 1000),
        ("10L", 10),
        ("-.5", -0.5),
        ("1j", Source("1j")),
        ("-x", Source("-x")),
        ("not x", Source("not x")),
        ("-inf", Source("-inf")),
    ],
)
def test_literals_keep_their_value(literal: str, value: object) -> None:
    (found,) = last(f"f({literal})").args
    assert (type(found), found) == (type(value), value)


def test_long_expressions_are_clipped() -> None:
    (found,) = last("f([" + "1, " * 1000 + "])").args
    assert isinstance(found, Source)
    assert len(found.text) == 200


def test_classes_have_resolved_bases() -> None:
    source = (
        "import torch.nn as nn\nfrom typing import Generic\n"
        "class A(nn.Module, Generic[T], metaclass=M):\n  class B: pass\n"
    )
    first, second = module(source).classes
    assert (first.name, first.bases, first.line, first.scope) == ("A", ("torch.nn.Module", "typing.Generic"), 3, ())
    assert (second.name, second.scope) == ("B", ("class:A",))


def test_scopes_name_classes_and_functions_from_the_outside() -> None:
    source = "class A:\n  def f(self, x=d()):\n    async def g():\n      h()\n"
    found = module(source)
    assert [(c.name, c.scope) for c in found.calls] == [
        ("d", ("class:A",)),
        ("h", ("class:A", "function:f", "function:g")),
    ]
    assert [(f.name, f.line, f.scope) for f in found.functions] == [
        ("f", 2, ("class:A",)),
        ("g", 3, ("class:A", "function:f")),
    ]


@pytest.mark.parametrize("condition", ["if False", "if 0", "while 0", "while False"])
def test_what_never_runs_is_dropped(condition: str) -> None:
    assert names(f"{condition}:\n    a()\n    @b\n    def f(): c()\nd()\n") == ["d"]


def test_other_branches_are_kept() -> None:
    assert names("if False:\n    a()\nelse:\n    b()\nif 1:\n    c()\nif x:\n    pass\nelif 0:\n    d()\n") == [
        "b",
        "c",
    ]
