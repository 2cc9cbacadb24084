"""Tells CI files of any name by their content."""

from __future__ import annotations

import re

from mlscan.read.ci_argo import parse_argo
from mlscan.read.ci_azure import parse_azure
from mlscan.read.ci_cloud import parse_cloud_build
from mlscan.read.ci_codepipeline import parse_cloudformation, parse_terraform
from mlscan.read.ci_github import parse_github
from mlscan.read.ci_parts import CiFile, Others, open_ci
from mlscan.read.ci_prow import parse_prow
from mlscan.read.ci_taskcluster import parse_taskcluster
from mlscan.read.ci_tekton import parse_tekton
from mlscan.types.source import Node, Workflow

_OUTERMOST = ("steps", "stages", "jobs", "extends", "presubmits", "postsubmits", "periodics")
_ANYWHERE = ("tekton.dev/", "argoproj.io/", "AWS::CodePipeline::", "AWS::CodeBuild::")
_PLACES = ("provisionerId:", "taskQueueId:", "workerType:")
_WORDS = tuple(word.encode() for word in (*(f"\n{key}" for key in _OUTERMOST), *_ANYWHERE, *_PLACES))
_SIGNS = re.compile(
    rf"^(?:{'|'.join(_OUTERMOST)})\s*:|{'|'.join(map(re.escape, _ANYWHERE))}|\b(?:{'|'.join(_PLACES)})".encode(),
    re.MULTILINE,
)
"""What one of these files holds somewhere, so that the others are not parsed."""
_TERRAFORM = re.compile(rb"aws_codepipeline|aws_codebuild_project|google_cloudbuild_trigger")
_PIPELINE = re.compile(rb"^\s*pipeline\s*\{|^\s*node\s*(?:\([^)\n]{0,200}\))?\s*\{", re.MULTILINE)
_STAGE = re.compile(rb"\bstage\s*\(")


def groovy_pipeline(data: bytes) -> bool:
    """Whether a Groovy file of any name is a pipeline of Jenkins."""
    return bool(_PIPELINE.search(data) and _STAGE.search(data))


def may_have_shape(data: bytes, path: str) -> bool:
    """False where a look at the bytes is enough to say that `of_shape` gives nothing."""
    return _TERRAFORM.search(data) is not None if path.lower().endswith(".tf") else _has_sign(data)


def of_shape(data: bytes, path: str, others: Others) -> Workflow | None:
    """The workflow of a file in a place where any system's files may lie; None for all other files."""
    if not may_have_shape(data, path):
        return None
    if path.lower().endswith(".tf"):
        return parse_terraform(data, path)
    file = open_ci(data, path)
    root = file.root
    if b"tekton.dev/" in data and (found := parse_tekton(file, "tekton", others)) is not None:
        return found
    if b"argoproj.io/" in data and (found := parse_argo(file, "argo-workflows", others)) is not None:
        return found
    if "Resources" in root.map:
        return parse_cloudformation(file, "codepipeline", others)
    return _other(file, root, others)


def _has_sign(data: bytes) -> bool:
    """Whether a file may be one of these. Words are found ten times as fast as patterns."""
    lines = b"\n" + data
    return any(word in lines for word in _WORDS) and _SIGNS.search(data) is not None


def _other(file: CiFile, root: Node, others: Others) -> Workflow | None:
    if any(isinstance(part.value, tuple) or part.map for part in _prow(root)):
        return parse_prow(file, "prow", others)
    if _looks_like_github(root):
        return parse_github(file, "github-actions", others)
    if _looks_like_taskcluster(root):
        return parse_taskcluster(file, "taskcluster", others)
    if _looks_like_cloud_build(root):
        return parse_cloud_build(file, "cloud-build", others)
    return parse_azure(file, others)


def _prow(root: Node) -> list[Node]:
    return [root.map[key] for key in ("presubmits", "postsubmits", "periodics") if key in root.map]


def _looks_like_github(root: Node) -> bool:
    jobs = root.get("jobs")
    return "on" in root.map and jobs is not None and any({"steps", "uses"} & set(j.map) for j in jobs.map.values())


def _looks_like_taskcluster(root: Node) -> bool:
    """Whether there is a list of tasks with a place to run at and a command."""
    tasks = root.get("tasks")
    places = {"provisionerId", "taskQueueId", "workerType"}
    return tasks is not None and any(places & set(t.map) and t.get("payload", "command") for t in tasks.items)


def _looks_like_cloud_build(root: Node) -> bool:
    steps = root.get("steps")
    members = steps.items if steps is not None else ()
    images = [s.map["name"].text for s in members if "name" in s.map]
    runs = any("entrypoint" in s.map or isinstance((s.get("args") or s).value, tuple) for s in members)
    return runs and len(images) == len(members) and any(sign in image for image in images for sign in "/:$")
