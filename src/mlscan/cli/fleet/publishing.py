"""Where reports on a fleet go: stdout, files, a page, folders with a report or a badge of each repository."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mlscan.cli.output import complain, write_file, write_stdout
from mlscan.cli.reports import STDOUT, check_file
from mlscan.fleet.summary import Summary, shown_assessment
from mlscan.report import RenderOptions, badge_svg, render
from mlscan.report.fleet import FORMATS, fleet_badge, page_parts, render_fleet, row_badge
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError
from mlscan.types.fleet_report import Fleet

Verdicts = Callable[[int], Assessment]
"""Number of a verdict -> the verdict; raises ValueError for one that cannot be read any more."""

LIST = ".mlscan-files.json"
"""Names of the files that were written into a folder, so that those of the last time can be taken away."""
ALL = "_fleet"
"""Name of the badge of all; no repository's files are called so."""
_OWN = re.compile(r"[a-z0-9._-]{1,120}\.(?:html|svg)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """What was asked for."""

    format: str | None = None
    output: str | None = None
    reports: tuple[str, ...] = ()
    """FORMAT=FILE."""
    html: str | None = None
    folder: str | None = None
    badges: str | None = None

    def check(self) -> None:
        """Raises UsageError for what could not be written, before anything is read."""
        if self.output not in (None, STDOUT):
            check_file("--output", self.output or "")
        for words in self.reports:
            format, _, file = words.partition("=")
            if not file or format not in FORMATS:
                raise UsageError(f"--report {words}: give it as FORMAT=FILE; formats are {', '.join(FORMATS)}")
            check_file("--report", file)
        if self.html is not None:
            check_file("--html", self.html)
        for option, folder in (("--reports", self.folder), ("--badges", self.badges)):
            if folder is not None:
                _make(folder, option)

    def write(self, summary: Summary, verdicts: Verdicts, options: RenderOptions) -> None:
        """Writes all of it, files first, each whole or not at all. Raises UsageError."""
        fleet = summary.fleet
        for words in self.reports:
            format, _, file = words.partition("=")
            write_file(file, render_fleet(fleet, format, RenderOptions(verbose=options.verbose)), "--report")
        if self.badges is not None:
            _write_folder(self.badges, "--badges", _badges(fleet))
        self._write_pages(summary, verdicts)
        self._print(fleet, options)

    def _write_pages(self, summary: Summary, verdicts: Verdicts) -> None:
        """The page and the full reports, each verdict read once."""
        if self.html is None and self.folder is None:
            return
        written: set[str] = set()
        shown = _shown(summary, verdicts)
        if self.folder is not None:
            shown = _kept(shown, self.folder, written)
        if self.html is not None:
            write_file(self.html, "".join(page_parts(summary.fleet, shown, folder=self._address())), "--html")
        for _ in shown:
            pass
        if self.folder is not None:
            _tidy(self.folder, written)

    def _address(self) -> str | None:
        """The folder of the full reports as the page links to it."""
        if self.folder is None or self.html is None:
            return None
        here = Path(os.path.realpath(self.html)).parent
        try:
            way = os.path.relpath(os.path.realpath(self.folder), here)
        except ValueError as error:
            raise UsageError("--reports: must lie on the same drive as --html") from error
        return quote(way.replace(os.sep, "/")) + "/"

    def _print(self, fleet: Fleet, options: RenderOptions) -> None:
        format = self.format or FORMATS[0]
        looks = format == FORMATS[0]
        if self.output in (None, STDOUT):
            write_stdout(render_fleet(fleet, format, options), color=options.color and looks, data=not looks)
        else:
            plain = RenderOptions(verbose=options.verbose, quiet=options.quiet)
            write_file(self.output or "", render_fleet(fleet, format, plain))


def _shown(summary: Summary, verdicts: Verdicts) -> Iterator[tuple[str, Assessment]]:
    """Ids of rows with the verdicts that others may read; what cannot be read any more is told and left out."""
    rows = {row.id: row for row in summary.fleet.repositories}
    unread = 0
    for id, scan in summary.scans.items():
        try:
            assessment = verdicts(scan)
        except (KeyError, ValueError):
            unread += 1
            continue
        yield id, shown_assessment(assessment, rows[id], summary.fleet.redaction)
    if unread:
        complain(f"verdicts that this version cannot read: {unread}; mlscan fleet reassess makes them anew")


def _kept(shown: Iterator[tuple[str, Assessment]], folder: str, written: set[str]) -> Iterator[tuple[str, Assessment]]:
    for id, assessment in shown:
        name = f"{id}.html"
        write_file(str(Path(folder) / name), render(assessment, "html"), "--reports")
        written.add(name)
        yield id, assessment


def _badges(fleet: Fleet) -> dict[str, str]:
    found = {f"{row.id}.svg": badge_svg(row_badge(row, fleet)) for row in fleet.repositories}
    return {**found, f"{ALL}.svg": badge_svg(fleet_badge(fleet))}


def _write_folder(folder: str, option: str, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        write_file(str(Path(folder) / name), text, option)
    _tidy(folder, set(files))


def _make(folder: str, option: str) -> None:
    """Makes the folder where it is missing. Raises UsageError."""
    path = Path(os.path.realpath(folder))
    if path.exists() and not path.is_dir():
        raise UsageError(f"{option} {folder}: is no folder")
    if not path.parent.is_dir():
        raise UsageError(f"{option} {folder}: there is no folder {path.parent.name}")
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{option} {folder}: {error.strerror or type(error).__name__}") from error


def _tidy(folder: str, written: set[str]) -> None:
    """Takes away what an earlier report wrote here and this one did not: it may be of a repository left out now."""
    path = Path(folder)
    try:
        before = json.loads((path / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = []
    for name in before if isinstance(before, list) else ():
        if isinstance(name, str) and _OWN.fullmatch(name) and name not in written:
            with suppress(OSError):
                (path / name).unlink()
    write_file(str(path / LIST), json.dumps(sorted(written), indent=0) + "\n", "--reports")
