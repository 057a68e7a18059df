"""RFC 8188 by PyPI's http-ece: nothing is checked here that the library does not check itself.

`ECEException` is the library's only error of its own and the only one that it documents ("Exception for
ECE encryption functions"); it wraps cryptography's `InvalidTag` in it. So that is what counts as a refusal.
Whatever else comes out was not meant to: `UnicodeDecodeError` for a keyid that is not UTF-8, `ValueError`
from the AEAD for a last record shorter than its tag. Those stay internal errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import http_ece

RS_LIMIT = 2**32  # the header's field; the library stops at 2^31 - 1


class Unsupported(Exception):
    """A request that RFC 8188 allows and the library's interface cannot express."""


class Adapter:
    """`aes128gcm` with the key handed over directly (`key=`)."""

    rejected = (http_ece.ECEException,)
    unsupported = (Unsupported,)

    def describe(self) -> dict[str, Any]:
        """What is tested and the optional parameters that it honours."""
        return {
            "protocol": 1,
            "name": "http-ece",
            "version": version("http-ece"),
            "language": "Python",
            "homepage": "https://github.com/web-push-libs/encrypted-content-encoding",
            "methods": {
                "aes128gcm.encrypt": {"params": ["salt", "rs", "keyid"]},
                "aes128gcm.decrypt": {"params": []},
            },
        }

    def aes128gcm_encrypt(
        self,
        *,
        ikm: bytes,
        plaintext: bytes,
        salt: bytes | None = None,
        rs: int | None = None,
        keyid: bytes | None = None,
    ) -> dict[str, bytes]:
        """The message for `plaintext`; what is not given is left to the library's own default."""
        settings: dict[str, Any] = {"salt": salt, "rs": rs, "keyid": as_text(keyid)}
        settings = {name: value for name, value in settings.items() if value is not None}
        try:
            with native_word():
                return {"message": http_ece.encrypt(plaintext, key=ikm, **settings)}
        except http_ece.ECEException as refusal:
            # A legal rs, but above the library's own limit: no rule is broken by an encoder that stops there.
            if refusal.message == "Too much content" and rs is not None and rs < RS_LIMIT:
                raise Unsupported("the library's largest rs is 2^31 - 1") from refusal
            raise

    def aes128gcm_decrypt(self, *, ikm: bytes, message: bytes) -> dict[str, bytes]:
        """The plaintext of a whole message."""
        with native_word():
            return {"plaintext": http_ece.decrypt(message, key=ikm)}


def as_text(keyid: bytes | None) -> str | None:
    """The library takes an encoder's keyid as text and writes it as UTF-8."""
    try:
        return None if keyid is None else keyid.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unsupported("an encoder's keyid is text: only valid UTF-8 can be given") from error


@contextmanager
def native_word() -> Iterator[None]:
    """Hand on the library's own message as the place of refusal."""
    try:
        yield
    except http_ece.ECEException as refusal:
        refusal.stage_native = refusal.message
        raise
