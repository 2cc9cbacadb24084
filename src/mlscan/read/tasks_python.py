"""Reads task files that are Python: functions that hand command lines to a runner. They are never imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from mlscan.read.python_literals import assigned, name_of, parse_python, resolved, text_of, walk
from mlscan.read.shell import command_of
from mlscan.read.tasks import Tasks
from mlscan.types.source import Command

_RUNS = frozenset(("run", "run_always", "run_install", "sudo"))


def read_python_tasks(tasks: Tasks, text: str) -> None:
    """Add each decorated function that takes a session or context and runs commands through it."""
    module = parse_python(text)
    if module is None:
        tasks.problem(None, "Python that cannot be parsed")
        return
    names = assigned(module)
    for function in module.body:
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.decorator_list:
            _function(tasks, function, names)


def _function(tasks: Tasks, function: ast.FunctionDef | ast.AsyncFunctionDef, names: Mapping[str, ast.expr]) -> None:
    arguments = function.args.args
    runner = arguments[0].arg if arguments else ""
    needs = [
        name
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in (*decorator.args, *_pre(decorator))
        if (name := name_of(argument))
    ]
    tasks.add(function.name, function.lineno, (), needs)
    for node in walk(function):
        if isinstance(node, ast.Call) and _runs(node.func, runner):
            tasks.add(function.name, function.lineno, _commands(tasks, node, names))


def _runs(called: ast.expr, runner: str) -> bool:
    """Whether what is called hands a command line to the session or context."""
    return (
        isinstance(called, ast.Attribute) and called.attr in _RUNS and bool(runner) and name_of(called.value) == runner
    )


def _pre(decorator: ast.Call) -> list[ast.expr]:
    values = [keyword.value for keyword in decorator.keywords if keyword.arg == "pre"]
    return [member for value in values if isinstance(value, (ast.List, ast.Tuple)) for member in value.elts]


def _commands(tasks: Tasks, call: ast.Call, names: Mapping[str, ast.expr]) -> tuple[Command, ...]:
    """One string is a command line, several are its words; `*args` is left out."""
    words = [text_of(resolved(argument, names)) for argument in call.args if not isinstance(argument, ast.Starred)]
    if len(words) == 1 and words[0] is not None and " " in words[0]:
        return tasks.parse(words[0], call.args[0].lineno, apart=True)
    return command_of(tuple("{}" if word is None else word for word in words), call.lineno)
