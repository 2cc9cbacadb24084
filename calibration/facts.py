"""How far the rules alone agree with the labels: labelled facts in, level out. For maintainers.

    python -m calibration.facts [--all]

Feeds the facts of `labels.json` through `assess()` as if every detector were right, with the labelled kind. What is
left is what the rules weigh differently from the readers. Prints half A with its disagreements; with `--all` also the
totals of half B and of both, never a repository of B. A fact on which two readers differ is taken as unknown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.labels import PRACTICE_OF, Label, load_labels
from calibration.stats import kappa
from mlscan.assess.examples import run_as_kind
from mlscan.content.find import built_in
from mlscan.content.load import load_rules, read_folder
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Strength
from mlscan.types.model import AssessContent, RuleExample

KINDS = ("ml-project", "not-ml")


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled repository with what the rules make of its facts."""

    label: Label
    result: Assessment


def load_rules_alone(model: str = "ml-process") -> AssessContent:
    """The shipped rules without detectors."""
    presence, kinds, models = load_rules(read_folder(built_in()[1], "rules", "rules"))
    return AssessContent(model=models[model], presence=presence, kinds=kinds, detectors={}, digest="")


def judge(label: Label, content: AssessContent) -> Judged:
    """The rules' verdict on the labelled facts; an ml-project has ML code, which no fact says."""
    given = {practice: Strength.AUTOMATED for practice, there in label.practices().items() if there}
    if label.kind == "ml-project":
        given["ml-code"] = Strength.USED
    unknown = [PRACTICE_OF[fact] for fact, value in label.facts.items() if value is None]
    example = RuleExample(name=label.repo, given=given, unknown=unknown, kind=label.kind)
    return Judged(label, run_as_kind(example, content))


def summary(name: str, judged: Sequence[Judged]) -> str:
    """One line of figures with n."""
    pairs = [(j.label.level, j.result.level) for j in judged]
    n = len(pairs)
    exact = sum(a == b for a, b in pairs) / n
    near = sum(abs(a - b) <= 1 for a, b in pairs) / n
    inside = sum(j.label.low <= j.result.level <= j.label.high for j in judged) / n
    weighted = kappa(pairs)
    shown = "-" if weighted is None else f"{weighted:.2f}"
    return f"{name:<24} n={n:<3} exact {exact:.2f}  within one {near:.2f}  in range {inside:.2f}  kappa {shown}"


def summaries(title: str, judged: Sequence[Judged]) -> list[str]:
    """Totals for each kind, and for both together."""
    groups = [(kind,) for kind in KINDS] + [KINDS]
    return [summary(f"{title}: {' + '.join(g)}", [j for j in judged if j.label.kind in g]) for g in groups]


def disagreement(judged: Judged) -> str:
    """The repository with both levels and the rules' ratings."""
    label, result = judged.label, judged.result
    ratings = " ".join(f"{x.level}:{x.rating.value}" for x in result.levels)
    return f"  {label.repo}: rules {result.level}, label {label.level} ({label.low} to {label.high}); {ratings}"


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="also totals of half B and of both halves")
    options = parser.parse_args()
    content = load_rules_alone()
    judged = [judge(label, content) for label in load_labels() if label.kind in KINDS]
    half_a = [j for j in judged if j.label.half == "A"]
    lines = summaries("A", half_a)
    lines += [disagreement(j) for j in half_a if j.result.level != j.label.level]
    if options.all:
        lines += summaries("B", [j for j in judged if j.label.half == "B"])
        lines += summaries("A and B", judged)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
