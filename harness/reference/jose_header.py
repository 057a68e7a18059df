"""What JWS and JWE share: base64url, strict JSON, and the rules of the JOSE header."""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection, Iterable, Mapping
from json import JSONDecoder, JSONEncoder
from typing import Any, NoReturn

from harness.reference.jose_errors import (
    AlgorithmError,
    Base64urlError,
    CritError,
    HeaderError,
    LimitError,
    SegmentsError,
    shown,
)

MAX_TOKEN = 1 << 24
"""Characters of a JWS or JWE that are looked at."""
MAX_HEADER = 1 << 16
"""Octets of one header's JSON text."""
MAX_PARTIES = 16
"""Signatures or recipients of one object: each may cost a public-key operation."""

REGISTERED = frozenset(
    # RFC 7515 section 4.1; RFC 7516 section 4.1; RFC 7518 section 4
    name
    for names in (
        ("alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"),
        ("enc", "zip"),
        ("epk", "apu", "apv", "iv", "tag", "p2s", "p2c"),
    )
    for name in names
)
"""The header parameters that the specifications define, which "crit" must not name."""

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64URL = _BASE64[:-2] + b"-_"
_DECODE = bytes(_BASE64[place] if (place := _BASE64URL.find(octet)) >= 0 else 0x21 for octet in range(256))
"""base64url to base64; everything else, "+", "/" and "=" too, to an octet that is in no alphabet."""
_ENCODE = bytes.maketrans(b"+/", b"-_")
_PADDING = (b"", b"", b"==", b"=")
_LAST = (_BASE64URL, b"", _BASE64URL[::16], _BASE64URL[::4])
"""By length modulo 4: the last characters whose spare bits are zero. With one character too many there are none."""


def encode(octets: bytes) -> bytes:
    """BASE64URL(octets) (RFC 7515 section 2), as ASCII."""
    return b2a_base64(octets, newline=False).translate(_ENCODE).rstrip(b"=")


def encode_text(octets: bytes) -> str:
    """BASE64URL(octets), as a string."""
    return encode(octets).decode("ascii")


def decode(text: bytes, name: str) -> bytes:
    """The octets that a base64url text stands for; padding, other characters and spare bits are refused."""
    remainder = len(text) & 3
    if text and text[-1] not in _LAST[remainder]:
        raise Base64urlError(f"the {name} is not base64url without padding: it ends in a wrong character or length")
    try:
        return a2b_base64(text.translate(_DECODE) + _PADDING[remainder], strict_mode=True)
    except ValueError:
        raise Base64urlError(f"the {name} has characters that are not base64url (RFC 7515 section 2)") from None


def ascii_text(text: object, name: str) -> bytes:
    """The octets of a JSON value that is to be base64url, so a string of ASCII."""
    if not isinstance(text, str):
        raise Base64urlError(f"the {name} must be a base64url string, not {type(text).__name__}")
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise Base64urlError(f"the {name} has characters that are not base64url (RFC 7515 section 2)") from None


def decode_text(text: object, name: str) -> bytes:
    """`decode` for a JSON value, which must be a string."""
    return decode(ascii_text(text, name), name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the member {shown(name)} occurs twice")
            seen.add(name)
    return members


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_parse = JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json).raw_decode
_SPACE = " \t\r\n"
_JSON_START = ("{", *_SPACE)


