"""Decoder cases about whole messages: the text's own examples, resources, and octets of another kind."""

from __future__ import annotations

from msgspec.structs import replace

from harness.implementations.protocol import decode_octets, encode_octets
from harness.recipes.aes128gcm import Record, parse, seal
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, octets

WALRUS_KEY = decode_octets("yqdlZ-tYemfogSmv7Ws5PQ")
SECOND_KEY = decode_octets("BO3ZVPxUlnLORbVGMpbT1Q")


def examples() -> Area:
    area = Area("aes128gcm/examples", DECRYPT, "What RFC 8188 and its errata print.", flag="SpecificationExample")
    first = parse(decode_octets("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"), WALRUS_KEY)
    area.accept(
        "section-3.1",
        "RFC 8188 section 3.1. The printed Content-Length of 54 is wrong (erratum 5516): the body has 53 octets.",
        first,
        "2/content-any-octets",
    )
    second = parse(
        decode_octets(
            "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA"
        ),
        SECOND_KEY,
    )
    second_case = area.accept(
        "section-3.2", "RFC 8188 section 3.2: two records, one octet of padding.", second, "2/fixed-record-size"
    )
    area.accept(
        "erratum-8620",
        "The body that the rejected erratum 8620 proposes: the content of section 3.1 with an octet 0x02 behind it.",
        parse(decode_octets("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu_ul1ATXXzhZ8IY2l5S6w8cG"), WALRUS_KEY),
        "2/delimiter-is-last-nonzero",
    )
    longer = with_record(second_case.recipe, 1, data=b"e walrus\2")
    area.refuse(
        "erratum-8621",
        "The body that the rejected erratum 8621 proposes: its second record has 26 octets, and rs is 25.",
        second_case,
        longer,
        "2/fixed-record-size",
        stages=("record-auth", "record-length"),
    )
    return area


def not_aes128gcm() -> Area:
    area = Area("aes128gcm/not-aes128gcm", DECRYPT, "Octets that are something else.", flag="NotAes128gcm")
    base = area.accept(
        "a-message",
        "A correct message, which the others stand in for.",
        message("other", *full(64, 2, last=30), rs=64),
        "2.1/header",
        flags=("Normal",),
    )
    whole = seal(base.recipe)
    for name, found, what in (
        ("plain-text", b'{"hello": "world", "this": "was never encrypted at all", "n": 12345}', "plain text"),
        ("base64url", encode_octets(whole).encode("ascii"), "the message itself, but as base64url text"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + octets("gzip", 90), "gzip"),
        ("zeros", bytes(100), "100 zero octets"),
        ("ones", b"\xff" * 300, "300 octets 0xff"),
        ("noise", octets("noise 2", 200), "noise"),
        ("legacy-aesgcm-body", whole[21:], "records without a header, as in the older aesgcm coding"),
        ("message-in-message", whole[:16] + whole, "a message with its salt twice"),
    ):
        area.refuse(
            name,
            f"Instead of the message there is {what}.",
            base,
            replace(base.recipe, replaced=found),
            *(("2.1/rs-minimum",) if name == "zeros" else ("2.1/header", "2/aead")),
            stages=("header", "record-size", "record-auth", "record-length", "truncated", "key"),
        )
    return area


def resources() -> Area:
    area = Area(
        "aes128gcm/resources", DECRYPT, "Honest messages that are dear to a careless decoder.", flag="Resources"
    )
    for rs in (2**30, 2**31 - 1, 2**31, 2**32 - 1):
        area.accept(
            f"rs-{rs}-empty",
            f"rs is {rs}, and the only record has 17 octets: what the header claims costs nothing.",
            message(f"resources {rs}", Record(), rs=rs),
            "2.1/rs",
        )
        area.accept(
            f"rs-{rs}-in-pieces",
            f"rs is {rs}, the only record has 60 octets, and it comes in pieces of 10.",
            message(f"resources pieces {rs}", Record(text(43)), rs=rs),
            "2.1/rs",
            "4.2/incremental",
            chunk_size=10,
        )
    area.accept(
        "one-record-of-70000",
        "One record with 70,000 octets of data.",
        message("resources one 70000", Record(b"0123456789abcdef", times=70_000 // 16), rs=70_100),
        "2/content-any-octets",
    )
    for length in (2**20, 2**22):
        area.either(
            f"one-record-of-{length}",
            f"One record with {length} octets of data. A decoder may limit how long a record is.",
            message(f"resources one {length}", Record(b"0123456789abcdef", times=length // 16), rs=length + 100),
            "2/content-any-octets",
            leniency="record-limit",
        )
    area.accept(
        "200000-tiny-records",
        "200,000 records of 18 octets: time has to grow with the message, not with its square.",
        message("resources tiny", Record(b"t", repeat=200_000), rs=18),
        "2/fixed-record-size",
        seconds=60,
    )
    area.accept(
        "1000000-tiny-records",
        "A million records of 18 octets, 18 MB in all, with ten minutes for it.",
        message("resources million", Record(b"t", repeat=1_000_000), rs=18),
        "2/fixed-record-size",
        seconds=600,
    )
    return area
