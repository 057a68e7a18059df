"""What a JWS is refused for, and at which stage; each case beside a token that is accepted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose_keys import ec_key, oct_key, okp_key, public, rsa_key

from harness.reference import jws
from harness.reference.jose_errors import InvalidKeyError, JoseError
from harness.reference.jose_header import MAX_TOKEN, decode, encode_text

KEY = oct_key(32)
ALL = jws.ALGORITHMS

SIGNING: list[tuple[str, Any]] = [
    *((f"HS{bits}", lambda bits=bits: oct_key(bits // 8)) for bits in (256, 384, 512)),
    *((f"{kind}S{bits}", rsa_key) for kind in "RP" for bits in (256, 384, 512)),
    ("ES256", lambda: ec_key("P-256")),
    ("ES384", lambda: ec_key("P-384")),
    ("ES512", lambda: ec_key("P-521")),
    ("EdDSA", lambda: okp_key("Ed25519")),
    ("EdDSA", lambda: okp_key("Ed448")),
]
by_algorithm = st.sampled_from(SIGNING)


def refusal(token: str, key: Any = KEY, algorithms: Any = ALL, **options: Any) -> str:
    with pytest.raises(JoseError) as refused:
        jws.verify(token, key, algorithms, **options)
    return refused.value.stage


def compact(header: str | bytes, payload: bytes = b"Hi", key: dict[str, str] = KEY) -> str:
    """A token with any octets as header, and the right HMAC."""
    octets = header.encode() if isinstance(header, str) else header
    signing_input = f"{encode_text(octets)}.{encode_text(payload)}"
    return f"{signing_input}.{mac(signing_input, key)}"


def mac(signing_input: str, key: dict[str, str] = KEY) -> str:
    import hashlib
    import hmac

    return encode_text(hmac.digest(decode(key["k"].encode(), ""), signing_input.encode(), hashlib.sha256))


@given(by_algorithm, st.binary(max_size=80), st.sampled_from(["compact", "flattened", "general"]), st.booleans())
def test_round_trips(algorithm: tuple[str, Any], payload: bytes, serialization: str, detached: bool) -> None:
    name, make = algorithm
    key, header = make(), {"alg": name, "kid": "a"}
    if serialization == "general":
        signers = [jws.Signer(oct_key(64, 1), {"alg": "HS512"}), jws.Signer(key, {"alg": name}, {"kid": "a"})]
        token = jws.sign_general(payload, signers, detached=detached)
    else:
        token = jws.sign(payload, key, header, serialization=serialization, detached=detached)  # type: ignore[arg-type]
    verified = jws.verify(token, public(key), {name}, payload=payload if detached else None)
    assert (verified.payload, verified.header) == (payload, header)


@given(by_algorithm, st.data())
def test_a_changed_bit_of_the_signature_or_another_key(algorithm: tuple[str, Any], data: st.DataObject) -> None:
    name, make = algorithm
    token = jws.sign(b"Hi", make(), {"alg": name})
    head, _, text = token.rpartition(".")
    signature = bytearray(decode(text.encode(), ""))
    place = data.draw(st.integers(0, len(signature) * 8 - 1))
    signature[place // 8] ^= 1 << place % 8
    key = public(make())
    assert refusal(f"{head}.{encode_text(signature)}", key, {name}) == "signature"
    assert refusal(f"{head}.{encode_text(signature[:-1])}", key, {name}) == "signature"
    assert refusal(f"{head}.", key, {name}) == "signature"
    assert refusal(f"{head}.{text}".replace(".", "A.", 1), key, {name}) in {"signature", "header", "base64url"}


@given(st.binary(max_size=60), st.lists(st.sampled_from('AZaz09-_.=+/ {}"\n\u00e9\ud800'), max_size=30).map("".join))
def test_noise_ends_in_a_jose_error(octets: bytes, text: str) -> None:
    for token in (text, compact(octets), "{" + text, compact(b'{"alg":"HS256",' + octets + b"}")):
        with pytest.raises(JoseError):
            jws.verify(token, KEY, ALL)


GOOD = compact('{"alg":"HS256"}')


def test_the_near_miss_is_accepted() -> None:
    assert jws.verify(GOOD, KEY, ALL).payload == b"Hi"
    assert jws.verify(compact(' {"alg" :\t"HS256"\r\n} '), KEY, ALL).payload == b"Hi"
    assert jws.verify(compact('{"\\u0061lg":"HS256","x":"\\ud83d\\ude00"}'), KEY, ALL).header["x"] == "\U0001f600"


@pytest.mark.parametrize(
    ("token", "stage"),
    [
        ("", "segments"),
        ("..", "header"),
        (GOOD + ".", "segments"),
        (GOOD.rpartition(".")[0], "segments"),
        (" " + GOOD, "base64url"),
        (GOOD + "\n", "base64url"),
        (GOOD + "=", "base64url"),
        (GOOD.replace(".", "=.", 1), "base64url"),
        (GOOD[:-1] + "+", "base64url"),
        (GOOD[:-1] + "/", "base64url"),
        (GOOD + "A", "signature"),
        (GOOD + "AA", "base64url"),
        (GOOD[:-1] + chr(ord(GOOD[-1]) + 1), "base64url"),
        (GOOD.replace("SGk", "SGl"), "base64url"),
        (GOOD.replace("SGk", "SG\u00e9"), "base64url"),
        pytest.param("A" * (MAX_TOKEN + 1), "limit", id="long-token"),
        pytest.param(compact(b'{"alg":"HS256","x":"' + b"a" * 70_000 + b'"}'), "limit", id="long-header"),
    ],
)
def test_segments_and_base64url(token: str, stage: str) -> None:
    assert refusal(token) == stage


@pytest.mark.parametrize(
    "header",
    [
        "",
        "[]",
        '["alg","HS256"]',
        "null",
        '"alg"',
        '{"alg":"HS256"',
        '{"alg":"HS256"}}',
        '{"alg":"HS256"}\x00',
        '{"alg":"HS256"} {}',
        '\ufeff{"alg":"HS256"}',
        '{"alg":"HS256","alg":"HS256"}',
        '{"alg":"none","alg":"HS256"}',
        '{"alg":"HS256","alg":"none"}',
        '{"alg":"HS256","\\u0061lg":"none"}',
        '{"alg":"HS256","x":{"y":1,"y":2}}',
        '{"alg":"HS256","x":NaN}',
        '{"alg":"HS256","x":Infinity}',
        '{"alg":"HS256","x":01}',
        '{"alg":"HS256","x":' + "9" * 5000 + "}",
        '{"alg":"HS256","x":"\\ud800"}',
        '{"alg":"HS256","x":"\n"}',
        "{'alg':'HS256'}",
        '{"alg":"HS256",}',
        '{"alg":"HS256"/**/}',
        '{"alg":"HS256","x":' + "[" * 20_000 + "]" * 20_000 + "}",
        b'{"alg":"HS256","x":"\xff"}',
        b'{"alg":"HS256","x":"\xc0\xaf"}',
        b'{"alg":"HS256","x":"\xed\xa0\x80"}',
        '{"alg":"HS256"}'.encode("utf-16"),
        "{}",
        '{"typ":"JWT"}',
        '{"alg":null}',
        '{"alg":["HS256"]}',
        '{"alg":256}',
        '{"alg":"HS256","kid":1}',
        '{"alg":"HS256","typ":[]}',
        '{"alg":"HS256","cty":null}',
    ],
    ids=lambda header: repr(header)[:50],
)
def test_headers(header: str | bytes) -> None:
    assert refusal(compact(header)) == "header"


@pytest.mark.parametrize(
    "members",
    [
        '"crit":[]',
        '"crit":"exp"',
        '"crit":{"exp":1}',
        '"crit":null',
        '"crit":[1]',
        '"crit":["exp"],"exp":1',
        '"crit":["alg"]',
        '"crit":["b64"]',
        '"crit":["b64","b64"],"b64":true',
        '"crit":["b64","exp"],"b64":true,"exp":1',
        '"b64":false',
        '"b64":true',
        '"b64":true,"crit":["exp"],"exp":1',
        '"enc":"A128GCM","crit":["enc"]',
        '"p2c":1,"crit":["p2c"]',
    ],
)
def test_crit(members: str) -> None:
    assert refusal(compact('{"alg":"HS256",' + members + "}")) == "crit"


def test_crit_that_the_caller_understands() -> None:
    token = compact('{"alg":"HS256","crit":["exp"],"exp":1}')
    assert jws.verify(token, KEY, ALL, understood={"exp"}).header["exp"] == 1
    assert jws.verify(compact('{"alg":"HS256","crit":["b64"],"b64":true}'), KEY, ALL).payload == b"Hi"
    assert refusal(compact('{"alg":"HS256","crit":["b64"],"b64":true}'), understood=()) == "crit"
    assert refusal(compact('{"alg":"HS256","crit":["b64"],"b64":0}')) == "header"


def test_a_header_that_was_seen_before_is_not_changed_by_who_saw_it() -> None:
    for header in ('{"alg":"HS256","x":1}', '{"alg":"HS256","x":{"y":1}}', '{"alg":"HS256","x":[1]}'):
        first = jws.verify(compact(header), KEY, ALL).header
        expected = json.loads(header)
        assert first == expected
        if isinstance(first["x"], dict | list):
            first["x"].clear()
        first["alg"] = "none"
        assert jws.verify(compact(header), KEY, ALL).header == expected


def test_errors_stay_short_and_soon() -> None:
    long = "a" * 30_000
    many = ",".join(f'"{number}":0' for number in range(7000))
    for header in (
        json.dumps({"alg": long}),
        json.dumps({"alg": "HS256", "crit": [long]}),
        f'{{"alg":"HS256","{long}":1,"{long}":1}}',
        f'{{"alg":"HS256",{many},"6999":1}}',
    ):
        with pytest.raises(JoseError) as refused:
            jws.verify(compact(header), KEY, ALL)
        assert len(str(refused.value)) < 300


def test_many_headers() -> None:
    for number in range(600):
        assert jws.verify(compact(f'{{"alg":"HS256","x":{number}}}'), KEY, ALL).header["x"] == number


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS1", "RSA-OAEP", "HS257"])
def test_algorithm_names(name: str) -> None:
    assert refusal(compact(json.dumps({"alg": name}))) == "algorithm"
    assert refusal(compact(json.dumps({"alg": name}))[:-43], algorithms={name, "HS256"}) == "algorithm"


def test_the_callers_list_decides() -> None:
    assert refusal(GOOD, algorithms={"HS384", "HS512"}) == "algorithm"
    assert refusal(GOOD, algorithms=()) == "algorithm"
    assert refusal(GOOD, None) == "key"
    with pytest.raises(TypeError):
        jws.verify(GOOD, KEY, "HS256")


def test_a_public_key_is_not_an_hmac_key() -> None:
    key = public(rsa_key())
    token = compact('{"alg":"HS256"}', key={"k": encode_text(json.dumps(key).encode())})
    assert refusal(token, key, {"HS256", "RS256"}) == "key"
    assert refusal(token, key, {"RS256"}) == "algorithm"


@pytest.mark.parametrize(("name", "make"), SIGNING)
def test_a_key_is_used_for_its_own_family(name: str, make: Any) -> None:
    token = jws.sign(b"Hi", make(), {"alg": name})
    key = public(make())
    for other in (oct_key(64), rsa_key(), ec_key("P-256"), ec_key("P-384"), okp_key("Ed25519"), okp_key("X25519")):
        same = other["kty"] == key["kty"] and (other.get("crv") == key.get("crv") or name == "EdDSA")
        if not same or other.get("crv") == "X25519":
            assert refusal(token, public(other), {name}) == "key"
    assert jws.verify(token, {**key, "use": "sig", "alg": name}, {name}).payload == b"Hi"
    assert jws.verify(token, {**key, "key_ops": ["verify"]}, {name}).payload == b"Hi"
    wrong: tuple[dict[str, Any], ...] = ({"use": "enc"}, {"alg": "ES1"}, {"key_ops": ["sign"]}, {"key_ops": []})
    for change in wrong:
        assert refusal(token, {**key, **change}, {name}) == "key"


@pytest.mark.parametrize(("name", "other"), [("PS256", "RS256"), ("RS256", "PS256"), ("RS256", "RS384")])
def test_rsa_signatures_of_another_algorithm(name: str, other: str) -> None:
    header = encode_text(json.dumps({"alg": name}).encode())
    body = jws.sign(b"Hi", rsa_key(), {"alg": other}).split(".")[1:]
    assert refusal(".".join([header, *body]), public(rsa_key()), {name, other}) == "signature"


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
def test_hmac_keys_have_the_length_of_the_hash(name: str) -> None:
    length = int(name[2:]) // 8
    with pytest.raises(InvalidKeyError):
        jws.sign(b"Hi", oct_key(length - 1), {"alg": name})
    token = jws.sign(b"Hi", oct_key(length), {"alg": name})
    assert refusal(token, oct_key(length - 1), {name}) == "key"


def test_ecdsa_signatures_that_are_not_r_and_s() -> None:
    key = ec_key("P-256")
    head, _, text = jws.sign(b"Hi", key, {"alg": "ES256"}).rpartition(".")
    signature = decode(text.encode(), "")
    der = b"\x30\x44\x02\x20" + signature[:32] + b"\x02\x20" + signature[32:]
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    for wrong in (
        der,
        bytes(64),
        signature[:32] + bytes(32),
        bytes(32) + signature[32:],
        b"\x00" + signature[:32] + b"\x00" + signature[32:],
        signature + b"\x00",
        signature[:32] + b"\x00" + signature[32:],
        r.to_bytes(32, "big") + order.to_bytes(32, "big"),
        s.to_bytes(32, "big") + r.to_bytes(32, "big"),
    ):
        assert refusal(f"{head}.{encode_text(wrong)}", public(key), {"ES256"}) == "signature"


def flattened(**change: Any) -> str:
    head, payload, signature = GOOD.split(".")
    token = {"protected": head, "payload": payload, "signature": signature, **change}
    return json.dumps({name: value for name, value in token.items() if value is not ...})


def test_the_flattened_near_misses_are_accepted() -> None:
    assert jws.verify(flattened(), KEY, ALL).payload == b"Hi"
    assert jws.verify("\n " + flattened(header={"kid": "a"}, other=1), KEY, ALL).header["kid"] == "a"


@pytest.mark.parametrize(
    ("change", "stage"),
    [
        ({"signature": ...}, "segments"),
        ({"payload": ...}, "segments"),
        ({"payload": 7}, "segments"),
        ({"payload": "SGk="}, "base64url"),
        ({"payload": "\u00e9"}, "base64url"),
        ({"signature": "\u00e9"}, "base64url"),
        ({"signature": None}, "base64url"),
        ({"protected": {"alg": "HS256"}}, "base64url"),
        ({"protected": ""}, "header"),
        ({"protected": "e30", "header": {"alg": "HS256"}}, "header"),
        ({"protected": ...}, "header"),
        ({"header": {}}, "header"),
        ({"header": []}, "header"),
        ({"header": {"alg": "HS256"}}, "header"),
        ({"header": {"crit": ["exp"], "exp": 1}}, "crit"),
        ({"header": {"b64": True}}, "header"),
        ({"signatures": []}, "segments"),
        ({"signatures": [{}], "signature": ..., "protected": ...}, "segments"),
        ({"signatures": 1, "signature": ..., "protected": ...}, "segments"),
        ({"signatures": [1], "signature": ..., "protected": ...}, "segments"),
        ({"signatures": [{}] * 17, "signature": ..., "protected": ...}, "limit"),
    ],
)
def test_json_serialization(change: dict[str, Any], stage: str) -> None:
    assert refusal(flattened(**change)) == stage


@pytest.mark.parametrize("token", ["{", "{}", '{"payload":"SGk","payload":"SGk"}'])
def test_json_that_is_no_jws(token: str) -> None:
    assert refusal(token) == "segments"


@pytest.mark.parametrize("unit", ["{", '{"a":['])
def test_json_that_is_nested_deeply(unit: str) -> None:
    assert refusal(unit * 90_000) == "segments"


def test_an_unprotected_algorithm_is_still_the_callers_choice() -> None:
    """RFC 7515 section 7.2.1: the protected header may be absent."""
    token = jws.sign(b"Hi", KEY, {}, header={"alg": "HS256"}, serialization="flattened")
    assert "protected" not in json.loads(token)
    assert jws.verify(token, KEY, {"HS256"}).protected == {}
    assert refusal(token, algorithms={"HS384"}) == "algorithm"


def test_detached_payloads() -> None:
    token = jws.sign(b"Hi", KEY, {"alg": "HS256"}, detached=True)
    assert token.split(".")[1] == ""
    assert refusal(token) == "signature"
    assert refusal(token, payload=b"Ho") == "signature"
    assert refusal(GOOD, payload=b"Hi") == "segments"
    assert refusal(flattened(), payload=b"Hi") == "segments"
    assert jws.verify(flattened(payload=...), KEY, ALL, payload=b"Hi").payload == b"Hi"


def test_unencoded_payloads() -> None:
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    for payload in (b"SGk", b" !~", b""):
        assert jws.verify(jws.sign(payload, KEY, header), KEY, ALL).payload == payload
    for payload in (b"a.b", b"a\n", b"\x7f", "é".encode()):
        with pytest.raises(JoseError):
            jws.sign(payload, KEY, header)
    token = jws.sign("é.".encode(), KEY, header, serialization="flattened")
    assert jws.verify(token, KEY, ALL).payload == "é.".encode()
    with pytest.raises(JoseError):
        jws.sign(b"\xff", KEY, header, serialization="flattened")
    for payload in ("a\n", "\x7f", "é"):
        head = encode_text(json.dumps(header).encode())
        assert refusal(f"{head}.{payload}.{mac(f'{head}.{payload}')}") == "segments"


def test_a_jws_has_a_signature() -> None:
    with pytest.raises(JoseError):
        jws.sign_general(b"Hi", [])


def test_one_signature_suffices_and_the_refusal_is_that_of_one_that_was_tried() -> None:
    signers = [jws.Signer(oct_key(48), {"alg": "HS384"}), jws.Signer(oct_key(32, 1), {"alg": "HS256"})]
    token = jws.sign_general(b"Hi", signers)
    assert jws.verify(token, oct_key(32, 1), {"HS256"}).place == 1
    assert refusal(token, oct_key(32, 2), {"HS256"}) == "signature"
    assert refusal(token, oct_key(32, 2), {"HS512"}) == "algorithm"


def test_all_signatures_have_the_same_b64() -> None:
    plain, unencoded = {"alg": "HS256"}, {"alg": "HS256", "b64": False, "crit": ["b64"]}
    with pytest.raises(JoseError):
        jws.sign_general(b"SGk", [jws.Signer(KEY, plain), jws.Signer(KEY, unencoded)])
    parts = [json.loads(jws.sign(b"SGk", KEY, header, serialization="flattened")) for header in (plain, unencoded)]
    signatures = [{name: part[name] for name in ("protected", "signature")} for part in parts]
    for some in (signatures[:1], signatures):
        token = json.dumps({"payload": parts[0]["payload"], "signatures": some})
        if len(some) == 1:
            assert jws.verify(token, KEY, ALL).payload == b"SGk"
        else:
            assert refusal(token) == "header"


@pytest.mark.parametrize(
    ("key", "protected", "options", "stage"),
    [
        (KEY, {"alg": "none"}, {}, "algorithm"),
        (None, {"alg": "HS256"}, {}, "algorithm"),
        (KEY, {"alg": "XS256"}, {}, "algorithm"),
        (KEY, {}, {}, "header"),
        (KEY, {"alg": "HS256", 1: 2}, {}, "header"),
        (KEY, {"alg": "HS256", "x": float("nan")}, {}, "header"),
        (KEY, {"alg": "HS256", "x": b""}, {}, "header"),
        (KEY, '{"alg":"HS256","alg":"HS256"}', {}, "header"),
        (KEY, {"alg": "HS256"}, {"header": {"kid": "a"}}, "segments"),
        (KEY, {"alg": "HS256", "crit": ["x"]}, {}, "crit"),
        (KEY, {"alg": "HS256", "crit": ["alg"]}, {}, "crit"),
        ({**KEY, "use": "enc"}, {"alg": "HS256"}, {}, "key"),
        ({**KEY, "key_ops": ["verify"]}, {"alg": "HS256"}, {}, "key"),
    ],
)
def test_what_is_not_signed(key: Any, protected: Any, options: dict[str, Any], stage: str) -> None:
    with pytest.raises(JoseError) as refused:
        jws.sign(b"Hi", key, protected, **options)
    assert refused.value.stage == stage


def test_a_public_key_does_not_sign() -> None:
    for key, name in ((rsa_key(), "PS256"), (ec_key("P-256"), "ES256"), (okp_key("Ed25519"), "EdDSA")):
        with pytest.raises(InvalidKeyError):
            jws.sign(b"Hi", public(key), {"alg": name})
