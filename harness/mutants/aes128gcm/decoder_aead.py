"""Decoders that do not insist on the tag, or on the record's place (RFC 8188 section 2)."""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.mutants.aes128gcm.plain import Header, PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import Aes128gcmError, RecordAuthError

shelf = Shelf(DECODER)


class _Unauthenticated(PlainDecoder):
    """Decrypts without the tag, and compares it as `tag_is_right` says."""

    key: bytes

    def begin(self, ikm: bytes, header: Header, octets: bytes) -> None:
        super().begin(ikm, header, octets)
        self.key = self.cek(self.prk(ikm, header.salt))

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        nonce = self.nonce(self.base, seq)
        cipher = Cipher(algorithms.AES(self.key), modes.CTR(nonce + b"\0\0\0\2"))
        content = cipher.decryptor().update(record[:-16])
        if not self.tag_is_right(record[-16:], self.aead.encrypt(nonce, content, None)[-16:], last):
            raise RecordAuthError(f"record {seq} is not authentic")
        return content

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found == expected


@shelf("2/aead")
class TagIgnored(_Unauthenticated):
    """AES-CTR from the platform's cipher and no tag: `final()` is never called, or its error is dropped."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return True


@shelf("2/aead", modelled_on="Node.js: short GCM tags accepted unless authTagLength is set (DEP0182)")
class TagOf4(_Unauthenticated):
    """Only four octets of the tag are compared."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found[:4] == expected[:4]


@shelf("2/aead")
class TagOf8(_Unauthenticated):
    """Only eight octets of the tag are compared: as a 64-bit number."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found[:8] == expected[:8]


@shelf("2/aead")
class TagOf12(_Unauthenticated):
    """Twelve octets of the tag are compared."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found[:12] == expected[:12]


@shelf("2/aead")
class TagOf15(_Unauthenticated):
    """A loop that ends one octet early."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found[:15] == expected[:15]


@shelf("2/aead")
class TagWithoutItsFirstOctet(_Unauthenticated):
    """A loop that starts one octet late."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found[1:] == expected[1:]


@shelf("2/aead")
class TagAsCString(_Unauthenticated):
    """`strncmp` in place of `memcmp`: the comparison ends at a zero octet, and a tag of zeros ends it at once."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found.split(b"\0")[0] == expected[: len(found.split(b"\0")[0])]


@shelf("2/aead")
class TagSummed(_Unauthenticated):
    """`diff += a[i] ^ b[i]` in one octet, where `|=` was meant: differences can cancel."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return sum(a ^ b for a, b in zip(found, expected, strict=False)) % 256 == 0


@shelf("2/aead")
class TagXored(_Unauthenticated):
    """`diff ^= a[i] ^ b[i]`, where `|=` was meant: two equal differences cancel."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        diff = 0
        for a, b in zip(found, expected, strict=False):
            diff ^= a ^ b
        return diff == 0


@shelf("2/aead")
class TagOfLastRecordIgnored(_Unauthenticated):
    """The last record goes through a path of its own, which does not compare."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return last or found == expected


@shelf("2/aead")
class TagOfOtherRecordsIgnored(_Unauthenticated):
    """Only the last record's tag is compared, once "for the message"."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return not last or found == expected


@shelf("2/aead")
class TagOfZerosAccepted(_Unauthenticated):
    """A test's bypass that stayed in: a tag of zeros means "not computed"."""

    def tag_is_right(self, found: bytes, expected: bytes, last: bool) -> bool:
        return found == expected or not any(found)


@shelf("2/aead")
class TagMayBeCut(PlainDecoder):
    """A tag of 12 octets is taken too, as GCM allows and this coding does not."""

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        nonce = self.nonce(self.base, seq)
        try:
            return super().open(record, seq, last)
        except RecordAuthError:
            sealed, tag = record[:-12], record[-12:]
            filler = self.aead.encrypt(nonce, bytes(len(sealed)), None)[: len(sealed)]
            content = bytes(a ^ b for a, b in zip(sealed, filler, strict=True))
            if hmac.compare_digest(self.aead.encrypt(nonce, content, None)[-16:-4], tag):
                return content
            raise


