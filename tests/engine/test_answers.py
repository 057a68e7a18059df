"""Answers that are as they should be, in whatever order and grouping, and those that are not."""

from __future__ import annotations

import itertools
import json
import re
import time

import pytest
from asking import Open, decrypt
from hypothesis import given
from hypothesis import strategies as st

from harness.implementations.connection import Limits, Request
from harness.implementations.outcome import Status
from harness.implementations.wire import Answer, Lines, Malformed, outcome_of, quote, read_answers

NUMBERED = [decrypt(b"message %d" % number) for number in range(500)]


@pytest.mark.parametrize("name", ["accepts_everything", "answers_out_of_order", "takes_batches", "slow_start"])
@pytest.mark.parametrize("workers", [1, 3])
def test_each_request_gets_its_own_outcome(start: Open, name: str, workers: int) -> None:
    connection = start(name, workers=workers)
    outcomes = list(connection.exchange(NUMBERED))
    assert sorted(position for position, _ in outcomes) == list(range(500))
    for position, outcome in outcomes:
        assert outcome.status is Status.ACCEPTED
        assert outcome.octets("plaintext") == b"message %d" % position
        assert outcome.ms >= 0
    assert connection.remarks == []


def test_messages_larger_than_all_pipes_do_not_lock_the_two_sides(start: Open) -> None:
    connection = start("accepts_everything")
    requests = [decrypt(bytes([number]) * 3_000_000) for number in range(4)]
    got = dict(connection.exchange(requests))
    assert [got[number].octets("plaintext")[:1] for number in range(4)] == [bytes([n]) for n in range(4)]


def test_a_method_that_is_not_found_is_unsupported(start: Open) -> None:
    outcome = start("accepts_everything").ask(Request("no.such.method"))
    assert (outcome.status, outcome.detail) == (Status.UNSUPPORTED, "method not found")


def test_noise_on_standard_error_is_nobodys_business(start: Open) -> None:
    connection = start("writes_to_stderr")
    assert {outcome.status for _, outcome in connection.exchange(NUMBERED[:50])} == {Status.ACCEPTED}
    assert connection.remarks == []


def test_an_abandoned_exchange_does_not_disturb_the_next(start: Open) -> None:
    connection = start("accepts_everything")
    for _ in connection.exchange(NUMBERED):
        break
    assert connection.ask(decrypt(b"next")).octets("plaintext") == b"next"
    assert len(list(connection.exchange(NUMBERED))) == 500


def test_exchanges_do_not_nest(start: Open) -> None:
    connection = start("accepts_everything")
    exchange = connection.exchange(NUMBERED[:2])
    next(exchange)
    with pytest.raises(RuntimeError, match="another exchange"):
        connection.ask(NUMBERED[0])


def test_time_that_the_consumer_takes_is_not_the_implementations(start: Open) -> None:
    connection = start("accepts_everything", limits=Limits(seconds=0.4))
    consumed = 0
    for _ in connection.exchange(slow_source()):
        consumed += 1
        if consumed == 1:
            # Longer than the limit; what matters is that it counts for nothing.
            time.sleep(0.6)
    assert consumed == 30
    assert connection.remarks == []


def slow_source():
    for number in range(30):
        if number == 20:
            time.sleep(0.6)
        yield decrypt(b"%d" % number)


OK = '{"jsonrpc":"2.0","id":{id},"result":{"plaintext":"AA"}}'


