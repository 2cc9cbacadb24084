"""Tools that a user would run instead, each beside mlscan on the same repositories.

All of them are installed by pip into environments of their own. They run on repositories of ours only, never on what
somebody else wrote.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import make_repo
from benchmarks.environments import ROOT, Environment, InstallError, install
from benchmarks.page import medians, megabytes, seconds, table, times, yes
from benchmarks.process import Command, FailedError
from benchmarks.rounds import Figures, Patience, measure
from benchmarks.suite import MLSCAN, SLOW, Suite, say

FIXTURE = "level-5-grid-load"
SIZES = ("medium", "large")


@dataclass(frozen=True)
class Tool:
    """A tool, how it is installed and called, and how its work compares."""

    name: str
    packages: tuple[str, ...]
    words: tuple[str, ...]
    """After the name of its command; `{}` is the repository."""
    fine: frozenset[int]
    """Exit codes with which it says what it found."""
    does: str
    comparable: str
    """"yes", "in part" or "in small part", and why."""

    @property
    def compares(self) -> bool:
        """Whether what it does costs about as much of the same work."""
        return self.comparable.startswith(("yes", "in part"))


TOOLS = (
    Tool(
        "ml-project-doctor",
        ("ml-project-doctor",),
        ("ml-project-doctor", "--format", "json", "{}"),
        frozenset({0, 1}),
        "34 checks of data, reproducibility, training, models; parses and greps all Python",
        "yes: asks the nearest questions of the whole work tree; leaves CI, infrastructure and code of notebooks out",
    ),
    Tool(
        "repo-review",
        ("repo-review[cli]", "sp-repo-review"),
        ("repo-review", "--format", "json", "{}"),
        frozenset({0, 2, 3}),
        "checks of packaging, CI and pre-commit by the guide of Scientific Python, with sp-repo-review",
        "in small part: a dozen files at the root, however large the repository is",
    ),
    Tool(
        "zizmor",
        ("zizmor",),
        ("zizmor", "--offline", "--no-progress", "--format", "json", "{}"),
        frozenset({0, 3, 10, 11, 12, 13, 14}),
        "security of GitHub workflows and actions",
        "in small part: finds and parses workflows, reads nothing else; a program of Rust",
    ),
    Tool(
        "checkov",
        ("checkov",),
        ("checkov", "--directory", "{}", "--skip-download", "--quiet", "--compact", "--output", "json"),
        frozenset({0, 1}),
        "policies on infrastructure as code, containers and workflows; secrets",
        "in part: parses the same Terraform, YAML, JSON and Dockerfiles; no code",
    ),
)


def section(suite: Suite) -> str:
    """The tools beside mlscan, repository by repository."""
    places, missing = install_all(suite)
    parts = [
        "## Other tools",
        "`python -m benchmarks tools`: repositories that are made, and a fixture of ours; all tools in turn,"
        f" {medians(min(suite.runs, 3)).lower()}, a single one where it took over {SLOW:.0f} s, stopped after"
        f" {suite.limit:.0f} s. {suite.machine}",
        table(("tool", "what it does", "does it do comparable work"), [_described(tool, places) for tool in TOOLS]),
    ]
    verdicts = []
    for name, repository in _repositories(suite).items():
        commands = {MLSCAN: suite.scanning(repository)}
        commands |= {tool.name: _command(tool, places[tool.name], repository) for tool in TOOLS if tool.name in places}
        patience = Patience(min(suite.runs, 3), limit=suite.limit, once_over=SLOW, often=MLSCAN)
        say(f"tools on {name}")
        figures = measure(commands, patience, suite.work)
        if figures[MLSCAN].failure:
            raise FailedError(f"mlscan {repository}: {figures[MLSCAN].failure}")
        figures |= {name: Figures(failure=f"not installed: {why}") for name, why in missing.items()}
        parts += [f"### On {name}", table(("", "time", "runs", "mlscan takes, times", "peak memory"), _rows(figures))]
        verdicts += _verdicts(name, figures)
    targets = table(
        ("faster than what does comparable work, in part or as a whole", "mlscan", "the tool", "reached"), verdicts
    )
    return "\n\n".join((*parts, "### Target", targets))


def install_all(suite: Suite) -> tuple[dict[str, Environment], dict[str, str]]:
    """(environments by the name of the tool, why others have none)."""
    places, missing = {}, {}
    for tool in TOOLS:
        say(f"installing {tool.name}")
        folder = suite.work / "tools" / tool.name
        shutil.rmtree(folder, ignore_errors=True)
        try:
            places[tool.name] = install(folder, *tool.packages)
        except InstallError as error:
            missing[tool.name] = str(error)
    return places, missing


def _repositories(suite: Suite) -> dict[str, Path]:
    """What the tools run on, by name: nothing that anybody else wrote."""
    folder = suite.work / FIXTURE
    if not folder.exists():
        source = ROOT / "fixtures" / "repos" / FIXTURE
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        make_repo.write(folder, [((path.relative_to(source).as_posix(), path.read_bytes()) for path in paths)])
    return {f"the fixture {FIXTURE}": folder, **{name: suite.made(name) for name in SIZES}}


def _command(tool: Tool, place: Environment, repository: Path) -> Command:
    script, *words = tool.words
    return Command((place.script(script), *(word.format(repository) for word in words)), fine=tool.fine)


def _described(tool: Tool, places: Mapping[str, Environment]) -> tuple[str, str, str]:
    version = places[tool.name].version(tool.packages[-1]) if tool.name in places else "not installed"
    return f"{tool.name} {version}", tool.does, tool.comparable


def _rows(figures: Mapping[str, Figures]) -> list[tuple[str, ...]]:
    scan = figures[MLSCAN]
    found: list[tuple[str, ...]] = []
    for name, one in figures.items():
        if one.failure:
            found.append((name, one.failure, "", "", ""))
            continue
        ratio = "" if one is scan else times(scan.seconds / one.seconds)
        found.append((name, seconds(one.seconds), str(len(one.runs)), ratio, megabytes(one.peak_bytes)))
    return found


def _verdicts(repository: str, figures: Mapping[str, Figures]) -> list[tuple[str, str, str, str]]:
    """For each tool whose work compares: whether mlscan was faster; a tool that was stopped was slower."""
    scan, found = figures[MLSCAN], []
    for tool in TOOLS:
        one = figures.get(tool.name)
        if one is None or not tool.compares:
            continue
        stopped = one.failure.startswith("stopped")
        faster = "?" if one.failure and not stopped else yes(stopped or scan.seconds < one.seconds)
        taken = one.failure or seconds(one.seconds)
        found.append((f"{tool.name}, {repository}", seconds(scan.seconds), taken, faster))
    return found
