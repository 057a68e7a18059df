"""`sealproof explain`: a case or a message octet by octet, and the rule that it is about."""

from __future__ import annotations

import argparse
import binascii
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import EXPECTED, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from harness.recipes.annotate import Span
    from harness.vectors.load import Vector

#: A message longer than this is shown in part.
_SHOWN_SPANS = 60
_MOST_OCTETS = 64 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The case or the file, and the key."""
    parser.add_argument(
        "what",
        metavar="ID|FILE",
        help="a case's id, or a file with a message (octets, base64, base64url or hex; - is stdin)",
    )
    parser.add_argument("--ikm", metavar="KEY", help="the input-keying material of a file's message (base64url or hex)")
    parser.add_argument("--vectors", type=Path, metavar="DIR", help="vectors from here instead of the shipped ones")
    parser.add_argument("-v", "--verbose", action="store_true", help="every record of a long message")


def run(arguments: argparse.Namespace) -> int:
    """Explain it; 4 where it is neither a case nor a file."""
    from harness.report.console import make_console

    console = make_console()
    if arguments.what == "-" or _is_file(arguments.what):
        ikm = _key(arguments.ikm) if arguments.ikm is not None else None
        _print_message(console, _message(_read(arguments.what)), ikm, [], arguments.verbose)
    else:
        _explain_case(console, arguments)
    return EXPECTED


def _is_file(what: str) -> bool:
    try:
        path = Path(what)
        return path.exists() and not path.is_dir()  # a pipe is one too
    except (OSError, ValueError):  # too long for a name, say
        return False


# A case


def _explain_case(console: Console, arguments: argparse.Namespace) -> None:
    from harness.vectors.load import BadVectors, load

    try:
        vectors = load(arguments.vectors)
        chosen = _named(arguments.what, vectors)
        _print_case(console, chosen, {vector.id: vector for vector in vectors}, arguments)
    except BadVectors as error:
        raise UsageError(str(error)) from None


def _named(what: str, vectors: Sequence[Vector]) -> Vector:
    """The case with this id, or the only one that the word is the end or a part of."""
    from harness.vectors.load import BadVectors, select

    ends = [vector for vector in vectors if f"/{vector.id}".endswith(f"/{what}")]
    if len(ends) == 1:
        return ends[0]
    try:
        chosen = select(vectors, patterns=[what])
    except BadVectors as error:
        raise UsageError(f"{what!r} is neither a file nor part of an id ({error})") from None
    if len(chosen) > 1:
        near = ", ".join(vector.id for vector in chosen[:5])
        raise UsageError(f"{what} is part of {len(chosen)} ids ({near}{', …' if len(chosen) > 5 else ''}); write one")
    return chosen[0]


def _print_case(console: Console, vector: Vector, found: dict[str, Vector], arguments: argparse.Namespace) -> None:
    from harness.recipes.annotate import faults_between
    from harness.report.cases import EXPECTED as MEANING
    from harness.report.console import said
    from harness.spec.catalogue import requirements

    test = vector.test
    console.print(said(console, f"{vector.id}  ({vector.method}, {MEANING[test.result]})"), style="bold")
    console.print(f"  {said(console, test.comment, 1000)}")
    for rule in test.requirements:
        each = requirements().get(rule)
        title = f"{each.title} ({each.level}), {rule}" if each else f"{rule}, a rule that this version does not know"
        console.print(f"\n  {said(console, title)}", style="bold")
        console.print(f"  {each.text if each else ''}")
    if test.stages:
        console.print(f"\n  A decoder that says where it refuses says: {' or '.join(test.stages)} (never scored)")
    if test.near_miss:
        console.print(f"\n  One edit away from {said(console, test.near_miss.of)}, which must be accepted:")
        console.print(f"    {said(console, test.near_miss.edit)}")
    values = vector.request.values()
    if bytes(test.recipe):
        base = found.get(test.near_miss.of) if test.near_miss else None
        stored = base is not None and bytes(base.test.recipe) and not test.message_length
        faults = faults_between(base.recipe, vector.recipe) if base is not None and stored else []
        console.print()
        _print_message(console, values["message"], values["ikm"], faults, arguments.verbose)
    _print_parameters(console, vector)
    console.print(f"\n  sealproof check IMPLEMENTATION -k {vector.id}", style="dim", soft_wrap=True)


def _print_parameters(console: Console, vector: Vector) -> None:
    import msgspec

    from harness.report.console import said

    tables = {
        "Parameters (octets in base64url)": msgspec.json.decode(vector.test.params),
        "Expected": vector.test.expected,
    }
    for title, fields in tables.items():
        if fields:
            console.print(f"\n  {title}:")
        for name, value in fields.items():
            console.print(f"    {said(console, f'{name} = {value}', 300)}", soft_wrap=True)


# A message


def _print_message(
    console: Console, message: bytes, ikm: bytes | None, faults: list[tuple[int, int]], verbose: bool
) -> None:
    from harness.recipes.annotate import annotate
    from harness.reference import aes128gcm

    console.print(
        f"  Message: {len(message):,} octets" + ("" if ikm is not None else "; give --ikm to open its records")
    )
    spans = annotate(message, ikm, faults)
    shown = list(itertools.islice(spans, _SHOWN_SPANS))
    width = max((len(span.label) for span in shown), default=0)
    for span in shown:
        _print_span(console, message, span, width)
    if verbose:
        for span in spans:
            _print_span(console, message, span, width)
    elif shown and shown[-1].end < len(message):
        rest = len(message) - shown[-1].end
        console.print(f"    … and {rest:,} more octets; -v shows them all")
    if ikm is None:
        return
    if len(message) >= 16:
        keys = aes128gcm.derive_keys(ikm, message[:16])
        console.print(
            f"  CEK {keys.cek.hex()}, nonce of record 0 {keys.nonce_base.hex()}, PRK {keys.prk.hex()}", soft_wrap=True
        )
    try:
        content = aes128gcm.decrypt(message, ikm)
    except aes128gcm.Aes128gcmError as error:
        console.print(f"  The reference refuses it at stage {error.stage}: {error}", soft_wrap=True)
    else:
        console.print(f"  The reference opens it: {len(content):,} octets, {content[:60]!r}", soft_wrap=True)


def _print_span(console: Console, message: bytes, span: Span, width: int) -> None:
    octets = message[span.start : span.end].hex()
    shown = octets if len(octets) <= 24 else f"{octets[:18]}…{octets[-4:]}"
    mark = ">" if span.fault else " "
    console.print(
        f"  {mark} {span.start:6}  {span.end - span.start:5}  {shown:<24}  {span.label:<{width}}  {span.value}",
        soft_wrap=True,
        style="red" if span.fault else None,
    )


# Reading


def _read(what: str) -> bytes:
    import sys

    try:
        with sys.stdin.buffer if what == "-" else Path(what).open("rb") as stream:
            octets = stream.read(_MOST_OCTETS + 1)
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {error.strerror}") from None
    if len(octets) > _MOST_OCTETS:
        raise UsageError(f"{what} is larger than {_MOST_OCTETS // 2**20} MiB")
    return octets


def _message(octets: bytes) -> bytes:
    """The message in a file: as it is, unless the whole file is text in hex or base64."""
    stripped = b"".join(octets.split())
    if len(stripped) >= 28 and re.fullmatch(rb"[0-9a-fA-F]+", stripped) and len(stripped) % 2 == 0:
        return bytes.fromhex(stripped.decode())
    if len(stripped) >= 28 and re.fullmatch(rb"[A-Za-z0-9_+/-]+=*", stripped):
        return _base64(stripped, "the file")
    return octets


def _base64(text: bytes, what: str) -> bytes:
    plain = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        raise UsageError(f"{what} looks like base64, but is cut short: one character is left over") from None


def _key(text: str) -> bytes:
    # 22 characters are the usual 16 octets in base64url, also where all of them (zeros, say) could be hex digits.
    if re.fullmatch(r"([0-9a-fA-F]{2})+", text) and len(text) != 22:
        return bytes.fromhex(text)
    if re.fullmatch(r"[A-Za-z0-9_+/-]+=*", text):
        return _base64(text.encode(), "the key (--ikm)")
    raise UsageError("--ikm is neither base64url nor hex; write the key in one of the two")
