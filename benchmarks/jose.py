"""How much of the time of a JWE or JWS is its RSA operation, and how much is everything around it?

"Bare" is the same calls of `cryptography` with everything decoded and assembled beforehand: RSA-2048, and AES GCM
for the JWE. Keys are loaded once by everyone. Rounds alternate, each side's best one counts, and only the ratios
travel from one machine to another. joserfc and jwcrypto take part where they are installed.

    python -m benchmarks.jose
    python -m benchmarks.jose --rounds 3000 --size 1000
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harness.reference import jwe, jws
from harness.reference.jose_header import decode, encode_text
from harness.reference.jwk import Key, load

Action = Callable[[], object]
JWE_HEADER = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}
JWS_HEADER = {"alg": "PS256"}
JWE_ALGORITHMS, JWS_ALGORITHMS = ["RSA-OAEP-256", "A256GCM"], ["PS256"]


def best(actions: dict[str, Action], rounds: int) -> dict[str, float]:
    """The shortest time of each action, in seconds, in rounds that alternate between them."""
    times = dict.fromkeys(actions, float("inf"))
    for _ in range(rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def new_key() -> dict[str, str]:
    """A private JWK."""
    private = rsa.generate_private_key(65537, 2048).private_numbers()
    n = private.public_numbers.n
    numbers = (n, 65537, private.d, private.p, private.q, private.dmp1, private.dmq1, private.iqmp)
    octets = [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in numbers]
    names = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
    return {"kty": "RSA", **dict(zip(names, map(encode_text, octets), strict=True))}


def jwe_decrypt(jwk: dict[str, str], plaintext: bytes) -> dict[str, Action]:
    key = load(jwk)
    token = jwe.encrypt(plaintext, key, JWE_HEADER)
    shown = jwe.layers(token, key)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    sealed, private = shown.ciphertext + shown.tag, key.private

    def bare() -> bytes:
        return AESGCM(private.decrypt(shown.encrypted_key, oaep)).decrypt(shown.iv, sealed, shown.aad)

    return {"bare": bare, "reference": lambda: jwe.decrypt(token, key, JWE_ALGORITHMS)} | others_decrypt(jwk, token)


def others_decrypt(jwk: dict[str, str], token: str) -> dict[str, Action]:
    actions: dict[str, Action] = {}
    try:
        import joserfc.jwe
        import joserfc.jwk

        rfc_key = joserfc.jwk.import_key(jwk)
        actions["joserfc"] = lambda: joserfc.jwe.decrypt_compact(token, rfc_key, algorithms=JWE_ALGORITHMS)
    except ImportError:
        pass
    try:
        import jwcrypto.jwe
        import jwcrypto.jwk
    except ImportError:
        return actions
    key = jwcrypto.jwk.JWK(**jwk)

    def decrypt() -> None:
        opened = jwcrypto.jwe.JWE(algs=JWE_ALGORITHMS)
        opened.deserialize(token, key)

    return {**actions, "jwcrypto": decrypt}


def jws_sign(jwk: dict[str, str], payload: bytes) -> dict[str, Action]:
    key = load(jwk)
    signing_input = jws.sign(payload, key, JWS_HEADER).rpartition(".")[0].encode()
    pss, digest, private = padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256(), key.private
    actions: dict[str, Action] = {
        "bare": lambda: private.sign(signing_input, pss, digest),
        "reference": lambda: jws.sign(payload, key, JWS_HEADER),
    }
    try:
        import joserfc.jwk
        import joserfc.jws

        rfc_key = joserfc.jwk.import_key(jwk)
        actions["joserfc"] = lambda: joserfc.jws.serialize_compact(
            JWS_HEADER, payload, rfc_key, algorithms=JWS_ALGORITHMS
        )
    except ImportError:
        pass
    try:
        import jwcrypto.jwk
        import jwcrypto.jws
    except ImportError:
        return actions
    other_key, header = jwcrypto.jwk.JWK(**jwk), json.dumps(JWS_HEADER)

    def sign() -> str:
        signed = jwcrypto.jws.JWS(payload)
        signed.allowed_algs = JWS_ALGORITHMS
        signed.add_signature(other_key, None, header)
        return str(signed.serialize(compact=True))

    return {**actions, "jwcrypto": sign}


def jws_verify(jwk: dict[str, str], payload: bytes) -> dict[str, Action]:
    token = jws.sign(payload, jwk, JWS_HEADER)
    public_jwk = load(jwk).public_jwk()
    key: Key = load(public_jwk)
    head, _, text = token.rpartition(".")
    signing_input, signature = head.encode(), decode(text.encode(), "signature")
    pss, digest, public = padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256(), key.public
    actions: dict[str, Action] = {
        "bare": lambda: public.verify(signature, signing_input, pss, digest),
        "reference": lambda: jws.verify(token, key, JWS_ALGORITHMS),
        "reference, JWK": lambda: jws.verify(token, public_jwk, JWS_ALGORITHMS),
    }
    try:
        import joserfc.jwk
        import joserfc.jws

        rfc_key = joserfc.jwk.import_key(public_jwk)
        actions["joserfc"] = lambda: joserfc.jws.deserialize_compact(token, rfc_key, algorithms=JWS_ALGORITHMS)
    except ImportError:
        pass
    try:
        import jwcrypto.jwk
        import jwcrypto.jws
    except ImportError:
        return actions
    other_key = jwcrypto.jwk.JWK(**public_jwk)

    def verify() -> Any:
        verified = jwcrypto.jws.JWS()
        verified.allowed_algs = JWS_ALGORITHMS
        verified.deserialize(token, other_key)
        return verified.payload

    return {**actions, "jwcrypto": verify}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jose", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=2000, help="rounds for each comparison (default: 2000)")
    parser.add_argument("--size", type=int, default=200, help="octets of content (default: 200)")
    options = parser.parse_args()
    jwk, content = new_key(), os.urandom(options.size)
    comparisons = {
        "JWE RSA-OAEP-256 A256GCM decrypt": jwe_decrypt(jwk, content),
        "JWS PS256 sign": jws_sign(jwk, content),
        "JWS PS256 verify": jws_verify(jwk, content),
    }
    for title, actions in comparisons.items():
        times = best(actions, options.rounds)
        print(f"{title}, {options.size:,} octets of content, RSA-2048")
        for name, seconds in times.items():
            print(f"  {name:16}{seconds * 1e6:10.1f} µs{seconds / times['bare']:8.3f}")


if __name__ == "__main__":
    main()
