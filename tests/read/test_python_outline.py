"""The quick look at a Python file says the same as its parse."""

from __future__ import annotations

import pytest

from mlscan.read.code_languages import code_text, source_text
from mlscan.read.python import parse_python
from mlscan.read.python_outline import python_definitions, python_imports, python_strings

SOURCES = [
    "",
    "import a\nimport b.c as d, e\nfrom . import f\nfrom l import *\n",
    "from ..g.h import (\n    i,  # one\n    j as k,\n)\n",
    "import a; import b\nif x: import c\nfrom d import \\\n    e, \\\n    f\n",
    '"""import no\nfrom no import no\n"""\n# import no\nx = "import no"\nimport yes\n',
    "def f(\n    a,\n    b=(1,\n2),\n):\n    def g():\n        pass\n    return g\n\ndef h(): pass\n",
    "class A(B):\n    x = 1\n\n    async def f(self):\n        class C: pass\n\ndef h(): pass\n",
    "class A:\n    @staticmethod\n    def g(): pass\n\n@b\ndef h(): pass\n",
    "if True:\n    def f(): pass\nelse:\n    class G:\n        def m(self): pass\ndef h(): pass\n",
    "try:\n    import a\nexcept ImportError:\n    from b import a\nwith x as y:\n    import c\n",
    "class A:\n\tdef f(self):\n\t\timport a\n\tdef g(self): pass\n",
    "from __future__ import annotations\nfrom a.b import c\r\nimport d\r\ndef e():\r\n    pass\r\n",
    "x = f'''\nimport no\n{y}\n'''\nimport yes\n",
    "importer = 1\nfrom_x = 2\nx.import_module('a')\ndefine = 3\nclassy = 4\n",
    "\ufeffimport a\n",
    "@deco(\n    1,\n)\ndef f():\n    '''doc'''\n    return [\n1,\n    ]\n\n    def g(): pass\n",
]


@pytest.mark.parametrize("source", SOURCES)
def test_imports_are_those_of_the_parse(source: str) -> None:
    data = source.encode()
    assert python_imports(code_text(source_text(data), "python")) == parse_python(data, "a.py").imports


@pytest.mark.parametrize("source", SOURCES)
def test_definitions_are_those_of_the_parse(source: str) -> None:
    data = source.encode()
    parsed = parse_python(data, "a.py")
    exact = [(d.name, d.line, d.scope) for d in parsed.functions] + [(d.name, d.line, d.scope) for d in parsed.classes]
    quick = python_definitions(code_text(source_text(data), "python"), lambda _: True)
    assert [(d.name, d.line, d.scope) for d in quick] == sorted(exact, key=lambda found: found[1])


def test_only_wanted_names_are_defined() -> None:
    code = "class A:\n    def test_a(self): pass\n    def b(self): pass\n"
    (found,) = python_definitions(code, lambda name: name.startswith("test_"))
    assert (found.name, found.line, found.scope) == ("test_a", 2, ("class:A",))


def test_strings_are_read_without_prose_and_comments() -> None:
    source = b'"""A module about train.py."""\nrun("jobs/fit.py", r\'a.sh\')\n# no.py\nx = """sql\n"""\n'
    assert python_strings(source) == ["jobs/fit.py", "a.sh", "sql\n"]


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"import" * 50_000, b"def " * 50_000, b"from " * 50_000, b"(" * 200_000]
)
def test_no_bytes_raise(data: bytes) -> None:
    code = code_text(source_text(data), "python")
    python_imports(code)
    python_definitions(code, lambda _: True)
    python_strings(data)
