"""An RFC 8188 message as a value: what is in it, how it is laid out, and what is deliberately wrong with it.

A `Message` without faults is what a correct encoder could emit. Each fault is a field of its own that a correct
message leaves out, so that a faulty message is a correct one with one field set, and `edits` between the two
is one line. `seal` makes the octets; `parse` goes back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.aes128gcm import HEADER_LENGTH, TAG_LENGTH, Keys, derive_keys, record_nonce

MORE = 1
LAST = 2
NO_DELIMITER = -1

# What a recipe that comes from a file may say; one that is made in Python is believed.
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)]
_Octet = Annotated[int, msgspec.Meta(ge=0, le=255)]
_Delimiter = Annotated[int, msgspec.Meta(ge=NO_DELIMITER, le=255)]
_Salt = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]


class Flip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """XOR `mask` into the octet `at` (negative: from the end)."""

    at: int
    mask: _Octet = 1


class Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One record: `data`, repeated `times`, then the delimiter, then `pad` zero octets; the record `repeat` times.

    Faults: another `delimiter` than the place asks for (`NO_DELIMITER`: none); sealed under the sequence number
    `seq`; with additional data `aad`; `octets` instead of a sealed record; only the first `keep` sealed octets;
    sealed under another message's keys (`foreign_salt`, `foreign_ikm`); sealed octets changed (`flips`).
    """

    data: bytes = b""
    pad: _Count = 0
    times: _Count = 1
    repeat: _Count = 1
    delimiter: _Delimiter | None = None
    seq: Annotated[int, msgspec.Meta(ge=0)] | None = None
    aad: bytes = b""
    octets: bytes | None = None
    keep: _Count | None = None
    foreign_salt: _Salt | None = None
    foreign_ikm: bytes | None = None
    flips: tuple[Flip, ...] = ()

    @property
    def content(self) -> bytes:
        """The data octets of one repetition."""
        return self.data * self.times


