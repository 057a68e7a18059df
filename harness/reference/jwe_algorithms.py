"""The key management of a JWE (RFC 7518 section 4, RFC 8037 section 3.2): where the CEK comes from, by "alg".

Each algorithm has two sides. `provide` makes the encrypted key for a CEK, or determines the CEK, and says which
header parameters that needs. `recover` finds the CEK. What depends on no secret (a wrong key, a parameter that is
missing) it refuses with a JoseError that says so; anything else that goes wrong ends in one of FAILURES, which
nobody is to tell apart.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from harness.reference.jose_errors import (
    EncryptedKeyError,
    HeaderError,
    InvalidKeyError,
    IvError,
    LimitError,
    TagError,
    shown,
)
from harness.reference.jose_header import decode_text, encode_text
from harness.reference.jwe_encryption import ContentEncryption
from harness.reference.jwk import Key

FAILURES = (ValueError, InvalidTag, InvalidUnwrap)
"""How `recover` ends for an encrypted key that is not right."""
DEFAULT_P2C = 100_000
SALT_LENGTH = 16

WRAP, UNWRAP = ("wrapKey", "encrypt"), ("unwrapKey", "decrypt")
"""RFC 7517 section 4.3: to encrypt a key. Of these two operations, key owners use one or the other."""

Header = Mapping[str, Any]


class Choices(NamedTuple):
    """What a producer may prescribe; None is chosen at random."""

    cek: bytes | None = None
    ephemeral: Key | None = None
    """ECDH-ES: the private key whose public part becomes "epk"."""
    key_iv: bytes | None = None
    """A*GCMKW: the initialization vector that becomes "iv"."""


class Provided(NamedTuple):
    cek: bytes
    encrypted_key: bytes
    parameters: Header = MappingProxyType({})
    """Header parameters that the recipient needs: epk, iv and tag, p2s and p2c."""


class KeyManagement(Protocol):
    """One value of "alg"."""

    @property
    def name(self) -> str: ...

    @property
    def is_direct(self) -> bool:
        """Whether the CEK is determined, not chosen: so there is one recipient, and an empty encrypted key."""

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided: ...

    def recover(
        self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int
    ) -> bytes: ...


def new_cek(enc: ContentEncryption, choices: Choices) -> bytes:
    """Random and of the length that "enc" asks for, unless the caller brings one (RFC 7516 section 5.1 step 2)."""
    cek = os.urandom(enc.cek_length) if choices.cek is None else choices.cek
    if len(cek) != enc.cek_length:
        raise InvalidKeyError(f"the CEK has {len(cek)} octets; {enc.name} needs {enc.cek_length}")
    return cek


def no_encrypted_key(encrypted_key: bytes) -> None:
    """RFC 7516 section 5.2 step 10."""
    if encrypted_key:
        raise EncryptedKeyError("the CEK is not encrypted with this algorithm, yet there is an encrypted key")


@dataclass(frozen=True, slots=True)
class _Direct:
    """Section 4.5. The key's "alg" may be that of the content encryption, whose key it is."""

    name: str = "dir"
    is_direct: bool = True

    def _cek(self, key: Key, enc: ContentEncryption, operation: str) -> bytes:
        key.require(("dir", enc.name), "oct", "enc", (operation,))
        if len(key.octets) != enc.cek_length:
            raise InvalidKeyError(f"{enc.name} needs a key of {enc.cek_length} octets; it has {len(key.octets)}")
        return key.octets

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        return Provided(self._cek(key, enc, "encrypt"), b"")

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        cek = self._cek(key, enc, "decrypt")
        no_encrypted_key(encrypted_key)
        return cek


@dataclass(frozen=True, slots=True)
class _Rsa:
    """Sections 4.2 (RSAES-PKCS1-v1_5) and 4.3 (RSAES-OAEP: MGF1 with the same hash, an empty label)."""

    name: str
    padding: Any
    is_direct: bool = False

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        key.require((self.name,), "RSA", "enc", WRAP)
        cek = new_cek(enc, choices)
        return Provided(cek, key.public.encrypt(cek, self.padding))

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        key.require((self.name,), "RSA", "enc", UNWRAP)
        cek: bytes = key.require_private().decrypt(encrypted_key, self.padding)
        return cek


@dataclass(frozen=True, slots=True)
class _AesWrap:
    """Section 4.4: AES Key Wrap (RFC 3394) with the default initial value."""

    name: str
    length: int
    is_direct: bool = False

    def _wrapping_key(self, key: Key, operations: tuple[str, str]) -> bytes:
        return _octets(key, self.name, self.length, operations)

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        cek = new_cek(enc, choices)
        return Provided(cek, aes_key_wrap(self._wrapping_key(key, WRAP), cek))

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        return aes_key_unwrap(self._wrapping_key(key, UNWRAP), encrypted_key)


