"""The header in pieces: a piece may end anywhere in it, also inside the keyid."""

import pytest

from harness.reference import aes128gcm

IKM = b"0123456789abcdef"
MESSAGE = aes128gcm.encrypt(b"I am the walrus", IKM, rs=25, keyid=b"key-1")


@pytest.mark.parametrize("first", range(1, 27))
def test_a_first_piece_of_any_length(first: int) -> None:
    assert aes128gcm.decrypt_pieces([MESSAGE[:first], MESSAGE[first:]], IKM) == b"I am the walrus"
