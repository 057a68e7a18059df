"""RFC 8188, Encrypted Content-Encoding for HTTP: the content coding "aes128gcm", strictly.

A message is a header (salt, rs, keyid) and then records, each of them rs octets except the last, which may
be shorter. A record is AEAD_AES_128_GCM over data, a delimiter octet (2 in the last record, else 1), and
zeros as padding. "The last record" is a matter of place: the one that the message ends with.

Whole messages: `encrypt`, `decrypt`. Pieces: `Encryptor`, `Decryptor`. A prescribed layout: `seal_records`.
One record of a message: `decrypt_record`, `open_record`. Sections named in comments are those of RFC 8188.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.errors import (
    Aes128gcmError,
    ArgumentError,
    DelimiterError,
    HeaderError,
    LimitError,
    PaddingError,
    RecordAuthError,
    RecordLengthError,
    RecordSizeError,
    TrailingDataError,
    TruncatedError,
    UnknownKeyError,
)
from harness.reference.layout import (
    RECORD_OVERHEAD,
    PaddingPolicy,
    Record,
    full_shares,
    layout,
    padding_length,
)

__all__ = [
    "DEFAULT_RS",
    "HEADER_LENGTH",
    "MAX_RECORD_LENGTH",
    "MAX_RS",
    "MIN_RS",
    "TAG_LENGTH",
    "Aes128gcmError",
    "ArgumentError",
    "Decryptor",
    "DelimiterError",
    "Encryptor",
    "Header",
    "HeaderError",
    "KeySource",
    "Keys",
    "LimitError",
    "PaddingError",
    "PaddingPolicy",
    "Record",
    "RecordAuthError",
    "RecordLengthError",
    "RecordSizeError",
    "TrailingDataError",
    "TruncatedError",
    "UnknownKeyError",
    "decrypt",
    "decrypt_pieces",
    "decrypt_record",
    "derive_keys",
    "encrypt",
    "layout",
    "open_record",
    "record_nonce",
    "seal_records",
]

SALT_LENGTH = 16
TAG_LENGTH = 16
NONCE_LENGTH = 12
HEADER_LENGTH = 21
"""Octets of the header without the keyid: salt (16), rs (4), idlen (1)."""
MIN_RS = 18
MAX_RS = 2**32 - 1
DEFAULT_RS = 4096
MAX_RECORD_LENGTH = 2**31 - 1
"""The longest record that the AEAD binding takes; a longer one is refused before it gets there."""

MORE = 1
"""Delimiter of every record but the last (section 2)."""
LAST = 2
"""Delimiter of the last record (section 2)."""

Octets: TypeAlias = bytes | bytearray | memoryview
KeySource: TypeAlias = bytes | Callable[[bytes], bytes | None]
"""The input-keying material, or a function that finds it by keyid and answers None for one it does not know."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header block (section 2.1): salt (16 octets), rs (18 to 2^32-1), keyid (0 to 255 octets, any octets)."""

    salt: bytes
    rs: int
    keyid: bytes = b""

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_LENGTH:
            raise ArgumentError(f"the salt has {len(self.salt)} octets; it must have {SALT_LENGTH}")
        if not MIN_RS <= self.rs <= MAX_RS:
            raise ArgumentError(f"rs is {self.rs}; it must be from {MIN_RS} to {MAX_RS}")
        if len(self.keyid) > 255:
            raise ArgumentError(f"the keyid has {len(self.keyid)} octets; at most 255 fit in the header")

    @property
    def length(self) -> int:
        """Octets of the header, the keyid included."""
        return HEADER_LENGTH + len(self.keyid)

    def encode(self) -> bytes:
        """salt || rs || idlen || keyid"""
        return self.salt + self.rs.to_bytes(4, "big") + bytes([len(self.keyid)]) + self.keyid

    @classmethod
    def parse(cls, message: Octets) -> "Header":
        """The header at the start of `message`, what follows it is not looked at.

        HeaderError if it is cut short; RecordSizeError if rs is below 18.
        """
        if len(message) < HEADER_LENGTH:
            raise HeaderError(f"the message ends after {len(message)} octets; its header needs {HEADER_LENGTH}")
        rs = int.from_bytes(message[16:20], "big")
        if rs < MIN_RS:
            raise RecordSizeError(f"rs (octets 16 to 19) is {rs}; values smaller than {MIN_RS} are invalid")
        end = HEADER_LENGTH + message[20]
        if len(message) < end:
            raise HeaderError(f"the message ends after {len(message)} octets; its keyid should end at {end}")
        return cls(bytes(message[:16]), rs, bytes(message[HEADER_LENGTH:end]))


