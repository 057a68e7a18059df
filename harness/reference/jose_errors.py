"""Why a JOSE object or key was refused: one exception for each stage of the implementation protocol's vocabulary."""

from reprlib import Repr
from typing import ClassVar

_repr = Repr()
_repr.maxstring = 60


def shown(value: object) -> str:
    """A value from a message as an error shows it: quoted, and cut where it is long."""
    return _repr.repr(value)


class JoseError(ValueError):
    """A JWS, a JWE, a JWK or an argument was refused; `stage` names the place of the refusal."""

    stage: ClassVar[str]


class SegmentsError(JoseError):
    """The serialization is not one of those defined (RFC 7515 section 7, RFC 7516 section 7)."""

    stage = "segments"


class Base64urlError(JoseError):
    """A value is not base64url without padding (RFC 7515 section 2)."""

    stage = "base64url"


class HeaderError(JoseError):
    """A header is not a valid JSON object with unique names, or a parameter has not the form defined for it."""

    stage = "header"


class CritError(JoseError):
    """ "crit" is malformed, or names an extension that is not understood (RFC 7515 section 4.1.11)."""

    stage = "crit"


class AlgorithmError(JoseError):
    """The algorithm is not defined, or the caller does not accept it (RFC 8725 section 3.1)."""

    stage = "algorithm"


class InvalidKeyError(JoseError):
    """The key is malformed, unknown, too short, or not for this algorithm or operation (RFC 7517, RFC 7518)."""

    stage = "key"


class EncryptedKeyError(JoseError):
    """An encrypted key is present where the algorithm has none (RFC 7516 section 5.2 step 10).

    What is wrong with an encrypted key that the algorithm does have is never said: that is an AuthError.
    """

    stage = "encrypted-key"


class IvError(JoseError):
    """The initialization vector has not the length that the algorithm requires (RFC 7518 section 5)."""

    stage = "iv"


class TagError(JoseError):
    """The authentication tag has not the length that the algorithm requires (RFC 7518 section 5)."""

    stage = "tag"


class AuthError(JoseError):
    """The JWE is not authentic. Which step failed is not told (RFC 7516 section 11.5)."""

    stage = "auth"

    def __init__(self) -> None:
        super().__init__("the JWE does not open: another key, or altered octets")


class ZipError(JoseError):
    """The compression algorithm is unknown, or the plaintext is not one whole DEFLATE stream (RFC 7516 4.1.3)."""

    stage = "zip"


class LimitError(JoseError):
    """The work asked for is more than this implementation, or its caller, is ready to do."""

    stage = "limit"


class SignatureError(JoseError):
    """The signature or MAC does not verify (RFC 7515 section 5.2 step 8)."""

    stage = "signature"

    def __init__(self) -> None:
        super().__init__("the signature does not verify: another key, or altered octets")
