"""`python docs/screenshots.py CLONE [--to FOLDER]`: makes the pictures of the README anew, from a real repository.

CLONE is a clone of REPOSITORY, bare or not; it is read at the revision at which its label was given
(`calibration/labels.json`), whatever is checked out. Level, names, paths and lines are facts; code and prose belong to
others and do not go into this repository, so every excerpt is left out before anything is drawn.

The terminal report becomes an SVG by rich, the HTML report PNGs by a headless Chromium of the system (`MLSCAN_CHROMIUM`
names another one), light and dark. With --to they are written elsewhere, and also as wide as a telephone and as a large
screen, to be looked at; `--any` takes another repository as it is, for looking only.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from mlscan import Assessment, RenderOptions, render, scan

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LABELS = ROOT / "calibration" / "labels.json"
REPOSITORY = "microsoft/dstoolkit-mlops-base"
"""On GitHub; one of the labelled repositories whose labels may be looked at."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCHEMES = {"light": 1, "dark": 0}
"""How Chromium numbers the colour schemes that a page may be asked to have."""
_REMOTE_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)


@dataclass(frozen=True)
class View:
    """A size in which the page is drawn, in CSS pixels."""

    name: str
    width: int
    height: int


README = View("report", 1180, 1508)
OTHERS = (View("report-380", 380, 2400), View("report-1440", 1440, 1800))


def revision() -> str:
    """The revision at which the repository was labelled."""
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    return str(next(label["revision"] for label in labels if label["repo"] == REPOSITORY))


def assessed(clone: Path, *, pinned: bool) -> Assessment:
    """What mlscan says of the clone, without excerpts, under the name that the repository has on its forge."""
    found = scan(clone, rev=revision() if pinned else None)
    evidence = tuple(replace(e, excerpt="") for e in found.evidence)
    if not pinned:
        return replace(found, evidence=evidence)
    named = replace(found.repository, name=REPOSITORY.partition("/")[2], url=f"https://github.com/{REPOSITORY}")
    return replace(found, evidence=evidence, repository=named)


def terminal(found: Assessment) -> str:
    """The report in 80 columns with colour, as an SVG that loads nothing; the time it took is left out."""
    printed = re.sub(r" in [0-9.]+ s", "", render(found, "terminal", RenderOptions(color=True)))
    console = Console(record=True, width=82, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(printed.rstrip()))
    title = f"mlscan {found.repository.name}"
    picture = console.export_svg(title=title, theme=MONOKAI, unique_id="mlscan")
    lines = _REMOTE_FONT.sub("", picture).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


def photograph(browser: str, page: Path, picture: Path, view: View, scheme: int) -> None:
    """The top of a page as a PNG; in a frame, as no window of Chromium is as narrow as a telephone."""
    with tempfile.TemporaryDirectory() as name:
        frame = Path(name) / "frame.html"
        size = f"width:{view.width}px;height:{view.height}px"
        frame.write_text(
            f"<!doctype html><style>body{{margin:0}}iframe{{border:0;display:block;{size}}}</style>"
            f'<iframe src="{html.escape(page.as_uri())}" scrolling="no"></iframe>',
            encoding="utf-8",
        )
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += [f"--user-data-dir={name}/profile", f"--window-size={max(view.width, 500)},{view.height}"]
        options += [f"--screenshot={picture}", f"--blink-settings=preferredColorScheme={scheme}"]
        subprocess.run([browser, *options, frame.as_uri()], check=True, capture_output=True, timeout=120)


def browser_here() -> str | None:
    """The Chromium that draws, or None."""
    return os.environ.get("MLSCAN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    """Writes the pictures; without a Chromium only the one of the terminal."""
    parser = argparse.ArgumentParser(description="Make the pictures of the README anew.")
    parser.add_argument("clone", type=Path, help=f"a clone of {REPOSITORY}")
    parser.add_argument("--to", type=Path, default=PICTURES, metavar="FOLDER", help="where they go")
    parser.add_argument("--any", action="store_true", help="another repository, as it is; only with --to")
    given = parser.parse_args()
    folder = given.to.resolve()
    if given.any and folder == PICTURES:
        parser.error("--any: the README shows one repository; give --to FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    found = assessed(given.clone, pinned=not given.any)
    (folder / "terminal.svg").write_text(terminal(found), encoding="utf-8", newline="\n")
    browser = browser_here()
    if browser is None:
        print(f"no Chromium ({', '.join(NAMES)}): the pictures of the page stay as they are", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "report.html"
        page.write_text(render(found, "html"), encoding="utf-8", newline="\n")
        for view in (README,) if folder == PICTURES else (README, *OTHERS):
            for scheme, number in SCHEMES.items():
                photograph(browser, page, folder / f"{view.name}-{scheme}.png", view, number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
