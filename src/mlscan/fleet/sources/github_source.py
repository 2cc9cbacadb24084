"""The repositories of an organisation, a user, or one of them, on GitHub and GitHub Enterprise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import msgspec
from github import Auth, Github, GithubException

from mlscan.fleet.sources.filters import utc
from mlscan.fleet.sources.named import ForgeSource
from mlscan.fleet.sources.pages import Page, is_name, one, pages, reason_of
from mlscan.fleet.sources.patience import Clock, Patience, Refused
from mlscan.fleet.sources.tokens import token_for
from mlscan.types.fleet import FleetRepository, SourceFailure

TIMEOUT = 60
"""Seconds for one answer."""
PER_PAGE = 100


class _Repository(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of a repository in GitHub's answers."""

    id: int
    full_name: str
    private: bool = True
    archived: bool = False
    fork: bool = False
    language: str | None = None
    topics: list[str] = []
    default_branch: str | None = None
    pushed_at: str | None = None


def from_github(
    named: ForgeSource, notify: Callable[[str], None], clock: Clock
) -> Iterator[FleetRepository | SourceFailure]:
    """The repositories that were named, page by page."""
    asker = _Asker(named, notify, clock)
    try:
        for items in asker.pages():
            for item in items:
                yield _described(item, named)
    except (Refused, OSError) as error:
        yield SourceFailure(source=named.source, reason=reason_of(error))
    finally:
        asker.close()


def api_of(named: ForgeSource) -> str:
    """The address of the API."""
    if named.host == "github.com" or named.host.endswith(".ghe.com"):
        return f"{named.scheme}://api.{named.host}"
    return f"{named.base}/api/v3"


class _Asker:
    """One account on one server."""

    def __init__(self, named: ForgeSource, notify: Callable[[str], None], clock: Clock) -> None:
        self._named = named
        self._token = token_for("github", named.host, named.base, notify)
        self._patience = Patience(named.host, notify, clock)
        self._requester = Github(
            auth=Auth.Token(self._token) if self._token is not None else None,
            base_url=api_of(named),
            timeout=TIMEOUT,
            user_agent="mlscan",
            # Waiting is ours, so that it is told.
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        ).requester

    def pages(self) -> Iterator[list[object]]:
        """Pages of what the forge knows of each repository."""
        path = self._named.path
        if "/" in path:
            yield [one(self._get, self._patience, f"/repos/{quote(path)}")]
            return
        order = {"per_page": PER_PAGE, "sort": "created", "direction": "asc"}
        if not self._named.is_user:
            try:
                yield from pages(self._get, self._patience, f"/orgs/{quote(path)}/repos", type="all", **order)
            except Refused as refused:
                if refused.status != 404:
                    raise
            else:
                return
        if self._is_me(path):
            yield from pages(self._get, self._patience, "/user/repos", affiliation="owner", **order)
        else:
            yield from pages(self._get, self._patience, f"/users/{quote(path)}/repos", type="owner", **order)

    def close(self) -> None:
        """Ends the connections."""
        self._requester.close()

    def _is_me(self, name: str) -> bool:
        """Whether the token is this user's, who is then shown private repositories too."""
        if self._token is None:
            return False
        try:
            me = one(self._get, self._patience, "/user")
        except Refused:
            return False
        login = me.get("login") if isinstance(me, dict) else None
        return isinstance(login, str) and login.casefold() == name.casefold()

    def _get(self, target: str) -> Page:
        try:
            headers, data = self._requester.requestJsonAndCheck("GET", target)
        except GithubException as error:
            raise _refused(error) from None
        except (RuntimeError, AssertionError):
            # A redirect to another host: the client refuses it, its message names both.
            raise Refused(301) from None
        except ValueError:
            raise Refused(502, message="broken answer") from None
        return Page(data, str(headers.get("link", "")))


def _refused(error: GithubException) -> Refused:
    data = error.data if isinstance(error.data, dict) else {}
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    return Refused(error.status, headers, str(data.get("message", "")))


def _described(item: object, named: ForgeSource) -> FleetRepository | SourceFailure:
    try:
        found = msgspec.convert(item, _Repository, strict=False)
    except msgspec.ValidationError:
        found = None
    if found is None or not is_name(found.full_name):
        return SourceFailure(source=named.source, reason="a repository is described in a way that is not understood")
    url = f"{named.base}/{quote(found.full_name)}"
    return FleetRepository(
        identity=f"{named.host}#{found.id}",
        name=found.full_name,
        url=url,
        clone_url=f"{url}.git",
        host=named.host,
        forge="github",
        private=found.private,
        archived=found.archived,
        fork=found.fork,
        language=found.language,
        topics=tuple(found.topics),
        default_branch=found.default_branch,
        pushed_at=utc(found.pushed_at),
    )
