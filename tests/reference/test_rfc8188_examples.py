"""What RFC 8188 prints, what its rejected errata print, and what those octets really are."""

from base64 import urlsafe_b64decode

import pytest

from harness.reference import aes128gcm
from harness.reference.aes128gcm import Header, Record, derive_keys, record_nonce, seal_records
from harness.reference.jwe_mapping import from_compact_form, to_compact_form


def b64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


WALRUS = b"I am the walrus"
IKM_31 = b64("yqdlZ-tYemfogSmv7Ws5PQ")
BODY_31 = b64("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg")
IKM_32 = b64("BO3ZVPxUlnLORbVGMpbT1Q")
BODY_32 = b64("uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA")


def test_section_3_1_intermediate_values() -> None:
    header = Header.parse(BODY_31)
    keys = derive_keys(IKM_31, header.salt)
    assert (header.salt, header.rs, header.keyid) == (b64("I1BsxtFttlv3u_Oo94xnmw"), 4096, b"")
    assert keys.prk == b64("zyeH5phsIsgUyd4oiSEIy35x-gIi4aM7y0hCF8mwn9g")
    assert keys.cek == b64("_wniytB-ofscZDh4tbSjHw")
    assert record_nonce(keys.nonce_base, 0) == keys.nonce_base == b64("Bcs8gkIRKLI8GeI8")


def test_section_3_1_both_ways() -> None:
    assert len(BODY_31) == 53  # not the 54 that the text says: erratum 5516
    assert aes128gcm.decrypt(BODY_31, IKM_31) == WALRUS
    assert aes128gcm.encrypt(WALRUS, IKM_31, salt=BODY_31[:16]) == BODY_31


def test_section_3_2_both_ways() -> None:
    assert Header.parse(BODY_32) == Header(b64("uNCkWiNYzKTnBN9ji3-qWA"), 25, b"a1")
    assert aes128gcm.decrypt(BODY_32, IKM_32) == WALRUS
    records = [Record(b"I am th", pad=1), Record(b"e walrus")]
    assert seal_records(records, IKM_32, salt=BODY_32[:16], rs=25, keyid=b"a1") == BODY_32


def test_section_3_2_second_record_on_its_own() -> None:
    assert aes128gcm.decrypt_record(BODY_32, 1, IKM_32) == b"e walrus"


def test_erratum_8620_seals_a_second_delimiter() -> None:
    body = b64("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu_ul1ATXXzhZ8IY2l5S6w8cG")
    assert aes128gcm.decrypt(body, IKM_31) == WALRUS + b"\x02"


def test_erratum_8621_has_a_second_record_longer_than_its_rs() -> None:
    body = b64("uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHfNE6ZBBGizjWQMll3XVvzJ8")
    with pytest.raises(aes128gcm.RecordAuthError, match="record 1"):
        aes128gcm.decrypt(body, IKM_32)
    # Its 26 octets are sealed as one record, with the delimiter twice, which rs 25 has no room for.
    header = Header.parse(body)
    wider = Header(header.salt, 26, header.keyid)
    opened = aes128gcm.open_record(wider, derive_keys(IKM_32, header.salt), body[48:], 1, is_last=True)
    assert opened == Record(b"e walrus\x02")


def test_appendix_a_prints_the_record_of_section_3_1() -> None:
    printed = (
        "eyAiYWxnIjogImRpciIsICJlbmMiOiAiQTEyOEdDTSIgfQ..Bcs8gkIRKLI8GeI8.-NAVub2qFgBEuQKRapoZuw.4jGQi9rcwQHU8P6XLxOGOA"
    )
    assert to_compact_form(BODY_31, IKM_31) == [printed]
    assert from_compact_form([printed], salt=BODY_31[:16], rs=4096) == BODY_31
