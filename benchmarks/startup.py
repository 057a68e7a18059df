"""What the command costs before it does anything: processor time of `sealproof --help` and its like.

    python benchmarks/startup.py

Each is a process of its own; the least of several counts, since everything else only adds. The first line is
Python itself, below which nothing can get.
"""

from __future__ import annotations

import os
import subprocess
import sys

TIMES = 15
LIMIT = 100  # milliseconds of processor time for --help

COMMANDS: dict[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    "sealproof --help": ("-m", "harness.cli", "--help"),
    "sealproof --version": ("-m", "harness.cli", "--version"),
    "sealproof check --help": ("-m", "harness.cli", "check", "--help"),
    "sealproof vectors list": ("-m", "harness.cli", "vectors", "list"),
    "sealproof explain …/last-bare-is-1": ("-m", "harness.cli", "explain", "last-bare-is-1"),
    "sealproof check reference -k …/section-3.1": (
        "-m", "harness.cli", "check", "reference", "-q", "-k", "aes128gcm/examples/section-3.1",
    ),
    "pytest plugin, not asked for": ("-c", "import pytest, harness.pytest_plugin"),
    "pytest alone": ("-c", "import pytest"),
}  # fmt: skip


def milliseconds(arguments: tuple[str, ...]) -> float:
    """The processor time of a process, the least of `TIMES`."""
    return min(_once(arguments) for _ in range(TIMES))


def _once(arguments: tuple[str, ...]) -> float:
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def main() -> int:
    """Print the table; 1 where `--help` is over its limit."""
    print(f"{'':44} {'processor':>9}")
    found = {}
    for name, arguments in COMMANDS.items():
        found[name] = milliseconds(arguments)
        print(f"{name:44} {found[name]:6.0f} ms")
    over = found["sealproof --help"] > LIMIT
    print(f"limit of --help: {LIMIT} ms{', which it is over' if over else ''}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
