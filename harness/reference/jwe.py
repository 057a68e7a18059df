"""RFC 7516, JSON Web Encryption: compact, flattened and general, strictly.

`encrypt` and `encrypt_json` produce; `decrypt` takes any serialization, and the algorithms that its caller accepts.
`layers` shows a JWE's parts to those who look into one. The additional authenticated data is the text as it was
received, never a header written anew (section 5.2 steps 14 and 15, with erratum 8676).
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from harness.reference.jose_errors import (
    AlgorithmError,
    AuthError,
    HeaderError,
    IvError,
    JoseError,
    SegmentsError,
    TagError,
    ZipError,
    shown,
)
from harness.reference.jose_header import (
    algorithm_name,
    check_header,
    decode,
    encode,
    encode_text,
    read_header,
    union,
    write_json,
)
from harness.reference.jwe_agreement import AGREEMENT
from harness.reference.jwe_algorithms import BASIC, FAILURES, Choices, KeyManagement, Provided
from harness.reference.jwe_encryption import CONTENT_ENCRYPTIONS, ContentEncryption, deflate, inflate
from harness.reference.jwe_message import Message, Party, parse
from harness.reference.jwk import KeyLike, KeySource, find, load

Header: TypeAlias = Mapping[str, Any]
NO_HEADER: Header = MappingProxyType({})

KEY_MANAGEMENT: Mapping[str, KeyManagement] = MappingProxyType(
    {algorithm.name: algorithm for algorithm in (*BASIC, *AGREEMENT)}
)
"""By the value of "alg"."""
ALGORITHMS = frozenset(KEY_MANAGEMENT) - {"RSA1_5"}
"""Every "alg" there is but RSA1_5, which RFC 8725 section 3.2 advises against: only a caller who names it gets it."""
ENCRYPTIONS = frozenset(CONTENT_ENCRYPTIONS)
"""Every "enc" there is."""
ACCEPTED = ALGORITHMS | ENCRYPTIONS

MAX_P2C = 1_000_000
"""Iterations of PBKDF2 that one JWE may cost."""
MAX_INFLATED = 1 << 20
"""Octets that a compressed plaintext may have."""


class Decrypted(NamedTuple):
    """What an authentic JWE says."""

    plaintext: bytes
    header: dict[str, Any]
    """The recipient's JOSE header: protected, shared and per-recipient parameters."""
    protected: dict[str, Any]
    place: int = 0
    """Which recipient it was, from 0: the first that the key opens."""


def decrypt(
    token: str,
    key: KeySource,
    algorithms: Collection[str],
    *,
    max_p2c: int = MAX_P2C,
    max_inflated: int = MAX_INFLATED,
    understood: Collection[str] = (),
) -> Decrypted:
    """The plaintext of a JWE, for the first recipient that this key and the accepted algorithms open.

    `algorithms` holds the values of "alg" and of "enc" that the caller accepts, and `understood` the extensions
    that "crit" may ask for. Every refusal is a JoseError; an AuthError does not say what was wrong.
    """
    message = parse(token)
    failures: list[JoseError] = []
    for place, recipient in enumerate(message.recipients):
        try:
            enc, cek = _content_key(message, recipient, key, algorithms, max_p2c, understood)
            plaintext = enc.decrypt(
                cek or os.urandom(enc.cek_length), message.iv, message.ciphertext, message.tag, message.aad
            )
            if "zip" in message.protected:
                plaintext = inflate(plaintext, max_inflated)
        except JoseError as error:
            failures.append(error)
            max_p2c -= recipient.header["p2c"] if type(recipient.header.get("p2c")) is int else 0
        else:
            return Decrypted(plaintext, recipient.header, message.protected, place)
    raise next((error for error in failures if isinstance(error, AuthError)), failures[0])


