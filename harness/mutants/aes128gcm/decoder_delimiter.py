"""Decoders that are lax, or mistaken, about delimiters (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import DelimiterError, PaddingError

shelf = Shelf(DECODER)
LAST, OTHERS = "2/delimiter-last", "2/delimiter-not-last"


@shelf(LAST, OTHERS)
class DelimiterUnchecked(PlainDecoder):
    """The octet before the zeros is cut off, whatever it is."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return True


@shelf(LAST)
class LastUnchecked(PlainDecoder):
    """Only a record that others follow is checked."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return last or found == 1


@shelf(OTHERS)
class OthersUnchecked(PlainDecoder):
    """Only the last record is checked: the rest "cannot matter"."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return not last or found == 2


@shelf(LAST, "4.2/truncation")
class LastMayBe1(PlainDecoder):
    """1 and 2 are both "delimiters": truncation on a record boundary goes unnoticed."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found in (1, 2) if last else found == 1


@shelf(OTHERS)
class OthersMayBe2(PlainDecoder):
    """A 2 before the end is let pass."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found in (1, 2)


@shelf(LAST, OTHERS)
class EitherAnywhere(PlainDecoder):
    """`if (d !== 1 && d !== 2) throw`: the place is not looked at."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found in (1, 2)


@shelf(LAST)
class LastAtLeast2(PlainDecoder):
    """`if (d < 2) throw`: 3 and up pass."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found >= 2 if last else found == 1


@shelf(LAST)
class LastAtLeast2Signed(PlainDecoder):
    """The same with Java's signed octets: 3 to 127 pass."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return 2 <= found < 128 if last else found == 1


@shelf(LAST)
class LastMayBe3(PlainDecoder):
    """`d & 2`, with 1 and 2 taken for flags, and 3 for both."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found in (2, 3) if last else found == 1


@shelf(LAST)
class LastBit1(PlainDecoder):
    """`if (d & 2)` for the last record."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return bool(found & 2) if last else found == 1


@shelf(LAST)
class LastNot1(PlainDecoder):
    """`if (last && d === 1) throw`: everything but 1 passes."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found != 1 if last else found == 1


@shelf(LAST)
class LastEven(PlainDecoder):
    """`d % 2 == 0`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found % 2 == 0 if last else found == 1


@shelf(LAST)
class LastLowNibble(PlainDecoder):
    """`d & 0x0f`: the upper half is "reserved"."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found & 15 == 2 if last else found == 1


@shelf(LAST)
class LastSevenBits(PlainDecoder):
    """A text decoder masks the top bit."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found & 127 == 2 if last else found == 1


@shelf(LAST)
class LastLowThreeBits(PlainDecoder):
    """`d & 7`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found & 7 == 2 if last else found == 1


@shelf(LAST)
class LastDigit(PlainDecoder):
    """The character "2" passes as well as the octet 2, after a conversion to text and back."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found in (2, 0x32) if last else found == 1


@shelf(OTHERS)
class OthersAtLeast1(PlainDecoder):
    """`if (d < 1) throw`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found >= 1


@shelf(OTHERS)
class OthersNot2(PlainDecoder):
    """`if (!last && d === 2) throw`: everything but 2 passes."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found != 2


@shelf(OTHERS)
class OthersOdd(PlainDecoder):
    """`if (d & 1)`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found % 2 == 1


@shelf(OTHERS)
class OthersLowTwoBits(PlainDecoder):
    """`d & 3`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found & 3 == 1


@shelf(OTHERS)
class OthersLowNibble(PlainDecoder):
    """`d & 0x0f`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found & 15 == 1


@shelf(OTHERS)
class OthersSevenBits(PlainDecoder):
    """A text decoder masks the top bit."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found & 127 == 1


@shelf(OTHERS)
class OthersDigit(PlainDecoder):
    """The character "1" passes as well as the octet 1."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found in (1, 0x31)


@shelf(OTHERS)
class OthersPositive(PlainDecoder):
    """`d > 0` with signed octets: 1 to 127 pass."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else 0 < found < 128


@shelf(OTHERS)
class OthersBelow3(PlainDecoder):
    """`d < 3`."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2 if last else found < 3


@shelf(LAST, OTHERS)
class SwappedRoles(PlainDecoder):
    """1 for the last record and 2 for the others: the text read the other way round."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == (1 if last else 2)


@shelf(LAST, OTHERS)
class Delimiter2Everywhere(PlainDecoder):
    """Every record has to end in 2, as the single one of a Web Push message does."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 2


@shelf(LAST, OTHERS)
class Delimiter1Everywhere(PlainDecoder):
    """Every record has to end in 1."""

    def delimiter_is_right(self, found: int, last: bool) -> bool:
        return found == 1


@shelf(LAST, "2/delimiter-is-last-nonzero")
class DataTakenForDelimiter(PlainDecoder):
    """A missing delimiter is put up with: data that ends in another octet is kept whole."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        place = self.delimiter_place(content)
        return content[: place if content[place] in (1, 2) else place + 1]


@shelf(LAST)
class WrongDelimiterKeptAsData(PlainDecoder):
    """In the last record only: what is not 2 "must be data of a sender without delimiters"."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        if not last:
            return super().unpad(content, seq, last)
        place = self.delimiter_place(content)
        return content[:place] if content[place] == 2 else content


@shelf(LAST, OTHERS)
class WrongDelimiterEscapes(PlainDecoder):
    """The check is an `assert`, or a panic: it is not the library's error that comes out."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().unpad(content, seq, last)
        except DelimiterError:
            raise AssertionError("delimiter") from None


@shelf(OTHERS)
class EndsWhereA2Is(PlainDecoder):
    """A record with delimiter 2 is taken for the last one and the rest must be empty or at least authentic."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        place = self.delimiter_place(content)
        if content[place] == 2:
            return content[:place]
        return super().unpad(content, seq, last)


@shelf("2/delimiter-is-last-nonzero", "2/padding")
class DelimiterIsLastOctetOrBefore(PlainDecoder):
    """One octet of padding is enough for anybody: the last two octets are looked at."""

    def delimiter_place(self, content: bytes) -> int:
        if content[-1]:
            return len(content) - 1
        if len(content) > 1 and content[-2]:
            return len(content) - 2
        raise PaddingError("too much padding")