@dataclass(frozen=True, slots=True)
class Keys:
    """What is derived for one message: PRK (32 octets), CEK (16), and the nonce of record 0 (12)."""

    prk: bytes
    cek: bytes
    nonce_base: bytes


def derive_keys(ikm: bytes, salt: bytes) -> Keys:
    """HKDF with SHA-256 (sections 2.2 and 2.3). Each output is shorter than one hash, so one HMAC each will do."""
    prk = hmac.digest(salt, ikm, "sha256")
    cek = hmac.digest(prk, b"Content-Encoding: aes128gcm\x00\x01", "sha256")[:16]
    nonce_base = hmac.digest(prk, b"Content-Encoding: nonce\x00\x01", "sha256")[:NONCE_LENGTH]
    return Keys(prk, cek, nonce_base)


def record_nonce(nonce_base: bytes, seq: int) -> bytes:
    """NONCE = base XOR SEQ, where SEQ is a 96-bit number in network byte order, from zero (section 2.3)."""
    return (int.from_bytes(nonce_base, "big") ^ seq).to_bytes(NONCE_LENGTH, "big")


class _Buffer:
    """Room for `size` octets: written in place through `view`, handed over as bytes without another copy."""

    __slots__ = ("_io", "end", "view")

    def __init__(self, size: int) -> None:
        self._io = BytesIO(bytes(size))
        self.view = self._io.getbuffer()
        self.end = 0

    def append(self, octets: Octets) -> None:
        end = self.end + len(octets)
        self.view[self.end : end] = octets
        self.end = end

    def take(self) -> bytes:
        self.view.release()
        self._io.truncate(self.end)
        return self._io.getvalue()


# Decoding


def _data_length(content: bytes, is_last: bool, is_full: bool, name: str) -> int:
    """Octets of data in an opened record: all that precedes the last non-zero octet, its delimiter (section 2)."""
    expected = LAST if is_last else MORE
    place = content.rfind(expected)
    if place >= 0 and content[place + 1 :] == bytes(len(content) - place - 1):
        return place
    unpadded = content.rstrip(b"\x00")
    if not unpadded:
        raise PaddingError(f"{name} has no delimiter: all its {len(content)} octets are zero")
    found = unpadded[-1]
    if is_last and is_full and found == MORE:
        raise TruncatedError(f"{name} ends the message, but its delimiter is 1: more records should follow")
    if not is_last and found == LAST:
        raise TrailingDataError(f"{name} has the delimiter 2 of a last record, but more octets follow it")
    place_name = "the last record" if is_last else "a record that others follow"
    raise DelimiterError(f"{name} has the delimiter {found}; in {place_name} it must be {expected}")


class _Opener:
    """Opens the records of one message, in their order."""

    __slots__ = ("_base", "_header", "_open_into", "_seq")

    def __init__(self, header: Header, key: KeySource) -> None:
        ikm = key(header.keyid) if callable(key) else key
        if ikm is None:
            raise UnknownKeyError(f"no key is known for keyid {header.keyid!r}")
        keys = derive_keys(ikm, header.salt)
        self._header = header
        self._open_into = AESGCM(keys.cek).decrypt_into
        self._base = int.from_bytes(keys.nonce_base, "big")
        self._seq = 0

    def _name(self) -> str:
        return f"record {self._seq} (octet {self._header.length + self._seq * self._header.rs})"

    def _auth_error(self) -> RecordAuthError:
        return RecordAuthError(
            f"{self._name()} is not authentic: wrong key or salt, altered octets, or not this record's place"
        )

    def full_records(self, octets: memoryview, out: _Buffer) -> None:
        """Open whole records, none of them the last, and append their data.

        Each is opened where the data of the one before ends: its content overwrites that one's padding.
        """
        rs, base, open_into, view = self._header.rs, self._base, self._open_into, out.view
        seq, end = self._seq, out.end
        try:
            for start in range(0, len(octets), rs):
                stop = end + rs - TAG_LENGTH
                open_into((base ^ seq).to_bytes(12, "big"), octets[start : start + rs], None, view[end:stop])
                if view[stop - 1] == MORE:  # no padding: nearly always
                    end = stop - 1
                else:
                    self._seq = seq
                    end += _data_length(bytes(view[end:stop]), False, True, self._name())
                seq += 1
        except InvalidTag:
            self._seq = seq
            raise self._auth_error() from None
        finally:
            self._seq, out.end = seq, end

    def last_record(self, octets: memoryview, out: _Buffer) -> None:
        """Open the record that the message ends with and append its data."""
        if not octets:
            raise TruncatedError("the message ends after its header; it must have one record or more")
        if len(octets) < RECORD_OVERHEAD:
            raise RecordLengthError(
                f"{self._name()} has {len(octets)} octets; a delimiter and a tag need {RECORD_OVERHEAD}"
            )
        nonce = (self._base ^ self._seq).to_bytes(NONCE_LENGTH, "big")
        stop = out.end + len(octets) - TAG_LENGTH
        content = out.view[out.end : stop]
        try:
            self._open_into(nonce, octets, None, content)
        except InvalidTag:
            raise self._auth_error() from None
        if content[-1] == LAST:
            out.end = stop - 1
        else:
            out.end += _data_length(bytes(content), True, len(octets) == self._header.rs, self._name())


