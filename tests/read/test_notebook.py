"""Notebooks as cells and as one module whose lines are lines of the file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.read.notebook import parse_notebook
from mlscan.types.source import Notebook

PYTHON = {"kernelspec": {"name": "python3", "language": "python"}}


def code(*lines: str, **other: object) -> dict[str, object]:
    source = [line + "\n" for line in lines[:-1]] + list(lines[-1:])
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": source, **other}


def book(*cells: object, indent: int | None = 1, metadata: object = PYTHON) -> Notebook:
    whole = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return parse_notebook(json.dumps(whole, indent=indent).encode(), "a.ipynb")


def shell(*lines: str) -> tuple[list[str], list[str]]:
    """Calls and shell commands of a cell."""
    found = book(code(*lines))
    assert found.problems == ()
    return [c.name for c in found.module.calls], [command for _, command in found.shell]


def test_cells_have_kind_source_tags_and_output() -> None:
    found = book(
        {"cell_type": "markdown", "metadata": {}, "source": "# Title"},
        code("x = 1", "y = 2", metadata={"tags": ["parameters"]}, outputs=[{"output_type": "stream", "text": ["1"]}]),
        {"cell_type": "raw", "metadata": {}, "source": []},
    )
    assert [(c.kind, c.source, c.tags, c.has_output) for c in found.cells] == [
        ("markdown", "# Title", (), False),
        ("code", "x = 1\ny = 2", ("parameters",), True),
        ("raw", "", (), False),
    ]
    assert found.language == "python"
    assert found.module.notebook


def test_names_are_followed_from_cell_to_cell_and_lines_are_those_of_the_file() -> None:
    cells = [code("import a as b"), {"cell_type": "markdown", "source": ["b.f()"]}, code("def g():", "    b.f('x')")]
    text = json.dumps({"cells": cells, "metadata": PYTHON}, indent=2)
    found = parse_notebook(text.encode(), "a.ipynb").module
    raw = text.split("\n")
    (call,) = found.calls
    assert (call.name, call.scope) == ("a.f", ("cell:3", "function:g"))
    assert "b.f('x')" in raw[call.line - 1]
    assert "import a as b" in raw[found.imports[0].line - 1]
    assert found.functions[0].line == call.line - 1
    assert found.lines[call.line - 1] == "    b.f('x')"
    assert found.code_lines[call.line - 1] == "    b.f(' ')"


def test_the_same_text_in_an_output_does_not_mislead() -> None:
    first = code("f()", outputs=[{"data": {"source": ["g()"]}, "text": ['"source": [', "g()"]}])
    text = json.dumps({"cells": [first, code("g()")], "metadata": PYTHON}, indent=1)
    found = parse_notebook(text.encode(), "a.ipynb").module
    last = max(number for number, line in enumerate(text.split("\n"), 1) if '"g()"' in line)
    assert found.calls[-1].line == last


def test_a_notebook_in_one_line_is_line_1() -> None:
    found = book(code("import a", "", "a.f()"), indent=None).module
    assert [(c.name, c.line) for c in found.calls] == [("a.f", 1)]
    assert found.lines == ("import a\n\na.f()",)


def test_a_source_that_is_one_string_is_read() -> None:
    found = book(code() | {"source": "import a\na.f()"})
    assert [c.name for c in found.module.calls] == ["a.f"]
    assert found.cells[0].source == "import a\na.f()"


def test_strings_without_line_ends_belong_to_one_line() -> None:
    assert book(code() | {"source": ["import ", "a\n", "\n", "a", ".f()"]}).cells[0].source == "import a\n\na.f()"


def test_nbformat_3_is_read() -> None:
    cell = {"cell_type": "code", "input": ["import a\n", "a.f()"], "language": "python", "outputs": [{}]}
    whole = {"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": [cell]}, {"cells": [cell]}]}
    found = parse_notebook(json.dumps(whole, indent=1).encode(), "a.ipynb")
    assert (found.language, len(found.cells), found.cells[0].has_output) == ("python", 2, True)
    assert [c.name for c in found.module.calls] == ["a.f", "a.f"]
    assert len({c.line for c in found.module.calls}) == 2


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language_info": {"name": "python"}}, "python"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "r"),
        ({"kernelspec": {"language": "R"}}, "r"),
        ({"kernelspec": {"name": "julia-1.9"}}, "julia"),
        ({"kernelspec": {"name": "pysparkkernel"}}, "python"),
        ({"kernelspec": {"name": "spylon-kernel"}}, "scala"),
        ({"application/vnd.databricks.v1+notebook": {"language": "python"}}, "python"),
        ({}, "unknown"),
        ("nonsense", "unknown"),
        ({"kernelspec": 3, "language_info": {"name": ["x"]}}, "unknown"),
    ],
)
def test_the_language_comes_from_the_metadata(metadata: object, language: str) -> None:
    assert book(code(""), metadata=metadata).language == language


@pytest.mark.parametrize(
    ("line", "language"),
    [("import numpy as np", "python"), ("x <- c(1)", "r"), ("library(caret)", "r"), ("?", "unknown")],
)
def test_without_metadata_the_code_tells_the_language(line: str, language: str) -> None:
    assert book(code(line), metadata={}).language == language


def test_r_and_julia_cells_have_imports_and_calls_by_name() -> None:
    r = book(
        code("# library(no)", "library(caret)", "m <- caret::train(y ~ x, 'f(x)')"),
        metadata={"kernelspec": {"name": "ir"}},
    )
    assert [i.module for i in r.module.imports] == ["caret"]
    assert [(c.name, c.resolved, c.scope) for c in r.module.calls] == [
        ("library", False, ("cell:1",)),
        ("caret::train", True, ("cell:1",)),
    ]
    assert r.module.calls[1].line == r.module.calls[0].line + 1
    julia = book(
        code("using Flux: Chain, Dense as D", "Flux.train!(x)"), metadata={"kernelspec": {"name": "julia-1.9"}}
    )
    assert [i.target for i in julia.module.imports] == ["Flux.Chain", "Flux.Dense"]
    assert [c.name for c in julia.module.calls] == ["Flux.train!"]


@pytest.mark.parametrize(
    ("lines", "calls", "commands"),
    [
        (("%matplotlib inline", "f()"), ["f"], []),
        (("!pip install a \\", "   b", "f()"), ["f"], ["pip install a \\", "b"]),
        (("%pip install a==1", "f()"), ["f"], ["pip install a==1"]),
        (("pip install a", "f()"), ["f"], ["pip install a"]),
        (("if x:", "    !ls", "f()"), ["f"], ["ls"]),
        (("x = !ls -l", "f(x)"), ["f"], ["ls -l"]),
        (("x = %sql select 1", "f(x)"), ["f"], []),
        (("%time f(1)",), ["f"], []),
        (("%timeit -n 10 f(1)",), ["f"], []),
        (("%%time", "f()"), ["f"], []),
        (("", "%%bash", "f() {", "}"), [], ["f() {", "}"]),
        (("%%sql", "select f(x) from y"), [], []),
        (("%sql", "select f(x) from y"), [], []),
        (("%md # Title (of mine)",), [], []),
        (("%%writefile x.py", "f()"), [], []),
        (("f?", "??g.h", "f(2)"), ["f"], []),
        (("  x = 1", "  f(x)"), ["f"], []),
        (("f(a", "  % b)"), ["f"], []),
        (("a != f()",), ["f"], []),
    ],
)
def test_ipython_syntax_is_taken_out(lines: tuple[str, ...], calls: list[str], commands: list[str]) -> None:
    assert shell(*lines) == (calls, commands)


def test_shell_commands_have_their_line() -> None:
    found = book(code("f()", "!dvc pull"))
    assert found.shell == ((found.module.calls[0].line + 1, "dvc pull"),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty notebook"),
        (b"[]", "no notebook: not a JSON object"),
        (b"3", "no notebook: not a JSON object"),
        (b"{}", "notebook without a list of cells"),
        (b'{"cells": {"a": 1}}', "notebook without a list of cells"),
        (b'{"cells": [3]}', "cell that is no object"),
        (b'{"cells": [{"cell_type": "code"}]}', "cell without source text"),
        (b'{"cells": [{"cell_type": "code", "source": 5}]}', "cell without source text"),
        (b'{"cells": [', "broken JSON: only what looks like cells was read"),
        (b"<<<<<<< HEAD", "broken JSON: only what looks like cells was read"),
    ],
)
def test_broken_notebooks_are_problems(data: bytes, reason: str) -> None:
    assert [p.reason for p in parse_notebook(data, "a.ipynb").problems] == [reason]


def test_one_bad_cell_does_not_lose_the_others() -> None:
    found = book(code("f()"), 3, {"cell_type": 1, "source": {"a": 1}}, code("g()"))
    assert [c.name for c in found.module.calls] == ["f", "g"]


def test_cells_of_broken_json_are_salvaged() -> None:
    text = json.dumps({"cells": [code("import a", "a.f('\\n')"), code("a.g()")], "metadata": PYTHON}, indent=1)
    broken = text.replace('"metadata": {}', '"metadata": {,}').encode()
    found = parse_notebook(broken, "a.ipynb")
    assert [c.name for c in found.module.calls] == ["a.f", "a.g"]
    assert "a.g()" in broken.decode().split("\n")[found.module.calls[1].line - 1]


def test_bytes_that_are_not_utf_8_do_not_lose_the_notebook() -> None:
    text = json.dumps({"cells": [code("f('caf\xe9')")], "metadata": PYTHON}, indent=1, ensure_ascii=False)
    assert [c.name for c in parse_notebook(text.encode("latin-1"), "a.ipynb").module.calls] == ["f"]


def test_syntax_errors_are_told_with_the_line_of_the_file() -> None:
    found = book(code("f()"), code("x = = 1"), code("g()"))
    assert [c.name for c in found.module.calls] == ["f", "g"]
    (problem,) = found.problems
    assert problem.line is not None
    assert found.module.lines[problem.line - 1] == "x = = 1"


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": ' + b"[" * 200_000,
        b'{"cells": [{"cell_type": "code", "source": ["f()"], "outputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b'{"cells": [' + b'{"cell_type": "code", "source": ["x"]},' * 20_000 + b"{}]}",
        b'{"cells": [' + b'{"cell_type": "code", "sourc\\u0065": ["x"]},' * 20_000 + b"{}]}",
        b'{"cells": [{"cell_type": "code", "source": [' + b'"x",' * 100_000 + b'"y"]}]}',
        b'{"cells": [{"cell_type": "code", "source": ["\\ud800", "\\q"]}]}',
        b'"cell_type": "code" "source": [' * 20_000,
    ],
    ids=lambda data: repr(data[-20:]),
)
def test_hostile_notebooks_are_bounded(data: bytes) -> None:
    assert len(parse_notebook(data, "a.ipynb").cells) <= 10_000


def test_the_number_of_cells_is_limited() -> None:
    assert "more cells than are read" in [p.reason for p in book(*[code("x")] * 10_001).problems]


@given(st.binary(max_size=200), st.sampled_from(["a.ipynb", "a.Rmd", "a.qmd"]))
def test_no_bytes_raise(data: bytes, path: str) -> None:
    parse_notebook(data, path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("import a\n"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "cell_type", "metadata", "outputs", "tags"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["cells", "worksheets", "metadata"]), JSON))
def test_no_json_raises(value: object) -> None:
    parse_notebook(json.dumps(value).encode(), "a.ipynb")


@given(st.lists(st.text(alphabet=st.sampled_from("ab=()%!?\\\"'\n #é\U0001f600"), max_size=20), max_size=6))
def test_sources_come_back_as_they_were(sources: list[str]) -> None:
    cells = [code() | {"source": source.splitlines(keepends=True)} for source in sources]
    assert [c.source for c in book(*cells).cells] == sources


RMD = """---
title: Churn
---
Text with `f()` and

