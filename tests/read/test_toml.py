"""TOML: values, the lines of keys and items, and files of which a table is broken."""

from __future__ import annotations

import pytest

from read.showing import lines, plain, told, tree, values


def test_values_of_every_kind() -> None:
    text = '''
    title = "x"
    literal = 'C:\\path'
    many = """
    [not.a.table]
    a = 1
    """
    number = 1_000
    hex = 0xff
    real = 6.5e-1
    flag = true
    day = 1979-05-27
    at = 1979-05-27T07:32:00Z
    dotted.key."with.dot" = 1
    inline = { a = 1, b = [ { c = 2 } ] }
    '''
    assert values(text, "a.toml") == [
        {
            "title": "x",
            "literal": "C:\\path",
            "many": "[not.a.table]\na = 1\n",
            "number": 1000,
            "hex": 255,
            "real": 0.65,
            "flag": True,
            "day": "1979-05-27",
            "at": "1979-05-27 07:32:00+00:00",
            "dotted": {"key": {"with.dot": 1}},
            "inline": {"a": 1, "b": [{"c": 2}]},
        }
    ]


def test_keys_items_and_tables_have_their_lines() -> None:
    text = '''\
    a = 1  # said
    b = [
      "x",  # one

      ["y",
       "z"],
      { c = 1,  d.e = 2 },
    ]
    text = """
    [no.table]
    """
    [tool.x]
    "q.r" = 2
    [[step]]
    n = 1
    [[step]]
    n = 2
    [step.deep]
    m = 3
    '''
    assert lines(tree(text, "a.toml").documents[0]) == {
        "a": 1,
        "b": 2,
        "b[0]": 3,
        "b[1]": 5,
        "b[1][0]": 5,
        "b[1][1]": 6,
        "b[2]": 7,
        "b[2].c": 7,
        "b[2].d": 7,
        "b[2].d.e": 7,
        "text": 9,
        "tool": 12,
        "tool.x": 12,
        "tool.x.q.r": 13,
        "step": 14,
        "step[0]": 14,
        "step[0].n": 15,
        "step[1]": 16,
        "step[1].n": 17,
        "step[1].deep": 18,
        "step[1].deep.m": 19,
    }


@pytest.mark.parametrize("line", ["y = = 2", "y = [1,", 'y = "open', "y = nothing", "y", "y = 1 z = 2", "<<<<<<< HEAD"])
def test_a_broken_table_loses_only_itself(line: str) -> None:
    found = tree(f"top = 0\n[a]\nx = 1\n[b]\n{line}\n[c]\nz = 3\n".encode(), "a.toml")
    assert plain(found.documents[0]) == {"top": 0, "a": {"x": 1}, "c": {"z": 3}}
    assert lines(found.documents[0])["c.z"] == 7
    assert {reason for _, reason in told(found.problems)} == {"broken TOML"}


def test_the_problem_names_the_line() -> None:
    assert told(tree("[a]\nx = 1\ny = = 2\n", "a.toml").problems) == [(3, "broken TOML")]


def test_a_table_that_is_defined_twice_is_read_once() -> None:
    found = tree("[a]\nx = 1\n[b]\ny = 2\n[a]\nx = 3\n[c]\nz = 4\n", "a.toml")
    assert plain(found.documents[0]) == {"a": {"x": 1}, "b": {"y": 2}, "c": {"z": 4}}
    assert told(found.problems) == [(5, "broken TOML")]


def test_inline_tables_over_many_lines_are_read() -> None:
    text = """\
    hooks = [
      {
        id = "x", # said
        args = ["a",
                "b"],
      },
    ]
    [z]
    q = 1
    """
    found = tree(text, "a.toml")
    assert found.problems == ()
    assert plain(found.documents[0]) == {"hooks": [{"id": "x", "args": ["a", "b"]}], "z": {"q": 1}}
    assert lines(found.documents[0])["hooks[0].args[1]"] == 5


def test_templates_are_read_with_their_expressions() -> None:
    text = """\
    [project]
    name = "{{ cookiecutter.name }}"
    description = {{ cookiecutter.said|tojson }}
    authors = [{ name = {{ cookiecutter.author }} }]
    {% if cookiecutter.licensed %}
    license = "MIT"
    {% endif %}{# said #}
    [tool.x]
    y = 1
    """
    found = tree(text, "pyproject.toml")
    assert (found.templated, found.problems) == (True, ())
    assert plain(found.documents[0]) == {
        "project": {
            "name": "{{ cookiecutter.name }}",
            "description": "{{ cookiecutter.said|tojson }}",
            "authors": [{"name": "{{ cookiecutter.author }}"}],
            "license": "MIT",
        },
        "tool": {"x": {"y": 1}},
    }
    assert lines(found.documents[0])["tool.x.y"] == 9


def test_line_separators_of_unicode_do_not_move_lines() -> None:
    found = tree('[a]\nx = "one\u2028two\x85three"\n[b]\ny = = 1\n[c]\nz = 1\n'.encode(), "a.toml")
    assert plain(found.documents[0]) == {"a": {"x": "one two three"}, "c": {"z": 1}}
    assert told(found.problems) == [(4, "broken TOML")]


@pytest.mark.parametrize("path", ["Pipfile", "uv.lock", "poetry.lock", "a/pyproject.toml", "x.toml.j2", "X.TOML"])
def test_files_that_are_toml_by_their_path(path: str) -> None:
    assert values("a = 1", path) == [{"a": 1}]


@pytest.mark.parametrize("text", ["", "\n", "# said\n"])
def test_an_empty_file_is_an_empty_map(text: str) -> None:
    assert values(text, "a.toml") == [{}]
