"""The sign-over-encrypt profile: a compact JWS (PS256) whose payload is a compact JWE (RSA-OAEP-256, A256GCM).

`seal` encrypts, then signs what was encrypted; `open` verifies, and decrypts only what has verified. Where the
profile's text contradicts the RFCs, they win: a tag of 16 octets, an IV of 12, base64url without padding, the
encoded JWE header as additional authenticated data, and an encrypted key that is the output of RSA-OAEP.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from harness.reference import jwe, jws
from harness.reference.jose_errors import HeaderError, InvalidKeyError, SegmentsError, shown
from harness.reference.jose_header import is_json
from harness.reference.jwk import Key, KeyLike, load

Header: TypeAlias = Mapping[str, Any]

SIGNATURE = frozenset({"PS256"})
"""Salt of 32 octets, MGF1 with SHA-256 (RFC 7518 section 3.5)."""
ENCRYPTION = frozenset({"RSA-OAEP-256", "A256GCM"})

JWE_HEADER: Header = MappingProxyType({"alg": "RSA-OAEP-256", "typ": "JOSE", "enc": "A256GCM"})
JWS_HEADER: Header = MappingProxyType({"alg": "PS256", "typ": "JOSE", "cty": "JWE"})


class Opened(NamedTuple):
    """What a sealed message says."""

    plaintext: bytes
    jwe_header: dict[str, Any]
    jws_header: dict[str, Any]


def _two_key_pairs(encryption_key: KeyLike, signing_key: KeyLike) -> tuple[Key, Key]:
    """Sender and receiver each have a key pair: one pair for both purposes is refused."""
    encryption, signing = load(encryption_key), load(signing_key)
    if encryption.kty == signing.kty == "RSA" and encryption.members["n"] == signing.members["n"]:
        raise InvalidKeyError("the sender and the receiver must have different key pairs")
    return encryption, signing


def seal(
    plaintext: bytes,
    encryption_key: KeyLike,
    signing_key: KeyLike,
    *,
    jwe_header: Header | str = JWE_HEADER,
    jws_header: Header | str = JWS_HEADER,
    cek: bytes | None = None,
    iv: bytes | None = None,
) -> str:
    """The sealed message, for the receiver's public key, by the sender's private key.

    Headers are the whole header, as `jwe.encrypt` and `jws.sign` take them; their algorithms must be the profile's.
    """
    encryption, signing = _two_key_pairs(encryption_key, signing_key)
    inner = jwe.encrypt(plaintext, encryption, jwe_header, cek=cek, iv=iv, algorithms=ENCRYPTION)
    return jws.sign(inner.encode("ascii"), signing, jws_header, algorithms=SIGNATURE)


def open(token: str, decryption_key: KeyLike, verification_key: KeyLike, *, strict: bool = False) -> Opened:
    """The plaintext of a sealed message, by the receiver's private key and the sender's public key.

    `strict` is the mode profile-strict: "typ" must be JOSE on both layers, and "cty" JWE on the outer one. "iat"
    and other private parameters mean nothing here. Every refusal is a JoseError.
    """
    decryption, verification = _two_key_pairs(decryption_key, verification_key)
    if is_json(token):
        raise SegmentsError("a sealed message is a compact JWS")
    verified = jws.verify(token, verification, SIGNATURE, understood=())
    try:
        inner = verified.payload.decode("ascii")
    except UnicodeDecodeError:
        raise SegmentsError("the payload of a sealed message is a compact JWE, which is ASCII") from None
    if is_json(inner):
        raise SegmentsError("the payload of a sealed message is a compact JWE")
    if strict:
        _check_type("JWS", verified.header, {"typ": "JOSE", "cty": "JWE"})
    decrypted = jwe.decrypt(inner, decryption, ENCRYPTION)
    if strict:
        _check_type("JWE", decrypted.header, {"typ": "JOSE"})
    return Opened(decrypted.plaintext, decrypted.header, verified.header)


def _check_type(layer: str, header: Header, expected: Header) -> None:
    for name, value in expected.items():
        if header.get(name) != value:
            raise HeaderError(f'"{name}" of the {layer} must be {value!r}, not {shown(header.get(name))}')
