"""Each stage at which a decoder must stop, for whole messages and for pieces; and what must not stop it."""

import pytest
from crafted import IKM, SALT, craft, seal_content

from harness.reference import aes128gcm, errors
from harness.reference.aes128gcm import Aes128gcmError, decrypt, decrypt_into, decrypt_pieces, encrypt

GOOD = craft([b"one\x01", b"two\x01", b"3\x02"], rs=20)

REFUSED = {
    "empty": (b"", "header"),
    "fixed part of the header cut short": (GOOD[:20], "header"),
    "keyid cut short": (craft([], rs=18, keyid=b"abc")[:-1], "header"),
    "rs 0": (craft([b"\x02"], rs=0), "record-size"),
    "rs 17, and the record has 17 octets": (craft([b"\x02"], rs=17), "record-size"),
    "rs 17 before a keyid that is cut short": (craft([], rs=17, keyid=b"abc")[:-1], "record-size"),
    "no record": (craft([], rs=18), "truncated"),
    "record of 1 octet": (craft([], rs=18) + b"\x00", "record-length"),
    "record of 16 octets, sealed": (craft([b""], rs=18), "record-length"),
    "record of 16 octets after a good one": (craft([b"one\x01", b""], rs=20), "record-length"),
    "tag altered": (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), "record-auth"),
    "salt altered": (bytes([GOOD[0] ^ 1]) + GOOD[1:], "record-auth"),
    "rs altered": (GOOD[:19] + b"\x15" + GOOD[20:], "record-auth"),
    "first two records exchanged": (GOOD[:21] + GOOD[41:61] + GOOD[21:41] + GOOD[61:], "record-auth"),
    "second record removed": (GOOD[:41] + GOOD[61:], "record-auth"),
    "only record all zeros": (craft([b"\x00\x00"], rs=18), "padding"),
    "first record all zeros": (craft([b"\x00\x00", b"\x02"], rs=18), "padding"),
    "last delimiter 1 in a short record": (craft([b"a\x01"], rs=19), "delimiter"),
    "last delimiter 3": (craft([b"a\x03"], rs=18), "delimiter"),
    "last delimiter 3 before padding": (craft([b"\x02\x03\x00\x00"], rs=20), "delimiter"),
    "first delimiter 3": (craft([b"a\x03", b"\x02"], rs=18), "delimiter"),
    "first delimiter 255": (craft([b"a\xff", b"\x02"], rs=18), "delimiter"),
    "first delimiter 3 after a 1": (craft([b"\x01\x03\x00", b"\x02"], rs=19), "delimiter"),
    "last delimiter 1 in a full record": (craft([b"one\x01", b"two\x01"], rs=20), "truncated"),
    "last delimiter 1 in a full, padded record": (craft([b"one\x01", b"t\x01\x00\x00"], rs=20), "truncated"),
    "one octet after the last record": (craft([b"one\x02"], rs=20) + b"\x00", "trailing-data"),
    "sixteen octets after the last record": (craft([b"one\x02"], rs=20) + bytes(16), "trailing-data"),
    "noise after the last record": (craft([b"one\x02"], rs=20) + bytes(20), "trailing-data"),
    "a good record after a padded last one": (craft([b"o\x02\x00\x00", b"two\x02"], rs=20), "trailing-data"),
}


@pytest.mark.parametrize(("message", "stage"), REFUSED.values(), ids=REFUSED)
def test_refused_at_the_stage(message: bytes, stage: str) -> None:
    with pytest.raises(Aes128gcmError) as whole:
        decrypt(message, IKM)
    with pytest.raises(Aes128gcmError) as octet_by_octet:
        decrypt_pieces([bytes([octet]) for octet in message], IKM)
    with pytest.raises(Aes128gcmError) as into:
        decrypt_into(message, IKM, bytearray(len(message)))
    stages = {error.value.stage for error in (whole, octet_by_octet, into)}
    assert stages == {stage}
    assert str(whole.value) == str(octet_by_octet.value) or stage == "header"
    assert whole.value.released == b""


