"""Loads and validates `detectors/` and `rules/`: the only room that knows where content lives and how it is written."""

from mlscan.content.load import Content, load_content

__all__ = ["Content", "load_content"]
