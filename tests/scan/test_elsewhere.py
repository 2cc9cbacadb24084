"""`--with`: what a repository hands to another is read in its clone, at the revision that is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from snapshot.building import Repo, new_repo

from mlscan.content import Content, load_content
from mlscan.scan import ScanOptions, scan_with
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError
from mlscan.types.evidence import Evidence

TRAIN = "from sklearn.svm import SVC\n\nmodel = SVC()\nmodel.fit([[0], [1]], [0, 1])\n"
OWN = {"train.py": TRAIN, "requirements.txt": "scikit-learn==1.5.2\n"}
STEPS = "runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: python train.py\n"


@dataclass
class Shape:
    """One way of handing something over, and what the other repository holds at the revision that is named."""

    caller: Mapping[str, str]
    other: Mapping[str, str]
    url: str
    tags: tuple[str, ...]
    practice: str
    place: str
    """Where the caller hands it over."""
    there: str
    """What the evidence says of the other repository."""


GITHUB = Shape(
    {".github/workflows/n.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  night:\n"
     "    uses: acme/pipelines/.github/workflows/model.yml@v3\n"},
    {".github/workflows/model.yml": f"on: workflow_call\njobs:\n  train:\n    {STEPS}"},
    "https://github.com/acme/pipelines.git", ("v3",), "auto-retraining",
    ".github/workflows/n.yml:6", "pipelines@v3:.github/workflows/model.yml:7",
)  # fmt: skip
NESTED = Shape(
    GITHUB.caller,
    {".github/workflows/model.yml": "on: workflow_call\njobs:\n  go:\n    uses: ./.github/workflows/fit.yml\n",
     ".github/workflows/fit.yml": f"on: workflow_call\njobs:\n  train:\n    {STEPS}"},
    GITHUB.url, ("v3",), "ci-ml", ".github/workflows/n.yml:6", "pipelines@v3:.github/workflows/fit.yml:7",
)  # fmt: skip
GITLAB_PROJECT = Shape(
    {".gitlab-ci.yml": "include:\n  - file: [/ml/train.yml]\n    project: acme/group/pipelines\n    ref: v3\n"
     "lint:\n  script: [ruff check]\n"},
    {"ml/train.yml": "include:\n  - local: /base.yml\ntrain:\n  extends: .python\n",
     "base.yml": ".python:\n  script: [python train.py]\n"},
    "git@gitlab.acme.example:acme/group/pipelines.git", ("v3",), "ci-ml",
    ".gitlab-ci.yml:2", "pipelines@v3:ml/train.yml",
)  # fmt: skip
GITLAB_COMPONENT = Shape(
    {".gitlab-ci.yml": "include:\n  - component: $CI_SERVER_FQDN/acme/components/train@1.2.0\n"
     "    inputs: {script: train.py}\nlint:\n  script: [ruff check]\n"},
    {"templates/train.yml": "spec:\n  inputs:\n    script:\n---\nfit:\n  script: ['python $[[ inputs.script ]]']\n"},
    "https://gitlab.acme.example/acme/components", ("1.2.0",), "ci-ml",
    ".gitlab-ci.yml:2", "components@1.2.0:templates/train.yml",
)  # fmt: skip
GITLAB_REMOTE = Shape(
    {".gitlab-ci.yml": "include:\n  - remote: https://gitlab.acme.example/acme/pipelines/-/raw/v3/train.yml\n"
     "lint:\n  script: [ruff check]\n"},
    {"train.yml": "fit:\n  script: [python train.py]\n"},
    "https://gitlab.acme.example/acme/pipelines", ("v3",), "ci-ml",
    ".gitlab-ci.yml:2", "pipelines@v3:train.yml",
)  # fmt: skip
JENKINS = Shape(
    {"Jenkinsfile": "@Library('acme-pipelines@v3') _\nmodelPipeline(name: 'churn')\n"},
    {"vars/modelPipeline.groovy": "def call(Map given) {\n  pipeline {\n    agent any\n    stages {\n"
     "      stage('train') {\n        steps {\n          sh 'python train.py'\n        }\n      }\n    }\n  }\n}\n",
     "vars/other.groovy": "def call() {\n  pipeline {\n    agent any\n    stages {\n      stage('d') {\n"
     "        steps { sh 'kubectl apply -f k8s/' }\n      }\n    }\n  }\n}\n"},
    "https://git.acme.example/ci/acme-pipelines.git", ("v3",), "ci-ml",
    "Jenkinsfile:1", "acme-pipelines@v3:vars/modelPipeline.groovy:7",
)  # fmt: skip
AZURE = Shape(
    {"azure-pipelines.yml": "trigger: [main]\nresources:\n  repositories:\n    - repository: shared\n      type: git\n"
     "      name: ml/pipelines\n      ref: refs/tags/v3\njobs:\n  - template: jobs/train.yml@shared\n"},
    {"jobs/train.yml": "jobs:\n  - job: train\n    steps:\n      - template: ../steps/fit.yml\n",
     "steps/fit.yml": "steps:\n  - script: python train.py\n"},
    "https://dev.azure.com/acme/ml/_git/pipelines", ("v3",), "ci-ml",
    "azure-pipelines.yml:9", "pipelines@v3:jobs/train.yml",
)  # fmt: skip
TERRAFORM = Shape(
    {"infra/main.tf": 'module "live" {\n  source = "git::https://git.acme.example/platform/modules.git//endpoint?ref=v3"\n'
     "}\n"},
    {"endpoint/main.tf": 'resource "aws_sagemaker_endpoint" "live" {\n  name = "churn"\n}\n',
     "network/main.tf": 'resource "aws_vpc" "net" {\n}\n'},
    "https://git.acme.example/platform/modules.git", ("v3",), "serving",
    "infra/main.tf:1", "modules@v3:endpoint/main.tf:1",
)  # fmt: skip
REGISTRY = Shape(
    {"infra/main.tf": 'module "live" {\n  source  = "app.terraform.io/acme/endpoint/aws"\n  version = "3.1.0"\n}\n'},
    {"main.tf": 'resource "aws_sagemaker_endpoint" "live" {\n  name = "churn"\n}\n'},
    "https://github.com/acme/terraform-aws-endpoint", ("v3.1.0",), "serving",
    "infra/main.tf:1", "terraform-aws-endpoint@v3.1.0:main.tf:1",
)  # fmt: skip
RULE = ("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: churn}\nspec:\n  groups:\n"
        "    - name: churn\n      rules:\n        - alert: Slow\n          expr: latency > 1\n")  # fmt: skip
HELM = Shape(
    {"chart/Chart.yaml": "apiVersion: v2\nname: churn\nversion: 0.1.0\ndependencies:\n  - name: service\n"
     "    version: 3.1.0\n    repository: oci://registry.acme.example/charts\n"},
    {"service/Chart.yaml": "apiVersion: v2\nname: service\nversion: 3.1.0\n", "service/templates/rule.yaml": RULE},
    "https://git.acme.example/platform/charts", ("service-3.1.0",), "monitoring",
    "chart/Chart.yaml:7", "charts@service-3.1.0:service/templates/rule.yaml:2",
)  # fmt: skip
KUSTOMIZE = Shape(
    {"deploy/kustomization.yaml": "resources:\n  - git.acme.example/platform/bases//service?ref=v3\n  - own.yaml\n"},
    {"service/kustomization.yaml": "resources: [rule.yaml]\n", "service/rule.yaml": RULE},
    "ssh://git@git.acme.example:2222/platform/bases.git", ("v3",), "monitoring",
    "deploy/kustomization.yaml:2", "bases@v3:service/rule.yaml:2",
)  # fmt: skip
SHAPES = {
    "a workflow of GitHub": GITHUB,
    "a workflow that calls another": NESTED,
    "a file of a GitLab project": GITLAB_PROJECT,
    "a component of GitLab": GITLAB_COMPONENT,
    "a file by its address": GITLAB_REMOTE,
    "a library of Jenkins": JENKINS,
    "a template of Azure": AZURE,
    "a module of Terraform": TERRAFORM,
    "a module of a registry": REGISTRY,
    "a chart of Helm": HELM,
    "a base of Kustomize": KUSTOMIZE,
}


@dataclass
class World:
    """A repository, and a clone of the one that it hands something to."""

    caller: Path
    other: Repo

    def scanned(self, *clones: Path) -> Assessment:
        return scan_with(content(), self.caller, ScanOptions(with_=clones))


@cache
def content() -> Content:
    return load_content(examples=False)


@dataclass
class Story:
    """One shape, scanned alone, with the clone, and with one that lacks the revision."""

    shape: Shape
    alone: Assessment
    joined: Assessment
    lacking: Assessment
    foreign: Assessment


@pytest.fixture(scope="module")
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    shape = SHAPES[request.param]
    world = build(tmp_path_factory.mktemp("shape"), shape)
    alone, joined = world.scanned(), world.scanned(world.other.path)
    for tag in shape.tags:
        world.other.git("tag", "--delete", tag)
    lacking = world.scanned(world.other.path)
    world.other.git("remote", "set-url", "origin", "https://github.com/somebody/else")
    return Story(shape, alone, joined, lacking, world.scanned(world.other.path))


every = pytest.mark.parametrize("story", SHAPES, indirect=True)


def build(folder: Path, shape: Shape, name: str = "clone-of-it") -> World:
    caller = new_repo(folder / "caller", {**OWN, **shape.caller})
    other = new_repo(folder / name, {"README.md": "Not yet.\n"})
    other.git("remote", "add", "origin", shape.url)
    other.commit(dict(shape.other))
    for tag in shape.tags:
        other.git("tag", tag)
    # What the named revision does not have must not count.
    other.git("rm", "-r", "--quiet", *shape.other)
    other.commit({"README.md": "Moved.\n"})
    return World(caller.path, other)


def seen(a: Assessment, practice: str) -> list[Evidence]:
    return [e for e in a.evidence if e.practice == practice]


def present(a: Assessment, practice: str) -> bool | None:
    return next(p.present for p in a.practices if p.id == practice)


def handed(a: Assessment) -> list[Evidence]:
    return [e for e in seen(a, "delegation") if e.delegated_to is not None]


def place(e: Evidence) -> str:
    return f"{e.where.path}:{e.where.line}"


@every
def test_without_the_clone_it_is_handed_over_and_unknown(story: Story) -> None:
    assert handed(story.alone)
    assert present(story.alone, story.shape.practice) is not True


@every
def test_with_the_clone_it_is_evidence_that_names_both_places(story: Story) -> None:
    shape, found = story.shape, story.joined
    assert present(found, shape.practice) is True
    assert (shape.place, shape.there) in {(place(e), e.delegated_to) for e in seen(found, shape.practice)}
    assert found.hints == ()


@every
def test_what_is_read_is_no_longer_handed_over(story: Story) -> None:
    assert handed(story.joined) == []
    assert any("(read in " in e.excerpt for e in seen(story.joined, "delegation"))


@every
def test_every_place_is_in_the_repository_itself(story: Story) -> None:
    found = story.joined
    places = [e.where.path for e in found.evidence] + [r.where.path for r in found.rejections]
    places += [g.path for g in found.gaps]
    assert set(places) - {*OWN, *story.shape.caller, ".", ""} == set()
    assert found.scale == story.alone.scale
    excerpts = " ".join(e.excerpt for e in found.evidence)
    assert "--" not in excerpts
    assert "elsewhere/" not in excerpts


@every
def test_a_clone_without_the_revision_leaves_it_unknown_and_says_so(story: Story) -> None:
    assert present(story.lacking, story.shape.practice) is not True
    assert handed(story.lacking)
    assert any("has no revision" in hint for hint in story.lacking.hints)


@every
def test_another_repository_resolves_nothing(story: Story) -> None:
    assert present(story.foreign, story.shape.practice) is not True
    assert story.foreign.hints == ("Nothing that is handed to else was found; its clone is not used.",)


@pytest.mark.parametrize(
    ("folder", "url", "known"),
    [
        ("pipelines", None, True),
        ("acme/pipelines", "https://example.org/mirror/x", True),
        ("acme+pipelines", "https://example.org/mirror/x", True),
        ("pipelines", "https://github.com/rival/pipelines", False),
        ("x", "https://github.com/acme/pipelines", True),
        ("x", "ssh://git@github.com/Acme/Pipelines.git", True),
        ("x", None, False),
    ],
)
def test_a_clone_is_known_by_its_remote_or_its_folder(
    tmp_path: Path, folder: str, url: str | None, known: bool
) -> None:
    world = build(tmp_path, GITHUB, folder)
    if url is None:
        world.other.git("remote", "remove", "origin")
    else:
        world.other.git("remote", "set-url", "origin", url)
    assert present(world.scanned(world.other.path), "auto-retraining") is (True if known else None)


def test_any_remote_names_a_clone(tmp_path: Path) -> None:
    world = build(tmp_path, GITHUB)
    world.other.git("remote", "set-url", "origin", "https://github.com/me/fork")
    world.other.git("remote", "add", "upstream", GITHUB.url)
    assert present(world.scanned(world.other.path), "auto-retraining") is True


def test_several_clones_lead_from_one_to_the_next(tmp_path: Path) -> None:
    shape = Shape(
        GITHUB.caller,
        {".github/workflows/model.yml":
         "on: workflow_call\njobs:\n  go:\n    uses: acme/base/.github/workflows/fit.yml@v1\n"},
        GITHUB.url, ("v3",), "ci-ml", "", "",
    )  # fmt: skip
    world = build(tmp_path, shape)
    base = new_repo(
        tmp_path / "base", {".github/workflows/fit.yml": f"on: workflow_call\njobs:\n  train:\n    {STEPS}"}
    )
    base.git("remote", "add", "origin", "https://github.com/acme/base")
    base.commit({})
    base.git("tag", "v1")
    alone = world.scanned(world.other.path)
    assert {e.delegated_to for e in seen(alone, "delegation")} >= {"acme/base/.github/workflows/fit.yml@v1"}
    both = world.scanned(base.path, world.other.path)
    assert present(both, "ci-ml") is True
    assert (".github/workflows/n.yml:6", "base@v1:.github/workflows/fit.yml:7") in {
        (place(e), e.delegated_to) for e in seen(both, "ci-ml")
    }


def test_repositories_that_call_each_other_end(tmp_path: Path) -> None:
    loop = "on: workflow_call\njobs:\n  go:\n    uses: acme/pipelines/.github/workflows/model.yml@v3\n"
    shape = Shape(GITHUB.caller, {".github/workflows/model.yml": loop}, GITHUB.url, ("v3",), "", "", "")
    world = build(tmp_path, shape)
    assert world.scanned(world.other.path).level >= 1


def test_a_branch_that_only_the_origin_has_is_found(tmp_path: Path) -> None:
    shape = Shape(
        {p: t.replace("@v3", "@stable") for p, t in GITHUB.caller.items()}, GITHUB.other, GITHUB.url, (), "", "", ""
    )
    world = build(tmp_path, shape)
    world.other.git("update-ref", "refs/remotes/origin/stable", "HEAD~1")
    assert present(world.scanned(world.other.path), "auto-retraining") is True


def test_a_folder_without_git_holds_no_named_revision(tmp_path: Path) -> None:
    world = build(tmp_path, GITHUB)
    plain = tmp_path / "acme" / "pipelines"
    for path, text in GITHUB.other.items():
        (plain / path).parent.mkdir(parents=True)
        (plain / path).write_text(text)
    found = world.scanned(plain)
    assert present(found, "auto-retraining") is None
    assert found.hints == ("The clone of pipelines has no revision v3, which this repository uses.",)


def test_a_path_that_is_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    world = build(tmp_path, GITHUB)
    with pytest.raises(UsageError, match="no such folder"):
        world.scanned(tmp_path / "missing")


def test_the_report_has_no_local_path(tmp_path: Path) -> None:
    from mlscan.report import render

    world = build(tmp_path, GITHUB)
    report = render(world.scanned(world.other.path, tmp_path), "json")
    assert str(tmp_path) not in json.dumps(report)
