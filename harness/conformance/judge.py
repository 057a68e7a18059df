"""What an outcome means for a vector: a pure function of the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from harness.conformance.produced import Fault, check_message, check_salts
from harness.conformance.results import Kind, Result, Verdict
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import METHODS, decode_octets, encode_octets
from harness.vectors.load import Vector
from harness.vectors.model import ACCEPTABLE, INVALID

GOT_OCTETS = 1024

_KIND_OF_STATUS = {
    Status.CRASHED: Kind.CRASH,
    Status.TIMED_OUT: Kind.HANG,
    Status.RESOURCE: Kind.RESOURCE,
    Status.INTERNAL_ERROR: Kind.UNCLEAN_REJECT,
}


class _Finding(msgspec.Struct, frozen=True):
    """The judge's word on one case, before it is written down as a result."""

    verdict: Verdict
    explanation: str = ""
    kind: Kind | None = None
    rules: tuple[str, ...] = ()
    choice: str = ""
    remarks: tuple[str, ...] = ()


def judge(implementation: str, vector: Vector, outcomes: Sequence[Outcome]) -> Result:
    """The verdict on a case that was asked once, or `repeat` times.

    Of several outcomes the first that ended badly decides; where all went well, what they have in common does.
    """
    outcome = next((each for each in outcomes if each.status is not Status.ACCEPTED), outcomes[0])
    accepted = outcome.status is Status.ACCEPTED
    finding = _judge_accepted(vector, outcomes) if accepted else _judge_refused(vector, outcome)
    test = vector.test
    failed = finding.verdict is Verdict.FAILED
    return Result(
        implementation=implementation,
        case=vector.id,
        verdict=finding.verdict,
        outcome=outcome.status.value,
        requirements=finding.rules or test.requirements,
        kind=finding.kind,
        ms=round(outcome.ms, 3),
        explanation=finding.explanation,
        stage=outcome.stage,
        stages=test.stages,
        leniency=test.leniency if finding.choice else "",
        choice=finding.choice,
        skip=finding.explanation if finding.verdict is Verdict.SKIPPED else "",
        exception=outcome.exception,
        message=(outcome.message or outcome.detail)[:2000],
        got=_got(vector, outcome) if failed else "",
        stderr=outcome.stderr if failed or finding.verdict is Verdict.ERROR else "",
        remarks=finding.remarks,
    )


def _judge_refused(vector: Vector, outcome: Outcome) -> _Finding:
    """The verdict where the implementation did not answer with a result."""
    status = outcome.status
    if outcome.released and (leak := _leak(vector, outcome.released)):
        return _Finding(
            Verdict.FAILED, leak, Kind.RELEASED_UNAUTHENTICATED, ("rfc8188/4.2/incremental", "rfc8188/2/aead")
        )
    if status is Status.REJECTED:
        return _judge_rejected(vector, outcome)
    if status is Status.UNSUPPORTED:
        return _Finding(Verdict.SKIPPED, f"unsupported: {_cut(outcome.message or outcome.detail) or 'no reason given'}")
    if status is Status.PROTOCOL_ERROR:
        return _Finding(Verdict.ERROR, f"the answer breaks the protocol: {_cut(outcome.detail or outcome.message)}")
    if status is Status.RESOURCE and vector.test.leniency.startswith("encoder-"):
        return _Finding(Verdict.PASSED, choice="needs more memory than it may have")
    what = {
        Status.CRASHED: "it ended without an answer",
        Status.TIMED_OUT: "it did not answer in time",
        Status.RESOURCE: "it used more than it may",
        Status.INTERNAL_ERROR: "an exception escaped that is not part of its interface",
    }[status]
    detail = _cut(outcome.detail or ": ".join(part for part in (outcome.exception, outcome.message) if part))
    return _Finding(Verdict.FAILED, f"{what}{f' ({detail})' if detail else ''}", _KIND_OF_STATUS[status])


def _judge_rejected(vector: Vector, outcome: Outcome) -> _Finding:
    if vector.test.result == INVALID:
        return _Finding(Verdict.PASSED, remarks=_stage_remark(vector, outcome))
    if vector.test.result == ACCEPTABLE:
        return _Finding(Verdict.PASSED, choice="refuses")
    why = _cut(": ".join(part for part in (outcome.stage or outcome.stage_native, outcome.message) if part))
    return _Finding(
        Verdict.FAILED, f"it refuses what has to be accepted{f' ({why})' if why else ''}", Kind.FALSE_REJECT
    )


def _cut(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}…"


