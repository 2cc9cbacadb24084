"""Counts distinct people behind commits: the same person under two addresses or names is one, bots are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from mlscan.types.snapshot import Author

_NO_REPLY = re.compile(r"^(?:\d+[+-])?([^@]+)@(users\.noreply\.[^@]+)$")
_OWN_MAILBOX = re.compile(r"^(?=[^@+]{6})[^@+]*[\d._-][^@+]*")
"""A part before the @ that two people hardly share: of some length, with a digit or a separator."""


def count_people(authors: Mapping[Author, int], is_bot: Callable[[str], bool]) -> int:
    """Number of distinct people: merged by e-mail (a forge's no-reply ids unified), then by name or handle.

    is_bot: whether a name or an e-mail (lower case) is a bot's.
    """
    return len(set(people_of(authors, is_bot).values()))


def people_of(authors: Iterable[Author], is_bot: Callable[[str], bool]) -> dict[Author, str]:
    """Author -> a key that all authors of one person share; bots are left out. The key is never shown."""
    group: dict[str, str] = {}
    first: dict[Author, str] = {}

    def find(key: str) -> str:
        while group.setdefault(key, key) != key:
            group[key] = group[group[key]]
            key = group[key]
        return key

    for author in sorted(authors, key=lambda a: (a.name, a.email)):
        name = " ".join(author.name.lower().split())
        email = author.email.lower().strip()
        if is_bot(name) or is_bot(email):
            continue
        keys = _keys(name, email)
        first[author] = keys[0]
        for key in keys[1:]:
            group[find(key)] = find(keys[0])
    return {author: find(key) for author, key in first.items()}


def _keys(name: str, email: str) -> list[str]:
    """What the commits of one person share: the address, the name in any spelling, the handle."""
    short = _NO_REPLY.match(email)
    own = _OWN_MAILBOX.match(email)
    handles = [name, short.group(1) if short else own.group(0) if own else ""]
    plain = ("".join(c for c in handle if c.isalnum()) for handle in handles)
    address = f"mail:{short.group(1)}@{short.group(2)}" if short else f"mail:{email}"
    return [address, *(f"name:{handle}" for handle in plain if len(handle) > 2)]


def count_by_work(
    touched: Mapping[Author, frozenset[str]], work: Mapping[str, Collection[str]], is_bot: Callable[[str], bool]
) -> dict[str, int]:
    """Kind of work -> number of people who changed at least one of its files."""
    people = people_of(touched, is_bot)
    return {
        kind: len(
            {people[author] for author, paths in touched.items() if author in people and not paths.isdisjoint(files)}
        )
        for kind, files in work.items()
    }
