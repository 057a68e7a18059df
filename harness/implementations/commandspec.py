"""A plain command line as data: how a method's parameters become arguments, files and standard input, and where
the results are found in what it leaves behind."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from harness.implementations.protocol import METHODS, OCTETS, Claim, Method, decode_octets, encode_octets

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_]\w*)(?::(\w*))?\}")
_RESULT: Final = re.compile(r"stdout(?::(hex|base64|base64url))?|file:\{([A-Za-z_]\w*)\}")
_FORMS: Final = ("hex", "base64", "base64url", "text", "int", "file")

#: `{name:form}` as (name, form), and the text between as it stands.
Template = tuple[str | tuple[str, str], ...]


class StagePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the tool says why it refused: a regular expression on standard error, group 1 its own word for it."""

    pattern: str


class CommandSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One method as a command line: a table `[command."aes128gcm.decrypt"]` of an `implementation.toml`.

    `arguments` and `stdin` are templates: `{name:form}` with the form `hex`, `base64`, `base64url` (without
    padding), `text`, `int` or `file` (the path of a file with the octets); in `stdin`, `{name}` alone stands for the
    octets. `when` adds arguments where an optional parameter is sent. `result` says where each result field is found:
    `stdout`, `stdout:hex`, `stdout:base64`, `stdout:base64url`, or `file:{out}` where an argument is `{out:file}`.
    `rejected` and `unsupported` are exit statuses; 0 is success, and any other is a crash.
    """

    arguments: tuple[str, ...]
    result: dict[str, str]
    when: dict[str, tuple[str, ...]] = {}
    stdin: str = ""
    rejected: tuple[int, ...] = ()
    unsupported: tuple[int, ...] = ()
    stage: StagePattern | None = None


def template(text: str) -> Template:
    """The pieces of a template; braces that hold no name stand for themselves."""
    pieces: list[str | tuple[str, str]] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [text[end : match.start()], (match[1], match[2] or "")]
        end = match.end()
    return tuple(piece for piece in (*pieces, text[end:]) if piece)


def placeholders(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """All `{name:form}` in some templates."""
    return [piece for text in texts for piece in template(text) if isinstance(piece, tuple)]


def outputs(spec: CommandSpec) -> dict[str, str]:
    """The result fields that are read from files: the field, and the name that its placeholder has."""
    found = {field: _RESULT.fullmatch(place) for field, place in spec.result.items()}
    return {field: match[2] for field, match in found.items() if match and match[2]}


def problems(name: str, spec: CommandSpec, claim: Claim) -> Iterator[str]:
    """What is wrong with a method's command line, as sentences without its name."""
    method = METHODS.get(name)
    if method is None:
        yield f"the protocol has no such method; it has {', '.join(METHODS)}"
        return
    if not spec.arguments:
        yield "arguments is empty: write the program and its arguments"
    yield from _problems_in_templates(method, spec)
    yield from _problems_in_results(method, spec)
    for parameter in spec.when:
        if parameter not in method.optional:
            yield f"when: {parameter} is not an optional parameter; {_some(method.optional)}"
    for parameter in claim.params:
        if parameter in method.optional and parameter not in spec.when:
            yield f"describe claims the parameter {parameter}, but there are no arguments for it under `when`"
    yield from _problems_in_refusals(spec)


def _problems_in_refusals(spec: CommandSpec) -> Iterator[str]:
    for status in (*spec.rejected, *spec.unsupported):
        if not 1 <= status <= 255:
            yield f"{status} cannot be an exit status that refuses: 1 to 255"
    if both := set(spec.rejected) & set(spec.unsupported):
        yield f"exit status {min(both)} cannot mean both rejected and unsupported"
    if spec.stage is not None:
        try:
            groups = re.compile(spec.stage.pattern).groups
        except re.error as error:
            yield f"stage pattern: {error}"
        else:
            if not groups:
                yield "stage pattern: put the tool's own word in a group, as in 'bad (\\w+)'"


