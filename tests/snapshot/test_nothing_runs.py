"""Nothing of the scanned repository, and nothing that the environment says of git, is ever executed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snapshot.building import Read, Repo, Traps, new_repo, read_all, run_git

FILES = {"train.py": b"import sklearn\n", "data/raw.csv": b"a,b\n", "README.md": b"# It\n"}
ATTRIBUTES = "* filter=trap diff=trap merge=trap\n"

CONFIGURED = {
    "core.fsmonitor": "{trap}",
    "core.hooksPath": "{folder}/hooks",
    "core.pager": "{trap}",
    "core.editor": "{trap}",
    "core.askPass": "{trap}",
    "core.sshCommand": "{trap}",
    "core.gitProxy": "{trap}",
    "core.alternateRefsCommand": "{trap}",
    "core.worktree": "{folder}/elsewhere",
    "core.attributesFile": "{folder}/attributes",
    "core.excludesFile": "{folder}/everything",
    "credential.helper": "!{trap}",
    "diff.external": "{trap}",
    "diff.trap.command": "{trap}",
    "diff.trap.textconv": "{trap}",
    "merge.trap.driver": "{trap}",
    "filter.trap.clean": "{trap}",
    "filter.trap.smudge": "{trap}",
    "filter.trap.process": "{trap}",
    "filter.trap.required": "true",
    "pager.log": "{trap}",
    "pager.ls-files": "{trap}",
    "gpg.program": "{trap}",
    "log.showSignature": "true",
    "include.path": "{folder}/included",
    "includeIf.gitdir:/**.path": "{folder}/included",
    "alias.ls-files": "!{trap}",
    "alias.cat-file": "!{trap}",
    "alias.log": "!{trap}",
    "alias.rev-parse": "!{trap}",
    "remote.origin.url": "ext::{trap}",
    "remote.origin.uploadpack": "{trap}",
    "remote.origin.vcs": "trap",
    "remote.origin.promisor": "true",
    "extensions.partialClone": "origin",
    "uploadpack.packObjectsHook": "{trap}",
    "protocol.ext.allow": "always",
    "safe.directory": "*",
    "submodule.recurse": "true",
    "submodule.libs.update": "!{trap}",
    "mailmap.file": "{folder}/mailmap",
    "trailer.sign.command": "{trap}",
    "sequence.editor": "{trap}",
    "core.untrackedCache": "true",
    "core.bare": "true",
    "core.repositoryFormatVersion": "99",
    "extensions.unheardOf": "true",
}
"""A key of the repository's configuration and a value that runs the trap, or leads git elsewhere."""


def dirty(repo: Repo) -> dict[str, bytes]:
    """Makes git look at contents: a file with another time stamp, a changed and an untracked one."""
    os.utime(repo.path / "README.md")
    (repo.path / "train.py").write_text("changed\n")
    (repo.path / "new.py").write_text("new\n")
    return {**FILES, "train.py": b"changed\n", "new.py": b"new\n", ".gitattributes": ATTRIBUTES.encode()}


@pytest.fixture
def tempting(repo: Repo, traps: Traps) -> Repo:
    """A repository with hooks and attributes, and files that its configuration may name."""
    repo.commit({".gitattributes": ATTRIBUTES})
    shutil.copy(traps.program, traps.folder / "git-remote-trap")
    for name in ("fsmonitor-watchman", "post-index-change", "post-checkout", "reference-transaction", "pre-auto-gc"):
        traps.make(f"hooks/{name}")
        shutil.copy(traps.folder / "hooks" / name, repo.git_dir / "hooks" / name)
    (traps.folder / "included").write_text(f"[core]\n\tfsmonitor = {traps.program}\n\tpager = {traps.program}\n")
    (traps.folder / "everything").write_text("*\n")
    (traps.folder / "attributes").write_text(ATTRIBUTES)
    (traps.folder / "mailmap").write_text("Somebody Else <else@example.org> <ann@example.org>\n")
    (traps.folder / "elsewhere").mkdir()
    return repo


def configure(repo: Repo, traps: Traps, key: str) -> None:
    value = CONFIGURED[key].format(trap=traps.program, folder=traps.folder)
    run_git(repo.path, "config", "--file", str(repo.git_dir / "config"), key, value)


def as_if_nothing_were(found: Read, expected: dict[str, bytes]) -> bool:
    return (found.data, found.gaps, {a.name for a in found.authors}) == (expected, {}, {"Ann"})  # type: ignore[union-attr]


