"""Encoders that pad other than they were asked to (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf
from harness.reference.errors import ArgumentError

shelf = Shelf(ENCODER)
PAD, SIZE = "2/padding", "2/fixed-record-size"


class _Asks(PlainEncoder):
    """Pads by what `asked` makes of the caller's number."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, self.asked(length, pad, room), room)


@shelf(PAD)
class PadIgnored(_Asks):
    """The option is read and never used."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return 0


@shelf(PAD)
class PadOneMore(_Asks):
    """The delimiter is counted as padding, and then added again."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad + 1 if pad else 0


@shelf(PAD)
class PadOneLess(_Asks):
    """The delimiter is counted as one of the padding octets."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return max(0, pad - 1)


@shelf(PAD)
class PadOf8Bits(_Asks):
    """The number is kept in an octet."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad & 0xFF


@shelf(PAD)
class PadAtMost255(_Asks):
    """More than 255 is reduced to 255 without a word."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return min(pad, 255)


@shelf(PAD)
class PadOf16Bits(_Asks):
    """The number is kept in two octets."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad & 0xFFFF


@shelf(PAD)
class PadAtMostOneRecord(_Asks):
    """What does not fit the record with the data is left out."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return min(pad, -(length or 1) % room)


@shelf(PAD)
class PadToAMultiple(_Asks):
    """The number is taken for the multiple to pad to."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return -length % pad if pad else 0


@shelf(PAD)
class PadToALength(_Asks):
    """The number is taken for the length to pad to."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return max(0, pad - length)


@shelf(PAD)
class PadOfEachRecord(PlainEncoder):
    """Every record gets as much padding as was asked for the whole message."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        data = room - pad
        if data < 1:
            return super().shares(length, pad, room)
        shares = [(data, pad)] * (max(0, length - 1) // data)
        return [*shares, (length - data * len(shares), pad)]


@shelf(PAD)
class PadForgottenWithoutContent(_Asks):
    """Empty content takes a path of its own."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad if length else 0


@shelf(PAD)
class PadForgottenWithSeveralRecords(_Asks):
    """Only a message of one record is padded."""

    def asked(self, length: int, pad: int, room: int) -> int:
        return pad if length + pad <= room else 0


@shelf(PAD)
class PadForgottenWithoutRs(PlainEncoder):
    """Padding goes with record sizes in the options: without `rs` the branch that reads it is not taken."""

    def aes128gcm_encrypt(self, **options: object) -> dict[str, bytes]:
        if "rs" not in options:
            options.pop("pad", None)
        return super().aes128gcm_encrypt(**options)  # type: ignore[arg-type]


@shelf(PAD, SIZE)
class PadOverfillsTheLastRecord(PlainEncoder):
    """All padding goes into the last record, which grows beyond rs."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, 0, room)
        return [*shares[:-1], (shares[-1][0], pad)]


@shelf(PAD, SIZE)
class PadOverfillsTheFirstRecord(PlainEncoder):
    """All padding goes into the first record, on top of its data."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, 0, room)
        return [(shares[0][0], pad), *shares[1:]]


@shelf(SIZE)
class PadLeavesShortRecords(PlainEncoder):
    """Padding is dealt out by records, and a record that has its share is closed although it is not full."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        if pad and len(shares) > 1 and shares[0][1] > 1 and shares[-1][0] + shares[-1][1] < room:
            (data, padding), (rest, more) = shares[0], shares[-1]
            return [(data, padding - 1), *shares[1:-1], (rest, more + 1)]
        return shares


@shelf(SIZE)
class PaddingRecordsShort(PlainEncoder):
    """Padding goes into a record of its own in front, as short as it is."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return [(0, pad), *super().shares(length, 0, room)] if 0 < pad < room else super().shares(length, pad, room)


@shelf("2/padding", "2/delimiter-last", "2/delimiter-not-last")
class PadBeforeTheDelimiter(PlainEncoder):
    """Zeros come first, then the delimiter: they are content."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes(padding) + bytes([delimiter])


@shelf("2/padding", "2/content-any-octets")
class PadInFront(PlainEncoder):
    """Padding stands before the data, as in the older aesgcm coding."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return bytes(padding) + data + bytes([delimiter])


@shelf("2/padding", "2/delimiter-last", "2/delimiter-not-last")
class PadOfDelimiters(PlainEncoder):
    """The delimiter is repeated as padding."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes([delimiter]) * (padding + 1)


@shelf("2/padding", "2/delimiter-last", "2/delimiter-not-last")
class PadOfSpaces(PlainEncoder):
    """Padding of spaces."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes([delimiter]) + b" " * padding


@shelf("2/padding", "2/delimiter-last", "2/delimiter-not-last")
class PadOfBlocks(PlainEncoder):
    """PKCS #7: padding octets say how many there are."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes([delimiter]) + bytes([padding % 256]) * padding


@shelf("2/padding", "2/delimiter-last", "2/delimiter-not-last")
class PadOfNoise(PlainEncoder):
    """Padding of random octets, "which is safer"."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return data + bytes([delimiter]) + bytes(1 + at * 37 % 255 for at in range(padding))


@shelf(PAD)
class PadAbove16Refused(PlainEncoder):
    """A limit of one block."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if pad > 16:
            raise ArgumentError("too much padding")
        return super().shares(length, pad, room)


@shelf(PAD)
class PadAboveTheRecordRefused(PlainEncoder):
    """Padding has to fit one record."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if pad > room:
            raise ArgumentError("too much padding")
        return super().shares(length, pad, room)
