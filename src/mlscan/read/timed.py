"""Commands that a file starts at set times, where the file is no table of times itself.

Lines of a crontab that a script writes, units of systemd, tasks of Windows and macOS, and trees in which a schedule
stands beside a command. Nothing is expanded but variables that the same script sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlscan.read.shell import command_of, parse_commands
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Node, Tree

MAX_CHARACTERS = 500_000
MAX_FOUND = 200
MAX_NODES = 20_000
DEPTH = 3
"""Levels below a schedule's map in which its command is looked for."""

_NAMED = r"@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)"
_FIELDS = r"(?:[0-9*][0-9*/,-]{0,59}|\*/\d+)(?:[ \t]+[0-9*/,A-Z-]{1,60}){4}"
_TIMES = rf"(?:{_NAMED}|{_FIELDS})"
_IN_QUOTES = re.compile(rf"(?P<quote>[\"'`])[ \t]*{_TIMES}[ \t]+(?P<command>[^\n]+)")
_BARE = re.compile(rf"(?:^|\becho[ \t]+(?:-\w+[ \t]+)?)[ \t]*{_TIMES}[ \t]+(?P<command>[A-Za-z./$~][^\n]*)")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}[ \t]+(?=(?:[./$][\w./${}-]*/)?(?:python|Rscript|sh|bash|cd)[\w.]*[ \t])")
_SET = re.compile(
    r"[ \t]*(?:(?:export|readonly|local|ENV|ARG)[ \t]+)?(\w+)[ \t]*=[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s;]+)"
)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^{}]*))?\}|(\w+))")
_TASK = re.compile(r"(?i)/tr[ \t]+(?:\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)'|(\S+))")
_EXECUTE = re.compile(r"(?i)-Execute[ \t]+[\"']?([^\"'\s]+)")
_ARGUMENT = re.compile(r"(?i)-Argument[ \t]+(?:\"([^\"\n]*)\"|'([^'\n]*)')")
_DRIVE = re.compile(r"\b[A-Za-z]:/")
_ENDLESS = re.compile(r".*\bwhile[ \t]+(?:true|:|\[\[?[ \t]+(?:1|true)[ \t]+\]\]?)[ \t]*")
_DO = re.compile(r"[ \t]*do(?:[ \t]+|$)")
_PAUSE = re.compile(r"[ \t]*sleep[ \t]+(?:[0-9]{4,}|[0-9]+[hd]|\$\(\(.*(?:3600|60 ?\* ?60).*\)\))[ \t]*")
"""A pause of an hour or more."""
_STARTED = re.compile(r"[ \t]*ExecStart[ \t]*=[ \t]*[-@:+!]*(.+)")
_CALENDAR = re.compile(r"<key>\s*Start(?:CalendarInterval|Interval)\s*</key>")
_ARGUMENTS = re.compile(r"<key>\s*ProgramArguments\s*</key>\s*<array>")
_STRING = re.compile(r"<string>([^<]*)</string>")


def timed_in_script(data: bytes) -> tuple[Command, ...]:
    """The commands of lines of a crontab, and of tasks of Windows, that a script or Dockerfile sets up. Never raises.

    Variables that the same file sets are filled in. At most 200 commands of the first 500,000 characters.
    """
    text, _ = decode_head(data, MAX_CHARACTERS)
    known: dict[str, str] = {}
    found: list[Command] = []
    for line, raw in enumerate(text.split("\n"), 1):
        row = raw.strip()
        if not row or row.startswith("#") or len(row) > 2_000 or len(found) >= MAX_FOUND:
            continue
        full = _filled(row, known)
        match = _SET.match(full)
        if match is not None and len(match[2]) < 500:
            known[match[1]] = match[2].strip("\"'")
        found += parse_commands(_command_in(full), line)
    return (*found[:MAX_FOUND], *_looped(text, 1))


