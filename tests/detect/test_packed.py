"""Archives of code are gaps; other files of the same suffix are not."""

from __future__ import annotations

from .build import detector, run

FILES = {
    "live.mlx": b"PK\x03\x04rest",
    "flow/churn.KNWF": b"PK\x03\x04",
    "stream.str": b"PK\x03\x04",
    "words.str": b"hello\n",
    "empty.egp": b"",
    "a.zip": b"PK\x03\x04",
}


def test_archives_of_code_are_gaps() -> None:
    gaps = run(FILES, detector({"path": "**/*.py"})).gaps
    assert [gap.path for gap in gaps] == ["flow/churn.KNWF", "live.mlx", "stream.str"]
    assert {gap.reason for gap in gaps} == {"packed: what is inside is not read"}
