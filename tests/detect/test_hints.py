"""Detectors with a hint tell what they saw; nothing of it is counted."""

from __future__ import annotations

from .build import detector, run

FIND = {"dependency": {"name": {"regex": "tool"}}}


def test_a_hint_names_the_place_and_the_thing() -> None:
    found = run({"requirements.txt": "a\nb-tool==1\n"}, detector(FIND, hint="is unknown"))
    assert found.hints == ("requirements.txt:2: b-tool: is unknown",)


def test_one_thing_in_two_files_is_told_once() -> None:
    files = {"requirements.txt": "b-tool==1\n", "dev/requirements.txt": "b-tool==2\n"}
    assert len(run(files, detector(FIND, hint="is unknown")).hints) == 1


def test_other_contexts_are_silent() -> None:
    assert run({"vendor/x/requirements.txt": "b-tool==1\n"}, detector(FIND, hint="is unknown")).hints == ()


def test_long_lists_are_cut() -> None:
    names = "".join(f"tool{number}\n" for number in range(9))
    hints = run({"requirements.txt": names}, detector(FIND, hint="is unknown")).hints
    assert (len(hints), hints[-1]) == (6, "4 more like these: is unknown")


def test_a_detector_without_a_hint_is_silent() -> None:
    assert run({"requirements.txt": "b-tool\n"}, detector(FIND)).hints == ()


def test_a_file_is_named_once() -> None:
    found = run({"data/a.sav": "$FL2\n"}, detector({"path": "**/*.sav"}, hint="is data"))
    assert found.hints == ("data/a.sav: is data",)
