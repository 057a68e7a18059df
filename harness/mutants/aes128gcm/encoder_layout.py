"""Encoders that cut content or mark records wrong (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf
from harness.reference.errors import ArgumentError

shelf = Shelf(ENCODER)
SIZE, CONTENT = "2/fixed-record-size", "2/content-any-octets"


class _Cuts(PlainEncoder):
    """Cuts content into `room(rs)` octets a record and pads nothing where nothing is asked."""

    def room(self, room: int) -> int:
        return room

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, max(1, self.room(room)))


@shelf(SIZE)
class DelimiterNotCounted(_Cuts):
    """rs - 16 octets of data a record: with the delimiter it has one too many."""

    def room(self, room: int) -> int:
        return room + 1


@shelf(SIZE)
class TagNotCounted(_Cuts):
    """rs - 1 octets of data a record: rs is met before sealing."""

    def room(self, room: int) -> int:
        return room + 16


@shelf(SIZE)
class NothingCounted(_Cuts):
    """rs octets of data a record."""

    def room(self, room: int) -> int:
        return room + 17


@shelf(SIZE)
class RecordsOneShort(_Cuts):
    """rs - 18 octets of data a record: full records are one octet short."""

    def room(self, room: int) -> int:
        return room - 1


@shelf(SIZE)
class RecordsWithoutTwoTags(_Cuts):
    """The overhead is subtracted twice where there is room for that."""

    def room(self, room: int) -> int:
        return room - 17 if room > 17 else room


@shelf(SIZE)
class RecordsOf4096(_Cuts):
    """The header says what was asked for; records are cut for 4096."""

    def room(self, room: int) -> int:
        return 4079


@shelf(SIZE)
class EverythingInOneRecord(PlainEncoder):
    """rs is written and never used."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return [(length, pad)]


@shelf(SIZE)
class FirstRecordShort(PlainEncoder):
    """The header's 21 octets are counted into the first record."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if room <= 21 or length + pad <= room:
            return super().shares(length, pad, room)
        first = min(length, room - 21)
        return [(first, 0), *super().shares(length - first, pad, room)]


@shelf(SIZE)
class RecordsOfEqualLength(PlainEncoder):
    """Content is dealt out evenly over the records, which are then all shorter than rs."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        if pad or len(shares) < 2:
            return shares
        count = len(shares)
        return [((length * (at + 1)) // count - (length * at) // count, 0) for at in range(count)]


@shelf(SIZE)
class LastRecordTooLong(PlainEncoder):
    """A rest that is not worth a record of its own is joined to the record before."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        if len(shares) > 1 and shares[-1][0] + shares[-1][1] == 1:
            (data, padding), (rest, more) = shares[-2:]
            return [*shares[:-2], (data + rest, padding + more)]
        return shares


@shelf(SIZE)
class LastRecordFirst(PlainEncoder):
    """The short record comes first, as `length % room` suggests."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        return [shares[-1], *shares[:-1]]


@shelf("2/at-least-one-record")
class NothingForEmptyContent(PlainEncoder):
    """`while (offset < length)`: empty content becomes a header alone, which is what a cut message looks like."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, room) if length + pad else []


@shelf("2/at-least-one-record", "2/padding")
class NothingForNoContentWithPadding(PlainEncoder):
    """The same, and padding that was asked for is forgotten too."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, room) if length else []


@shelf("2/at-least-one-record", CONTENT)
class EmptyContentIsEmptyBody(PlainEncoder):
    """`if (!plaintext.length) return plaintext`: not even a header."""

    def aes128gcm_encrypt(self, *, plaintext: bytes, **options: object) -> dict[str, bytes]:
        if not plaintext:
            return {"message": b""}
        return super().aes128gcm_encrypt(plaintext=plaintext, **options)  # type: ignore[arg-type]


@shelf("2/at-least-one-record", CONTENT)
class EmptyContentRefused(PlainEncoder):
    """`if (!plaintext.length) throw`."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if not length:
            raise ArgumentError("nothing to encrypt")
        return super().shares(length, pad, room)


@shelf(SIZE)
class NewRecordForTheDelimiter(PlainEncoder):
    """Where data fills the record the delimiter starts one of its own, and the full one goes without."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        if pad or not plaintext or len(plaintext) % (rs - 17):
            return super().records(ikm, salt, rs, header, plaintext, pad)
        return super().records(ikm, salt, rs - 1 if rs > 18 else rs, header, plaintext, pad)


@shelf(SIZE, "2/last-record-size")
class OneRecordUpToTwice(PlainEncoder):
    """Content of less than two records is "not worth splitting"."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return [(length, pad)] if length + pad < 2 * room else super().shares(length, pad, room)


@shelf(SIZE, CONTENT)
class ContentAbove65535InAnotherWay(PlainEncoder):
    """Above 65,535 octets of content records are cut for 65,535 octets, whatever rs says."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        return super().shares(length, pad, 65_535 if length > 65_535 and room != 65_535 else room)
