"""Which files a program of R, Julia, MATLAB, SAS or SPSS runs: cheap, without a parse."""

from __future__ import annotations

import re

from mlscan.read.code_languages import code_text, language_of, source_text, strings_of

MAX_FILES = 2_000
"""Files of one program that are told."""

_NAMED = re.compile(rb"\.(?:[rR]|Rmd|rmd|qmd|jl|m|sas|sps|sql|py|sh|ipynb)['\")]")
_WHOLE_FOLDER = re.compile(
    rb"(?<![\w.])(?:load_all|tar_source|source_files|sourceDirectory|source_folder|r_make|tar_make)\s{0,9}\(|"
    rb"\blist\.files\s{0,9}\([^()\n]{0,200}\\+\.[\[(]?[Rr]"
)
_FILE = re.compile(r"[\w./\\ -]{1,200}\.(?:[rR]|Rmd|rmd|qmd|jl|m|sas|sps|sql|py|sh|ipynb)")
_INCLUDE = re.compile(r"(?i)(?:%include|\binsert\s+file\s*=|\binclude\s+file\s*=)\s*([\w./&]{1,200}\.(?:sas|sps))")
_WORD = re.compile(r"[A-Za-z]\w{2,99}")
FOLDER = "R/"
"""The folder whose files the functions of R that load all of them load."""


def included_files(data: bytes, path: str, language: str) -> frozenset[str]:
    """What a program names of other files, as written; `R/` where it loads that whole folder.

    Of MATLAB every word is told as well: a function is the file of its name. Comments do not count.
    """
    if language not in ("r", "julia", "matlab", "sas", "spss") or language_of(path, data) != language:
        return frozenset()
    found: set[str] = set()
    if language == "r" and _WHOLE_FOLDER.search(data):
        found.add(FOLDER)
    named = _NAMED.search(data) is not None or language in ("sas", "spss")
    if not named and language != "matlab":
        return frozenset(found)
    text = source_text(data)
    if named:
        found |= {word.replace("\\", "/") for _, word in strings_of(text, language) if _FILE.fullmatch(word)}
        found |= set(_INCLUDE.findall(code_text(text, language)))
    if language == "matlab":
        found |= {f"{word}.m" for word in _WORD.findall(code_text(text, language))}
    return frozenset(sorted(found)[:MAX_FILES])