def _looped(text: str, first: int) -> Iterator[Command]:
    """The commands of endless loops that pause for an hour or more."""
    if "while" not in text or "sleep" not in text:
        return
    inside: list[Command] | None = None
    pauses = False
    for line, row in enumerate(text.split("\n"), first):
        for part in row.split(";") if len(row) < 4_000 else ():
            if _ENDLESS.fullmatch(part):
                inside, pauses = [], False
            elif inside is not None and part.strip(" \t\"'") == "done":
                yield from inside if pauses else ()
                inside = None
            elif inside is not None and len(inside) < MAX_FOUND:
                plain = _DO.sub("", part, count=1)
                pauses = pauses or _PAUSE.fullmatch(plain) is not None
                inside += parse_commands(plain, line)


def timed_unit(data: bytes) -> tuple[Command, ...]:
    """The commands that a unit of systemd starts; whether a timer does so is told by its neighbour. Never raises."""
    text, _ = decode_head(data, MAX_CHARACTERS)
    rows = ((line, _STARTED.fullmatch(row.rstrip("\r"))) for line, row in enumerate(text.split("\n"), 1))
    return tuple(c for line, match in rows if match is not None for c in parse_commands(match[1], line))[:MAX_FOUND]


def timed_agent(data: bytes) -> tuple[Command, ...]:
    """The command that macOS starts at the times of a property list; nothing for lists without times. Never raises."""
    text, _ = decode_head(data, MAX_CHARACTERS)
    block = _ARGUMENTS.search(text) if _CALENDAR.search(text) else None
    if block is None:
        return ()
    listed = text[block.end() : text.find("</array>", block.end())]
    words = tuple(word.strip() for word in _STRING.findall(listed) if word.strip())
    return command_of(words, text.count("\n", 0, block.start()) + 1)


def _filled(row: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[3], match[2] or match[0])

    return _VARIABLE.sub(value, row)[:4_000] if "$" in row else row


def _command_in(row: str) -> str:
    """The command of a row's line of times or task, "" without one."""
    lower = row.lower()
    if "schtasks" in lower and "/create" in lower:
        task = _TASK.search(row)
        found = (task[1] or task[2] or task[3] or "") if task is not None else ""
        return _DRIVE.sub("/", found.replace('\\"', '"').replace("\\", "/"))
    if "new-scheduledtaskaction" in lower:
        program, words = _EXECUTE.search(row), _ARGUMENT.search(row)
        found = f"{program[1]} {words[1] or words[2] or ''}" if program and words else ""
        return _DRIVE.sub("/", found.replace("\\", "/"))
    quoted = _IN_QUOTES.search(row)
    times = quoted or _BARE.search(row)
    if times is None:
        return ""
    command = times["command"]
    if quoted is not None:
        command = re.split(rf"(?<!\\){quoted['quote']}", command, maxsplit=1)[0]
    user = _USER.match(command)
    return command[user.end() :] if user else command


# --- trees ------------------------------------------------------------------------------------------------------------

_SCHEDULE = re.compile(
    r"(?i)(?:.*[._-])?(?:cron|schedules?|schedule_?interval|(?:quartz_)?cron_?\w*|\w*cron_?schedule|schedule_?expression)"
)
_TIME_TEXT = re.compile(
    rf"(?i)\s*(?:{_NAMED}|@every\b.*|every\b.*\d.*|(?:rate|cron)\(.*\)|"
    r"(?:[0-9*][0-9*/,-]{0,59}|\*)(?:\s+[0-9*/,?LWH#A-Za-z-]{1,60}){4,6})\s*"
)
_COMMAND = re.compile(
    r"(?i)(?:.*\.)?(?:start_?|docker_?|container_?|bash_?)?(?:commands?|cmd|script|run|exec(?:ute)?|entry_?point)"
)
_HANDLER = re.compile(r"(?i)handler|scriptfile")
_WORKLOADS = frozenset(("CronJob", "CronWorkflow"))
_OFF = {
    "suspend": "true",
    "paused": "true",
    "disabled": "true",
    "enabled": "false",
    "active": "false",
    "is_active": "false",
}
_PLACE = re.compile(r"[\w./-]+\.\w+")
_LISTS = frozenset(("tasks", "jobs", "steps", "stages", "templates"))
"""Keys below which a file has things to run."""