@pytest.mark.parametrize("key", CONFIGURED)
def test_no_configuration_of_the_repository_is_obeyed(tempting: Repo, traps: Traps, key: str) -> None:
    expected = dirty(tempting)
    configure(tempting, traps, key)
    assert as_if_nothing_were(read_all(tempting.path), expected)
    assert as_if_nothing_were(read_all(tempting.path, rev="HEAD"), {**FILES, ".gitattributes": ATTRIBUTES.encode()})
    assert traps.sprung == ""


def test_an_index_that_asks_for_a_watcher_starts_none(tempting: Repo, traps: Traps) -> None:
    expected = dirty(tempting)
    configure(tempting, traps, "core.fsmonitor")
    tempting.git("update-index", "--fsmonitor", "--untracked-cache")
    traps.mark.unlink()
    assert b"FSMN" in (tempting.git_dir / "index").read_bytes()
    assert as_if_nothing_were(read_all(tempting.path), expected)
    assert traps.sprung == ""


def test_all_hostile_configuration_at_once_in_a_whole_scan(tempting: Repo, traps: Traps) -> None:
    dirty(tempting)
    config = str(tempting.git_dir / "config")
    for key, value in CONFIGURED.items():
        said = value.format(trap=traps.program, folder=traps.folder)
        run_git(traps.folder, "config", "--file", config, key, said)
    for arguments in ((), ("--rev", "HEAD")):
        command = [sys.executable, "-m", "mlscan", str(tempting.path), *arguments, "--format", "json"]
        ran = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=tempting.path)
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert b'"gaps": []' in ran.stdout or b'"gaps":[]' in ran.stdout
    assert traps.sprung == ""


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("core.fsmonitor", ("status",)),
        ("core.hooksPath", ("add", ".")),
        ("include.path", ("status",)),
        ("includeIf.gitdir:/**.path", ("status",)),
        ("filter.trap.clean", ("diff",)),
        ("filter.trap.process", ("diff",)),
        ("diff.trap.textconv", ("diff",)),
        ("diff.external", ("diff",)),
        ("remote.origin.url", ("-c", "protocol.ext.allow=always", "fetch", "origin")),
    ],
)
def test_the_traps_do_catch_git_where_it_is_used_carelessly(
    tempting: Repo, traps: Traps, key: str, command: tuple[str, ...]
) -> None:
    dirty(tempting)
    configure(tempting, traps, key)
    tempting.git(*command, check=False)
    assert traps.sprung != ""


def test_a_missing_object_is_never_fetched(tempting: Repo, traps: Traps, tmp_path: Path) -> None:
    tempting.git("config", "uploadpack.allowFilter", "true")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{tempting.path}", "partial.git")
    partial = Repo(tmp_path / "partial.git")
    for key in ("remote.origin.url", "remote.origin.uploadpack", "protocol.ext.allow", "core.sshCommand"):
        configure(partial, traps, key)
    blob = tempting.git("rev-parse", "HEAD:README.md")
    found = read_all(partial.path)
    assert (found.data, found.reasons) == ({}, {"missing object (partial clone)"})
    assert traps.sprung == ""
    partial.git("cat-file", "blob", blob, check=False)
    assert traps.sprung != "", "the trap is not armed"


