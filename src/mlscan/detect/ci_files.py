"""The CI files of a snapshot in the one model, with what they include of other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlscan.detect.facts import Facts
from mlscan.detect.memory import Key, Memory, ReadWorkflow
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot
from mlscan.types.source import Workflow


class CiFiles:
    """Reads them into the facts; each content once, as long as what it includes is the same."""

    def __init__(self, snapshot: Snapshot, facts: Facts, memory: Memory | None = None) -> None:
        self._snapshot = snapshot
        self._facts = facts
        self._memory = memory
        self._contents = {f.path: f.content for f in snapshot.files} if memory is not None else {}
        self._bytes: Mapping[str, bytes] = {}

    def read(self, files: Mapping[str, bytes]) -> Iterator[Gap]:
        """Fills `Facts.workflows`; what could not be made sense of comes back."""
        from mlscan.read.ci_triggers import firing

        self._bytes = files
        info = self._snapshot.info
        branches = info.branches if info.all_branches else ()
        for path in sorted(files):
            workflow = self._workflow(path)
            if workflow is None:
                continue
            self._facts.workflows[path] = workflow = firing(workflow, branches)
            yield from (Gap(path, p.reason, partial=True) for p in workflow.problems)
            if workflow.active and not workflow.commands_read:
                yield Gap(path, "commands not read: no reader for this CI system", partial=True)

    def _workflow(self, path: str) -> Workflow | None:
        from mlscan.read.ci import parse_ci

        key = self._key(path)
        known = self._memory.workflows.get(key) if self._memory is not None and key is not None else None
        if known is not None and all(self._contents.get(p) == content for p, content in known.others.items()):
            return known.workflow
        others: dict[str, str | None] = {}

        def other(path: str) -> bytes | None:
            others[path] = self._contents.get(path)
            return self._other_file(path)

        workflow = parse_ci(self._bytes[path], path, other)
        sure = all(content is not None or p not in self._facts.known for p, content in others.items())
        if self._memory is not None and key is not None and sure:
            self._memory.workflows.keep(key, ReadWorkflow(workflow, others))
        return workflow

    def _key(self, path: str) -> Key | None:
        content = self._contents.get(path)
        return None if content is None else (path, content)

    def _other_file(self, path: str) -> bytes | None:
        """A file that a CI file includes; kept bytes first, else one more read."""
        if path in self._bytes:
            return self._bytes[path]
        if path not in self._facts.known:
            return None
        for _, data in self._snapshot.read_many([path]):
            return None if isinstance(data, Gap) else data
        return None
