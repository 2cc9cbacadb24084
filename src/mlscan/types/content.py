"""The grammar of detectors: these types are its only definition.

A detector is a YAML file that decodes into `Detector`; `mlscan schema detector` prints the same as JSON Schema.
Unknown keys are errors. Names with a trailing underscore stand for the Python keywords `in`, `is`, `not`, `as`, `from`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mlscan.types.evidence import Context, Strength

Scalar = str | int | float | bool | None


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not", "in_": "in"}):
    """A test on one value; all given keys must hold."""

    regex: str | None = None
    not_: Value | None = None
    in_: list[Scalar] | str | None = None
    not_in: list[Scalar] | str | None = None
    gt: float | None = None
    lt: float | None = None


Value = Scalar | list[Scalar] | Test
"""A scalar (`*` in text is a wildcard), a list = any of, `@list` = any of a list file, or a `Test`."""

Globs = str | list[str]
"""gitignore-like globs, case-sensitive; `@list` is replaced by a list of `_lists/`."""


class PathMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file by its name, size or first bytes. Hit: the file."""

    glob: Globs = "**"
    magic: str | None = None
    """Hex digits of the first bytes."""
    first_line: str | None = None
    """RE2 over the first line."""
    min_bytes: int | None = None
    max_bytes: int | None = None
    empty: bool | None = None
    lfs: bool | None = None
    """Whether the file is a Git LFS pointer."""


class KeyMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """A key of a YAML, JSON, TOML, INI or XML tree. Hit: each place where it holds.

    `at`: dotted keys; `*` any key or item, `**` any depth, `{name}` any key, captured; `"quoted.key"` literally.
    """

    at: str | list[str]
    is_: Value | None = None
    """Test on the scalar at that place (or on each item of a list of scalars)."""
    keys: Value | None = None
    """Test on the name captured as `{key}` in `at`: one of many possible keys."""
    missing: bool = False
    """Holds once a document when the key is not there."""
    type: Literal["map", "list", "text", "number", "bool", "null"] | None = None
    min_count: int | None = None
    """Least number of children of a map or list."""
    as_: str | None = msgspec.field(default=None, name="as")
    """Name under which the scalar is captured."""


class DocumentMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One YAML or JSON document by its shape. Hit: the document (unit `document`)."""

    kind: Value | None = None
    api_version: Value | None = msgspec.field(default=None, name="apiVersion")
    has_keys: list[str] = []
    lacks_keys: list[str] = []


class ImportMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An import of a module or of one of its parts (`sklearn` holds for `sklearn.svm`). Hit: the statement.

    A module that the repository itself defines is not meant unless `first_party` says so.
    """

    module: Value = "*"
    first_party: bool | None = None
    """True: only modules of this repository (`module: "*"` is any of them)."""


class CallMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call by its resolved name: aliases and `x = Class()` are followed inside a file.

    `mlflow.log_*` matches with wildcards over the dotted name; `*.fit` any method of that name.
    """

    name: Value
    args: dict[str, Value] = {}
    """Keyword, or position as a number from 0, to a test on its literal or dotted name; `**`: any argument."""
    lacks_args: list[str] = []
    variable_args: list[str] = []
    """Where only these fail, and their value is a name or an expression, it is unknown whether the call holds."""
    decorator: bool | None = None
    """True: only where it is used as a decorator; False: only elsewhere."""
    first_party: bool | None = None
    """True: only names defined in this repository; False: only names imported from elsewhere."""


class ClassMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class definition by the resolved name of one of its bases. Hit: the definition."""

    base: Value


class DefineMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function or class that the file defines, by its name. Hit: the definition."""

    name: Value


class DependencyMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A declared dependency. Hit: its line. Names compare normalised (PEP 503)."""

    name: Value
    scope: Literal["main", "dev", "any"] = "any"
    pinned: bool | None = None
    imported: bool | None = None
    """True: a module that the package provides (`_lists/packages.yaml`) is imported by own code."""


class CommandMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """A command in CI, make, shell, containers or task runners. Hit: the step or line that starts it.

    With `follow`, commands are followed through make targets, scripts and console scripts to the module that
    runs (depth 4, cycles safe); the excerpt shows the way.
    """

    program: Value | None = None
    words: list[Value] = []
    """All of these must match some word each."""
    not_words: Value | None = None
    class_: str | list[str] | None = None
    """A class of `_lists/commands.yaml`."""
    follow: bool = True
    within: tuple[Literal["ci", "make", "shell", "docker", "task", "cron", "manifest"], ...] = ("ci",)
    """Where the command is started; `shell` are scripts of any shell and batch files.

    `cron` are tables of times, and commands beside times in settings, scripts, units and Terraform.
    """


class CiMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something of the normalised CI model. Hit: the workflow, job or step that has it; all given keys must hold."""

    system: Value | None = None
    trigger: Value | None = None
    """Kind of an active trigger: push, pull_request, schedule, manual, dispatch, workflow_run, tag, release, api."""
    job: Value | None = None
    environment: Value | None = None
    uses: Value | None = None
    """Action, orb, task, template or image that a step or job uses."""
    remote: bool | None = None
    """True: `uses` names a workflow, template or component of another repository (delegation)."""
    approval: bool | None = None
    commands: bool | None = None
    """True: a job with at least one command or action that can run."""
    as_: str | None = msgspec.field(default=None, name="as")
    """Name under which the environment, the `uses` or the trigger is captured."""


class ImageMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A container image by name. Hit: its line."""

    name: Value = "*"
    within: tuple[Literal["dockerfile", "compose", "kubernetes", "ci"], ...] = (
        "dockerfile",
        "compose",
        "kubernetes",
        "ci",
    )
    final_stage: bool = False


class ResourceMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resource of infrastructure as code. Hit: its block (unit `resource`)."""

    system: Literal["terraform", "cloudformation", "bicep", "kubernetes", "compose"]
    type: Value = "*"
    name: Value | None = None
    source: Literal["local", "remote"] | None = None


class SiblingsMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files or folders of one shape that differ in one word only, such as an environment's name.

    Hit: the production-like member, with the members as capture `members`.
    """

    of: list[str]
    """Patterns with one `{env}`; other wildcards must be equal between members, e.g. `**/config/{env}.yaml`."""
    vary: str
    """`@list` of words that may stand for `{env}`."""
    production_like: str
    """`@list`: at least one member is one of these."""
    others: int = 1
    """Least number of members that are not production-like."""
    same_keys: float = 0.0
    """Least share of keys in common, for trees; 0 does not look inside."""
    differing_values: bool = False
    read_by: list[Literal["code", "command", "ci", "file"]] = []
    """Something of these kinds mentions the members' folder or name; empty asks for nothing."""


class RefersMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A hit of `from` in a file from which a file with a hit of `to` is reached by imports or commands (depth 4)."""

    from_: Condition | str
    to: Condition | str
    depth: int = 4


class TextMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"in_": "in"}):
    """RE2 over lines: the last resort. Hit: the line. Lines over 2,000 characters are not searched.

    `in: code` drops comments and strings of the languages that the readers know, `in: prose` the fenced blocks of code
    of Markdown. Named groups are captured.
    """

    regex: str
    in_: Literal["code", "prose", "any"] = "any"
    unless: str | None = None
    """RE2 that the line must not match."""
    first_lines: int | None = None
    """Only so many lines from the top of the file."""


class HistoryMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something of the commit history. Unknown on a shallow clone."""

    authors_at_least: int


class PluginMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function registered under the entry-point group `mlscan.detectors`, for what the grammar cannot say."""

    entry_point: str
    args: dict[str, Any] = {}


class AtLeast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Holds in a unit with at least n hits (or n distinct values of the capture `distinct`, or n distinct `path`s)."""

    n: int
    of: list[Condition | str]
    distinct: str | None = None


Scope = Literal[
    "repository", "component", "folder", "file", "document", "cell", "class", "function", "job", "step", "resource"
]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"in_": "in"}):
    """A matcher, a block of conditions, or both; everything given must hold together in one unit of `scope`."""

    name: str | None = None
    """What the condition says, for rejections: "a schedule"."""
    in_: Globs | None = None
    not_in: Globs | None = None
    scope: Scope | None = None
    """Unit in which `all_of`, `none_of` and `at_least` must hold together; default file."""
    any_of: list[Condition | str] | None = None
    all_of: list[Condition | str] | None = None
    none_of: list[Condition | str] | None = None
    at_least: AtLeast | None = None
    where: dict[str, Value] = {}
    evidence: int | None = None
    """Which member of `all_of` gives the place, from 0; default the last one."""
    strength: Strength | None = None
    contexts: list[Context] | None = None
    """Only hits in files of these contexts; default all (evidence then carries its context)."""
    near_miss: bool | None = None
    """Whether it is looked for where a companion cannot hold, so that what nearly counts is told; costs a parse.

    By default that is so where no code has to be parsed. False is for what says little by itself.
    """
    path: PathMatch | Globs | None = None
    key: KeyMatch | None = None
    document: DocumentMatch | None = None
    imports: ImportMatch | str | list[Scalar] | None = None
    calls: CallMatch | str | list[Scalar] | None = None
    classes: ClassMatch | str | list[Scalar] | None = None
    defines: DefineMatch | str | list[Scalar] | None = None
    dependency: DependencyMatch | str | list[Scalar] | None = None
    command: CommandMatch | None = None
    ci: CiMatch | None = None
    image: ImageMatch | str | list[Scalar] | None = None
    resource: ResourceMatch | None = None
    siblings: SiblingsMatch | None = None
    refers: RefersMatch | None = None
    text: TextMatch | str | None = None
    history: HistoryMatch | None = None
    plugin: PluginMatch | None = None


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tiny repository and what the detector must say of it."""

    name: str
    files: dict[str, str]
    at: str | list[str] | None = None
    """`path:line` or `path`; the place is part of the promise."""
    rejected: str | None = None
    """Part of the reason with which this near miss must be rejected."""
    authors: int | None = None
    """Number of distinct authors of the example's history, for `history`."""


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`found` must be found, `not_found` must not (at least as many), `missed` are known blind spots."""

    found: list[Example]
    not_found: list[Example]
    missed: list[Example] = []


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which a practice shows. File `detectors/<practice>/<id>.yaml`."""

    id: str
    practice: str
    status: Literal["draft", "stable", "retired"]
    since: str
    title: str
    why: str
    strength: Strength
    find: Condition
    contexts: tuple[Context, ...] = (Context.OWN,)
    """Contexts that count; others are shown with their context."""
    delegated: bool = False
    """Evidence of something handed elsewhere; the capture `to` says where."""
    may_hide: list[str] = []
    """Practices that could live there, for delegations."""
    hint: str = ""
    """What a hint of the report says of each place; for detectors that tell something without counting it."""
    misses: list[str] = []
    references: list[str] = []
    examples: Examples | None = None
    """Left out of the compiled content; a detector without examples does not load."""
