"""Matchers that look at one file: paths, trees, code, dependencies, images, text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar

import msgspec
import re2

from mlscan.detect.excerpt import clipped
from mlscan.detect.facts import Facts
from mlscan.detect.fences import outside_fences
from mlscan.detect.hits import Hit
from mlscan.detect.modules import Modules
from mlscan.detect.name_table import NameTable
from mlscan.detect.outermost import has_outermost
from mlscan.detect.parsed import ParsedFile
from mlscan.detect.patterns import compiled, lines_of
from mlscan.detect.plan import Leaf, Plan
from mlscan.detect.values import Check, as_text, check_for
from mlscan.detect.words import CodeTest, used_alias
from mlscan.read.query import Captures
from mlscan.types.content import (
    CallMatch,
    ClassMatch,
    DefineMatch,
    DependencyMatch,
    DocumentMatch,
    ImportMatch,
    KeyMatch,
    TextMatch,
    Value,
)
from mlscan.types.source import ArgValue, Call, Dotted, Node, Source

LINE_LIMIT = 2_000
"""Characters of a line above which `text` does not search it."""
HITS = 200
"""Hits of one matcher in one file."""

S = TypeVar("S", bound=msgspec.Struct)


class LocalMatchers:
    """Evaluates one-file matchers; value tests are compiled once per matcher."""

    def __init__(self, plan: Plan, facts: Facts, reject: Callable[[Leaf, Hit, str], None]) -> None:
        self._facts = facts
        self._plan = plan
        self._reject = reject
        self._checks = plan.kept("checks", _no_checks)
        self._names: dict[int, dict[str, bool]] = {}
        """Names of imports that were tested before, by matcher."""
        self._own: dict[str, bool] = {}
        self._searches = plan.kept("searches", _no_searches)
        self._texts: dict[tuple[int, str], dict[str, bool]] = {}
        self.modules: Modules = facts.modules
        self.unsure: set[tuple[int, str]] = set()
        """(matcher, path) where a variable decides whether the matcher holds."""

    @cached_property
    def _calls_by_name(self) -> NameTable:
        """Made when the first call is looked at: many repositories have none."""
        return self._plan.kept("names of calls", _names_of_calls)

    def hits(self, leaf: Leaf, file: ParsedFile) -> list[Hit]:
        """At most `HITS` places of one file where the matcher holds."""
        found = []
        for hit in self._KINDS[leaf.kind](self, leaf, file):
            found.append(hit)
            if len(found) >= HITS:
                break
        return found

    def may_hold(self, leaf: Leaf, file: ParsedFile) -> bool:
        """False where the bytes of a file, or the lines that may be imports, rule the matcher out without a parse."""
        if isinstance(leaf.spec, TextMatch):
            search = self._searches.get(leaf.index)
            if search is None:
                search = self._searches[leaf.index] = compiled(f"(?m){leaf.spec.regex}", file.data).search
            return search(file.data) is not None
        if leaf.outermost:
            return has_outermost(leaf.outermost, file)
        if isinstance(leaf.spec, CallMatch) and leaf.spec.first_party and not self._imports_own(file.path):
            return False
        if leaf.code is not None:
            return file.code_bytes is None or _in_code(leaf.code, file, file.code_bytes)
        imports = self._facts.imports.get(file.path)
        if not isinstance(leaf.spec, ImportMatch) or imports is None or leaf.spec.first_party:
            return True
        known = self._names.setdefault(leaf.index, {})
        return any(self._imported(leaf, leaf.spec, name, known) for name in imports)

    def _imports_own(self, path: str) -> bool:
        """Whether a file imports something of the repository; True where its imports are not known by lines."""
        if path not in self._own:
            imports = self._facts.imports.get(path)
            self._own[path] = imports is None or any(
                self.modules.is_own(name) or self.modules.is_file(name, path) for name in imports
            )
        return self._own[path]

    def _imported(self, leaf: Leaf, spec: ImportMatch, name: str, known: dict[str, bool]) -> bool:
        """Whether a dotted name, or what it is a part of, is meant; each name is tested once."""
        if name not in known:
            parts = name.split(".")
            check = self.check(leaf, "module", spec.module)
            known[name] = any(check(".".join(parts[:size])) for size in range(1, len(parts) + 1))
        return known[name]

    def check(self, leaf: Leaf, name: str, value: Value) -> Check:
        """The compiled test on a value of the matcher, under a name of its own."""
        key = (leaf.index, name)
        if key not in self._checks:
            self._checks[key] = check_for(value, self._facts.lists)
        return self._checks[key]

    def _foreign(self, leaf: Leaf, name: str, first_party: bool | None, hit: Hit) -> bool:
        """Whether an imported name is of the side that the matcher means; rejections are kept."""
        own = self.modules.is_own(name)
        if first_party:
            return own or self.modules.is_file(name, hit.path)
        if own:
            self._reject(leaf, hit, "defined in this repository, not the tool of that name")
        return not own

    def _imports(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        spec = _spec(leaf, ImportMatch)
        known = self._names.setdefault(leaf.index, {})
        for found in file.imports:
            if not self._imported(leaf, spec, found.target, known):
                continue
            hit = Hit(file.path, found.line, _code_line(file, found.line))
            if self._foreign(leaf, found.module, spec.first_party, hit):
                yield hit

    def _calls(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        spec = _spec(leaf, CallMatch)
        for call in self._named(leaf, file):
            if spec.decorator is not None and call.decorator != spec.decorator:
                continue
            failing = self._failing_args(leaf, spec, call)
            if failing:
                if all(_is_variable(spec, call, name) for name in failing):
                    self.unsure.add((leaf.index, file.path))
                continue
            hit = Hit(file.path, call.line, _code_line(file, call.line), call.scope)
            known = call.resolved or call.name.startswith(".")
            if spec.first_party and not known:
                continue
            if not known or self._foreign(leaf, call.name, spec.first_party, hit):
                yield hit

    def _named(self, leaf: Leaf, file: ParsedFile) -> Iterator[Call]:
        """Calls whose name passes."""
        for name, calls in file.calls.items():
            if leaf.index in self._calls_by_name.users(name):
                yield from calls

    def wanted(self, leaves: Sequence[Leaf]) -> Callable[[str], bool]:
        """Whether one of these matchers asks for calls of a name."""
        asking = frozenset(leaf.index for leaf in leaves if isinstance(leaf.spec, CallMatch))
        users = self._calls_by_name.users
        return lambda name: not asking.isdisjoint(users(name))

    def _failing_args(self, leaf: Leaf, spec: CallMatch, call: Call) -> list[str]:
        """Names of the arguments that are not as asked for; unwanted ones are among them."""
        failing = [name for name in spec.lacks_args if name in call.kwargs]
        for name, value in spec.args.items():
            check = self.check(leaf, f"arg {name}", value)
            if not any(check(_arg_text(arg)) for arg in _args(call, name)):
                failing.append(name)
        return failing

    def _classes(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        check = self.check(leaf, "base", _spec(leaf, ClassMatch).base)
        for found in file.code.classes if file.code else ():
            if any(check(base) for base in found.bases):
                units = (*found.scope, f"class:{found.name}")
                yield Hit(file.path, found.line, _code_line(file, found.line), units)

    def _defines(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        check = self.check(leaf, "name", _spec(leaf, DefineMatch).name)
        for found in file.definitions(check):
            line = _code_line(file, found.line)
            kind = "class" if line.lstrip().startswith("class ") else "function"
            yield Hit(file.path, found.line, line, (*found.scope, f"{kind}:{found.name}"))

    def _key(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        from mlscan.read.tree import compile_at

        spec = _spec(leaf, KeyMatch)
        key = self._tested(leaf, "keys", spec.keys) if spec.keys is not None else None
        paths = [compile_at(at) for at in ([spec.at] if isinstance(spec.at, str) else spec.at)]
        for number, (document, index) in enumerate(file.indexed_documents):
            units = (f"document:{number}",)
            places = [place for at in paths for place in index.find(at, key)]
            if spec.missing:
                if not places:
                    yield _tree_hit(file, document, units, ())
                continue
            for node, captures in places:
                for value in self._key_values(leaf, spec, node):
                    named = (*captures, (spec.as_, value.text)) if spec.as_ else captures
                    yield _tree_hit(file, value, units, named)

    def _tested(self, leaf: Leaf, name: str, value: Value) -> Callable[[str], bool]:
        """As `check`, with each text tested once."""
        known = self._texts.setdefault((leaf.index, name), {})
        check = self.check(leaf, name, value)

        def passes(text: str) -> bool:
            if text not in known:
                known[text] = check(text)
            return known[text]

        return passes

    def _key_values(self, leaf: Leaf, spec: KeyMatch, node: Node) -> Iterable[Node]:
        if spec.type is not None and _type_of(node) != spec.type:
            return ()
        if spec.min_count is not None and len(node.map or node.items) < spec.min_count:
            return ()
        if spec.is_ is None:
            return (node,) if spec.as_ is None else ([n for n in node.items if n.text] or (node,))
        check = self.check(leaf, "is", spec.is_)
        values = node.items or ((node,) if node.value is None else ())
        return [n for n in values if check(n.value if not isinstance(n.value, tuple) else n.text)]

    def _document(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        from mlscan.read.tree import compile_at

        spec = _spec(leaf, DocumentMatch)
        for number, (document, index) in enumerate(file.indexed_documents):
            for key, value in (("kind", spec.kind), ("apiVersion", spec.api_version)):
                node = document.get(key)
                if value is not None and (node is None or not self.check(leaf, key, value)(node.text)):
                    break
            else:
                has = all(index.find(compile_at(k)) for k in spec.has_keys)
                lacks = not any(index.find(compile_at(k)) for k in spec.lacks_keys)
                if has and lacks:
                    name = document.get("metadata", "name")
                    captures = (("name", name.text),) if name else ()
                    yield _tree_hit(file, document.get("kind") or document, (f"document:{number}",), captures)

    def _dependency(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        spec = _spec(leaf, DependencyMatch)
        check = self.check(leaf, "name", spec.name)
        manifest = file.manifest
        for found in manifest.dependencies if manifest else ():
            if not check(found.name) or spec.scope not in ("any", found.scope):
                continue
            if spec.pinned is None or spec.pinned == found.pinned:
                captures = (("package", found.name),)
                yield Hit(file.path, found.line, clipped(file.line(found.line)), captures=captures)

    def _text(self, leaf: Leaf, file: ParsedFile) -> Iterator[Hit]:
        spec = _spec(leaf, TextMatch)
        whole = compiled(f"(?m){spec.regex}", file.data)
        pattern = compiled(spec.regex, "")
        unless = compiled(spec.unless, "") if spec.unless else None
        for number, line in self._text_lines(spec, file, whole):
            match = pattern.search(line) if len(line) <= LINE_LIMIT else None
            if match is None or (unless is not None and unless.search(line)):
                continue
            captures = tuple(sorted((k, v) for k, v in match.groupdict().items() if v))
            yield Hit(file.path, number, clipped(file.line(number)), captures=captures)

    def _text_lines(self, spec: TextMatch, file: ParsedFile, whole: re2._Regexp) -> Iterable[tuple[int, str]]:
        """Lines in which the pattern may hold, with their 1-based numbers."""
        if spec.in_ == "code" and (file.roles.language or file.roles.notebook):
            if file.code_bytes is not None and spec.first_lines is None:
                return [(n, file.code_lines[n - 1]) for n in lines_of(whole, file.code_bytes)]
            return enumerate(islice(file.code_lines, spec.first_lines), 1)
        if spec.in_ == "prose":
            return outside_fences(islice(file.lines, spec.first_lines))
        if spec.first_lines is not None:
            return enumerate(islice(file.lines, spec.first_lines), 1)
        return [(n, file.line(n)) for n in lines_of(whole, file.data)]

    _KINDS: dict[str, Callable[[LocalMatchers, Leaf, ParsedFile], Iterator[Hit]]] = {
        "imports": _imports,
        "calls": _calls,
        "classes": _classes,
        "defines": _defines,
        "key": _key,
        "document": _document,
        "dependency": _dependency,
        "text": _text,
    }


ALIASES = 50
"""Names of one module that are looked for before a parse; a file with more is parsed."""


def _no_checks(_: Plan) -> dict[tuple[int, str], Check]:
    return {}


def _no_searches(_: Plan) -> dict[int, Callable[[bytes], object]]:
    return {}


def _names_of_calls(plan: Plan) -> NameTable:
    named = ((leaf.index, leaf.spec.name) for leaf in plan.leaves if isinstance(leaf.spec, CallMatch))
    return NameTable(named, plan.lists)


def _in_code(test: CodeTest, file: ParsedFile, code: bytes) -> bool:
    """Whether the code of a Python file passes."""
    if test.pattern is not None and compiled(test.pattern, code).search(code):
        return True
    for module in test.modules:
        aliases = dict.fromkeys(found.alias for found in file.imports if _related(module, found.target))
        if "*" in aliases or len(aliases) > ALIASES:
            return True
        for alias in aliases:
            uses = sum(1 for _ in islice(compiled(used_alias(alias, test.bases), code).finditer(code), 2))
            if uses >= (1 if test.bases else 2):
                return True
    return False


def _related(one: str, other: str) -> bool:
    """Whether one dotted name is part of the other."""
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")


def _spec(leaf: Leaf, kind: type[S]) -> S:
    assert isinstance(leaf.spec, kind)
    return leaf.spec


def _code_line(file: ParsedFile, number: int) -> str:
    line = file.line(number).strip()
    if file.roles.notebook and line.startswith('"'):
        line = line.rstrip(",").strip('"').removesuffix("\\n").replace('\\"', '"')
    return clipped(line)


def _tree_hit(file: ParsedFile, node: Node, units: tuple[str, ...], captures: Captures) -> Hit:
    named = tuple(sorted(dict(captures).items()))
    return Hit(file.path, node.line, clipped(file.line(node.line)), units, named)


def _args(call: Call, name: str) -> Iterable[ArgValue]:
    if name == "**":
        return (*call.args, *call.kwargs.values())
    if name.isdigit():
        return call.args[int(name) : int(name) + 1]
    return (call.kwargs[name],) if name in call.kwargs else ()


def _is_variable(spec: CallMatch, call: Call, name: str) -> bool:
    """Whether only a value that the code does not show decides about an argument."""
    return name in spec.variable_args and any(isinstance(a, (Dotted, Source)) for a in _args(call, name))


def _arg_text(arg: ArgValue) -> object:
    if isinstance(arg, Dotted):
        return arg.name
    return arg.text if isinstance(arg, Source) else as_text(arg)


def _type_of(node: Node) -> str:
    value = node.value
    if isinstance(value, tuple):
        return "list"
    names = {str: "text", bool: "bool", int: "number", float: "number", type(None): "null"}
    return names.get(type(value), "map")
