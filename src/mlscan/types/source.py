"""What readers make of files: parsed values that matchers look at. Lines are 1-based everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that its reader could not make sense of; the rest was read."""

    line: int | None
    reason: str
    """Fixed wording per kind of problem, without values from the file."""


# --- code -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name. `import a.b as c` is ("a.b", None, "c"), `from a import b` is ("a", "b", "b")."""

    module: str
    """Dotted; relative imports keep their leading dots."""
    name: str | None
    alias: str
    line: int

    @property
    def target(self) -> str:
        """The dotted thing that is bound: `a.b` for `from a import b`."""
        if not self.name or self.name == "*":
            return self.module
        return self.module + self.name if self.module.endswith(".") else f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Dotted:
    """An argument that is a name or attribute, resolved like a call's name."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """An argument that is any other expression, as written (clipped to 200 characters)."""

    text: str


ArgValue = str | int | float | bool | None | Dotted | Source


@dataclass(frozen=True, slots=True)
class Call:
    """A call or a decorator."""

    name: str
    """Resolved: `mlflow.start_run`; methods of `x = A.B()` are `A.B.method`; else as written (`model.fit`)."""
    line: int
    args: tuple[ArgValue, ...] = ()
    kwargs: Mapping[str, ArgValue] = field(default_factory=dict)
    decorator: bool = False
    resolved: bool = False
    """True when the first part of the name was imported."""
    scope: tuple[str, ...] = ()
    """Enclosing classes and functions, outermost first: ("class:Trainer", "function:fit"); cells as "cell:3" first."""


@dataclass(frozen=True, slots=True)
class ClassDef:
    """A class definition with its bases, resolved like calls."""

    name: str
    bases: tuple[str, ...]
    line: int
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionDef:
    """A function definition."""

    name: str
    line: int
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeModule:
    """A source file (or the code cells of a notebook) as far as matchers need it."""

    language: str
    """python, r, julia, ..."""
    imports: tuple[Import, ...] = ()
    calls: tuple[Call, ...] = ()
    classes: tuple[ClassDef, ...] = ()
    functions: tuple[FunctionDef, ...] = ()
    strings: tuple[tuple[int, str], ...] = ()
    """(line, text) of string literals that are no docstring and have 3 to 1,000 characters; f-string gaps are `{}`."""
    lines: tuple[str, ...] = ()
    """Source lines; comments and strings blanked in `code_lines`."""
    code_lines: tuple[str, ...] = ()
    statements: int = 0
    """Number of statements; 0 tells an empty file or one of comments only."""
    notebook: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook cell."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    tags: tuple[str, ...] = ()
    has_output: bool = False


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook of any origin (ipynb, jupytext, Databricks source, R Markdown, Quarto)."""

    language: str
    """Lower case; guessed from the kernel, the metadata or the cells; "unknown" where nothing tells."""
    cells: tuple[Cell, ...]
    module: CodeModule
    """Code cells as one module; a line is a line of the file itself."""
    problems: tuple[Problem, ...] = ()
    shell: tuple[tuple[int, str], ...] = ()
    """(line, command) of shell lines and installing magics in code cells: `!pip install x`, `%%bash` bodies."""


# --- trees (YAML, JSON, TOML, INI, XML, HCL) --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a tree with its line. Maps keep their order; a repeated key keeps the last value."""

    value: str | int | float | bool | tuple[Node, ...] | Mapping[str, Node] | None
    line: int
    tag: str | None = None
    """A YAML tag that is no standard one, such as `!Ref`."""

    def get(self, *keys: str) -> Node | None:
        """The node below these map keys, or None."""
        node: Node | None = self
        for key in keys:
            if node is None or not isinstance(node.value, Mapping):
                return None
            node = node.value.get(key)
        return node

    @property
    def items(self) -> tuple[Node, ...]:
        """The members of a list; a scalar counts as a list of one, a map as none."""
        if isinstance(self.value, tuple):
            return self.value
        return () if self.value is None or isinstance(self.value, Mapping) else (self,)

    @property
    def text(self) -> str:
        """The scalar as text ("" for maps, lists and null); booleans as `true` and `false`."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value) if isinstance(self.value, (str, int, float)) else ""

    @property
    def map(self) -> Mapping[str, Node]:
        """The children of a map; empty for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed data file; TOML, JSON, INI, XML and HCL have one document, YAML any number."""

    format: str
    documents: tuple[Node, ...]
    templated: bool = False
    """True for Helm, Jinja and cookiecutter templates, read with their expressions blanked."""
    problems: tuple[Problem, ...] = ()


# --- dependencies -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dependency:
    """A direct dependency of a manifest, or a package that a lock fixes."""

    name: str
    """Lower case, without extras; normalised by PEP 503 for Python."""
    spec: str
    """The version part as written, "" where there is none."""
    pinned: bool
    """True for exactly one version (`==1.2`, hash, `=1.2=build`)."""
    scope: Literal["main", "dev"]
    line: int
    ecosystem: str = "python"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A dependency file."""

    dependencies: tuple[Dependency, ...]
    ecosystem: str
    lock: bool = False
    """True for a lock file, whatever wrote it; its dependencies are all packages that it fixes."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Console scripts: name -> `package.module:function`; or task name -> command line."""
    package: str | None = None
    """Name of the package that the manifest describes."""
    published: bool = False
    """True where metadata says that it is meant for others (classifiers, repository upload)."""
    problems: tuple[Problem, ...] = ()


