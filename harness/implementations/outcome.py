"""What happened when an implementation was asked: facts only, no judgement."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from harness.implementations.protocol import decode_octets


class Status(StrEnum):
    """The ways in which a request can end."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"
    INTERNAL_ERROR = "internal-error"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    RESOURCE = "resource-limit"
    PROTOCOL_ERROR = "protocol-error"


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One request's end.

    `result` holds the answer's fields as they came: octets are base64url text from another process and
    `bytes` from an object in this one; `octets` reads either. `detail` is a sentence for people (which
    signal, which limit, what was wrong with the answer); `stderr` the last lines that the implementation
    wrote before it went wrong; `ms` the time from request to answer in milliseconds.
    """

    status: Status
    result: dict[str, Any] | None = None
    stage: str = ""
    stage_native: str = ""
    exception: str = ""
    message: str = ""
    released: bytes | None = None
    detail: str = ""
    stderr: str = ""
    ms: float = 0.0

    def octets(self, field: str) -> bytes:
        """The octets of a result field; ValueError where it is absent or not octets."""
        value = (self.result or {}).get(field)
        if isinstance(value, bytes):
            return value
        if value is None:
            raise ValueError(f"the result has no {field!r}")
        return decode_octets(value)
