"""Decoders that check delimiters only sometimes (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf

shelf = Shelf(DECODER)
LAST, OTHERS = "2/delimiter-last", "2/delimiter-not-last"


class _Sometimes(PlainDecoder):
    """Checks delimiters where `looks` says so."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return True

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if self.looks(content, seq, last):
            return super().unpad(content, seq, last)
        return content[: self.delimiter_place(content)]


@shelf(LAST, OTHERS)
class CheckedIfPadded(_Sometimes):
    """A fast path for records without zeros at the end cuts the last octet off and asks nothing."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return content[-1] == 0


@shelf(LAST, OTHERS)
class CheckedIfBare(_Sometimes):
    """The check looks at the very last octet; behind the loop that skips zeros there is none."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return content[-1] != 0


@shelf(OTHERS)
class OthersCheckedIfBare(_Sometimes):
    """The same, for records that others follow."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return last or content[-1] != 0


@shelf(LAST)
class LastCheckedIfFull(_Sometimes):
    """A short record "is the last one anyway", so only a full one is asked."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not last or self.is_full(content)


@shelf(LAST, "4.2/truncation")
class LastCheckedIfShort(_Sometimes):
    """A full record at the end is not asked whether it is the last one."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not last or not self.is_full(content)


@shelf(LAST)
class LastCheckedIfSeveral(_Sometimes):
    """A message of one record takes a path of its own, without the check."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not (last and seq == 0)


@shelf(LAST)
class LastCheckedIfAlone(_Sometimes):
    """Only a message of one record is checked, as Web Push needs it."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not last or seq == 0


@shelf(OTHERS)
class OthersCheckedIfFirst(_Sometimes):
    """Only the first record is checked."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return last or seq == 0


@shelf(OTHERS)
class OthersCheckedUnlessFirst(_Sometimes):
    """The first record is opened with the header, by code that does not check."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return last or seq > 0


@shelf(OTHERS)
class OthersCheckedInFirstTwo(_Sometimes):
    """The loop over the third record and on is unrolled, without the check."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return last or seq < 2


@shelf(LAST, OTHERS)
class CheckedIfData(_Sometimes):
    """`if (!data.length) continue`: a record without data is done before its delimiter is looked at."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return self.delimiter_place(content) > 0


@shelf(LAST)
class LastCheckedIfData(_Sometimes):
    """The same, for the last record."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not last or self.delimiter_place(content) > 0


@shelf(OTHERS)
class OthersCheckedIfData(_Sometimes):
    """The same, for records that others follow."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return last or self.delimiter_place(content) > 0


@shelf(LAST)
class LastOfOneOctetUnchecked(_Sometimes):
    """A last record of 17 octets can only hold a delimiter, so it is not looked at."""

    def looks(self, content: bytes, seq: int, last: bool) -> bool:
        return not last or len(content) > 1


@shelf(LAST, OTHERS)
class CheckedInWholeMessagesOnly(PlainDecoder):
    """The stream class was written later, and takes the padding off without the check."""

    streaming = False

    def reset(self) -> None:
        super().reset()
        self.streaming = True

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        self.streaming = False
        return super().whole(ikm, message)

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return self.streaming or super().delimiter_is_right(found, last)


@shelf("2/no-nonzero-octet")
class ZerosCheckedInWholeMessagesOnly(CheckedInWholeMessagesOnly):
    """The stream class takes a record of zeros for padding alone."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if self.streaming and not any(content):
            return b""
        return super().unpad(content, seq, last)

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == (2 if last else 1)


@shelf(LAST)
class OtherThan1CheckedInWholeMessagesOnly(CheckedInWholeMessagesOnly):
    """The stream class knows only two ends: 1 is "truncated", anything else is the end."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return super(CheckedInWholeMessagesOnly, self).delimiter_is_right(found, last) or (
            self.streaming and last and found != 1
        )
