"""JSON Web Keys: what is loaded, once, and what is refused."""

import json
from typing import Any

import pytest
from jose_figures import example
from jose_keys import ec_key, oct_key, okp_key, public, rsa_key, uint

from harness.reference import jwk
from harness.reference.jose_errors import InvalidKeyError, JoseError
from harness.reference.jose_header import decode

KEYS: list[dict[str, Any]] = [
    oct_key(32),
    *(ec_key(crv) for crv in ("P-256", "P-384", "P-521")),
    *(okp_key(crv) for crv in ("Ed25519", "Ed448", "X25519", "X448")),
]


@pytest.mark.parametrize("members", [*KEYS, pytest.param({}, id="rsa")])
def test_a_key_is_loaded_once_whatever_form_it_comes_in(members: dict[str, Any]) -> None:
    members = members or rsa_key()
    key = jwk.load(members)
    assert jwk.load(dict(members)) is key
    assert jwk.load(key) is key
    text = json.dumps(members)
    assert jwk.load(text) is jwk.load(text)
    with_list = {**members, "x5c": ["AAAA"]}
    assert jwk.load(with_list) is jwk.load(dict(with_list))
    jwk.forget()
    assert jwk.load(members) is not key


@pytest.mark.parametrize("members", KEYS[1:])
def test_the_public_part(members: dict[str, Any]) -> None:
    key = jwk.load({**members, "kid": "a", "use": "enc", "ext": True})
    assert key.public_jwk() == {**public(members), "kid": "a", "use": "enc"}
    assert jwk.load(key.public_jwk()).private is None
    assert members["d"] not in repr(key)


def test_a_symmetric_key_has_no_public_part_and_does_not_show() -> None:
    key = jwk.load(oct_key(32))
    assert oct_key(32)["k"] not in repr(key)
    with pytest.raises(InvalidKeyError):
        key.public_jwk()


def test_the_thumbprint_of_rfc7638() -> None:
    """RFC 7638 section 3.1: its key is the RSA key of RFC 7517 A.1."""
    key = jwk.load(example("RFC 7517 A.1")["keys"][1])
    assert key.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_an_rsa_key_without_crt_members_is_completed() -> None:
    whole = rsa_key()
    bare = {name: whole[name] for name in ("kty", "n", "e", "d")}
    assert jwk.load(bare).require_private().private_numbers().d == jwk.load(whole).private.private_numbers().d


def refused(members: Any) -> str:
    with pytest.raises(InvalidKeyError) as refusal:
        jwk.load(members)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kty": "ec"}, "kty"),
        ({"kty": ["EC"]}, "kty"),
        ({"crv": "P-257"}, "crv"),
        ({"crv": None}, "crv"),
        ({"x": 7}, '"x"'),
        ({"d": uint(0, 32)}, '"d"'),
        ({"d": uint((1 << 256) - 1, 32)}, '"d"'),
        ({"d": uint(1, 32)}, '"d"'),
        ({"d": uint(1)}, "32"),
        ({"kid": 1}, "kid"),
        ({"use": ["enc"]}, "use"),
        ({"alg": 1}, "alg"),
        ({"key_ops": "sign"}, "key_ops"),
        ({"key_ops": ["sign", "sign"]}, "key_ops"),
        ({"key_ops": ["sign"], "use": "enc"}, "key_ops"),
        ({"key_ops": ["deriveKey"], "use": "sig"}, "key_ops"),
    ],
)
def test_refused_ec_keys(change: dict[str, Any], reason: str) -> None:
    assert reason in refused({**ec_key("P-256"), **change})


@pytest.mark.parametrize("crv", ["P-256", "P-384", "P-521"])
def test_a_point_off_the_curve(crv: str) -> None:
    key = public(ec_key(crv))
    y = int.from_bytes(decode(key["y"].encode(), ""), "big")
    length = len(decode(key["y"].encode(), ""))
    assert "not on" in refused({**key, "y": uint(y ^ 1, length)})
    assert "not on" in refused({**key, "x": uint(0, length), "y": uint(0, length)})
    assert str(length) in refused({**key, "x": uint(1, length + 1)})
    assert str(length) in refused({**key, "x": uint(1, length - 1)})


def test_coordinates_keep_their_leading_zeros() -> None:
    """RFC 7518 section 6.2.1.2: all the octets of the coordinate, of a point that has a leading zero."""
    number = 0
    while not ec_key("P-256", number)["x"].startswith("AA"):
        number += 1
    key = ec_key("P-256", number)
    jwk.load(key)
    assert "32" in refused({**key, "x": uint(int.from_bytes(decode(key["x"].encode(), ""), "big"))})


