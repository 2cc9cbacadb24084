"""`mlscan fleet`: the repositories of an organisation. Every command is a module that is imported when it is named."""

from __future__ import annotations

from importlib import import_module

import click

from mlscan.cli.output import write_stdout

COMMANDS = {
    "scan": ("mlscan.cli.fleet.scan_command", "Gather, clone, scan and store repositories."),
    "report": ("mlscan.cli.fleet.report_command", "Show where they stand and what is missing most."),
    "reassess": ("mlscan.cli.fleet.reassess_command", "Judge stored evidence by the rules of today."),
    "export": ("mlscan.cli.fleet.export_command", "Write the store as CSV or JSON Lines."),
}
"""Name -> module with `<name>_command`, and what it does in a few words."""


class FleetGroup(click.Group):
    """A group that knows its commands by name and loads only the one that is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command("fleet", cls=FleetGroup, invoke_without_command=True)
@click.pass_context
def fleet_command(ctx: click.Context) -> None:
    """Scan the repositories of an organisation and show where they stand."""
    if ctx.invoked_subcommand is None:
        write_stdout(ctx.get_help() + "\n")
