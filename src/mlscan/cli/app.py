"""The commands, and the rule that everything else is the scan."""

from __future__ import annotations

from importlib import import_module

import click

from mlscan.cli.scan_command import scan_command

# No argument of a process can hold this character, so no folder can be called like it.
_SCAN = "\0scan"

_EPILOG = """A folder that is called like a command is given as ./NAME.

Exit codes: 0 fine; 1 a gate failed (--fail-under, --require, diff --no-regress); 2 wrong usage; 3 nothing to scan;
70 a bug of mlscan.

Shell completion: `mlscan completion bash|zsh|fish` prints what your shell has to load."""


_COMMANDS = {
    "plan": "plan_command",
    "why-not": "why_not_command",
    "explain": "explain",
    "diff": "diff_command",
    "history": "history_command",
    "badge": "badge_command",
    "fleet": "fleet",
    "init": "init_command",
    "questionnaire": "questionnaire_command",
    "detectors": "listings",
    "rules": "listings",
    "schema": "schemas",
    "completion": "completion",
}
"""Command -> the module here that holds `NAME_command`; imported when it is asked for."""


class Root(click.Group):
    """A group whose first word is a command, or else belongs to the scan."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Their names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"mlscan.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the scan in front of everything that does not start with a command."""
        named = bool(args) and args[0] in _COMMANDS
        return super().parse_args(ctx, args if named else [_SCAN, *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, or the scan."""
        if args and args[0] == _SCAN:
            return "scan", scan_command, args[1:]
        return super().resolve_command(ctx, args)


ROOT = Root("mlscan", epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False)
