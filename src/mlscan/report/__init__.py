"""Turns an assessment into text. Pure: value in, text out; a report never computes a verdict.

The formats are one module each, named in the table of `render`; all of them show what `choices` chooses in the words
of `wording`. `badge_of` and its two renderers make a badge. `about` gives the text of `explain`.
"""

from mlscan.report.about import (
    About,
    about_criterion,
    about_detector,
    about_kind,
    about_level,
    about_practice,
    outline,
)
from mlscan.report.badge import Badge, badge_endpoint, badge_of, badge_svg
from mlscan.report.options import RenderOptions
from mlscan.report.published import assessment_schema
from mlscan.report.render import FORMATS, TABLE, Format, render

__all__ = [
    "FORMATS",
    "TABLE",
    "About",
    "Badge",
    "Format",
    "RenderOptions",
    "about_criterion",
    "about_detector",
    "about_kind",
    "about_level",
    "about_practice",
    "assessment_schema",
    "badge_endpoint",
    "badge_of",
    "badge_svg",
    "outline",
    "render",
]
