"""Which language a notebook is in, from the names that kernels give and from its code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlscan.read.notebook_cells import RawCell

_PREFIXES = (
    ("ipython", "python"),
    ("python", "python"),
    ("pyspark", "python"),
    ("pysparkkernel", "python"),
    ("conda", "python"),
    ("julia", "julia"),
    ("scala", "scala"),
    ("spylon", "scala"),
    ("almond", "scala"),
    ("matlab", "matlab"),
    ("octave", "matlab"),
    ("sas", "sas"),
    ("ir", "r"),
)
_CELLS = 50
"""Code cells that are looked at for a guess."""

_LOOKS = (
    ("python", re.compile(r"^[ \t]*+(?:import [A-Za-z_]|from [\w.]+ import |def \w+\(|print\(|%%?\w|[\w.]+ = )", re.M)),
    ("r", re.compile(r"^[ \t]*+(?:library\(|[\w.]+ <- )", re.M)),
    ("julia", re.compile(r"^[ \t]*+using [A-Z]", re.M)),
)


def language_name(name: str) -> str:
    """The usual lower-case name of the language that a kernel or editor names; "" for "" and plain text."""
    name = name.strip().lower()[:40]
    if name in ("r", "markdown", "plaintext", "raw", "text", ""):
        return "r" if name == "r" else ""
    for prefix, language in _PREFIXES:
        if name.startswith(prefix) and (prefix != "ir" or name in ("ir", "ir32", "irkernel")):
            return language
    return name if name.isascii() and name.replace("-", "").replace("+", "").replace("#", "").isalnum() else ""


def guess_language(cells: Sequence[RawCell]) -> str:
    """The language that most code cells look like; "unknown" where none does."""
    code = [cell for cell in cells if cell.kind == "code"][:_CELLS]
    named = next((cell.language for cell in code if cell.language), "")
    if named:
        return named
    texts = [cell.text[:5_000] for cell in code]
    scores = [(sum(1 for text in texts if pattern.search(text)), language) for language, pattern in _LOOKS]
    best, language = max(scores, key=lambda item: item[0])
    return language if best else "unknown"
