"""A plain command line as data: how a method's parameters become arguments, files and standard input, and how
what it leaves behind becomes a result."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_]\w*)(?::(\w*))?\}")
_FORMS: Final = ("hex", "base64", "base64url", "text", "int", "file")
_RESULT: Final = re.compile(r"stdout(?::(?P<form>hex|base64|base64url))?|file:\{(?P<file>[A-Za-z_]\w*)\}")


class StagePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the tool says why it refused: a regular expression on standard error, group 1 its own word for it."""

    pattern: str


class CommandSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One method as a command line: a table `[command."aes128gcm.decrypt"]` of an `implementation.toml`.

    `arguments` and `stdin` are templates: `{name:form}` with the form `hex`, `base64`, `base64url` (without
    padding), `text`, `int` or `file` (a path to the raw octets); in `stdin`, `{name}` alone stands for the raw octets.
    `when` adds arguments where an optional parameter is sent. `result` says where each result field is found:
    `stdout`, `stdout:hex`, `stdout:base64`, `stdout:base64url`, or `file:{out}` where an argument is `{out:file}`.
    `rejected` and `unsupported` are exit statuses; 0 is success, and any other is a crash.
    """

    arguments: tuple[str, ...]
    result: dict[str, str]
    when: dict[str, tuple[str, ...]] = {}
    stdin: str | None = None
    rejected: tuple[int, ...] = ()
    unsupported: tuple[int, ...] = ()
    stage: StagePattern | None = None
