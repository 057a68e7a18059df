"""RFC 8188 once more, a method a step, so that a mutant is a class that overrides one of them.

Written to be read and overridden, not to be fast. Sections are those of RFC 8188.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.errors import (
    Aes128gcmError,
    ArgumentError,
    DelimiterError,
    HeaderError,
    PaddingError,
    RecordAuthError,
    RecordLengthError,
    RecordSizeError,
)

TAG = 16
OVERHEAD = 17


class Derivation:
    """Sections 2.2 and 2.3: what both sides derive."""

    cek_info = b"Content-Encoding: aes128gcm\0"
    nonce_info = b"Content-Encoding: nonce\0"

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        """The pseudorandom key, 32 octets."""
        return hmac.digest(salt, ikm, "sha256")

    def cek(self, prk: bytes) -> bytes:
        """The content-encryption key, 16 octets."""
        return hmac.digest(prk, self.cek_info + b"\1", "sha256")[:16]

    def nonce_base(self, prk: bytes) -> bytes:
        """The nonce of record 0, 12 octets."""
        return hmac.digest(prk, self.nonce_info + b"\1", "sha256")[:12]

    def nonce(self, base: bytes, seq: int) -> bytes:
        """The nonce of a record."""
        return (int.from_bytes(base, "big") ^ seq).to_bytes(12, "big")

    def aad(self, header: bytes) -> bytes:
        """The additional data of each record, given the message's header."""
        return b""


@dataclass(frozen=True)
class Header:
    """A header that was read: its fields, and how many octets it takes."""

    salt: bytes
    rs: int
    keyid: bytes
    length: int


class PlainDecoder(Derivation):
    """A strict decoder, for whole messages and for pieces."""

    rejected = (Aes128gcmError,)
    unsupported = ()

    header: Header
    aead: AESGCM
    base: bytes
    additional: bytes
    pending: bytearray
    started: bool
    seq: int
    released: list[bytes]

    def describe(self) -> dict[str, Any]:
        """What it is and can do."""
        methods = {"aes128gcm.decrypt": {"params": ["chunk_size"]}}
        return {"protocol": 1, "name": type(self).__name__, "language": "Python", "methods": methods}

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes, chunk_size: int | None = None) -> dict[str, bytes]:
        """The protocol's method."""
        if chunk_size is None:
            return self.whole(ikm, message)
        return self.in_pieces(ikm, (message[at : at + chunk_size] for at in range(0, len(message), chunk_size)))

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        """What the caller gets."""
        return {"plaintext": plaintext, "keyid": keyid}

    # A whole message

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        """Header, then records, one after the other."""
        header = self.parse_header(message)
        self.begin(ikm, header, message[: header.length])
        records = self.cut(message[header.length :], header.rs)
        return self.result(self.all_records(records), header.keyid)

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        """The records, as slices of what follows the header."""
        return [body[at : at + rs] for at in range(0, len(body), rs)] or [b""]

    def all_records(self, records: list[bytes]) -> bytes:
        """The data of all of them."""
        last = len(records) - 1
        return b"".join(self.record(record, seq, seq == last) for seq, record in enumerate(records))

    # Pieces

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        """The same, fed piece by piece; a refusal says what had been released before it."""
        self.reset()
        try:
            for piece in pieces:
                self.update(ikm, piece)
            self.finish(ikm)
        except Aes128gcmError as error:
            error.released = b"".join(self.released)
            raise
        return self.result(b"".join(self.released), self.header.keyid)

    def reset(self) -> None:
        """Forget the message before."""
        self.pending, self.started, self.seq, self.released = bytearray(), False, 0, []

    def update(self, ikm: bytes, piece: bytes) -> None:
        """Take a piece; release every record that it completes and that is not the last."""
        self.pending += piece
        if not self.started and not self.start(ikm):
            return
        while self.more_follows(len(self.pending), self.header.rs):
            self.release(self.record(self.take(self.header.rs), self.seq, False))
            self.seq += 1

    def start(self, ikm: bytes) -> bool:
        """Read the header, once it is complete; whether it is."""
        if not self.header_is_complete():
            return False
        header = self.parse_header(bytes(self.pending))
        self.begin(ikm, header, self.take(header.length))
        self.started = True
        return True

    def header_is_complete(self) -> bool:
        """Whether what has come holds a header with its keyid."""
        return len(self.pending) >= 21 and len(self.pending) >= 21 + self.pending[20]

    def more_follows(self, pending: int, rs: int) -> bool:
        """Whether what is pending holds a record and shows that it is not the last."""
        return pending > rs

    def finish(self, ikm: bytes) -> None:
        """What is pending is the last record."""
        if not self.started:
            self.parse_header(bytes(self.pending))  # refuses: it is not complete
        self.release(self.record(self.take(len(self.pending)), self.seq, True))

    def take(self, length: int) -> bytes:
        """The first octets of what is pending."""
        taken = bytes(self.pending[:length])
        del self.pending[:length]
        return taken

    def release(self, data: bytes) -> None:
        """Hand data to the caller."""
        self.released.append(data)

    # The header (section 2.1)

    def parse_header(self, octets: bytes) -> Header:
        """The header at the front of these octets."""
        if len(octets) < 21:
            raise HeaderError(f"{len(octets)} octets hold no header of 21")
        rs = self.read_rs(octets[16:20])
        self.check_rs(rs)
        length = 21 + self.read_idlen(octets[20])
        if len(octets) < length:
            raise HeaderError(f"{len(octets)} octets hold no header of {length}")
        return Header(self.read_salt(octets[:16]), rs, self.read_keyid(octets[21:length]), length)

    def read_salt(self, field: bytes) -> bytes:
        """The salt, from its 16 octets."""
        return field

    def read_rs(self, field: bytes) -> int:
        """rs, from its 4 octets."""
        return int.from_bytes(field, "big")

    def check_rs(self, rs: int) -> None:
        """Refuse what is no record size."""
        if rs < 18:
            raise RecordSizeError(f"rs is {rs}")

    def read_idlen(self, octet: int) -> int:
        """How many octets the keyid has."""
        return octet

    def read_keyid(self, field: bytes) -> bytes:
        """The keyid, from its octets."""
        return field

    # A record (section 2)

    def begin(self, ikm: bytes, header: Header, octets: bytes) -> None:
        """Derive keys for a message; `octets` are the header's own."""
        prk = self.prk(ikm, header.salt)
        self.header, self.aead, self.base = header, AESGCM(self.cek(prk)), self.nonce_base(prk)
        self.additional = self.aad(octets)

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        """The data of a record."""
        if len(record) < OVERHEAD:
            raise RecordLengthError(f"record {seq} has {len(record)} octets")
        return self.unpad(self.open(record, seq, last), seq, last)

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        """What is sealed in a record: data, delimiter, padding."""
        try:
            return self.aead.decrypt(self.nonce(self.base, seq), record, self.additional)
        except InvalidTag:
            raise RecordAuthError(f"record {seq} is not authentic") from None

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        """The data in front of the delimiter, which has to be right for the record's place."""
        place = self.delimiter_place(content)
        if not self.delimiter_is_right(content[place], last):
            raise DelimiterError(f"record {seq} has the delimiter {content[place]}")
        return content[:place]

    def delimiter_place(self, content: bytes) -> int:
        """Where the last octet is that is not zero."""
        place = len(content.rstrip(b"\0")) - 1
        if place < 0:
            raise PaddingError("a record of zeros alone")
        return place

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        """2 in the last record, 1 in the others."""
        return found == (2 if last else 1)

    def is_full(self, content: bytes) -> bool:
        """Whether an opened record fills rs."""
        return len(content) + TAG == self.header.rs


