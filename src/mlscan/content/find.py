"""Where content lives: inside an installed package, or beside `src/` in a checkout."""

from __future__ import annotations

from pathlib import Path

from mlscan.types.errors import ContentError, UsageError

PACKAGE = Path(__file__).resolve().parent.parent


def built_in() -> tuple[Path, Path]:
    """The folders of detectors and rules that ship with mlscan. Raises ContentError when they are missing."""
    installed = PACKAGE / "_content"
    root = installed if installed.is_dir() else PACKAGE.parent.parent
    detectors, rules = root / "detectors", root / "rules"
    if not detectors.is_dir() or not rules.is_dir():
        raise ContentError(str(root), "the folders detectors/ and rules/ are missing; install mlscan again")
    return detectors, rules


def yaml_files(folder: Path, option: str) -> list[tuple[str, Path]]:
    """(path relative to the folder, path) of each YAML file below it, sorted. Raises UsageError for no folder."""
    if not folder.is_dir():
        raise UsageError(f"{option}: no folder {folder}")
    found = [(p.relative_to(folder).as_posix(), p) for p in folder.rglob("*.y*ml") if p.is_file()]
    return sorted(found)
