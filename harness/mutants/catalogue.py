"""All mutants, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence

from harness.mutants.aes128gcm import (
    decoder_aead,
    decoder_checks,
    decoder_content,
    decoder_delimiter,
    decoder_fallbacks,
    decoder_header,
    decoder_leftovers,
    decoder_padding,
    decoder_rs,
    decoder_slicing,
    decoder_streaming,
    derivation,
    encoder_content,
    encoder_delimiter,
    encoder_header,
    encoder_layout,
    encoder_padding,
    encoder_rs,
    encoder_salt,
    sequence,
)
from harness.mutants.model import Mutant, Shelf

SHELVES: tuple[Shelf, ...] = (
    decoder_header.shelf,
    decoder_rs.shelf,
    decoder_slicing.shelf,
    decoder_padding.shelf,
    decoder_delimiter.shelf,
    decoder_checks.shelf,
    decoder_content.shelf,
    derivation.shelves.decoders,
    sequence.shelves.decoders,
    decoder_aead.shelf,
    decoder_fallbacks.shelf,
    decoder_leftovers.shelf,
    decoder_streaming.shelf,
    encoder_header.shelf,
    encoder_rs.shelf,
    encoder_layout.shelf,
    encoder_delimiter.shelf,
    encoder_padding.shelf,
    encoder_content.shelf,
    derivation.shelves.encoders,
    sequence.shelves.encoders,
    encoder_salt.shelf,
)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for shelf in SHELVES for mutant in shelf.mutants)


def select(pattern: str = "") -> Sequence[Mutant]:
    """The mutants whose id contains the pattern."""
    return [mutant for mutant in MUTANTS if pattern in mutant.id]
