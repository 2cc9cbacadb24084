"""A fleet clone and a full local clone give the same report, but for what is unknown: told by both reports.

Over real repositories, which are served from where they lie and not changed:

    cd tests && python -m fleet.cloning.parity FOLDER... [--most 50]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from snapshot.building import run_git

from fleet.cloning.server import GitServer
from mlscan import render
from mlscan.content import Content, load_content
from mlscan.fleet.cloning import CloneFailure, CloneLimits, Cloner
from mlscan.scan import ScanOptions, scan_with
from mlscan.types.fleet import FleetRepository

Report = Mapping[str, Any]
AS_OF = date(2026, 11, 26)
_FOLLOWS = ("level", "level_name", "attested_level", "could_be", "next", "kind_reasons", "groups", "levels")
"""Parts that are summed up from criteria: told of each criterion instead."""


def differences(full: Report, fleet: Report) -> list[str]:
    """What is not the same in both and not unknown in the second one; nothing where they agree."""
    return [*_repository(full, fleet), *_practices(full, fleet), *_criteria(full, fleet), *_rest(full, fleet)]


def unknown(full: Report, fleet: Report) -> list[str]:
    """What is known in the first and named unknown in the second one."""
    found = [f"scale: {k}" for k, v in full["scale"].items() if v is not None and fleet["scale"].get(k) is None]
    for name, practice in full["practices"].items():
        if practice["present"] is not None and fleet["practices"][name]["present"] is None:
            found.append(f"practice: {name}")
    ours = {c["id"]: c for level in fleet["levels"] for c in level["criteria"]}
    for criterion in (c for level in full["levels"] for c in level["criteria"]):
        if criterion["status"] != "unknown" and ours[criterion["id"]]["status"] == "unknown":
            found.append(f"criterion: {criterion['id']}")
    return found


def _repository(full: Report, fleet: Report) -> Iterator[str]:
    one, other = ({k: v for k, v in report["repository"].items() if k != "history"} for report in (full, fleet))
    if one != other:
        yield f"repository: {one} / {other}"


def _practices(full: Report, fleet: Report) -> Iterator[str]:
    hidden = {name for name, practice in fleet["practices"].items() if practice["present"] is None}
    for name, practice in full["practices"].items():
        ours = fleet["practices"][name]
        if name not in hidden and any(practice[k] != ours[k] for k in ("present", "strength", "why", "more")):
            yield f"practice {name}: {practice} / {ours}"
    seen = [[e for e in report["evidence"] if e["practice"] not in hidden] for report in (full, fleet)]
    if seen[0] != seen[1]:
        yield f"evidence: {[e for e in seen[0] if e not in seen[1]]} / {[e for e in seen[1] if e not in seen[0]]}"


def _criteria(full: Report, fleet: Report) -> Iterator[str]:
    open_ones = 0
    for theirs, ours in zip(full["levels"], fleet["levels"], strict=True):
        for one, other in zip(theirs["criteria"], ours["criteria"], strict=True):
            if other["status"] == "unknown":
                open_ones += one["status"] != "unknown"
            elif any(one[key] != other[key] for key in ("id", "title", "status", "why")):
                yield f"criterion {one['id']}: {one} / {other}"
    if not fleet["level"] <= full["level"] <= full["could_be"] <= fleet["could_be"]:
        yield f"level: {full['level']} to {full['could_be']} / {fleet['level']} to {fleet['could_be']}"
    if not open_ones:
        yield from (f"{k}: {full[k]} / {fleet[k]}" for k in _FOLLOWS if _numberless(full[k]) != _numberless(fleet[k]))


def _numberless(value: object) -> object:
    """The value without places in the list of evidence, where some may be missing, and why something is unknown."""
    if isinstance(value, dict):
        left_out = ("evidence", "why") if value.get("status") == "unknown" else ("evidence",)
        return {key: _numberless(item) for key, item in value.items() if key not in left_out}
    return [_numberless(item) for item in value] if isinstance(value, list) else value


def _rest(full: Report, fleet: Report) -> Iterator[str]:
    for name, number in full["scale"].items():
        if fleet["scale"].get(name) not in (number, None):
            yield f"scale {name}: {number} / {fleet['scale'].get(name)}"
    ours = {gap["path"] for gap in fleet["gaps"]}
    if lost := [gap for gap in full["gaps"] if gap["path"] not in ours]:
        yield f"gaps: {lost}"
    compared = {"repository", "practices", "evidence", "scale", "gaps", "stats", "rejections", *_FOLLOWS}
    yield from (f"{key}: {full[key]} / {fleet[key]}" for key in full if key not in compared and full[key] != fleet[key])


@cache
def content() -> Content:
    """What ships with mlscan."""
    return load_content((), (), examples=False)


def report(path: Path) -> Report:
    """The report on a clone, as JSON says it."""
    found: Report = json.loads(render(scan_with(content(), path, ScanOptions(as_of=AS_OF)), "json"))
    return found


def both(server: GitServer, name: str, folder: Path, limits: CloneLimits) -> tuple[Report, Report]:
    """The reports on a full local clone and on a fleet clone of what the server has. Raises CloneFailure."""
    run_git(folder, "clone", "--quiet", server.url(name), "full")
    full = report(folder / "full")
    repository = FleetRepository(identity=name, name=name, clone_url=server.url(name))
    with Cloner(folder / "cache", limits, notify=print).fetched(repository) as clone:
        return full, report(clone.path)


def compare(folders: Sequence[Path], most: int) -> int:
    """Prints a line for each repository and a table at the end; 1 where any differs in what is not unknown."""
    counted: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        (root := Path(place) / "served").mkdir()
        with GitServer(root) as server:
            server.settings |= {"uploadpack.allowFilter": "true"}
            for folder in folders:
                if counted["compared"] == most:
                    break
                name = next(part for part in reversed(folder.resolve().parts) if part not in ("repo", ".git"))
                (root / name).symlink_to(folder.resolve())
                with tempfile.TemporaryDirectory(dir=place) as here:
                    _compare_one(server, name, Path(here), (counted, hidden))
                server.asked.clear()
    print("\n".join(f"{count:5} {what}" for what, count in [*sorted(counted.items()), *hidden.most_common()]))
    return int(counted["different"] > 0)


def _compare_one(server: GitServer, name: str, here: Path, counts: tuple[Counter[str], Counter[str]]) -> None:
    counted, hidden = counts
    try:
        full, fleet = both(server, name, here, CloneLimits())
    except (CloneFailure, AssertionError) as error:
        counted["not served"] += 1
        print(f"{name}: not served: {str(error).splitlines()[-1]}")
        return
    counted["compared"] += 1
    wrong, open_ones = differences(full, fleet), unknown(full, fleet)
    counted["different" if wrong else "unknown in parts" if open_ones else "the same"] += 1
    counted["same level" if full["level"] == fleet["level"] else "lower level, and the known one is its ceiling"] += 1
    hidden.update(f"unknown: {what}" for what in open_ones)
    print(f"{name}: level {full['level']} / {fleet['level']}", *wrong, *open_ones, sep="\n    ", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=50)
    asked = parser.parse_args()
    sys.exit(compare(asked.folder, asked.most))
