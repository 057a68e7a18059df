"""Miniature implementations, opened and closed, and the proof that none is left behind."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import settings

from harness.implementations.connection import Limits, Request
from harness.implementations.process import ProcessConnection
from harness.implementations.supervision import run_mark

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

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


@pytest.fixture
def start() -> Iterator[Open]:
    """Opens miniatures: start("prints_noise", workers=2, limits=…). Closed at the end, and nothing may be left."""
    with contextlib.ExitStack() as stack:

        def open_it(name: str, *arguments: str, limits: Limits | None = None, **options: Any) -> ProcessConnection:
            limits = limits or Limits(seconds=5)
            return stack.enter_context(ProcessConnection(command(name, *arguments), limits=limits, **options))

        yield open_it
    assert not bearing(run_mark())
