"""Conditions meet in units; everything is three-valued; near misses are kept."""

from __future__ import annotations

from detect.build import detector, places, run

CALLS = "import lib\n\n\ndef one():\n    lib.a()\n    lib.b()\n\n\ndef two():\n    lib.a()\n"


def test_all_of_in_a_file() -> None:
    find = {"all_of": [{"calls": "lib.a"}, {"calls": "lib.b"}]}
    assert places({"x.py": CALLS, "y.py": "import lib\nlib.a()\n"}, find) == ["x.py:6"]


def test_all_of_in_a_function_takes_only_that_function() -> None:
    find = {"scope": "function", "evidence": 0, "all_of": [{"calls": "lib.a"}, {"calls": "lib.b"}]}
    assert places({"x.py": CALLS}, find) == ["x.py:5"]


def test_all_of_in_the_repository_spans_files() -> None:
    find = {"scope": "repository", "all_of": [{"calls": "lib.a"}, {"path": "config.yaml"}]}
    assert places({"x.py": CALLS, "config.yaml": "a: 1\n"}, find) == ["config.yaml"]


def test_a_near_miss_names_what_is_lacking() -> None:
    find = {"all_of": [{"calls": "lib.a", "near_miss": True}, {"name": "the second call", "calls": "lib.b"}]}
    findings = run({"y.py": "import lib\nlib.a()\n"}, detector(find))
    assert findings.evidence == ()
    assert [(r.where.path, r.where.line, r.reason) for r in findings.rejections] == [
        ("y.py", 2, "lacks the second call")
    ]


def test_none_of_removes_the_unit_and_says_why() -> None:
    find = {"calls": "lib.a", "none_of": [{"name": "only a demonstration", "calls": "lib.demo"}]}
    findings = run({"a.py": "import lib\nlib.a()\n", "b.py": "import lib\nlib.a()\nlib.demo()\n"}, detector(find))
    assert [e.where.path for e in findings.evidence] == ["a.py"]
    assert [r.reason for r in findings.rejections] == ["only a demonstration"]


def test_at_least_counts_distinct_captures() -> None:
    find = {
        "in": "*.yaml",
        "scope": "file",
        "at_least": {"n": 2, "distinct": "env", "of": [{"key": {"at": "targets.{env}"}}]},
    }
    two = "targets:\n  dev: {a: 1}\n  prod: {a: 2}\n"
    assert places({"t.yaml": two, "u.yaml": "targets:\n  dev: {a: 1}\n"}, find) == ["t.yaml:2", "t.yaml:3"]


def test_where_tests_captures() -> None:
    find = {"in": "*.yaml", "key": {"at": "targets.{env}"}, "where": {"env": {"not_in": ["dev"]}}}
    assert places({"t.yaml": "targets:\n  dev: {}\n  prod: {}\n"}, find) == ["t.yaml:3"]


def test_an_unread_file_makes_it_unknown_not_absent() -> None:
    findings = run({"x.py": None}, detector({"calls": "lib.a"}))
    assert findings.evidence == ()
    assert "x.py" in findings.unknown["subject"]
    assert [g.path for g in findings.gaps] == ["x.py"]


def test_an_unread_file_of_another_kind_hides_nothing() -> None:
    findings = run({"data.csv": None, "x.py": "print(1)\n"}, detector({"calls": "lib.a"}))
    assert findings.unknown == {}


def test_what_is_found_elsewhere_is_not_unknown() -> None:
    findings = run({"x.py": None, "y.py": "import lib\nlib.a()\n"}, detector({"calls": "lib.a"}))
    assert findings.unknown == {}


def test_none_of_over_an_unread_file_is_unknown() -> None:
    find = {"scope": "repository", "calls": "lib.a", "none_of": [{"in": "*.yaml", "key": {"at": "off"}}]}
    findings = run({"x.py": "import lib\nlib.a()\n", "c.yaml": None}, detector(find))
    assert findings.evidence == ()
    assert "subject" in findings.unknown


