"""Turns what is known of a fleet into text. Pure, like the rest of this room: what is shown was computed before."""

from mlscan.report.fleet.badges import fleet_badge, row_badge
from mlscan.report.fleet.page import page_parts
from mlscan.report.fleet.published import fleet_schema
from mlscan.report.fleet.render import FORMATS, render_fleet

__all__ = ["FORMATS", "fleet_badge", "fleet_schema", "page_parts", "render_fleet", "row_badge"]
