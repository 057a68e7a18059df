"""Results files: written, read back, cut, and broken."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.conformance.results import (
    SEVERITY,
    BadResults,
    Footer,
    Header,
    Implementation,
    Kind,
    Line,
    Result,
    Verdict,
    read_run,
    write_line,
)

HEADER = Header(format=1, sealproof="0", started="now", suites=("aes128gcm",), cases=3, vectors_digest="d")
FOOTER = Footer(finished="then", results=1, seconds=0.5, exit_status=0, counts={"passed": 1})
PASSED = Result("it", "aes128gcm/a/b", Verdict.PASSED, "accepted")

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
RESULTS = st.builds(
    Result,
    implementation=TEXT,
    case=TEXT,
    verdict=st.sampled_from(Verdict),
    outcome=TEXT,
    requirements=st.lists(TEXT, max_size=2).map(tuple),
    kind=st.none() | st.sampled_from(Kind),
    ms=st.floats(0, 1e6),
    explanation=TEXT,
    message=TEXT,
    remarks=st.lists(TEXT, max_size=2).map(tuple),
)


def octets_of(*lines: Line) -> bytes:
    stream = io.BytesIO()
    for line in lines:
        write_line(stream, line)
    return stream.getvalue()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results") / "r.jsonl"


def written(place: Path, octets: bytes) -> Path:
    place.write_bytes(octets)
    return place


@given(results=st.lists(RESULTS, max_size=4))
def test_what_was_written_is_read_back(place: Path, results: list[Result]) -> None:
    lines = (HEADER, Implementation("it", "ready"), *results, FOOTER)
    run = read_run(written(place, octets_of(*lines)))
    assert (run.header, *run.implementations, *run.results, run.footer) == lines
    assert not run.partial


@given(cut=st.integers(1, 10_000))
def test_a_file_cut_anywhere_is_partial_and_keeps_its_whole_lines(place: Path, cut: int) -> None:
    whole = octets_of(HEADER, PASSED, PASSED, FOOTER)
    head = len(octets_of(HEADER))
    octets = whole[: head + cut % (len(whole) - head - 1)]
    run = read_run(written(place, octets))
    assert run.partial
    assert run.results == (PASSED,) * octets.count(b'"accepted"}')


def test_an_interrupted_run_is_partial_though_it_has_a_footer(place: Path) -> None:
    footer = Footer(finished="then", results=0, seconds=0.0, exit_status=2, counts={}, interrupted=True)
    assert read_run(written(place, octets_of(HEADER, footer))).partial


def test_text_that_utf_8_cannot_express_does_not_lose_the_run(place: Path) -> None:
    result = Result("it", "a/b/c", Verdict.FAILED, "rejected", message="half \ud800 a pair", remarks=("\udfff",))
    read = read_run(written(place, octets_of(HEADER, result)))
    assert read.results[0].message == "half \\ud800 a pair"
    assert read.results[0].remarks == ("\\udfff",)


GOOD = octets_of(HEADER, PASSED)


@pytest.mark.parametrize(
    ("octets", "line", "told"),
    [
        (b"", 0, "empty"),
        (b"\n", 1, "not a results header"),
        (b"no results", 1, "not a results header"),
        (b"<html>\n", 1, "not a results header"),
        (b"\xff\xfe\0\0", 1, "not a results header"),
        (b"[" * 100_000, 1, "not a results header"),
        (octets_of(PASSED), 1, "not a results header"),
        (octets_of(HEADER).replace(b'"format":1', b'"format":2'), 1, "results format 2; this version reads format 1"),
        (b'{"type":"header","format":7,"nothing":"else"}\n', 1, "results format 7"),
        (b'{"type":"header","format":1}\n', 1, "missing required field"),
        (GOOD + b"{}\n" + GOOD, 3, "type"),
        (GOOD + b"\n" + GOOD, 3, ""),
        (GOOD + b'{"type":"result"}\n', 3, "implementation"),
        (GOOD + b'{"type":"rumour"}\n', 3, "rumour"),
        (GOOD + octets_of(PASSED).replace(b'"passed"', b'"great"'), 3, "great"),
        (GOOD + octets_of(PASSED).replace(b'"passed"', b"5"), 3, "str"),
        (GOOD + b'{"type":"result","case":"\xff\xfe"}\n', 3, ""),
        (GOOD + b'{"a":' * 100_000 + b"\n", 3, ""),
        (GOOD + b'{"type":"result","extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", 3, ""),
        (GOOD + GOOD, 3, "another begins"),
        (GOOD + octets_of(FOOTER, PASSED), 4, "another begins"),
        (GOOD + octets_of(FOOTER, FOOTER), 4, "another begins"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_no_results_file_is_said_with_its_line(place: Path, octets: bytes, line: int, told: str) -> None:
    with pytest.raises(BadResults) as raised:
        read_run(written(place, octets))
    sentence = str(raised.value)
    assert sentence.startswith(f"{place}, line {line}: " if line else f"{place}: ")
    assert told in sentence
    assert len(sentence) < 400 + len(str(place))
    assert "\n" not in sentence


@given(octets=st.binary(max_size=60))
def test_octets_behind_the_header_are_refused_with_their_line(place: Path, octets: bytes) -> None:
    with pytest.raises(BadResults, match=r"line [2-9]"):
        read_run(written(place, octets_of(HEADER) + octets + b"\n"))


def test_every_kind_has_a_severity_and_security_comes_first() -> None:
    assert set(SEVERITY) == set(Kind)
    ranks: list[Any] = [SEVERITY[kind] == "security" for kind in Kind]
    assert ranks == sorted(ranks, reverse=True)
