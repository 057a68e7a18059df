"""Memory, output and processes: what passes a limit is ended, and the outcome says which."""

from __future__ import annotations

import pytest
from asking import Open, decrypt

from harness.implementations.connection import Limits
from harness.implementations.outcome import Outcome, Status
from harness.implementations.process import ProcessConnection


def ask_three(connection: ProcessConnection) -> Outcome:
    got = dict(connection.exchange([decrypt(b"a"), decrypt(b""), decrypt(b"b")]))
    assert [got[0].status, got[2].status] == [Status.ACCEPTED, Status.ACCEPTED]
    return got[1]


def test_memory(start: Open) -> None:
    outcome = ask_three(start("allocates_without_end", limits=Limits(memory_mib=200)))
    assert outcome.status is Status.RESOURCE
    assert "more than the 200 MiB allowed" in outcome.detail


@pytest.mark.parametrize("name", ["floods_stdout", "sends_huge_line"])
def test_output(start: Open, name: str) -> None:
    outcome = ask_three(start(name, limits=Limits(answer_octets=1 << 20)))
    assert outcome.status is Status.RESOURCE
    assert outcome.detail == "output: an answer of more than 1,048,576 octets"


def test_a_large_answer_within_the_limit_is_an_answer(start: Open) -> None:
    outcome = ask_three(start("sends_huge_line"))
    assert outcome.status is Status.ACCEPTED
    assert len(outcome.octets("plaintext")) == 6 << 20


def test_an_answer_of_a_few_megabytes_cannot_fill_our_memory(start: Open) -> None:
    outcome = ask_three(start("sends_many_values"))
    assert outcome.status is Status.PROTOCOL_ERROR
    assert "far too many values" in outcome.detail


def test_processes(start: Open) -> None:
    assert start("forks_children", "3", limits=Limits(processes=10)).ask(decrypt(b"m")).status is Status.ACCEPTED
    outcome = ask_three(start("forks_at_marker", limits=Limits(processes=5)))
    assert outcome.status is Status.RESOURCE
    assert "more than the 5 allowed" in outcome.detail
