"""Asks a plain command line: one process a request, as an `implementation.toml` describes it."""

from __future__ import annotations

from harness.implementations.commandspec import CommandSpec

__all__ = ["CommandSpec"]
