"""Lint finds each thing that it promises to find, and finds nothing in what is shipped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small import DECRYPT, ENCRYPT, Files, cases_of, files, write

from harness.vectors.lint import Quorum, lint, uncovered
from harness.vectors.load import load, shipped_folder
from harness.vectors.quorum import quorum, to_octets

GOOD, BAD = (test["id"] for test in cases_of(files()[DECRYPT]))
ENCODER_GOOD, ENCODER_BAD = (test["id"] for test in cases_of(files()[ENCRYPT]))


def test_the_small_folder_is_clean(tmp_path: Path) -> None:
    assert list(lint(write(tmp_path))) == []


def of(place: int, **fields: Any) -> Callable[[Files], None]:
    """A change of fields of the good (0) or bad (1) decoder's case; None leaves one out."""

    def change(made: Files) -> None:
        test = cases_of(made[DECRYPT])[place]
        for name, value in fields.items():
            if value is None:
                del test[name]
            else:
                test[name] = value

    return change


def deeper(place: int, field: str, **fields: Any) -> Callable[[Files], None]:
    """A change inside a field that is an object."""

    def change(made: Files) -> None:
        cases_of(made[DECRYPT])[place][field].update(fields)

    return change


def head(**fields: Any) -> Callable[[Files], None]:
    """A change of the file's head."""
    return lambda made: made[DECRYPT].update(fields)


def in_quorum(**fields: Any) -> Callable[[Files], None]:
    return lambda made: made["quorum"].update(fields)


def twice(changed: dict[str, Any]) -> Callable[[Files], None]:
    """The good case once more, with fields changed."""

    def change(made: Files) -> None:
        cases = cases_of(made[DECRYPT])
        cases.append({**cases[0], **changed})
        made[DECRYPT]["numberOfTests"] += 1
        if "id" in changed:
            made["quorum"]["agree"][changed["id"]] = [0]

    return change


