"""All mutants, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence

from harness.mutants import decoder_delimiter, decoder_header, decoder_padding, decoder_slicing
from harness.mutants.model import Mutant

MODULES = (decoder_header, decoder_slicing, decoder_padding, decoder_delimiter)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for module in MODULES for mutant in module.shelf.mutants)


def select(pattern: str = "") -> Sequence[Mutant]:
    """The mutants whose id contains the pattern."""
    return [mutant for mutant in MUTANTS if pattern in mutant.id]
