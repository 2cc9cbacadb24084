"""The grammar of starters: files to begin with, by what a repository uses already."""

from __future__ import annotations

import msgspec

from mlscan.types.conditions import Cond

PATH_WORD = "path"
OWN_JOB = "mlscan-in-ci"
"""Id of the starters that belong to no criterion: a job that runs mlscan."""
TOOLS = "tools"
"""Folder of the detectors that only decide which starter fits; what they see is no evidence of a practice."""


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a word of the starters stands for in repositories where `when` holds.

    `<<path>>` in it is the first path of what made `when` hold; without such a path, or with one that would need
    quotes in a shell or in YAML, the next wording is taken.
    """

    text: str
    when: Cond | str | None = None


class StarterWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/starters/words.yaml`: what starters share."""

    id: str
    conditions: dict[str, Cond | str] = {}
    """Names for conditions; each may stand wherever a starter or word has a condition."""
    words: dict[str, list[Wording]] = {}
    """`<<word>>` in a starter or in another word is replaced by the first text that holds, at its own indentation."""


class Starter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file to begin with, for repositories in which `when` holds."""

    text: str
    file: str = ""
    """Where it goes; "": the text is commands for a shell."""
    when: Cond | str | None = None
    adds: bool = False
    """True: the text goes to the end of the file where there is one."""


class StarterExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tiny repository, the starter that it must be shown, and what holds once it is taken."""

    name: str
    files: dict[str, str]
    file: str = ""
    host: str = ""
    has: list[str] = []
    """Words that the starter's text must contain."""
    lacks: list[str] = []
    met: list[str] = []
    """Criteria that are not met before and are met with the starter's file in place."""


class Starters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/starters/<criterion>.yaml`: the first one that holds is shown; the last one always holds."""

    id: str
    starters: list[Starter]
    examples: list[StarterExample] = []