def both(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    def change(made: Files) -> None:
        for each in changes:
            each(made)

    return change


AGREE = files()["quorum"]["agree"]
#: What is broken, and the one complaint (as a pattern) that has to follow.
BROKEN: dict[str, tuple[Callable[[Files], Any], str]] = {
    # The schema
    "a result that is none": (of(0, result="vaild"), r"delimiter\.json: \$\.testGroups\[0\]\.tests\[0\]\.result: "),
    "an unknown key": (of(0, nots="x"), r"delimiter\.json: .*'nots' was unexpected"),
    "no comment": (of(0, comment=None), r"delimiter\.json: .*'comment' is a required property"),
    "a comment that is empty": (of(0, comment=""), r"delimiter\.json: .*comment: '' should be non-empty"),
    "no requirement": (of(0, requirements=[]), r"delimiter\.json: .*requirements: \[\] should be non-empty"),
    "padding in base64url": (deeper(0, "params", ikm="AA=="), r"delimiter\.json: .*ikm: 'AA==' does not match"),
    "no recipe": (of(0, recipe=None), r"delimiter\.json: .*'recipe' is a required property"),
    "another schema": (
        head(schema="aes128gcm_v9.json"),
        r"delimiter\.json: names no schema of .*: 'aes128gcm_v9.json'",
    ),
    "a schema elsewhere": (head(schema="../x.json"), r"delimiter\.json: names no schema of "),
    "a miscount": (head(numberOfTests=3), r"delimiter\.json: numberOfTests is 3, and there are 2"),
    # Fields
    "a comment of spaces": (of(0, comment="  "), rf"{GOOD}: has no comment"),
    "an unknown rule": (of(0, requirements=["rfc8188/9"]), rf"{GOOD}: requirement 'rfc8188/9' is not known"),
    "an unknown stage": (of(1, stages=["lunch"]), rf"{BAD}: stage 'lunch' is not known"),
    "an unknown flag": (of(0, flags=["New"]), rf"{GOOD}: flag 'New' is not known"),
    "a must-accept case with a stage": (of(0, stages=["header"]), rf"{GOOD}: a must-refuse case says at which stage"),
    "a must-refuse case without one": (of(1, stages=[]), rf"{BAD}: a must-refuse case says at which stage"),
    "a leniency of a must-accept case": (of(0, leniency="why"), rf"{GOOD}: a leniency goes with the result acceptable"),
    "a case in another file": (
        both(
            of(1, id="aes128gcm/padding/x"),
            in_quorum(agree={**AGREE, "aes128gcm/padding/x": [0]}),
            lambda made: made["quorum"]["agree"].pop(BAD),
        ),
        r"aes128gcm/padding/x: stands in delimiter\.json",
    ),
    "a method that is none": (
        lambda made: made[DECRYPT]["testGroups"][0].update(method="aes128gcm.open"),
        r"delimiter\.json: .*method: 'aes128gcm.decrypt' was expected",
    ),
    "a parameter that is missing": (
        lambda made: cases_of(made[DECRYPT])[1]["params"].pop("message"),
        rf"{BAD}: parameters missing: message",
    ),
    # Ids
    "an id twice": (twice({}), rf"{GOOD}: 2 cases have this id"),
    "the same case twice": (
        twice({"id": "aes128gcm/delimiter/x"}),
        r"aes128gcm/delimiter/x: asks the same as .*enough",
    ),
    "a contradiction": (
        twice({"id": "aes128gcm/delimiter/x", "expected": {"plaintext": "", "keyid": "AA"}}),
        r"aes128gcm/delimiter/x: asks the same as .* and expects something else",
    ),
    # The near miss
    "no near miss": (of(1, nearMiss=None), rf"{BAD}: a must-refuse case names its near miss"),
    "a near miss that is none": (
        deeper(1, "nearMiss", of="aes128gcm/delimiter/none"),
        rf"{BAD}: its near miss 'aes128gcm/delimiter/none' is not a must-accept case",
    ),
    "a near miss that must be refused": (
        deeper(1, "nearMiss", of=BAD),
        rf"{BAD}: its near miss '{BAD}' is not a must-accept case",
    ),
    "a near miss of another method": (
        deeper(1, "nearMiss", of=ENCODER_GOOD),
        rf"{BAD}: its near miss '{ENCODER_GOOD}' is a case of another method",
    ),
    "another edit": (
        deeper(1, "nearMiss", edit="rs: 1 -> 2"),
        rf"{BAD}: differs from {GOOD} by .*, not by 'rs: 1 -> 2'",
    ),
    "a second edit": (
        lambda made: cases_of(made[DECRYPT])[1]["params"].update(chunk_size=1),
        rf"{BAD}: differs from {GOOD} by 2 edits",
    ),
    "an encoder's other edit": (
        lambda made: cases_of(made[ENCRYPT])[1]["nearMiss"].update(edit="rs: 1 -> 2"),
        rf"{ENCODER_BAD}: differs from {ENCODER_GOOD} by .*, not by",
    ),
    # The message
    "another message than the recipe's": (deeper(0, "params", message="AAAA"), rf"{GOOD}: its message is not what"),
    "another content than the recipe's": (
        deeper(0, "expected", plaintext="AAAA"),
        rf"{GOOD}: its expected plaintext is not",
    ),
    "more released than authenticates": (of(1, releasable="AAAA"), rf"{BAD}: its releasable is not"),
    "a recipe that is none": (of(0, recipe={"rs": 5}), rf"delimiter\.json: the recipe of {GOOD} cannot be "),
    "a recipe that cannot be sealed": (deeper(0, "recipe", flips=[{"at": 9999}]), r"there is no octet 9999 to flip"),
    "a stored message's other length": (
        of(0, messageLength=5, messageSha256="0" * 64),
        r"does not seal into the message",
    ),
    # The quorum
    "nobody agrees": (in_quorum(agree={**AGREE, GOOD: []}), rf"{GOOD}: no implementation besides the reference agrees"),
    "a reason that is empty": (
        in_quorum(agree={**AGREE, GOOD: []}, reasons={GOOD: " "}),
        rf"{GOOD}: no implementation besides the reference agrees",
    ),
    "a quorum of cases that are gone": (in_quorum(agree={**AGREE, "a/b/c": [0]}), r"quorum\.json: a/b/c is not a case"),
    "a reason for what is gone": (in_quorum(reasons={"a/b/c": "why"}), r"quorum\.json: a/b/c is not a case"),
    "a number that names nobody": (
        in_quorum(agree={**AGREE, GOOD: [1]}),
        rf"{GOOD}: quorum\.json names an implementation",
    ),
    "a number below zero": (in_quorum(agree={**AGREE, GOOD: [-1]}), r"quorum\.json: .*>= 0"),
    "a quorum of another shape": (in_quorum(more=1), r"quorum\.json: .*more"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_thing_is_the_one_complaint(tmp_path: Path, name: str) -> None:
    change, complaint = BROKEN[name]
    found = list(lint(write(tmp_path, change)))
    unrelated = [line for line in found if not re.search(complaint, line)]
    assert [line for line in found if re.search(complaint, line)], found
    assert [line for line in unrelated if not FOLLOWS.search(line)] == []


#: What follows by itself: a case that is not as it was is no near miss, or has none, or does not fit its message;
#: and what the schema says of a file, lint may say of the case once more.
FOLLOWS = re.compile(
    r"its near miss .* is not a must-accept case|differs from .* by|its message is not what its recipe seals"
    r"|its releasable is not|its expected plaintext is not|the params of|parameters missing"
    r"|has no comment|names no requirement|has no recipe|is not a method of the protocol"
)


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "names no schema"),
        (b'"text"', "names no schema"),
        (b"{}", "names no schema"),
    ],
)
def test_a_file_that_is_none_is_a_complaint_and_the_rest_is_still_looked_at(
    tmp_path: Path, octets: bytes, told: str
) -> None:
    folder = write(tmp_path, of(0, flags=["New"]))
    (folder / "aes128gcm" / f"{ENCRYPT}.json").write_bytes(octets)
    found = list(lint(folder))
    assert len(found) == 2
    assert any(f"{ENCRYPT}.json: {told}" in line for line in found)
    assert any("flag 'New' is not known" in line for line in found)


