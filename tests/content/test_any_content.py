"""Whatever a file of content holds, it is loaded or refused with its place; nothing else is raised."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlscan.content import load_content
from mlscan.types.errors import ContentError

ROOT = Path(__file__).resolve().parents[2]
SEEDS = sorted((ROOT / "detectors").glob("*/*.yaml"))[::9]
"""Real detectors to begin with: random text is refused at its first line."""
WORDS = [
    "all_of:",
    "any_of:",
    "calls:",
    "key: {at: '**.a'}",
    "- ",
    "{",
    "}",
    "&a",
    "*a",
    "<<: *a",
    "null",
    "[",
    "x: !!python/none",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A detector of ours with lines dropped, doubled, moved, and with words put in."""
    lines = draw(st.sampled_from(SEEDS)).read_text(encoding="utf-8").split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["drop", "double", "indent", "word", "cut", "character"]))
        if change == "drop":
            del lines[at]
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "indent":
            lines[at] = "  " + lines[at]
        elif change == "word":
            lines.insert(at, " " * draw(st.integers(0, 8)) + draw(st.sampled_from(WORDS)))
        elif change == "cut":
            lines[at] = lines[at][: draw(st.integers(0, max(len(lines[at]), 1)))]
        else:
            lines[at] += draw(st.characters(codec="utf-8"))
        if not lines:
            break
    return "\n".join(lines)


@given(mutated())
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_content_is_loaded_or_refused_with_its_place(tmp_path_factory: object, text: str) -> None:
    folder = tmp_path_factory.mktemp("more")  # type: ignore[attr-defined]
    file = folder / "ml-code" / "mutated-detector.yaml"
    file.parent.mkdir()
    file.write_text(re.sub(r"(?m)^id: .*$", "id: mutated-detector", text, count=1), encoding="utf-8")
    try:
        loaded = load_content([folder])
    except ContentError as error:
        assert "mutated-detector" in str(error)
        assert "\n" not in str(error)
    else:
        assert any(detector.id == "mutated-detector" for detector in loaded.detectors)
