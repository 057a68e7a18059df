"""The pytest plugin: `pytest --implementation NAME` runs the vectors as items beside the tests that are there.

Loaded with every pytest run where the harness is installed, so that it imports nothing until it is asked for.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in a group of their own."""
    group = parser.getgroup("sealproof", "conformance vectors as items (sealproof)")
    group.addoption(
        "--implementation",
        action="append",
        default=[],
        metavar="NAME",
        help="run the vectors against this: package.module:Object (called in this process), a registered name, "
        "or a folder with an implementation.toml (repeatable)",
    )
    group.addoption(
        "--sealproof-suite",
        action="append",
        default=[],
        metavar="SUITE",
        help="only the vectors of this suite (repeatable)",
    )
    group.addoption("--sealproof-slow", action="store_true", help="also the vectors that can take minutes")
    group.addoption(
        "--known-failures",
        type=Path,
        metavar="FILE",
        help="vectors that are expected to fail, each with its reason (TOML); strict",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to take part, if an implementation is named."""
    config.addinivalue_line("markers", "sealproof: a conformance vector (what --implementation runs)")
    if config.getoption("--implementation"):
        from harness.pytest_items import Vectors  # noqa: PLC0415  (only now is it needed)

        config.pluginmanager.register(Vectors(config), "sealproof-vectors")
