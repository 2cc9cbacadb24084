"""CI files of any system to one model: triggers, jobs, steps with their commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlscan.read.ci_paths import by_name, ci_system, outside
from mlscan.read.ci_parts import CiFile, Others, inactive, open_ci, unreadable
from mlscan.types.source import Workflow

__all__ = ["ci_system", "parse_ci"]

OUTSIDE = "outside the folder that the system reads"
MAX_BYTES = 2_000_000

Reader = Callable[[CiFile, str, Others], Workflow | None]


def parse_ci(data: bytes, path: str, others: Others) -> Workflow | None:
    """The workflow of a CI file, or None where path and content are of no CI system.

    `others` gives the bytes of another file of the repository, for what a file includes. A file that the system does
    not look at, that is empty or that has no trigger is a workflow with `active` False. For a system without a reader
    `commands_read` is False. Never raises for bad content: what is broken is among the problems.
    """
    system = ci_system(path)
    if system is None:
        return None
    certain = by_name(path)
    if system in _TEXT_READERS and len(data) <= MAX_BYTES:
        return _TEXT_READERS[system](data, path)
    if not path.lower().endswith((".yml", ".yaml", ".json")):
        return Workflow(system, path, commands_read=False) if certain else None
    file = open_ci(data, path)
    if not certain:
        found = _by_shape(file, others)
    else:
        found = unreadable(system, file) or _read(file, system, others)
    if found is not None and outside(path, found.system):
        return replace(found, active=False, why_inactive=OUTSIDE)
    return found
