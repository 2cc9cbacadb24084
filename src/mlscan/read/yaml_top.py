"""The outermost keys of a YAML file, read from its lines without a parse."""

from __future__ import annotations

import re

_KEY = re.compile(rb"""(?:"([^"\\]*)"|'([^']*)'|([^"'].*?))[ \t]*:(?:[ \t\r]|$)""")
_ODD = b"{[&*!?@`|>"
"""What a line begins with of which the key cannot be told this simply: flow style, anchors, tags, aliases."""
_BLANK = b" \t\r"


def top_keys(data: bytes) -> frozenset[bytes] | None:
    """Keys at the beginning of a line, which are all outermost keys of its documents and maybe more.

    None where that cannot be told from lines: documents in flow style or indented, merged or unusual keys.
    """
    keys: set[bytes] = set()
    begins = True
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        head = line[:1]
        if not head or head in b"#\r":
            continue
        if head in _BLANK:
            if begins and (rest := line.lstrip()) and not rest.startswith(b"#"):
                return None
            continue
        if line.startswith(b"---") and line[3:4] in _BLANK:
            begins = True
            if (rest := line[3:].strip()) and not rest.startswith(b"#"):
                return None
            continue
        if line.startswith(b"...") and line[3:4] in _BLANK:
            begins = True
            continue
        if head in _ODD or line.startswith(b"<<"):
            return None
        if head == b"%" and begins:
            continue
        begins = False
        if head == b"-" and line[1:2] in _BLANK:
            continue
        found = _KEY.match(line)
        if found is not None:
            keys.add(found[1] or found[2] or found[3] or b"")
        elif head in b"\"'":
            return None
    return frozenset(keys)
