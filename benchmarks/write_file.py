"""One function for each kind of file; each gives text of about the size asked for, by the random source given."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from random import Random

from benchmarks.words import (
    DATA_IMPORTS,
    LEARNING_IMPORTS,
    LEARNING_LINES,
    NOUNS,
    PACKAGES,
    PLAIN_IMPORTS,
    VERBS,
)

Writer = Callable[[Random, int], str]


def _until(size: int, parts: Iterator[str]) -> str:
    text, length = [], 0
    for part in parts:
        text.append(part)
        length += len(part)
        if length >= size:
            break
    return "".join(text)


def name(chance: Random) -> str:
    """A name of a function or file."""
    return f"{chance.choice(VERBS)}_{chance.choice(NOUNS)}"


LEARNING, DATA = 0.14, 0.18
"""Shares of Python files that import libraries for learning and for data, as counted in half A of the calibration set
(5,557 files); calls that train or predict stand in 8 % of the files, nearly all of them among the first.
"""


def _imports(chance: Random, learning: bool) -> list[str]:
    found = chance.sample(PLAIN_IMPORTS, chance.randint(2, 6))
    if learning or chance.random() < DATA:
        found += chance.sample(DATA_IMPORTS, chance.randint(1, 3))
    if learning:
        found += chance.sample(LEARNING_IMPORTS, chance.randint(1, 4))
    return found


def _function(chance: Random, learning: bool) -> str:
    first, second = chance.sample(NOUNS, 2)
    lines = [f"\n\ndef {name(chance)}({first}, {second}=None):"]
    lines.append(f'    """{chance.choice(VERBS).capitalize()} the {first} of a {second}."""')
    for _ in range(chance.randint(2, 12)):
        kind = chance.random()
        noun = chance.choice(NOUNS)
        if kind < 0.15:
            lines.append(f"    # {chance.choice(VERBS)} the {noun} before the {chance.choice(NOUNS)}")
        elif kind < 0.3:
            lines.append(f"    if {first} is None or {noun!r} in {second}:\n        return {chance.randint(0, 999)}")
        elif kind < 0.4:
            lines.append(f"    for {noun} in {first}:\n        {name(chance)}({noun}, {second})")
        elif learning and kind < 0.47:
            lines.append(f"    {chance.choice(LEARNING_LINES)}")
        else:
            lines.append(f"    {noun} = {name(chance)}({first}, {chance.choice(NOUNS)}={chance.randint(0, 99)})")
    lines.append(f"    return {first}")
    return "\n".join(lines)


def python(chance: Random, size: int) -> str:
    """A module: docstring, imports, functions."""
    learning = chance.random() < LEARNING

    def parts() -> Iterator[str]:
        title = f'"""{chance.choice(VERBS).capitalize()} {chance.choice(NOUNS)}."""\n\n'
        yield title + "\n".join(_imports(chance, learning))
        while True:
            yield _function(chance, learning)

    return _until(size, parts()) + "\n"


def notebook(chance: Random, size: int) -> str:
    """A notebook; half of the size is output, as in real ones."""
    cells: list[dict[str, object]] = []
    length = 0
    while length < size:
        source = "\n".join(_imports(chance, True)) if not cells else _function(chance, True).strip()
        output = "".join(chance.choices("0123456789 .\n", k=len(source)))
        stream = {"name": "stdout", "output_type": "stream", "text": output.splitlines(keepends=True)}
        code = {"cell_type": "code", "execution_count": len(cells), "metadata": {}, "outputs": [stream]}
        cells.append({**code, "source": source.splitlines(keepends=True)})
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [f"## {_sentence(chance)}"]})
        length += 2 * len(source) + 300
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1) + "\n"


def notebook_with_pictures(chance: Random, size: int) -> str:
    """A notebook as large ones are: cells of code with one picture each, which take most of the bytes."""
    cells: list[dict[str, object]] = []
    number = max(1, min(400, size // 100_000))
    for count in range(number):
        source = "\n".join(_imports(chance, True)) if not count else _function(chance, True).strip()
        picture = base64.b64encode(chance.randbytes(int((size / number - len(source) - 400) * 0.75))).decode()
        output = {"data": {"image/png": picture}, "metadata": {}, "output_type": "display_data"}
        code = {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [output]}
        cells.append({**code, "source": source.splitlines(keepends=True)})
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1) + "\n"


def _sentence(chance: Random) -> str:
    words = [chance.choice(VERBS), "the", *chance.choices(NOUNS, k=chance.randint(3, 9))]
    return " ".join(words).capitalize() + "."


def markdown(chance: Random, size: int) -> str:
    """Headings and prose."""

    def parts() -> Iterator[str]:
        while True:
            yield f"## {chance.choice(NOUNS).capitalize()}\n\n"
            yield " ".join(_sentence(chance) for _ in range(chance.randint(2, 8))) + "\n\n"

    return "# " + _sentence(chance) + "\n\n" + _until(size, parts())


def yaml(chance: Random, size: int) -> str:
    """A configuration file of two levels."""

    def parts() -> Iterator[str]:
        while True:
            yield f"{chance.choice(NOUNS)}_{chance.randint(0, 99999)}:\n"
            for number in range(chance.randint(1, 6)):
                yield f"  {chance.choice(NOUNS)}_{number}: {chance.choice([chance.random(), chance.choice(NOUNS)])}\n"

    return _until(size, parts())


def table(chance: Random, size: int) -> str:
    """JSON rows."""
    rows = [{key: chance.random() for key in chance.sample(NOUNS, 4)} for _ in range(max(1, size // 110))]
    return json.dumps(rows, indent=1) + "\n"


def text(chance: Random, size: int) -> str:
    """Prose without marks."""
    return _until(size, iter(lambda: _sentence(chance) + "\n", ""))


def shell(chance: Random, size: int) -> str:
    """A script that runs things."""
    lines = iter(lambda: f"python {name(chance)}.py --{chance.choice(NOUNS)} {chance.randint(1, 99)}\n", "")
    return "#!/usr/bin/env bash\nset -euo pipefail\n\n" + _until(size, lines)


def terraform(chance: Random, size: int) -> str:
    """Buckets and roles."""

    def block() -> str:
        noun = f"{chance.choice(NOUNS)}_{chance.randint(0, 99999)}"
        return f'resource "aws_s3_bucket" "{noun}" {{\n  bucket = "{noun}-${{var.environment}}"\n}}\n\n'

    return _until(size, iter(block, ""))


def dockerfile(chance: Random, _size: int) -> str:
    """An image of a script."""
    return (
        "FROM python:3.11-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        f'COPY . .\nCMD ["python", "{name(chance)}.py"]\n'
    )


def requirements(chance: Random, _size: int) -> str:
    """Pinned packages."""
    picked = sorted(chance.sample(PACKAGES, chance.randint(4, 14)))
    return "".join(f"{package}=={chance.randint(0, 4)}.{chance.randint(0, 30)}.0\n" for package in picked)


def workflow(chance: Random, _size: int) -> str:
    """A CI workflow."""
    return (
        f"name: {chance.choice(VERBS)}\non: [push, pull_request]\njobs:\n  {chance.choice(VERBS)}:\n"
        "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        f"      - run: pip install -r requirements.txt\n      - run: python {name(chance)}.py\n"
    )


def sql(chance: Random, size: int) -> str:
    """Views."""

    def view() -> str:
        first, second = chance.sample(NOUNS, 2)
        columns = ",\n".join(f"  t.{noun}" for noun in chance.sample(NOUNS, chance.randint(2, 9)))
        return f"create view {name(chance)}_{second} as\nselect\n{columns}\nfrom {first} t\nwhere t.{second} > 0;\n\n"

    return _until(size, iter(view, ""))


def javascript(chance: Random, size: int) -> str:
    """Functions of a page."""

    def function() -> str:
        first, second = chance.sample(NOUNS, 2)
        return (
            f"export function {chance.choice(VERBS)}{first.capitalize()}({second}) {{\n"
            f"  // {_sentence(chance)}\n  const {first} = {second}.{chance.choice(NOUNS)} + {chance.randint(0, 99)};\n"
            f"  return {first};\n}}\n\n"
        )

    return _until(size, iter(function, ""))


def other(chance: Random, size: int) -> str:
    """Comma-separated numbers: what a scanner should not read."""
    return _until(size, iter(lambda: ",".join(str(chance.random()) for _ in range(8)) + "\n", ""))
