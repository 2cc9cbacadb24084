"""The projects of a group with its subgroups, of a user, or one of them, on gitlab.com and self-managed GitLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

import msgspec
from gitlab import Gitlab
from gitlab.exceptions import GitlabError

from mlscan.fleet.sources.addresses import host_of
from mlscan.fleet.sources.filters import Filters, Sieve, utc
from mlscan.fleet.sources.named import ForgeSource
from mlscan.fleet.sources.pages import Page, is_name, one, pages, reason_of
from mlscan.fleet.sources.patience import Clock, Patience, Refused
from mlscan.fleet.sources.tokens import token_for
from mlscan.types.fleet import FleetRepository, SourceFailure

TIMEOUT = 60
"""Seconds for one answer."""
PER_PAGE = 100


class _Project(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of a project in GitLab's answers."""

    id: int
    path_with_namespace: str
    http_url_to_repo: str | None = None
    visibility: str | None = None
    archived: bool = False
    forked_from_project: object = None
    topics: object = None
    default_branch: str | None = None
    last_activity_at: str | None = None
    repository_access_level: str | None = None


def from_gitlab(
    named: ForgeSource, filters: Filters, notify: Callable[[str], None], clock: Clock
) -> Iterator[FleetRepository | SourceFailure]:
    """The projects that were named, page by page.

    Lists do not tell a project's language: where it is asked for, so is each project that is wanted otherwise.
    """
    asker = _Asker(named, notify, clock)
    others = Sieve(replace(filters, languages=()))
    try:
        for items in asker.pages():
            for item in items:
                found = _described(item, named)
                if isinstance(found, FleetRepository) and filters.languages and others.keeps(found):
                    found = replace(found, language=asker.language(found.identity.partition("#")[2]))
                if found is not None:
                    yield found
    except (Refused, OSError) as error:
        yield SourceFailure(source=named.source, reason=reason_of(error))
    finally:
        asker.close()


class _Asker:
    """One account on one server."""

    def __init__(self, named: ForgeSource, notify: Callable[[str], None], clock: Clock) -> None:
        self._named = named
        # As a bearer: the header that HTTP clients drop when they are led to another host.
        token = token_for("gitlab", named.host, named.base, notify)
        self._patience = Patience(named.host, notify, clock)
        self._client = Gitlab(named.base, oauth_token=token, timeout=TIMEOUT, user_agent="mlscan", keep_base_url=True)
        self._headers: Mapping[str, str] = {}
        self._client.session.hooks["response"].append(self._remember)

    def pages(self) -> Iterator[list[object]]:
        """Pages of what the forge knows of each project."""
        path = quote(self._named.path, safe="")
        query: dict[str, object] = {"per_page": PER_PAGE, "order_by": "id", "sort": "asc"}
        if not self._named.is_user:
            whole = {"include_subgroups": "true", "with_shared": "false"}
            try:
                yield from pages(self._get, self._patience, f"/groups/{path}/projects", **whole, **query)
            except Refused as refused:
                if refused.status != 404:
                    raise
            else:
                return
        if "/" in self._named.path:
            yield [one(self._get, self._patience, f"/projects/{path}")]
        else:
            yield from pages(self._get, self._patience, f"/users/{path}/projects", **query)

    def close(self) -> None:
        """Ends the connections."""
        self._client.session.close()

    def language(self, number: str) -> str | None:
        """The language that most of a project is written in; None where that is not known."""
        try:
            found = one(self._get, self._patience, f"/projects/{number}/languages")
            shares = msgspec.convert(found, dict[str, float])
        except (Refused, msgspec.ValidationError):
            return None
        return max(shares, key=lambda name: (shares[name], name), default=None)

    def _get(self, target: str) -> Page:
        self._headers = {}
        try:
            # Waiting is ours, so that it is told.
            answer = self._client.http_request("get", target, obey_rate_limit=False, retry_transient_errors=False)
            if urlsplit(answer.url).hostname != urlsplit(self._named.base).hostname:
                raise Refused(301)
            return Page(answer.json(), answer.headers.get("link", ""))
        except GitlabError as error:
            raise Refused(error.response_code or 301, self._headers, str(error.error_message)) from None
        except ValueError:
            raise Refused(502, message="broken answer") from None

    def _remember(self, response: object, **_: object) -> None:
        """Keeps the headers, which the client's errors do not have."""
        headers = getattr(response, "headers", {})
        self._headers = {str(name).lower(): str(value) for name, value in headers.items()}


def _described(item: object, named: ForgeSource) -> FleetRepository | SourceFailure | None:
    try:
        found = msgspec.convert(item, _Project, strict=False)
    except msgspec.ValidationError:
        found = None
    if found is None or not is_name(found.path_with_namespace):
        return SourceFailure(source=named.source, reason="a project is described in a way that is not understood")
    if found.repository_access_level == "disabled":
        return None
    url = f"{named.base}/{quote(found.path_with_namespace)}"
    return FleetRepository(
        identity=f"{named.host}#{found.id}",
        name=found.path_with_namespace,
        url=url,
        clone_url=_clone_url(found, named) or f"{url}.git",
        host=named.host,
        forge="gitlab",
        private=None if found.visibility is None else found.visibility != "public",
        archived=found.archived,
        fork=found.forked_from_project is not None,
        topics=tuple(t for t in found.topics if isinstance(t, str)) if isinstance(found.topics, list) else (),
        default_branch=found.default_branch,
        pushed_at=utc(found.last_activity_at),
    )


def _clone_url(found: _Project, named: ForgeSource) -> str | None:
    """The address that the forge gives, where it is on the host that the user named."""
    try:
        parts = urlsplit(found.http_url_to_repo or "")
        host = host_of(parts.hostname or "", parts.scheme, parts.port)
    except ValueError:
        return None
    if (parts.scheme, host) != (named.scheme, named.host) or parts.username is not None or parts.query:
        return None
    return found.http_url_to_repo
