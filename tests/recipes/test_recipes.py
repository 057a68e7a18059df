"""Messages as values: sealed, parsed, written as JSON, compared."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from messages import KEYS, correct, faulty, shipped

from harness.implementations.protocol import decode_octets, encode_octets
from harness.recipes.aes128gcm import Flip, Message, Record, authentic_prefix, parse, seal
from harness.recipes.text import edits, from_json, to_json
from harness.reference import aes128gcm

IKM, SALT = bytes(range(16)), bytes(range(16, 32))
THREE = Message(ikm=IKM, salt=SALT, rs=25, records=(Record(b"12345678"), Record(b"1234", 4), Record(b"123")))
replace = msgspec.structs.replace


# Sealing and parsing


@given(correct())
def test_a_correct_message_seals_into_one_that_the_reference_opens(message: Message) -> None:
    assert aes128gcm.decrypt(seal(message), message.ikm) == message.content


@given(correct())
def test_a_correct_message_parses_into_the_recipe_without_faults(message: Message) -> None:
    # A record with data that ends in zeros, or none, is told apart from padding by its delimiter alone.
    assert parse(seal(message), message.ikm) == message


@given(octets=st.binary(min_size=21, max_size=200), ikm=KEYS)
def test_any_octets_with_a_header_parse_into_a_recipe_that_seals_into_them(octets: bytes, ikm: bytes) -> None:
    whole = octets[:20] + bytes([octets[20] % (len(octets) - 20)]) + octets[21:]
    assert seal(parse(whole, ikm)) == whole


@given(faulty())
@example(replace(THREE, order=(2, 1, 0)))
@example(replace(THREE, rs=0))
def test_what_any_faulty_message_seals_into_parses_and_seals_again(message: Message) -> None:
    try:
        octets = seal(message)
    except ValueError:
        return  # it flips an octet that is not there
    try:
        parsed = parse(octets, message.ikm)
    except ValueError:
        assert len(octets) < 21 or len(octets) < 21 + octets[20]
        return
    assert seal(parsed) == octets


def test_every_shipped_message_parses_and_seals_again() -> None:
    for vector in shipped():
        octets = vector.request.values()["message"]
        assert octets == seal(vector.recipe), vector.id
        if len(octets) >= 21 and len(octets) >= 21 + octets[20]:
            assert seal(parse(octets, vector.recipe.ikm)) == octets, vector.id


@pytest.mark.parametrize("octets", [b"", bytes(20), bytes(20) + b"\1"])
def test_without_a_whole_header_there_is_nothing_to_parse(octets: bytes) -> None:
    with pytest.raises(ValueError, match=f"{len(octets)} octets hold no whole header"):
        parse(octets, IKM)


def test_a_record_from_another_place_is_known_by_its_number() -> None:
    moved = replace(THREE, records=(THREE.records[0], replace(THREE.records[0], seq=0), THREE.records[2]))
    assert parse(seal(moved), IKM).records[1] == Record(b"12345678", seq=0)
    assert parse(seal(THREE), bytes(16)).records[0].octets == seal(THREE)[21:46]


@pytest.mark.parametrize(
    "message",
    [
        replace(THREE, order=(0, 3)),
        replace(THREE, flips=(Flip(1000),)),
        replace(THREE, flips=(Flip(-1000),)),
        replace(THREE, records=(Record(b"", flips=(Flip(17),)),)),
    ],
)
def test_a_recipe_that_names_what_is_not_there_is_refused(message: Message) -> None:
    with pytest.raises(ValueError, match=r"there (is|are)"):
        seal(message)


def test_repeats_and_times() -> None:
    message = Message(ikm=IKM, salt=SALT, rs=25, records=(Record(b"ab", times=4, repeat=3), Record(b"x")))
    assert message.content == b"abababab" * 3 + b"x"
    assert aes128gcm.decrypt(seal(message), IKM) == message.content
    padded = Message(ikm=IKM, salt=SALT, rs=25, records=(Record(b"", 8, repeat=5), Record(b"x", 1)))
    assert padded.padding == 41


# What may be released


@given(message=correct(), at=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_a_decoder_that_streams_releases_no_more_than_the_authentic_prefix(
    message: Message, at: int, mask: int
) -> None:
    whole = seal(message)
    changed = replace(message, flips=(Flip(at % len(whole), mask),))
    allowed = authentic_prefix(changed, message.ikm)
    assert message.content.startswith(allowed) or at % len(whole) < 21
    octets = seal(changed)
    try:
        released = aes128gcm.decrypt_pieces([octets[n : n + 1] for n in range(len(octets))], message.ikm)
    except aes128gcm.Aes128gcmError as error:
        released = error.released
    assert allowed.startswith(released)


@given(message=correct(), cut=st.integers(0, 10**6))
def test_of_a_truncated_message_whole_records_may_be_released(message: Message, cut: int) -> None:
    whole = seal(message)
    short = replace(message, cut=cut % len(whole))
    allowed = authentic_prefix(short, message.ikm)
    full = max(0, (cut % len(whole) - len(message.header())) // message.rs)
    content = b"".join(record.content for record in message.records[:full])
    assert allowed.startswith(content)
    assert len(allowed) <= len(content) + message.rs


@given(message=correct(), ikm=KEYS)
def test_under_another_key_nothing_may_be_released(message: Message, ikm: bytes) -> None:
    # HMAC fills a key up with zeros: two keys that differ in those alone are one.
    if ikm.rstrip(b"\0") != message.ikm.rstrip(b"\0"):
        assert authentic_prefix(message, ikm) == b""
    assert authentic_prefix(message, message.ikm) == message.content


def test_a_badly_delimited_record_counts_with_all_that_it_holds() -> None:
    bad = replace(THREE, records=(*THREE.records[:2], Record(b"123", 2, delimiter=1)))
    assert authentic_prefix(bad, IKM) == b"123456781234123\1\0\0"
    middle = replace(THREE, records=(THREE.records[0], Record(b"1234", 4, delimiter=2), THREE.records[2]))
    assert authentic_prefix(middle, IKM) == b"123456781234\2\0\0\0\0"


# JSON and edits


@given(faulty() | correct())
def test_a_recipe_survives_json(message: Message) -> None:
    text = msgspec.json.encode(to_json(message))
    assert from_json(msgspec.json.decode(text), Message) == message


@given(one=faulty(), other=faulty())
def test_there_are_edits_exactly_between_recipes_that_differ(one: Message, other: Message) -> None:
    assert list(edits(to_json(one), to_json(one))) == []
    assert bool(list(edits(to_json(one), to_json(other)))) == (to_json(one) != to_json(other))


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(one=JSON, other=JSON)
def test_no_difference_between_json_values_goes_unseen(one: Any, other: Any) -> None:
    assert bool(list(edits(one, other))) == (one != other)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"a": 1}, {"a": 2}, ["a: 1 -> 2"]),
        ({}, {"a": 2}, ["a: (unset) -> 2"]),
        ({"a": None}, {}, ["a: null -> (unset)"]),
        ({"a": [{"b": 1}, {}]}, {"a": [{"b": 1}, {"b": 3}]}, ["a[1].b: (unset) -> 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a: [1] -> [1,2]"]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, ["a: 1 -> 2", "b: 1 -> 2"]),
    ],
)
def test_edits_are_told_by_their_place(before: Any, after: Any, lines: list[str]) -> None:
    assert list(edits(before, after)) == lines


GOOD = to_json(THREE)


@pytest.mark.parametrize(
    "change",
    [
        {"rs": -1},
        {"rs": 2**32},
        {"rs": "25"},
        {"salt": "AAAA"},
        {"salt": "=="},
        {"ikm": 5},
        {"idlen": 256},
        {"unknown": 1},
        {"records": [{"pad": -1}]},
        {"records": [{"delimiter": 256}]},
        {"records": [{"delimiter": -2}]},
        {"records": [{"seq": -1}]},
        {"records": [{"more": 1}]},
        {"records": [{"flips": [{"at": 1, "mask": 256}]}]},
        {"records": [{"flips": [{"at": 1, "msak": 2}]}]},
        {"order": [-1]},
    ],
    ids=str,
)
def test_what_is_no_recipe_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        from_json({**GOOD, **change}, Message)


@given(st.binary(max_size=70))
def test_octets_survive_base64url(octets: bytes) -> None:
    text = encode_octets(octets)
    assert decode_octets(text) == octets
    assert "=" not in text


@given(st.text(alphabet="AQgwBZ-_", max_size=9))
def test_only_one_text_stands_for_octets(text: str) -> None:
    try:
        octets = decode_octets(text)
    except ValueError:
        return
    assert encode_octets(octets) == text
