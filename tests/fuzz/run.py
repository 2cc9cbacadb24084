"""Fuzzing by a command: `python -m fuzz.run notebooks --seconds 600`, or `all`; from the folder of the tests.

With atheris, which has wheels for some versions of Python, inputs are chosen by what they reach in the code; without it
they are mutated at random, which is said. A finding ends the run with 1 and is written to `found/TARGET/`, where a
test plays it back for ever.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from time import monotonic, process_time

FOUND = Path(__file__).resolve().parent / "found"
PATIENCE = 5
"""Seconds of the processor that one input may take; most take a hundredth of one."""
HANGS = 300
"""Seconds by the clock after which an input hangs, also on a machine that is busy with other things."""
MEMORY = 2_000
"""Megabytes."""


def keep(target: str, data: bytes) -> Path:
    """Writes a finding where the tests find it."""
    place = FOUND / target / f"{hashlib.sha256(data).hexdigest()[:16]}.bin"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


def is_slow(target: str, data: bytes) -> bool:
    """Whether the processor has more to do with an input than it should; what the clock says depends on the machine."""
    from fuzz.targets import TARGETS

    begin = process_time()
    TARGETS[target](data)
    return process_time() - begin > PATIENCE


def guided(target: str, seconds: int, seed: int) -> int:
    """A run of atheris in a process of its own, as it never comes back."""
    from fuzz.seeds import seeds

    with tempfile.TemporaryDirectory() as folder:
        corpus, findings = Path(folder) / "corpus", Path(folder) / "findings"
        corpus.mkdir()
        findings.mkdir()
        for number, data in enumerate(seeds(target)):
            (corpus / f"{number:05}").write_bytes(data)
        options = [f"-max_total_time={seconds}", f"-timeout={HANGS}", f"-rss_limit_mb={MEMORY}", f"-seed={seed}"]
        more = ["-max_len=20000", f"-artifact_prefix={findings}/", "-print_final_stats=1", "-verbosity=1"]
        command = [sys.executable, "-m", "fuzz.guided", target, *options, *more, str(corpus)]
        ran = subprocess.run(command, check=False, cwd=Path(__file__).resolve().parents[1])
        kept = [p for p in sorted(findings.iterdir()) if _is_finding(target, p)]
        for place in kept:
            print(f"finding: {keep(target, place.read_bytes())} ({place.name})")
        return 1 if ran.returncode or kept else 0


def _is_finding(target: str, place: Path) -> bool:
    """What atheris has written; of what took it long by the clock, only what is slow."""
    return not place.name.startswith("slow-unit-") or is_slow(target, place.read_bytes())


def unguided(target: str, seconds: int, seed: int) -> int:
    """Mutations at random, in this process."""
    from fuzz.mutate import mutated
    from fuzz.seeds import seeds

    random, corpus, count = Random(seed), tuple(seeds(target)), 0
    end = monotonic() + seconds
    while monotonic() < end:
        data = mutated(random.choice(corpus), random, corpus)
        try:
            slow = is_slow(target, data)
        except Exception:
            print(f"finding: {keep(target, data)}")
            raise
        if slow:
            print(f"finding, slow: {keep(target, data)}")
            return 1
        count += 1
    print(f"{target}: {count} inputs, nothing found")
    return 0


def main() -> int:
    """The exit code: 1 where something was found."""
    from fuzz.seeds import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    run = guided
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed (no wheel for this Python?): not guided by coverage", file=sys.stderr)
        run = unguided
    names = TARGETS if given.target == "all" else (given.target,)
    return max(run(name, given.seconds, given.seed) for name in names)


if __name__ == "__main__":
    sys.exit(main())
