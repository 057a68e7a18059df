"""Decoders and encoders that derive other keys than the text (RFC 8188 sections 2.2 and 2.3)."""

from __future__ import annotations

import hashlib
import hmac

from harness.mutants.aes128gcm.plain import Derivation
from harness.mutants.aes128gcm.two_sided import TwoShelves
from harness.reference.errors import ArgumentError

shelves = TwoShelves()

PRK, CEK, BASE = "2.2/prk", "2.2/cek", "2.3/nonce-base"


# Extract: salt and input-keying material


@shelves(PRK)
class SaltAndIkmSwapped(Derivation):
    """`hmac(ikm, salt)`: the arguments of a library's extract function in the other order."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return hmac.digest(ikm, salt, "sha256")


@shelves(PRK)
class ExtractLeftOut(Derivation):
    """The input-keying material is used as the pseudorandom key: HKDF-Expand alone."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return ikm


@shelves(PRK)
class ExtractByHash(Derivation):
    """`sha256(salt + ikm)` "is the same thing"."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return hashlib.sha256(salt + ikm).digest()


@shelves(PRK)
class ExtractWithoutSalt(Derivation):
    """The salt is handed to expand, where there is no place for it, and extract gets none."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return hmac.digest(bytes(32), ikm, "sha256")


@shelves(PRK)
class ExtractBySha1(Derivation):
    """A library's default hash."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return hmac.digest(salt, ikm, "sha1")


@shelves(PRK, CEK, BASE)
class DerivationBySha512(Derivation):
    """HKDF with SHA-512 throughout."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return hmac.digest(salt, ikm, "sha512")

    def cek(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info + b"\1", "sha512")[:16]

    def nonce_base(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.nonce_info + b"\1", "sha512")[:12]


@shelves(PRK)
class PrkOf16(Derivation):
    """The pseudorandom key is cut to 16 octets, as the CEK is."""

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return super().prk(ikm, salt)[:16]


class _OtherIkm(Derivation):
    def ikm(self, ikm: bytes) -> bytes:
        return ikm

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return super().prk(self.ikm(ikm), salt)


@shelves(PRK)
class IkmCutTo16(_OtherIkm):
    """`uint8_t key[16]`: longer material is cut."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm[:16]


@shelves(PRK)
class IkmCutTo32(_OtherIkm):
    """Cut to 32 octets."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm[:32]


@shelves(PRK)
class IkmCutTo64(_OtherIkm):
    """Cut to the block of SHA-256."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm[:64]


@shelves(PRK)
class IkmFilledTo16(_OtherIkm):
    """Shorter material is filled up with zeros."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.ljust(16, b"\0")


@shelves(PRK)
class IkmFilledTo32(_OtherIkm):
    """Filled up to 32 octets."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.ljust(32, b"\0")


@shelves(PRK)
class IkmHashedAbove64(_OtherIkm):
    """What HMAC does with a long key is done with the message, which the input-keying material is here."""

    def ikm(self, ikm: bytes) -> bytes:
        return hashlib.sha256(ikm).digest() if len(ikm) > 64 else ikm


@shelves(PRK)
class IkmTrailingZerosLost(_OtherIkm):
    """`rtrim($key, "\\0")`, or a column of type BINARY in a database."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.rstrip(b"\0")


@shelves(PRK)
class IkmLeadingZerosLost(_OtherIkm):
    """The key went through a big integer."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.lstrip(b"\0")


@shelves(PRK)
class IkmAsCString(_OtherIkm):
    """`strlen(key)`."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.split(b"\0")[0]


@shelves(PRK)
class IkmTrimmed(_OtherIkm):
    """The key is read from a file and trimmed."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.strip()


@shelves(PRK)
class IkmAsText(_OtherIkm):
    """`key.toString()` in Node: octets that are no UTF-8 become U+FFFD."""

    def ikm(self, ikm: bytes) -> bytes:
        return ikm.decode("utf-8", "replace").encode()


@shelves(PRK)
class IkmAsBase64Url(_OtherIkm):
    """Material that looks like base64url is decoded: 22 characters are "surely" 16 octets."""

    def ikm(self, ikm: bytes) -> bytes:
        from harness.implementations.protocol import decode_octets  # noqa: PLC0415

        try:
            return decode_octets(ikm.decode("ascii")) if len(ikm) == 22 else ikm
        except ValueError:
            return ikm


@shelves(PRK)
class IkmAsHexadecimal(_OtherIkm):
    """Material that looks like hexadecimal digits is decoded."""

    def ikm(self, ikm: bytes) -> bytes:
        try:
            return bytes.fromhex(ikm.decode("ascii"))
        except ValueError:
            return ikm


@shelves(PRK)
class IkmHasToBe16(_OtherIkm):
    """A key of any length but that of AES-128 is refused, though it is not the AES key."""

    def ikm(self, ikm: bytes) -> bytes:
        if len(ikm) != 16:
            raise ArgumentError("the key must have 16 octets")
        return ikm


@shelves(PRK)
class IkmHasToBe16Or32(_OtherIkm):
    """Keys of AES have 16 or 32 octets, so any other length is "a mistake"."""

    def ikm(self, ikm: bytes) -> bytes:
        if len(ikm) not in (16, 32):
            raise ArgumentError("the key must have 16 or 32 octets")
        return ikm


@shelves(PRK)
class IkmBelow16Refused(_OtherIkm):
    """A minimum for the key's strength: sound advice, and no rule of the format."""

    def ikm(self, ikm: bytes) -> bytes:
        if len(ikm) < 16:
            raise ArgumentError("the key is too short")
        return ikm


