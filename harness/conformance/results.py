"""Results as values and as JSON Lines: a header, a line an implementation, a line a result, a footer.

A file without its footer is partial: the run was interrupted or killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import msgspec

from harness.implementations.protocol import Description

FORMAT = 1
#: The case that stands for faults which came while several requests were under way, and not with any of them alone.
COMPANY = "run/faults-in-company"


class Verdict(StrEnum):
    """What an outcome means, in pytest's words."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"


class Kind(StrEnum):
    """The kinds of failure, worst first."""

    FALSE_ACCEPT = "false-accept"
    RELEASED_UNAUTHENTICATED = "released-unauthenticated"
    WEAK_RANDOMNESS = "weak-randomness"
    WRONG_OUTPUT = "wrong-output"
    CRASH = "crash"
    HANG = "hang"
    RESOURCE = "resource"
    UNCLEAN_REJECT = "unclean-reject"
    FALSE_REJECT = "false-reject"


class Severity(StrEnum):
    """How bad a kind of failure is: security first."""

    SECURITY = "security"
    ROBUSTNESS = "robustness"
    INTEROPERABILITY = "interoperability"


SEVERITY: dict[Kind, Severity] = {
    Kind.FALSE_ACCEPT: Severity.SECURITY,
    Kind.RELEASED_UNAUTHENTICATED: Severity.SECURITY,
    Kind.WEAK_RANDOMNESS: Severity.SECURITY,
    Kind.WRONG_OUTPUT: Severity.INTEROPERABILITY,
    Kind.CRASH: Severity.ROBUSTNESS,
    Kind.HANG: Severity.ROBUSTNESS,
    Kind.RESOURCE: Severity.ROBUSTNESS,
    Kind.UNCLEAN_REJECT: Severity.ROBUSTNESS,
    Kind.FALSE_REJECT: Severity.INTEROPERABILITY,
}


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="type", omit_defaults=True):
    """A results file's first line: what was run, with what, when."""

    format: int
    sealproof: str
    started: str
    suites: tuple[str, ...]
    cases: int
    vectors_digest: str
    command: tuple[str, ...] = ()
    shard: str = ""
    seed: int = 0
    platform: str = ""


class Implementation(msgspec.Struct, frozen=True, tag="implementation", tag_field="type", omit_defaults=True):
    """One implementation as the run met it.

    `state` is `ready`, `not-ready` (a toolchain or a build is missing), `could-not-start` or `not-testable`
    (dishonest); `reason` says why and `advice` what to do. `remarks` are sentences that belong above its results.
    """

    name: str
    state: str
    description: Description | None = None
    reason: str = ""
    advice: str = ""
    stderr: str = ""
    remarks: tuple[str, ...] = ()
    rerun: str = ""


class Result(msgspec.Struct, frozen=True, tag="result", tag_field="type", omit_defaults=True):
    """One case's verdict for one implementation.

    `case` is the vector's id; `explanation` one sentence; `outcome` the outcome's status; `stage` where the
    input was refused and `stages` where it was expected to be (a difference is a remark, never a failure);
    `leniency` names the choice that the text leaves open and `choice` what was chosen; `skip` says why a case
    was not asked; `reason` is a known failure's reason; `got` is what came out, base64url, cut at 1,024 octets.
    """

    implementation: str
    case: str
    verdict: Verdict
    outcome: str
    requirements: tuple[str, ...] = ()
    kind: Kind | None = None
    ms: float = 0.0
    explanation: str = ""
    stage: str = ""
    stages: tuple[str, ...] = ()
    leniency: str = ""
    choice: str = ""
    skip: str = ""
    reason: str = ""
    exception: str = ""
    message: str = ""
    got: str = ""
    stderr: str = ""
    remarks: tuple[str, ...] = ()


class Footer(msgspec.Struct, frozen=True, tag="footer", tag_field="type", omit_defaults=True):
    """A results file's last line: without it the file is partial. `interrupted` marks a run that was stopped."""

    finished: str
    results: int
    seconds: float
    exit_status: int
    counts: dict[str, int]
    interrupted: bool = False


Line = Header | Implementation | Result | Footer


class Run(msgspec.Struct, frozen=True):
    """A whole results file in memory; `partial` where the footer is missing or says interrupted."""

    header: Header
    implementations: tuple[Implementation, ...]
    results: tuple[Result, ...]
    footer: Footer | None

    @property
    def partial(self) -> bool:
        return self.footer is None or self.footer.interrupted


class BadResults(ValueError):
    """A results file that cannot be read: the file, the line and what is wrong."""


def write_line(stream: IO[bytes], line: Line) -> None:
    """Append one line; flushed, so that what was seen is never lost."""
    try:
        octets = msgspec.json.encode(line)
    except UnicodeEncodeError:  # an exception's message in this process can hold a lone surrogate
        octets = msgspec.json.encode(_spelled_out(msgspec.to_builtins(line)))
    stream.write(octets + b"\n")
    stream.flush()


def _spelled_out(value: Any) -> Any:
    """The value with what UTF-8 cannot express written as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_spelled_out(name): _spelled_out(item) for name, item in value.items()}
    return [_spelled_out(item) for item in value] if isinstance(value, list | tuple) else value


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a results file: a header, any number of others, at most one footer at the end.

    BadResults names the line that is wrong. A last line that was cut is left out.
    """
    decoder = msgspec.json.Decoder(Line)
    before: Line | None = None
    with path.open("rb") as stream:
        for number, text in enumerate(stream, start=1):
            try:
                line = decoder.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                if number == 1:
                    _check_format(path, text)
                if before is not None and not text.endswith(b"\n"):
                    return  # a run that was killed while it wrote; the missing footer tells
                raise BadResults(f"{path}, line {number}: {error}") from None
            if number == 1:
                _check_format(path, text)
            elif isinstance(line, Header) or isinstance(before, Footer):
                raise BadResults(
                    f"{path}, line {number}: a results file ends here and another begins; "
                    "give them to `sealproof report` as files of their own"
                )
            before = line
            yield line


class _Format(msgspec.Struct, tag="header", tag_field="type"):
    format: int


def _check_format(path: Path, text: bytes) -> None:
    """Look at the first line alone: one of another format need not have anything else that is known here."""
    try:
        found = msgspec.json.decode(text, type=_Format).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadResults(f"{path}, line 1: not a results header; is this a file that --results wrote?") from None
    if found != FORMAT:
        raise BadResults(f"{path}, line 1: results format {found}; this version reads format {FORMAT}")


def read_run(path: Path) -> Run:
    """A results file as a value; BadResults where it is not one."""
    lines = list(read_lines(path))
    if not lines or not isinstance(lines[0], Header):
        raise BadResults(f"{path}: empty, not a results header even; was the run killed as it began?")
    return Run(
        header=lines[0],
        implementations=tuple(line for line in lines if isinstance(line, Implementation)),
        results=tuple(line for line in lines if isinstance(line, Result)),
        footer=lines[-1] if isinstance(lines[-1], Footer) else None,
    )
