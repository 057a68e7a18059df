"""Decoders that change content once padding is off (RFC 8188 section 2)."""

from __future__ import annotations

from harness.mutants.aes128gcm.plain import PlainDecoder
from harness.mutants.model import DECODER, Shelf

shelf = Shelf(DECODER)


@shelf("2/content-any-octets")
class ContentStripped(PlainDecoder):
    """`.trim()` on the result, since it is text "anyway"."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.strip(), keyid)


@shelf("2/content-any-octets")
class ContentLineFeedStripped(PlainDecoder):
    """`chomp` in Ruby and Perl: a line feed at the end is dropped."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.removesuffix(b"\n").removesuffix(b"\r"), keyid)


@shelf("2/content-any-octets")
class ContentAsText(PlainDecoder):
    """`decrypted.toString("utf8")` in Node: octets that are no UTF-8 become U+FFFD."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.decode("utf-8", "replace").encode(), keyid)


@shelf("2/content-any-octets")
class ContentWithoutByteOrderMark(PlainDecoder):
    """`new TextDecoder().decode()` with octets as its fallback: a byte order mark at the front is dropped."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.removeprefix(b"\xef\xbb\xbf"), keyid)


@shelf("2/content-any-octets")
class ContentAsCString(PlainDecoder):
    """The result is returned as a C string, through JNI or cgo: it ends at its first zero octet."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.split(b"\0")[0], keyid)


@shelf("2/content-any-octets")
class ContentWithNewLinesOfUnix(PlainDecoder):
    """A text mode stream: CR LF becomes LF."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.replace(b"\r\n", b"\n"), keyid)


@shelf("2/content-any-octets")
class ContentAsLatin1(PlainDecoder):
    """`toString("binary")` and later written as UTF-8: two octets for each above 127."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext.decode("latin-1").encode(), keyid)


@shelf("2/content-any-octets")
class LegacyPaddingRemoved(PlainDecoder):
    """Code shared with the older aesgcm coding: two octets at the front that count padding are taken off."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        if plaintext[:2] == b"\0\0":
            plaintext = plaintext[2:]
        return super().result(plaintext, keyid)


@shelf("2/content-any-octets")
class BlockPaddingRemoved(PlainDecoder):
    """PKCS #7 padding is taken off as well, by a wrapper that was written for CBC."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        count = plaintext[-1] if plaintext else 0
        if 0 < count <= 16 and plaintext.endswith(bytes([count]) * count):
            plaintext = plaintext[:-count]
        return super().result(plaintext, keyid)


@shelf("2/content-any-octets")
class ContentOf256Lost(PlainDecoder):
    """A length in one octet: content of 256 octets has the length 0."""

    def result(self, plaintext: bytes, keyid: bytes) -> dict[str, bytes]:
        return super().result(plaintext if len(plaintext) != 256 else b"", keyid)


@shelf("2/content-any-octets")
class DataOfRecordsStripped(PlainDecoder):
    """Each record's data is trimmed for white space before it is joined."""

    def unpad(self, content: bytes, seq: int, last: bool) -> bytes:
        data = super().unpad(content, seq, last)
        return data if last else data.rstrip(b" \r\n\t")
