"""What commands that look at a repository share: their options, the content, the scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlscan.cli import loading
from mlscan.cli.limits import limits_of
from mlscan.cli.progress import Progress
from mlscan.scan import ScanOptions, scan_with
from mlscan.scan.processors import usable_processors
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError
from mlscan.types.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.settings import LoadedPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The shared options as given."""

    model: str | None
    detectors: tuple[str, ...]
    rules: tuple[str, ...]
    as_of: date | None
    no_color: bool
    debug: bool
    quiet: bool = False
    """Not an option of all commands."""
    config: str | None = None
    no_repo_config: bool = False
    policy: str | None = None
    with_: tuple[str, ...] = ()
    jobs: int | None = None

    def content(self, *, examples: bool = False) -> Content:
        """The content to judge by. Raises ContentError or UsageError, also where the model does not exist."""
        from mlscan.scan.settled import with_policy

        content = with_policy(loading.load(self.detectors, self.rules, examples=examples), self._policy())
        content.assess(self.named_model)
        return content

    def _policy(self) -> LoadedPolicy | None:
        """The policy that was named. Raises UsageError, or SettingsError with file and line."""
        from mlscan.settings import load_policy

        return load_policy(self.policy) if self.policy else None

    @property
    def named_model(self) -> str:
        """The model of the policy, else the one that was given, else the usual one."""
        policy = self._policy()
        return (policy.model if policy else None) or self.model or DEFAULT_MODEL


def as_date(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    """The day of a date that was given."""
    return None if value is None else value.date()


MODEL = click.option("--model", metavar="ID", help=f"Maturity model to measure by; default {DEFAULT_MODEL}.")
DETECTORS = click.option("--detectors", multiple=True, metavar="DIR", help="Further detectors; repeatable.")
RULES = click.option("--rules", multiple=True, metavar="DIR", help="Further maturity models; repeatable.")
CONFIG = click.option(
    "--config", metavar="FILE", help="Configuration, instead of mlscan.toml or [tool.mlscan] of the repository."
)
POLICY = click.option(
    "--policy", envvar="MLSCAN_POLICY", metavar="FILE", help="Policy of the organisation (or MLSCAN_POLICY)."
)
NO_REPO_CONFIG = click.option("--no-repo-config", is_flag=True, help="Ignore the repository's own configuration.")
WITH = click.option(
    "--with", "with_", multiple=True, metavar="PATH", help="Clone of a repository that work is handed to; repeatable."
)
AS_OF = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), callback=as_date, metavar="DATE", help="Day; default today."
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that read files; default: as many as there are processors, at most 4.",
)
DEBUG = click.option("--debug", is_flag=True, help="Show where an error came from.")
NO_COLOR = click.option("--no-color", is_flag=True, help="No colour (NO_COLOR and FORCE_COLOR are respected, too).")
REV = click.option("--rev", metavar="REV", help="Read this revision from the object database, without a checkout.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Everything.")
OUTPUT = click.option("--output", metavar="FILE", help="Write here instead of to stdout.")


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a command with the options of `Common`."""
    return stacked(function, (MODEL, WITH, DETECTORS, RULES, CONFIG, NO_REPO_CONFIG, POLICY, AS_OF, DEBUG, NO_COLOR))


def alone_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command that looks at one repository and at no others beside it."""
    return stacked(function, (MODEL, DETECTORS, RULES, CONFIG, NO_REPO_CONFIG, POLICY, AS_OF, DEBUG, NO_COLOR))


def stacked(function: Callable[..., Any], options: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    """Decorates a command with options, shown in this order."""
    for option in reversed(tuple(options)):
        function = option(function)
    return function


def check_level(content: Content, model: str, level: int, option: str) -> None:
    """Raises UsageError for a level that the model does not have."""
    top = max((x.n for x in content.assess(model).model.file.levels), default=0)
    if level > top:
        raise UsageError(f"{option}: model {model} ends at level {top}")


def scanned(
    content: Content, path: str, common: Common, *, rev: str | None = None, target: int | None = None
) -> Assessment:
    """The assessment of a repository, with progress on a terminal unless it is to be quiet."""
    with Progress(wanted=not common.quiet) as progress:
        return scan_with(content, path, scan_options(common, progress, rev=rev, target=target))


def scan_options(
    common: Common, progress: Progress, *, rev: str | None = None, target: int | None = None
) -> ScanOptions:
    """The options of a scan. Raises UsageError, or SettingsError with file and line, for the file of --config."""
    from mlscan.settings import load_file, load_policy

    for clone in common.with_:
        if not Path(clone).is_dir():
            raise UsageError(f"--with: {clone}: no such folder")
    return ScanOptions(
        rev=rev,
        model=common.model,
        as_of=common.as_of,
        limits=limits_of(),
        progress=progress,
        target=target,
        configuration=load_file(common.config) if common.config is not None else None,
        repo_config=not common.no_repo_config,
        policy=load_policy(common.policy) if common.policy else None,
        with_=common.with_,
        processes=common.jobs or usable_processors(),
    )
