"""What was seen once can be kept and judged again: the same verdict as that of one scan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mlscan.content import Content, load_content
from mlscan.scan import ScanOptions, judge, look, scan_with
from mlscan.scan.packed import pack, unpack
from mlscan.scan.seen import FORMAT, NEWER, Seen, detect_digest
from mlscan.types.assessment import Assessment, Stats

REPOS = Path(__file__).resolve().parents[2] / "fixtures" / "repos"
KEPT = Path(__file__).parent / "kept"
OPTIONS = ScanOptions(as_of=date(2026, 11, 26), keep=True)
CONFIG = """target = 4
exclude = ["old/"]
[contexts]
"lab/" = "example"
[[waivers]]
criterion = "data-validated"
reason = "No data of our own."
owner = "team"
expires = 2027-01-31
"""


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(examples=False)


def plain(assessment: Assessment) -> Assessment:
    return replace(assessment, stats=Stats(files=0, bytes_read=0, seconds=0.0))


def configured(tmp_path: Path, content: Content) -> Path:
    """A repository with a configuration, the waiver of which is about a criterion of the model."""
    name = next(a.criterion.id for a in content.models["ml-process"].asks())
    (tmp_path / "train.py").write_text("from sklearn.linear_model import Ridge\nRidge().fit(x, y)\n")
    (tmp_path / "mlscan.toml").write_text(CONFIG.replace("data-validated", name))
    return tmp_path


@pytest.mark.parametrize("name", sorted(p.name for p in REPOS.iterdir()))
def test_look_kept_and_judged_is_the_scan(name: str, content: Content) -> None:
    seen = Seen.decoded(look(content, REPOS / name, OPTIONS).encoded())
    assert plain(judge(content, seen, OPTIONS)) == plain(scan_with(content, REPOS / name, OPTIONS))


def test_what_people_said_is_kept_with_its_lines(tmp_path: Path, content: Content) -> None:
    path = configured(tmp_path, content)
    seen = Seen.decoded(look(content, path, OPTIONS).encoded())
    again = judge(content, seen, OPTIONS)
    assert plain(again) == plain(scan_with(content, path, OPTIONS))
    assert (again.target, again.waivers[0].source) == (4, "mlscan.toml:5")


def test_the_day_decides_anew_about_what_was_seen(tmp_path: Path, content: Content) -> None:
    seen = look(content, configured(tmp_path, content), OPTIONS)
    late = judge(content, seen, replace(OPTIONS, as_of=date(2028, 1, 1)))
    assert judge(content, seen, OPTIONS).waivers[0].standing.value != "expired" == late.waivers[0].standing.value


def test_names_that_are_no_text_survive(content: Content) -> None:
    seen = look(content, sorted(REPOS.iterdir())[-1], OPTIONS)
    first = seen.findings.evidence[0]
    odd = replace(first, where=replace(first.where, path="caf\udce9/\udcff.py"))
    kept = replace(seen, findings=replace(seen.findings, evidence=(odd,)))
    assert Seen.decoded(kept.encoded()) == kept


def test_what_newer_detectors_look_for_is_unknown_not_absent(content: Content) -> None:
    path = sorted(REPOS.iterdir())[-1]
    seen = look(content, path, OPTIONS)
    name = next(e.detector for e in seen.findings.evidence if repr(content.detectors).count(f"'{e.detector}'") == 1)
    fewer = replace(content, detectors=tuple(d for d in content.detectors if d.id != name))
    before = look(fewer, path, OPTIONS)
    assert before.known_to(content).unknown[name] == NEWER
    assert name not in {e.detector for e in seen.known_to(fewer).evidence}
    assert detect_digest(fewer) != detect_digest(content) == seen.detect_digest


def test_what_earlier_versions_have_kept_can_be_read(content: Content) -> None:
    """Where this fails, a type has changed in a way that stores do not know: FORMAT has to grow, with a new sample."""
    seen = Seen.decoded((KEPT / f"seen-{FORMAT}.bin").read_bytes())
    assert (seen.info.name, seen.info.revision) == ("level-3-parking-demand", "1" * 40)
    assert judge(content, seen, OPTIONS).level >= 1
    assessment = unpack(1, (KEPT / "assessment-1.bin").read_bytes(), Assessment)
    assert (assessment.level, assessment.repository.name) == (3, "level-3-parking-demand")
    assert pack(1, assessment) and len(assessment.evidence) > 20


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b"x\x9c\x03\x00\x00\x00\x00\x01", pack(FORMAT, {"seen": {}, "said": None})]
)
def test_bytes_that_are_no_look_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="broken"):
        Seen.decoded(data)
