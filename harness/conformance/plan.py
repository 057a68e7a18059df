"""Which cases an implementation is asked: those that it claims, in an order that tells nothing."""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from harness.implementations.protocol import METHODS, Description
from harness.vectors.load import Vector

#: A case that may take as long as this is asked only where slow ones are asked for.
SLOW_SECONDS = 120


class Plan(msgspec.Struct, frozen=True):
    """The cases to ask, and those to skip with the reason."""

    asked: tuple[Vector, ...]
    skipped: tuple[tuple[Vector, str], ...]


def plan(
    vectors: Iterable[Vector], description: Description, *, seed: int = 0, exempt: Mapping[str, str] | None = None
) -> Plan:
    """Sort cases into asked and skipped by what `describe` claims.

    `exempt` maps patterns of case ids to the reason why this implementation is not asked them. What is asked is
    shuffled by `seed`, so that the order of must-accept and must-refuse cases tells nothing.
    """
    asked: list[Vector] = []
    skipped: list[tuple[Vector, str]] = []
    for vector in vectors:
        reason = _unclaimed(vector, description) or _exempted(vector, exempt or {})
        if reason:
            skipped.append((vector, reason))
        else:
            asked.append(vector)
    random.Random(seed).shuffle(asked)
    return Plan(tuple(asked), tuple(skipped))


def shard(vectors: Sequence[Vector], index: int, count: int) -> list[Vector]:
    """Part `index` (from 1) of `count`: every count-th case, so that areas are spread evenly."""
    return list(vectors[index - 1 :: count])


def slow(vectors: Iterable[Vector]) -> dict[str, str]:
    """The cases that can take minutes, with the reason why they are left out unless they are asked for."""
    return {
        vector.id: "it can take minutes: asked with --slow" for vector in vectors if vector.test.seconds >= SLOW_SECONDS
    }


def _unclaimed(vector: Vector, description: Description) -> str:
    claim = description.methods.get(vector.method)
    if claim is None:
        return f"method not claimed: {vector.method}"
    missing = [name for name in METHODS[vector.method].optional if name in vector.params and name not in claim.params]
    return f"parameter not claimed: {', '.join(missing)}" if missing else ""


def _exempted(vector: Vector, exempt: Mapping[str, str]) -> str:
    return next((reason for pattern, reason in exempt.items() if fnmatch.fnmatchcase(vector.id, pattern)), "")
