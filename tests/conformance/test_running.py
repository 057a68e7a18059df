"""Runs: several implementations at once, those that cannot be asked, and those that are stopped."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from made import Decoder, Refusal, decoder_case, encoder_case

from harness import check
from harness.conformance.known_failures import Known
from harness.conformance.results import COMPANY, Implementation, Kind, Result, Verdict
from harness.conformance.run import MOST_HANGS, MOST_HANGS_IN_ALL, Subject, ask, run_all, run_one
from harness.implementations.connection import CannotStart, Connection, Limits
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.outcome import Outcome, Status
from harness.implementations.process import ProcessConnection
from harness.implementations.reference import Reference
from harness.recipes.aes128gcm import Message, Record
from harness.reference import aes128gcm
from harness.vectors.load import Vector, load, select

SOME = select(load(), patterns=["examples", "delimiter/first-bare*", "encoder-randomness"])


def subject(name: str, target: Any = None, **fields: Any) -> Subject:
    return Subject(name, lambda: InProcessConnection(target if target is not None else Reference()), **fields)


def run(subjects: Sequence[Subject], vectors: Sequence[Vector] = SOME, **options: Any) -> list[Implementation | Result]:
    lines: list[Implementation | Result] = []
    run_all(subjects, vectors, lines.append, **options)
    return lines


def results(lines: Sequence[Implementation | Result], name: str) -> dict[str, Result]:
    return {line.case: line for line in lines if isinstance(line, Result) and line.implementation == name}


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_several_at_once_and_every_line_in_the_caller_s_thread(jobs: int) -> None:
    threads = set()
    ended: list[str] = []
    lines: list[Implementation | Result] = []

    def emit(line: Implementation | Result) -> None:
        threads.add(threading.current_thread())
        lines.append(line)

    names = [f"it-{number}" for number in range(5)]
    run_all([subject(name) for name in names], SOME, emit, ended=ended.append, jobs=jobs)
    assert threads == {threading.current_thread()}
    assert sorted(ended) == names
    for name in names:
        assert set(results(lines, name)) == {vector.id for vector in SOME}
        assert {result.verdict for result in results(lines, name).values()} == {Verdict.PASSED}
    assert [line.state for line in lines if isinstance(line, Implementation)] == ["ready"] * 5


def test_an_implementation_is_told_of_before_its_results() -> None:
    lines = list(run_one(subject("it"), SOME))
    assert isinstance(lines[0], Implementation)
    assert lines[0].description is not None
    assert lines[0].description.name == "Sealproof reference"
    assert all(isinstance(line, Result) for line in lines[1:])


def cannot_start() -> Connection:
    raise CannotStart("no such program", advice="install it", stderr="not found")


def test_what_cannot_be_asked_is_a_line_and_no_obstacle_to_others() -> None:
    unready = Subject("unready", None, unready=Implementation("unready", "not-ready", reason="no compiler"))
    liar = subject("liar", Decoder(lambda ikm, message: b"yes"))
    lines = run([Subject("absent", cannot_start), unready, liar, subject("good")], jobs=2)
    met = {line.name: line for line in lines if isinstance(line, Implementation)}
    assert {name: line.state for name, line in met.items()} == {
        "absent": "could-not-start",
        "unready": "not-ready",
        "liar": "not-testable",
        "good": "ready",
    }
    assert (met["absent"].reason, met["absent"].advice, met["absent"].stderr) == (
        "no such program",
        "install it",
        "not found",
    )
    assert {line.implementation for line in lines if isinstance(line, Result)} == {"good"}


def test_one_that_turns_dishonest_is_told_of_again_at_the_end() -> None:
    calls = itertools.count()

    def turns(ikm: bytes, message: bytes) -> Any:
        return Reference().aes128gcm_decrypt(ikm=ikm, message=message) if next(calls) < 7 else b"yes"

    first, *_, last = list(run_one(subject("it", Decoder(turns)), select(SOME, patterns=["examples"])))
    assert isinstance(first, Implementation)
    assert isinstance(last, Implementation)
    assert (first.state, last.state) == ("ready", "not-testable")
    assert last.reason.startswith("after the last case: ")


def test_a_fault_of_the_harness_in_one_run_lets_the_others_end_and_is_raised() -> None:
    def broken() -> Connection:
        raise ZeroDivisionError("a fault of ours")

    lines: list[Implementation | Result] = []
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        run_all([Subject("broken", broken), subject("good")], SOME, lines.append, jobs=1)
    assert len(results(lines, "good")) == len(SOME)


def test_known_failures_and_exemptions_are_each_subject_s_own() -> None:
    case = "aes128gcm/examples/section-3.1"
    assert case in {vector.id for vector in SOME}
    known = [Known(("*/examples/*",), "we know", implementation="first")]
    lines = run([subject("first", known=known), subject("second", exempt={case: "not this one"})])
    assert results(lines, "first")[case].verdict is Verdict.XPASSED
    assert results(lines, "second")[case].verdict is Verdict.SKIPPED
    assert results(lines, "second")[case].skip == "not this one"


def test_the_order_of_asking_is_the_seed_s() -> None:
    def order(seed: int) -> list[bytes]:
        seen: list[bytes] = []

        def note(ikm: bytes, message: bytes) -> bytes:
            seen.append(message)
            raise Refusal

        list(run_one(subject("it", Decoder(note)), SOME, seed=seed))
        return [message for message in seen if message in known]

    known = {bytes(vector.request.values()["message"]) for vector in SOME if vector.method.endswith("decrypt")}
    assert order(1) == order(1)
    assert order(1) != order(2)


# Stopping


def interrupt_after(count: int, lines: list[Any]) -> Any:
    def emit(line: Implementation | Result) -> None:
        lines.append(line)
        if len(lines) >= count:
            raise KeyboardInterrupt

    return emit


def test_an_interrupt_ends_all_and_passes_through() -> None:
    lines: list[Any] = []
    with pytest.raises(KeyboardInterrupt):
        run_all([subject(f"it-{number}") for number in range(4)], SOME, interrupt_after(5, lines), jobs=2)
    assert len(lines) == 5


def test_an_interrupt_does_not_wait_for_one_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.conformance.run.STOP_SECONDS", 0.05)
    release = threading.Event()

    def hangs(ikm: bytes, message: bytes) -> bytes:
        if message in known:
            release.wait(60)
        raise Refusal

    known = {bytes(vector.request.values()["message"]) for vector in SOME if vector.method.endswith("decrypt")}
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_all([subject("it", Decoder(hangs))], SOME, interrupt_after(1, []), jobs=1)
    release.set()
    assert time.monotonic() - before < 30


def test_a_stopped_run_closes_what_it_opened() -> None:
    closed = threading.Event()

    class Closing(InProcessConnection):
        def close(self) -> None:
            closed.set()

    with pytest.raises(KeyboardInterrupt):
        run_all([Subject("it", lambda: Closing(Reference()))], SOME, interrupt_after(3, []), jobs=1)
    assert closed.wait(10)


# One that never answers


class Hanging(InProcessConnection):
    """Does not answer cases in time; `every` n-th it does."""

    every = 10**9

    def exchange(self, requests: Any) -> Any:
        for position, end in super().exchange(requests):
            hangs = self.asked > 8 and (self.asked - 8) % self.every  # the honesty checks are answered
            self.asked += 1
            yield position, Outcome(status=Status.TIMED_OUT) if hangs else end

    asked = 0


def test_one_that_never_answers_is_given_up_and_what_is_left_is_told_as_not_asked() -> None:
    lines = run([Subject("it", lambda: Hanging(Reference()))], load()[:100])
    verdicts = Counter(each.verdict for each in results(lines, "it").values())
    assert verdicts[Verdict.FAILED] == MOST_HANGS
    assert verdicts[Verdict.ERROR] > 50
    assert len(results(lines, "it")) == 100
    (last, *_) = [each for each in results(lines, "it").values() if each.verdict is Verdict.ERROR]
    assert last.outcome == "not-asked"
    assert f"{MOST_HANGS} cases had no answer" in last.explanation


def test_one_that_answers_now_and_then_is_asked_on_until_it_has_hung_too_often_in_all() -> None:
    class Seldom(Hanging):
        every = 2

    lines = run([Subject("it", lambda: Seldom(Reference()))], load()[: 2 * MOST_HANGS_IN_ALL - 2])
    verdicts = Counter(each.verdict for each in results(lines, "it").values())
    assert verdicts[Verdict.ERROR] == 0

    # Each hang costs its whole time limit, so that there is an end to this too.
    lines = run([Subject("it", lambda: Seldom(Reference()))], load()[: 4 * MOST_HANGS_IN_ALL])
    verdicts = Counter(each.verdict for each in results(lines, "it").values())
    assert verdicts[Verdict.FAILED] == MOST_HANGS_IN_ALL
    assert verdicts[Verdict.ERROR] > 0


# Asking


class Counting(InProcessConnection):
    """Counts what is asked, and how often it is started."""

    def __init__(self, target: Any, *, costly: bool = False, starts: int = 10_000) -> None:
        super().__init__(target)
        self.costly = costly
        self.starts, self.asked = starts, 0

    def exchange(self, requests: Any) -> Any:
        for position, outcome in super().exchange(requests):
            self.asked += 1
            yield position, outcome

    def restart(self) -> None:
        self.starts -= 1
        if self.starts < 0:
            raise CannotStart("it is worn out")


def test_a_case_is_asked_as_often_as_it_says_and_fewer_times_where_each_costs_a_process() -> None:
    for costly, times in ((False, 100), (True, 24)):
        connection = Counting(Reference(), costly=costly)
        assert len(ask(connection, encoder_case(repeat=100))) == times
        assert connection.asked == times
    assert len(ask(Counting(Reference()), decoder_case("valid"))) == 1


def test_a_case_may_want_a_new_process_each_time() -> None:
    connection = Counting(Reference(), starts=5)
    assert len(ask(connection, encoder_case(repeat=5, restart=True))) == 5
    assert connection.starts == 0


def test_one_that_does_not_start_again_ends_the_asking() -> None:
    outcomes = ask(Counting(Reference(), starts=2), encoder_case(repeat=5, restart=True))
    assert [each.status for each in outcomes] == ["accepted", "accepted", "crashed"]
    assert "it is worn out" in outcomes[-1].detail


def test_a_case_brings_its_own_time_limit() -> None:
    seen: list[float] = []

    class Timing(InProcessConnection):
        def exchange(self, requests: Any) -> Any:
            noted = []
            for request in requests:
                seen.append(request.seconds)
                noted.append(request)
            return super().exchange(noted)

    ask(Timing(Reference()), decoder_case("valid", seconds=45))
    assert seen == [45.0]
    assert Limits().seconds < 45


def test_all_shipped_cases_pass_for_the_reference() -> None:
    lines = run([subject("reference")], load())
    bad = {
        case: result.explanation for case, result in results(lines, "reference").items() if result.verdict != "passed"
    }
    assert bad == {}


def test_a_message_stored_as_a_recipe_is_asked_whole() -> None:
    stored = [vector for vector in load() if vector.test.message_length]
    assert stored
    smallest = min(stored, key=lambda vector: vector.test.message_length)
    assert len(smallest.request.values()["message"]) == smallest.test.message_length
    assert isinstance(smallest.recipe, Message)
    assert isinstance(smallest.recipe.records[0], Record)


def test_refusals_under_the_name_of_unsupported_are_remarked() -> None:
    """An implementation cannot hide behind code 2 unseen: the cases one edit away show that it could."""

    class Evades:
        unsupported = (ValueError,)

        def describe(self) -> dict[str, object]:
            return {"protocol": 1, "name": "evades", "methods": {"aes128gcm.decrypt": {}}}

        def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes) -> bytes:
            return aes128gcm.decrypt(message, ikm)

    report = check(Evades, patterns=["delimiter/", "header-cut-short/"])
    assert any("called unsupported (code 2)" in remark for remark in report.implementation.remarks)
    honest = check("reference", patterns=["delimiter/", "header-cut-short/"])
    assert not honest.implementation.remarks


def test_what_goes_wrong_only_in_company_is_not_forgiven(tmp_path: Path) -> None:
    """An implementation that ends at every fortieth request: no single one can be blamed, and yet it fails."""
    program = tmp_path / "ends_now_and_then.py"
    program.write_text(
        "import json, os, sys\n"
        "from harness.implementations.protocol import decode_octets, encode_octets\n"
        "from harness.reference import aes128gcm\n"
        "for number, line in enumerate(sys.stdin, start=1):\n"
        "    if number == 40:\n"
        "        os._exit(1)\n"
        "    request = json.loads(line)\n"
        "    answer = {'error': {'code': -32601, 'message': 'method not found'}}\n"
        "    if request['method'] == 'describe':\n"
        "        answer = {'result': {'protocol': 1, 'name': 'it', 'methods': {'aes128gcm.decrypt': {}}}}\n"
        "    elif request['method'] == 'aes128gcm.decrypt':\n"
        "        octets = {name: decode_octets(request['params'][name]) for name in ('ikm', 'message')}\n"
        "        try:\n"
        "            plaintext = aes128gcm.decrypt(octets['message'], octets['ikm'])\n"
        "            answer = {'result': {'plaintext': encode_octets(plaintext)}}\n"
        "        except ValueError as error:\n"
        "            answer = {'error': {'code': 1, 'message': str(error)}}\n"
        "    print(json.dumps({'jsonrpc': '2.0', 'id': request['id'], **answer}), flush=True)\n"
    )
    cases = select(load(), patterns=["aes128gcm/delimiter/"])
    subject = Subject("it", lambda: ProcessConnection([sys.executable, str(program)]))
    results = [line for line in run_one(subject, cases) if isinstance(line, Result)]
    failed = [result for result in results if result.verdict is Verdict.FAILED]
    assert [(result.case, result.kind) for result in failed] == [(COMPANY, Kind.CRASH)]
    assert "exit" in failed[0].explanation
