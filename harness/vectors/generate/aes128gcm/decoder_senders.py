"""Decoder cases in which the sender has made a known mistake throughout: a decoder must not put up with it.

A decoder that falls back to what an old release of some encoder did opens its messages, and fails here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec.structs import replace

from harness.implementations.protocol import encode_octets
from harness.recipes.aes128gcm import Message, record_plaintext, seal
from harness.reference.aes128gcm import record_nonce
from harness.vectors.generate.aes128gcm.messages import full, message, salt_with
from harness.vectors.generate.area import DECRYPT, Area, Case, octets

CEK_INFO = b"Content-Encoding: aes128gcm\0"
NONCE_INFO = b"Content-Encoding: nonce\0"


@dataclass(frozen=True)
class Sender:
    """How a message is sealed; what is left alone is as the text has it."""

    prk: Callable[[bytes, bytes], bytes] = lambda ikm, salt: hmac.digest(salt, ikm, "sha256")
    cek: Callable[[bytes, bytes], bytes] = lambda prk, ikm: _expand(prk, CEK_INFO)[:16]
    base: Callable[[bytes], bytes] = lambda prk: _expand(prk, NONCE_INFO)[:12]
    nonce: Callable[[bytes, int], bytes] = record_nonce
    aad: Callable[[bytes], bytes] = lambda header: b""
    record: Callable[[bytes, bytes], bytes] = lambda sealed, nonce: sealed
    content: Callable[[bytes, bytes], bytes] = lambda plaintext, data: plaintext

    def message(self, recipe: Message) -> bytes:
        """The octets of the recipe's message as this sender makes them."""
        header = recipe.header()
        prk = self.prk(recipe.ikm, recipe.salt)
        aead, base = AESGCM(self.cek(prk, recipe.ikm)), self.base(prk)
        last = len(recipe.records) - 1
        parts = [header]
        for seq, record in enumerate(recipe.records):
            nonce = self.nonce(base, seq)
            content = self.content(record_plaintext(record, seq == last), record.content)
            parts.append(self.record(aead.encrypt(nonce, content, self.aad(header)), nonce))
        return b"".join(parts)


def _expand(prk: bytes, info: bytes, *, counter: bytes = b"\1", digest: str = "sha256") -> bytes:
    return hmac.digest(prk, info + counter, digest)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _infos(cek_info: bytes, nonce_info: bytes, *, counter: bytes = b"\1") -> Sender:
    return Sender(
        cek=lambda prk, ikm: _expand(prk, cek_info, counter=counter)[:16],
        base=lambda prk: _expand(prk, nonce_info, counter=counter)[:12],
    )


def _by_hash(digest: str) -> Sender:
    return Sender(
        prk=lambda ikm, salt: hmac.digest(salt, ikm, digest),
        cek=lambda prk, ikm: _expand(prk, CEK_INFO, digest=digest)[:16],
        base=lambda prk: _expand(prk, NONCE_INFO, digest=digest)[:12],
    )