def timed_in_tree(tree: Tree, path: str) -> tuple[tuple[Command, ...], ...]:
    """The commands of each map that states times and a command, map by map; a schedule that is off is none.

    `path` is that of the file: what a function's handler names lies below its folder. Never raises.
    """
    found: list[tuple[Command, ...]] = []
    stack: list[tuple[Node, bool]] = [(document, False) for document in reversed(tree.documents)]
    for _ in range(MAX_NODES):
        if not stack or len(found) >= MAX_FOUND:
            break
        node, below = stack.pop()
        commands = () if below else _timed(node, path)
        if commands:
            found.append(commands)
        stack += [(child, bool(commands)) for child in _children(node)]
    return tuple(found)


def tasks_in_tree(tree: Tree) -> tuple[tuple[Command, ...], ...]:
    """The commands of each task of a file that is handed to a program which starts its tasks. Never raises.

    Tasks are maps with `command` or `args` below `tasks`, `jobs`, `steps`, `stages` or `templates`.
    """
    found: list[tuple[Command, ...]] = []
    stack: list[tuple[Node, bool]] = [(document, False) for document in reversed(tree.documents)]
    for _ in range(MAX_NODES):
        if not stack or len(found) >= MAX_FOUND:
            break
        node, inside = stack.pop()
        if inside and ("command" in node.map or "args" in node.map):
            value, more = (node.map.get("command"), node.map.get("args"))
            commands = tuple(_as_commands(value, more) if value is not None else _as_commands(node.map["args"], None))
            found += [commands] if commands else []
        named = {id(child) for key, child in node.map.items() if key in _LISTS}
        stack += [(child, inside or id(child) in named) for child in reversed(_children(node))]
    return tuple(found)


def _timed(node: Node, path: str) -> tuple[Command, ...]:
    """The commands of a map that has times of its own."""
    if not node.map or _is_off(node):
        return ()
    kind = node.get("kind")
    if kind is not None and kind.text in _WORKLOADS:
        spec = node.get("spec")
        times = spec.get("schedule") if spec is not None else None
        off = spec.get("suspend") if spec is not None else None
        if spec is None or times is None or (off is not None and off.text == "true"):
            return ()
        return tuple(_commands(spec, 12)) or tuple(_image_of(spec))
    labels = (*_labelled(node), *_loops(node))
    if labels:
        return labels
    if any(_HANDLER.fullmatch(key) for key in node.map):
        return tuple(_handled(node, path))
    return tuple(_commands(node, DEPTH)) if any(_states_times(k, n) for k, n in node.map.items()) else ()


def _is_off(node: Node) -> bool:
    return any(key.lower() in _OFF and n.text == _OFF[key.lower()] for key, n in node.map.items())


def _states_times(key: str, node: Node) -> bool:
    """Whether a key and its value are times: a text, a list of them, or a map that holds one."""
    if key in ("trigger", "triggers"):
        inside = [node, *node.items]
        return any(_states_times(k, n) for one in inside if not _is_off(one) for k, n in one.map.items() if k != key)
    if len(key) > 100 or not _SCHEDULE.fullmatch(key):
        return False
    if any(k == "pause_status" and n.text == "PAUSED" for k, n in node.map.items()):
        return False
    inner = [*node.items, *node.map.values(), *(n for item in node.items for n in item.map.values())]
    return any(_TIME_TEXT.fullmatch(n.text) for n in inner if 0 < len(n.text) < 200)


