"""Appendix A both ways, and each JWE opened from RFC 7516's own rule for the additional data."""

from base64 import urlsafe_b64decode

import pytest
from crafted import IKM, SALT
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from harness.reference.aes128gcm import Aes128gcmError, ArgumentError, derive_keys, encrypt, layout
from harness.reference.jwe_mapping import from_compact_form, from_jwe, to_compact_form, to_jwe


def b64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@given(st.binary(max_size=200), st.integers(18, 60), st.integers(0, 100), st.binary(max_size=5))
def test_there_and_back(content: bytes, rs: int, pad: int, keyid: bytes) -> None:
    message = encrypt(content, IKM, salt=SALT, rs=rs, pad=pad, keyid=keyid)
    assert from_jwe(to_jwe(message, IKM), salt=SALT, rs=rs, keyid=keyid) == message
    assert from_compact_form(to_compact_form(message, IKM), salt=SALT, rs=rs, keyid=keyid) == message


def test_each_record_opens_as_a_jwe_without_a_protected_header() -> None:
    message = encrypt(b"I am the walrus", IKM, salt=SALT, rs=25, pad=3)
    records = layout(b"I am the walrus", 25, pad=3)
    jwes = to_jwe(message, IKM)
    aead = AESGCM(derive_keys(IKM, SALT).cek)
    for index, (record, jwe) in enumerate(zip(records, jwes, strict=True)):
        content = aead.decrypt(b64(jwe["iv"]), b64(jwe["ciphertext"]) + b64(jwe["tag"]), b"")
        delimiter = b"\x02" if index == len(records) - 1 else b"\x01"
        assert content == record.data + delimiter + bytes(record.pad)
        assert jwe["unprotected"] == {"alg": "dir", "enc": "A128GCM"}


def three() -> list[dict[str, object]]:
    return to_jwe(encrypt(b"abcdefg", IKM, salt=SALT, rs=20), IKM)


def altered(index: int, **members: object) -> list[dict[str, object]]:
    jwes = three()
    jwes[index].update(members)
    return jwes


REFUSED = {
    "none": [],
    "first missing a member": [{"unprotected": {"alg": "dir", "enc": "A128GCM"}}],
    "another algorithm": altered(0, unprotected={"alg": "dir", "enc": "A256GCM"}),
    "a protected header": altered(0, protected="e30"),
    "second removed": [three()[0], three()[2]],
    "exchanged": [three()[1], three()[0], three()[2]],
    "iv too short": altered(0, iv="AAAA"),
    "tag too short": altered(2, tag="AAAA"),
    "iv not a string": altered(1, iv=7),
    "ciphertext padded": altered(2, ciphertext="YQ=="),
    "ciphertext in the other alphabet": altered(2, ciphertext="+/8"),
    "ciphertext with white space": altered(2, ciphertext="Y W"),
    "first record too short": altered(0, ciphertext="YWI"),
    "last record empty": altered(2, ciphertext=""),
    "last record too long": altered(2, ciphertext="YWJjZGVmZ2g"),
}


@pytest.mark.parametrize("jwes", REFUSED.values(), ids=REFUSED)
def test_jwes_that_are_no_message(jwes: list[dict[str, object]]) -> None:
    with pytest.raises(ArgumentError):
        from_jwe(jwes, salt=SALT, rs=20)


@pytest.mark.parametrize("string", ["", "a.b.c.d.e", "eyAiYWxnIjogImRpciIsICJlbmMiOiAiQTEyOEdDTSIgfQ.AA..."])
def test_strings_that_are_not_appendix_a(string: str) -> None:
    with pytest.raises(ArgumentError):
        from_compact_form([string], salt=SALT, rs=20)


@pytest.mark.parametrize("length", [0, 20, 21, 37])
def test_messages_without_a_record_to_map(length: int) -> None:
    with pytest.raises(Aes128gcmError):
        to_jwe(encrypt(b"", IKM, salt=SALT)[:length], IKM)