def _leak(vector: Vector, released: bytes) -> str:
    """What a decoder that did not finish had handed out beyond the records that authenticate; empty if nothing."""
    if not bytes(vector.test.recipe):
        return ""  # an encoder releases nothing
    allowed = decode_octets(vector.test.releasable) if vector.test.result == INVALID else vector.recipe.content
    if allowed.startswith(released):
        return ""
    return (
        f"it does not finish, but had handed out {len(released)} octets before; "
        f"{len(allowed)} of this message come from records that authenticate"
    )


def _stage_remark(vector: Vector, outcome: Outcome) -> tuple[str, ...]:
    stages = vector.test.stages
    if outcome.stage and stages and outcome.stage not in stages:
        return (f"refused at stage {outcome.stage}; expected {' or '.join(stages)}",)
    return ()


def _judge_accepted(vector: Vector, outcomes: Sequence[Outcome]) -> _Finding:
    if vector.test.result == INVALID:
        return _false_accept(vector, outcomes[0])
    fault = _fault(vector, outcomes)
    if fault is not None and fault.protocol:
        return _Finding(Verdict.ERROR, f"the answer breaks the protocol: {fault.explanation}")
    if fault is not None:
        return _Finding(Verdict.FAILED, fault.explanation, fault.kind, fault.rules)
    choice = "accepts" if vector.test.result == ACCEPTABLE else ""
    return _Finding(Verdict.PASSED, choice=choice)


def _false_accept(vector: Vector, outcome: Outcome) -> _Finding:
    result = outcome.result or {}
    returned = ", ".join(f"{name} {_shown(result[name])}" for name in _fields(vector) if name in result)
    # An encoder that takes such arguments deceives nobody: it writes what no decoder should open.
    kind = Kind.WRONG_OUTPUT if vector.method == "aes128gcm.encrypt" else Kind.FALSE_ACCEPT
    return _Finding(Verdict.FAILED, f"it accepts what has to be refused, and returns {returned or 'nothing'}", kind)


def _fields(vector: Vector) -> tuple[str, ...]:
    """The result fields of the protocol; an answer may have any number of others, of any size."""
    method = METHODS[vector.method]
    return method.result + method.optional_result


def _shown(value: Any) -> str:
    try:
        octets = value if isinstance(value, bytes) else decode_octets(value)
    except ValueError:
        return f"({type(value).__name__}, not octets)"
    return f"{octets[:32]!r}{f'… ({len(octets)} octets)' if len(octets) > 32 else ''}"


def _fault(vector: Vector, outcomes: Sequence[Outcome]) -> Fault | None:
    """The first thing wrong with what came out; None if nothing is."""
    if vector.method == "aes128gcm.encrypt":
        for outcome in outcomes:
            try:
                message = outcome.octets("message")
            except ValueError as error:
                return Fault(str(error), protocol=True)
            if fault := check_message(message, vector.request.values()):
                return fault
        return check_salts([outcome.octets("message")[:16] for outcome in outcomes]) if len(outcomes) > 1 else None
    return _wrong_fields(vector, outcomes[0])


def _wrong_fields(vector: Vector, outcome: Outcome) -> Fault | None:
    """Compares each expected result field; texts first, so that nothing is decoded where they are alike."""
    result = outcome.result or {}
    expected = vector.test.expected or _from_recipe(vector)
    for name, value in expected.items():
        got = result.get(name)
        if got == value or (got is None and name == "keyid"):
            continue
        try:
            octets = outcome.octets(name)
            wanted = value if isinstance(value, bytes) else decode_octets(value)
        except ValueError as error:
            return Fault(f"{name}: {error}", protocol=True)
        if octets != wanted:
            rules = ("rfc8188/2.1/keyid",) if name == "keyid" else ()
            return Fault(f"it returns another {name}: {_difference(octets, wanted)}", rules)
    return None


def _from_recipe(vector: Vector) -> dict[str, Any]:
    recipe = vector.recipe
    return {"plaintext": recipe.content, "keyid": recipe.keyid}


def _difference(got: bytes, wanted: bytes) -> str:
    if wanted.startswith(got):
        return f"{len(got)} octets where there are {len(wanted)}; the end is missing"
    if got.startswith(wanted):
        return f"{len(got)} octets where there are {len(wanted)}; too much is {_shown(got[len(wanted) :])}"
    place = next(at for at, (one, other) in enumerate(zip(got, wanted, strict=False)) if one != other)
    return f"octet {place} is 0x{got[place]:02x}, not 0x{wanted[place]:02x} ({len(got)} octets, {len(wanted)} expected)"


def _got(vector: Vector, outcome: Outcome) -> str:
    try:
        return encode_octets(outcome.octets(_fields(vector)[0])[:GOT_OCTETS])
    except ValueError:
        return ""
