"""Why a message was refused: one exception for each stage at which RFC 8188 lets a decoder or encoder stop."""

from typing import ClassVar


class Aes128gcmError(ValueError):
    """A message or an argument was refused.

    `stage` names the place of the refusal in the vocabulary of the implementation protocol.
    `released` is the plaintext that the failing call had authenticated before it met the fault: the
    end of what an incremental decoder hands out. It is empty for everything that is not incremental.
    """

    stage: ClassVar[str]
    released: bytes = b""


class HeaderError(Aes128gcmError):
    """The header is cut short: fewer than 21 octets, or fewer than idlen octets of keyid (section 2.1)."""

    stage = "header"


class RecordSizeError(Aes128gcmError):
    """The header's rs is smaller than 18 (section 2.1)."""

    stage = "record-size"


class UnknownKeyError(Aes128gcmError):
    """There is no key for this keyid (section 2.1)."""

    stage = "key"


class RecordLengthError(Aes128gcmError):
    """A record has 16 octets or fewer: no room for a delimiter and a tag (section 2)."""

    stage = "record-length"


class RecordAuthError(Aes128gcmError):
    """AEAD_AES_128_GCM refused a record (section 2)."""

    stage = "record-auth"


class PaddingError(Aes128gcmError):
    """A record contains no non-zero octet, so no delimiter (section 2)."""

    stage = "padding"


class DelimiterError(Aes128gcmError):
    """The delimiter is not the one that the record's place asks for (section 2)."""

    stage = "delimiter"


class TruncatedError(Aes128gcmError):
    """The message ends without a last record (sections 2 and 4.2)."""

    stage = "truncated"


class TrailingDataError(Aes128gcmError):
    """Octets follow the record that says it is the last one (section 2)."""

    stage = "trailing-data"


class ArgumentError(Aes128gcmError):
    """The caller asked for something that the format cannot express, or used an object after its end."""

    stage = "argument"


class LimitError(Aes128gcmError):
    """A record is longer than this implementation, or its caller, is ready to hold."""

    stage = "limit"
