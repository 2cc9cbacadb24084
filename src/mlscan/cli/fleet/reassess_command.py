"""`mlscan fleet reassess`: judges what is kept by the rules of today."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from mlscan.cli.fleet.extra import check_extra
from mlscan.cli.fleet.runs import NOTHING, RunCommon, run_options, setup_of, tell
from mlscan.cli.fleet.watch import watching
from mlscan.cli.output import complain


@click.command("reassess")
@run_options
def reassess_command(**given: object) -> int:
    """Judge the newest evidence of every repository by the rules, the policy and the day of today.

    Nothing is cloned or read. Levels that move are told with what moved them. What a new detector looks for is unknown
    until the next scan, never absent.
    """
    check_extra()
    request = msgspec.convert(given, RunCommon)
    from mlscan.fleet.cloning import CloneLimits, Cloner
    from mlscan.fleet.running import Scan, reassess
    from mlscan.fleet.store import Store

    # Nothing is fetched; workers are prepared in one way whatever they do.
    nobody = Cloner(Path(), CloneLimits(cache_bytes=0))
    asked = Scan(sources=(), setup=setup_of(request, nobody), jobs=request.workers, as_of=request.as_of)
    with Store.open(request.store) as store, watching(request.log, quiet=request.quiet) as watch:
        result = reassess(store, asked, watch)
        watch.erase()
        tell(store, result, watch)
        counts = {state.value: count for state, count in store.counts(result.run).items()}
    if not any(counts.values()):
        complain("the store holds no evidence; `mlscan fleet scan` comes first")
    return 0 if any(counts[word] for word in ("judged", "unchanged")) else NOTHING
