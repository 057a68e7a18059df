"""Encoders that mark records wrong (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf

shelf = Shelf(ENCODER)
SIZE, LAST, OTHERS = "2/fixed-record-size", "2/delimiter-last", "2/delimiter-not-last"


@shelf(OTHERS)
class Delimiter2Everywhere(PlainEncoder):
    """Web Push has one record, and its delimiter is 2."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 2


@shelf(LAST)
class Delimiter1Everywhere(PlainEncoder):
    """The last record is not marked."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 1


@shelf(LAST, OTHERS)
class DelimitersSwapped(PlainEncoder):
    """1 marks the last record, 2 the others."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 1 if seq == count - 1 else 2


class _KnowsRoom(PlainEncoder):
    """Remembers what a full record holds, so that the delimiter can depend on it."""

    room = 0

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        self.room = room
        return super().shares(length, pad, room)


@shelf(LAST)
class FullLastRecordHas1(_KnowsRoom):
    """`last = chunk.length < room`: a full last record is not recognised, and nothing follows it."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 2 if length + padding < self.room else 1


@shelf(OTHERS, LAST)
class ShortDataHas2(_KnowsRoom):
    """A record whose data does not fill it is "the last": padding makes it so in the middle too."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 2 if length < self.room or seq == count - 1 else 1


@shelf(LAST)
class EmptyLastRecordHas1(PlainEncoder):
    """The record for empty content is written by code of its own, with delimiter 1."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 1 if seq == count - 1 and not length else super().delimiter(seq, count, length, padding)


@shelf(LAST)
class ExtraRecordHas1(PlainEncoder):
    """Behind a full last record another one follows, as it may, but it is marked 1."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        return [*shares, (0, 0)] if sum(shares[-1]) == room else shares

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 1 if not length and not padding and seq else super().delimiter(seq, count, length, padding)


@shelf(OTHERS)
class ExtraRecordAfter2(PlainEncoder):
    """Behind a full last record, which is marked 2, an empty one follows, marked 2 again."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        return [*shares, (0, 0)] if sum(shares[-1]) == room else shares

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 2 if seq >= count - 2 and count > 1 else super().delimiter(seq, count, length, padding)


@shelf(OTHERS)
class FirstRecordHas2(PlainEncoder):
    """`seq === 0` and `last` were confused in a test for a single record."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 2 if seq == 0 else super().delimiter(seq, count, length, padding)


@shelf(LAST)
class SingleRecordHas1(PlainEncoder):
    """Only a message of several records gets a last one."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 1 if count == 1 else super().delimiter(seq, count, length, padding)


@shelf(LAST, OTHERS)
class DelimiterIsTheNumber(PlainEncoder):
    """The delimiter counts records: 1, 2, 3."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return seq % 255 + 1


@shelf(LAST, OTHERS)
class DelimitersAsDigits(PlainEncoder):
    """The characters "1" and "2"."""

    def delimiter(self, seq: int, count: int, length: int, padding: int) -> int:
        return 0x30 + super().delimiter(seq, count, length, padding)


@shelf(LAST, OTHERS, "2/padding")
class DelimiterLeftOut(PlainEncoder):
    """Content is sealed as it is."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes(padding)


@shelf(OTHERS, SIZE)
class DelimiterInLastRecordAlone(PlainEncoder):
    """The delimiter ends the message, so only the last record gets one."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return super().pad(data, delimiter, padding) if delimiter == 2 else data + bytes(padding)


@shelf("2/padding", LAST, OTHERS)
class LegacyPadding(PlainEncoder):
    """The older aesgcm coding: two octets that count padding, the padding, then data."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return (padding % 65536).to_bytes(2, "big") + bytes(padding) + data
