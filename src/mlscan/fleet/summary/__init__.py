"""Turns where each repository stands into what a report shows. Pure: values in, values out."""

from mlscan.fleet.summary.redaction import shown_assessment
from mlscan.fleet.summary.summarise import Question, Summary, summarise

__all__ = ["Question", "Summary", "shown_assessment", "summarise"]
