"""Decoders that cut the body wrong, or do not see that it was cut or lengthened (RFC 8188 sections 2 and 4.2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import LimitError, RecordLengthError

shelf = Shelf(DECODER)


def _every(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)] or [b""]


@shelf("2/fixed-record-size", "2.1/rs")
class RsWithoutTheTag(PlainDecoder):
    """rs is taken for the size before sealing, as in the drafts up to 02 and the older aesgcm coding."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return _every(body, rs + 16)


@shelf("2/fixed-record-size", "2.1/rs")
class RsOfDataAlone(PlainDecoder):
    """rs is taken for the data of a record: delimiter and tag come on top."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return _every(body, rs + 17)


@shelf("2/fixed-record-size", "2.1/rs")
class RsOneLess(PlainDecoder):
    """Records are cut at rs - 1: an inclusive end."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return _every(body, rs - 1)


@shelf("2/fixed-record-size", "2.1/rs")
class RsOneMore(PlainDecoder):
    """Records are cut at rs + 1: the delimiter is counted apart."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return _every(body, rs + 1)


@shelf("2/fixed-record-size", "2.1/rs")
class RsCountsTheHeader(PlainDecoder):
    """Offsets count from the message's start: the first record is shorter by the header."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        first = rs - self.header.length
        return super().cut(body, rs) if first < 17 or len(body) <= rs else [body[:first], *_every(body[first:], rs)]


@shelf("2/fixed-record-size")
class WholeBodyIsOneRecord(PlainDecoder):
    """rs is parsed and never used: Web Push messages are one record."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return [body]


@shelf("2/fixed-record-size")
class FirstRecordAlone(PlainDecoder):
    """Only the first record is opened, as if it were the last; its delimiter is taken as it comes."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return [body[:rs]]

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found in (1, 2)


@shelf("2/fixed-record-size")
class RecordsAlways4096(PlainDecoder):
    """rs is checked, and then records are cut at a constant of 4096."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return _every(body, 4096)


@shelf("2/fixed-record-size")
class OneRecordMayExceedRs(PlainDecoder):
    """If there is one record "by its looks" (fewer than two rs) it is opened whole, whatever rs says."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) < 2 * rs:
            try:
                self.open(body, 0, True)
            except ValueError:
                return super().cut(body, rs)
            return [body]
        return super().cut(body, rs)


@shelf("2/fixed-record-size")
class LastRecordMayExceedRs(PlainDecoder):
    """A remainder too short for a record is joined to the record before: the last may have up to rs + 16 octets."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        if len(records) > 1 and len(records[-1]) < 17:
            return [*records[:-2], records[-2] + records[-1]]
        return records


@shelf("2/record-minimum", "2/delimiter-not-last")
class ShortRemainderIgnored(PlainDecoder):
    """`while (offset + 17 <= length)`: up to 16 octets behind the last record are never looked at."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        return records[:-1] if len(records) > 1 and len(records[-1]) < 17 else records


@shelf("2/record-minimum", "2/delimiter-not-last")
class OneOctetMoreIgnored(PlainDecoder):
    """`offset < length - 1`: a single octet behind the last record is never looked at."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        return records[:-1] if len(records) > 1 and len(records[-1]) == 1 else records


@shelf("2/delimiter-not-last")
class RemainderIgnored(PlainDecoder):
    """`Math.floor(length / rs)` records: where there is a full one, what is left over is dropped."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        return records[:-1] if len(records) > 1 and len(records[-1]) < rs else records


@shelf("2/delimiter-not-last", "2/aead")
class TrailingLineFeedStripped(PlainDecoder):
    """The body was read as a line, or pasted into a file by an editor: a line feed at its end is dropped."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return super().cut(body.removesuffix(b"\n"), rs)


@shelf("2/delimiter-not-last", "2/aead")
class TrailingZerosStripped(PlainDecoder):
    """Zeros at the end of the body are taken for the padding of a fixed buffer, if it does not open with them."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        try:
            self.all_records(super().cut(body, rs))
        except ValueError:
            return super().cut(body.rstrip(b"\0"), rs)
        return super().cut(body, rs)


