"""The requests that a process holds: asked, not yet answered, and how many more it may be given."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from harness.implementations.connection import Request
from harness.implementations.wire import request_text

#: Octets that may be under way. What is sent is always read from at the same time, so this bounds memory and the
#: requests to ask again after a crash; it is not what keeps the two sides from waiting for each other.
_MOST_OCTETS: Final = 1 << 20
_BATCH_OCTETS: Final = 1 << 17
_NARROWEST, _WIDEST = 4, 2048
_QUICK, _SLOW = 0.05, 0.2  # seconds that half a window may take before it grows, or shrinks

#: Position of the harness's own requests.
OWN: Final = -1

Asked = tuple[int, Request, int]  # position, request, octets on the wire


class Source:
    """The requests still to be asked, with their positions. One is fetched ahead."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self._items = enumerate(requests)
        self.next: tuple[int, Request] | None = next(self._items, None)

    def take(self) -> tuple[int, Request]:
        """The next one; there must be one."""
        item = self.next
        assert item is not None
        self.next = next(self._items, None)
        return item


class Window:
    """Numbers requests and remembers them until they are answered.

    It widens while it turns over quickly: a slow implementation holds few requests, so that few must be asked
    again after a crash and none waits long behind others. `batch` is how many requests may share a line.
    """

    def __init__(self) -> None:
        self.pending: dict[int, Asked] = {}
        self.octets = 0
        self.batch = 1
        self.last_number = 0
        self._width = _NARROWEST
        self._filled = 0.0

    @property
    def half_empty(self) -> bool:
        """Only then is it filled: few large writes are cheaper than many small ones."""
        return len(self.pending) * 2 <= self._width and self.octets * 2 <= _MOST_OCTETS

    def add(self, position: int, request: Request) -> bytes:
        """The text of a request, which is pending from now on."""
        self.last_number = number = self.last_number + 1
        text = request_text(number, request)
        self.pending[number] = (position, request, len(text))
        self.octets += len(text)
        return text

    def fill(self, source: Source) -> list[bytes]:
        """The lines to send now, without their newlines."""
        self._adapt()
        batch = min(self.batch, self._width // 4)
        lines: list[bytes] = []
        while source.next is not None and len(self.pending) < self._width and self.octets < _MOST_OCTETS:
            lines.append(self._group(source, batch) if batch > 1 else self.add(*source.take()))
        return lines

    def narrow(self) -> None:
        """Begin anew with few requests at a time."""
        self._width = _NARROWEST

    def clear(self) -> list[Asked]:
        """Forget what is pending; the requests of it that are not the harness's own."""
        unanswered = [asked for asked in self.pending.values() if asked[0] != OWN]
        self.pending.clear()
        self.octets = 0
        return unanswered

    def _group(self, source: Source, most: int) -> bytes:
        texts: list[bytes] = []
        octets = 0
        while source.next is not None and len(texts) < most and octets < _BATCH_OCTETS:
            texts.append(self.add(*source.take()))
            octets += len(texts[-1])
        return b"[%b]" % b",".join(texts)

    def _adapt(self) -> None:
        now = time.monotonic()
        elapsed, self._filled = now - self._filled, now
        if elapsed < _QUICK:
            self._width = min(self._width * 2, _WIDEST)
        elif elapsed > _SLOW:
            self._width = max(self._width // 2, _NARROWEST)
