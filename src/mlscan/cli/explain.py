"""`mlscan explain ID`: what a name in a report means."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from mlscan.cli import loading
from mlscan.cli.gates import suggestion
from mlscan.cli.output import one_line, wants_color, write_stdout
from mlscan.report import About, about_criterion, about_detector, about_kind, about_level, about_practice
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.content import Content

_WIDEST = 100


@click.command("explain")
@click.argument("id")
@click.option("--model", default="ml-process", show_default=True, metavar="ID", help="Maturity model to look in.")
@click.option("--detectors", multiple=True, metavar="DIR", help="Further detectors; repeatable.")
@click.option("--rules", multiple=True, metavar="DIR", help="Further maturity models; repeatable.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.option("--no-color", is_flag=True, help="No colour.")
def explain_command(*, id: str, model: str, detectors: tuple[str, ...], rules: tuple[str, ...], **given: bool) -> None:
    """Say what a name in a report means.

    ID is a detector, a practice, a criterion, a level (0 to 5) or a kind of repository.
    """
    found = lookup(loading.load(detectors, rules), model, id)
    color = wants_color(sys.stdout, no_color=given["no_color"])
    width = min(_WIDEST, shutil.get_terminal_size((80, 24)).columns)
    write_stdout("\n\n".join(page(about, width) for about in found) + "\n", color=color)


def lookup(content: Content, model: str, id: str) -> list[About]:
    """Everything of that id, a practice before a detector. Raises UsageError with what comes close."""
    known = catalogue(content, model)
    wanted = id.strip().lower().removeprefix("level-").removeprefix("level ")
    if wanted not in known:
        raise UsageError(f"nothing is called {id!r}{suggestion(wanted, known)}")
    return known[wanted]


def catalogue(content: Content, model: str) -> dict[str, list[About]]:
    """Id -> what is called so."""
    measured = content.assess(model).model
    asks = measured.asks()
    kinds = dict.fromkeys([*(r.kind for r in content.kinds.kinds), content.kinds.default])
    everything = [
        *(about_practice(i, p, asks, content.detectors) for i, p in content.presence.practices.items()),
        *(about_detector(d) for d in content.detectors),
        *(about_criterion(ask) for ask in asks),
        *(about_level(x, [ask.criterion for ask in asks if ask.level == x.n]) for x in measured.file.levels),
        *(about_kind(k, content.kinds.kinds, applicable=k in measured.file.applicable_kinds) for k in kinds),
    ]
    known: dict[str, list[About]] = {}
    for about in everything:
        known.setdefault(about.id, []).append(about)
    return known


def page(about: About, width: int) -> str:
    """The text of one thing, wrapped."""
    lines = [click.style(f"{about.id} ({about.what})", bold=True), *textwrap.wrap(one_line(about.title), width)]
    for heading, body in about.sections:
        lines += ["", click.style(heading, bold=True)]
        lines += [row for line in body for row in _wrapped(line, width)]
    return "\n".join(lines)


def _wrapped(line: str, width: int) -> list[str]:
    clean = one_line(line)
    lead = " " * (2 + len(clean) - len(clean.lstrip()))
    wrapper = textwrap.TextWrapper(
        width, initial_indent=lead, subsequent_indent=lead + "  ", break_long_words=False, break_on_hyphens=False
    )
    return wrapper.wrap(clean.strip()) or [""]