DERIVATIONS: dict[str, tuple[Sender, str]] = {
    "salt-and-ikm-swapped": (Sender(prk=lambda ikm, salt: hmac.digest(ikm, salt, "sha256")), "2.2/prk"),
    "without-extract": (Sender(prk=lambda ikm, salt: ikm), "2.2/prk"),
    "without-salt": (Sender(prk=lambda ikm, salt: hmac.digest(bytes(32), ikm, "sha256")), "2.2/prk"),
    "by-sha-1": (_by_hash("sha1"), "2.2/prk"),
    "by-sha-512": (_by_hash("sha512"), "2.2/prk"),
    "ikm-as-base64url-text": (
        Sender(prk=lambda ikm, salt: hmac.digest(salt, encode_octets(ikm).encode(), "sha256")),
        "2.2/prk",
    ),
    "ikm-as-cek": (Sender(cek=lambda prk, ikm: ikm), "2.2/cek"),
    "cek-of-32": (Sender(cek=lambda prk, ikm: _expand(prk, CEK_INFO)), "2.2/cek"),
    "infos-without-zero": (_infos(CEK_INFO[:-1], NONCE_INFO[:-1]), "2.2/cek"),
    "infos-with-two-zeros": (_infos(CEK_INFO + b"\0", NONCE_INFO + b"\0"), "2.2/cek"),
    "infos-without-counter": (_infos(CEK_INFO, NONCE_INFO, counter=b""), "2.2/cek"),
    "infos-of-aesgcm": (_infos(b"Content-Encoding: aesgcm\0", NONCE_INFO), "2.2/cek"),
    "infos-of-aesgcm128": (_infos(b"Content-Encoding: aesgcm128", b"Content-Encoding: nonce"), "2.2/cek"),
    "infos-with-context": (
        _infos(b"Content-Encoding: aesgcm\0P-256\0", b"Content-Encoding: nonce\0P-256\0"),
        "2.2/cek",
    ),
    "nonce-info-of-cek": (_infos(CEK_INFO, CEK_INFO), "2.3/nonce-base"),
    "nonce-base-of-zeros": (Sender(base=lambda prk: bytes(12)), "2.3/nonce-base"),
}
NUMBERS: dict[str, tuple[Sender, str]] = {
    "numbers-from-one": (Sender(nonce=lambda base, seq: record_nonce(base, seq + 1)), "2.3/sequence-number"),
    "numbers-all-zero": (Sender(nonce=lambda base, seq: base), "2.3/sequence-number"),
    "numbers-added": (
        Sender(nonce=lambda base, seq: ((int.from_bytes(base, "big") + seq) % 2**96).to_bytes(12, "big")),
        "2.3/sequence-number",
    ),
    "numbers-little-endian-of-4": (
        Sender(nonce=lambda base, seq: _xor(base, bytes(8) + seq.to_bytes(4, "little"))),
        "2.3/sequence-number",
    ),
    "numbers-little-endian-of-6": (
        Sender(nonce=lambda base, seq: _xor(base, bytes(6) + seq.to_bytes(6, "little"))),
        "2.3/sequence-number",
    ),
    "numbers-little-endian-of-8": (
        Sender(nonce=lambda base, seq: _xor(base, bytes(4) + seq.to_bytes(8, "little"))),
        "2.3/sequence-number",
    ),
    "numbers-little-endian-of-12": (
        Sender(nonce=lambda base, seq: _xor(base, seq.to_bytes(12, "little"))),
        "2.3/sequence-number",
    ),
    "numbers-in-front": (
        Sender(nonce=lambda base, seq: _xor(base, seq.to_bytes(4, "big") + bytes(8))),
        "2.3/sequence-number",
    ),
}
SEALING: dict[str, tuple[Sender, str]] = {
    "header-as-additional-data": (Sender(aad=lambda header: header), "2/aad-empty"),
    "coding-as-additional-data": (Sender(aad=lambda header: b"aes128gcm"), "2/aad-empty"),
    "tags-in-front": (Sender(record=lambda sealed, nonce: sealed[-16:] + sealed[:-16]), "2/aead"),
    "tags-of-12": (Sender(record=lambda sealed, nonce: sealed[:-4]), "2/aead"),
    "tags-of-zeros": (Sender(record=lambda sealed, nonce: sealed[:-16] + bytes(16)), "2/aead"),
    "without-tags": (Sender(record=lambda sealed, nonce: sealed[:-16]), "2/aead"),
    "nonces-in-front": (Sender(record=lambda sealed, nonce: nonce + sealed), "2/aead"),
    "without-delimiters": (Sender(content=lambda plaintext, data: data), "2/delimiter-last"),
    "padded-as-aesgcm": (Sender(content=lambda plaintext, data: b"\0\0" + data), "2/delimiter-last"),
}


def senders() -> Area:
    area = Area(
        "aes128gcm/mistaken-senders",
        DECRYPT,
        "Messages whose sender made one mistake throughout: no decoder may put up with it.",
        flag="MistakenSender",
    )
    ikm = octets("ikm senders", 16)
    # An odd base, so that adding one is not the same as XOR.
    salt = salt_with("senders", ikm, lambda base: bool(base[-1] & 1) and base[-1] != 0xFF)
    several = area.accept(
        "three-records",
        "What the others should have been: three records at rs 64.",
        message("senders", *full(64, 3, last=20), rs=64, ikm=ikm, salt=salt),
        "2.2/prk",
        flags=("Normal",),
    )
    one = area.accept(
        "one-record",
        "What the others should have been: one record at rs 4096.",
        message("sender of one", *full(64, 1), rs=4096),
        "2.2/prk",
        flags=("Normal",),
    )
    for near, how, mistakes in (
        (one, "one-record", {**DERIVATIONS, **NUMBERS, **SEALING}),
        (several, "three-records", NUMBERS),
    ):
        for name, (sender, rule) in mistakes.items():
            made = sender.message(near.recipe)
            if made == seal(near.recipe):
                continue  # with a single record the mistake does not show
            area.refuse(
                f"{how}-{name}",
                f"The sender's mistake: {name.replace('-', ' ')}.",
                near,
                replace(near.recipe, replaced=made),
                rule,
                *(("2/aead",) if rule != "2/aead" else ()),
                stages=_STAGES,
            )
    _headers(area, several)
    return area


_STAGES = (
    "record-auth",
    "record-length",
    "record-size",
    "header",
    "delimiter",
    "padding",
    "truncated",
    "trailing-data",
)


def _headers(area: Area, near: Case) -> None:
    """Headers written otherwise, in front of records that are as they should be."""
    whole = seal(near.recipe)
    salt, rs, body = whole[:16], whole[16:20], whole[21:]
    for name, header in _other_headers(salt, rs):
        area.refuse(
            f"header-{name}",
            f"Correct records behind a header with {name.replace('-', ' ')}.",
            near,
            replace(near.recipe, replaced=header + body),
            "2.1/header",
            "2.1/rs" if "rs" in name else "2.1/idlen",
            stages=_STAGES,
        )


def _other_headers(salt: bytes, rs: bytes) -> Iterator[tuple[str, bytes]]:
    size = int.from_bytes(rs, "big")
    yield "rs-little-endian", salt + rs[::-1] + b"\0"
    yield "rs-in-two-octets", salt + rs[2:] + b"\0"
    yield "rs-first", rs + salt + b"\0"
    for name, value in (
        ("rs-without-tag", size - 16),
        ("rs-without-tag-and-delimiter", size - 17),
    ):
        yield name, salt + value.to_bytes(4, "big") + b"\0"
    yield "no-idlen", salt + rs
    yield "idlen-of-two-octets", salt + rs + b"\0\0"
