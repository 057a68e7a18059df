"""my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.

`serve.py` calls these methods with keyword arguments, octets as `bytes`. What is printed goes to standard error.
"""

from __future__ import annotations

from typing import Any


class Unsupported(Exception):
    """The library cannot be asked for this: not a failure, the case is skipped and counted."""


class Adapter:
    """Convert, and nothing else: check nothing here, so that what is seen is the library's own doing."""

    # Step 4. Name the library's own, documented errors: raised by a refusal they are as it should be. Any other
    # exception (IndexError, TypeError, …) is reported as a defect, so do not list Exception.
    rejected: tuple[type[BaseException], ...] = ()
    unsupported: tuple[type[BaseException], ...] = (Unsupported,)

    def describe(self) -> dict[str, Any]:
        """Step 1. Say what it is, and list under params only the optional parameters that the library honours:
        salt, rs, keyid and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have."""
        return {
            "protocol": 1,
            "name": "my-library",
            "version": "0",
            "language": "Python",
            "methods": {
                "aes128gcm.encrypt": {"params": []},
                "aes128gcm.decrypt": {"params": []},
            },
        }

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes) -> dict[str, bytes]:
        """Step 2. The plaintext of a whole message: return {"plaintext": my_library.decrypt(message, ikm)}."""
        raise NotImplementedError("decrypt is not implemented yet")

    def aes128gcm_encrypt(self, *, ikm: bytes, plaintext: bytes) -> dict[str, bytes]:
        """Step 3. The message for a plaintext: return {"message": my_library.encrypt(plaintext, ikm)}. Take each
        parameter that describe lists as a further keyword, with the library's own default: rs: int = 4096."""
        raise NotImplementedError("encrypt is not implemented yet")