def _content_key(
    message: Message,
    recipient: Party,
    key: KeySource,
    algorithms: Collection[str],
    max_p2c: int,
    understood: Collection[str],
) -> tuple[ContentEncryption, bytes]:
    """Section 5.2 steps 5 to 12: the content encryption and its key, which is empty if it could not be recovered.

    Section 11.5: what is wrong with an encrypted key is not told. Decryption goes on with a random CEK instead.
    """
    header = recipient.header
    check_header(header, message.protected, understood)
    algorithm, enc = _algorithms(header, algorithms)
    _check_zip(header, message.protected)
    found = find(key, header)
    if len(message.iv) != enc.iv_length:
        raise IvError(f"{enc.name} has an IV of {enc.iv_length} octets, not {len(message.iv)}")
    if len(message.tag) != enc.tag_length:
        raise TagError(f"{enc.name} has a tag of {enc.tag_length} octets, not {len(message.tag)}")
    try:
        cek = algorithm.recover(found, enc, header, recipient.encrypted_key, max_p2c)
    except JoseError:
        raise
    except FAILURES:
        return enc, b""
    return enc, cek if len(cek) == enc.cek_length else b""


def _algorithms(header: Header, accepted: Collection[str]) -> tuple[KeyManagement, ContentEncryption]:
    algorithm = KEY_MANAGEMENT.get(alg := algorithm_name(header, "alg", accepted))
    if algorithm is None:
        raise AlgorithmError(f'"alg" is {shown(alg)}, which is not an algorithm for a JWE')
    enc = CONTENT_ENCRYPTIONS.get(name := algorithm_name(header, "enc", accepted))
    if enc is None:
        raise AlgorithmError(f'"enc" is {shown(name)}, which is not an algorithm for content')
    return algorithm, enc


def _check_zip(header: Header, protected: Header) -> None:
    """Section 4.1.3."""
    if "zip" not in header:
        return
    if "zip" not in protected:
        raise HeaderError('"zip" must be in the protected header')
    if header["zip"] != "DEF":
        raise ZipError(f'"zip" is {shown(header["zip"])}; it must be "DEF"')


@dataclass(frozen=True, slots=True)
class Layers:
    """The parts of a JWE, for one of its recipients. Nothing says that they are authentic."""

    header_text: str
    """The protected header, as it was sent."""
    header: Header
    """The whole JOSE header."""
    cek: bytes | None
    """None where the encrypted key does not open, or what it holds has not the length of a CEK."""
    encrypted_key: bytes
    aad: bytes
    iv: bytes
    ciphertext: bytes
    tag: bytes


def layers(
    token: str, key: KeySource, algorithms: Collection[str] = ACCEPTED, *, place: int = 0, max_p2c: int = MAX_P2C
) -> Layers:
    """A JWE taken apart, for its recipient number `place`: a tool for the curious, with more to tell than `decrypt`.

    An authentication tag that is wrong goes unseen, and whether the encrypted key opens is told.
    """
    message = parse(token)
    if not 0 <= place < len(message.recipients):
        raise SegmentsError(f"there is no recipient {place}: the JWE has {len(message.recipients)}, counted from 0")
    recipient = message.recipients[place]
    _, cek = _content_key(message, recipient, key, algorithms, max_p2c, recipient.header.keys())
    text = decode(message.protected_text, "protected header").decode("utf-8")
    parts = (recipient.encrypted_key, message.aad, message.iv, message.ciphertext, message.tag)
    return Layers(text, MappingProxyType(recipient.header), cek or None, *parts)


class Recipient(NamedTuple):
    """One for whom a JWE is: a key, per-recipient header parameters, and what is otherwise random."""

    key: KeyLike
    header: Header = NO_HEADER
    ephemeral: KeyLike | None = None
    """ECDH-ES: the private key whose public part becomes "epk"."""
    key_iv: bytes | None = None
    """A*GCMKW: the initialization vector that becomes "iv"."""


def _provide(
    recipient: Recipient, header: dict[str, Any], enc: ContentEncryption, algorithm: KeyManagement, cek: bytes | None
) -> tuple[Provided, dict[str, Any]]:
    """The CEK and its encryption, and the parameters that the header does not have yet."""
    ephemeral = None if recipient.ephemeral is None else load(recipient.ephemeral)
    provided = algorithm.provide(load(recipient.key), enc, header, Choices(cek, ephemeral, recipient.key_iv))
    missing = {name: value for name, value in provided.parameters.items() if name not in header}
    for name, value in provided.parameters.items():
        if header.get(name, value) != value:
            raise HeaderError(f'"{name}" of the header is not that of this encrypted key, {shown(value)}')
    return provided, missing