ENVIRONMENT = {
    "GIT_CONFIG_COUNT": {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "{trap}"},
    "GIT_CONFIG_PARAMETERS": {"GIT_CONFIG_PARAMETERS": "'core.fsmonitor={trap}'"},
    "GIT_CONFIG_GLOBAL": {"GIT_CONFIG_GLOBAL": "{folder}/included"},
    "GIT_CONFIG_SYSTEM": {"GIT_CONFIG_SYSTEM": "{folder}/included"},
    "HOME": {"HOME": "{folder}/home"},
    "XDG_CONFIG_HOME": {"XDG_CONFIG_HOME": "{folder}/home"},
    "GIT_DIR": {"GIT_DIR": "{other}/.git"},
    "GIT_COMMON_DIR": {"GIT_COMMON_DIR": "{other}/.git"},
    "GIT_WORK_TREE": {"GIT_WORK_TREE": "{other}"},
    "GIT_INDEX_FILE": {"GIT_INDEX_FILE": "{other}/.git/index"},
    "GIT_OBJECT_DIRECTORY": {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"},
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": {"GIT_ALTERNATE_OBJECT_DIRECTORIES": "{other}/.git/objects"},
    "GIT_CEILING_DIRECTORIES": {"GIT_CEILING_DIRECTORIES": "/"},
    "GIT_NAMESPACE": {"GIT_NAMESPACE": "other"},
    "GIT_SHALLOW_FILE": {"GIT_SHALLOW_FILE": "{folder}/trap"},
    "GIT_GRAFT_FILE": {"GIT_GRAFT_FILE": "{folder}/trap"},
    "GIT_REPLACE_REF_BASE": {"GIT_REPLACE_REF_BASE": "refs/heads/"},
    "GIT_EXEC_PATH": {"GIT_EXEC_PATH": "{folder}"},
    "GIT_PAGER": {"GIT_PAGER": "{trap}", "PAGER": "{trap}", "GIT_PAGER_IN_USE": "true"},
    "GIT_EXTERNAL_DIFF": {"GIT_EXTERNAL_DIFF": "{trap}"},
    "GIT_SSH": {"GIT_SSH": "{trap}", "GIT_SSH_COMMAND": "{trap}"},
    "GIT_ASKPASS": {"GIT_ASKPASS": "{trap}", "SSH_ASKPASS": "{trap}"},
    "GIT_PROXY_COMMAND": {"GIT_PROXY_COMMAND": "{trap}"},
    "GIT_EDITOR": {"GIT_EDITOR": "{trap}"},
    "GIT_TRACE": {
        "GIT_TRACE": "{folder}/mark",
        "GIT_TRACE_SETUP": "{folder}/mark",
        "GIT_TRACE2_EVENT": "{folder}/mark",
    },
    "GIT_LITERAL_PATHSPECS": {"GIT_LITERAL_PATHSPECS": "1"},
    "GIT_ICASE_PATHSPECS": {"GIT_ICASE_PATHSPECS": "1"},
    "GIT_DEFAULT_HASH": {"GIT_DEFAULT_HASH": "sha256"},
    "LANGUAGE": {"LANGUAGE": "de", "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"},
    "TZ": {"TZ": "Pacific/Kiritimati"},
}
"""Variables that a build may have set, for the build or for us."""


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_no_variable_of_the_environment_reaches_git(
    tempting: Repo, traps: Traps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = new_repo(tmp_path / "other", {"secret.py": "s"})
    (traps.folder / "home" / "git").mkdir(parents=True)
    for place in ("home/.gitconfig", "home/git/config"):
        shutil.copy(traps.folder / "included", traps.folder / place)
    (traps.folder / "home" / "git" / "ignore").write_text("*\n")
    for command in ("git-ls-files", "git-cat-file", "git-log", "git-rev-parse", "git-check-ignore"):
        traps.make(command)
    expected = dirty(tempting)
    (tempting.path / "skipped.log").write_text("")
    (tempting.git_dir / "info" / "exclude").write_text("*.log\n")
    for key, value in ENVIRONMENT[name].items():
        monkeypatch.setenv(key, value.format(trap=traps.program, folder=traps.folder, other=other.path))
    assert as_if_nothing_were(read_all(tempting.path), expected)
    assert as_if_nothing_were(read_all(tempting.path, rev="HEAD"), {**FILES, ".gitattributes": ATTRIBUTES.encode()})
    assert traps.sprung == ""


@pytest.mark.parametrize("path", ["", ".", "bin", "::"])
def test_git_is_never_taken_from_the_scanned_folder(
    repo: Repo, traps: Traps, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for place in (repo.path / "git", repo.path / "bin" / "git"):
        place.parent.mkdir(exist_ok=True)
        shutil.copy(traps.program, place)
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("PATH", path + os.pathsep + os.environ["PATH"])
    found = read_all(".")
    assert {**FILES}.items() <= found.data.items()
    assert traps.sprung == ""


def test_replaced_and_grafted_history_is_not_believed(repo: Repo) -> None:
    first = repo.head
    blob = repo.git("rev-parse", "HEAD:train.py")
    false = repo.git("hash-object", "-w", "--stdin", data=b"import mlflow\n")
    repo.git("replace", blob, false)
    repo.commit({"later.py": ""})
    (repo.git_dir / "info" / "grafts").write_text(f"{repo.head}\n")
    found = read_all(repo.path, rev="HEAD")
    assert found.data["train.py"] == FILES["train.py"]
    assert sum(found.authors.values()) == 2  # type: ignore[union-attr]
    assert first != repo.head
