"""What names stand for at a place in a Python file: imports, assigned values, scopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mlscan.types.source import Import

_NAME_LIMIT = 200
"""Characters of a dotted name that are kept; longer ones lose their middle."""


class Value(NamedTuple):
    """What a name or expression stands for."""

    name: str
    """Dotted, as far as it could be resolved."""
    imported: bool = False
    """True when the first part of `name` was imported."""
    called: bool = False
    """True for the result of calling `name`, such as an instance of the class."""

    def attribute(self, rest: str) -> Value:
        """The value of `.rest` of this value; `rest` may be dotted."""
        return Value(clipped(f"{self.name}.{rest}"), self.imported)

    @property
    def known(self) -> bool:
        """True when it says more than the name of a local variable."""
        return self.imported or self.called


OPAQUE = Value("")
"""The value of a name that is bound to something unknown."""

NOTHING = Value("?")
"""The value of an expression without a name."""


class _Scope:
    """The names bound in one module, class or function."""

    __slots__ = ("attributes", "is_class", "label", "names")

    def __init__(self, label: str, is_class: bool, attributes: dict[str, Value]) -> None:
        self.label = label
        self.is_class = is_class
        self.names: dict[str, Value] = {}
        self.attributes = attributes


class Names:
    """The scopes that are open while a file is gone through from top to bottom."""

    def __init__(self, imports: Sequence[Import]) -> None:
        self._scopes = [_Scope("", False, {})]
        self._labels: tuple[str, ...] = ()
        self._anywhere: dict[str, Value] = {}
        for item in imports:
            self._anywhere.setdefault(item.alias, _imported(item))

    @property
    def labels(self) -> tuple[str, ...]:
        """The open classes and functions, outermost first."""
        return self._labels

    def open(self, label: str, is_class: bool) -> None:
        """Enters a class or function; methods share the attributes of `self` with their class."""
        attributes: dict[str, Value] = {} if is_class else self._scopes[-1].attributes
        self._scopes.append(_Scope(label, is_class, attributes))
        self._labels = (*self._labels, label)

    def close(self) -> None:
        """Leaves the innermost class or function; a file always stays in its module."""
        if len(self._scopes) > 1:
            self._scopes.pop()
            self._labels = self._labels[:-1]

    def bind(self, target: str, value: Value) -> None:
        """Notes an assignment to a plain name or to `self.name`; other targets are left alone."""
        if target.isidentifier():
            self._scopes[-1].names[target] = value
            return
        owner, _, attribute = target.partition(".")
        if owner in ("self", "cls") and attribute.isidentifier():
            self._scopes[-1].attributes[attribute] = value

    def bind_import(self, item: Import) -> None:
        """Notes an import at this place."""
        self._scopes[-1].names[item.alias] = _imported(item)

    def resolve(self, dotted: str) -> Value:
        """What a dotted name stands for here; unknown names stand for themselves."""
        first, _, rest = dotted.partition(".")
        if rest and first in ("self", "cls"):
            return self._of_self(dotted, rest)
        value = self._lookup(first)
        if value is None or value is OPAQUE:
            return Value(clipped(dotted))
        return value.attribute(rest) if rest else value

    def _of_self(self, dotted: str, rest: str) -> Value:
        attribute, _, rest = rest.partition(".")
        value = self._scopes[-1].attributes.get(attribute)
        if value is None or value is OPAQUE:
            return Value(clipped(dotted))
        return value.attribute(rest) if rest else value

    def _lookup(self, name: str) -> Value | None:
        innermost = self._scopes[-1]
        value = innermost.names.get(name)
        if value is not None:
            return value
        for scope in self._scopes[-2::-1]:
            if not scope.is_class and (value := scope.names.get(name)) is not None:
                return value
        return self._anywhere.get(name)


def clipped(name: str) -> str:
    """The name, or its start and its last part around `?` when it is too long."""
    if len(name) <= _NAME_LIMIT:
        return name
    start = name[: _NAME_LIMIT // 2].rpartition(".")[0] or name[: _NAME_LIMIT // 2]
    return f"{start}.?.{name.rpartition('.')[2][-_NAME_LIMIT // 2 :]}"


def _imported(item: Import) -> Value:
    if item.name is None:
        first = item.module.partition(".")[0]
        return Value(first if item.alias == first else item.module, True)
    if item.module.endswith("."):
        return Value(item.module + item.name, True)
    return Value(f"{item.module}.{item.name}", True)
