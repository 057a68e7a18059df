"""The content encryption of a JWE (RFC 7518 section 5), and its compression (RFC 7516 section 4.1.3)."""

import hmac
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from harness.reference.jose_errors import AuthError, LimitError, ZipError


class ContentEncryption(Protocol):
    """One value of "enc", with its lengths in octets. A CEK and an IV of another length are the caller's fault."""

    @property
    def name(self) -> str: ...
    @property
    def cek_length(self) -> int: ...
    @property
    def iv_length(self) -> int: ...
    @property
    def tag_length(self) -> int: ...

    def encrypt(self, cek: bytes, iv: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
        """Ciphertext and authentication tag."""

    def decrypt(self, cek: bytes, iv: bytes, ciphertext: bytes, tag: bytes, aad: bytes) -> bytes:
        """The plaintext, or AuthError."""


@dataclass(frozen=True, slots=True)
class _Gcm:
    """Section 5.3: a 96-bit IV and a tag of 128 bits."""

    name: str
    cek_length: int
    iv_length: int = 12
    tag_length: int = 16

    def encrypt(self, cek: bytes, iv: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
        sealed = AESGCM(cek).encrypt(iv, plaintext, aad)
        return sealed[:-16], sealed[-16:]

    def decrypt(self, cek: bytes, iv: bytes, ciphertext: bytes, tag: bytes, aad: bytes) -> bytes:
        try:
            return AESGCM(cek).decrypt(iv, ciphertext + tag, aad)
        except InvalidTag:
            raise AuthError from None


@dataclass(frozen=True, slots=True)
class _CbcHmac:
    """Section 5.2: the first half of the CEK is the MAC's, the second the cipher's; the MAC is cut to half."""

    name: str
    cek_length: int
    digest: str
    iv_length: int = 16

    @property
    def tag_length(self) -> int:
        return self.cek_length // 2

    def _tag(self, cek: bytes, iv: bytes, ciphertext: bytes, aad: bytes) -> bytes:
        aad_bits = (len(aad) * 8).to_bytes(8, "big")
        mac = hmac.digest(cek[: len(cek) // 2], aad + iv + ciphertext + aad_bits, self.digest)
        return mac[: self.tag_length]

    def encrypt(self, cek: bytes, iv: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
        padder = PKCS7(128).padder()
        encryptor = Cipher(AES(cek[len(cek) // 2 :]), CBC(iv)).encryptor()
        ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
        return ciphertext, self._tag(cek, iv, ciphertext, aad)

    def decrypt(self, cek: bytes, iv: bytes, ciphertext: bytes, tag: bytes, aad: bytes) -> bytes:
        # section 5.2.2.2: nothing is deciphered before the tag is found right
        if not hmac.compare_digest(self._tag(cek, iv, ciphertext, aad), tag):
            raise AuthError
        try:
            decryptor = Cipher(AES(cek[len(cek) // 2 :]), CBC(iv)).decryptor()
            unpadder = PKCS7(128).unpadder()
            padded = decryptor.update(ciphertext) + decryptor.finalize()
            return unpadder.update(padded) + unpadder.finalize()
        except ValueError:
            raise AuthError from None


_ALL: tuple[ContentEncryption, ...] = (
    _Gcm("A128GCM", 16),
    _Gcm("A192GCM", 24),
    _Gcm("A256GCM", 32),
    _CbcHmac("A128CBC-HS256", 32, "sha256"),
    _CbcHmac("A192CBC-HS384", 48, "sha384"),
    _CbcHmac("A256CBC-HS512", 64, "sha512"),
)
CONTENT_ENCRYPTIONS: Mapping[str, ContentEncryption] = MappingProxyType({enc.name: enc for enc in _ALL})
"""By the value of "enc"."""


def deflate(plaintext: bytes) -> bytes:
    """ "zip" DEF: a DEFLATE stream without a wrapper (RFC 1951)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(plaintext) + compressor.flush()


def inflate(octets: bytes, limit: int) -> bytes:
    """The content of one whole DEFLATE stream of at most `limit` octets; no more than that is ever made."""
    decompressor = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        plaintext = decompressor.decompress(octets, limit + 1)
    except zlib.error:
        raise ZipError("the plaintext is not a DEFLATE stream") from None
    if len(plaintext) > limit:
        raise LimitError(f"the plaintext inflates to more than the limit of {limit} octets")
    if not decompressor.eof or decompressor.unused_data:
        raise ZipError("the plaintext is not one whole DEFLATE stream")
    return plaintext