def test_what_the_refused_messages_were_made_from_is_accepted() -> None:
    assert decrypt(GOOD, IKM) == b"onetwo3"


def test_a_stage_for_each_class_and_no_other() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type) and value is not Aes128gcmError]
    assert sorted(error.stage for error in classes if issubclass(error, Aes128gcmError)) == [
        "argument",
        "delimiter",
        "header",
        "key",
        "limit",
        "padding",
        "record-auth",
        "record-length",
        "record-size",
        "trailing-data",
        "truncated",
    ]


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_every_proper_prefix_is_refused(length: int) -> None:
    with pytest.raises(Aes128gcmError):
        decrypt(GOOD[:length], IKM)
    with pytest.raises(Aes128gcmError):
        decrypt_pieces([GOOD[:length]], IKM)


def test_wrong_key() -> None:
    with pytest.raises(aes128gcm.RecordAuthError):
        decrypt(GOOD, IKM + b"\x00")


def test_key_is_looked_up_by_keyid() -> None:
    message = encrypt(b"content", IKM, keyid=b"\xff\x00")
    assert decrypt(message, {b"\xff\x00": IKM}.get) == b"content"
    assert decrypt_pieces([message], {b"\xff\x00": IKM}.get) == b"content"
    for attempt in (decrypt, lambda m, k: decrypt_pieces([m], k), lambda m, k: aes128gcm.decrypt_record(m, 0, k)):
        with pytest.raises(aes128gcm.UnknownKeyError, match=r"xff"):
            attempt(message, {}.get)


def test_keyid_and_rs_are_not_authenticated() -> None:
    message = craft([b"a\x02"], rs=18, keyid=b"k")
    assert decrypt(message.replace(b"\x01k", b"\x01x", 1), IKM) == b"a"
    assert decrypt(SALT + (2**32 - 1).to_bytes(4, "big") + message[20:], IKM) == b"a"


@pytest.mark.parametrize("content", [b"\x00", b"\x01", b"\x02", b"\x02\x01\x00", bytes(300), b"\x01\x00\x02\x00"])
def test_content_that_looks_like_padding(content: bytes) -> None:
    for pad in (0, 1, 300):
        assert decrypt(craft([content + b"\x02" + bytes(pad)], rs=4096), IKM) == content


def test_padding_only_records_anywhere() -> None:
    message = craft([b"\x01\x00\x00", b"a\x01\x00", b"\x01\x00\x00", b"bc\x01", b"\x02\x00\x00"], rs=19)
    assert decrypt(message, IKM) == b"abc"
    assert decrypt_pieces([message[:30], message[30:]], IKM) == b"abc"


def test_long_padding() -> None:
    message = craft([b"a\x01" + bytes(70_000), b"b\x02" + bytes(66_000)], rs=70_018)
    assert decrypt(message, IKM) == b"ab"


def test_full_last_record_and_extra_empty_last_record() -> None:
    assert decrypt(craft([b"one\x02"], rs=20), IKM) == b"one"
    assert decrypt(craft([b"one\x01", b"\x02"], rs=20), IKM) == b"one"


def test_one_bad_record_among_many_short_ones() -> None:
    contents = [bytes([seq % 251 + 3, 1]) for seq in range(700)] + [b"\x02"]
    for place in (0, 255, 256, 400, 699):
        message = craft(contents, rs=18)
        start = 21 + place * 18
        altered = message[:start] + bytes([message[start] ^ 1]) + message[start + 1 :]
        with pytest.raises(aes128gcm.RecordAuthError, match=f"record {place} "):
            decrypt(altered, IKM)
        with pytest.raises(aes128gcm.RecordAuthError) as refused:
            decrypt_pieces([altered], IKM)
        assert refused.value.released == b"".join(content[:1] for content in contents[:place])


