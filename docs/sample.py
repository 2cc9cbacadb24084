"""`python docs/sample.py [--check]`: keeps the sample of output in the README as mlscan prints it.

The sample is the report on a fixture, committed into a repository of its own, so that it is the same on every machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "fixtures" / "repos" / "level-3-parking-demand"
PAGE = ROOT / "README.md"
MARKED = re.compile(r"(?<=<!-- sample: begin -->\n).*?(?=<!-- sample: end -->)", re.DOTALL)


def sample() -> str:
    """The report on the story in 80 columns without colour, as a fenced block; the time it took is left out."""
    with tempfile.TemporaryDirectory() as folder:
        repository, environment = committed(Path(folder))
        command = [sys.executable, "-m", "mlscan", str(repository)]
        printed = subprocess.run(command, env=environment, check=True, capture_output=True, encoding="utf-8").stdout
    return f"```text\n$ mlscan parking-demand\n{re.sub(r' in [0-9.]+ s', '', printed).strip()}\n```\n"


def committed(folder: Path) -> tuple[Path, dict[str, str]]:
    """The story as a repository below the folder, and the environment in which it is the same on every machine."""
    repository = folder / "parking-demand"
    shutil.copytree(STORY, repository)
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment = {**os.environ, **who, **nowhere, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    for words in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "Demand of parking"]):
        subprocess.run(["git", *words], cwd=repository, env=environment, check=True)
    return repository, environment


_WHO = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-01-05T12:00:00Z"}


def main() -> int:
    """Writes the sample; with --check says with 1 that it is not up to date."""
    parser = argparse.ArgumentParser(description="Keep the sample of the README up to date.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the page is not up to date")
    check = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = MARKED.sub(lambda _: sample(), before)
    if check and before != after:
        print("README.md: the sample is not what mlscan prints; run `python docs/sample.py`", file=sys.stderr)
        return 1
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
