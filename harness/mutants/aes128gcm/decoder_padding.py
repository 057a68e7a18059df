"""Decoders that take padding off wrong, or take off more than padding (RFC 8188 section 2)."""

from __future__ import annotations

import re

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import DelimiterError, PaddingError

shelf = Shelf(DECODER)


@shelf("2/padding")
class NoPadding(PlainDecoder):
    """The last octet of a record is its delimiter: messages with padding are refused."""

    def delimiter_place(self, content: bytes) -> int:
        return len(content) - 1


@shelf("2/padding")
class PaddingStays(PlainDecoder):
    """The delimiter is found and cut out; the zeros after it stay in the content."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        return data + content[len(data) + 1 :]


@shelf("2/padding", "2/delimiter-is-last-nonzero")
class DelimiterStays(PlainDecoder):
    """Zeros are taken off, and the delimiter is left at the end of the data."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return content[: len(super().unpad(content, seq, last)) + 1]


@shelf("2/padding")
class LastOctetAloneRemoved(PlainDecoder):
    """`content.slice(0, -1)`: right without padding."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        super().unpad(content, seq, last)
        return content[:-1]


@shelf("2/padding")
class PaddingOfLastRecordAlone(PlainDecoder):
    """Only the last record is looked through for padding; elsewhere the last octet has to be the delimiter."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if not last and content[-1] != 1:
            raise DelimiterError("no delimiter")
        return super().unpad(content, seq, last) if last else content[:-1]


@shelf("2/padding")
class PaddingOfFirstRecordAlone(PlainDecoder):
    """Padding is expected at the message's front, as in the older aesgcm coding: only record 0 may have it."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if seq and not content[-1]:
            raise PaddingError("padding")
        return super().unpad(content, seq, last)


@shelf("2/padding")
class PaddingOfOtherRecordsAlone(PlainDecoder):
    """The last record "has no reason" to have padding."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if last and not content[-1]:
            raise PaddingError("padding")
        return super().unpad(content, seq, last)


class _AtMost(PlainDecoder):
    limit = 0

    def delimiter_place(self, content: bytes) -> int:
        place = super().delimiter_place(content)
        if len(content) - 1 - place > self.limit:
            raise PaddingError("too much padding")
        return place


@shelf("2/padding")
class PaddingAtMost1(_AtMost):
    """One padding octet was in the example of the text, and the test passed."""

    limit = 1


@shelf("2/padding")
class PaddingAtMost15(_AtMost):
    """Padding is "to the next block": 15 octets at the most."""

    limit = 15


@shelf("2/padding")
class PaddingAtMost16(_AtMost):
    """A block of padding at the most."""

    limit = 16


@shelf("2/padding")
class PaddingAtMost127(_AtMost):
    """The number of padding octets is counted in Java's `byte`."""

    limit = 127


@shelf("2/padding")
class PaddingAtMost255(_AtMost):
    """The number of padding octets is counted in one octet."""

    limit = 255


@shelf("2/padding")
class PaddingAtMost256(_AtMost):
    """A limit of 256 against "timing attacks"."""

    limit = 256


@shelf("2/padding")
class PaddingAtMost4077(_AtMost):
    """What fits a record of 4096 with one octet of data, less one."""

    limit = 4077


@shelf("2/padding")
class PaddingAtMost65535(_AtMost):
    """The two octets in which the older aesgcm coding counts its padding."""

    limit = 65535


@shelf("2/padding")
class PaddingAtMost65536(_AtMost):
    """A look back of 64 KiB at the most."""

    limit = 65536


@shelf("2/padding")
class PaddingCountedIn8Bits(PlainDecoder):
    """`uint8_t pad` counts the zeros and starts again at 256: the rest of them is left in the data."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        pad = len(content) - len(data) - 1
        return content[: len(content) - (pad & 0xFF) - 1]


@shelf("2/padding")
class PaddingCountedIn16Bits(PlainDecoder):
    """The same in `uint16_t`."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        pad = len(content) - len(data) - 1
        return content[: len(content) - (pad & 0xFFFF) - 1]


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class ZerosOfContentRemovedToo(PlainDecoder):
    """`rstrip` once more after the delimiter: content that ends in zeros loses them."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last).rstrip(b"\0")


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class RemovedTwice(PlainDecoder):
    """Both the record function and its caller take padding off, the second only where it looks like some."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        again = data.rstrip(b"\0")
        return again[:-1] if again[-1:] == (b"\2" if last else b"\1") else data


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class DelimitersStripped(PlainDecoder):
    """`rtrim($record, "\\x02\\x01\\x00")` in PHP: every octet of the set at the end goes, not one delimiter."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last).rstrip(b"\0\1\2")


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class RepeatedDelimitersStripped(PlainDecoder):
    """`rstrip(b"\\x02")` after the zeros: content that ends in 0x02 loses it."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last).rstrip(b"\2" if last else b"\1")


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class FirstDelimiterFound(PlainDecoder):
    """`content.indexOf(2)`: the first one, which may be content."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        return content[: content.index(2 if last else 1)] if (2 if last else 1) in data else data


@shelf("2/content-any-octets", "2/delimiter-is-last-nonzero")
class FirstDelimiterBeforeZeroFound(PlainDecoder):
    """The regular expression `/[\\x01\\x02]\\x00*/` without its end: the first place where it matches is taken."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        super().unpad(content, seq, last)
        found = re.search(b"[\1\2]\0*", content)
        return content[: found.start()] if found else content


