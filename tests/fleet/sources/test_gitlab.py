"""GitLab: asked as its own description allows, read as it answers, with patience, and with a token that stays there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from fleet.sources import described
from fleet.sources.conftest import run
from fleet.sources.described import allowed, checker, project
from fleet.sources.forge import Answer, Asked, Forge
from mlscan.fleet.sources import Filters

GROUP = "/api/v4/groups/acme%2Fteam/projects"
TOKEN = "glpat-0123456789secret"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers as GitLab's description says, without the definitions that nothing refers to."""
    file = tmp_path_factory.mktemp("prism") / "gitlab.json"
    # The address in it is gitlab.com's; a loopback has no TLS.
    file.write_text(json.dumps({**described.gitlab(), "schemes": ["http"]}, default=str), encoding="utf-8")
    with described.prism(file) as base:
        yield base


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch, forge: Forge) -> str:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("GITLAB_HOST", forge.base)
    return TOKEN


@pytest.mark.xdist_group("prism-gitlab")
@pytest.mark.parametrize("source", ["acme", "acme/team", "user/ann"])
def test_requests_are_those_that_gitlab_describes_and_its_examples_are_read(prism: str, source: str) -> None:
    done = run(f"gitlab:{prism}/{source}", filters=Filters(archived=True, forks=True))
    assert done.failures == []
    (found,) = done.found
    host = prism.removeprefix("http://")
    assert (found.identity, found.name) == (f"{host}#1", "namespace1/project1")
    assert (found.url, found.clone_url) == (f"{prism}/namespace1/project1", f"{prism}/namespace1/project1.git")
    assert (found.host, found.forge, found.default_branch) == (host, "gitlab", "main")
    assert found.pushed_at is not None


def test_what_this_file_serves_is_what_gitlab_describes() -> None:
    checker(described.gitlab(), "#/definitions/API_Entities_Project")(project(1, forked_from_project=project(2)))


def test_a_group_is_listed_with_its_subgroups_and_without_what_others_share(forge: Forge) -> None:
    forge.routes[GROUP] = [Answer([project(1), project(2, path_with_namespace="acme/team/sub/p2")])]
    done = run(f"gitlab:{forge.base}/acme/team")
    assert done.names == ["acme/team/p1", "acme/team/sub/p2"]
    (asked,) = forge.asked
    assert (asked.query["include_subgroups"], asked.query["with_shared"]) == ("true", "false")
    assert set(asked.query) <= set(allowed(described.gitlab(), "/api/v4/groups/{id}/projects"))


def test_pages_follow_each_other(forge: Forge) -> None:
    def page(asked: Asked) -> Answer:
        number = int(asked.query.get("page", "1"))
        link = f'<{forge.base}{GROUP}?page={number + 1}&per_page=100>; rel="next"'
        return Answer([project(number)], headers={"Link": link} if number < 3 else {})

    forge.routes[GROUP] = page
    assert run(f"gitlab:{forge.base}/acme/team").names == ["acme/team/p1", "acme/team/p2", "acme/team/p3"]


def test_what_is_no_group_may_be_a_project_or_a_user(forge: Forge) -> None:
    forge.routes[f"/api/v4/projects/{quote('acme/team', safe='')}"] = [Answer(project(1))]
    forge.routes["/api/v4/users/ann/projects"] = [Answer([project(2)])]
    assert run(f"gitlab:{forge.base}/acme/team", f"gitlab:{forge.base}/ann").names == ["acme/team/p1", "acme/team/p2"]


def test_who_may_see_it_whether_it_is_a_fork_and_when_it_was_last_used(forge: Forge) -> None:
    items = [
        project(1, visibility="internal", forked_from_project=project(9)),
        project(2, visibility="public", archived=True),
        {k: v for k, v in project(3).items() if k not in ("visibility", "archived", "last_activity_at")},
        project(4, repository_access_level="disabled"),
    ]
    forge.routes[GROUP] = [Answer(items)]
    found = run(f"gitlab:{forge.base}/acme/team", filters=Filters(archived=True, forks=True)).found
    assert [(r.private, r.fork, r.archived, r.pushed_at) for r in found] == [
        (True, True, False, "2026-03-04T04:06:07Z"),
        (False, False, True, "2026-03-04T04:06:07Z"),
        (None, False, False, None),
    ]


