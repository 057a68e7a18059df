"""RFC 7517, JSON Web Key: keys as they are written down, strictly, and what each may be used for.

`load` turns a JWK into a `Key`. It is quick the second time: keys are kept by their content, for loading an RSA
key costs as much as a hundred decryptions. `KeySet` finds one of several keys by its "kid".
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519

from harness.reference.jose_errors import Base64urlError, InvalidKeyError, LimitError, shown
from harness.reference.jose_header import MAX_HEADER, decode_text, encode_text, parse_object

MIN_RSA_BITS = 2048
"""RFC 7518 sections 3.3, 3.5, 4.2 and 4.3."""
MAX_RSA_BITS = 16384
"""The work of an RSA operation grows with the cube of this."""

CURVES: Mapping[str, tuple[ec.EllipticCurve, int]] = MappingProxyType(
    {"P-256": (ec.SECP256R1(), 32), "P-384": (ec.SECP384R1(), 48), "P-521": (ec.SECP521R1(), 66)}
)
"""The curves of kty EC and the octets of a coordinate (RFC 7518 section 6.2.1)."""

_OKP: Mapping[str, tuple[Any, Any, int]] = MappingProxyType(
    {
        "Ed25519": (ed25519.Ed25519PublicKey, ed25519.Ed25519PrivateKey, 32),
        "Ed448": (ed448.Ed448PublicKey, ed448.Ed448PrivateKey, 57),
        "X25519": (x25519.X25519PublicKey, x25519.X25519PrivateKey, 32),
        "X448": (x448.X448PublicKey, x448.X448PrivateKey, 56),
    }
)
"""The subtypes of kty OKP and the octets of a key (RFC 8037 section 2)."""

_CRT = ("p", "q", "dp", "dq", "qi")
_REQUIRED = {"RSA": ("e", "n"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "oct": ("k",)}
"""By kty: the members that are the public key, or the secret one; with kty, what RFC 7638 section 3.2 hashes."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Key:
    """A key and what its JWK says of its use."""

    kty: str
    crv: str | None
    public: Any
    """The public key object of `cryptography`; None for kty oct."""
    private: Any
    """The private key object; None where the JWK has no private part, and for kty oct."""
    octets: bytes
    """The value of a kty oct key."""
    kid: str | None
    use: str | None
    key_ops: frozenset[str] | None
    alg: str | None
    members: Mapping[str, str]
    """The required members of the JWK and kty: public, except for kty oct."""

    def __repr__(self) -> str:
        return f"Key(kty={self.kty!r}, crv={self.crv!r}, kid={self.kid!r}, private={self.private is not None})"

    def public_jwk(self) -> dict[str, str]:
        """The JWK of the public part, with its kid, use and alg; there is none of a symmetric key."""
        if self.kty == "oct":
            raise InvalidKeyError("a symmetric key has no public part")
        about = {"kid": self.kid, "use": self.use, "alg": self.alg}
        return {**self.members, **{name: value for name, value in about.items() if value is not None}}

    def thumbprint(self) -> str:
        """The SHA-256 thumbprint, base64url (RFC 7638 section 3)."""
        text = json.dumps(dict(self.members), separators=(",", ":"), sort_keys=True)
        return encode_text(hashlib.sha256(text.encode("utf-8")).digest())

    def require(self, algorithms: Collection[str], kty: str, use: str, operations: Collection[str]) -> None:
        """Refuse the key unless it is of this type and its use, key_ops and alg allow what is about to be done.

        RFC 7517 sections 4.2 to 4.4. `algorithms` are the values of "alg" that fit, any one of which will do,
        and likewise `operations`.
        """
        if self.kty != kty:
            raise InvalidKeyError(f"{next(iter(algorithms))} needs a key of kty {kty}, and this one is {self.kty}")
        if self.alg is not None and self.alg not in algorithms:
            raise InvalidKeyError(f'the key is for "alg" {shown(self.alg)}, not for {next(iter(algorithms))}')
        if self.use is not None and self.use != use:
            raise InvalidKeyError(f'the key is for "use" {shown(self.use)}, not {use!r}')
        if self.key_ops is not None and self.key_ops.isdisjoint(operations):
            raise InvalidKeyError(f'the key\'s "key_ops" do not have {" or ".join(operations)}')

    def require_private(self) -> Any:
        """The private key object."""
        if self.private is None:
            raise InvalidKeyError("this needs a private key, and the JWK has only the public part")
        return self.private


KeyLike: TypeAlias = Key | Mapping[str, Any] | str
"""A key, a JWK as an object, or a JWK as JSON text."""
KeySource: TypeAlias = KeyLike | Callable[[Mapping[str, Any]], KeyLike | None]
"""A key, or a function that finds it by the JOSE header and answers None where it knows none."""


