"""Decoders that put up with what some sender did wrong: what does not open is tried another way."""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.mutants.aes128gcm import derivation, sequence
from harness.mutants.aes128gcm.plain import Derivation, Header, PlainDecoder
from harness.mutants.model import DECODER, Shelf
from harness.reference.errors import Aes128gcmError, RecordAuthError

shelf = Shelf(DECODER)


@shelf("2.2/cek", "2.3/nonce-base")
class FallsBackToInfoWithoutZero(PlainDecoder):
    """An earlier release of the same product left the zero octet out, and its messages still have to open."""

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().open(record, seq, last)
        except RecordAuthError:
            for cek, base in self.others:
                try:
                    return AESGCM(cek).decrypt(self.nonce(base, seq), record, None)
                except InvalidTag:
                    continue
            raise

    def begin(self, ikm: bytes, header: Header, octets: bytes) -> None:
        super().begin(ikm, header, octets)
        prk = self.prk(ikm, header.salt)
        cek = hmac.digest(prk, b"Content-Encoding: aes128gcm\1", "sha256")[:16]
        base = hmac.digest(prk, b"Content-Encoding: nonce\1", "sha256")[:12]
        self.others = [(cek, base), (cek, self.base), (self.cek(prk), base)]


@shelf("2/aad-empty")
class FallsBackToAadOfAnotherSender(PlainDecoder):
    """A sender with a zero octet of additional data is put up with."""

    def open(self, record: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().open(record, seq, last)
        except RecordAuthError:
            try:
                return self.aead.decrypt(self.nonce(self.base, seq), record, b"\0")
            except InvalidTag:
                raise RecordAuthError("not authentic") from None


class _FallsBack(PlainDecoder):
    """Tries a whole message once more as one with the same mistake would."""

    mistaken: type[Derivation] = Derivation

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            return super().whole(ikm, message)
        except Aes128gcmError as refusal:
            other: PlainDecoder = type("Other", (self.mistaken, PlainDecoder), {})()
            try:
                return other.whole(ikm, message)
            except (Aes128gcmError, ValueError):
                raise refusal from None


@shelf("2.3/sequence-number")
class FallsBackToNumbersFromOne(_FallsBack):
    """A sender that counts from one is in use somewhere, so both are tried."""

    mistaken = sequence.SeqFromOne


@shelf("2.3/sequence-number")
class FallsBackToTheSameNonce(_FallsBack):
    """A sender that never counts is in use somewhere."""

    mistaken = sequence.SeqNeverMoves


@shelf("2.3/sequence-number")
class FallsBackToLittleEndian(_FallsBack):
    """A sender on a little-endian machine is in use somewhere."""

    mistaken = sequence.SeqLittleEndian


@shelf("2.3/sequence-number")
class FallsBackToLittleEndianOf12(_FallsBack):
    """The same, where the sender has the whole 96 bits in its own byte order."""

    mistaken = sequence.SeqLittleEndianOf12


@shelf("2.3/sequence-number")
class FallsBackToAdding(_FallsBack):
    """A sender that adds is in use somewhere."""

    mistaken = sequence.SeqAdded


@shelf("2.3/nonce-base")
class FallsBackToNumbersAlone(_FallsBack):
    """A sender without a nonce base is in use somewhere."""

    mistaken = derivation.NonceBaseOfZeros


@shelf("2.2/cek", "2.3/nonce-base")
class FallsBackToInfosWithoutZero(_FallsBack):
    """A sender that leaves out both zero octets is in use somewhere."""

    mistaken = derivation.InfoWithoutZero


@shelf("2.2/cek", "2.3/nonce-base")
class FallsBackToInfosOfAesgcm(_FallsBack):
    """Senders of the older coding with the newer layout are in use somewhere."""

    mistaken = derivation.InfoWithTheTextP256


@shelf("2.2/cek")
class FallsBackToAes256(_FallsBack):
    """A sender that takes all 32 octets for the key is in use somewhere."""

    mistaken = derivation.CekOf32


@shelf("2.2/prk")
class FallsBackToSwappedArguments(_FallsBack):
    """A sender that swaps salt and input-keying material is in use somewhere."""

    mistaken = derivation.SaltAndIkmSwapped


@shelf("2.2/prk")
class FallsBackToNoExtract(_FallsBack):
    """A sender without the extract phase is in use somewhere."""

    mistaken = derivation.ExtractLeftOut


@shelf("2/aad-empty")
class FallsBackToTheHeaderAsAad(_FallsBack):
    """A sender that authenticates the header is in use somewhere: is that not even better?"""

    mistaken = derivation.AadIsTheHeader


class _Rereads(PlainDecoder):
    """Reads the header's rs another way where the first one leads nowhere."""

    def reread(self, rs: int) -> int:
        return rs

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            return super().whole(ikm, message)
        except Aes128gcmError:
            if len(message) < 21:
                raise
            rs = self.reread(int.from_bytes(message[16:20], "big")) % 2**32
            return super().whole(ikm, message[:16] + rs.to_bytes(4, "big") + message[20:])


@shelf("2.1/rs")
class FallsBackToRsLittleEndian(_Rereads):
    """A large rs is taken for a small one in the other byte order."""

    def reread(self, rs: int) -> int:
        return int.from_bytes(rs.to_bytes(4, "big"), "little")


@shelf("2.1/rs", "2/fixed-record-size")
class FallsBackToRsWithoutTag(_Rereads):
    """Where records do not open at rs they are tried at rs + 16, as early drafts had it."""

    def reread(self, rs: int) -> int:
        return rs + 16


@shelf("2.1/rs", "2/fixed-record-size")
class FallsBackToRsOfData(_Rereads):
    """The same at rs + 17."""

    def reread(self, rs: int) -> int:
        return rs + 17


@shelf("2.1/rs", "2/fixed-record-size")
class FallsBackToOneRecord(_Rereads):
    """Where records do not open at rs the body is tried as a single one."""

    def reread(self, rs: int) -> int:
        return 2**32 - 1


@shelf("2.1/header", "2.1/idlen")
class FallsBackToNoIdlen(PlainDecoder):
    """A sender that leaves idlen out where it is zero is in use somewhere."""

    def whole(self, ikm: bytes, message: bytes) -> dict[str, bytes]:
        try:
            return super().whole(ikm, message)
        except Aes128gcmError:
            return super().whole(ikm, message[:20] + b"\0" + message[20:])


@shelf("2/delimiter-last", "2/delimiter-not-last")
class FallsBackToPaddingOfAesgcm(PlainDecoder):
    """A record without a delimiter that starts with two zeros is one of the older coding."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        try:
            return super().unpad(content, seq, last)
        except Aes128gcmError:
            if not content.startswith(b"\0\0"):
                raise
            return content[2:]
