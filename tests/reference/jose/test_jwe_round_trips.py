"""Every algorithm with every content encryption, in every serialization; and that what should be fresh is fresh."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose_keys import ec_key, oct_key, okp_key, public, rsa_key

from harness.reference import jwe
from harness.reference.jose_errors import AuthError, InvalidKeyError, JoseError
from harness.reference.jose_header import decode, encode_text
from harness.reference.jwe_encryption import CONTENT_ENCRYPTIONS

LENIENT = jwe.ACCEPTED | {"RSA1_5"}
CURVES = ["P-256", "P-384", "P-521", "X25519", "X448"]


def keys_for(alg: str, enc: str) -> list[dict[str, str]]:
    """Private keys that fit, one for each curve where there are several."""
    if alg.startswith("RSA"):
        return [rsa_key()]
    if alg.startswith("ECDH"):
        return [okp_key(crv) if crv.startswith("X") else ec_key(crv) for crv in CURVES]
    if alg == "dir":
        return [oct_key(CONTENT_ENCRYPTIONS[enc].cek_length)]
    if alg.startswith("PBES2"):
        return [oct_key(9)]
    return [oct_key(int(alg[1:4]) // 8)]


def header_for(alg: str, enc: str) -> dict[str, Any]:
    return {"alg": alg, "enc": enc, **({"p2c": 2} if alg.startswith("PBES2") else {})}


algorithms = st.sampled_from(sorted(jwe.KEY_MANAGEMENT))
encryptions = st.sampled_from(sorted(CONTENT_ENCRYPTIONS))


@given(algorithms, encryptions, st.binary(max_size=100), st.booleans(), st.data())
def test_compact(alg: str, enc: str, plaintext: bytes, zipped: bool, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(keys_for(alg, enc)))
    header = {**header_for(alg, enc), **({"zip": "DEF"} if zipped else {})}
    token = jwe.encrypt(plaintext, public(key), header, algorithms=LENIENT)
    decrypted = jwe.decrypt(token, key, {alg, enc})
    assert decrypted.plaintext == plaintext
    assert {**decrypted.header, **header} == decrypted.header
    shown = jwe.layers(token, key, {alg, enc})
    assert (len(shown.cek or b""), len(shown.iv), len(shown.tag)) == (
        CONTENT_ENCRYPTIONS[enc].cek_length,
        CONTENT_ENCRYPTIONS[enc].iv_length,
        CONTENT_ENCRYPTIONS[enc].tag_length,
    )
    again = jwe.decrypt(".".join((*token.split(".")[:4], encode_text(shown.tag))), key, {alg, enc})
    assert again.plaintext == plaintext


@given(algorithms, encryptions, st.binary(max_size=50), st.binary(max_size=20), st.data())
def test_flattened(alg: str, enc: str, plaintext: bytes, aad: bytes, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(keys_for(alg, enc)))
    parts: list[dict[str, Any]] = [{}, {}, {}]
    for name, value in header_for(alg, enc).items():
        parts[data.draw(st.integers(0, 2))][name] = value
    token = jwe.encrypt_json(
        plaintext,
        [jwe.Recipient(public(key), parts[2])],
        parts[0],
        unprotected=parts[1],
        aad=aad,
        flattened=True,
        algorithms=LENIENT,
    )
    assert jwe.decrypt(token, key, {alg, enc}).plaintext == plaintext
    if aad:
        members = json.loads(token)
        with pytest.raises(AuthError):
            jwe.decrypt(json.dumps({**members, "aad": encode_text(aad + b"\x00")}), key, {alg, enc})
        del members["aad"]
        with pytest.raises(AuthError):
            jwe.decrypt(json.dumps(members), key, {alg, enc})


WITH_ENCRYPTED_KEY = sorted(name for name, alg in jwe.KEY_MANAGEMENT.items() if not alg.is_direct)


@given(st.lists(st.sampled_from(WITH_ENCRYPTED_KEY), min_size=1, max_size=4), encryptions, st.data())
def test_general(algs: list[str], enc: str, data: st.DataObject) -> None:
    keys = [data.draw(st.sampled_from(keys_for(alg, enc))) for alg in algs]
    recipients = []
    for alg, key in zip(algs, keys, strict=True):
        header = header_for(alg, enc)
        del header["enc"]
        recipients.append(jwe.Recipient(public(key), header))
    token = jwe.encrypt_json(b"Hi", recipients, {"enc": enc}, algorithms=LENIENT)
    ceks = set()
    for place, (alg, key) in enumerate(zip(algs, keys, strict=True)):
        decrypted = jwe.decrypt(token, key, {alg, enc})
        assert decrypted.plaintext == b"Hi"
        assert decrypted.place == list(zip(algs, keys, strict=True)).index((alg, key))
        ceks.add(jwe.layers(token, key, {alg, enc}, place=place).cek)
    assert len(ceks) == 1


@pytest.mark.parametrize("alg", sorted(jwe.KEY_MANAGEMENT))
@pytest.mark.parametrize("enc", ["A128GCM", "A256CBC-HS512"])
def test_what_is_random_is_fresh_and_what_is_given_is_used(alg: str, enc: str) -> None:
    content = CONTENT_ENCRYPTIONS[enc]
    key = keys_for(alg, enc)[0]
    tokens = [jwe.encrypt(b"Hi", public(key), header_for(alg, enc), algorithms=LENIENT) for _ in range(4)]
    shown = [jwe.layers(token, key, LENIENT) for token in tokens]
    assert len({layer.iv for layer in shown}) == 4
    if alg != "dir":
        assert len({layer.cek for layer in shown}) == 4
    for name in ("epk", "iv", "tag", "p2s"):
        values = {json.dumps(layer.header[name]) for layer in shown if name in layer.header}
        assert len(values) in {0, 4}
    iv = bytes(range(content.iv_length))
    given = {"iv": iv, "cek": bytes(range(content.cek_length)), "key_iv": bytes(12)}
    ephemeral = keys_for(alg, enc)[0] if alg.startswith("ECDH") else None
    header = {**header_for(alg, enc), **({"p2s": encode_text(bytes(8))} if alg.startswith("PBES2") else {})}
    made = [
        jwe.encrypt(b"Hi", public(key), header, ephemeral=ephemeral, algorithms=LENIENT, **given)  # type: ignore[arg-type]
        for _ in range(2)
    ]
    assert (made[0] == made[1]) == (not alg.startswith("RSA"))
    layer = jwe.layers(made[0], key, LENIENT)
    assert layer.iv == iv
    if not jwe.KEY_MANAGEMENT[alg].is_direct:
        assert layer.cek == given["cek"]
        # the header that came out, given as text, makes the same token
        again = jwe.encrypt(
            b"Hi",
            public(key),
            layer.header_text,
            ephemeral=ephemeral,
            algorithms=LENIENT,
            **given,  # type: ignore[arg-type]
        )
        assert again.split(".")[0] == made[0].split(".")[0]


@given(encryptions, st.data())
def test_any_changed_bit_ends_in_the_same_refusal(enc: str, data: st.DataObject) -> None:
    alg = data.draw(st.sampled_from(["A128KW", "A256GCMKW", "RSA-OAEP", "RSA1_5", "ECDH-ES+A192KW"]))
    key = keys_for(alg, enc)[0]
    segments = jwe.encrypt(b"Hi", public(key), header_for(alg, enc), algorithms=LENIENT).split(".")
    place = data.draw(st.integers(1, 4))
    octets = bytearray(decode(segments[place].encode(), ""))
    bit = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[bit // 8] ^= 1 << bit % 8
    segments[place] = encode_text(octets)
    with pytest.raises(AuthError) as refused:
        jwe.decrypt(".".join(segments), key, {alg, enc})
    assert str(refused.value) == str(AuthError())
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("options", "stage"),
    [
        ({"cek": bytes(17)}, "key"),
        ({"iv": bytes(16)}, "iv"),
        ({"key_iv": bytes(16), "protected": {"alg": "A128GCMKW", "enc": "A128GCM"}}, "iv"),
        ({"protected": {"alg": "dir", "enc": "A256GCM"}}, "key"),
        ({"protected": {"alg": "A256KW", "enc": "A256GCM"}}, "key"),
        ({"protected": {"alg": "HS256", "enc": "A256GCM"}}, "algorithm"),
        ({"protected": {"alg": "A128KW", "enc": "A128KW"}}, "algorithm"),
        ({"protected": {"alg": "A128KW", "enc": "A512GCM"}}, "algorithm"),
        ({"protected": {"alg": "A128KW"}}, "header"),
        ({"protected": {"alg": "A128KW", "enc": "A128GCM", "zip": "GZIP"}}, "zip"),
        ({"protected": '{"alg":"A128GCMKW","enc":"A128GCM"}'}, "header"),
        ({"protected": {"alg": "A128GCMKW", "enc": "A128GCM", "tag": "AAAA"}}, "header"),
        ({"protected": {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 0}}, "header"),
        ({"protected": {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "AAAA"}}, "header"),
        ({"key": ec_key("P-256"), "protected": {"alg": "A128KW", "enc": "A128GCM"}}, "key"),
        ({"key": {**oct_key(16), "use": "sig"}}, "key"),
        ({"key": {**oct_key(16), "key_ops": ["unwrapKey", "decrypt"]}}, "key"),
    ],
)
def test_what_is_not_encrypted(options: dict[str, Any], stage: str) -> None:
    arguments = {"key": oct_key(16), "protected": {"alg": "A128KW", "enc": "A128GCM"}, **options}
    with pytest.raises(JoseError) as refused:
        jwe.encrypt(b"Hi", **arguments)
    assert refused.value.stage == stage


def test_an_ephemeral_key_on_another_curve() -> None:
    with pytest.raises(InvalidKeyError):
        jwe.encrypt(b"", public(ec_key("P-256")), {"alg": "ECDH-ES", "enc": "A128GCM"}, ephemeral=ec_key("P-384"))


def test_what_json_serializations_are_not_made() -> None:
    one, direct = jwe.Recipient(oct_key(16), {"alg": "A128KW"}), jwe.Recipient(oct_key(16), {"alg": "dir"})
    other = jwe.Recipient(oct_key(16), {"alg": "A128KW", "enc": "A256GCM"})
    enc = {"enc": "A128GCM"}
    cases: list[tuple[list[jwe.Recipient], dict[str, Any], str]] = [
        ([], {"protected": enc}, "segments"),
        ([one, one], {"protected": enc, "flattened": True}, "segments"),
        ([one, direct], {"protected": enc}, "algorithm"),
        ([other, jwe.Recipient(oct_key(16), {"alg": "A128KW", "enc": "A128GCM"})], {}, "header"),
        ([one], {"protected": enc, "unprotected": enc}, "header"),
        ([one], {"protected": enc, "unprotected": {"zip": "DEF"}}, "header"),
    ]
    for recipients, options, stage in cases:
        with pytest.raises(JoseError) as refused:
            jwe.encrypt_json(b"", recipients, **options)
        assert refused.value.stage == stage
