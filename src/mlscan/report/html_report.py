"""The report as one HTML page that needs nothing else: no network, no script, no second file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mlscan.report import wording
from mlscan.report.choices import LONG_REASON, ranked_components, steps
from mlscan.report.forge import forge_of
from mlscan.report.html_history import past_of
from mlscan.report.html_view import view_of
from mlscan.report.said import said
from mlscan.report.templating import environment
from mlscan.types.assessment import Assessment
from mlscan.types.history import RepositoryHistory

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(a: Assessment, history: RepositoryHistory | None = None) -> str:
    """A whole HTML5 page; everything that a repository or a model says is cleaned and escaped.

    history: how the repository came to be so, a section of the page.
    """
    view = view_of(a, forge_of(a.repository))
    page: str = _template().render(
        view=view,
        a=a,
        past=past_of(history, view.top, view.forge) if history is not None else None,
        way=steps(a),
        components=ranked_components(a),
        words=wording,
        said=said(a),
        long_reason=LONG_REASON,
    )
    return page.rstrip("\n") + "\n"


@cache
def _template() -> Template:
    return environment("mlscan.report").get_template("report.html.j2")
