"""Encoders whose salts come again (RFC 8188 sections 2.1 and 4.3)."""

from __future__ import annotations

import hashlib
import random
import time
from typing import ClassVar

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf

shelf = Shelf(ENCODER)
UNIQUE, NOT_REUSED = "4.3/salt-unique", "2.1/salt-not-reused"


def _spread(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(16, "big", signed=True)).digest()[:16]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfZeros(PlainEncoder):
    """`new Uint8Array(16)`, and nobody fills it."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return bytes(16)


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheExample(PlainEncoder):
    """The salt of the text's example was copied with the code."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return bytes.fromhex("2350 6cc6 d16d b65b 77bb f3a8 f78c 679b")


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheContent(PlainEncoder):
    """A hash of the content, so that equal messages can be deduplicated."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return hashlib.sha256(plaintext).digest()[:16]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheKey(PlainEncoder):
    """A hash of the input-keying material: "deterministic, so that tests pass"."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return hashlib.sha256(ikm).digest()[:16]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfKeyAndContent(PlainEncoder):
    """`hmac(key, content)`, a synthetic IV where none is provided for."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return hashlib.sha256(ikm + plaintext).digest()[:16]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheLength(PlainEncoder):
    """A hash of the content's length: a fixture that stayed in."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return _spread(len(plaintext))


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheModule(PlainEncoder):
    """`const salt = crypto.randomBytes(16)` at the module's top: one for the process."""

    def __init__(self) -> None:
        self.salt = super().new_salt(b"", b"")

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.salt


@shelf(UNIQUE, NOT_REUSED)
class SaltAsDefaultArgument(PlainEncoder):
    """`def encrypt(plaintext, salt=os.urandom(16))` in Python: the default is made once."""

    salt: ClassVar[bytes] = hashlib.sha256(b"made when the module was imported").digest()[:16]

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.salt


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheCallBefore(PlainEncoder):
    """`this.salt ??= random()`: a salt that was asked for once, or made once, stays."""

    salt: bytes | None = None

    def given_salt(self, salt: bytes) -> bytes:
        self.salt = salt
        return salt

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        self.salt = self.salt if self.salt and len(self.salt) == 16 else super().new_salt(ikm, plaintext)
        return self.salt


@shelf(UNIQUE, NOT_REUSED)
class SaltByKey(PlainEncoder):
    """A cache of salts by input-keying material, with the keys that follow from it."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.kept.setdefault(ikm, super().new_salt(ikm, plaintext))


@shelf(UNIQUE, NOT_REUSED)
class SaltFromASeed(PlainEncoder):
    """`random.seed(42)`, or Go's `math/rand` before 1.20: every process has the same salts."""

    def __init__(self) -> None:
        self.numbers = random.Random(42)

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.numbers.randbytes(16)


@shelf(UNIQUE, NOT_REUSED)
class SaltFromTheStartInSeconds(PlainEncoder):
    """`srand(time(NULL))`: processes that start in the same second have the same salts."""

    def __init__(self) -> None:
        self.numbers = random.Random(int(time.time()) // 60)

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.numbers.randbytes(16)


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheSecond(PlainEncoder):
    """The time in seconds, filled up with zeros."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return int(time.time()).to_bytes(16, "big")


@shelf(UNIQUE, NOT_REUSED)
class SaltOfTheMillisecond(PlainEncoder):
    """`Date.now()`, hashed: two messages in a millisecond share it."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return _spread(int(time.time() * 1000))


@shelf(UNIQUE, NOT_REUSED)
class SaltFromACounter(PlainEncoder):
    """A counter that starts at zero with every process."""

    count = 0

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        self.count += 1
        return self.count.to_bytes(16, "big")


@shelf(UNIQUE, NOT_REUSED)
class SaltFromACounterOf8Bits(PlainEncoder):
    """A counter of one octet behind random ones that are made once."""

    def __init__(self) -> None:
        self.front, self.count = super().new_salt(b"", b"")[:15], 0

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        self.count = (self.count + 1) % 256
        return self.front + bytes([self.count])


@shelf(UNIQUE, NOT_REUSED)
class SaltOf16Bits(PlainEncoder):
    """`rand() & 0xffff` where `RAND_MAX` is 65,535, spread over the salt."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return _spread(int.from_bytes(super().new_salt(ikm, plaintext)[:2], "big"))


@shelf(UNIQUE, NOT_REUSED)
class SaltOfOneRandomOctet(PlainEncoder):
    """`fill(Math.random() * 256)`: the same octet sixteen times."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return super().new_salt(ikm, plaintext)[:1] * 16


@shelf(UNIQUE, NOT_REUSED)
class SaltOf32RandomBits(PlainEncoder):
    """`salt.writeUInt32BE(random32())` and zeros behind it: by chance two are alike after some 77,000 messages."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return super().new_salt(ikm, plaintext)[:4].ljust(16, b"\0")


@shelf(UNIQUE, NOT_REUSED)
class SaltFromAPool(PlainEncoder):
    """A pool of 64 salts is made in advance and used round and round."""

    def __init__(self) -> None:
        self.pool, self.count = [super(SaltFromAPool, self).new_salt(b"", b"") for _ in range(64)], 0

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        self.count += 1
        return self.pool[self.count % len(self.pool)]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfEmptyContentIsZero(PlainEncoder):
    """Empty content takes a path of its own, on which no salt is made."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return super().new_salt(ikm, plaintext) if plaintext else bytes(16)


@shelf(UNIQUE, NOT_REUSED)
class SaltByKeyid(PlainEncoder):
    """A sender object is kept for each keyid, and its salt with it."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def aes128gcm_encrypt(self, *, keyid: bytes = b"", **options: object) -> dict[str, bytes]:
        if keyid:
            options.setdefault("salt", self.kept.setdefault(keyid, self.new_salt(b"", b"")))
        return super().aes128gcm_encrypt(keyid=keyid, **options)  # type: ignore[arg-type]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfPaddedMessagesFixed(PlainEncoder):
    """Padding is tested with a fixed salt, and the fixture was shipped."""

    def aes128gcm_encrypt(self, *, pad: int = 0, **options: object) -> dict[str, bytes]:
        if pad:
            options.setdefault("salt", b"salt for padding")
        return super().aes128gcm_encrypt(pad=pad, **options)  # type: ignore[arg-type]


@shelf(UNIQUE, NOT_REUSED)
class SaltOfLongMessagesByKey(PlainEncoder):
    """Messages of several records are sealed by a stream object, which is kept for each key."""

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return hashlib.sha256(ikm).digest()[:16] if len(plaintext) > 4079 else super().new_salt(ikm, plaintext)
