"""The tables of the terminal summary: rules, implementations, areas × implementations."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.conformance.results import Implementation, Run
from harness.report.cases import Cases, Requirements, area, requirement_info, rule_of
from harness.report.console import ascii_only, fit, said
from harness.report.summary import Tally, rules


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)


def _number(value: int, style: str = "") -> Text:
    return Text(f"{value:,}", style=style) if value else Text("-", style="dim")


_COLUMNS = (
    ("passed", "green"),
    ("failed", "bold red"),
    ("known", "yellow"),
    ("either", "cyan"),
    ("skipped", "dim"),
)


def _numbers(counted: Tally) -> list[Text]:
    values = {
        "passed": counted.passed,
        "failed": counted.bad,
        "known": counted.known,
        "either": counted.either,
        "skipped": counted.skipped,
    }
    return [_number(values[name], style) for name, style in _COLUMNS]


def _columns(every: list[Tally]) -> list[int]:
    """The columns worth a place: passed and failed always, the others where any row has something."""
    rows = [[number.plain for number in _numbers(counted)] for counted in every]
    return [place for place in range(len(_COLUMNS)) if place < 2 or any(row[place] != "-" for row in rows)]


def print_rules(console: Console, run: Run, cases: Cases, requirements: Requirements) -> None:
    """A row a rule, in the specification's order: how its cases went."""
    tallies: dict[str, Tally] = {rule: Tally() for rule in rules(run, cases, requirements)}
    for result in run.results:
        tallies[rule_of(result, cases)].add(result)
    shown = _columns(list(tallies.values()))
    wide = console.width >= 100
    room = console.width - 9 - 9 * len(shown) - (10 if wide else 0)
    blank = [Text()] * (2 if wide else 1)
    table = _table()
    for title in ("section", "level", "rule") if wide else ("section", "rule"):
        table.add_column(title)
    for place in shown:
        table.add_column(_COLUMNS[place][0], justify="right", no_wrap=True)
    source = ""
    for rule, counted in tallies.items():
        info = requirement_info(requirements, rule)
        if info.source != source:
            source = info.source
            heading = Text(fit(said(console, source or "other"), room, console), style="bold")
            table.add_row(*blank, heading)
        named = said(console, info.paraphrase or rule or "no rule named", 300)
        level = Text(fit(said(console, info.level, 12), 8, console), style="dim")
        table.add_row(
            Text(fit(said(console, info.section, 12), 8, console)),
            *([level] if wide else []),
            # A rule that is broken is worth reading in full; one line does for the others.
            Text(named, style="red") if counted.bad else Text(fit(named, max(18, room), console)),
            *[_numbers(counted)[place] for place in shown],
        )
    console.print(table)
    console.print()


def print_implementations(console: Console, ready: Mapping[str, Implementation], tallies: dict[str, Tally]) -> None:
    """A row an implementation, numbered for the table of areas."""
    if not ready:
        return
    shown = _columns([tallies[name] for name in ready])
    table = _table()
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("implementation", no_wrap=True, overflow="crop")
    table.add_column("version", no_wrap=True, overflow="crop")
    wide = console.width >= 100
    if wide:
        table.add_column("language", no_wrap=True, overflow="crop")
    for place in shown:
        table.add_column(_COLUMNS[place][0], justify="right", no_wrap=True)
    for number, (name, implementation) in enumerate(ready.items(), start=1):
        description = implementation.description
        cells = [
            Text(str(number)),
            Text(fit(said(console, name), 24, console), style="red" if tallies[name].bad else ""),
            Text(fit(said(console, description.version if description else ""), 10, console)),
        ]
        if wide:
            cells.append(Text(fit(said(console, description.language if description else ""), 14, console)))
        table.add_row(*cells, *[_numbers(tallies[name])[place] for place in shown])
    console.print(table)
    console.print()


def print_areas(console: Console, run: Run, ready: Mapping[str, Implementation]) -> None:
    """Areas × implementations by number, as many columns at a time as the width takes."""
    cells: dict[str, dict[str, Tally]] = {}
    for result in run.results:
        cells.setdefault(area(result.case), {}).setdefault(result.implementation, Tally()).add(result)
    if not cells or not ready:
        return
    tick = "ok" if ascii_only(console) else "✓"
    suites = {name.partition("/")[0] for name in cells if "/" in name}
    suite = suites.pop() if len(suites) == 1 and all("/" in name for name in cells) else ""
    labels = {name: said(console, name.removeprefix(f"{suite}/"), 60) for name in cells}
    title = max(12, min(32, max(cell_len(label) for label in labels.values())))
    per_table = max(1, (console.width - title - 2) // 7)
    names = list(ready)
    for first in range(0, len(names), per_table):
        table = _table()
        table.add_column(Text(fit(said(console, suite or "area", 60), title, console)), no_wrap=True, overflow="crop")
        for number in range(first, min(len(names), first + per_table)):
            table.add_column(str(number + 1), justify="right", no_wrap=True, min_width=4)
        for name, row in sorted(cells.items()):
            shown = [_area_cell(row.get(each), tick) for each in names[first : first + per_table]]
            table.add_row(Text(fit(labels[name], title, console)), *shown)
        console.print(table)
    legend = f"{tick} all as required; 3: so many failed; (2): known failures; -: not asked"
    console.print(Text(legend, style="dim"))
    console.print()


def _area_cell(counted: Tally | None, tick: str) -> Text:
    if counted is None or not counted.asked:
        return Text("-", style="dim")
    known = f"({counted.known})" if counted.known else ""
    if counted.bad:
        return Text.assemble((f"{counted.bad}", "bold red"), (known, "yellow"))
    return Text(known, style="yellow") if known else Text(tick, style="green")
