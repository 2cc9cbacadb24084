"""Small damage to real-looking files: what merge tools, generators, editors and attackers do to them."""

from __future__ import annotations

from random import Random

MOST = 60_000
"""Bytes of a mutated input."""
_WORDS = (
    "- | > & * ! % @ ` ' \" \\ \n \r \r\n \t \0 : , ; = == := => -> .. ... // /* */ /** # #! <!-- --> <<EOF EOF << >> "
    "{{ }} {% %} {# ${{ ${ $( $(( )) }} ) ( [ ] { } [[ ]] (( --- ~ null true false NaN Infinity 1e999 0x 1_000 -0 "
    "&a *a <<:*a !!python/object/apply:os.system !include !reference [{ }] \ufeff \u202e \u2028 \x85 \xff \x1b[31m "
    "\x7f é 中 \U0001f40d ''' \"\"\" f'{ {' rb' def class lambda async await match case import from as with @ := \\\n "
    "yield %%bash !pip %run ?? %load_ext \\u0000 \\ud800 \\N{ \\x source cells cell_type code metadata outputs "
    "worksheets on: jobs: steps: run: uses: if: matrix: include: extends: needs: script: rules: stages: trigger: "
    "template: == >= ~= != === ; extra @ git+https:// -r -c -e --hash=sha256: [tool.poetry] [[package]] [project] "
    "dependencies = install_requires= setup( **a *a 40000 100644 120000 160000 "
    "ref: gitdir: tree parent committer missing blob \x01"
)
WORDS = (*(word.encode("utf-8", "surrogateescape") for word in _WORDS.split(" ")), b" ", b"  ", b"\n\n")


def mutated(data: bytes, random: Random, others: tuple[bytes, ...] = ()) -> bytes:
    """The input with one to eight changes, now and then with a piece of another one."""
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        data = random.choice(_CHANGES)(data, random, others)
    return data[:MOST]


def _place(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.choice((0, 1, 2, 8, 40, 200)))


def _insert(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    start, _ = _place(data, random)
    return data[:start] + random.choice(WORDS) + data[start:]


def _replace(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    start, end = _place(data, random)
    return data[:start] + random.choice(WORDS) + data[end:]


def _cut(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    start, end = _place(data, random)
    return data[:start] + data[end:]


def _end(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    return data[: random.randint(0, len(data))]


def _repeat(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    start, end = _place(data, random)
    return data[:start] + data[start:end] * random.choice((2, 10, 300)) + data[end:]


def _nest(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    start, end = _place(data, random)
    left, right = random.choice(((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b"${{", b"}}"), (b'"', b'"'), (b"- ", b"")))
    depth = random.choice((1, 5, 250, 3_000))
    return data[:start] + left * depth + data[start:end] + right * depth + data[end:]


def _flip(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _line(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    """Lines moved, doubled, indented otherwise or joined."""
    lines = data.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    indented = b" " * random.choice((1, 2, 40)) + lines[at]
    changed = random.choice((lines[other], indented, lines[at].strip(), lines[at] + lines[other]))
    return b"\n".join([*lines[:at], changed, *lines[at + random.randint(0, 1) :]])


def _splice(data: bytes, random: Random, others: tuple[bytes, ...]) -> bytes:
    if not others:
        return data
    other = random.choice(others)
    start, _ = _place(data, random)
    first, last = sorted((random.randint(0, len(other)), random.randint(0, len(other))))
    return data[:start] + other[first:last] + data[start:]


def _encode(data: bytes, random: Random, _others: tuple[bytes, ...]) -> bytes:
    path, sign, text = data.partition(b"\n")
    as_text = text.decode("utf-8", "replace")
    encoding = random.choice(("utf-16", "utf-8-sig", "utf-32", "utf-16-be", "latin-1", "cp037"))
    return path + sign + as_text.encode(encoding, "replace")


_OFTEN = (_insert, _replace, _cut, _line)
_CHANGES = (*_OFTEN, *_OFTEN, _end, _repeat, _nest, _flip, _splice, _encode)
