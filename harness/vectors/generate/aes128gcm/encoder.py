"""Encoder cases: what is asked for, judged by opening what comes out (RFC 8188 sections 2 to 2.3 and 4.3)."""

from __future__ import annotations

from typing import Any

from harness.vectors.generate.aes128gcm.messages import lengths_around, salt_with, text
from harness.vectors.generate.area import ENCRYPT, Area, octets


def _params(label: str, plaintext: bytes, **more: Any) -> dict[str, Any]:
    return {"ikm": octets(f"ikm {label}", 16), "plaintext": plaintext, **more}


def layout() -> Area:
    area = Area("aes128gcm/encoder-layout", ENCRYPT, "How an encoder cuts content into records.", flag="EncoderLayout")
    for rs in (18, 19, 20, 25, 64, 255, 256, 257, 4096):
        room = rs - 17
        for length in lengths_around(0, room, 2 * room, 3 * room):
            area.produce(
                f"rs-{rs}-content-{length}",
                f"{length} octet(s) of content at rs {rs}, where a full record holds {room}.",
                _params(f"layout {rs} {length}", text(length), rs=rs),
                *("2/fixed-record-size", "2/last-record-size", "2/delimiter-last"),
                *(("2/delimiter-not-last",) if length > room else ()),
                *(("2/at-least-one-record",) if length == 0 else ()),
            )
    for length in (0, 1, 15, 4078, 4079, 4080, 8158, 10_000, 100_000):
        area.produce(
            f"default-rs-content-{length}",
            f"{length} octet(s) of content at whatever rs the encoder takes.",
            _params(f"layout default {length}", text(length)),
            "2/fixed-record-size",
            "2/delimiter-last",
            *(("2/at-least-one-record",) if length == 0 else ()),
        )
    for count in (255, 256, 257, 300):
        area.produce(
            f"{count}-records",
            f"Content for {count} records at rs 18.",
            _params(f"layout records {count}", text(count), rs=18),
            "2.3/sequence-number",
        )
    area.produce(
        "66000-records",
        "Content for 66,000 records at rs 18: the sequence number needs three octets.",
        _params("layout 66000", b"r" * 66_000, rs=18),
        "2.3/sequence-number",
        seconds=60,
    )
    ikm = octets("ikm layout nonce", 16)
    for name, wanted in (
        ("nonce-base-odd", lambda base: base[-1] & 1 and base[-1] != 0xFF),
        ("nonce-base-ends-in-ffff", lambda base: base.endswith(b"\xff\xff")),
        ("nonce-base-starts-with-00", lambda base: base[0] == 0),
    ):
        area.produce(
            name,
            f"Three records with a salt whose {name.replace('-', ' ')}.",
            {"ikm": ikm, "plaintext": text(24), "rs": 25, "salt": salt_with(f"encoder {name}", ikm, wanted)},
            "2.3/sequence-number",
            "2.3/nonce-base",
        )
    return area


