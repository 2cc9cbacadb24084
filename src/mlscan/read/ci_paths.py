"""Which CI system reads a file, told from its path."""

from __future__ import annotations

import re
from itertools import pairwise

_GITHUB_LIKE = {".github": "github-actions", ".gitea": "gitea-actions", ".forgejo": "forgejo-actions"}

_NAMES: tuple[tuple[str, str], ...] = (
    (r"(.*[.-])?gitlab[-_]ci([.-].*)?\.ya?ml", "gitlab-ci"),
    (r"jenkinsfile([._-].*)?|.*\.jenkinsfile|.*\.jenkins", "jenkins"),
    (r"\.?azure[-_]?pipelines?([-_.].*)?\.ya?ml|.*[-_.]azure-pipelines?\.ya?ml", "azure-pipelines"),
    (r"\.travis\.ya?ml", "travis"),
    (r"bitbucket-pipelines\.ya?ml", "bitbucket"),
    (r"(.*[-_.])?cloud-?build([-_.].*)?\.(ya?ml|json)", "cloud-build"),
    (r"(.*[-_.])?buildspec([-_.].*)?\.ya?ml", "codebuild"),
    (r"\.?appveyor\.ya?ml", "appveyor"),
    (r"\.cirrus\.(ya?ml|star)", "cirrus"),
    (r"\.drone\.(ya?ml|star|jsonnet)", "drone"),
    (r"\.woodpecker\.ya?ml", "woodpecker"),
    (r"\.taskcluster\.ya?ml", "taskcluster"),
    (r"codefresh\.ya?ml", "codefresh"),
    (r"screwdriver\.ya?ml", "screwdriver"),
    (r"\.?zuul\.ya?ml", "zuul"),
    (r"earthfile", "earthly"),
    (r"wercker\.ya?ml", "wercker"),
    (r"shippable\.ya?ml", "shippable"),
    (r".*\.gocd\.(ya?ml|json)", "gocd"),
    (r"\.build\.ya?ml", "sourcehut"),
    (r"\.prow\.ya?ml|prow_config\.ya?ml", "prow"),
    (r"\.cron\.ya?ml", "taskcluster"),
    (r"\.?buddy\.ya?ml", "buddy"),
    (r"bitrise\.ya?ml", "bitrise"),
    (r"codemagic\.ya?ml", "codemagic"),
)
"""File names, lower case, wherever the file lies."""

_FOLDERS: tuple[tuple[str, str], ...] = (
    (r"\.circleci/.*\.ya?ml", "circleci"),
    (r"\.buildkite/.*\.ya?ml", "buildkite"),
    (r"\.woodpecker/.*\.ya?ml", "woodpecker"),
    (r"\.semaphore/.*\.ya?ml", "semaphore"),
    (r"\.tekton/.*\.ya?ml", "tekton"),
    (r"\.prow/.*\.ya?ml", "prow"),
    (r"\.teamcity/.*\.(kts|xml)", "teamcity"),
    (r"\.pipeline/config\.ya?ml", "pipelinelib"),
    (r"\.?zuul\.d/.*\.ya?ml", "zuul"),
    (r"\.harness/.*\.ya?ml", "harness"),
    (r"bamboo-specs/.*\.ya?ml", "bamboo"),
    (r"\.builds/.*\.ya?ml", "sourcehut"),
    (r"\.buddy/.*\.ya?ml", "buddy"),
    (r"taskcluster/(config|kinds/.*|ci/.*)\.ya?ml", "taskcluster"),
    (r"taskcluster/.*/kind\.ya?ml", "taskcluster"),
    (r"\.?gitlab(-ci)?/.*\.ya?ml", "gitlab-ci"),
    (
        r"(\.pipelines|\.azure-?devops|\.azure_devops|\.?azure[-_]pipelines|\.azdo|\.ado|(.*[-_])?devops-pipelines)/.*\.ya?ml",
        "azure-pipelines",
    ),
    (r"\.azure/.*pipelines?/.*\.ya?ml", "azure-pipelines"),
    (r"cloud-?build/.*\.ya?ml", "cloud-build"),
)
"""Paths from a folder on, lower case, with that folder at the root or below others."""

_MAYBE: tuple[tuple[str, str], ...] = (
    (r"(?:.*/)?\.?github(-actions)?/(?:.*/)?[^/]*\.ya?ml", "github-actions"),
    (r"(?:.*/)?github[-_]workflows?/(?:.*/)?[^/]*\.ya?ml", "github-actions"),
    (r"(?:.*/)?workflows/[^/]*\.ya?ml", "github-actions"),
    (r"(?:.*/)?[^/]*pipelines?[^/]*\.ya?ml", "azure-pipelines"),
    (r"[^/]*\.ya?ml", "azure-pipelines"),
)
"""Places where CI files of any name lie among others; their content decides."""

