"""Writes configuration: a starting file, or keys in a file that is there, with its comments and order kept."""

from __future__ import annotations

from collections.abc import Mapping

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
    try:
        document = tomlkit.parse(text)
        place = _table(document, tables)
    except (TOMLKitError, RecursionError, TypeError) as error:
        raise SettingsError(name, f"cannot be edited: {error}") from None
    added = [key for key in given if key not in place]
    for key in added:
        value, comment = given[key]
        place.add(key, tomlkit.item(value).comment(comment))
    return tomlkit.dumps(document), added


def _table(document: tomlkit.TOMLDocument, tables: tuple[str, ...]) -> tomlkit.TOMLDocument | Table:
    place: tomlkit.TOMLDocument | Table = document
    for depth, name in enumerate(tables):
        if name not in place:
            place.add(name, tomlkit.table(is_super_table=depth < len(tables) - 1))
        found = place[name]
        if not isinstance(found, Table):
            raise TypeError(f"{'.'.join(tables[: depth + 1])} is no table of its own")
        place = found
    return place