def test_a_missing_quorum_is_a_complaint(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "quorum.json").unlink()
    (line,) = lint(folder)
    assert "quorum.json: missing" in line


@pytest.fixture(scope="module")
def shipped() -> list[str]:
    return list(lint(shipped_folder()))


def test_what_is_shipped_is_clean(shipped: list[str]) -> None:
    assert [line for line in shipped if "quorum.json" not in line] == []


def test_someone_agrees_with_every_shipped_case_or_there_is_a_reason(shipped: list[str]) -> None:
    assert [line for line in shipped if "quorum.json" in line] == []


def test_every_requirement_that_can_be_tested_has_a_case() -> None:
    vectors = load()
    assert uncovered(vectors) == []
    assert "rfc8188/2/padding" in uncovered([])


def test_a_quorum_is_made_of_who_agrees_and_keeps_reasons() -> None:
    made = quorum(
        [("b", "x"), ("a", "x"), ("a", "y")], {"a": "1", "b": ""}, {"z": "why [1, 2]", "x": "old"}, ["x", "y", "z"]
    )
    assert made == Quorum(("a 1", "b"), {"x": (0, 1), "y": (0,)}, {"z": "why [1, 2]"})
    octets = to_octets(made)
    assert json.loads(octets) == {
        "implementations": ["a 1", "b"],
        "agree": {"x": [0, 1], "y": [0]},
        "reasons": {"z": "why [1, 2]"},
    }
    assert b'  "x": [0,1],\n' in octets
    assert json.loads(to_octets(Quorum((), {}, {}))) == {"implementations": [], "agree": {}, "reasons": {}}
