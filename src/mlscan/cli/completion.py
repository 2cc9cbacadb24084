"""`mlscan completion`: what a shell loads to complete commands, options and ids."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from mlscan.cli.output import write_stdout
from mlscan.types.errors import UsageError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash: eval "$(mlscan completion bash)" in ~/.bashrc; zsh likewise in ~/.zshrc;
    fish: mlscan completion fish > ~/.config/fish/completions/mlscan.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"no completion for {shell}")
    # The base class only fills in the script; the bash one would start a bash to ask for its version.
    script = ShellComplete.source(kind(context.find_root().command, {}, "mlscan", "_MLSCAN_COMPLETE"))
    write_stdout(script + "\n")
