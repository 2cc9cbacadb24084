"""GitHub: asked as its own description allows, read as it answers, with patience, and with a token that stays there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.sources import described
from fleet.sources.conftest import Run, run
from fleet.sources.described import API, Description, allowed, checker, repository
from fleet.sources.forge import Answer, Asked, Forge
from mlscan.fleet.sources import Clock, Filters, gather
from mlscan.fleet.sources.tokens import token_for
from mlscan.types.fleet import FleetRepository

ORG = f"{API}/orgs/acme/repos"
TOKEN = "ghp_0123456789secret"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory, github_description: Description) -> Iterator[str]:
    file = tmp_path_factory.mktemp("prism") / "github.json"
    file.write_text(json.dumps(github_description), encoding="utf-8")
    with described.prism(file) as base:
        yield base


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", TOKEN)
    return TOKEN


def paged(forge: Forge, path: str, pages: list[list[object]]) -> None:
    """Serves pages, each with the address of the next one."""

    def page(asked: Asked) -> Answer:
        number = int(asked.query.get("page", "1"))
        link = f'<{forge.base}{path}?per_page=100&page={number + 1}>; rel="next", <{forge.base}{path}>; rel="last"'
        return Answer(pages[number - 1], headers={"Link": link} if number < len(pages) else {})

    forge.routes[path] = page


# --- as GitHub's own description says, by a program that others made ------------------------------------------------


@pytest.mark.xdist_group("prism-github")
@pytest.mark.parametrize("source", ["acme", "user/octocat", "octocat/Hello-World"])
def test_requests_are_those_that_github_describes_and_its_examples_are_read(prism: str, source: str) -> None:
    done = run(f"github:{prism}/{source}", filters=Filters(archived=True, forks=True))
    assert done.failures == []
    (found,) = done.found
    host = prism.removeprefix("http://")
    assert (found.identity, found.name) == (f"{host}#1296269", "octocat/Hello-World")
    assert (found.url, found.clone_url) == (f"{prism}/octocat/Hello-World", f"{prism}/octocat/Hello-World.git")
    assert (found.host, found.forge, found.private, found.archived) == (host, "github", False, False)
    assert found.pushed_at == "2011-01-26T19:06:43Z"
    assert {"octocat", "api"} <= set(found.topics)


@pytest.mark.xdist_group("prism-github")
def test_the_token_s_own_repositories_are_asked_for_as_described(prism: str, token: str) -> None:
    done = run(f"github:{prism}/user/octocat", filters=Filters(archived=True, forks=True))
    assert (done.failures, done.names) == ([], ["octocat/Hello-World"])


def test_what_this_file_serves_is_what_github_describes(github_description: Description) -> None:
    checker(github_description, "#/components/schemas/minimal-repository")(repository(1))


# --- what a description cannot say ----------------------------------------------------------------------------------


def test_pages_follow_each_other_and_are_asked_for_when_they_are_wanted(forge: Forge) -> None:
    paged(forge, ORG, [[repository(1), repository(2)], [repository(3)], [repository(4)]])
    found = gather([f"github:{forge.base}/acme"], Filters(), lambda _: None, clock=Run().clock())
    first = [next(found), next(found)]
    assert [r.name for r in first if isinstance(r, FleetRepository)] == ["acme/r1", "acme/r2"]
    assert len(forge.asked) == 1
    assert [r.name for r in found if isinstance(r, FleetRepository)] == ["acme/r3", "acme/r4"]
    assert [asked.query.get("page") for asked in forge.asked] == [None, "2", "3"]


def test_queries_hold_nothing_that_github_does_not_describe(forge: Forge, github_description: Description) -> None:
    paged(forge, ORG, [[repository(1)], [repository(2)]])
    run(f"github:{forge.base}/acme")
    for asked in forge.asked:
        assert set(asked.query) <= set(allowed(github_description, f"{API}/orgs/{{org}}/repos"))


def test_a_page_that_leads_elsewhere_is_looked_for_here(forge: Forge, token: str) -> None:
    with Forge() as other:
        other.routes[ORG] = [Answer([repository(9)])]
        link = {"Link": f'<{other.base}{ORG}?page=2>; rel="next"'}
        forge.routes[ORG] = [Answer([repository(1)], headers=link), Answer([repository(2)])]
        assert run(f"github:{forge.base}/acme").names == ["acme/r1", "acme/r2"]
        assert other.asked == []


def test_a_list_without_an_end_ends(forge: Forge) -> None:
    link = {"Link": f'<{forge.base}{ORG}?page=2>; rel="next"'}
    forge.routes[ORG] = [Answer([repository(1)], headers=link)]
    assert run(f"github:{forge.base}/acme").names == ["acme/r1"]
    assert len(forge.asked) == 2


def test_what_is_no_organisation_may_be_a_user(forge: Forge) -> None:
    forge.routes[f"{API}/users/acme/repos"] = [Answer([repository(1)])]
    assert run(f"github:{forge.base}/acme").names == ["acme/r1"]


def test_a_user_with_a_token_of_their_own_sees_private_ones(forge: Forge, token: str) -> None:
    forge.routes[f"{API}/user"] = [Answer({"login": "Ann"})]
    forge.routes[f"{API}/user/repos"] = [Answer([repository(1, private=True)])]
    forge.routes[f"{API}/users/bob/repos"] = [Answer([repository(2)])]
    (mine,) = run(f"github:{forge.base}/user/ann").found
    assert (mine.name, mine.private) == ("acme/r1", True)
    assert run(f"github:{forge.base}/user/bob").names == ["acme/r2"]


def test_a_limit_is_waited_out_with_a_message(forge: Forge) -> None:
    limited = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000900"}
    refused = Answer({"message": "API rate limit exceeded for 192.0.2.1."}, 403, limited)
    forge.routes[ORG] = [refused, Answer([repository(1)])]
    done = run(f"github:{forge.base}/acme")
    assert (done.names, done.failures) == (["acme/r1"], [])
    assert done.slept == [901]
    assert done.told[0] == f"{forge.host}: limit of requests reached, waiting 16 min (until 22:28:21 UTC)"


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "slept"), [({"Retry-After": "30"}, [31]), ({}, [61]), ({"X-RateLimit-Remaining": "12"}, [61])]
)
def test_a_secondary_limit_too(forge: Forge, status: int, headers: dict[str, str], slept: list[float]) -> None:
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    forge.routes[ORG] = [Answer(said, status, headers), Answer([repository(1)])]
    done = run(f"github:{forge.base}/acme")
    assert (done.names, done.slept) == (["acme/r1"], slept)


def test_a_limit_in_the_middle_of_a_list_loses_and_repeats_nothing(forge: Forge) -> None:
    refused = Answer({"message": "API rate limit exceeded"}, 429, {"Retry-After": "5"})
    link = {"Link": f'<{forge.base}{ORG}?page=2>; rel="next"'}
    forge.routes[ORG] = [Answer([repository(1)], headers=link), refused, refused, Answer([repository(2)])]
    assert run(f"github:{forge.base}/acme").names == ["acme/r1", "acme/r2"]


def test_a_limit_that_lasts_too_long_ends_the_source_and_nothing_else(forge: Forge) -> None:
    forge.routes[ORG] = [Answer({"message": "no"}, 429, {"Retry-After": "86400"})]
    forge.routes[f"{API}/orgs/other/repos"] = [Answer([repository(2)])]
    done = run(f"github:{forge.base}/acme", f"github:{forge.base}/other")
    assert (done.names, done.slept) == (["acme/r2"], [])
    assert [f.reason for f in done.failures] == ["the limit of requests takes too long to wait for"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_is_tried_again_after_longer_and_longer(forge: Forge, status: int) -> None:
    forge.routes[ORG] = [*[Answer({"message": "x"}, status)] * 3, Answer([repository(1)])]
    done = run(f"github:{forge.base}/acme")
    assert (done.names, done.slept) == (["acme/r1"], [1.0, 2.0, 4.0])


def test_a_connection_that_drops_is_tried_again(forge: Forge) -> None:
    whole = Answer([repository(1)])
    forge.routes[ORG] = [Answer(whole.body, dropped=True), Answer(b'[{"id": 1'), whole]
    assert run(f"github:{forge.base}/acme").names == ["acme/r1"]


def test_a_server_that_is_not_there_is_a_failure(forge: Forge) -> None:
    done = run("github:http://127.0.0.1:1/acme")
    assert [f.reason for f in done.failures] == ["the server cannot be reached"]
    assert len(done.slept) == 5


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (401, {}, "the token is not accepted"),
        (403, {}, "no right to list it"),
        (403, {"X-GitHub-SSO": "required; url=x"}, "not authorised for this organisation's single sign-on"),
        (404, {}, "no such organisation"),
        (451, {}, "legal reasons"),
    ],
)
def test_no_right_to_one_organisation_ends_nothing_else(
    forge: Forge, status: int, headers: dict[str, str], reason: str
) -> None:
    forge.routes[ORG] = [Answer({"message": "Resource not accessible"}, status, headers)]
    forge.routes[f"{API}/orgs/other/repos"] = [Answer([repository(2)])]
    done = run(f"github:{forge.base}/acme", f"github:{forge.base}/other")
    assert done.names == ["acme/r2"]
    (failure,) = done.failures
    assert failure.source == f"github:{forge.base}/acme"
    assert reason in failure.reason


def test_one_repository_that_is_not_understood_ends_nothing(forge: Forge) -> None:
    odd = [repository(n, full_name=name) for n, name in enumerate(("acme/../x", "acme", "a/b\nc", "/x", "a/\x1b[31m"))]
    forge.routes[ORG] = [Answer([{"id": "x"}, None, *odd, repository(2)])]
    done = run(f"github:{forge.base}/acme")
    assert (done.names, len(done.failures)) == (["acme/r2"], 7)


@pytest.mark.parametrize("body", [{"a": 1}, "text", None])
def test_an_answer_of_something_else_is_a_failure(forge: Forge, body: object) -> None:
    forge.routes[ORG] = [Answer(body)]
    assert [f.reason for f in run(f"github:{forge.base}/acme").failures] == [
        "the server does not answer as this forge does"
    ]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_the_token_does_not_follow_to_another_host(forge: Forge, token: str, status: int) -> None:
    with Forge("localhost") as other:
        other.routes[ORG] = [Answer([repository(9)])]
        forge.routes[ORG] = [Answer({}, status, {"Location": f"{other.base}{ORG}"})]
        done = run(f"github:{forge.base}/acme")
        assert done.names == []
        assert [asked.headers.get("authorization") for asked in other.asked] in ([], [None])


def test_an_organisation_that_was_renamed_is_followed_on_its_host(forge: Forge) -> None:
    forge.routes[ORG] = [Answer({}, 301, {"Location": f"{forge.base}{API}/organizations/7/repos"})]
    forge.routes[f"{API}/organizations/7/repos"] = [Answer([repository(1)])]
    assert run(f"github:{forge.base}/acme").names == ["acme/r1"]


def test_the_token_is_sent_and_told_to_nobody_else(forge: Forge, token: str) -> None:
    forge.routes[ORG] = [Answer({"message": token}, 500)]
    done = run(f"github:{forge.base}/acme")
    assert {asked.headers["authorization"] for asked in forge.asked} == {f"token {token}"}
    assert token not in "".join([*done.told, *(f.reason + f.source for f in done.failures), repr(done)])


def test_without_a_token_none_is_sent(forge: Forge) -> None:
    paged(forge, ORG, [[repository(1)]])
    run(f"github:{forge.base}/acme")
    assert "authorization" not in forge.asked[0].headers


def test_the_token_of_github_com_is_not_for_another_host(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    paged(forge, ORG, [[repository(1)]])
    done = run(f"github:{forge.base}/acme")
    assert "authorization" not in forge.asked[0].headers
    assert done.told[0].endswith("the one for this host is GH_ENTERPRISE_TOKEN")


def test_no_token_is_sent_where_anybody_can_listen(token: str) -> None:
    told: list[str] = []
    assert token_for("github", "github.example", "http://github.example", told.append) is None
    assert token_for("github", "github.example", "https://github.example", told.append) == token
    assert told == ["github.example: the token is not used, because it is never sent over plain http"]


def test_a_rename_keeps_the_identity_and_two_of_one_name_are_two(forge: Forge) -> None:
    with Forge() as other:
        forge.routes[ORG] = [Answer([repository(1)]), Answer([repository(1, full_name="acme/new")])]
        other.routes[ORG] = [Answer([repository(1)])]
        before, elsewhere = run(f"github:{forge.base}/acme", f"github:{other.base}/acme").found
        (after,) = run(f"github:{forge.base}/acme").found
        assert (before.identity, after.name) == (after.identity, "acme/new")
        assert (before.name, before.identity != elsewhere.identity) == (elsewhere.name, True)


def test_filters_leave_out_and_count(forge: Forge, tmp_path: Path) -> None:
    items = [
        repository(1),
        repository(2, archived=True),
        repository(3, fork=True),
        repository(4, language="Go"),
        repository(5, topics=[]),
        repository(6, pushed_at="2020-01-01T00:00:00Z"),
        repository(7, full_name="acme/legacy-x"),
    ]
    forge.routes[ORG] = [Answer(items)]
    from datetime import date

    filters = Filters(languages=["python"], topics=["ML"], pushed_since=date(2026, 1, 1), names=["!legacy-*"])
    done = run(f"github:{forge.base}/acme", filters=filters)
    assert done.names == ["acme/r1"]
    assert done.told == [
        f"github:{forge.base}/acme: 1 repository; left out: 1 archived, 1 by language, 1 by name, 1 by topic, 1 forks,"
        " 1 not pushed to since"
    ]
    everything = run(f"github:{forge.base}/acme", filters=Filters(archived=True, forks=True))
    assert len(everything.found) == 7


def test_the_clock_of_the_machine_is_the_default() -> None:
    assert Clock().now() > 1_700_000_000
