"""Decoder cases about padding, and content that looks like it (RFC 8188 section 2)."""

from __future__ import annotations

from harness.recipes.aes128gcm import Record
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, octets


def padding() -> Area:
    area = Area("aes128gcm/padding", DECRYPT, "Padding of every length in every place.", flag="Padding")
    for pad in (1, 2, 15, 16, 17, 127, 128, 254, 255, 256, 257, 4078):
        area.accept(
            f"only-record-{pad}",
            f"One record with data and {pad} padding octet(s), at rs 4096.",
            message(f"padding {pad}", Record(text(1), pad), rs=4096),
            "2/padding",
        )
    for place, what in enumerate(("first", "middle", "last")):
        for pad in (1, 7, 8):
            area.accept(
                f"{what}-record-{pad}",
                f"Three full records at rs 25, the {what} one with {pad} padding octet(s)"
                f"{' and no data' if pad == 8 else ''}.",
                with_record(message(f"padding {what} {pad}", *full(25, 3)), place, data=text(8 - pad), pad=pad),
                "2/padding",
            )
        for pad in (256, 300):
            area.accept(
                f"{what}-record-{pad}",
                f"Three full records at rs 400, the {what} one with {pad} padding octets.",
                with_record(
                    message(f"padding {what} {pad}", *full(400, 3), rs=400), place, data=text(383 - pad), pad=pad
                ),
                "2/padding",
            )
    _padding_alone(area)
    area.either(
        "only-record-1000000",
        "One record with data and 1,000,000 padding octets, at rs 2^20. A decoder may limit how long a record is.",
        message("padding 1000000", Record(text(5), 1_000_000), rs=2**20),
        "2/padding",
        leniency="record-limit",
    )
    for pad in (65_535, 65_536, 65_537):
        area.accept(
            f"only-record-{pad}",
            f"One record with data and {pad} padding octets, at rs 2^20.",
            message(f"padding {pad}", Record(text(5), pad), rs=2**20),
            "2/padding",
        )
        area.accept(
            f"first-record-{pad}",
            f"Two records, the first with {pad} padding octets.",
            message(f"padding first {pad}", Record(text(5), pad), Record(text(3)), rs=5 + pad + 17),
            "2/padding",
        )
    return area


def _padding_alone(area: Area) -> None:
    """Records that hold a delimiter and padding and nothing else: the text allows them anywhere."""
    for name, comment, built in (
        ("message-of-padding", "One record that holds padding alone.", message("pad 1", Record(pad=7))),
        ("message-of-padding-full", "One full record that holds padding alone.", message("pad 2", Record(pad=8))),
        (
            "three-records-of-padding",
            "Three full records that hold padding alone: no content at all.",
            message("pad 3", Record(pad=8), Record(pad=8), Record(pad=8)),
        ),
        (
            "extra-last-record-without-padding",
            "Full records with data, then a last one that holds its delimiter alone.",
            message("pad 4", *full(25, 2), Record()),
        ),
        (
            "extra-last-record-of-padding",
            "Full records with data, then a last one that holds padding alone.",
            message("pad 5", *full(25, 2), Record(pad=5)),
        ),
        (
            "two-extra-last-records",
            "A full record with data, then two that hold padding alone.",
            message("pad 6", *full(25, 1), Record(pad=8), Record(pad=3)),
        ),
        (
            "padding-before-data",
            "Two records of padding alone, then data.",
            message("pad 7", Record(pad=8), Record(pad=8), Record(text(8))),
        ),
        (
            "padding-everywhere",
            "Data and padding mixed in five records.",
            message(
                "pad 8", Record(text(3), 5), Record(pad=8), Record(text(8)), Record(text(1), 7), Record(text(2), 2)
            ),
        ),
        (
            "rs-18-padding-alone",
            "Records of 18 octets: data, padding, data.",
            message("pad 9", Record(b"a"), Record(pad=1), Record(b"b"), rs=18),
        ),
    ):
        area.accept(name, comment, built, "2/padding")


