"""Decoders that read salt, idlen or keyid wrong, or do not see that they are cut short (RFC 8188 section 2.1)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import Header, PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import HeaderError

shelf = Shelf(DECODER)
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
