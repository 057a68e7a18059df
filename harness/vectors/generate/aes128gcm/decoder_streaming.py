"""Decoder cases in which a message comes in pieces (RFC 8188 section 4.2)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import Flip, Message, Record, seal
from harness.vectors.generate.aes128gcm.decoder_delimiter import WRONG_FOR_LAST, WRONG_FOR_OTHERS
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, octets


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
                "2.3/sequence-number",
                "2.2/cek",
                chunk_size=chunk,
            )
    for chunk in (1, 17, 18, 1000, 65_536):
        area.accept(
            f"300-records-pieces-of-{chunk}",
            f"300 records at rs 18, in pieces of {chunk}.",
            message("streaming many", Record(b"s", repeat=300), rs=18),
            "4.2/incremental",
            "2.3/sequence-number",
            chunk_size=chunk,
        )
    for chunk in (1, 4095, 4096, 4097):
        area.accept(
            f"large-keyid-pieces-of-{chunk}",
            f"A keyid of 255 octets and records of 4096, in pieces of {chunk}.",
            message("streaming keyid", *full(4096, 2, last=40), rs=4096, keyid=text(255, "keyid")),
            "4.2/incremental",
            "2.1/keyid",
            "2.1/idlen",
            chunk_size=chunk,
        )
    area.accept(
        "empty-pieces-of-1",
        "Empty content, in single octets.",
        message("streaming empty", Record()),
        "4.2/incremental",
        "2/content-any-octets",
        chunk_size=1,
    )
    for chunk in (1, 7, 25, 26, 1000):
        _faults_in_pieces(area, filled, chunk)
    for name, records, what in (
        ("padding-first", (Record(pad=8), Record(pad=8), Record(text(5))), "two records of padding alone, then data"),
        ("padding-last", (*full(25, 2), Record(pad=8), Record(pad=4)), "data, then two records of padding alone"),
        (
            "padding-between",
            (Record(text(8)), Record(pad=8), Record(text(8))),
            "a record of padding alone between data",
        ),
    ):
        for chunk in (1, 25, 46, 1000):
            area.accept(
                f"{name}-pieces-of-{chunk}",
                f"A message in pieces of {chunk}: {what}.",
                message(f"streaming {name}", *records),
                "4.2/incremental",
                "2/padding",
                chunk_size=chunk,
            )
    _peculiar_in_pieces(area)
    _more_in_pieces(area)
    for chunk in (1, 21, 1000):
        _one_record_in_pieces(area, chunk)
        area.either(
            f"header-only-pieces-of-{chunk}",
            f"A header and no record, in pieces of {chunk}; both readings pass.",
            message("streaming header only", keyid=b"key"),
            "2/at-least-one-record",
            "4.2/truncation",
            leniency="zero-records",
            chunk_size=chunk,
            flags=("ZeroRecords",),
        )
    for rs, chunk in ((4096, 16_384), (4096, 65_536), (65_536, 16_384), (65_536, 65_536), (200_000, 4096)):
        room = rs - 17
        area.accept(
            f"150000-octets-at-{rs}-pieces-of-{chunk}",
            f"150,000 octets of content at rs {rs}, in pieces of {chunk}.",
            message(
                "streaming large",
                Record(b"s" * 64, times=room // 64, pad=room % 64, repeat=149_999 // room),
                Record(b"large " * 25, times=150_000 % room // 150),
                rs=rs,
            ),
            "4.2/incremental",
            chunk_size=chunk,
        )
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
        ("first-is-3", with_record(recipe, 0, delimiter=3), "2/delimiter-not-last", "the first has delimiter 3"),
        ("last-is-3", with_record(recipe, 2, delimiter=3), "2/delimiter-last", "the last record has delimiter 3"),
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


def _one_record_in_pieces(area: Area, chunk: int) -> None:
    """A message of one record: what a decoder of several may have a path of its own for."""
    base = area.accept(
        f"one-record-pieces-of-{chunk}",
        f"One full record, in pieces of {chunk}: the near miss of the faults below.",
        message(f"one in pieces {chunk}", Record(text(8))),
        "4.2/incremental",
        chunk_size=chunk,
        flags=("Normal",),
    )
    recipe = base.recipe
    for name, edited, rule, what in (
        ("nothing", replace(recipe, cut=0), "2.1/header", "no octet comes at all"),
        ("one-octet", replace(recipe, cut=1), "2.1/header", "only one octet comes"),
        ("cut-in-salt", replace(recipe, cut=12), "2.1/header", "it ends inside its salt"),
        ("cut-before-idlen", replace(recipe, cut=20), "2.1/header", "it ends before idlen"),
        ("cut-to-one-octet", replace(recipe, cut=22), "2/record-minimum", "its record is cut to one octet"),
        ("cut-to-17-octets", replace(recipe, cut=38), "2/aead", "its record is cut to 17 octets"),
        ("changed", with_record(recipe, 0, flips=(Flip(3),)), "2/aead", "its record was changed"),
        ("is-1", with_record(recipe, 0, delimiter=1), "2/delimiter-last", "its record has delimiter 1"),
        ("is-3", with_record(recipe, 0, delimiter=3), "2/delimiter-last", "its record has delimiter 3"),
        ("rs-24", replace(recipe, rs=24), "2/fixed-record-size", "rs is 24, and the record has 25 octets"),
    ):
        area.refuse(
            f"one-record-{name}-pieces-of-{chunk}",
            f"One full record in pieces of {chunk}: {what}.",
            base,
            edited,
            rule,
            "4.2/incremental",
            stages=_STAGES_BY_RULE[rule],
        )
    padding = area.accept(
        f"one-record-of-padding-pieces-of-{chunk}",
        f"One full record that holds padding alone, in pieces of {chunk}.",
        message(f"one of padding in pieces {chunk}", Record(pad=7)),
        "4.2/incremental",
        chunk_size=chunk,
        flags=("Normal",),
    )
    area.refuse(
        f"one-record-zeros-pieces-of-{chunk}",
        f"One record in pieces of {chunk}: it holds zeros alone.",
        padding,
        with_record(padding.recipe, 0, delimiter=0),
        "2/no-nonzero-octet",
        "4.2/incremental",
        stages=("padding", "delimiter"),
        flags=("NoDelimiter",),
    )
    smallest = area.accept(
        f"smallest-pieces-of-{chunk}",
        f"One record of 17 octets at rs 18, in pieces of {chunk}.",
        message(f"smallest in pieces {chunk}", Record(), rs=18),
        "4.2/incremental",
        chunk_size=chunk,
        flags=("Normal",),
    )
    for rs in (0, 1, 16, 17):
        area.refuse(
            f"smallest-rs-{rs}-pieces-of-{chunk}",
            f"rs is {rs}, and a record of 17 octets comes in pieces of {chunk}.",
            smallest,
            replace(smallest.recipe, rs=rs),
            "2.1/rs-minimum",
            "4.2/incremental",
            stages=_STAGES_BY_RULE["2.1/rs-minimum"],
            flags=("InvalidRecordSize",),
        )


def _peculiar_in_pieces(area: Area) -> None:
    """A decoder that takes pieces is often code of its own: what the other areas look at, once more in pieces."""
    for name, data in _PECULIAR_CONTENT.items():
        area.accept(
            f"content-{name}-in-pieces",
            f"Two records whose data is peculiar ({name.replace('-', ' ')}), in pieces of 11.",
            message(f"streaming content {name}", Record((text(8) + data)[-8:]), Record(data[:7], 1)),
            "4.2/incremental",
            "2/content-any-octets",
            chunk_size=11,
        )
    for name, keyid in _PECULIAR_KEYIDS.items():
        area.accept(
            f"keyid-{name}-in-pieces",
            f"A peculiar keyid ({name.replace('-', ' ')}), in pieces of 10.",
            message(f"streaming keyid {name}", *full(25, 2, last=3), keyid=keyid),
            "4.2/incremental",
            "2.1/keyid",
            chunk_size=10,
        )
    for rs in (19, 127, 128, 255, 256, 257, 4097, 65_537):
        area.accept(
            f"rs-{rs}-in-pieces",
            f"A full record and a short one at rs {rs}, in pieces of 100.",
            message(f"streaming rs {rs}", Record(b"r", times=rs - 17), Record(b"2"), rs=rs),
            "4.2/incremental",
            "2.1/rs",
            chunk_size=100,
        )
    base = area.accept(
        "delimiters-in-pieces",
        "Three records, the last with padding, in pieces of 30.",
        message("streaming delimiters", *full(25, 2), Record(text(4), 3)),
        "4.2/incremental",
        chunk_size=30,
        flags=("Normal",),
    )
    for place, values, rule in ((0, WRONG_FOR_OTHERS, "2/delimiter-not-last"), (2, WRONG_FOR_LAST, "2/delimiter-last")):
        for value in (0, *values):
            area.refuse(
                f"record-{place}-delimiter-{value}-in-pieces",
                f"Record {place} of three has the delimiter {value}; in pieces of 30.",
                base,
                with_record(base.recipe, place, delimiter=value),
                rule,
                "4.2/incremental",
                stages=("delimiter", "truncated", "trailing-data", "padding"),
            )


def _more_in_pieces(area: Area) -> None:
    area.accept(
        "66000-records-pieces-of-65536",
        "66,000 records at rs 18, in pieces of 65,536: the sequence number needs three octets.",
        message("streaming 66000", Record(b"s", repeat=66_000), rs=18),
        "4.2/incremental",
        "2.3/sequence-number",
        chunk_size=65_536,
        seconds=60,
    )
    base = area.accept(
        "three-full-in-pieces",
        "Three full records, in pieces of 25.",
        message("streaming three full", *full(25, 3)),
        "4.2/incremental",
        chunk_size=25,
        flags=("Normal",),
    )
    area.refuse(
        "wrong-key-in-pieces",
        "The message is opened with another key; in pieces of 25.",
        base,
        None,
        "2.2/prk",
        "4.2/incremental",
        ikm=octets("another streaming key", 16),
        stages=("record-auth", "key"),
        flags=("WrongKey",),
    )
    for keep in (1, 15):
        area.refuse(
            f"last-cut-to-{keep}-in-pieces",
            f"The last record is cut to {keep} octet(s); in pieces of 25.",
            base,
            with_record(base.recipe, 2, keep=keep),
            "2/record-minimum",
            "4.2/truncation",
            "4.2/incremental",
            stages=("record-length", "record-auth", "truncated"),
        )


_PECULIAR_CONTENT = {
    "zeros": bytes(8),
    "ends-in-zeros": b"data\0\0\0\0",
    "ends-in-one": b"datadat\1",
    "ends-in-two": b"datadat\2",
    "looks-padded": b"dat\2\0\0\0\0",
    "looks-padded-with-one": b"dat\1\0\0\0\0",
    "all-ones": b"\xff" * 8,
    "not-utf8": b"\xc3\x28\xa0\xa1\xe2\x82\xff\xfe",
    "white-space": b" \r\n\t \r\n ",
    "text-zero": b"nul\0end\0",
    "byte-order-mark": b"\xef\xbb\xbftext\n",
}
_PECULIAR_KEYIDS = {
    "not-utf8": b"\xff\xfe\x80\xc3",
    "utf8": "clé-鍵".encode(),
    "zeros": bytes(4),
    "with-zero": b"a\0b",
    "white-space": b" a1 \r\n",
    "of-128": text(128, "keyid"),
    "of-255": b"\xff" * 255,
}

_STAGES_BY_RULE = {
    "2.1/header": ("header", "truncated"),
    "2.1/rs-minimum": ("record-size",),
    "2/fixed-record-size": ("record-auth", "record-length"),
    "2/aead": ("record-auth", "truncated"),
    "2/delimiter-last": ("truncated", "delimiter"),
    "2/delimiter-not-last": ("trailing-data", "delimiter", "record-length", "record-auth"),
    "2/record-minimum": ("record-length", "record-auth", "truncated"),
    "2.1/idlen": ("header", "truncated"),
    "2.3/record-order": ("record-auth",),
}
