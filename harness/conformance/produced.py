"""Judges what an encoder produced: opened with the reference's primitives, rule by rule, never octet for octet."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.conformance.closed import ClosedRecord, explain
from harness.conformance.results import Kind
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
        return _fault(
            f"it produced {len(octets)} octets, which hold no whole header", "2.1/header", "2/at-least-one-record"
        )
    if len(octets) == 21 + octets[20]:
        return _fault("it produced a header and no record", "2/at-least-one-record")
    return _check_header(octets, asked) or _check_body(octets, asked)


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


def _check_body(octets: bytes, asked: Mapping[str, Any]) -> Fault | None:
    """Open record after record, up to the first that is wrong; then compare what they hold with what went in."""
    rs, end = int.from_bytes(octets[16:20], "big"), 21 + octets[20]
    body, keys = octets[end:], derive_keys(asked["ikm"], octets[:16])
    aead = AESGCM(keys.cek)
    count = -(-len(body) // rs)
    parts, pads = [], []
    length = 0
    for place in range(count):
        record = body[place * rs : (place + 1) * rs]
        try:
            content = aead.decrypt(record_nonce(keys.nonce_base, place), record, None)
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            closed = ClosedRecord(octets[:end], body, rs, keys, place, asked["plaintext"][length:])
            explanation, rules = explain(closed)
            return _fault(explanation, *rules)
        data = content.rstrip(b"\0")
        if fault := _check_delimiter(data[-1:], f"record {place} of {count}", place == count - 1):
            return fault
        parts.append(data[:-1])
        pads.append(len(content) - len(data))
        length += len(data) - 1
    return _check_content(b"".join(parts), pads, asked)


def _check_delimiter(delimiter: bytes, name: str, last: bool) -> Fault | None:
    """Whether the last octet that is not zero (none: empty) is the one for the record's place."""
    wanted, rule = (2, "2/delimiter-last") if last else (1, "2/delimiter-not-last")
    if not delimiter:
        return _fault(f"{name} holds zeros alone, no delimiter", rule, "2/padding")
    if delimiter[0] != wanted:
        return _fault(f"{name} has the delimiter {delimiter[0]}; it must be {wanted}", rule)
    return None


def _check_content(content: bytes, pads: Sequence[int], asked: Mapping[str, Any]) -> Fault | None:
    wanted = asked["plaintext"]
    if content != wanted:
        return _fault(
            f"the message holds {len(content)} octets of content {content[-24:]!r} (their end); "
            f"{len(wanted)} went in, {wanted[-24:]!r}",
            "2/content-any-octets",
            "2/padding",
        )
    # To ask for no padding is not to forbid the encoder's own: only what is asked for has to be there.
    if asked.get("pad") and sum(pads) != asked["pad"]:
        return _fault(
            f"the message holds {sum(pads)} octets of padding ({_spread(pads)}); {asked['pad']} were asked for",
            "2/padding",
        )
    return None


def _spread(pads: Sequence[int]) -> str:
    shown = ", ".join(str(pad) for pad in pads[:8])
    return f"by record: {shown}{', …' if len(pads) > 8 else ''}"


#: From so many salts on, their octets are looked at as well.
MANY_SALTS = 256
#: With so many octets that never change, a salt draws on 32 bits or fewer.
FIXED_OCTETS = 12


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
    return _check_spread(salts) if len(salts) >= MANY_SALTS else None


def _check_spread(salts: Sequence[bytes]) -> Fault | None:
    """Whether salts that are no counter draw on 32 bits or fewer: by chance some of 77,000 such salts are alike."""
    fixed = sum(len(set(column)) == 1 for column in zip(*salts, strict=True))
    if fixed < FIXED_OCTETS or _counts(salts) or _counts([salt[::-1] for salt in salts]):
        return None
    return Fault(
        f"over {len(salts)} messages {fixed} of the salt's 16 octets never change, and the others are drawn at random:"
        " they will come again",
        ("rfc8188/4.3/salt-unique", "rfc8188/2.1/salt-not-reused"),
        Kind.WEAK_RANDOMNESS,
    )


def _counts(salts: Sequence[bytes]) -> bool:
    """Whether the salts only rise, or only fall: then they are unique as long as the counter does not start again."""
    rises = sum(one < other for one, other in itertools.pairwise(salts))
    return rises <= 1 or rises >= len(salts) - 2
