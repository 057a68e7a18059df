"""The sign-over-encrypt profile: its order, its one choice of algorithms, its two modes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose_keys import ec_key, oct_key, public, rsa_key

from harness.reference import jwe, jws, sealed
from harness.reference.jose_errors import InvalidKeyError, JoseError
from harness.reference.jose_header import decode, encode_text

RECEIVER, SENDER, OTHER = rsa_key(), rsa_key(1), rsa_key(2)
INNER, OUTER = dict(sealed.JWE_HEADER), dict(sealed.JWS_HEADER)


def refusal(token: str, decryption: Any = RECEIVER, verification: Any = None, *, strict: bool = False) -> str:
    with pytest.raises(JoseError) as refused:
        sealed.open(token, decryption, verification or public(SENDER), strict=strict)
    return refused.value.stage


def inner(header: dict[str, Any] | None = None, **options: Any) -> str:
    lenient = jwe.ACCEPTED | {"RSA1_5"}
    return jwe.encrypt(b"Hi", public(RECEIVER), header or INNER, algorithms=lenient, **options)


def signed(payload: str | bytes, header: dict[str, Any] | None = None, key: Any = None, **options: Any) -> str:
    octets = payload.encode() if isinstance(payload, str) else payload
    return jws.sign(octets, key or SENDER, header or OUTER, **options)


@given(st.binary(max_size=200), st.booleans())
def test_round_trip(plaintext: bytes, strict: bool) -> None:
    token = sealed.seal(plaintext, public(RECEIVER), SENDER)
    opened = sealed.open(token, RECEIVER, public(SENDER), strict=strict)
    assert opened == (plaintext, INNER, OUTER)
    verified = jws.verify(token, public(SENDER), {"PS256"})
    assert jwe.decrypt(verified.payload.decode(), RECEIVER, sealed.ENCRYPTION).plaintext == plaintext
    shown = jwe.layers(verified.payload.decode(), RECEIVER)
    assert (len(shown.cek or b""), len(shown.iv), len(shown.tag)) == (32, 12, 16)
    assert shown.aad == verified.payload.partition(b".")[0]
    assert shown.encrypted_key != shown.cek


def test_what_is_given_is_used() -> None:
    cek, iv = bytes(range(32)), bytes(range(12))
    header = {**INNER, "kid": "a", "iat": "1429837145"}
    token = sealed.seal(
        b"Hi", public(RECEIVER), SENDER, jwe_header=header, jws_header=json.dumps(OUTER), cek=cek, iv=iv
    )
    assert decode(token.partition(".")[0].encode(), "").decode() == json.dumps(OUTER)
    opened = sealed.open(token, RECEIVER, public(SENDER))
    assert opened.jwe_header == header
    shown = jwe.layers(jws.verify(token, public(SENDER), {"PS256"}).payload.decode(), RECEIVER)
    assert (shown.cek, shown.iv) == (cek, iv)


@pytest.mark.parametrize("iat", [1429837145, "1429837145", 1.5, None, [], "x"])
def test_iat_is_a_private_parameter(iat: Any) -> None:
    token = signed(inner({**INNER, "iat": iat}), {**OUTER, "iat": iat})
    assert sealed.open(token, RECEIVER, public(SENDER), strict=True).plaintext == b"Hi"


@pytest.mark.parametrize(
    ("jwe_header", "jws_header", "is_strict"),
    [
        (INNER, OUTER, True),
        ({"alg": "RSA-OAEP-256", "enc": "A256GCM"}, OUTER, False),
        ({**INNER, "typ": "JWE"}, OUTER, False),
        ({**INNER, "typ": "jose"}, OUTER, False),
        (INNER, {"alg": "PS256", "typ": "JOSE"}, False),
        (INNER, {"alg": "PS256", "cty": "JWE"}, False),
        (INNER, {**OUTER, "cty": "JWT"}, False),
        (INNER, {"alg": "PS256"}, False),
    ],
)
def test_typ_and_cty_matter_in_the_strict_mode_alone(
    jwe_header: dict[str, Any], jws_header: dict[str, Any], is_strict: bool
) -> None:
    token = sealed.seal(b"Hi", public(RECEIVER), SENDER, jwe_header=jwe_header, jws_header=jws_header)
    assert sealed.open(token, RECEIVER, public(SENDER)).plaintext == b"Hi"
    if is_strict:
        assert sealed.open(token, RECEIVER, public(SENDER), strict=True).plaintext == b"Hi"
    else:
        assert refusal(token, strict=True) == "header"


def altered(token: str, place: int, octets: bytes) -> str:
    segments = token.split(".")
    segments[place] = encode_text(octets)
    return ".".join(segments)


GOOD = inner(cek=bytes(range(32)))
TAG = decode(GOOD.rpartition(".")[2].encode(), "")


@pytest.mark.parametrize(
    ("token", "stage"),
    [
        pytest.param(GOOD, "segments", id="bare-jwe"),
        pytest.param(signed(GOOD, serialization="flattened"), "segments", id="json-jws"),
        pytest.param(jws.sign_general(GOOD.encode(), [jws.Signer(SENDER, OUTER)]), "segments", id="general-jws"),
        pytest.param(signed("Hi"), "segments", id="no-jwe-inside"),
        pytest.param(signed(b"\xff"), "segments", id="no-ascii-inside"),
        pytest.param(signed(signed(GOOD)), "segments", id="signed-twice"),
        pytest.param(
            signed(jwe.encrypt_json(b"Hi", [jwe.Recipient(public(RECEIVER))], INNER)), "segments", id="json-jwe-inside"
        ),
        pytest.param(signed(GOOD, {**OUTER, "alg": "RS256"}), "algorithm", id="rs256"),
        pytest.param(signed(GOOD, {**OUTER, "alg": "PS384"}), "algorithm", id="ps384"),
        pytest.param(signed(GOOD, {**OUTER, "alg": "ES256"}, ec_key("P-256")), "algorithm", id="es256"),
        pytest.param(signed(GOOD, {**OUTER, "alg": "HS256"}, oct_key(32)), "algorithm", id="hs256"),
        pytest.param(jws.sign(GOOD.encode(), None, {"alg": "none"}), "algorithm", id="none"),
        pytest.param(signed(GOOD, key=OTHER), "signature", id="another-sender"),
        pytest.param(signed(GOOD, key=RECEIVER), "signature", id="the-receiver-as-sender"),
        pytest.param(signed(GOOD, {**OUTER, "crit": ["exp"], "exp": 1}), "crit", id="crit-outside"),
        pytest.param(signed(GOOD, {**OUTER, "crit": ["b64"], "b64": True}), "crit", id="b64-outside"),
        pytest.param(signed(inner({**INNER, "crit": ["exp"], "exp": 1})), "crit", id="crit-inside"),
        pytest.param(signed(inner({**INNER, "alg": "RSA-OAEP"})), "algorithm", id="rsa-oaep"),
        pytest.param(signed(inner({**INNER, "alg": "RSA1_5"})), "algorithm", id="rsa1_5"),
        pytest.param(signed(inner({**INNER, "enc": "A128GCM"})), "algorithm", id="a128gcm"),
        pytest.param(signed(inner({**INNER, "enc": "A256CBC-HS512"})), "algorithm", id="a256cbc-hs512"),
        pytest.param(signed(altered(GOOD, 4, TAG + bytes(16))), "tag", id="tag-of-32"),
        pytest.param(signed(altered(GOOD, 4, TAG[:12])), "tag", id="tag-of-12"),
        pytest.param(signed(altered(GOOD, 2, bytes(16))), "iv", id="iv-of-16"),
        pytest.param(signed(altered(GOOD, 1, bytes(range(32)))), "auth", id="raw-cek"),
        pytest.param(signed(altered(GOOD, 0, json.dumps({**INNER, "kid": "b"}).encode())), "auth", id="another-header"),
        pytest.param(signed(GOOD + "=="), "base64url", id="padding-inside"),
        pytest.param(signed(GOOD) + "==", "base64url", id="padding-outside"),
    ],
)
def test_refusals(token: str, stage: str) -> None:
    assert sealed.open(signed(GOOD), RECEIVER, public(SENDER)).plaintext == b"Hi"
    assert refusal(token) == stage
    assert refusal(token, strict=True) == stage


def test_empty_additional_data_is_refused() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    shown = jwe.layers(GOOD, RECEIVER)
    assert shown.cek is not None
    for aad, stage in ((shown.aad, None), (b"", "auth"), (shown.header_text.encode(), "auth")):
        octets = AESGCM(shown.cek).encrypt(shown.iv, b"Hi", aad)
        token = signed(altered(altered(GOOD, 3, octets[:-16]), 4, octets[-16:]))
        if stage is None:
            assert sealed.open(token, RECEIVER, public(SENDER)).plaintext == b"Hi"
        else:
            assert refusal(token) == stage


def test_nothing_is_decrypted_before_the_signature_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise AssertionError("decrypted")

    monkeypatch.setattr(jwe, "decrypt", fail)
    token = signed(GOOD)
    with pytest.raises(AssertionError, match="decrypted"):
        sealed.open(token, RECEIVER, public(SENDER))
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "Q"), signed(GOOD, key=OTHER)):
        assert refusal(wrong) in {"signature", "base64url"}


def test_a_pss_salt_of_another_length_is_refused() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    from harness.reference import jwk

    signing_input = signed(GOOD).rpartition(".")[0]
    private = jwk.load(SENDER).private
    for salt, mgf, stage in (
        (32, hashes.SHA256(), None),
        (0, hashes.SHA256(), "signature"),
        (20, hashes.SHA256(), "signature"),
        (222, hashes.SHA256(), "signature"),
        (32, hashes.SHA1(), "signature"),
    ):
        scheme = padding.PSS(padding.MGF1(mgf), salt)
        token = f"{signing_input}.{encode_text(private.sign(signing_input.encode(), scheme, hashes.SHA256()))}"
        if stage is None:
            assert sealed.open(token, RECEIVER, public(SENDER)).plaintext == b"Hi"
        else:
            assert refusal(token) == stage


def test_two_key_pairs() -> None:
    with pytest.raises(InvalidKeyError):
        sealed.open(signed(GOOD, key=RECEIVER), RECEIVER, public(RECEIVER))
    with pytest.raises(InvalidKeyError):
        sealed.seal(b"Hi", public(SENDER), SENDER)
    with pytest.raises(InvalidKeyError):
        sealed.seal(b"Hi", public(RECEIVER), public(SENDER))
    assert refusal(signed(GOOD), public(RECEIVER)) == "key"
    assert refusal(signed(GOOD), OTHER) == "auth"


@pytest.mark.parametrize(
    "options",
    [
        {"jwe_header": {"alg": "RSA-OAEP", "enc": "A256GCM"}},
        {"jwe_header": {"alg": "RSA-OAEP-256", "enc": "A128GCM"}},
        {"jws_header": {"alg": "RS256"}},
        {"jws_header": {"alg": "none"}},
    ],
)
def test_the_profile_has_no_other_algorithms_to_seal_with(options: dict[str, Any]) -> None:
    with pytest.raises(JoseError) as refused:
        sealed.seal(b"Hi", public(RECEIVER), SENDER, **options)
    assert refused.value.stage == "algorithm"
