"""Which starter is shown, and how its words are filled in."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from assess.content import DAY, INFO, findings, rules, seen
from assess.test_assess import CODE, DETECTORS, RESEARCH
from mlscan.assess import assess
from mlscan.assess.facts import Facts, gather
from mlscan.assess.presence import decide_practices
from mlscan.assess.starters import filled, starter_for
from mlscan.types.conditions import Cond
from mlscan.types.evidence import Evidence, Location
from mlscan.types.model import AssessContent
from mlscan.types.starters import Starter, Starters, Wording

WORDS = {
    "install": [Wording(when="lockfile", text="sync"), Wording(text="install")],
    "script": [Wording(when="training-code", text="run <<path>>"), Wording(text="run train.py")],
    "setup": [Wording(when="ci", text="- a\n- b\n"), Wording(when="cd", text="<<install>> first")],
}


def content(*starters: Starter) -> AssessContent:
    """The shipped rules with starters for one criterion."""
    known = rules(DETECTORS)
    made = {"tests-exist": Starters(id="tests-exist", starters=list(starters))}
    return replace(known, model=msgspec.structs.replace(known.model, starters=made, words=WORDS))


def facts(evidence: list[Evidence], *starters: Starter, host: str = "") -> Facts:
    found = gather(content(*starters), findings(evidence))
    decide_practices(found)
    found.host = host
    return found


def text(written: str, *evidence: Evidence) -> str:
    return filled(written, WORDS, facts(list(evidence)))


def test_the_first_that_holds_is_shown() -> None:
    one, other = Starter(when="ci", file="a", text="A"), Starter(file="b", text="B")
    for evidence, path in (([CODE, seen("ci")], "a"), ([CODE], "b")):
        found = starter_for("tests-exist", facts(evidence, one, other))
        assert found is not None
        assert found.path == path


def test_a_criterion_without_starters_has_none() -> None:
    assert starter_for("ci-on-changes", facts([CODE], Starter(text="x"))) is None


@pytest.mark.parametrize(
    ("host", "holds"), [("gitlab.acme.example", True), ("gitlab.com", True), ("github.com", False), ("", False)]
)
def test_the_host_of_the_origin_decides(host: str, holds: bool) -> None:
    starter = Starter(when=Cond(host=["gitlab.*"]), text="x")
    assert (starter_for("tests-exist", facts([CODE], starter, host=host)) is not None) == holds


def test_the_host_comes_from_the_origin_of_the_repository() -> None:
    made = content(Starter(when=Cond(host=["gitlab.*"]), file="gl", text="x"), Starter(file="other", text="x"))
    for url, path in (("https://GitLab.example.org/a/b", "gl"), (None, "other")):
        result = assess(findings(RESEARCH), replace(INFO, url=url), made, as_of=DAY)
        (step,) = [s for s in result.next if s.criterion == "tests-exist"]
        assert step.starter is not None
        assert step.starter.path == path


def test_words_are_replaced_by_the_first_text_that_holds() -> None:
    assert text("do: <<install>>") == "do: install"
    assert text("do: <<install>>", seen("lockfile", "configured")) == "do: sync"
    assert text("<<install>>, then <<install>>") == "install, then install"


def test_further_lines_start_below_the_first() -> None:
    assert text("steps:\n  <<setup>>\n  - c\n", seen("ci")) == "steps:\n  - a\n  - b\n  - c\n"


def test_words_may_hold_words() -> None:
    assert text("<<setup>>!", seen("cd")) == "install first!"


def test_a_line_of_a_word_for_which_nothing_holds_is_left_out() -> None:
    assert text("a\n  <<setup>>\nb\n") == "a\nb\n"
    assert text("a: <<setup>>\n") == "a: \n"


def test_a_word_can_name_the_file_that_was_seen() -> None:
    assert text("<<script>>", replace(CODE, where=Location("src/fit.py", 3))) == "run src/fit.py"


@pytest.mark.parametrize(
    "path", ["$(rm -rf).py", "a b.py", "-x.py", "a;b.py", "`x`.py", 'a".py', "a\n.py", "x: y.py", "ä.py", "#a.py"]
)
def test_a_path_that_would_need_quotes_never_gets_into_a_starter(path: str) -> None:
    assert text("<<script>>", replace(CODE, where=Location(path, 3))) == "run train.py"
