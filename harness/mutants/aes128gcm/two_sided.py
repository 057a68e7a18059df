"""A codec that derives wrongly on both sides understands itself and nobody else: such a defect is two mutants."""

from __future__ import annotations

from collections.abc import Callable

from harness.mutants.aes128gcm.plain import Derivation, PlainDecoder, PlainEncoder
from harness.mutants.model import DECODER, ENCODER, Shelf


class TwoShelves:
    """Collects defects of derivation: `@shelves("2.2/prk")` above a class derived from `Derivation`."""

    def __init__(self) -> None:
        self.decoders = Shelf(DECODER)
        self.encoders = Shelf(ENCODER)

    def __call__(self, *rules: str, modelled_on: str = "") -> Callable[[type[Derivation]], type[Derivation]]:
        """A decorator that shelves the defect as a decoder's and as an encoder's."""

        def shelve(defect: type[Derivation]) -> type[Derivation]:
            for shelf, codec in ((self.decoders, PlainDecoder), (self.encoders, PlainEncoder)):
                shelf.put(defect, type(defect.__name__, (defect, codec), {}), rules, modelled_on)
            return defect

        return shelve