def content() -> Area:
    area = Area("aes128gcm/content", DECRYPT, "Content that looks like something else.", flag="Content")
    for name, data, why in (
        ("empty", b"", "nothing"),
        ("one-zero", b"\0", "a single zero octet"),
        ("one-one", b"\1", "a single octet 0x01"),
        ("one-two", b"\2", "a single octet 0x02"),
        ("zeros", bytes(8), "eight zero octets"),
        ("ends-in-zero", b"data\0", "data that ends in a zero octet"),
        ("ends-in-zeros", b"dat\0\0\0\0\0", "data that ends in five zero octets"),
        ("ends-in-one", b"data\1", "data that ends in 0x01"),
        ("ends-in-two", b"data\2", "data that ends in 0x02"),
        ("ends-in-two-zeros", b"data\2\0\0", "data that ends as a padded last record does"),
        ("ends-in-one-zeros", b"data\1\0\0", "data that ends as a padded record does"),
        ("twos", b"\2" * 8, "eight octets 0x02"),
        ("ones", b"\1" * 8, "eight octets 0x01"),
        ("delimiters-inside", b"a\2\0\0b\1\0c", "data with what looks like delimiters and padding inside"),
        ("starts-with-zeros", b"\0\0\0data", "data that starts with zeros"),
        ("starts-with-delimiter", b"\2\0data", "data that starts with 0x02 and zero"),
        ("all-ones", b"\xff" * 8, "eight octets 0xff"),
        ("not-utf8", b"\xc3\x28\xa0\xa1", "octets that are no UTF-8"),
        ("white-space", b" \r\n\t ", "white space"),
        ("json", b'{"b": 1, "a": 1.0}\n', "JSON that would look otherwise if it were read and written again"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", "a gzip stream of nothing"),
        ("text-zero", b"nul\0end", "a zero octet inside text"),
        ("legacy-padding", b"\0\0abc", "data that starts as a message of the older aesgcm coding does"),
        ("ends-in-line-feed", b"data\n", "data that ends in a line feed"),
        ("byte-order-mark", b"\xef\xbb\xbfdata", "text behind a byte order mark"),
    ):
        for pad in (0, 4):
            suffix = "-padded" if pad else ""
            area.accept(
                f"{name}{suffix}",
                f"The content is {why}{', and padding follows it' if pad else ''}.",
                message(f"content {name} {pad}", Record(data, pad), rs=64),
                "2/content-any-octets",
                "2/delimiter-is-last-nonzero",
            )
    for name, data in (
        ("zero", b"\0"),
        ("one", b"\1"),
        ("two", b"\2"),
        ("zeros", bytes(8)),
        ("twos", b"\2" * 8),
        ("space", b" "),
        ("line-feed", b"\n"),
    ):
        filled = (text(8) + data)[-8:]
        area.accept(
            f"first-record-ends-in-{name}",
            "The first of two records ends in octets that look like a delimiter or padding.",
            message(f"content first {name}", Record(filled), Record(filled)),
            "2/content-any-octets",
            "2/delimiter-is-last-nonzero",
        )
        area.accept(
            f"records-end-in-{name}-padded",
            "Two records with padding end in octets that look like a delimiter or padding.",
            message(f"content padded {name}", Record(filled[2:], 2), Record(filled[2:], 1)),
            "2/content-any-octets",
            "2/delimiter-is-last-nonzero",
        )
    for length in (256, 4079, 4080, 8158, 8159):
        area.accept(
            f"{length}-octets",
            f"{length} octets of every value, in records of 4096.",
            message(f"content {length}", *_cut(octets(f"content {length}", length), 4079), rs=4096),
            "2/content-any-octets",
        )
    for length in (*_LENGTHS, 65_535, 65_536, 65_537):
        area.accept(
            f"{length}-letters",
            f"{length} letters in one record.",
            message(f"content letters {length}", Record(b"L", times=length), rs=length + 100),
            "2/content-any-octets",
        )
    area.accept(
        "40-records-of-16384",
        "40 records of 16,384 octets, each with a letter of its own: they come out in their order, also where several "
        "are opened at a time.",
        message(
            "content large records",
            *(Record(bytes([65 + place]), times=16_367) for place in range(40)),
            rs=16_384,
        ),
        "2/content-any-octets",
        "2.3/record-order",
    )
    area.accept(
        "every-octet",
        "Each octet value once.",
        message("content every", Record(bytes(range(256))), rs=300),
        "2/content-any-octets",
    )
    return area


#: Around the sizes of blocks, buffers and counters.
_LENGTHS = (
    15,
    16,
    17,
    31,
    32,
    33,
    47,
    48,
    63,
    64,
    65,
    127,
    128,
    129,
    255,
    257,
    511,
    512,
    1023,
    1024,
    1025,
    2048,
    4095,
    4096,
    4097,
)


def _cut(data: bytes, room: int) -> list[Record]:
    return [Record(data[start : start + room]) for start in range(0, len(data), room)]
