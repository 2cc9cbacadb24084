"""Loads detectors, lists and rules, and refuses what is not whole, naming file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mlscan import __version__
from mlscan.content import compiled, starters
from mlscan.content.find import built_in, yaml_files
from mlscan.types.content import Detector
from mlscan.types.errors import ContentError, UsageError
from mlscan.types.extension import BadExtension, extended
from mlscan.types.lists import CommandsFile, ContextsFile, DetectContent, ListFile, Lists, PackagesFile
from mlscan.types.model import (
    AssessContent,
    DetectorInfo,
    KindsFile,
    Model,
    ModelExtension,
    ModelFile,
    PresenceFile,
    Topic,
)

T = TypeVar("T")
_EXTENDS = re.compile(r"^extends:", re.MULTILINE)
LIST_NAME = re.compile(r"^@[a-z0-9-]+$")
"""How a list is named inside another; other texts that begin with `@` (npm scopes) stand for themselves."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A content file as read: its path for messages, its text, its place in the content digest."""

    where: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is data: detectors, lists, presence, kinds, models."""

    detectors: tuple[Detector, ...]
    lists: Lists
    presence: PresenceFile
    kinds: KindsFile
    models: dict[str, Model]
    digest: str
    """sha256 over the sorted (path, sha256) of all files."""
    places: dict[str, str]
    """Detector, practice or criterion id -> the file that defines it."""

    @property
    def for_detect(self) -> DetectContent:
        """The part that detecting sees."""
        from mlscan.content.plugins import find_plugin

        return DetectContent(detectors=self.detectors, lists=self.lists, find_plugin=find_plugin)

    def assess(self, model: str) -> AssessContent:
        """The part that assessing sees. Raises UsageError for a model that does not exist."""
        if model not in self.models:
            raise UsageError(f"no maturity model {model!r}; there are: {', '.join(sorted(self.models))}")
        infos = {d.id: _info(d) for d in self.detectors}
        return AssessContent(
            model=self.models[model], presence=self.presence, kinds=self.kinds, detectors=infos, digest=self.digest
        )


def _info(detector: Detector) -> DetectorInfo:
    return DetectorInfo(
        practice=detector.practice,
        title=detector.title,
        strength=detector.strength,
        may_hide=tuple(detector.may_hide),
        delegated=detector.delegated,
        contexts=tuple(detector.contexts),
        status=detector.status,
    )


def read_folder(folder: Path, option: str, prefix: str) -> list[SourceFile]:
    """The YAML files below a folder, sorted by path. Raises UsageError for a folder or file that cannot be read."""
    files = []
    for key, path in yaml_files(folder, option):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(str(path), f"cannot be read ({error.__class__.__name__})") from None
        files.append(SourceFile(where=str(path), key=f"{prefix}/{key}", text=text))
    return files


def decode(source: SourceFile, kind: type[T]) -> T:
    """The file as `kind`. Raises ContentError with file and line for anything that does not fit."""
    from mlscan.content import strict_yaml

    value: Any = strict_yaml.load(source.text, source.where)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        line = strict_yaml.error_line(source.text, str(error))
        raise ContentError(f"{source.where}:{line}", str(error)) from None


def digest_of(files: Sequence[SourceFile]) -> str:
    """sha256 over the sorted (path, sha256) pairs; the same on every system."""
    lines = sorted(f"{f.key}\0{hashlib.sha256(f.text.encode()).hexdigest()}" for f in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load_content(
    detectors: Sequence[Path | str] = (), rules: Sequence[Path | str] = (), *, examples: bool = True
) -> Content:
    """Built-in content plus the user's folders. Raises ContentError (file and line) or UsageError.

    examples: False leaves the examples out and takes the compiled form of content that was checked before.
    """
    own_detectors, own_rules = built_in()
    files = read_folder(own_detectors, "detectors", "detectors")
    rule_files = read_folder(own_rules, "rules", "rules")
    for number, extra in enumerate(detectors):
        files += read_folder(Path(extra), "--detectors", f"detectors+{number}")
    for number, extra in enumerate(rules):
        rule_files += read_folder(Path(extra), "--rules", f"rules+{number}")
    if examples:
        return build(files, rule_files)
    return _compiled(files, rule_files, own_detectors.parent)


def _compiled(files: Sequence[SourceFile], rule_files: Sequence[SourceFile], root: Path) -> Content:
    """The content from its compiled form when that is of these very files, else from the files."""
    digest = digest_of([*files, *rule_files])
    folder = compiled.cache_folder()
    places = [root / compiled.NAME] + ([folder / f"{digest[:32]}.msgpack"] if folder else [])
    for place in places:
        found = compiled.read(place, digest)
        if found is not None:
            return from_compiled(found)
    content = build(files, rule_files)
    if folder:
        compiled.write(places[-1], to_compiled(content))
    return content


def to_compiled(content: Content) -> compiled.Compiled:
    """The form that is kept."""
    return compiled.Compiled(
        format=compiled.FORMAT,
        version=__version__,
        digest=content.digest,
        detectors=tuple(compiled.without_examples(d) for d in content.detectors),
        plain=dict(content.lists.plain),
        commands=content.lists.commands,
        packages=dict(content.lists.packages),
        contexts=content.lists.contexts,
        presence=content.presence,
        kinds=content.kinds,
        models={name: compiled.lean(model) for name, model in content.models.items()},
        places=content.places,
    )


def from_compiled(kept: compiled.Compiled) -> Content:
    """The content as it was kept."""
    lists = Lists(plain=kept.plain, commands=kept.commands, packages=kept.packages, contexts=kept.contexts)
    return Content(
        detectors=kept.detectors,
        lists=lists,
        presence=kept.presence,
        kinds=kept.kinds,
        models=kept.models,
        digest=kept.digest,
        places=kept.places,
    )


def build(files: Sequence[SourceFile], rule_files: Sequence[SourceFile]) -> Content:
    """Content from files that were read; the checks of `mlscan.content.check` are part of it."""
    from mlscan.content.check import check_detector, check_references

    lists = load_lists([f for f in files if "/_lists/" in f.key])
    sources = [f for f in files if "/_lists/" not in f.key]
    loaded: dict[str, Detector] = {}
    places: dict[str, str] = {}
    for source in sources:
        detector = decode(source, Detector)
        check_detector(detector, source)
        if detector.id in loaded:
            raise ContentError(f"{source.where}:1", f"detector {detector.id!r} exists already: {places[detector.id]}")
        loaded[detector.id] = detector
        places[detector.id] = source.where
    presence, kinds, models = load_rules(rule_files)
    content = Content(
        detectors=tuple(loaded[k] for k in sorted(loaded)),
        lists=lists,
        presence=presence,
        kinds=kinds,
        models=models,
        digest=digest_of([*files, *rule_files]),
        places=places,
    )
    by_place = {s.where: s for s in [*sources, *rule_files]}
    check_references(content, by_place)
    starters.check_starters(content, by_place)
    return content


def load_rules(files: Sequence[SourceFile]) -> tuple[PresenceFile, KindsFile, dict[str, Model]]:
    """Presence, kinds and the models: `rules/<model>/model.yaml` with its topics, sorted by file name, and starters."""
    presence = kinds = None
    heads: dict[str, ModelFile] = {}
    extensions: dict[str, tuple[SourceFile, ModelExtension]] = {}
    topics: dict[str, list[Topic]] = {}
    begins: dict[str, list[SourceFile]] = {}
    for source in files:
        parts = source.key.split("/")
        if parts[-1] == "presence.yaml" and len(parts) == 2:
            presence = decode(source, PresenceFile)
        elif parts[-1] == "kinds.yaml" and len(parts) == 2:
            kinds = decode(source, KindsFile)
        elif parts[-2] == starters.FOLDER:
            begins.setdefault(parts[-3], []).append(source)
        elif parts[-1] == "model.yaml" and _EXTENDS.search(source.text):
            extensions[parts[-2]] = (source, decode(source, ModelExtension))
        elif parts[-1] == "model.yaml":
            heads[parts[-2]] = decode(source, ModelFile)
        else:
            topics.setdefault(parts[-2], []).append(decode(source, Topic))
    if presence is None or kinds is None:
        raise ContentError("rules", "presence.yaml or kinds.yaml is missing")
    models = {}
    for key, head in heads.items():
        found, words = starters.load_starters(begins.get(key, ()))
        models[head.id] = Model(file=head, topics=tuple(topics.get(key, ())), starters=found, words=words)
    for key, (source, extension) in extensions.items():
        models[extension.id] = _extended(models, source, extension, topics.get(key, ()))
    return presence, kinds, models


def _extended(
    models: Mapping[str, Model], source: SourceFile, extension: ModelExtension, topics: Sequence[Topic]
) -> Model:
    """The model that a file makes from another one, with the topics beside it. Raises ContentError."""
    from mlscan.content import strict_yaml

    try:
        if extension.extends not in models:
            raise BadExtension(f"no model {extension.extends!r} to extend", "extends")
        if extension.id in models:
            raise BadExtension(f"model {extension.id!r} exists already", "id")
        made = extended(models[extension.extends], extension)
    except BadExtension as error:
        path = "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.place)
        raise ContentError(f"{source.where}:{strict_yaml.line_of(source.text, path)}", str(error)) from None
    return msgspec.structs.replace(made, topics=(*made.topics, *topics))


def load_lists(files: Sequence[SourceFile]) -> Lists:
    """The vocabularies; `commands`, `packages` and `contexts` have shapes of their own, all others are plain."""
    plain: dict[str, ListFile] = {}
    commands: CommandsFile | None = None
    packages: dict[str, tuple[str, ...]] = {}
    contexts: ContextsFile | None = None
    for source in files:
        name = source.key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if name == "commands":
            commands = decode(source, CommandsFile)
        elif name == "packages":
            packages = {k: tuple(v) for k, v in decode(source, PackagesFile).packages.items()}
        elif name == "contexts":
            contexts = decode(source, ContextsFile)
        else:
            entry = decode(source, ListFile)
            if entry.id != name:
                raise ContentError(f"{source.where}:1", f"id {entry.id!r} differs from the file name")
            plain[name] = entry
    resolved = {name: tuple(_expand(name, plain, ())) for name in plain}
    return Lists(plain=resolved, commands=commands, packages=packages, contexts=contexts)


def _expand(name: str, plain: dict[str, ListFile], way: tuple[str, ...]) -> list[Any]:
    if name not in plain or name in way:
        raise ContentError(f"_lists/{way[-1] if way else name}.yaml", f"@{name} does not exist or includes itself")
    values: list[Any] = []
    for value in plain[name].values:
        if isinstance(value, str) and LIST_NAME.match(value):
            values += _expand(value[1:], plain, (*way, name))
        else:
            values.append(value)
    return values
