"""Outlives the harness by a moment, and ends what it left behind.

Started as a process of its own, by path and with the standard library only. It waits on a pipe that nobody
but the harness holds open; however the harness ends, the pipe then closes, and every process that bears the
run's mark in its environment is killed, and every process group that the harness said it had started.

Linux could do a part of this with PR_SET_PDEATHSIG, but that speaks for direct children only, and fires when
the *thread* that started the child ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

VARIABLE = "SEALPROOF_RUN"
#: Seconds after the harness's end. More than once, because a process between fork and exec bears no mark yet.
SCANS = (0.0, 0.05, 0.15, 0.3, 0.5)


def marked(mark: str) -> list[int]:
    """The processes whose environment bears the mark."""
    if not os.path.isdir("/proc/self"):
        return _marked_by_psutil(mark)
    needle = mark.encode()
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/environ", "rb") as stream:
                    variables = stream.read().split(b"\0")
            except OSError:
                continue
            if any(item.startswith(VARIABLE.encode() + b"=") and needle in item for item in variables):
                found.append(int(name))
    return found


def _marked_by_psutil(mark: str) -> list[int]:
    import psutil  # noqa: PLC0415  (only where there is no /proc)

    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.environ().get(VARIABLE, ""):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Wait for the end of the harness, then kill."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    with os.fdopen(0, "rb", buffering=0) as pipe:
        pending = b""
        while piece := pipe.read(4096):
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:  # "+123": a group was started; "-123": it is gone
                (groups.add if line[:1] == b"+" else groups.discard)(int(line[1:]))
    started = time.monotonic()
    for group in groups:
        _kill(-group)
    for moment in SCANS:
        time.sleep(max(0.0, started + moment - time.monotonic()))
        for pid in marked(sys.argv[1]):
            _kill(pid)


if __name__ == "__main__":
    main()
