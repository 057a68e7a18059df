"""Sealproof: the conformance, interop and fuzz harness for sealed messages.

`check` runs the vectors against an implementation from Python; the command `sealproof` does the same and more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.api import Report as Report
    from harness.api import check as check

__all__ = ["Report", "check", "version"]


def version() -> str:
    """The installed version; `0+unknown` where the package runs without having been installed."""
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version("sealproof")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `sealproof --help` need not wait for what it does not show.
    if name in ("check", "Report"):
        from harness import api  # noqa: PLC0415

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
