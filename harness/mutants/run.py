"""Asks mutants the vectors: which cases tell a mutant from a correct implementation, and do they name its rule."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.conformance.judge import judge
from harness.conformance.results import Result, Verdict
from harness.implementations.inprocess import InProcessConnection
from harness.mutants.model import Mutant
from harness.vectors.load import Vector

#: Cases up to this cost (see `cost`) are cheap: every mutant is asked all of them.
CHEAP = 50_000


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the results that it failed, of how many cases asked."""

    mutant: Mutant
    kills: tuple[Result, ...]
    asked: int

    @property
    def survived(self) -> bool:
        """Whether no case told it from a correct implementation."""
        return not self.kills

    @property
    def attributed(self) -> tuple[Result, ...]:
        """The kills that name a rule which the mutant breaks."""
        return tuple(kill for kill in self.kills if set(kill.requirements) & set(self.mutant.requirements))


def cost(vector: Vector) -> int:
    """About how much work a case is, in octets: its message, its pieces, its repetitions."""
    octets = max(len(vector.test.params), vector.test.message_length)
    if "chunk_size" in vector.params:
        octets += 30 * (octets // vector.request.values()["chunk_size"])
    return octets * vector.test.repeat


def by_cost(vectors: Iterable[Vector]) -> list[Vector]:
    """The cases, cheap ones first; otherwise in their order, so that what a message leaves behind shows in the next."""
    return sorted(vectors, key=lambda vector: (cost(vector) > CHEAP, cost(vector) // CHEAP))


def results(make: Callable[[], Any], vectors: Iterable[Vector], name: str = "mutant") -> Iterator[Result]:
    """An implementation's result for each case, all asked of one object (a new one for each call of a `restart`)."""
    connection = InProcessConnection(make())
    for vector in vectors:
        if vector.test.restart:
            outcomes = [InProcessConnection(make()).ask(vector.request) for _ in range(vector.test.repeat)]
        else:
            outcomes = [outcome for _, outcome in connection.exchange([vector.request] * vector.test.repeat)]
        yield judge(name, vector, outcomes)


def try_mutant(mutant: Mutant, ordered: Sequence[Vector], *, first_only: bool = False, seconds: float = 30.0) -> Fate:
    """Ask a mutant the cases, which stand in the order of their cost.

    All cheap ones are asked; dear ones only as long as no case has failed that names the broken rule, and no
    longer than `seconds`. `first_only` stops at the first such case.
    """
    mine = [vector for vector in ordered if vector.method == mutant.method]
    kills: list[Result] = []
    named = False
    asked = 0
    deadline = time.monotonic() + seconds
    for result in results(mutant.make, mine, mutant.id):
        asked += 1
        if result.verdict is Verdict.FAILED:
            kills.append(result)
            named = named or bool(set(result.requirements) & set(mutant.requirements))
        if named and (first_only or asked == len(mine) or cost(mine[asked]) > CHEAP):
            break
        if time.monotonic() > deadline:
            break
    return Fate(mutant, tuple(kills), asked)
