"""A message octet by octet."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import KEYS, correct, faulty, shipped

from harness.recipes.aes128gcm import NO_DELIMITER, Flip, Message, Record, seal
from harness.recipes.annotate import annotate, faults_between
from harness.vectors.load import load

IKM, SALT = bytes(range(16)), bytes(range(16, 32))
THREE = Message(ikm=IKM, salt=SALT, rs=25, records=(Record(b"12345678"), Record(b"1234", 4), Record(b"123")))
replace = msgspec.structs.replace


def assert_whole(octets: bytes, ikm: bytes | None) -> None:
    end = 0
    for span in annotate(octets, ikm):
        assert span.start == end
        assert span.end > span.start
        assert span.label
        end = span.end
    assert end == len(octets)


@given(octets=st.binary(max_size=120), ikm=st.none() | KEYS)
def test_every_octet_is_in_one_span_whatever_they_are(octets: bytes, ikm: bytes | None) -> None:
    assert_whole(octets, ikm)


@given(message=faulty() | correct(), keyed=st.booleans())
def test_every_octet_of_a_message_is_in_one_span(message: Message, keyed: bool) -> None:
    try:
        octets = seal(message)
    except ValueError:
        return
    assert_whole(octets, message.ikm if keyed else None)


@pytest.mark.parametrize("rs", [0, 1, 16, 17, 18, 2**32 - 1])
def test_hostile_record_sizes(rs: int) -> None:
    octets = SALT + rs.to_bytes(4, "big") + b"\2id" + bytes(40)
    assert_whole(octets, IKM)
    assert_whole(octets, None)


def test_what_the_octets_are() -> None:
    labels = [(span.label, span.value) for span in annotate(seal(THREE), IKM)]
    assert labels[:3] == [("salt", SALT.hex()), ("rs", "25"), ("idlen", "0")]
    assert labels[3][0] == "record 0 data"
    assert labels[3][1].startswith("'12345678' (nonce ")
    assert [label for label, _ in labels[4:]] == [
        "record 0 delimiter",
        "record 0 tag",
        "record 1 data",
        "record 1 delimiter",
        "record 1 padding",
        "record 1 tag",
        "record 2 data",
        "record 2 delimiter",
        "record 2 tag",
    ]
    assert labels[8][1] == "4 zero octets"


@pytest.mark.parametrize(
    ("message", "label", "told"),
    [
        (
            replace(THREE, records=(*THREE.records[:2], Record(b"1", delimiter=1))),
            "record 2 delimiter",
            "must be 2 here",
        ),
        (replace(THREE, order=(1, 0, 2)), "record 0 data", "sealed as record 1"),
        (replace(THREE, flips=(Flip(-1),)), "record 2", "do not open under nonce"),
        (replace(THREE, keyid=b"\0k"), "keyid", "'\\x00k'"),
        (replace(THREE, keyid=b"k", idlen=255), "keyid", "cut short: 71 of 255 octets"),
        (replace(THREE, cut=18), "rs", "cut short: 2 of 4 octets"),
        (replace(THREE, records=(Record(b"", 3, delimiter=NO_DELIMITER),)), "record 0 padding", "3 zero octets"),
    ],
)
def test_what_is_wrong_is_said(message: Message, label: str, told: str) -> None:
    values = {span.label: span.value for span in annotate(seal(message), IKM)}
    assert told in values[label]


def test_the_beginning_of_a_large_message_costs_little() -> None:
    """Else this would take minutes: a million records that do not open."""
    octets = SALT + (18).to_bytes(4, "big") + bytes(1) + bytes(18_000_000)
    assert len(list(itertools.islice(annotate(octets, IKM), 20))) == 20


# Faults


def marked(good: Message, bad: Message) -> list[str]:
    faults = faults_between(good, bad)
    return [span.label for span in annotate(seal(bad), bad.ikm, faults) if span.fault]


@pytest.mark.parametrize(
    ("bad", "labels"),
    [
        (replace(THREE, records=(*THREE.records[:2], Record(b"123", delimiter=1))), ["record 2 delimiter"]),
        (replace(THREE, records=(THREE.records[0], Record(b"1234", 4, 2), THREE.records[2])), None),
        (replace(THREE, flips=(Flip(3),)), ["salt"]),
        (replace(THREE, rs=24), ["rs"]),
        (replace(THREE, flips=(Flip(-1),)), ["record 2"]),
        (replace(THREE, tail=b"more"), ["record 2"]),
        (replace(THREE, cut=60), ["record 1"]),
        (replace(THREE, records=(*THREE.records[:2], Record(b"123", flips=(Flip(0),)))), ["record 2"]),
        (
            replace(THREE, records=(*THREE.records[:2], Record(b"124"))),
            ["record 2 data", "record 2 delimiter", "record 2 tag"],
        ),
        (
            replace(THREE, order=(1, 0, 2)),
            [f"record {place} {part}" for place in (0, 1) for part in ("data", "delimiter", "padding", "tag")],
        ),
    ],
)
def test_the_octets_that_are_wrong_are_marked(bad: Message, labels: list[str] | None) -> None:
    found = marked(THREE, bad)
    if labels is None:
        assert found
    else:
        assert set(found) <= set(labels)
        assert found


def test_a_fault_in_a_later_record_is_marked_there_though_others_are_odd() -> None:
    odd = (Record(b"", 8, repeat=2), Record(octets=bytes(25)), Record(b"1234567", delimiter=NO_DELIMITER, pad=1))
    good = Message(ikm=IKM, salt=SALT, rs=25, records=(*odd, Record(b"12")))
    bad = replace(good, records=(*odd, Record(b"12", delimiter=1)))
    assert seal(bad)[: faults_between(good, bad)[0][0]] == seal(good)[: 21 + 25 + 25 + 25 + 24 + 2]


@given(message=correct() | faulty())
def test_between_a_message_and_itself_there_is_no_fault(message: Message) -> None:
    try:
        assert faults_between(message, message) == []
    except ValueError:
        assert message.flips


@given(good=correct(), bad=faulty())
def test_faults_lie_inside_the_message_in_order(good: Message, bad: Message) -> None:
    try:
        octets = seal(bad)
    except ValueError:
        return
    for start, end in faults_between(good, bad):
        assert 0 <= start <= end <= len(octets)


def test_a_fault_behind_the_end_of_a_message_that_was_cut_is_told_by_its_octets() -> None:
    """Two faults at once: the record that differs is cut off, and the message is as long as the other one."""
    good = Message(ikm=b"", salt=bytes(16), rs=18, records=(Record(), Record()))
    bad = replace(good, records=(Record(b"1"), Record(b"2")), cut=len(seal(good)))
    octets = seal(bad)
    assert len(octets) == len(seal(good))
    found = faults_between(good, bad)
    assert found
    assert all(0 <= start < end <= len(octets) for start, end in found)


def test_every_must_refuse_message_that_is_shipped_is_marked_somewhere() -> None:
    """But for one of no octets, and for those whose fault is the key that they are to be opened with."""
    vectors = {vector.id: vector for vector in load()}
    for vector in shipped():
        if vector.test.near_miss is None:
            continue
        base = vectors[vector.test.near_miss.of]
        if base.test.message_length:
            continue
        values = vector.request.values()
        faults = faults_between(base.recipe, vector.recipe)
        spans = annotate(values["message"], values["ikm"], faults)
        whole = values["message"] and values["message"] != base.request.values()["message"]
        assert any(span.fault for span in spans) == bool(whole), vector.id
