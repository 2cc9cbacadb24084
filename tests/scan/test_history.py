"""The life of a repository: when practices appeared and vanished, and where the history begins."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from snapshot.building import Repo, run_git

from mlscan.content import Content, load_content
from mlscan.scan import ScanOptions, scan_with
from mlscan.scan.history import HistoryOptions, history_of
from mlscan.scan.history.samples import check_every, choose
from mlscan.snapshot import Commit, Line
from mlscan.types.errors import NothingToScan, SettingsError, UsageError
from mlscan.types.history import PracticeHistory, RepositoryHistory, Turn

AS_OF = date(2026, 11, 23)
FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "repos"
TRAIN = "from sklearn.svm import SVC\n\nmodel = SVC()\nmodel.fit([[0], [1]], [0, 1])\n"
CI = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python -m pytest\n"
DOCKER = 'FROM python:3.12\nCOPY . .\nCMD ["python", "train.py"]\n'


@cache
def content() -> Content:
    return load_content(examples=False)


class Life:
    """A repository whose commits have days."""

    def __init__(self, path: Path) -> None:
        path.mkdir(exist_ok=True)
        run_git(path, "init", "--quiet", "--initial-branch=main")
        self.repo = Repo(path)

    def on(self, day: str, **files: str | None) -> str:
        """A commit of that day which writes files, or removes those that are None; `__` in a name is a dot."""
        for name, text in files.items():
            place = name.replace("__", ".").replace("_in_", "/")
            if text is None:
                (self.repo.path / place).unlink()
            else:
                self.repo.write({place: text})
        self.repo.git("add", "--all", "--force")
        when = f"{day}T12:00:00+00:00"
        self.repo.git("commit", "--quiet", "--allow-empty", "--message", "x", GIT_COMMITTER_DATE=when)
        return self.repo.head

    def told(self, every: str = "month", **options: object) -> RepositoryHistory:
        return told(self.repo.path, every, **options)


def told(path: Path, every: str = "month", **options: object) -> RepositoryHistory:
    return history_of(content(), path, HistoryOptions(every=every, scan=ScanOptions(as_of=AS_OF), **options))[1]  # type: ignore[arg-type]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "churn")


def practice(history: RepositoryHistory, name: str) -> PracticeHistory:
    return next(p for p in history.practices if p.id == name)


def spans(history: RepositoryHistory, name: str) -> list[tuple[str | None, str | None]]:
    """(commit at which it appeared, commit at which it vanished), None where that is not known or not so."""
    return [(_at(s.appeared), _at(s.vanished)) for s in practice(history, name).spans]


def _at(turn: Turn | None) -> str | None:
    return turn.at.revision if turn is not None and turn.at is not None else None


def test_the_commits_at_which_practices_came_and_went_are_found_between_samples(life: Life) -> None:
    first = life.on("2024-01-03", train__py=TRAIN)
    life.on("2024-01-20", README__md="# Churn\n")
    came = life.on("2024-02-02", Dockerfile=DOCKER)
    for day in range(3, 9):
        life.on(f"2024-02-0{day}", README__md=f"# Churn {day}\n")
    went = life.on("2024-02-20", Dockerfile=None)
    back = life.on("2024-03-05", Dockerfile=DOCKER + "RUN echo\n")
    life.on("2024-03-06", README__md="# Churn again\n")
    history = life.told("5")
    assert spans(history, "ml-code") == [(first, None)]
    # Two samples do not show that it was away between them; `--every month` does.
    monthly = life.told("month")
    assert [m.label for m in monthly.moments] == ["", "2024-01", "2024-02", "2024-03"]
    assert spans(monthly, "containers") == [(back, None)]
    daily = life.told("1")
    assert spans(daily, "containers") == [(came, went), (back, None)]
    assert practice(daily, "containers").present
    assert history.begins.why == "first-commit"
    assert (history.commits, monthly.moments[-1].point.revision) == (12, life.repo.head)


def test_turns_are_exact_when_the_evidence_was_not_touched(life: Life) -> None:
    """What hides evidence may lie in another file: then the commits between are halved."""
    life.on("2024-01-03", train__py=TRAIN, Dockerfile=DOCKER)
    for day in range(1, 6):
        life.on(f"2024-02-0{day}", README__md=f"# {day}\n")
    hidden = life.on("2024-02-06", mlscan__toml='exclude = ["Dockerfile"]\n')
    for day in range(7, 10):
        life.on(f"2024-02-0{day}", README__md=f"# {day}\n")
    history = life.told()
    assert [b for _, b in spans(history, "containers")] == [hidden]


def _put(life: Life, level: int) -> None:
    """The files of the fixture of a level, in place of all others."""
    life.repo.git("rm", "-r", "--quiet", "--ignore-unmatch", ".")
    folder = next(FIXTURES.glob(f"level-{level}-*"))
    life.repo.write({p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()})


def test_levels_and_each_moment_are_those_of_a_scan_of_that_revision(life: Life) -> None:
    _put(life, 1)
    life.on("2023-11-03")
    life.on("2024-02-01", notes__txt="a")
    _put(life, 3)
    up = life.on("2024-02-20")
    life.on("2024-02-21", notes__txt="b")
    _put(life, 2)
    down = life.on("2024-03-01")
    life.on("2024-03-02", notes__txt="c")
    history = life.told()
    for moment in history.moments:
        alone = scan_with(content(), life.repo.path, ScanOptions(rev=moment.point.revision, as_of=AS_OF))
        brief = moment.brief
        assert brief is not None
        assert (brief.level, brief.level_name, brief.could_be) == (alone.level, alone.level_name, alone.could_be)
        assert (brief.kind, brief.applicable) == (alone.kind, alone.applicable)
        assert brief.present == {p.id: p.present for p in alone.practices}
        assert brief.strengths == {p.id: p.strength for p in alone.practices if p.strength}
        assert moment.gaps == len(alone.gaps)
        assert moment.point.on == alone.repository.committed_on
    changes = [(c.before, c.after, c.turn.at and c.turn.at.revision) for c in history.levels]
    assert changes == [(1, 3, up), (3, 2, down)]


def test_a_rename_is_no_turn(life: Life) -> None:
    first = life.on("2024-01-03", train__py=TRAIN)
    life.on("2024-02-03", train__py=None, fit__py=TRAIN)
    assert spans(life.told(), "ml-code") == [(first, None)]


def test_merges_count_when_they_arrive(life: Life) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    life.repo.git("checkout", "--quiet", "-b", "side")
    life.on("2024-01-05", Dockerfile=DOCKER)
    life.repo.git("checkout", "--quiet", "main")
    for day in ("02-03", "02-04", "02-05"):
        life.on(f"2024-{day}", README__md=f"# {day}\n")
    when = "2024-02-06T12:00:00+00:00"
    life.repo.git("merge", "--quiet", "--no-ff", "--message", "m", "side", GIT_COMMITTER_DATE=when)
    merge = life.repo.head
    life.on("2024-02-07", README__md="# later\n")
    history = life.told()
    assert spans(history, "containers") == [(merge, None)]
    assert history.commits == 6


def test_what_is_before_a_date_is_there_already(life: Life) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    base = life.on("2024-01-31", Dockerfile=DOCKER)
    came = life.on("2024-02-02", **{"_in_".join((".github", "workflows", "ci__yml")): CI})
    history = life.told(since=date(2024, 2, 1))
    assert (history.begins.why, history.begins.point.revision) == ("since", base)
    assert spans(history, "containers") == [(None, None)]
    assert practice(history, "containers").spans[0].appeared.after is None
    assert spans(history, "ci") == [(came, None)]
    assert [m.point.on for m in life.told(since=date(2030, 1, 1)).moments] == ["2024-02-02"]


def test_a_shallow_clone_says_where_it_ends(life: Life, tmp_path: Path) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    life.on("2024-02-03", README__md="# a\n")
    life.on("2024-03-03", README__md="# b\n")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--depth", "2", f"file://{life.repo.path}", "shallow")
    history = told(tmp_path / "shallow")
    assert (history.begins.why, history.begins.point.on) == ("shallow-clone", "2024-02-03")
    assert spans(history, "ml-code") == [(None, None)]
    # People are not known there, as in a scan of it.
    assert practice(history, "team").present is None


def test_a_revision_that_cannot_be_judged_is_told_and_passed_over(life: Life) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    life.on("2024-02-03", mlscan__toml="nonsense = 1\n")
    came = life.on("2024-03-03", mlscan__toml=None, Dockerfile=DOCKER)
    history = life.told()
    broken = next(m for m in history.moments if m.label == "2024-02")
    assert broken.brief is None
    assert "mlscan.toml" in broken.problem
    assert any("2024-02-03: not judged" in note for note in history.notes)
    # The commit before it is not known to have been without it.
    turn = practice(history, "containers").spans[0].appeared
    assert (turn.at, turn.before.revision) == (None, came)
    life.on("2024-04-03", mlscan__toml="nonsense = 1\n")
    with pytest.raises(SettingsError):
        life.told()


def test_tags_are_looked_at_by_their_names(life: Life) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    life.repo.git("tag", "v1")
    life.repo.git("checkout", "--quiet", "-b", "release")
    life.on("2024-01-05", README__md="# r\n")
    life.repo.git("tag", "v1.1")
    life.repo.git("checkout", "--quiet", "main")
    life.on("2024-02-03", Dockerfile=DOCKER)
    life.repo.git("tag", "--annotate", "--message", "x", "v2")
    life.on("2024-02-04", README__md="# m\n")
    history = life.told("tag")
    assert [m.label for m in history.moments] == ["v1", "v2", ""]
    assert history.notes == ("1 of 3 tags name commits that are not on the line of first parents.",)


def test_more_commits_than_may_be_looked_at_leave_a_turn_between_two(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.on("2024-01-03", train__py=TRAIN)
    for day in range(1, 10):
        life.on(f"2024-02-0{day}", Dockerfile=DOCKER + f"RUN echo {day}\n" if day > 4 else f"# {day}\n")
    exact = spans(life.told(exact=True), "containers")
    monkeypatch.setattr("mlscan.scan.history.told.LOOKED_AT_LEAST", 0)
    monkeypatch.setattr("mlscan.scan.history.told.max", lambda *_: 1, raising=False)
    history = life.told()
    turn = practice(history, "containers").spans[0].appeared
    assert turn.at is None
    assert turn.after is not None
    assert turn.after.on < turn.before.on
    assert spans(life.told(exact=True), "containers") == exact != [(None, None)]


@pytest.mark.parametrize("every", ["month", "quarter", "year", "tag", "1", "250"])
def test_ways_to_choose(every: str) -> None:
    check_every(every)


@pytest.mark.parametrize("every", ["", "0", "-1", "week", "1.5", "\u0661"])
def test_no_ways_to_choose(every: str) -> None:
    with pytest.raises(UsageError, match="--every"):
        check_every(every)


def test_no_history_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(NothingToScan, match="there is no history"):
        told(tmp_path)


def _line(*days: str) -> Line:
    """Commits of these days, oldest first."""
    return Line(tuple(Commit(f"c{n}", day) for n, day in reversed(list(enumerate(days)))), whole=True)


def _labels(line: Line, every: str) -> list[str]:
    return [f"{s.commit.revision} {s.label}".strip() for s in choose(line, every, None, {}, shallow=False).samples]


def test_the_last_commit_of_each_period_is_looked_at() -> None:
    line = _line("2023-12-30", "2024-01-02", "2024-01-30", "2024-02-01", "2024-05-05", "2024-05-06")
    assert _labels(line, "month") == ["c0 2023-12", "c2 2024-01", "c3 2024-02", "c5 2024-05"]
    assert _labels(line, "quarter") == ["c0 2023-Q4", "c3 2024-Q1", "c5 2024-Q2"]
    assert _labels(line, "year") == ["c0 2023", "c5 2024"]
    assert _labels(line, "2") == ["c0", "c1", "c3", "c5"]


def test_clocks_that_were_wrong_make_no_periods() -> None:
    line = _line("2024-01-01", "2037-01-01", "2024-02-01", "1970-01-01", "", "2024-03-01", "2024-03-02")
    assert _labels(line, "month") == ["c0 2024-01", "c2 2024-02", "c6 2024-03"]
    # The newest commit is looked at whatever its clock said.
    assert _labels(_line("2024-01-01", "2024-02-01", "1970-01-01"), "month") == [
        "c0 2024-01",
        "c1 2024-02",
        "c2 1970-01",
    ]
