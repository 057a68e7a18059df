"""Encoders that change content, or seal it wrong (RFC 8188 section 2)."""

from __future__ import annotations

import contextlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.mutants.aes128gcm.plain import PlainEncoder
from harness.mutants.model import ENCODER, Shelf
from harness.reference.errors import ArgumentError

shelf = Shelf(ENCODER)
SIZE, LAST, CONTENT = "2/fixed-record-size", "2/delimiter-last", "2/content-any-octets"
# Content


@shelf(CONTENT)
class ContentTrimmed(PlainEncoder):
    """`trim()` before encryption."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.strip(), pad)


@shelf(CONTENT)
class ContentZerosTrimmed(PlainEncoder):
    """Zeros at the end are "padding already"."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.rstrip(b"\0"), pad)


@shelf(CONTENT)
class ContentAsCString(PlainEncoder):
    """`strlen(plaintext)`."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.split(b"\0")[0], pad)


@shelf(CONTENT)
class ContentAsText(PlainEncoder):
    """`String(plaintext)`: octets that are no UTF-8 become U+FFFD."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.decode("utf-8", "replace").encode(), pad)


@shelf(CONTENT)
class ContentAsLatin1(PlainEncoder):
    """Octets are taken for Latin-1 text and sealed as UTF-8."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.decode("latin-1").encode(), pad)


@shelf(CONTENT)
class ContentCutInCharacters(PlainEncoder):
    """Records are cut at characters: `text.substring(at, at + room)`, with the length in octets nevertheless."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        with contextlib.suppress(UnicodeDecodeError):
            plaintext = plaintext[: len(plaintext.decode())]
        return super().records(ikm, salt, rs, header, plaintext, pad)


@shelf(CONTENT)
class ContentWithoutByteOrderMark(PlainEncoder):
    """A text reader dropped the byte order mark."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.removeprefix(b"\xef\xbb\xbf"), pad)


@shelf(CONTENT)
class ContentLineFeedDropped(PlainEncoder):
    """`chomp`."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext.removesuffix(b"\n"), pad)


@shelf(CONTENT, LAST)
class DelimiterLeftOutIfThere(PlainEncoder):
    """`if (!data.endsWith(delimiter)) data += delimiter`: content that ends so seems to have one already."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        if data.endswith(bytes([delimiter])):
            return data + bytes(padding)
        return super().pad(data, delimiter, padding)


@shelf(CONTENT, LAST)
class DelimiterLeftOutIfPadded(PlainEncoder):
    """Content that ends as a padded record does is taken for one that was padded before."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        if data.rstrip(b"\0").endswith(bytes([delimiter])) and not padding:
            return data
        return super().pad(data, delimiter, padding)


@shelf(CONTENT)
class ContentCutAt4079(PlainEncoder):
    """What does not fit the first record of 4096 is dropped, as a push message could not have it."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext[:4079], pad)


@shelf(CONTENT)
class ContentCutAt65535(PlainEncoder):
    """A 16-bit length."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        return super().records(ikm, salt, rs, header, plaintext[:65535], pad)


@shelf(CONTENT)
class LastOctetDropped(PlainEncoder):
    """`slice(at, at + room - 1)` in the last record, where more than one octet is left."""

    def pad(self, data: bytes, delimiter: int, padding: int) -> bytes:
        return super().pad(data[:-1] if delimiter == 2 and len(data) > 1 else data, delimiter, padding)


@shelf(CONTENT, SIZE)
class ContentAbove4096Refused(PlainEncoder):
    """Web Push's limit of 4096 octets is applied to every message."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        if len(plaintext) > 3993:
            raise ArgumentError("the content is too large")
        return super().records(ikm, salt, rs, header, plaintext, pad)


@shelf(SIZE)
class SeveralRecordsRefused(PlainEncoder):
    """Only what fits one record is sealed."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if length + pad > room:
            raise ArgumentError("rs is too small for the content")
        return super().shares(length, pad, room)


@shelf(SIZE)
class FullRecordRefused(PlainEncoder):
    """RFC 8291's "rs must be larger than the record" is applied to every message."""

    def shares(self, length: int, pad: int, room: int) -> list[tuple[int, int]]:
        if length + pad == room:
            raise ArgumentError("rs is too small for the content")
        return super().shares(length, pad, room)


# The AEAD


@shelf("2/aead")
class TagCutTo12(PlainEncoder):
    """`authTagLength: 12`."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        return super().seal(aead, nonce, content, additional)[:-4]


@shelf("2/aead")
class TagLeftOut(PlainEncoder):
    """Node's `getAuthTag()` is never called: the ciphertext alone comes out."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        return super().seal(aead, nonce, content, additional)[:-16]


@shelf("2/aead")
class TagInFront(PlainEncoder):
    """The tag stands before the ciphertext."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        sealed = super().seal(aead, nonce, content, additional)
        return sealed[-16:] + sealed[:-16]


@shelf("2/aead")
class TagOfZeros(PlainEncoder):
    """The tag is read before it is computed."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        return super().seal(aead, nonce, content, additional)[:-16] + bytes(16)


@shelf("2/aead", SIZE)
class NonceInFront(PlainEncoder):
    """Each record carries its nonce, as "AES-GCM encrypt" of many a helper does."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        return nonce + super().seal(aead, nonce, content, additional)


@shelf("2/aead")
class NotEncrypted(PlainEncoder):
    """A null cipher for debugging stayed in."""

    def seal(self, aead: AESGCM, nonce: bytes, content: bytes, additional: bytes) -> bytes:
        return content + super().seal(aead, nonce, content, additional)[-16:]


@shelf(SIZE, CONTENT)
class LineFeedAtTheEnd(PlainEncoder):
    """The message is printed with `println`."""

    def aes128gcm_encrypt(self, **options: object) -> dict[str, bytes]:
        return {"message": super().aes128gcm_encrypt(**options)["message"] + b"\n"}  # type: ignore[arg-type]


@shelf(SIZE, LAST)
class LastRecordLost(PlainEncoder):
    """The stream is closed before its last record was flushed."""

    def records(self, ikm: bytes, salt: bytes, rs: int, header: bytes, plaintext: bytes, pad: int) -> list[bytes]:
        records = super().records(ikm, salt, rs, header, plaintext, pad)
        return records[:-1] if len(records) > 1 else records


@shelf("2.3/sequence-number")
class CounterGoesOn(PlainEncoder):
    """The counter is a field of the object, and a new message does not set it back."""

    count = 0

    def nonce(self, base: bytes, seq: int) -> bytes:
        self.count += 1
        return super().nonce(base, self.count - 1)


@shelf("2.2/prk")
class KeysKeptByIkm(PlainEncoder):
    """Derived keys are cached by the input-keying material: the second message has another salt than its keys."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def prk(self, ikm: bytes, salt: bytes) -> bytes:
        return self.kept.setdefault(ikm, super().prk(ikm, salt))