def parse_object(octets: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8, with unique member names at every depth; ValueError for anything else.

    RFC 7515 section 4 lets a parser take the last of several members; this one refuses (section 10.12).
    """
    try:
        text = octets.decode("utf-8")
        value, end = _parse(text, 0 if text.startswith("{") else len(text) - len(text.lstrip(_SPACE)))
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it has half a surrogate pair") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if end != len(text) and text[end:].strip(_SPACE):
        raise ValueError(f"text follows the object, from character {end} on")
    if type(value) is not dict:
        raise ValueError(f"it is JSON, but not an object: {type(value).__name__}")
    return value


def parse_header(octets: bytes, name: str) -> dict[str, Any]:
    """The JSON object of a header, whose text may have MAX_HEADER octets."""
    if len(octets) > MAX_HEADER:
        raise LimitError(f"the {name} has {len(octets)} octets; the limit is {MAX_HEADER}")
    try:
        return parse_object(octets)
    except ValueError as error:
        raise HeaderError(f"the {name} is not a JSON object with unique names: {error}") from None


_KEPT = 256
_known: dict[bytes, dict[str, Any]] = {}


def parse_protected(text: bytes) -> dict[str, Any]:
    """The protected header of a base64url text.

    Senders repeat their headers: the last short ones are kept, unless they hold a value that a caller could change.
    """
    header = _known.get(text)
    if header is None:
        header = parse_header(decode(text, "protected header"), "protected header")
        if len(text) <= 1024 and not any(isinstance(value, dict | list) for value in header.values()):
            if len(_known) >= _KEPT:
                _known.clear()
            _known[text] = header
    return header.copy()


def read_header(header: Mapping[str, Any] | str) -> tuple[bytes, dict[str, Any]]:
    """A header that is to be sent: its octets, and itself. A text stays what it is, a mapping keeps its order."""
    if isinstance(header, str):
        octets = header.encode("utf-8")
        return octets, parse_header(octets, "header")
    members = dict(header)
    return write_json(members), members


_write = JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def write_json(members: Mapping[str, Any]) -> bytes:
    """A JSON object without spaces, in UTF-8."""
    try:
        if not all(type(name) is str for name in members):
            raise TypeError("a name is not a string")
        return _write(members).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise HeaderError(f"the header cannot be written as JSON: {error}") from None


def is_json(token: str) -> bool:
    """Whether this is a JSON serialization: a compact one has no brace (RFC 7516 section 9). Checks the length."""
    if len(token) > MAX_TOKEN:
        raise LimitError(f"the token has {len(token)} characters; the limit is {MAX_TOKEN}")
    return token.startswith(_JSON_START) and token.lstrip(_SPACE).startswith("{")


def parse_token(token: str) -> dict[str, Any]:
    """The JSON object of a JSON serialization."""
    try:
        return parse_object(token.encode("utf-8"))
    except UnicodeEncodeError:
        raise SegmentsError("the token has half a surrogate pair") from None
    except ValueError as error:
        raise SegmentsError(f"the token is not a JSON object with unique names: {error}") from None


def parties(token: Mapping[str, Any], name: str, flattened: Iterable[str]) -> list[dict[str, Any]]:
    """The objects of the array `name` of the general syntax; of the flattened one, the token itself.

    RFC 7515 section 7.2.2, RFC 7516 section 7.2.2: the members of the flattened syntax and the array exclude
    each other.
    """
    if name not in token:
        return [dict(token)]
    both = sorted(set(flattened) & token.keys())
    if both:
        raise SegmentsError(f'the token is general and flattened at once: "{name}" beside "{both[0]}"')
    array = token[name]
    if not isinstance(array, list) or not array or not all(isinstance(element, dict) for element in array):
        raise SegmentsError(f'"{name}" must be an array of one or more objects')
    if len(array) > MAX_PARTIES:
        raise LimitError(f'"{name}" has {len(array)} elements; the limit is {MAX_PARTIES}')
    return array


def protected_header(token: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The "protected" member as it was received, and its header; both empty where there is none."""
    if "protected" not in token:
        return b"", {}
    text = ascii_text(token["protected"], "protected header")
    header = parse_protected(text)
    if not header:
        raise HeaderError('"protected" must be absent where the protected header is empty')
    return text, header


def unprotected_header(token: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A header that is a JSON object in the token, under this name."""
    if name not in token:
        return {}
    header = token[name]
    if not isinstance(header, dict) or not header:
        raise HeaderError(f'"{name}" must be an object that is not empty, or be absent')
    return header


def union(*headers: dict[str, Any]) -> dict[str, Any]:
    """The JOSE header: the parts' names must be disjoint (RFC 7515 section 7.2.1, RFC 7516 section 7.2.1)."""
    joined: dict[str, Any] = {}
    for header in headers:
        twice = joined.keys() & header.keys()
        if twice:
            raise HeaderError(f"the header parameter {shown(min(twice))} occurs in two headers")
        joined.update(header)
    return joined


_STRINGS = ("kid", "typ", "cty")


def check_header(header: Mapping[str, Any], protected: Mapping[str, Any], understood: Collection[str]) -> None:
    """The rules for every JOSE header: "crit" (RFC 7515 section 4.1.11), and the type of kid, typ and cty.

    `header` is the whole JOSE header, `protected` its integrity-protected part, and `understood` the names of
    extensions that the caller processes.
    """
    for name in _STRINGS:
        if name in header and type(header[name]) is not str:
            raise HeaderError(f'"{name}" must be a string')
    if "crit" in header:
        _check_crit(header, protected, understood)


def _check_crit(header: Mapping[str, Any], protected: Mapping[str, Any], understood: Collection[str]) -> None:
    crit = header["crit"]
    if "crit" not in protected:
        raise CritError('"crit" must be in the protected header')
    if not isinstance(crit, list) or not crit or not all(isinstance(name, str) for name in crit):
        raise CritError('"crit" must be an array of one or more names')
    if len(set(crit)) != len(crit):
        raise CritError('"crit" has a name twice')
    for name in crit:
        if name in REGISTERED:
            raise CritError(f'"crit" names {shown(name)}, which is not an extension')
        if name not in header:
            raise CritError(f'"crit" names {shown(name)}, which is not in the header')
        if name not in understood:
            raise CritError(f'"crit" names {shown(name)}, which is not understood')


def algorithm_name(header: Mapping[str, Any], parameter: str, accepted: Collection[str]) -> str:
    """The value of "alg" or "enc", which must be one that the caller accepts, letter for letter."""
    name = header.get(parameter)
    if type(name) is not str:
        raise HeaderError(f'"{parameter}" must be in the header, and a string')
    if isinstance(accepted, str):
        raise TypeError("the accepted algorithms must be a collection of names, not one string")
    if name not in accepted:
        raise AlgorithmError(f'"{parameter}" is {shown(name)}, which is not among the accepted algorithms')
    return name
