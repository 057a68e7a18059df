"""Judges what an encoder produced: opened with the reference's primitives, rule by rule, never octet for octet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.conformance.results import Kind
from harness.recipes.aes128gcm import Message, Record, parse
from harness.reference.aes128gcm import derive_keys, record_nonce


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with an answer, and which rules that breaks (none: those of the case)."""

    explanation: str
    rules: tuple[str, ...] = ()
    kind: Kind = Kind.WRONG_OUTPUT
    protocol: bool = False


def _fault(explanation: str, *rules: str) -> Fault:
    return Fault(explanation, tuple(f"rfc8188/{rule}" for rule in rules))


def check_message(octets: bytes, asked: Mapping[str, Any]) -> Fault | None:
    """The first rule that a produced message breaks, given the request's parameters (octets as bytes)."""
    if len(octets) < 21 or len(octets) < 21 + octets[20]:
        return _fault(f"it produced {len(octets)} octets, which hold no whole header", "2.1/header")
    body = octets[21 + octets[20] :]
    if not body:
        return _fault("it produced a header and no record", "2/at-least-one-record")
    fault = _check_header(octets, asked)
    if fault is not None:
        return fault
    message = parse(octets, asked["ikm"])
    return _check_records(octets, message, asked) or _check_content(message, asked)


def _check_header(octets: bytes, asked: Mapping[str, Any]) -> Fault | None:
    salt, rs, keyid = octets[:16], int.from_bytes(octets[16:20], "big"), octets[21 : 21 + octets[20]]
    if "rs" in asked and rs != asked["rs"]:
        return _fault(f"the header says rs {rs}; {asked['rs']} was asked for", "2.1/rs")
    if rs < 18:
        return _fault(f"the header says rs {rs}; values below 18 are invalid", "2.1/rs-minimum")
    if "salt" in asked and salt != asked["salt"]:
        return _fault(f"the header's salt is {salt.hex()}; {asked['salt'].hex()} was asked for", "2.1/salt")
    if "keyid" in asked and keyid != asked["keyid"]:
        return _fault(
            f"the header's keyid is {keyid[:40]!r} ({len(keyid)} octets); "
            f"{asked['keyid'][:40]!r} ({len(asked['keyid'])} octets) was asked for",
            "2.1/keyid",
            "2.1/idlen",
        )
    return None


def _check_records(octets: bytes, message: Message, asked: Mapping[str, Any]) -> Fault | None:
    count = len(message.records)
    for place, record in enumerate(message.records):
        last = place == count - 1
        name = f"record {place} of {count}"
        if record.octets is not None:
            return _why_closed(octets, message, place, record.octets, asked)
        if record.seq is not None:
            return _fault(f"{name} is sealed under the sequence number {record.seq}", "2.3/sequence-number")
        if record.delimiter == -1:
            return _fault(f"{name} holds zeros alone, no delimiter", "2/no-nonzero-octet", "2/padding")
        if record.delimiter is not None:
            rule = "2/delimiter-last" if last else "2/delimiter-not-last"
            return _fault(f"{name} has the delimiter {record.delimiter}; it must be {2 if last else 1}", rule)
    return None


def _why_closed(octets: bytes, message: Message, place: int, record: bytes, asked: Mapping[str, Any]) -> Fault:
    """Why a record does not open: told from what does open it."""
    count = len(message.records)
    name = f"record {place} of {count}, {len(record)} octets long,"
    if len(record) < 17:
        return _fault(f"{name} is too short for a delimiter and a tag", "2/record-minimum", "2/fixed-record-size")
    body = octets[21 + octets[20] :]
    keys = derive_keys(asked["ikm"], message.salt)
    aead = AESGCM(keys.cek)
    if length := _other_length(aead, keys.nonce_base, body[place * message.rs :], place, message.rs):
        return _fault(
            f"{name} opens as one of {length} octets: records are not cut at rs = {message.rs}", "2/fixed-record-size"
        )
    if place == 0:
        return _fault(
            f"{name} does not open: the key, the nonce or the additional data is another",
            "2.2/prk",
            "2.2/cek",
            "2.3/nonce-base",
            "2/aad-empty",
        )
    return _fault(
        f"{name} does not open though the ones before it do: its nonce is another, or it is cut elsewhere",
        "2.3/sequence-number",
        "2/fixed-record-size",
    )


def _other_length(aead: AESGCM, base: bytes, rest: bytes, seq: int, rs: int) -> int:
    """The length at which the octets from here on open as one record, tried around rs and for the whole; else 0."""
    candidates: list[int] = [
        *range(17, min(len(rest), 512) + 1),
        *range(max(17, rs - 64), min(len(rest), rs + 64) + 1),
        len(rest),
    ]
    for length in dict.fromkeys(candidates):
        try:
            aead.decrypt(record_nonce(base, seq), rest[:length], None)
        except InvalidTag:
            continue
        return length
    return 0


def _check_content(message: Message, asked: Mapping[str, Any]) -> Fault | None:
    content, wanted = message.content, asked["plaintext"]
    if content != wanted:
        return _fault(
            f"the message holds {len(content)} octets of content {content[-24:]!r} (their end); "
            f"{len(wanted)} went in, {wanted[-24:]!r}",
            "2/content-any-octets",
            "2/padding",
        )
    if "pad" in asked and message.padding != asked["pad"]:
        return _fault(
            f"the message holds {message.padding} octets of padding ({_spread(message.records)}); "
            f"{asked['pad']} were asked for",
            "2/padding",
        )
    return None


def _spread(records: Sequence[Record]) -> str:
    shown = ", ".join(str(record.pad) for record in records[:8])
    return f"by record: {shown}{', …' if len(records) > 8 else ''}"


def check_salts(salts: Sequence[bytes]) -> Fault | None:
    """Whether a salt came again over calls with the same key."""
    seen: dict[bytes, int] = {}
    for call, salt in enumerate(salts):
        if salt in seen:
            return Fault(
                f"of {len(salts)} messages under one key, those of calls {seen[salt]} and {call} "
                f"have the same salt {salt.hex()}",
                ("rfc8188/4.3/salt-unique", "rfc8188/2.1/salt-not-reused"),
                Kind.WEAK_RANDOMNESS,
            )
        seen[salt] = call
    return None
