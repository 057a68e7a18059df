"""The serializations of a JWE (RFC 7516 section 7), taken apart and decoded; nothing is decrypted here."""

from typing import Any, NamedTuple

from harness.reference.jose_errors import EncryptedKeyError, HeaderError, SegmentsError
from harness.reference.jose_header import (
    decode,
    decode_text,
    is_json,
    parse_protected,
    parse_token,
    parties,
    protected_header,
    union,
    unprotected_header,
)


class Party(NamedTuple):
    """One recipient of a JWE."""

    header: dict[str, Any]
    """The JOSE header: protected, shared and per-recipient parameters."""
    encrypted_key: bytes


class Message(NamedTuple):
    """A JWE as it was received."""

    protected_text: bytes
    """The encoded protected header; empty where there is none."""
    protected: dict[str, Any]
    recipients: list[Party]
    aad: bytes
    """The Additional Authenticated Data parameter (section 5.2 step 15): received text, with erratum 8676."""
    iv: bytes
    ciphertext: bytes
    tag: bytes


def parse(token: str) -> Message:
    """The parts of a JWE in any serialization: steps 1 to 4 of section 5.2."""
    return _json(token) if is_json(token) else _compact(token)


def _compact(token: str) -> Message:
    """Section 7.1."""
    segments = token.encode("utf-8", "surrogatepass").split(b".", 5)
    if len(segments) != 5:
        raise SegmentsError("a compact JWE has five segments")
    protected_text, encrypted_key, iv, ciphertext, tag = segments
    protected = parse_protected(protected_text)
    return Message(
        protected_text,
        protected,
        [Party(protected, decode(encrypted_key, "encrypted key"))],
        protected_text,
        decode(iv, "initialization vector"),
        decode(ciphertext, "ciphertext"),
        decode(tag, "authentication tag"),
    )


def _json(token: str) -> Message:
    """Section 7.2."""
    members = parse_token(token)
    protected_text, protected = protected_header(members)
    shared = unprotected_header(members, "unprotected")
    recipients = []
    for party in parties(members, "recipients", ("header", "encrypted_key")):
        header = union(protected, shared, unprotected_header(party, "header"))
        encrypted_key = b""
        if "encrypted_key" in party:
            encrypted_key = decode_text(party["encrypted_key"], "encrypted key")
            if not encrypted_key:
                raise EncryptedKeyError('"encrypted_key" must be absent where it is empty')
        recipients.append(Party(header, encrypted_key))
    if any(recipient.header.get("enc") != recipients[0].header.get("enc") for recipient in recipients):
        raise HeaderError('"enc" must be the same for all recipients (RFC 7516 section 7.2.1)')
    if "ciphertext" not in members:
        raise SegmentsError('a JWE must have "ciphertext"')
    aad = protected_text
    if "aad" in members:
        if not decode_text(members["aad"], "additional authenticated data"):
            raise SegmentsError('"aad" must be absent where it is empty')
        aad += b"." + members["aad"].encode("ascii")
    return Message(
        protected_text,
        protected,
        recipients,
        aad,
        decode_text(members.get("iv", ""), "initialization vector"),
        decode_text(members["ciphertext"], "ciphertext"),
        decode_text(members.get("tag", ""), "authentication tag"),
    )
