"""Where configuration comes from: files of the snapshot, by their bytes, or a file that the command line names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlscan.settings.decode import Place, convert, line_of, parse
from mlscan.types.errors import SettingsError, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.settings import Settings
from mlscan.types.snapshot import Snapshot

OWN, SHARED = "mlscan.toml", "pyproject.toml"
MOST_BYTES = 256 * 1024
"""Bytes of a configuration file at the most."""
_TABLE = ("tool", "mlscan")
_HEADER = re.compile(rb"""^[ \t]*\[{1,2}[ \t]*["']?tool["']?[ \t]*\.[ \t]*["']?mlscan["']?[ \t]*[.\]]""", re.MULTILINE)
_HINT = "--no-repo-config scans without it"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Configuration with where it came from."""

    settings: Settings
    name: str
    """For messages and reports: a path in the repository, or the name of a file that was given."""
    given: bool = False
    """True where the command line named the file."""
    shadowed: str | None = None
    """Another file of the repository that holds configuration, too, and is not used."""
    lines: Mapping[Place, int] = field(default_factory=dict)
    prefix: Place = ()

    def where(self, *place: str | int) -> str:
        """`file:line` of a key."""
        return f"{self.name}:{line_of(self.lines, (*self.prefix, *place))}"


def read_repository(snapshot: Snapshot) -> Loaded | None:
    """The configuration at the root of what is scanned, at the scanned revision; None where there is none.

    `mlscan.toml` wins over `[tool.mlscan]` of `pyproject.toml`. Raises SettingsError for configuration that is broken,
    too large or cannot be read; a broken `pyproject.toml` without such a table is no configuration.
    """
    sizes = {f.path: f.size for f in snapshot.files if f.path in (OWN, SHARED)}
    shared = _shared(snapshot, sizes[SHARED]) if SHARED in sizes else None
    if OWN not in sizes:
        return shared
    data = _bytes(snapshot, OWN, sizes[OWN])
    if isinstance(data, Gap):
        raise SettingsError(OWN, f"could not be read ({data.reason}); {_HINT}")
    loaded = decode(data, OWN)
    shadowed = SHARED if shared is not None else None
    return Loaded(loaded.settings, OWN, shadowed=shadowed, lines=loaded.lines, prefix=loaded.prefix)


def load_file(path: str | Path) -> Loaded:
    """The configuration in a file that the user named. Raises UsageError, or SettingsError with file and line."""
    data = file_bytes(path, "--config")
    shared = Path(path).name == SHARED
    if shared and not _HEADER.search(data):
        raise UsageError(f"--config {path}: holds no table [tool.mlscan]")
    loaded = decode(data, Path(path).name, _TABLE if shared else ())
    return Loaded(loaded.settings, loaded.name, given=True, lines=loaded.lines, prefix=loaded.prefix)


def file_bytes(path: str | Path, option: str) -> bytes:
    """The bytes of a file that the user named. Raises UsageError where there is none, or too much of it."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror or type(error).__name__}") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{option} {path}: larger than {MOST_BYTES // 1024} KiB")
    return data


def decode(data: bytes, name: str, prefix: Place = ()) -> Loaded:
    """Configuration from bytes. Raises SettingsError with file and line.

    prefix: the table that holds it.
    """
    values, lines = parse(data, name)
    found: object = values
    for step in prefix:
        found = found.get(step, {}) if isinstance(found, dict) else found
    return Loaded(convert(found, Settings, name, lines, prefix), name, lines=lines, prefix=prefix)


def _shared(snapshot: Snapshot, size: int | None) -> Loaded | None:
    """The table in `pyproject.toml`; what cannot be read there is no configuration, but for such a table."""
    data = _bytes(snapshot, SHARED, size)
    if isinstance(data, Gap) or not _HEADER.search(data):
        return None
    return decode(data, SHARED, _TABLE)


def _bytes(snapshot: Snapshot, path: str, size: int | None) -> bytes | Gap:
    large = SettingsError(path, f"is larger than {MOST_BYTES // 1024} KiB; {_HINT}")
    if size is not None and size > MOST_BYTES:
        if path == SHARED:
            return Gap(path, "larger than the limit")
        raise large
    data: bytes | Gap = Gap(path, "not there")
    for _, read in snapshot.read_many([path]):
        data = read
    if not isinstance(data, Gap) and len(data) > MOST_BYTES:
        raise large
    return data
