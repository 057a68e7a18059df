"""What travels: requests as lines of JSON-RPC 2.0, and answers read from them, whatever was sent instead.

Reading is done twice over. A block of lines that is as it should be goes through one typed decoder, which is what
makes the harness quick; only a block that it refuses is read line by line, to say what is wrong with which.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final, Literal, cast

import msgspec

from harness.implementations.connection import Request
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import METHODS, OCTETS, ErrorCode, Method, decode_octets

#: An answer larger than this with more values than `_MOST_VALUES` would cost many times its size in memory.
_LARGE: Final = 1 << 20
_MOST_VALUES: Final = 500_000


class AnswerError(msgspec.Struct, gc=False):
    """The `error` of an answer."""

    code: int
    message: str = ""
    data: Any = None


class Answer(msgspec.Struct, gc=False):
    """An answer that has the form of one. `id` may still be wrong."""

    jsonrpc: Literal["2.0"]
    id: int
    result: dict[str, Any] | None = None
    error: AnswerError | None = None


class Malformed(msgspec.Struct, gc=False):
    """What came instead of an answer: why it is none, and the request it names, if it does."""

    id: int | None
    why: str


_decoder: Final = msgspec.json.Decoder(Answer | list[Answer])
_NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, MemoryError)


class Lines:
    """Puts lines together from pieces of any size; nothing pending is copied twice."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        #: Octets of the line that is not complete yet.
        self.pending = 0

    def feed(self, piece: bytes) -> bytes:
        """The complete lines so far, as one block that ends in a newline, or nothing."""
        end = piece.rfind(b"\n") + 1
        if not end:
            self._pieces.append(piece)
            self.pending += len(piece)
            return b""
        block = piece[:end]
        if self._pieces:
            block = b"".join((*self._pieces, block))
            self._pieces.clear()
        self.pending = len(piece) - end
        if self.pending:
            self._pieces.append(piece[end:])
        return block

    def rest(self) -> bytes:
        """The start of a line that was never ended, cut."""
        return b"".join(piece[:200] for piece in self._pieces[:1])


def request_text(number: int, request: Request) -> bytes:
    """A request as JSON without a newline; its parameters are copied as they stand."""
    head = _heads.get(request.method) or _head(request.method)
    params = request.encoded()
    if b"\n" in params:
        params = msgspec.json.format(params, indent=-1)
    return b'%b%b,"id":%d}' % (head, params, number)


_heads: Final[dict[str, bytes]] = {}


def _head(method: str) -> bytes:
    head = b'{"jsonrpc":"2.0","method":' + msgspec.json.encode(method) + b',"params":'
    if method in METHODS:
        _heads[method] = head
    return head


def read_answers(block: bytes) -> list[Answer | Malformed]:
    """The answers in a block of complete lines, those of batches among them, in the order of their arrival."""
    if len(block) > _LARGE and sum(map(block.count, (b"[", b"{", b","))) > _MOST_VALUES:
        return [Malformed(None, f"an answer of {len(block):,} octets with far too many values: {quote(block)}")]
    try:
        found: list[Answer | list[Answer]] = _decoder.decode_lines(block)
    except _NOT_JSON:
        return _read_slowly(block)
    # The decoder takes a value that spans lines, or two on one line; those are not lines of the protocol.
    if len(found) != block.count(b"\n"):
        return _read_slowly(block)
    if list in set(map(type, found)):
        if not all(found):  # an empty batch answers nothing
            return _read_slowly(block)
        return list(chain.from_iterable(item if isinstance(item, list) else (item,) for item in found))
    return cast(list[Answer | Malformed], found)


def _read_slowly(block: bytes) -> list[Answer | Malformed]:
    answers: list[Answer | Malformed] = []
    for line in block.split(b"\n"):
        text = line.strip()
        if not text:
            continue
        try:
            value = msgspec.json.decode(text)
        except _NOT_JSON as error:
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)[:100]
            answers.append(Malformed(None, f"a line that is not JSON ({reason}): {quote(line)}"))
            continue
        if value == []:
            answers.append(Malformed(None, "an empty batch, []"))
        answers += [_examine(item) for item in (value if isinstance(value, list) else [value])]
    return answers


