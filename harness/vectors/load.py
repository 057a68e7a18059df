"""Vectors as the runner uses them: found, read, selected."""

from __future__ import annotations

import difflib
import fnmatch
import functools
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.implementations.connection import Request
from harness.implementations.protocol import encode_octets
from harness.recipes import aes128gcm
from harness.recipes.text import from_json
from harness.vectors.model import SCHEMA_VERSION, Note, Test, VectorFile


class BadVectors(ValueError):
    """A vector file, or a selection of vectors, that cannot be used: which, and why."""


#: What reading a part of a file that was left raw can raise.
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError, msgspec.DecodeError)


class Vector:
    """One case, ready to be asked: its id, method, request, and the test it came from."""

    __slots__ = ("__dict__", "id", "method", "notes", "path", "test")  # __dict__ for what is computed once

    def __init__(self, method: str, test: Test, path: Path, notes: dict[str, Note]) -> None:
        self.id = test.id
        self.method = method
        self.test = test
        self.path = path
        self.notes = notes

    @functools.cached_property
    def request(self) -> Request:
        """What is asked; BadVectors where the parameters are none. A message that the file leaves out is sealed now."""
        request = Request(self.method, encoded=bytes(self.test.params))
        try:
            request.values()
        except _UNREADABLE as error:
            raise BadVectors(f"{self.path}: the params of {self.id} cannot be read: {error}") from None
        if not self.test.message_length:
            return request
        message = encode_octets(self.sealed_message()).encode()
        params = bytes(self.test.params)
        opening = params[:-1] + (b"," if len(params) > 2 else b"")
        return Request(self.method, encoded=opening + b'"message":"' + message + b'"}')

    def seal(self) -> bytes:
        """The octets of its recipe; BadVectors where it has none that can be sealed."""
        try:
            return aes128gcm.seal(self.recipe)
        except (ValueError, OverflowError, MemoryError) as error:
            raise BadVectors(f"{self.path}: the recipe of {self.id} cannot be sealed: {error}") from None

    def sealed_message(self) -> bytes:
        """The message of a recipe that the file stores without its octets; BadVectors if it comes out otherwise."""
        octets = self.seal()
        if len(octets) != self.test.message_length or hashlib.sha256(octets).hexdigest() != self.test.message_sha256:
            raise BadVectors(f"{self.path}: the recipe of {self.id} does not seal into the message that is described")
        return octets

    @property
    def recipe(self) -> aes128gcm.Message:
        """The message as a value; BadVectors where the case has none (an encoder's) or none that can be read."""
        if not bytes(self.test.recipe):
            raise BadVectors(f"{self.path}: {self.id} has no recipe")
        try:
            return from_json(msgspec.json.decode(self.test.recipe), aes128gcm.Message)
        except _UNREADABLE as error:
            raise BadVectors(f"{self.path}: the recipe of {self.id} cannot be read: {error}") from None

    def check(self) -> None:
        """BadVectors where the case cannot be asked; a message that is stored as its recipe is not sealed for it."""
        if self.test.message_length:
            _ = self.params, self.recipe
        else:
            _ = self.request

    @functools.cached_property
    def params(self) -> frozenset[str]:
        """The names of the parameters that are sent."""
        try:
            names = frozenset(msgspec.json.decode(self.test.params, type=dict[str, Any]))
        except _UNREADABLE as error:
            raise BadVectors(f"{self.path}: the params of {self.id} cannot be read: {error}") from None
        return names | {"message"} if self.test.message_length else names

    @property
    def suite(self) -> str:
        """The first part of the id."""
        return self.id.split("/", 1)[0]

    @property
    def area(self) -> str:
        """The id without its last part: the rule's neighbourhood, and the file."""
        return self.id.rsplit("/", 1)[0]


def shipped_folder() -> Path:
    """Where the vectors are: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent.parent
    installed = package / "_data" / "vectors"
    return installed if installed.is_dir() else package.parent / "vectors"


def read_file(path: Path) -> VectorFile:
    """One vector file; BadVectors says what is wrong with it."""
    try:
        file = _DECODER.decode(path.read_bytes())
    except OSError as error:
        raise BadVectors(f"{path}: cannot be read ({error.strerror})") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadVectors(f"{path}: not a vector file: {error}") from None
    if not file.schema.endswith(f"_v{SCHEMA_VERSION}.json"):
        raise BadVectors(f"{path}: schema {file.schema!r}; this version reads schemas of version {SCHEMA_VERSION}")
    return file


_DECODER = msgspec.json.Decoder(VectorFile)


def load(folder: Path | None = None) -> list[Vector]:
    """All vectors below a folder (the shipped ones by default), in the order of file names; BadVectors where two
    have the same id."""
    root = folder or shipped_folder()
    paths = [path for path in sorted(root.glob("*/*.json")) if path.parent.name != "schemas"]
    if not paths:
        raise BadVectors(f"{root}: no vector files (SUITE/AREA.json) here")
    found: dict[str, Vector] = {}
    for path in paths:
        for vector in vectors_of(path):
            other = found.setdefault(vector.id, vector)
            if other is not vector:
                raise BadVectors(f"{path}: the id {vector.id} stands in {other.path} already")
    return list(found.values())


def vectors_of(path: Path) -> Iterator[Vector]:
    """The vectors of one file."""
    file = read_file(path)
    for group in file.test_groups:
        for test in group.tests:
            yield Vector(group.method, test, path, file.notes)


def digest(vectors: Iterable[Vector]) -> str:
    """A short digest of the selected cases, so that two results can be told to be of the same ones."""
    state = hashlib.sha256()
    for vector in sorted(vectors, key=lambda vector: vector.id):
        state.update(msgspec.json.encode(vector.test))
    return state.hexdigest()[:16]


def select(vectors: Sequence[Vector], suites: Sequence[str] = (), patterns: Sequence[str] = ()) -> list[Vector]:
    """Those of the named suites whose id matches one of the patterns.

    A pattern is an id (and then selects that case alone), a part of one, or a glob over one or over its end
    (`delimiter/first-*`). BadVectors for a suite or a pattern that matches nothing: a selection that silently
    selects nothing would look like a success.
    """
    known = sorted({vector.suite for vector in vectors})
    for suite in suites:
        if suite not in known:
            raise BadVectors(f"no suite {suite!r}; there is {', '.join(known)}")
    chosen = [vector for vector in vectors if not suites or vector.suite in suites]
    if not patterns:
        return chosen
    ids = {vector.id for vector in chosen}
    kept: set[str] = set()
    for pattern in patterns:
        matched = {pattern} if pattern in ids else {each for each in ids if _matches(each, pattern)}
        if not matched:
            raise BadVectors(f"-k {pattern}: no case matches{_suggestion(pattern, chosen)}")
        kept |= matched
    return [vector for vector in chosen if vector.id in kept]


def _matches(identifier: str, pattern: str) -> bool:
    globs = (pattern, f"*/{pattern}")  # a glob may begin at any part of the path
    return pattern in identifier or any(fnmatch.fnmatchcase(identifier, glob) for glob in globs)


def _suggestion(pattern: str, vectors: Sequence[Vector]) -> str:
    names = {vector.id for vector in vectors} | {vector.area for vector in vectors}
    close = difflib.get_close_matches(pattern, names, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else "; `sealproof vectors list` shows them all"
