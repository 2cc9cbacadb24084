"""Every example inside every detector holds."""

from __future__ import annotations

import pytest

from mlscan.content import Content, load_content
from mlscan.detect.plan import Plan, compile_plan
from mlscan.scan.examples import broken_promises

CONTENT: Content = load_content()
PLAN: Plan = compile_plan(CONTENT.for_detect)


@pytest.mark.parametrize("detector", CONTENT.detectors, ids=lambda d: d.id)
def test_examples_hold(detector: object) -> None:
    from mlscan.types.content import Detector

    assert isinstance(detector, Detector)
    assert list(broken_promises(PLAN, detector)) == []
