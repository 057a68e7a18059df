"""Decoders that fail only where a message comes in pieces (RFC 8188 section 4.2)."""

from __future__ import annotations

from collections.abc import Iterable

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import Aes128gcmError, HeaderError, LimitError, RecordAuthError

shelf = Shelf(DECODER)
PIECES = "4.2/incremental"


@shelf(PIECES)
class HeaderInTheFirstPiece(PlainDecoder):
    """The first piece is expected to hold the header whole: a network usually delivers it so."""

    seen = False

    def reset(self) -> None:
        super().reset()
        self.seen = False

    def update(self, ikm: bytes, piece: bytes) -> None:
        super().update(ikm, piece)
        if not self.seen and not self.started:
            raise HeaderError("the first piece is too short")
        self.seen = True


@shelf(PIECES)
class KeyidInThePieceOfTheHeader(PlainDecoder):
    """21 octets are waited for, but not the keyid behind them."""

    def header_is_complete(self) -> bool:
        return len(self.pending) >= 21


@shelf(PIECES)
class RestOfHeaderPieceDropped(PlainDecoder):
    """What follows the header in its piece is thrown away with it."""

    def start(self, ikm: bytes) -> bool:
        started = super().start(ikm)
        if started:
            self.pending.clear()
        return started


@shelf(PIECES, modelled_on="a negative count of missing octets in an early version of this project's own reference")
class HeaderTakenWithANegativeCount(PlainDecoder):
    """`take(21 - pending)` is negative where more than 21 octets of a longer header have come: one is lost."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        if not self.started and len(self.pending) > 21:
            piece = piece[: 21 - len(self.pending)]
        super().update(ikm, piece)


@shelf(PIECES)
class PiecesAreRecords(PlainDecoder):
    """Each piece behind the header is taken for a record: it is so in the tests, which write records."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        if not self.started:
            super().update(ikm, piece)
            return
        held, self.pending = bytes(self.pending), bytearray(piece)
        if held:
            self.release(self.record(held, self.seq, False))
            self.seq += 1


@shelf(PIECES)
class OneRecordAPiece(PlainDecoder):
    """`if (pending > rs)` where `while` was meant: one record a piece, and the rest is "the last record"."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        self.pending += piece
        if not self.started and not self.start(ikm):
            return
        if len(self.pending) > self.header.rs:
            self.release(self.record(self.take(self.header.rs), self.seq, False))
            self.seq += 1


@shelf(PIECES)
class RestOfAPieceDropped(PlainDecoder):
    """What a piece holds beyond its last whole record is dropped."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        super().update(ikm, piece)
        if self.started and len(piece) > self.header.rs:
            self.pending.clear()


@shelf(PIECES, "2/last-record-size")
class FullRecordNotHeldBack(PlainDecoder):
    """`pending >= rs`: a full last record is opened as one that others follow."""

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending >= rs


@shelf(PIECES, "2/last-record-size")
class PieceEndIsMessageEnd(PlainDecoder):
    """A record that ends where a piece ends is taken for the last."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        super().update(ikm, piece)
        if self.started and len(self.pending) == self.header.rs:
            self.release(self.record(self.take(self.header.rs), self.seq, True))

    def finish(self, ikm: bytes) -> None:
        if self.pending or not self.started:
            super().finish(ikm)


@shelf(PIECES, "2.3/sequence-number")
class CountsPieces(PlainDecoder):
    """The sequence number goes up with every piece."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        super().update(ikm, piece)
        self.seq += 1


@shelf(PIECES, "2.3/sequence-number")
class CountsFromZeroInEachPiece(PlainDecoder):
    """The sequence number is a local variable of the function that takes a piece."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        self.seq = 0
        super().update(ikm, piece)


@shelf(PIECES, "2/aead")
class ReleasedBeforeTheTag(PlainDecoder):
    """Decrypted octets are handed on as the cipher gives them, and the tag is compared afterwards."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except RecordAuthError:
            self.release(bytes(max(0, len(record) - 17)))
            raise


