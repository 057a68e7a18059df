"""Messages that the areas start from, and the small edits that they make."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from harness.recipes.aes128gcm import Message, Record
from harness.reference.aes128gcm import derive_keys
from harness.vectors.generate.area import octets


def message(label: str, *records: Record, rs: int = 25, **fields: Any) -> Message:
    """A message with a key and salt of its own, made from the label."""
    fields.setdefault("ikm", octets(f"ikm {label}", 16))
    fields.setdefault("salt", octets(f"salt {label}", 16))
    return Message(rs=rs, records=tuple(records), **fields)


def text(length: int, label: str = "text") -> bytes:
    """Content of a length: lower-case letters, so that nothing in it looks like a delimiter or padding."""
    return bytes(97 + octet % 26 for octet in octets(label, length))


def full(rs: int, count: int, *, last: int | None = None, label: str = "text") -> tuple[Record, ...]:
    """`count` records without padding that fill rs, the last of them with `last` octets of data."""
    room = rs - 17
    content = text(room * count, label)
    records = [Record(content[place * room : (place + 1) * room]) for place in range(count)]
    if last is not None:
        records[-1] = Record(records[-1].data[:last])
    return tuple(records)


def with_record(base: Message, place: int, **fields: Any) -> Message:
    """The message with fields of one record changed."""
    records = list(base.records)
    records[place] = replace(records[place], **fields)
    return replace(base, records=tuple(records))


@functools.cache
def salt_with(label: str, ikm: bytes, wanted: Callable[[bytes], bool]) -> bytes:
    """The first salt of a fixed sequence whose nonce base is as wanted."""
    for attempt in range(1 << 22):
        salt = octets(f"{label} {attempt}", 16)
        if wanted(derive_keys(ikm, salt).nonce_base):
            return salt
    raise AssertionError(f"{label}: no salt found")


def lengths_around(*values: int) -> Sequence[int]:
    """Each value with its neighbours, without repetition, in order."""
    return sorted({value + step for value in values for step in (-1, 0, 1) if value + step >= 0})
