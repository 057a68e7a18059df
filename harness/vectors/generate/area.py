"""What the areas are written with: cases that accept, refuse or may do either, and their way into a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harness.implementations.protocol import encode_octets
from harness.recipes.aes128gcm import Message, authentic_prefix, seal
from harness.recipes.text import edits, to_json
from harness.vectors.generate.notes import NOTES
from harness.vectors.model import (
    ACCEPTABLE,
    INVALID,
    SCHEMA_VERSION,
    VALID,
    NearMiss,
    Test,
    TestGroup,
    VectorFile,
)

GENERATOR_VERSION = "1.0"
#: A message longer than this is stored as its recipe alone.
STORED_OCTETS = 8192
DECRYPT = "aes128gcm.decrypt"
ENCRYPT = "aes128gcm.encrypt"
_TYPES = {DECRYPT: "Aes128gcmDecrypt", ENCRYPT: "Aes128gcmEncrypt"}
_SCHEMAS = {DECRYPT: "aes128gcm_decrypt_schema", ENCRYPT: "aes128gcm_encrypt_schema"}


def octets(label: str, length: int) -> bytes:
    """Octets that look random and are always the same for a label."""
    return hashlib.shake_256(label.encode()).digest(length)


@dataclass(frozen=True)
class Case:
    """One vector before it is numbered: the protocol method, parameters (octets as bytes) and the answer key.

    `message` is the recipe whose seal is the `message` parameter (None for an encoder's case).
    """

    id: str
    comment: str
    method: str
    params: Mapping[str, Any]
    result: str
    requirements: tuple[str, ...]
    flags: tuple[str, ...]
    message: Message | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    leniency: str = ""
    of: Case | None = None
    repeat: int = 1
    restart: bool = False
    seconds: int = 0

    @property
    def recipe(self) -> Message:
        """The message of a decoder's case, for another one to be edited from."""
        assert self.message is not None, f"{self.id} is an encoder's case"
        return self.message

    def tree(self) -> Any:
        """What two cases are compared by: the recipe and the parameters, as JSON values."""
        params = {name: _json(value) for name, value in self.params.items()}
        return {"message": to_json(self.message), **params} if self.message else params


def _json(value: Any) -> Any:
    return encode_octets(value) if isinstance(value, bytes) else value


class Area:
    """The cases of one file. `flag` is the note that cases carry unless they name others."""

    def __init__(self, name: str, method: str, about: str, *, flag: str) -> None:
        self.name = name
        self.method = method
        self.about = about
        self.flag = flag
        self.cases: list[Case] = []

    # Decoder cases

    def accept(
        self, name: str, comment: str, message: Message, *rules: str, keyid: bytes | None = None, **more: Any
    ) -> Case:
        """The decoder must return the message's content."""
        shown = message.keyid if keyid is None else keyid
        expected = {"plaintext": message.content, "keyid": shown}
        return self._decoder(name, comment, message, VALID, rules, expected=expected, **more)

    def refuse(
        self,
        name: str,
        comment: str,
        of: Case,
        message: Message | None,
        *rules: str,
        stages: Sequence[str],
        **more: Any,
    ) -> Case:
        """The decoder must refuse; `of` is the must-accept case that this one is one edit away from."""
        recipe = message or of.recipe
        more.setdefault("ikm", of.params["ikm"])
        if "chunk_size" in of.params:
            more.setdefault("chunk_size", of.params["chunk_size"])
        return self._decoder(name, comment, recipe, INVALID, rules, of=of, stages=tuple(stages), **more)

    def either(self, name: str, comment: str, message: Message, *rules: str, leniency: str, **more: Any) -> Case:
        """The text allows both; one that accepts still has to return the content."""
        expected = {"plaintext": message.content, "keyid": message.keyid}
        return self._decoder(name, comment, message, ACCEPTABLE, rules, expected=expected, leniency=leniency, **more)

    def _decoder(
        self,
        name: str,
        comment: str,
        message: Message,
        result: str,
        rules: Sequence[str],
        *,
        ikm: bytes | None = None,
        chunk_size: int | None = None,
        flags: Sequence[str] = (),
        **more: Any,
    ) -> Case:
        params: dict[str, Any] = {"ikm": message.ikm if ikm is None else ikm}
        if chunk_size is not None:
            params["chunk_size"] = chunk_size
        return self._add(name, comment, params, result, rules, flags, message=message, **more)

    # Encoder cases

    def produce(self, name: str, comment: str, params: Mapping[str, Any], *rules: str, **more: Any) -> Case:
        """The encoder must produce a message that the reference opens, with all that was asked for."""
        return self._add(name, comment, params, VALID, rules, more.pop("flags", ()), **more)

    def decline(self, name: str, comment: str, of: Case, params: Mapping[str, Any], *rules: str, **more: Any) -> Case:
        """The encoder must refuse these arguments, which are one edit away from those of `of`."""
        return self._add(
            name, comment, params, INVALID, rules, more.pop("flags", ()), of=of, stages=("argument",), **more
        )

    def may_produce(
        self, name: str, comment: str, params: Mapping[str, Any], *rules: str, leniency: str, **more: Any
    ) -> Case:
        """The encoder may have a limit here; what it does produce has to be right."""
        return self._add(name, comment, params, ACCEPTABLE, rules, more.pop("flags", ()), leniency=leniency, **more)

    def _add(
        self,
        name: str,
        comment: str,
        params: Mapping[str, Any],
        result: str,
        rules: Sequence[str],
        flags: Sequence[str],
        **more: Any,
    ) -> Case:
        case = Case(
            id=f"{self.name}/{name}",
            comment=comment,
            method=self.method,
            params=params,
            result=result,
            requirements=tuple(f"rfc8188/{rule}" for rule in rules),
            flags=tuple(flags) or (self.flag,),
            **more,
        )
        self.cases.append(case)
        return case

    # To a file

    def file(self) -> VectorFile:
        """The area as the file that is committed."""
        tests = tuple(_test(number, case) for number, case in enumerate(self.cases, start=1))
        flags = dict.fromkeys(flag for case in self.cases for flag in case.flags)
        return VectorFile(
            algorithm="aes128gcm",
            schema=f"{_SCHEMAS[self.method]}_v{SCHEMA_VERSION}.json",
            generator_version=GENERATOR_VERSION,
            number_of_tests=len(tests),
            header=(self.about, "Octets are base64url without padding (RFC 4648 section 5)."),
            notes={flag: NOTES[flag] for flag in flags},
            test_groups=(TestGroup(_TYPES[self.method], self.method, tests),),
            source="RFC 8188",
        )


def _test(number: int, case: Case) -> Test:
    params = dict(case.params)
    expected = {name: _json(value) for name, value in case.expected.items()}
    more: dict[str, Any] = {}
    if case.message is not None:
        sealed = seal(case.message)
        more["recipe"] = msgspec.Raw(msgspec.json.encode(to_json(case.message)))
        if len(sealed) <= STORED_OCTETS:
            params["message"] = sealed
        else:
            more["message_length"] = len(sealed)
            more["message_sha256"] = hashlib.sha256(sealed).hexdigest()
            expected = {}  # the recipe tells
        if case.result == INVALID:
            more["releasable"] = encode_octets(authentic_prefix(case.message, params["ikm"]))
    return Test(
        tc_id=number,
        id=case.id,
        comment=case.comment,
        flags=case.flags,
        requirements=case.requirements,
        params=msgspec.Raw(msgspec.json.encode({name: _json(value) for name, value in params.items()})),
        result=case.result,
        expected=expected,
        stages=case.stages,
        leniency=case.leniency,
        near_miss=NearMiss(case.of.id, "; ".join(edits(case.of.tree(), case.tree()))) if case.of else None,
        repeat=case.repeat,
        restart=case.restart,
        seconds=case.seconds,
        **more,
    )
