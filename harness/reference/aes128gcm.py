"""RFC 8188, Encrypted Content-Encoding for HTTP: the content coding "aes128gcm", strictly.

A message is a header (salt, rs, keyid) and then records, each of them rs octets except the last, which may
be shorter. A record is AEAD_AES_128_GCM over data, a delimiter octet (2 in the last record, else 1), and
zeros as padding. "The last record" is a matter of place: the one that the message ends with.

Whole messages: `encrypt`, `decrypt`. Pieces: `Encryptor`, `Decryptor`. A prescribed layout: `seal_records`.
One record of a message: `decrypt_record`, `open_record`. The rules themselves are in `record_layer`.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TypeAlias

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
from harness.reference.layout import RECORD_OVERHEAD, PaddingPolicy, Record, layout, padding_length
from harness.reference.record_layer import (
    DEFAULT_RS,
    HEADER_LENGTH,
    LAST,
    MAX_RECORD_LENGTH,
    MAX_RS,
    MIN_RS,
    MORE,
    SALT_LENGTH,
    TAG_LENGTH,
    Header,
    Keys,
    NewOutput,
    Octets,
    Output,
    RecordOpener,
    RecordSealer,
    check_record_length,
    derive_keys,
    octets_before_last_record,
    open_record,
    record_nonce,
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
    "decrypt_into",
    "decrypt_pieces",
    "decrypt_record",
    "derive_keys",
    "encrypt",
    "layout",
    "open_record",
    "record_nonce",
    "seal_records",
]

KeySource: TypeAlias = bytes | Callable[[bytes], bytes | None]
"""The input-keying material, or a function that finds it by keyid and answers None for one it does not know."""


def _find_key(key: KeySource, keyid: bytes) -> bytes:
    ikm = key(keyid) if callable(key) else key
    if ikm is None:
        raise UnknownKeyError(f"no key is known for keyid {keyid!r}")
    return ikm


def _decrypt(message: memoryview, header: Header, key: KeySource, max_rs: int, out: Output) -> None:
    opener = RecordOpener(header, _find_key(key, header.keyid))
    body = message[header.length :]
    check_record_length(min(header.rs, len(body)), max_rs)
    full = octets_before_last_record(len(body), header.rs)
    opener.full_records(body[:full], out)
    opener.last_record(body[full:], out)


def decrypt(message: Octets, key: KeySource, *, max_rs: int = MAX_RECORD_LENGTH) -> bytes:
    """The content of a whole message.

    `max_rs` limits the length that a record really has, not what the header claims. Every refusal is an
    Aes128gcmError, and its class and `stage` say where.
    """
    octets = memoryview(message).cast("B")
    header = Header.parse(octets)
    out = NewOutput(len(octets) - header.length)
    _decrypt(octets, header, key, max_rs, out)
    return out.take()


def decrypt_into(
    message: Octets, key: KeySource, buffer: bytearray | memoryview, *, max_rs: int = MAX_RECORD_LENGTH
) -> int:
    """`decrypt` into the front of another buffer, at least as long as the message; the octets of content written.

    What the buffer holds after them, and all that it holds after an error, is not content.
    """
    octets, view = memoryview(message).cast("B"), memoryview(buffer).cast("B")
    if view.readonly or len(view) < len(octets):
        raise ArgumentError(f"the buffer must be writable and have {len(octets)} octets; it has {len(view)}")
    out = Output(view)
    _decrypt(octets, Header.parse(octets), key, max_rs, out)
    return out.end


class Decryptor:
    """Decrypts a message that comes in pieces of any size, in memory for one record and one piece.

    `update` returns the content of the records that are now complete, authentic, and known not to be the
    last: a record of full size waits for the octet after it. `finalize` opens the last one. Until
    it has returned, the message may still prove to be cut short (section 4.2). An error ends the decryptor;
    its `released` is what the failing call had opened before the fault.
    """

    def __init__(self, key: KeySource, *, max_rs: int = MAX_RECORD_LENGTH) -> None:
        check_record_length(0, max_rs)
        self.header: Header | None = None
        """The message's header, once enough octets have come."""
        self._key = key
        self._max_rs = max_rs
        self._opener: RecordOpener | None = None
        self._pending = bytearray()
        self._ended = False

    def update(self, chunk: Octets) -> bytes:
        """Take the next octets; return the content that they complete, which may be none."""
        self._begin()
        content = self._update(memoryview(chunk).cast("B"))
        self._ended = False
        return content

    def finalize(self) -> bytes:
        """The message is complete: return the content of its last record, or refuse the message."""
        self._begin()
        if self._opener is None:
            raise HeaderError(f"the message ends after {len(self._pending)} octets, within its header")
        out = NewOutput(len(self._pending))
        self._opener.last_record(memoryview(self._pending), out)
        return out.take()

    def _begin(self) -> None:
        if self._ended:
            raise ArgumentError("this decryptor was finalized or has refused its message; use a new one")
        self._ended = True  # and so it stays if the call fails

    def _update(self, octets: memoryview) -> bytes:
        if self.header is None:
            octets = self._read_header(octets)
        if self.header is None or self._opener is None:
            return b""
        rs = self.header.rs
        available = len(self._pending) + len(octets)
        check_record_length(min(rs, available), self._max_rs)
        if available <= rs:
            self._pending += octets
            return b""
        out = NewOutput(octets_before_last_record(available, rs))
        try:
            if self._pending:
                octets = self._take(octets, rs)
                self._opener.full_records(memoryview(self._pending), out)
            full = octets_before_last_record(len(octets), rs)
            self._opener.full_records(octets[:full], out)
        except Aes128gcmError as error:
            error.released = bytes(out.view[: out.end])
            raise
        self._pending = bytearray(octets[full:])
        return out.take()

    def _read_header(self, octets: memoryview) -> memoryview:
        """Take the header, or as much of it as has come, from the front of `octets`; return the rest."""
        octets = self._take(octets, HEADER_LENGTH)
        if len(self._pending) < HEADER_LENGTH:
            return octets
        octets = self._take(octets, HEADER_LENGTH + self._pending[20])
        try:
            self.header = Header.parse(self._pending)
        except HeaderError:
            return octets  # none are left, and more of the keyid is to come
        self._opener = RecordOpener(self.header, _find_key(self._key, self.header.keyid))
        self._pending = bytearray()
        return octets

    def _take(self, octets: memoryview, length: int) -> memoryview:
        """Move octets to what is pending until that has `length` octets; return the rest."""
        missing = max(0, length - len(self._pending))  # a keyid that came in part is pending with the header
        self._pending += octets[:missing]
        return octets[missing:]


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