def header() -> Area:
    area = Area("aes128gcm/encoder-header", ENCRYPT, "Header fields that were asked for.", flag="EncoderHeader")
    for length in (0, 1, 2, 16, 65, 127, 128, 254, 255):
        area.produce(
            f"keyid-of-{length}",
            f"A keyid of {length} octet(s).",
            _params(f"header keyid {length}", text(9), keyid=text(length, "keyid")),
            "2.1/keyid",
            "2.1/idlen",
        )
    for name, keyid, why in (
        ("keyid-utf8", "clé-鍵".encode(), "UTF-8 with more octets than characters"),
        ("keyid-not-utf8", b"\xff\xfe\x80\xc3", "no UTF-8"),
        ("keyid-with-zero-octet", b"a\0b", "a zero octet between letters"),
        ("keyid-with-white-space", b" a1 \n", "white space at both ends"),
        ("keyid-point", b"\x04" + octets("point", 64), "65 octets as of an elliptic curve point"),
        ("keyid-upper-case", b"KeyId", "upper case, which is not lower case"),
        ("keyid-with-byte-order-mark", b"\xef\xbb\xbfa1", "text behind a byte order mark, which belongs to it"),
    ):
        area.produce(name, f"The keyid is {why}.", _params(f"header {name}", text(9), keyid=keyid), "2.1/keyid")
    for name, salt in (
        ("salt", octets("a salt", 16)),
        ("salt-all-zeros", bytes(16)),
        ("salt-all-ones", b"\xff" * 16),
        ("salt-with-zero-octet", b"salt\0" + octets("salt", 11)),
    ):
        area.produce(
            name,
            f"The {name.replace('-', ' ')} is prescribed.",
            _params(f"header {name}", text(9), salt=salt),
            "2.1/salt",
            "2.2/prk",
        )
    for name, more in (
        ("empty-content", {"plaintext": b""}),
        ("keyid", {"plaintext": text(9), "keyid": b"key-1"}),
        ("rs", {"plaintext": text(40), "rs": 25}),
        ("padding", {"plaintext": text(9), "pad": 5}),
    ):
        area.produce(
            f"salt-with-{name}",
            f"The salt is prescribed, with {name.replace('-', ' ')}.",
            {"ikm": octets(f"ikm salt {name}", 16), "salt": octets(f"salt with {name}", 16), **more},
            "2.1/salt",
        )
    for rs in (18, 19, 127, 128, 255, 256, 0x0112, 0x1201, 4095, 4096, 4097, 32767, 32768, 65535, 65536):
        area.produce(
            f"rs-{rs}", f"rs is {rs}, the content is short.", _params(f"header rs {rs}", text(1), rs=rs), "2.1/rs"
        )
    for rs in (65537, 2**20, 2**24, 2**24 + 18, 2**31 - 1, 2**31, 2**32 - 1):
        area.may_produce(
            f"rs-{rs}",
            f"rs is {rs}, the content is short. An encoder may decline so large a record; one that does not has to "
            "write the header right.",
            _params(f"header rs {rs}", text(20), rs=rs),
            "2.1/rs",
            leniency="encoder-rs-limit",
            flags=("EncoderLimit",),
        )
    for length in (1, 15, 16, 17, 32, 64, 65, 1000):
        area.produce(
            f"ikm-of-{length}",
            f"Input-keying material of {length} octet(s).",
            {"ikm": octets(f"encoder ikm {length}", length), "plaintext": text(9)},
            "2.2/prk",
        )
    for name, ikm in (
        ("ikm-zeros", bytes(16)),
        ("ikm-with-zero-octet", b"ikm\0" + octets("ikm", 12)),
        ("ikm-base64url", b"yqdlZ-tYemfogSmv7Ws5PQ"),
        ("ikm-text", b"0123456789abcdef"),
        ("ikm-ends-in-line-feed", b"0123456789abcde\n"),
        ("ikm-starts-with-zeros", bytes(8) + octets("ikm", 8)),
        ("ikm-high-bits", bytes(range(0xF0, 0x100))),
        ("ikm-ends-in-zeros", octets("ikm", 8) + bytes(8)),
    ):
        area.produce(
            name,
            "Input-keying material that could be mistaken for something else.",
            {"ikm": ikm, "plaintext": text(9)},
            "2.2/prk",
        )
    return area


def content() -> Area:
    area = Area("aes128gcm/encoder-content", ENCRYPT, "Content that an encoder must not touch.", flag="Content")
    for name, data in (
        ("empty", b""),
        ("one-zero", b"\0"),
        ("zeros", bytes(30)),
        ("ends-in-zeros", b"data\0\0"),
        ("ends-in-one", b"data\1"),
        ("ends-in-two", b"data\2"),
        ("ends-in-two-zeros", b"data\2\0\0"),
        ("starts-with-zeros", b"\0\0\0data"),
        ("all-ones", b"\xff" * 30),
        ("not-utf8", b"\xc3\x28\xa0\xa1"),
        ("white-space", b" \r\n\t "),
        ("json", b'{"b": 1, "a": 1.0}\n'),
        ("text-zero", b"nul\0end"),
        ("utf8", "Ich bin das Walroß".encode()),
        ("every-octet", bytes(range(256))),
        ("ends-in-line-feed", b"data\n"),
        ("byte-order-mark", b"\xef\xbb\xbfdata"),
    ):
        for rs in (25, 4096):
            area.produce(
                f"{name}-rs-{rs}",
                f"The content is {name.replace('-', ' ')}, at rs {rs}.",
                _params(f"content {name} {rs}", data, rs=rs),
                "2/content-any-octets",
            )
    area.may_produce(
        "100000-octets-in-one-record",
        "100,000 octets of content at rs 2^20. An encoder may decline so large a record.",
        _params("content one record", b"0123456789abcdef" * 6250, rs=2**20),
        "2/content-any-octets",
        leniency="encoder-rs-limit",
        flags=("EncoderLimit",),
        seconds=30,
    )
    for length in (15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 257, 512, 1024, 2048, 4095, 4096, 4097):
        area.produce(
            f"{length}-letters",
            f"{length} letters, at whatever rs the encoder takes.",
            _params(f"content letters {length}", text(length)),
            "2/content-any-octets",
        )
    for length in (65_535, 65_536, 65_537):
        area.produce(
            f"{length}-octets",
            f"{length} octets of content at rs 65536.",
            _params(f"content {length}", (b"0123456789abcdef" * 4097)[:length], rs=65_536),
            "2/content-any-octets",
            seconds=30,
        )
    return area


