"""What holds for one scan: the command line over the configuration of the repository."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlscan.scan.configured import BadPattern, Scope, ScopedSnapshot
from mlscan.settings import Loaded, read_repository
from mlscan.settings.decode import suggestion
from mlscan.types.assessment import Configuration
from mlscan.types.conditions import named
from mlscan.types.errors import SettingsError
from mlscan.types.model import AssessContent
from mlscan.types.settings import DEFAULT_MODEL, Said, Word
from mlscan.types.snapshot import Snapshot

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.scan.one import ScanOptions


@dataclass(frozen=True, slots=True)
class Settled:
    """The choices of one scan, each made once."""

    rules: AssessContent
    target: int | None
    loaded: Loaded | None
    scope: Scope

    def scoped(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot as configured. Raises SettingsError for a pattern that cannot be understood."""
        if not self.scope:
            return snapshot
        try:
            return ScopedSnapshot(snapshot, self.scope)
        except BadPattern as error:
            where = self.loaded.where(error.key) if self.loaded else "configuration"
            raise SettingsError(where, str(error)) from None

    def configuration(self, scoped: Snapshot) -> Configuration | None:
        """What was configured, with what it hid in this snapshot."""
        if self.loaded is None:
            return None
        s = self.loaded.settings
        seen = scoped if isinstance(scoped, ScopedSnapshot) else None
        return Configuration(
            source=self.loaded.name,
            exclude=seen.excluded if seen else (),
            contexts=seen.contexts if seen else (),
            kind=s.kind,
            tier=s.tier,
            target=s.target,
            fail_under=s.fail_under,
            require=tuple(s.require),
            count_attested=s.count_attested,
            format=s.format,
        )


def settle(content: Content, snapshot: Snapshot, options: ScanOptions) -> Settled:
    """The choices for this snapshot. Raises SettingsError (file and line) for configuration that makes no sense."""
    loaded = options.configuration
    if loaded is None and options.repo_config:
        loaded = read_repository(snapshot)
    if loaded is None:
        return Settled(content.assess(options.model or DEFAULT_MODEL), options.target, None, Scope())
    settings = loaded.settings
    if settings.model is not None:
        _known(loaded, "model", settings.model, content.models)
    rules = content.assess(options.model or settings.model or DEFAULT_MODEL)
    _check(loaded, rules, {c.id for m in content.models.values() for t in m.topics for a in t.asks.values() for c in a})
    rules = replace(rules, word=_word(loaded))
    target = settings.target if options.target is None else options.target
    return Settled(rules, target, loaded, Scope(tuple(settings.exclude), tuple(settings.contexts.items())))


def _word(loaded: Loaded) -> Word:
    """What people said, with its places."""
    settings = loaded.settings
    waivers = [Said(statement=w, source=loaded.where("waivers", n)) for n, w in enumerate(settings.waivers)]
    vouched = [Said(statement=s, source=loaded.where("attestations", n)) for n, s in enumerate(settings.attestations)]
    return Word(said=(*waivers, *vouched), kind=settings.kind, kind_by=loaded.name)


def _check(loaded: Loaded, rules: AssessContent, criteria: Collection[str]) -> None:
    """Raises SettingsError for names and levels that do not exist."""
    settings = loaded.settings
    kinds = [*(r.kind for r in rules.kinds.kinds), rules.kinds.default]
    if settings.kind is not None:
        _known(loaded, "kind", settings.kind, dict.fromkeys(kinds))
    for number, practice in enumerate(settings.require):
        _known(loaded, "require", practice, rules.presence.practices, number)
    for key, statements in (("waivers", settings.waivers), ("attestations", settings.attestations)):
        for number, statement in enumerate(statements):
            if statement.criterion not in criteria:
                words = f"no criterion {statement.criterion!r}{_meant(statement.criterion, rules, criteria)}"
                raise SettingsError(loaded.where(key, number, "criterion"), f"{key}: {words}")
    top = max((level.n for level in rules.model.file.levels), default=0)
    for key, level in (("target", settings.target), ("fail-under", settings.fail_under)):
        if level is not None and level > top:
            raise SettingsError(loaded.where(key), f"{key}: model {rules.model.file.id} ends at level {top}")


def _meant(word: str, rules: AssessContent, criteria: Collection[str]) -> str:
    """What somebody may have meant who names a criterion that does not exist: many name a practice."""
    asking = [a.criterion.id for a in rules.model.asks() if word in named(a.criterion.needs)]
    return f"; that is a practice, asked for by {', '.join(asking)}" if asking else suggestion(word, criteria)


def _known(loaded: Loaded, key: str, word: str, known: Iterable[str], *place: str | int) -> None:
    names = list(known)
    if word not in names:
        what = "practice" if key == "require" else key
        raise SettingsError(loaded.where(key, *place), f"{key}: no {what} {word!r}{suggestion(word, names)}")
