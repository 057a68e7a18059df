"""Messages with anything in their records, sealed without the reference: straight from RFC 8188's formulas."""

import hashlib
import hmac
from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

IKM = bytes(range(16))
SALT = bytes(range(100, 116))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


@cache
def aead_and_nonce(ikm: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    prk = hmac_sha256(salt, ikm)
    cek = hmac_sha256(prk, b"Content-Encoding: aes128gcm\x00\x01")[:16]
    return AESGCM(cek), hmac_sha256(prk, b"Content-Encoding: nonce\x00\x01")[:12]


def seal_content(content: bytes, seq: int, *, ikm: bytes = IKM, salt: bytes = SALT) -> bytes:
    """One record that carries `content`, delimiter and padding included, whatever they are."""
    aead, base = aead_and_nonce(ikm, salt)
    nonce = bytes(a ^ b for a, b in zip(base, seq.to_bytes(12, "big"), strict=True))
    return aead.encrypt(nonce, content, None)


def craft(contents: Sequence[bytes], *, rs: int, keyid: bytes = b"", ikm: bytes = IKM, salt: bytes = SALT) -> bytes:
    """A message whose records carry these contents; nothing is checked."""
    records = [seal_content(content, seq, ikm=ikm, salt=salt) for seq, content in enumerate(contents)]
    return salt + rs.to_bytes(4, "big") + bytes([len(keyid)]) + keyid + b"".join(records)