def padding() -> Area:
    area = Area("aes128gcm/encoder-padding", ENCRYPT, "Padding as it was asked for.", flag="EncoderPadding")
    for length in (0, 1, 4, 8, 20):
        for pad in (0, 1, 2, 3, 7, 8, 9, 16, 30):
            _padded(area, length, pad, 25, "where a record has room for 8 of both")
    for length, pad in (
        (10, 254),
        (10, 255),
        (10, 256),
        (10, 257),
        (10, 4068),
        (10, 4069),
        (10, 4070),
        (4079, 1),
        (0, 5000),
    ):
        _padded(area, length, pad, 4096, "where a record has room for 4,079 of both")
    for length, pad in ((0, 1), (20, 1), (20, 300), (20, 5000), (5000, 20)):
        area.produce(
            f"default-rs-content-{length}-pad-{pad}",
            f"{length} octet(s) of content with {pad} of padding, at whatever rs the encoder takes.",
            _params(f"padding default {length} {pad}", text(length), pad=pad),
            "2/padding",
            "2/fixed-record-size",
        )
    area.produce(
        "all-that-can-be-asked",
        "Salt, rs, keyid and padding at once, over several records.",
        _params(
            "padding all", text(50), rs=30, pad=15, keyid=b"all at once", salt=octets("salt all that can be asked", 16)
        ),
        *("2/padding", "2/fixed-record-size", "2.1/salt", "2.1/keyid", "2.1/rs"),
    )
    area.produce(
        "rs-18-content-3-pad-2",
        "Records with room for one octet, of content or of padding.",
        _params("padding 18", b"abc", rs=18, pad=2),
        "2/padding",
        "2/fixed-record-size",
    )
    area.produce(
        "content-looks-like-padding",
        "Content that ends in zeros, and padding behind it.",
        _params("padding zeros", b"data\2\0\0", rs=64, pad=5),
        "2/padding",
        "2/content-any-octets",
    )
    for pad in (65_535, 65_536, 70_000):
        area.may_produce(
            f"rs-100000-pad-{pad}",
            f"{pad} octets of padding at rs 100,000. An encoder may have a limit; what it pads has to be right.",
            _params(f"padding {pad}", text(5), rs=100_000, pad=pad),
            "2/padding",
            leniency="encoder-pad-limit",
            flags=("EncoderLimit",),
        )
    return area


