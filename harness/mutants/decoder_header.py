"""Decoders that read the header wrong (RFC 8188 section 2.1)."""

from __future__ import annotations

from harness.mutants.model import DECODER, Shelf
from harness.mutants.plain import Header, PlainDecoder
from harness.reference.errors import HeaderError, LimitError, RecordSizeError

shelf = Shelf(DECODER)


# rs


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


# idlen and keyid


@shelf("2.1/idlen")
class IdlenSigned(PlainDecoder):
    """Java's `buffer.get()` is signed: a keyid of 128 octets or more has a negative length."""

    def read_idlen(self, octet: int) -> int:
        if octet > 127:
            raise HeaderError(f"idlen is {octet - 256}")
        return octet


@shelf("2.1/idlen", "2.1/keyid")
class IdlenIgnored(PlainDecoder):
    """Records "start at octet 21": right as long as nobody sends a keyid."""

    def read_idlen(self, octet: int) -> int:
        return 0


@shelf("2.1/idlen")
class IdlenOf7Bits(PlainDecoder):
    """The top bit is masked away as reserved."""

    def read_idlen(self, octet: int) -> int:
        return octet & 0x7F


@shelf("2.1/idlen")
class Idlen255Refused(PlainDecoder):
    """`if (idlen >= 255)`: the largest length is refused."""

    def read_idlen(self, octet: int) -> int:
        if octet == 255:
            raise HeaderError("idlen is 255")
        return octet


@shelf("2.1/idlen", "2.1/keyid")
class KeyidAbove65Refused(PlainDecoder):
    """Written for Web Push, where a keyid is a point of 65 octets: a longer one "cannot be"."""

    def read_idlen(self, octet: int) -> int:
        if octet > 65:
            raise HeaderError(f"idlen is {octet}")
        return octet


@shelf("2.1/idlen", "2.1/keyid")
class KeyidAbove16Refused(PlainDecoder):
    """A column of 16 octets in the key table."""

    def read_idlen(self, octet: int) -> int:
        if octet > 16:
            raise HeaderError(f"idlen is {octet}")
        return octet


@shelf("2.1/keyid", "2.1/header")
class KeyidRequired(PlainDecoder):
    """An empty keyid is refused: "no key named"."""

    def read_idlen(self, octet: int) -> int:
        if octet == 0:
            raise HeaderError("no keyid")
        return octet


@shelf("2.1/keyid")
class KeyidHasToBeUtf8(PlainDecoder):
    """`header.slice(21, n).decode("utf-8")` in Python raises where the keyid is a raw point or a random number."""

    def read_keyid(self, field: bytes) -> bytes:
        try:
            return field.decode("utf-8").encode("utf-8")
        except UnicodeDecodeError:
            raise HeaderError("the keyid is not UTF-8") from None


@shelf("2.1/keyid", modelled_on="the keyid of PyPI http-ece 1.2.1, which raises UnicodeDecodeError")
class KeyidNotUtf8Escapes(PlainDecoder):
    """The same, and nobody catches the error: it leaves the library as what it is."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.decode("utf-8").encode("utf-8")


@shelf("2.1/keyid")
class KeyidReplacedInUtf8(PlainDecoder):
    """`buf.toString()` in Node or `new TextDecoder().decode()`: octets that are no UTF-8 become U+FFFD."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.decode("utf-8", "replace").encode("utf-8")


@shelf("2.1/keyid")
class KeyidWithoutByteOrderMark(PlainDecoder):
    """`new TextDecoder().decode(keyid)` drops a leading byte order mark unless `ignoreBOM` is set."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.removeprefix(b"\xef\xbb\xbf")


@shelf("2.1/keyid")
class KeyidAsAscii(PlainDecoder):
    """`decode("ascii", "ignore")`: octets of 128 and more are dropped."""

    def read_keyid(self, field: bytes) -> bytes:
        return bytes(octet for octet in field if octet < 128)


@shelf("2.1/keyid")
class KeyidAsCString(PlainDecoder):
    """`strndup` in C: the keyid ends at its first zero octet."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.split(b"\0")[0]


@shelf("2.1/keyid")
class KeyidTrimmed(PlainDecoder):
    """`keyid.trim()`, for keyids that came from a form."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.strip()


@shelf("2.1/keyid")
class KeyidLowerCased(PlainDecoder):
    """Keyids are compared in lower case, and handed on so."""

    def read_keyid(self, field: bytes) -> bytes:
        return field.lower()


@shelf("2.1/keyid")
class KeyidWithItsLength(PlainDecoder):
    """The slice starts at octet 20: idlen becomes the keyid's first octet, and its last is lost."""

    def parse_header(self, octets: bytes) -> Header:
        header = super().parse_header(octets)
        return Header(header.salt, header.rs, octets[20 : header.length - 1], header.length)


@shelf("2.1/keyid", "2.1/idlen")
class KeyidAsBase64Url(PlainDecoder):
    """The octets of the keyid are taken for base64url text, as in the older Crypto-Key field, and so measured."""

    def read_idlen(self, octet: int) -> int:
        return (octet * 4 + 2) // 3


