"""Which folders of a repository are ML projects of their own, and whose evidence counts for which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlscan.assess import assess
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Evidence, Location, Strength
from mlscan.types.model import DetectorInfo

from .content import DAY, INFO, findings, rules, seen

DETECTORS = (
    ("training-code", DetectorInfo(practice="ml-code", title="Code that trains", strength=Strength.USED)),
    ("model-inference-code", DetectorInfo(practice="ml-code", title="Code that applies", strength=Strength.USED)),
    ("dvc-stages", DetectorInfo(practice="ml-pipeline", title="Stages", strength=Strength.USED)),
    ("published-package", DetectorInfo(practice="kind", title="A package", strength=Strength.CONFIGURED)),
    ("library-shape", DetectorInfo(practice="kind", title="A library", strength=Strength.CONFIGURED)),
)


def trains(path: str) -> Evidence:
    return seen("ml-code", "used", path, detector="training-code")


def engineered(folder: str) -> list[Evidence]:
    """What level 3 asks of a project, but for tests and CI: with one of them it holds."""
    names = {"dependencies": "declared", "lockfile": "configured", "config-management": "configured"}
    names |= {"experiment-tracking": "used", "ml-pipeline": "used", "data-validation": "used"}
    return [trains(f"{folder}/fit.py"), *(seen(n, strength, f"{folder}/x.py") for n, strength in names.items())]


def judged(roots: tuple[str, ...], *evidence: Evidence) -> Assessment:
    return assess(findings(evidence, roots=roots), INFO, rules(DETECTORS), as_of=DAY)


def names(result: Assessment) -> list[str]:
    return [c.path for c in result.components]


def projects(*paths: str) -> list[str]:
    """Components of a repository with a manifest and training code in each of these folders."""
    return names(judged(paths, *(trains(f"{p}/fit.py" if p else "fit.py") for p in paths)))


def test_two_folders_with_a_manifest_and_model_work_are_two_projects() -> None:
    assert projects("churn", "pricing") == ["churn", "pricing"]


@pytest.mark.parametrize(
    "folders",
    [
        ("training", "serving"),
        ("model-api", "data_pipeline"),
        ("services/churn", "services/pricing"),
        ("components/split-rows", "components/fit-forest"),
        ("src/churn", "pricing"),
        ("churn", "churn/api", "churn/trainer"),
        ("churn/api", "churn/trainer"),
        ("Training2", "step_01"),
        ("k8s/fit", "docker/fit"),
    ],
)
def test_parts_of_one_project_are_no_projects(folders: tuple[str, ...]) -> None:
    assert projects(*folders) == []


def test_parts_belong_to_the_project_around_them() -> None:
    assert projects("churn/trainer", "churn/api", "pricing/jobs/nightly") == ["churn", "pricing/jobs/nightly"]


def test_a_folder_without_model_work_is_no_project() -> None:
    found = judged(("churn", "shop"), trains("churn/fit.py"), seen("tests", path="shop/test_cart.py"))
    assert names(found) == []


def test_a_model_that_is_only_applied_makes_no_project() -> None:
    applied = seen("ml-code", "used", "shop/predict.py", detector="model-inference-code")
    assert names(judged(("churn", "shop"), trains("churn/fit.py"), applied)) == []


def test_a_project_at_the_root_with_most_of_the_work_is_the_only_one() -> None:
    below = (trains("baseline-bert/fit.py"), trains("thesis/fit.py"))
    assert names(judged(("", "baseline-bert", "thesis"), trains("fit.py"), *below)) == []


def test_a_stray_file_at_the_root_is_no_project() -> None:
    below = [trains(f"{folder}/{name}.py") for folder in ("churn", "pricing") for name in ("a", "b")]
    assert names(judged(("", "churn", "pricing"), trains("fit.py"), *below)) == ["churn", "pricing"]


def test_a_pipeline_definition_does_as_well_as_a_manifest() -> None:
    stages = seen("ml-pipeline", "used", "churn/dvc.yaml", detector="dvc-stages")
    assert names(judged(("pricing",), stages, trains("churn/fit.py"), trains("pricing/fit.py"))) == ["churn", "pricing"]


def test_where_projects_lie_side_by_side_a_name_of_a_part_is_one_too() -> None:
    assert projects("churn", "pricing", "forecasts", "registry") == ["churn", "forecasts", "pricing", "registry"]


def test_what_belongs_to_one_project_counts_for_no_other() -> None:
    ci = seen("ci", path=".github/workflows/ci.yml")
    found = judged(("churn", "pricing"), *engineered("churn"), trains("pricing/fit.py"), ci)
    assert [(c.path, c.level) for c in found.components] == [("churn", 3), ("pricing", 1)]
    assert found.level == 3


def test_work_beside_the_projects_without_a_manifest_is_shared_by_nobody() -> None:
    both = [trains("churn/fit.py"), trains("pricing/fit.py")]
    foreign = [trains("thesis/fit.py"), *(seen(p, path="thesis/x.py") for p in ("tests", "ml-pipeline", "lockfile"))]
    alone = judged(("churn", "pricing"), *both)
    assert judged(("churn", "pricing"), *both, *foreign).components == alone.components


def test_work_of_a_folder_with_a_manifest_but_no_model_is_shared_by_nobody() -> None:
    both = [trains("churn/fit.py"), trains("pricing/fit.py")]
    foreign = [seen(p, path="shop/x.py") for p in ("tests", "containers", "lockfile", "dependencies")]
    alone = judged(("churn", "pricing"), *both)
    assert judged(("churn", "pricing", "shop"), *both, *foreign).components == alone.components


@pytest.mark.parametrize(
    ("concerns", "churn_has_it", "pricing_has_it"),
    [
        ((), True, True),
        (("churn",), True, False),
        (("churn/fit.py", "docs"), True, False),
        (("docs",), True, True),
        (("churn", "pricing/fit.py"), True, True),
    ],
)
def test_ci_counts_for_what_it_works_on(concerns: tuple[str, ...], churn_has_it: bool, pricing_has_it: bool) -> None:
    ci = replace(seen("ci", path=".github/workflows/ci.yml"), concerns=concerns)
    found = judged(("churn", "pricing"), *engineered("churn"), *engineered("pricing"), ci)
    assert [c.level == 3 for c in found.components] == [churn_has_it, pricing_has_it]


def test_kinds_without_a_level_of_their_own_have_no_components() -> None:
    shape = [seen("kind", path="setup.py", detector=d) for d in ("published-package", "library-shape")]
    found = judged(("churn", "pricing"), trains("churn/fit.py"), trains("pricing/fit.py"), *shape)
    assert (found.kind, found.components) == ("ml-library", ())


def test_a_project_says_its_own_kind() -> None:
    package = [replace(seen("kind", detector=d), where=Location("churn/setup.py", 1)) for d in ("library-shape",)]
    found = judged(("churn", "pricing"), trains("churn/fit.py"), trains("pricing/fit.py"), *package)
    assert [(c.path, c.kind) for c in found.components] == [("churn", "ml-project"), ("pricing", "ml-project")]


def test_odd_names_are_fine() -> None:
    assert projects("caf\udce9", "模型", "a b") == ["a b", "caf\udce9", "模型"]
