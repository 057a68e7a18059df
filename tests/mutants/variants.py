"""Correct implementations that differ from the reference wherever the text leaves room. None may be accused."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from typing import Any

from harness.mutants.aes128gcm.plain import PlainDecoder, PlainEncoder
from harness.reference.errors import Aes128gcmError, ArgumentError, HeaderError, LimitError

VARIANTS: list[type[Any]] = []


def variant(codec: type[Any]) -> type[Any]:
    """Collect a variant."""
    VARIANTS.append(codec)
    return codec


# Decoders


@variant
class AcceptsZeroRecords(PlainDecoder):
    """A header without a record is empty content: the text's "zero or more"."""

    def record(self, record: bytes, seq: int, last: bool) -> bytes:
        return b"" if seq == 0 and not record else super().record(record, seq, last)


@variant
class ReturnsBytesAlone(PlainDecoder):
    """The content, and no keyid."""

    def result(self, plaintext: bytes, keyid: bytes) -> Any:
        return bytearray(plaintext)


@variant
class LeavesAnEmptyKeyidOut(PlainDecoder):
    """A keyid is returned where there is one."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return {"plaintext": plaintext, "keyid": keyid} if keyid else {"plaintext": plaintext}


class Refusal(Exception):
    """A library's only error: it does not say where."""


@variant
class NamesNoStages(PlainDecoder):
    """One error for all, without a stage."""

    rejected = (Refusal,)  # type: ignore[assignment]

    def aes128gcm_decrypt(self, **params: Any) -> dict[str, bytes]:
        try:
            return super().aes128gcm_decrypt(**params)
        except Aes128gcmError as error:
            raise Refusal("decryption failed") from error


@variant
class CallsEverythingTheHeader(PlainDecoder):
    """Every refusal is reported at the same stage."""

    def aes128gcm_decrypt(self, **params: Any) -> dict[str, bytes]:
        try:
            return super().aes128gcm_decrypt(**params)
        except Aes128gcmError as error:
            refusal = HeaderError("bad message")
            refusal.released = error.released
            raise refusal from error


@variant
class OpensAllThenChecks(PlainDecoder):
    """All records are authenticated before the first delimiter is looked at."""

    def all_records(self, records: list[bytes]) -> bytes:
        last = len(records) - 1
        contents = [self.open(record, seq, seq == last) for seq, record in enumerate(records) if len(record) >= 17]
        if len(contents) <= last:
            return self.record(records[-1], last, True)  # refuses: it is too short
        return b"".join(self.unpad(content, seq, seq == last) for seq, content in enumerate(contents))


@variant
class ChecksTheLastRecordFirst(PlainDecoder):
    """The end is opened first, so that a cut message is refused before anything else is done."""

    def all_records(self, records: list[bytes]) -> bytes:
        self.record(records[-1], len(records) - 1, True)
        return super().all_records(records)


@variant
class WholeMessagesOnly(PlainDecoder):
    """Pieces are not offered."""

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "methods": {"aes128gcm.decrypt": {}}}

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes) -> dict[str, bytes]:  # type: ignore[override]
        return super().aes128gcm_decrypt(ikm=ikm, message=message)


@variant
class ReleasesNothingBeforeTheEnd(PlainDecoder):
    """Pieces are collected, and opened when the message is complete."""

    def in_pieces(self, ikm: bytes, pieces: Iterable[bytes]) -> dict[str, bytes]:
        return self.whole(ikm, b"".join(pieces))


@variant
class ReleasesDataBeforeItsDelimiterIsChecked(PlainDecoder):
    """Once a record authenticates its data is released, whatever its delimiter turns out to be."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = content[: self.delimiter_place(content)]
        try:
            return super().unpad(content, seq, last)
        except Aes128gcmError:
            if getattr(self, "started", False):
                self.release(data)
            raise


@variant
class RefusesRsBeforeTheHeaderIsComplete(PlainDecoder):
    """rs is looked at as soon as its octets are there."""

    def header_is_complete(self) -> bool:
        if len(self.pending) >= 20:
            self.check_rs(int.from_bytes(self.pending[16:20], "big"))
        return super().header_is_complete()


@variant
class HoldsOneRecordMore(PlainDecoder):
    """Two records are kept back, where one would do."""

    def more_follows(self, pending: int, rs: int) -> bool:
        return pending > 2 * rs

    def finish(self, ikm: bytes) -> None:
        while self.started and len(self.pending) > self.header.rs:
            self.release(self.record(self.take(self.header.rs), self.seq, False))
            self.seq += 1
        super().finish(ikm)


class Unsupported(Exception):
    """What the text allows and this implementation does not do."""


@variant
class KeysOf16OctetsOnly(PlainDecoder):
    """Other keys are not supported, and it says so."""

    unsupported = (Unsupported,)  # type: ignore[assignment]

    def aes128gcm_decrypt(self, *, ikm: bytes, **params: Any) -> dict[str, bytes]:
        if len(ikm) != 16:
            raise Unsupported("keys have 16 octets here")
        return super().aes128gcm_decrypt(ikm=ikm, **params)


# Encoders


@variant
class AlwaysAnExtraRecord(PlainEncoder):
    """The last record is always one of its own, without data and without padding."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        return [*shares, (0, 0)] if sum(shares[-1]) == room else shares


