"""Addresses and paths from text, CSV and standard input; what users name as a source."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from snapshot.building import new_repo

from fleet.sources.conftest import run
from mlscan.fleet.sources import Filters, gather
from mlscan.fleet.sources.addresses import address_of, is_address
from mlscan.types.errors import UsageError


def listed(tmp_path: Path, text: str | bytes, name: str = "list.txt") -> list[str]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    done = run(str(file))
    assert done.failures == []
    return [r.identity for r in done.found]


A, B = "https://github.com/acme/a", "https://git.example.org/team/b"


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n\n# a comment\n  {B}.git  \n",
        f"{A}\r\n{B}\r\n",
        f"name,repository,owner\nx,{A},y\n\nz,{B},\n",
        f'Name;"URL";x\n1;"{A}";2\n3;{B};4\n',
        f"{A},x\n{B},y\n",
        f"url\n{A}\n{B}\n",
        f"path\tlevel\n{A}\t1\n{B}\t2\n",
        f"# made by hand\nurl,x\n# none\n{A},1\n{B},2\n",
        f",Clone from\n,{A}\n,{B}\n",
        f"Team,Where it lies\nx,{A}\ny,{B}\n",
        f"x,{A}\ny,{B}\n",
    ],
)
def test_an_address_a_line_or_a_column(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, text) == [A, B]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", ",;\n", ";;;\n;;\n", '"', '"x\n,' + "y" * 200_000, "url,x\n"]
)
def test_a_list_of_nothing_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "l").write_text(text)
    assert run(str(tmp_path / "l")).found == []


def test_what_spreadsheets_save(tmp_path: Path) -> None:
    assert listed(tmp_path, f"url\n{A}\n".encode("utf-8-sig"), "a.csv") == [A]
    assert listed(tmp_path, f"url\n{A}\n".encode("utf-16"), "b.csv") == [A]


def test_one_repository_in_many_writings_is_one(tmp_path: Path) -> None:
    text = f"{A}\n{A}.git\n{A}/\ngit@github.com:acme/a.git\nssh://git@github.com/acme/a\nhttps://GitHub.com/Acme/A\n"
    assert listed(tmp_path, text) == [A]


def test_the_same_name_on_other_hosts_and_ports_is_another(tmp_path: Path) -> None:
    text = "https://x.org/a/b\nhttps://y.org/a/b\nhttps://x.org:8443/a/b\nhttps://x.org/A/b\n"
    assert len(listed(tmp_path, text)) == 4


def test_paths_are_seen_from_the_list(tmp_path: Path) -> None:
    new_repo(tmp_path / "lists" / "one", {"a.py": "a"})
    new_repo(tmp_path / "two", {"a.py": "a"})
    (tmp_path / "lists" / "list.txt").write_text(f"one\n../two\n{(tmp_path / 'two').as_uri()}\nnothing\n")
    done = run(str(tmp_path / "lists" / "list.txt"))
    assert done.names == ["one", "two"]
    assert [f.source for f in done.failures] == ["list.txt:4"]
    assert str(tmp_path) not in "".join(f.source + f.reason for f in done.failures) + "".join(done.told)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(f"{A}\n".encode())

    monkeypatch.setattr(sys, "stdin", Stream())
    assert [r.clone_url for r in run("-").found] == [A]


def test_passwords_in_addresses_are_not_used_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("https://ann:s3cret@git.example.org/team/b\nhttps://t0ken@git.example.org/team/c\n")
    done = run(str(tmp_path / "l"))
    assert [r.clone_url for r in done.found] == ["https://git.example.org/team/b", "https://git.example.org/team/c"]
    assert "s3cret" not in repr(done) and "t0ken" not in repr(done)
    assert done.told[0].startswith("l: passwords and tokens in addresses were not used (2)")
    assert "s3cret" not in repr(run("https://ann:s3cret@git.example.org/team/b"))


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c evil",
        "git://example.org/a",
        "ftp://example.org/a",
        "https://",
        "https://example.org",
        "https://example.org/../x",
        "https://-oProxyCommand=x/a",
        "ssh://-oProxyCommand=x/a",
        "-oProxyCommand=x:a/b",
        "..:a/b",
        "git@..:a/b",
        "-a@example.org:a/b",
        "https://../a",
        "https://example.org:port/a",
        "https://exa mple.org/a",
        "https://example.org/a\u202eb",
        "ssh://a$(x)@example.org/a",
    ],
)
def test_what_must_not_reach_git_is_a_failure(text: str) -> None:
    done = run(text)
    assert (done.found, len(done.failures)) == ([], 1)


@pytest.mark.parametrize("text", ["C:\\clones\\x", "C:/clones/x", "./a", "a/b", "a"])
def test_paths_are_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_an_address_is_cloned_as_it_is_written() -> None:
    for text, clone_url in {
        "https://example.org:8443/a/b%20c.git/": "https://example.org:8443/a/b%20c.git",
        "git@example.org:a/b.git": "git@example.org:a/b.git",
        "example.org:a/b.git": "git@example.org:a/b.git",
        "ssh://me@example.org:2222/a/b": "ssh://me@example.org:2222/a/b",
    }.items():
        address = address_of(text)
        assert not isinstance(address, str)
        assert address.clone_url == clone_url


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    st.lists(
        st.sampled_from([*"@:/.-~ab\\%?#[]\n\t ", "https://", "ssh://", "ext::", "..", "git@", ".git", "x.org", "2f"])
    )
)
def test_whatever_is_written_git_gets_no_option_no_secret_and_no_other_protocol(parts: list[str]) -> None:
    address = address_of("".join(parts))
    if not isinstance(address, str):
        assert re.match(r"(https?|ssh)://(?!-)[^@]*|(ssh://)?[\w.-]+@[\w.-]+", address.clone_url)
        assert not address.clone_url.startswith("-")
        assert address.clone_url.isprintable() and " " not in address.clone_url
        scheme, sign, rest = address.clone_url.partition("://")
        assert not (sign and scheme != "ssh" and "@" in rest.split("/")[0])
        assert ".." not in address.identity.split("/")


def test_the_host_says_which_forge_it_is(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("https://github.com/a/b\nhttps://gitlab.com/a/b\nhttps://x.org/a/b\n")
    assert [r.forge for r in run(str(tmp_path / "l")).found] == ["github", "gitlab", ""]


@pytest.mark.parametrize(
    "source",
    [
        "github:",
        "github:user/",
        "github:a b",
        "gitlab:../x",
        "github:https://",
        "github:ftp://example.org/a",
        "github:https://example.org",
        "gitlab:https://ann:secret@example.org/group",
        "github:user/a/b",
        " ",
    ],
)
def test_a_source_that_means_nothing_is_wrong_usage_before_anything_is_asked(source: str) -> None:
    with pytest.raises(UsageError) as error:
        gather(["github:acme", source], Filters(), lambda _: None)
    assert "secret" not in str(error.value)


def test_a_pattern_that_means_nothing_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        gather(["."], Filters(names=[" "]), lambda _: None)


def test_a_list_that_is_none_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes(b"\0\1\2")
    assert [f.reason for f in run(str(tmp_path / "l")).failures] == ["neither text nor CSV"]