# salt


@shelf("2.1/salt", "2.2/prk")
class SaltAsCString(PlainDecoder):
    """The salt is handed to HKDF with `strlen(salt)`: it ends at its first zero octet."""

    def read_salt(self, field: bytes) -> bytes:
        return field.split(b"\0")[0]


@shelf("2.1/salt", "2.2/prk")
class SaltAsText(PlainDecoder):
    """`buf.slice(0, 16).toString()` in Node: octets that are no UTF-8 become U+FFFD."""

    def read_salt(self, field: bytes) -> bytes:
        return field.decode("utf-8", "replace").encode("utf-8")


@shelf("2.1/salt", "2.2/prk")
class SaltAsLatin1Text(PlainDecoder):
    """`binary.decode('latin-1')` and later encoded as UTF-8 by HMAC: two octets for each above 127."""

    def read_salt(self, field: bytes) -> bytes:
        return field.decode("latin-1").encode("utf-8")


@shelf("2.1/salt", "2.2/prk")
class SaltAsNumber(PlainDecoder):
    """`new BigInteger(1, salt).toByteArray()` and back: leading zero octets are lost."""

    def read_salt(self, field: bytes) -> bytes:
        return field.lstrip(b"\0")


@shelf("2.1/salt", "2.2/prk")
class SaltTrimmed(PlainDecoder):
    """White space at the ends of the salt is trimmed, with the rest of the "header text"."""

    def read_salt(self, field: bytes) -> bytes:
        return field.strip()


@shelf("2.1/salt", "2.1/header", "2.2/prk")
class SaltOf12(PlainDecoder):
    """Only the first 12 octets are used: confused with the nonce."""

    def read_salt(self, field: bytes) -> bytes:
        return field[:12]


@shelf("2.1/salt", "2.2/prk")
class SaltLastOctetDropped(PlainDecoder):
    """`salt = message.substring(0, 15)`: an end that was meant to be inclusive."""

    def read_salt(self, field: bytes) -> bytes:
        return field[:15]


@shelf("2.1/salt", "2.2/prk")
class SaltOfZerosAsNone(PlainDecoder):
    """A salt of zeros is taken for "no salt", and HKDF's default of 32 zeros would do; here it is refused."""

    def read_salt(self, field: bytes) -> bytes:
        if not any(field):
            raise HeaderError("the salt is missing")
        return field


# The header as a whole


@shelf("2.1/header")
class HeaderCutShortIsEmptyMessage(PlainDecoder):
    """`if (body.length < 21) return Buffer.alloc(0)`: nothing in, nothing out."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        return self.result(b"", b"") if len(message) < 21 else super().whole(ikm, message)


@shelf("2.1/header")
class EmptyBodyIsEmptyMessage(PlainDecoder):
    """A body of no octets at all is "empty content", as with other codings."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        return super().whole(ikm, message) if message else self.result(b"", b"")


@shelf("2.1/header")
class HeaderCutShortIsReturned(PlainDecoder):
    """What is too short to be sealed is "not encrypted", and handed on as it is."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        return self.result(message, b"") if len(message) < 21 else super().whole(ikm, message)


@shelf("2.1/header")
class HeaderCutShortEscapes(PlainDecoder):
    """Octets are read without looking at the length: `ArrayIndexOutOfBoundsException`, a panic in Go and Rust."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        message[20]
        return super().whole(ikm, message)


@shelf("2.1/idlen")
class KeyidCutShortEscapes(PlainDecoder):
    """The keyid is sliced as `message[21:21+idlen]` in Go, which panics where the message ends before."""

    def parse_header(self, octets: bytes) -> Header:
        if len(octets) > 20 and len(octets) < 21 + octets[20]:
            raise IndexError("slice bounds out of range")
        return super().parse_header(octets)


@shelf("2.1/idlen")
class KeyidCutShortAccepted(PlainDecoder):
    """JavaScript's `slice` stops at the end without a word: a keyid cut short, and then no record, is empty content."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        if len(message) > 20 and len(message) < 21 + message[20]:
            return self.result(b"", message[21:])
        return super().whole(ikm, message)


@shelf("2.1/header")
class SaltTwice(PlainDecoder):
    """The salt is skipped twice where rs looks impossible: a tolerance for a sender that no longer exists."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        if len(message) > 37 and message[:16] == message[16:32]:
            message = message[16:]
        return super().whole(ikm, message)


@shelf("2.1/header")
class TextDecodedFirst(PlainDecoder):
    """A body of base64url text is decoded first: convenient for tests, and it stayed in."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            from harness.implementations.protocol import decode_octets  # noqa: PLC0415

            message = decode_octets(message.decode("ascii"))
        except ValueError:
            pass
        return super().whole(ikm, message)


@shelf("2.1/rs", "2/last-record-size")
class RsLimitOnTheHeader(PlainDecoder):
    """A memory limit of 100,000 octets a record is applied to rs, not to the records that come."""

    def check_rs(self, rs: int) -> None:
        super().check_rs(rs)
        if rs > 100_000:
            raise LimitError(f"rs is {rs}")
