"""A repository of a million files, by a command: `python -m hostile.million FOLDER`, from the folder of the tests.

It writes a bare repository of a thousand folders with a thousand files each, which share their objects, scans it, and
tells the time and the memory. Not part of the tests: it takes minutes.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from time import monotonic

from snapshot.building import new_repo

from mlscan.scan import scan
from mlscan.types.snapshot import Limits

SIDE = 1_000


def main() -> int:
    """0 where the report came and says that not all files were looked at with the usual limits."""
    repo = new_repo(Path(sys.argv[1]) / "million.git", None, "--bare")
    blob = repo.put("blob", b"import sklearn\n")
    folder = repo.put_tree([("100644", b"f%04d.py" % n, blob) for n in range(SIDE)])
    repo.put_commit(repo.put_tree([("40000", b"d%04d" % n, folder) for n in range(SIDE)]))
    for limits in (Limits(), Limits(files=2 * SIDE * SIDE)):
        begin = monotonic()
        found = scan(repo.path, limits=limits)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        reasons = sorted({gap.reason for gap in found.gaps})
        files = found.stats.files if found.stats else 0
        print(f"{files:,} files, {monotonic() - begin:.0f} s, {megabytes} MB, gaps: {reasons}", flush=True)
        if limits == Limits() and "more files than the limit" not in reasons:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
