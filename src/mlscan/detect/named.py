"""Tools that a repository names and does not use: declared and never imported, praised in prose, commented out.

Which names stand for which practice is content: lists called `names-of-PRACTICE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from mlscan.detect.facts import Facts
from mlscan.types.evidence import Context, Evidence, Gap, Location, Rejection
from mlscan.types.lists import Lists

LISTS = "names-of-"
FILES = 8
"""Files of prose and of settings to fill in that are looked at."""
BYTES = 200_000
LOOKED = 3
"""Code files in which the place of a name is looked for."""
IN_CODE = "{}: only named in comments or strings"
NOT_IMPORTED = "{}: declared, but nothing imports it"
IN_PROSE = "{}: only named in prose"
IN_TEMPLATE = "{}: only in settings to fill in, which nothing reads"

_PROSE = re.compile(r"(?i)(?:readme|roadmap|contributing|design|architecture|todo)[^/]*\.(?:md|rst|txt|adoc)|readme")
_TEMPLATE = re.compile(r"(?i)\.?env\.?(?:[\w-]+\.)?(?:example|sample|template|dist)|(?:example|sample|template)\.env")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")

_CODE = (".py", ".ipynb", ".r", ".R", ".jl", ".scala", ".java")
_IMPORT = re.compile(r"""[\s"]*(?:import|from|library|using)\b""")

Read = Callable[[Iterable[str]], Iterator[tuple[str, bytes | Gap]]]


def names_of(lists: Lists) -> set[str]:
    """All names, which the search of the files looks for."""
    return {str(v).lower() for name, values in lists.plain.items() if name.startswith(LISTS) for v in values}


def named_only(facts: Facts, evidence: Iterable[Evidence], read: Read) -> list[Rejection]:
    """One rejection a name and kind of place, for practices of which nothing of the repository's own was seen."""
    seen = {e.practice for e in evidence if e.context is Context.OWN}
    lists = {name.removeprefix(LISTS): values for name, values in facts.lists.plain.items() if name.startswith(LISTS)}
    practice_of = {
        str(v).lower(): practice for practice, values in lists.items() if practice not in seen for v in values
    }
    if not practice_of:
        return []
    found: dict[tuple[str, str], Rejection] = {}
    imported = _imported(facts)
    names = {name: practice for name, practice in practice_of.items() if not _is_imported(facts, name, imported)}
    places = (*_declared(facts, names), *_written(facts, practice_of, read), *_commented(facts, practice_of, read))
    for name, where, reason in places:
        practice = practice_of[name]
        one = Rejection(detector=practice, practice=practice, where=where, reason=reason.format(name))
        found.setdefault((name, reason), one)
    return list(found.values())


def _imported(facts: Facts) -> frozenset[str]:
    """Top-level modules and full names that the repository's own code imports."""
    own = (names for path, names in facts.imports.items() if facts.context(path) is Context.OWN)
    return _tops(frozenset().union(*own))


def _tops(names: frozenset[str]) -> frozenset[str]:
    return names | {name.split(".", 1)[0] for name in names}


def _is_imported(facts: Facts, name: str, imported: frozenset[str]) -> bool:
    modules = facts.lists.packages.get(name, (name.replace("-", "_"),))
    return any(m in imported or any(one.startswith(f"{m}.") for one in imported if "." in m) for m in modules)


def _declared(facts: Facts, names: Mapping[str, str]) -> Iterator[tuple[str, Location, str]]:
    for path, manifest in sorted(facts.manifests.items()):
        if manifest.lock or facts.context(path) is not Context.OWN:
            continue
        for dependency in manifest.dependencies:
            if dependency.name in names:
                yield dependency.name, Location(path, dependency.line), NOT_IMPORTED


def _commented(facts: Facts, names: Mapping[str, str], read: Read) -> Iterator[tuple[str, Location, str]]:
    """Names in code that nothing imports. The scan of imports takes commented ones for such, so the lines decide."""
    wanted = _mentioning(facts, names)
    found: list[tuple[str, Location]] = []
    used: set[str] = set()
    for path, data in read(sorted(wanted)):
        if isinstance(data, Gap):
            used.update(wanted[path])
            continue
        for number, line in enumerate(data[:BYTES].decode("utf-8", "replace").splitlines(), 1):
            named = {t.lower() for t in _TOKEN.findall(line.replace("_", " "))}.intersection(wanted[path])
            if _IMPORT.match(line):
                used |= named
            else:
                found += [(name, Location(path, number)) for name in sorted(named)]
    yield from ((name, where, IN_CODE) for name, where in found if name not in used)


def _mentioning(facts: Facts, names: Iterable[str]) -> dict[str, list[str]]:
    """Code file -> names in it; without names that so many files import that one of them surely does."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        own = (p for p in facts.read_words.get(name, ()) if p.endswith(_CODE) and facts.context(p) is Context.OWN)
        paths = sorted(own)
        importing = [p for p in paths if _is_imported(facts, name, _tops(facts.imports.get(p, frozenset())))]
        if len(importing) <= LOOKED:
            for path in dict.fromkeys([*importing, *paths[:LOOKED]]):
                wanted.setdefault(path, []).append(name)
    return wanted


def _written(facts: Facts, names: Mapping[str, str], read: Read) -> Iterator[tuple[str, Location, str]]:
    """Names in files at the root that are prose or settings to fill in."""
    top = [path for path in facts.paths if "/" not in path]
    prose = [path for path in top if _PROSE.fullmatch(path)][:FILES]
    templates = [path for path in top if _TEMPLATE.fullmatch(path)][:FILES]
    for path, data in read([*prose, *templates]):
        if isinstance(data, Gap):
            continue
        text = data[:BYTES].decode("utf-8", "replace")
        reason = IN_PROSE if path in prose else IN_TEMPLATE
        for number, line in enumerate(text.splitlines(), 1):
            for token in _TOKEN.findall(line.replace("_", " ") if path in templates else line):
                if token.lower() in names:
                    yield token.lower(), Location(path, number), reason
