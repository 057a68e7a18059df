"""Is an implementation testable at all? Asked before the first case and after the last.

The requests are made anew each time, so that no table of answers can know them.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable

import msgspec

from harness.implementations.connection import Connection, Request
from harness.implementations.outcome import Outcome, Status
from harness.recipes.aes128gcm import Flip, Message, Record, seal


class Honesty(msgspec.Struct, frozen=True):
    """What the checks found: `lie` is why it cannot be tested (empty: it can), `remarks` what a reader should know."""

    lie: str = ""
    remarks: tuple[str, ...] = ()


def check_honesty(connection: Connection) -> Honesty:
    """Ask a method that does not exist, and for each claimed method a good request, a bad one, a wrong key."""
    remarks: list[str] = []
    name = f"sealproof.{secrets.token_hex(8)}"
    outcome = connection.ask(Request(name, {}))
    if outcome.status is Status.ACCEPTED:
        return Honesty(f"it accepts the method {name}, which does not exist: it says yes to whatever it is asked")
    if outcome.status is not Status.UNSUPPORTED:
        remarks.append(f"asked for a method that does not exist, it does not answer -32601 ({outcome.status.value})")
    for method in connection.description.methods:
        check = _CHECKS.get(method)
        if check is None:
            continue
        found = check(connection)
        if found.lie:
            return found
        remarks.extend(found.remarks)
    return Honesty(remarks=tuple(remarks))


def _decrypt(connection: Connection) -> Honesty:
    """`aes128gcm.decrypt`: random content, the same with its tag changed, the same with another key."""
    message = Message(
        ikm=os.urandom(16), salt=os.urandom(16), rs=4096, records=(Record(os.urandom(24).hex().encode()),)
    )
    changed = msgspec.structs.replace(message, flips=(Flip(-1),))
    good = connection.ask(Request("aes128gcm.decrypt", {"ikm": message.ikm, "message": seal(message)}))
    bad = connection.ask(Request("aes128gcm.decrypt", {"ikm": message.ikm, "message": seal(changed)}))
    wrong = connection.ask(Request("aes128gcm.decrypt", {"ikm": os.urandom(16), "message": seal(message)}))
    returned = [_octets(outcome, "plaintext") for outcome in (good, bad, wrong)]
    if returned[0] is not None and returned[0] in (seal(message), message.ikm):
        return Honesty("aes128gcm.decrypt returns what it was given: it echoes")
    if returned[0] != message.content and returned[1] is not None and returned[1] == returned[2]:
        # One that opens what is right and swallows what is wrong is testable: it fails, case by case.
        return Honesty(
            "aes128gcm.decrypt returns the same for a changed message and for another key, and not what was sealed: "
            "it says yes to everything"
        )
    return Honesty(remarks=_remarks(good, message.content))


def _remarks(good: Outcome, content: bytes) -> tuple[str, ...]:
    """What a reader should know first about a decoder that does not open a plain correct message."""
    if good.status is Status.REJECTED:
        return (
            "aes128gcm.decrypt refuses also a plain correct message: is a key derived in another way, "
            "or the message handed over in another form?",
        )
    if good.status is Status.ACCEPTED and _octets(good, "plaintext") != content:
        return ("aes128gcm.decrypt returns something else also for a plain correct message",)
    if good.status not in (Status.ACCEPTED, Status.UNSUPPORTED):
        why = ": ".join(part for part in (good.exception, good.message or good.detail) if part)
        return (f"aes128gcm.decrypt fails also on a plain correct message ({good.status.value}: {why[:200]})",)
    return ()


def _encrypt(connection: Connection) -> Honesty:
    """`aes128gcm.encrypt`: what comes out neither holds the content nor is the same under another key."""
    plaintext = os.urandom(24).hex().encode()
    first, second = (
        _octets(
            connection.ask(Request("aes128gcm.encrypt", {"ikm": os.urandom(16), "plaintext": plaintext})), "message"
        )
        for _ in range(2)
    )
    if first is not None and plaintext in first:
        return Honesty("aes128gcm.encrypt returns its plaintext in the clear: it echoes")
    if first is not None and first == second:
        return Honesty("aes128gcm.encrypt returns the same message under two keys: it answers without looking")
    return Honesty()


_CHECKS: dict[str, Callable[[Connection], Honesty]] = {"aes128gcm.decrypt": _decrypt, "aes128gcm.encrypt": _encrypt}


def _octets(outcome: Outcome, field: str) -> bytes | None:
    if outcome.status is not Status.ACCEPTED:
        return None
    try:
        return outcome.octets(field)
    except ValueError:
        return None
