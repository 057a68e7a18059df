"""Decoder cases about keys and nonces (RFC 8188 sections 2.2 and 2.3)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import Record
from harness.vectors.generate.aes128gcm.messages import full, message, salt_with, text, with_record
from harness.vectors.generate.area import DECRYPT, Area, octets


def key_derivation() -> Area:
    area = Area(
        "aes128gcm/key-derivation", DECRYPT, "Input-keying material and what follows from it.", flag="KeyDerivation"
    )
    for length in (1, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 128, 1000):
        area.accept(
            f"ikm-of-{length}",
            f"Input-keying material of {length} octet(s).",
            message(f"ikm {length}", Record(text(8)), ikm=octets(f"ikm of {length}", length)),
            "2.2/prk",
        )
    for name, ikm, why in (
        ("ikm-zeros", bytes(16), "16 zero octets"),
        ("ikm-ends-in-zeros", octets("ikm", 8) + bytes(8), "octets and then eight zeros"),
        ("ikm-starts-with-zeros", bytes(8) + octets("ikm", 8), "eight zeros and more"),
        ("ikm-with-zero-octet", b"ikm\0" + octets("ikm", 12), "text, a zero octet and more"),
        ("ikm-ends-in-line-feed", b"0123456789abcde\n", "text that ends in a line feed"),
        ("ikm-text", b"0123456789abcdef", "16 letters and digits, which could also be hexadecimal"),
        ("ikm-base64url", b"yqdlZ-tYemfogSmv7Ws5PQ", "22 characters that could also be base64url"),
        ("ikm-high-bits", bytes(range(0xF0, 0x100)), "octets that are no UTF-8"),
    ):
        area.accept(name, f"The input-keying material is {why}.", message(name, Record(text(8)), ikm=ikm), "2.2/prk")
    _wrong_keys(area)
    _empty_keys(area)
    for name, fault, why in (
        ("cek-info-without-zero", {"cek_info": b"Content-Encoding: aes128gcm"}, "a CEK info without its zero octet"),
        ("cek-info-of-aesgcm", {"cek_info": b"Content-Encoding: aesgcm\0"}, "the CEK info of the older aesgcm coding"),
        ("nonce-info-without-zero", {"nonce_info": b"Content-Encoding: nonce"}, "a nonce info without its zero octet"),
    ):
        near = area.accept(
            f"{name}-near-miss", "Correct.", message(name, Record(text(8))), "2.2/cek", flags=("Normal",)
        )
        area.refuse(
            name,
            f"Keys were derived with {why}.",
            near,
            replace(near.recipe, **fault),
            "2.3/nonce-base" if "nonce" in name else "2.2/cek",
            stages=("record-auth",),
        )
    return area


def _wrong_keys(area: Area) -> None:
    base = area.accept(
        "right-key",
        "The message that the others open with a wrong key.",
        message("wrong key", *full(25, 2)),
        "2.2/prk",
        flags=("Normal",),
    )
    ikm = base.recipe.ikm
    for name, wrong, why in (
        ("first-bit", bytes([ikm[0] ^ 0x80]) + ikm[1:], "with its first bit changed"),
        ("last-bit", ikm[:-1] + bytes([ikm[-1] ^ 1]), "with its last bit changed"),
        ("one-octet-less", ikm[:-1], "without its last octet"),
        ("one-octet-more", ikm + b"\0", "with a zero octet more"),
        ("reversed", ikm[::-1], "in reverse"),
        ("zeros", bytes(16), "16 zero octets instead"),
        ("another", octets("another key", 16), "another one"),
    ):
        area.refuse(
            f"wrong-key-{name}",
            f"The input-keying material is {why}.",
            base,
            None,
            "2.2/prk",
            "2/aead",
            ikm=wrong,
            stages=("record-auth", "key"),
            flags=("WrongKey",),
        )


def _empty_keys(area: Area) -> None:
    """Keys that somebody without the key could guess: a decoder must not fall back to one."""
    for name, ikm in (("zeros", bytes(16)), ("32-zeros", bytes(32)), ("no-octets", b"")):
        near_ikm = octets(f"ikm fallback {name}", 16)
        near = area.accept(
            f"sealed-under-its-key-near-miss-of-{name}",
            "Sealed under the key that it is opened with.",
            message(f"fallback {name}", Record(text(8)), ikm=near_ikm),
            "2.2/prk",
            flags=("Normal",),
        )
        area.refuse(
            f"sealed-under-{name}",
            f"Sealed under {name.replace('-', ' ')}, and opened with a proper key.",
            near,
            replace(near.recipe, ikm=ikm),
            "2.2/prk",
            "2/aead",
            stages=("record-auth", "key"),
            flags=("WrongKey",),
        )


def nonce() -> Area:
    area = Area("aes128gcm/nonce", DECRYPT, "The sequence number and how it becomes a nonce.", flag="Nonce")
    ikm = octets("ikm nonce", 16)
    for name, wanted, count, why in (
        ("base-odd", lambda base: base[-1] & 1 and base[-1] != 0xFF, 3, "is odd, so that adding is not XOR"),
        ("base-even", lambda base: not base[-1] & 3, 4, "is a multiple of 4"),
        ("base-ends-in-ff", lambda base: base[-1] == 0xFF and base[-2] != 0xFF, 4, "ends in 0xff"),
        ("base-ends-in-ffff", lambda base: base.endswith(b"\xff\xff"), 4, "ends in 0xffff"),
        ("base-ends-in-00", lambda base: base[-1] == 0, 4, "ends in 0x00"),
        ("base-starts-with-ff", lambda base: base[0] == 0xFF, 3, "starts with 0xff"),
        ("base-starts-with-00", lambda base: base[0] == 0, 3, "starts with 0x00, which a big integer drops"),
        ("base-ends-in-80", lambda base: base[-1] == 0x80, 4, "ends in 0x80"),
    ):
        salt = salt_with(name, ikm, wanted)
        area.accept(
            name,
            f"{count} records whose nonce base {why}.",
            message(name, *full(25, count, last=3), ikm=ikm, salt=salt),
            "2.3/sequence-number",
            "2.3/nonce-base",
        )
    for count, rs in ((129, 18), (256, 18), (257, 18), (300, 20), (513, 18)):
        area.accept(
            f"{count}-records",
            f"{count} records: the sequence number {'needs' if count > 256 else 'fits in'} "
            f"{'more than ' if count > 256 else ''}one octet.",
            message(f"{count} records", Record(text(rs - 17), repeat=count), rs=rs),
            "2.3/sequence-number",
        )
    for count in (32_770, 65_536, 65_537, 66_000):
        area.accept(
            f"{count}-records",
            f"{count} records of 18 octets: the sequence number needs {'three' if count > 65_536 else 'two'} octets.",
            message(f"{count} records", Record(b"r", repeat=count), rs=18),
            "2.3/sequence-number",
            seconds=60,
        )
    _wrong_numbers(area)
    return area


def _wrong_numbers(area: Area) -> None:
    base = area.accept(
        "right-numbers",
        "Three records under the sequence numbers 0, 1 and 2.",
        message("numbers", *full(25, 3)),
        "2.3/sequence-number",
        flags=("Normal",),
    )
    for place, seq, why in (
        (0, 1, "the first record is sealed under 1"),
        (1, 0, "the second record is sealed under 0 again"),
        (1, 2, "the second record is sealed under 2"),
        (2, 1, "the third record is sealed under 1 again"),
        (2, 3, "the third record is sealed under 3"),
        (1, 1 << 8, "the second record is sealed under 256: little endian in two octets"),
        (1, 1 << 24, "the second record is sealed under 2^24: little endian in four octets"),
        (1, 1 << 56, "the second record is sealed under 2^56: little endian in eight octets"),
        (1, 1 << 88, "the second record is sealed under 2^88: little endian, or at the nonce's front"),
        (1, 1 << 64, "the second record is sealed under 2^64: four octets at the nonce's front"),
    ):
        area.refuse(
            f"record-{place}-under-{seq}",
            f"Sequence numbers are wrong: {why}.",
            base,
            with_record(base.recipe, place, seq=seq),
            "2.3/sequence-number",
            stages=("record-auth",),
        )
