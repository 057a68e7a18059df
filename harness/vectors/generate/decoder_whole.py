"""Decoder cases about whole messages: the text's own examples, pieces, resources, and octets of another kind."""

from __future__ import annotations

from msgspec.structs import replace

from harness.implementations.protocol import decode_octets, encode_octets
from harness.recipes.aes128gcm import Flip, Message, Record, parse, seal
from harness.vectors.generate.area import DECRYPT, Area, octets
from harness.vectors.generate.messages import full, message, text, with_record

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
            "2/aead" if name not in ("zeros",) else "2.1/rs-minimum",
            stages=("header", "record-size", "record-auth", "record-length", "truncated", "key"),
        )
    return area


def streaming() -> Area:
    area = Area("aes128gcm/streaming", DECRYPT, "Messages in pieces: their size never matters.", flag="Streaming")
    short = message("streaming short", Record(text(5), 3), Record(text(8)), Record(text(2), 2), keyid=b"a1")
    filled = message("streaming full", *full(25, 3), keyid=b"a1")
    size = len(seal(short))
    for name, built in (("short-last", short), ("full-last", filled)):
        for chunk in (1, 2, 3, 7, 16, 17, 20, 21, 22, 23, 24, 25, 26, 47, 48, 49, 50, 73, size - 1, size, 98, 4096):
            area.accept(
                f"{name}-pieces-of-{chunk}",
                f"Three records at rs 25 behind a header of 23 octets, in pieces of {chunk}.",
                built,
                "4.2/incremental",
                chunk_size=chunk,
            )
    for chunk in (1, 17, 18, 1000, 65_536):
        area.accept(
            f"300-records-pieces-of-{chunk}",
            f"300 records at rs 18, in pieces of {chunk}.",
            message("streaming many", Record(b"s", repeat=300), rs=18),
            "4.2/incremental",
            chunk_size=chunk,
        )
    for chunk in (1, 4095, 4096, 4097):
        area.accept(
            f"large-keyid-pieces-of-{chunk}",
            f"A keyid of 255 octets and records of 4096, in pieces of {chunk}.",
            message("streaming keyid", *full(4096, 2, last=40), rs=4096, keyid=text(255, "keyid")),
            "4.2/incremental",
            chunk_size=chunk,
        )
    area.accept(
        "empty-pieces-of-1",
        "Empty content, in single octets.",
        message("streaming empty", Record()),
        "4.2/incremental",
        chunk_size=1,
    )
    for chunk in (1, 7, 25, 26, 1000):
        _faults_in_pieces(area, filled, chunk)
    return area


def _faults_in_pieces(area: Area, filled: Message, chunk: int) -> None:
    base = area.accept(
        f"right-pieces-of-{chunk}",
        f"Three full records, in pieces of {chunk}: the near miss of the faults below.",
        replace(filled, salt=octets(f"pieces {chunk}", 16)),
        "4.2/incremental",
        chunk_size=chunk,
        flags=("Normal",),
    )
    recipe = base.recipe
    for name, edited, rule, what in (
        ("first-changed", with_record(recipe, 0, flips=(Flip(-1),)), "2/aead", "the first record was changed"),
        ("second-changed", with_record(recipe, 1, flips=(Flip(0),)), "2/aead", "the second record was changed"),
        ("last-changed", with_record(recipe, 2, flips=(Flip(0),)), "2/aead", "the last record was changed"),
        ("last-lost", replace(recipe, cut=73), "2/delimiter-last", "the last record is missing"),
        ("cut-inside", replace(recipe, cut=90), "2/aead", "the last record is cut"),
        ("cut-to-a-tag", replace(recipe, cut=89), "2/record-minimum", "the last record is cut to 16 octets"),
        ("header-cut", replace(recipe, cut=22), "2.1/idlen", "the message ends inside its keyid"),
        ("one-octet-more", replace(recipe, tail=b"\0"), "2/delimiter-not-last", "one octet follows the last record"),
        ("a-record-more", replace(recipe, tail=octets("tail", 25)), "2/delimiter-not-last", "25 octets follow"),
        ("ends-early", with_record(recipe, 1, delimiter=2), "2/delimiter-not-last", "the second has delimiter 2"),
        ("never-ends", with_record(recipe, 2, delimiter=1), "2/delimiter-last", "the last record has delimiter 1"),
        ("swapped", replace(recipe, order=(1, 0, 2)), "2.3/record-order", "the first two records are swapped"),
    ):
        area.refuse(
            f"{name}-pieces-of-{chunk}",
            f"Three full records in pieces of {chunk}: {what}.",
            base,
            edited,
            rule,
            "4.2/incremental",
            stages=_STAGES_BY_RULE[rule],
        )


_STAGES_BY_RULE = {
    "2/aead": ("record-auth", "truncated"),
    "2/delimiter-last": ("truncated", "delimiter"),
    "2/delimiter-not-last": ("trailing-data", "delimiter", "record-length", "record-auth"),
    "2/record-minimum": ("record-length", "record-auth", "truncated"),
    "2.1/idlen": ("header", "truncated"),
    "2.3/record-order": ("record-auth",),
}


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
    for length in (70_000, 2**20, 2**22):
        area.accept(
            f"one-record-of-{length}",
            f"One record with {length} octets of data.",
            message(f"resources one {length}", Record(b"0123456789abcdef", times=length // 16), rs=length + 100),
            "2/content-any-octets",
        )
    area.accept(
        "200000-tiny-records",
        "200,000 records of 18 octets: time has to grow with the message, not with its square.",
        message("resources tiny", Record(b"t", repeat=200_000), rs=18),
        "2/fixed-record-size",
        seconds=60,
    )
    return area
