"""Decoder cases about octets and records that somebody changed (RFC 8188 sections 2 and 2.3)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import Flip, Record, seal
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, Case, octets


def authentication() -> Area:
    area = Area("aes128gcm/authentication", DECRYPT, "Sealed octets that were changed.", flag="ModifiedMessage")
    one = area.accept(
        "one-record",
        "The message of one record that the others are changed from.",
        message("authentication 1", Record(text(20)), rs=64),
        "2/aead",
        flags=("Normal",),
    )
    for place in range(-16, 0):
        area.refuse(
            f"tag-octet-{16 + place}-changed",
            f"Octet {16 + place} of the record's tag was changed: all 16 count.",
            one,
            with_record(one.recipe, 0, flips=(Flip(place, 0x40),)),
            "2/aead",
            stages=("record-auth",),
        )
    for place, mask, what in (
        (0, 1, "first octet"),
        (0, 0x80, "first bit"),
        (10, 0xFF, "octet in the middle"),
        (20, 1, "delimiter"),
    ):
        area.refuse(
            f"ciphertext-octet-{place}-xor-{mask}",
            f"The encrypted {what} was changed.",
            one,
            with_record(one.recipe, 0, flips=(Flip(place, mask),)),
            "2/aead",
            stages=("record-auth",),
        )
    for name, places, mask, what in (
        ("two-alike", (-16, -1), 0x40, "the first and last octets of the tag were changed by the same bits"),
        ("two-neighbours-alike", (-10, -9), 0x01, "two neighbouring octets of the tag were changed by the same bit"),
        ("all", range(-16, 0), 0x10, "all octets of the tag were changed by the same bit"),
    ):
        area.refuse(
            f"tag-octets-changed-{name}",
            f"In the only record {what}: a careless comparison lets such changes cancel each other.",
            one,
            with_record(one.recipe, 0, flips=tuple(Flip(place, mask) for place in places)),
            "2/aead",
            stages=("record-auth",),
        )
    sealed = seal(one.recipe)[21:]
    for name, record, what in (
        ("tag-zeroed", sealed[:-16] + bytes(16), "the tag was replaced by zeros"),
        ("tag-removed", sealed[:-16], "the tag was removed"),
        ("tag-of-12", sealed[:-4], "the tag was cut to 12 octets"),
        ("tag-of-4", sealed[:-12], "the tag was cut to 4 octets"),
        ("tag-first", sealed[-16:] + sealed[:-16], "the tag stands before the ciphertext"),
        ("tag-twice", sealed + sealed[-16:], "the tag stands there twice"),
        ("tag-reversed", sealed[:-16] + sealed[:-17:-1], "the tag's octets stand in reverse"),
        ("tag-octets-swapped", sealed[:-2] + sealed[-1:] + sealed[-2:-1], "the tag's last two octets are swapped"),
        ("tag-letter-case", _other_case(sealed), "the octets of its tag that are ASCII letters changed their case"),
        ("not-encrypted", text(20) + b"\2" + sealed[-16:], "the content is not encrypted"),
        ("noise", octets("noise", len(sealed)), "it is noise"),
    ):
        area.refuse(
            f"record-{name}",
            f"The only record was replaced: {what}.",
            one,
            with_record(one.recipe, 0, octets=record),
            "2/aead",
            stages=("record-auth", "record-length"),
        )
    area.refuse(
        "record-with-additional-data",
        "The record was sealed with one octet of additional data; there has to be none.",
        one,
        with_record(one.recipe, 0, aad=b"\0"),
        "2/aad-empty",
        stages=("record-auth",),
    )
    for length in (17, 18, 19, 32, 33, 48, 49, 256, 4096, 5000, 70_000):
        _of_a_length(area, length)
    _of_several(area)
    _late(area)
    return area


def _late(area: Area) -> None:
    """Where what is checked depends on how many records came before, or on the key's length."""
    records = (Record(b"s", repeat=256), Record(b"s"), Record(b"s", repeat=42), Record(b"s"))
    base = area.accept(
        "300-records",
        "300 records at rs 18.",
        message("authentication late", *records, rs=18),
        "2/aead",
        flags=("Normal",),
    )
    for place, number in ((1, 256), (3, 299)):
        area.refuse(
            f"record-{number}-of-300-changed",
            f"The tag of record {number} of 300 was changed.",
            base,
            with_record(base.recipe, place, flips=(Flip(-1),)),
            "2/aead",
            stages=("record-auth",),
        )
    for place, delimiter, rule in (
        (1, 2, "2/delimiter-not-last"),
        (1, 3, "2/delimiter-not-last"),
        (3, 1, "2/delimiter-last"),
    ):
        area.refuse(
            f"record-{(0, 256, 0, 299)[place]}-of-300-has-delimiter-{delimiter}",
            f"Of 300 records, record {(0, 256, 0, 299)[place]} has the delimiter {delimiter}.",
            base,
            with_record(base.recipe, place, delimiter=delimiter),
            rule,
            stages=("delimiter", "truncated", "trailing-data"),
            flags=("WrongDelimiter",),
        )
    for length in (1, 32, 65):
        near = area.accept(
            f"ikm-of-{length}",
            f"Input-keying material of {length} octet(s).",
            message(
                f"authentication ikm {length}", Record(text(8)), ikm=octets(f"authentication ikm {length}", length)
            ),
            "2/aead",
            flags=("Normal",),
        )
        area.refuse(
            f"ikm-of-{length}-changed",
            f"The tag was changed of a record under input-keying material of {length} octet(s).",
            near,
            with_record(near.recipe, 0, flips=(Flip(-1),)),
            "2/aead",
            stages=("record-auth",),
        )


