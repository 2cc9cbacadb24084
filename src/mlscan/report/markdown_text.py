"""Text that Markdown shows as it is: no markup, no HTML, no links, no mentions of people or issues."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlscan.report.choices import place
from mlscan.report.clean import clean, clip
from mlscan.report.forge import Forge
from mlscan.types.evidence import Location

LIMIT = 400
"""Characters of one text that are shown; a pull-request comment holds 65,536 in all."""

_PATH = 90
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "&#36;"}
_MENTION = r"@(?=\w)|[#!](?=\d)"
_AUTOLINK = r"(?i:(?<=www)\.)|:(?=//)"
_SPECIAL = re.compile(rf"(?P<mention>{_MENTION})|(?P<entity>[&<>|$])|{_AUTOLINK}|[\\`*_\[\]~]")
_BLOCK = re.compile(r"(?=[#+-])|\d+(?=[.)](?:\s|$))")
_NEVER_MARKUP = re.compile(r"[^`|\\]+")
_PART = "&#8203;"
"""A zero-width space: forges look for `@name` and `#1` in what they have rendered, so escaping alone does not help."""


def text(words: str, limit: int = LIMIT) -> str:
    """The words, at most `limit` of their characters, escaped for a paragraph, a list item or a table cell."""
    shown = clip(clean(words).strip(), limit, "…")
    shown = _SPECIAL.sub(_escaped, shown)
    return _BLOCK.sub(r"\g<0>\\", shown, count=1) if _BLOCK.match(shown) else shown


def _escaped(match: re.Match[str]) -> str:
    if match["mention"]:
        return match[0] + _PART
    return _ENTITIES[match[0]] if match["entity"] else "\\" + match[0]


def code(words: str, limit: int = LIMIT) -> str:
    """The words as code, escaped likewise; "" for nothing."""
    shown = clip(clean(words).strip(), limit, "…")
    if not shown:
        return ""
    if _NEVER_MARKUP.fullmatch(shown):
        return f"`{shown}`"
    # No code span in a table can hold a backslash before a bar, so this is spelled out.
    return "<code>" + "".join(c if c.isalnum() or c in " …" else f"&#{ord(c)};" for c in shown) + "</code>"


def link(label: str, url: str | None) -> str:
    """Escaped text that leads to an address of `forge`; the text alone without one."""
    return f"[{label}]({url.replace('&', '&amp;')})" if url else label


def linked_place(where: Location, forge: Forge | None) -> str:
    """A place as code that leads to the forge where there is one; a long path is cut in its middle."""
    shown = place(where)
    if len(shown) > _PATH:
        shown = f"{shown[: _PATH // 3]}…{shown[-2 * _PATH // 3 :]}"
    return link(code(shown), forge.link(where) if forge else None)


def fenced(words: str) -> str:
    """Lines as a block of code that nothing in them can end."""
    lines = [clean(line) for line in words.splitlines()]
    ticks = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    return "\n".join([fence, *lines, fence])


def details(summary: str, body: str) -> str:
    """A block that is folded away; summary and body are Markdown already."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], align: str = "") -> str:
    """A table of escaped cells; `align` has `r` for each column that is set to the right."""
    marks = ["--:" if align[n : n + 1] == "r" else "---" for n in range(len(heads))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, tuple(marks), *rows))
