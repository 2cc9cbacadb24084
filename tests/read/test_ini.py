"""INI files as configparser, git, DVC and tox write them."""

from __future__ import annotations

import pytest

from read.showing import lines, plain, told, tree, values


def test_sections_keys_and_lines() -> None:
    text = """\
    root = true
    ; said
    [tool:pytest] ; said
    addopts = -q
    key: with = sign
    flag
    [empty]
    """
    found = tree(text, "setup.cfg")
    assert found.problems == ()
    assert plain(found.documents[0]) == {
        "root": "true",
        "tool:pytest": {"addopts": "-q", "key": "with = sign", "flag": None},
        "empty": {},
    }
    assert lines(found.documents[0]) == {
        "root": 1,
        "tool:pytest": 3,
        "tool:pytest.addopts": 4,
        "tool:pytest.key": 5,
        "tool:pytest.flag": 6,
        "empty": 7,
    }


def test_a_value_of_several_lines_keeps_a_line_for_each_of_the_file() -> None:
    text = """\
    [options]
    install_requires =
        numpy>=1
        pandas==2.0

        # said
        url @ https://x/y
        name: text
    zip_safe = False
    """
    found = tree(text, "setup.cfg").documents[0]
    assert plain(found) == {
        "options": {
            "install_requires": "\nnumpy>=1\npandas==2.0\n\n\nurl @ https://x/y\nname: text",
            "zip_safe": "False",
        }
    }
    assert lines(found)["options.zip_safe"] == 9


@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_indented_keys_of_git_and_dvc_are_keys(indent: str) -> None:
    text = f"[core]\n{indent}remote = store\n{indent}autostage = true\n['remote \"store\"']\n{indent}url = s3://b/p\n"
    assert values(text.encode(), ".dvc/config") == [
        {"core": {"remote": "store", "autostage": "true"}, 'remote "store"': {"url": "s3://b/p"}}
    ]


def test_a_section_that_comes_twice_is_one_and_the_last_value_of_a_key_counts() -> None:
    assert values("[a]\nx = 1\n[b]\ny = 1\n[a]\nx = 2\nz = 3\n", "a.ini") == [
        {"a": {"x": "2", "z": "3"}, "b": {"y": "1"}}
    ]


def test_broken_lines_are_told_and_the_rest_is_read() -> None:
    found = tree("[open\nx = 1\n= nothing\nmany words here\n[b]\ny = 2\n", "a.ini")
    assert plain(found.documents[0]) == {"x": "1", "b": {"y": "2"}}
    assert told(found.problems) == [(1, "broken INI"), (3, "broken INI"), (4, "broken INI")]


def test_nothing_is_interpolated() -> None:
    assert values("[a]\nx = %(y)s ${z} {w}\n", "a.cfg") == [{"a": {"x": "%(y)s ${z} {w}"}}]