@variant
class FullLastRecordAvoided(PlainEncoder):
    """A last record that would be full gets a padding-only one behind it, as RFC 8291's `rs` wants it."""

    def aes128gcm_encrypt(self, *, pad: int | None = None, **params: Any) -> dict[str, bytes]:
        self.free = pad is None
        return super().aes128gcm_encrypt(pad=pad or 0, **params)

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        return [*shares, (0, room - 1 if self.free else 0)] if sum(shares[-1]) == room else shares


@variant
class PadsAtRandom(PlainEncoder):
    """Where no padding is asked for some is added."""

    def aes128gcm_encrypt(self, *, pad: int | None = None, **params: Any) -> dict[str, bytes]:
        return super().aes128gcm_encrypt(pad=os.urandom(1)[0] if pad is None else pad, **params)


@variant
class PadsFirst(PlainEncoder):
    """Padding stands in the first records, data in the last ones."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = []
        while length + pad > room:
            padding = min(pad, room)
            shares.append((room - padding, padding))
            length, pad = length - (room - padding), pad - padding
        return [*shares, (length, pad)]


@variant
class PadsLast(PlainEncoder):
    """Data stands in the first records, padding in the last ones."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = []
        while length + pad > room:
            data = min(length, room)
            shares.append((data, room - data))
            length, pad = length - data, pad - (room - data)
        return [*shares, (length, pad)]


@variant
class SpreadsEvenly(PlainEncoder):
    """Data is dealt out evenly, and padding fills the records, where no padding is asked for."""

    def aes128gcm_encrypt(self, *, pad: int | None = None, **params: Any) -> dict[str, bytes]:
        self.free = pad is None
        return super().aes128gcm_encrypt(pad=pad or 0, **params)

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        shares = super().shares(length, pad, room)
        if not self.free or len(shares) < 2:
            return shares
        count = len(shares)
        data = [length * (at + 1) // count - length * at // count for at in range(count)]
        return [(part, room - part) for part in data]


@variant
class LargeDefaultRs(PlainEncoder):
    """rs is 2^20 where none is asked for."""

    default_rs = 2**20


@variant
class LargestDefaultRs(PlainEncoder):
    """rs is the largest that there is where none is asked for."""

    default_rs = 2**32 - 1


@variant
class SmallDefaultRs(PlainEncoder):
    """rs is 100 where none is asked for."""

    default_rs = 100


@variant
class RsFitsTheContent(PlainEncoder):
    """Where no rs is asked for it is as large as the one record, and never below 18."""

    def aes128gcm_encrypt(self, *, plaintext: bytes, pad: int = 0, **params: Any) -> dict[str, bytes]:
        self.default_rs = max(18, len(plaintext) + pad + 17)
        return super().aes128gcm_encrypt(plaintext=plaintext, pad=pad, **params)


@variant
class KeyidByDefault(PlainEncoder):
    """Where no keyid is asked for it is the name of the sender's key."""

    def aes128gcm_encrypt(self, *, keyid: bytes = b"sender-1", **params: Any) -> dict[str, bytes]:
        return super().aes128gcm_encrypt(keyid=keyid, **params)


@variant
class CountsSalts(PlainEncoder):
    """A random start for every process, and then a counter: unique, if not random each time."""

    def __init__(self) -> None:
        self.numbers = itertools.count(int.from_bytes(os.urandom(16), "big"))

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return (next(self.numbers) % 2**128).to_bytes(16, "big")


@variant
class CountsSaltsInTheLastOctets(PlainEncoder):
    """Twelve octets that are drawn once for a process, and a counter of four."""

    def __init__(self) -> None:
        self.front, self.numbers = os.urandom(12), itertools.count()

    def new_salt(self, ikm: bytes, plaintext: bytes) -> bytes:
        return self.front + next(self.numbers).to_bytes(4, "little")


@variant
class DeclinesWhatIsLarge(PlainEncoder):
    """rs above 65,536 and padding above 65,535 octets are refused."""

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid)
        if rs > 65_536:
            raise LimitError(f"rs is {rs}")

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if pad > 65_535:
            raise ArgumentError(f"padding of {pad}")
        return super().shares(length, pad, room)


@variant
class OffersNoOptions(PlainEncoder):
    """Key and content are all that it takes."""

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "methods": {"aes128gcm.encrypt": {}}}

    def aes128gcm_encrypt(self, *, ikm: bytes, plaintext: bytes) -> dict[str, bytes]:  # type: ignore[override]
        return super().aes128gcm_encrypt(ikm=ikm, plaintext=plaintext)


@variant
class KeyidsOfTextOnly(PlainEncoder):
    """A keyid that is no UTF-8 cannot be given, and it says so."""

    unsupported = (Unsupported,)  # type: ignore[assignment]

    def check(self, salt: bytes, rs: int, keyid: bytes) -> None:
        super().check(salt, rs, keyid)
        try:
            keyid.decode()
        except UnicodeDecodeError as error:
            raise Unsupported("keyids are text here") from error
