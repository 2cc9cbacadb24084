"""Progress: silent in the first second and where nobody looks, gone at the end."""

from __future__ import annotations

import io
import sys

import pytest

from mlscan.cli import progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock whose only item is the time."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    monkeypatch.setenv("TERM", "xterm")
    return now


def _run(clock: list[float], stream: io.StringIO, *, wanted: bool = True) -> str:
    shown = progress.Progress(wanted=wanted)
    for done in range(1, 5):
        clock[0] += 0.5
        shown(done, 4)
    shown.finish()
    return stream.getvalue()


def test_a_long_scan_shows_one_line_and_erases_it(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    text = _run(clock, terminal)
    assert "reading 1 of" not in text
    assert "\rreading 2 of 4 files" in text
    assert text.endswith("\r" + " " * len("reading 4 of 4 files") + "\r")


def test_a_short_scan_shows_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    shown = progress.Progress()
    shown(1, 1)
    shown.finish()
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("case", ["piped", "quiet", "dumb"])
def test_nobody_who_does_not_look_is_told(clock: list[float], monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    stream = io.StringIO() if case == "piped" else Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    if case == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    assert _run(clock, stream, wanted=case != "quiet") == ""
