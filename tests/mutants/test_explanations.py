"""What a failure says of an encoder's mistake, in words: told from the octets that it produced."""

from __future__ import annotations

import pytest

from harness.mutants.catalogue import MUTANTS
from harness.mutants.run import by_cost, try_mutant
from harness.vectors.load import Vector, load

BY_ID = {mutant.id: mutant for mutant in MUTANTS}


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    return by_cost(load())


@pytest.mark.parametrize(
    ("mutant", "said"),
    [
        ("encoder/seq-from-one", "is sealed under the sequence number 1"),
        ("encoder/seq-never-moves", "is sealed under the sequence number 0"),
        ("encoder/seq-little-endian", "is sealed with the nonce"),
        ("encoder/nonce-info-without-zero", "is sealed with the nonce"),
        ("encoder/cek-info-without-zero", "the key is another"),
        ("encoder/salt-and-ikm-swapped", "the key is another"),
        ("encoder/aad-is-the-header", "has the message's header as additional data"),
        ("encoder/aad-is-the-coding", "has the coding's name as additional data"),
        ("encoder/tag-of-zeros", "has the right key and nonce, but its tag does not verify"),
        ("encoder/tag-in-front", "has 16 octets before its ciphertext"),
        ("encoder/nonce-in-front", "has 12 octets before its ciphertext"),
        ("encoder/tag-left-out", "is too short for a delimiter and a tag"),
        ("encoder/not-encrypted", "is not encrypted"),
        ("encoder/tag-not-counted", "records are not cut at rs"),
        ("encoder/full-last-record-has-1", "has the delimiter 1; it must be 2"),
        ("encoder/delimiter-2-everywhere", "has the delimiter 2; it must be 1"),
        ("encoder/pad-one-less", "octets of padding"),
        ("encoder/salt-of-32-random-bits", "12 of the salt's 16 octets never change"),
        ("encoder/salt-of-the-module", "have the same salt"),
    ],
)
def test_the_mistake_is_named(mutant: str, said: str, vectors: list[Vector]) -> None:
    explanations = {kill.explanation for kill in try_mutant(BY_ID[mutant], vectors).attributed}
    assert any(said in explanation for explanation in explanations), sorted(explanations)[:5]