@pytest.mark.parametrize("missing", ["p", "q", "dp", "dq", "qi", "d", "n", "e"])
def test_rsa_members_come_together(missing: str) -> None:
    key = dict(rsa_key())
    del key[missing]
    assert missing in refused(key)


@pytest.mark.parametrize("name", ["p", "q", "d", "dp", "dq", "qi", "n"])
def test_rsa_members_must_belong_together(name: str) -> None:
    assert "belong" in refused({**rsa_key(), name: rsa_key(1)[name]})


def test_rsa_numbers_are_written_with_as_few_octets_as_they_need() -> None:
    key = public(rsa_key())
    assert "leading zeros" in refused({**key, "e": "AAEAAQ"})
    assert "leading zeros" in refused({**key, "e": "AA"})
    assert "leading zeros" in refused({**key, "e": ""})


def test_other_rsa_refusals() -> None:
    assert "2048" in refused(rsa_key(0, 1024))
    assert "sane" in refused({"kty": "RSA", "e": "AQAB", "n": "_" * 4000})
    assert "RSA" in refused({**public(rsa_key()), "e": "Ag"})
    assert "two primes" in refused({**rsa_key(), "oth": []})
    assert "do not belong" in refused({**rsa_key(), "e": "Aw"})
    bare = {name: rsa_key()[name] for name in ("kty", "n", "e")}
    assert "RSA" in refused({**bare, "d": rsa_key(1)["d"]})


@pytest.mark.parametrize(("crv", "length"), [("Ed25519", 32), ("Ed448", 57), ("X25519", 32), ("X448", 56)])
def test_refused_octet_key_pairs(crv: str, length: int) -> None:
    key = okp_key(crv)
    assert "belong" in refused({**key, "d": okp_key(crv, 1)["d"]})
    assert str(length) in refused({**key, "x": uint(1, length + 1)})
    assert str(length) in refused({**key, "d": uint(1, length - 1)})
    assert "crv" in refused({**key, "crv": crv.lower()})


@pytest.mark.parametrize(
    "jwk_text",
    [
        "",
        "[]",
        '"k"',
        "{}",
        '{"kty":"oct"}',
        '{"kty":"oct","k":""}',
        '{"kty":"oct","k":"AA=="}',
        '{"kty":"oct","k":"A A"}',
        '{"kty":"oct","k":"A+/B"}',
        '{"kty":"oct","k":"AB"}',
        '{"kty":"oct","k":"AAAAA"}',
        '{"kty":"oct","k":"AAAA","k":"AAAB"}',
        '{"kty":"oct","k":"AAAA"}{}',
        '\ufeff{"kty":"oct","k":"AAAA"}',
        '{"kty":"oct","k":NaN}',
        '{"kty":"oct","k":' + "[" * 5000,
    ],
    ids=lambda text: repr(text)[:50],
)
def test_refused_texts(jwk_text: str) -> None:
    refused(jwk_text)


@pytest.mark.parametrize("value", [None, 7, b"{}", ["kty"], {"kty": "oct", "k": "AAAA", "x": [object()]}])
def test_what_is_no_jwk_at_all(value: Any) -> None:
    refused(value)


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(JoseError) as refusal:
        jwk.load(" " * 70_000 + "{}")
    assert refusal.value.stage == "limit"


def test_a_set_leaves_out_what_it_cannot_load_and_answers_by_kid() -> None:
    keys = jwk.KeySet(
        {"keys": [{**oct_key(32), "kid": "a"}, {"kty": "new", "kid": "b"}, {**oct_key(32, 1), "kid": "c"}]}
    )
    assert [key.kid for key in keys.keys] == ["a", "c"]
    assert keys({"kid": "c"}) is keys.keys[1]
    assert keys({"kid": "b"}) is None
    assert keys({}) is None
    assert jwk.KeySet(json.dumps({"keys": [oct_key(32)]}))({}) is not None
    with pytest.raises(InvalidKeyError, match="no key is known"):
        jwk.find(keys, {"kid": "b"})
    for wrong in ("{}", '{"keys":{}}', "[", '{"keys":[],"keys":[]}'):
        with pytest.raises(InvalidKeyError):
            jwk.KeySet(wrong)
