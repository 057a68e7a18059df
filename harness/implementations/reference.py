"""The reference as an implementation object: what `implementations/reference` opens in this process."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from harness.reference import aes128gcm


class Reference:
    """Puts `harness.reference` behind the protocol's methods. Errors carry their stage already."""

    rejected = (aes128gcm.Aes128gcmError,)
    unsupported = ()

    def describe(self) -> dict[str, Any]:
        """What it is and can do."""
        return {
            "protocol": 1,
            "name": "Sealproof reference",
            "version": _version(),
            "language": "Python",
            "methods": {
                "aes128gcm.encrypt": {"params": ["salt", "rs", "keyid", "pad"]},
                "aes128gcm.decrypt": {"params": ["chunk_size"]},
            },
        }

    def aes128gcm_encrypt(self, *, ikm: bytes, plaintext: bytes, **options: Any) -> dict[str, bytes]:
        """The message for `plaintext`; options are salt, rs, keyid and pad (octets for the whole message)."""
        return {"message": aes128gcm.encrypt(plaintext, ikm, **options)}

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes, chunk_size: int | None = None) -> dict[str, bytes]:
        """The content and the keyid, at once or fed in pieces of `chunk_size` octets."""
        if chunk_size is None:
            header = aes128gcm.Header.parse(message)
            return {"plaintext": aes128gcm.decrypt(message, ikm), "keyid": header.keyid}
        if chunk_size < 1:
            raise aes128gcm.ArgumentError(f"chunk_size is {chunk_size}; it must be 1 or more")
        decryptor = aes128gcm.Decryptor(ikm)
        released: list[bytes] = []
        try:
            for start in range(0, len(message), chunk_size):
                released.append(decryptor.update(message[start : start + chunk_size]))
            released.append(decryptor.finalize())
        except aes128gcm.Aes128gcmError as error:
            error.released = b"".join(released) + error.released
            raise
        assert decryptor.header is not None
        return {"plaintext": b"".join(released), "keyid": decryptor.header.keyid}


def _version() -> str:
    try:
        return metadata.version("sealproof")
    except metadata.PackageNotFoundError:
        return ""  # a checkout that is not installed