def _octets(key: Key, name: str, length: int, operations: tuple[str, str]) -> bytes:
    key.require((name,), "oct", "enc", operations)
    if len(key.octets) != length:
        raise InvalidKeyError(f"{name} needs a key of {length} octets; this one has {len(key.octets)}")
    return key.octets


@dataclass(frozen=True, slots=True)
class _GcmWrap:
    """Section 4.7: AES GCM without additional data; its IV and tag are the header parameters "iv" and "tag"."""

    name: str
    length: int
    is_direct: bool = False

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        cek = new_cek(enc, choices)
        iv = os.urandom(12) if choices.key_iv is None else choices.key_iv
        if len(iv) != 12:
            raise IvError(f'the "iv" of {self.name} has 12 octets, not {len(iv)}')
        sealed = AESGCM(_octets(key, self.name, self.length, WRAP)).encrypt(iv, cek, None)
        return Provided(cek, sealed[:-16], {"iv": encode_text(iv), "tag": encode_text(sealed[-16:])})

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        octets = _octets(key, self.name, self.length, UNWRAP)
        iv, tag = parameter(header, "iv"), parameter(header, "tag")
        if len(iv) != 12:
            raise IvError(f'the "iv" of {self.name} has 12 octets, not {len(iv)}')
        if len(tag) != 16:
            raise TagError(f'the "tag" of {self.name} has 16 octets, not {len(tag)}')
        return AESGCM(octets).decrypt(iv, encrypted_key + tag, None)


def parameter(header: Header, name: str) -> bytes:
    """The octets of a header parameter that must be there."""
    if not isinstance(header.get(name), str):
        raise HeaderError(f'"{name}" must be in the header, a base64url string')
    return decode_text(header[name], f'"{name}" of the header')


@dataclass(frozen=True, slots=True)
class _Pbes2:
    """Section 4.8: a key derived from a password with PBKDF2 wraps the CEK. The password is a kty oct key."""

    name: str
    digest: hashes.HashAlgorithm
    length: int
    is_direct: bool = False

    def _wrapping_key(self, key: Key, operations: tuple[str, ...], salt: bytes, count: int) -> bytes:
        key.require((self.name,), "oct", "enc", operations)
        # section 4.8.1.1: the salt is the algorithm's name, a zero octet, and "p2s"
        kdf = PBKDF2HMAC(self.digest, self.length, self.name.encode("ascii") + b"\x00" + salt, count)
        return kdf.derive(key.octets)

    def _salt_and_count(self, header: Header) -> tuple[bytes, int]:
        salt, count = parameter(header, "p2s"), header.get("p2c")
        if len(salt) < 8:
            raise HeaderError(f'"p2s" has {len(salt)} octets; it must have 8 or more (RFC 7518 section 4.8.1.1)')
        if type(count) is not int or count < 1:
            raise HeaderError('"p2c" must be in the header, a positive integer (RFC 7518 section 4.8.1.2)')
        return salt, count

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        drawn = {"p2s": encode_text(os.urandom(SALT_LENGTH)), "p2c": DEFAULT_P2C}
        parameters = {name: header.get(name, value) for name, value in drawn.items()}
        wrapping_key = self._wrapping_key(key, (*WRAP, "deriveKey", "deriveBits"), *self._salt_and_count(parameters))
        cek = new_cek(enc, choices)
        return Provided(cek, aes_key_wrap(wrapping_key, cek), parameters)

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        salt, count = self._salt_and_count(header)
        if count > max_p2c:
            raise LimitError(f'"p2c" asks for {shown(count)} iterations; the limit is {max_p2c}')
        wrapping_key = self._wrapping_key(key, (*UNWRAP, "deriveKey", "deriveBits"), salt, count)
        return aes_key_unwrap(wrapping_key, encrypted_key)


def _oaep(digest: hashes.HashAlgorithm) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(digest), digest, None)


_SIZES = (16, 24, 32)

BASIC: tuple[KeyManagement, ...] = (
    _Direct(),
    _Rsa("RSA1_5", padding.PKCS1v15()),
    _Rsa("RSA-OAEP", _oaep(hashes.SHA1())),  # noqa: S303 - it is what section 4.3 defines
    _Rsa("RSA-OAEP-256", _oaep(hashes.SHA256())),
    _Rsa("RSA-OAEP-384", _oaep(hashes.SHA384())),
    _Rsa("RSA-OAEP-512", _oaep(hashes.SHA512())),
    *(_AesWrap(f"A{size * 8}KW", size) for size in _SIZES),
    *(_GcmWrap(f"A{size * 8}GCMKW", size) for size in _SIZES),
    _Pbes2("PBES2-HS256+A128KW", hashes.SHA256(), 16),
    _Pbes2("PBES2-HS384+A192KW", hashes.SHA384(), 24),
    _Pbes2("PBES2-HS512+A256KW", hashes.SHA512(), 32),
)
"""Every algorithm but those with ECDH-ES, which are in `jwe_agreement`."""
