"""Why a record that an encoder produced does not open: told from what does open it, and from the known content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.aes128gcm import TAG_LENGTH, Keys, record_nonce

#: Numbers that a record may have been sealed under instead of its own, as far as they are tried.
NUMBERS = 64
#: Known octets that have to come out before a key stream counts as recognised.
RECOGNISED = 4
BLOCK = 16


@dataclass(frozen=True)
class ClosedRecord:
    """A record that does not open at its place: message, keys, number, and the data that should be in it.

    `body` is all that follows the message's header, `start` the record's place in it; `known` the content from
    this record on. The records before it have opened.
    """

    header: bytes
    body: bytes
    rs: int
    keys: Keys
    seq: int
    known: bytes

    @property
    def start(self) -> int:
        """Where the record starts in the body."""
        return self.seq * self.rs

    @property
    def octets(self) -> bytes:
        """The record, as rs cuts it."""
        return self.body[self.start : self.start + self.rs]

    def name(self) -> str:
        """The record as explanations call it."""
        count = -(-len(self.body) // self.rs)
        return f"record {self.seq} of {count}, {len(self.octets)} octets long,"


def explain(record: ClosedRecord) -> tuple[str, tuple[str, ...]]:
    """One sentence, and the rules that are broken (without the `rfc8188/` before them)."""
    name = record.name()
    if len(record.octets) < TAG_LENGTH + 1:
        return f"{name} is too short for a delimiter and a tag", ("2/record-minimum", "2/aead", "2/fixed-record-size")
    if length := _opens_with_length(record):
        where = f"records are not cut at rs = {record.rs}"
        return f"{name} opens as one of {length} octets: {where}", ("2/fixed-record-size",)
    for number in range(NUMBERS):
        if number != record.seq and _opens(record, record.octets, number):
            return f"{name} is sealed under the sequence number {number}", ("2.3/sequence-number",)
    if record.known[:BLOCK] and record.octets.startswith(record.known[:BLOCK]):
        return f"{name} is not encrypted", ("2/aead",)
    return _by_key_stream(record, name)


def _opens(record: ClosedRecord, octets: bytes, seq: int) -> bool:
    try:
        AESGCM(record.keys.cek).decrypt(record_nonce(record.keys.nonce_base, seq), octets, None)
    except InvalidTag:
        return False
    return True


def _opens_with_length(record: ClosedRecord) -> int:
    """The length at which the octets from here on open as one record, tried around rs and for the whole; else 0."""
    rest = record.body[record.start :]
    rs = record.rs
    lengths = [*range(17, min(len(rest), 512) + 1), *range(max(17, rs - 64), min(len(rest), rs + 64) + 1), len(rest)]
    return next((length for length in dict.fromkeys(lengths) if _opens(record, rest[:length], record.seq)), 0)


def _by_key_stream(record: ClosedRecord, name: str) -> tuple[str, tuple[str, ...]]:
    """What the start of the ciphertext and the content that should be in it say of key and nonce."""
    nonce = record_nonce(record.keys.nonce_base, record.seq)
    known = record.known[: len(record.octets) - TAG_LENGTH - 1]
    if len(known) >= RECOGNISED and _deciphered(record.keys.cek, nonce, record.octets[: len(known)])[: len(known)] in (
        known,
        known[:BLOCK],
    ):
        return _about_the_tag(record, name, nonce)
    for skipped, found in _nonces(record):
        if skipped:
            return f"{name} has {skipped} octets before its ciphertext", ("2/aead", "2/fixed-record-size")
        return (
            f"{name} is sealed with the nonce {found.hex()}; its own is {nonce.hex()}",
            ("2.3/nonce-base", "2.3/sequence-number"),
        )
    if record.seq:
        return (
            f"{name} does not open though the ones before it do: its nonce is another, or it is cut elsewhere",
            ("2.3/sequence-number", "2/fixed-record-size", "2/aead"),
        )
    if len(known) >= BLOCK:
        return (
            f"{name} does not open, and no nonce makes its key the right one: the key is another",
            ("2.2/cek", "2.2/prk", "2/aead"),
        )
    return (
        f"{name} does not open: the key, the nonce or the additional data is another",
        ("2.2/prk", "2.2/cek", "2.3/nonce-base", "2.3/sequence-number", "2/aad-empty", "2/aead"),
    )


def _about_the_tag(record: ClosedRecord, name: str, nonce: bytes) -> tuple[str, tuple[str, ...]]:
    """Key and nonce are right, so the tag or what it covers is not."""
    aead = AESGCM(record.keys.cek)
    for what, additional in (("the message's header", record.header), ("the coding's name", b"aes128gcm")):
        try:
            aead.decrypt(nonce, record.octets, additional)
        except InvalidTag:
            continue
        return f"{name} has {what} as additional data; there has to be none", ("2/aad-empty",)
    return (
        f"{name} has the right key and nonce, but its tag does not verify: it is another, or cut, or stands elsewhere,"
        " or covers additional data",
        ("2/aead", "2/aad-empty", "2/fixed-record-size"),
    )


def _deciphered(cek: bytes, nonce: bytes, octets: bytes) -> bytes:
    """The octets without GCM's key stream, nothing being authenticated (NIST SP 800-38D section 7.2)."""
    return Cipher(algorithms.AES(cek), modes.CTR(nonce + b"\0\0\0\2")).decryptor().update(octets)


def _nonces(record: ClosedRecord) -> Iterator[tuple[int, bytes]]:
    """The nonce that the record was sealed with under the right key, with how many octets precede the ciphertext.

    A block of key stream is AES over nonce and block counter. So where a whole block of content is known, the
    counter shows, if the key is right, and the nonce stands before it.
    """
    known = record.known[:BLOCK]
    if len(known) < BLOCK:
        return
    # One block of AES is wanted here, not a mode: nothing is kept secret by it.
    block_cipher = Cipher(algorithms.AES(record.keys.cek), modes.ECB()).decryptor()  # noqa: S305
    for skipped in (0, 12, TAG_LENGTH, 12 + TAG_LENGTH):
        first = record.octets[skipped : skipped + BLOCK]
        if len(first) < BLOCK:
            continue
        found = block_cipher.update(bytes(one ^ other for one, other in zip(first, known, strict=True)))
        if found.endswith(b"\0\0\0\2"):
            yield skipped, found[:12]
