"""RFC 7516 appendix A and B, RFC 7517 appendix C, RFC 7518 appendix B and C: their figures, computed again."""

import json
from typing import Any

import pytest
from jose_figures import example

from harness.reference import jwe, jwk
from harness.reference.jose_errors import AlgorithmError, AuthError
from harness.reference.jose_header import decode, encode_text
from harness.reference.jwe_agreement import concat_kdf, shared_secret
from harness.reference.jwe_encryption import CONTENT_ENCRYPTIONS

LENIENT = jwe.ACCEPTED | {"RSA1_5"}


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3"])
def test_compact(section: str) -> None:
    figures = example(f"RFC 7516 {section}")
    decrypted = jwe.decrypt(figures["jwe"], figures["key"], LENIENT)
    assert decrypted.plaintext.decode() == figures["plaintext"]
    shown = jwe.layers(figures["jwe"], figures["key"], LENIENT)
    segments = figures["jwe"].split(".")
    assert shown.cek == bytes.fromhex(figures["cek"])
    assert shown.aad == segments[0].encode()
    assert json.loads(shown.header_text) == shown.header == decrypted.header
    parts = (shown.encrypted_key, shown.iv, shown.ciphertext, shown.tag)
    assert [encode_text(part) for part in parts] == segments[1:]


def test_rsa1_5_is_off_unless_named() -> None:
    figures = example("RFC 7516 A.2")
    with pytest.raises(AlgorithmError):
        jwe.decrypt(figures["jwe"], figures["key"], jwe.ACCEPTED)
    with pytest.raises(AlgorithmError):
        jwe.encrypt(b"", jwk.load(figures["key"]).public_jwk(), {"alg": "RSA1_5", "enc": "A128GCM"})


@pytest.mark.parametrize("section", ["A.1", "A.2"])
def test_all_but_the_encrypted_key_comes_out_again(section: str) -> None:
    figures = example(f"RFC 7516 {section}")
    shown = jwe.layers(figures["jwe"], figures["key"], LENIENT)
    again = jwe.encrypt(
        figures["plaintext"].encode(),
        jwk.load(figures["key"]).public_jwk(),
        shown.header_text,
        cek=shown.cek,
        iv=shown.iv,
        algorithms=LENIENT,
    )
    assert again.split(".")[2:] == figures["jwe"].split(".")[2:]
    assert jwe.layers(again, figures["key"], LENIENT).cek == shown.cek


def test_a3_comes_out_again() -> None:
    figures = example("RFC 7516 A.3")
    assert figures["jwe"] == jwe.encrypt(
        figures["plaintext"].encode(),
        figures["key"],
        {"alg": "A128KW", "enc": "A128CBC-HS256"},
        cek=bytes.fromhex(figures["cek"]),
        iv=bytes.fromhex(figures["iv"]),
    )


@pytest.mark.parametrize(("place", "section"), [(0, "A.2"), (1, "A.3")])
def test_general(place: int, section: str) -> None:
    figures = example("RFC 7516 A.4")
    key = example(f"RFC 7516 {section}")["key"]
    decrypted = jwe.decrypt(json.dumps(figures["jwe"]), key, LENIENT)
    assert (decrypted.plaintext.decode(), decrypted.place) == (figures["plaintext"], place)
    assert decrypted.protected == {"enc": "A128CBC-HS256"}
    own = figures["jwe"]["recipients"][place]["header"]
    assert decrypted.header == {**own, **decrypted.protected, **figures["jwe"]["unprotected"]}
    shown = jwe.layers(json.dumps(figures["jwe"]), key, LENIENT, place=place)
    assert shown.cek == bytes.fromhex(example("RFC 7516 A.2")["cek"])


