"""Crashes, hangs and noise: the blame falls on the right request, the others get their own outcomes."""

from __future__ import annotations

import time

import pytest
from asking import Open, decrypt

from harness.implementations.connection import Limits
from harness.implementations.outcome import Outcome, Status
from harness.implementations.process import ProcessConnection

EMPTY = (0, 7, 40, 41, 119)


def mixed(count: int = 120) -> list:
    """Requests of which those in EMPTY carry the empty message that the miniatures misbehave on."""
    return [decrypt(b"" if number in EMPTY else b"m%d" % number) for number in range(count)]


def ask_mixed(connection: ProcessConnection) -> dict[int, Outcome]:
    outcomes = list(connection.exchange(mixed()))
    assert sorted(position for position, _ in outcomes) == list(range(120)), "one outcome each"
    got = dict(outcomes)
    for number, outcome in got.items():
        if number not in EMPTY:
            assert outcome.status is Status.ACCEPTED, (number, outcome)
            assert outcome.octets("plaintext") == b"m%d" % number
    return {number: got[number] for number in EMPTY}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("crashes_on_empty", Status.CRASHED, "signal 11 (SIGSEGV)"),
        ("takes_batches", Status.CRASHED, "status 6"),
        ("answers_unknown_id", Status.PROTOCOL_ERROR, "never asked (id 1000"),
        ("prints_noise", Status.PROTOCOL_ERROR, r"not JSON (JSON is malformed: invalid character (byte 0)): DEBUG: "),
        ("sends_invalid_utf8", Status.PROTOCOL_ERROR, "not JSON"),
        ("sends_deep_json", Status.PROTOCOL_ERROR, "nested too deep"),
    ],
)
def test_the_guilty_are_found(start: Open, name: str, status: Status, says: str, workers: int) -> None:
    connection = start(name, workers=workers)
    for outcome in ask_mixed(connection).values():
        assert outcome.status is status
        assert says in outcome.detail
        assert outcome.detail.isprintable()
    assert connection.remarks == [], "all that went wrong has been blamed on a request"


def test_a_hang_is_found_and_the_others_go_on(start: Open) -> None:
    connection = start("hangs_on_marker", limits=Limits(seconds=0.3))
    for outcome in ask_mixed(connection).values():
        assert (outcome.status, outcome.detail) == (Status.TIMED_OUT, "no answer for 0.3 s")
        assert outcome.ms >= 300
    assert connection.remarks == []


def test_octets_without_end_are_no_sign_of_life(start: Open) -> None:
    connection = start("dribbles", limits=Limits(seconds=0.3))
    assert connection.ask(decrypt(b"")).status is Status.TIMED_OUT


def test_a_request_may_have_more_time(start: Open) -> None:
    connection = start("accepts_everything", limits=Limits(seconds=0.0))
    assert connection.ask(decrypt(b"m", seconds=5)).status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("name", "says"), [("closes_stdout", "closed its standard output"), ("closes_stdin", "closed its standard input")]
)
def test_a_closed_stream_is_a_crash(start: Open, name: str, says: str) -> None:
    connection = start(name, limits=Limits(seconds=1.5))
    got = dict(connection.exchange([decrypt(b"a"), decrypt(b""), *(decrypt(b"x" * 300_000) for _ in range(8))]))
    assert got[1].status in (Status.CRASHED, Status.TIMED_OUT)
    assert says in got[1].detail or name == "closes_stdin"
    assert {got[n].status for n in got if n != 1} == {Status.ACCEPTED}


def test_one_that_stops_reading_times_out(start: Open) -> None:
    connection = start("stops_reading", limits=Limits(seconds=0.3))
    got = dict(connection.exchange([decrypt(b"x" * 900_000)] * 3))
    assert {outcome.status for outcome in got.values()} == {Status.TIMED_OUT}


def test_the_second_answer_is_blamed_on_its_request(start: Open) -> None:
    connection = start("answers_twice", "0")
    requests = [decrypt(b"twice" if number % 10 == 3 else b"once") for number in range(95)]
    for number, outcome in connection.exchange(requests):
        if number % 10 == 3:
            assert (outcome.status, outcome.detail) == (Status.PROTOCOL_ERROR, "it answered the request twice")
        else:
            assert outcome.status is Status.ACCEPTED


def test_a_second_answer_after_the_last_request_is_remarked(start: Open) -> None:
    connection = start("answers_twice", "0.1")
    assert connection.ask(decrypt(b"twice")).status is Status.ACCEPTED
    time.sleep(0.4)
    assert connection.ask(decrypt(b"once")).status is Status.ACCEPTED
    assert connection.remarks == [
        "it answered a request again that it had answered before, when no request was left to answer"
    ]


def test_a_crash_that_does_not_come_again_is_remarked(start: Open) -> None:
    connection = start("crashes_once_in_company")
    for number, outcome in connection.exchange(mixed(20)):
        assert outcome.status is Status.ACCEPTED, number
    (remark,) = connection.remarks
    assert remark.startswith("it exited with status 9, ")
    assert remark.endswith("requests under way; not when they were asked one by one")


def test_exits_between_answers_blame_nobody(start: Open) -> None:
    connection = start("exits_after_three")
    got = dict(connection.exchange([decrypt(b"%d" % number) for number in range(20)]))
    assert {outcome.status for outcome in got.values()} == {Status.ACCEPTED}
    for number in range(8):
        assert connection.ask(decrypt(b"%d" % number)).status is Status.ACCEPTED
    assert any("exited with status 0" in remark for remark in connection.remarks)


def test_one_that_crashes_always_comes_to_an_end(start: Open) -> None:
    connection = start("crashes_always")
    got = dict(connection.exchange([decrypt(b"m")] * 40))
    assert {(outcome.status, outcome.detail) for outcome in got.values()} == {
        (Status.CRASHED, "it exited with status 7")
    }


def test_one_that_cannot_be_started_again_is_given_up(start: Open, tmp_path) -> None:
    connection = start("starts_once", str(tmp_path / "lock"))
    got = dict(connection.exchange(mixed()))
    assert len(got) == 120
    lost = [outcome for outcome in got.values() if outcome.status is Status.CRASHED]
    assert len(lost) == 120
    assert "could not be started again: asked to describe itself, it exited with status 1" in lost[-1].detail
    assert lost[-1].stderr == "the database is locked"
    assert connection.ask(decrypt(b"later")).status is Status.CRASHED


@pytest.mark.parametrize("name", ["lies_about_batches", "drops_from_batches"])
def test_lies_about_batches_cost_the_batches_only(start: Open, name: str) -> None:
    connection = start(name, limits=Limits(seconds=0.5))
    got = dict(connection.exchange([decrypt(b"%d" % number) for number in range(300)]))
    assert [got[number].octets("plaintext") for number in range(300)] == [b"%d" % number for number in range(300)]
    assert "it is not sent batches any more" in connection.remarks


def test_last_words_are_kept_and_only_they(start: Open) -> None:
    connection = start("floods_stderr", limits=Limits(stderr_octets=1000))
    got = dict(connection.exchange([decrypt(b"a"), decrypt(b""), decrypt(b"b")]))
    assert [got[number].status for number in range(3)] == [Status.ACCEPTED, Status.CRASHED, Status.ACCEPTED]
    assert got[1].stderr.endswith("the very last words")
    assert len(got[1].stderr) <= 1000


def test_restart_gives_a_new_process(start: Open) -> None:
    connection = start("exits_after_three")
    for _ in range(4):
        for _ in range(2):
            assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED
        connection.restart()
    assert connection.remarks == []
