"""RFC 8188 Appendix A: the records of a message as a sequence of JWE objects, and back.

The congruence holds for the JWE JSON Serialization with the header *unprotected*: a record is sealed with empty
additional data, and so is such a JWE. The five-part string that the appendix prints is a picture of the same
values; it is not a JWE that a library can open, for the Compact Serialization authenticates its header.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from harness.reference.errors import ArgumentError, RecordLengthError, TruncatedError
from harness.reference.layout import RECORD_OVERHEAD
from harness.reference.record_layer import NONCE_LENGTH, TAG_LENGTH, Header, Octets, derive_keys, record_nonce

JWE_HEADER = {"alg": "dir", "enc": "A128GCM"}
COMPACT_HEADER = "eyAiYWxnIjogImRpciIsICJlbmMiOiAiQTEyOEdDTSIgfQ"
"""The header as the appendix writes it, with spaces: { "alg": "dir", "enc": "A128GCM" }"""


def _encode(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _decode(text: object, name: str) -> bytes:
    try:
        if not isinstance(text, str):
            raise ValueError("not a string")
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise ArgumentError(f"the {name} is not base64url: {error}") from None
    if _encode(octets) != text:
        raise ArgumentError(f"the {name} is not base64url without padding: {text!r}")
    return octets


def _parts(message: Octets, ikm: bytes) -> list[tuple[str, str, str]]:
    """(iv, ciphertext, tag) of each record, base64url; nothing is decrypted."""
    octets = bytes(message)
    header = Header.parse(octets)
    nonce_base = derive_keys(ikm, header.salt).nonce_base
    if len(octets) == header.length:
        raise TruncatedError("the message ends after its header; it must have one record or more")
    parts = []
    for index, start in enumerate(range(header.length, len(octets), header.rs)):
        record = octets[start : start + header.rs]
        if len(record) < RECORD_OVERHEAD:
            raise RecordLengthError(f"record {index} has {len(record)} octets; it needs {RECORD_OVERHEAD}")
        iv = record_nonce(nonce_base, index)
        parts.append((_encode(iv), _encode(record[:-TAG_LENGTH]), _encode(record[-TAG_LENGTH:])))
    return parts


def to_jwe(message: Octets, ikm: bytes) -> list[dict[str, Any]]:
    """Each record as a flattened JWE (RFC 7516 section 7.2.2), to be opened with the CEK as a "dir" key.

    The content of such a JWE is the record's data, delimiter and padding.
    """
    return [
        {"unprotected": dict(JWE_HEADER), "iv": iv, "ciphertext": ciphertext, "tag": tag}
        for iv, ciphertext, tag in _parts(message, ikm)
    ]


def to_compact_form(message: Octets, ikm: bytes) -> list[str]:
    """Each record as the five-part string that Appendix A prints: not a valid compact JWE, see above."""
    return [f"{COMPACT_HEADER}..{iv}.{ciphertext}.{tag}" for iv, ciphertext, tag in _parts(message, ikm)]


def _message(parts: Sequence[tuple[object, object, object]], header: Header) -> bytes:
    """Header and records; refuses parts that are not a message's records in their order."""
    if not parts:
        raise ArgumentError("a message has one record or more; no JWE was given")
    message = [header.encode()]
    base = b""
    for index, (iv_text, ciphertext, tag_text) in enumerate(parts):
        name = f"of JWE {index}"
        iv, tag = _decode(iv_text, f"iv {name}"), _decode(tag_text, f"tag {name}")
        record = _decode(ciphertext, f"ciphertext {name}") + tag
        if len(iv) != NONCE_LENGTH or len(tag) != TAG_LENGTH:
            raise ArgumentError(f"the iv and tag {name} have {len(iv)} and {len(tag)} octets, not 12 and 16")
        is_last = index == len(parts) - 1
        if not (RECORD_OVERHEAD if is_last else header.rs) <= len(record) <= header.rs:
            raise ArgumentError(f"the record {name} has {len(record)} octets, which does not fit rs = {header.rs}")
        base = base or iv
        if iv != record_nonce(base, index):
            raise ArgumentError(f"the iv {name} is not the first one's XOR {index}: records are missing or misplaced")
        message.append(record)
    return b"".join(message)


def from_jwe(jwes: Sequence[Mapping[str, Any]], *, salt: bytes, rs: int, keyid: bytes = b"") -> bytes:
    """The message whose records are these flattened JWEs: the inverse of `to_jwe`.

    The salt, rs and keyid are not in the JWEs. Whether the salt is the right one shows when the
    message is decrypted; that the IVs are consecutive is checked here.
    """
    for index, jwe in enumerate(jwes):
        if jwe.get("unprotected") != JWE_HEADER or set(jwe) != {"unprotected", "iv", "ciphertext", "tag"}:
            raise ArgumentError(f"JWE {index} must be unprotected {JWE_HEADER}, iv, ciphertext, tag")
    return _message([(jwe["iv"], jwe["ciphertext"], jwe["tag"]) for jwe in jwes], Header(salt, rs, keyid))


def from_compact_form(strings: Sequence[str], *, salt: bytes, rs: int, keyid: bytes = b"") -> bytes:
    """The message whose records are these strings: the inverse of `to_compact_form`."""
    parts = []
    for index, string in enumerate(strings):
        segments = string.split(".")
        if len(segments) != 5 or segments[0] != COMPACT_HEADER or segments[1]:
            raise ArgumentError(f"string {index} is not the fixed header, an empty key, iv, ciphertext and tag")
        parts.append((segments[2], segments[3], segments[4]))
    return _message(parts, Header(salt, rs, keyid))
