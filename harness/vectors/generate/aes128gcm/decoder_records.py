"""Decoder cases about where records start and end, and whether the message does (RFC 8188 sections 2 and 4.2)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import NO_DELIMITER, Record, seal
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, Case, octets


def records() -> Area:
    area = Area("aes128gcm/records", DECRYPT, "Where records start and end.", flag="RecordBoundaries")
    for count in (1, 2, 3, 4):
        for last in (0, 1, 7, 8):
            fill = "which fills rs" if last == 8 else f"{17 + last} octets long"
            area.accept(
                f"{count}-records-last-has-{last}",
                f"{count} record(s) at rs 25; the last, {fill}, has {last} octets of data.",
                message(f"records {count} {last}", *full(25, count, last=last)),
                "2/last-record-size",
                "2/fixed-record-size",
                "2/record-minimum",
            )
    for rs, count in ((18, 5), (4096, 2), (4096, 3)):
        area.accept(
            f"{count}-full-records-at-{rs}",
            f"{count} records at rs {rs}, all of them full.",
            message(f"records full {rs} {count}", *full(rs, count), rs=rs),
            "2/last-record-size",
        )
    for length in range(17):
        _too_short(area, length)
    for extra in (1, 2, 15, 16, 17, 18, 25):
        _too_long(area, extra)
    _uneven(area)
    return area


def _too_short(area: Area, length: int) -> None:
    """A last record of 0 to 16 octets behind a full one. With 16, its tag is right: there is nothing in it."""
    name = f"last-record-of-{length}"
    near = area.accept(
        f"{name}-near-miss",
        "A full record and a last one of 17 octets, the least that there can be.",
        message(name, *full(25, 2, last=0)),
        "2/record-minimum",
    )
    if length == 16:
        edited = with_record(near.recipe, 1, delimiter=NO_DELIMITER)
    else:
        edited = with_record(near.recipe, 1, keep=length)
    area.refuse(
        name,
        "The last record is missing." if length == 0 else f"The last record has {length} octets.",
        near,
        edited,
        "2/record-minimum" if length else "2/delimiter-last",
        "4.2/truncation",
        stages=("record-length", "record-auth", "truncated", "padding", "delimiter"),
        flags=("RecordTooShort",),
    )
    if length in (1, 8, 15, 16):
        alone = area.accept(
            f"only-record-of-{length}-near-miss",
            "A message with one record of 17 octets.",
            message(f"only {name}", Record()),
            "2/record-minimum",
        )
        fault = {"delimiter": NO_DELIMITER} if length == 16 else {"keep": length}
        area.refuse(
            f"only-record-of-{length}",
            f"The only record has {length} octets.",
            alone,
            with_record(alone.recipe, 0, **fault),
            "2/record-minimum",
            stages=("record-length", "record-auth", "truncated", "padding"),
            flags=("RecordTooShort",),
        )


def _too_long(area: Area, extra: int) -> None:
    for count in (1, 3):
        base = area.accept(
            f"{count}-records-near-miss-of-{extra}-too-long",
            f"{count} full record(s) at rs 25.",
            message(f"long {count} {extra}", *full(25, count)),
            "2/fixed-record-size",
        )
        longer = text(8 + extra, "longer")
        area.refuse(
            f"{count}-records-last-{extra}-too-long",
            f"The last of {count} record(s) was sealed in one piece with {25 + extra} octets; rs is 25.",
            base,
            with_record(base.recipe, count - 1, data=longer),
            "2/fixed-record-size",
            stages=("record-auth", "record-length", "trailing-data"),
            flags=("RecordTooLong",),
        )


def _uneven(area: Area) -> None:
    base = area.accept(
        "uneven-near-miss", "Three full records.", message("uneven", *full(25, 3)), "2/fixed-record-size"
    )
    for place, what in ((0, "first"), (1, "middle")):
        for data, size in ((7, "shorter"), (9, "longer")):
            area.refuse(
                f"{what}-record-{size}",
                f"The {what} record is one octet {size} than rs, so that every later one starts elsewhere.",
                base,
                with_record(base.recipe, place, data=text(data, "uneven data")),
                "2/fixed-record-size",
                stages=("record-auth", "record-length"),
                flags=("RecordTooLong",) if data == 9 else ("RecordBoundaries",),
            )


def truncation() -> Area:
    area = Area("aes128gcm/truncation", DECRYPT, "Every way to cut a message short.", flag="Truncation")
    whole = area.accept(
        "whole",
        "Three records at rs 20, the message that the others are cut from.",
        message("truncation", *full(20, 3, last=2), rs=20, keyid=b"k"),
        "4.2/truncation",
        flags=("Normal",),
    )
    size = len(seal(whole.recipe))
    for length in range(23, size):
        inside = (length - 22) % 20
        where = "between two records" if inside == 0 else f"{inside} octet(s) into record {(length - 22) // 20}"
        area.refuse(
            f"after-{length}",
            f"The message of {size} octets ends after {length}, {where}.",
            whole,
            replace(whole.recipe, cut=length),
            "4.2/truncation",
            *(("2/delimiter-last",) if inside == 0 else ("2/aead",)),
            stages=("truncated", "delimiter") if inside == 0 else ("record-auth", "record-length", "truncated"),
        )
    for count, rs in ((2, 18), (5, 25), (2, 4096)):
        _last_record_lost(area, count, rs)
    _replaced_by_filler(area)
    _header_only(area, whole)
    return area


def _last_record_lost(area: Area, count: int, rs: int) -> None:
    for last, name in ((None, "full"), (0, "empty")):
        base = area.accept(
            f"{count}-records-at-{rs}-last-{name}",
            f"{count} records at rs {rs}, the last of them {name}.",
            message(f"lost {count} {rs} {name}", *full(rs, count, last=last), rs=rs),
            "4.2/truncation",
            flags=("Normal",),
        )
        area.refuse(
            f"{count}-records-at-{rs}-last-{name}-lost",
            f"The last of {count} records is missing, and so is any delimiter of 2.",
            base,
            replace(base.recipe, cut=21 + (count - 1) * rs),
            "4.2/truncation",
            "2/delimiter-last",
            stages=("truncated", "delimiter"),
        )


def _replaced_by_filler(area: Area) -> None:
    """What a file system or a text tool leaves where the rest of a message should be."""
    base = area.accept(
        "last-record-short",
        "Two full records and a last one of 20 octets.",
        message("filler", *full(25, 3, last=3)),
        "4.2/truncation",
        flags=("Normal",),
    )
    for name, filler in (
        ("a-zero", b"\0"),
        ("16-zeros", bytes(16)),
        ("25-zeros", bytes(25)),
        ("a-line-feed", b"\n"),
        ("carriage-return-line-feed", b"\r\n"),
        ("a-space", b" "),
    ):
        area.refuse(
            f"last-record-replaced-by-{name}",
            f"Instead of the last record there is {name.replace('-', ' ')}.",
            base,
            with_record(base.recipe, 2, octets=filler),
            "4.2/truncation",
            "2/record-minimum",
            stages=("record-length", "record-auth", "truncated"),
        )


def _header_only(area: Area, whole: Case) -> None:
    for name, keyid in (("header-only", b""), ("header-only-with-keyid", b"key")):
        area.either(
            name,
            "A header and no record. The text allows zero records in one sentence and promises in another that "
            "truncation is detected; both readings pass.",
            message(name, keyid=keyid),
            "2/at-least-one-record",
            "4.2/truncation",
            leniency="zero-records",
            flags=("ZeroRecords",),
        )


def trailing() -> Area:
    area = Area("aes128gcm/trailing-data", DECRYPT, "Octets after the last record.", flag="TrailingData")
    for count in (1, 2):
        base = area.accept(
            f"{count}-full-records",
            f"{count} full record(s) at rs 25; nothing follows.",
            message(f"trailing {count}", *full(25, count)),
            "2/delimiter-not-last",
            flags=("Normal",),
        )
        for name, tail in _tails():
            area.refuse(
                f"{count}-full-records-then-{name}",
                f"After {count} full record(s), the last with delimiter 2: {name.replace('-', ' ')}.",
                base,
                replace(base.recipe, tail=tail),
                "2/delimiter-not-last",
                stages=("trailing-data", "delimiter", "record-length", "record-auth", "truncated"),
            )
    base = area.accept(
        "full-record-with-keyid",
        "One full record behind a keyid; nothing follows.",
        message("trailing keyid", *full(25, 1), keyid=b"key-1"),
        "2/delimiter-not-last",
        flags=("Normal",),
    )
    for length in (1, 17, 25):
        area.refuse(
            f"full-record-with-keyid-then-{length}-octets",
            f"{length} octet(s) follow a full record with delimiter 2, in a message with a keyid.",
            base,
            replace(base.recipe, tail=octets(f"keyid tail {length}", length)),
            "2/delimiter-not-last",
            stages=("trailing-data", "delimiter", "record-length", "record-auth", "truncated"),
        )
    _after_a_short_record(area)
    _a_further_record(area)
    return area


def _tails() -> list[tuple[str, bytes]]:
    second = seal(message("second message", *full(25, 1)))
    lengths = [(f"{length}-octets", octets(f"tail {length}", length)) for length in (1, 2, 15, 16, 17, 24, 25, 26, 50)]
    return [
        *lengths,
        ("a-zero-octet", b"\0"),
        ("a-line-feed", b"\n"),
        ("16-zero-octets", bytes(16)),
        ("25-zero-octets", bytes(25)),
        ("a-second-message", second),
    ]


def _after_a_short_record(area: Area) -> None:
    base = area.accept(
        "short-record",
        "One record of 20 octets at rs 25; nothing follows.",
        message("trailing short", Record(b"abc")),
        "2/aead",
        flags=("Normal",),
    )
    for length in (1, 4, 5, 6, 16, 17, 30):
        area.refuse(
            f"short-record-then-{length}-octets",
            f"{length} octet(s) follow a last record of 20 octets at rs 25.",
            base,
            replace(base.recipe, tail=octets(f"short tail {length}", length)),
            "2/aead",
            "2/fixed-record-size",
            stages=("record-auth", "trailing-data", "record-length", "delimiter"),
        )
    area.refuse(
        "short-record-then-a-line-feed",
        "A line feed follows the message.",
        base,
        replace(base.recipe, tail=b"\n"),
        "2/aead",
        stages=("record-auth", "trailing-data"),
    )


def _a_further_record(area: Area) -> None:
    """Octets that authenticate at their place, behind a record that says it is the last."""
    for count in (2, 3):
        for last, shape in ((None, "full"), (3, "short"), (0, "empty")):
            base = area.accept(
                f"{count}-records-last-{shape}",
                f"{count} correct records, the last of them {shape}.",
                message(f"further {count} {shape}", *full(25, count, last=last)),
                "2/delimiter-not-last",
                flags=("Normal",),
            )
            area.refuse(
                f"a-sealed-record-after-the-last-of-{count - 1}-{shape}",
                f"Record {count - 2} has delimiter 2, yet a {shape} one that is correctly sealed follows it.",
                base,
                with_record(base.recipe, count - 2, delimiter=2),
                "2/delimiter-not-last",
                stages=("trailing-data", "delimiter"),
                flags=("TrailingData", "WrongDelimiter"),
            )
