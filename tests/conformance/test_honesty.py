"""Who is testable at all: liars are told from those that are merely wrong."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from made import Decoder, Honest, Refusal

from harness.api import check
from harness.conformance.honesty import check_honesty
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.reference import Reference
from harness.recipes.aes128gcm import Message, Record, seal
from harness.reference.aes128gcm import derive_keys, record_nonce


def asked(target: Any) -> tuple[str, tuple[str, ...]]:
    found = check_honesty(InProcessConnection(target))
    return found.lie, found.remarks


def without_authentication(ikm: bytes, message: bytes) -> bytes:
    """A decoder of one record that does not look at the tag."""
    keys = derive_keys(ikm, message[:16])
    counter = modes.CTR(record_nonce(keys.nonce_base, 0) + (2).to_bytes(4, "big"))
    body = message[21 + message[20] : -16]
    return Cipher(algorithms.AES(keys.cek), counter).decryptor().update(body).rstrip(b"\0")[:-1]


def nothing_instead_of_a_refusal(ikm: bytes, message: bytes) -> bytes:
    try:
        return Reference().aes128gcm_decrypt(ikm=ikm, message=message)["plaintext"]
    except ValueError:
        return b""


def refuses_everything(ikm: bytes, message: bytes) -> bytes:
    raise Refusal("no")


NUMBERS = itertools.count()

LIARS = {
    "says yes": (lambda ikm, message: b"yes", "says yes to everything"),
    "always nothing": (lambda ikm, message: b"", "says yes to everything"),
    "echoes the message": (lambda ikm, message: message, "echoes"),
    "echoes the key": (lambda ikm, message: ikm, "echoes"),
}
WRONG = {
    "no authentication": without_authentication,
    "nothing instead of a refusal": nothing_instead_of_a_refusal,
    "wrong but not constant": lambda ikm, message: str(next(NUMBERS)).encode(),
    "falls over": lambda ikm, message: message[len(message)],
    "answers something else": lambda ikm, message: 5,
}


@pytest.mark.parametrize("name", LIARS)
def test_liars_are_not_testable(name: str) -> None:
    answer, told = LIARS[name]
    lie, _ = asked(Decoder(answer))
    assert told in lie
    report = check(Decoder(answer), patterns=["examples"])
    assert report.implementation.state == "not-testable"
    assert not report.ok
    assert report.results == ()


@pytest.mark.parametrize("name", WRONG)
def test_those_that_are_merely_wrong_are_run_and_fail(name: str) -> None:
    assert asked(Decoder(WRONG[name]))[0] == ""
    report = check(Decoder(WRONG[name]), patterns=["examples", "authentication"])
    assert report.implementation.state == "ready"
    assert report.failures


def test_no_authentication_is_found_by_the_cases() -> None:
    report = check(Decoder(without_authentication), patterns=["aes128gcm/authentication/*"])
    assert {result.kind for result in report.failures} >= {"false-accept"}


def test_one_that_refuses_everything_is_run_and_the_report_says_so_first() -> None:
    lie, remarks = asked(Decoder(refuses_everything))
    assert lie == ""
    assert "refuses also a plain correct message" in remarks[0]
    assert "refuses also a plain correct message" in str(check(Decoder(refuses_everything), patterns=["examples"]))


@pytest.mark.parametrize("target", [Reference(), Decoder(), Honest()], ids=lambda target: type(target).__name__)
def test_the_honest_are_found_honest(target: Any) -> None:
    assert asked(target) == ("", ())


class Lenient(Reference):
    """Takes a message without records, answers no keyid, and pads as it likes."""

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes, chunk_size: int | None = None) -> Any:
        if len(message) == 21 + message[20]:
            return b""
        return super().aes128gcm_decrypt(ikm=ikm, message=message, chunk_size=chunk_size)["plaintext"]

    def aes128gcm_encrypt(self, *, ikm: bytes, plaintext: bytes, **options: Any) -> dict[str, bytes]:
        return super().aes128gcm_encrypt(ikm=ikm, plaintext=plaintext, **{"pad": 7, "keyid": b"mine", **options})


def test_a_lenient_one_is_honest_and_passes() -> None:
    assert asked(Lenient()) == ("", ())


class Encoder:
    """An encoder whose answer is `answer(ikm, plaintext)`."""

    rejected = (Refusal,)

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def describe(self) -> dict[str, Any]:
        return {"protocol": 1, "name": "made-up", "methods": {"aes128gcm.encrypt": {"params": []}}}

    def aes128gcm_encrypt(self, *, ikm: bytes, plaintext: bytes) -> Any:
        return self.answer(ikm, plaintext)


FIXED = Message(ikm=bytes(16), salt=bytes(16), rs=4096, records=(Record(b"always this"),))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda ikm, plaintext: plaintext, "in the clear"),
        (lambda ikm, plaintext: bytes(21) + plaintext + bytes(17), "in the clear"),
        (lambda ikm, plaintext: seal(FIXED), "answers without looking"),
        (lambda ikm, plaintext: os.urandom(80), ""),
        (refuses_everything, ""),
    ],
)
def test_encoders(answer: Any, told: str) -> None:
    lie, _ = asked(Encoder(answer))
    assert told in lie
    assert bool(told) is bool(lie)
