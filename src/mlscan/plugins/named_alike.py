"""Whether two detectors speak of the same name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mlscan.detect.hits import Hit
from mlscan.detect.plugins import NotQuite, View
from mlscan.types.evidence import Context

_SEPARATORS = re.compile(r"[-_.]+")


def named_alike(view: View, args: Mapping[str, Any]) -> Iterable[Hit | NotQuite]:
    """The hits of the detector `of` whose capture equals one of the detector `to`; both captures are called `name`.

    The repository's own top-level packages count as names of `to`, for names that a build script puts together. Names
    compare as distributions do: case and `-`, `_`, `.` do not matter. Only own and documentation files count.
    """
    known = {_normal(h.capture("name")) for h in view.detector(args["to"]).hits if _counts(view, h)}
    known |= {_normal(name) for name in view.facts.modules.own}
    for hit in view.detector(args["of"]).hits:
        if not _counts(view, hit):
            continue
        if _normal(hit.capture("name")) in known:
            yield hit
        else:
            yield NotQuite(hit, "names something else")


def _counts(view: View, hit: Hit) -> bool:
    return hit.capture("name") is not None and view.facts.context(hit.path) in (Context.OWN, Context.DOCS)


def _normal(name: str | None) -> str:
    return _SEPARATORS.sub("-", (name or "").lower())
