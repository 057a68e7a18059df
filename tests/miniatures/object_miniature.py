"""An implementation object for `serve` and for the in-process connection: what it does, the message says."""

import sys
import time


class Refused(ValueError):
    def __init__(self, text, stage="", stage_native="", released=None):
        super().__init__(text)
        self.stage, self.stage_native, self.released = stage, stage_native, released


class CannotDo(Refused):
    pass


class Panic(BaseException):
    pass


class Adapter:
    rejected = (Refused,)
    unsupported = (CannotDo,)

    def describe(self):
        return {
            "protocol": 1,
            "name": "object",
            "methods": {"aes128gcm.decrypt": {"params": ("chunk_size",)}, "jwe.decrypt": {}, "made.up": {}},
        }

    def aes128gcm_decrypt(self, *, ikm, message, chunk_size=None):  # noqa: C901, PLR0911, PLR0912
        print("the library prints", message)
        match message:
            case b"refuse":
                raise Refused("no", stage="header", released=b"secret")
            case b"refuse natively":
                raise Refused("no", stage_native="Bad rs")
            case b"cannot":
                raise CannotDo("not that")
            case b"index":
                return message[99]
            case b"panic":
                raise Panic("the extension panicked")
            case b"memory":
                raise MemoryError
            case b"recursion":
                return self.aes128gcm_decrypt(ikm=ikm, message=message)
            case b"exit":
                sys.exit(3)
            case b"dict":
                return {"plaintext": bytearray(b"p"), "keyid": b"k", "unknown": 1}
            case b"none":
                return None
            case b"text":
                return {"plaintext": 5}
            case b"chunk":
                return b"%d" % chunk_size
            case b"sleep":
                time.sleep(600)
        return message

    def jwe_decrypt(self, *, key, jwe, algorithms=None):
        return {"plaintext": b"", "header": {"alg": key["alg"], "given": algorithms}}
