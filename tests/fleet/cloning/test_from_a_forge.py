"""From the name of an organisation to clones of its repositories: a forge that lists and serves them, with a token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from snapshot.building import read_all

from fleet.cloning.conftest import Bench
from fleet.cloning.server import Answer, Asked, GitServer
from fleet.sources.described import project, repository
from mlscan.fleet.cloning import CloneFailure
from mlscan.fleet.sources import Filters, gather
from mlscan.types.fleet import FleetRepository

TOKEN = "t0ken-of-nobody"


class Forge(GitServer):
    """Lists what it serves, to who has the token."""

    lists: dict[str, list[dict[str, object]]]

    def answer(self, asked: Asked) -> Answer:
        if asked.path in self.lists:
            self.asked.append(asked)
            known = TOKEN in asked.headers.get("authorization", "")
            body = json.dumps(self.lists[asked.path]).encode()
            return Answer(body=body) if known else Answer(401, body=b'{"message": "Bad credentials"}')
        return super().answer(asked)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_all_but_the_one_that_is_closed(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "forge").mkdir()
    with Forge(tmp_path / "forge") as forge:
        monkeypatch.setenv("GH_ENTERPRISE_TOKEN", TOKEN)
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        monkeypatch.setenv("GITLAB_HOST", forge.host)
        forge.login = ("x-access-token" if kind == "github" else "oauth2", TOKEN)
        prefix = "acme/r" if kind == "github" else "acme/team/p"
        for number in (1, 2):
            forge.repository(f"{prefix}{number}.git", {f"{number}.py": "x"})
        forge.lists = {
            "/api/v3/orgs/acme/repos": [repository(n, private=True) for n in (1, 2, 3)],
            "/api/v4/groups/acme/projects": [
                project(n, http_url_to_repo=f"{forge.base}/{prefix}{n}.git") for n in (1, 2, 3)
            ],
        }
        told: list[str] = []
        found = list(gather([f"{kind}:{forge.base}/acme"], Filters(), told.append))
        cloner, outcome = bench.cloner(), []
        for item in found:
            assert isinstance(item, FleetRepository)
            try:
                with cloner.fetched(item) as clone:
                    outcome.append((item.name, *read_all(clone.path).data))
            except CloneFailure as failure:
                outcome.append((item.name, failure.reason))
        assert outcome == [
            (f"{prefix}1", "1.py"),
            (f"{prefix}2", "2.py"),
            (f"{prefix}3", "no such repository, or no right to see it"),
        ]
        assert TOKEN not in repr((found, told, outcome, bench.told))
        written = b"".join(p.read_bytes() for p in bench.cache.rglob("*") if p.is_file())
        assert TOKEN.encode() not in written
