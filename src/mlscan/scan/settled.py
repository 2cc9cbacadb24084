"""What holds for one scan: the command line over the configuration of the repository."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlscan.scan.configured import BadPattern, Scope, ScopedSnapshot
from mlscan.scan.ruled import check_policy, policy_result, ruled_word, with_policy
from mlscan.settings import Loaded, LoadedPolicy, read_repository
from mlscan.settings.decode import suggestion
from mlscan.types.assessment import Configuration, PolicyResult
from mlscan.types.conditions import named
from mlscan.types.errors import SettingsError
from mlscan.types.model import AssessContent
from mlscan.types.policy import RepositoryRule
from mlscan.types.settings import DEFAULT_MODEL, Said, Settings, Word
from mlscan.types.snapshot import RepositoryInfo, Snapshot

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.scan.one import ScanOptions
    from mlscan.scan.seen import Seen


__all__ = ["Settled", "settle", "stated", "with_policy"]


@dataclass(frozen=True, slots=True)
class Settled:
    """The choices of one scan, each made once."""

    rules: AssessContent
    target: int | None
    loaded: Loaded | None = None
    scope: Scope = field(default_factory=Scope)
    policy: PolicyResult | None = None

    def scoped(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot as configured. Raises SettingsError for a pattern that cannot be understood."""
        if not self.scope:
            return snapshot
        try:
            return ScopedSnapshot(snapshot, self.scope)
        except BadPattern as error:
            raise SettingsError(self._where(error), str(error)) from None

    def _where(self, error: BadPattern) -> str:
        if self.loaded and error.pattern in (*self.loaded.settings.exclude, *self.loaded.settings.contexts):
            return self.loaded.where(error.key)
        return f"the policy {self.policy.name}" if self.policy else error.key

    def configuration(self, seen: Seen) -> Configuration | None:
        """What was configured, with what it hid in what was seen."""
        if self.loaded is None and (not seen.scoped or self.policy is None):
            return None
        s = self.loaded.settings if self.loaded else Settings()
        return Configuration(
            source=self.loaded.name if self.loaded else "",
            exclude=seen.exclude,
            contexts=seen.contexts,
            kind=s.kind,
            tier=s.tier,
            target=s.target,
            fail_under=s.fail_under,
            require=tuple(s.require),
            count_attested=s.count_attested,
            format=s.format,
        )

    def hints(self) -> tuple[str, ...]:
        """What somebody should know about how the scan was configured."""
        if self.loaded is None or self.loaded.shadowed is None:
            return ()
        return (f"[tool.mlscan] of {self.loaded.shadowed} is not used, because there is {self.loaded.name}.",)


def stated(snapshot: Snapshot, options: ScanOptions) -> Loaded | None:
    """What people said about this snapshot: the user, else the repository. Raises SettingsError (file and line)."""
    if options.configuration is None and options.repo_config:
        return read_repository(snapshot)
    return options.configuration


def settle(content: Content, info: RepositoryInfo, loaded: Loaded | None, options: ScanOptions) -> Settled:
    """The choices for a repository about which this was said. Raises SettingsError for what makes no sense."""
    settings = loaded.settings if loaded else Settings()
    if loaded is not None and settings.model is not None:
        _known(loaded, "model", settings.model, content.models)
    policy = options.policy
    ours = policy.model if policy else None
    rules = content.assess(ours or options.model or settings.model or DEFAULT_MODEL)
    if loaded is not None:
        _check(loaded, rules, {a.criterion.id for m in content.models.values() for a in m.asks()})
    target = settings.target if options.target is None else options.target
    word = _word(loaded) if loaded else Word()
    scope = Scope(tuple(settings.exclude), tuple(settings.contexts.items()))
    if policy is None:
        return Settled(replace(rules, word=word) if loaded else rules, target, loaded, scope)
    check_policy(policy, rules)
    rule = policy.rule(info)
    result = policy_result(policy, rule, loaded, options)
    rules = replace(rules, word=ruled_word(policy, word, info, options))
    target = options.target if options.target is not None else result.target if result.target is not None else target
    return Settled(rules, target, loaded, _ruled_scope(policy, rule, settings), result)


def _ruled_scope(policy: LoadedPolicy, rule: RepositoryRule, settings: Settings) -> Scope:
    """The patterns of the repository, as far as they are accepted, then those of the policy."""
    accept = policy.policy.accept
    exclude = [*(settings.exclude if "exclude" in accept else ()), *rule.exclude]
    contexts = [*(settings.contexts.items() if "contexts" in accept else ()), *rule.contexts.items()]
    # A pattern that both name is the policy's, and comes where the policy says it.
    merged = dict(reversed(dict(reversed(contexts)).items()))
    return Scope(tuple(dict.fromkeys(exclude)), tuple(merged.items()))


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
