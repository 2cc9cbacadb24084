"""From a snapshot to findings: one pass over the paths, one over the files, then the questions that span files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache

from mlscan.detect.candidates import admits
from mlscan.detect.ci_files import CiFiles
from mlscan.detect.combine import Combiner, NearMiss
from mlscan.detect.commands import CommandMatcher
from mlscan.detect.concerns import Concerns
from mlscan.detect.contexts import contexts_of
from mlscan.detect.crew import Crew
from mlscan.detect.excerpt import excerpt
from mlscan.detect.facts import Facts
from mlscan.detect.follow import CommandIndex
from mlscan.detect.generated import GeneratedSnapshot
from mlscan.detect.hidden import Hidden, hidden_places, inside
from mlscan.detect.hints import hints_of
from mlscan.detect.hits import ANYWHERE, Hit, Result
from mlscan.detect.infra import ci_images
from mlscan.detect.late import LATE, OutOfTimeError, in_time
from mlscan.detect.memory import Memory
from mlscan.detect.mentions import Mentions
from mlscan.detect.modules import ModuleIndex
from mlscan.detect.named import named_only, names_of
from mlscan.detect.packed import packed_gaps
from mlscan.detect.people import count_people
from mlscan.detect.plan import Leaf, Plan
from mlscan.detect.plugins import View, run_plugin
from mlscan.detect.reading import NEAR, Reading
from mlscan.detect.recall import RecallingReading
from mlscan.detect.shared_reading import SharedReading
from mlscan.detect.siblings import Group, SiblingSearch, sibling_hits
from mlscan.detect.timed import WORDS, command_sources
from mlscan.detect.unread import imported_only, starters, starting
from mlscan.detect.values import check_for
from mlscan.detect.wide import CiMatcher
from mlscan.detect.work import people_by_work
from mlscan.types.content import (
    CiMatch,
    CommandMatch,
    DependencyMatch,
    HistoryMatch,
    ImageMatch,
    PluginMatch,
    RefersMatch,
    SiblingsMatch,
)
from mlscan.types.errors import ContentError
from mlscan.types.evidence import Context, Evidence, Findings, Gap, Location, Rejection, Strength, ordered
from mlscan.types.snapshot import Snapshot

Progress = Callable[[int, int], None]
REJECTIONS = 20
"""Rejections kept per detector."""
_shown = lru_cache(maxsize=4_096)(excerpt)


class Engine:
    """One run over one snapshot."""

    def __init__(self, snapshot: Snapshot, plan: Plan, memory: Memory | None = None, crew: Crew | None = None) -> None:
        paths = tuple(f.path for f in snapshot.files)
        self._snapshot = snapshot
        self._plan = plan
        places = hidden_places(snapshot.gaps, renamed=isinstance(snapshot, GeneratedSnapshot))
        contexts = contexts_of((*paths, *map(inside, places)), plan.lists.contexts)
        contexts |= {place: contexts.pop(inside(place)) for place in places}
        contexts |= {f.path: f.context for f in snapshot.files if f.context is not None}
        contexts = {path: context for path, context in contexts.items() if context is not Context.OWN}
        self._hidden = Hidden(places, plan, contexts)
        self._facts = Facts(
            paths=paths,
            known=frozenset(paths),
            contexts=contexts,
            modules=ModuleIndex(paths),
            lists=plan.lists,
            unread=dict(places),
        )
        self._leaf_near: dict[str, list[NearMiss]] = defaultdict(list)
        self._combiner_near: dict[str, list[NearMiss]] = {}
        self._groups: dict[int, list[Group]] = {}
        self._results: dict[str, Result] = {}
        self._leaf_results: dict[int, Result] = {}
        self._running: list[str] = []
        self._facts.mentions = Mentions(snapshot, memory).of
        self._reading: Reading
        if memory is not None:
            self._reading = RecallingReading(snapshot, memory, self._facts, self._reject)
        elif crew is not None:
            self._reading = SharedReading(snapshot, plan, self._facts, self._reject, crew)
        else:
            self._reading = Reading(snapshot, plan, self._facts, self._reject)
        self._memory = memory
        self._people: int | str | None = "not counted"

    def run(self, progress: Progress | None = None) -> Findings:
        """The findings."""
        words = self._prepare_siblings() | names_of(self._plan.lists) | set(WORDS)
        self._reading.run(words, progress)
        self._facts.roots = self._find_roots()
        self._reading.gaps.update(CiFiles(self._snapshot, self._facts, self._memory).read(self._reading.ci_bytes))
        self._sources = command_sources(self._snapshot, self._facts, self._command_index())
        self._facts.targets = self._sources.targets
        self._commands = CommandMatcher(self._facts, self._sources, self._files_of)
        self._ci = CiMatcher(self._facts)
        self._concerns = Concerns(self._facts, self._sources)
        late = [name for name in sorted(self._plan.nodes) if not self._is_decided(name)]
        if late:
            self._results.update(dict.fromkeys(late, Result(unknown=frozenset({""}))))
            self._facts.unread[""] = LATE
            self._reading.gaps.add(Gap("", LATE))
        return self._findings()

    # --- before and after reading -----------------------------------------------------------------------------------

    def _prepare_siblings(self) -> set[str]:
        leaves = [(leaf, leaf.spec) for leaf in self._plan.leaves if isinstance(leaf.spec, SiblingsMatch)]
        search = self._plan.kept("siblings", lambda plan: SiblingSearch([spec for _, spec in leaves], plan.lists))
        words: set[str] = set()
        trees: set[str] = set()
        for number, paths in enumerate(search.candidates(self._facts.paths)):
            leaf, spec = leaves[number]
            groups = search.groups(number, [path for path in paths if self._admits(leaf, path)])
            self._groups[leaf.index] = groups
            for group in groups:
                self._reading.may_hold_at(leaf, group.members.values())
                trees.update(group.members.values())
                if spec.read_by:
                    words.update(group.words)
        self._reading.tree_paths = frozenset(trees)
        return words

    def _find_roots(self) -> tuple[str, ...]:
        manifests = self._facts.manifests.items()
        self._facts.declaring = frozenset(p.rpartition("/")[0] for p, m in manifests if not m.lock)
        own = {p.rpartition("/")[0] for p in self._facts.manifests if self._facts.context(p) is Context.OWN}
        return tuple(sorted(own, key=lambda f: (-f.count("/") - bool(f), f)))

    def _command_index(self) -> CommandIndex:
        index = CommandIndex()
        index.add_python_files(self._facts.paths)
        for path, (kind, script) in sorted(self._facts.scripts.items()):
            index.add_script(path, script, kind)
        for path, manifest in sorted(self._facts.manifests.items()):
            if manifest.scripts:
                index.add_manifest(path, manifest.scripts)
                self._facts.add_entries(path, manifest.scripts)
        return index

    # --- results ------------------------------------------------------------------------------------------------------

    def detector_result(self, name: str) -> Result:
        """The hits of one detector, evaluated once."""
        if name in self._results:
            return self._results[name]
        if name in self._running or name not in self._plan.nodes:
            raise ContentError(f"detector {name}", "refers to itself, by a command class perhaps, or does not exist")
        self._running.append(name)
        combiner = Combiner(self._leaf_result, self.detector_result, self._facts.root_of)
        self._results[name] = combiner.evaluate(self._plan.nodes[name])
        self._combiner_near[name] = combiner.near
        self._running.pop()
        return self._results[name]

    def _is_decided(self, name: str) -> bool:
        """Decides a detector; what it was decided of half of its matchers would be a guess."""
        try:
            self.detector_result(name)
        except OutOfTimeError:
            self._running.clear()
        return name in self._results

    def _files_of(self, detector: str) -> frozenset[str]:
        """Files with own evidence of a detector; none for one that is not loaded."""
        if detector not in self._plan.nodes:
            return frozenset()
        hits = self.detector_result(detector).hits
        return frozenset(h.path for h in hits if self._facts.context(h.path) is Context.OWN)

    def _reject(self, leaf: Leaf, hit: Hit, reason: str) -> None:
        near = self._leaf_near[leaf.detector]
        if len(near) < NEAR:
            near.append(NearMiss(hit, reason))

    def _leaf_result(self, leaf: Leaf) -> Result:
        if leaf.index not in self._leaf_results:
            in_time(self._snapshot)
            found, hidden = self._evaluate(leaf), self._hidden.of(leaf)
            self._leaf_results[leaf.index] = Result(found.hits, found.unknown | hidden) if hidden else found
        return self._leaf_results[leaf.index]

    def _evaluate(self, leaf: Leaf) -> Result:
        def reject(hit: Hit, reason: str) -> None:
            self._reject(leaf, hit, reason)

        spec = leaf.spec
        if isinstance(spec, CommandMatch):
            hits = self._commands.hits(spec, reject)
            unread = self._unread_ci() if "ci" in spec.within else frozenset()
            return self._filtered(leaf, Result(tuple(hits), unread | starting(self._unread_kinds, spec.within)))
        if isinstance(spec, CiMatch):
            found = self._ci.result(leaf, reject)
            return self._filtered(leaf, Result(found.hits, self._ci_paths | found.unknown))
        if isinstance(spec, SiblingsMatch):
            return Result(tuple(sibling_hits(spec, self._groups[leaf.index], self._facts, reject)))
        if isinstance(spec, RefersMatch):
            return self._refers(leaf, spec)
        if isinstance(spec, HistoryMatch):
            return self._history(spec)
        if isinstance(spec, PluginMatch):
            place = self._plan.find_plugin(spec.entry_point)
            return self._filtered(leaf, run_plugin(spec, View(self._facts, self.detector_result), reject, place))
        return self._local(leaf, reject)

    def _local(self, leaf: Leaf, reject: Callable[[Hit, str], None]) -> Result:
        hits = self._reading.hits.get(leaf.index, [])
        unknown = frozenset(self._reading.unknown.get(leaf.index, ()))
        if isinstance(leaf.spec, DependencyMatch):
            hits = [h for h in hits if self._facts.declares(h.path)]
            if leaf.spec.imported:
                used = imported_only(hits, self._facts, self._hidden.places, reject)
                hits, unknown = list(used.hits), unknown | used.unknown
        if isinstance(leaf.spec, ImageMatch) and "ci" in leaf.spec.within:
            check = check_for(leaf.spec.name, self._plan.lists)
            found = ci_images(leaf.spec, check, self._facts.workflows.values())
            hits = hits + list(self._filtered(leaf, Result(tuple(found))).hits)
        return Result(tuple(hits), unknown)

    def _filtered(self, leaf: Leaf, result: Result) -> Result:
        """The result without files that the matcher's globs or contexts leave out."""
        unknown = frozenset(path for path in result.unknown if self._admits(leaf, path))
        return Result(tuple(h for h in result.hits if self._admits(leaf, h.path)), unknown)

    def _admits(self, leaf: Leaf, path: str) -> bool:
        globs = self._plan.globs.match(path) if leaf.in_ is not None or leaf.not_in else frozenset()
        return admits(leaf, globs, self._facts.context(path))

    @cached_property
    def _ci_paths(self) -> frozenset[str]:
        """CI files of which nothing was read."""
        from mlscan.read.ci_paths import ci_system

        return frozenset(p for p in self._facts.unread if ci_system(p))

    @cached_property
    def _unread_kinds(self) -> Mapping[str, str]:
        """Files that start commands and of which nothing was read, with what they are."""
        return starters(self._facts.unread)

    def _unread_ci(self) -> frozenset[str]:
        unread = {p for p, w in self._facts.workflows.items() if w.active and not w.commands_read}
        return frozenset(unread | self._ci_paths)

    def _refers(self, leaf: Leaf, spec: RefersMatch) -> Result:
        assert leaf.from_node is not None and leaf.to_node is not None
        combiner = Combiner(self._leaf_result, self.detector_result, self._facts.root_of)
        start, goal = combiner.evaluate(leaf.from_node), combiner.evaluate(leaf.to_node)
        files = frozenset(h.path for h in goal.hits if self._facts.context(h.path) is Context.OWN)
        found, lost = [], []
        for hit in start.hits:
            in_time(self._snapshot)
            reached = self._facts.reaches(self._starts(hit), files, spec.depth)
            if reached is None:
                lost.append(hit)
            elif reached == hit.path:
                found.append(hit)
            else:
                found.append(hit.with_captures({"reaches": reached}))
        for hit in lost:
            self._reject(leaf, hit, f"reaches no place with {leaf.to_node.name}")
        unknown = frozenset(p for p in start.unknown if self._may_reach(p, files, spec.depth))
        unknown |= frozenset(h.path for h in lost) if goal.unknown else frozenset()
        return Result(tuple(found), unknown if not found else frozenset())

    def _may_reach(self, path: str, goal: frozenset[str], depth: int) -> bool:
        """Whether a file in which a place is unknown could lead to the goal; nothing is known of unread ones."""
        return path in self._facts.unread or self._facts.reaches([path], goal, depth) is not None

    def _starts(self, hit: Hit) -> list[str]:
        """Where following begins: for a place inside a job or target, only what that job or target runs."""
        if not hit.units or not hit.units[0].startswith(("job:", "stage:")):
            return [hit.path]
        return list(self._sources.targets_inside(hit.path, hit.units))

    def people(self) -> int | None:
        """Distinct people in the history; None where the history is not there."""
        if self._people == "not counted":
            authors = self._snapshot.authors()
            bots = check_for("@bots", self._plan.lists)
            if isinstance(authors, Gap):
                self._reading.gaps.add(authors)
                self._people = None
            else:
                self._people = count_people(authors, bots)
        return self._people if isinstance(self._people, int) else None

    def _history(self, spec: HistoryMatch) -> Result:
        people = self.people()
        if people is None:
            return Result((), frozenset({"."}))
        if people < spec.authors_at_least:
            return Result()
        return Result((Hit(".", None, f"{people} people in the history"),))

    # --- findings -----------------------------------------------------------------------------------------------------

    def _findings(self) -> Findings:
        evidence: list[Evidence] = []
        unknown: dict[str, str] = {}
        more: dict[str, str] = {}
        rejections: list[Rejection] = []
        # What is evidence now need not be kept as hits, too.
        self._leaf_results.clear()
        self._reading.hits.clear()
        while self._results:
            name, result = next(iter(self._results.items()))
            del self._results[name]
            mine = dict.fromkeys(self._evidence(name, hit) for hit in result.hits)
            evidence += mine
            contexts = self._plan.detectors[name].contexts
            # An unread file of a context that does not count could not have changed the answer.
            unread = sorted(p for p in result.unknown if p in ("", ANYWHERE) or self._facts.context(p) in contexts)
            if unread and not any(e.context in contexts for e in mine):
                unknown[name] = self._why_unknown(unread[0])
            elif why := self._why_more(unread):
                more[name] = why
            rejections += self._rejections(name, {e.where.path for e in mine})
        rejections += named_only(self._facts, evidence, self._snapshot.read_many)
        evidence = ordered(evidence)
        packed = packed_gaps((p for p in self._facts.paths if self._facts.context(p) is Context.OWN), self._snapshot)
        return Findings(
            evidence=tuple(evidence),
            gaps=tuple(sorted({*self._snapshot.gaps, *self._reading.gaps, *packed})),
            rejections=tuple(rejections),
            unknown=unknown,
            more=more,
            numbers=self._numbers(evidence),
            hints=hints_of(evidence, self._plan.detectors),
            roots=self._facts.roots,
        )

    def _why_more(self, unread: Iterable[str]) -> str:
        """Why there may be more of what was seen: names are hidden, or there is too much of it."""
        return next((self._why_unknown(p) for p in unread if p == ANYWHERE or p in self._hidden.places), "")

    def _why_unknown(self, path: str) -> str:
        reason = self._facts.unread.get(path, "not fully understood")
        if path in ("", ANYWHERE):
            return reason
        return f"{path}: {reason}" if path != "." else "the history is not there"

    def _evidence(self, name: str, hit: Hit) -> Evidence:
        detector = self._plan.detectors[name]
        strength = Strength(hit.strength) if hit.strength else detector.strength
        captures = dict(hit.captures)
        return Evidence(
            detector=name,
            practice=detector.practice,
            where=Location(hit.path, hit.line),
            excerpt=_shown(hit.excerpt),
            strength=strength,
            context=Context(hit.context) if hit.context else self._facts.context(hit.path),
            delegated_to=excerpt(captures.get("to", "")) or "elsewhere" if detector.delegated else None,
            captures=hit.captures,
            concerns=self._concerns.of(hit),
        )

    def _rejections(self, name: str, seen: set[str]) -> list[Rejection]:
        practice = self._plan.detectors[name].practice
        contexts = {Context.OWN, *self._plan.detectors[name].contexts}
        near = [*self._combiner_near.get(name, ()), *self._leaf_near.get(name, ())]
        kept = {
            (n.hit.path, n.hit.line, n.reason)
            for n in near
            if n.hit.path not in seen and self._facts.context(n.hit.path) in contexts
        }
        return [
            Rejection(detector=name, practice=practice, where=Location(path, line), reason=reason)
            for path, line, reason in sorted(kept, key=lambda k: (k[0], k[1] or 0, k[2]))[:REJECTIONS]
        ]

    def _numbers(self, evidence: Iterable[Evidence]) -> Mapping[str, int | None]:
        own = [p for p in self._facts.paths if self._facts.context(p) is Context.OWN]
        return {
            "files": len(self._facts.paths),
            "own-files": len(own),
            "python-files": sum(p.endswith(".py") for p in own),
            "notebooks": sum(p.endswith(".ipynb") for p in own),
            "roots": len(self._facts.roots),
            "contributors": self.people(),
            "bytes-read": self._reading.bytes_read,
            **people_by_work(
                self._plan.lists, evidence, self._snapshot.touched(), check_for("@bots", self._plan.lists)
            ),
        }
