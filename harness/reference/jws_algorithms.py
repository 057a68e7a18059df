"""The algorithms of a JWS (RFC 7518 section 3, RFC 8037 section 3.1): each signs and verifies octets with a key."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from harness.reference.jose_errors import InvalidKeyError, SignatureError
from harness.reference.jwk import CURVES, Key

_SIGN, _VERIFY = ("sign",), ("verify",)


class SignatureAlgorithm(Protocol):
    """One value of "alg". `verify` returns nothing; a signature that does not verify is a SignatureError."""

    @property
    def name(self) -> str: ...

    def sign(self, key: Key, signing_input: bytes) -> bytes: ...

    def verify(self, key: Key, signing_input: bytes, signature: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class _Hmac:
    """Section 3.2. The key has at least the length of the hash."""

    name: str
    digest: str
    length: int

    def _mac(self, key: Key, operations: tuple[str], signing_input: bytes) -> bytes:
        key.require((self.name,), "oct", "sig", operations)
        if len(key.octets) < self.length:
            raise InvalidKeyError(f"{self.name} needs a key of {self.length} octets or more; it has {len(key.octets)}")
        return hmac.digest(key.octets, signing_input, self.digest)

    def sign(self, key: Key, signing_input: bytes) -> bytes:
        return self._mac(key, _SIGN, signing_input)

    def verify(self, key: Key, signing_input: bytes, signature: bytes) -> None:
        if not hmac.compare_digest(self._mac(key, _VERIFY, signing_input), signature):
            raise SignatureError


@dataclass(frozen=True, slots=True)
class _Rsa:
    """Sections 3.3 (RSASSA-PKCS1-v1_5) and 3.5 (RSASSA-PSS: MGF1 with the same hash, a salt as long as it)."""

    name: str
    padding: Any
    digest: hashes.HashAlgorithm

    def sign(self, key: Key, signing_input: bytes) -> bytes:
        key.require((self.name,), "RSA", "sig", _SIGN)
        signature: bytes = key.require_private().sign(signing_input, self.padding, self.digest)
        return signature

    def verify(self, key: Key, signing_input: bytes, signature: bytes) -> None:
        key.require((self.name,), "RSA", "sig", _VERIFY)
        try:
            key.public.verify(signature, signing_input, self.padding, self.digest)
        except InvalidSignature:
            raise SignatureError from None


@dataclass(frozen=True, slots=True)
class _Ecdsa:
    """Section 3.4. The signature is r and s, each with all the octets of the curve's order; never DER."""

    name: str
    crv: str
    digest: hashes.HashAlgorithm

    def _require(self, key: Key, operations: tuple[str]) -> int:
        key.require((self.name,), "EC", "sig", operations)
        if key.crv != self.crv:
            raise InvalidKeyError(f"{self.name} needs a key on {self.crv}, and this one is on {key.crv}")
        return CURVES[self.crv][1]

    def sign(self, key: Key, signing_input: bytes) -> bytes:
        length = self._require(key, _SIGN)
        # RFC 8725 section 3.2 recommends the deterministic nonce of RFC 6979
        algorithm = ec.ECDSA(self.digest, deterministic_signing=True)
        r, s = decode_dss_signature(key.require_private().sign(signing_input, algorithm))
        return r.to_bytes(length, "big") + s.to_bytes(length, "big")

    def verify(self, key: Key, signing_input: bytes, signature: bytes) -> None:
        length = self._require(key, _VERIFY)
        if len(signature) != 2 * length:
            raise SignatureError
        r, s = int.from_bytes(signature[:length], "big"), int.from_bytes(signature[length:], "big")
        try:
            key.public.verify(encode_dss_signature(r, s), signing_input, ec.ECDSA(self.digest))
        except InvalidSignature:
            raise SignatureError from None


@dataclass(frozen=True, slots=True)
class _EdDsa:
    """RFC 8037 section 3.1: Ed25519 or Ed448, as the key says."""

    name: str = "EdDSA"

    def _require(self, key: Key, operations: tuple[str]) -> None:
        key.require((self.name,), "OKP", "sig", operations)
        if key.crv not in {"Ed25519", "Ed448"}:
            raise InvalidKeyError(f"EdDSA needs a key on Ed25519 or Ed448, and this one is on {key.crv}")

    def sign(self, key: Key, signing_input: bytes) -> bytes:
        self._require(key, _SIGN)
        signature: bytes = key.require_private().sign(signing_input)
        return signature

    def verify(self, key: Key, signing_input: bytes, signature: bytes) -> None:
        self._require(key, _VERIFY)
        try:
            key.public.verify(signature, signing_input)
        except InvalidSignature:
            raise SignatureError from None


_HASHES = ((256, hashes.SHA256()), (384, hashes.SHA384()), (512, hashes.SHA512()))
_CURVE_OF = {256: "P-256", 384: "P-384", 512: "P-521"}

_ALL: tuple[SignatureAlgorithm, ...] = (
    *(_Hmac(f"HS{bits}", digest.name, bits // 8) for bits, digest in _HASHES),
    *(_Rsa(f"RS{bits}", padding.PKCS1v15(), digest) for bits, digest in _HASHES),
    *(_Rsa(f"PS{bits}", padding.PSS(padding.MGF1(digest), bits // 8), digest) for bits, digest in _HASHES),
    *(_Ecdsa(f"ES{bits}", _CURVE_OF[bits], digest) for bits, digest in _HASHES),
    _EdDsa(),
)
SIGNATURE_ALGORITHMS: Mapping[str, SignatureAlgorithm] = MappingProxyType(
    {algorithm.name: algorithm for algorithm in _ALL}
)
"""By the value of "alg"."""