def _commands(node: Node, depth: int) -> Iterator[Command]:
    """The commands in a map and below it, not below maps that have times of their own."""
    level = [node]
    for number in range(depth + 1):
        below: list[Node] = []
        for one in level[:500]:
            if number and any(_states_times(k, n) for k, n in one.map.items()):
                continue
            yield from _own_commands(one)
            below += _children(one)
        level = below


def _image_of(spec: Node) -> Iterator[Command]:
    """The start of the first image below, as the command that runs it; a templated name is a variable."""
    level = [spec]
    for _ in range(12):
        for node in level[:500]:
            if "image" in node.map:
                image = node.map["image"]
                yield from command_of(("docker", "run", image.text or "$IMAGE"), image.line)
                return
        level = [child for node in level[:500] for child in _children(node)]


def _own_commands(node: Node) -> Iterator[Command]:
    """What the keys of one map start: a line, or words that `args` go on with."""
    for key, value in node.map.items():
        if _COMMAND.fullmatch(key):
            yield from _as_commands(value, node.map.get("args"))
    if "args" in node.map and not any(_COMMAND.fullmatch(key) for key in node.map):
        yield from _as_commands(node.map["args"], None)


def _as_commands(value: Node, more: Node | None) -> Iterator[Command]:
    words = tuple(n.text for n in value.items if n.text)
    if isinstance(value.value, str):
        yield from parse_commands(value.text, value.line, apart=True)
    elif words and " " in words[0].strip():
        yield from (c for n in value.items for c in parse_commands(n.text, n.line, apart=True))
    elif words:
        extra = (
            tuple(n.text for n in more.items if n.text) if more is not None and isinstance(more.value, tuple) else ()
        )
        yield from command_of((*words, *extra), value.line)


def _labelled(node: Node) -> Iterator[Command]:
    """Labels of a container that give times and a command by one name: `x.nightly.schedule`, `x.nightly.command`."""
    for key, times in node.map.items():
        head, dot, last = key.rpartition(".")
        command = node.map.get(f"{head}.command")
        if dot and last == "schedule" and command is not None and times.text:
            yield from parse_commands(command.text, command.line, apart=True)


def _loops(node: Node) -> Iterator[Command]:
    """What the commands of a map run in endless loops."""
    for key, value in node.map.items():
        if _COMMAND.fullmatch(key):
            yield from (c for n in value.items if "while" in n.text for c in _looped(n.text, n.line))


def _handled(node: Node, path: str) -> Iterator[Command]:
    """The file of a function whose events are times or new files, as a command of its interpreter."""
    events = [n for key, n in node.map.items() if key.lower() in ("events", "bindings")]
    level = [child for event in events for child in (event, *_children(event))]
    for _ in range(6):
        if any(_is_event(key) and _has_value(n) for one in level for key, n in one.map.items()):
            break
        level = [child for one in level[:200] for child in _children(one)]
    else:
        return
    key = next(key for key in node.map if _HANDLER.fullmatch(key))
    name, root = node.map[key].text, next((n.text for k, n in node.map.items() if k.lower() == "codeuri"), "")
    file = name if name.endswith((".py", ".js", ".R")) else f"{name.rpartition('.')[0].replace('.', '/')}.py"
    if _PLACE.fullmatch(file):
        folder = path.rpartition("/")[0]
        place = "/".join(part.strip("/") for part in (folder, root.removeprefix("./"), file) if part.strip("./"))
        yield Command(("python", place), node.map[key].line, f"{key}: {name}"[:200])


def _is_event(key: str) -> bool:
    """Whether a key of a function's events stands for times or for new files."""
    return len(key) < 100 and (_SCHEDULE.fullmatch(key) is not None or key in ("s3", "Bucket"))


def _has_value(node: Node) -> bool:
    return bool(node.text or node.items or node.map)


def _children(node: Node) -> list[Node]:
    """What lies directly below a map or list, maps and lists only."""
    inner = node.value if isinstance(node.value, tuple) else node.map.values()
    return [child for child in inner if isinstance(child.value, tuple) or child.map]
