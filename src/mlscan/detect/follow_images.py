"""What a container runs that a command starts: the entry of the image that was built here, or a compose service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlscan.detect.facts import Facts
from mlscan.detect.follow_scripts import Group
from mlscan.detect.follow_words import base_name, join, option_value
from mlscan.detect.infra import is_compose
from mlscan.read.ci_parts import with_folders
from mlscan.read.shell import command_of, parse_commands
from mlscan.read.tree import parse_tree
from mlscan.types.evidence import Context
from mlscan.types.snapshot import Snapshot
from mlscan.types.source import Command, Dockerfile, Node, Tree

MAX_SERVICES = 30
MAX_COMPOSED = 200
"""Compose files that are read."""
_ENGINES = frozenset(("docker", "podman", "nerdctl"))
_FLAGS = frozenset(
    (
        "--rm", "--init", "--privileged", "--tty", "--interactive", "--no-cache", "--pull", "--push", "--load",
        "--quiet", "--abort-on-container-exit", "--build", "--force-recreate", "--no-deps", "--remove-orphans",
        "--no-color",
    )
)  # fmt: skip
"""Options without a value."""
_SERVES = frozenset(("-d", "--detach", "-dit", "-itd", "-td", "-p", "-P", "--publish", "--publish-all", "--wait"))
"""Options that tell a service that stays from a program that ends."""


def composed(snapshot: Snapshot, facts: Facts) -> Iterator[tuple[str, Tree]]:
    """The compose files of the repository's own."""
    paths = [path for path in facts.paths if is_compose(path) and facts.context(path) is Context.OWN]
    for path, data in snapshot.read_many(paths[:MAX_COMPOSED]):
        if isinstance(data, bytes):
            yield path, parse_tree(data, path)


