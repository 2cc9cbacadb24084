"""Lists of a forge, page by page, and in one line why one could not be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from mlscan.fleet.sources.patience import Patience, Refused

PAGES = 10_000
"""Pages of one list; a server that never ends one is not asked for ever."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answers to one request."""

    data: object
    link: str = ""
    """The header that names the next page."""


Get = Callable[[str], Page]
"""Path and query below the API's address -> the answer. Raises Refused and OSError."""


def one(get: Get, patience: Patience, path: str, **query: object) -> object:
    """One answer, asked for with patience."""
    target = _with_query(path, query)
    return patience.ask(lambda: get(target)).data


def pages(get: Get, patience: Patience, path: str, **query: object) -> Iterator[list[object]]:
    """The pages of a list. Each is kept only while it is looked at. Raises Refused and OSError."""
    target, seen = _with_query(path, query), set[str]()
    while target and target not in seen and len(seen) < PAGES:
        seen.add(target)
        page = patience.ask(lambda target=target: get(target))  # type: ignore[misc]
        if not isinstance(page.data, list):
            raise Refused(200, message="no list")
        yield page.data
        target = _next(target, page.link)


def reason_of(error: Exception) -> str:
    """Why a forge did not list something, in one line of ours."""
    if not isinstance(error, Refused):
        return "the server cannot be reached"
    if "x-github-sso" in error.headers:
        return "the token is not authorised for this organisation's single sign-on"
    return _REASONS.get(error.status, f"the server answers with status {error.status}")


_REASONS = {
    200: "the server does not answer as this forge does",
    301: "the server redirects, which is not followed",
    302: "the server redirects, which is not followed",
    307: "the server redirects, which is not followed",
    401: "the token is not accepted",
    403: "no right to list it",
    404: "no such organisation, group, user or repository, or no right to see it",
    410: "it is not there any more",
    429: "the limit of requests takes too long to wait for",
    451: "not given out for legal reasons",
}


def is_name(text: str) -> bool:
    """Whether this can be the full name of a repository: one line that leads nowhere else."""
    parts = text.split("/")
    return text.isprintable() and len(parts) > 1 and not any(part in ("", ".", "..") for part in parts)


def _with_query(path: str, query: dict[str, object]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _next(target: str, link: str) -> str:
    """The next page's query on the path that was asked: no header leads anywhere else."""
    for part in link.split(","):
        place, _, attributes = part.partition(";")
        if 'rel="next"' in attributes.replace(" ", "").replace("'", '"'):
            query = urlsplit(urljoin("https://host/", place.strip().strip("<>"))).query
            return f"{target.partition('?')[0]}?{urlencode(parse_qsl(query, keep_blank_values=True))}"
    return ""