def _problems_in_templates(method: Method, spec: CommandSpec) -> Iterator[str]:
    written = set(outputs(spec).values())
    for name, form in placeholders(spec.arguments):
        if name in written and form == "file":
            continue
        if name in method.optional:
            yield f"{{{name}}} is an optional parameter: put its arguments under `when`"
        yield from _problems_in_placeholder(method, name, form, bare=False)
    for name, form in placeholders((spec.stdin,)):
        yield from _problems_in_placeholder(method, name, form, bare=True)
    for parameter, words in spec.when.items():
        for name, form in placeholders(words):
            if name in method.optional and name != parameter:
                yield f"when.{parameter} uses {{{name}}}, which may not have been sent"
            yield from _problems_in_placeholder(method, name, form, bare=False)


def _problems_in_placeholder(method: Method, name: str, form: str, *, bare: bool) -> Iterator[str]:
    if name not in (*method.required, *method.optional):
        yield f"{{{name}}} is not a parameter; {_some((*method.required, *method.optional))}"
    elif form and form not in _FORMS:
        yield f"{{{name}:{form}}}: the form is one of {', '.join(_FORMS)}"
    elif not form and name in OCTETS and not bare:
        yield f"{{{name}}} is octets: say in which form, as in {{{name}:base64url}} or {{{name}:file}}"


def _problems_in_results(method: Method, spec: CommandSpec) -> Iterator[str]:
    for field in method.result:
        if field not in spec.result:
            yield f"result does not say where {field} is found"
    for field, place in spec.result.items():
        if field not in (*method.result, *method.optional_result):
            yield f"result: {field} is not a result field; {_some((*method.result, *method.optional_result))}"
        if not _RESULT.fullmatch(place):
            yield f"result: {place!r} is not stdout, stdout:hex, stdout:base64, stdout:base64url or file:{{name}}"
    given = {name for name, form in placeholders(spec.arguments) if form == "file"}
    for field, name in outputs(spec).items():
        if name in (*method.required, *method.optional):
            yield f"result: {field} cannot be read from {{{name}}}, which is a parameter"
        elif name not in given:
            yield f"result: {field} is read from {{{name}}}, but no argument is {{{name}:file}}"


def _some(names: tuple[str, ...]) -> str:
    return f"there are {', '.join(names)}" if names else "there are none"


def octets_of(value: Any) -> bytes:
    """A parameter as octets: octets as they are, text as UTF-8, numbers in digits, objects as JSON."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return msgspec.json.encode(value)


def render(pieces: Template, values: Mapping[str, Any], path: Callable[[str], str]) -> bytes:
    """A template filled in. `path` gives the path of the file that stands for a name."""
    return b"".join(piece.encode() if isinstance(piece, str) else _render(values, *piece, path) for piece in pieces)


def _render(values: Mapping[str, Any], name: str, form: str, path: Callable[[str], str]) -> bytes:
    if form == "file":
        return path(name).encode()
    octets = octets_of(values[name])
    match form:
        case "hex":
            return octets.hex().encode()
        case "base64":
            return base64.b64encode(octets)
        case "base64url":
            return encode_octets(octets).encode()
    return octets


def read_result(field: str, place: str, stdout: bytes, files: Mapping[str, bytes]) -> bytes | str | dict[str, Any]:
    """A result field: octets, text, or an object, by its name. ValueError where it is not what was declared."""
    match = _RESULT.fullmatch(place)
    assert match is not None
    octets = files[match[2]] if match[2] else _decode(match[1] or "", stdout)
    if field in OCTETS:
        return octets
    try:
        text = octets.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{field} is not UTF-8 text: {error.reason} at octet {error.start}") from None
    if field != "header":
        return text
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"header is not a JSON object: {error}") from None


def _decode(form: str, octets: bytes) -> bytes:
    if not form:
        return octets
    text = b"".join(octets.split())
    try:
        match form:
            case "hex":
                return binascii.a2b_hex(text)
            case "base64":
                return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"standard output is not {form}: {error}") from None
    return decode_octets(text.rstrip(b"=").decode("ascii", "replace"))
