"""Fuzzes the reference's record decoder with raw octets.

Whatever comes in, the decoder answers with content or with one of its own errors, in one piece and in several
pieces alike.

A campaign needs `pip install 'sealproof[fuzz]'`; the smoke test does without.

    python fuzz/aes128gcm_decrypt.py [libFuzzer options] [CORPUS…]
    python fuzz/aes128gcm_decrypt.py --smoke
"""

from __future__ import annotations

import random
import sys

from harness.reference import aes128gcm

IKM = b"fuzzing sealed m"
SMOKE_ROUNDS = 20_000


def one_input(data: bytes) -> None:
    """One execution: the first octet says how large the pieces are, the rest is the message."""
    size = 1 + data[0] if data else 1
    message = data[1:]
    whole = _outcome(lambda: aes128gcm.decrypt(message, IKM))
    pieces = (message[start : start + size] for start in range(0, len(message), size))
    parts = _outcome(lambda: aes128gcm.decrypt_pieces(pieces, IKM))
    if whole != parts:
        raise AssertionError(f"in one piece: {whole!r}; in pieces of {size}: {parts!r}")


def _outcome(decode: object) -> object:
    try:
        return decode()  # type: ignore[operator]
    except aes128gcm.Aes128gcmError as error:
        return error.stage


def seeds() -> list[bytes]:
    """Messages that open under the fuzzers' key, to mutate."""
    made = []
    for rs, length, pad in ((18, 3, 0), (25, 20, 5), (64, 0, 0), (64, 100, 30), (4096, 10, 0)):
        content = bytes(range(length))
        made.append(b"\x10" + aes128gcm.encrypt(content, IKM, salt=bytes(16), rs=rs, keyid=b"k" * (rs % 4), pad=pad))
    return made


def smoke() -> None:
    """Mutate the seeds in simple ways, from a fixed seed of the generator."""
    generator = random.Random(8188)
    found = seeds()
    for _ in range(SMOKE_ROUNDS):
        data = bytearray(generator.choice(found))
        for _ in range(generator.randrange(4)):
            place = generator.randrange(len(data)) if data else 0
            kind = generator.randrange(4)
            if kind == 0 and data:
                data[place] ^= 1 << generator.randrange(8)
            elif kind == 1:
                del data[place : place + generator.randrange(1, 20)]
            elif kind == 2:
                data[place:place] = generator.randbytes(generator.randrange(1, 20))
            else:
                data = data[: generator.randrange(len(data) + 1)]
        one_input(bytes(data))
    print(f"fuzz smoke: {SMOKE_ROUNDS} executions, nothing found")


def main() -> None:
    """A smoke test, or a campaign with atheris."""
    if "--smoke" in sys.argv:
        smoke()
        return
    try:
        import atheris  # noqa: PLC0415
    except ImportError:
        sys.exit("fuzzing needs atheris: pip install 'sealproof[fuzz]' (Linux, Python 3.11 to 3.13)")
    atheris.instrument_all()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
