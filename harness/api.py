"""`from harness import check`: the vectors against an implementation, from Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.conformance.results import Implementation, Kind, Result, Verdict
from harness.conformance.run import Subject, run_one
from harness.implementations.connection import Connection, Limits
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.opening import open_connection
from harness.implementations.registry import resolve
from harness.vectors.load import load, select


class Report(msgspec.Struct, frozen=True):
    """What a check found: the implementation as it was met, and a result a case."""

    implementation: Implementation
    results: tuple[Result, ...]

    @property
    def failures(self) -> tuple[Result, ...]:
        """What failed or could not be judged, worst kinds first."""
        order = {kind: place for place, kind in enumerate(Kind)}
        bad = [result for result in self.results if result.verdict in (Verdict.FAILED, Verdict.ERROR)]
        return tuple(sorted(bad, key=lambda result: (order.get(result.kind, -1) if result.kind else -1, result.case)))

    @property
    def ok(self) -> bool:
        """True where the implementation could be tested, something was asked, and nothing failed."""
        asked = any(result.verdict is not Verdict.SKIPPED for result in self.results)
        return self.implementation.state == "ready" and asked and not self.failures

    @property
    def counts(self) -> dict[str, int]:
        """How many results there are of each verdict."""
        return dict(Counter(result.verdict.value for result in self.results))

    def __str__(self) -> str:
        if self.implementation.state != "ready":
            return f"{self.implementation.name}: {self.implementation.state}: {self.implementation.reason}"
        head = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items())
        lines = [f"{self.implementation.name}: {head}"]
        lines += [f"  {result.case}: {result.explanation}" for result in self.failures]
        return "\n".join(lines)


def check(
    implementation: Any,
    *,
    suites: Sequence[str] = (),
    patterns: Sequence[str] = (),
    vectors: Path | None = None,
    limits: Limits | None = None,
    seed: int = 0,
) -> Report:
    """Run the vectors against an implementation and judge what it does.

    `implementation` is a Python object (or class) with methods such as `aes128gcm_decrypt(ikm=…, message=…)`, asked
    in this process and so without limits of time and memory; or a word as the command line takes it, a registered
    name, a folder with an `implementation.toml`, or `package.module:Object`. BadVectors where the selection is empty.
    """
    chosen = select(load(vectors), suites, patterns)
    name = implementation if isinstance(implementation, str) else _name(implementation)

    def open_it() -> Connection:
        if isinstance(implementation, str):
            return open_connection(resolve(implementation), limits)
        return InProcessConnection(implementation)

    lines = list(run_one(Subject(name, open_it), chosen, seed=seed))
    met = [line for line in lines if isinstance(line, Implementation)][-1]
    return Report(met, tuple(line for line in lines if isinstance(line, Result)))


def _name(implementation: object) -> str:
    kind = implementation if isinstance(implementation, type) else type(implementation)
    return kind.__qualname__
