"""Reading what an implementation says of itself, in answer to `describe` or in a file."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.implementations.connection import CannotStart
from harness.implementations.protocol import METHODS, PROTOCOL_VERSION, Claim, Description

_ADVICE = "See the implementation protocol, method `describe`, for what it has to answer."


def read_description(answer: object) -> tuple[Description, list[str]]:
    """The description in an answer to `describe`, and remarks on what was left out of it.

    Methods that the protocol does not know are left out with a remark; unknown keys are ignored. `CannotStart`
    where the answer is not a description or speaks another version of the protocol.
    """
    if not isinstance(answer, dict):
        raise CannotStart(f"describe answered {_kind(answer)}, not an object", advice=_ADVICE)
    version = answer.get("protocol")
    if type(version) is not int or version != PROTOCOL_VERSION:
        said = "does not say which version of the protocol it speaks" if version is None else f"says {version!r:.40}"
        raise CannotStart(
            f"describe {said}; this harness speaks protocol {PROTOCOL_VERSION}",
            advice=f'Answer describe with "protocol": {PROTOCOL_VERSION}.',
        )
    methods = answer.get("methods")
    if not isinstance(methods, dict):
        raise CannotStart(f"describe's `methods` is {_kind(methods)}, not an object", advice=_ADVICE)
    known = {name: _claim(name, claim) for name, claim in methods.items() if name in METHODS}
    remarks = [
        f"describe lists the method {str(name)[:80]!r}, which protocol {PROTOCOL_VERSION} does not have; left out"
        for name in methods
        if name not in METHODS
    ]
    try:
        description = msgspec.convert({**answer, "methods": {}}, Description)
    except msgspec.ValidationError as error:
        raise CannotStart(f"describe's answer cannot be read: {error}", advice=_ADVICE) from None
    if not description.name:
        raise CannotStart("describe gives no name", advice=_ADVICE)
    if description.batch < 1:
        raise CannotStart(
            f"describe's `batch` is {description.batch}; it must be 1 or more",
            advice="Leave `batch` out where no JSON-RPC batches are taken.",
        )
    return msgspec.structs.replace(description, methods=known), _some(remarks)


def _claim(name: str, claim: Any) -> Claim:
    try:
        return msgspec.convert(claim, Claim)
    except msgspec.ValidationError as error:
        raise CannotStart(f"describe's entry for {name} cannot be read: {error}", advice=_ADVICE) from None


def _some(remarks: list[str], most: int = 10) -> list[str]:
    if len(remarks) <= most:
        return remarks
    return [*remarks[:most], f"describe lists {len(remarks) - most} more unknown methods"]


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "a truth value", type(None): "nothing"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
