"""Which reader a dependency file needs, told from its path alone."""

from __future__ import annotations

import re

_NAMES = {
    "pyproject.toml": "pyproject",
    "pipfile": "pipfile",
    "setup.cfg": "setup-cfg",
    "setup.py": "setup-py",
    "package.json": "package-json",
    "uv.lock": "toml-lock",
    "poetry.lock": "toml-lock",
    "pdm.lock": "toml-lock",
    "pylock.toml": "toml-lock",
    "pipfile.lock": "pipfile-lock",
    "conda-lock.yml": "conda-lock",
    "conda-lock.yaml": "conda-lock",
    "pixi.lock": "pixi-lock",
    "renv.lock": "renv-lock",
    "packrat.lock": "packrat-lock",
    "package-lock.json": "npm-lock",
    "npm-shrinkwrap.json": "npm-lock",
    "yarn.lock": "yarn-lock",
    "pnpm-lock.yaml": "pnpm-lock",
    "bun.lock": "bun-lock",
    "bun.lockb": "other-npm-lock",
    "deno.lock": "other-npm-lock",
    "cargo.lock": "cargo-lock",
    "go.sum": "go-lock",
    "gemfile.lock": "gem-lock",
    "composer.lock": "composer-lock",
    "packages.lock.json": "nuget-lock",
    "paket.lock": "paket-lock",
    "gradle.lockfile": "gradle-lock",
}
"""Kinds by the whole name, lower case."""

_PATTERNS = (
    (
        "requirements",
        r"(?:[^/]*[-_. ])?(?:requirements?|constraints?|reqs?)(?:[^a-z/][^/]*|[a-z]{0,12})\.(?:txt|in|pip|lock)",
    ),
    ("conda-lock", r"[^/]*[-_.]conda-lock\.ya?ml|(?:conda-)?lock[-_][^/]*\.ya?ml"),
    ("environment", r"(?:[^/]*[-_.])?(?:conda|environment|env)s?(?:[-_.][^/]*|\d*)\.ya?ml"),
    ("toml-lock", r"pylock\.[^/]+\.toml"),
    ("explicit", r"conda-[^/]*\.lock|(?:[^/]*[-_.])?(?:spec|explicit|conda)[-_](?:file|list)[^/]*\.txt"),
)
_NAME = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_PATTERNS)))
_FOLDERS = re.compile(r"(?:^|/)(?:requirements?|reqs)/[^/]+\.(?:txt|in|pip)$")


def manifest_kind(path: str) -> str | None:
    """Which reader a dependency file needs, told from its path; None for other files."""
    name = path.rpartition("/")[2]
    lower = name.lower()
    found = _NAMES.get(lower)
    if found is not None:
        return found
    if not lower.endswith((".txt", ".in", ".pip", ".yml", ".yaml", ".lock", ".toml")):
        return None
    match = _NAME.fullmatch(lower)
    if match is not None:
        return _PATTERNS[int((match.lastgroup or "k0")[1:])][0]
    return "requirements" if _FOLDERS.search(path.lower()) else None


def is_lock(kind: str) -> bool:
    """Whether a kind of file only ever fixes versions that another file asks for."""
    return kind.endswith("-lock")
