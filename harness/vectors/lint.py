"""What has to be true of vectors before anyone is judged by them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import jsonschema
import msgspec

from harness.implementations.protocol import METHODS, STAGES, encode_octets
from harness.recipes import aes128gcm
from harness.recipes.text import edits
from harness.spec.catalogue import requirements
from harness.vectors.load import BadVectors, Vector, vectors_of
from harness.vectors.model import ACCEPTABLE, INVALID, VALID

SCHEMAS = "schemas"


def lint(folder: Path) -> Iterator[str]:
    """Each thing that is wrong with the vectors of a folder, as a sentence that begins with where it is."""
    paths = sorted(folder.glob("*/*.json"))
    paths = [path for path in paths if path.parent.name != SCHEMAS]
    vectors: list[Vector] = []
    all_read = True
    for path in paths:
        problems = list(_file(path, folder / SCHEMAS))
        yield from problems
        try:
            vectors.extend(vectors_of(path))
        except BadVectors as error:
            all_read = False
            if not problems:
                yield str(error)
    yield from lint_vectors(vectors)
    yield from _quorum(vectors, folder / "quorum.json", all_read)


def lint_vectors(vectors: Sequence[Vector]) -> Iterator[str]:
    """What is wrong with vectors as such: ids, requirements, near misses, contradictions, seals."""
    for identifier, count in Counter(vector.id for vector in vectors).items():
        if count > 1:
            yield f"{identifier}: {count} cases have this id"
    readable: dict[str, Vector] = {}
    for vector in vectors:
        try:
            vector.check()
        except BadVectors as error:
            yield str(error)
        else:
            readable[vector.id] = vector
    for vector in readable.values():
        for problem in (*_fields(vector), *_near_miss(vector, readable), *_message(vector)):
            yield f"{vector.id}: {problem}"
    yield from _contradictions(list(readable.values()))


def uncovered(vectors: Iterable[Vector]) -> list[str]:
    """Requirements that could be tested and that no vector names."""
    named = {rule for vector in vectors for rule in vector.test.requirements}
    return [each.id for each in requirements().values() if not each.untestable and each.id not in named]


def _file(path: Path, schemas: Path) -> Iterator[str]:
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as unreadable:
        yield f"{path}: not JSON: {unreadable}"
        return
    name = raw.get("schema") if isinstance(raw, dict) else None
    schema = schemas / str(name)
    if not isinstance(name, str) or "/" in name or not schema.is_file():
        yield f"{path}: names no schema of {schemas}: {name!r}"
        return
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_bytes()))
    problems = list(validator.iter_errors(raw))
    for error in problems[:5]:
        yield f"{path}: {error.json_path}: {error.message[:300]}"
    if problems:
        return
    count = sum(len(group["tests"]) for group in raw["testGroups"])
    if count != raw["numberOfTests"]:
        yield f"{path}: numberOfTests is {raw['numberOfTests']}, and there are {count}"


def _fields(vector: Vector) -> Iterator[str]:
    test = vector.test
    yield from _parameters(vector)
    refuses = test.result == INVALID
    for wrong, problem in (
        (
            bool(test.leniency) != (test.result == ACCEPTABLE),
            "a leniency goes with the result acceptable, and with no other",
        ),
        (bool(test.near_miss) != refuses, "a must-refuse case names its near miss, and no other case has one"),
        (bool(test.stages) != refuses, "a must-refuse case says at which stage, and no other case does"),
        (not test.requirements, "names no requirement"),
        (not test.comment.strip(), "has no comment"),
        (_place(vector) != vector.area, f"stands in {vector.path.name}, which is not the file of its id"),
    ):
        if wrong:
            yield problem
    for what, names, known in (
        ("stage", test.stages, STAGES),
        ("requirement", test.requirements, requirements()),
        ("flag", test.flags, vector.notes),
    ):
        for name in names:
            if name not in known:
                yield f"{what} {name!r} is not known"


def _parameters(vector: Vector) -> Iterator[str]:
    if vector.method not in METHODS:
        yield f"{vector.method} is not a method of the protocol"
        return
    method = METHODS[vector.method]
    if stray := vector.params - {*method.required, *method.optional}:
        yield f"parameters that the protocol does not have: {', '.join(sorted(stray))}"
    if missing := set(method.required) - vector.params:
        yield f"parameters missing: {', '.join(sorted(missing))}"


def _place(vector: Vector) -> str:
    return f"{vector.path.parent.name}/{vector.path.stem}"


def _near_miss(vector: Vector, by_id: Mapping[str, Vector]) -> Iterator[str]:
    """A must-refuse case and the must-accept case it names differ by exactly the edit that is written down."""
    near = vector.test.near_miss
    if near is None:
        return
    base = by_id.get(near.of)
    if base is None or base.test.result != VALID:
        yield f"its near miss {near.of!r} is not a must-accept case"
        return
    if base.method != vector.method:
        yield f"its near miss {near.of!r} is a case of another method"
        return
    found = list(edits(tree(base), tree(vector)))
    if len(found) != 1:
        yield f"differs from {near.of} by {len(found)} edits: {'; '.join(found)[:300]}"
    elif found[0] != near.edit:
        yield f"differs from {near.of} by {found[0]!r}, not by {near.edit!r}"


def tree(vector: Vector) -> Any:
    """What two cases are compared by: the recipe of the message and the other parameters."""
    params = dict(msgspec.json.decode(vector.test.params))
    if bytes(vector.test.recipe):
        params["message"] = msgspec.json.decode(vector.test.recipe)
    return params


def _message(vector: Vector) -> Iterator[str]:
    """A decoder's message is what its recipe seals into, and its content what is expected."""
    test = vector.test
    if not bytes(test.recipe):
        if vector.method.endswith(".decrypt"):
            yield "has no recipe"
        return
    try:
        sealed = vector.sealed_message() if test.message_length else vector.seal()
    except BadVectors as error:
        yield str(error)
        return
    values = vector.request.values()
    if values.get("message") != sealed:
        yield "its message is not what its recipe seals into"
    if test.result == INVALID:
        if test.releasable != encode_octets(aes128gcm.authentic_prefix(vector.recipe, values["ikm"])):
            yield "its releasable is not the content of the records that authenticate"
    elif not test.message_length and test.expected.get("plaintext") != encode_octets(vector.recipe.content):
        yield "its expected plaintext is not the content of its recipe"