def _seal(
    enc: ContentEncryption, cek: bytes, iv: bytes | None, plaintext: bytes, aad: bytes, protected: Header
) -> tuple[bytes, bytes, bytes]:
    """IV, ciphertext and tag (section 5.1 steps 9 to 15)."""
    iv = os.urandom(enc.iv_length) if iv is None else iv
    if len(iv) != enc.iv_length:
        raise IvError(f"{enc.name} has an IV of {enc.iv_length} octets, not {len(iv)}")
    return iv, *enc.encrypt(cek, iv, deflate(plaintext) if "zip" in protected else plaintext, aad)


def encrypt(
    plaintext: bytes,
    key: KeyLike,
    protected: Header | str,
    *,
    cek: bytes | None = None,
    iv: bytes | None = None,
    ephemeral: KeyLike | None = None,
    key_iv: bytes | None = None,
    algorithms: Collection[str] = ACCEPTED,
) -> str:
    """A compact JWE. CEK, IV, ephemeral key and the IV of A*GCMKW are fresh and random unless they are given.

    PBES2 takes "p2s" and "p2c" from the header, and otherwise draws a salt. A header that is text is sent as it
    is, so it must have every parameter that the algorithm needs, and be right about it.
    """
    text, header = read_header(protected)
    check_header(header, header, header.keys())
    algorithm, enc = _algorithms(header, algorithms)
    _check_zip(header, header)
    provided, missing = _provide(Recipient(key, NO_HEADER, ephemeral, key_iv), header, enc, algorithm, cek)
    if missing:
        if isinstance(protected, str):
            raise HeaderError(f"the header text lacks {', '.join(missing)}")
        text = write_json({**header, **missing})
    aad = encode(text)
    iv, ciphertext, tag = _seal(enc, provided.cek, iv, plaintext, aad, header)
    return b".".join((aad, *map(encode, (provided.encrypted_key, iv, ciphertext, tag)))).decode("ascii")


def encrypt_json(
    plaintext: bytes,
    recipients: Sequence[Recipient],
    protected: Header | str = NO_HEADER,
    *,
    unprotected: Header = NO_HEADER,
    aad: bytes = b"",
    flattened: bool = False,
    cek: bytes | None = None,
    iv: bytes | None = None,
    algorithms: Collection[str] = ACCEPTED,
) -> str:
    """A JWE in the general JSON serialization, or the flattened one; as `encrypt`.

    The parameters of key management (epk, iv and tag, p2s and p2c) go to the recipient's own header.
    """
    if not recipients or (flattened and len(recipients) > 1):
        raise SegmentsError("a JWE has one recipient or more, and a flattened one has just one")
    text, shared = read_header(protected) if protected else (b"", {})
    elements, enc = [], None
    for recipient in recipients:
        header = union(shared, dict(unprotected), dict(recipient.header))
        check_header(header, shared, shared.keys())
        algorithm, own_enc = _algorithms(header, algorithms)
        _check_zip(header, shared)
        if enc not in {None, own_enc}:
            raise HeaderError('"enc" must be the same for all recipients (RFC 7516 section 7.2.1)')
        if algorithm.is_direct and len(recipients) > 1:
            raise AlgorithmError(f"{algorithm.name} determines the CEK, so it has one recipient")
        enc = own_enc
        provided, missing = _provide(recipient, header, enc, algorithm, cek)
        cek = provided.cek
        element: dict[str, Any] = {"header": {**recipient.header, **missing}}
        element["encrypted_key"] = encode_text(provided.encrypted_key)
        elements.append({name: value for name, value in element.items() if value})
    assert enc is not None
    assert cek is not None
    protected_text = encode(text)
    authenticated = protected_text + b"." + encode(aad) if aad else protected_text
    iv, ciphertext, tag = _seal(enc, cek, iv, plaintext, authenticated, shared)
    members = {
        "protected": protected_text.decode("ascii"),
        "unprotected": dict(unprotected),
        **(elements[0] if flattened else {"recipients": elements}),
        "aad": encode_text(aad),
        "iv": encode_text(iv),
    }
    token = {name: value for name, value in members.items() if value}
    return write_json({**token, "ciphertext": encode_text(ciphertext), "tag": encode_text(tag)}).decode("utf-8")