@shelf("2/delimiter-not-last", modelled_on="C2SP age testkit: stream_trailing_garbage")
class StopsAtDelimiter2(PlainDecoder):
    """The loop ends at the first delimiter 2; what follows is never looked at."""

    def all_records(self, records: list[bytes]) -> bytes:
        data = b""
        for seq, record in enumerate(records):
            content = self.open(record, seq, False)
            place = self.delimiter_place(content)
            data += content[:place]
            if content[place] == 2:
                return data
        return data + self.record(b"", len(records), True)


@shelf("4.2/truncation", "2/delimiter-last")
class LastRecordLostUnnoticed(PlainDecoder):
    """What ends on a record boundary "is complete": a delimiter of 1 is let pass where the last record is full."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last and not (self.is_full(content) and content.rstrip(b"\0")[-1:] == b"\1"))


@shelf("4.2/truncation", "2/aead")
class PartialRecordDropped(PlainDecoder):
    """A last record that does not open is "still being written": what came before is returned as the content."""

    def all_records(self, records: list[bytes]) -> bytes:
        if len(records) == 1:
            return super().all_records(records)
        data = b"".join(self.record(record, seq, False) for seq, record in enumerate(records[:-1]))
        try:
            return data + self.record(records[-1], len(records) - 1, True)
        except ValueError:
            return data


@shelf("4.2/truncation", "2/record-minimum")
class PartialTagDropped(PlainDecoder):
    """A last record of fewer than 17 octets is dropped, and the one before need not have delimiter 2 then."""

    def all_records(self, records: list[bytes]) -> bytes:
        if len(records) > 1 and len(records[-1]) < 17:
            return b"".join(self.record(record, seq, False) for seq, record in enumerate(records[:-1]))
        return super().all_records(records)


@shelf("2/last-record-size", "2/fixed-record-size")
class LastRecordAlwaysShort(PlainDecoder):
    """`while (left >= rs)`: a full last record is read as one that others follow, and its delimiter is "wrong"."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return [*super().cut(body, rs), b""] if body and len(body) % rs == 0 else super().cut(body, rs)


@shelf("2/last-record-size")
class FullLastRecordRefused(PlainDecoder):
    """RFC 8291's "rs must be larger than the record" is applied to every message."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) % rs == 0:
            raise RecordLengthError("the last record is full")
        return super().cut(body, rs)


@shelf("2/last-record-size", "2/fixed-record-size")
class LastRecordMustBeFull(PlainDecoder):
    """A body that is no multiple of rs is refused: "fixed-size records"."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) % rs:
            raise RecordLengthError("not a multiple of rs")
        return super().cut(body, rs)


@shelf("2/record-minimum")
class RecordOf17Refused(PlainDecoder):
    """`if (record.length <= 17)`: the empty last record is refused."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        if len(record) == 17:
            raise RecordLengthError("nothing in it")
        return super().record(record, seq, last)


@shelf("2/record-minimum")
class RecordOf16Accepted(PlainDecoder):
    """A record that is a tag and nothing else is taken for empty data."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        if len(record) == 16:
            self.open(record, seq, last)
            return b""
        return super().record(record, seq, last)


@shelf("2/record-minimum")
class ShortRecordEscapes(PlainDecoder):
    """`record.length - 16` is negative, and the slice or the array of that length raises what nobody catches."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        bytearray(len(record) - 16)
        return super().record(record, seq, last)


@shelf("2/record-minimum", modelled_on="cryptography raises ValueError for a ciphertext shorter than its tag")
class ShortRecordUncaught(PlainDecoder):
    """The AEAD refuses what is shorter than its tag with another error than a wrong tag, which is not caught."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        if len(record) < 16:
            raise KeyError("Data too short")
        return super().record(record, seq, last)


@shelf("2/record-minimum", "4.2/truncation")
class ShortRecordIsEmpty(PlainDecoder):
    """A last record too short to hold anything is "no data", and passes."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        return b"" if last and 0 < len(record) < 17 else super().record(record, seq, last)


@shelf("2/fixed-record-size", "2.3/sequence-number")
class AtMost256Records(PlainDecoder):
    """A table of 256 entries for records."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) > 256 * rs:
            raise LimitError("too many records")
        return super().cut(body, rs)


