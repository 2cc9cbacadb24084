"""Files that a program of R, Julia, MATLAB, SAS or SPSS runs, as words that lead to files of the repository."""

from __future__ import annotations

from mlscan.detect.facts import Facts

SOURCING = frozenset(("r", "julia", "matlab", "sas", "spss"))
"""Languages whose programs name the files that they run."""
MAX_FILES = 2_000


def sourced(words: frozenset[str], path: str, language: str, facts: Facts) -> frozenset[str]:
    """What a program names of other files; a whole folder stands for the files in it, words of MATLAB for functions.

    words: what `included_files` told of it.
    """
    from mlscan.read.code_includes import FOLDER

    found = set(words)
    if FOLDER in found:
        found.discard(FOLDER)
        found |= set(_near_folder(path, facts)[:MAX_FILES])
    if language == "matlab":
        found = {word for word in found if facts.by_name.get(word) or "/" in word}
    return frozenset(found)


def _near_folder(path: str, facts: Facts) -> list[str]:
    """The files of the nearest folder `R` beside a program or above it."""
    folder = path.rpartition("/")[0]
    while True:
        start = f"{folder}/R/" if folder else "R/"
        files = [p for p in facts.paths if p.startswith(start) and p.endswith((".R", ".r"))]
        if files or not folder:
            return files
        folder = folder.rpartition("/")[0]
