"""Tells from a repository how mature its machine-learning process is."""

__version__ = "0.1.0"