def _check_max_rs(max_rs: int) -> None:
    if not MIN_RS <= max_rs <= MAX_RECORD_LENGTH:
        raise ArgumentError(f"max_rs is {max_rs}; it must be from {MIN_RS} to {MAX_RECORD_LENGTH}")


def _check_record_length(length: int, max_rs: int) -> None:
    if length > max_rs:
        raise LimitError(f"a record of {length} octets or more is longer than the limit of {max_rs} octets")


def _octets_of_full_records(length: int, rs: int) -> int:
    """How many of a body's octets belong to records that are not the last, by their place."""
    return max(0, length - 1) // rs * rs


def decrypt(message: Octets, key: KeySource, *, max_rs: int = MAX_RECORD_LENGTH) -> bytes:
    """The content of a whole message.

    `max_rs` limits the length that a record really has, not what the header claims. Every refusal is an
    Aes128gcmError, and its class and `stage` say where.
    """
    _check_max_rs(max_rs)
    octets = memoryview(message).cast("B")
    header = Header.parse(octets)
    opener = _Opener(header, key)
    body = octets[header.length :]
    _check_record_length(min(header.rs, len(body)), max_rs)
    out = _Buffer(len(body))
    full = _octets_of_full_records(len(body), header.rs)
    opener.full_records(body[:full], out)
    opener.last_record(body[full:], out)
    return out.take()


class Decryptor:
    """Decrypts a message that comes in pieces of any size, in memory for one record and one piece.

    `update` returns the content of the records that are now complete, authentic, and known not to be the
    last: a record of full size waits for the octet after it. `finalize` opens the last one. Until
    it has returned, the message may still prove to be cut short (section 4.2).
    After an error the object is of no more use; the error's `released` is what the failing call had opened before.
    """

    def __init__(self, key: KeySource, *, max_rs: int = MAX_RECORD_LENGTH) -> None:
        _check_max_rs(max_rs)
        self.header: Header | None = None
        """The message's header, once enough octets have come."""
        self._key = key
        self._max_rs = max_rs
        self._opener: _Opener | None = None
        self._pending = bytearray()
        self._ended = False

    def update(self, chunk: Octets) -> bytes:
        """Take the next octets; return the content that they complete, which may be none."""
        self._begin_call()
        octets = memoryview(chunk).cast("B")
        if self._opener is None:
            octets = octets[self._read_header(octets) :]
        if self._opener is None or self.header is None:
            self._ended = False
            return b""
        rs, pending = self.header.rs, self._pending
        available = len(pending) + len(octets)
        _check_record_length(min(rs, available), self._max_rs)
        if available <= rs:
            pending += octets
            self._ended = False
            return b""
        out = _Buffer(available)
        try:
            if pending:
                missing = rs - len(pending)
                pending += octets[:missing]
                octets = octets[missing:]
                self._opener.full_records(memoryview(pending), out)
            full = _octets_of_full_records(len(octets), rs)
            self._opener.full_records(octets[:full], out)
        except Aes128gcmError as error:
            error.released = bytes(out.view[: out.end])
            raise
        self._pending = bytearray(octets[full:])
        self._ended = False
        return out.take()

    def finalize(self) -> bytes:
        """The message is complete: return the content of its last record, or refuse the message."""
        self._begin_call()
        if self._opener is None:
            Header.parse(self._pending)  # raises: the header is not complete
            raise AssertionError("a complete header was not recognised")
        out = _Buffer(len(self._pending))
        self._opener.last_record(memoryview(self._pending), out)
        return out.take()

    def _begin_call(self) -> None:
        if self._ended:
            raise ArgumentError("this decryptor has been finalized or has refused its message; use a new one")
        self._ended = True  # until the call has gone well

    def _read_header(self, octets: memoryview) -> int:
        """Take no more than the header's octets from the front of `octets`; return how many."""
        start = len(self._pending)
        self._pending += octets[: max(0, HEADER_LENGTH - start)]
        if len(self._pending) >= HEADER_LENGTH:
            taken = len(self._pending) - start
            length = HEADER_LENGTH + self._pending[20]
            self._pending += octets[taken : taken + length - len(self._pending)]
            if len(self._pending) == length or int.from_bytes(self._pending[16:20], "big") < MIN_RS:
                self.header = Header.parse(self._pending)
                self._opener = _Opener(self.header, self._key)
                self._pending = bytearray()
                return length - start
        return len(self._pending) - start


