"""Which cases an implementation is asked, in which order, and how they are shared out."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import IKM, decoder_case, encoder_case, json_of, vector

from harness.conformance.plan import plan, shard, slow
from harness.implementations.protocol import METHODS, Claim, Description
from harness.vectors.load import Vector, load


def claims(**methods: list[str]) -> Description:
    """A description: `claims(aes128gcm_encrypt=["rs"])`."""
    named = {name.replace("_", "."): Claim(params=tuple(params)) for name, params in methods.items()}
    return Description(protocol=1, name="it", methods=named)


def renamed(case: Vector, name: str) -> Vector:
    test = msgspec.structs.replace(case.test, id=f"aes128gcm/made/{name}")
    return Vector(case.method, test, case.path, case.notes)


CASES = [
    renamed(decoder_case("valid"), "plain"),
    renamed(decoder_case("invalid", chunk_size=1), "in-pieces"),
    renamed(encoder_case(), "encoder"),
    renamed(encoder_case(params={"rs": 25, "pad": 1}), "encoder-rs-pad"),
]
ALL = claims(aes128gcm_decrypt=["chunk_size"], aes128gcm_encrypt=["salt", "rs", "keyid", "pad"])


@pytest.mark.parametrize(
    ("description", "skipped"),
    [
        (ALL, {}),
        (
            claims(aes128gcm_decrypt=["chunk_size"]),
            {
                "encoder": "method not claimed: aes128gcm.encrypt",
                "encoder-rs-pad": "method not claimed: aes128gcm.encrypt",
            },
        ),
        (
            claims(aes128gcm_decrypt=[], aes128gcm_encrypt=["rs"]),
            {"in-pieces": "parameter not claimed: chunk_size", "encoder-rs-pad": "parameter not claimed: pad"},
        ),
        (
            claims(aes128gcm_encrypt=[]),
            {
                "plain": "method not claimed: aes128gcm.decrypt",
                "in-pieces": "method not claimed: aes128gcm.decrypt",
                "encoder-rs-pad": "parameter not claimed: rs, pad",
            },
        ),
        (claims(webpush_decrypt=[]), {name: None for name in ("plain", "in-pieces", "encoder", "encoder-rs-pad")}),
    ],
)
def test_what_is_not_claimed_is_skipped_with_the_reason(
    description: Description, skipped: dict[str, str | None]
) -> None:
    made = plan(CASES, description)
    found = {case.id.rpartition("/")[2]: reason for case, reason in made.skipped}
    assert found.keys() == skipped.keys()
    assert all(found[name] == reason for name, reason in skipped.items() if reason)
    assert {case.id for case in made.asked} | {case.id for case, _ in made.skipped} == {case.id for case in CASES}


def test_a_case_of_a_method_that_the_protocol_does_not_have_is_skipped() -> None:
    case = vector("aes256gcm.decrypt", json_of(ikm=IKM), "valid")
    assert plan([case], ALL).skipped == ((case, "method not claimed: aes256gcm.decrypt"),)


def test_exempt_cases_are_skipped_with_the_reason_they_are_given() -> None:
    made = plan(CASES, ALL, exempt={"*/encoder*": "it cannot encode", "*": "never reached"})
    assert {reason for _, reason in made.skipped} == {"it cannot encode", "never reached"}
    made = plan(CASES, claims(aes128gcm_decrypt=[]), exempt={"*/in-pieces": "slow"})
    assert dict((case.id, why) for case, why in made.skipped)["aes128gcm/made/in-pieces"].startswith("parameter")


def test_the_order_is_the_seed_s_and_says_nothing_of_results() -> None:
    def order(vectors: list[Vector], seed: int) -> list[str]:
        return [case.id for case in plan(vectors, ALL, seed=seed).asked]

    def swapped(case: Vector) -> Vector:
        other = {"valid": "invalid", "invalid": "valid"}.get(case.test.result, case.test.result)
        return Vector(case.method, msgspec.structs.replace(case.test, result=other), case.path, case.notes)

    shipped = load()
    assert order(shipped, 1) == order(shipped, 1)
    assert order(shipped, 1) != order(shipped, 2)
    assert order(shipped, 0) != [case.id for case in shipped]
    assert order([swapped(case) for case in shipped], 1) == order(shipped, 1)


@given(cases=st.integers(0, 200), count=st.integers(1, 30))
def test_shards_share_all_cases_out_and_none_twice(cases: int, count: int) -> None:
    vectors = [renamed(CASES[0], str(number)) for number in range(cases)]
    parts = [shard(vectors, index, count) for index in range(1, count + 1)]
    assert Counter(case.id for part in parts for case in part) == Counter(case.id for case in vectors)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_slow_cases_are_those_that_need_minutes() -> None:
    cases = [renamed(decoder_case("valid", seconds=seconds), str(seconds)) for seconds in (0, 60, 119, 120, 600)]
    assert list(slow(cases)) == ["aes128gcm/made/120", "aes128gcm/made/600"]


def test_every_optional_parameter_of_the_protocol_is_asked_for_by_a_shipped_case() -> None:
    """Else a claim would be believed unseen."""
    sent: dict[str, set[str]] = {}
    for case in load():
        sent.setdefault(case.method, set()).update(case.params)
    for method, params in sent.items():
        assert set(METHODS[method].optional) <= params
