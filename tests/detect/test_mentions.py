"""Words in strings that lead to other files: paths inside containers, console scripts, modules."""

from __future__ import annotations

from mlscan.detect.facts import Facts
from mlscan.detect.modules import ModuleIndex
from mlscan.types.lists import Lists


def facts(*paths: str) -> Facts:
    return Facts(paths, frozenset(paths), {}, ModuleIndex(paths), Lists())


def test_a_path_inside_a_container_names_the_file_of_the_repository() -> None:
    found = facts("jobs/fit.py", "dags/nightly.py")
    assert found.mentioned("/opt/app/jobs/fit.py", "dags/nightly.py") == "jobs/fit.py"


def test_a_file_name_that_two_files_have_names_none_of_them() -> None:
    found = facts("a/fit.py", "b/fit.py", "dags/nightly.py")
    assert found.mentioned("/opt/app/fit.py", "dags/nightly.py") is None


def test_a_console_script_names_the_module_behind_it() -> None:
    found = facts("pyproject.toml", "src/acme/fit.py", "src/acme/__init__.py", "dags/nightly.py")
    found.add_entries("pyproject.toml", {"acme-fit": "acme.fit:main", "lint": "ruff check"})
    assert found.mentioned("acme-fit", "dags/nightly.py") == "src/acme/fit.py"
    assert found.mentioned("lint", "dags/nightly.py") is None


def test_a_path_is_found_from_the_folders_above() -> None:
    found = facts("flows/fit.py", "deploy/prefect/prefect.yaml")
    assert found.mentioned("flows/fit.py", "deploy/prefect/prefect.yaml") == "flows/fit.py"
