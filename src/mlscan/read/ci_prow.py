"""Reads Prow: jobs before and after a merge, and those that run by the clock."""

from __future__ import annotations

from collections.abc import Iterator

from mlscan.read.ci_containers import container_of
from mlscan.read.ci_parts import CiFile, Others, as_list, limited, named, texts
from mlscan.types.source import Job, Node, Step, Trigger, Workflow

_KINDS = {"presubmits": "pull_request", "postsubmits": "push", "periodics": "schedule"}
_TYPES = {"presubmit": "pull_request", "postsubmit": "push", "periodic": "schedule"}


def parse_prow(file: CiFile, system: str, _: Others) -> Workflow | None:
    """A job for each job of the file; None where it has none.

    Of files that only name workflows to run (`workflows` with `job_types`) the triggers are read, but no commands.
    """
    workflows = [n for n in as_list(file.root.get("workflows")) if "job_types" in n.map]
    if workflows:
        named_types = [(n.line, kind) for n in workflows for kind in texts(n.get("job_types"))]
        triggers = tuple(Trigger(_TYPES.get(kind, "other"), line, kind) for line, kind in named_types)
        return Workflow(system, file.path, "", triggers, commands_read=False, problems=file.problems)
    jobs = limited(_jobs(file))
    if not jobs:
        return None
    triggers = tuple(dict.fromkeys(t for job in jobs for t in job.triggers or ()))
    return Workflow(system, file.path, "", triggers, jobs, problems=file.problems)


def _jobs(file: CiFile) -> Iterator[Job]:
    for key, kind in _KINDS.items():
        node = file.root.get(key)
        # by repository where jobs of several are kept in one place
        lists = node.map.values() if node is not None and node.map else (node,)
        for entries in lists:
            for entry in as_list(entries):
                if entry.map:
                    yield _job(file, entry, kind)


def _job(file: CiFile, node: Node, kind: str) -> Job:
    containers = [n for n in as_list(node.get("spec", "containers")) if n.map]
    steps = tuple(Step(n.line, named(n.get("name")), container_of(file, n)) for n in containers)
    image = file.text(containers[0].get("image")) if containers else ""
    name = named(node.get("name")) or "job"
    return Job(name, node.line, steps, image=image or None, triggers=(_trigger(node, kind),))


def _trigger(node: Node, kind: str) -> Trigger:
    changed = node.get("run_if_changed") or node.get("skip_if_only_changed")
    if kind == "schedule":
        when = next((n for k in ("cron", "interval", "minimum_interval") if (n := node.get(k)) is not None), None)
        return Trigger(kind, node.line, named(when))
    if kind == "pull_request" and changed is None and named(node.get("always_run")) != "true":
        return Trigger("other", node.line, "asked for in a comment")
    paths = texts(node.get("run_if_changed"))
    return Trigger(kind, node.line, named(node.get("name")), texts(node.get("branches")), paths)
