"""Decoders and encoders that count records otherwise, or mix the number into the nonce otherwise (section 2.3)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import Derivation
from harness.mutants.aes128gcm.two_sided import TwoShelves

shelves = TwoShelves()

BASE, SEQ = "2.3/nonce-base", "2.3/sequence-number"


@shelves(SEQ)
class SeqFromOne(Derivation):
    """The first record has the number 1."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq + 1)


@shelves(SEQ)
class SeqNeverMoves(Derivation):
    """Every record has the nonce of the first."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return base


@shelves(SEQ)
class SeqMovesOnce(Derivation):
    """`first ? 0 : 1`: right for two records."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, min(seq, 1))


@shelves(SEQ)
class SeqByTwos(Derivation):
    """It is raised in the loop's head and in its body."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, 2 * seq)


@shelves(SEQ)
class SeqIsTheOffset(Derivation):
    """The offset in the body is mixed in instead of the number: at rs 25, 25 for the second record."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, 25 * seq)


@shelves(SEQ)
class SeqLittleEndian(Derivation):
    """`writeUInt32LE` at the nonce's end."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return _xor(base, bytes(8) + seq.to_bytes(4, "little"))


@shelves(SEQ)
class SeqLittleEndianOf12(Derivation):
    """The whole 96 bits in the machine's byte order."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return _xor(base, seq.to_bytes(12, "little"))


@shelves(SEQ)
class SeqInFront(Derivation):
    """The number is mixed into the first four octets."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return _xor(base, seq.to_bytes(4, "big") + bytes(8))


@shelves(SEQ)
class SeqOf8Bits(Derivation):
    """`nonce[11] ^= seq`: the number starts again at 256."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq & 0xFF)


@shelves(SEQ)
class SeqOf7Bits(Derivation):
    """A signed octet that is kept positive: it starts again at 128."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq & 0x7F)


@shelves(SEQ)
class SeqOf15Bits(Derivation):
    """The same with Java's `short`: it starts again at 32,768."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq & 0x7FFF)


@shelves(SEQ)
class SeqOf16Bits(Derivation):
    """`uint16_t seq`: it starts again at 65,536."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq & 0xFFFF)


@shelves(SEQ)
class SeqSignExtended(Derivation):
    """Java's `(byte) seq` is widened again: from 128 on, ones fill the octets above."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        low = seq & 0xFF
        return super().nonce(base, low | (0xFFFFFF00 if low > 127 else 0) if seq < 256 else seq)


@shelves(SEQ)
class SeqStopsAt255(Derivation):
    """The number saturates at 255."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, min(seq, 255))


@shelves(SEQ)
class SeqSecondOctetMisplaced(Derivation):
    """`nonce[9] ^= seq >> 8`: an octet is skipped."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, (seq & 0xFF) | (seq >> 8 << 16))


@shelves(SEQ)
class SeqThirdOctetMisplaced(Derivation):
    """`nonce[8] ^= seq >> 16`: right below 65,536."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, (seq & 0xFFFF) | (seq >> 16 << 24))


@shelves(SEQ)
class SeqAdded(Derivation):
    """`base + seq` over all 96 bits, instead of XOR."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return ((int.from_bytes(base, "big") + seq) % 2**96).to_bytes(12, "big")


@shelves(SEQ)
class SeqAddedIn8Bits(Derivation):
    """`nonce[11] += seq`, without a carry."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return base[:11] + bytes([(base[11] + seq) & 0xFF])


@shelves(SEQ)
class SeqAddedIn32Bits(Derivation):
    """The low four octets as a number, plus the sequence number: GCM's own way to count."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return base[:8] + ((int.from_bytes(base[8:], "big") + seq) % 2**32).to_bytes(4, "big")


@shelves(SEQ)
class SeqOred(Derivation):
    """`|` for `^`."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return (int.from_bytes(base, "big") | seq).to_bytes(12, "big")


@shelves(SEQ)
class SeqReplacesTheLastOctets(Derivation):
    """The number is written over the last four octets: right where none was to be mixed in."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return base[:8] + seq.to_bytes(4, "big") if seq else base


@shelves(SEQ)
class SeqXoredIntoTheNonceBefore(Derivation):
    """The base is changed in place: the third record's nonce is base XOR 1 XOR 2."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        mixed = (seq, 1, seq + 1, 0)[seq % 4]  # 0 XOR 1 XOR … XOR seq
        return super().nonce(base, mixed)


@shelves(SEQ)
class SeqInDoublePrecision(Derivation):
    """48 bits read with `readUIntBE(6, 6)` and put through JavaScript's `^`, which knows 32."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        low = int.from_bytes(base[6:], "big")
        mixed = ((low & 0xFFFFFFFF) ^ seq) & 0xFFFFFFFF
        return base[:6] + (mixed if seq else low).to_bytes(6, "big")


@shelves(SEQ)
class SeqOverASignedInt(Derivation):
    """The low four octets are read as Java's `int`; widened to `long`, ones or zeros cover the four above."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        low = int.from_bytes(base[8:], "big", signed=True) ^ seq
        return base[:4] + (low % 2**64).to_bytes(8, "big") if low < 0 else super().nonce(base, seq)


@shelves(BASE)
class NonceAsNumber(Derivation):
    """`BigInteger.toByteArray()` without its leading zeros: the nonce is shorter, and filled up at its end."""

    def nonce(self, base: bytes, seq: int) -> bytes:
        return super().nonce(base, seq).lstrip(b"\0").ljust(12, b"\0")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
