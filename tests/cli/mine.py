"""Implementations for the commands to be tried on, put on stdio by the harness. They are what their names say."""

from __future__ import annotations

import time

from harness.implementations.reference import Reference


class Right(Reference):
    """Nothing is wrong with it."""


class TakesAnyDelimiter(Reference):
    """Answers nothing where the delimiter is wrong."""

    def aes128gcm_decrypt(self, **asked):
        try:
            return super().aes128gcm_decrypt(**asked)
        except ValueError as error:
            if error.stage == "delimiter":
                return b""
            raise


class OnlyEncrypts(Reference):
    """Claims one method."""

    def describe(self):
        said = super().describe()
        del said["methods"]["aes128gcm.decrypt"]
        return said


class SaysYes(Reference):
    """Says yes to everything."""

    def aes128gcm_decrypt(self, **asked):
        return b"yes"


class Slow(Reference):
    """Takes its time, so that a run of it can be stopped."""

    def aes128gcm_decrypt(self, **asked):
        time.sleep(0.05)
        return super().aes128gcm_decrypt(**asked)
