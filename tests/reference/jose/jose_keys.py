"""Keys for the tests, made once a run."""

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519

from harness.reference.jose_header import encode_text

COORDINATE = {"P-256": (ec.SECP256R1(), 32), "P-384": (ec.SECP384R1(), 48), "P-521": (ec.SECP521R1(), 66)}
OKP: dict[str, Any] = {
    "Ed25519": ed25519.Ed25519PrivateKey,
    "Ed448": ed448.Ed448PrivateKey,
    "X25519": x25519.X25519PrivateKey,
    "X448": x448.X448PrivateKey,
}


def uint(number: int, length: int | None = None) -> str:
    return encode_text(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> dict[str, str]:
    """A private JWK; another one for each number."""
    private = rsa.generate_private_key(65537, bits).private_numbers()
    names = {"p": private.p, "q": private.q, "dp": private.dmp1, "dq": private.dmq1, "qi": private.iqmp}
    public = {"n": private.public_numbers.n, "e": 65537, "d": private.d}
    return {"kty": "RSA", **{name: uint(value) for name, value in {**public, **names}.items()}}


@cache
def ec_key(crv: str, number: int = 0) -> dict[str, str]:
    curve, length = COORDINATE[crv]
    private = ec.generate_private_key(curve).private_numbers()
    x, y = private.public_numbers.x, private.public_numbers.y
    return {
        "kty": "EC",
        "crv": crv,
        "x": uint(x, length),
        "y": uint(y, length),
        "d": uint(private.private_value, length),
    }


@cache
def okp_key(crv: str, number: int = 0) -> dict[str, str]:
    private = OKP[crv].generate()
    d, x = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": crv, "x": encode_text(x), "d": encode_text(d)}


def oct_key(length: int, octet: int = 0x42) -> dict[str, str]:
    return {"kty": "oct", "k": encode_text(bytes((octet,)) * length)}


def public(jwk: dict[str, str]) -> dict[str, str]:
    """The JWK without its private members; a symmetric key stays what it is."""
    if jwk["kty"] == "oct":
        return jwk
    return {name: value for name, value in jwk.items() if name not in {"d", "p", "q", "dp", "dq", "qi"}}
