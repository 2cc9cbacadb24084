"""Turns an assessment into text. Pure: value in, text out; a report never computes a verdict.

The formats are one module each: `terminal`, `json_report`. Add a format by adding a module and a line in `render`.
`about` gives the text of `explain`.
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
from mlscan.report.options import BUILT, FORMATS, RenderOptions
from mlscan.report.published import assessment_schema
from mlscan.report.render import render

__all__ = [
    "BUILT",
    "FORMATS",
    "About",
    "RenderOptions",
    "about_criterion",
    "about_detector",
    "about_kind",
    "about_level",
    "about_practice",
    "assessment_schema",
    "outline",
    "render",
]
