"""CI files of any system to one model: triggers, jobs, steps with their commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mlscan.read.ci_azure import parse_azure
from mlscan.read.ci_circleci import parse_circleci
from mlscan.read.ci_cloud import parse_cloud_build, parse_codebuild, parse_pipelinelib
from mlscan.read.ci_drone import parse_drone
from mlscan.read.ci_github import parse_github
from mlscan.read.ci_gitlab import parse_gitlab
from mlscan.read.ci_hosted import parse_bitbucket, parse_buildkite
from mlscan.read.ci_jenkins import parse_jenkins
from mlscan.read.ci_more import parse_cirrus, parse_codefresh, parse_semaphore, parse_sourcehut
from mlscan.read.ci_parts import CiFile, Others, inactive, open_ci, unreadable
from mlscan.read.ci_paths import by_name, ci_system, outside
from mlscan.read.ci_prow import parse_prow
from mlscan.read.ci_shapes import groovy_pipeline, may_have_shape, of_shape
from mlscan.read.ci_taskcluster import parse_taskcluster
from mlscan.read.ci_tekton import parse_tekton
from mlscan.read.ci_travis import parse_appveyor, parse_travis
from mlscan.read.yaml_reader import BROKEN
from mlscan.types.source import Problem, Trigger, Workflow

__all__ = ["ci_system", "may_be_ci", "parse_ci"]

OUTSIDE = "outside the folder that the system reads"
MAX_BYTES = 2_000_000
MAX_OTHER_BYTES = 10_000_000
MAX_OTHER_FILES = 300
"""Files that one CI file takes in, counted as often as it does."""

MAX_HEAD = 100_000
"""Bytes of a file without a reader that are looked at."""

Reader = Callable[[CiFile, str, Others], Workflow | None]

_READERS: dict[str, Reader] = {
    "github-actions": parse_github,
    "gitea-actions": parse_github,
    "forgejo-actions": parse_github,
    "gitlab-ci": lambda file, _, others: parse_gitlab(file, others),
    "azure-pipelines": lambda file, _, others: parse_azure(file, others),
    "circleci": parse_circleci,
    "travis": parse_travis,
    "appveyor": parse_appveyor,
    "bitbucket": parse_bitbucket,
    "buildkite": parse_buildkite,
    "drone": parse_drone,
    "woodpecker": parse_drone,
    "cloud-build": parse_cloud_build,
    "codebuild": parse_codebuild,
    "taskcluster": parse_taskcluster,
    "pipelinelib": parse_pipelinelib,
    "tekton": parse_tekton,
    "prow": parse_prow,
    "cirrus": parse_cirrus,
    "semaphore": parse_semaphore,
    "sourcehut": parse_sourcehut,
    "codefresh": parse_codefresh,
}
_BY_CONTENT = frozenset(
    (
        "azure-pipelines", "cloud-build", "taskcluster", "gitlab-ci", "buildkite", "circleci", "tekton", "prow",
        "semaphore",
    )
)  # fmt: skip
"""Systems whose folders hold other files too: what has another shape is no CI file."""
_LISTS = frozenset(("buildkite",))
"""Systems whose files may be a list."""

ASSUMED = (Trigger("push", 1, "assumed"), Trigger("pull_request", 1, "assumed"))
"""What is taken to start a pipeline of a system without a reader: what starts most of them."""
_ONLY_COMMENTS = re.compile(rb"(?:\s*(?:#|//)[^\n]*(?:\n|$))*\s*")


def may_be_ci(data: bytes, path: str) -> bool:
    """False where a look at path and bytes is enough to say that `parse_ci` gives nothing."""
    system = ci_system(path)
    if system is None or by_name(path):
        return system is not None
    if len(data) > MAX_BYTES:
        return False
    return groovy_pipeline(data) if system == "jenkins" else may_have_shape(data, path)


def parse_ci(data: bytes, path: str, others: Others) -> Workflow | None:
    """The workflow of a CI file, or None where path and content are of no CI system.

    `others` gives the bytes of another file of the repository, for what a file includes. A file that the system does
    not look at, that is empty or that has no trigger is a workflow with `active` False. For a system without a reader
    `commands_read` is False, and pushes and pull requests are assumed to start it. Never raises for bad content: what
    is broken is among the problems.
    """
    system = ci_system(path)
    if system is None:
        return None
    named = by_name(path)
    if len(data) > MAX_BYTES:
        return Workflow(system, path, commands_read=False, problems=(Problem(None, "too large"),)) if named else None
    limited = _Limited(others)
    if system == "jenkins":
        return parse_jenkins(data, path, limited) if named or groovy_pipeline(data) else None
    if not named:
        found = of_shape(data, path, limited)
    elif system not in _READERS or not path.lower().endswith((".yml", ".yaml", ".json")):
        found = _unread(data, path, system)
    else:
        found = _by_system(open_ci(data, path), system, limited)
    if found is not None and outside(path, found.system):
        return replace(found, active=False, why_inactive=OUTSIDE)
    return found


def _unread(data: bytes, path: str, system: str) -> Workflow:
    """A workflow of which only the existence is known."""
    if _ONLY_COMMENTS.fullmatch(data[:MAX_HEAD]):
        return Workflow(system, path, active=False, why_inactive="empty")
    return Workflow(system, path, triggers=ASSUMED, commands_read=False)


def _by_system(file: CiFile, system: str, others: Others) -> Workflow | None:
    found = unreadable(system, file) if system not in _LISTS else None
    found = found or _READERS[system](file, system, others)
    if found is None and system not in _BY_CONTENT:
        return inactive(system, file, "no job")
    if found is not None and found.active and _is_broken(file):
        return replace(found, active=False, why_inactive="broken YAML, of which nothing runs")
    return found


def _is_broken(file: CiFile) -> bool:
    """Whether no system can read the file either; what a template tool fills in may be whole afterwards."""
    return any(p.reason == BROKEN for p in file.problems) and not any("{%" in line for line in file.lines)


@dataclass(slots=True)
class _Limited:
    """Gives other files until they are too many or too large in all."""

    others: Others
    files: int = 0
    total: int = 0

    def __call__(self, path: str) -> bytes | None:
        self.files += 1
        if self.files > MAX_OTHER_FILES or self.total > MAX_OTHER_BYTES:
            return None
        data = self.others(path)
        self.total += len(data or b"")
        return None if data is not None and len(data) > MAX_BYTES else data
