"""How much of the time of an aes128gcm message is the AEAD, and how much is everything around it?

"Bare" is the same AEAD calls with the nonces and the slices prepared beforehand. It derives the key like everyone
else, and writes to where the reference writes: into a warm buffer that lasts, or into new memory that becomes the
result (new memory costs what the operating system takes for a page). Rounds alternate, each side's best one counts,
and only the ratios travel from one machine to another.

    python -m benchmarks.record_layer
    python -m benchmarks.record_layer --size 100_000_000 --no-http-ece
"""

import argparse
import os
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference.aes128gcm import (
    Decryptor,
    Encryptor,
    Header,
    decrypt,
    decrypt_into,
    derive_keys,
    encrypt,
    layout,
    record_nonce,
)

IKM = bytes(range(16))
MIB = 1 << 20
Action = Callable[[], object]


def best(actions: list[Action], rounds: int) -> list[float]:
    """The shortest time of each action, in seconds, in rounds that alternate between them."""
    times = [float("inf")] * len(actions)
    for _ in range(rounds):
        for place, action in enumerate(actions):
            start = time.perf_counter()
            action()
            times[place] = min(times[place], time.perf_counter() - start)
    return times


class Bare:
    """The AEAD calls for one message, and nothing else."""

    def __init__(self, plaintext: bytes, rs: int) -> None:
        self.message = encrypt(plaintext, IKM, rs=rs)
        header = Header.parse(self.message)
        self.salt = header.salt
        self.nonce_base = derive_keys(IKM, self.salt).nonce_base
        body = memoryview(self.message)[header.length :]
        self.sealed = [body[start : start + rs] for start in range(0, len(body), rs)]
        self.nonces = [record_nonce(self.nonce_base, seq) for seq in range(len(self.sealed))]
        delimiters = [b"\x01"] * (len(self.sealed) - 1) + [b"\x02"]
        records = zip(layout(plaintext, rs), delimiters, strict=True)
        self.contents = [record.data + delimiter for record, delimiter in records]
        self.warm = memoryview(bytearray(len(self.message)))
        starts = range(0, len(plaintext) + len(self.sealed), rs - 17)
        self.content_spans = [(start, start + len(c)) for start, c in zip(starts, self.contents, strict=False)]
        starts = range(0, len(body), rs)
        self.sealed_spans = [(start, start + len(c) + 16) for start, c in zip(starts, self.contents, strict=True)]
        self.warm_contents = [self.warm[start:stop] for start, stop in self.content_spans]
        self.warm_sealed = [self.warm[start:stop] for start, stop in self.sealed_spans]

    def _aead(self) -> AESGCM:
        return AESGCM(derive_keys(IKM, self.salt).cek)

    def open_warm(self) -> None:
        open_into = self._aead().decrypt_into
        for nonce, record, slot in zip(self.nonces, self.sealed, self.warm_contents, strict=True):
            open_into(nonce, record, None, slot)

    def open_new(self) -> bytearray:
        open_into, new = self._aead().decrypt_into, bytearray(len(self.message))
        view = memoryview(new)
        for nonce, record, (start, stop) in zip(self.nonces, self.sealed, self.content_spans, strict=True):
            open_into(nonce, record, None, view[start:stop])
        return new

    def seal_warm(self) -> None:
        seal_into = self._aead().encrypt_into
        for nonce, content, slot in zip(self.nonces, self.contents, self.warm_sealed, strict=True):
            seal_into(nonce, content, None, slot)

    def seal_new(self) -> bytearray:
        seal_into, new = self._aead().encrypt_into, bytearray(len(self.message))
        view = memoryview(new)
        for nonce, content, (start, stop) in zip(self.nonces, self.contents, self.sealed_spans, strict=True):
            seal_into(nonce, content, None, view[start:stop])
        return new


def in_pieces(message: bytes, size: int) -> None:
    decryptor, view = Decryptor(IKM), memoryview(message)
    for start in range(0, len(message), size):
        decryptor.update(view[start : start + size])
    decryptor.finalize()


