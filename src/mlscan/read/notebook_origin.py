"""Whether a script is a notebook in disguise."""

from __future__ import annotations

import re

_HEAD = 16_384
"""Bytes of a script that are looked at."""

_DATABRICKS = re.compile(rb"\s*(?:#|--|//) Databricks notebook source\b")
_JUPYTEXT = re.compile(rb"^# ---[ \t]*\r?\n(?:#[^\n]*\n){0,20}?#[ \t]+jupy(?:ter|text):", re.M)
_MARIMO = re.compile(rb"^(?:import|from) marimo\b", re.M)
_MARIMO_APP = re.compile(rb"^app = (?:marimo|mo)\.App\(", re.M)
_PERCENT = re.compile(rb"^# ?%%(?:[ \t]|\r?$)", re.M)


def notebook_origin(data: bytes) -> str | None:
    """What a script's first 16 KiB say: "databricks", "jupytext", "marimo", "percent" (`# %%` cells), or None."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if _DATABRICKS.match(head):
        return "databricks"
    if _JUPYTEXT.search(head):
        return "jupytext"
    if _MARIMO.search(head) and _MARIMO_APP.search(head):
        return "marimo"
    return "percent" if _PERCENT.search(head) else None
