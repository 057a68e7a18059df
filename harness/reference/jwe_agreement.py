"""Key agreement with ECDH-ES (RFC 7518 section 4.6), on the NIST curves and on X25519 and X448 (RFC 8037 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from harness.reference.jose_errors import HeaderError, InvalidKeyError
from harness.reference.jose_header import encode_text
from harness.reference.jwe_algorithms import (
    Choices,
    Header,
    KeyManagement,
    Provided,
    new_cek,
    no_encrypted_key,
    parameter,
)
from harness.reference.jwe_encryption import ContentEncryption
from harness.reference.jwk import CURVES, Key, parse

_OPERATIONS = ("deriveKey", "deriveBits")
_OKP: Mapping[str, Any] = {"X25519": x25519.X25519PrivateKey, "X448": x448.X448PrivateKey}


def shared_secret(private: Key, public: Key) -> bytes:
    """Z: as many octets as the curve's coordinates have, leading zeros and all (section 4.6.2)."""
    if private.crv != public.crv:
        raise InvalidKeyError(f"one key is on {private.crv}, the other on {public.crv}")
    private_key = private.require_private()
    try:
        z: bytes
        if private.kty == "EC":
            z = private_key.exchange(ec.ECDH(), public.public)
        else:
            z = private_key.exchange(public.public)
    except ValueError:
        # RFC 8037 section 3.2, RFC 7748 section 6: all zeros, whatever the private key is
        raise InvalidKeyError(f"the public key is a point of small order on {public.crv}") from None
    return z


def concat_kdf(z: bytes, algorithm: str, apu: bytes, apv: bytes, length: int) -> bytes:
    """Section 4.6.2: `length` octets for this algorithm, from Z, PartyUInfo and PartyVInfo."""
    fields = (algorithm.encode("ascii"), apu, apv)
    other_info = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    other_info += (length * 8).to_bytes(4, "big")  # SuppPubInfo; SuppPrivInfo is empty
    return ConcatKDFHash(hashes.SHA256(), length, other_info).derive(z)


def generate(crv: str) -> Key:
    """A new key pair on the curve."""
    if crv in CURVES:
        curve, length = CURVES[crv]
        numbers = ec.generate_private_key(curve).private_numbers()
        x, y, d = (
            encode_text(number.to_bytes(length, "big"))
            for number in (numbers.public_numbers.x, numbers.public_numbers.y, numbers.private_value)
        )
        return parse({"kty": "EC", "crv": crv, "x": x, "y": y, "d": d})
    private = _OKP[crv].generate()
    x, d = (encode_text(octets) for octets in (private.public_key().public_bytes_raw(), private.private_bytes_raw()))
    return parse({"kty": "OKP", "crv": crv, "x": x, "d": d})


def _party(header: Header, name: str) -> bytes:
    """ "apu" or "apv": absent is empty (section 4.6.2)."""
    return parameter(header, name) if name in header else b""


@dataclass(frozen=True, slots=True)
class _EcdhEs:
    """Direct where `wrapping_length` is None: then the agreed key is the CEK. Otherwise it wraps the CEK."""

    name: str
    wrapping_length: int | None

    @property
    def is_direct(self) -> bool:
        return self.wrapping_length is None

    def _agree(self, private: Key, public: Key, enc: ContentEncryption, header: Header) -> bytes:
        algorithm, length = (self.name, self.wrapping_length) if self.wrapping_length else (enc.name, enc.cek_length)
        apu, apv = _party(header, "apu"), _party(header, "apv")
        return concat_kdf(shared_secret(private, public), algorithm, apu, apv, length)

    def _require(self, key: Key) -> None:
        key.require((self.name,), "EC" if key.kty == "EC" else "OKP", "enc", _OPERATIONS)
        if key.crv not in CURVES and key.crv not in _OKP:
            raise InvalidKeyError(f"{self.name} needs a key on {', '.join((*CURVES, *_OKP))}; this one is on {key.crv}")

    def provide(self, key: Key, enc: ContentEncryption, header: Header, choices: Choices) -> Provided:
        self._require(key)
        assert key.crv is not None
        ephemeral = choices.ephemeral or generate(key.crv)
        agreed = self._agree(ephemeral, key, enc, header)
        parameters = {"epk": dict(ephemeral.members)}
        if self.is_direct:
            return Provided(agreed, b"", parameters)
        cek = new_cek(enc, choices)
        return Provided(cek, aes_key_wrap(agreed, cek), parameters)

    def recover(self, key: Key, enc: ContentEncryption, header: Header, encrypted_key: bytes, max_p2c: int) -> bytes:
        self._require(key)
        if self.is_direct:
            no_encrypted_key(encrypted_key)
        epk = header.get("epk")
        if not isinstance(epk, dict):
            raise HeaderError('"epk" must be in the header, an object (RFC 7518 section 4.6.1.1)')
        # section 4.6.1.1 wants the public members alone; whatever else is there has no meaning here
        ephemeral = parse({name: value for name, value in epk.items() if name in {"kty", "crv", "x", "y"}})
        agreed = self._agree(key, ephemeral, enc, header)
        return agreed if self.is_direct else aes_key_unwrap(agreed, encrypted_key)


AGREEMENT: tuple[KeyManagement, ...] = (
    _EcdhEs("ECDH-ES", None),
    *(_EcdhEs(f"ECDH-ES+A{size * 8}KW", size) for size in (16, 24, 32)),
)
