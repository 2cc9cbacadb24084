"""Lock files: which packages they fix. They are long and machine-written, so one pattern a format scans the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlscan.read.manifest_parts import MAX_DEPENDENCIES, Gathered, python_name, text_of
from mlscan.types.source import Dependency, Manifest


@dataclass(frozen=True, slots=True)
class _Format:
    """How a kind of lock is read: the name comes first, its version in the same match or in a later one."""

    ecosystem: str
    pattern: re.Pattern[str]
    wanted: re.Pattern[str] | None = None
    """Without this the file only has the name of such a lock."""


def _lines(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


_TOML = _lines(
    r'^name = "(?P<name>[^"\n]++)"|^version = "(?P<version>[^"\n]++)"|^source = \{ (?P<own>editable|virtual) ='
)
_MAP_OF_MAPS = r'^[ \t]*+"(?P<name>[^"\n]*+)": \{$|^[ \t]*+"{key}": "(?:==)?(?P<version>[^"\n]++)"'
_YAML = r"^[- ] (?:name: (?P<name>[^\s]++)|version: ['\"]?(?P<version>[^\s'\"]++))"
_GEMS = _lines(r"^ {4}(?P<name>[\w.-]++) \((?P<version>[^()\n]++)\)")

_FORMATS = {
    "toml-lock": _Format("python", _TOML),
    "pipfile-lock": _Format("python", _lines(_MAP_OF_MAPS.replace("{key}", "version"))),
    "conda-lock": _Format("python", _lines(_YAML)),
    "pixi-lock": _Format(
        "python",
        _lines(_YAML + r"|^ *+- conda: [^\s]*/(?P<archive>[\w.-]+)-(?P<at>[^-/\s]+)-[^-/\s]+\.(?:conda|tar\.bz2)$"),
    ),
    "renv-lock": _Format("r", _lines(r'^ +"Package": "(?P<name>[^"\n]++)"|^ +"Version": "(?P<version>[^"\n]++)"')),
    "packrat-lock": _Format("r", _lines(r"^Package: (?P<name>\S++)|^Version: (?P<version>\S++)")),
    "julia-lock": _Format(
        "julia",
        _lines(r'^\[\[(?:deps\.)?(?P<name>[\w-]++)\]\]|^version = "(?P<version>[^"\n]++)"'),
        _lines(r"^julia_version|^manifest_format|^\[\[?deps[.\]]|^\[\[\w+\]\]\n(?:[^\[\n]+\n){0,5}?uuid = "),
    ),
    "npm-lock": _Format("npm", _lines(_MAP_OF_MAPS.replace("{key}", "version"))),
    "yarn-lock": _Format(
        "npm",
        _lines(r"^\"?(?P<name>@?[^@\s\"]++)@(?!workspace:)[^\n]*:$|^ {2}\"?version\"?:? \"?(?P<version>[^\s\"]++)"),
    ),
    "pnpm-lock": _Format(
        "npm", _lines(r"^ {2}['\"]?/?(?P<name>@?[\w./-]+?)[@/](?P<version>\d[^\s():'\"_]*+)[^\s:]*+:")
    ),
    "bun-lock": _Format("npm", _lines(r'^ {4}"[^"\n]++": \["(?P<name>@?[^"@\n]++)@(?P<version>[^"\n]++)"')),
    "opaque-lock": _Format("npm", re.compile(r"(?!)")),
    "cargo-lock": _Format("rust", _TOML),
    "go-lock": _Format("go", _lines(r"^(?P<name>\S++) v(?P<version>[^\s/]++) h1:")),
    "gem-lock": _Format("ruby", _GEMS),
    "composer-lock": _Format(
        "php", _lines(r'^ +"name": "(?P<name>[^"\n /]++/[^"\n ]++)"|^ +"version": "v?(?P<version>[^"\n]++)"')
    ),
    "nuget-lock": _Format("dotnet", _lines(_MAP_OF_MAPS.replace("{key}", "resolved"))),
    "paket-lock": _Format("dotnet", _GEMS),
    "gradle-lock": _Format("jvm", _lines(r"^(?P<name>[^\s:#=]++:[^\s:=]++):(?P<version>[^\s:=]++)=")),
}


def read_lock(data: bytes, kind: str) -> Manifest | None:
    """The lock with the packages that it fixes, direct or not; None for an empty file or one of another kind.

    Each package and version counts once. A package has the line of its name.
    """
    form = _FORMATS[kind]
    text = text_of(data)
    if not text.strip() or (form.wanted is not None and form.wanted.search(text) is None):
        return None
    gathered = Gathered(form.ecosystem, lock=True)
    seen: set[tuple[str, str]] = set()
    for written, version, line in _packages(text, form.pattern):
        if written is None:
            if gathered.dependencies:
                gathered.dependencies.pop()
            continue
        name = _normal(written, form.ecosystem)
        if name and (name, version) not in seen and name != "python":
            seen.add((name, version))
            gathered.dependencies.append(Dependency(name, f"=={version}", True, "main", line, form.ecosystem))
        if len(gathered.dependencies) >= MAX_DEPENDENCIES:
            break
    return gathered.manifest()


def _packages(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str | None, str, int]]:
    """(name, version, line) of each package; the name None takes back the last one, which is the project itself."""
    pending: tuple[str, int] | None = None
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        groups = match.groupdict()
        if groups.get("own"):
            yield None, "", line
        elif groups.get("archive"):
            yield groups["archive"], groups["at"] or "", line
        elif groups.get("name") and groups.get("version"):
            yield groups["name"], groups["version"] or "", line
        elif groups.get("name") is not None:
            pending = (groups["name"], line) if groups["name"] else None
        elif groups.get("version") and pending is not None:
            yield pending[0], groups["version"] or "", pending[1]
            pending = None


def _normal(name: str, ecosystem: str) -> str:
    if ecosystem == "python":
        return python_name(name)
    return (name.rpartition("node_modules/")[2] if ecosystem == "npm" else name).lower()