def decrypt_pieces(pieces: Iterable[Octets], key: KeySource, *, max_rs: int = MAX_RECORD_LENGTH) -> bytes:
    """The content of a message that comes in pieces; an error's `released` is all the content before the fault."""
    decryptor = Decryptor(key, max_rs=max_rs)
    content: list[bytes] = []
    try:
        content.extend(decryptor.update(piece) for piece in pieces)
        content.append(decryptor.finalize())
    except Aes128gcmError as error:
        error.released = b"".join(content) + error.released
        raise
    return b"".join(content)


def open_record(header: Header, keys: Keys, record: Octets, index: int, *, is_last: bool) -> Record:
    """Open one record on its own: its octets, its place in the message, and whether the message ends with it.

    Record `index` starts at octet `header.length + index * header.rs` of the message (section 2: random
    access is possible at the granularity of the record size).
    """
    name = f"record {index} (octet {header.length + index * header.rs})"
    _check_record_length(len(record), MAX_RECORD_LENGTH)
    if not RECORD_OVERHEAD <= len(record) <= header.rs or not (is_last or len(record) == header.rs):
        least = RECORD_OVERHEAD if is_last else header.rs
        raise RecordLengthError(f"{name} has {len(record)} octets; it must have from {least} to {header.rs}")
    try:
        content = AESGCM(keys.cek).decrypt(record_nonce(keys.nonce_base, index), record, None)
    except InvalidTag:
        raise RecordAuthError(
            f"{name} is not authentic: wrong key or salt, altered octets, or not this record's place"
        ) from None
    length = _data_length(content, is_last, len(record) == header.rs, name)
    return Record(content[:length], len(content) - length - 1)


