"""`mlscan badge`: the level as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.output import write_file
from mlscan.cli.reports import check_file
from mlscan.report import badge_endpoint, badge_of, badge_svg
from mlscan.report.badge import LABEL
from mlscan.types.errors import UsageError

_RENDERERS = {".svg": badge_svg, ".json": badge_endpoint}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    path: str
    rev: str | None
    output: tuple[str, ...]
    label: str
    date: bool


@click.command("badge")
@click.argument("path", default=".", type=click.Path())
@click.option("--output", required=True, multiple=True, metavar="FILE", help="FILE.svg or FILE.json; repeatable.")
@click.option("--label", default=LABEL, show_default=True, help="Words on the left.")
@click.option("--date", is_flag=True, help="With the day.")
@scanning.REV
@scanning.common_options
def badge_command(**given: object) -> None:
    """Write a badge with the level of the repository at PATH.

    FILE.svg is the picture; FILE.json is what an endpoint badge of shields.io reads. No service is asked.
    """
    request = msgspec.convert(given, _Request)
    for file in request.output:
        if Path(file).suffix.lower() not in _RENDERERS:
            raise UsageError(f"--output {file}: a badge is a .svg or a .json file")
        check_file("--output", file)
    assessment = scanning.scanned(request.content(), request.path, request, rev=request.rev)
    badge = badge_of(assessment, label=request.label, date=request.date)
    for file in request.output:
        write_file(file, _RENDERERS[Path(file).suffix.lower()](badge))
