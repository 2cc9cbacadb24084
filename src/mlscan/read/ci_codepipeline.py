"""Reads CodePipeline, CodeBuild and triggers of Cloud Build in CloudFormation and Terraform, as far as plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mlscan.read.ci_cloud import phases_of
from mlscan.read.ci_parts import CiFile, Others, as_list, join, limited, named, open_ci, texts
from mlscan.read.hcl import Block, parse_hcl
from mlscan.types.source import Job, Node, Step, Trigger, Workflow

_REPOSITORIES = ("CodeCommit", "GitHub", "CodeStarSourceConnection", "Bitbucket", "GitLab", "Version")
_WEB_HOOKS = {"PUSH": "push", "PULL_REQUEST_CREATED": "pull_request", "PULL_REQUEST_UPDATED": "pull_request"}
MAX_DEPTH = 14
"""Lists and maps inside each other in which names are looked for."""


def parse_cloudformation(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The pipelines and build projects of a template; None where it has neither."""
    resources = _Resources({k: n for k, n in _map(file.root.get("Resources")).items() if n.map}, file)
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    for name, node in resources.of("AWS::CodePipeline::Pipeline"):
        own = [*resources.sources(node), *resources.clocks(name)]
        triggers += own
        jobs += [replace(job, triggers=tuple(own)) for job in resources.actions(node)]
    for name, node in resources.of("AWS::CodeBuild::Project"):
        if name not in resources.built:
            own = [*_web_hooks(node), *resources.clocks(name)]
            own = own or [Trigger("other", node.line, "set outside the repository", unknown=True)]
            triggers += own
            jobs.append(replace(resources.build(name, node), triggers=tuple(own)))
    if not jobs:
        return None
    unique = tuple(dict.fromkeys(triggers))
    return Workflow(system, file.path, "", unique, limited(jobs), problems=file.problems)


def _map(node: Node | None) -> Mapping[str, Node]:
    return node.map if node is not None else {}


@dataclass(slots=True)
class _Resources:
    """The resources of a template by their names."""

    nodes: Mapping[str, Node]
    file: CiFile
    built: set[str] = field(default_factory=set)
    """Build projects that a pipeline uses."""

    def __post_init__(self) -> None:
        found = {n for _, p in self.of("AWS::CodePipeline::Pipeline") for n in _names_in(p)}
        self.built = {name for name, node in self.nodes.items() if name in found or self._called(node) in found}

    def of(self, kind: str) -> Iterator[tuple[str, Node]]:
        """(name, resource) of this type."""
        yield from ((name, node) for name, node in self.nodes.items() if named(node.get("Type")) == kind)

    def _called(self, node: Node) -> str:
        """The name that a resource has outside the template, where that is plain."""
        return named(node.get("Properties", "Name")) or "?"

    def actions(self, pipeline: Node) -> Iterator[Job]:
        """A job for each action but sources; those behind an approval wait, too."""
        asked = False
        for stage in as_list(pipeline.get("Properties", "Stages")):
            for action in as_list(stage.get("Actions")):
                category = named(action.get("ActionTypeId", "Category"))
                provider = named(action.get("ActionTypeId", "Provider"))
                if not category or category == "Source":
                    continue
                asked = asked or category == "Approval"
                name = ".".join(filter(None, (named(stage.get("Name")), named(action.get("Name")))))
                used = _names_in(action.get("Configuration"))
                project = next((n for n in self.built if n in used or self._called(self.nodes[n]) in used), "")
                built = self.build(name, self.nodes[project]) if provider == "CodeBuild" and project else None
                step = Step(action.line, name, uses=f"codepipeline/{category}/{provider}", with_=_texts_of(action))
                yield Job(
                    name or "action",
                    action.line,
                    ((step,) if category != "Approval" else ()) + (built.steps if built is not None else ()),
                    uses=built.uses if built is not None else None,
                    manual=asked,
                )

    def build(self, name: str, project: Node) -> Job:
        """The job of a build project: the phases that it says, or the file that has them."""
        written = project.get("Properties", "Source", "BuildSpec") or project.get("Properties", "Source", "Buildspec")
        text = _text(written)
        image = named(project.get("Properties", "Environment", "Image")) or None
        if written is None or not text:
            return Job(name, project.line, uses=None if written is not None else "buildspec.yml", image=image)
        if "\n" not in text and text.lower().endswith((".yml", ".yaml", ".json")):
            return Job(name, project.line, uses=join("", text), image=image)
        spec = replace(open_ci(text.encode(), self.file.path), at=written.line)
        return Job(name, project.line, phases_of(spec), image=image)

    def sources(self, pipeline: Node) -> Iterator[Trigger]:
        """What the source actions of a pipeline wait for."""
        for stage in as_list(pipeline.get("Properties", "Stages")):
            for action in as_list(stage.get("Actions")):
                if named(action.get("ActionTypeId", "Category")) == "Source":
                    provider = named(action.get("ActionTypeId", "Provider"))
                    configuration = action.get("Configuration")
                    branch = named(configuration, "Branch") or named(configuration, "BranchName")
                    repository = any(word in provider for word in _REPOSITORIES)
                    kind = "push" if repository else "dispatch"
                    yield Trigger(kind, action.line, provider, (branch,) if branch and repository else ())

    def clocks(self, name: str) -> Iterator[Trigger]:
        """The schedules of rules that aim at a resource."""
        for kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
            for _, node in self.of(kind):
                properties = node.get("Properties") or node
                when = properties.get("ScheduleExpression")
                targets = properties.get("Targets") or properties.get("Target")
                state = named(properties.get("State"))
                if when is not None and name in _names_in(targets) and state != "DISABLED":
                    yield Trigger("schedule", when.line, _text(when))


