"""`from harness import check`: the vectors against an implementation, from Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.conformance.plan import slow as slow_cases
from harness.conformance.results import Implementation, Kind, Result, Verdict
from harness.conformance.run import Subject, run_one
from harness.implementations.connection import Limits
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
        """What failed, worst kinds first, and then what could not be judged."""
        kinds = list(Kind)
        bad = [result for result in self.results if result.verdict in (Verdict.FAILED, Verdict.ERROR)]
        return tuple(sorted(bad, key=lambda each: (kinds.index(each.kind) if each.kind else len(kinds), each.case)))

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
        met = self.implementation
        if met.state != "ready":
            return f"{met.name}: {met.state}: {met.reason}{f' ({met.advice})' if met.advice else ''}"
        head = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items())
        lines = [f"{met.name}: {head}", *(f"  {remark}" for remark in met.remarks)]
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
    slow: bool = False,
) -> Report:
    """Run the vectors against an implementation and judge what it does.

    `implementation` is a Python object (or class) with methods such as `aes128gcm_decrypt(ikm=…, message=…)`, asked
    in this process and so without limits of time and memory; or a word as the command line takes it, a registered
    name, a folder with an `implementation.toml`, or `package.module:Object`. Cases that can take minutes are left
    out unless `slow`. BadVectors where the selection is empty, UnknownImplementation or ManifestError where the
    word means none; one that cannot be started or is not honest is a report that says so.
    """
    chosen = select(load(vectors), suites, patterns)
    left_out = {} if slow else slow_cases(chosen)
    if isinstance(implementation, str):
        manifest = resolve(implementation)
        subject = Subject(
            manifest.name, lambda: open_connection(manifest, limits), exempt={**manifest.exempt, **left_out}
        )
    else:
        subject = Subject(_name(implementation), lambda: InProcessConnection(implementation), exempt=left_out)
    lines = list(run_one(subject, chosen, seed=seed))
    met = [line for line in lines if isinstance(line, Implementation)][-1]
    return Report(met, tuple(line for line in lines if isinstance(line, Result)))


def _name(implementation: object) -> str:
    kind = implementation if isinstance(implementation, type) else type(implementation)
    return kind.__qualname__
