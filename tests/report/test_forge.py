"""Links lead to the scanned revision on forges whose addresses are known, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.report.forge import forge_of
from mlscan.types.evidence import Location
from mlscan.types.snapshot import History, RepositoryInfo

REV = ("0123456789abcdef" * 3)[:40]


def link(url: str | None, path: str = "src/train.py", line: int | None = 3, revision: str | None = REV) -> str | None:
    info = RepositoryInfo(
        name="churn", url=url, revision=revision, dirty=False, history=History.FULL, committed_on=None
    )
    forge = forge_of(info)
    return forge.link(Location(path, line)) if forge else None


SHAPES = {
    "https://github.com/acme/churn": f"https://github.com/acme/churn/blob/{REV}/src/train.py#L3",
    "https://github.acme.example/ml/churn": f"https://github.acme.example/ml/churn/blob/{REV}/src/train.py#L3",
    "https://gitlab.com/acme/ml/team/churn": f"https://gitlab.com/acme/ml/team/churn/-/blob/{REV}/src/train.py#L3",
    "https://gitlab.acme.example/ml/churn": f"https://gitlab.acme.example/ml/churn/-/blob/{REV}/src/train.py#L3",
    "https://bitbucket.org/acme/churn": f"https://bitbucket.org/acme/churn/src/{REV}/src/train.py#lines-3",
    "https://bitbucket.acme.example/scm/ml/churn": (
        f"https://bitbucket.acme.example/projects/ml/repos/churn/browse/src/train.py?at={REV}#3"
    ),
    "https://dev.azure.com/acme/Customer%20Data/_git/churn": (
        "https://dev.azure.com/acme/Customer%20Data/_git/churn?path=/src/train.py"
        f"&version=GC{REV}&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1"
    ),
    "https://ssh.dev.azure.com/v3/acme/data/churn": (
        "https://dev.azure.com/acme/data/_git/churn?path=/src/train.py"
        f"&version=GC{REV}&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1"
    ),
    "https://acme.visualstudio.com/data/_git/churn": (
        "https://acme.visualstudio.com/data/_git/churn?path=/src/train.py"
        f"&version=GC{REV}&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1"
    ),
}


def test_a_scanned_folder_is_part_of_the_address() -> None:
    url = "https://github.com/acme/churn"
    info = RepositoryInfo(
        name="churn", url=url, revision=REV, dirty=False, history=History.FULL, committed_on=None, folder="ml/über"
    )
    forge = forge_of(info)
    assert forge is not None
    assert forge.link(Location("src/fit.py", 3)) == f"{url}/blob/{REV}/ml/%C3%BCber/src/fit.py#L3"
    assert forge.link(Location(".")) is None


@pytest.mark.parametrize("url", SHAPES)
def test_a_place_is_linked_as_its_forge_shows_it(url: str) -> None:
    assert link(url) == SHAPES[url]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://git.acme.example/ml/churn",
        "https://notgithub.com/acme/churn",
        "https://github.com/acme",
        "https://github.com/acme/churn/more",
        "https://github.com/../churn",
        "http://github.com/acme/churn",
        "https://github.com/acme/churn#L1",
        'https://github.com/acme/"><script>',
        "https://user@github.com/acme/churn",
        "javascript://github.com/acme/churn",
        "https://dev.azure.com/acme/data",
    ],
)
def test_there_is_no_link_to_what_is_not_known_for_certain(url: str | None) -> None:
    assert link(url) is None


@pytest.mark.parametrize("revision", [None, "", "main", "0123", "../" * 20, REV.upper()])
def test_there_is_no_link_without_a_whole_revision(revision: str | None) -> None:
    assert link("https://github.com/acme/churn", revision=revision) is None


def test_a_whole_file_has_no_line() -> None:
    assert link("https://github.com/acme/churn", line=None) == f"https://github.com/acme/churn/blob/{REV}/src/train.py"
    assert link("https://github.com/acme/churn", path="") is None


def test_files_that_a_forge_draws_are_linked_in_their_plain_view() -> None:
    assert link("https://github.com/acme/churn", "a b/x.ipynb", 7) == (
        f"https://github.com/acme/churn/blob/{REV}/a%20b/x.ipynb?plain=1#L7"
    )


def test_a_path_of_any_bytes_is_quoted_byte_by_byte() -> None:
    url = link("https://github.com/acme/churn", "d\udcffä/#?&%(1).py", None)
    assert url is not None
    assert url.endswith("/d%FF%C3%A4/%23%3F%26%25%281%29.py")


def test_a_very_long_path_has_no_link() -> None:
    assert link("https://github.com/acme/churn", "д" * 400) is None


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60), st.sampled_from(sorted(SHAPES)))
def test_no_path_puts_anything_but_url_characters_into_a_link(path: str, url: str) -> None:
    found = link(url, path)
    assert found is None or re.fullmatch(r"https://[A-Za-z0-9._~/%?=&#-]+", found)
