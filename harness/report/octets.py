"""Which octets of a message are worth showing, and a hex dump of them with the faulty ones marked."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.report.cases import CaseInfo, Span

WIDTH = 16


class Row(msgspec.Struct, frozen=True):
    """A row of the dump: `offset` of its first octet, the octets, which of them are faulty, and the spans whose
    first faulty octet is in it. An `offset` of -1 stands for rows that were left out."""

    offset: int
    octets: bytes = b""
    faulty: frozenset[int] = frozenset()
    labels: tuple[Span, ...] = ()

    @property
    def marks(self) -> str:
        """The line below the row that points at its faulty octets; empty where there are none, or where all are
        and no span begins here (the row above has said so)."""
        if len(self.faulty) == len(self.octets) and not self.labels:
            return ""
        octets = range(self.offset, self.offset + len(self.octets))
        return "".join("^^ " if octet in self.faulty else "   " for octet in octets).rstrip()


def faults(info: CaseInfo) -> list[Span]:
    """The faulty spans in the order of the octets, cut to what is there; an empty one marks the place of an octet
    that is missing."""
    found = [span for span in info.spans if span.fault and 0 <= span.start <= span.end]
    return sorted(found, key=lambda span: (span.start, span.end))


def windows(info: CaseInfo, limit: int) -> list[tuple[int, int]]:
    """The stretches of `info.octets` to show, at most about `limit` octets: the beginning, and around each fault
    its first and last octets."""
    size = len(info.octets)
    rows = max(2, limit // WIDTH)
    if size <= rows * WIDTH:
        return [(0, size)] if size else []
    wanted = dict.fromkeys([0, 1])
    for span in faults(info):
        first, last = span.start // WIDTH, max(span.start, span.end - 1) // WIDTH
        near = [first, first - 1, first + 1, last, last - 1, last + 1]
        wanted.update(dict.fromkeys(row for row in near if 0 <= row <= (size - 1) // WIDTH))
        if len(wanted) >= rows:
            break
    extra = 2
    while len(wanted) < rows and extra <= rows:
        wanted.setdefault(extra)
        extra += 1
    return _joined(sorted(list(wanted)[:rows]), size)


def _joined(rows: list[int], size: int) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    for row in rows:
        start, end = row * WIDTH, min(size, (row + 1) * WIDTH)
        if stretches and stretches[-1][1] == start:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def dump(info: CaseInfo, limit: int = 160) -> Iterator[Row]:
    """The rows of a hex dump of what `windows` picks, with a row of offset -1 where some were left out."""
    marked = faults(info)
    if sum(span.end - span.start for span in marked) * 2 > len(info.octets):
        limit //= 2  # where nearly everything is at fault, seeing all of it teaches nothing
    shown_to = 0
    for start, end in windows(info, limit):
        if start > shown_to:
            yield Row(-1)
        for offset in range(start, end, WIDTH):
            octets = info.octets[offset : min(end, offset + WIDTH)]
            yield _row(offset, octets, marked)
        shown_to = end
    if shown_to < info.total:
        yield Row(-1)


def _row(offset: int, octets: bytes, marked: list[Span]) -> Row:
    end = offset + len(octets)
    faulty = frozenset(
        place for span in marked for place in range(max(span.start, offset), min(max(span.end, span.start + 1), end))
    )
    labels = tuple(span for span in marked if offset <= span.start < end)
    return Row(offset, octets, faulty, labels)


def faults_beyond(info: CaseInfo) -> list[Span]:
    """The faults that stand at or behind the end of the octets that are there (a message cut short)."""
    return [span for span in faults(info) if span.start >= len(info.octets)]


def place(span: Span) -> str:
    """Where a span is, in words: `octet 21 (0x15)`, `octets 21 to 36 (0x15)`, `at octet 37 (0x25)` for an empty one.

    The dump counts in hexadecimal, so the first octet's offset is told in both.
    """
    both = f" (0x{span.start:x})" if span.start > 9 else ""
    if span.end <= span.start:
        return f"at octet {span.start:,}{both}"
    if span.end == span.start + 1:
        return f"octet {span.start:,}{both}"
    return f"octets {span.start:,} to {span.end - 1:,}{both}"


def printable(octets: bytes) -> str:
    """The octets as ASCII, a full stop for each that cannot be printed."""
    return "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in octets)
