"""Requests and outcomes: both forms say the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.implementations.connection import Request
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import OCTETS, decode_octets, encode_octets
from harness.implementations.wire import request_text

OPTIONAL = {name: st.binary(max_size=40) for name in sorted(OCTETS)} | {
    "rs": st.integers(0, 2**53),
    "jwe": st.text(max_size=20),
    "algorithms": st.lists(st.text(max_size=5), max_size=3),
}
VALUES = st.fixed_dictionaries({}, optional=OPTIONAL)


@given(VALUES)
def test_values_survive_the_journey(values: dict) -> None:
    there = Request("aes128gcm.decrypt", values).encoded()
    assert Request("aes128gcm.decrypt", encoded=there).values() == values


@given(VALUES, st.text(max_size=20), st.integers(0, 2**62))
def test_a_request_is_one_line_of_json_rpc(values: dict, method: str, number: int) -> None:
    pretty = json.dumps(json.loads(Request(method, values).encoded()), indent=2).encode()
    for request in (Request(method, values), Request(method, encoded=pretty)):
        text = request_text(number, request)
        assert b"\n" not in text
        message = json.loads(text)
        assert message["params"] == json.loads(pretty)
        assert {**message, "params": None} == {"jsonrpc": "2.0", "id": number, "method": method, "params": None}


@given(st.binary(max_size=200))
def test_octets_survive_the_journey(octets: bytes) -> None:
    assert decode_octets(encode_octets(octets)) == octets
    assert Outcome(status=Status.ACCEPTED, result={"plaintext": encode_octets(octets)}).octets("plaintext") == octets
    assert Outcome(status=Status.ACCEPTED, result={"plaintext": octets}).octets("plaintext") == octets


@pytest.mark.parametrize("text", ["A", "AA=", "A A", "+/", "\u00e9A", "AAAAA"])
def test_text_that_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Outcome(status=Status.ACCEPTED, result={"plaintext": text}).octets("plaintext")