@pytest.mark.parametrize(
    ("line", "status", "says"),
    [
        (OK, Status.ACCEPTED, ""),
        ("[" + OK + "]", Status.ACCEPTED, ""),
        ("\r\n  " + OK + " \r", Status.ACCEPTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":"","new":[1]},"extra":1}', Status.ACCEPTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":"","keyid":"aw"},"error":null}', Status.ACCEPTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":1}}', Status.REJECTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":1,"data":"words"}}', Status.REJECTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":2,"message":"no zip"}}', Status.UNSUPPORTED, ""),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":-32603,"message":"x"}}', Status.INTERNAL_ERROR, ""),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":-1,"message":"odd"}}', Status.PROTOCOL_ERROR, "-1.*odd"),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":"1"}}', Status.PROTOCOL_ERROR, "integer `code`"),
        ('{"jsonrpc":"2.0","id":{id},"error":{"code":1,"message":5}}', Status.PROTOCOL_ERROR, "not text"),
        ('{"jsonrpc":"2.0","id":{id},"error":"no"}', Status.PROTOCOL_ERROR, "integer `code`"),
        (
            '{"jsonrpc":"2.0","id":{id},"error":{"code":1,"data":{"released":"="}}}',
            Status.PROTOCOL_ERROR,
            "`released` cannot be read",
        ),
        ('{"jsonrpc":"2.0","id":{id},"result":{},"error":{"code":1}}', Status.PROTOCOL_ERROR, "both"),
        ('{"jsonrpc":"2.0","id":{id}}', Status.PROTOCOL_ERROR, "neither|without result"),
        ('{"jsonrpc":"2.0","id":{id},"result":[]}', Status.PROTOCOL_ERROR, "not an object"),
        ('{"jsonrpc":"2.0","id":{id},"result":"AA"}', Status.PROTOCOL_ERROR, "not an object"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"text":"AA"}}', Status.PROTOCOL_ERROR, "without `plaintext`.*text"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":null}}', Status.PROTOCOL_ERROR, "not text"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":7}}', Status.PROTOCOL_ERROR, "not text: 7"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":"","keyid":7}}', Status.PROTOCOL_ERROR, "keyid"),
        ('{"jsonrpc":"1.0","id":{id},"result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "jsonrpc.*1.0"),
        ('{"id":{id},"result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "jsonrpc"),
        ('{"jsonrpc":"2.0","id":"{id}","result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "not an integer"),
        ('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"eh"}}', Status.PROTOCOL_ERROR, "eh"),
        ('{"jsonrpc":"2.0","result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "no id"),
        ('{"jsonrpc":"2.0","id":999999999,"result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "never asked"),
        (OK + "\n" + OK, Status.PROTOCOL_ERROR, "twice"),
        (OK + OK, Status.PROTOCOL_ERROR, "not JSON"),
        ("null", Status.PROTOCOL_ERROR, "not an object"),
        ("[]", Status.PROTOCOL_ERROR, "empty batch"),
        ("[[]]", Status.PROTOCOL_ERROR, "not an object"),
        ('{"jsonrpc":"2.0","id":{id},\n"result":{"plaintext":""}}', Status.PROTOCOL_ERROR, "not JSON"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":NaN}}', Status.PROTOCOL_ERROR, "not JSON"),
        ('{"jsonrpc":"2.0","id":{id},"result":{"plaintext":1' + "0" * 9000 + "}}", Status.PROTOCOL_ERROR, ""),
        ("Segmentation \x1b[31mfault\x00", Status.PROTOCOL_ERROR, r"not JSON.*\\x1b\[31mfault\\x00"),
    ],
)
def test_what_an_answer_means(start: Open, line: str, status: Status, says: str) -> None:
    outcome = start("answers_what_it_is_told").ask(decrypt(line.encode()))
    assert outcome.status is status
    assert re.search(says, outcome.detail)
    assert outcome.detail.isprintable()


def test_a_rejection_carries_what_the_library_says(start: Open) -> None:
    data = {"exception": "BadTag", "stage_native": "Bad rs", "released": "AQI"}
    error = {"code": 1, "message": "refused", "data": data}
    line = json.dumps({"jsonrpc": "2.0", "id": "{id}", "error": error}).replace('"{id}"', "{id}")
    outcome = start("answers_what_it_is_told", stages={"Bad rs": "record-size"}).ask(decrypt(line.encode()))
    assert (outcome.status, outcome.stage, outcome.stage_native) == (Status.REJECTED, "record-size", "Bad rs")
    assert (outcome.exception, outcome.message, outcome.released) == ("BadTag", "refused", b"\x01\x02")


@given(st.data())
def test_lines_come_out_as_they_went_in_whatever_the_pieces(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=8))
    rest = data.draw(st.binary(max_size=20)).replace(b"\n", b"")
    stream = b"".join(lines) + rest
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = Lines()
    blocks = [reader.feed(stream[a:b]) for a, b in itertools.pairwise([0, *cuts, len(stream)]) if b > a]
    assert b"".join(blocks) == b"".join(lines)
    assert all(block == b"" or block.endswith(b"\n") for block in blocks)
    assert reader.pending == len(rest)


@given(st.data())
def test_any_order_and_grouping_of_answers_is_understood(data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(12)))
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=12, max_size=12))
    items, block = iter(order), b""
    for size in sizes:
        group = [
            {"jsonrpc": "2.0", "id": number, "result": {"plaintext": f"{number}", "keyid": "a,b[{"}}
            for number in itertools.islice(items, size)
        ]
        if group:
            single = len(group) == 1 and data.draw(st.booleans())
            block += json.dumps(group[0] if single else group).encode() + b"\n"
    answers = read_answers(block)
    assert [answer.id for answer in answers] == list(order)
    assert all(isinstance(answer, Answer) and answer.result["plaintext"] == str(answer.id) for answer in answers)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "error", "code"]), inner),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries(
    {}, optional={"jsonrpc": st.just("2.0") | JSON, "id": st.integers(0, 9) | JSON, "result": JSON, "error": JSON}
)


@given(st.lists(st.binary(max_size=60) | (JSON | ANSWERS).map(lambda v: json.dumps(v).encode()), max_size=5))
def test_nothing_that_is_sent_raises(lines: list[bytes]) -> None:
    for answer in read_answers(b"".join(line + b"\n" for line in lines)):
        outcome = outcome_of(answer, "aes128gcm.decrypt", {}, 0.0)
        assert outcome.detail.isprintable()
        if isinstance(answer, Malformed):
            assert outcome.status is Status.PROTOCOL_ERROR


@given(st.binary() | st.text() | JSON)
def test_quotes_are_printable_and_short(value: object) -> None:
    assert quote(value).isprintable()
    assert len(quote(value)) <= 120 * 10 + 1
