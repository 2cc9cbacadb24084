"""Reads Travis CI and AppVeyor: phases of shell commands, jobs of a matrix, deployments with their conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds, never
from mlscan.read.ci_parts import CiFile, Others, as_list, limited, mapping_texts, named, texts
from mlscan.types.source import Command, Delegation, Job, Node, Step, Trigger, Workflow

_PHASES = (
    "init", "before_install", "install", "before_build", "before_script", "build_script", "script", "test_script",
    "after_script", "after_success", "after_failure", "after_build", "after_test", "before_deploy", "deploy_script",
    "after_deploy", "on_success", "on_finish",
)  # fmt: skip
_BY_LANGUAGE = {
    "node_js": "npm test",
    "ruby": "rake",
    "r": "R CMD check",
    "julia": "julia -e 'using Pkg; Pkg.test()'",
    "rust": "cargo test",
    "go": "go test ./...",
    "java": "mvn test",
    "scala": "sbt test",
    "php": "phpunit",
    "perl": "make test",
    "elixir": "mix test",
    "haskell": "cabal test",
}
"""What Travis runs for a language when the file has no `script`."""
_SHELLS = ("cmd", "ps", "pwsh", "sh", "bash", "batch")
_SKIPPED = ("skip", "true", ":", "off")
_COMPARED = re.compile(r"(\b[\w.]+(?:\(\w+\))?)\s*(==|=~|!=|!~|=)\s*(\"[^\"]*\"|'[^']*'|[^\s()&|]+)")
_IN = re.compile(r"(\b\w+(?:\(\w+\))?)\s+(NOT\s+)?IN\s*\(([^()]*)\)", re.IGNORECASE)
_IS = re.compile(r"(\b\w+(?:\(\w+\))?)\s+IS\s+(NOT\s+)?(present|blank)", re.IGNORECASE)
_WORDS = ((re.compile(r"\bAND\b", re.IGNORECASE), "&&"), (re.compile(r"\bOR\b", re.IGNORECASE), "||"))
_NOT = re.compile(r"\bNOT\b", re.IGNORECASE)


def parse_travis(file: CiFile, system: str, _: Others) -> Workflow | None:
    """One job of the phases at the top, one for each entry of the matrix, and one for what is deployed.

    Pushes and pull requests start them; what a condition says about schedules and tags is taken over.
    """
    root = file.root
    base = _base(root)
    delegations = [Delegation(n.line, s) for n in as_list(root.get("import")) if "/" in (s := named(n, "source"))]
    found = limited(_started(job, base) for job in _jobs(file) if job.steps)
    active = any(job.active for job in found) or not found
    why = "" if active else "no job can run"
    return Workflow(system, file.path, "", base, found, tuple(delegations), active, why, problems=file.problems)


def _base(root: Node) -> tuple[Trigger, ...]:
    only = texts(root.get("branches", "only"))
    return Trigger("push", 1, "push", only), Trigger("pull_request", 1, "pull_request", only)


def _jobs(file: CiFile) -> Iterator[Job]:
    root = file.root
    condition = file.text(root.get("if"))
    stages = {named(n.get("name")).lower(): file.text(n.get("if")) for n in as_list(root.get("stages")) if n.map}
    steps = _phases(file, root) or _default(file)
    yield Job("build", root.line, steps, condition=condition)
    yield from _deployments(file, root, "deploy")
    matrix = root.get("jobs") or root.get("matrix")
    stage = ""
    for number, node in enumerate(as_list(matrix.get("include") if matrix is not None else None), 1):
        if not node.map:
            continue
        stage = file.text(node.get("stage")) or stage
        name = file.text(node.get("name")) or stage or f"build {number}"
        own = _phases(file, node)
        inherited = () if {s.name for s in own} & {"script"} else tuple(s for s in steps if s.name == "script")
        parts = [condition, stages.get(stage.lower(), ""), file.text(node.get("if"))]
        both = " AND ".join(f"({part})" for part in parts if part)
        yield Job(f"{name} {number}", node.line, own + inherited, name, condition=both)
        yield from _deployments(file, node, f"{name} {number} deploy")


def _phases(file: CiFile, node: Node) -> tuple[Step, ...]:
    steps = [Step(node.map[p].line, p, _commands(file, node.map[p])) for p in _PHASES if p in node.map]
    return tuple(step for step in steps if step.commands)


def _commands(file: CiFile, node: Node) -> tuple[Command, ...]:
    """The commands of a phase; AppVeyor names the shell of each."""
    shells = [child for item in as_list(node) for key, child in item.map.items() if key in _SHELLS]
    plain = Node(tuple(item for item in node.items if not item.map), node.line) if shells else node
    found = [c for part in (*((plain,) if plain.items else ()), *shells) for c in file.commands(part)]
    return tuple(c for c in found if c.text.lower() not in _SKIPPED)


def _default(file: CiFile) -> tuple[Step, ...]:
    language = file.root.get("language")
    text = _BY_LANGUAGE.get(named(language)) if language is not None and "script" not in file.root.map else None
    if text is None or language is None:
        return ()
    return (Step(language.line, "script", file.commands(Node(text, language.line))),)


def _deployments(file: CiFile, node: Node, name: str) -> Iterator[Job]:
    """A job for each deployment, with the branches and tags that it is for."""
    for deploy in as_list(node.get("deploy")):
        provider = named(deploy.get("provider"))
        script = deploy.get("script")
        if provider or script is not None:
            step = Step(deploy.line, "deploy", file.commands(script), provider or None, mapping_texts(deploy))
            on = deploy.get("on") or deploy.get("true") or Node(None, deploy.line)
            yield Job(name, deploy.line, (step,), triggers=tuple(_for(on, deploy.line)))


def _for(on: Node, line: int) -> Iterator[Trigger]:
    tags = named(on.get("tags")) == "true" or named(on.get("APPVEYOR_REPO_TAG")).lower() == "true"
    if tags:
        yield Trigger("tag", on.line or line, "tags")
    else:
        yield Trigger("push", on.line or line, "deploy", texts(on.get("branch")))


# --- conditions -------------------------------------------------------------------------------------------------------


def _readable(condition: str) -> str:
    """A condition of Travis in the signs that conditions are read in."""

    def several(match: re.Match[str]) -> str:
        words = ", ".join(f"'{word.strip().strip(chr(34)).strip(chr(39))}'" for word in match[3].split(","))
        return f"{'notin' if match[2] else 'in'}({match[1]}, {words})"

    def there(match: re.Match[str]) -> str:
        return f"{match[1]} {'!=' if (match[3].lower() == 'present') != bool(match[2]) else '=='} ''"

    def compared(match: re.Match[str]) -> str:
        sign = "==" if match[2] == "=" else match[2]
        word = match[3] if match[3][0] in "\"'" or "~" in sign else f"'{match[3]}'"
        return f"{match[1]} {sign} {word}"

    text = _IS.sub(there, _IN.sub(several, _COMPARED.sub(compared, condition)))
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    return _NOT.sub("!", text)


def _names_of(trigger: Trigger) -> Lookup:
    types: Mapping[str, Value] = {"schedule": "cron", "tag": "push"}

    def lookup(name: str) -> Value:
        if name == "type":
            return types.get(trigger.kind, trigger.kind)
        if name == "tag":
            return Some(("?*",)) if trigger.kind == "tag" else ""
        if name == "branch" and trigger.branches and not any(b.startswith("/") for b in trigger.branches):
            return Some(trigger.branches)
        return UNKNOWN

    return lookup


def _started(job: Job, base: tuple[Trigger, ...]) -> Job:
    """The job with what its condition lets through: pushes and pull requests, else what it speaks of."""
    condition = _readable(job.condition)
    if not job.condition or never(condition):
        return replace(job, active=not job.condition) if job.condition else job
    kept = tuple(t for t in base if holds(condition, _names_of(t)) is not False)
    if kept == base:
        return job
    others = (Trigger(kind, job.line, job.condition[:200]) for kind in ("tag", "schedule", "api"))
    spoken = tuple(t for t in others if holds(condition, _names_of(t)) is not False)
    found = kept or spoken
    return replace(job, triggers=found, active=bool(found))


# --- AppVeyor ---------------------------------------------------------------------------------------------------------


def parse_appveyor(file: CiFile, system: str, _: Others) -> Workflow | None:
    """One job of the phases at the top, one for each part that is for some of the matrix, one for what is deployed."""
    root = file.root
    jobs = [Job("build", root.line, _phases(file, root)), *_deployments(file, root, "deploy")]
    for number, node in enumerate(as_list(root.get("for")), 1):
        jobs.append(Job(f"build {number}", node.line, _phases(file, node)))
        jobs += _deployments(file, node, f"deploy {number}")
    return Workflow(
        system, file.path, "", _base(root), limited(job for job in jobs if job.steps), problems=file.problems
    )
