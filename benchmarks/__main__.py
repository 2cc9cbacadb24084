"""`python -m benchmarks [SECTION]...`: measures mlscan beside floors and other tools, and renews sections of a page.

    python -m benchmarks                                    all of them, but for what --real and --history need
    python -m benchmarks start-up small large               some
    python -m benchmarks real --real NAME=CLONE --real ...  repositories of others: scanned, nothing else runs on them
    python -m benchmarks history --history NAME=CLONE --since DATE

mlscan is installed as a wheel of this checkout into a new environment, as a user would, and so are the other tools. All
times are of whole processes. Nothing is asked of any network but of the package index. A section that fails leaves the
page as it was there; the exit code is 1 then. It is not told by targets that are missed: the page says so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import history, page, sampling, sizes, tools
from benchmarks.environments import ROOT, Environment, InstallError, install
from benchmarks.fleet import clones_in
from benchmarks.process import FailedError
from benchmarks.suite import Real, Suite, say

SECTIONS: dict[str, Callable[[Suite], str]] = {
    "start-up": sizes.start_up,
    "small": partial(sizes.size, name="small"),
    "medium": partial(sizes.size, name="medium"),
    "large": partial(sizes.size, name="large"),
    "huge": partial(sizes.size, name="huge"),
    "growth": sizes.growth,
    "notebooks": sizes.notebooks,
    "history": history.section,
    "real": sizes.real,
    "tools": tools.section,
    "profile": sampling.section,
}
"""In the order of the page."""
METHOD = """\
## How

Whole processes, start-up included, wall time. What stands in one table was run in turn, round by round, after a round
that only warms up where a run takes under 10 s: files and objects are in the cache of the system. Floors and tools that
take over 20 s run once. Peak memory is that of the largest process, told from 13 MB on; mlscan may work in several.
mlscan is an installed wheel of this checkout, with its byte code, called as a user does, for a report in JSON. `git`,
RE2 and ripgrep get the blobs or files that mlscan reads, and no others; RE2 and ripgrep search for what mlscan searches
files for before it parses any. They have to build an automaton for thousands of patterns first, which takes ripgrep
longer than a small repository.

The targets are those that were set before anything was measured. Other tools are the newest that pip installs.\
"""


def run(suite: Suite, wanted: Sequence[str], results: Path) -> list[str]:
    """Renews these sections of a page; returns the names of those that failed."""
    order, failed = ["how", *SECTIONS], []
    page.put(results, "how", METHOD, order)
    for name in wanted:
        start = time.perf_counter()
        try:
            page.put(results, name, SECTIONS[name](suite), order)
        except (FailedError, subprocess.CalledProcessError) as error:
            failed.append(name)
            say(f"{name}: {error}")
        else:
            say(f"{name}: done in {time.perf_counter() - start:.0f} s")
    return failed


def repositories(values: Sequence[str]) -> list[Real]:
    """Repositories that `NAME=CLONE`, a clone, or a folder of clones names."""
    found = []
    for value in values:
        one = Real.named(value)
        if (one.path / ".git").exists() or (one.path / "HEAD").exists():
            found.append(one)
        else:
            clones = sorted(clones_in(one.path, sys.maxsize // 1_000_000))
            found += [Real.named(str(clone)) for clone in clones]
    return found


def make_parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, default=5, help="of each command; of slow ones at most 3")
    parser.add_argument("--real", action="append", default=[], metavar="NAME=CLONE", help="or a folder of clones")
    parser.add_argument("--history", metavar="NAME=CLONE", help="whose history by month is told")
    parser.add_argument("--since", metavar="DATE", help="where it begins")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after which a tool is stopped")
    parser.add_argument("--work", type=Path, help="folder that keeps what is made, for another run")
    parser.add_argument("--python", type=Path, help="a Python that has mlscan; default: a new environment")
    parser.add_argument("--output", type=Path, default=page.RESULTS, help="the page")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a section failed."""
    parser = make_parser()
    given = parser.parse_args(arguments)
    unknown = [name for name in given.sections if name not in SECTIONS]
    real, told = repositories(given.real), repositories([given.history] if given.history else [])
    if unknown:
        parser.error(f"no such section: {', '.join(unknown)}")
    if given.history and len(told) != 1:
        parser.error(f"{given.history} is not one clone")
    wanted = [name for name in SECTIONS if name in given.sections]
    wanted = wanted or [name for name in SECTIONS if name != "real" or real]
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5 * page.cores():
        say(f"the machine is busy (load {os.getloadavg()[0]:.1f}): these figures will not be worth much")
    with tempfile.TemporaryDirectory() as name:
        work = (given.work or Path(name)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        try:
            mlscan = Environment(given.python) if given.python else install(Path(name) / "mlscan", str(ROOT))
        except InstallError as error:
            parser.error(str(error))
        history_of = told[0] if told else None
        suite = Suite(mlscan, work, given.runs, real, history_of, given.since, given.limit)
        suite.revision = "" if given.python else page.revision()
        return 1 if run(suite, wanted, given.output) else 0


if __name__ == "__main__":
    sys.exit(main())
