"""Decoders that read rs wrong, or refuse or accept the wrong values of it (RFC 8188 section 2.1)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import LimitError, RecordSizeError

shelf = Shelf(DECODER)


@shelf("2.1/rs")
class RsLittleEndian(PlainDecoder):
    """`DataView.getUint32(16, true)`, or a `memcpy` into an `uint32_t` on x86: rs in the machine's byte order."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field, "little")


@shelf("2.1/rs")
class RsSigned(PlainDecoder):
    """Java's `ByteBuffer.getInt()`, or `b[0] << 24 | …` in JavaScript: from 2^31 on rs is negative and "too small"."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field, "big", signed=True)


@shelf("2.1/rs")
class RsWithoutItsTopBit(PlainDecoder):
    """Masked with `& 0x7fffffff` so that it fits the signed integer of PHP on 32 bits, or of Java."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field, "big") & 0x7FFFFFFF


@shelf("2.1/rs")
class RsOf24Bits(PlainDecoder):
    """The first of the four octets is skipped: `buf.readUIntBE(17, 3)`."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field[1:], "big")


@shelf("2.1/rs")
class RsOf16Bits(PlainDecoder):
    """`getUint16(18)`, since nobody would use more: rs modulo 65,536."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field[2:], "big")


@shelf("2.1/rs")
class RsFirstTwoOctets(PlainDecoder):
    """`unpack("n", …)` at octet 16 in PHP or Ruby, where `N` was meant: the upper half, which is zero most days."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field[:2], "big")


@shelf("2.1/rs")
class RsSignExtendedOctets(PlainDecoder):
    """Java octets are signed: `b[2] << 8 | b[3]` without `& 0xff` smears ones over the upper octets."""

    def read_rs(self, field: bytes) -> int:
        value = 0
        for octet in field:
            value = (value << 8) | (octet - 256 if octet > 127 else octet)
        return value % 2**32


@shelf("2.1/rs")
class RsMiddleEndian(PlainDecoder):
    """Two `htons` halves put together in the wrong order."""

    def read_rs(self, field: bytes) -> int:
        return int.from_bytes(field[2:] + field[:2], "big")


@shelf("2.1/rs")
class RsDefaultsTo4096(PlainDecoder):
    """The header's rs is read over: 4096 is what everybody sends."""

    def read_rs(self, field: bytes) -> int:
        return 4096


@shelf("2.1/rs-minimum")
class Rs17Accepted(PlainDecoder):
    """`if (rs < 17)`: a delimiter and a tag fit, so it seems enough; the text says 18."""

    def check_rs(self, rs: int) -> None:
        if rs < 17:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs-minimum")
class Rs16AndLessRefused(PlainDecoder):
    """`if (rs <= TAG_LENGTH)`, as older drafts had it with their own overhead of one octet less."""

    def check_rs(self, rs: int) -> None:
        if rs <= 16:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs-minimum")
class RsZeroAloneRefused(PlainDecoder):
    """Only the division by zero was noticed."""

    def check_rs(self, rs: int) -> None:
        if rs == 0:
            raise RecordSizeError("rs is 0")


@shelf("2.1/rs-minimum")
class RsUnchecked(PlainDecoder):
    """No check at all; a body that is short enough is taken for one record."""

    def check_rs(self, rs: int) -> None:
        return

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return super().cut(body, max(rs, 17))

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending > max(rs, 17)


@shelf("2.1/rs-minimum")
class RsBelow18TakenAs18(PlainDecoder):
    """`rs = Math.max(rs, 18)`: the invalid value is repaired instead of refused."""

    def read_rs(self, field: bytes) -> int:
        return max(18, super().read_rs(field))


@shelf("2.1/rs-minimum")
class RsZeroTakenAsTheDefault(PlainDecoder):
    """`rs = header.rs || 4096` in JavaScript: zero is falsy."""

    def read_rs(self, field: bytes) -> int:
        return super().read_rs(field) or 4096


@shelf("2.1/rs-minimum")
class Rs18Refused(PlainDecoder):
    """`if (rs <= 18)`: the least valid value is refused."""

    def check_rs(self, rs: int) -> None:
        if rs <= 18:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs-minimum", "2.1/rs")
class RsBelow32Refused(PlainDecoder):
    """A "sanity" minimum of an AES block and a tag."""

    def check_rs(self, rs: int) -> None:
        if rs < 32:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs-minimum")
class RsCheckedInWholeMessagesOnly(PlainDecoder):
    """The check stands in `decrypt()`; the stream class has a parser of its own without it."""

    def check_rs(self, rs: int) -> None:
        return

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        if len(message) > 20 and int.from_bytes(message[16:20], "big") < 18:
            raise RecordSizeError("rs is too small")
        return super().whole(ikm, message)

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending > max(rs, 18)


@shelf("2.1/rs")
class RsAbove4096Refused(PlainDecoder):
    """Web Push services take 4096 octets, so a larger rs "must be an attack"."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs > 4096:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs")
class RsAbove65535Refused(PlainDecoder):
    """A buffer with a 16-bit length behind it."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs > 65535:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs")
class RsAbove2To24Refused(PlainDecoder):
    """A limit of 16 MiB on what the header claims, though the records there are small."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs > 2**24:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs")
class RsFrom2To31Refused(PlainDecoder):
    """`Int32.MaxValue` as the limit, in C# and Java: the largest array."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs >= 2**31:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs")
class RsLargestRefused(PlainDecoder):
    """2^32-1 stands for "not set" in the caller's code."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs == 2**32 - 1:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs")
class RsAllocated(PlainDecoder):
    """`Buffer.alloc(rs)` before a record is read: the header alone decides how much memory is taken.

    Here a container of 1 GiB is stood in for by the exception that it ends in.
    """

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs >= 2**30:
            raise MemoryError


@shelf("2.1/rs", "2/last-record-size")
class RsLargerThanTheBodyRefused(PlainDecoder):
    """The body has to hold one full record at least, or "the header is wrong"."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) < rs:
            raise RecordSizeError("rs is larger than the body")
        return super().cut(body, rs)


@shelf("2.1/rs")
class RsNotAMultipleOf2Refused(PlainDecoder):
    """Record sizes "are powers of two, or even at least"."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs % 2:
            raise RecordSizeError(f"rs is {rs}")


@shelf("2.1/rs", "2/last-record-size")
class RsLimitOnTheHeader(PlainDecoder):
    """A memory limit of 100,000 octets a record is applied to rs, not to the records that come."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs > 100_000:
            raise LimitError(f"rs is {rs}")