_HINTS = frozenset(
    (
        "ci", "cd", "cicd", "pipeline", "pipelines", "workflow", "workflows", "build", "builds", "deploy", "deployment",
        "deployments", "devops", "azdo", "ado", "azure", "vsts", "eng", "ops", "mlops", "release", "releases", "infra",
        "infrastructure", "tekton", "argo", "prow", "jenkins", "taskcluster", "cloudbuild", "codebuild", "codepipeline",
        "cloudformation", "cfn", "cron", "crons", "cronworkflow", "cronjobs", "schedule", "schedules", "scheduled",
        "trigger", "triggers", "sensor", "sensors", "automation", "train", "training", "retrain", "retraining", "jobs",
        "k8s", "kubernetes", "manifests",
    )
)  # fmt: skip
"""Words in a path below which pipelines of any file name lie; what else lies there costs a look at its bytes."""
_CODE_HINTS = frozenset(
    (
        "ci", "cd", "cicd", "pipeline", "pipelines", "codepipeline", "codebuild", "cloudbuild", "trigger", "triggers",
        "build", "builds", "jenkins", "deploy", "deployment",
    )
)  # fmt: skip
"""The same for files of infrastructure as code and of Groovy, which are many."""
_WORD = re.compile(r"[a-z0-9]+")

_NAME_TABLE = tuple((re.compile(pattern), system) for pattern, system in _NAMES)
_FOLDER_TABLE = tuple((re.compile(rf"(?:.*/)?{pattern}"), system) for pattern, system in _FOLDERS)
_MAYBE_TABLE = tuple((re.compile(pattern), system) for pattern, system in _MAYBE)
_ANY_NAME = re.compile("|".join(f"(?:{pattern})" for pattern, _ in _NAMES))
_ANY_FOLDER = re.compile(rf"(?:.*/)?(?:{'|'.join(f'(?:{pattern})' for pattern, _ in _FOLDERS)})")
"""For nearly all paths the end of it."""
_MAYBE_CODE = {"tf": "codepipeline", "json": "codepipeline", "template": "codepipeline", "groovy": "jenkins"}
_ENDS = (".yml", ".yaml", ".json", ".star", ".jsonnet", ".kts", ".xml", ".tf", ".template", ".groovy")
_LOCAL_ACTION = re.compile(r"(?:.*/)?action\.ya?ml")

_ROOT_ONLY = frozenset(
    ("circleci", "travis", "bitbucket", "drone", "woodpecker", "appveyor", "cirrus", "semaphore", "pipelinelib")
)
"""Systems that read their file at the root of the repository and nowhere else."""


def ci_system(path: str) -> str | None:
    """The CI system that would read a file of this path relative to the root, or None.

    Files in places that only look like CI have a system too: what they hold decides (see `parse_ci`).
    """
    lower = path.lower()
    name = lower.rpartition("/")[2]
    if not (lower.endswith(_ENDS) or name.startswith("jenkinsfile") or name.endswith("jenkins") or name == "earthfile"):
        return name_of_file(name)
    if _LOCAL_ACTION.fullmatch(lower):
        return None
    found = name_of_file(name) or _workflow_folder(path) or _folder(lower) or _first(_MAYBE_TABLE, lower)
    return found or _hinted(lower)


def _hinted(path: str) -> str | None:
    """A system for a file in whose path a word says that it may be a pipeline."""
    end = path.rpartition(".")[2]
    if end in ("yml", "yaml"):
        return None if _HINTS.isdisjoint(_WORD.findall(path)) else "azure-pipelines"
    if end not in _MAYBE_CODE or _CODE_HINTS.isdisjoint(_WORD.findall(path)):
        return None
    return _MAYBE_CODE[end]


def name_of_file(name: str) -> str | None:
    """The system whose file has this name, lower case."""
    return _first(_NAME_TABLE, name) if _ANY_NAME.fullmatch(name) else None


def by_name(path: str) -> bool:
    """Whether the path alone, not the content, says that this is a CI file."""
    lower = path.lower()
    return bool(name_of_file(lower.rpartition("/")[2]) or _workflow_folder(path) or _folder(lower))


def outside(path: str, system: str) -> bool:
    """Whether a file of this system lies where the system does not look."""
    parts = path.split("/")
    if system in _GITHUB_LIKE.values():
        return not (len(parts) == 3 and parts[0] in _GITHUB_LIKE and parts[1] == "workflows")
    if system not in _ROOT_ONLY:
        return False
    hidden = parts[0].startswith(".")
    return len(parts) > 1 and not hidden


def _workflow_folder(path: str) -> str | None:
    parts = path.split("/")
    for first, second in pairwise(parts[:-1]):
        if first in _GITHUB_LIKE and second == "workflows" and path.lower().endswith((".yml", ".yaml")):
            return _GITHUB_LIKE[first]
    return None


def _folder(path: str) -> str | None:
    return _first(_FOLDER_TABLE, path) if _ANY_FOLDER.fullmatch(path) else None


def _first(table: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str | None:
    return next((system for pattern, system in table if pattern.fullmatch(text)), None)