class Images:
    """The images that commands build, and the services of compose files."""

    def __init__(self) -> None:
        self._files: dict[str, Dockerfile] = {}
        self._built: dict[str, tuple[str, str]] = {}
        """Name of an image -> (its Dockerfile, the folder that is copied)."""
        self._compose: dict[str, Mapping[str, Node]] = {}

    def add_dockerfile(self, path: str, file: Dockerfile) -> None:
        """Add a Dockerfile of the repository's own."""
        self._files[path] = file

    def add_compose(self, path: str, tree: Tree) -> None:
        """Add a compose file of the repository's own."""
        for document in tree.documents[:1]:
            services = document.get("services")
            if services is not None and services.map:
                self._compose[path] = services.map

    def add_build(self, words: tuple[str, ...], cwd: str) -> None:
        """Note the image that a command builds, if it does."""
        if len(words) < 3 or base_name(words[0]) not in (*_ENGINES, "buildah") or "build" not in words[1:4]:
            return
        rest = words[words.index("build") + 1 :]
        folder = join(cwd, _last(rest) or ".")
        name = option_value(("", *rest), "-f", "--file")
        path = self._dockerfile(join(cwd, name) if name else join(folder, "Dockerfile"))
        tag = option_value(("", *rest), "-t", "--tag")
        if path is not None and tag:
            self._built.setdefault(_plain(tag), (path, folder))

    def groups(self, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        """What runs in the container that a command starts and waits for; nothing for services and other commands."""
        program = base_name(words[0]) if words else ""
        if program == "docker-compose" or (program in _ENGINES and words[1:2] == ("compose",)):
            return self._services(words[1:] if program == "docker-compose" else words[2:], cwd)
        if program in _ENGINES and "run" in words[1:3] and not _SERVES & set(words):
            return self._image(words[words.index("run") + 1 :])
        return ()

    def _image(self, words: tuple[str, ...]) -> tuple[Group, ...]:
        position = _first(words)
        if position >= len(words):
            return ()
        name, given = words[position], words[position + 1 :]
        path, folder = self._built.get(_plain(name)) or (self._only(name), "")
        return self._entry(path, folder, given) if path else ()

    def _only(self, name: str) -> str | None:
        """The only Dockerfile, for an image of a private name: one with a variable or the host of a registry."""
        private = "$" in name or "{{" in name or ("/" in name and "." in name.partition("/")[0])
        return next(iter(self._files)) if private and len(self._files) == 1 else None

    def _entry(self, path: str, folder: str, given: tuple[str, ...]) -> tuple[Group, ...]:
        stages = self._files[path].stages
        entry = stages[-1].entry if stages else ()
        if given:
            start = command_of(given, entry[0].line if entry else 1)
            if entry and given[0].startswith("-"):
                start = command_of((*entry[0].words, *given), entry[0].line)
        else:
            start = entry
        return (Group(path, " ".join(given), with_folders(start), folder),) if start else ()

    # --- compose ------------------------------------------------------------------------------------------------------

    def _services(self, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        verb = next((word for word in words if word in ("up", "run")), "")
        if not verb or _SERVES & set(words):
            return ()
        named = option_value(("", *words), "-f", "--file")
        path = self._compose_file(join(cwd, named) if named else "", cwd)
        if path is None:
            return ()
        services = self._compose[path]
        rest = words[words.index(verb) + 1 :]
        wanted = [word for word in rest if word in services][: 1 if verb == "run" else MAX_SERVICES]
        if verb == "run":
            given = rest[rest.index(wanted[0]) + 1 :] if wanted else ()
            return self._service(path, wanted[0], services[wanted[0]]) if wanted and not given else ()
        names = wanted or list(services)[:MAX_SERVICES]
        return tuple(group for name in names for group in self._service(path, name, services[name]))

    def _service(self, path: str, name: str, service: Node) -> tuple[Group, ...]:
        """What one service runs; nothing for one that others reach through a port."""
        if "ports" in service.map or "expose" in service.map:
            return ()
        command = service.get("command") or service.get("entrypoint")
        build = service.get("build")
        parent = path.rpartition("/")[0]
        context = (build.get("context") if build is not None and build.map else build) if build is not None else None
        folder = join(parent, context.text) if context is not None else parent
        if command is not None and isinstance(command.value, str):
            commands = parse_commands(command.text, command.line, apart=True)
        elif command is not None:
            commands = command_of(tuple(n.text for n in command.items if n.text), command.line)
        else:
            commands = ()
        if not commands or commands[0].words[0].startswith("-"):
            return self._built_service(path, build, folder, commands)
        return (Group(path, name, with_folders(commands), folder),)

    def _built_service(
        self, path: str, build: Node | None, folder: str, more: tuple[Command, ...]
    ) -> tuple[Group, ...]:
        if build is None:
            return ()
        named = build.get("dockerfile") if build.map else None
        found = self._dockerfile(join(folder, named.text if named is not None else "Dockerfile"))
        return self._entry(found, folder, more[0].words if more else ()) if found is not None and found != path else ()

    def _compose_file(self, named: str, cwd: str) -> str | None:
        if named:
            return named if named in self._compose else None
        names = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
        return next((p for name in names if (p := join(cwd, name)) in self._compose), None)

    def _dockerfile(self, path: str) -> str | None:
        return path if path in self._files else None


def _first(words: tuple[str, ...]) -> int:
    """Where the first word stands that is no option and no value of one."""
    position = 0
    while position < len(words) and words[position].startswith("-"):
        word = words[position]
        alone = word in _FLAGS or "=" in word or re.fullmatch(r"-[itq]+", word) is not None
        position += 1 if alone else 2
    return position


def _last(words: tuple[str, ...]) -> str:
    """The folder that is built: the last word, where it is no option."""
    return words[-1] if words and not words[-1].startswith("-") else ""


def _plain(image: str) -> str:
    """The name of an image without its tag."""
    head, colon, tag = image.rpartition(":")
    return head if colon and "/" not in tag else image
