"""Where data and padding go: the records of a message before they are sealed (RFC 8188 sections 2 and 4.8)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from harness.reference.errors import ArgumentError

RECORD_OVERHEAD = 17
"""Octets of a record that are neither data nor padding: one delimiter and the tag of 16."""

PaddingPolicy: TypeAlias = Callable[[int], int]
"""From the number of data octets in a message to the number of padding octets to add."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one record carries: its data and how many zero octets follow the delimiter.

    The delimiter itself is not part of it; it follows from the record's place (2 for the last, else 1).
    """

    data: bytes
    pad: int = 0

    def __post_init__(self) -> None:
        if self.pad < 0:
            raise ArgumentError(f"a record cannot have {self.pad} padding octets; 0 is the least")

    @property
    def length(self) -> int:
        """Octets of the sealed record."""
        return len(self.data) + self.pad + RECORD_OVERHEAD


def no_padding() -> PaddingPolicy:
    """No padding: the length of the content shows in the length of the message."""
    return lambda length: 0


def pad_by(count: int) -> PaddingPolicy:
    """The same number of padding octets for every message."""
    if count < 0:
        raise ArgumentError(f"cannot pad by {count} octets; 0 is the least")
    return lambda length: count


def pad_to_multiple(size: int) -> PaddingPolicy:
    """Data and padding together are a multiple of `size` octets."""
    if size < 1:
        raise ArgumentError(f"cannot pad to a multiple of {size} octets; 1 is the least")
    return lambda length: -length % size


def pad_to_power_of_two() -> PaddingPolicy:
    """Data and padding together are 1, 2, 4, 8, … octets."""
    return lambda length: (1 << max(0, length - 1).bit_length()) - length


def pad_to_length(*lengths: int) -> PaddingPolicy:
    """Data and padding together are the smallest of these lengths that has room; none has: ArgumentError."""
    steps = sorted(lengths)

    def policy(length: int) -> int:
        place = bisect_left(steps, length)
        if place == len(steps):
            raise ArgumentError(f"{length} octets do not fit any of the lengths to pad to: {steps}")
        return steps[place] - length

    return policy


def padding_length(length: int, pad: int | PaddingPolicy) -> int:
    """Padding octets for `length` octets of data: `pad` itself, or what the policy answers."""
    count = pad if isinstance(pad, int) else pad(length)
    if count < 0:
        raise ArgumentError(f"cannot add {count} padding octets; 0 is the least")
    return count


def full_shares(length: int, pad: int, capacity: int) -> Iterator[tuple[int, int, int]]:
    """(data octets, padding octets, how many such records) for all but the last record, which takes what is left.

    `capacity` is rs - 17. A record takes data and padding in the proportion in which they are still to
    be placed, so that data reaches into every record that it can (section 4.8), and no record but the
    last is short. Without padding this is simply `capacity` octets of data for each.
    """
    if not pad:
        yield capacity, 0, max(0, length - 1) // capacity
        return
    while length + pad > capacity:
        data = capacity * length // (length + pad)
        yield data, capacity - data, 1
        length -= data
        pad -= capacity - data


def layout(plaintext: bytes, rs: int, *, pad: int | PaddingPolicy = 0) -> list[Record]:
    """The records that carry `plaintext` and exactly `pad` padding octets (or as many as the policy asks for).

    At least one record (also for empty content); every record but the last fills rs octets exactly.
    """
    if rs <= RECORD_OVERHEAD:
        raise ArgumentError(f"rs is {rs}; {RECORD_OVERHEAD + 1} is the least that carries anything")
    left = padding_length(len(plaintext), pad)
    records = []
    start = 0
    for data, padding, count in full_shares(len(plaintext), left, rs - RECORD_OVERHEAD):
        for _ in range(count):
            records.append(Record(plaintext[start : start + data], padding))
            start += data
        left -= count * padding
    records.append(Record(plaintext[start:], left))
    return records
