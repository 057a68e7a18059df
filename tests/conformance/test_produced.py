"""Encoders with one fault each: the judge points at the rule that it breaks."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from made import IKM, SALT

from harness.conformance.produced import check_message, check_salts
from harness.conformance.results import Kind
from harness.recipes.aes128gcm import NO_DELIMITER, Flip, Message, Record, seal
from harness.reference import aes128gcm
from harness.spec.catalogue import requirements

CONTENT = b"twenty octets of it."


def records(*records: Record, **fields: Any) -> bytes:
    """A message at rs 25, so that 8 octets fit a record."""
    return seal(Message(**{"ikm": IKM, "salt": SALT, "rs": 25, "records": records, **fields}))


FIRST, SECOND, LAST = Record(CONTENT[:8]), Record(CONTENT[8:16]), Record(CONTENT[16:])
GOOD = (FIRST, SECOND, LAST)


def with_nonces(nonce: Callable[[bytes, int], bytes]) -> bytes:
    """The good message with nonces made otherwise."""
    keys = aes128gcm.derive_keys(IKM, SALT)
    plain = [CONTENT[:8] + b"\1", CONTENT[8:16] + b"\1", CONTENT[16:] + b"\2"]
    sealed = [AESGCM(keys.cek).encrypt(nonce(keys.nonce_base, seq), text, None) for seq, text in enumerate(plain)]
    return SALT + struct.pack(">IB", 25, 0) + b"".join(sealed)


FAULTS: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "nothing": (b"", {}, "2.1/header"),
    "half a header": (SALT, {}, "2.1/header"),
    "a keyid cut short": (records()[:20] + b"\5abc", {}, "2.1/header"),
    "no record": (records(), {}, "2/at-least-one-record"),
    "another rs than asked for": (records(*GOOD), {"rs": 26}, "2.1/rs"),
    "rs in the other byte order": (records(*GOOD, rs=25 << 24), {"rs": 25}, "2.1/rs"),
    "rs of 17": (records(Record(b""), Record(b""), rs=17), {}, "2.1/rs-minimum"),
    "another salt than asked for": (records(*GOOD), {"salt": bytes(16)}, "2.1/salt"),
    "another keyid than asked for": (records(*GOOD, keyid=b"k"), {"keyid": b"key"}, "2.1/keyid"),
    "idlen cut to an octet": (records(*GOOD), {"keyid": bytes(256)}, "2.1/idlen"),
    "the last record says more": (records(FIRST, SECOND, Record(LAST.data, delimiter=1)), {}, "2/delimiter-last"),
    "every record says last": (
        records(Record(FIRST.data, delimiter=2), Record(SECOND.data, delimiter=2), LAST),
        {},
        "2/delimiter-not-last",
    ),
    "no delimiter": (records(Record(b"", delimiter=NO_DELIMITER, pad=4)), {}, "2/padding"),
    "the records in another order": (records(*GOOD, order=(1, 0, 2)), {}, "2.3/sequence-number"),
    "numbers from one": (
        with_nonces(lambda base, seq: aes128gcm.record_nonce(base, seq + 1)),
        {},
        "2.3/sequence-number",
    ),
    "one nonce for all": (with_nonces(lambda base, seq: base), {}, "2.3/sequence-number"),
    "little-endian numbers": (
        with_nonces(lambda base, seq: bytes(a ^ b for a, b in zip(base, seq.to_bytes(12, "little"), strict=True))),
        {},
        "2.3/sequence-number",
    ),
    "a nonce base of zeros": (with_nonces(lambda base, seq: seq.to_bytes(12, "big")), {}, "2.3/nonce-base"),
    "another key": (records(*(Record(r.data, foreign_ikm=bytes(16)) for r in GOOD)), {}, "2.2/prk"),
    "another CEK": (records(*GOOD, cek_info=b"Content-Encoding: aesgcm\0"), {}, "2.2/cek"),
    "another nonce": (records(*GOOD, nonce_info=b"Content-Encoding: nonce"), {}, "2.3/nonce-base"),
    "additional data": (records(*(Record(r.data, aad=b"header") for r in GOOD)), {}, "2/aad-empty"),
    "a tag of 12 octets": (records(Record(b"short", keep=18), rs=4096), {"plaintext": b"short"}, "2/aead"),
    "a record of 16 octets at the end": (
        records(FIRST, SECOND, Record(LAST.data, delimiter=1, pad=4), Record(octets=bytes(16))),
        {},
        "2/record-minimum",
    ),
    "records of rs + 1": (
        records(Record(CONTENT[:9]), Record(CONTENT[9:18]), Record(CONTENT[18:])),
        {},
        "2/fixed-record-size",
    ),
    "records that leave out the tag": (
        records(Record(CONTENT[:15]), Record(CONTENT[15:]), rs=16 + 8),
        {},
        "2/fixed-record-size",
    ),
    "one record for all": (records(Record(CONTENT)), {}, "2/fixed-record-size"),
    "the end left out": (records(FIRST, Record(SECOND.data)), {}, "2/content-any-octets"),
    "other content": (records(FIRST, SECOND, Record(b"it?!")), {}, "2/content-any-octets"),
    "padding taken for content": (records(FIRST, SECOND, Record(LAST.data + b"\0")), {}, "2/content-any-octets"),
    "no padding where some was asked for": (records(*GOOD), {"pad": 1}, "2/padding"),
    "twice the padding": (records(FIRST, SECOND, Record(LAST.data, 4)), {"pad": 2}, "2/padding"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_points_at_its_rule(name: str) -> None:
    octets, asked, rule = FAULTS[name]
    fault = check_message(octets, {"ikm": IKM, "plaintext": CONTENT, **asked})
    assert fault is not None
    assert f"rfc8188/{rule}" in fault.rules
    assert fault.explanation
    assert fault.kind is Kind.WRONG_OUTPUT
    assert not fault.protocol


def test_every_rule_that_is_pointed_at_is_in_the_catalogue() -> None:
    for octets, asked, _ in FAULTS.values():
        fault = check_message(octets, {"ikm": IKM, "plaintext": CONTENT, **asked})
        assert fault is not None
        assert set(fault.rules) <= set(requirements())


def test_without_a_fault_there_is_none() -> None:
    asked = {"ikm": IKM, "plaintext": CONTENT, "rs": 25, "salt": SALT, "keyid": b"", "pad": 0}
    assert check_message(records(*GOOD), asked) is None


@given(
    plaintext=st.binary(max_size=200),
    rs=st.integers(18, 80),
    pad=st.integers(0, 100),
    keyid=st.binary(max_size=30),
    salt=st.binary(min_size=16, max_size=16),
)
def test_whatever_the_reference_makes_is_right(plaintext: bytes, rs: int, pad: int, keyid: bytes, salt: bytes) -> None:
    # At rs 18 padding leaves no room for data until it is used up, and so on: any layout will do.
    octets = aes128gcm.encrypt(plaintext, IKM, salt=salt, rs=rs, pad=pad, keyid=keyid)
    asked = {"ikm": IKM, "plaintext": plaintext, "rs": rs, "pad": pad, "keyid": keyid, "salt": salt}
    assert check_message(octets, asked) is None


@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_no_octet_can_be_changed_unnoticed(place: int, mask: int) -> None:
    """Everything in the header was asked for, and the rest is authenticated."""
    good = records(*GOOD, keyid=b"k1")
    flipped = records(*GOOD, keyid=b"k1", flips=(Flip(place % len(good), mask),))
    asked = {"ikm": IKM, "plaintext": CONTENT, "rs": 25, "salt": SALT, "keyid": b"k1", "pad": 0}
    assert check_message(flipped, asked) is not None


@given(octets=st.binary(max_size=120))
def test_any_octets_are_judged_without_an_exception(octets: bytes) -> None:
    assert check_message(octets, {"ikm": IKM, "plaintext": CONTENT}) is not None


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=8))
def test_salts_are_weak_exactly_if_one_comes_again(salts: list[bytes]) -> None:
    assert (check_salts(salts) is None) == (len(set(salts)) == len(salts))