def test_languages_are_asked_for_only_where_they_decide(forge: Forge) -> None:
    forge.routes[GROUP] = [Answer([project(1), project(2), project(3, archived=True), project(4)])]
    forge.routes["/api/v4/projects/1/languages"] = [Answer({"Shell": 10.5, "Python": 89.5})]
    forge.routes["/api/v4/projects/2/languages"] = [Answer({"Go": 60, "Python": 40})]
    done = run(f"gitlab:{forge.base}/acme/team", filters=Filters(languages=["python"]))
    assert [(r.name, r.language) for r in done.found] == [("acme/team/p1", "Python"), ("acme/team/p4", None)]
    assert "/api/v4/projects/3/languages" not in forge.paths()
    assert done.told[-1].endswith("left out: 1 archived, 1 by language; kept though not known: 1 language")


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/acme/team/p1.git", "http://user:secret@{host}/acme/team/p1.git", "file:///etc"],
)
def test_an_address_on_another_host_is_not_cloned_from(forge: Forge, address: str) -> None:
    forge.routes[GROUP] = [Answer([project(1, http_url_to_repo=address.replace("{host}", forge.host))])]
    assert run(f"gitlab:{forge.base}/acme/team").found[0].clone_url == f"{forge.base}/acme/team/p1.git"


def test_limits_are_waited_out_with_a_message(forge: Forge) -> None:
    reset = {"RateLimit-Remaining": "0", "RateLimit-Reset": "1700000060"}
    forge.routes[GROUP] = [
        Answer("Retry later", 429, {"Retry-After": "20"}),
        Answer("Retry later", 429, reset),
        Answer([project(1)]),
    ]
    done = run(f"gitlab:{forge.base}/acme/team")
    assert (done.names, done.slept) == (["acme/team/p1"], [21, 40])
    assert done.told[0].startswith(f"{forge.host}: limit of requests reached, waiting 21 s")


def test_errors_and_dropped_connections_are_tried_again(forge: Forge) -> None:
    good = Answer([project(1)])
    forge.routes[GROUP] = [Answer("x", 502), Answer(good.body, dropped=True), Answer(b"[{"), good]
    done = run(f"gitlab:{forge.base}/acme/team")
    assert (done.names, done.slept) == (["acme/team/p1"], [1.0, 2.0, 4.0])


@pytest.mark.parametrize("status", [401, 403, 404, 451])
def test_no_right_to_one_group_ends_nothing_else(forge: Forge, status: int) -> None:
    forge.routes[GROUP] = [Answer({"message": f"{status} no"}, status)]
    forge.routes["/api/v4/groups/other/projects"] = [Answer([project(2)])]
    done = run(f"gitlab:{forge.base}/acme/team", f"gitlab:{forge.base}/other")
    assert (done.names, [f.source for f in done.failures]) == (["acme/team/p2"], [f"gitlab:{forge.base}/acme/team"])


def test_the_token_is_sent_to_its_host_and_told_to_nobody(forge: Forge, token: str) -> None:
    forge.routes[GROUP] = [Answer({"message": token}, 403)]
    done = run(f"gitlab:{forge.base}/acme/team")
    assert forge.asked[0].headers["authorization"] == f"Bearer {token}"
    assert token not in repr(done)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_the_token_does_not_follow_to_another_host(forge: Forge, token: str, status: int) -> None:
    with Forge("localhost") as other:
        other.routes[GROUP] = [Answer([project(9)])]
        forge.routes[GROUP] = [Answer({}, status, {"Location": f"{other.base}{GROUP}"})]
        assert run(f"gitlab:{forge.base}/acme/team").names == []
        sent = [value for asked in other.asked for value in asked.headers.values()]
        assert not any(token in value for value in sent)


def test_the_token_does_not_follow_a_page_to_another_host(forge: Forge, token: str) -> None:
    with Forge("localhost") as other:
        link = {"Link": f'<{other.base}{GROUP}?page=2>; rel="next"'}
        forge.routes[GROUP] = [Answer([project(1)], headers=link), Answer([project(2)])]
        assert run(f"gitlab:{forge.base}/acme/team").names == ["acme/team/p1", "acme/team/p2"]
        assert other.asked == []


def test_the_token_of_gitlab_com_is_not_for_another_host(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    forge.routes[GROUP] = [Answer([project(1)])]
    done = run(f"gitlab:{forge.base}/acme/team")
    assert not any(TOKEN in value for value in forge.asked[0].headers.values())
    assert done.told[0] == f"{forge.host}: GITLAB_TOKEN is not used, because GITLAB_HOST does not name this host"
