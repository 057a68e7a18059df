"""The badge's JSON."""

from __future__ import annotations

import json

import msgspec
import pytest
import synthetic

from harness.conformance.results import Kind, Result, Run, Verdict
from harness.report.badge import render


def badge(*results: Result, finished: bool = True) -> dict[str, object]:
    run: Run = synthetic.made_of(synthetic.IMPLEMENTATIONS[:1], results, finished=finished)
    read: dict[str, object] = json.loads(render(run, {}, {}))
    return read


PASSED = Result("reference", "a/x/1", Verdict.PASSED, "accepted")
FAILED = Result("reference", "a/x/2", Verdict.FAILED, "accepted", kind=Kind.FALSE_ACCEPT)


@pytest.mark.parametrize(
    ("results", "message", "colour"),
    [
        ((), "nothing run", "lightgrey"),
        ((PASSED,), "1 passed", "brightgreen"),
        ((PASSED, FAILED), "1 of 2 failed", "red"),
        ((PASSED, msgspec.structs.replace(FAILED, kind=Kind.FALSE_REJECT)), "1 of 2 failed", "orange"),
        ((PASSED, msgspec.structs.replace(FAILED, verdict=Verdict.XFAILED)), "1 passed, 1 known", "brightgreen"),
    ],
)
def test_the_message_and_its_colour(results: tuple[Result, ...], message: str, colour: str) -> None:
    assert badge(*results) == {
        "schemaVersion": 1,
        "label": "sealproof reference",
        "message": message,
        "color": colour,
    }


def test_a_partial_run_is_never_green() -> None:
    assert badge(PASSED, finished=False)["message"] == "1 passed (partial)"
    assert badge(PASSED, finished=False)["color"] == "yellow"


def test_hostile_texts_stay_json() -> None:
    json.loads(render(*synthetic.hostile()).encode("utf-8"))
