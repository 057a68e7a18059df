"""Encoders that write salt, idlen or keyid wrong, or take what the header cannot say (RFC 8188 section 2.1)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf
from harness.reference.errors import ArgumentError

shelf = Shelf(ENCODER)


# keyid


@shelf("2.1/idlen")
class KeyidCutAt255(PlainEncoder):
    """A longer keyid is cut without a word."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid[:255])

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid[:255])


@shelf("2.1/idlen")
class IdlenWrapsAt256(PlainEncoder):
    """`header[20] = keyid.length` in JavaScript or C: modulo 256, and the whole keyid behind it."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid[:255])

    def write_keyid(self, keyid: bytes) -> bytes:
        return bytes([len(keyid) % 256]) + keyid


@shelf("2.1/idlen")
class IdlenWrapsAndCuts(PlainEncoder):
    """The length is taken modulo 256, and so many octets of the keyid are copied."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid[:255])

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid[: len(keyid) % 256])


@shelf("2.1/idlen")
class LongKeyidEscapes(PlainEncoder):
    """`bytes([len(keyid)])` raises ValueError in Python, which is not the library's own error."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid[:255])

    def write_keyid(self, keyid: bytes) -> bytes:
        if len(keyid) > 255:
            raise OverflowError("bytes must be in range(0, 256)")
        return super().write_keyid(keyid)


@shelf("2.1/idlen", "2.1/keyid")
class KeyidOf255Refused(PlainEncoder):
    """`if (keyid.length >= 255) throw`."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid + b"." if len(keyid) == 255 else keyid)


@shelf("2.1/idlen", "2.1/keyid")
class KeyidAbove127Refused(PlainEncoder):
    """idlen is kept in a signed octet."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        if len(keyid) > 127:
            raise ArgumentError("the keyid is too long")
        super().check(salt, rs, keyid)


@shelf("2.1/idlen")
class IdlenInCharacters(PlainEncoder):
    """`keyid.length` of the text, not of its UTF-8 octets."""

    def write_keyid(self, keyid: bytes) -> bytes:
        try:
            return bytes([len(keyid.decode())]) + keyid
        except UnicodeDecodeError:
            return super().write_keyid(keyid)


@shelf("2.1/keyid", "2.1/idlen")
class KeyidIgnored(PlainEncoder):
    """The option is never read."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return b"\0"


@shelf("2.1/keyid")
class KeyidAsCString(PlainEncoder):
    """`strlen(keyid)`."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid.split(b"\0")[0])


@shelf("2.1/keyid")
class KeyidTrimmed(PlainEncoder):
    """`keyid.trim()`."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid.strip())


@shelf("2.1/keyid")
class KeyidLowerCased(PlainEncoder):
    """Keyids are lower case by convention, so the encoder sees to it."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid.lower())


@shelf("2.1/keyid", "2.1/idlen")
class KeyidAsBase64Url(PlainEncoder):
    """The keyid is written as base64url text, as the Crypto-Key field had it."""

    def write_keyid(self, keyid: bytes) -> bytes:
        from harness.implementations.protocol import encode_octets  # noqa: PLC0415

        return super().write_keyid(encode_octets(keyid).encode()[:255])


@shelf("2.1/keyid", "2.1/idlen")
class KeyidAsUtf8(PlainEncoder):
    """Octets are taken for Latin-1 text and written as UTF-8."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid.decode("latin-1").encode()[:255])


@shelf("2.1/keyid")
class KeyidReplacedInUtf8(PlainEncoder):
    """`Buffer.from(keyid.toString())`: octets that are no UTF-8 become U+FFFD."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid.decode("utf-8", "replace").encode())


@shelf("2.1/header", "2.1/idlen")
class IdlenLeftOutIfZero(PlainEncoder):
    """Without a keyid its length is not written either: the header has 20 octets."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid(keyid) if keyid else b""


@shelf("2.1/idlen", "2.1/header")
class IdlenOfTwoOctets(PlainEncoder):
    """The length is written in two octets, as every other length in the protocol around it."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return len(keyid).to_bytes(2, "big") + keyid


@shelf("2.1/idlen", "2.1/keyid")
class KeyidEndsInZero(PlainEncoder):
    """The terminating zero of a C string is counted and copied."""

    def write_keyid(self, keyid: bytes) -> bytes:
        return super().write_keyid((keyid + b"\0")[:255])


# salt


@shelf("2.1/salt")
class SaltIgnored(PlainEncoder):
    """The salt that was asked for is not used: there is always a new one."""

    def given_salt(self, salt: bytes) -> bytes:
        self.check(salt, 18, b"")
        return self.new_salt(b"", b"")


@shelf("2.1/salt")
class SaltFilledTo16(PlainEncoder):
    """A shorter salt is filled up with zeros without a word."""

    def given_salt(self, salt: bytes) -> bytes:
        return salt.ljust(16, b"\0")


@shelf("2.1/salt")
class SaltCutTo16(PlainEncoder):
    """A longer salt is cut without a word."""

    def given_salt(self, salt: bytes) -> bytes:
        return salt[:16]


@shelf("2.1/salt")
class SaltOfAnyLength(PlainEncoder):
    """The salt's length is not looked at: a header that nobody can read comes out."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(bytes(16), rs, keyid)


@shelf("2.1/salt")
class SaltOfZerosReplaced(PlainEncoder):
    """A salt of zeros is "not set", and replaced by a random one."""

    def given_salt(self, salt: bytes) -> bytes:
        return salt if any(salt) else self.new_salt(b"", b"")


@shelf("2.1/salt")
class SaltHashed(PlainEncoder):
    """The salt that was asked for is a "seed", which is hashed into the real one."""

    def given_salt(self, salt: bytes) -> bytes:
        import hashlib  # noqa: PLC0415

        return hashlib.sha256(salt).digest()[:16] if len(salt) == 16 else salt


@shelf("2.1/salt", "2.1/header")
class SaltBehindRs(PlainEncoder):
    """rs comes first, then the salt."""

    def aes128gcm_encrypt(self, **options: object) -> dict[str, bytes]:
        message = super().aes128gcm_encrypt(**options)["message"]  # type: ignore[arg-type]
        return {"message": message[16:20] + message[:16] + message[20:]}


@shelf("2.1/salt", "2.2/prk")
class KeysFromAnotherSalt(PlainEncoder):
    """`randomBytes(16)` is called twice: the header shows one salt, and the keys are from the other."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, self.new_salt(ikm, plaintext), rs, header, plaintext, pad)


@shelf("2.1/salt", "2.2/prk")
class SaltAsCString(PlainEncoder):
    """Keys are derived with `strlen(salt)` octets of it."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt.split(b"\0")[0], rs, header, plaintext, pad)


@shelf("2.1/header")
class HeaderLeftOut(PlainEncoder):
    """The header's fields are sent as HTTP fields, as in the older aesgcm coding: the body is records alone."""

    def aes128gcm_encrypt(self, **options: object) -> dict[str, bytes]:
        message = super().aes128gcm_encrypt(**options)["message"]  # type: ignore[arg-type]
        return {"message": message[21 + message[20] :]}


@shelf("2.1/header")
class BodyAsBase64Url(PlainEncoder):
    """The body comes out as base64url text."""

    def aes128gcm_encrypt(self, **options: object) -> dict[str, bytes]:
        from harness.implementations.protocol import encode_octets  # noqa: PLC0415

        return {"message": encode_octets(super().aes128gcm_encrypt(**options)["message"]).encode()}  # type: ignore[arg-type]