@shelf("2/delimiter-last", "2/delimiter-not-last", "2/delimiter-is-last-nonzero")
class LastMatchingOctetFound(PlainDecoder):
    """`content.lastIndexOf(2)`: whatever stands behind the delimiter is thrown away unseen."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        place = content.rfind(2 if last else 1)
        if place < 0:
            raise DelimiterError("no delimiter")
        return content[:place]


@shelf("2/delimiter-last", "2/delimiter-is-last-nonzero")
class EndOfLineTaken(PlainDecoder):
    """`re.search(rb"\\x02\\x00*$")`: in Python, PHP and Ruby `$` also matches before a line feed at the end."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        found = re.search(b"\2\0*$" if last else b"\1\0*$", content)
        if found is None:
            raise DelimiterError("no delimiter")
        return content[: found.start()]


@shelf("2/delimiter-last", "2/delimiter-not-last", "2/delimiter-is-last-nonzero")
class WhiteSpaceIsPaddingToo(PlainDecoder):
    """PHP's `rtrim($record)` without a list takes white space off as well as zeros."""

    def delimiter_place(self, content: bytes) -> int:
        place = len(content.rstrip(b" \t\n\r\0\x0b")) - 1
        if place < 0:
            raise PaddingError("nothing left")
        return place


@shelf("2/delimiter-last", "2/delimiter-not-last", "2/delimiter-is-last-nonzero")
class AnyOctetIsPadding(PlainDecoder):
    """`while (content[i] != 2 && content[i] != 1) i--`: any octet but a delimiter is taken for padding."""

    def delimiter_place(self, content: bytes) -> int:
        place = max(content.rfind(1), content.rfind(2))
        if place < 0:
            raise PaddingError("no delimiter")
        return place


@shelf("2/padding")
class PaddingAloneRefused(PlainDecoder):
    """A record without data is refused: "empty record"."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        if not data and len(content) > 1:
            raise PaddingError("a record of padding")
        return data


@shelf("2/padding")
class PaddingAloneEndsTheMessage(PlainDecoder):
    """An empty chunk means "end" to a stream or an iterator: what follows a record without data is lost."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        data = b""
        for seq, record in enumerate(records):
            part = self.record(record, seq, seq == last)
            if not part:
                break
            data += part
        return data


@shelf("2/padding")
class PaddingAloneNotCounted(PlainDecoder):
    """The sequence number goes up with the data that is emitted: a record of padding does not move it."""

    def all_records(self, records: list[bytes]) -> bytes:
        seq, data = 0, b""
        for place, record in enumerate(records):
            part = self.record(record, seq, place == len(records) - 1)
            data += part
            seq += bool(part)
        return data


@shelf("2/padding", "2/content-any-octets")
class EmptyContentRefused(PlainDecoder):
    """`if (!plaintext.length) throw`: empty content is taken for a failure."""

    def all_records(self, records: list[bytes]) -> bytes:
        data = super().all_records(records)
        if not data:
            raise PaddingError("empty")
        return data


@shelf("2/no-nonzero-octet")
class ZerosAloneAreEmpty(PlainDecoder):
    """A record of zeros alone is "all padding"."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last) if any(content) else b""


@shelf("2/no-nonzero-octet")
class ZerosAloneInTheMiddleAreEmpty(PlainDecoder):
    """The same, but only where other records follow."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last) if last or any(content) else b""


@shelf("2/no-nonzero-octet")
class ZerosAloneEscape(PlainDecoder):
    """`while content[i] == 0: i -= 1` runs past the front and raises what nobody catches."""

    def delimiter_place(self, content: bytes) -> int:
        place = len(content) - 1
        while content[place] == 0:
            place -= 1
        return place


@shelf("2/no-nonzero-octet")
class ZerosAloneReturned(PlainDecoder):
    """No delimiter found, so the record is handed on as it is."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return super().unpad(content, seq, last) if any(content) else content


@shelf("2/no-nonzero-octet")
class SingleZeroIsEmpty(PlainDecoder):
    """`for (i = n - 1; i > 0 && !content[i]; i--)` stops at the front without a look: one zero octet passes."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return b"" if content == b"\0" else super().unpad(content, seq, last)
