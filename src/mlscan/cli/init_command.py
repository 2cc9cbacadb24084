"""`mlscan init`: a configuration to start with, and a job for the CI system that is in use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.output import one_line, write_file, write_stdout
from mlscan.report.choices import level_names
from mlscan.types.assessment import Assessment, StarterFile
from mlscan.types.errors import UsageError

_OWN, _SHARED = "mlscan.toml", "pyproject.toml"
_PACKAGE = "git+https://HOST/OWNER/mlscan@COMMIT"
"""What stands for the package in the jobs that ship with the rules."""
_HARMLESS = re.compile(r"^[A-Za-z0-9+@:/._=~\[\],<>-]+\Z")
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    path: str
    pyproject: bool
    ci: bool
    package: str
    force: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file as it is to be."""

    path: Path
    name: str
    text: str
    what: str


@click.command("init")
@click.argument("path", default=".", type=click.Path())
@click.option("--pyproject", is_flag=True, help="Write [tool.mlscan] into pyproject.toml instead of mlscan.toml.")
@click.option("--ci/--no-ci", default=True, show_default=True, help="Write a job for the CI system that is in use.")
@click.option("--package", default=_PACKAGE, show_default=True, metavar="SPEC", help="What pip installs in that job.")
@click.option("--force", is_flag=True, help="Edit a configuration that is there, and write a job anew.")
@scanning.common_options
def init_command(**given: object) -> None:
    """Write a configuration to start with, and a CI job, into the folder PATH.

    The configuration names the level that is reached as the gate and the next one as the target. Nothing that is there
    is touched without --force; comments and order of a file that is edited are kept.
    """
    request = msgspec.convert(given, _Request)
    root = Path(request.path)
    if not root.is_dir():
        raise UsageError(f"init: no folder {request.path}")
    if not _HARMLESS.match(request.package):
        raise UsageError("--package: give what pip installs, without spaces and quotes")
    assessment = scanning.scanned(request.content(), request.path, request)
    drafts = [_configuration(root, assessment, request)]
    if request.ci and assessment.own_job is not None:
        drafts += _job(root, assessment.own_job, request)
    for draft in drafts:
        write_file(str(draft.path), draft.text, "init")
        write_stdout(one_line(f"{draft.name}: {draft.what}") + "\n")
    if len(drafts) > 1 and request.package == _PACKAGE:
        write_stdout(f"Put where your mlscan comes from in place of {_PACKAGE}, or give it with --package.\n")
    write_stdout("What only people know: mlscan questionnaire\n")


def _configuration(root: Path, a: Assessment, request: _Request) -> _Draft:
    from mlscan.settings import editing

    given = _values(a)
    name = _SHARED if request.pyproject else _OWN
    path = _inside(root, name)
    if not path.exists():
        if request.pyproject:
            raise UsageError(f"init: no {_SHARED} in {request.path}")
        return _Draft(path, name, editing.starting(given), "written")
    if name == _OWN and not request.force:
        raise UsageError(f"init: there is {name} already; --force adds what it lacks")
    tables = ("tool", "mlscan") if request.pyproject else ()
    text = _read(path, name)
    if request.pyproject and not request.force and re.search(r"^\[tool\.mlscan\b", text, re.MULTILINE):
        raise UsageError(f"init: {name} has [tool.mlscan] already; --force adds what it lacks")
    new, added = editing.edited(text, given, name, tables)
    what = f"added {', '.join(added)}" if added else "there is nothing to add"
    return _Draft(path, name, _ended_alike(text, new), what)


def _values(a: Assessment) -> dict[str, tuple[str | int | bool, str]]:
    names = level_names(a)
    if not a.applicable:
        return {}
    target = min(a.level + 1, max(names))
    values: dict[str, tuple[str | int | bool, str]] = {
        "target": (target, f"{names[target]}; the level is {a.level} now")
    }
    if a.level > 0:
        values["fail-under"] = (a.level, "what is reached stays")
    return values


def _job(root: Path, job: StarterFile, request: _Request) -> list[_Draft]:
    """The job, unless there is one already."""
    path = _inside(root, job.path)
    text = job.text.replace(_PACKAGE, request.package)
    if not path.exists():
        return [_Draft(_folder(root, path), job.path, text, "written")]
    there = _read(path, job.path)
    if job.adds:
        if re.search(r"^mlscan:", there, re.MULTILINE):
            write_stdout(f"{job.path}: has a job mlscan already\n")
            return []
        return [_Draft(path, job.path, _ended_alike(there, f"{there.rstrip()}\n\n{text}"), "added a job")]
    if not request.force:
        write_stdout(f"{job.path}: is there already; --force writes it anew\n")
        return []
    return [_Draft(path, job.path, text, "written anew")]


def _folder(root: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return _inside(root, path.relative_to(root).as_posix())


def _inside(root: Path, name: str) -> Path:
    """The place of a file below the folder. Raises UsageError where a link leads elsewhere."""
    path = root / name
    if path.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"init: {name} is a link, or lies behind one")
    return path


def _ended_alike(before: str, after: str) -> str:
    """The later text with the line ends of the earlier one."""
    return after.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in before else after


def _read(path: Path, name: str) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise UsageError(f"init: {name} is no file of usual size")
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"init: {name} cannot be read ({type(error).__name__})") from None