def compare(plaintext: bytes, rs: int, rounds: int) -> None:
    """One row a function: its time, and bare's share of it with warm and with new memory."""
    bare = Bare(plaintext, rs)
    message, salt = bare.message, bare.salt
    rows: dict[str, Action] = {
        "decrypt_into": lambda: decrypt_into(message, IKM, bare.warm),
        "decrypt": lambda: decrypt(message, IKM),
        "Decryptor, 1 MiB pieces": lambda: in_pieces(message, MIB),
        "encrypt": lambda: encrypt(plaintext, IKM, salt=salt, rs=rs),
    }
    yardsticks: list[Action] = [bare.open_warm, bare.open_new, bare.seal_warm, bare.seal_new]
    open_warm, open_new, seal_warm, seal_new, *times = best([*yardsticks, *rows.values()], rounds)
    print(
        f"\n{len(plaintext):,} octets in {len(bare.sealed):,} records of rs {rs:,}; bare: open {open_warm * 1e3:.2f} ms"
    )
    print(f"  {'':26}{'ms':>9}{'of bare, warm':>16}{'of bare, new':>16}")
    for name, seconds in zip(rows, times, strict=True):
        warm, new = (seal_warm, seal_new) if name == "encrypt" else (open_warm, open_new)
        print(f"  {name:26}{seconds * 1e3:9.2f}{warm / seconds:16.2f}{new / seconds:16.2f}")


def compare_http_ece(plaintext: bytes, rounds: int) -> None:
    """Against PyPI http-ece, once: its time grows with the square of the length."""
    try:
        import http_ece  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        print("  http-ece is not installed: no comparison (pip install http-ece)")
        return
    message = encrypt(plaintext, IKM)
    (theirs,) = best([lambda: http_ece.decrypt(message, key=IKM)], 1)
    (theirs_encrypting,) = best([lambda: http_ece.encrypt(plaintext, key=IKM, salt=bytes(16))], 1)
    ours, ours_encrypting = best([lambda: decrypt(message, IKM), lambda: encrypt(plaintext, IKM)], rounds)
    print(f"  decrypt {ours * 1e3:9.2f} ms, http-ece {theirs * 1e3:9.0f} ms: {theirs / ours:,.0f} times")
    print(f"  encrypt {ours_encrypting * 1e3:9.2f} ms, http-ece {theirs_encrypting * 1e3:9.0f} ms:", end=" ")
    print(f"{theirs_encrypting / ours_encrypting:,.0f} times")


def stream(size: int, *, traced: bool) -> None:
    """Seal and open `size` octets in pieces of 64 KiB, in this process, and say what that took in memory."""
    piece = os.urandom(1 << 16)
    encryptor, decryptor = Encryptor(IKM), Decryptor(IKM)
    decryptor.update(encryptor.update(piece))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if traced:
        tracemalloc.start()
    received = 0
    for _ in range(size // len(piece)):
        received += len(decryptor.update(encryptor.update(piece)))
    received += len(decryptor.update(encryptor.finalize())) + len(decryptor.finalize())
    if traced:
        print(f"  peak of what Python allocated: {tracemalloc.get_traced_memory()[1] / MIB:.2f} MiB", end="")
    else:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"  growth of the resident set: {grown / 1024:.2f} MiB", end="")
    print(f" ({received:,} octets received)")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record_layer", description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=10_000_000, help="octets of content (default: 10_000_000)")
    parser.add_argument("--rounds", type=int, default=40, help="rounds for each comparison (default: 40)")
    parser.add_argument("--stream-size", type=int, default=200_000_000, help="octets to stream (default: 200_000_000)")
    parser.add_argument("--no-http-ece", action="store_true", help="leave out http-ece, which takes its time")
    parser.add_argument("--only", choices=["http-ece", "resident", "traced"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only == "http-ece":
        compare_http_ece(os.urandom(options.size), options.rounds)
    elif options.only:
        stream(options.stream_size, traced=options.only == "traced")
    else:
        report(options)


def report(options: argparse.Namespace) -> None:
    content = os.urandom(options.size)
    for rs in (4096, 65536):
        compare(content, rs, options.rounds)
    compare(content[:100_000], 18, max(3, options.rounds // 4))
    if not options.no_http_ece:
        print(f"\n{options.size:,} octets, rs 4,096, beside PyPI http-ece in a new process", flush=True)
        in_new_process("http-ece", "--size", options.size, "--rounds", options.rounds)
    print(f"\n{options.stream_size:,} octets through Encryptor and Decryptor in pieces of 64 KiB", flush=True)
    for how in ("resident", "traced"):  # each in a new process: the resident set never shrinks
        in_new_process(how, "--stream-size", options.stream_size)


def in_new_process(only: str, *options: object) -> None:
    arguments = [str(argument) for argument in ("--only", only, *options)]
    subprocess.run([sys.executable, "-m", "benchmarks.record_layer", *arguments], check=True)


if __name__ == "__main__":
    main()
