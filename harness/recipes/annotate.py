"""A message octet by octet: what each stretch of it is, as far as the key opens it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.recipes.aes128gcm import LAST, MORE, NO_DELIMITER, Message, Record, parse, seal
from harness.reference.aes128gcm import HEADER_LENGTH, TAG_LENGTH, derive_keys, record_nonce


class Span(msgspec.Struct, frozen=True):
    """A stretch of octets: `start` and `end` (exclusive) in the message, what it is, its value for people, and
    whether it is part of what is wrong with the message."""

    start: int
    end: int
    label: str
    value: str = ""
    fault: bool = False


def annotate(octets: bytes, ikm: bytes | None, faults: list[tuple[int, int]] | None = None) -> list[Span]:
    """The spans of a message, in order and without gaps; those that touch one of `faults` are marked.

    Without a key, records are shown sealed. A message without a whole header is shown as far as it goes.
    """
    spans = list(_header(octets))
    end = spans[-1].end if spans else 0
    whole = len(octets) >= HEADER_LENGTH and len(octets) >= HEADER_LENGTH + octets[20]
    if whole and end < len(octets):
        spans.extend(_records(octets, ikm, end))
    return [_marked(span, faults or []) for span in spans]


def _header(octets: bytes) -> Iterator[Span]:
    fields = (("salt", 0, 16), ("rs", 16, 20), ("idlen", 20, 21))
    for label, start, end in fields:
        part = octets[start:end]
        if part:
            value = part.hex() if label == "salt" else f"{int.from_bytes(part, 'big'):,}"
            cut = "" if len(part) == end - start else f" (cut short: {len(part)} of {end - start} octets)"
            yield Span(start, start + len(part), label, value + cut)
    if len(octets) > HEADER_LENGTH and octets[20]:
        part = octets[HEADER_LENGTH : HEADER_LENGTH + octets[20]]
        cut = "" if len(part) == octets[20] else f" (cut short: {len(part)} of {octets[20]} octets)"
        yield Span(HEADER_LENGTH, HEADER_LENGTH + len(part), "keyid", repr(part)[1:] + cut)


def _records(octets: bytes, ikm: bytes | None, start: int) -> Iterator[Span]:
    rs = int.from_bytes(octets[16:20], "big") or len(octets)
    count = -(-(len(octets) - start) // rs)
    recipe = parse(octets, ikm) if ikm is not None else None
    base = derive_keys(ikm, octets[:16]).nonce_base if ikm is not None else b""
    for place in range(count):
        piece = octets[start + place * rs : start + (place + 1) * rs]
        at = start + place * rs
        name = f"record {place}"
        record = recipe.records[place] if recipe else None
        if record is None:
            yield Span(at, at + len(piece), name, f"{len(piece)} octets, sealed")
        elif record.octets is not None:
            nonce = record_nonce(base, place).hex()
            yield Span(at, at + len(piece), name, f"{len(piece)} octets that do not open under nonce {nonce}")
        else:
            usual = LAST if place == count - 1 else MORE
            yield from _opened(record, piece, at, base, place, usual)


def _opened(record: Record, piece: bytes, at: int, base: bytes, place: int, usual: int) -> Iterator[Span]:
    seq = place if record.seq is None else record.seq
    moved = f", sealed as record {seq}" if seq != place else ""
    name, nonce = f"record {place}", f"(nonce {record_nonce(base, seq).hex()}{moved})"
    end = at + len(record.data)
    if record.data:
        yield Span(at, end, f"{name} data", f"{_text(record.data)} {nonce}")
    if record.delimiter != NO_DELIMITER:
        value = usual if record.delimiter is None else record.delimiter
        wrong = f", must be {usual} here" if value != usual else ""
        yield Span(end, end + 1, f"{name} delimiter", f"{value}{wrong}{'' if record.data else f' {nonce}'}")
        end += 1
    if record.pad:
        what = "zero octet" if record.pad == 1 else "zero octets"
        yield Span(end, end + record.pad, f"{name} padding", f"{record.pad:,} {what}")
    yield Span(at + len(piece) - TAG_LENGTH, at + len(piece), f"{name} tag", piece[-TAG_LENGTH:].hex())


def _text(data: bytes) -> str:
    shown = repr(data[:32])[1:]
    return f"{shown}… ({len(data):,} octets)" if len(data) > 32 else shown


def _marked(span: Span, faults: list[tuple[int, int]]) -> Span:
    if any(start < span.end and span.start < end for start, end in faults):
        return msgspec.structs.replace(span, fault=True)
    return span


def faults_between(good: Message, bad: Message) -> list[tuple[int, int]]:
    """Where a faulty message differs from the one that it was edited from: stretches of the faulty one's octets.

    Sealed octets all change with what they seal, so that for a change inside a record it is told by plaintext.
    """
    before, after = seal(good), seal(bad)
    if len(before) == len(after) and good.records != bad.records and good.order == bad.order:
        return _inside_records(good, bad)
    if after == before[: len(after)]:
        return [(max(0, len(after) - 1), len(after))]
    if before == after[: len(before)]:
        return [(len(before), len(after))]
    return list(_differing(before, after))


def _inside_records(good: Message, bad: Message) -> list[tuple[int, int]]:
    at = len(bad.header())
    found = []
    for old, new in zip(good.records, bad.records, strict=False):
        data = len(new.data) * new.times
        length = data + new.pad + 17
        if old != new:
            for flip in new.flips:
                place = at + (flip.at if flip.at >= 0 else length + flip.at)
                found.append((place, place + 1))
            if not new.flips:
                found.append((at + data, at + data + 1) if new.delimiter != old.delimiter else (at, at + length))
        at += length * new.repeat
    return found


def _differing(before: bytes, after: bytes) -> Iterator[tuple[int, int]]:
    first = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    if first is None:
        yield (min(len(before), len(after)), len(after))
        return
    last = max(at for at in range(first, len(after)) if at >= len(before) or before[at] != after[at])
    yield (first, last + 1)
