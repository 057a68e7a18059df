"""No correct implementation is accused: whatever the text leaves open may be done either way."""

from __future__ import annotations

from typing import Any

import pytest
import variants

from harness.conformance.plan import plan
from harness.conformance.results import Verdict
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.reference import Reference
from harness.mutants.run import CHEAP, cost, results
from harness.vectors.load import Vector, load


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    return [vector for vector in load() if vector.suite == "aes128gcm"]


def accused(make: type[Any], vectors: list[Vector]) -> list[str]:
    """The cases that an implementation is asked and does not pass, with what is said of it."""
    asked = plan(vectors, InProcessConnection(make()).description).asked
    assert asked
    return [
        f"{result.case}: {result.explanation}"
        for result in results(make, asked)
        if result.verdict not in (Verdict.PASSED, Verdict.SKIPPED)
    ]


@pytest.mark.parametrize("variant", variants.VARIANTS, ids=lambda variant: variant.__name__)
def test_a_correct_variant_fails_nothing(variant: type[Any], vectors: list[Vector]) -> None:
    assert accused(variant, [vector for vector in vectors if cost(vector) <= CHEAP]) == []


def test_the_reference_fails_nothing_dear_cases_included(vectors: list[Vector]) -> None:
    assert accused(Reference, vectors) == []
