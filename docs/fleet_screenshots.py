"""`python docs/fleet_screenshots.py STORE`: makes the pictures of docs/fleet.md anew from a store, names left out.

The store is that of any `mlscan fleet scan`; nothing in the pictures tells whose repositories they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from screenshots import NAMES, PICTURES

SHOTS = {
    "fleet-light": ("", "1280,1500", 1),
    "fleet-map": ("#sort=level&down=1", "1440,960", 1),
}
"""Name -> what the address of the page says, size, colour scheme as Chromium numbers it."""
MAP_ONLY = "<style>header, footer, main > :not(#repositories) { display: none; } #scroller { height: 42rem; }</style>"


def main() -> int:
    """Writes the pictures."""
    browser = os.environ.get("MLSCAN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None or len(sys.argv) != 2:
        print("usage: python docs/fleet_screenshots.py STORE, with a Chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "fleet.html"
        report = [sys.executable, "-m", "mlscan", "fleet", "report", "--store", sys.argv[1], "--redact", "names"]
        subprocess.run([*report, "--quiet", "--html", str(page)], check=True, stdout=subprocess.DEVNULL)
        alone = Path(name) / "map.html"
        text = page.read_text(encoding="utf-8")
        alone.write_text(text.replace("</head>", f"{MAP_ONLY}</head>", 1), encoding="utf-8")
        for picture, (said, size, scheme) in SHOTS.items():
            options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
            options += [f"--user-data-dir={name}/profile", f"--window-size={size}"]
            options += [f"--screenshot={PICTURES / picture}.png", f"--blink-settings=preferredColorScheme={scheme}"]
            address = (alone if said else page).as_uri() + said
            subprocess.run([browser, *options, address], check=True, capture_output=True, timeout=120)
    return 0


if __name__ == "__main__":
    sys.exit(main())
