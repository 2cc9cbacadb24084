"""What a condition to which its detector gives no name is called where it is all that lacks."""

from __future__ import annotations

import msgspec

_WORDS = {
    "path": "a file",
    "key": "a setting",
    "document": "a document",
    "imports": "an import",
    "calls": "a call",
    "classes": "a class",
    "defines": "a function or class",
    "dependency": "a dependency",
    "command": "a command",
    "ci": "a job or step of CI",
    "image": "a container image",
    "resource": "a resource of infrastructure",
    "siblings": "files that differ in one word",
    "refers": "a way to what it has to reach",
    "text": "a line",
    "history": "enough authors in the history",
    "plugin": "what a plug-in looks for",
}
_SHOWN = {
    "path": ("glob",),
    "key": ("at",),
    "document": ("kind", "has_keys"),
    "imports": ("module",),
    "calls": ("name",),
    "classes": ("base",),
    "defines": ("name",),
    "dependency": ("name",),
    "command": ("class_", "program"),
    "ci": ("approval", "trigger", "environment", "uses", "job"),
    "image": ("name",),
    "resource": ("type",),
}
"""Fields of which the first that is given says most."""
_DOTTED = ("calls", "classes", "defines")
"""Whose values are dotted names: a wildcard in front of one says nothing."""
_LONGEST = 40


def called(kind: str, spec: object) -> str:
    """`a call such as mlflow.start_run`: the kind of place in words, with the first plain value that it asks for."""
    words = _WORDS.get(kind, kind)
    for field in _SHOWN.get(kind, ()):
        value = getattr(spec, field, None) if isinstance(spec, msgspec.Struct) else spec
        shown = field if value is True else _plain(value)
        if shown and kind == "ci":
            return f"{words} with {field}" + (f" {shown}" if shown != field else "")
        if shown:
            return f"{words} such as {shown.lstrip('*.') if kind in _DOTTED else shown}"
    return words


def _plain(value: object) -> str:
    """The first value that stands for itself; "" where it names a list, or is no text."""
    values = value if isinstance(value, (list, tuple)) else [value]
    plain = (v for v in values if isinstance(v, str) and v.strip("*") and not v.startswith("@"))
    return next((v for v in plain if len(v) <= _LONGEST), "")
