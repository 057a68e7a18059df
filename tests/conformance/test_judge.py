"""What an outcome means for a case."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from made import IKM, MESSAGE, SALT, accepted, decoder_case, encoder_case, outcome

from harness.conformance.judge import judge
from harness.conformance.results import Kind, Result, Verdict
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import encode_octets
from harness.recipes.aes128gcm import LAST, Flip, Message, Record, seal
from harness.vectors.load import Vector

RIGHT = accepted(plaintext=encode_octets(b"some content"), keyid=encode_octets(b"k1"))
WRONG = accepted(plaintext=encode_octets(b"some CONTENT"))


def one(vector: Vector, end: Outcome) -> Result:
    return judge("it", vector, [end])


ENDS = {
    "right": RIGHT,
    "wrong": WRONG,
    "unreadable": accepted(plaintext="="),
    **{status.value: outcome(status) for status in Status if status is not Status.ACCEPTED},
}
FAULTY = {
    "internal-error": Kind.UNCLEAN_REJECT,
    "crashed": Kind.CRASH,
    "timed-out": Kind.HANG,
    "resource-limit": Kind.RESOURCE,
}


def meaning(result: str, end: str) -> tuple[Verdict, Kind | None]:
    """The table that the judge has to keep."""
    if end in FAULTY:
        return Verdict.FAILED, FAULTY[end]
    if end in ("protocol-error", "unsupported"):
        return (Verdict.ERROR if end == "protocol-error" else Verdict.SKIPPED), None
    if end == "rejected":
        return (Verdict.FAILED, Kind.FALSE_REJECT) if result == "valid" else (Verdict.PASSED, None)
    if result == "invalid":
        return Verdict.FAILED, Kind.FALSE_ACCEPT
    if end == "unreadable":
        return Verdict.ERROR, None
    return (Verdict.PASSED, None) if end == "right" else (Verdict.FAILED, Kind.WRONG_OUTPUT)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("result", ["valid", "invalid", "acceptable"])
def test_every_way_to_end_for_every_kind_of_case(result: str, end: str) -> None:
    found = one(decoder_case(result), ENDS[end])
    assert (found.verdict, found.kind) == meaning(result, end)
    assert found.outcome == ENDS[end].status.value
    assert found.explanation or found.verdict is Verdict.PASSED
    assert found.requirements == ("rfc8188/2/padding",)
    assert found.case == "aes128gcm/made/made-up"
    assert found.ms == 0.25


@pytest.mark.parametrize(("end", "choice"), [("right", "accepts"), ("rejected", "refuses"), ("wrong", "")])
def test_a_choice_is_written_down_where_one_was_made(end: str, choice: str) -> None:
    found = one(decoder_case("acceptable"), ENDS[end])
    assert (found.leniency, found.choice) == ("a-choice" if choice else "", choice)


def test_skipped_by_code_2_carries_the_reason_and_no_choice() -> None:
    found = one(decoder_case("acceptable"), outcome(Status.UNSUPPORTED, message="only 16-octet keys"))
    assert found.skip == "unsupported: only 16-octet keys"
    assert found.leniency == ""
    assert one(decoder_case("valid"), outcome(Status.UNSUPPORTED)).skip == "unsupported: no reason given"


# Stages


@pytest.mark.parametrize(("stage", "remarked"), [("record-auth", False), ("header", True), ("", False)])
def test_another_stage_than_expected_is_a_remark_and_never_a_failure(stage: str, remarked: bool) -> None:
    found = one(decoder_case("invalid"), outcome(Status.REJECTED, stage=stage))
    assert found.verdict is Verdict.PASSED
    assert bool(found.remarks) is remarked
    if remarked:
        assert "header" in found.remarks[0]
        assert "record-auth" in found.remarks[0]


# What was released before a refusal

CHANGED = msgspec.structs.replace(
    MESSAGE, records=(MESSAGE.records[0], MESSAGE.records[1], Record(b"nt", flips=(Flip(0),)))
)
BADLY_DELIMITED = msgspec.structs.replace(MESSAGE, records=(*MESSAGE.records[:2], Record(b"nt", 3, delimiter=1)))


@pytest.mark.parametrize("status", [Status.REJECTED, Status.INTERNAL_ERROR, Status.UNSUPPORTED])
@pytest.mark.parametrize(
    ("message", "released", "leaks"),
    [
        (CHANGED, b"", False),
        (CHANGED, b"some con", False),
        (CHANGED, b"some conte", False),
        (CHANGED, b"some content", True),
        (CHANGED, b"some conte\0", True),
        (CHANGED, b"Some", True),
        # The last record authenticates: what of it is data, the text does not say.
        (BADLY_DELIMITED, b"some content", False),
        (BADLY_DELIMITED, b"some content\1\0\0\0", False),
        (BADLY_DELIMITED, b"some content\1\0\0\0\0", True),
    ],
)
def test_nothing_unauthenticated_may_have_been_released(
    message: Message, released: bytes, leaks: bool, status: Status
) -> None:
    found = one(decoder_case("invalid", message), outcome(status, released=released))
    assert (found.kind is Kind.RELEASED_UNAUTHENTICATED) is leaks
    if leaks:
        assert found.verdict is Verdict.FAILED
        assert "rfc8188/4.2/incremental" in found.requirements
        assert f"{len(released)} octets" in found.explanation


def test_a_refused_good_message_may_have_released_its_content_and_no_more() -> None:
    case = decoder_case("valid")
    assert one(case, outcome(Status.REJECTED, released=b"some content")).kind is Kind.FALSE_REJECT
    assert one(case, outcome(Status.REJECTED, released=b"something")).kind is Kind.RELEASED_UNAUTHENTICATED


def test_an_encoder_releases_nothing_that_could_be_judged() -> None:
    found = one(encoder_case("invalid"), outcome(Status.REJECTED, released=b"anything"))
    assert found.verdict is Verdict.PASSED


# What came out


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ({}, Verdict.PASSED),
        ({"keyid": None}, Verdict.PASSED),
        ({"keyid": encode_octets(b"k1")}, Verdict.PASSED),
        ({"keyid": b"k1"}, Verdict.PASSED),
        ({"keyid": encode_octets(b"k2")}, Verdict.FAILED),
        ({"keyid": ""}, Verdict.FAILED),
        ({"keyid": 5}, Verdict.ERROR),
    ],
)
def test_a_keyid_may_be_left_out_but_not_be_wrong(result: dict[str, Any], verdict: Verdict) -> None:
    found = one(decoder_case("valid"), accepted(plaintext=b"some content", **result))
    assert found.verdict is verdict
    if verdict is Verdict.FAILED:
        assert found.requirements == ("rfc8188/2.1/keyid",)
        assert found.kind is Kind.WRONG_OUTPUT


@pytest.mark.parametrize(
    "text", [5, None, [], {}, "c29t=", "c29t ", "c29t+A", "c29tc", "c29tY3", "c29tY29udGVudB", "ü", "\ud800"]
)
def test_octets_that_are_not_base64url_break_the_protocol(text: Any) -> None:
    found = one(decoder_case("valid"), accepted(plaintext=text))
    assert found.verdict is Verdict.ERROR
    assert found.kind is None
    assert "plaintext" in found.explanation


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"some", "the end is missing"),
        (b"", "0 octets where there are 12"),
        (b"some content\2", "too much is b'\\x02'"),
        (b"some-content", "octet 4 is 0x2d, not 0x20"),
    ],
)
def test_the_explanation_says_where_content_differs(content: bytes, told: str) -> None:
    found = one(decoder_case("valid"), accepted(plaintext=content))
    assert told in found.explanation
    assert found.got == encode_octets(content)


def test_what_came_out_is_the_first_result_field_whatever_the_order_and_cut() -> None:
    found = one(decoder_case("invalid"), accepted(extra="?", keyid=b"k1", plaintext=bytes(5000)))
    assert found.got == encode_octets(bytes(1024))


def test_a_hostile_answer_makes_no_endless_explanation() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    many = {f"field {number}": "A" * 1000 for number in range(1000)}
    found = one(decoder_case("invalid"), accepted(plaintext=deep, **many))
    assert found.kind is Kind.FALSE_ACCEPT
    assert len(found.explanation) < 500
    for status in Status:
        if status is not Status.ACCEPTED:
            assert len(one(decoder_case("valid"), outcome(status, message="x" * 9999)).explanation) < 500


# Encoders


def sealed(*records: Record, salt: bytes = SALT, rs: int = 4096, keyid: bytes = b"") -> Outcome:
    return accepted(message=seal(Message(ikm=IKM, salt=salt, rs=rs, records=records, keyid=keyid)))


def test_an_encoder_may_choose_what_it_was_not_asked_for() -> None:
    assert one(encoder_case(), sealed(Record(b"some content"))).verdict is Verdict.PASSED
    assert one(encoder_case(), sealed(Record(b"some content", 100), keyid=b"x", rs=999)).verdict is Verdict.PASSED


def test_an_encoder_fault_points_at_the_rule_it_breaks_and_not_at_the_case_s() -> None:
    found = one(encoder_case(), sealed(Record(b"some content", delimiter=1)))
    assert (found.verdict, found.kind) == (Verdict.FAILED, Kind.WRONG_OUTPUT)
    assert found.requirements == ("rfc8188/2/delimiter-last",)


def test_what_an_encoder_may_decline_it_must_not_get_wrong() -> None:
    case = encoder_case("acceptable")
    assert one(case, outcome(Status.REJECTED)).choice == "refuses"
    assert one(case, sealed(Record(b"some content"))).choice == "accepts"
    assert one(case, sealed(Record(b"some contents"))).verdict is Verdict.FAILED
    short_of_memory = one(case, outcome(Status.RESOURCE))
    assert short_of_memory.verdict is Verdict.PASSED
    assert one(decoder_case("acceptable"), outcome(Status.RESOURCE)).verdict is Verdict.FAILED


def test_an_unreadable_message_breaks_the_protocol() -> None:
    assert one(encoder_case(), accepted(message="?")).verdict is Verdict.ERROR
    assert one(encoder_case(), accepted()).verdict is Verdict.ERROR


def test_an_impossible_argument_must_not_be_encoded() -> None:
    found = one(encoder_case("invalid", params={"rs": 17}), sealed(Record(b"some content")))
    assert (found.verdict, found.kind) == (Verdict.FAILED, Kind.WRONG_OUTPUT)


# Repeated requests


def repeated(*ends: Outcome) -> Result:
    return judge("it", encoder_case(repeat=len(ends)), ends)


def test_salts_that_do_not_come_again_pass() -> None:
    ends = [sealed(Record(b"some content"), salt=bytes([number]) * 16) for number in range(20)]
    assert repeated(*ends).verdict is Verdict.PASSED


def test_a_salt_that_comes_again_is_weak_randomness() -> None:
    ends = [sealed(Record(b"some content"), salt=bytes([number % 19]) * 16) for number in range(20)]
    found = repeated(*ends)
    assert found.kind is Kind.WEAK_RANDOMNESS
    assert found.requirements[0] == "rfc8188/4.3/salt-unique"
    assert "calls 0 and 19" in found.explanation


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACCEPTED])
def test_of_many_outcomes_the_first_that_is_no_answer_decides(status: Status) -> None:
    good = sealed(Record(b"some content"))
    found = repeated(good, outcome(status, message="this one"), outcome(Status.CRASHED, message="not this one"))
    assert found.outcome == status.value
    assert found.verdict is not Verdict.PASSED
    assert found.message == "this one"


def test_of_many_messages_each_is_looked_at() -> None:
    good = [sealed(Record(b"some content"), salt=bytes([number]) * 16) for number in range(5)]
    bad = sealed(Record(b"some content", delimiter=LAST + 1), salt=bytes(16))
    assert repeated(*good[1:], bad).requirements == ("rfc8188/2/delimiter-last",)


# What is kept for the report


def test_stderr_and_output_are_kept_only_where_something_is_wrong() -> None:
    noisy = {"stderr": "a stack trace"}
    assert one(decoder_case("invalid"), outcome(Status.REJECTED, **noisy)).stderr == ""
    assert one(decoder_case("valid"), outcome(Status.REJECTED, **noisy)).stderr == "a stack trace"
    assert one(decoder_case("valid"), outcome(Status.PROTOCOL_ERROR, **noisy)).stderr == "a stack trace"
    assert one(decoder_case("valid"), RIGHT).got == ""


def test_a_message_that_is_stored_as_a_recipe_is_judged_by_it() -> None:
    case = decoder_case("valid", expected={})
    assert one(case, RIGHT).verdict is Verdict.PASSED
    assert one(case, WRONG).kind is Kind.WRONG_OUTPUT
    assert one(case, accepted(plaintext=b"some content", keyid=b"k2")).kind is Kind.WRONG_OUTPUT