class PlainEncoder(Derivation):
    """A strict encoder."""

    rejected = (Aes128gcmError,)
    unsupported = ()
    default_rs = 4096

    def describe(self) -> dict[str, Any]:
        """What it is and can do."""
        methods = {"aes128gcm.encrypt": {"params": ["salt", "rs", "keyid", "pad"]}}
        return {"protocol": 1, "name": type(self).__name__, "language": "Python", "methods": methods}

    def aes128gcm_encrypt(
        self,
        *,
        ikm: bytes,
        plaintext: bytes,
        salt: bytes | None = None,
        rs: int | None = None,
        keyid: bytes = b"",
        pad: int = 0,
    ) -> dict[str, bytes]:
        """The protocol's method."""
        salt = self.new_salt(ikm, plaintext) if salt is None else self.given_salt(salt)
        rs = self.default_rs if rs is None else self.effective_rs(rs)
        self.check(salt, rs, keyid)
        header = self.write_salt(salt) + self.write_rs(rs) + self.write_keyid(keyid)
        return {"message": header + b"".join(self.records(ikm, salt, rs, header, plaintext, pad))}

    # The header (section 2.1)

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        """A salt for a message (section 4.3)."""
        return os.urandom(16)

    def given_salt(self, salt: bytes) -> bytes:
        """The salt that the caller asked for."""
        return salt

    def effective_rs(self, rs: int) -> int:
        """The record size that the caller asked for."""
        return rs

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        """Refuse what the header cannot say."""
        if len(salt) != 16:
            raise ArgumentError(f"a salt of {len(salt)} octets")
        if not 18 <= rs < 2**32:
            raise ArgumentError(f"an rs of {rs}")
        if len(keyid) > 255:
            raise ArgumentError(f"a keyid of {len(keyid)} octets")

    def write_salt(self, salt: bytes) -> bytes:
        """The header's first field."""
        return salt

    def write_rs(self, rs: int) -> bytes:
        """The header's second field."""
        return rs.to_bytes(4, "big")

    def write_keyid(self, keyid: bytes) -> bytes:
        """The header's third and fourth fields."""
        return bytes([len(keyid)]) + keyid

    # Records (section 2)

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        """The sealed records."""
        prk = self.prk(ikm, salt)
        aead, base, additional = AESGCM(self.cek(prk)), self.nonce_base(prk), self.aad(header)
        shares = self.shares(len(plaintext), pad, rs - OVERHEAD)
        sealed, start = [], 0
        for seq, (length, padding) in enumerate(shares):
            delimiter = self.delimiter(seq, len(shares), length, padding)
            content = self.pad(plaintext[start : start + length], delimiter, padding)
            sealed.append(self.seal(aead, self.nonce(base, seq), content, additional))
            start += length
        return sealed

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        """How many octets of data and of padding each record gets; `room` is what a full one holds of both."""
        shares = []
        while length + pad > room:
            data = room * length // (length + pad)  # in proportion, so that data reaches into every record
            shares.append((data, room - data))
            length, pad = length - data, pad - (room - data)
        return [*shares, (length, pad)]

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        """2 in the last record, 1 in the others."""
        return 2 if seq == count - 1 else 1

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        """Data, delimiter, padding."""
        return data + bytes([delimiter]) + bytes(padding)

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        """Ciphertext and tag."""
        return aead.encrypt(nonce, content, additional)