def load(jwk: KeyLike) -> Key:
    """The key of a JWK. InvalidKeyError says what is wrong with it.

    The last 256 keys are kept, secret ones too, until `forget` is called.
    """
    if isinstance(jwk, Key):
        return jwk
    if isinstance(jwk, str):
        return _load_text(jwk)
    if not isinstance(jwk, Mapping):
        raise InvalidKeyError(f"a JWK is an object, not {type(jwk).__name__}")
    members = tuple(jwk.items())
    try:
        hash(members)  # 1, 1.0 and True are one value here; no member that is read has a form with numbers
    except TypeError:
        try:
            return _load_text(json.dumps(dict(jwk)))
        except (TypeError, RecursionError):
            raise InvalidKeyError("the JWK cannot be written as JSON") from None
    return _load_members(members)


def find(key: KeySource, header: Mapping[str, Any]) -> Key:
    """The key of a source, given the JOSE header of what is to be opened."""
    if type(key) is Key:
        return key
    if callable(key):
        found = key(header)
        if found is None:
            raise InvalidKeyError(f"no key is known for this header (kid {shown(header.get('kid'))})")
        return load(found)
    return load(key)


def forget() -> None:
    """Drop the keys that `load` keeps."""
    _load_text.cache_clear()
    _load_members.cache_clear()


@lru_cache(maxsize=256)
def _load_text(text: str) -> Key:
    if len(text) > MAX_HEADER:
        raise LimitError(f"the JWK has {len(text)} characters; the limit is {MAX_HEADER}")
    try:
        return parse(parse_object(text.encode("utf-8")))
    except InvalidKeyError:
        raise
    except ValueError as error:
        raise InvalidKeyError(f"the JWK is not a JSON object with unique names: {error}") from None


@lru_cache(maxsize=256)
def _load_members(members: tuple[tuple[str, Any], ...]) -> Key:
    return parse(dict(members))


def parse(jwk: Mapping[str, Any]) -> Key:
    """`load` without keeping the key: for keys that come with a message and will not come again."""
    kty = _string(jwk, "kty")
    if kty not in _REQUIRED:
        raise InvalidKeyError(f'"kty" is {shown(kty)}; it must be RSA, EC, OKP or oct')
    use, key_ops = _optional(jwk, "use"), _key_ops(jwk)
    if use in {"sig", "enc"} and key_ops is not None:
        for_signing = {"sign", "verify"}
        if key_ops & for_signing if use == "enc" else key_ops - for_signing:
            raise InvalidKeyError('"use" and "key_ops" contradict each other (RFC 7517 section 4.3)')
    public, private, octets = _PARSERS[kty](jwk)
    return Key(
        kty=kty,
        crv=jwk["crv"] if kty in {"EC", "OKP"} else None,
        public=public,
        private=private,
        octets=octets,
        kid=_optional(jwk, "kid"),
        use=use,
        key_ops=key_ops,
        alg=_optional(jwk, "alg"),
        members=MappingProxyType({"kty": kty, **{name: jwk[name] for name in _REQUIRED[kty]}}),
    )