def test_a_padded_record_and_a_wrong_delimiter_among_many_short_ones() -> None:
    contents = [b"ab\x01"] * 600 + [b"\x02"]
    contents[300] = b"c\x01\x00"
    assert decrypt(craft(contents, rs=19), IKM) == b"ab" * 300 + b"c" + b"ab" * 299
    contents[500] = b"de\x02"
    with pytest.raises(aes128gcm.TrailingDataError, match="record 500 "):
        decrypt(craft(contents, rs=19), IKM)


@pytest.mark.parametrize("length", [0, 1, 16, 32, 64, 65, 1000])
def test_ikm_of_any_length(length: int) -> None:
    ikm = bytes(length)
    assert decrypt(craft([b"a\x02"], rs=18, ikm=ikm), ikm) == b"a"


def test_record_that_is_really_long_is_refused_before_it_is_opened() -> None:
    message = craft([b"a" * 83 + b"\x02"], rs=2**32 - 1)
    assert decrypt(message, IKM, max_rs=100) == b"a" * 83
    assert decrypt_pieces([message], IKM, max_rs=100) == b"a" * 83
    with pytest.raises(aes128gcm.LimitError, match="99"):
        decrypt(message, IKM, max_rs=99)
    decryptor = aes128gcm.Decryptor(IKM, max_rs=99)
    decryptor.update(message[:-1])
    with pytest.raises(aes128gcm.LimitError):
        decryptor.update(message[-1:])


def test_many_records_below_the_limit_are_not_refused() -> None:
    message = craft([b"one\x01"] * 10 + [b"\x02"], rs=20)
    assert decrypt(message, IKM, max_rs=20) == b"one" * 10
    with pytest.raises(aes128gcm.LimitError):
        decrypt(message, IKM, max_rs=19)


@pytest.mark.parametrize("max_rs", [17, 2**31])
def test_limit_that_makes_no_sense(max_rs: int) -> None:
    with pytest.raises(aes128gcm.ArgumentError):
        decrypt(GOOD, IKM, max_rs=max_rs)
    with pytest.raises(aes128gcm.ArgumentError):
        aes128gcm.Decryptor(IKM, max_rs=max_rs)


def test_decrypt_into() -> None:
    buffer = bytearray(len(GOOD))
    length = decrypt_into(GOOD, IKM, buffer)
    assert buffer[:length] == b"onetwo3"
    for useless in (bytearray(len(GOOD) - 1), memoryview(bytes(len(GOOD)))):
        with pytest.raises(aes128gcm.ArgumentError):
            decrypt_into(GOOD, IKM, useless)


def test_message_may_be_any_buffer() -> None:
    assert decrypt(bytearray(GOOD), IKM) == decrypt(memoryview(GOOD), IKM) == b"onetwo3"


def test_one_record_on_its_own() -> None:
    message = craft([b"one\x01", b"t\x01\x00\x00", b"3\x02"], rs=20, keyid=b"id")
    assert [aes128gcm.decrypt_record(message, index, IKM) for index in range(3)] == [b"one", b"t", b"3"]
    for index in (-1, 3):
        with pytest.raises(aes128gcm.ArgumentError, match="it has 3"):
            aes128gcm.decrypt_record(message, index, IKM)


def test_one_record_is_judged_by_its_place() -> None:
    header = aes128gcm.Header(SALT, 20)
    keys = aes128gcm.derive_keys(IKM, SALT)
    record = seal_content(b"o\x01\x00\x00", 300)
    assert aes128gcm.open_record(header, keys, record, 300, is_last=False) == aes128gcm.Record(b"o", pad=2)
    with pytest.raises(aes128gcm.TruncatedError):
        aes128gcm.open_record(header, keys, record, 300, is_last=True)
    with pytest.raises(aes128gcm.RecordAuthError):
        aes128gcm.open_record(header, keys, record, 301, is_last=False)
    for octets, is_last in ((record[:-1], False), (record + b"x", True), (record[:16], True)):
        with pytest.raises(aes128gcm.RecordLengthError):
            aes128gcm.open_record(header, keys, octets, 300, is_last=is_last)
