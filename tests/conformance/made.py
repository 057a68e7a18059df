"""Vectors, outcomes and implementation objects, made up for the tests of what judges them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import encode_octets
from harness.implementations.reference import Reference
from harness.recipes.aes128gcm import Message, Record, authentic_prefix, seal
from harness.recipes.text import to_json
from harness.vectors.load import Vector
from harness.vectors.model import Test

IKM, SALT = bytes(range(16)), bytes(range(16, 32))

#: Three records at rs 25 that hold `some content`.
MESSAGE = Message(
    ikm=IKM, salt=SALT, rs=25, records=(Record(b"some con"), Record(b"te", 6), Record(b"nt")), keyid=b"k1"
)


def json_of(**values: Any) -> msgspec.Raw:
    """Parameters as they stand in a file."""
    texts = {name: encode_octets(value) if isinstance(value, bytes) else value for name, value in values.items()}
    return msgspec.Raw(msgspec.json.encode(texts))


def vector(method: str, params: msgspec.Raw, result: str, name: str = "made-up", **fields: Any) -> Vector:
    """A vector that is in no file."""
    fields.setdefault("requirements", ("rfc8188/2/padding",))
    test = Test(
        tc_id=1, id=f"aes128gcm/made/{name}", comment="Made up.", flags=(), params=params, result=result, **fields
    )
    return Vector(method, test, Path("aes128gcm/made.json"), {})


def decoder_case(result: str, message: Message = MESSAGE, **fields: Any) -> Vector:
    """A case of `aes128gcm.decrypt` for a message; what may be released is what authenticates."""
    if result == "invalid":
        fields.setdefault("stages", ("record-auth",))
        fields.setdefault("releasable", encode_octets(authentic_prefix(message, IKM)))
    else:
        expected = {"plaintext": encode_octets(message.content), "keyid": encode_octets(message.keyid)}
        fields.setdefault("expected", expected)
    if result == "acceptable":
        fields.setdefault("leniency", "a-choice")
    fields.setdefault("recipe", msgspec.Raw(msgspec.json.encode(to_json(message))))
    chunks = {"chunk_size": fields.pop("chunk_size")} if "chunk_size" in fields else {}
    return vector("aes128gcm.decrypt", json_of(ikm=IKM, message=seal(message), **chunks), result, **fields)


def encoder_case(result: str = "valid", *, params: dict[str, Any] | None = None, **fields: Any) -> Vector:
    """A case of `aes128gcm.encrypt` for `some content`."""
    if result == "acceptable":
        fields.setdefault("leniency", "encoder-a-limit")
    return vector("aes128gcm.encrypt", json_of(ikm=IKM, plaintext=b"some content", **(params or {})), result, **fields)


def accepted(**result: Any) -> Outcome:
    """An answer with these fields."""
    return Outcome(status=Status.ACCEPTED, result=result, ms=0.25)


def outcome(status: Status, **fields: Any) -> Outcome:
    """Any other end."""
    return Outcome(status=status, ms=0.25, **fields)


class Honest(Reference):
    """The reference, for a defect to be given to it."""


class Refusal(Exception):
    """What the objects below refuse with."""


class Decoder:
    """A decoder whose answer is `answer(ikm, message)`."""

    rejected = (Refusal,)

    def __init__(self, answer: Any = None, params: Sequence[str] = ()) -> None:
        self.params = params
        if answer is not None:
            self.answer = answer

    def describe(self) -> dict[str, Any]:
        return {"protocol": 1, "name": "made-up", "methods": {"aes128gcm.decrypt": {"params": list(self.params)}}}

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes, chunk_size: int | None = None) -> Any:
        return self.answer(ikm, message)

    def answer(self, ikm: bytes, message: bytes) -> Any:
        return Reference().aes128gcm_decrypt(ikm=ikm, message=message)
