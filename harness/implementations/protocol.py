"""The implementation protocol, version 1, as data: methods, parameters, error codes, stages, octets.

Everything here is plain description; the transports live in the modules beside it.
"""

from __future__ import annotations

import binascii
from enum import IntEnum
from typing import Final

import msgspec

PROTOCOL_VERSION: Final = 1

#: Parameters and result fields that carry octets (base64url without padding on the wire).
OCTETS: Final = frozenset(
    {
        "ikm", "plaintext", "message", "salt", "keyid", "payload", "auth_secret",
        "ua_public", "ua_private", "as_private", "released",
    }
)  # fmt: skip

STAGES: Final = frozenset(
    {
        # aes128gcm and web push
        "header", "record-size", "key", "record-length", "record-auth", "padding", "delimiter",
        "truncated", "trailing-data", "argument", "limit",
        # JOSE
        "segments", "base64url", "crit", "algorithm", "encrypted-key", "iv", "tag", "auth", "zip", "signature",
    }
)  # fmt: skip


class ErrorCode(IntEnum):
    """The JSON-RPC error codes with a meaning of their own; any other is a fault of the implementation."""

    REJECTED = 1
    UNSUPPORTED = 2
    METHOD_NOT_FOUND = -32601
    INTERNAL_ERROR = -32603


class Method(msgspec.Struct, frozen=True):
    """One method of the protocol: its parameters and the fields of its result."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    result: tuple[str, ...]
    optional_result: tuple[str, ...] = ()


METHODS: Final[dict[str, Method]] = {
    method.name: method
    for method in (
        Method("aes128gcm.encrypt", ("ikm", "plaintext"), ("salt", "rs", "keyid", "pad"), ("message",)),
        Method("aes128gcm.decrypt", ("ikm", "message"), ("chunk_size",), ("plaintext",), ("keyid",)),
        Method(
            "webpush.encrypt",
            ("plaintext", "ua_public", "auth_secret"),
            ("as_private", "salt", "rs", "pad"),
            ("message",),
        ),
        Method("webpush.decrypt", ("message", "ua_private", "ua_public", "auth_secret"), (), ("plaintext",)),
        Method("jwe.encrypt", ("key", "header", "plaintext"), (), ("jwe",)),
        Method("jwe.decrypt", ("key", "jwe"), ("algorithms",), ("plaintext",), ("header",)),
        Method("jws.sign", ("key", "header", "payload"), (), ("jws",)),
        Method("jws.verify", ("key", "jws"), ("algorithms",), ("payload",), ("header",)),
        Method(
            "sealed.seal",
            ("encryption_key", "signing_key", "jwe_header", "jws_header", "plaintext"),
            (),
            ("jws",),
        ),
        Method("sealed.open", ("decryption_key", "verification_key", "jws"), (), ("plaintext",), ("header",)),
    )
}


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an implementation says of one method: optional parameters and algorithms that it honours.

    A list that is `None` was not given: the harness then asks, and an answer of code 2 skips.
    """

    params: tuple[str, ...] = ()
    alg: tuple[str, ...] | None = None
    enc: tuple[str, ...] | None = None
    crv: tuple[str, ...] | None = None
    serialization: tuple[str, ...] | None = None
    zip: tuple[str, ...] | None = None


class Description(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to `describe`: what is being tested and what it can do."""

    protocol: int
    name: str
    methods: dict[str, Claim]
    version: str = ""
    language: str = ""
    homepage: str = ""
    batch: int = 1


def encode_octets(octets: bytes) -> str:
    """Octets as base64url without padding (RFC 4648 section 5)."""
    text = binascii.b2a_base64(octets, newline=False).rstrip(b"=")
    return text.translate(_TO_URL).decode("ascii")


def decode_octets(text: str) -> bytes:
    """The octets of a base64url text without padding; ValueError where it is not canonical base64url."""
    if not isinstance(text, str):
        raise ValueError(f"octets must be base64url text, not {type(text).__name__}")
    raw = text.encode("ascii", "replace")
    if raw.translate(None, _ALPHABET):
        raise ValueError("octets must be base64url without padding (A-Z a-z 0-9 - _)")
    if len(raw) % 4 == 1:
        raise ValueError("base64url text is cut short (its length leaves one character over)")
    if raw[-1:] not in _ENDS[len(raw) % 4]:
        raise ValueError("base64url text is not canonical: the spare bits of its last character are not zero")
    return binascii.a2b_base64(raw.translate(_FROM_URL) + b"=" * (-len(raw) % 4))


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: The characters that a text can end in, by the length of its last group: those whose spare bits are zero.
_ENDS = (_ALPHABET, b"", b"AQgw", b"AEIMQUYcgkosw048")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
