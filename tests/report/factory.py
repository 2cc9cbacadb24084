"""Assessments made by hand: one a story, as whole as those of a real scan."""

from __future__ import annotations

from dataclasses import replace

from mlscan.types.assessment import (
    Assessment,
    Component,
    Configuration,
    CriterionResult,
    GroupResult,
    LevelResult,
    NextStep,
    Pattern,
    PolicyResult,
    PracticeResult,
    Rating,
    Standing,
    StarterFile,
    StatementResult,
    Stats,
    Status,
)
from mlscan.types.evidence import Context, Evidence, Gap, Location, Rejection, Strength
from mlscan.types.snapshot import History, RepositoryInfo

PRACTICES = {
    "work": ("ml-code", "notebooks", "notebooks-only"),
    "engineering": ("dependencies", "lockfile", "tests", "ci", "containers"),
    "experiments": ("experiment-tracking", "config-management"),
    "data": ("data-validation", "data-versioning", "feature-store"),
    "pipeline": ("ml-pipeline", "scheduled-runs", "ci-ml", "auto-retraining"),
    "delivery": ("model-registry", "serving", "environments", "iac", "cd"),
    "operation": ("monitoring", "drift-monitoring"),
    "people": ("governance", "team"),
    "informational": ("model-evaluation", "code-quality", "release-control", "prediction-logging"),
}
NAMES = ("Absent", "Enthusiasts", "R&D", "Analyze it", "Specialization", "Automate it")
SHORTS = (
    "nothing of it",
    "somebody tries things",
    "somebody else can repeat it",
    "it runs regularly",
    "production stands apart",
    "it retrains by itself",
)
ASKS = {
    1: ("ml-code",),
    2: ("dependencies", "experiment-tracking", "config-management"),
    3: ("tests", "ci", "containers", "ml-pipeline"),
    4: ("environments", "monitoring", "iac", "cd", "governance"),
    5: ("data-versioning", "feature-store", "auto-retraining"),
}

Found = tuple[str, str, int | None, Strength, str]
"""Practice, path, line, strength, excerpt; the detector is called after the practice."""


def evidence_of(found: tuple[Found, ...], context: Context = Context.OWN) -> tuple[Evidence, ...]:
    """Evidence in the order of reports."""
    items = [
        Evidence(
            detector=f"{practice}-seen",
            practice=practice,
            where=Location(path, line),
            excerpt=excerpt,
            strength=strength,
            context=context,
        )
        for practice, path, line, strength, excerpt in found
    ]
    return tuple(sorted(items, key=lambda e: e.sort_key))


def practices_of(evidence: tuple[Evidence, ...], unknown: dict[str, str]) -> tuple[PracticeResult, ...]:
    """Every practice of the contract: present with evidence, unknown with a reason, absent otherwise."""
    results = []
    for group, ids in PRACTICES.items():
        for practice in ids:
            seen = tuple(i for i, e in enumerate(evidence) if e.practice == practice)
            present = True if seen else None if practice in unknown else False
            results.append(
                PracticeResult(
                    id=practice,
                    title=practice.replace("-", " ").capitalize(),
                    group=group,
                    present=present,
                    strength=evidence[seen[0]].strength.value if seen else None,
                    evidence=seen,
                    why=unknown.get(practice, f"{len(seen)} places" if seen else "nothing of it was found"),
                    informational=group == "informational",
                )
            )
    return tuple(results)


def _criterion(practice: PracticeResult) -> CriterionResult:
    status = {True: Status.MET, False: Status.NOT_MET, None: Status.UNKNOWN}[practice.present]
    return CriterionResult(
        id=f"{practice.id}-there",
        title=f"{practice.title} can be seen",
        status=status,
        why=practice.why,
        evidence=practice.evidence[:3],
        group=practice.group,
        essential=practice.id == "environments",
        purpose="Somebody else has to be able to rely on it.",
        how=f"Set up {practice.id} where the training code lives, and let CI run it.",
        effort="M",
        needs=(practice.id,),
    )


def _level(level: int, practices: dict[str, PracticeResult]) -> LevelResult:
    criteria = tuple(_criterion(practices[p]) for p in ASKS[level])
    met = sum(c.status is Status.MET for c in criteria) / len(criteria)
    maybe = sum(c.status in (Status.MET, Status.UNKNOWN) for c in criteria) / len(criteria)
    return LevelResult(
        level=level,
        name=NAMES[level],
        short=SHORTS[level],
        rating=_rating(met),
        could_be_rating=_rating(maybe),
        achieved=round(met, 4),
        criteria=criteria,
    )


def _rating(share: float) -> Rating:
    return Rating.F if share > 0.85 else Rating.L if share > 0.5 else Rating.P if share > 0.15 else Rating.N


STARTER = StarterFile(
    path="ci.sh",
    text=f"set -eu\n# ``` is no end\n\nif ok; then\n  <run> & done\nfi\necho {'long ' * 40}end\n",
    adds=True,
)


