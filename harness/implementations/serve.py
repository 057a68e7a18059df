"""Puts a Python implementation object on standard input and output.

    python serve.py module:Object                          by path, with any interpreter
    python -m harness.implementations.serve module:Object  where the harness is installed

One file, standard library only, so that it runs in the virtual environment of the library under test. The
object is described in the documentation of the implementation protocol: `describe`, one method per protocol
method, and the class attributes `rejected` and `unsupported`. Whatever it prints goes to standard error.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
import traceback
from typing import Any

#: Parameters that carry octets, and each method's first result field: the protocol's tables, repeated here
#: because nothing of the harness can be imported where this file runs.
OCTETS = frozenset(
    (
        "ikm", "plaintext", "message", "salt", "keyid", "payload", "auth_secret",
        "ua_public", "ua_private", "as_private", "released",
    )
)  # fmt: skip
FIRST_FIELD = {
    "aes128gcm.encrypt": "message",
    "aes128gcm.decrypt": "plaintext",
    "webpush.encrypt": "message",
    "webpush.decrypt": "plaintext",
    "jwe.encrypt": "jwe",
    "jwe.decrypt": "plaintext",
    "jws.sign": "jws",
    "jws.verify": "payload",
    "sealed.seal": "jws",
    "sealed.open": "plaintext",
}
BATCH = 256

REJECTED, UNSUPPORTED, METHOD_NOT_FOUND, INTERNAL_ERROR, UNUSABLE_RESULT = 1, 2, -32601, -32603, -32000


class Service:
    """An implementation object behind JSON-RPC: `answer` takes a line and gives a line."""

    def __init__(self, target: Any) -> None:
        self._target = target() if isinstance(target, type) else target
        self._rejected = _classes(getattr(self._target, "rejected", ()))
        self._unsupported = _classes(getattr(self._target, "unsupported", ()))

    def answer(self, line: bytes) -> bytes:
        """The line that answers a request or a batch of them."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            return _encode(_failure(None, -32700, f"not JSON: {error}"))
        if isinstance(message, list):
            return b"[" + b",".join(_encode(self._one(request)) for request in message) + b"]"
        return _encode(self._one(message))

    def _one(self, request: Any) -> dict[str, Any]:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            return _failure(None, -32600, "not a request")
        identity, method, params = request.get("id"), request["method"], request.get("params", {})
        try:
            if method == "describe":
                return _success(identity, {"batch": BATCH, **self._target.describe()})
            call = getattr(self._target, method.replace(".", "_"), None) if method in FIRST_FIELD else None
            if call is None:
                return _failure(identity, METHOD_NOT_FOUND, "method not found")
            result = call(**{name: _octets(value) if name in OCTETS else value for name, value in params.items()})
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in a Rust extension is not an Exception
            return self._raised(identity, error)
        if isinstance(result, (bytes, bytearray, memoryview, str)):
            result = {FIRST_FIELD[method]: result}
        if not isinstance(result, dict):
            return _failure(identity, UNUSABLE_RESULT, f"{method} returned {type(result).__name__}")
        return _success(identity, result)

    def _raised(self, identity: Any, error: BaseException) -> dict[str, Any]:
        code, message = INTERNAL_ERROR, _message(error)
        for kind in type(error).__mro__:  # the nearest class decides
            if kind in self._rejected:
                code = REJECTED
                break
            if kind in self._unsupported:
                code = UNSUPPORTED
                break
        data = {"exception": type(error).__name__}
        for name in ("stage", "stage_native", "released"):
            value = getattr(error, name, None)
            if value is not None:
                data[name] = value
        if code == INTERNAL_ERROR:
            message += _place(error)
        return _failure(identity, code, message, data)


def _classes(declared: Any) -> frozenset[Any]:
    return frozenset((declared,) if isinstance(declared, type) else declared)


def _message(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except Exception:
        return f"(the message of {type(error).__name__} cannot be shown)"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""


def _success(identity: Any, result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "result": result}


def _failure(identity: Any, code: int, message: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": identity, "error": error}


def _octets(text: Any) -> Any:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if isinstance(text, str) else text


def _text(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.urlsafe_b64encode(bytes(value)).rstrip(b"=").decode("ascii")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be answered as JSON")


def _encode(answer: dict[str, Any]) -> bytes:
    try:
        return json.dumps(answer, default=_text, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        return _encode(_failure(answer["id"], UNUSABLE_RESULT, f"the adapter's result: {error}"))


def load(name: str) -> Any:
    """The object that `module:Object` names; the module may lie in the current folder."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise SystemExit(f"serve: name the implementation as module:Object, not {name!r}")
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        traceback.print_exc()
        raise SystemExit(f"serve: cannot import {module}: {error}") from None
    for part in path.split("."):
        if not hasattr(found, part):
            raise SystemExit(f"serve: {module} has no {path}")
        found = getattr(found, part)
    return found


def _streams() -> Any:
    """The protocol's two descriptors, kept from the library: what it prints goes to standard error, and it
    finds nothing on standard input."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return source, sink


def serve(target: Any, source: int, sink: int) -> None:
    """Answer every line of `source` on `sink`, each at once, until it ends."""
    service = Service(target)
    with os.fdopen(source, "rb", buffering=1 << 18) as lines:
        for line in lines:
            if line.strip():
                _write(sink, service.answer(line) + b"\n")


def _write(sink: int, octets: bytes) -> None:
    rest = memoryview(octets)
    while rest:
        rest = rest[os.write(sink, rest) :]


def main(arguments: list[str] | None = None) -> int:
    """Serve the object named on the command line."""
    names = sys.argv[1:] if arguments is None else arguments
    if len(names) != 1:
        print("usage: serve.py module:Object", file=sys.stderr)
        return 2
    # Run by path, this file's folder comes first on the import path, and its neighbours (protocol, process, …)
    # would hide modules of the same name.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.insert(0, os.getcwd())
    source, sink = _streams()
    try:
        serve(load(names[0]), source, sink)
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