def decrypt_record(message: Octets, index: int, key: KeySource) -> bytes:
    """The data of record `index` of a message; the other records are not looked at."""
    octets = memoryview(message).cast("B")
    header = Header.parse(octets)
    ikm = key(header.keyid) if callable(key) else key
    if ikm is None:
        raise UnknownKeyError(f"no key is known for keyid {header.keyid!r}")
    start = header.length + index * header.rs
    if index < 0 or start >= len(octets):
        count = -((header.length - len(octets)) // header.rs)
        raise ArgumentError(f"there is no record {index} in this message: it has {count}, counted from 0")
    record = octets[start : start + header.rs]
    is_last = start + len(record) == len(octets)
    return open_record(header, derive_keys(ikm, header.salt), record, index, is_last=is_last).data


# Encoding


class _Sealer:
    """Seals the records of one message, in their order."""

    __slots__ = ("_base", "_rs", "_seal_into", "_seq")

    def __init__(self, header: Header, ikm: bytes) -> None:
        keys = derive_keys(ikm, header.salt)
        self._seal_into = AESGCM(keys.cek).encrypt_into
        self._base = int.from_bytes(keys.nonce_base, "big")
        self._rs = header.rs
        self._seq = 0

    def full_records(self, octets: memoryview, pad: int, out: _Buffer) -> tuple[int, int]:
        """Seal every record but the last; return the octets of data and of padding that they carry."""
        rs, base, seal_into, view = self._rs, self._base, self._seal_into, out.view
        capacity = rs - RECORD_OVERHEAD
        content = bytearray(min(capacity, len(octets) + pad) + 1)  # one for all the records
        start = padded = 0
        for data, padding in full_shares(len(octets), pad, capacity):
            content[:data] = octets[start : start + data]
            content[data:] = b"\x01" + bytes(padding)
            nonce = (base ^ self._seq).to_bytes(NONCE_LENGTH, "big")
            seal_into(nonce, content, None, view[out.end : out.end + rs])
            out.end += rs
            start += data
            padded += padding
            self._seq += 1
        return start, padded

    def record(self, data: Octets, pad: int, delimiter: int, out: _Buffer) -> None:
        """Seal one record, whose length is the caller's concern."""
        content = b"".join((data, bytes((delimiter,)), bytes(pad)))
        stop = out.end + len(content) + TAG_LENGTH
        nonce = (self._base ^ self._seq).to_bytes(NONCE_LENGTH, "big")
        self._seal_into(nonce, content, None, out.view[out.end : stop])
        out.end = stop
        self._seq += 1


def _new_header(salt: bytes | None, rs: int, keyid: bytes) -> Header:
    """A random salt unless the caller brings one: section 4.3 asks for a new one with every message."""
    return Header(os.urandom(SALT_LENGTH) if salt is None else salt, rs, keyid)


def _sealed_length(length: int, rs: int) -> int:
    """Octets of the records that carry `length` octets of data and padding."""
    count = max(1, -(-length // (rs - RECORD_OVERHEAD)))
    return length + count * RECORD_OVERHEAD


def encrypt(
    plaintext: Octets,
    ikm: bytes,
    *,
    salt: bytes | None = None,
    rs: int = DEFAULT_RS,
    keyid: bytes = b"",
    pad: int | PaddingPolicy = 0,
) -> bytes:
    """A whole message.

    `pad` is the number of padding octets in the whole message, or a policy that answers it; `layout`
    tells which record gets how many. ArgumentError for what the header cannot hold.
    """
    header = _new_header(salt, rs, keyid)
    octets = memoryview(plaintext).cast("B")
    padding = padding_length(len(octets), pad)
    length = len(octets) + padding
    _check_record_length(min(rs, length + RECORD_OVERHEAD), MAX_RECORD_LENGTH)
    out = _Buffer(header.length + _sealed_length(length, rs))
    out.append(header.encode())
    sealer = _Sealer(header, ikm)
    data, padded = sealer.full_records(octets, padding, out)
    sealer.record(octets[data:], padding - padded, LAST, out)
    return out.take()


def seal_records(
    records: Sequence[Record], ikm: bytes, *, salt: bytes | None = None, rs: int = DEFAULT_RS, keyid: bytes = b""
) -> bytes:
    """A whole message with these records: each must fill rs octets exactly; only the last may be shorter."""
    header = _new_header(salt, rs, keyid)
    if not records:
        raise ArgumentError("a message has one record or more; none was given")
    for index, record in enumerate(records):
        is_last = index == len(records) - 1
        if record.length > rs or (record.length < rs and not is_last):
            raise ArgumentError(
                f"record {index} has {len(record.data)} octets of data and {record.pad} of padding, {record.length}"
                f" when sealed; it must have {'at most ' if is_last else ''}rs = {rs}"
            )
        _check_record_length(record.length, MAX_RECORD_LENGTH)
    out = _Buffer(header.length + sum(record.length for record in records))
    out.append(header.encode())
    sealer = _Sealer(header, ikm)
    for record in records[:-1]:
        sealer.record(record.data, record.pad, MORE, out)
    sealer.record(records[-1].data, records[-1].pad, LAST, out)
    return out.take()


class Encryptor:
    """Encrypts content that comes in pieces of any size, in memory for one record and one piece.

    Padding may be asked for with any piece; what is pending shares records with the data around it.
    """

    def __init__(self, ikm: bytes, *, salt: bytes | None = None, rs: int = DEFAULT_RS, keyid: bytes = b"") -> None:
        self.header = _new_header(salt, rs, keyid)
        self._sealer = _Sealer(self.header, ikm)
        self._unsent_header = self.header.encode()
        self._pending = bytearray()
        self._pad = 0
        self._ended = False

    def update(self, data: Octets, *, pad: int = 0) -> bytes:
        """Take more content and padding; return the octets that are ready (the first time, the header too)."""
        return self._seal(data, pad, final=False)

    def finalize(self, *, pad: int = 0) -> bytes:
        """The content is complete: return the rest of the message, its last record included."""
        return self._seal(b"", pad, final=True)

    def _seal(self, data: Octets, pad: int, *, final: bool) -> bytes:
        if self._ended:
            raise ArgumentError("this encryptor has been finalized; use a new one, with a new salt")
        padding = self._pad + padding_length(len(data), pad)
        length = len(self._pending) + len(data) + padding
        _check_record_length(min(self.header.rs, length + RECORD_OVERHEAD), MAX_RECORD_LENGTH)
        self._pending += data
        out = _Buffer(len(self._unsent_header) + _sealed_length(length, self.header.rs))
        out.append(self._unsent_header)
        with memoryview(self._pending) as octets:
            sealed, padded = self._sealer.full_records(octets, padding, out)
        del self._pending[:sealed]
        self._pad = padding - padded
        self._unsent_header = b""
        if final:
            self._ended = True
            self._sealer.record(self._pending, self._pad, LAST, out)
        return out.take()