@shelf(PIECES, "2/aead")
class LastReleasedBeforeTheTag(PlainDecoder):
    """The same in the function that ends the stream."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except RecordAuthError:
            if last:
                self.release(bytes(max(0, len(record) - 17)))
            raise


@shelf(PIECES, "4.2/truncation", "2/record-minimum")
class EndIsNeverChecked(PlainDecoder):
    """`finish()` opens what is pending if it can, and says nothing if it cannot."""

    def finish(self, ikm: bytes) -> None:
        try:
            super().finish(ikm)
        except Aes128gcmError:
            if not self.started:
                raise


@shelf(PIECES, "4.2/truncation", "2/delimiter-last")
class NothingPendingIsFine(PlainDecoder):
    """Records are opened as soon as they are full, either delimiter being right; nothing left means all is well."""

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending >= rs

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        place = self.delimiter_place(content)
        if content[place] == 2 and self.is_full(content):
            return content[:place]
        return super().unpad(content, seq, last)

    def finish(self, ikm: bytes) -> None:
        if self.pending or not self.started:
            super().finish(ikm)


@shelf(PIECES, "2/record-minimum")
class ShortRestIgnored(PlainDecoder):
    """A rest too short for a record is ignored in `finish()`."""

    def finish(self, ikm: bytes) -> None:
        if not self.started or not 0 < len(self.pending) < 17 or not self.seq:
            super().finish(ikm)


@shelf(PIECES, "2/delimiter-not-last")
class StopsListeningAt2(PlainDecoder):
    """Behind a record with delimiter 2 the stream is closed: what is still to come is not looked at."""

    closed = False

    def reset(self) -> None:
        super().reset()
        self.closed = False

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        place = self.delimiter_place(content)
        if content[place] == 2:
            self.closed = True
            return content[:place]
        return super().unpad(content, seq, last)

    def update(self, ikm: bytes, piece: bytes) -> None:
        if not self.closed:
            self.pending += piece
            if self.started or self.start(ikm):
                while len(self.pending) > self.header.rs and not self.closed:
                    self.release(self.record(self.take(self.header.rs), self.seq, False))
                    self.seq += 1

    def finish(self, ikm: bytes) -> None:
        if not self.closed:
            super().finish(ikm)


@shelf("2.1/header")
class NoHeaderIsEmpty(PlainDecoder):
    """A stream that ends before its header is complete ends without a word."""

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        try:
            return super().in_pieces(ikm, pieces)
        except HeaderError:
            return self.result(b"", b"")


@shelf("2.1/header")
class NoPieceIsEmpty(PlainDecoder):
    """A stream in which nothing ever came ends without a word: the state that would refuse was never made."""

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        try:
            return super().in_pieces(ikm, pieces)
        except HeaderError:
            if self.pending:
                raise
            return self.result(b"", b"")


@shelf("2.1/header")
class NoHeaderEscapes(PlainDecoder):
    """`finish()` uses the fields that the header would have set: `TypeError: undefined`."""

    def finish(self, ikm: bytes) -> None:
        if not self.started:
            raise TypeError("undefined")
        super().finish(ikm)


@shelf("2/padding", PIECES)
class EmptyPieceEndsTheStream(PlainDecoder):
    """Records without data emit an empty piece, and readers take that for the end."""

    ended = False

    def reset(self) -> None:
        super().reset()
        self.ended = False

    def release(self, data: bytes) -> None:
        self.ended = self.ended or not data
        if not self.ended:
            super().release(data)


@shelf(PIECES)
class PendingOfTheMessageBefore(PlainDecoder):
    """After a refusal the object is used again, and what was pending then still is."""

    left = b""

    def reset(self) -> None:
        super().reset()
        self.pending += self.left

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        try:
            answer = super().in_pieces(ikm, pieces)
        except Aes128gcmError:
            self.left = bytes(self.pending)
            raise
        self.left = b""
        return answer


@shelf("2/aead", PIECES)
class LastTagUncheckedInPieces(PlainDecoder):
    """The last record of a stream is opened without its tag, as `final()` "only" compares it."""

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        try:
            return super().in_pieces(ikm, pieces)
        except RecordAuthError as error:
            if not self.pending and self.started and self.seq:
                return self.result(error.released, self.header.keyid)
            raise


@shelf(PIECES, "2.1/keyid")
class KeyidCutAtPieceEnd(PlainDecoder):
    """The keyid is what of it the piece with the header holds; the rest is skipped."""

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        kept = list(pieces)
        answer = super().in_pieces(ikm, kept)
        size, at = len(kept[0]), 21
        end = at + len(answer["keyid"])
        return {**answer, "keyid": answer["keyid"][: (-(-at // size) * size or size) - at or end]}


@shelf(PIECES)
class RingOf65536Octets(PlainDecoder):
    """A ring buffer of 64 KiB between the pieces and the records."""

    def update(self, ikm: bytes, piece: bytes) -> None:
        if len(self.pending) + len(piece) > 65_536:
            raise LimitError("the buffer is full")
        super().update(ikm, piece)


@shelf(PIECES)
class RecordOfTwoPiecesAtMost(PlainDecoder):
    """The end of one piece and the start of the next are joined; a record that spans three is lost."""

    joined = 0

    def update(self, ikm: bytes, piece: bytes) -> None:
        before = self.seq
        super().update(ikm, piece)
        self.joined = 0 if self.seq != before or not self.started else self.joined + 1
        if self.joined > 2:
            raise RecordAuthError("a part of the record is missing")


@shelf("4.2/truncation", PIECES)
class NoRecordEscapes(PlainDecoder):
    """A stream that ends behind its header ends in a `NullPointerException`: no record was ever made."""

    def finish(self, ikm: bytes) -> None:
        if self.started and not self.seq and not self.pending:
            raise TypeError("null")
        super().finish(ikm)


@shelf(PIECES, "2.3/sequence-number")
class CounterOfTheFirstPieceLost(PlainDecoder):
    """The counter is set to zero when the first piece is done, whatever that held."""

    first = True

    def reset(self) -> None:
        super().reset()
        self.first = True

    def update(self, ikm: bytes, piece: bytes) -> None:
        super().update(ikm, piece)
        if self.first:
            self.first, self.seq = False, 0


@shelf(PIECES)
class EmptyRestOpenedAgain(PlainDecoder):
    """`finish()` opens the last record even if it was opened when its piece came: an error for a correct message."""

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending >= rs

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        return content[: self.delimiter_place(content)] if not last else super().unpad(content, seq, last)


@shelf(PIECES, "2/aead")
class AllReleasedAtFault(PlainDecoder):
    """When a record is refused what is pending is flushed to the caller, as a stream does when it is destroyed."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().record(record, seq, last)
        except RecordAuthError:
            self.release(record)
            raise


@shelf("2.1/rs-minimum", PIECES)
class RsZeroEscapesInPieces(PlainDecoder):
    """The check stands in `decrypt()` alone; a stream divides by rs."""

    def check_rs(self, rs: int) -> None:
        if rs == 0 and hasattr(self, "pending"):
            raise ZeroDivisionError("integer division or modulo by zero")
        super().check_rs(rs)
