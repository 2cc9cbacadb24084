"""Counting people behind commits."""

from __future__ import annotations

import pytest

from mlscan.detect.people import count_by_work, count_people
from mlscan.detect.work import people_by_work
from mlscan.types.evidence import Context, Evidence, Gap, Location, Strength
from mlscan.types.lists import Lists
from mlscan.types.snapshot import Author


def people(*authors: tuple[str, str]) -> int:
    return count_people({Author(n, e): 1 for n, e in authors}, lambda text: "[bot]" in text)


@pytest.mark.parametrize(
    ("authors", "count"),
    [
        ([("Ann", "ann@a.org"), ("Bob", "bob@a.org")], 2),
        ([("Ann", "ann@a.org"), ("Ann", "ann@home.org")], 1),
        ([("Ann Lee", "x@a.org"), ("annlee", "X@a.org")], 1),
        ([("Ann", "12+ann@users.noreply.github.com"), ("Anna Lee", "ann@users.noreply.github.com")], 1),
        ([("dependabot[bot]", "49+dependabot[bot]@users.noreply.github.com"), ("Ann", "a@a.org")], 1),
        ([("Ann", "a@a.org"), ("Bee", "b@a.org"), ("Ann", "b@a.org")], 1),
        ([("Ann Lee", "x@a.org"), ("AnnLee", "y@b.org")], 1),
        ([("Ann Lee", "x@a.org"), ("a", "12+annlee@users.noreply.github.com")], 1),
        ([("Ann", "ann.lee@a.org"), ("Home", "ann.lee@home.org")], 1),
        ([("Ann", "ann.lee@a.org"), ("Ann Lee", "y@b.org")], 1),
        ([("Ann Lee", "info@a.org"), ("Bob Ray", "info@b.org")], 2),
        ([("Ann Lee", "ann@a.org"), ("Ann Ray", "ann@b.org")], 2),
        ([("李", "a@a.org"), ("王", "b@a.org")], 2),
        ([], 0),
    ],
)
def test_count(authors: list[tuple[str, str]], count: int) -> None:
    assert people(*authors) == count


def seen(practice: str, path: str, context: Context = Context.OWN) -> Evidence:
    where = Location(path, 1)
    return Evidence(
        detector=f"{practice}-x", practice=practice, where=where, excerpt="", strength=Strength.USED, context=context
    )


ANN, ANN2, BEE = Author("Ann", "a@a.org"), Author("Ann", "ann@home.org"), Author("Bee", "b@a.org")
BOT = Author("renovate[bot]", "bot@b.org")
TOUCHED = {
    ANN: frozenset({"fit.py", "README.md"}),
    ANN2: frozenset({"ci.yml"}),
    BEE: frozenset({"load.SQL", "load.sql", "ci.yml"}),
    BOT: frozenset({"fit.py", "ci.yml"}),
}


def is_bot(text: str) -> bool:
    return "[bot]" in text


def test_one_person_under_two_addresses_counts_once_and_bots_do_not() -> None:
    assert count_by_work(TOUCHED, {"a": {"fit.py", "ci.yml"}, "b": {"README.md"}, "c": {"gone"}}, is_bot) == {
        "a": 2,
        "b": 1,
        "c": 0,
    }


WORK = {"work-modelling": ("ml-code",), "work-data": ("etl-x", ".sql"), "work-ops": ("ci",), "bots": ("[bot]",)}


def test_people_are_counted_by_what_they_touch() -> None:
    evidence = [seen("ml-code", "fit.py"), seen("ci", "ci.yml"), seen("ml-code", "load.SQL", Context.TEST)]
    found = people_by_work(Lists(plain=WORK), evidence, TOUCHED, is_bot)
    assert found == {"people-modelling": 1, "people-data": 1, "people-ops": 2}


def test_a_detector_names_files_too() -> None:
    assert people_by_work(Lists(plain=WORK), [seen("etl", "fit.py")], TOUCHED, is_bot)["people-data"] == 2


def test_without_history_it_is_unknown() -> None:
    found = people_by_work(Lists(plain=WORK), [], Gap("", "no history"), is_bot)
    assert found == {"people-modelling": None, "people-data": None, "people-ops": None}


def test_shipped_lists_name_practices_and_detectors_that_exist() -> None:
    from mlscan.content import load_content

    content = load_content()
    known = {*content.presence.practices, *(d.id for d in content.detectors)}
    kinds = {name: values for name, values in content.lists.plain.items() if name.startswith("work-")}
    assert set(kinds) == {"work-modelling", "work-data", "work-operations"}
    assert {v for values in kinds.values() for v in values if not str(v).startswith(".")} <= known
