"""One Python requirement: `name[extra]>=1; marker`, `name @ url`, a URL, a repository, a local path."""

from __future__ import annotations

import re

from mlscan.read.manifest_parts import MAX_LINE, Scope, is_version, python_name
from mlscan.types.source import Dependency

_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?![\w.-])", re.ASCII)
_EXTRAS = re.compile(r"\s*+\[[\w\s,.-]*+\]", re.ASCII)
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|=<|=>|<|>|\^|~)\s*+[^\s,;()<>=!~^]++"
_SPEC = re.compile(rf"{_CLAUSE}(?:\s*+,\s*+(?:{_CLAUSE})?)*+")
_BUILD = re.compile(r"=(?P<version>[^\s,;=<>!~]++)(?P<build>=[^\s,;=]++)?")
_EXACT = re.compile(r"={2,3}\s*+([^\s,;]++)[\s,]*+")
_HASH = re.compile(r"\s--hash[=\s]\s*+\w+:")
_OPTION = re.compile(r"\s--?[A-Za-z]")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*+:|git@)", re.IGNORECASE)
_EGG = re.compile(r"[#&]egg=([\w.-]+)", re.ASCII)
_WHEEL = re.compile(r"([A-Za-z0-9._]++)-([A-Za-z0-9._+!]++)(?:-[\w.]+){2,5}\.whl", re.ASCII)
_ARCHIVE = re.compile(r"(.+?)-(v?\d[\w.+!]*)\.(?:tar\.gz|tar\.bz2|zip|tgz)", re.ASCII)
_REPOSITORY = re.compile(r"[/:][\w.-]++/([\w.-]+?)(?:\.git)?/(?:archive|zipball|tarball)/(?:refs/\w++/)?([^#?]++)")
_SUFFIX = re.compile(r"\.(?:tar\.gz|zip|git)$")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_VCS = ("git+", "hg+", "svn+", "bzr+", "git://", "git@", "git:", "ssh://")
_LOCAL = ("./", "../", "/", "~", "file:", "${", "$", ".[")


def requirement(text: str, line: int, scope: Scope = "main") -> Dependency | None:
    """The dependency of one requirement as pip reads it, without comment; None for a local path and for what is none.

    The spec of a URL is the version, tag or commit in it. Pinned: `==1.2`, `===1.2`, `=1.2=build`, a hash, a commit, a
    tag that is a version, the file of one version.
    """
    text = text.strip()
    if len(text) > MAX_LINE:
        return None
    hashed = _HASH.search(text) is not None
    option = _OPTION.search(text)
    if option is not None:
        text = text[: option.start()].rstrip()
    is_file = text.endswith(".whl") and "@" not in text
    if is_local(text) and not is_file:
        return None
    if is_file or _URL.match(text):
        return url_requirement(text, line, scope)
    name = _NAME.match(text)
    if name is None:
        return None
    extras = _EXTRAS.match(text, name.end())
    rest = text[extras.end() if extras else name.end() :].strip()
    if rest.startswith("@"):
        found = url_requirement(rest[1:].strip(), line, scope)
        spec, pinned = (found.spec, found.pinned) if found else ("", False)
        return Dependency(python_name(name[0]), spec, pinned or hashed, scope, line)
    spec_found = _spec(rest.partition(";")[0].strip())
    if spec_found is None:
        return None
    spec, pinned = spec_found
    return Dependency(python_name(name[0]), spec, pinned or hashed, scope, line)


def is_local(text: str) -> bool:
    """Whether a requirement is a path on the disk of whoever installs it."""
    return text == "." or text.startswith(_LOCAL) or (text[1:3] in (":\\", ":/") and text[:1].isalpha())


def _spec(rest: str) -> tuple[str, bool] | None:
    """(spec as written, pinned) of what follows a name, None where it is no version part."""
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1].strip()
    if not rest:
        return "", False
    if _SPEC.fullmatch(rest):
        exact = _EXACT.fullmatch(rest)
        return rest, exact is not None and is_version(exact[1])
    build = _BUILD.fullmatch(rest)
    if build is not None:
        return rest, bool(build["build"]) and is_version(build["version"])
    # a template's expression or a variable stands for the version
    return (rest, False) if "{{" in rest or "${" in rest else None


def url_requirement(url: str, line: int, scope: Scope = "main") -> Dependency | None:
    """The dependency that a URL or a repository stands for; None where no name can be told."""
    url = url.partition(" ;")[0].split(" ", 1)[0]
    address = url.partition("#")[0].partition("?")[0]
    last = address.rstrip("/").rsplit("/", 1)[-1]
    egg = _EGG.search(url)
    name, version = _from_address(url, address, last)
    if egg is not None:
        name = egg[1]
    if not name or not _NAME.fullmatch(name):
        return None
    pinned = is_version(version) or _COMMIT.fullmatch(version) is not None
    return Dependency(python_name(name), version, pinned, scope, line)


def _from_address(url: str, address: str, last: str) -> tuple[str, str]:
    wheel = _WHEEL.fullmatch(last.replace("%2B", "+"))
    if wheel is not None:
        return wheel[1], wheel[2]
    if url.startswith(_VCS):
        return _from_repository(address)
    repository = _REPOSITORY.search(address)
    if repository is not None:
        return repository[1], _SUFFIX.sub("", repository[2])
    archive = _ARCHIVE.fullmatch(last)
    if archive is not None:
        return archive[1], archive[2]
    return (_SUFFIX.sub("", last), "") if _SUFFIX.search(last) else ("", "")


def _from_repository(address: str) -> tuple[str, str]:
    """(last part of the path, revision) of `scheme://user@host/path@revision` or `user@host:path@revision`."""
    scheme, _, rest = address.rpartition("://")
    slash, colon = rest.find("/"), rest.find(":")
    start = slash if scheme or colon < 0 else colon
    path, _, version = rest[start + 1 :].partition("@")
    return _SUFFIX.sub("", path.rstrip("/").rsplit("/", 1)[-1]), version