def test_flattened_comes_out_again() -> None:
    figures, a3 = example("RFC 7516 A.5"), example("RFC 7516 A.3")
    token = json.dumps(figures["jwe"])
    assert jwe.decrypt(token, a3["key"], {"A128KW", "A128CBC-HS256"}).plaintext.decode() == figures["plaintext"]
    again = jwe.encrypt_json(
        figures["plaintext"].encode(),
        [jwe.Recipient(a3["key"], figures["jwe"]["header"])],
        {"enc": "A128CBC-HS256"},
        unprotected=figures["jwe"]["unprotected"],
        cek=bytes.fromhex(a3["cek"]),
        iv=bytes.fromhex(a3["iv"]),
        flattened=True,
    )
    assert json.loads(again) == figures["jwe"]


@pytest.mark.parametrize("source", ["RFC 7516 B", "RFC 7518 B.1", "RFC 7518 B.2", "RFC 7518 B.3"])
def test_aes_cbc_hmac(source: str) -> None:
    figures = example(source)
    enc = CONTENT_ENCRYPTIONS[figures["enc"]]
    key, iv, plaintext, aad, ciphertext, tag = (
        bytes.fromhex(figures[name]) for name in ("K", "IV", "P", "A", "E", "T")
    )
    assert enc.encrypt(key, iv, plaintext, aad) == (ciphertext, tag)
    assert enc.decrypt(key, iv, ciphertext, tag, aad) == plaintext
    with pytest.raises(AuthError):
        enc.decrypt(key, iv, ciphertext, tag, aad + b"\x00")


def test_rfc7517_appendix_c() -> None:
    """Its own statement of the additional authenticated data (C.7) is wrong: erratum 6907."""
    figures = example("RFC 7517 C")
    key = {"kty": "oct", "k": encode_text(figures["passphrase"].encode())}
    accepted = {"PBES2-HS256+A128KW", "A128CBC-HS256"}
    plaintext = jwe.decrypt(figures["jwe"], key, accepted).plaintext
    assert json.loads(plaintext) == figures["plaintext"]
    jwk.load(plaintext.decode())
    shown = jwe.layers(figures["jwe"], key)
    assert shown.cek == bytes.fromhex(figures["cek"])
    assert encode_text(shown.encrypted_key) == figures["encrypted_key"]
    assert encode_text(shown.iv) == figures["iv"]
    assert shown.aad == figures["jwe"].partition(".")[0].encode()
    assert figures["jwe"] == jwe.encrypt(plaintext, key, shown.header_text, cek=shown.cek, iv=shown.iv)
    wrapping = {"kty": "oct", "k": encode_text(bytes.fromhex(figures["derived"]))}
    wrapped = jwe.encrypt(b"", wrapping, {"alg": "A128KW", "enc": "A128CBC-HS256"}, cek=shown.cek)
    assert wrapped.split(".")[1] == figures["encrypted_key"]


def test_rfc7518_appendix_c() -> None:
    figures = example("RFC 7518 C")
    bob, alice = jwk.load(figures["key"]), jwk.load(figures["ephemeral"])
    z = shared_secret(bob, jwk.load(alice.public_jwk()))
    assert z == shared_secret(alice, jwk.load(bob.public_jwk()))
    assert encode_text(concat_kdf(z, "A128GCM", b"Alice", b"Bob", 16)) == figures["derived"]
    header: dict[str, Any] = {name: value for name, value in figures["header"].items() if name != "epk"}
    token = jwe.encrypt(b"Hi", bob.public_jwk(), header, ephemeral=figures["ephemeral"])
    decrypted = jwe.decrypt(token, bob, {"ECDH-ES", "A128GCM"})
    assert decrypted.plaintext == b"Hi"
    assert decrypted.header["epk"] == alice.public_jwk()
    assert jwe.layers(token, bob).cek == decode(figures["derived"].encode(), "")
    direct = {"kty": "oct", "k": figures["derived"], "alg": "A128GCM"}
    head, _, iv, ciphertext, tag = token.split(".")
    opened = CONTENT_ENCRYPTIONS["A128GCM"].decrypt(
        jwk.load(direct).octets, *(decode(part.encode(), "") for part in (iv, ciphertext, tag)), head.encode()
    )
    assert opened == b"Hi"
