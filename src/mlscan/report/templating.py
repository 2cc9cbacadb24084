"""The templates of HTML pages: everything that is put into them is cleaned and escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlscan.report.clean import clean

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(*packages: str) -> Environment:
    """Templates in the folders `templates` of these packages; the first one that has a name gives it."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(name, "templates") for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["opened"] = _opened
    return made


def _finalized(value: object) -> object:
    """Text without control and bidirectional characters; what is HTML already stays."""
    return clean(value) if type(value) is str else value


def _opened(words: str) -> str:
    """The words with a capital letter in front; the rest keeps its own."""
    return words[:1].upper() + words[1:]
