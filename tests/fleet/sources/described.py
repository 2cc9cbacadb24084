"""What the forges themselves say of their APIs: for answers of ours to be checked, and for a program to answer by."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from fleet.sources.forge import free_port

TESTS = Path(__file__).resolve().parents[2]
FORGES = TESTS / "forges"
GITHUB_PATHS = ("/orgs/{org}/repos", "/users/{username}/repos", "/user/repos", "/repos/{owner}/{repo}", "/user")
GITLAB_PATHS = (
    "/api/v4/groups/{id}/projects",
    "/api/v4/users/{user_id}/projects",
    "/api/v4/projects/{id}",
    "/api/v4/projects/{id}/languages",
)
API = "/api/v3"
"""Where GitHub Enterprise has its API below its address."""

Description = dict[str, Any]


def node() -> str:
    """Node with the packages of tests/forges; skips where it is missing."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if not (FORGES / "node_modules").is_dir():
        pytest.skip("no node_modules: run npm ci --ignore-scripts in tests/forges")
    return found


def github(folder: Path) -> Description:
    """GitHub's description of the paths that are used."""
    target = folder / "github.json"
    subprocess.run([node(), str(FORGES / "subset.mjs"), str(target), API, *GITHUB_PATHS], check=True, timeout=120)
    found: Description = json.loads(target.read_text(encoding="utf-8"))
    return found


@cache
def gitlab() -> Description:
    """GitLab's description of the paths that are used, with the definitions that they refer to."""
    text = (TESTS / "vendor" / "gitlab-openapi-v2.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    whole = yaml.load(text, Loader=loader)
    part: Description = {**whole, "paths": {path: {"get": whole["paths"][path]["get"]} for path in GITLAB_PATHS}}
    part["definitions"] = {}
    waiting: list[Any] = [part["paths"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).removeprefix("#/definitions/")
            if name in whole["definitions"] and name not in part["definitions"]:
                part["definitions"][name] = whole["definitions"][name]
                waiting.append(whole["definitions"][name])
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return part


def checker(description: Description, reference: str, *, many: bool = False) -> Callable[[object], None]:
    """A function that raises where a value is not what a schema of the description says."""
    schema: dict[str, Any] = {"$ref": reference}
    if many:
        schema = {"type": "array", "items": schema}
    parts = {key: _plain(description[key]) for key in ("components", "definitions") if key in description}
    return jsonschema.Draft7Validator({**schema, **parts}).validate


def _plain(value: Any) -> Any:
    """OpenAPI's `nullable` as JSON Schema says it."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _plain(item) for key, item in value.items() if key not in ("nullable", "example", "examples")}
    if value.get("nullable") is True and "type" in found:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    elif value.get("nullable") is True:
        found = {"anyOf": [{"type": "null"}, found]}
    return found


@contextmanager
def prism(file: Path) -> Iterator[str]:
    """The address of a server that answers as a description says, and refuses requests that it does not allow."""
    port = free_port()
    program = FORGES / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    command = [node(), str(program), "mock", "--host", "127.0.0.1", "--port", str(port), str(file)]
    with (file.parent / "prism.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                    connection.request("GET", "/")
                    connection.getresponse().read()
            except OSError:
                assert process.poll() is None, (file.parent / "prism.log").read_text(encoding="utf-8")
                time.sleep(0.1)
            else:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def repository(number: int, **more: object) -> dict[str, object]:
    """What GitHub says of a repository in a list: the parts that it always says, and some that we read."""
    name = f"r{number}"
    owner = {
        **dict.fromkeys(("avatar_url", "events_url", "followers_url", "following_url", "gists_url", "html_url"), ""),
        **dict.fromkeys(("node_id", "organizations_url", "received_events_url", "repos_url", "starred_url"), ""),
        **dict.fromkeys(("subscriptions_url", "url", "type"), ""),
        "gravatar_id": None,
        "id": 1,
        "login": "acme",
        "site_admin": False,
    }
    addresses = (
        "archive assignees blobs branches collaborators comments commits compare contents contributors deployments"
        " downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels"
        " languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags"
        " teams trees"
    )
    return {
        **{f"{word}_url": "https://example.org/" for word in addresses.split()},
        "id": number,
        "node_id": "x",
        "name": name,
        "full_name": f"acme/{name}",
        "owner": owner,
        "private": False,
        "html_url": f"https://example.org/acme/{name}",
        "url": f"https://example.org/repos/acme/{name}",
        "description": None,
        "fork": False,
        "archived": False,
        "language": "Python",
        "topics": ["ml"],
        "default_branch": "main",
        "pushed_at": "2026-03-04T05:06:07Z",
        **more,
    }


def project(number: int, **more: object) -> dict[str, object]:
    """What GitLab says of a project in a list: the parts that we read, and some others."""
    path = f"acme/team/p{number}"
    return {
        "id": number,
        "name": f"p{number}",
        "path": f"p{number}",
        "path_with_namespace": path,
        "web_url": f"https://gitlab.example.org/{path}",
        "http_url_to_repo": f"https://gitlab.example.org/{path}.git",
        "ssh_url_to_repo": f"git@gitlab.example.org:{path}.git",
        "visibility": "public",
        "archived": False,
        "empty_repo": False,
        "topics": ["ml"],
        "tag_list": ["ml"],
        "default_branch": "main",
        "last_activity_at": "2026-03-04T05:06:07.000+01:00",
        "repository_access_level": "enabled",
        **more,
    }


def allowed(description: Mapping[str, Any], path: str) -> Sequence[str]:
    """Names of what may be asked for in the query of a path."""
    parameters = description["paths"][path]["get"].get("parameters", ())
    found = [_resolved(description, parameter) for parameter in parameters]
    return [parameter["name"] for parameter in found if parameter["in"] == "query"]


def _resolved(description: Mapping[str, Any], parameter: Any) -> Any:
    if "$ref" not in parameter:
        return parameter
    _, kind, group, name = parameter["$ref"].split("/")
    return description[kind][group][name]
