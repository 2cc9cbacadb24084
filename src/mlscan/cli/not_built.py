"""What the contract names and this version does not have: an error, never a silent no-op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mlscan.types.errors import UsageError

COMMANDS = ("history",)
OPTIONS: tuple[str, ...] = ()
FLAGS: tuple[str, ...] = ()


def commands() -> list[click.Command]:
    """Commands that only say that they are not built yet."""
    return [_command(name) for name in COMMANDS]


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a command with the options that are not built yet."""
    for name in OPTIONS:
        function = click.option(name, multiple=True, hidden=True, expose_value=False, callback=_refuse)(function)
    for name in FLAGS:
        function = click.option(name, is_flag=True, hidden=True, expose_value=False, callback=_refuse)(function)
    return function


def _refuse(_context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value:
        raise UsageError(f"{parameter.opts[0]} is not built yet")


def _command(name: str) -> click.Command:
    def refuse(**_given: object) -> None:
        raise UsageError(f"{name} is not built yet; a folder of that name is given as ./{name}")

    words = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}
    return click.Command(name, params=[words], callback=refuse, hidden=True, context_settings=settings)
