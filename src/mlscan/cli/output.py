"""Where text goes: stdout, stderr, a file; and what the terminal can show."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from mlscan.report import RenderOptions
from mlscan.types.errors import UsageError

WIDEST = 110
"""Columns; longer lines are hard to read."""


def one_line(message: str) -> str:
    """The message without line breaks, control or bidirectional characters."""
    return "".join(c if c.isprintable() else " " for c in message.encode("utf-8", "replace").decode("utf-8"))


def complain(message: str, prefix: str = "mlscan: ") -> None:
    """One line on stderr."""
    with suppress(OSError):
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        line = (prefix + one_line(message)).encode(encoding, "replace").decode(encoding)
        print(line, file=sys.stderr, flush=True)


def write_stdout(text: str, *, color: bool = False, data: bool = False) -> None:
    """The text on stdout; `data` goes out as UTF-8 bytes, the same on every system. A closed pipe is no error."""
    try:
        click.echo(text.encode("utf-8", "backslashreplace") if data else text, nl=False, color=color)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()


def silence_stdout() -> None:
    """Send the rest of stdout nowhere, so that the interpreter does not complain about a closed pipe at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(target: str, text: str, option: str = "--output") -> None:
    """The text as UTF-8 in a file that is either the old or the new one, never half. Raises UsageError.

    Links are followed; pipes and devices are written to directly. `option` is what named the file, for messages.
    """
    path = Path(os.path.realpath(target))
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(data)
        else:
            _replace(path, data)
    except OSError as error:
        raise UsageError(f"{option} {target}: {error.strerror or type(error).__name__}") from error


def _replace(path: Path, data: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def wants_color(stream: TextIO, *, no_color: bool = False) -> bool:
    """Whether to colour: never with --no-color or NO_COLOR, always with FORCE_COLOR, else on a capable terminal."""
    if no_color or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def stdout_options(*, verbose: bool, quiet: bool, no_color: bool) -> RenderOptions:
    """What stdout can show."""
    return RenderOptions(
        width=min(WIDEST, shutil.get_terminal_size((80, 24)).columns),
        color=wants_color(sys.stdout, no_color=no_color),
        encoding=getattr(sys.stdout, "encoding", None) or "utf-8",
        verbose=verbose,
        quiet=quiet,
    )
