"""Which reader a dependency file needs, told from its path alone."""

from __future__ import annotations

import re

_NAMES = {
    "pyproject.toml": "pyproject",
    "pipfile": "pipfile",
    "setup.cfg": "setup-cfg",
    "setup.py": "setup-py",
    "pixi.toml": "pixi",
    "project.toml": "julia",
    "juliaproject.toml": "julia",
    "pom.xml": "pom",
    "build.gradle": "gradle",
    "build.gradle.kts": "gradle",
    "build.sbt": "sbt",
    "package.json": "package-json",
    "packages.config": "packages-config",
    "directory.packages.props": "msbuild",
    "directory.build.props": "msbuild",
    "paket.dependencies": "paket",
    "go.mod": "go-mod",
    "cargo.toml": "cargo",
    "gemfile": "gemfile",
    "composer.json": "composer",
    "uv.lock": "toml-lock",
    "poetry.lock": "toml-lock",
    "pdm.lock": "toml-lock",
    "pipfile.lock": "pipfile-lock",
    "pixi.lock": "pixi-lock",
    "renv.lock": "renv-lock",
    "packrat.lock": "packrat-lock",
    "manifest.toml": "julia-lock",
    "juliamanifest.toml": "julia-lock",
    "package-lock.json": "npm-lock",
    "npm-shrinkwrap.json": "npm-lock",
    "yarn.lock": "yarn-lock",
    "pnpm-lock.yaml": "pnpm-lock",
    "bun.lock": "bun-lock",
    "bun.lockb": "opaque-lock",
    "cargo.lock": "cargo-lock",
    "go.sum": "go-lock",
    "gemfile.lock": "gem-lock",
    "composer.lock": "composer-lock",
    "packages.lock.json": "nuget-lock",
    "paket.lock": "paket-lock",
    "gradle.lockfile": "gradle-lock",
    "buildscript-gradle.lockfile": "gradle-lock",
}
"""Kinds by the whole name, lower case."""

_SUFFIXES = {"csproj": "msbuild", "fsproj": "msbuild", "vbproj": "msbuild", "gemspec": "gemfile"}
_PATTERNS = (
    (
        "requirements",
        r"(?:[^/]*[-_. ])?(?:(?:requirements?|constraints?)[a-z]{0,12}|reqs?)(?:[^a-z/][^/]*)?\.(?:txt|in|pip|lock)",
    ),
    (
        "requirements",
        r"conda-[^/]*\.lock|(?:[^/]*[-_.])?(?:spec|explicit|conda)[-_](?:file|list|specs?|packages|env)[^/]*\.txt",
    ),
    ("requirements", r"(?:[^/]*/)*(?:requirements?|reqs)/[^/]+\.(?:txt|in|pip)"),
    ("conda-lock", r"(?:[^/]*[-_.])?(?:conda-lock|conda\.lock|(?:environment|env)[-_.]lock)(?:[-_.][^/]*)?\.ya?ml"),
    ("environment", r"(?:[^/]*[-_.])?(?:conda|environment|env|requirements)s?(?:[-_.][^/]*|\d*)\.ya?ml"),
    ("recipe", r"(?:[^/]*/)*[^/]*(?:recipe|conda)[^/]*/(?:[^/]+/)?(?:meta|recipe)\.ya?ml"),
    ("environment", r"(?:[^/]*/)*conda(?:[-_]?env(?:ironment)?s?)?/[^/]+\.ya?ml"),
    ("toml-lock", r"pylock(?:\.[^/]+)?\.toml"),
    ("julia-lock", r"(?:julia)?manifest-v\d[\d.]*\.toml"),
    ("catalogue", r"[^/]+\.versions\.toml"),
    ("renv-lock", r"[^/]*[-_]renv\.lock"),
    ("sbt", r"(?:[^/]*/)*project/(?:dependenc|deps|librar|libs|versions|build)[^/]*\.scala"),
)
"""Kinds by the name, or by the whole path where a folder tells; the first one counts."""
_PATTERN = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_PATTERNS)))
_TEMPLATE_ENDS = (".jinja", ".jinja2", ".j2", ".tmpl", ".tpl", ".template")
_ENDS = (".txt", ".in", ".pip", ".yml", ".yaml", ".lock", ".toml", ".scala")


def manifest_kind(path: str) -> str | None:
    """Which reader a dependency file needs, told from its path; None for other files.

    A template (`requirements.txt.jinja`) is read like the file that is made of it.
    """
    path = without_template_suffix(path)
    name = path.rpartition("/")[2]
    lower = name.lower()
    found = _NAMES.get(lower)
    if found is not None:
        return found
    if name == "DESCRIPTION":
        return "description"
    if not lower.endswith(_ENDS):
        return _SUFFIXES.get(lower.rpartition(".")[2])
    match = _PATTERN.fullmatch(lower) or (_PATTERN.fullmatch(path.lower()) if "/" in path else None)
    return _PATTERNS[int((match.lastgroup or "k0")[1:])][0] if match is not None else None


def without_template_suffix(path: str) -> str:
    """The path of the file that a template makes; any other path as it is."""
    return path.rpartition(".")[0] if path.endswith(_TEMPLATE_ENDS) else path


def is_lock(kind: str) -> bool:
    """Whether a kind of file only ever fixes versions that another file asks for."""
    return kind.endswith("-lock")
