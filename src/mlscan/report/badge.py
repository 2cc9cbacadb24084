"""A badge with the level: an SVG in the look of shields.io's flat style, and the JSON of its endpoint badges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import category, east_asian_width
from zlib import crc32

from mlscan.report.choices import level_names
from mlscan.report.clean import clean, clip
from mlscan.types.assessment import Assessment

LABEL = "ML maturity"

_LONGEST = 60
_HEIGHT = 20
_PADDING = 5.0
_WIDE = 11.0
_OTHER = 7.0
_LEFT = "#555"
_NONE = "#9f9f9f"
_COLORS = ("#9f9f9f", "#fe7d37", "#dfb317", "#a4a61d", "#97ca00", "#4c1")
"""From the lowest level to the highest."""
_NAMES = {
    "#9f9f9f": "lightgrey",
    "#fe7d37": "orange",
    "#dfb317": "yellow",
    "#a4a61d": "yellowgreen",
    "#97ca00": "green",
    "#4c1": "brightgreen",
}
_BRIGHT = 0.69


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says."""

    label: str
    message: str
    color: str
    """Three or six hex digits after `#`."""


def badge_of(a: Assessment, *, label: str = LABEL, date: bool = False) -> Badge:
    """Label, `3 Analyze it` (with `, as of` day where `date` is set) and the colour of the level."""
    names = level_names(a)
    position = sorted(names).index(a.level) / max(1, len(names) - 1) if a.applicable else None
    message = f"{a.level} {a.level_name}" if a.applicable else f"not applicable ({a.kind})"
    return badge_with(label, message + (f", {a.as_of}" if date else ""), position)


def badge_with(label: str, message: str, position: float | None) -> Badge:
    """A badge with these words; its colour says where from 0, the lowest, to 1 something stands, None is grey."""
    color = _NONE if position is None else _COLORS[round(position * (len(_COLORS) - 1))]
    return Badge(clip(clean(label).strip(), _LONGEST, "…"), clip(clean(message).strip(), _LONGEST, "…"), color)


def render_svg(a: Assessment) -> str:
    """The badge with its usual label, as a picture."""
    return badge_svg(badge_of(a))


def badge_endpoint(badge: Badge) -> str:
    """The JSON that a shields.io endpoint badge reads; ends in a newline."""
    content = {"schemaVersion": 1, "label": badge.label, "message": badge.message, "color": _NAMES[badge.color]}
    return json.dumps(content, ensure_ascii=False) + "\n"


def badge_svg(badge: Badge) -> str:
    """An SVG of 20 pixels' height that needs no font of its own; ends in a newline."""
    label, message = text_width(badge.label), text_width(badge.message)
    left = label + 2 * _PADDING if badge.label else 0.0
    right = message + 2 * _PADDING
    title = _xml(f"{badge.label}: {badge.message}" if badge.label else badge.message)
    whole = _number(left + right)
    # Ids of their own, so that several badges may stand in one page.
    own = f"{crc32(title.encode()):08x}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{_HEIGHT}" '
        f'role="img" aria-label="{title}"><title>{title}</title>',
        f'<linearGradient id="s{own}" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/>'
        '<stop offset="1" stop-opacity=".1"/></linearGradient>',
        f'<clipPath id="r{own}"><rect width="{whole}" height="{_HEIGHT}" rx="3" fill="#fff"/></clipPath>',
        f'<g clip-path="url(#r{own})"><rect width="{_number(left)}" height="{_HEIGHT}" fill="{_LEFT}"/>'
        f'<rect x="{_number(left)}" width="{_number(right)}" height="{_HEIGHT}" fill="{badge.color}"/>'
        f'<rect width="{whole}" height="{_HEIGHT}" fill="url(#s{own})"/></g>',
        '<g text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" '
        'text-rendering="geometricPrecision" font-size="110">',
        *([_words(badge.label, left / 2, label, _LEFT)] if badge.label else []),
        _words(badge.message, left + right / 2, message, badge.color),
        "</g></svg>",
    ]
    return "".join(parts) + "\n"


def text_width(words: str) -> float:
    """Pixels at 11 px by the table of measured widths; rounded up to a whole odd number, as drawn sharply."""
    total = sum(_width(char) for char in words)
    whole = int(-(-total // 1))
    return float(whole + 1 - whole % 2) if words else 0.0


def _width(char: str) -> float:
    known = _widths().get(ord(char))
    if known is not None:
        return known
    if category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    return _WIDE if east_asian_width(char) in ("W", "F") else _OTHER


@cache
def _widths() -> dict[int, float]:
    """Code point -> pixels, measured in a browser for DejaVu Sans, which is as wide as Verdana."""
    rows: Sequence[tuple[int, int, float]] = json.loads(
        (files("mlscan.report") / "badge_widths.json").read_text(encoding="utf-8")
    )
    return {code: width for first, last, width in rows for code in range(first, last + 1)}


def _words(words: str, middle: float, width: float, background: str) -> str:
    color, shadow = ("#fff", "#010101") if _brightness(background) <= _BRIGHT else ("#333", "#ccc")
    place = f'x="{_number(middle * 10)}"'
    size = f'transform="scale(.1)" textLength="{_number(width * 10)}"'
    shown = _xml(words)
    return (
        f'<text aria-hidden="true" {place} y="150" fill="{shadow}" fill-opacity=".3" {size}>{shown}</text>'
        f'<text {place} y="140" fill="{color}" {size}>{shown}</text>'
    )


def _brightness(color: str) -> float:
    """0 for black to 1 for white, as an eye sees it."""
    digits = color.removeprefix("#")
    pairs = [d * 2 for d in digits] if len(digits) == 3 else [digits[n : n + 2] for n in (0, 2, 4)]
    red, green, blue = (int(pair, 16) for pair in pairs)
    return (red * 299 + green * 587 + blue * 114) / 255_000


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _xml(words: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        words = words.replace(char, entity)
    return words
