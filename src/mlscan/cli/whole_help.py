"""One help text for the whole program."""

from __future__ import annotations

import click


class WholeHelp(click.Command):
    """The scan's help is that of the whole program."""

    def get_help(self, ctx: click.Context) -> str:
        """Usage, the scan's options and the other commands."""
        formatter = ctx.make_formatter()
        formatter.write_usage("mlscan", "[OPTIONS] [PATH]")
        formatter.write_usage("mlscan", "COMMAND ...", prefix="       ")
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        root = ctx.find_root()
        if isinstance(root.command, click.Group):
            root.command.format_commands(root, formatter)
        root.command.format_epilog(root, formatter)
        return formatter.getvalue().rstrip("\n")
