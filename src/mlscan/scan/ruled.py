"""What a policy does to one scan: it comes before the command line, and the command line before the repository."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import mlscan
from mlscan.settings import Loaded, LoadedPolicy
from mlscan.settings.decode import suggestion
from mlscan.types.assessment import PolicyResult
from mlscan.types.errors import SettingsError
from mlscan.types.extension import BadExtension, extended
from mlscan.types.model import AssessContent
from mlscan.types.policy import RepositoryRule
from mlscan.types.settings import Settings, Word
from mlscan.types.snapshot import RepositoryInfo

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.scan.one import ScanOptions


def with_policy(content: Content, policy: LoadedPolicy | None) -> Content:
    """The content with the model that the policy makes. Raises SettingsError where it names or makes none."""
    if policy is None:
        return content
    extension, model = policy.policy.extension, policy.policy.model
    if extension is None:
        if model is not None and model not in content.models:
            words = f"model: no model {model!r}{suggestion(model, content.models)}"
            raise SettingsError(policy.where("model"), words)
        return content
    base = content.models.get(extension.extends)
    if base is None:
        words = f"no model {extension.extends!r}{suggestion(extension.extends, content.models)}"
        raise SettingsError(policy.where("extension", "extends"), words)
    known = {*content.presence.practices, *(d.id for d in content.detectors)}
    try:
        made = extended(base, extension, known)
    except BadExtension as error:
        raise SettingsError(policy.where("extension", *error.place), str(error)) from None
    return replace(content, models={**content.models, extension.id: made})


def ruled_word(policy: LoadedPolicy, word: Word, info: RepositoryInfo, options: ScanOptions) -> Word:
    """What people said, as far as the policy lets it count, and the kind that it gives."""
    day = (options.as_of or datetime.now(UTC).date()).isoformat()
    said = tuple(policy.judged(item, info, day) for item in word.said)
    ours = policy.rule(info).kind
    if ours is not None:
        return Word(said=said, kind=ours, kind_by=f"the policy {policy.policy.name}")
    return replace(word, said=said) if "kind" in policy.policy.accept else Word(said=said)


def check_policy(policy: LoadedPolicy, rules: AssessContent) -> None:
    """Raises SettingsError for pins that do not hold and for names and levels that do not exist."""
    said = policy.policy
    _check_pins(policy, rules)
    top = max((level.n for level in rules.model.file.levels), default=0)
    levels: list[tuple[tuple[str, ...], object]] = [(("tiers", tier), level) for tier, level in said.tiers.items()]
    for place, level in [*levels, (("fail-under",), said.fail_under)]:
        if isinstance(level, int) and level > top:
            words = f"{'.'.join(place)}: model {rules.model.file.id} ends at level {top}"
            raise SettingsError(policy.where(*place), words)
    practices, kinds = rules.presence.practices, [*(r.kind for r in rules.kinds.kinds), rules.kinds.default]
    criteria = {"*", *(c.id for _, c in rules.model.criteria())}
    for at, word, known in _names(policy):
        names: Collection[str] = {"practice": practices, "kind": kinds, "criterion": criteria}[known]
        if word not in names:
            raise SettingsError(policy.where(*at), f"no {known} {word!r}{suggestion(word, names)}")


def _names(policy: LoadedPolicy) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """(place, name, what it names) of everything that has to exist."""
    said = policy.policy
    yield from ((("require", n), p, "practice") for n, p in enumerate(said.require))
    yield from ((("repositories", n, "kind"), r.kind, "kind") for n, r in enumerate(said.repositories) if r.kind)
    yield from ((("waivers", "forbid", n), c, "criterion") for n, c in enumerate(said.waivers.forbid))
    approvals = enumerate(said.waivers.approve)
    yield from ((("waivers", "approve", n, "criterion"), a.criterion, "criterion") for n, a in approvals)


def _check_pins(policy: LoadedPolicy, rules: AssessContent) -> None:
    pins = policy.policy.pins
    pairs = (
        ("mlscan", pins.mlscan, mlscan.__version__),
        ("model-version", pins.model_version, rules.model.file.version),
        ("content", pins.content, rules.digest[: len(pins.content or "")]),
    )
    for key, pinned, found in pairs:
        if pinned is not None and pinned != found:
            words = f"the policy pins {key} to {pinned}, this is {found}"
            raise SettingsError(policy.where("pins", key), words)


def policy_result(
    policy: LoadedPolicy, rule: RepositoryRule, loaded: Loaded | None, options: ScanOptions
) -> PolicyResult:
    """What the policy asks of this repository, and whom it overruled. Raises SettingsError for an unknown tier."""
    said, settings = policy.policy, loaded.settings if loaded is not None else Settings()
    tier = _tier(policy, rule, loaded)
    target = said.tiers[tier] if tier is not None else None
    level = target if said.fail_under == "target" else said.fail_under
    notes = []
    for what, ours, theirs in (
        ("--model", policy.model, options.model),
        ("the model of the repository", policy.model, settings.model),
        ("the target of the repository", target, settings.target),
        ("the kind of the repository", rule.kind, settings.kind),
    ):
        if ours is not None and theirs is not None and ours != theirs:
            notes.append(f"{what} is overruled: {theirs} becomes {ours}")
    for key in ("contexts", "exclude", "kind"):
        if getattr(settings, key) and key not in said.accept:
            notes.append(f"{key} of {loaded.name if loaded else ''} is only requested")
    return PolicyResult(
        name=said.name,
        digest=policy.digest,
        tier=tier,
        target=target,
        fail_under=level if isinstance(level, int) else None,
        require=tuple(said.require),
        count_attested=said.count_attested,
        notes=tuple(notes),
    )


def _tier(policy: LoadedPolicy, rule: RepositoryRule, loaded: Loaded | None) -> str | None:
    """The tier that a rule gives, else the one that the repository names, else the usual one."""
    said = policy.policy
    named = loaded.settings.tier if loaded is not None else None
    if rule.tier is None and named is not None and loaded is not None:
        if named not in said.tiers:
            words = f"tier: {said.name} has no tier {named!r}{suggestion(named, said.tiers)}"
            raise SettingsError(loaded.where("tier"), words)
        return named
    return rule.tier or said.default_tier