def _web_hooks(project: Node) -> Iterator[Trigger]:
    node = project.get("Properties", "Triggers")
    if node is None or named(node.get("Webhook")).lower() != "true":
        return
    events = [e for group in as_list(node.get("FilterGroups")) for f in _flat(group) for e in _pattern(f)]
    kinds = dict.fromkeys(_WEB_HOOKS.get(event, "other") for event in events)
    yield from (Trigger(kind, node.line, "web hook") for kind in kinds or ("push",))


def _flat(group: Node) -> Sequence[Node]:
    return group.items if isinstance(group.value, tuple) else (group,)


def _pattern(node: Node) -> list[str]:
    return [p.strip() for p in named(node.get("Pattern")).split(",")] if named(node.get("Type")) == "EVENT" else []


def _names_in(node: Node | None, depth: int = MAX_DEPTH) -> set[str]:
    """Names of resources that a value refers to, in any form."""
    found: set[str] = set()
    if node is None or not depth:
        return found
    if not node.map and not isinstance(node.value, tuple):
        return {word for word in node.text.replace("${", " ").replace("}", " ").replace(".", " ").split() if word}
    for child in node.map.values() if node.map else node.items:
        found |= _names_in(child, depth - 1)
    return found


def _text(node: Node | None) -> str:
    """A scalar, or the text of a substitution."""
    if node is None:
        return ""
    inner = node.get("Fn::Sub") or node
    return inner.text or next(iter(texts(inner)), "")


def _texts_of(action: Node) -> dict[str, str]:
    return {k: n.text for k, n in _map(action.get("Configuration")).items() if n.text}


# --- Terraform --------------------------------------------------------------------------------------------------------

_RESOURCES = ("aws_codepipeline", "aws_codebuild_project", "google_cloudbuild_trigger")


def parse_terraform(data: bytes, path: str) -> Workflow | None:
    """The pipelines, build projects and build triggers of a Terraform file; None where it has none."""
    hcl = parse_hcl(data)
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    system = ""
    clocks = [b for b in hcl if b.attributes.get("schedule_expression") and b.depth == 0]
    clock = tuple(Trigger("schedule", b.line, b.attributes["schedule_expression"]) for b in clocks)
    for block, inside in _resources(hcl.blocks):
        kind = block.labels[0]
        own = tuple(_terraform_triggers(kind, inside)) + (clock if kind.startswith("aws") else ())
        if not own:
            own = (Trigger("other", block.line, "set outside the repository", unknown=True),)
        system = "cloud-build" if kind.startswith("google") else "codepipeline"
        triggers += own
        jobs += [replace(job, triggers=own) for job in _terraform_jobs(kind, block, inside)]
    if not system:
        return None
    unique = tuple(dict.fromkeys(triggers))
    return Workflow(system, path, "", unique, limited(jobs), problems=hcl.problems)


def _resources(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[Block]]]:
    """Each resource of these types with the blocks inside it."""
    current: tuple[Block, list[Block]] | None = None
    for block in blocks:
        if block.depth == 0:
            if current is not None:
                yield current
            wanted = block.type == "resource" and bool(block.labels) and block.labels[0] in _RESOURCES
            current = (block, []) if wanted else None
        elif current is not None:
            current[1].append(block)
    if current is not None:
        yield current


def _terraform_triggers(kind: str, inside: Sequence[Block]) -> Iterator[Trigger]:
    for inner in inside:
        if kind == "aws_codepipeline" and inner.type == "action" and inner.attributes.get("category") == "Source":
            provider = inner.attributes.get("provider", "")
            repository = any(word in provider for word in _REPOSITORIES)
            yield Trigger("push" if repository else "dispatch", inner.line, provider)
        elif kind == "google_cloudbuild_trigger" and inner.type in ("push", "pull_request", "trigger_template"):
            branch = inner.attributes.get("branch") or inner.attributes.get("branch_name", "")
            tag = "tag" in inner.attributes or "tag_name" in inner.attributes
            found = "pull_request" if inner.type == "pull_request" else "tag" if tag else "push"
            yield Trigger(found, inner.line, inner.type, (branch,) if branch and found != "tag" else ())
        elif kind == "google_cloudbuild_trigger" and inner.type in ("pubsub_config", "webhook_config"):
            yield Trigger("dispatch", inner.line, inner.type)


def _terraform_jobs(kind: str, block: Block, inside: Sequence[Block]) -> Iterator[Job]:
    name = block.labels[1] if len(block.labels) > 1 else kind
    if kind == "aws_codepipeline":
        yield from _terraform_actions(inside)
        return
    if kind == "google_cloudbuild_trigger":
        file = block.attributes.get("filename", "")
        steps = (Step(block.line, name, uses="build"),) if not file else ()
        yield Job(name, block.line, steps, uses=join("", file) or None)
        return
    source = next((b for b in inside if b.type == "source"), None)
    spec = source.attributes.get("buildspec", "") if source is not None else ""
    plain = spec.lower().endswith((".yml", ".yaml")) and "$" not in spec
    yield Job(name, block.line, uses=join("", spec) if plain else None)


def _terraform_actions(inside: Sequence[Block]) -> Iterator[Job]:
    stage, asked = "", False
    for inner in inside:
        if inner.type == "stage":
            stage = inner.attributes.get("name", "")
        category = inner.attributes.get("category", "") if inner.type == "action" else ""
        if not category or category == "Source":
            continue
        asked = asked or category == "Approval"
        name = ".".join(filter(None, (stage, inner.attributes.get("name", "")))) or "action"
        uses = f"codepipeline/{category}/{inner.attributes.get('provider', '')}"
        steps = (Step(inner.line, name, uses=uses),) if category != "Approval" else ()
        yield Job(name, inner.line, steps, manual=asked)
