"""Decoders that keep something of the message before."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf

shelf = Shelf(DECODER)


@shelf("2.3/sequence-number")
class CounterGoesOn(PlainDecoder):
    """The counter is a field of the object, and a new message does not set it back."""

    count = 0

    def nonce(self, base: bytes, seq: int) -> bytes:
        self.count += 1
        return super().nonce(base, self.count - 1)


@shelf("2.3/sequence-number")
class CounterGoesOnAfterAFailure(PlainDecoder):
    """The counter is set back at the end of a message, which a refusal never reaches."""

    count = 0

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        data = super().record(record, self.count, last)
        self.count = 0 if last else self.count + 1
        return data


@shelf("2.2/prk", "2.1/salt")
class KeysKeptByIkm(PlainDecoder):
    """Derived keys are cached by the input-keying material, and the salt is not part of the cache's key."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return self.kept.setdefault(ikm, super().prk(ikm, salt))


@shelf("2.2/prk")
class KeysKeptBySalt(PlainDecoder):
    """The same, by the salt alone: a wrong key opens what the right one has opened before."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return self.kept.setdefault(salt, super().prk(ikm, salt))


@shelf("2.2/prk")
class KeysKeptForever(PlainDecoder):
    """A static field holds the first key that was derived."""

    kept: bytes | None = None

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        self.kept = self.kept or super().prk(ikm, salt)
        return self.kept


@shelf("2.1/keyid")
class KeyidOfTheMessageBefore(PlainDecoder):
    """An empty keyid does not overwrite the field, which still holds that of the message before."""

    before = b""

    def read_keyid(self, field: bytes) -> bytes:
        self.before = field or self.before
        return self.before


@shelf("2/content-any-octets")
class BufferOfTheMessageBefore(PlainDecoder):
    """The result is a view of a buffer that is used again: a shorter content has the end of a longer one."""

    buffer = b""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        self.buffer = plaintext + self.buffer[len(plaintext) :]
        return super().result(self.buffer, keyid)
