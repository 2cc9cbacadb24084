"""The limit of time holds after reading too: what is not decided by then is unknown, never absent."""

from __future__ import annotations

from itertools import product

from clock import nothing_hangs

from mlscan.detect.engine import Engine
from mlscan.detect.hits import UnitSet, same_unit
from mlscan.detect.plan import compile_plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.content import Detector
from mlscan.types.evidence import Findings, Gap
from mlscan.types.lists import DetectContent

from .build import LISTS, detector

FILES = {"a.py": "import one\nimport two\n"}
FIRST = detector({"imports": "one"}, "first")
SECOND = detector({"imports": "two"}, "second")


class Late(MemorySnapshot):
    """A snapshot whose time is over after so many questions."""

    def __init__(self, questions: int) -> None:
        super().__init__(FILES)
        self._left = questions

    def is_late(self) -> bool:
        """Counts the question."""
        self._left -= 1
        return self._left < 0


def late(questions: int, *detectors: Detector) -> Findings:
    """Findings where so many matchers could be asked in time."""
    return Engine(Late(questions), compile_plan(DetectContent(detectors, LISTS))).run()


def test_what_is_not_decided_in_time_is_unknown() -> None:
    found = late(1, FIRST, SECOND)
    assert [e.detector for e in found.evidence] == ["first"]
    assert found.unknown == {"second": "limit of time reached"}
    assert Gap("", "limit of time reached") in found.gaps


def test_half_of_a_condition_decides_nothing() -> None:
    for find in (
        {"all_of": [{"imports": "one"}, {"imports": "three"}]},
        {"any_of": [{"imports": "three"}, {"imports": "one"}]},
        {"imports": "one", "none_of": [{"imports": "two"}]},
        {"imports": "one", "none_of": [{"imports": "three"}]},
    ):
        found = late(1, detector(find))
        assert (found.evidence, found.unknown) == ((), {"subject": "limit of time reached"})


def test_who_asks_an_undecided_detector_is_undecided() -> None:
    asks = detector({"all_of": ["second", {"imports": "one"}]}, "asks")
    found = late(1, FIRST, SECOND, asks)
    assert set(found.unknown) == {"asks", "first", "second"} - {e.detector for e in found.evidence}
    assert "asks" in found.unknown


def test_every_place_that_is_followed_is_followed_in_time() -> None:
    find = {"refers": {"from": {"imports": "one"}, "to": {"imports": "two"}}}
    assert late(3, detector(find)).unknown == {"subject": "limit of time reached"}
    assert len(late(4, detector(find)).evidence) == 1


def test_in_time_nothing_is_unknown() -> None:
    found = late(2, FIRST, SECOND)
    assert (len(found.evidence), found.unknown, found.gaps) == (2, {}, ())


def test_a_set_of_units_says_the_same_as_a_look_at_each() -> None:
    keys = [key for size in range(4) for key in product("ab", repeat=size)]
    for number in range(0, 1 << len(keys), 97):
        some = [key for place, key in enumerate(keys) if number >> place & 1]
        units = UnitSet(some)
        assert [units.meets(key) for key in keys] == [any(same_unit(key, k) for k in some) for key in keys]


def test_many_units_are_no_more_work_each() -> None:
    keys = [(f"{number}.py", "function:f") for number in range(200_000)]
    with nothing_hangs(120, "every unit is compared with every other"):
        units = UnitSet(keys)
        assert all(units.meets(key) for key in keys)
        assert not any(units.meets((path, "function:g")) for path, _ in keys)
