"""What a JWE is refused for, and at which stage; each case beside a token that is accepted."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose_keys import ec_key, oct_key, okp_key, public, rsa_key

from harness.reference import jwe
from harness.reference.jose_errors import JoseError
from harness.reference.jose_header import decode, encode_text
from harness.reference.jwe_encryption import CONTENT_ENCRYPTIONS

KEY = oct_key(16)
ALL = jwe.ACCEPTED
IV, DIR = bytes(12), '{"alg":"dir","enc":"A128GCM"}'


def refusal(token: str, key: Any = KEY, algorithms: Any = ALL, **options: Any) -> str:
    with pytest.raises(JoseError) as refused:
        jwe.decrypt(token, key, algorithms, **options)
    return refused.value.stage


def direct(header: str | bytes, plaintext: bytes = b"Hi", enc: str = "A128GCM", aad: str | None = None) -> str:
    """A "dir" token with any octets as header, rightly sealed."""
    octets = header.encode() if isinstance(header, str) else header
    head = encode_text(octets)
    content = CONTENT_ENCRYPTIONS[enc]
    key, iv = b"\x42" * content.cek_length, bytes(content.iv_length)
    sealed = content.encrypt(key, iv, plaintext, (head if aad is None else aad).encode())
    return ".".join((head, "", encode_text(iv), *map(encode_text, sealed)))


def change(token: str, place: int, octets: bytes) -> str:
    segments = token.split(".")
    segments[place] = encode_text(octets)
    return ".".join(segments)


GOOD = direct(DIR)


def test_the_near_miss_is_accepted() -> None:
    assert jwe.decrypt(GOOD, KEY, ALL).plaintext == b"Hi"
    assert jwe.decrypt(direct(' {"alg"\t: "dir",\r\n"enc":"A128GCM"} '), KEY, ALL).plaintext == b"Hi"
    assert jwe.decrypt(GOOD, lambda header: KEY if header["alg"] == "dir" else None, ALL).plaintext == b"Hi"
    assert refusal(GOOD, lambda header: None) == "key"


@pytest.mark.parametrize(
    ("token", "stage"),
    [
        ("", "segments"),
        ("....", "header"),
        (GOOD + ".", "segments"),
        (GOOD.rpartition(".")[0], "segments"),
        ("a.b.c", "segments"),
        (" " + GOOD, "base64url"),
        (GOOD + "\n", "base64url"),
        (GOOD + "==", "base64url"),
        (GOOD.replace("..", ".=.", 1), "base64url"),
        (GOOD[:-1] + chr(ord(GOOD[-1]) + 1), "base64url"),
        (GOOD.replace(".", "\u00e9.", 1), "base64url"),
        (GOOD.replace(".", "\ud800.", 1), "base64url"),
        pytest.param("." * 20_000_000, "limit", id="long-token"),
        pytest.param(direct(b'{"alg":"dir","enc":"A128GCM","x":"' + b"a" * 70_000 + b'"}'), "limit", id="long-header"),
        (direct(DIR, aad=""), "auth"),
        (direct(DIR, aad='{"alg":"dir","enc":"A128GCM"}'), "auth"),
        (direct('{"enc":"A128GCM","alg":"dir"}', aad=GOOD.partition(".")[0]), "auth"),
        (change(GOOD, 1, b"\x00"), "encrypted-key"),
        (change(GOOD, 1, bytes(24)), "encrypted-key"),
        (change(GOOD, 2, b""), "iv"),
        (change(GOOD, 2, bytes(11)), "iv"),
        (change(GOOD, 2, bytes(16)), "iv"),
        (change(GOOD, 2, b"\x01" + bytes(11)), "auth"),
        (change(GOOD, 3, b""), "auth"),
        (change(GOOD, 4, b""), "tag"),
        (change(GOOD, 4, decode(GOOD.rpartition(".")[2].encode(), "")[:15]), "tag"),
        (change(GOOD, 4, decode(GOOD.rpartition(".")[2].encode(), "")[:12]), "tag"),
        (change(GOOD, 4, decode(GOOD.rpartition(".")[2].encode(), "") + bytes(16)), "tag"),
        (change(GOOD, 4, bytes(16)), "auth"),
    ],
)
def test_segments(token: str, stage: str) -> None:
    assert refusal(token) == stage


@pytest.mark.parametrize(
    ("header", "stage"),
    [
        ("[]", "header"),
        ('{"alg":"dir","enc":"A128GCM"}x', "header"),
        ('\ufeff{"alg":"dir","enc":"A128GCM"}', "header"),
        ('{"alg":"dir","enc":"A128GCM","enc":"A128GCM"}', "header"),
        ('{"alg":"RSA1_5","enc":"A128GCM","alg":"dir"}', "header"),
        (b'{"alg":"dir","enc":"A128GCM","x":"\xff"}', "header"),
        ('{"alg":"dir"}', "header"),
        ('{"enc":"A128GCM"}', "header"),
        ('{"alg":"dir","enc":null}', "header"),
        ('{"alg":"dir","enc":"A128GCM","kid":{}}', "header"),
        ('{"alg":"dir","enc":"A128GCM","crit":["x"],"x":1}', "crit"),
        ('{"alg":"dir","enc":"A128GCM","crit":["b64"],"b64":true}', "crit"),
        ('{"alg":"dir","enc":"A128GCM","crit":[]}', "crit"),
        ('{"alg":"none","enc":"A128GCM"}', "algorithm"),
        ('{"alg":"DIR","enc":"A128GCM"}', "algorithm"),
        ('{"alg":"HS256","enc":"A128GCM"}', "algorithm"),
        ('{"alg":"dir","enc":"a128gcm"}', "algorithm"),
        ('{"alg":"dir","enc":"A128CBC"}', "algorithm"),
        ('{"alg":"dir","enc":"dir"}', "algorithm"),
        ('{"alg":"A128GCM","enc":"A128GCM"}', "algorithm"),
        ('{"alg":"dir","enc":"A256GCM"}', "key"),
        ('{"alg":"dir","enc":"A128GCM","zip":"def"}', "zip"),
        ('{"alg":"dir","enc":"A128GCM","zip":null}', "zip"),
        ('{"alg":"A128KW","enc":"A128GCM"}', "auth"),
    ],
)
def test_headers(header: str | bytes, stage: str) -> None:
    assert refusal(direct(header)) == stage


def test_crit_that_the_caller_understands() -> None:
    token = direct('{"alg":"dir","enc":"A128GCM","crit":["x"],"x":1}')
    assert jwe.decrypt(token, KEY, ALL, understood={"x"}).plaintext == b"Hi"


def test_the_callers_list_decides() -> None:
    for accepted in ({"dir"}, {"A128GCM"}, {"dir", "A256GCM"}, {"A128KW", "A128GCM"}, ()):
        assert refusal(GOOD, algorithms=accepted) == "algorithm"
    with pytest.raises(TypeError):
        jwe.decrypt(GOOD, KEY, "dir A128GCM")


@given(st.binary(max_size=60), st.lists(st.sampled_from('AZaz09-_.=+/ {}"\n\u00e9\ud800'), max_size=30).map("".join))
def test_noise_ends_in_a_jose_error(octets: bytes, text: str) -> None:
    for token in (text, "{" + text, direct(octets), direct(b'{"alg":"dir","enc":"A128GCM",' + octets + b"}")):
        with pytest.raises(JoseError):
            jwe.decrypt(token, KEY, ALL)


@pytest.mark.parametrize(
    ("alg", "make"),
    [
        ("A128KW", lambda: oct_key(16)),
        ("A256GCMKW", lambda: oct_key(32)),
        ("dir", lambda: oct_key(16)),
        ("PBES2-HS256+A128KW", lambda: oct_key(16)),
        ("RSA-OAEP-256", rsa_key),
        ("ECDH-ES", lambda: ec_key("P-256")),
        ("ECDH-ES+A128KW", lambda: okp_key("X25519")),
    ],
)
def test_a_key_is_used_for_its_own_family(alg: str, make: Any) -> None:
    header = {"alg": alg, "enc": "A128GCM", **({"p2c": 1} if "PBES2" in alg else {})}
    key = make()
    token = jwe.encrypt(b"Hi", public(key), header)
    for other in (oct_key(24), rsa_key(), ec_key("P-256"), ec_key("P-384"), okp_key("X25519"), okp_key("Ed25519")):
        if (other["kty"], other.get("crv")) != (key["kty"], key.get("crv")) or (other["kty"], alg[:2]) == ("oct", "A1"):
            assert refusal(token, other) == "key"
    if "d" in key:
        assert refusal(token, public(key)) == "key"
    operations = ["deriveKey"] if "ECDH" in alg else ["decrypt"] if alg == "dir" else ["unwrapKey"]
    assert jwe.decrypt(token, {**key, "use": "enc", "alg": alg}, ALL).plaintext == b"Hi"
    assert jwe.decrypt(token, {**key, "key_ops": operations}, ALL).plaintext == b"Hi"
    wrong: tuple[dict[str, Any], ...] = ({"use": "sig"}, {"alg": "A192KW"}, {"key_ops": ["wrapKey"]}, {"key_ops": []})
    for about in wrong:
        assert refusal(token, {**key, **about}) == "key"


@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512", "RSA1_5"])
@pytest.mark.parametrize("length", [0, 15, 17, 24, 32, 64])
def test_a_cek_of_another_length_is_refused_like_a_wrong_one(alg: str, length: int) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding

    from harness.reference import jwk

    accepted = ALL | {"RSA1_5"}
    token = jwe.encrypt(b"Hi", public(rsa_key()), {"alg": alg, "enc": "A128GCM"}, algorithms=accepted)
    public_key = jwk.load(public(rsa_key())).public
    scheme = jwe.KEY_MANAGEMENT[alg].padding  # type: ignore[attr-defined]
    assert isinstance(scheme, padding.OAEP | padding.PKCS1v15)
    wrong = change(token, 1, public_key.encrypt(bytes(length), scheme))
    assert refusal(wrong, rsa_key(), accepted) == "auth"
    assert jwe.layers(wrong, rsa_key(), accepted).cek is None
    assert jwe.layers(token, rsa_key(), accepted).cek is not None


@pytest.mark.parametrize("octets", [b"", b"\x00", bytes(16), bytes(255), bytes(256), bytes(257), b"\xff" * 256])
@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA1_5", "A128KW", "A128GCMKW", "PBES2-HS256+A128KW", "ECDH-ES+A128KW"])
def test_any_encrypted_key_that_is_wrong_is_refused_alike(alg: str, octets: bytes) -> None:
    key = rsa_key() if "RSA" in alg else ec_key("P-256") if "ECDH" in alg else KEY
    accepted = ALL | {"RSA1_5"}
    header = {"alg": alg, "enc": "A128GCM", **({"p2c": 1} if "PBES2" in alg else {})}
    token = jwe.encrypt(b"Hi", public(key), header, algorithms=accepted)
    assert refusal(change(token, 1, octets), key, accepted) == "auth"


def test_oaep_with_another_hash() -> None:
    names = ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]
    tokens = {name: jwe.encrypt(b"Hi", public(rsa_key()), {"alg": name, "enc": "A128GCM"}) for name in names}
    for name in names:
        for other in set(names) - {name}:
            encrypted_key = decode(tokens[other].split(".")[1].encode(), "")
            assert refusal(change(tokens[name], 1, encrypted_key), rsa_key()) == "auth"


@pytest.mark.parametrize("enc", ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"])
def test_cbc(enc: str) -> None:
    content = CONTENT_ENCRYPTIONS[enc]
    key = oct_key(content.cek_length)
    header = json.dumps({"alg": "dir", "enc": enc})
    token = direct(header, b"", enc)
    assert jwe.decrypt(token, key, ALL).plaintext == b""
    tag = decode(token.rpartition(".")[2].encode(), "")
    for length in (0, 16, content.tag_length - 1, content.tag_length + 1, 2 * content.tag_length):
        if length != content.tag_length:
            assert refusal(change(token, 4, (tag * 2)[:length]), key) == "tag"
    assert refusal(change(token, 2, bytes(12)), key) == "iv"
    # a right tag over a ciphertext that is empty, no whole block, or badly padded
    octets, aad = b"\x42" * content.cek_length, token.partition(".")[0].encode()
    for ciphertext in (b"", b"\x00", bytes(15), bytes(16), bytes(17)):
        sealed = change(change(token, 3, ciphertext), 4, content._tag(octets, bytes(16), ciphertext, aad))  # type: ignore[attr-defined]
        assert refusal(sealed, key) == "auth"


HALF = encode_text(bytes(12))


@pytest.mark.parametrize(
    ("about", "stage"),
    [
        ({"iv": None}, "header"),
        ({"iv": 7}, "header"),
        ({"tag": [1]}, "header"),
        ({"iv": "AAAA"}, "iv"),
        ({"iv": encode_text(bytes(16))}, "iv"),
        ({"iv": "="}, "base64url"),
        ({"tag": HALF}, "tag"),
        ({"tag": ""}, "tag"),
        ({"tag": encode_text(bytes(16))}, "auth"),
        ({"iv": HALF}, "auth"),
    ],
)
def test_gcm_key_wrap_parameters(about: dict[str, Any], stage: str) -> None:
    token = jwe.encrypt(b"Hi", KEY, {"alg": "A128GCMKW", "enc": "A128GCM"})
    assert jwe.decrypt(token, KEY, ALL).plaintext == b"Hi"
    header = json.loads(decode(token.partition(".")[0].encode(), ""))
    assert refusal(change(token, 0, json.dumps({**header, **about}).encode())) == stage


@pytest.mark.parametrize(
    ("about", "stage"),
    [
        ({"p2s": None}, "header"),
        ({"p2s": "AAAA"}, "header"),
        ({"p2s": encode_text(bytes(7))}, "header"),
        ({"p2s": "AA A"}, "base64url"),
        ({"p2c": None}, "header"),
        ({"p2c": 0}, "header"),
        ({"p2c": -1}, "header"),
        ({"p2c": True}, "header"),
        ({"p2c": 2.0}, "header"),
        ({"p2c": "2"}, "header"),
        ({"p2c": 1_000_001}, "limit"),
        ({"p2c": 1 << 62}, "limit"),
        ({"p2c": 10**4000}, "limit"),
        ({"p2c": 3}, "auth"),
    ],
)
def test_pbes2_parameters(about: dict[str, Any], stage: str) -> None:
    key = oct_key(1)
    token = jwe.encrypt(b"Hi", key, {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2})
    assert jwe.decrypt(token, key, ALL, max_p2c=2).plaintext == b"Hi"
    assert refusal(token, key, max_p2c=1) == "limit"
    header = json.loads(decode(token.partition(".")[0].encode(), ""))
    assert refusal(change(token, 0, json.dumps({**header, **about}).encode()), key) == stage


def test_recipients_share_the_limit_of_pbes2() -> None:
    header = {"alg": "PBES2-HS256+A128KW", "p2c": 100}
    token = jwe.encrypt_json(b"Hi", [jwe.Recipient(oct_key(n), header) for n in (8, 9, 10)], {"enc": "A128GCM"})
    assert jwe.decrypt(token, oct_key(10), ALL, max_p2c=300).place == 2
    assert refusal(token, oct_key(10), max_p2c=299) == "auth"


@pytest.mark.parametrize("make", [lambda: ec_key("P-256"), lambda: okp_key("X25519")])
@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A128KW"])
def test_ephemeral_keys(alg: str, make: Any) -> None:
    key = make()
    token = jwe.encrypt(b"Hi", public(key), {"alg": alg, "enc": "A128GCM", "apu": "QQ", "apv": "Qg"})
    header = json.loads(decode(token.partition(".")[0].encode(), ""))
    zero = {name: value for name, value in {"x": "A" * 43, "y": "A" * 43}.items() if name in header["epk"]}
    one = encode_text(b"\x01" + bytes(31))
    other = public(make() if key["kty"] == "OKP" else ec_key("P-384"))
    cases: list[tuple[dict[str, Any], str]] = [
        ({"epk": None}, "header"),
        ({"epk": "e30"}, "header"),
        ({"epk": {}}, "key"),
        ({"epk": {**header["epk"], **zero}}, "key"),
        ({"epk": {**header["epk"], "x": one}}, "key"),
        ({"epk": {**header["epk"], "x": header["epk"]["x"] + "A"}}, "key"),
        ({"epk": {**header["epk"], "kty": "oct"}}, "key"),
        ({"epk": {**header["epk"], "crv": "P-521"}}, "key"),
        ({"epk": public(ec_key("P-384"))}, "key"),
        ({"epk": public(okp_key("Ed25519"))}, "key"),
        ({"apu": 1}, "header"),
        ({"apv": "A"}, "base64url"),
        ({"apu": "QA"}, "auth"),
        ({"apu": "Qg", "apv": "QQ"}, "auth"),
        ({"apu": ""}, "auth"),
    ]
    assert other
    for about, stage in cases:
        assert refusal(change(token, 0, json.dumps({**header, **about}).encode()), key) == stage
    if alg == "ECDH-ES":
        assert refusal(change(token, 1, bytes(24)), key) == "encrypted-key"


@pytest.mark.parametrize(
    "u",
    [
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        (1 << 255) - 20,
        (1 << 255) - 19,
        (1 << 255) - 18,
    ],
)
def test_points_of_small_order_on_x25519(u: int) -> None:
    """RFC 7748 section 6.1: the points whose shared secret is zero."""
    key = okp_key("X25519")
    token = jwe.encrypt(b"Hi", public(key), {"alg": "ECDH-ES", "enc": "A128GCM"})
    epk = {"kty": "OKP", "crv": "X25519", "x": encode_text(u.to_bytes(32, "little"))}
    header = json.dumps({"alg": "ECDH-ES", "enc": "A128GCM", "epk": epk})
    assert refusal(change(token, 0, header.encode()), key) == "key"


ZIP = '{"alg":"dir","enc":"A128GCM","zip":"DEF"}'


def raw_deflate(octets: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(octets) + compressor.flush()


@pytest.mark.parametrize(
    ("plaintext", "stage"),
    [
        (b"", "zip"),
        (b"Hi", "zip"),
        (zlib.compress(b"Hi"), "zip"),
        (raw_deflate(b"Hi")[:-1], "zip"),
        (raw_deflate(b"Hi") + b"\x00", "zip"),
        (raw_deflate(b"Hi") * 2, "zip"),
        (raw_deflate(bytes((1 << 20) + 1)), "limit"),
        (raw_deflate(bytes(1 << 27)), "limit"),
    ],
)
def test_zip(plaintext: bytes, stage: str) -> None:
    assert refusal(direct(ZIP, plaintext)) == stage


def test_zip_up_to_its_limit() -> None:
    token = direct(ZIP, raw_deflate(bytes(1 << 20)))
    assert jwe.decrypt(token, KEY, ALL).plaintext == bytes(1 << 20)
    assert refusal(token, max_inflated=(1 << 20) - 1) == "limit"
    assert jwe.decrypt(direct(ZIP, raw_deflate(b"")), KEY, ALL, max_inflated=0).plaintext == b""


def flattened(**about: Any) -> str:
    """DIR with everything protected, and these members changed; ... takes one away."""
    head, _, iv, ciphertext, tag = GOOD.split(".")
    token = {"protected": head, "iv": iv, "ciphertext": ciphertext, "tag": tag, **about}
    return json.dumps({name: value for name, value in token.items() if value is not ...})


def test_the_flattened_near_misses_are_accepted() -> None:
    assert jwe.decrypt(flattened(), KEY, ALL).plaintext == b"Hi"
    decrypted = jwe.decrypt(" " + flattened(other=1, unprotected={"a": 1}, header={"kid": "a"}), KEY, ALL)
    assert decrypted.header == {"alg": "dir", "enc": "A128GCM", "a": 1, "kid": "a"}


@pytest.mark.parametrize(
    ("about", "stage"),
    [
        ({"ciphertext": ...}, "segments"),
        ({"ciphertext": 1}, "base64url"),
        ({"iv": ...}, "iv"),
        ({"iv": ""}, "iv"),
        ({"iv": None}, "base64url"),
        ({"tag": ...}, "tag"),
        ({"tag": ""}, "tag"),
        ({"protected": ...}, "header"),
        ({"protected": ""}, "header"),
        ({"protected": json.loads(DIR)}, "base64url"),
        ({"unprotected": {}}, "header"),
        ({"unprotected": "e30"}, "header"),
        ({"header": {"alg": "dir"}}, "header"),
        ({"unprotected": {"kid": "a"}, "header": {"kid": "a"}}, "header"),
        ({"unprotected": {"zip": "DEF"}}, "header"),
        ({"header": {"crit": ["x"], "x": 1}}, "crit"),
        ({"aad": ""}, "segments"),
        ({"aad": "AA="}, "base64url"),
        ({"aad": "AAAA"}, "auth"),
        ({"encrypted_key": ""}, "encrypted-key"),
        ({"encrypted_key": "AAAA"}, "encrypted-key"),
        ({"recipients": []}, "segments"),
        ({"recipients": [1]}, "segments"),
        ({"recipients": {}}, "segments"),
        ({"recipients": [{}], "header": {"kid": "a"}}, "segments"),
        ({"recipients": [{}] * 17}, "limit"),
        ({"recipients": [{"header": {"enc": "A128GCM"}}]}, "header"),
    ],
)
def test_json_serialization(about: dict[str, Any], stage: str) -> None:
    assert refusal(flattened(**about)) == stage


def test_recipients_differ_in_enc() -> None:
    token = jwe.encrypt_json(b"Hi", [jwe.Recipient(KEY, {"alg": "A128KW", "enc": "A128GCM"})])
    members = json.loads(token)
    assert jwe.decrypt(token, KEY, ALL).plaintext == b"Hi"
    for other in ("A192GCM", None, {}):
        second = {"header": {"alg": "A128KW", "enc": other}}
        assert refusal(json.dumps({**members, "recipients": [*members["recipients"], second]})) == "header"


@pytest.mark.parametrize(
    ("unit", "times"), [("{", 10**7), ('{"a":', 2 * 10**6), ("A", 10**7), ('{"a":11111', 10**6), ("A.", 10**8)]
)
def test_hostile_sizes(unit: str, times: int) -> None:
    assert refusal(unit * times) in {"segments", "limit"}


def test_layers_of_a_recipient_that_is_not_there() -> None:
    with pytest.raises(JoseError):
        jwe.layers(GOOD, KEY, place=1)


def test_the_layers_of_a_token_that_does_not_open() -> None:
    token = jwe.encrypt(b"Hi", KEY, {"alg": "A128KW", "enc": "A128GCM"})
    shown = jwe.layers(change(token, 4, bytes(16)), KEY)
    assert (shown.cek, shown.tag) == (jwe.layers(token, KEY).cek, bytes(16))
    assert jwe.layers(token, oct_key(16, 1)).cek is None
