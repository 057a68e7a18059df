"""Any mixture of good requests and misdeeds, in windows and batches, with one process or several: each request
gets the outcome that it would have had alone."""

from __future__ import annotations

from asking import command, decrypt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.implementations.connection import Limits
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection

ALONE = {
    b"c": Status.CRASHED,
    b"k": Status.CRASHED,
    b"n": Status.PROTOCOL_ERROR,
    b"t": Status.PROTOCOL_ERROR,
    b"m": Status.PROTOCOL_ERROR,
    b"r": Status.REJECTED,
    b"g": Status.ACCEPTED,
}
MISDEEDS = st.dictionaries(st.integers(0, 99), st.sampled_from(sorted(set(ALONE) - {b"g"})), max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    misdeeds=MISDEEDS,
    hang=st.none() | st.none() | st.integers(0, 99),
    count=st.sampled_from([2, 5, 100]),
    batch=st.sampled_from([1, 3, 64]),
    workers=st.sampled_from([1, 1, 3]),
    padding=st.sampled_from([0, 5000]),
)
def test_blame_does_not_depend_on_company(
    misdeeds: dict[int, bytes], hang: int | None, count: int, batch: int, workers: int, padding: int
) -> None:
    letters = [b"h" if number == hang else misdeeds.get(number, b"g") for number in range(count)]
    messages = [letter + b"%d" % number + b"x" * padding for number, letter in enumerate(letters)]
    with ProcessConnection(
        command("does_as_told", str(batch)), limits=Limits(seconds=0.8), workers=workers
    ) as connection:
        outcomes = list(connection.exchange(map(decrypt, messages)))
    assert sorted(position for position, _ in outcomes) == list(range(count))
    for number, outcome in outcomes:
        assert outcome.status is (Status.TIMED_OUT if number == hang else ALONE[letters[number]]), (number, outcome)
        if outcome.status is Status.ACCEPTED:
            assert outcome.octets("plaintext") == messages[number]
