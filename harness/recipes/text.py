"""Recipes as JSON text, and the edits that lie between two of them.

Octets are base64url without padding, as in the protocol. A recipe has no other texts, so that every JSON
string in one is octets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from harness.implementations.protocol import decode_octets, encode_octets

Recipe = TypeVar("Recipe", bound=msgspec.Struct)


def to_json(recipe: msgspec.Struct) -> Any:
    """The recipe as JSON values (dict, list, int, base64url text)."""
    return _texts(msgspec.to_builtins(recipe, builtin_types=(bytes,)))


def from_json(value: Any, kind: type[Recipe]) -> Recipe:
    """The recipe that `to_json` wrote; msgspec.ValidationError or ValueError where it is none."""
    return msgspec.convert(_octets(value), kind, builtin_types=(bytes,))


def _texts(value: Any) -> Any:
    if isinstance(value, bytes):
        return encode_octets(value)
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return value


def _octets(value: Any) -> Any:
    if isinstance(value, str):
        return decode_octets(value)
    if isinstance(value, dict):
        return {name: _octets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_octets(item) for item in value]
    return value


_ABSENT = object()


def edits(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Each difference between two JSON values, as a line: `records[1].delimiter: 2 -> 1`.

    A list that was added, dropped or changed in length counts as one difference, and so does an object.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            path = f"{place}.{name}" if place else name
            yield from edits(before.get(name, _ABSENT), after.get(name, _ABSENT), path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from edits(old, new, f"{place}[{position}]")
    else:
        yield f"{place}: {_brief(before)} -> {_brief(after)}"


def _brief(value: Any) -> str:
    if value is _ABSENT:
        return "(unset)"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 72 else f"{text[:60]}… ({len(text)} characters)"
