"""mlscan finds its content and works from a wheel, an sdist, an editable install and a checkout.

Each is built without an index and installed into an environment of its own, which borrows only the dependencies.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pytest
from build import ProjectBuilder

# One worker builds, once.
pytestmark = pytest.mark.xdist_group("packaging")

ROOT = Path(__file__).parents[2]
STORY = ROOT / "fixtures" / "repos" / "level-2-bird-calls"
WAYS = ["wheel", "sdist", "editable", "checkout"]


def build(kind: Literal["wheel", "sdist", "editable"], source: Path, out: Path) -> Path:
    return Path(ProjectBuilder(source, runner=quietly).build(kind, out))


def quietly(cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
    subprocess.run(cmd, cwd=cwd, env={**os.environ, **(extra_environ or {})}, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Way -> wheel to install; the one of "sdist" is built from the unpacked sdist."""
    out = tmp_path_factory.mktemp("built")
    with tarfile.open(build("sdist", ROOT, out)) as archive:
        archive.extractall(out / "unpacked", filter="data")
    (unpacked,) = (out / "unpacked").iterdir()
    return {
        "wheel": build("wheel", ROOT, out / "wheel"),
        "sdist": build("wheel", unpacked, out / "from-sdist"),
        "editable": build("editable", ROOT, out / "editable"),
    }


def install(wheel: Path, folder: Path) -> Path:
    """The interpreter of a fresh environment that has the wheel, and the dependencies of the running one."""
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "zz-dependencies.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module", params=WAYS)
def installed(
    request: pytest.FixtureRequest, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The way and the interpreter."""
    way: str = request.param
    if way == "checkout":
        return way, Path(sys.executable)
    return way, install(built[way], tmp_path_factory.mktemp(way) / "env")


def run(installed: tuple[str, Path], folder: Path, *words: str) -> str:
    way, python = installed
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if way == "checkout":
        environment["PYTHONPATH"] = str(ROOT / "src")
    ran = subprocess.run([python, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_version(installed: tuple[str, Path], tmp_path: Path) -> None:
    sys_version = run(installed, tmp_path, "-c", "import mlscan; print(mlscan.__version__)").strip()
    assert sys_version in run(installed, tmp_path, "-m", "mlscan", "--version")


def test_code_and_content_come_from_where_they_should(installed: tuple[str, Path], tmp_path: Path) -> None:
    asking = "import mlscan.content.find as f; print(f.PACKAGE); print(*f.built_in(), sep='\\n')"
    code, detectors, rules = map(Path, run(installed, tmp_path, "-c", asking).splitlines())
    if installed[0] in {"wheel", "sdist"}:
        assert (detectors, rules) == (code / "_content" / "detectors", code / "_content" / "rules")
        assert ROOT not in code.parents
    else:
        assert (code, detectors, rules) == (ROOT / "src" / "mlscan", ROOT / "detectors", ROOT / "rules")


def test_detectors_are_listed(installed: tuple[str, Path], tmp_path: Path) -> None:
    listed = run(installed, tmp_path, "-m", "mlscan", "detectors")
    named = [path.stem for path in (ROOT / "detectors").glob("*/*.yaml") if not path.parent.name.startswith("_")]
    assert named
    assert [name for name in named if name not in listed] == []


def test_a_story_is_scanned(installed: tuple[str, Path], tmp_path: Path) -> None:
    shutil.copytree(STORY, tmp_path / "story")
    found = json.loads(run(installed, tmp_path, "-m", "mlscan", "story", "--format", "json"))
    assert found["kind"] == "ml-project"
    assert found["practices"]["experiment-tracking"]["present"] is True


def content_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("mlscan/_content/")]
        return {name.removeprefix("mlscan/_content/"): archive.read(name) for name in names}


def test_an_editable_install_leaves_no_second_copy_of_the_content(built: dict[str, Path]) -> None:
    assert content_of(built["editable"]) == {}


@pytest.mark.parametrize("way", ["wheel", "sdist"])
def test_the_wheel_holds_all_content_and_nothing_of_the_workshop(built: dict[str, Path], way: str) -> None:
    files = [p for folder in ("detectors", "rules") for p in (ROOT / folder).rglob("*.yaml")]
    found = content_of(built[way])
    assert found.pop("compiled.msgpack") != b""
    assert found == {p.relative_to(ROOT).as_posix(): p.read_bytes() for p in files}
    with zipfile.ZipFile(built[way]) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert "mlscan/py.typed" in archive.namelist()
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mlscan"}


def test_the_console_script_is_there(built: dict[str, Path], tmp_path: Path) -> None:
    python = install(built["wheel"], tmp_path / "env")
    script = python.with_name("mlscan.exe" if os.name == "nt" else "mlscan")
    ran = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


HEAVY = {"git", "yaml", "rich", "jinja2", "re2", "tree_sitter", "tree_sitter_python", "asyncio"}


@pytest.mark.parametrize("words", [["-m", "mlscan", "--version"], ["-c", "import mlscan"]])
def test_start_up_imports_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-X", "importtime", *words]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in ran.stderr.splitlines() if "|" in line}
    assert "mlscan" in imported
    assert imported & HEAVY == set()
