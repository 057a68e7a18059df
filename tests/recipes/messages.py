"""Strategies for messages: correct ones of any layout, and ones with faults."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from harness.recipes.aes128gcm import NO_DELIMITER, Flip, Message, Record
from harness.vectors.load import Vector, load

SALTS = st.binary(min_size=16, max_size=16)
KEYS = st.binary(max_size=40)


@st.composite
def correct(draw: st.DrawFn) -> Message:
    """A message that a correct encoder could emit: full records, and a last one that may be smaller."""
    rs = draw(st.integers(18, 60))
    room = rs - 17

    def record(length: int) -> Record:
        data = draw(st.binary(max_size=length))
        return Record(data, length - len(data))

    records = [record(room) for _ in range(draw(st.integers(0, 5)))]
    records.append(record(draw(st.integers(0, room))))
    return Message(ikm=draw(KEYS), salt=draw(SALTS), rs=rs, records=tuple(records), keyid=draw(st.binary(max_size=255)))


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


RECORDS = st.builds(
    Record,
    data=st.binary(max_size=12),
    pad=st.integers(0, 5),
    times=st.integers(0, 3),
    repeat=st.integers(0, 3),
    delimiter=optional(st.integers(NO_DELIMITER, 255)),
    seq=optional(st.integers(0, 2**64)),
    aad=st.binary(max_size=4),
    octets=optional(st.binary(max_size=30)),
    keep=optional(st.integers(0, 30)),
    foreign_salt=optional(SALTS),
    foreign_ikm=optional(KEYS),
)


@st.composite
def faulty(draw: st.DrawFn) -> Message:
    """A message with any faults at all."""
    records = tuple(draw(st.lists(RECORDS, max_size=4)))
    count = sum(record.repeat for record in records)
    orders = st.lists(st.integers(0, count - 1), max_size=6).map(tuple) if count else st.just(())
    return Message(
        ikm=draw(KEYS),
        salt=draw(SALTS),
        rs=draw(st.integers(0, 60) | st.integers(0, 2**32 - 1)),
        records=records,
        keyid=draw(st.binary(max_size=20)),
        header_salt=draw(optional(SALTS)),
        idlen=draw(optional(st.integers(0, 255))),
        cek_info=draw(optional(st.binary(max_size=9))),
        nonce_info=draw(optional(st.binary(max_size=9))),
        order=draw(optional(orders)),
        tail=draw(st.binary(max_size=9)),
        cut=draw(optional(st.integers(0, 100))),
        flips=tuple(draw(st.lists(st.builds(Flip, at=st.integers(0, 20), mask=st.integers(1, 255)), max_size=2))),
        replaced=draw(optional(st.binary(max_size=40))),
    )


def shipped() -> list[Vector]:
    """The decoder's cases whose message is stored."""
    return [vector for vector in load() if bytes(vector.test.recipe) and not vector.test.message_length]
