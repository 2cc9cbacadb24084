"""Every error that mlscan raises on purpose, drawn as a tree.

    MlscanError
    +-- UsageError        wrong argument or configuration         exit 2
    |   +-- ContentError  a broken detector, list or rule: file and line named
    |   +-- SettingsError a broken configuration or policy: file and line named
    +-- NothingToScan     the target is no readable folder or repository   exit 3
    +-- SnapshotClosed    a read after the snapshot was released (a bug of ours)

What is wrong with one file of a scanned repository is never an error: it is a `Gap`.
"""

from __future__ import annotations


class MlscanError(Exception):
    """Base of all errors with a message for people: one line, what is wrong, where, what to do."""

    exit_code = 70


class UsageError(MlscanError):
    """The user asked for something that cannot be done as asked."""

    exit_code = 2


class ContentError(UsageError):
    """A detector, list or rule is broken. `where` is `file:line`, the line 1-based."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message


class SettingsError(UsageError):
    """A configuration or policy is broken. `where` is `file:line`, the line 1-based, or the file alone."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message


class NothingToScan(MlscanError):
    """The target does not exist, is not readable, or holds no such revision."""

    exit_code = 3


class SnapshotClosed(MlscanError):
    """A file was asked for after the snapshot was closed."""
