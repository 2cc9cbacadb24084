"""JSON with what tools tolerate in it; values, lines, and what is left of broken files."""

from __future__ import annotations

import pytest

from read.showing import lines, plain, told, tree, values


def test_values_and_their_lines() -> None:
    text = """\
    {
      "name": "x\\ny\\u00e9\\ud83d\\ude00",
      "list": [1, -2.5,
               3e2, true,
               null, {}],
      "map": {"a": {"b": []}}
    }
    """
    found = tree(text, "a.json")
    assert plain(found.documents[0]) == {
        "name": "x\nyé😀",
        "list": [1, -2.5, 300.0, True, None, {}],
        "map": {"a": {"b": []}},
    }
    assert lines(found.documents[0]) == {
        "name": 2,
        "list": 3,
        "list[0]": 3,
        "list[1]": 3,
        "list[2]": 4,
        "list[3]": 4,
        "list[4]": 5,
        "list[5]": 5,
        "map": 6,
        "map.a": 6,
        "map.a.b": 6,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('// said\n{"a": 1, /* of\nlines */ "b": 2}', {"a": 1, "b": 2}),
        ('{"a": [1, 2,], "b": {"c": 3,},}', {"a": [1, 2], "b": {"c": 3}}),
        ("{a: 'it\\'s \"x\"', $b: 1}", {"a": 'it\'s "x"', "$b": 1}),
        ('{"a": "http://x/*y*/"}', {"a": "http://x/*y*/"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"<<": {"a": 1}}', {"<<": {"a": 1}}),
        ('{"": 0}', {"": 0}),
        ("3", 3),
        ('"x"', "x"),
        ("[1]", [1]),
        ("null", None),
        ('{"a": NaN, "b": Infinity}', {"a": "NaN", "b": "Infinity"}),
    ],
)
def test_what_tools_tolerate_is_read(text: str, value: object) -> None:
    assert values(text.encode(), "a.json") == [value]


def test_a_comment_over_lines_moves_the_lines_after_it() -> None:
    assert lines(tree("{/*\n\n*/ a: 1 // x\n,b: 2}", "a.jsonc").documents[0]) == {"a": 3, "b": 4}


@pytest.mark.parametrize("number", ["12345678901234567890", "1e999999", "1e400", "1" * 100_000])
def test_a_number_that_would_lose_digits_stays_text(number: str) -> None:
    assert values(f'{{"a": {number}}}', "a.json") == [{"a": number}]


def test_a_lone_surrogate_stays_as_it_is_written() -> None:
    assert values('{"a": "\\ud800", "b": 1}', "a.json") == [{"a": "\\ud800", "b": 1}]


@pytest.mark.parametrize(
    ("text", "document", "line"),
    [
        ('{"a": 1,\n"b": ', {"a": 1}, 2),
        ('{"a": {"b": 1}', {"a": {"b": 1}}, 1),
        ('{"a": 1}\n{"b": 2}\n', {"a": 1}, 2),
        ('{"a": [1, 2\n}', {"a": [1, 2]}, 2),
        ('{"a" "b"}', {}, 1),
        ('{"a": "x\ny"}', {}, 1),
        ("[1, 2]]", [1, 2], 1),
        ("[1,, 2]", [1], 1),
        ("{,}", {}, 1),
        ('{"a": 1} /* open', {"a": 1}, 1),
    ],
)
def test_of_a_broken_file_what_comes_before_the_error_is_read(text: str, document: object, line: int) -> None:
    found = tree(text.encode(), "a.json")
    assert [plain(d) for d in found.documents] == [document]
    assert told(found.problems) == [(line, "broken JSON")]


@pytest.mark.parametrize("text", ["", " \n", "// said\n"])
def test_an_empty_file_has_no_document(text: str) -> None:
    assert tree(text.encode(), "a.json").documents == ()


def test_a_path_tells_the_format() -> None:
    assert plain(tree("{a: 1}", "x/renovate.json5").documents[0]) == {"a": 1}
    assert plain(tree('{"a": 1}', "Pipfile.lock").documents[0]) == {"a": 1}
