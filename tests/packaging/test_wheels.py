"""The maintainers' command that looks for wheels of the dependencies, without the index."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import wheels
from benchmarks.wheels import Answer, main, requirements, shown, systems_of, wheels_in

LINUX = "re2-1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"
OLD = "yaml-6-cp313-cp313-manylinux2014_x86_64.whl"
PURE = "click-8-py3-none-any.whl"


def test_systems_of_a_wheel() -> None:
    assert systems_of(LINUX) == [("manylinux", 2, 27), ("manylinux", 2, 28)]
    assert systems_of(OLD) == [("manylinux", 2, 17)]
    assert systems_of("a-1-cp311-abi3-macosx_11_0_arm64.whl") == [("macosx", 11, 0)]
    assert systems_of(PURE) == [] == systems_of("a-1-cp311-cp311-win_amd64.whl")


def test_what_pip_would_install() -> None:
    report = {"install": [{"download_info": {"url": f"https://files.example/x/{name}"}} for name in (PURE, LINUX)]}
    assert wheels_in(report) == [PURE, LINUX]


def test_lines() -> None:
    answers = [Answer("linux-x86_64", "3.13", (LINUX, OLD, PURE), ()), Answer("windows-arm64", "3.11", (), ("re2>=1",))]
    assert shown(answers) == [
        "linux-x86_64       3.13  all 3 wheels, at least manylinux_2_27",
        "windows-arm64      3.11  missing: re2>=1",
    ]


@pytest.mark.parametrize(("platform", "code"), [("linux-x86_64", 1), ("windows-arm64", 0)])
def test_only_what_is_promised_fails(platform: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(wheels, "resolve", nothing)
    assert main(["--platform", platform, "--python", "3.13"]) == code


def test_the_one_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def without_re2(wanted: list[str], *_: Any, **__: Any) -> list[str] | None:
        return None if any("re2" in item for item in wanted) else [PURE]

    monkeypatch.setattr(wheels, "resolve", without_re2)
    main(["--platform", "linux-musl-x86_64", "--python", "3.11"])
    assert "missing: google-re2" in capsys.readouterr().out


def test_an_extra_brings_what_the_extras_in_it_need() -> None:
    assert not any("SQLAlchemy" in item or "psycopg" in item for item in requirements())
    found = requirements(["postgres"])
    assert set(requirements()) < set(found)
    assert any("SQLAlchemy" in item for item in found)
    assert any("psycopg" in item for item in found)
    assert not any(item.startswith("mlscan") for item in found)