@shelf("2/fixed-record-size", "2.3/sequence-number")
class AtMost65536Records(PlainDecoder):
    """The number of records is kept in 16 bits, and more are refused."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) > 65536 * rs:
            raise LimitError("too many records")
        return super().cut(body, rs)


@shelf("2/content-any-octets")
class ContentOf16BitLength(PlainDecoder):
    """The length of the content is kept in 16 bits: what exceeds 65,535 octets is lost."""

    def all_records(self, records: list[bytes]) -> bytes:
        data = super().all_records(records)
        return data[: len(data) & 0xFFFF]


@shelf("2/content-any-octets")
class ContentCutAt65536(PlainDecoder):
    """A buffer of 64 KiB for the result, and no look at what did not fit."""

    def all_records(self, records: list[bytes]) -> bytes:
        return super().all_records(records)[:65536]


@shelf("2/fixed-record-size", "2/content-any-octets")
class RecordsJoinedWithLineFeed(PlainDecoder):
    """Records are handed to a line-based writer."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        return b"\n".join(self.record(record, seq, seq == last) for seq, record in enumerate(records))


@shelf("2/content-any-octets", "2/fixed-record-size")
class LastDataAlone(PlainDecoder):
    """`result = …` where `result += …` was meant: each record's data replaces that of the one before."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        return [self.record(record, seq, seq == last) for seq, record in enumerate(records)][-1]


@shelf("2/content-any-octets", "2/padding")
class ResultOfFixedSlots(PlainDecoder):
    """Each record's data is copied to `seq * (rs - 17)` of a zeroed array: where padding was, zeros remain."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        parts = [self.record(record, seq, seq == last) for seq, record in enumerate(records)]
        room = self.header.rs - 17
        return b"".join(part.ljust(room, b"\0") for part in parts[:-1]) + parts[-1]


@shelf("2/content-any-octets", "2/fixed-record-size")
class BodyAbove4096Refused(PlainDecoder):
    """A push service's limit of 4096 octets on a message is applied to every body."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) > 4096:
            raise LimitError("the message is too long")
        return super().cut(body, rs)


@shelf("2/content-any-octets", "2/fixed-record-size")
class BodyOf16BitLength(PlainDecoder):
    """The length of the body is kept in 16 bits."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        return super().cut(body[: len(body) & 0xFFFF], rs)


@shelf("2/fixed-record-size")
class AtMost100000Records(PlainDecoder):
    """A limit on recursion, or on a list of promises: a record each."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        if len(body) > 100_000 * rs:
            raise RecursionError("maximum recursion depth exceeded")
        return super().cut(body, rs)


@shelf("2/fixed-record-size", "2.1/keyid")
class LaterRecordsFromOctet21(PlainDecoder):
    """The first record starts behind the keyid, and the others at `21 + seq * rs`: a keyid of zero octets hides it."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        shift = len(self.header.keyid)
        return [body[:rs], *(body[at - shift : at - shift + rs] for at in range(rs, len(body), rs))]


@shelf("2/last-record-size", "2/fixed-record-size")
class LastRecordReadFromTheEnd(PlainDecoder):
    """`body.slice(-rs)` for the last record: right if it is full."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        return [*records[:-1], body[-rs:]] if len(records) > 1 else records


@shelf("2.3/record-order", "2/fixed-record-size")
class RepeatedRecordsDropped(PlainDecoder):
    """A record that equals the one before is "a retransmission" and left out."""

    def cut(self, body: bytes, rs: int) -> list[bytes]:
        records = super().cut(body, rs)
        return [record for at, record in enumerate(records) if at == 0 or record != records[at - 1]]


@shelf("2/content-any-octets", "2/padding")
class RepeatedDataDropped(PlainDecoder):
    """A record whose data equals that of the one before is left out: deduplicated in a store."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        parts = [self.record(record, seq, seq == last) for seq, record in enumerate(records)]
        return b"".join(part for at, part in enumerate(parts) if at == 0 or part != parts[at - 1])


@shelf("4.2/truncation", "2/delimiter-last")
class OneFullRecordOf1IsComplete(PlainDecoder):
    """A message of one full record is let pass with delimiter 1: "there is only one"."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        alone = last and seq == 0 and self.is_full(content)
        return super().unpad(content, seq, last and not (alone and content.rstrip(b"\0")[-1:] == b"\1"))


@shelf("4.2/truncation", "2/delimiter-last")
class LostLastOfSeveralUnnoticed(PlainDecoder):
    """Among several records a last one that is full may have delimiter 1."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        full = last and seq > 0 and self.is_full(content)
        return super().unpad(content, seq, last and not (full and content.rstrip(b"\0")[-1:] == b"\1"))
