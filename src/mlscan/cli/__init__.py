"""The command line. This module stays light: asking for the version loads nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mlscan import __version__

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code: 0, 1 (a gate failed), 2 (usage), 3 (nothing to scan), 70 (a bug)."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args == ["--version"]:
        print(f"mlscan {__version__}")
        return 0
    from mlscan.cli.ending import Ended, ending

    try:
        with ending():
            from mlscan.cli.run import run

            return run(args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Ended as ended:
        return ended.exit_code
