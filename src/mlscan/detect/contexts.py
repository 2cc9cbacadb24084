"""Whose file is it: own, test, example, docs, template, vendored, generated. The words are content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase, translate

from mlscan.detect.globs import matches
from mlscan.types.evidence import Context
from mlscan.types.lists import ContextException, ContextsFile


def contexts_of(paths: Sequence[str], rules: ContextsFile | None) -> dict[str, Context]:
    """The context of every path: file names first, then the folder nearest to the file, else own.

    Where files of one context are (nearly) all the code there is, that context is own: a repository that consists of
    an example or a template is rated as the project one gets from it.
    """
    if rules is None:
        return dict.fromkeys(paths, Context.OWN)
    table = _Table(rules)
    known = set(paths)
    found = {path: table.context(path, known) for path in paths}
    for alone in _alone(found, rules):
        found = {path: Context.OWN if context is alone else context for path, context in found.items()}
    return found


def _alone(found: Mapping[str, Context], rules: ContextsFile) -> list[Context]:
    code = [rules.code] if isinstance(rules.code, str) else rules.code
    shares = {r.context: r.own_when_alone for r in rules.contexts if r.own_when_alone}
    if not shares:
        return []
    counts = Counter(context for path, context in found.items() if matches(path, code))
    return [c for c, share in shares.items() if counts[c] and counts[Context.OWN] <= share * counts[c]]


class _Table:
    """Names of folders and files, ready to look up; folders are decided once each."""

    def __init__(self, rules: ContextsFile) -> None:
        self._exact: dict[str, Context] = {}
        self._wild: list[tuple[str, Context]] = []
        self._files: list[tuple[str, Context]] = []
        self._exceptions = rules.exceptions
        self._excepted = [glob for exception in rules.exceptions for glob in _globs(exception)]
        for rule in rules.contexts:
            for name in rule.folders:
                if "*" in name:
                    self._wild.append((name, rule.context))
                else:
                    self._exact.setdefault(name, rule.context)
            self._files += [(name, rule.context) for name in rule.files]
        self._any_file = re.compile("|".join(translate(name) for name, _ in self._files) or "(?!)")
        self._folders: dict[str, tuple[Context, str]] = {"": (Context.OWN, "")}
        self._names: dict[str, Context | None] = {}

    def context(self, path: str, known: set[str]) -> Context:
        """The context of one file among the known ones."""
        folder, _, name = path.rpartition("/")
        context, source = self._folder(folder)
        for exception in self._exceptions if matches(path, self._excepted) else ():
            if matches(path, _globs(exception)) and _beside(exception, source, known):
                return exception.context
        by_name = self._file(name)
        return by_name if by_name is not None and context is not Context.VENDORED else context

    def _file(self, name: str) -> Context | None:
        if name not in self._names:
            found = (c for pattern, c in self._files if fnmatchcase(name, pattern))
            self._names[name] = next(found, None) if self._any_file.match(name) else None
        return self._names[name]

    def _folder(self, folder: str) -> tuple[Context, str]:
        """(context, the folder that it came from); vendored folders hold whatever lies below them."""
        if folder in self._folders:
            return self._folders[folder]
        missing = []
        while folder not in self._folders:
            missing.append(folder)
            folder = folder.rpartition("/")[0]
        found = self._folders[folder]
        for folder in reversed(missing):  # from the top down, without recursion
            name = folder.rpartition("/")[2]
            here = self._exact.get(name) or next((c for p, c in self._wild if fnmatchcase(name, p)), None)
            if here is not None and found[0] is not Context.VENDORED:
                found = here, folder
            self._folders[folder] = found
        return found


def _globs(exception: ContextException) -> Sequence[str]:
    return [exception.glob] if isinstance(exception.glob, str) else exception.glob


def _beside(exception: ContextException, source: str, known: set[str]) -> bool:
    if exception.beside is None:
        return True
    above = source.rpartition("/")[0]
    return (f"{above}/{exception.beside}" if above else exception.beside) in known
