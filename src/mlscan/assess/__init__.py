"""Judges findings by the rules. Pure: values in, value out; it never sees a file and knows no level's meaning.

The way through: `assess` gathers the evidence (`facts`), decides practices (`presence`) and kind (`kinds`) with
three-valued conditions (`conditions`, `truth`), rates criteria and levels (`verdict`, `rating`) and words the result
(`results`, `advice`, `shown`). The way up is found by `shortest` with what `outlook` says would hold, and begins with
a file of `starters`. `why_not` and `compare` answer from assessments alone; import them from their modules. `examples`
runs the examples that rules carry.
"""

from mlscan.assess.assess import assess
from mlscan.assess.brief import assess_briefly

__all__ = ["assess", "assess_briefly"]
