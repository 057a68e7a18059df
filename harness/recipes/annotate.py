"""A message octet by octet: what each stretch of it is, as far as the key opens it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.recipes.aes128gcm import LAST, MORE, NO_DELIMITER, Message, Record, parse_record, seal, sealed_records
from harness.reference.aes128gcm import HEADER_LENGTH, TAG_LENGTH, derive_keys, record_nonce


class Span(msgspec.Struct, frozen=True):
    """A stretch of octets: `start` and `end` (exclusive) in the message, what it is, its value for people, and
    whether it is part of what is wrong with the message."""

    start: int
    end: int
    label: str
    value: str = ""
    fault: bool = False


def annotate(octets: bytes, ikm: bytes | None, faults: Sequence[tuple[int, int]] = ()) -> Iterator[Span]:
    """The spans of a message, in order, without gaps and overlaps; those that touch one of `faults` are marked.

    Without a key, records are shown sealed. A message without a whole header is shown as far as it goes. Records
    are opened as their spans are taken, so that the beginning of a large message costs little.
    """
    end = 0
    for span in _header(octets):
        end = span.end
        yield _marked(span, faults)
    whole = len(octets) >= HEADER_LENGTH and len(octets) >= HEADER_LENGTH + octets[20]
    if whole and end < len(octets):
        for span in _records(octets, ikm, end):
            yield _marked(span, faults)


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
    keys = derive_keys(ikm, octets[:16]) if ikm is not None else None
    for place in range(count):
        at = start + place * rs
        piece = octets[at : at + rs]
        if keys is None:
            yield Span(at, at + len(piece), f"record {place}", f"{len(piece)} octets, sealed")
            continue
        record = parse_record(piece, keys, place, count)
        if record.octets is None:
            yield from _opened(record, piece, at, keys.nonce_base, place, LAST if place == count - 1 else MORE)
        else:
            nonce = record_nonce(keys.nonce_base, place).hex()
            value = f"{len(piece)} octets that do not open under nonce {nonce}"
            yield Span(at, at + len(piece), f"record {place}", value)


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


def _marked(span: Span, faults: Sequence[tuple[int, int]]) -> Span:
    if any(start < span.end and span.start < end for start, end in faults):
        return msgspec.structs.replace(span, fault=True)
    return span


def faults_between(good: Message, bad: Message) -> list[tuple[int, int]]:
    """Where a faulty message differs from the one that it was edited from: stretches of the faulty one's octets.

    Sealed octets all change with what they seal, so that for a change inside a record it is told by plaintext.
    Of a message that was cut short it is the last octet; two that are alike have no difference.
    """
    before, after = seal(good), seal(bad)
    if before == after:
        return []
    if len(before) == len(after) and good.records != bad.records and good.order == bad.order:
        inside = [(start, min(end, len(after))) for start, end in _inside_records(good, bad) if start < len(after)]
        return inside or list(_differing(before, after))
    if after == before[: len(after)]:
        return [(max(0, len(after) - 1), len(after))]
    if before == after[: len(before)]:
        return [(len(before), len(after))]
    return list(_differing(before, after))


def _inside_records(good: Message, bad: Message) -> Iterator[tuple[int, int]]:
    olds, news = ([record for record in each.records for _ in range(record.repeat)] for each in (good, bad))
    lengths = [len(octets) for octets in sealed_records(bad)]
    at = len(bad.header())
    for position in bad.order if bad.order is not None else range(len(news)):
        old, new, end = olds[position] if position < len(olds) else None, news[position], at + lengths[position]
        if old != new:
            yield from _inside_record(old, new, at, end)
        at = end


def _inside_record(old: Record | None, new: Record, at: int, end: int) -> Iterator[tuple[int, int]]:
    delimiter = at + len(new.content)
    if new.flips:
        for flip in new.flips:
            place = flip.at + (at if flip.at >= 0 else end)
            yield (place, place + 1)
    elif old is not None and new.delimiter != old.delimiter:
        yield (delimiter, delimiter + 1)
    else:
        yield (at, end)


def _differing(before: bytes, after: bytes) -> Iterator[tuple[int, int]]:
    """From the first octet that differs to the last; to the end where that is cut or lengthened."""
    pairs = enumerate(zip(before, after, strict=False))
    places = [at for at, (one, other) in pairs if one != other]
    yield (places[0], len(after) if len(before) != len(after) else places[-1] + 1)
