"""Every mutant fails a case that names the rule which it breaks; the codec without defects fails none."""

from __future__ import annotations

import pytest

from harness.conformance.results import Verdict
from harness.mutants.aes128gcm.plain import PlainDecoder, PlainEncoder
from harness.mutants.catalogue import MUTANTS
from harness.mutants.model import DECODER, Mutant
from harness.mutants.run import by_cost, results, try_mutant
from harness.spec.catalogue import requirements
from harness.vectors.load import Vector, load


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    return by_cost(load())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_a_case_that_names_the_broken_rule_fails(mutant: Mutant, vectors: list[Vector]) -> None:
    fate = try_mutant(mutant, vectors, first_only=True)
    assert fate.kills, f"no case tells {mutant.id} from a correct implementation: {mutant.story}"
    named = {rule for kill in fate.kills for rule in kill.requirements}
    assert fate.attributed, f"{mutant.id} breaks {mutant.requirements}; the cases that it fails name {sorted(named)}"


@pytest.mark.parametrize("codec", [PlainDecoder, PlainEncoder])
def test_the_plain_codec_passes_every_case(codec: type[PlainDecoder | PlainEncoder], vectors: list[Vector]) -> None:
    method = "aes128gcm.decrypt" if codec is PlainDecoder else "aes128gcm.encrypt"
    mine = [vector for vector in vectors if vector.method == method]
    wrong = [result for result in results(codec, mine) if result.verdict is not Verdict.PASSED]
    assert mine
    assert not wrong, [(result.case, result.explanation) for result in wrong]


def test_ids_are_unique() -> None:
    ids = [mutant.id for mutant in MUTANTS]
    assert len(ids) == len(set(ids))


def test_each_breaks_rules_that_exist_for_its_role() -> None:
    known = requirements()
    for mutant in MUTANTS:
        for rule in mutant.requirements:
            assert known[rule].role in (mutant.role, "both"), f"{mutant.id}: {rule} is for the {known[rule].role}"
            assert not known[rule].untestable, f"{mutant.id}: {rule} has no cases"


def test_decoders_and_encoders_answer_their_own_method_alone() -> None:
    for mutant in MUTANTS:
        methods = mutant.make().describe()["methods"]
        assert set(methods) == {"aes128gcm.decrypt" if mutant.role == DECODER else "aes128gcm.encrypt"}