def _other_case(sealed: bytes) -> bytes:
    changed = sealed[:-16] + bytes(octet ^ 0x20 if chr(octet).isalpha() else octet for octet in sealed[-16:])
    assert changed != sealed, "the tag has no letter; take another label"
    return changed


def _of_a_length(area: Area, length: int) -> None:
    """Where verification depends on how long a record is, or on the path that its length takes."""
    data = text(length - 17) if length <= 5000 else b""
    record = Record(data) if data or length == 17 else Record(b"d", times=length - 17)
    base = area.accept(
        f"record-of-{length}",
        f"A full record of {length} octets, and nothing else.",
        message(f"authentication length {length}", record, rs=max(length, 18)),
        "2/aead",
        flags=("Normal",),
    )
    area.refuse(
        f"record-of-{length}-changed",
        f"The last octet of the tag of a record of {length} octets was changed.",
        base,
        with_record(base.recipe, 0, flips=(Flip(-1),)),
        "2/aead",
        stages=("record-auth",),
    )


def _of_several(area: Area) -> None:
    for last in (4, 8):
        base = area.accept(
            f"three-records-last-has-{last}",
            "The message of three records that the others are changed from.",
            message(f"authentication {last}", *full(25, 3, last=last)),
            "2/aead",
            flags=("Normal",),
        )
        for place, what in enumerate(("first", "middle", "last")):
            for offset, part in ((0, "content"), (-1, "tag")):
                area.refuse(
                    f"{what}-record-{part}-changed-last-has-{last}",
                    f"The {what} record's {part} was changed.",
                    base,
                    with_record(base.recipe, place, flips=(Flip(offset),)),
                    "2/aead",
                    stages=("record-auth",),
                )


def order() -> Area:
    area = Area("aes128gcm/record-order", DECRYPT, "Records out of their places.", flag="RecordOrder")
    base = area.accept(
        "in-order",
        "Four full records in their order.",
        message("order", *full(25, 4)),
        "2.3/record-order",
        flags=("Normal",),
    )
    for name, positions, what in (
        ("first-two-swapped", (1, 0, 2, 3), "the first two are swapped"),
        ("middle-swapped", (0, 2, 1, 3), "the middle two are swapped"),
        ("last-two-swapped", (0, 1, 3, 2), "the last two are swapped"),
        ("reversed", (3, 2, 1, 0), "they stand in reverse"),
        ("first-removed", (1, 2, 3), "the first is missing"),
        ("second-removed", (0, 2, 3), "the second is missing"),
        ("third-removed", (0, 1, 3), "the third is missing"),
        ("only-the-last", (3,), "all but the last are missing"),
        ("first-repeated", (0, 0, 1, 2, 3), "the first stands there twice"),
        ("middle-repeated", (0, 1, 1, 2, 3), "the second stands there twice"),
        ("last-repeated", (0, 1, 2, 3, 3), "the last stands there twice"),
        ("first-instead-of-second", (0, 0, 2, 3), "the first stands in the second's place too"),
        ("last-instead-of-third", (0, 1, 3, 3), "the last stands in the third's place too"),
        ("whole-repeated", (0, 1, 2, 3, 0, 1, 2, 3), "all stand there twice"),
    ):
        area.refuse(
            name,
            f"Of four correctly sealed records {what}.",
            base,
            replace(base.recipe, order=positions),
            "2.3/record-order",
            "2.3/sequence-number",
            stages=("record-auth", "delimiter", "trailing-data"),
        )
    _spliced(area, base)
    _large(area)
    return area


def _spliced(area: Area, base: Case) -> None:
    for place, what in enumerate(("first", "second", "third", "last")):
        area.refuse(
            f"{what}-from-another-salt",
            f"The {what} record is from a message with the same key and another salt.",
            base,
            with_record(base.recipe, place, foreign_salt=octets("another salt", 16)),
            "2.3/record-order",
            "2.2/cek",
            stages=("record-auth",),
        )
    area.refuse(
        "last-from-another-key",
        "The last record is from a message with the same salt and another key.",
        base,
        with_record(base.recipe, 3, foreign_ikm=octets("another ikm", 16)),
        "2.3/record-order",
        "2.2/cek",
        stages=("record-auth",),
    )


def _large(area: Area) -> None:
    """Where a counter of one octet starts again, records 256 apart could change places."""
    base = area.accept(
        "260-records",
        "260 records, each with its own content.",
        message("order 260", *(Record(bytes([65 + place % 26])) for place in range(260)), rs=18),
        "2.3/sequence-number",
        flags=("Normal",),
    )
    swapped = [*range(260)]
    swapped[1], swapped[257] = 257, 1
    area.refuse(
        "256-apart-swapped",
        "Records 1 and 257 are swapped: a sequence number of one octet could not tell.",
        base,
        replace(base.recipe, order=tuple(swapped)),
        "2.3/sequence-number",
        "2.3/record-order",
        stages=("record-auth",),
    )
    sealed_under_wrapped = with_record(base.recipe, 256, seq=0)
    area.refuse(
        "counter-wrapped",
        "Record 256 is sealed under the sequence number 0: a counter of one octet.",
        base,
        sealed_under_wrapped,
        "2.3/sequence-number",
        stages=("record-auth",),
    )
