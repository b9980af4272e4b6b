"""How fast a competency tree gets into Moodle, beside what else could write it.

    bench_moodle_write.py [URL TOKEN] [--scale ID] [--sizes 1000,5000]
        [--importer-command COMMAND]

Without a URL the sandbox is measured, in a process of its own and with 1,000 nodes: it
shows what we cost ourselves, not what a site takes. A tree has 100 parents; a size is
the number of nodes below them, either flat (no rules on any side) or nested
(competencies with four steps in one another, and their rules). In every round each
contestant writes the same tree to a framework of its own, which is then removed; what
counts is the median of the rounds, and its ratio to the others of the same run:

- `apply`: all that `jobframe apply` does: the plan made again, the journal, the links
- `adapter`: the adapter alone, wave by wave, without any book-keeping
- `floor`: the adapter's requests sent again, over as many connections
- `importer`: Moodle's own importer of CSV files, where a command for it is given; it
  gets the path of the file as its last argument, and its start counts, as for a user
- `moodlepy`: the client library of that name from PyPI, one call for each node
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from statistics import median

from support.floor import Recording, recorded, replay
from support.peers import has_moodlepy, import_csv, write_with_moodlepy
from support.sites import Site, new_prefix, open_bench, real_site, sandbox_site
from support.tables import print_result, print_table
from support.trees import NODE_KINDS, PARENTS, flat_framework, nested_framework

from connector.framework.model import Framework
from connector.kit.values import Done, Record, Ref, Sending, Write
from connector.sync.mapper import map_records
from connector.sync.needs import waves
from connector.sync.plan import Change, Plan

ROUNDS = 3
_SHAPES: dict[str, Callable[[int], Framework]] = {
    "flat": flat_framework,
    "nested": nested_framework,
}


@dataclass
class Run:
    """One tree, written by every contestant in every round."""

    site: Site
    framework: Framework
    importer: str
    scale: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    requests: int = 0

    def round(self) -> None:
        """Let every contestant write the tree once."""
        self._time("apply", self._apply)
        recording = Recording()
        origin = new_prefix()
        self._time("adapter", lambda prefix: self._adapter(prefix, recording), origin)
        self.requests = sum(map(len, recording.waves))
        self._time(
            "floor",
            lambda prefix: replay(
                self.site.url,
                recording,
                prefixes=(origin, prefix),
                concurrency=self.site.concurrency,
            ),
        )
        if self.importer:
            self._time("importer", self._import)
        if has_moodlepy():
            self._time("moodlepy", self._moodlepy)

    def _time(
        self, name: str, write: Callable[[str], float], prefix: str | None = None
    ) -> None:
        prefix = prefix or new_prefix()
        try:
            self.seconds.setdefault(name, []).append(write(prefix))
            if name != "moodlepy":
                assert self.site.nodes(f"{prefix}-f-bench") == self._size, name
        finally:
            self.site.remove(prefix)

    @property
    def _size(self) -> int:
        return sum(record.kind in NODE_KINDS for record in self._records("bm"))

    def _records(self, prefix: str) -> list[Record]:
        with open_bench(self.site, self.framework, prefix) as bench:
            specs = list(bench.engine.specs.values())
            return map_records(bench.engine.mapping, self.framework, specs).records

    def _apply(self, prefix: str) -> float:
        with open_bench(self.site, self.framework, prefix) as bench:
            plan = bench.engine.plan(bench.edition)
            started = time.perf_counter()
            report = bench.engine.apply(plan, bench.edition, "bench")
            seconds = time.perf_counter() - started
            assert report.done == report.planned == len(plan.changes), report
        return seconds

    def _adapter(self, prefix: str, recording: Recording) -> float:
        with open_bench(self.site, self.framework, prefix) as bench:
            plan = bench.engine.plan(bench.edition)
            remote_ids: dict[Ref, str] = dict(plan.remote_ids)
            seconds = 0.0
            for wave in waves(plan.changes):
                writes = [_write(plan, change) for change in wave]
                recording.next_wave()
                with recorded(recording):
                    started = time.perf_counter()
                    items = list(bench.connection.catalogue.apply(writes, remote_ids))
                    seconds += time.perf_counter() - started
                for item in items:
                    assert isinstance(item, Sending | Done), item
                    if isinstance(item, Done):
                        remote_ids[item.ref] = item.remote_id
        return seconds

    def _import(self, prefix: str) -> float:
        return import_csv(self.importer, self._records(prefix), self.site)

    def _moodlepy(self, prefix: str) -> float:
        return write_with_moodlepy(self._records(prefix), self.site, self.scale)


def _write(plan: Plan, change: Change) -> Write:
    return Write(
        operation=change.operation,
        kind=change.kind,
        key=change.key,
        identity=change.identity,
        remote_id=change.remote_id,
        before={},
        after={item.name: item.after for item in change.fields},
        record=change.record,
        effective_on=plan.effective_on,
    )


def main() -> None:
    """Measure every shape and size, and print what came of it."""
    options = _options()
    place = (
        nullcontext(real_site(options.url, options.token, options.scale))
        if options.url
        else sandbox_site()
    )
    measured: dict[str, dict[str, float]] = {}
    with place as site:
        for shape, framework_of in _SHAPES.items():
            for size in options.sizes:
                run = Run(site, framework_of(size), options.importer, options.scale)
                for _ in range(ROUNDS):
                    run.round()
                name = f"{shape} {size}"
                measured[name] = {n: median(all_) for n, all_ in run.seconds.items()}
                _show(name, run)
    print_result({"benchmark": "moodle write", "seconds": measured})


def _show(name: str, run: Run) -> None:
    medians = {of: median(all_) for of, all_ in run.seconds.items()}
    print(f"\n{name}: {PARENTS} parents, {run.requests} requests of the adapter")
    print_table(
        ("contestant", "median s", "least s", "most s", "to apply", "to adapter"),
        [
            (
                of,
                f"{seconds:.2f}",
                f"{min(run.seconds[of]):.2f}",
                f"{max(run.seconds[of]):.2f}",
                f"{seconds / medians['apply']:.2f}",
                f"{seconds / medians['adapter']:.2f}",
            )
            for of, seconds in medians.items()
        ],
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", nargs="?", metavar="URL")
    parser.add_argument("token", nargs="?", metavar="TOKEN")
    parser.add_argument("--scale", type=int, default=3, help="a scale of two values")
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(part) for part in text.split(",")],
        help="nodes below the parents; usually 1000,5000, of the sandbox 1000",
    )
    parser.add_argument("--importer-command", dest="importer", default="")
    options = parser.parse_args()
    if options.url and not options.token:
        parser.error("a URL needs a token")
    options.sizes = options.sizes or ([1000, 5000] if options.url else [1000])
    return options


if __name__ == "__main__":
    main()