def decrypt_record(message: Octets, index: int, key: KeySource) -> bytes:
    """The data of record `index` of a message; the other records are not looked at."""
    octets = memoryview(message).cast("B")
    header = Header.parse(octets)
    keys = derive_keys(_find_key(key, header.keyid), header.salt)
    start = header.length + index * header.rs
    if index < 0 or start >= len(octets):
        count = -((header.length - len(octets)) // header.rs)
        raise ArgumentError(f"there is no record {index} in this message: it has {count}, counted from 0")
    record = octets[start : start + header.rs]
    is_last = start + len(record) == len(octets)
    return open_record(header, keys, record, index, is_last=is_last).data


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
    length = memoryview(plaintext).nbytes
    padding = padding_length(length, pad)
    check_record_length(min(rs, length + padding + RECORD_OVERHEAD))
    out = NewOutput(header.length + _sealed_length(length + padding, rs))
    out.append(header.encode())
    sealer = RecordSealer(header, ikm)
    source = BytesIO(plaintext)
    _, padding = sealer.full_records(source, length, padding, out)
    sealer.record(source.read(), padding, LAST, out)
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
        check_record_length(record.length)
    out = NewOutput(header.length + sum(record.length for record in records))
    out.append(header.encode())
    sealer = RecordSealer(header, ikm)
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
        self._sealer = RecordSealer(self.header, ikm)
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
        length = len(self._pending) + memoryview(data).nbytes
        padding = self._pad + padding_length(length, pad)
        check_record_length(min(self.header.rs, length + padding + RECORD_OVERHEAD))
        header, self._unsent_header = self._unsent_header, b""
        if not final and length + padding <= self.header.rs - RECORD_OVERHEAD:
            self._pending += data
            self._pad = padding
            return header
        out = NewOutput(len(header) + _sealed_length(length + padding, self.header.rs))
        out.append(header)
        source = BytesIO(b"".join((self._pending, data)) if self._pending else data)
        _, self._pad = self._sealer.full_records(source, length, padding, out)
        self._pending = bytearray(source.read())
        if final:
            self._ended = True
            self._sealer.record(self._pending, self._pad, LAST, out)
        return out.take()
