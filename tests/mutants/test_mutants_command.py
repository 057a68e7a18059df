"""`sealproof mutants`."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from harness.cli import mutants
from harness.mutants import run as running
from harness.vectors import load


def status(*words: str) -> int:
    parser = argparse.ArgumentParser()
    mutants.add_arguments(parser)
    return mutants.run(parser.parse_args(words))


def test_each_mutant_has_a_line_with_its_rule_and_a_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert status("-k", "decoder/keyid-without-byte-order-mark") == 0
    shown = capsys.readouterr().out
    assert "decoder/keyid-without-byte-order-mark" in shown
    assert "2.1/keyid" in shown
    assert "aes128gcm/header/keyid-with-byte-order-mark" in shown
    assert "1 mutants, 1 killed, 0 survived" in shown


def test_only_survivors_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("-k", "decoder/keyid-trimmed", "--survivors") == 0
    assert "keyid-trimmed" not in capsys.readouterr().out


def test_a_survivor_is_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = [vector for vector in load.load() if vector.area == "aes128gcm/examples"]
    monkeypatch.setattr(load, "load", lambda: kept)
    monkeypatch.setenv("COLUMNS", "200")
    assert status("-k", "decoder/keyid-trimmed", "--survivors") == mutants.SURVIVED
    shown = capsys.readouterr().out
    assert "decoder/keyid-trimmed" in shown
    assert "none" in shown


def test_cases_that_no_mutant_needs_are_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert status("-k", "decoder/keyid-trimmed", "--survivors", "--unneeded") == 0
    shown = capsys.readouterr().out
    assert "aes128gcm/examples: 4 cases that no mutant needs: erratum-8620, erratum-8621" in shown
    assert "keyid-with-white-space," not in shown.split("aes128gcm/header:")[1].split("aes128gcm/")[0]


def test_an_unknown_pattern_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("-k", "no-such-mutant") == mutants.USAGE_ERROR
    assert "no-such-mutant" in capsys.readouterr().err


def test_dear_cases_are_asked_only_in_need() -> None:
    ordered = running.by_cost(load.load())
    costs = [running.cost(vector) > running.CHEAP for vector in ordered]
    assert costs == sorted(costs)
    assert 0 < sum(costs) < 60


def test_a_mutant_that_is_broken_everywhere_needs_no_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert status("-k", "decoder/cek-of-32", "--survivors", "--unneeded") == 0
    assert "aes128gcm/examples: 4 cases that no mutant needs" in capsys.readouterr().out
