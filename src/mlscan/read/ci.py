"""CI files of any system to one model: triggers, jobs, steps with their commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mlscan.read.ci_azure import parse_azure
from mlscan.read.ci_circleci import parse_circleci
from mlscan.read.ci_cloud import parse_cloud_build, parse_codebuild, parse_pipelinelib, parse_taskcluster
from mlscan.read.ci_drone import parse_drone
from mlscan.read.ci_github import parse_github
from mlscan.read.ci_gitlab import parse_gitlab
from mlscan.read.ci_hosted import parse_bitbucket, parse_buildkite
from mlscan.read.ci_jenkins import parse_jenkins
from mlscan.read.ci_parts import CiFile, Others, inactive, open_ci, unreadable
from mlscan.read.ci_paths import by_name, ci_system, outside
from mlscan.read.ci_travis import parse_appveyor, parse_travis
from mlscan.types.source import Node, Problem, Workflow

__all__ = ["ci_system", "parse_ci"]

OUTSIDE = "outside the folder that the system reads"
MAX_BYTES = 2_000_000
MAX_OTHER_BYTES = 10_000_000
MAX_OTHER_FILES = 300
"""Files that one CI file takes in, counted as often as it does."""

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
}
_BY_CONTENT = frozenset(("azure-pipelines", "cloud-build", "taskcluster", "gitlab-ci", "buildkite", "circleci"))
"""Systems whose folders hold other files too: what has another shape is no CI file."""


def parse_ci(data: bytes, path: str, others: Others) -> Workflow | None:
    """The workflow of a CI file, or None where path and content are of no CI system.

    `others` gives the bytes of another file of the repository, for what a file includes. A file that the system does
    not look at, that is empty or that has no trigger is a workflow with `active` False. For a system without a reader
    `commands_read` is False. Never raises for bad content: what is broken is among the problems.
    """
    system = ci_system(path)
    if system is None:
        return None
    if len(data) > MAX_BYTES:
        return Workflow(system, path, commands_read=False, problems=(Problem(None, "too large"),))
    if system == "jenkins":
        return parse_jenkins(data, path, _Limited(others))
    if not by_name(path):
        found = _by_shape(open_ci(data, path), _Limited(others))
    elif system not in _READERS or not path.lower().endswith((".yml", ".yaml", ".json")):
        found = Workflow(system, path, commands_read=False)
    else:
        found = _by_system(open_ci(data, path), system, _Limited(others))
    if found is not None and outside(path, found.system):
        return replace(found, active=False, why_inactive=OUTSIDE)
    return found


def _by_system(file: CiFile, system: str, others: Others) -> Workflow | None:
    found = unreadable(system, file) if system != "buildkite" else None
    found = found or _READERS[system](file, system, others)
    if found is None and system not in _BY_CONTENT:
        return inactive(system, file, "no job")
    return found


def _by_shape(file: CiFile, others: Others) -> Workflow | None:
    """The workflow of a file in a place where any system's files may lie."""
    root = file.root
    if _looks_like_github(root):
        return parse_github(file, "github-actions", others)
    if _looks_like_cloud_build(root):
        return parse_cloud_build(file, "cloud-build", others)
    return parse_azure(file, others)


def _looks_like_github(root: Node) -> bool:
    jobs = root.get("jobs")
    return "on" in root.map and jobs is not None and any({"steps", "uses"} & set(j.map) for j in jobs.map.values())


def _looks_like_cloud_build(root: Node) -> bool:
    steps = root.get("steps")
    members = steps.items if steps is not None else ()
    images = [s.map["name"].text for s in members if "name" in s.map]
    runs = any("entrypoint" in s.map or isinstance((s.get("args") or s).value, tuple) for s in members)
    return runs and len(images) == len(members) and any(sign in image for image in images for sign in "/:$")


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
