"""Content in a form that loads in milliseconds: without examples, keyed by the digest of the files it was made from.

A wheel carries it (`_content/compiled.msgpack`, made when the wheel is built); a checkout keeps it in the user's cache
folder. It holds values only, no code; a copy that does not fit the files or this version is made anew.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from mlscan import __version__
from mlscan.types.content import Detector
from mlscan.types.lists import CommandsFile, ContextsFile
from mlscan.types.model import KindsFile, Model, PresenceFile

NAME = "compiled.msgpack"
FORMAT = 2


class Compiled(msgspec.Struct, frozen=True):
    """Everything that was loaded, ready to use."""

    format: int
    version: str
    digest: str
    detectors: tuple[Detector, ...]
    plain: dict[str, tuple[str | int | float | bool | None, ...]]
    commands: CommandsFile | None
    packages: dict[str, tuple[str, ...]]
    contexts: ContextsFile | None
    presence: PresenceFile
    kinds: KindsFile
    models: dict[str, Model]
    places: dict[str, str]


def cache_folder() -> Path | None:
    """The user's folder for caches, or None where there is no home."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = str(Path(os.environ["HOME"]) / "Library" / "Caches") if "HOME" in os.environ else None
    else:
        home = os.environ.get("HOME")
        base = os.environ.get("XDG_CACHE_HOME") or (str(Path(home) / ".cache") if home else None)
    return Path(base) / "mlscan" if base else None


def read(path: Path, digest: str) -> Compiled | None:
    """The compiled content at a path when it is of this digest and version, else None. Never raises."""
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=Compiled)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    fits = found.format == FORMAT and found.version == __version__ and found.digest == digest
    return found if fits else None


def write(path: Path, compiled: Compiled) -> None:
    """Keeps the compiled content for the next run; a folder that cannot be written is no error."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(msgspec.msgpack.encode(compiled))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True) if temporary.exists() else None


def lean(model: Model) -> Model:
    """The model as a scan needs it."""
    starters = {name: msgspec.structs.replace(file, examples=[]) for name, file in model.starters.items()}
    topics = tuple(msgspec.structs.replace(topic, examples=[]) for topic in model.topics)
    file = msgspec.structs.replace(model.file, examples=[])
    return msgspec.structs.replace(model, file=file, topics=topics, starters=starters)


def without_examples(detector: Detector) -> Detector:
    """The detector as a scan needs it."""
    return msgspec.structs.replace(detector, examples=None)