def _examine(value: Any) -> Answer | Malformed:  # noqa: PLR0911  (one thing after the other)
    """An answer, or the first thing that is wrong with it."""
    if not isinstance(value, dict):
        return Malformed(None, f"JSON that is not an object: {quote(value)}")
    number, result, error = value.get("id"), value.get("result"), value.get("error")
    if type(number) is not int:
        said = f"; it says: {quote(error)}" if error is not None else ""
        missing = "no id" if "id" not in value else f"the id {quote(number)}, which is not an integer that was asked"
        return Malformed(None, f"an answer with {missing}{said}")
    if value.get("jsonrpc") != "2.0":
        return Malformed(number, f'an answer whose `jsonrpc` is {quote(value.get("jsonrpc"))}, not "2.0"')
    if result is not None and error is not None:
        return Malformed(number, "an answer with both a result and an error")
    if error is None:
        if isinstance(result, dict):
            return Answer(jsonrpc="2.0", id=number, result=result)
        what = f"whose result is not an object: {quote(result)}" if "result" in value else "without result and error"
        return Malformed(number, f"an answer {what}")
    if not isinstance(error, dict) or type(error.get("code")) is not int:
        return Malformed(number, f"an error without an integer `code`: {quote(error)}")
    if not isinstance(error.get("message", ""), str):
        return Malformed(number, f"an error whose `message` is not text: {quote(error['message'])}")
    return Answer(
        jsonrpc="2.0",
        id=number,
        error=AnswerError(code=error["code"], message=error.get("message", ""), data=error.get("data")),
    )


def outcome_of(  # noqa: PLR0911  (one thing after the other)
    answer: Answer | Malformed, method: str, stages: Mapping[str, str], ms: float
) -> Outcome:
    """What an answer to `method` means. `stages` maps the library's own words to the vocabulary."""
    if type(answer) is Malformed:
        return Outcome(status=Status.PROTOCOL_ERROR, detail=f"it sent {answer.why}", ms=ms)
    assert type(answer) is Answer
    error = answer.error
    result = answer.result
    if error is not None:
        if result is not None:
            return _misshapen("both a result and an error", ms)
        return _refused(error, stages, ms)
    if result is None:
        return _misshapen("neither a result nor an error", ms)
    spec = METHODS.get(method)
    if spec is not None:
        for field in spec.result:
            if type(result.get(field)) is not str:
                return _misshapen(_lacking(field, result), ms)
        if spec.optional_result and len(result) > len(spec.result):
            fault = _optional_fault(spec, result)
            if fault:
                return _misshapen(fault, ms)
    return Outcome(status=Status.ACCEPTED, result=result, ms=ms)


def _lacking(field: str, result: Mapping[str, Any]) -> str:
    if field in result:
        return f"a result whose `{field}` is not text: {quote(result[field])}"
    return f"a result without `{field}`; it has: {quote(', '.join(result) or 'nothing')}"


def _optional_fault(spec: Method, result: Mapping[str, Any]) -> str:
    for field in spec.optional_result:
        value = result.get(field)
        wanted = str if field in OCTETS else dict
        if value is not None and type(value) is not wanted:
            return f"a result whose `{field}` is not {'text' if wanted is str else 'an object'}: {quote(value)}"
    return ""


def _misshapen(what: str, ms: float) -> Outcome:
    return Outcome(status=Status.PROTOCOL_ERROR, detail=f"it sent {what}", ms=ms)


_STATUSES: Final = {
    ErrorCode.REJECTED.value: Status.REJECTED,
    ErrorCode.UNSUPPORTED.value: Status.UNSUPPORTED,
    ErrorCode.METHOD_NOT_FOUND.value: Status.UNSUPPORTED,
    ErrorCode.INTERNAL_ERROR.value: Status.INTERNAL_ERROR,
}


def _refused(error: AnswerError, stages: Mapping[str, str], ms: float) -> Outcome:
    status = _STATUSES.get(error.code)
    if status is None:
        return _misshapen(f"the error code {error.code}, which the protocol does not have: {quote(error.message)}", ms)
    data = error.data if isinstance(error.data, dict) else {}
    native = _word(data, "stage_native")
    released = data.get("released")
    if released is not None:
        try:
            released = decode_octets(released)
        except ValueError as wrong:
            return _misshapen(f"an error whose `released` cannot be read: {wrong}", ms)
    return Outcome(
        status=status,
        stage=_word(data, "stage") or stages.get(native, ""),
        stage_native=native,
        exception=_word(data, "exception"),
        message=error.message[:2000],
        released=released,
        detail="method not found" if error.code == ErrorCode.METHOD_NOT_FOUND else "",
        ms=ms,
    )


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value[:200] if isinstance(value, str) else ""


def quote(value: object, most: int = 120) -> str:
    """A value for people: printable, on one line, cut."""
    if isinstance(value, bytes):
        text = value[: most * 4].decode("utf-8", "backslashreplace")
    elif isinstance(value, str):
        text = value[: most + 1]
    else:
        try:
            text = msgspec.json.encode(value)[: most * 4].decode("utf-8", "replace")
        except (TypeError, ValueError, RecursionError, OverflowError):
            text = type(value).__name__
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[:most])
    return f"{shown}…" if len(text) > most else shown