def _steps(levels: tuple[LevelResult, ...], level: int) -> tuple[NextStep, ...]:
    missing = [c for x in levels if x.level == level + 1 for c in x.criteria if c.status is not Status.MET]
    return tuple(
        NextStep(
            criterion=c.id,
            title=c.title,
            why="Somebody else has to be able to rely on it.",
            how=f"Set up {c.id.removesuffix('-there')} where the training code lives, and let CI run it.",
            effort="SML"[number % 3],
            lifts=c.group,
            level=level + 1,
            reaches=level + 1 if c is missing[-1] else None,
            starter=None if number else STARTER,
        )
        for number, c in enumerate(missing)
    )


def assessment(
    level: int,
    found: tuple[Found, ...] = (),
    *,
    could_be: int | None = None,
    unknown: dict[str, str] | None = None,
    kind: str = "ml-project",
    reason: str = "training code in src/train.py:3",
) -> Assessment:
    """A whole assessment whose parts fit each other; change the rest with `dataclasses.replace`."""
    evidence = evidence_of(found)
    practices = practices_of(evidence, unknown or {})
    by_id = {p.id: p for p in practices}
    levels = tuple(_level(n, by_id) for n in ASKS)
    applicable = kind == "ml-project"
    groups = tuple(GroupResult(id=g, level=_group_level(g, by_id), could_be=_group_level(g, by_id)) for g in _GROUPS)
    return Assessment(
        mlscan_version="0.1.0",
        content_digest="0123456789abcdef" * 4,
        repository=RepositoryInfo(
            name="acme/churn",
            url="https://example.org/acme/churn",
            revision="3f2c1a9d2e" * 4,
            dirty=False,
            history=History.FULL,
            committed_on="2026-11-01",
        ),
        as_of="2026-11-23",
        model="ml-process",
        kind=kind,
        kind_reasons=(reason,),
        applicable=applicable,
        level=level,
        level_name=NAMES[level],
        attested_level=level,
        could_be=level if could_be is None else could_be,
        levels=levels,
        groups=groups if applicable else (),
        practices=practices,
        evidence=evidence,
        next=_steps(levels, level) if applicable else (),
        ahead=tuple(p for n in range(level + 2, 6) for p in ASKS[n] if by_id[p].present),
        unobservable=("Who decides that a model goes live",),
        scale={"files": 120, "contributors": 4},
        level_names=dict(enumerate(NAMES)),
        stats=Stats(files=120, bytes_read=45_678, seconds=0.25),
    )


_GROUPS = ("engineering", "experiments", "data", "pipeline", "delivery", "operation", "people")


def _group_level(group: str, practices: dict[str, PracticeResult]) -> int:
    ids = PRACTICES[group]
    return 1 + round(4 * sum(practices[p].present is True for p in ids) / len(ids))


C, U, A, D = Strength.CONFIGURED, Strength.USED, Strength.AUTOMATED, Strength.DECLARED

_LEVEL_2: tuple[Found, ...] = (
    ("ml-code", "src/train.py", 3, U, "from sklearn.ensemble import RandomForestClassifier"),
    ("ml-code", "src/features/build.py", 12, U, "model.fit(x, y)"),
    ("notebooks", "notebooks/01-explore.ipynb", None, U, "12 code cells"),
    ("dependencies", "requirements.txt", 1, D, "scikit-learn==1.5.0"),
    ("experiment-tracking", "src/train.py", 41, U, "mlflow.start_run()"),
    ("config-management", "conf/train.yaml", 1, C, "learning_rate: 0.1"),
    ("code-quality", "pyproject.toml", 20, C, "[tool.ruff]"),
)

_LEVEL_4: tuple[Found, ...] = (
    *_LEVEL_2,
    ("tests", "tests/test_train.py", 8, U, "def test_training_improves():"),
    ("ci", ".github/workflows/ci.yml", 14, A, "run: make test"),
    ("containers", "Dockerfile", 1, C, "FROM python:3.12-slim"),
    (
        "ml-pipeline",
        "pipelines/customer_retention/weekly/definitions/production/training_pipeline_definition.py",
        118,
        U,
        "def training_pipeline():",
    ),
    ("environments", "config/prod.yaml", 1, U, "config/{dev,staging,prod}.yaml"),
    ("monitoring", "monitoring/alerts.yaml", 9, C, "alert: PredictionLatencyHigh"),
    ("iac", "infra/main.tf", 22, C, 'resource "aws_sagemaker_endpoint" "churn"'),
    ("cd", ".github/workflows/release.yml", 31, A, "run: make deploy ENV=prod"),
    ("governance", ".github/CODEOWNERS", 1, C, "* @acme/ml"),
    ("data-versioning", "data/raw.dvc", 1, C, "outs:"),
)


def level_0() -> Assessment:
    """A web service without any ML."""
    return assessment(0, kind="not-ml", reason="no code that trains or applies a model was found")


