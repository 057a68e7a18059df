"""Miniature implementations, opened and closed, and the proof that none is left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from asking import Open, bearing, command
from hypothesis import settings

from harness.implementations.connection import Limits
from harness.implementations.process import ProcessConnection
from harness.implementations.supervision import run_mark

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def start() -> Iterator[Open]:
    """Opens miniatures: start("prints_noise", workers=2, limits=…). Closed at the end, and nothing may be left."""
    with contextlib.ExitStack() as stack:

        def open_it(name: str, *arguments: str, limits: Limits | None = None, **options: Any) -> ProcessConnection:
            limits = limits or Limits(seconds=5)
            return stack.enter_context(ProcessConnection(command(name, *arguments), limits=limits, **options))

        yield open_it
    assert not bearing(run_mark())
