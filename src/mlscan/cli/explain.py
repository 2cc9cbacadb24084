"""`mlscan explain ID [PATH]`: what a name in a report means, and what was decided about it in a repository."""

from __future__ import annotations

import shutil
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.gates import suggestion
from mlscan.cli.output import one_line, stdout_options, wants_color, write_stdout
from mlscan.cli.words import about_words
from mlscan.report import About, about_criterion, about_detector, about_kind, about_level, about_practice
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.report.answers.verdict import Decided
    from mlscan.types.assessment import Assessment

_WIDEST = 100
_HERE = ("kind", "level")
"""Names that mean nothing without a repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    id: str
    path: str | None
    rev: str | None
    issue: bool


@click.command("explain")
@click.argument("id")
@click.argument("path", required=False, type=click.Path())
@click.option("--issue", is_flag=True, help="Print a ready-made report of a wrong verdict, to send.")
@scanning.REV
@scanning.common_options
def explain_command(**given: object) -> None:
    """Say what a name in a report means; with PATH also what was decided about it there, and why.

    ID is a detector, a practice, a criterion, a level (0 to 5), a kind of repository, a part of the profile, a
    strength, context, status, standing or rating, another word of reports such as could-be or gap, or the id of a
    verdict. `explain kind PATH` says in one line why the
    repository is of its kind, `explain level PATH` what it lacks for the next level.
    """
    request = msgspec.convert(given, _Request)
    content = request.content(examples=True)
    name = plain(request.id, request.named_model)
    here = name in _HERE
    about = [] if here else lookup(content, request.named_model, name)
    if request.path is None and not here and not request.issue:
        color = wants_color(sys.stdout, no_color=request.no_color)
        write_stdout("\n\n".join(page(a, _width()) for a in about) + "\n", color=color)
        return
    assessment = scanning.scanned(content, request.path or ".", request, rev=request.rev)
    found = _decided(assessment, name, about)
    if request.issue:
        from mlscan.report.answers.verdict import issue_text

        write_stdout(issue_text(assessment, found), data=True)
    elif here:
        from mlscan.report.answers.verdict import decided_line

        write_stdout(one_line(decided_line(found)) + "\n")
    else:
        from mlscan.report.answers.verdict import render_decided

        looks = stdout_options(verbose=False, quiet=False, no_color=request.no_color)
        heading = f"{one_line(about[0].title)}\n"
        write_stdout(heading + render_decided(assessment, found, looks), color=looks.color)


def _width() -> int:
    return min(_WIDEST, shutil.get_terminal_size((80, 24)).columns)


def plain(id: str, model: str) -> str:
    """The name behind what was typed: `level 3`, `could_be`, `not met` and `mlscan:MODEL/NAME` are understood."""
    name = id.strip().lower().removeprefix(f"mlscan:{model}/").replace("_", "-").replace(" ", "-")
    return name.removeprefix("level-")


def _decided(assessment: Assessment, name: str, about: list[About]) -> Decided:
    from mlscan.report.answers.verdict import decided, of_detector

    found = decided(assessment, name)
    if found is not None:
        return found
    if any(a.what == "detector" for a in about):
        return of_detector(assessment, name)
    raise UsageError(f"{name} is not decided for a repository; mlscan explain {name} says what it means")


def lookup(content: Content, model: str, id: str) -> list[About]:
    """Everything of that id, a practice before a detector. Raises UsageError with what comes close."""
    known = catalogue(content, model)
    wanted = plain(id, model)
    if wanted not in known:
        raise UsageError(f"nothing is called {id!r}{suggestion(wanted, [*known, *_HERE])}")
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
        *about_words(measured, content.presence),
    ]
    known: dict[str, list[About]] = {}
    for about in everything:
        known.setdefault(about.id, []).append(about)
    return known


def page(about: About, width: int) -> str:
    """The text of one thing, wrapped."""
    name = about.id.upper() if about.what == "rating" else about.id
    title = textwrap.wrap(one_line(about.title), width) if about.title != about.id else []
    lines = [click.style(f"{name} ({about.what})", bold=True), *title]
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
