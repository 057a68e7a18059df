"""Decryptor and Encryptor: pieces of any size, bounded memory, and nothing released that is not authentic."""

import tracemalloc
from itertools import pairwise

import pytest
from crafted import IKM, SALT, craft
from hypothesis import given
from hypothesis import strategies as st

from harness.reference import aes128gcm
from harness.reference.aes128gcm import Decryptor, Encryptor, decrypt, decrypt_pieces, encrypt

MIB = 1 << 20


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(octets) + 1) for place in places), len(octets)]
    return [octets[start:stop] for start, stop in pairwise(bounds)]


def test_a_full_record_waits_for_the_octet_after_it() -> None:
    message = craft([b"one\x01", b"two\x01", b"3\x02"], rs=20)
    decryptor = Decryptor(IKM)
    assert decryptor.header is None
    assert decryptor.update(message[:20]) == b""
    assert decryptor.header is None
    assert decryptor.update(message[20:41]) == b""
    assert decryptor.header == aes128gcm.Header(SALT, 20)
    assert decryptor.update(message[41:42]) == b"one"
    assert decryptor.update(message[42:]) == b"two"
    assert decryptor.finalize() == b"3"


def test_authentic_plaintext_comes_before_the_fault_and_no_other() -> None:
    message = bytearray(craft([b"one\x01", b"two\x01", b"3\x02"], rs=20))
    message[45] ^= 1
    decryptor = Decryptor(IKM)
    assert decryptor.update(message[:50]) == b"one"
    with pytest.raises(aes128gcm.RecordAuthError) as refused:
        decryptor.update(message[50:])
    assert refused.value.released == b""
    with pytest.raises(aes128gcm.RecordAuthError) as refused:
        Decryptor(IKM).update(message)
    assert refused.value.released == b"one"


@given(st.lists(st.integers(0, 200), max_size=8), st.integers(0, 99))
def test_what_is_released_before_a_fault_does_not_depend_on_the_pieces(places: list[int], altered: int) -> None:
    message = bytearray(craft([b"one\x01", b"t\x01\x00\x00", b"six\x01", b"3\x02"], rs=20))
    place = 21 + altered % (len(message) - 21)
    message[place] ^= 0x80
    with pytest.raises(aes128gcm.RecordAuthError) as refused:
        decrypt_pieces(cut(bytes(message), places), IKM)
    assert refused.value.released == [b"", b"one", b"onet", b"onetsix"][(place - 21) // 20]


def test_a_cut_at_a_record_boundary_releases_what_is_known_not_to_be_last() -> None:
    message = craft([b"one\x01", b"two\x01", b"3\x02"], rs=20)
    with pytest.raises(aes128gcm.TruncatedError) as refused:
        decrypt_pieces([message[:61]], IKM)
    assert refused.value.released == b"one"


def test_use_after_the_end_and_after_an_error() -> None:
    finished = Decryptor(IKM)
    finished.update(craft([b"\x02"], rs=18))
    finished.finalize()
    failed = Decryptor(IKM)
    with pytest.raises(aes128gcm.RecordSizeError):
        failed.update(bytes(21))
    encryptor = Encryptor(IKM)
    encryptor.finalize()
    for call in (finished.finalize, failed.finalize, lambda: failed.update(b""), lambda: encryptor.update(b"")):
        with pytest.raises(aes128gcm.ArgumentError):
            call()


def test_an_rs_of_4_gib_costs_nothing() -> None:
    message = craft([b"small\x02"], rs=2**32 - 1)
    tracemalloc.start()
    try:
        assert decrypt(message, IKM) == b"small"
        assert decrypt_pieces([bytes([octet]) for octet in message], IKM) == b"small"
        assert encrypt(b"small", IKM, salt=SALT, rs=2**32 - 1) == message
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()


def test_memory_is_bounded_by_one_record_and_one_piece() -> None:
    piece = bytes(65_536)
    encryptor, decryptor = Encryptor(IKM), Decryptor(IKM)
    received = 0
    tracemalloc.start()
    try:
        for _ in range(256):  # 16 MiB
            received += len(decryptor.update(encryptor.update(piece)))
        received += len(decryptor.update(encryptor.finalize())) + len(decryptor.finalize())
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()
    assert received == 16 * MIB


@pytest.mark.parametrize("count", [257, 65_537])
def test_the_counter_carries(count: int) -> None:
    """More records than one and two octets count, opened in one go, in pieces, and one by one."""
    content = bytes(seq % 251 for seq in range(count))
    message = craft([bytes([octet, 1]) for octet in content] + [b"\x02"], rs=18)
    assert encrypt(content, IKM, salt=SALT, rs=18) == craft(
        [bytes([octet, 1]) for octet in content[:-1]] + [content[-1:] + b"\x02"], rs=18
    )
    assert decrypt(message, IKM) == content
    pieces = [message[start : start + 1000] for start in range(0, len(message), 1000)]
    assert decrypt_pieces(pieces, IKM) == content
    assert aes128gcm.decrypt_record(message, count - 1, IKM) == content[-1:]


@given(
    st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 40)), max_size=8),
    st.integers(18, 80),
    st.lists(st.integers(0, 2000), max_size=10),
)
def test_pieces_in_pieces_out(parts: list[tuple[bytes, int]], rs: int, places: list[int]) -> None:
    encryptor = Encryptor(IKM, salt=SALT, rs=rs, keyid=b"k")
    message = b"".join(encryptor.update(data, pad=pad) for data, pad in parts) + encryptor.finalize(pad=1)
    content = b"".join(data for data, _ in parts)
    records = -(-(len(message) - 22) // rs)
    assert len(message) == 22 + len(content) + sum(pad for _, pad in parts) + 1 + 17 * records
    assert decrypt(message, IKM) == decrypt_pieces(cut(message, places), IKM) == content


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(18, 80))
def test_one_piece_or_many_single_octets_are_the_same_message(content: bytes, pad: int, rs: int) -> None:
    whole = encrypt(content, IKM, salt=SALT, rs=rs, pad=pad)
    encryptor = Encryptor(IKM, salt=SALT, rs=rs)
    assert encryptor.update(content, pad=pad) + encryptor.finalize() == whole
    encryptor = Encryptor(IKM, salt=SALT, rs=rs)
    octets = [encryptor.update(bytes([octet])) for octet in content]
    assert decrypt(b"".join(octets) + encryptor.finalize(pad=pad), IKM) == content
