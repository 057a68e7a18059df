"""RFC 7515, JSON Web Signature, and RFC 7797, its unencoded payload: compact, flattened and general, strictly.

`sign` and `sign_general` produce; `verify` takes any serialization, and the algorithms that its caller accepts.
What is verified is the text as it was received, never a header written anew (RFC 7515 section 5.2 step 8).
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from harness.reference.jose_errors import (
    AlgorithmError,
    CritError,
    HeaderError,
    InvalidKeyError,
    JoseError,
    SegmentsError,
    SignatureError,
    shown,
)
from harness.reference.jose_header import (
    algorithm_name,
    check_header,
    decode,
    decode_text,
    encode,
    encode_text,
    is_json,
    parse_protected,
    parse_token,
    parties,
    protected_header,
    read_header,
    union,
    unprotected_header,
    write_json,
)
from harness.reference.jwk import KeyLike, KeySource, find, load
from harness.reference.jws_algorithms import SIGNATURE_ALGORITHMS

ALGORITHMS = frozenset(SIGNATURE_ALGORITHMS)
"""Every "alg" there is but "none", which only a caller who names it accepts."""
UNENCODED = frozenset({"b64"})
"""The extensions that are understood here (RFC 7797)."""

Header: TypeAlias = Mapping[str, Any]
NO_HEADER: Header = MappingProxyType({})


class Verified(NamedTuple):
    """What a verified JWS says."""

    payload: bytes
    header: dict[str, Any]
    """The JOSE header: protected and unprotected parameters."""
    protected: dict[str, Any]
    place: int = 0
    """Which signature it was, from 0: the first that verified."""


class _Signature(NamedTuple):
    protected_text: bytes
    protected: dict[str, Any]
    header: dict[str, Any]
    signature: bytes


class _Parsed(NamedTuple):
    signatures: list[_Signature]
    body: bytes
    """The payload as it is signed."""
    payload: bytes


def verify(
    token: str,
    key: KeySource | None,
    algorithms: Collection[str],
    *,
    payload: bytes | None = None,
    understood: Collection[str] = UNENCODED,
) -> Verified:
    """The payload of a JWS, one signature of which verifies with this key and an algorithm that is accepted.

    `payload` is the payload of a JWS whose own is detached (appendix F). `understood` names the extensions that
    "crit" may ask for: b64, and those that the caller processes. `key` is None only for "none" (section 3.6 of
    RFC 7518), which `algorithms` has to name. Every refusal is a JoseError.
    """
    parsed = _parse_json(token, payload) if is_json(token) else _parse_compact(token, payload)
    failures: list[JoseError] = []
    for place, signature in enumerate(parsed.signatures):
        try:
            _verify_one(signature, parsed.body, key, algorithms, understood)
        except JoseError as error:
            failures.append(error)
        else:
            return Verified(parsed.payload, signature.header, signature.protected, place)
    raise next((error for error in failures if isinstance(error, SignatureError)), failures[0])


def _verify_one(
    signature: _Signature, body: bytes, key: KeySource | None, algorithms: Collection[str], understood: Collection[str]
) -> None:
    check_header(signature.header, signature.protected, understood)
    name = algorithm_name(signature.header, "alg", algorithms)
    if name == "none" and key is None:
        if signature.signature:
            raise SignatureError
        return
    algorithm = SIGNATURE_ALGORITHMS.get(name)
    if algorithm is None:
        raise AlgorithmError(f'"alg" is {shown(name)}, which is not a signature algorithm that is used with a key')
    if key is None:
        raise InvalidKeyError(f"{name} needs a key")
    algorithm.verify(find(key, signature.header), signature.protected_text + b"." + body, signature.signature)


def _is_encoded(header: Header, protected: Header) -> bool:
    """Whether the payload is base64url: "b64" (RFC 7797 sections 3 and 6)."""
    if "b64" not in header:
        return True
    b64 = header["b64"]
    if type(b64) is not bool or "b64" not in protected:
        raise HeaderError('"b64" must be true or false, and in the protected header')
    crit = protected.get("crit")
    if not isinstance(crit, list) or "b64" not in crit:
        raise CritError('"b64" must be named in "crit"')
    return b64


def _parse_compact(token: str, detached: bytes | None) -> _Parsed:
    """Section 7.1."""
    segments = token.encode("utf-8", "surrogatepass").split(b".", 3)
    if len(segments) != 3:
        raise SegmentsError("a compact JWS has three segments")
    protected_text, body, signature_text = segments
    protected = parse_protected(protected_text)
    signature = _Signature(protected_text, protected, protected, decode(signature_text, "signature"))
    encoded = _is_encoded(protected, protected)
    if detached is not None:
        if body:
            raise SegmentsError("the JWS has a payload, and another was given as detached")
        return _Parsed([signature], encode(detached) if encoded else detached, detached)
    if encoded:
        return _Parsed([signature], body, decode(body, "payload"))
    _check_compact_payload(body)
    return _Parsed([signature], body, body)


def _check_compact_payload(body: bytes) -> None:
    if not all(0x20 <= octet <= 0x7E and octet != 0x2E for octet in body):
        raise SegmentsError("an unencoded compact payload has printable ASCII alone, and no period (RFC 7797 5.2)")


def _parse_json(token: str, detached: bytes | None) -> _Parsed:
    """Section 7.2."""
    members = parse_token(token)
    signatures = []
    for party in parties(members, "signatures", ("protected", "header", "signature")):
        protected_text, protected = protected_header(party)
        header = union(protected, unprotected_header(party, "header"))
        if "signature" not in party:
            raise SegmentsError('a JWS must have "signature"')
        octets = decode_text(party["signature"], "signature")
        signatures.append(_Signature(protected_text, protected, header, octets))
    encoded = _common_encoding(signatures)
    if ("payload" in members) == (detached is not None):
        raise SegmentsError('a JWS must have "payload", or else a detached one must be given')
    if detached is not None:
        return _Parsed(signatures, encode(detached) if encoded else detached, detached)
    text = members["payload"]
    if not isinstance(text, str):
        raise SegmentsError('"payload" must be a string')
    body = text.encode("utf-8")
    return _Parsed(signatures, body, decode(body, "payload") if encoded else body)


def _common_encoding(signatures: Sequence[_Signature]) -> bool:
    """Whether the payload is base64url: the same for all signatures (RFC 7797 section 3)."""
    encodings = {_is_encoded(signature.header, signature.protected) for signature in signatures}
    if len(encodings) > 1:
        raise HeaderError('"b64" must be the same for all signatures')
    return encodings.pop()


class Signer(NamedTuple):
    """One who signs: a key (None for "none"), the protected header, and the unprotected one.

    A protected header that is text is sent as it is.
    """

    key: KeyLike | None
    protected: Header | str
    header: Header = NO_HEADER


def _sign_one(signer: Signer, payload: bytes, algorithms: Collection[str] = ALGORITHMS) -> tuple[_Signature, bytes]:
    """The signature, and the payload as it is signed."""
    text, protected = read_header(signer.protected) if signer.protected else (b"", {})
    header = union(protected, dict(signer.header)) if signer.header else protected
    check_header(header, protected, UNENCODED | protected.keys())
    body = encode(payload) if _is_encoded(header, protected) else payload
    protected_text = encode(text)
    name = algorithm_name(header, "alg", algorithms if signer.key is not None else {"none"})
    octets = b""
    if signer.key is not None:
        octets = SIGNATURE_ALGORITHMS[name].sign(load(signer.key), protected_text + b"." + body)
    return _Signature(protected_text, protected, header, octets), body


def sign(
    payload: bytes,
    key: KeyLike | None,
    protected: Header | str,
    *,
    header: Header = NO_HEADER,
    serialization: Literal["compact", "flattened"] = "compact",
    detached: bool = False,
    algorithms: Collection[str] = ALGORITHMS,
) -> str:
    """A JWS with one signature. `protected` as text is sent as it is; `header` is the unprotected one.

    `key` is None for an unsecured JWS, whose "alg" is "none". A detached payload is left out of the result.
    """
    if serialization == "flattened":
        return _write([Signer(key, protected, header)], payload, detached, algorithms, flattened=True)
    if header:
        raise SegmentsError("a compact JWS has no unprotected header")
    signature, body = _sign_one(Signer(key, protected), payload, algorithms)
    if not detached and body is payload:
        _check_compact_payload(body)
    segments = (signature.protected_text, b"" if detached else body, encode(signature.signature))
    return b".".join(segments).decode("ascii")


def sign_general(payload: bytes, signers: Sequence[Signer], *, detached: bool = False) -> str:
    """A JWS in the general JSON serialization, with a signature for each signer."""
    if not signers:
        raise SegmentsError("a JWS has one signature or more")
    return _write(signers, payload, detached, ALGORITHMS, flattened=False)


def _write(
    signers: Sequence[Signer], payload: bytes, detached: bool, algorithms: Collection[str], *, flattened: bool
) -> str:
    signed = [_sign_one(signer, payload, algorithms) for signer in signers]
    _common_encoding([signature for signature, _ in signed])
    elements = []
    for signer, (signature, _) in zip(signers, signed, strict=True):
        element: dict[str, Any] = {}
        if signature.protected_text:
            element["protected"] = signature.protected_text.decode("ascii")
        if signer.header:
            element["header"] = dict(signer.header)
        elements.append({**element, "signature": encode_text(signature.signature)})
    token: dict[str, Any] = {}
    if not detached:
        try:
            token["payload"] = signed[0][1].decode("utf-8")
        except UnicodeDecodeError:
            raise SegmentsError("an unencoded payload that is not UTF-8 cannot be in JSON: detach it") from None
    return write_json({**token, **(elements[0] if flattened else {"signatures": elements})}).decode("utf-8")