def _string(jwk: Mapping[str, Any], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise InvalidKeyError(f'the JWK must have "{name}", a string')
    return value


def _optional(jwk: Mapping[str, Any], name: str) -> str | None:
    return _string(jwk, name) if name in jwk else None


def _key_ops(jwk: Mapping[str, Any]) -> frozenset[str] | None:
    if "key_ops" not in jwk:
        return None
    names = jwk["key_ops"]
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise InvalidKeyError('"key_ops" must be an array of strings')
    if len(set(names)) != len(names):
        raise InvalidKeyError('"key_ops" has a value twice (RFC 7517 section 4.3)')
    return frozenset(names)


def _octets(jwk: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    try:
        octets = decode_text(_string(jwk, name), f'"{name}" of the JWK')
    except Base64urlError as error:
        raise InvalidKeyError(str(error)) from None
    if length is not None and len(octets) != length:
        raise InvalidKeyError(f'"{name}" of the JWK has {len(octets)} octets; it must have {length}')
    return octets


def _uint(jwk: Mapping[str, Any], name: str) -> int:
    """A Base64urlUInt: as few octets as the number needs (RFC 7518 section 2)."""
    octets = _octets(jwk, name)
    if not octets or octets[0] == 0 or len(octets) * 8 > MAX_RSA_BITS:
        raise InvalidKeyError(f'"{name}" of the JWK must be a number > 0 without leading zeros, of a sane size')
    return int.from_bytes(octets, "big")


_Parsed: TypeAlias = tuple[Any, Any, bytes]
"""Public key object, private key object, octets."""


def _parse_oct(jwk: Mapping[str, Any]) -> _Parsed:
    octets = _octets(jwk, "k")
    if not octets:
        raise InvalidKeyError('"k" of the JWK is empty')
    return None, None, octets


def _parse_rsa(jwk: Mapping[str, Any]) -> _Parsed:
    numbers = rsa.RSAPublicNumbers(_uint(jwk, "e"), _uint(jwk, "n"))
    if numbers.n.bit_length() < MIN_RSA_BITS:
        raise InvalidKeyError(f"the RSA key has {numbers.n.bit_length()} bits; it must have {MIN_RSA_BITS} or more")
    try:
        public = numbers.public_key()
        private = _rsa_private(jwk, numbers) if "d" in jwk else None
    except InvalidKeyError:
        raise
    except ValueError:
        raise InvalidKeyError("the members of the JWK are not an RSA key") from None
    if private is None and not jwk.keys().isdisjoint(_CRT):
        raise InvalidKeyError('the JWK has private members, but not "d" (RFC 7518 section 6.3.2)')
    return public, private, b""


def _rsa_private(jwk: Mapping[str, Any], public: rsa.RSAPublicNumbers) -> rsa.RSAPrivateKey:
    if "oth" in jwk:
        raise InvalidKeyError("RSA keys of more than two primes are not supported")
    d = _uint(jwk, "d")
    if jwk.keys().isdisjoint(_CRT):
        p, q = rsa.rsa_recover_prime_factors(public.n, public.e, d)
        dp, dq, qi = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    else:
        # RFC 7518 section 6.3.2: where one of them is present, all must be
        p, q, dp, dq, qi = (_uint(jwk, name) for name in _CRT)
    consistent = (
        p > 1 and q > 1 and p * q == public.n and (public.e * d - 1) % (p - 1) == (public.e * d - 1) % (q - 1) == 0
    )
    if not consistent or dp != d % (p - 1) or dq != d % (q - 1) or qi >= p or qi * q % p != 1:
        raise InvalidKeyError("the private members of the JWK do not belong to its public ones, or to each other")
    return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()


def _parse_ec(jwk: Mapping[str, Any]) -> _Parsed:
    curve, length = CURVES.get(_string(jwk, "crv"), (None, 0))
    if curve is None:
        raise InvalidKeyError(f'"crv" is {shown(jwk["crv"])}; for kty EC it must be {", ".join(CURVES)}')
    x, y = (int.from_bytes(_octets(jwk, name, length), "big") for name in ("x", "y"))
    numbers = ec.EllipticCurvePublicNumbers(x, y, curve)
    try:
        public = numbers.public_key()
    except ValueError:
        raise InvalidKeyError(f"the point (x, y) of the JWK is not on {jwk['crv']}") from None
    if "d" not in jwk:
        return public, None, b""
    try:
        private = ec.derive_private_key(int.from_bytes(_octets(jwk, "d", length), "big"), curve)
    except InvalidKeyError:
        raise
    except ValueError:
        raise InvalidKeyError('"d" of the JWK is zero, or not smaller than the order of the curve') from None
    if private.public_key().public_numbers() != numbers:
        raise InvalidKeyError('"d" of the JWK does not belong to its "x" and "y"')
    return public, private, b""


def _parse_okp(jwk: Mapping[str, Any]) -> _Parsed:
    public_type, private_type, length = _OKP.get(_string(jwk, "crv"), (None, None, 0))
    if public_type is None:
        raise InvalidKeyError(f'"crv" is {shown(jwk["crv"])}; for kty OKP it must be {", ".join(_OKP)}')
    x = _octets(jwk, "x", length)
    try:
        public = public_type.from_public_bytes(x)
        private = private_type.from_private_bytes(_octets(jwk, "d", length)) if "d" in jwk else None
    except UnsupportedAlgorithm:
        raise InvalidKeyError(f"the cryptographic library here does not have {jwk['crv']}") from None
    if private is not None and private.public_key().public_bytes_raw() != x:
        raise InvalidKeyError('"d" of the JWK does not belong to its "x"')
    return public, private, b""


_PARSERS: Mapping[str, Callable[[Mapping[str, Any]], _Parsed]] = MappingProxyType(
    {"RSA": _parse_rsa, "EC": _parse_ec, "OKP": _parse_okp, "oct": _parse_oct}
)


class KeySet:
    """A JWK Set (RFC 7517 section 5) as a KeySource: the key whose "kid" is the header's.

    Without a "kid" in the header the set answers only where it has one key. Keys that cannot be loaded are
    left out, as the section asks.
    """

    def __init__(self, jwks: Mapping[str, Any] | str) -> None:
        try:
            members = parse_object(jwks.encode("utf-8")) if isinstance(jwks, str) else jwks
        except ValueError as error:
            raise InvalidKeyError(f"the JWK Set is not a JSON object with unique names: {error}") from None
        array = members.get("keys")
        if not isinstance(array, list):
            raise InvalidKeyError('a JWK Set must have "keys", an array')
        self.keys: list[Key] = []
        for jwk in array:
            try:
                self.keys.append(load(jwk))
            except InvalidKeyError:
                continue

    def __call__(self, header: Mapping[str, Any]) -> Key | None:
        kid = header.get("kid")
        found = [key for key in self.keys if kid is None or key.kid == kid]
        return found[0] if len(found) == 1 else None