def _padded(area: Area, length: int, pad: int, rs: int, room: str) -> None:
    """Where content is too short to reach into every record, an encoder may decline the padding."""
    name = f"rs-{rs}-content-{length}-pad-{pad}"
    comment = f"{length} octet(s) of content with {pad} of padding at rs {rs}, {room}."
    params = _params(f"padding {length} {pad}", text(length), rs=rs, pad=pad)
    records = -(-(length + pad) // (rs - 17))
    if records > 1 and length < records:
        area.may_produce(
            name,
            f"{comment} It takes records of padding alone, which an encoder may decline.",
            params,
            "2/padding",
            "2/fixed-record-size",
            leniency="encoder-pad-limit",
            flags=("EncoderLimit",),
        )
    else:
        area.produce(name, comment, params, "2/padding", "2/fixed-record-size")


def arguments() -> Area:
    area = Area(
        "aes128gcm/encoder-arguments", ENCRYPT, "Arguments that no message can express.", flag="ImpossibleArgument"
    )
    for data, what in ((b"", "no content"), (b"a", "one octet of content"), (text(40), "40 octets of content")):
        near = area.produce(
            f"rs-18-content-{len(data)}",
            f"rs is 18, with {what}: the least that there is.",
            _params(f"arguments rs {len(data)}", data, rs=18),
            "2.1/rs-minimum",
            flags=("Normal",),
        )
        for rs in (0, 1, 16, 17):
            area.decline(
                f"rs-{rs}-content-{len(data)}",
                f"rs is {rs}, with {what}: values below 18 are invalid.",
                near,
                {**near.params, "rs": rs},
                "2.1/rs-minimum",
            )
    near = area.produce(
        "rs-65536",
        "rs is 65,536, which the header can say.",
        _params("arguments large", text(9), rs=65_536),
        "2.1/rs",
        flags=("Normal",),
    )
    for rs in (2**32, 2**32 + 17, 2**32 + 18, 2**32 + 4096, 2**40):
        area.decline(
            f"rs-{rs}", f"rs is {rs}: the header has 32 bits for it.", near, {**near.params, "rs": rs}, "2.1/rs"
        )
    near = area.produce(
        "keyid-of-255",
        "A keyid of 255 octets, the longest.",
        _params("arguments keyid", text(9), keyid=b"k" * 255),
        "2.1/idlen",
        flags=("Normal",),
    )
    for length in (256, 257, 300, 512, 1000):
        area.decline(
            f"keyid-of-{length}",
            f"A keyid of {length} octets: idlen is one octet.",
            near,
            {**near.params, "keyid": b"k" * length},
            "2.1/idlen",
        )
    near = area.produce(
        "salt-of-16",
        "A salt of 16 octets.",
        _params("arguments salt", text(9), salt=octets("salt 16", 16)),
        "2.1/salt",
        flags=("Normal",),
    )
    for length in (1, 12, 15, 17, 32):
        area.decline(
            f"salt-of-{length}",
            f"A salt of {length} octets: the header has 16 for it.",
            near,
            {**near.params, "salt": octets(f"salt {length}", length)},
            "2.1/salt",
        )
    return area


def randomness() -> Area:
    area = Area("aes128gcm/encoder-randomness", ENCRYPT, "Salts of repeated calls.", flag="Randomness")
    rules = ("4.3/salt-unique", "2.1/salt-not-reused")
    area.produce(
        "same-request",
        "The same content under the same key, again and again: every salt is another.",
        _params("randomness", text(20)),
        *rules,
        repeat=1024,
    )
    area.produce(
        "empty-content",
        "Empty content under the same key, again and again.",
        _params("randomness empty", b""),
        *rules,
        repeat=64,
    )
    for name, params, what in (
        ("with-keyid", {"plaintext": text(20), "keyid": b"key-1"}, "The same content under the same keyid"),
        ("with-rs", {"plaintext": text(20), "rs": 100}, "The same content at an rs that was asked for"),
        ("with-padding", {"plaintext": text(20), "pad": 10}, "The same content with padding"),
        ("several-records", {"plaintext": text(100), "rs": 25}, "The same content in several records"),
        ("long-content", {"plaintext": text(10_000)}, "The same content of 10,000 octets"),
        ("not-text", {"plaintext": b"\xff\0\xfe"}, "The same content, which is no text,"),
        ("with-keyid-and-rs", {"plaintext": text(20), "keyid": b"k", "rs": 100}, "The same content with keyid and rs"),
        ("with-keyid-and-padding", {"plaintext": text(20), "keyid": b"k", "pad": 5}, "The same with keyid and padding"),
        ("with-rs-and-padding", {"plaintext": text(20), "rs": 100, "pad": 5}, "The same content with rs and padding"),
        ("with-everything", {"plaintext": text(20), "keyid": b"k", "rs": 100, "pad": 5}, "The same with all of them"),
        ("with-smallest-rs", {"plaintext": text(3), "rs": 18}, "The same content at rs 18"),
        ("with-large-rs", {"plaintext": text(20), "rs": 65_536}, "The same content at rs 65,536"),
        ("with-long-keyid", {"plaintext": text(20), "keyid": b"k" * 200}, "The same content under a long keyid"),
        ("with-short-ikm", {"plaintext": text(20), "ikm": b"i"}, "The same content under a key of one octet"),
        ("with-long-ikm", {"plaintext": text(20), "ikm": octets("long ikm", 100)}, "The same under a long key"),
        ("large-content", {"plaintext": text(70_000)}, "The same content of 70,000 octets"),
        ("one-octet", {"plaintext": b"1"}, "The same content of one octet"),
    ):
        area.produce(
            name,
            f"{what} under one key, again and again: every salt is another.",
            {"ikm": octets(f"ikm randomness {name}", 16), **params},
            *rules,
            repeat=16,
        )
    area.produce(
        "new-process",
        "The same request to a new process each time: no salt comes again after a start.",
        _params("randomness restart", text(20)),
        *rules,
        repeat=3,
        restart=True,
    )
    return area
