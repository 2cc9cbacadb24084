"""From arguments to an exit code; every error becomes one line on stderr."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import click

from mlscan.cli.app import ROOT
from mlscan.cli.output import complain, silence_stdout
from mlscan.types.errors import MlscanError

OK, USAGE, BUG, INTERRUPTED = 0, 2, 70, 130


def run(args: Sequence[str]) -> int:
    """The exit code; never raises but for KeyboardInterrupt."""
    debug = "--debug" in args
    try:
        result = ROOT.main(args=list(args), prog_name="mlscan", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return _failed(error.format_message(), USAGE, debug)
    except MlscanError as error:
        return _failed(str(error), error.exit_code, debug)
    except BrokenPipeError:
        silence_stdout()
        return OK
    except SystemExit as error:
        return _left(error)
    except Exception as error:
        hint = "" if debug else "; --debug shows where, please report it"
        return _failed(f"internal error: {type(error).__name__}: {error}{hint}", BUG, debug)


def _left(error: SystemExit) -> int:
    """Click leaves so after completion, and with 1 on a closed pipe, which would look like a failed gate."""
    if error.code == 1:
        silence_stdout()
        return OK
    return error.code if isinstance(error.code, int) else OK


def _failed(message: str, code: int, debug: bool) -> int:
    if debug and sys.exc_info()[0] is not None:
        for line in traceback.format_exc().splitlines():
            complain(line, prefix="")
    complain(message)
    return code
