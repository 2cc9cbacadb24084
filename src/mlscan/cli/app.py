"""The commands, and the rule that everything else is the scan."""

from __future__ import annotations

import click

from mlscan.cli.badge_command import badge_command
from mlscan.cli.completion import completion_command
from mlscan.cli.diff_command import diff_command
from mlscan.cli.explain import explain_command
from mlscan.cli.fleet import fleet_command
from mlscan.cli.history_command import history_command
from mlscan.cli.init_command import init_command
from mlscan.cli.listings import detectors_command, rules_command
from mlscan.cli.plan_command import plan_command
from mlscan.cli.questionnaire_command import questionnaire_command
from mlscan.cli.scan_command import scan_command
from mlscan.cli.schemas import schema_command
from mlscan.cli.why_not_command import why_not_command

# No argument of a process can hold this character, so no folder can be called like it.
_SCAN = "\0scan"

_EPILOG = """A folder that is called like a command is given as ./NAME.

Exit codes: 0 fine; 1 a gate failed (--fail-under, --require, diff --no-regress); 2 wrong usage; 3 nothing to scan;
70 a bug of mlscan.

Shell completion: `mlscan completion bash|zsh|fish` prints what your shell has to load."""


class Root(click.Group):
    """A group whose first word is a command, or else belongs to the scan."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the scan in front of everything that does not start with a command."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else [_SCAN, *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, or the scan."""
        if args and args[0] == _SCAN:
            return "scan", scan_command, args[1:]
        return super().resolve_command(ctx, args)


def _root() -> Root:
    named = [
        *(plan_command, why_not_command, explain_command, diff_command, history_command, badge_command),
        *(fleet_command, init_command, questionnaire_command),
        *(detectors_command, rules_command, schema_command, completion_command),
    ]
    settings = {"help_option_names": ["-h", "--help"]}
    root = Root("mlscan", epilog=_EPILOG, context_settings=settings, no_args_is_help=False)
    for command in named:
        root.add_command(command)
    return root


ROOT = _root()
