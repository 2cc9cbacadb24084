"""Commands of containers: lists of words, `bash -c` texts, scripts, as cluster and cloud services write them."""

from __future__ import annotations

import re

from mlscan.read.ci_parts import CiFile, with_folders
from mlscan.read.shell import command_of, runs_in_shell
from mlscan.types.source import Command, Node

_DASH_C = re.compile(r"-[a-z]*c[a-z]*")
MAX_WORDS = 2_000


def words_of(file: CiFile, nodes: tuple[Node, ...], program: str = "") -> tuple[Command, ...]:
    """The command that a list of words is; of `bash -c TEXT` the commands of the text at their lines."""
    words = tuple(filter(None, (program, *(file.text(n) for n in nodes[:MAX_WORDS]))))
    for number, node in enumerate(nodes[:-1][:3]):
        if _DASH_C.fullmatch(node.text):
            return with_folders(file.commands(nodes[number + 1]))
    return command_of(words, file.line(nodes[0])) if words and nodes else ()


def script_of(file: CiFile, node: Node | None) -> tuple[Command, ...]:
    """The commands of a script; of one for another interpreter that interpreter alone, as what it runs is no shell."""
    if node is None:
        return ()
    return file.commands(node) if runs_in_shell(file.text(node)) else ()


def container_of(file: CiFile, node: Node) -> tuple[Command, ...]:
    """What a container runs: its script, or its command with its arguments."""
    script = node.get("script") or node.get("source")
    if script is not None:
        return script_of(file, script)
    command, args = node.get("command"), node.get("args")
    nodes = (*(command.items if command is not None else ()), *(args.items if args is not None else ()))
    return words_of(file, nodes)