def _contradictions(vectors: Sequence[Vector]) -> Iterator[str]:
    """No two cases ask the same and expect something else."""
    seen: dict[tuple[str, bytes], Vector] = {}
    for vector in vectors:
        if vector.test.message_length:
            asked = f"{vector.test.message_sha256} {bytes(vector.test.params)!r}".encode()
        else:
            asked = msgspec.json.encode(msgspec.json.decode(vector.test.params), order="sorted")
        other = seen.setdefault((vector.method, asked), vector)
        if other is vector:
            continue
        if (other.test.result, other.test.expected) != (vector.test.result, vector.test.expected):
            yield f"{vector.id}: asks the same as {other.id} and expects something else"
        elif (other.test.repeat, other.test.restart) == (vector.test.repeat, vector.test.restart):
            yield f"{vector.id}: asks the same as {other.id}; one of the two is enough"


_Number = Annotated[int, msgspec.Meta(ge=0)]


class Quorum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who agrees with each case besides the reference.

    `implementations` maps numbers to names with versions; `agree` maps case ids to those numbers; `reasons` maps
    case ids (where no one else agrees) to why the case stands all the same.
    """

    implementations: tuple[str, ...]
    agree: dict[str, tuple[_Number, ...]]
    reasons: dict[str, str]


def _quorum(vectors: Sequence[Vector], path: Path, all_read: bool) -> Iterator[str]:
    """Every case has someone who agrees with it, or a reason; where `all_read`, there are no entries but theirs."""
    try:
        quorum = msgspec.json.decode(path.read_bytes(), type=Quorum)
    except OSError:
        yield f"{path}: missing; `sealproof vectors quorum RESULTS` writes it"
        return
    except msgspec.DecodeError as error:
        yield f"{path}: {error}"
        return
    ids = {vector.id for vector in vectors}
    for identifier in sorted(ids):
        if not quorum.agree.get(identifier) and not quorum.reasons.get(identifier, "").strip():
            yield f"{identifier}: no implementation besides the reference agrees, and {path.name} gives no reason"
        if any(number >= len(quorum.implementations) for number in quorum.agree.get(identifier, ())):
            yield f"{identifier}: {path.name} names an implementation that it does not list"
    if all_read:
        for identifier in sorted((quorum.agree.keys() | quorum.reasons.keys()) - ids):
            yield f"{path.name}: {identifier} is not a case"
