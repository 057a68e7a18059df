"""What a mutant is, and the shelves on which the modules of the catalogue put theirs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

DECODER, ENCODER = "decoder", "encoder"

Codec = TypeVar("Codec", bound=type[Any])


@dataclass(frozen=True)
class Mutant:
    """An implementation with one defect.

    `id` is role and name, `decoder/seq-wraps-at-256`; `story` what a programmer did, and where; `requirements`
    the rules that it breaks, as the catalogue of requirements calls them; `modelled_on` a defect of the world that
    it is taken from, where there is one. `make()` is a new implementation object (a process that starts, as it were).
    """

    id: str
    story: str
    role: str
    requirements: tuple[str, ...]
    make: Callable[[], Any]
    modelled_on: str = ""

    @property
    def method(self) -> str:
        """The protocol's method that it answers."""
        return "aes128gcm.decrypt" if self.role == DECODER else "aes128gcm.encrypt"


class Shelf:
    """Collects mutants of a role: `@shelf("2.1/rs")` above a class whose docstring is its story."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.mutants: list[Mutant] = []

    def __call__(self, *rules: str, modelled_on: str = "") -> Callable[[Codec], Codec]:
        """A decorator that shelves the class as a mutant that breaks these rules (without their `rfc8188/`)."""

        def shelve(codec: Codec) -> Codec:
            self.put(codec, codec, rules, modelled_on)
            return codec

        return shelve

    def put(self, named: type[Any], codec: Callable[[], Any], rules: tuple[str, ...], modelled_on: str = "") -> None:
        """Shelve what `codec` makes under the name and story of a class."""
        if not named.__doc__:
            raise ValueError(f"{named.__name__} tells no story: its docstring is missing")
        if not rules:
            raise ValueError(f"{named.__name__} breaks no rule: name at least one")
        self.mutants.append(
            Mutant(
                id=f"{self.role}/{kebab(named.__name__)}",
                story=" ".join(inspect.cleandoc(named.__doc__).split()),
                role=self.role,
                requirements=tuple(f"rfc8188/{rule}" for rule in rules),
                make=codec,
                modelled_on=modelled_on,
            )
        )


def kebab(name: str) -> str:
    """`SeqWrapsAt256` as `seq-wraps-at-256`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