class Message(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message: the key it is sealed with, its header, its records.

    Faults: the header shows `header_salt` instead of the salt it was sealed with, or `idlen` instead of the
    keyid's length; `cek_info` or `nonce_info` in key derivation; the sealed records emitted in `order`
    (positions, each any number of times); `tail` octets after the last; only the first `cut` octets; octets
    changed (`flips`); other octets altogether (`replaced`).
    """

    ikm: bytes
    salt: _Salt
    rs: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    records: tuple[Record, ...] = ()
    keyid: bytes = b""
    header_salt: bytes | None = None
    idlen: _Octet | None = None
    cek_info: bytes | None = None
    nonce_info: bytes | None = None
    order: tuple[_Count, ...] | None = None
    tail: bytes = b""
    cut: _Count | None = None
    flips: tuple[Flip, ...] = ()
    replaced: bytes | None = None

    @property
    def content(self) -> bytes:
        """The data of all records, as a decoder of the message without faults returns it."""
        return b"".join(record.content * record.repeat for record in self.records)

    @property
    def padding(self) -> int:
        """Padding octets of the whole message."""
        return sum(record.pad * record.repeat for record in self.records)

    def header(self) -> bytes:
        """The header's octets, faults included."""
        idlen = len(self.keyid) if self.idlen is None else self.idlen
        salt = self.salt if self.header_salt is None else self.header_salt
        return salt + self.rs.to_bytes(4, "big") + bytes([idlen]) + self.keyid


# Sealing


def seal(message: Message) -> bytes:
    """The message's octets, faults included; ValueError where the recipe names octets or records that are not there."""
    if message.replaced is not None:
        return message.replaced
    sealed = list(sealed_records(message))
    if message.order and max(message.order) >= len(sealed):
        raise ValueError(f"order names record {max(message.order)}; there are {len(sealed)}, counted from 0")
    emitted = sealed if message.order is None else [sealed[position] for position in message.order]
    octets = _flipped(b"".join((message.header(), *emitted, message.tail)), message.flips)
    return octets if message.cut is None else octets[: message.cut]


def sealed_records(message: Message) -> Iterator[bytes]:
    """Each record's sealed octets, before order, tail and cut."""
    cek, base = _keys(message)
    aead = AESGCM(cek)
    count = sum(record.repeat for record in message.records)
    seq = 0
    for record in message.records:
        end = seq + record.repeat
        if record.repeat > 1 and record == Record(record.data, record.pad, record.times, record.repeat):
            yield from _sealed_alike(record, aead, base, range(seq, min(end, count - 1)))
            seq = min(end, count - 1)
        for place in range(seq, end):
            yield _sealed(message, record, aead, base, place, place == count - 1)
        seq = end


def _sealed_alike(record: Record, aead: AESGCM, base: bytes, places: range) -> Iterator[bytes]:
    """A correct record many times over, none of them the last: a million of them should not take long to make."""
    content = record_plaintext(record, last=False)
    number = int.from_bytes(base, "big")
    for seq in places:
        yield aead.encrypt((number ^ seq).to_bytes(12, "big"), content, None)


def _keys(message: Message) -> tuple[bytes, bytes]:
    if message.cek_info is None and message.nonce_info is None:
        keys = derive_keys(message.ikm, message.salt)
        return keys.cek, keys.nonce_base
    return _keys_with_info(message)


def _keys_with_info(message: Message) -> tuple[bytes, bytes]:
    """Key derivation with other info strings than the text's (one HMAC each, as in section 2.2)."""
    keys = derive_keys(message.ikm, message.salt)
    cek, base = keys.cek, keys.nonce_base
    if message.cek_info is not None:
        cek = hmac.digest(keys.prk, message.cek_info + b"\x01", "sha256")[:16]
    if message.nonce_info is not None:
        base = hmac.digest(keys.prk, message.nonce_info + b"\x01", "sha256")[:12]
    return cek, base


def _sealed(message: Message, record: Record, aead: AESGCM, base: bytes, seq: int, last: bool) -> bytes:
    if record.octets is not None:
        return record.octets
    if record.foreign_salt is not None or record.foreign_ikm is not None:
        keys = derive_keys(record.foreign_ikm or message.ikm, record.foreign_salt or message.salt)
        aead, base = AESGCM(keys.cek), keys.nonce_base
    nonce = record_nonce(base, seq if record.seq is None else record.seq)
    octets = aead.encrypt(nonce, record_plaintext(record, last), record.aad or None)
    if record.flips:
        octets = _flipped(octets, record.flips)
    return octets if record.keep is None else octets[: record.keep]


def record_plaintext(record: Record, last: bool) -> bytes:
    """What is sealed: data, delimiter, padding."""
    delimiter = record.delimiter if record.delimiter is not None else (LAST if last else MORE)
    mark = b"" if delimiter == NO_DELIMITER else bytes([delimiter])
    return record.content + mark + bytes(record.pad)


def _flipped(octets: bytes, flips: tuple[Flip, ...]) -> bytes:
    changed = bytearray(octets)
    for flip in flips:
        if not -len(octets) <= flip.at < len(octets):
            raise ValueError(f"there is no octet {flip.at} to flip; there are {len(octets)}")
        changed[flip.at] ^= flip.mask
    return bytes(changed)


def authentic_prefix(message: Message, ikm: bytes) -> bytes:
    """The most that a streaming decoder may have released: the data of the leading records that authenticate.

    The record at which it has to stop counts with all that it holds if it authenticates: the text does not
    say what of a badly delimited record is data.
    """
    try:
        parsed = parse(seal(message), ikm)
    except ValueError:
        return b""
    parts = []
    for position, record in enumerate(parsed.records):
        if record.octets is not None or record.seq is not None:
            break
        last = position == len(parsed.records) - 1
        parts.append(record.content)
        if record.delimiter is not None:
            parts[-1] = record_plaintext(record, last)
            break
    return b"".join(parts)


# Parsing


def parse(octets: bytes, ikm: bytes) -> Message:
    """The recipe of a message, as far as the key opens it; ValueError where there is no whole header.

    Records are cut at multiples of rs. One that does not open at its place is tried at the other places (then
    `seq` says which), else kept as bare `octets`. A usual delimiter is left out, so that a correct message
    parses into a recipe without faults.
    """
    if len(octets) < HEADER_LENGTH or len(octets) < HEADER_LENGTH + octets[20]:
        raise ValueError(f"{len(octets)} octets hold no whole header")
    salt, rs, end = octets[:16], int.from_bytes(octets[16:20], "big"), HEADER_LENGTH + octets[20]
    keyid, body = octets[HEADER_LENGTH:end], octets[end:]
    pieces = [body[start : start + rs] for start in range(0, len(body), rs)] if rs else [body]
    keys = derive_keys(ikm, salt)
    records = tuple(parse_record(piece, keys, seq, len(pieces)) for seq, piece in enumerate(pieces) if piece)
    return Message(ikm=ikm, salt=salt, rs=rs, keyid=keyid, records=records)


def parse_record(piece: bytes, keys: Keys, seq: int, count: int) -> Record:
    """The recipe of record `seq` of `count` from its sealed octets, as `parse` makes it."""
    aead = AESGCM(keys.cek)
    for candidate in (seq, *(other for other in range(min(count + 1, 64)) if other != seq)):
        content = _opened(piece, aead, record_nonce(keys.nonce_base, candidate))
        if content is None:
            continue
        record = _unpadded(content, LAST if seq == count - 1 else MORE)
        return record if candidate == seq else msgspec.structs.replace(record, seq=candidate)
    return Record(octets=piece)


def _opened(piece: bytes, aead: AESGCM, nonce: bytes) -> bytes | None:
    if len(piece) < TAG_LENGTH:
        return None
    try:
        return aead.decrypt(nonce, piece, None)
    except InvalidTag:
        return None


def _unpadded(content: bytes, usual: int) -> Record:
    stripped = content.rstrip(b"\0")
    if not stripped:
        return Record(pad=len(content), delimiter=NO_DELIMITER)
    delimiter = stripped[-1]
    return Record(
        data=stripped[:-1],
        pad=len(content) - len(stripped),
        delimiter=None if delimiter == usual else delimiter,
    )
