"""The grammar of `detectors/_lists/`: vocabularies that detectors share. Products and meanings live there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from mlscan.types.content import Detector, Globs, Scalar, Value
from mlscan.types.evidence import Context


class ListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list, used as `@id`; a value `@other` includes another list."""

    id: str
    title: str
    values: list[Scalar]


class CommandPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One shape of a command; all given keys must hold."""

    program: Value | None = None
    words: list[Value] = []
    """Each must match some word."""
    sequence: list[Value] = []
    """Must match words in this order, other words may lie between."""
    target: Globs | None = None
    """The repository file that runs in the end."""
    uses: Value | None = None
    """Action, task or template that a CI step uses instead of a command."""
    runs: str | list[str] | None = None
    """Detector ids: the file that runs has, or reaches by imports, a place that one of them matches."""
    not_words: Value | None = None


class CommandClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a command does: train, evaluate, deploy, ..."""

    title: str
    any_of: list[CommandPattern]
    not_words: Value | None = None
    """A command with such a word is none of the class (smoke tests)."""


class CommandsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`_lists/commands.yaml`."""

    id: str
    title: str
    wrappers: list[list[str]]
    """Words that only start another command: `[poetry, run]`."""
    classes: dict[str, CommandClass]


class PackagesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`_lists/packages.yaml`: distribution name -> modules that it provides, where the two differ."""

    id: str
    title: str
    packages: dict[str, list[str]]


class ContextRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Folder and file names that put a file into a context; the folder nearest to the file decides."""

    context: Context
    folders: list[str] = []
    """Names of folders, `*` as wildcard."""
    files: list[str] = []
    """Names of files, `*` as wildcard; they win over folders."""
    own_when_alone: float = 0.0
    """When own code files are at most this share of the code files of this context, the context is own."""


class ContextException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A glob whose files are of another context than their folder says."""

    glob: Globs
    context: Context
    beside: str | None = None
    """Only where a file of this name lies next to the folder that the context came from."""


class TemplatesRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a repository is a template that is read as the project one gets from it."""

    marks: list[str]
    """Files at the root, of which one says that it is a template."""
    folders: list[str]
    """Folders at the root that hold the project where no folder is named by a placeholder."""
    suffixes: list[str]
    """Suffixes of the template languages, dropped from file names."""
    code: Globs
    """What counts as code."""
    outside: float = 0.34
    """Most code files outside the generated folder, as a share of those inside."""


class ContextsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`_lists/contexts.yaml`."""

    id: str
    title: str
    contexts: list[ContextRule]
    exceptions: list[ContextException] = []
    code: Globs = []
    """What counts as code file for `own_when_alone`."""
    templates: TemplatesRule | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """All vocabularies, with `@` inclusions resolved."""

    plain: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    commands: CommandsFile | None = None
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contexts: ContextsFile | None = None


@dataclass(frozen=True, slots=True)
class DetectContent:
    """What detecting needs of the content."""

    detectors: tuple[Detector, ...]
    lists: Lists
    find_plugin: Callable[[str], str | None] = lambda name: None  # noqa: ARG005  nothing is registered
    """The `module:function` of a plug-in by its name."""
