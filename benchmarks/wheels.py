"""Are there wheels of all runtime dependencies for every platform and Python that mlscan is for?

    python -m benchmarks.wheels [--python 3.11]... [--platform NAME]... [--extra fleet]... [--json]

Asks the package index that pip is configured with, installs nothing and builds nothing. Prints one line for each
platform and Python: what is missing, and which systems the wheels are built for at least. Exit 1 when something is
missing on a platform that is promised.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS: dict[str, tuple[str, ...]] = {
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-aarch64": (
        "manylinux_2_28_aarch64",
        "manylinux_2_27_aarch64",
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
    ),
    "macos-arm64": ("macosx_13_0_arm64",),
    "macos-x86_64": ("macosx_13_0_x86_64",),
    "windows-amd64": ("win_amd64",),
    "windows-arm64": ("win_arm64",),
    "linux-musl-x86_64": ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64"),
}
"""Names of platforms and the tags whose wheels they take, of the oldest system that the README names."""
PROMISED = ("linux-x86_64", "linux-aarch64", "macos-arm64", "windows-amd64")
"""Platforms on which everything has to be there."""
_SYSTEM = re.compile(r"(manylinux|macosx|musllinux)_(\d+)_(\d+)")
_OWN = re.compile(r"mlscan\[([\w-]+)\]")
_LEGACY = {"manylinux1": "manylinux_2_5", "manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux_2_17"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the index has for one platform and Python."""

    platform: str
    python: str
    wheels: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def oldest(self) -> str:
        """The oldest system that takes all wheels, such as `manylinux_2_27`; "" where none asks for one."""
        needed = [min(systems) for name in self.wheels if (systems := systems_of(name))]
        return "{}_{}_{}".format(*max(needed)) if needed else ""


def systems_of(wheel: str) -> list[tuple[str, int, int]]:
    """The systems that a wheel's file name gives; none for one that runs everywhere, or on Windows."""
    tag = wheel.removesuffix(".whl").rpartition("-")[2]
    for name, modern in _LEGACY.items():
        tag = re.sub(rf"{name}(?=_)", modern, tag)
    return [(kind, int(major), int(minor)) for kind, major, minor in _SYSTEM.findall(tag)]


def requirements(extras: Iterable[str] = ()) -> list[str]:
    """The runtime dependencies of mlscan, and those of these extras and of the extras that they name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted, asked = list(map(str, project["dependencies"])), list(extras)
    for extra in asked:
        for item in project["optional-dependencies"][extra]:
            own = _OWN.match(item)
            if own is None:
                wanted.append(str(item))
            elif own[1] not in asked:
                asked.append(own[1])
    return wanted


def resolve(wanted: Sequence[str], platform: str, python: str, *, alone: bool = False) -> list[str] | None:
    """File names of the wheels that pip would install there, or None where it finds no answer."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
        command += ["--only-binary", ":all:", "--target", folder, "--report", str(report)]
        command += ["--implementation", "cp", "--python-version", python, *(["--no-deps"] if alone else [])]
        command += [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
        done = subprocess.run([*command, *wanted], capture_output=True, check=False, timeout=600)
        if done.returncode or not report.exists():
            return None
        return wheels_in(json.loads(report.read_text(encoding="utf-8")))


def wheels_in(report: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    """File names in a report of pip, sorted."""
    urls = (item["download_info"]["url"] for item in report["install"])
    return sorted(url.rpartition("/")[2] for url in urls)


def ask(platform: str, python: str, wanted: Sequence[str]) -> Answer:
    """What is there for one platform and Python; where not everything is, each dependency is asked for alone."""
    wheels = resolve(wanted, platform, python)
    if wheels is not None:
        return Answer(platform, python, tuple(wheels), ())
    found = {item: resolve([item], platform, python, alone=True) for item in wanted}
    there = [name for names in found.values() for name in names or ()]
    missing = tuple(item for item, names in found.items() if names is None) or ("something that these depend on",)
    return Answer(platform, python, tuple(sorted(there)), missing)


def shown(answers: Iterable[Answer]) -> list[str]:
    """One line for each answer."""
    lines = []
    for a in answers:
        what = "missing: " + ", ".join(a.missing) if a.missing else f"all {len(a.wheels)} wheels"
        lines.append(f"{a.platform:18} {a.python:5} {what}{f', at least {a.oldest}' if a.oldest else ''}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks, prints, and says by its exit code whether everything that is promised is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", action="append", choices=PYTHONS)
    parser.add_argument("--platform", action="append", choices=PLATFORMS)
    parser.add_argument("--extra", action="append", default=[], help="its dependencies too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    wanted = requirements(given.extra)
    answers = []
    for platform in given.platform or PLATFORMS:
        for python in given.python or PYTHONS:
            answers.append(ask(platform, python, wanted))
            if not given.json:
                print(*shown(answers[-1:]), flush=True)
    if given.json:
        print(
            json.dumps(
                [
                    {"platform": a.platform, "python": a.python, "missing": a.missing, "oldest": a.oldest}
                    for a in answers
                ]
            )
        )
    return int(any(a.missing for a in answers if a.platform in PROMISED))


if __name__ == "__main__":
    sys.exit(main())
