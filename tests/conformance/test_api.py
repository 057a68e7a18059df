"""`from harness import check`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from made import Decoder, Honest

import harness
from harness import check
from harness.conformance.results import Verdict
from harness.implementations.reference import Reference
from harness.implementations.registry import UnknownImplementation
from harness.vectors.load import BadVectors

SOME = ["examples", "delimiter/last-bare*"]


class TakesAnyDelimiter(Reference):
    def aes128gcm_decrypt(self, **asked):
        try:
            return super().aes128gcm_decrypt(**asked)
        except ValueError as error:
            if error.stage == "delimiter":
                return b""
            raise


@pytest.mark.parametrize(
    "implementation", [Reference(), Reference, "reference", Honest], ids=["object", "class", "name", "own"]
)
def test_an_object_a_class_and_a_name(implementation: object) -> None:
    report = check(implementation, patterns=SOME)
    assert report.ok
    assert report.failures == ()
    assert set(report.counts) == {"passed"}
    assert str(report) == f"{report.implementation.name}: {report.counts['passed']} passed"


def test_package_module_and_object_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "of_mine.py").write_text("from harness.implementations.reference import Reference as Adapter\n")
    monkeypatch.chdir(tmp_path)
    report = check("of_mine:Adapter", patterns=SOME)
    assert report.ok
    assert "of_mine" not in sys.modules


def test_a_failing_object_is_told_case_by_case_worst_first() -> None:
    report = check(TakesAnyDelimiter, patterns=SOME)
    assert not report.ok
    assert report.counts["failed"] == len(report.failures)
    assert report.failures[0].kind == "false-accept"
    first, *lines = str(report).splitlines()
    assert first.startswith("TakesAnyDelimiter: ")
    assert len(lines) == len(report.failures)
    assert "  aes128gcm/delimiter/last-bare-is-1: it accepts what has to be refused" in lines[0]


def test_what_cannot_be_judged_comes_after_what_failed() -> None:
    def answer(ikm: bytes, message: bytes) -> object:
        return 5 if len(message) % 2 else message[::-1]

    failures = check(Decoder(answer), patterns=["records"]).failures
    verdicts = [result.verdict for result in failures]
    assert Verdict.ERROR in verdicts
    assert verdicts == sorted(verdicts, key=lambda verdict: verdict is Verdict.ERROR)


def test_what_cannot_be_asked_is_a_report_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for implementation, state, told in (
        (object(), "could-not-start", "object has no method `describe` (Give it a method"),
        (Decoder(lambda ikm, message: b"yes"), "not-testable", "says yes to everything"),
        ("no_such_module:Adapter", "could-not-start", "describe itself"),
    ):
        report = check(implementation, patterns=SOME)
        assert report.implementation.state == state
        assert not report.ok
        assert told in str(report)


def test_a_run_of_nothing_is_not_ok() -> None:
    report = check(Decoder(), patterns=["encoder-arguments"])
    assert set(report.counts) == {"skipped"}
    assert not report.ok


def test_slow_cases_are_left_out_unless_they_are_asked_for() -> None:
    slow = [result for result in check(Reference, patterns=["resources"]).results if result.verdict == "skipped"]
    assert slow
    assert {result.skip for result in slow} == {"it can take minutes: asked with --slow"}


def test_words_that_mean_nothing_are_errors() -> None:
    with pytest.raises(BadVectors, match="no case matches"):
        check(Reference, patterns=["nothing-of-the-kind"])
    with pytest.raises(BadVectors, match="no suite"):
        check(Reference, suites=["nothing"])
    with pytest.raises(UnknownImplementation, match="did you mean reference"):
        check("refrence")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        harness.nothing  # noqa: B018
