"""Data files of any format to one kind of tree, and the search in it."""

from __future__ import annotations

from mlscan.read.ini_reader import parse_ini
from mlscan.read.json_reader import parse_json
from mlscan.read.query import At, compile_at, find_at
from mlscan.read.text import decode, is_text
from mlscan.read.toml_reader import parse_toml
from mlscan.read.xml_reader import parse_xml
from mlscan.read.yaml_reader import parse_yaml
from mlscan.types.source import Problem, Tree

__all__ = ["At", "compile_at", "find_at", "format_of", "parse_tree"]

MAX_BYTES = 10_000_000

_NAMES = {
    ".dvc/config": "ini",
    ".dvc/config.local": "ini",
    "dvc.lock": "yaml",
    "pipfile": "toml",
    "pipfile.lock": "json",
    "uv.lock": "toml",
    "poetry.lock": "toml",
    "pdm.lock": "toml",
    "pixi.lock": "yaml",
    "cargo.lock": "toml",
    "composer.lock": "json",
    "mlproject": "yaml",
    "mlmodel": "yaml",
    "mltable": "yaml",
    "chart.lock": "yaml",
    "gemfile.lock": "",
    ".flake8": "ini",
    ".coveragerc": "ini",
    ".pylintrc": "ini",
    "pylintrc": "ini",
    ".isort.cfg": "ini",
    ".bumpversion.cfg": "ini",
    ".editorconfig": "ini",
    ".gitmodules": "ini",
    ".gitconfig": "ini",
    ".prettierrc": "yaml",
    ".clang-format": "yaml",
    ".babelrc": "json",
    ".eslintrc": "json",
    ".swcrc": "json",
}
"""File names (lower case, or the end of a path) whose format their suffix does not tell."""

_SUFFIXES = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".dvc": "yaml",
    ".cff": "yaml",
    ".cwl": "yaml",
    ".prompty": "yaml",
    ".json": "json",
    ".json5": "json",
    ".jsonc": "json",
    ".libsonnet": "",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".xml": "xml",
    ".pom": "xml",
    ".csproj": "xml",
    ".fsproj": "xml",
    ".vbproj": "xml",
    ".props": "xml",
    ".config.xml": "xml",
    ".pmml": "xml",
}

_COPIES = frozenset(("j2", "jinja", "jinja2", "tmpl", "tpl", "gotmpl", "template", "example", "sample", "dist"))
"""Last suffixes of templates and samples: the one before tells the format."""

_PARSERS = {"json": parse_json, "toml": parse_toml, "ini": parse_ini}


def format_of(path: str) -> str | None:
    """The format of a file by its path: yaml, json, toml, ini, xml, or None for what is no tree."""
    lower = path.lower()
    name = lower.rsplit("/", 1)[-1]
    for end in ("/".join(lower.split("/")[-2:]), name):
        if end in _NAMES:
            return _NAMES[end] or None
    parts = name.split(".")
    if len(parts) > 2 and parts[-1] in _COPIES:
        parts.pop()
    for count in (2, 1):
        if len(parts) > count and (found := _SUFFIXES.get("." + ".".join(parts[-count:]))):
            return found
    return None


def parse_tree(data: bytes, path: str, format: str | None = None) -> Tree:
    """The tree of a file in `format`, by default that of its path. Never raises; what is broken is a problem.

    At most 10 MB (XML 5, TOML 3, INI 2), 200 levels, 100,000 values of a document and 300,000 of a file.
    A map's child has the line of its key.
    """
    found = format or format_of(path) or "yaml"
    if len(data) > MAX_BYTES:
        return Tree(found, (), problems=(Problem(None, "too large"),))
    if not is_text(data):
        return Tree(found, (), problems=(Problem(None, "not text"),))
    return _parse(data, path, found)


def _parse(data: bytes, path: str, found: str) -> Tree:
    if found == "xml":
        return parse_xml(data)
    text = decode(data)
    if found in _PARSERS:
        return _PARSERS[found](text)
    return parse_yaml(_front_matter(text) if path.lower().endswith(".prompty") else text)


def _front_matter(text: str) -> str:
    """The head between the first two `---` lines, in its lines."""
    end = text.find("\n---", 3)
    return text[:end] if text.startswith("---") and end > 0 else ""
