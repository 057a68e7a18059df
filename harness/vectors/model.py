"""A vector file as it stands on disk, in Wycheproof's shape.

`params` is what travels to the implementation, in the protocol's own encoding. Everything else is the answer
key, and never leaves the harness.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

SCHEMA_VERSION = 1

#: What the text asks of an implementation: to accept, to refuse, or either of the two.
VALID, INVALID, ACCEPTABLE = "valid", "invalid", "acceptable"


class NearMiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The must-accept vector that this one is one `edit` away from."""

    of: str
    edit: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """What a flag means: the kind of defect that its cases look for."""

    bug_type: str
    description: str
    links: tuple[str, ...] = ()


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel", kw_only=True):
    """One case.

    `recipe` is the message as a value. A message too large to store is left out of `params`; it is then sealed
    from the recipe, and `message_length` and `message_sha256` (hex) say what has to come out. `expected` holds
    result fields as the protocol spells them; `stages` where a refusal is expected (any of them); `releasable`
    the most that a streaming decoder may have handed out when it refuses; `repeat` how often the request is
    made, `restart` whether in a new process each time; `seconds` the least time limit that is fair.
    """

    tc_id: int
    id: str
    comment: str
    flags: tuple[str, ...]
    requirements: tuple[str, ...]
    params: msgspec.Raw
    result: Annotated[str, msgspec.Meta(pattern="^(valid|invalid|acceptable)$")]
    recipe: msgspec.Raw = msgspec.Raw(b"")
    message_length: Annotated[int, msgspec.Meta(ge=0)] = 0
    message_sha256: str = ""
    expected: dict[str, Any] = {}
    stages: tuple[str, ...] = ()
    leniency: str = ""
    near_miss: NearMiss | None = None
    releasable: str = ""
    repeat: Annotated[int, msgspec.Meta(ge=1)] = 1
    restart: bool = False
    seconds: Annotated[int, msgspec.Meta(ge=0)] = 0


class TestGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cases that ask the same `method` of the protocol; `type` is Wycheproof's word for it."""

    type: str
    method: str
    tests: tuple[Test, ...]


class VectorFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """One file: the cases of one area of one suite."""

    algorithm: str
    schema: str
    generator_version: str
    number_of_tests: int
    header: tuple[str, ...]
    notes: dict[str, Note]
    test_groups: tuple[TestGroup, ...]
    source: str = ""