# --- commands and CI --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of a shell line. `words` include the program and are unquoted where that is safe."""

    words: tuple[str, ...]
    line: int
    text: str
    """As written, one line, clipped to 200 characters."""
    background: bool = False
    folder: str = ""
    """Where `cd` before it in the same text led, relative to where that text starts."""
    subshell: tuple[int, ...] = ()
    """Numbers of the subshells, substitutions and separate shells that it runs in, outermost first: where they begin,
    so that a `cd` in one of them ends with it."""

    @property
    def program(self) -> str:
        """Base name of the program."""
        return self.words[0].rsplit("/", 1)[-1] if self.words else ""


@dataclass(frozen=True, slots=True)
class Script:
    """Named groups of commands: a shell script has one group "", a makefile one a target, tox one an environment."""

    groups: Mapping[str, tuple[Command, ...]]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Group -> groups that run before it."""
    lines: Mapping[str, int] = field(default_factory=dict)
    default: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class DockerStage:
    """One `FROM` of a Dockerfile."""

    image: str
    """As written, arguments filled in where a default is known; an earlier stage's name is resolved to its image."""
    line: int
    name: str | None
    commands: tuple[Command, ...] = ()
    """RUN, CMD and ENTRYPOINT in order."""
    entry: tuple[Command, ...] = ()
    """CMD and ENTRYPOINT only; those of the stage it is built on where it has neither."""
    copies: tuple[str, ...] = ()
    """Sources of COPY and ADD from the build context."""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile; the last stage is the image that results."""

    stages: tuple[DockerStage, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a workflow.

    Kinds: push, pull_request, tag, release, schedule, manual, dispatch, workflow_run, workflow_call, api, other.
    """

    kind: str
    line: int
    detail: str = ""
    """Cron text, name of the event, workflow that ran, ... as written."""
    branches: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    unknown: bool = False
    """True when a variable decides, so that it may or may not fire."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job: commands, or an action or task that is used."""

    line: int
    name: str = ""
    commands: tuple[Command, ...] = ()
    uses: str | None = None
    with_: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
    """Where its commands run, relative to the root; "" is the root."""
    condition: str = ""
    active: bool = True
    """False when its condition can never hold."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a workflow."""

    id: str
    line: int
    steps: tuple[Step, ...] = ()
    name: str = ""
    environment: str | None = None
    """Name of the deployment environment as written; matrix values are given one a job in `environments`."""
    environments: tuple[str, ...] = ()
    image: str | None = None
    uses: str | None = None
    """A workflow, template or component that is called instead of steps, local path or remote."""
    remote: bool = False
    """True when `uses` lies in another repository."""
    needs: tuple[str, ...] = ()
    condition: str = ""
    active: bool = True
    manual: bool = False
    """True when somebody has to start or approve it."""
    triggers: tuple[Trigger, ...] | None = None
    """Its own triggers where the system has them by job (GitLab `rules`); None means the workflow's."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """A part of the pipeline that lives in another repository."""

    line: int
    to: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A CI file of any system, normalised."""

    system: str
    path: str
    name: str = ""
    triggers: tuple[Trigger, ...] = ()
    jobs: tuple[Job, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    active: bool = True
    """False when the system never reads this file or nothing in it can run."""
    why_inactive: str = ""
    commands_read: bool = True
    """False for a system whose commands are not read: what they do is unknown."""
    problems: tuple[Problem, ...] = ()
