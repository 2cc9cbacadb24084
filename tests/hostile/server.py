"""Scans what it is told to in forks of a process that has loaded all content, and tells the report and the memory.

One line of JSON in (`[path, rev, limits]`), one out. A fork costs a fiftieth of a new interpreter, and its memory
is that of a scan alone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from datetime import date

from mlscan.content import Content, load_content
from mlscan.detect import engine
from mlscan.detect.plan import compile_plan
from mlscan.report import FORMATS, RenderOptions, render
from mlscan.scan import ScanOptions, scan_with
from mlscan.types.snapshot import Limits

AS_OF = date(2026, 11, 23)
ADDRESS_SPACE = 2_000_000_000
"""Bytes; whoever asks for more gets a MemoryError instead of the machine's memory."""


def reports(content: Content, path: str, rev: str | None, limits: dict[str, int]) -> dict[str, str]:
    """The report of a folder in every format, the loudest way there is."""
    options = ScanOptions(rev=rev, as_of=AS_OF, limits=Limits(**limits))
    assessment = scan_with(content, path, options)
    loud = RenderOptions(verbose=True)
    found = {name: render(assessment, name, loud) for name in FORMATS}
    found["color"] = render(assessment, "terminal", RenderOptions(color=True, verbose=True))
    return found


def main() -> None:
    """Answers until its input ends."""
    content = load_content(examples=False)
    # Compiling the detectors is half of the work on a small folder, and the same every time.
    plan = compile_plan(content.for_detect)
    setattr(engine, "compile_plan", lambda _: plan)  # noqa: B010
    for line in sys.stdin:
        sys.stdout.write(_in_a_fork(content, line) + "\n")
        sys.stdout.flush()


def _in_a_fork(content: Content, line: str) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _answer(content, line, writing)
    os.close(writing)
    with open(reading, "rb") as stream:  # noqa: PTH123
        data = stream.read()
    _, status, used = os.wait4(child, 0)
    kilobytes = used.ru_maxrss if sys.platform != "darwin" else used.ru_maxrss // 1024
    answer: dict[str, object] = json.loads(data) if data and not status else {"error": f"status {status}"}
    return json.dumps({**answer, "megabytes": kilobytes // 1024})


def _answer(content: Content, line: str, writing: int) -> None:
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        words = json.loads(line)
        try:
            answer: dict[str, object] = {"reports": reports(content, *words)} if words else {}
        except Exception:
            answer = {"error": traceback.format_exc()}
        with open(writing, "wb") as stream:
            stream.write(json.dumps(answer).encode())
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
