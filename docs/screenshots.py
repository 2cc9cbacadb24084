"""`python docs/screenshots.py [REPOSITORY FOLDER]`: makes the pictures of the README anew, from its sample's story.

With a repository, such as a clone of a public one, its pictures are written into the folder, to be looked at: what
belongs to others does not go into this repository.

The terminal report becomes an SVG by rich, the HTML report two PNGs by a headless Chromium of the system
(`MLSCAN_CHROMIUM` names another one), light and dark.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from sample import ROOT, committed

PICTURES = ROOT / "docs" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCHEMES = {"light": 1, "dark": 0}
"""How Chromium numbers the colour schemes that a page may be asked to have."""
SIZE = "1180,1500"
_REMOTE_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def terminal(repository: Path, environment: dict[str, str]) -> str:
    """The report in 80 columns with colour, as an SVG that loads nothing."""
    command = [sys.executable, "-m", "mlscan", str(repository)]
    colored = {**{k: v for k, v in environment.items() if k != "NO_COLOR"}, "FORCE_COLOR": "1"}
    printed = subprocess.run(command, env=colored, check=True, capture_output=True, encoding="utf-8").stdout
    console = Console(record=True, width=82, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(re.sub(r" in [0-9.]+ s", "", printed).rstrip()))
    picture = console.export_svg(title=f"mlscan {repository.name}", theme=MONOKAI, unique_id="mlscan")
    lines = _REMOTE_FONT.sub("", picture).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


def page(repository: Path, environment: dict[str, str], folder: Path) -> Path:
    """The HTML report as a file."""
    file = folder / "report.html"
    command = [sys.executable, "-m", "mlscan", str(repository), "--format", "html", "--output", str(file)]
    subprocess.run(command, env=environment, check=True)
    return file


def photograph(browser: str, file: Path, picture: Path, scheme: int) -> None:
    """The top of a page as a PNG."""
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += [f"--user-data-dir={profile}", f"--window-size={SIZE}", f"--screenshot={picture}"]
        options += [f"--blink-settings=preferredColorScheme={scheme}"]
        subprocess.run([browser, *options, file.as_uri()], check=True, capture_output=True, timeout=120)


def main() -> int:
    """Writes the pictures; without a Chromium only the one of the terminal."""
    given = [Path(argument).resolve() for argument in sys.argv[1:3]]
    pictures = given[1] if len(given) > 1 else PICTURES
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository, environment = committed(folder)
        repository = given[0] if len(given) > 1 else repository
        (pictures / "terminal.svg").write_text(terminal(repository, environment), encoding="utf-8", newline="\n")
        browser = os.environ.get("MLSCAN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        if browser is None:
            print(f"no Chromium ({', '.join(NAMES)}): the pictures of the page stay as they are", file=sys.stderr)
            return 1
        file = page(repository, environment, folder)
        for scheme, number in SCHEMES.items():
            photograph(browser, file, pictures / f"report-{scheme}.png", number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
