"""`sealproof mutants`: does every defect of the catalogue fail a case, and does that case name its rule?"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from harness.mutants.run import Fate

SURVIVED = 1
USAGE_ERROR = 4
#: A mutant that fails more of the cases than this is broken everywhere.
EVERYWHERE = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mutants`."""
    parser.add_argument("-k", dest="pattern", default="", metavar="PATTERN", help="only mutants whose id contains it")
    parser.add_argument("--survivors", action="store_true", help="list only those that no case kills, or none by rule")
    parser.add_argument("--unneeded", action="store_true", help="also list the cases that no mutant needs, by area")
    parser.epilog = "The exit status is 1 if a mutant survives, or if no case that kills it names the rule it breaks."


def run(arguments: argparse.Namespace) -> int:
    """Try the mutants, print what became of them."""
    from harness.mutants.catalogue import select
    from harness.mutants.run import by_cost, try_mutant
    from harness.report.console import make_console
    from harness.vectors.load import BadVectors, load

    mutants = select(arguments.pattern)
    if not mutants:
        print(f"sealproof mutants: no mutant's id contains {arguments.pattern!r}", file=sys.stderr)
        return USAGE_ERROR
    try:
        vectors = by_cost(load())
    except BadVectors as error:
        print(f"sealproof mutants: {error}", file=sys.stderr)
        return USAGE_ERROR
    console = make_console()
    fates = [try_mutant(mutant, vectors) for mutant in mutants]
    _print_table(console, [fate for fate in fates if not (arguments.survivors and fate.attributed)])
    if arguments.unneeded:
        _print_unneeded(console, fates, [vector.id for vector in vectors])
    return _print_sum(console, fates)


def _print_table(console: Console, fates: Sequence[Fate]) -> None:
    from rich.table import Table

    from harness.report.console import said

    if not fates:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("mutant", overflow="fold")
    table.add_column("rule", overflow="fold")
    table.add_column("killed by", justify="right")
    table.add_column("for example", overflow="fold")
    for fate in fates:
        rules = "\n".join(rule.removeprefix("rfc8188/") for rule in fate.mutant.requirements)
        if fate.survived:
            table.add_row(fate.mutant.id, rules, "none", said(console, fate.mutant.story), style="bold red")
        elif not fate.attributed:
            first = fate.kills[0]
            named = ", ".join(rule.removeprefix("rfc8188/") for rule in first.requirements)
            table.add_row(
                fate.mutant.id, rules, str(len(fate.kills)), f"{first.case}, which names {named}", style="yellow"
            )
        else:
            table.add_row(fate.mutant.id, rules, str(len(fate.kills)), fate.attributed[0].case)
    console.print(table)


def _print_unneeded(console: Console, fates: Sequence[Fate], cases: Sequence[str]) -> None:
    """The cases that no mutant needs, those left aside that fail everywhere: they tell nothing of a single case.

    Dear cases are asked only in need, so that one of them is listed unless it was needed.
    """
    killing = {kill.case for fate in fates for kill in fate.kills if len(fate.kills) <= EVERYWHERE * fate.asked}
    by_area: dict[str, list[str]] = {}
    for case in sorted(set(cases) - killing):
        area, name = case.rsplit("/", 1)
        by_area.setdefault(area, []).append(name)
    for area, names in by_area.items():
        console.print(f"{area}: {len(names)} cases that no mutant needs: {', '.join(names)}")


def _print_sum(console: Console, fates: Sequence[Fate]) -> int:
    survivors = sum(fate.survived for fate in fates)
    unnamed = sum(not fate.survived and not fate.attributed for fate in fates)
    console.print(
        f"{len(fates)} mutants, {len(fates) - survivors} killed, {survivors} survived, "
        f"{unnamed} killed only by cases that name another rule"
    )
    return SURVIVED if survivors or unnamed else 0
