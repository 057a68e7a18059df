"""Asking miniature implementations, and looking for what they left behind."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from harness.implementations.connection import Request
from harness.implementations.process import ProcessConnection

MINIATURES = Path(__file__).parent.parent / "miniatures"
Open = Callable[..., ProcessConnection]


def command(name: str, *arguments: str) -> list[str]:
    """The command line of a miniature."""
    return [sys.executable, "-S", "-E", str(MINIATURES / f"{name}.py"), *arguments]


def decrypt(message: bytes, seconds: float = 0.0) -> Request:
    """A request to decrypt; the miniatures make a point of empty messages."""
    request = Request("aes128gcm.decrypt", {"ikm": b"k", "message": message})
    request.seconds = seconds
    return request


def bearing(mark: str) -> list[psutil.Process]:
    """The living processes with this in their environment's SEALPROOF_RUN."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if mark in process.environ().get("SEALPROOF_RUN", "") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def gone(mark: str, seconds: float = 8.0) -> list[psutil.Process]:
    """What is left of a run after at most so many seconds: hopefully nothing, and soon."""
    deadline = time.monotonic() + seconds
    while (left := bearing(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
