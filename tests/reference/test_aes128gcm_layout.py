"""The encoder: what goes into which record, how much padding, and what it refuses."""

import pytest
from crafted import IKM, SALT, craft
from hypothesis import given
from hypothesis import strategies as st

from harness.reference import aes128gcm, layout
from harness.reference.aes128gcm import Header, Record, decrypt, encrypt, open_record, seal_records


def opened(message: bytes) -> list[Record]:
    """The records of a message, each opened on its own."""
    header = Header.parse(message)
    keys = aes128gcm.derive_keys(IKM, header.salt)
    starts = range(header.length, len(message), header.rs)
    records = [message[start : start + header.rs] for start in starts]
    return [
        open_record(header, keys, record, index, is_last=index == len(records) - 1)
        for index, record in enumerate(records)
    ]


record_sizes = st.one_of(st.integers(18, 40), st.integers(18, 5000), st.just(2**32 - 1))


@given(st.binary(max_size=3000), record_sizes, st.integers(0, 3000), st.binary(max_size=255))
def test_exactly_the_padding_asked_for(content: bytes, rs: int, pad: int, keyid: bytes) -> None:
    message = encrypt(content, IKM, salt=SALT, rs=rs, pad=pad, keyid=keyid)
    records = opened(message)
    assert Header.parse(message) == Header(SALT, rs, keyid)
    assert b"".join(record.data for record in records) == content == decrypt(message, IKM)
    assert sum(record.pad for record in records) == pad
    assert all(record.length == rs for record in records[:-1])
    assert len(records) == max(1, -(-(len(content) + pad) // (rs - 17)))
    assert records == layout.layout(content, rs, pad=pad)
    assert seal_records(records, IKM, salt=SALT, rs=rs, keyid=keyid) == message


@given(st.integers(1, 2000), st.integers(0, 2000), st.integers(18, 100))
def test_data_reaches_into_every_record_that_it_can(length: int, pad: int, rs: int) -> None:
    shares = [len(record.data) for record in layout.layout(bytes(length), rs, pad=pad)][:-1]
    if shares:
        assert max(shares) - min(shares) <= 1


@given(st.lists(st.tuples(st.binary(max_size=30), st.integers(0, 30)), min_size=1, max_size=6), st.integers(0, 20))
def test_any_layout_whose_records_are_full(shares: list[tuple[bytes, int]], short: int) -> None:
    rs = 17 + 61
    records = [Record(data, 61 - len(data)) for data, _ in shares]
    records.append(Record(shares[-1][0], short))
    message = seal_records(records, IKM, salt=SALT, rs=rs)
    contents = [record.data + b"\x01" + bytes(record.pad) for record in records[:-1]]
    contents.append(records[-1].data + b"\x02" + bytes(records[-1].pad))
    assert message == craft(contents, rs=rs)
    assert opened(message) == records
    assert decrypt(message, IKM) == b"".join(record.data for record in records)


def test_empty_content_is_one_record() -> None:
    assert encrypt(b"", IKM, salt=SALT) == craft([b"\x02"], rs=4096)
    assert encrypt(b"", IKM, salt=SALT, rs=18, pad=3) == craft([b"\x01\x00", b"\x01\x00", b"\x02\x00"], rs=18)


def test_content_that_fills_a_record_needs_no_further_one() -> None:
    assert encrypt(b"full", IKM, salt=SALT, rs=21) == craft([b"full\x02"], rs=21)


def test_salt_is_new_with_every_message() -> None:
    salts = {encrypt(b"same", IKM)[:16] for _ in range(50)} | {aes128gcm.Encryptor(IKM).header.salt for _ in range(50)}
    assert len(salts) == 100


@pytest.mark.parametrize(
    "options",
    [
        {"rs": 17},
        {"rs": 0},
        {"rs": -1},
        {"rs": 2**32},
        {"keyid": bytes(256)},
        {"salt": bytes(15)},
        {"salt": bytes(17)},
        {"salt": b""},
    ],
    ids=str,
)
def test_arguments_that_the_header_cannot_hold(options: dict[str, object]) -> None:
    for attempt in (
        lambda: encrypt(b"", IKM, **options),
        lambda: seal_records([Record(b"")], IKM, **options),
        lambda: aes128gcm.Encryptor(IKM, **options),
    ):
        with pytest.raises(aes128gcm.ArgumentError):
            attempt()


def test_impossible_padding_and_layouts() -> None:
    for attempt in (
        lambda: encrypt(b"", IKM, pad=-1),
        lambda: aes128gcm.Encryptor(IKM).update(b"", pad=-1),
        lambda: Record(b"", -1),
        lambda: layout.layout(b"", 17),
        lambda: seal_records([], IKM),
        lambda: seal_records([Record(b"ab"), Record(b"")], IKM, rs=20),
        lambda: seal_records([Record(b"abcd"), Record(b"")], IKM, rs=20),
        lambda: seal_records([Record(b"abc"), Record(b"abc", 1)], IKM, rs=20),
        lambda: layout.pad_by(-1),
        lambda: layout.pad_to_multiple(0),
        lambda: encrypt(b"12345", IKM, pad=layout.pad_to_length(4)),
    ):
        with pytest.raises(aes128gcm.ArgumentError):
            attempt()


def test_the_longest_keyid() -> None:
    assert Header.parse(encrypt(b"", IKM, keyid=b"\xff" * 255)).keyid == b"\xff" * 255


POLICIES = {
    "none": (layout.no_padding(), {0: 0, 5: 5}),
    "by 7": (layout.pad_by(7), {0: 7, 5: 12}),
    "multiple of 8": (layout.pad_to_multiple(8), {0: 0, 1: 8, 8: 8, 9: 16}),
    "power of two": (layout.pad_to_power_of_two(), {0: 1, 1: 1, 2: 2, 3: 4, 5: 8, 1024: 1024, 1025: 2048}),
    "one of three lengths": (layout.pad_to_length(1000, 10, 100), {0: 10, 10: 10, 11: 100, 1000: 1000}),
}


@pytest.mark.parametrize(("policy", "lengths"), POLICIES.values(), ids=POLICIES)
def test_padding_policies(policy: layout.PaddingPolicy, lengths: dict[int, int]) -> None:
    for length, padded in lengths.items():
        records = opened(encrypt(b"x" * length, IKM, rs=100, pad=policy))
        assert sum(len(record.data) + record.pad for record in records) == padded
