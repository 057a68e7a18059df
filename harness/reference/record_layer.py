"""RFC 8188 section 2: the header, the keys, and the records of "aes128gcm", each rule once.

`RecordOpener` and `RecordSealer` go through the records of one message in their order; the functions and classes
that a caller wants are in `aes128gcm`. The sections named here are those of RFC 8188.
"""

import hmac
from dataclasses import dataclass
from io import BytesIO
from struct import iter_unpack
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.errors import (
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
)
from harness.reference.layout import RECORD_OVERHEAD, Record, full_shares

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
LAST = 2
"""The delimiter of the last record; every other record has MORE (section 2)."""

SHORT_RS = 256
"""Up to this rs, what surrounds the AEAD costs more than the AEAD itself, and records are opened in runs."""

Octets: TypeAlias = bytes | bytearray | memoryview


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
        """The header at the start of `message`; what follows it is not looked at.

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


# As numbers of 256 octets, for an XOR with all of them at once: 0, 1, 2, … 255, and 1, 1, 1, …
_EVERY_OCTET = int.from_bytes(range(256), "big")
_ALL_ONES = int.from_bytes(b"\x01" * 256, "big")


def _run_of_nonces(nonce_base: bytes, seq: int) -> tuple[bytearray, bytes]:
    """The nonce of `seq`, and the last octets of it and of those that follow until SEQ changes another octet."""
    last_octets = (_EVERY_OCTET ^ nonce_base[11] * _ALL_ONES).to_bytes(256, "big")
    return bytearray(record_nonce(nonce_base, seq)), last_octets[seq % 256 :]


class Output:
    """Octets written one after the other into a buffer: `end` of them so far, at the front of `view`."""

    __slots__ = ("end", "view")

    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.end = 0

    def append(self, octets: Octets) -> None:
        end = self.end + len(octets)
        self.view[self.end : end] = octets
        self.end = end


class NewOutput(Output):
    """Room for `size` octets, written in place and handed over as bytes without another copy."""

    __slots__ = ("_io",)

    def __init__(self, size: int) -> None:
        self._io = BytesIO(bytes(size))
        super().__init__(self._io.getbuffer())

    def take(self) -> bytes:
        self.view.release()
        self._io.truncate(self.end)
        return self._io.getvalue()


def check_record_length(length: int, max_rs: int = MAX_RECORD_LENGTH) -> None:
    """LimitError if a record is longer than its reader or writer is ready to hold."""
    if not MIN_RS <= max_rs <= MAX_RECORD_LENGTH:
        raise ArgumentError(f"max_rs is {max_rs}; it must be from {MIN_RS} to {MAX_RECORD_LENGTH}")
    if length > max_rs:
        raise LimitError(f"a record of {length} octets is longer than the limit of {max_rs} octets")


def _name(header: Header, index: int) -> str:
    return f"record {index} (at octet {header.length + index * header.rs})"


def _not_authentic(header: Header, index: int) -> RecordAuthError:
    return RecordAuthError(
        f"{_name(header, index)} is not authentic: a wrong key or salt, altered octets, or another record's place"
    )


def _data_length(content: bytes, header: Header, index: int, is_last: bool) -> int:
    """Octets of data in an opened record: those before its last non-zero octet, the delimiter (section 2)."""
    expected = LAST if is_last else MORE
    place = content.rfind(expected)
    if place >= 0 and content.endswith(bytes(len(content) - place - 1)):
        return place
    name = _name(header, index)
    unpadded = content.rstrip(b"\x00")
    if not unpadded:
        raise PaddingError(f"{name} has no delimiter: all its {len(content)} octets are zero")
    found = unpadded[-1]
    if is_last and found == MORE and len(content) == header.rs - TAG_LENGTH:
        raise TruncatedError(f"the message ends with {name}, whose delimiter 1 says that others follow")
    if not is_last and found == LAST:
        raise TrailingDataError(f"octets follow {name}, whose delimiter 2 says that it is the last")
    where = "the last record" if is_last else "a record that others follow"
    raise DelimiterError(f"{name} has the delimiter {found}; {where} must have {expected}")


def octets_before_last_record(length: int, rs: int) -> int:
    """How many octets of a body of `length` belong to records that others follow: a matter of place alone."""
    return max(0, length - 1) // rs * rs


class RecordOpener:
    """Opens the records of one message, in their order."""

    __slots__ = ("_contents", "_header", "_nonce_base", "_open_into", "_seq", "_slots")

    def __init__(self, header: Header, ikm: bytes) -> None:
        keys = derive_keys(ikm, header.salt)
        self._header = header
        self._nonce_base = keys.nonce_base
        self._open_into = AESGCM(keys.cek).decrypt_into
        self._seq = 0
        self._contents = bytearray()
        self._slots: list[memoryview] = []

    def full_records(self, octets: memoryview, out: Output) -> None:
        """Open whole records, none of them the last, and append their data."""
        rs = self._header.rs
        while octets:
            run = octets[: (256 - self._seq % 256) * rs]
            if not (rs <= SHORT_RS and self._open_short_run(run, out)):
                self._open_run(run, out)
            self._seq += len(run) // rs
            octets = octets[len(run) :]

    def _open_run(self, run: memoryview, out: Output) -> None:
        """Open each record where the data of the one before ends: its content overwrites that one's padding."""
        rs, open_into, view, end = self._header.rs, self._open_into, out.view, out.end
        size = rs - TAG_LENGTH
        unpadded, more = size - 1, MORE
        nonce, last_octets = _run_of_nonces(self._nonce_base, self._seq)
        try:
            for last_octet, start in zip(last_octets, range(0, len(run), rs), strict=False):
                nonce[11] = last_octet
                open_into(nonce, run[start : start + rs], None, view[end : end + size])
                end += unpadded
                if view[end] != more:
                    end -= unpadded
                    content = bytes(view[end : end + size])
                    end += _data_length(content, self._header, self._seq + start // rs, is_last=False)
        except InvalidTag:
            raise _not_authentic(self._header, self._seq + start // rs) from None
        finally:
            out.end = end

    def _open_short_run(self, run: memoryview, out: Output) -> bool:
        """Open a run of records that are authentic and unpadded, checking and removing their delimiters together.

        Whatever is not so plain is left to `_open_run`: then nothing is appended, and the answer is False.
        """
        rs, open_into = self._header.rs, self._open_into
        size, count = rs - TAG_LENGTH, len(run) // rs
        if count < 16:
            return False
        if not self._slots:
            self._contents = bytearray(256 * size)
            room = memoryview(self._contents)
            self._slots = [room[start : start + size] for start in range(0, len(room), size)]
        nonce, last_octets = _run_of_nonces(self._nonce_base, self._seq)
        records = iter_unpack(f"{rs}s", run)
        try:
            for last_octet, (record,), slot in zip(last_octets, records, self._slots, strict=False):
                nonce[11] = last_octet
                open_into(nonce, record, None, slot)
        except InvalidTag:
            return False
        data = self._contents[: count * size]
        if data[size - 1 :: size] != bytes((MORE,)) * count:
            return False
        del data[size - 1 :: size]
        out.append(data)
        return True

    def last_record(self, octets: memoryview, out: Output) -> None:
        """Open the record that the message ends with and append its data."""
        header, seq = self._header, self._seq
        if not octets:
            raise TruncatedError("the message ends after its header; it must have one record or more")
        if len(octets) < RECORD_OVERHEAD:
            name = _name(header, seq)
            raise RecordLengthError(f"{name} has {len(octets)} octets; a delimiter and a tag need {RECORD_OVERHEAD}")
        content = out.view[out.end : out.end + len(octets) - TAG_LENGTH]
        try:
            self._open_into(record_nonce(self._nonce_base, seq), octets, None, content)
        except InvalidTag:
            raise _not_authentic(header, seq) from None
        if content[-1] == LAST:
            out.end += len(content) - 1
        else:
            out.end += _data_length(bytes(content), header, seq, is_last=True)


def open_record(header: Header, keys: Keys, record: Octets, index: int, *, is_last: bool) -> Record:
    """Open one record on its own, given its octets, its place (from 0), and whether the message ends with it.

    It is the octets of the message from `header.length + index * header.rs` on: rs of them, fewer only at the
    end (section 2: random access is possible at the granularity of the record size).
    """
    check_record_length(len(record))
    if len(record) > header.rs or len(record) < (RECORD_OVERHEAD if is_last else header.rs):
        least = f"from {RECORD_OVERHEAD} to " if is_last else ""
        raise RecordLengthError(f"{_name(header, index)} has {len(record)} octets, not {least}rs = {header.rs}")
    try:
        content = AESGCM(keys.cek).decrypt(record_nonce(keys.nonce_base, index), record, None)
    except InvalidTag:
        raise _not_authentic(header, index) from None
    length = _data_length(content, header, index, is_last)
    return Record(content[:length], len(content) - length - 1)


class RecordSealer:
    """Seals the records of one message, in their order."""

    __slots__ = ("_nonce_base", "_rs", "_seal_into", "_seq")

    def __init__(self, header: Header, ikm: bytes) -> None:
        keys = derive_keys(ikm, header.salt)
        self._seal_into = AESGCM(keys.cek).encrypt_into
        self._nonce_base = keys.nonce_base
        self._rs = header.rs
        self._seq = 0

    def full_records(self, source: BytesIO, length: int, pad: int, out: Output) -> tuple[int, int]:
        """Seal every record but the last of what carries `length` octets from the source and `pad` of padding.

        Returns the octets of data and of padding that are left for the last record.
        """
        capacity = self._rs - RECORD_OVERHEAD
        content = bytearray(min(capacity, length + pad) + 1)  # the same one for all the records
        for data, padding, count in full_shares(length, pad, capacity):
            content[data:] = bytes((MORE,)) + bytes(padding)
            with memoryview(content)[:data] as room:
                self._seal_run(source, content, room, count, out)
            length -= count * data
            pad -= count * padding
        return length, pad

    def _seal_run(self, source: BytesIO, content: bytearray, room: memoryview, count: int, out: Output) -> None:
        """Seal `count` records of `content`, of which `room` is filled from the source for each."""
        rs, seal_into, fill, view = self._rs, self._seal_into, source.readinto, out.view
        end = out.end + count * rs
        while out.end < end:
            nonce, last_octets = _run_of_nonces(self._nonce_base, self._seq)
            stop = min(end, out.end + len(last_octets) * rs)
            for last_octet, start in zip(last_octets, range(out.end, stop, rs), strict=False):
                nonce[11] = last_octet
                fill(room)
                seal_into(nonce, content, None, view[start : start + rs])
            self._seq += (stop - out.end) // rs
            out.end = stop

    def record(self, data: Octets, pad: int, delimiter: int, out: Output) -> None:
        """Seal one record, whose length is the caller's concern."""
        content = b"".join((data, bytes((delimiter,)), bytes(pad)))
        stop = out.end + len(content) + TAG_LENGTH
        nonce = record_nonce(self._nonce_base, self._seq)
        self._seal_into(nonce, content, None, out.view[out.end : stop])
        out.end = stop
        self._seq += 1
