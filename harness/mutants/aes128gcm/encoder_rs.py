"""Encoders that write rs wrong, or take one that there cannot be (RFC 8188 section 2.1)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf
from harness.reference.errors import ArgumentError

shelf = Shelf(ENCODER)


@shelf("2.1/rs")
class RsLittleEndian(PlainEncoder):
    """`struct.pack("<I", rs)`, or a `memcpy` from an `uint32_t` on x86."""

    def write_rs(self, rs: int) -> bytes:
        return rs.to_bytes(4, "little")


@shelf("2.1/rs")
class RsOf16Bits(PlainEncoder):
    """`setUint16(18, rs)`: the upper half stays zero."""

    def write_rs(self, rs: int) -> bytes:
        return (rs & 0xFFFF).to_bytes(4, "big")


@shelf("2.1/rs")
class RsOf24Bits(PlainEncoder):
    """`writeUIntBE(rs, 17, 3)`."""

    def write_rs(self, rs: int) -> bytes:
        return (rs & 0xFFFFFF).to_bytes(4, "big")


@shelf("2.1/rs")
class RsOf31Bits(PlainEncoder):
    """A signed integer, whose sign is masked away."""

    def write_rs(self, rs: int) -> bytes:
        return (rs & 0x7FFFFFFF).to_bytes(4, "big")


@shelf("2.1/rs")
class RsOneMore(PlainEncoder):
    """The header says one octet more than records have."""

    def write_rs(self, rs: int) -> bytes:
        return min(rs + 1, 2**32 - 1).to_bytes(4, "big")


@shelf("2.1/rs")
class RsOneLess(PlainEncoder):
    """The header says one octet less than records have."""

    def write_rs(self, rs: int) -> bytes:
        return (rs - 1).to_bytes(4, "big")


@shelf("2.1/rs", "2/fixed-record-size")
class RsWithoutTheTag(PlainEncoder):
    """The header says the size before sealing, as in early drafts."""

    def write_rs(self, rs: int) -> bytes:
        return (rs - 16).to_bytes(4, "big")


@shelf("2.1/rs")
class RsAlways4096(PlainEncoder):
    """The header says 4096, whatever records have."""

    def write_rs(self, rs: int) -> bytes:
        return (4096).to_bytes(4, "big")


@shelf("2.1/rs")
class RsIgnored(PlainEncoder):
    """The option is spelt another way in the code than in the documentation: 4096 is used for all."""

    def effective_rs(self, rs: int) -> int:
        return 4096


@shelf("2.1/rs")
class RsAtMost4096(PlainEncoder):
    """A larger rs is reduced to 4096 without a word."""

    def effective_rs(self, rs: int) -> int:
        return min(rs, 4096)


@shelf("2.1/rs")
class RsAtMost65535(PlainEncoder):
    """A larger rs is reduced to 65,535 without a word."""

    def effective_rs(self, rs: int) -> int:
        return min(rs, 65535)


@shelf("2.1/rs")
class RsRoundedTo16(PlainEncoder):
    """rs is rounded up to a multiple of the AES block."""

    def effective_rs(self, rs: int) -> int:
        return max(32, -(-rs // 16) * 16)


@shelf("2.1/rs-minimum")
class Rs17Accepted(PlainEncoder):
    """`if (rs < 17) throw`: with no content, rs 17 even works."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, 18 if rs == 17 else rs, keyid)

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if room < 1 and length + pad:
            raise ArgumentError("no room")
        return super().shares(length, pad, room)


@shelf("2.1/rs-minimum")
class SmallRsAccepted(PlainEncoder):
    """rs is not checked: the header says it, and records are as large as it takes."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, max(18, rs), keyid)

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, max(1, room))


@shelf("2.1/rs-minimum")
class SmallRsRaisedTo18(PlainEncoder):
    """`Math.max(rs, 18)`: an invalid argument is repaired without a word."""

    def effective_rs(self, rs: int) -> int:
        return max(rs, 18)


@shelf("2.1/rs-minimum")
class RsZeroTakenAsTheDefault(PlainEncoder):
    """`rs || 4096` in JavaScript: zero is falsy."""

    def effective_rs(self, rs: int) -> int:
        return rs or 4096


@shelf("2.1/rs-minimum")
class SmallRsEscapes(PlainEncoder):
    """`range(0, n, rs - 17)`: a step of zero or less raises what nobody documented."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        if rs < 18:
            raise ZeroDivisionError("step")
        super().check(salt, rs, keyid)


@shelf("2.1/rs-minimum")
class Rs18Refused(PlainEncoder):
    """`if (rs <= 18) throw`: the least valid value is refused."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        if rs == 18:
            raise ArgumentError("rs is too small")
        super().check(salt, rs, keyid)


@shelf("2.1/rs")
class RsWrapsAt2To32(PlainEncoder):
    """`rs >>> 0` in JavaScript, a cast to `uint32_t` in C: 2^32 + 4096 is written as 4096."""

    def effective_rs(self, rs: int) -> int:
        return rs % 2**32


@shelf("2.1/rs")
class RsAbove2To32IsTheLargest(PlainEncoder):
    """A saturating cast in Rust: `rs as u32` from a float, or `u32::try_from(rs).unwrap_or(u32::MAX)`."""

    def effective_rs(self, rs: int) -> int:
        return min(rs, 2**32 - 1)


@shelf("2.1/rs")
class RsAbove2To32Escapes(PlainEncoder):
    """`struct.pack(">I", rs)` raises `struct.error`, `rs.to_bytes(4)` OverflowError, and nobody catches it."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, min(rs, 2**32 - 1), keyid)


@shelf("2.1/rs-minimum", "2.1/rs")
class DefaultRsIsTheRecord(PlainEncoder):
    """Where no rs is asked for it is what the one record needs, content and 17: for empty content, 17."""

    def aes128gcm_encrypt(self, *, plaintext: bytes, pad: int = 0, **options: object) -> dict[str, bytes]:
        self.default_rs = len(plaintext) + pad + 17
        return super().aes128gcm_encrypt(plaintext=plaintext, pad=pad, **options)  # type: ignore[arg-type]

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, max(rs, 18) if rs == self.default_rs else rs, keyid)

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, room) if length + pad else [(0, 0)]