def test_a_reference_to_another_detector() -> None:
    other = detector({"calls": "lib.a"}, "other")
    findings = run({"x.py": "import lib\nlib.a()\n", "y.py": "z()\n"}, other, detector({"any_of": ["other"]}))
    assert {e.detector for e in findings.evidence} == {"other", "subject"}


def test_refers_follows_imports() -> None:
    files = {
        "flows/daily.py": "import lib\nfrom app.train import main\n\nlib.flow(main)\n",
        "src/app/__init__.py": "",
        "src/app/train.py": "from app import core\n",
        "src/app/core.py": "import lib\nlib.fit()\n",
        "flows/other.py": "import lib\nlib.flow(print)\n",
    }
    find = {"refers": {"from": {"calls": "lib.flow"}, "to": {"name": "a fit", "calls": "lib.fit"}}}
    findings = run(files, detector(find))
    assert [e.where.path for e in findings.evidence] == ["flows/daily.py"]
    assert [(r.where.path, r.reason) for r in findings.rejections] == [
        ("flows/other.py", "reaches no place with a fit")
    ]


def test_a_module_of_the_repository_is_not_the_tool_of_that_name() -> None:
    files = {"setup.py": "", "lib/__init__.py": "", "lib/x.py": "import lib\nlib.a()\n"}
    findings = run(files, detector({"calls": "lib.a"}))
    assert findings.evidence == ()
    assert "defined in this repository" in findings.rejections[0].reason


def test_a_folder_of_that_name_that_is_no_package_changes_nothing() -> None:
    files = {"lib/Dockerfile": "FROM x\n", "x.py": "import lib\nlib.a()\n"}
    assert places(files, {"calls": "lib.a"}) == ["x.py:2"]


def test_evidence_in_tests_is_shown_with_its_context() -> None:
    findings = run({"tests/test_x.py": "import lib\nlib.a()\n"}, detector({"calls": "lib.a"}))
    assert [e.context.value for e in findings.evidence] == ["test"]


def test_siblings_that_nothing_reads_are_rejected() -> None:
    find = {
        "siblings": {
            "of": ["**/config/{env}.yaml"],
            "vary": "@environments",
            "production_like": "@production-environments",
            "same_keys": 0.5,
            "differing_values": True,
            "read_by": ["code"],
        }
    }
    files = {"config/dev.yaml": "url: a\n", "config/prod.yaml": "url: b\n"}
    assert [r.reason for r in run(files, detector(find)).rejections] == ["nothing reads them"]
    read = {**files, "app.py": "import yaml\nyaml.safe_load(open(f'config/{ENV}.yaml'))\n"}
    assert places(read, find) == ["config/prod.yaml"]
    alike = {**read, "config/dev.yaml": "url: b\n"}
    assert "no value differs" in run(alike, detector(find)).rejections[0].reason
    apps = "apps:\n  - name: a\n    size: {}\n"
    listed = {**read, "config/dev.yaml": apps.format(1), "config/prod.yaml": apps.format(2)}
    assert places(listed, find) == ["config/prod.yaml"]


def test_a_class_is_the_unit_of_its_own_definition() -> None:
    find = {"scope": "class", "all_of": [{"defines": "Job"}, {"calls": "lib.a"}]}
    both = "import lib\n\n\nclass Job:\n    def run(self):\n        lib.a()\n"
    apart = "import lib\n\n\nclass Job:\n    pass\n\n\nclass Other:\n    def run(self):\n        lib.a()\n"
    assert places({"x.py": both, "y.py": apart}, find) == ["x.py:6"]


def test_what_says_little_by_itself_is_no_near_miss_where_it_cannot_hold() -> None:
    files = {"a.yaml": "name: train\nkind: x\n", "b.yaml": "name: train\nschema: of pipelines\n"}
    schema = {"name": "a schema", "key": {"at": "schema", "is": "of tables"}}
    name: dict[str, object] = {"key": {"at": "name", "is": "train"}}
    for said, places_told in ((None, ["a.yaml", "b.yaml"]), (False, list[str]())):
        part = name if said is None else {**name, "near_miss": said}
        found = run(files, detector({"in": "*.yaml", "all_of": [schema, part]}))
        assert [r.where.path for r in found.rejections] == places_told
