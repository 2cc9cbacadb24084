"""Writes configuration: a starting file, or keys in a file that is there, with its comments and order kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from mlscan.types.errors import SettingsError

Given = Mapping[str, tuple[str | int | bool, str]]
"""Key -> (value, what it is for)."""

_HEAD = (
    "What only people know about this repository, for mlscan: what is enough here, what is not its own,",
    "what is there and no file shows. `mlscan schema config` lists the keys, `mlscan questionnaire` asks.",
)
_MORE = (
    'exclude = ["third_party/"]                # not read; every report counts the files',
    'contexts = {"examples/live/" = "own"}     # whose files they are, where the folder\'s name says something else',
    'kind = "ml-project"                       # where mlscan takes it for another kind',
    'tier = "product"                          # how much depends on it, in the words of the organisation\'s policy',
)


def starting(given: Given) -> str:
    """The text of a new `mlscan.toml`; what could be said besides is there as comments."""
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    for key, (value, comment) in given.items():
        document.add(key, tomlkit.item(value).comment(comment))
    for line in _MORE:
        document.add(tomlkit.comment(line))
    return tomlkit.dumps(document)


def edited(text: str, given: Given, name: str, tables: tuple[str, ...] = ()) -> tuple[str, list[str]]:
    """The text with the keys that it lacks, everything else as it was; and the keys that were added.

    tables: the table that holds the configuration; it is made where there is none. Raises SettingsError for a text that
    is no TOML.
    """
    if not given:
        return text, []
    try:
        place = _found(tomlkit.parse(text), tables)
        if place is None:
            new = f"{text.rstrip()}\n\n[{'.'.join(tables)}]\n{_lines(given)}".lstrip("\n")
            # A table that is written in one line cannot be added to: such a file is no TOML any more.
            tomllib.loads(new)
            return new, list(given)
        document, table = place
        added = [key for key in given if key not in table]
        for key in added:
            value, comment = given[key]
            table.add(key, tomlkit.item(value).comment(comment))
        return (tomlkit.dumps(document) if added else text), added
    except (TOMLKitError, ValueError, RecursionError, TypeError) as error:
        raise SettingsError(name, f"cannot be edited: {error}") from None


def _found(
    document: tomlkit.TOMLDocument, tables: tuple[str, ...]
) -> tuple[tomlkit.TOMLDocument, tomlkit.TOMLDocument | Table] | None:
    """The document with the table that holds the configuration; None where there is no such table."""
    place: Any = document
    for name in tables:
        if not isinstance(place, Mapping) or name not in place:
            return None
        place = place[name]
    if not isinstance(place, (tomlkit.TOMLDocument, Table)):
        raise TypeError(f"{'.'.join(tables)} is no table of its own")
    return document, place


def _lines(given: Given) -> str:
    document = tomlkit.document()
    for key, (value, comment) in given.items():
        document.add(key, tomlkit.item(value).comment(comment))
    return tomlkit.dumps(document)
