"""RFC 7515 appendix A, C and E, and RFC 7797 section 4: their examples verify, and come out again where they can."""

import json

import pytest
from jose_figures import example

from harness.reference import jws
from harness.reference.jose_errors import AlgorithmError, CritError, SignatureError
from harness.reference.jose_header import decode, encode
from harness.reference.jwk import KeySet

CLAIMS = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'


@pytest.mark.parametrize(("section", "alg"), [("A.1", "HS256"), ("A.2", "RS256"), ("A.3", "ES256"), ("A.4", "ES512")])
def test_compact(section: str, alg: str) -> None:
    figures = example(f"RFC 7515 {section}")
    verified = jws.verify(figures["jws"], figures["key"], {alg})
    assert verified.payload == (b"Payload" if section == "A.4" else CLAIMS)
    assert verified.header["alg"] == alg
    head, payload, signature = figures["jws"].split(".")
    altered = encode(bytes((decode(signature.encode(), "")[0] ^ 1, *decode(signature.encode(), "")[1:]))).decode()
    with pytest.raises(SignatureError):
        jws.verify(f"{head}.{payload}.{altered}", figures["key"], {alg})


@pytest.mark.parametrize("section", ["A.1", "A.2"])
def test_deterministic_algorithms_give_the_printed_result(section: str) -> None:
    figures = example(f"RFC 7515 {section}")
    header = decode(figures["jws"].partition(".")[0].encode(), "").decode()
    assert jws.sign(CLAIMS, figures["key"], header) == figures["jws"]


def test_unsecured_is_refused_unless_asked_for() -> None:
    token = example("RFC 7515 A.5")["jws"]
    assert jws.verify(token, None, {"none"}).payload == CLAIMS
    assert jws.sign(CLAIMS, None, {"alg": "none"}) == token
    key = example("RFC 7515 A.1")["key"]
    for accepted in ({"none"}, {"none", "HS256"}, jws.ALGORITHMS):
        with pytest.raises(AlgorithmError):
            jws.verify(token, key, accepted)
    with pytest.raises(SignatureError):
        jws.verify(token + "AAAA", None, {"none"})


@pytest.mark.parametrize(("place", "section", "alg"), [(0, "A.2", "RS256"), (1, "A.3", "ES256")])
def test_general(place: int, section: str, alg: str) -> None:
    figures = example("RFC 7515 A.6")["jws"]
    key = example(f"RFC 7515 {section}")["key"]
    verified = jws.verify(json.dumps(figures), key, jws.ALGORITHMS)
    assert (verified.payload, verified.place) == (CLAIMS, place)
    assert verified.protected == {"alg": alg}
    assert verified.header == {"alg": alg, "kid": figures["signatures"][place]["header"]["kid"]}
    by_kid = lambda header: key if header["kid"] == verified.header["kid"] else None  # noqa: E731
    assert jws.verify(json.dumps(figures), by_kid, {alg}).place == place


def test_flattened() -> None:
    token = json.dumps(example("RFC 7515 A.7")["jws"])
    assert jws.verify(token, example("RFC 7515 A.3")["key"], {"ES256"}).payload == CLAIMS


def test_appendix_c() -> None:
    figures = example("RFC 7515 C")
    assert encode(bytes(figures["octets"])).decode() == figures["text"]
    assert decode(figures["text"].encode(), "") == bytes(figures["octets"])


def test_appendix_e_is_refused_for_its_crit() -> None:
    with pytest.raises(CritError):
        jws.verify(example("RFC 7515 E")["jws"], None, {"none"})


def test_unencoded_payload() -> None:
    plain, unencoded = example("RFC 7797 4.1"), example("RFC 7797 4.2")
    assert jws.sign(b"$.02", plain["key"], {"alg": "HS256"}) == plain["compact"]
    for token in (plain["compact"], json.dumps(plain["flattened"]), json.dumps(unencoded["flattened"])):
        assert jws.verify(token, plain["key"], {"HS256"}).payload == b"$.02"
    assert jws.verify(unencoded["detached"], plain["key"], {"HS256"}, payload=b"$.02").payload == b"$.02"
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    assert jws.sign(b"$.02", plain["key"], header, detached=True) == unencoded["detached"]
    flattened = jws.sign(b"$.02", plain["key"], header, serialization="flattened")
    assert json.loads(flattened) == unencoded["flattened"]


def test_the_sets_of_rfc7517() -> None:
    public, private = KeySet(example("RFC 7517 A.1")), KeySet(example("RFC 7517 A.2"))
    token = jws.sign(b"Hi", private.keys[1], {"alg": "RS256", "kid": "2011-04-29"})
    assert jws.verify(token, public, {"RS256"}).payload == b"Hi"
    assert [key.octets.hex() for key in KeySet(example("RFC 7517 A.3")).keys] != []