```{r setup, include=FALSE}
library(caret)
# library(no)
train(y ~ x)
```

```{python}
import a
```

```r
shown()
```

```{r, eval=FALSE}
never()
```

~~~{r}
last()
~~~
"""


@pytest.mark.parametrize("path", ["a.Rmd", "a.rmd", "docs/a.qmd"])
def test_chunks_are_cells_and_keep_their_lines(path: str) -> None:
    found = parse_notebook(RMD.encode(), path)
    assert found.language == "r"
    assert [(i.module, i.line) for i in found.module.imports] == [("caret", 7)]
    assert [(c.name, c.line) for c in found.module.calls] == [("library", 7), ("train", 9), ("last", 25)]
    assert [c.kind for c in found.cells] == ["markdown", "code", "code", "markdown", "raw", "code"]
    assert found.module.lines[8] == "train(y ~ x)"


def test_python_chunks_make_a_python_notebook() -> None:
    found = parse_notebook(
        b"# T\n\n```{python}\n#| label: x\nimport a\na.f()\n```\n\n```{python}\n#| eval: false\na.g()\n```\n", "a.qmd"
    )
    assert found.language == "python"
    assert [(c.name, c.line, c.scope) for c in found.module.calls] == [("a.f", 6, ("cell:2",))]


def test_a_chunk_without_an_end_is_a_problem() -> None:
    found = parse_notebook(b"```{r}\nf()\n", "a.Rmd")
    assert [c.name for c in found.module.calls] == ["f"]
    assert [p.reason for p in found.problems] == ["chunk without an end"]


def test_line_ends_of_old_macs_are_line_ends() -> None:
    text = '{"cells": [{"cell_type": "code",\n"source": "import a"}],\n"metadata": {}}'
    assert parse_notebook(text.replace("\n", "\r").encode(), "a.ipynb") == parse_notebook(text.encode(), "a.ipynb")