@shelves(PRK)
class IkmAbove255Refused(_OtherIkm):
    """HKDF's limit on its output is applied to its input."""

    def ikm(self, ikm: bytes) -> bytes:
        if len(ikm) > 255:
            raise ArgumentError("the key is too long")
        return ikm


# Expand: content-encryption key and nonce base


@shelves(CEK, BASE)
class InfoWithoutZero(Derivation):
    """The zero octet after the info strings is left out: C programmers think that it is there."""

    cek_info = b"Content-Encoding: aes128gcm"
    nonce_info = b"Content-Encoding: nonce"


@shelves(CEK)
class CekInfoWithoutZero(Derivation):
    """The zero octet is left out of the CEK's info alone."""

    cek_info = b"Content-Encoding: aes128gcm"


@shelves(BASE)
class NonceInfoWithoutZero(Derivation):
    """The zero octet is left out of the nonce's info alone."""

    nonce_info = b"Content-Encoding: nonce"


@shelves(CEK, BASE)
class InfoWithTwoZeros(Derivation):
    """`sizeof` of a string that already ends in `\\0`: C adds another one."""

    cek_info = b"Content-Encoding: aes128gcm\0\0"
    nonce_info = b"Content-Encoding: nonce\0\0"


@shelves(CEK, BASE)
class InfoWithTheTextP256(Derivation):
    """The info of the older aesgcm coding: its context follows the name."""

    cek_info = b"Content-Encoding: aesgcm\0P-256\0"
    nonce_info = b"Content-Encoding: nonce\0P-256\0"


@shelves(CEK)
class CekInfoOfAesgcm(Derivation):
    """ "aesgcm" instead of "aes128gcm"."""

    cek_info = b"Content-Encoding: aesgcm\0"


@shelves(CEK, BASE)
class InfoInLowerCase(Derivation):
    """A library for HTTP fields wrote the names in lower case."""

    cek_info = b"content-encoding: aes128gcm\0"
    nonce_info = b"content-encoding: nonce\0"


@shelves(CEK, BASE)
class InfoWithoutSpace(Derivation):
    """The space after the colon is missing."""

    cek_info = b"Content-Encoding:aes128gcm\0"
    nonce_info = b"Content-Encoding:nonce\0"


@shelves(BASE)
class NonceInfoOfCek(Derivation):
    """Copy and paste: the nonce comes from the CEK's info, 12 octets of it."""

    nonce_info = Derivation.cek_info


@shelves(BASE)
class NonceBehindCek(Derivation):
    """One HKDF output of 28 octets for both."""

    def nonce_base(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info + b"\1", "sha256")[16:28]


@shelves(CEK, BASE)
class CounterOctetLeftOut(Derivation):
    """The 0x01 of HKDF-Expand is missing: `hmac(prk, info)`."""

    def cek(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info, "sha256")[:16]

    def nonce_base(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.nonce_info, "sha256")[:12]


@shelves(CEK, BASE)
class CounterFromZero(Derivation):
    """HKDF-Expand counts from 0x00."""

    def cek(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info + b"\0", "sha256")[:16]

    def nonce_base(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.nonce_info + b"\0", "sha256")[:12]


@shelves(CEK)
class CekOf32(Derivation):
    """All 32 octets of the HMAC are the key, and the cipher is AES-256 without a word."""

    def cek(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info + b"\1", "sha256")


@shelves(CEK)
class CekLast16(Derivation):
    """The last 16 octets of the HMAC."""

    def cek(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.cek_info + b"\1", "sha256")[16:]


@shelves(BASE)
class NonceBaseLast12(Derivation):
    """The last 12 octets of the HMAC."""

    def nonce_base(self, prk: bytes) -> bytes:
        return hmac.digest(prk, self.nonce_info + b"\1", "sha256")[20:]


@shelves(BASE)
class NonceBaseOfZeros(Derivation):
    """The sequence number alone is the nonce: "the key is new for every message"."""

    def nonce_base(self, prk: bytes) -> bytes:
        return bytes(12)


@shelves("2/aad-empty", "2/aead")
class AadIsTheHeader(Derivation):
    """The header is authenticated as additional data, which would be wise, and is another format."""

    def aad(self, header: bytes) -> bytes:
        return header


@shelves("2/aad-empty", "2/aead")
class AadIsTheCoding(Derivation):
    """The coding's name is the additional data."""

    def aad(self, header: bytes) -> bytes:
        return b"aes128gcm"