def level_2() -> Assessment:
    """Repeatable by hand, one practice ahead, near misses."""
    near = Rejection(
        detector="training-schedule",
        practice="scheduled-runs",
        where=Location(".github/workflows/nightly.yml", 4),
        reason="a schedule, but no step that trains",
    )
    story = assessment(2, (*_LEVEL_2, ("data-versioning", "data/raw.dvc", 1, C, "outs:")))
    return replace(story, rejections=(near, replace(near, where=Location("old.yml", 9))))


def level_4() -> Assessment:
    """Nearly everything; gaps and a delegation could hide the rest."""
    unknown = {
        "feature-store": "handed to acme/platform, which was not read",
        "auto-retraining": "handed to acme/platform/.github/workflows/retrain.yml@v3, what it does there is unknown",
    }
    gaps = (
        Gap("", "shallow clone: authors are unknown"),
        *(Gap(f"data/part-{n}.json", "larger than the limit") for n in range(7)),
        Gap("conf/broken.yaml", "YAML that cannot be parsed", partial=True),
    )
    story = assessment(4, _LEVEL_4, could_be=5, unknown=unknown)
    return replace(
        story,
        repository=replace(story.repository, url="https://github.com/acme/churn"),
        gaps=gaps,
        hints=("Fetch the whole history (git fetch --unshallow) to see the team.",),
        components=(
            Component(path="services/churn", kind="ml-project", level=4),
            Component(path="services/upsell", kind="ml-project", level=2),
        ),
        groups=tuple(replace(g, could_be=5) if g.id in ("data", "pipeline") else g for g in story.groups),
    )


HOSTILE = "[red]x[/red]\x1b[31m\x1b]0;owned\x07\u202etxt.exe\u2066\r\n\udcff::error::\x9b2J"


MARKUP = (
    "</code></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7 * 7 }} | a \\| b | `x` ``` "
    "[go](javascript:alert(1)) ![i](https://evil.example/i.png) <https://evil.example> https://evil.example "
    "www.evil.example **b** _i_ ~~s~~ $x$ <!-- c --> &lt; @acme/ml #1 !2 1. #"
)
"""What would be markup, a link or a mention in some format."""


def hostile(text: str = HOSTILE) -> Assessment:
    """Every text that a repository controls is an attack."""
    story = assessment(
        2,
        (
            ("ml-code", f"src/{text}.py", 3, U, text),
            ("dependencies", "требования-模型模型模型模型模型模型模型模型模型模型模型模型.txt", 1, D, "scikit-learn"),
        ),
        unknown={"cd": f"handed to {text}"},
        reason=f"training code in {text}",
    )
    where = Location(text, 1)
    delegated = tuple(replace(e, delegated_to=text) for e in story.evidence)
    return replace(
        story,
        evidence=delegated,
        repository=replace(story.repository, name=text, revision=None, dirty=True, history=History.NONE),
        gaps=(Gap(text, "larger than the limit"),),
        rejections=(Rejection(detector="d", practice="ci", where=where, reason=text),),
        hints=(text,),
        components=(Component(path=text, kind="ml-project", level=2),),
    )


def said() -> Assessment:
    """People excluded paths, set a criterion aside, vouched for one, and forgot about some."""
    story = level_2()
    waived = {"tests-there": Status.WAIVED, "monitoring-there": Status.ATTESTED}
    levels = tuple(
        replace(x, criteria=tuple(replace(c, status=waived.get(c.id, c.status)) for c in x.criteria))
        for x in story.levels
    )
    result = StatementResult(
        waives=True,
        criterion="tests-there",
        title="Tests can be seen",
        reason="The code is generated",
        owner="@acme/ml",
        starts=None,
        expires="2027-06-30",
        path=None,
        link=None,
        source="mlscan.toml:6",
        standing=Standing.COUNTS,
    )
    vouched = replace(
        result,
        waives=False,
        criterion="monitoring-there",
        reason="Lives in the platform repository.",
        link="https://example.org/dashboards",
        source="mlscan.toml:12",
    )
    forgotten = replace(result, criterion="ci-there", standing=Standing.EXPIRED, expires="2026-01-31")
    unused = replace(vouched, path="services/churn", standing=Standing.UNUSED, why="no ML project lies there")
    return replace(
        story,
        levels=levels,
        attested_level=3,
        target=3,
        next=(),
        configuration=Configuration(
            source="mlscan.toml",
            exclude=(Pattern(pattern="third_party/", files=12), Pattern(pattern="old/", files=0)),
            contexts=(Pattern(pattern="examples/live/**", files=3, context="own"),),
            target=3,
        ),
        waivers=(result, vouched, forgotten, unused),
        policy=PolicyResult(
            name="Acme ML",
            digest="0123456789abcdef" * 4,
            tier="product",
            target=3,
            fail_under=2,
            require=("tests",),
            count_attested=True,
            notes=("the target of the repository is overruled: 2 becomes 3",),
        ),
    )


STORIES = {"level-0": level_0, "level-2": level_2, "level-4": level_4, "hostile": hostile, "said": said}
