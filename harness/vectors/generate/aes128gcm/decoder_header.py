"""Decoder cases about the header: salt, rs, idlen, keyid (RFC 8188 section 2.1)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import Flip, Record
from harness.vectors.generate.aes128gcm.messages import full, message, text
from harness.vectors.generate.area import DECRYPT, Area, octets


def header() -> Area:
    area = Area("aes128gcm/header", DECRYPT, "The header's fields and their lengths.", flag="HeaderField")
    plain = area.accept(
        "no-keyid", "A header of 21 octets, without a keyid.", message("no-keyid", Record(text(8))), "2.1/header"
    )
    for length in (1, 2, 9, 16, 65, 127, 128, 129, 254, 255):
        area.accept(
            f"keyid-of-{length}",
            f"A keyid of {length} octets.",
            message(f"keyid-of-{length}", Record(text(8)), keyid=text(length, "keyid")),
            "2.1/keyid",
            "2.1/idlen",
        )
    for name, keyid, why in (
        ("keyid-not-utf8", b"\xff\xfe\x80\xc3", "no UTF-8; the SHOULD is for whoever chooses keyids"),
        ("keyid-utf8", "clé-鍵".encode(), "UTF-8 with more octets than characters"),
        ("keyid-zero-octets", bytes(4), "zero octets alone"),
        ("keyid-with-zero-octet", b"a\0b", "a zero octet, which ends a text in some languages"),
        ("keyid-with-white-space", b" a1 \r\n", "white space at both ends, which is part of it"),
        ("keyid-upper-case", b"KeyId", "upper case, which is not lower case"),
        ("keyid-point", b"\x04" + octets("point", 64), "65 octets that start as an elliptic curve point does"),
        ("keyid-with-byte-order-mark", b"\xef\xbb\xbfa1", "text behind a byte order mark, which belongs to it"),
        ("keyid-all-ones", b"\xff" * 255, "255 octets of 0xff"),
        ("keyid-looks-like-header", octets("inner", 16) + b"\0\0\x10\0\0", "octets that look like another header"),
    ):
        area.accept(
            name,
            f"The keyid is {why}.",
            message(name, Record(text(8)), keyid=keyid),
            "2.1/keyid",
        )
    for name, salt, why in (
        ("salt-all-zeros", bytes(16), "zeros alone"),
        ("salt-all-ones", b"\xff" * 16, "0xff alone"),
        ("salt-with-zero-octet", b"salt\0" + octets("salt", 11), "text, a zero octet and more"),
        ("salt-starts-with-zeros", bytes(8) + octets("salt", 8), "eight zeros and more"),
        ("salt-ends-with-zeros", octets("salt", 8) + bytes(8), "octets and then eight zeros"),
        ("salt-high-bits", bytes(range(0x80, 0x90)), "octets that are not ASCII"),
        ("salt-white-space", b" \t\r\n" * 4, "white space alone"),
    ):
        area.accept(name, f"The salt is {why}.", message(name, Record(text(8)), salt=salt), "2.1/salt", "2.2/prk")
    changed = area.accept(
        "keyid-changed",
        "The keyid was changed after sealing; it is not authenticated, and the key is handed over directly.",
        message("no-keyid", Record(text(8)), keyid=b"another"),
        "2.1/keyid",
        flags=("Unauthenticated",),
    )
    for place in (0, 7, 15):
        area.refuse(
            f"salt-octet-{place}-changed",
            f"Octet {place} of the salt was changed after sealing: another key and nonce follow from it.",
            plain,
            replace(plain.recipe, flips=(Flip(place),)),
            "2.1/salt",
            "2.2/prk",
            stages=("record-auth",),
            flags=("ModifiedMessage",),
        )
    for idlen, why in ((6, "one octet less"), (8, "one octet more"), (0, "none"), (255, "more than there are")):
        area.refuse(
            f"idlen-lies-{idlen}",
            f"idlen says {idlen} where the keyid has 7 octets: {why}; every record then starts elsewhere.",
            changed,
            replace(changed.recipe, idlen=idlen),
            "2.1/idlen",
            stages=("record-auth", "header", "truncated", "record-length"),
            flags=("ModifiedMessage",),
        )
    return area


def header_cut_short() -> Area:
    area = Area("aes128gcm/header-cut-short", DECRYPT, "Messages that end inside their header.", flag="HeaderCutShort")
    whole = area.accept(
        "whole",
        "The message that the others are cut from.",
        message("header-cut-short", Record(text(4)), keyid=b"key-1"),
        "2.1/header",
        flags=("Normal",),
    )
    for length in range(26):
        where = "is empty" if length == 0 else f"ends after {length} of the header's 26 octets"
        area.refuse(
            f"after-{length}",
            f"The message {where}.",
            whole,
            replace(whole.recipe, cut=length),
            "2.1/header" if length < 21 else "2.1/idlen",
            "4.2/truncation",
            stages=("header", "truncated"),
        )
    return area


def record_size() -> Area:
    area = Area("aes128gcm/record-size", DECRYPT, "Values of rs, valid and not.", flag="RecordSize")
    for rs in (18, 19, 20, 31, 32, 33, 127, 128, 129, 255, 256, 257, 4095, 4096, 4097):
        area.accept(
            f"{rs}-three-records",
            f"rs is {rs}; two full records and a shorter one follow.",
            message(f"rs {rs}", *full(rs, 3, last=(rs - 17) // 2), rs=rs),
            "2.1/rs",
            "2/fixed-record-size",
        )
    for rs in (0x0112, 0x1201, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x10000, 0x10001, 0x10012, 0x20019):
        area.accept(
            f"{rs}-two-records",
            f"rs is {rs} (0x{rs:08x}); a full record and a short one follow.",
            message(f"rs {rs}", Record(b"large record ", times=1, pad=rs - 17 - 13), Record(b"end"), rs=rs),
            "2.1/rs",
            "2/fixed-record-size",
        )
    for rs in (0x10000, 0x1000012, 0x12000000, 2**24, 2**31 - 1, 2**31, 2**31 + 18, 2**32 - 2, 2**32 - 1):
        area.accept(
            f"{rs}-one-small-record",
            f"rs is {rs} (0x{rs:08x}) and the only record has 40 octets.",
            message("small record", Record(text(23)), rs=rs),
            "2.1/rs",
            "2/last-record-size",
        )
    small = area.accept(
        "18-one-record",
        "rs is 18 and the only record fills it.",
        message("rs 18 one", Record(b"a"), rs=18),
        "2.1/rs-minimum",
    )
    empty = area.accept(
        "18-empty",
        "rs is 18 and the only record has 17 octets.",
        message("rs 18 empty", Record(b""), rs=18),
        "2.1/rs-minimum",
    )
    for rs in (0, 1, 2, 15, 16, 17):
        area.refuse(
            f"{rs}-with-a-fitting-record",
            f"rs is {rs}: below 18, though the octets that follow open at rs 18.",
            empty,
            replace(empty.recipe, rs=rs),
            "2.1/rs-minimum",
            stages=("record-size",),
            flags=("InvalidRecordSize",),
        )
        area.refuse(
            f"{rs}-with-a-larger-record",
            f"rs is {rs}: below 18, and the record is longer.",
            small,
            replace(small.recipe, rs=rs),
            "2.1/rs-minimum",
            stages=("record-size",),
            flags=("InvalidRecordSize",),
        )
    _changed_afterwards(area)
    return area


def _changed_afterwards(area: Area) -> None:
    """rs is not authenticated: what counts is whether the records are still cut at the same places."""
    base = area.accept(
        "4096-one-record",
        "rs is 4096, the record has 41 octets.",
        message("rs changed", Record(text(24)), rs=4096),
        "2.1/rs",
    )
    for rs in (41, 42, 4097, 65536, 2**32 - 1):
        area.accept(
            f"changed-to-{rs}",
            f"rs was changed from 4096 to {rs} after sealing; the one record of 41 octets is cut as before.",
            replace(base.recipe, rs=rs),
            "2.1/rs",
            "2/fixed-record-size",
            flags=("Unauthenticated",),
        )
    for rs in (18, 23, 24, 25, 40):
        area.refuse(
            f"changed-to-{rs}",
            f"rs was changed from 4096 to {rs} after sealing: the record of 41 octets is now longer than rs.",
            base,
            replace(base.recipe, rs=rs),
            "2/fixed-record-size",
            "2.1/rs",
            stages=("record-auth", "record-length"),
            flags=("RecordTooLong",),
        )
    three = area.accept(
        "25-three-records", "rs is 25; three records.", message("rs changed 3", *full(25, 3, last=3)), "2.1/rs"
    )
    for rs in (18, 24, 26, 50, 70, 4096, 2**32 - 1):
        area.refuse(
            f"three-records-changed-to-{rs}",
            f"rs was changed from 25 to {rs} after sealing: the records are cut elsewhere.",
            three,
            replace(three.recipe, rs=rs),
            "2/fixed-record-size",
            "2.1/rs",
            stages=("record-auth", "record-length"),
            flags=("ModifiedMessage",),
        )
