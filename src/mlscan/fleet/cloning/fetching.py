"""How a clone is filled: the files of one revision up to the reader's limit, then the commits without files."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscan.fleet.cloning.git import Bounds, Ran, size_of
from mlscan.fleet.cloning.limits import CloneFailure, CloneLimits
from mlscan.fleet.cloning.remote import NOT_TOLD, TOO_LARGE, References, Remote, reason_of

NOTEBOOKS = 1_000
"""Large notebooks of one repository that are fetched."""
DETACHED = "refs/mlscan/head"
_ALWAYS = (
    *("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--no-auto-maintenance", "--progress"),
    *("--update-shallow", "--force", "--refmap="),
)
_UNFILTERED = "filtering not recognized"
_REFUSED = ("filter", "not supported")
_DUMB = (
    "dumb http",
    "shallow capabilities",
    "does not support --depth",
    "does not support shallow",
    "server does not support",
)


@dataclass(frozen=True, slots=True)
class Filling:
    """One clone that is being filled."""

    remote: Remote
    references: References
    folder: Path
    limits: CloneLimits
    end: float
    """On the clock of `time.monotonic`."""
    shown_url: str
    """The address that is written into the clone."""

    def everything(self) -> None:
        """The branch with its whole history, or what is new of it. Raises CloneFailure."""
        self._configure()
        self._need(self._fetch(self._refspec()))
        self._settle()

    def needed(self, notify: Callable[[str], None]) -> bool:
        """The files that are read and the commits; whether all of that could be had. Raises CloneFailure."""
        self._configure(promisor=True)
        ran = self._fetch("--depth=1", f"--filter=blob:limit={self.limits.file_bytes + 1}", self._refspec())
        if not ran.is_well and any(word in ran.told for word in _DUMB):
            # Neither depth nor filters: everything, or nothing.
            self._clean()
            self.everything()
            return True
        unfiltered = _UNFILTERED in ran.told
        if _may_be_refusal(ran):
            unfiltered = True
            self._configure()
            ran = self._fetch("--depth=1", self._refspec())
        self._need(ran)
        if unfiltered:
            self._forget_promises()
        complete = True if unfiltered else self._notebooks()
        if not complete:
            notify("large notebooks could not be fetched, so what is in them is unknown")
        reason = self._history(filtered=not unfiltered)
        if reason is not None:
            notify(f"the commits could not be fetched, so people are not counted: {reason}")
        self._settle()
        return complete and reason is None

    def refresh(self) -> None:
        """Writes down anew what may have changed while the commit has not: the address and the branches."""
        self._settle()

    def _history(self, *, filtered: bool) -> str | None:
        """Fetches the commits; why not, or None. The files that are there stay in any case."""
        if not (self.folder / "shallow").is_file():
            return None
        ran: Ran | None = None
        for choice in (["--filter=tree:0"], ["--filter=blob:none"], []) if filtered else ([],):
            if not choice and filtered:
                self._forget_promises()
            ran = self._fetch("--unshallow", *choice, self._refspec())
            if not _may_be_refusal(ran):
                break
        if ran is None or ran.is_well:
            return None
        self._clean()
        return reason_of(ran)

    def _notebooks(self) -> bool:
        """Fetches notebooks that are larger than other files may be; whether none is missing."""
        self._configure()
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", self._tip())
        wanted = {
            words[2]
            for line in listed.printed.decode("utf-8", "surrogateescape").split("\0")
            if line.endswith(".ipynb") and len(words := line.partition("\t")[0].split()) == 3 and words[1] == "blob"
        }
        if not wanted:
            return True
        answers = self._git("cat-file", "--batch-check", asked="\n".join(sorted(wanted)).encode("ascii") + b"\n")
        missing = [line.split()[0] for line in answers.printed.splitlines() if line.endswith(b" missing")]
        if not missing:
            return True
        self._configure(promisor=True)
        asked = b"\n".join(missing[:NOTEBOOKS]) + b"\n"
        ran = self._fetch("--filter=blob:none", "--stdin", settings=("fetch.negotiationAlgorithm=noop",), asked=asked)
        if not ran.is_well:
            self._clean()
        return ran.is_well

    def _need(self, ran: Ran) -> None:
        if not ran.is_well:
            raise CloneFailure(reason_of(ran))
        if size_of(self.folder) > self.limits.bytes:
            raise CloneFailure(TOO_LARGE)

    def _refspec(self) -> str:
        branch = self.references.branch
        return f"+refs/heads/{branch}:refs/heads/{branch}" if branch is not None else f"+HEAD:{DETACHED}"

    def _tip(self) -> str:
        branch = self.references.branch
        return f"refs/heads/{branch}" if branch is not None else DETACHED

    def _fetch(self, *words: str, settings: Sequence[str] = (), asked: bytes = b"") -> Ran:
        options = [w for w in words if w.startswith("-")]
        refspecs = [w for w in words if not w.startswith("-")]
        more = [word for setting in settings for word in ("-c", setting)]
        return self._git(*more, "fetch", *_ALWAYS, *options, "origin", *refspecs, asked=asked)

    def _git(self, *words: str, asked: bytes = b"") -> Ran:
        bounds = Bounds(end=self.end, folder=self.folder, bytes=self.limits.bytes)
        return self.remote.run([f"--git-dir={self.folder}", *words], self.folder, bounds, asked)

    def _configure(self, *, promisor: bool = False) -> None:
        """The repository's own files, written by us: no template, no hook, one remote."""
        for name in ("objects/pack", "objects/info", "refs/heads"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "packed-refs").unlink(missing_ok=True)
        head = f"ref: refs/heads/{self.references.branch or 'none'}\n"
        (self.folder / "HEAD").write_bytes(head.encode("utf-8", "surrogateescape"))
        self._write_config(self.remote.url, promisor=promisor)

    def _write_config(self, url: str, *, promisor: bool) -> None:
        sha256 = len(self.references.revision) == 64
        lines = ["[core]", f"repositoryformatversion = {int(sha256 or promisor)}", "bare = true"]
        if sha256 or promisor:
            lines += ["[extensions]"]
        lines += ["objectformat = sha256"] if sha256 else []
        lines += ["partialClone = origin"] if promisor else []
        escaped = url.replace("\\", "\\\\").replace('"', '\\"')
        lines += ['[remote "origin"]', f'url = "{escaped}"']
        lines += ["promisor = true"] if promisor else []
        (self.folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def _settle(self) -> None:
        """Leaves the clone as it is read: no remote to ask for objects, and the branches that the server has."""
        self._clean()
        self._write_config(self.shown_url, promisor=False)
        (self.folder / "FETCH_HEAD").unlink(missing_ok=True)
        branch = self.references.branch
        if branch is None:
            tip = (self.folder / DETACHED).read_text(encoding="ascii")
            (self.folder / "HEAD").write_text(tip, encoding="ascii", newline="\n")
        others = sorted((n, oid) for n, oid in self.references.branches.items() if n != branch)
        text = "".join(f"{oid} refs/heads/{name}\n" for name, oid in others)
        (self.folder / "packed-refs").write_bytes(text.encode("utf-8", "surrogateescape"))

    def _forget_promises(self) -> None:
        """Nothing is missing here, so nothing is marked as given by somebody who has the rest."""
        self._configure()
        for mark in (self.folder / "objects" / "pack").glob("*.promisor"):
            mark.unlink(missing_ok=True)

    def _clean(self) -> None:
        """Removes what a fetch that was ended has left behind."""
        for pattern in ("objects/pack/tmp_*", "objects/pack/.tmp-*", "*.lock", "refs/heads/**/*.lock", "objects/tmp_*"):
            for left in self.folder.glob(pattern):
                with contextlib.suppress(OSError):
                    left.unlink()


def _may_be_refusal(ran: Ran) -> bool:
    """Whether a server may have failed because of what it was asked for: it says so, or nothing that is understood."""
    refused = all(word in ran.told for word in _REFUSED)
    return not ran.is_well and (refused or (ran.stopped is None and reason_of(ran) == NOT_TOLD))


def ending(limits: CloneLimits) -> float:
    """When a clone that begins now must be done, on the clock of `time.monotonic`."""
    return time.monotonic() + limits.seconds