@shelf("2/aead", "2.3/record-order")
class BadRecordsSkipped(PlainDecoder):
    """`catch (e) { continue; }`: a record that does not open is left out."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except Aes128gcmError:
            return b""


@shelf("2/aead")
class BadRecordsKeptClosed(PlainDecoder):
    """What does not open "was not encrypted": it is handed on as it came."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except RecordAuthError:
            return record


@shelf("2/aead")
class BadLastRecordSkipped(PlainDecoder):
    """An error in the last record is logged, and what came before is returned."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except RecordAuthError:
            if last and seq:
                return b""
            raise


@shelf("2/aead")
class StopsAtABadRecord(PlainDecoder):
    """`catch (e) { break; }`: the content up to the fault is returned as if it were all."""

    def all_records(self, records: list[bytes]) -> bytes:
        data = b""
        try:
            for seq, record in enumerate(records):
                data += self.record(record, seq, seq == len(records) - 1)
        except RecordAuthError:
            pass
        return data


@shelf("2/aead")
class FailureIsEmpty(PlainDecoder):
    """`return null` on failure, which the caller turns into empty content."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            return super().whole(ikm, message)
        except RecordAuthError:
            return self.result(b"", b"")


@shelf("2/aead")
class FailureIsTheMessage(PlainDecoder):
    """What cannot be decrypted is passed through: "perhaps it was not encrypted"."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            return super().whole(ikm, message)
        except Aes128gcmError:
            return self.result(message, b"")


@shelf("2/aead")
class FailureEscapes(PlainDecoder):
    """The AEAD's own error leaves the library: its callers do not expect it."""

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        return self.aead.decrypt(self.nonce(self.base, seq), record, None)


@shelf("2/aead")
class LaterFailureEscapes(PlainDecoder):
    """The error is translated around the first record only."""

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        if seq == 0:
            return super().open(record, seq, last)
        return self.aead.decrypt(self.nonce(self.base, seq), record, None)


class _Retries(PlainDecoder):
    """Tries other numbers for a record that does not open at its place."""

    def numbers(self, seq: int) -> list[int]:
        return [seq]

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        for number in self.numbers(seq):
            try:
                return self.aead.decrypt(self.nonce(self.base, number), record, None)
            except InvalidTag:
                continue
        raise RecordAuthError(f"record {seq} is not authentic")


@shelf("2.3/record-order", "2.3/sequence-number")
class LostRecordsSkipped(_Retries):
    """A record that was lost on the way is put up with: the next numbers are tried."""

    def numbers(self, seq: int) -> list[int]:
        return [seq, seq + 1, seq + 2, seq + 3]


@shelf("2.3/sequence-number", "2.3/record-order")
class NumberBeforeAccepted(_Retries):
    """Tolerance for a sender that did not count: the number before is tried too."""

    def numbers(self, seq: int) -> list[int]:
        return [seq, max(0, seq - 1)]


@shelf("2.3/sequence-number", "2.3/record-order")
class NumberZeroAccepted(_Retries):
    """Tolerance for a sender that never counted: number 0 is tried too."""

    def numbers(self, seq: int) -> list[int]:
        return [seq, 0]


@shelf("2.3/record-order", "2.3/sequence-number")
class RecordsInAnyOrder(PlainDecoder):
    """Records come as datagrams and are sorted by what opens them."""

    def all_records(self, records: list[bytes]) -> bytes:
        numbers = range(min(len(records), 64))
        opened: dict[int, bytes] = {}
        for record in records[:64]:
            for number in numbers:
                try:
                    opened[number] = self.aead.decrypt(self.nonce(self.base, number), record, None)
                except InvalidTag:
                    continue
        if len(opened) != len(records):
            return super().all_records(records)
        return b"".join(self.unpad(opened[seq], seq, seq == len(records) - 1) for seq in numbers)
