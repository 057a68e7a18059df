"""The decoder's vectors, opened by a decoder that shares no code with the reference.

Written from the text of RFC 8188 alone, with hashlib and hmac and the block cipher's GCM mode.
"""

from __future__ import annotations

import hmac
from collections import Counter

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.implementations.protocol import encode_octets
from harness.vectors.load import load


class Refused(Exception):
    """The message is not one that the text allows."""


def hkdf(salt: bytes, ikm: bytes, info: bytes, length: int) -> bytes:
    """Section 2.2 and 2.3: extract, and the first block of expand."""
    pseudorandom = hmac.new(salt, ikm, "sha256").digest()
    return hmac.new(pseudorandom, info + b"\x00\x01", "sha256").digest()[:length]


def open_record(key: bytes, base: bytes, number: int, sealed: bytes) -> bytes:
    """Section 2 and 2.3: AES-128-GCM with an empty AAD and the base XOR the number as nonce."""
    if len(sealed) < 17:
        raise Refused("too short")
    nonce = (int.from_bytes(base, "big") ^ number).to_bytes(12, "big")
    opener = Cipher(algorithms.AES(key), modes.GCM(nonce, sealed[-16:], min_tag_length=16)).decryptor()
    try:
        return opener.update(sealed[:-16]) + opener.finalize()
    except InvalidTag:
        raise Refused("not authentic") from None


def decode(ikm: bytes, message: bytes) -> tuple[bytes, bytes]:
    """The content and the keyid, or Refused."""
    if len(message) < 21 or len(message) < 21 + message[20]:
        raise Refused("no whole header")
    salt, rs = message[:16], int.from_bytes(message[16:20], "big")
    keyid, start = message[21 : 21 + message[20]], 21 + message[20]
    if rs < 18 or start == len(message):
        raise Refused("no record")
    key = hkdf(salt, ikm, b"Content-Encoding: aes128gcm", 16)
    base = hkdf(salt, ikm, b"Content-Encoding: nonce", 12)
    content = bytearray()
    for number, at in enumerate(range(start, len(message), rs)):
        padded = open_record(key, base, number, message[at : at + rs]).rstrip(b"\x00")
        if not padded or padded[-1] != (1 if at + rs < len(message) else 2):
            raise Refused("delimiter")
        content += padded[:-1]
    return bytes(content), keyid


def test_an_independent_decoder_agrees_with_every_case_for_whole_messages() -> None:
    counted: Counter[str] = Counter()
    for vector in load():
        if vector.method != "aes128gcm.decrypt" or "chunk_size" in vector.params:
            continue
        if vector.test.message_length > 2_000_000:  # half a minute for messages of which the suite has smaller ones
            counted["left out"] += 1
            continue
        asked = vector.request.values()
        try:
            content, keyid = decode(asked["ikm"], asked["message"])
        except Refused:
            assert vector.test.result in ("invalid", "acceptable"), vector.id
            counted["refused"] += 1
            continue
        assert vector.test.result in ("valid", "acceptable"), vector.id
        assert content == vector.recipe.content, vector.id
        assert keyid == vector.recipe.keyid or vector.recipe.idlen is not None, vector.id
        if vector.test.expected:
            assert vector.test.expected == {"plaintext": encode_octets(content), "keyid": encode_octets(keyid)}, (
                vector.id
            )
        counted["accepted"] += 1
    assert counted["refused"] > 300
    assert counted["accepted"] > 200
    assert counted["left out"] < 10
