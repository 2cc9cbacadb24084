"""`mlscan questionnaire`: what only people know."""

from __future__ import annotations

from dataclasses import dataclass

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.reports import check_file, write_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    path: str
    rev: str | None
    output: str | None


@click.command("questionnaire")
@click.argument("path", default=".", type=click.Path())
@scanning.OUTPUT
@scanning.REV
@scanning.common_options
def questionnaire_command(**given: object) -> None:
    """Write the sheet of what only people know about the repository at PATH.

    It asks what no file can show, what could not be decided and what was not seen, with what was seen instead, and what
    was said before and ends soon. Its answers are put into mlscan.toml as they are.
    """
    from mlscan.report.answers.questionnaire import questionnaire

    request = msgspec.convert(given, _Request)
    if request.output is not None:
        check_file("--output", request.output)
    content = request.content()
    assessment = scanning.scanned(content, request.path, request, rev=request.rev)
    asks = content.assess(assessment.model).model.asks()
    write_answer(questionnaire(assessment, asks), request.output, color=False, data=True)
