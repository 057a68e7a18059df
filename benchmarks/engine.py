"""How fast the harness asks one process, beside a bare echo loop over the same kind of pipes.

    python benchmarks/engine.py

The implementation is as light as one can be in Python: it finds the id and the message by their places in the text
and does nothing with them, so that the harness is what is measured (and both, where they share a core). The
bare loop sends the same octets through a process that copies its input to its output. A ratio of 1 means that asking
costs as much as moving the octets. Requests are made beforehand; results stay text.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable

from harness.implementations.connection import Request
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection
from harness.implementations.protocol import encode_octets
from harness.implementations.wire import request_text

TARGETS = {100: 100_000, 4_000: 25_000, 100_000: 2_000}  # requests a second, by octets a message
SECONDS = 1.5  # each measurement, roughly
METHOD = "aes128gcm.decrypt"

ECHO = """
import os
read, write = os.read, os.write
while piece := read(0, 1 << 20):
    piece = memoryview(piece)
    while piece:
        piece = piece[write(1, piece):]
"""

# Reads `{"jsonrpc":"2.0","method":"…","params":{"ikm":"…","message":"…"},"id":N}` by its shape.
IMPLEMENTATION = """
import os, sys
batch = int(sys.argv[1])
describe = b'{"protocol":1,"name":"light","batch":%d,"methods":{"aes128gcm.decrypt":{}}}' % batch
def answer(text):
    head, _, number = text.rpartition(b'},"id":')
    if b'"describe"' in head:
        return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (number.rstrip(b"}"), describe)
    return b'{"jsonrpc":"2.0","id":%b,"result":{"plaintext":%b}}' % (number.rstrip(b"}"), head[head.rindex(b":") + 1:])
pieces = []
while piece := os.read(0, 1 << 18):
    end = piece.rfind(b"\\n") + 1
    if not end:
        pieces.append(piece)
        continue
    lines = b"".join((*pieces, piece[:end - 1])).split(b"\\n")
    pieces = [piece[end:]] if end < len(piece) else []
    out = bytearray()
    for line in lines:
        if line[:1] == b"[":
            texts = line[1:-1].split(b',{"jsonrpc"')
            out += b"[%b]\\n" % b",".join(map(answer, texts))
        else:
            out += answer(line) + b"\\n"
    out = memoryview(out)
    while out:
        out = out[os.write(1, out):]
"""


def requests(octets: int, count: int) -> list[Request]:
    """`count` requests with a message of so many octets, their text made beforehand."""
    params = b'{"ikm":"AAAAAAAAAAAAAAAAAAAAAA","message":"%b"}' % encode_octets(os.urandom(octets)).encode()
    return [Request(METHOD, encoded=params) for _ in range(count)]


def ask(items: list[Request], batch: int) -> tuple[float, float]:
    """Seconds on the clock and of this process's own time to ask all of them."""
    with ProcessConnection([sys.executable, "-S", "-E", "-c", IMPLEMENTATION, str(batch)]) as connection:
        for _ in connection.exchange(items[: len(items) // 10]):
            pass
        clock, own = time.perf_counter(), time.process_time()
        statuses = {outcome.status for _, outcome in connection.exchange(items)}
        spent = time.perf_counter() - clock, time.process_time() - own
        if statuses != {Status.ACCEPTED} or connection.remarks:
            raise SystemExit(f"the benchmark's implementation went wrong: {statuses} {connection.remarks}")
        return spent


def echo(pieces: Iterable[bytes], octets: int) -> float:
    """Seconds to send the pieces through a process that copies, with no more than 1 MiB under way."""
    with subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        source, sink = process.stdout.fileno(), process.stdin.fileno()
        for descriptor in (source, sink):
            os.set_blocking(descriptor, False)
        begin = time.perf_counter()
        _pump(iter(pieces), source, sink, octets)
        spent = time.perf_counter() - begin
        process.stdin.close()
    return spent


def _pump(pieces: Iterable[bytes], source: int, sink: int, octets: int) -> None:
    pieces = iter(pieces)
    selector = selectors.DefaultSelector()
    selector.register(source, selectors.EVENT_READ)
    out, sent, received = memoryview(b""), 0, 0
    while received < octets:
        if not out and sent - received < 1 << 20:
            out = memoryview(next(pieces, b""))
        if out:
            try:
                written = os.write(sink, out)
            except BlockingIOError:
                written = 0
            out, sent = out[written:], sent + written
        if selector.select(0 if out else 0.05):
            received += len(os.read(source, 1 << 18))
    selector.close()


def main() -> None:
    """Print the table."""
    print(f"{'message':>10} {'sent as':>9} {'requests/s':>12} {'target':>9} {'own µs':>8} {'bare/s':>12} {'ratio':>7}")
    for octets, target in TARGETS.items():
        count = int(target * 2 * SECONDS)
        items = requests(octets, count)
        texts = [request_text(number, item) + b"\n" for number, item in enumerate(items)]
        group = max(1, (1 << 18) // len(texts[0]))
        pieces = [b"".join(texts[place : place + group]) for place in range(0, count, group)]
        bare = count / echo(pieces, sum(map(len, pieces)))
        for name, batch in (("window", 1), ("batches", 256)):
            spent, own = ask(items, batch)
            rate = count / spent
            print(
                f"{octets:>8} B {name:>9} {rate:>12,.0f} {target:>9,} {own / count * 1e6:>8.2f}"
                f" {bare:>12,.0f} {rate / bare:>7.2f}"
            )


if __name__ == "__main__":
    main()
