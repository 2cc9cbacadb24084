"""Where a server says that a repository has moved to. Redirects are followed by us, and on the same host only."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urljoin, urlsplit

from mlscan.fleet.cloning.limits import CloneFailure

TIMEOUT = 60
"""Seconds for the answer."""
_ASKED = "/info/refs?service=git-upload-pack"


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Nothing: the answer that redirects is the answer."""


def redirected(url: str, header: str | None) -> str:
    """The address that a repository has moved to, on the same host. Raises CloneFailure for any other.

    header: what the host is told of who asks, or None.
    """
    request = urllib.request.Request(url + _ASKED, headers={"User-Agent": "git/mlscan"})  # noqa: S310 - http or https
    if header is not None:
        name, _, value = header.partition(": ")
        request.add_unredirected_header(name, value)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=TIMEOUT) as answer:
            place = str(answer.headers.get("Location") or "")
    except urllib.error.HTTPError as error:
        place = str(error.headers.get("Location") or "")
        error.close()
    except (OSError, ValueError):
        place = ""
    if not place:
        raise CloneFailure("the server says that it has moved, and not where to")
    target = urljoin(url + _ASKED, place).split("?")[0].removesuffix("/info/refs")
    before, after = urlsplit(url), urlsplit(target)
    upgraded = (before.scheme, before.port, after.scheme, after.port) == ("http", None, "https", None)
    same = (before.scheme, before.port) == (after.scheme, after.port)
    if after.hostname != before.hostname or not (same or upgraded) or after.username is not None:
        raise CloneFailure("the server redirects to another host, which is not followed")
    return target
