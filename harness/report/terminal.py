"""What a person sees at the end of `sealproof check` and `sealproof run`."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from harness.conformance.results import Implementation, Run, Verdict
from harness.report.cases import Cases, Requirements
from harness.report.console import ascii_only, indented, make_console, said
from harness.report.failures import print_failures, print_known
from harness.report.plain import count, visible_lines
from harness.report.summary import (
    EXIT_MEANING,
    by_implementation,
    implementations,
    leniencies,
    partial_notice,
    problems,
    severities,
    skips,
    tally,
)
from harness.report.tables import print_areas, print_implementations, print_rules

#: How many cases are told in full, and how many skip reasons, unless `-v` asks for all.
SHOWN = 8


def print_summary(
    run: Run,
    cases: Cases,
    requirements: Requirements,
    *,
    console: Console | None = None,
    verbose: int = 0,
    limit: int = SHOWN,
) -> None:
    """Print the whole summary of a run: tables, then failures, then one sentence to act on.

    A run of one implementation gets a table by rule, one of several a table of areas × implementations.
    `limit` is how many failing cases are told in full; with `verbose` all are, and the known failures too.
    """
    console = console or make_console()
    known = implementations(run)
    tallies = by_implementation(run)
    _print_head(console, run, known)
    ready = {name: known[name] for name in known if known[name].state == "ready"}
    if len(known) == 1:
        if tally(run.results).total:
            print_rules(console, run, cases, requirements)
    else:
        print_implementations(console, ready, tallies)
        print_areas(console, run, ready)
    _print_not_ready(console, known)
    _print_remarks(console, known)
    _print_leniencies(console, run, named=len(known) > 1)
    _print_skips(console, run, verbose, named=len(known) > 1)
    found = problems(run, cases, requirements)
    print_failures(console, run, found, cases, requirements, limit=None if verbose else limit)
    print_known(console, problems(run, cases, requirements, frozenset({Verdict.XFAILED})), verbose)
    _print_last_line(console, run, cases, requirements)


def _print_head(console: Console, run: Run, known: Mapping[str, Implementation]) -> None:
    if len(known) == 1:
        (implementation,) = known.values()
        title = Text(said(console, implementation.name, 60), style="bold")
        title.append(f"  {_what(console, implementation)}", style="not bold")
        console.print(title)
    else:
        console.print(Text(count(len(known), "implementation"), style="bold"))
    about = [
        f"sealproof {said(console, run.header.sealproof, 30)}",
        said(console, ", ".join(run.header.suites), 80),
        count(run.header.cases, "case"),
    ]
    if run.header.shard:
        about.append(f"shard {said(console, run.header.shard, 40)}")
    if run.footer is not None:
        about.append(f"{run.footer.seconds:.1f} s")
    console.print(Text(", ".join(part for part in about if part), style="dim"))
    notice = partial_notice(run)
    if notice:
        console.print(Text(said(console, notice, 300), style="bold yellow"))
    console.print()


def _what(console: Console, implementation: Implementation) -> str:
    description = implementation.description
    if description is None:
        return implementation.state
    version = f" {said(console, description.version, 40)}" if description.version else ""
    language = f" ({said(console, description.language, 30)})" if description.language else ""
    return f"{said(console, description.name, 60)}{version}{language}"


def _print_not_ready(console: Console, known: Mapping[str, Implementation]) -> None:
    away = [implementation for implementation in known.values() if implementation.state != "ready"]
    if not away:
        return
    titles = {
        "not-ready": ("Not ready here, not run", "yellow"),
        "could-not-start": ("Could not be started", "bold red"),
        "not-testable": ("Not testable (its answers cannot be trusted)", "bold red"),
    }
    for state in dict.fromkeys(implementation.state for implementation in away):
        title, style = titles.get(state, (said(console, state, 40), "bold red"))
        console.print(Text(title, style=style))
        for implementation in away:
            if implementation.state != state:
                continue
            reason = implementation.reason or "no reason given"
            indented(console, Text(f"{said(console, implementation.name, 60)}: {said(console, reason, 400)}"), 2)
            if implementation.advice:
                indented(console, Text(said(console, implementation.advice, 400)), 4)
            if state != "not-ready":
                for line in visible_lines(implementation.stderr, 6, 1200, ascii_only=ascii_only(console)):
                    indented(console, Text(f"stderr | {line}", style="dim"), 4)
    console.print()


def _print_remarks(console: Console, known: Mapping[str, Implementation]) -> None:
    remarks = [(implementation.name, remark) for implementation in known.values() for remark in implementation.remarks]
    for name, remark in remarks[:50]:
        prefix = f"{said(console, name, 60)}: " if len(known) > 1 else ""
        console.print(Text(f"Note: {prefix}{said(console, remark, 400)}", style="bold"))
    if remarks:
        console.print()


def _print_leniencies(console: Console, run: Run, *, named: bool) -> None:
    chosen = leniencies(run)
    if not chosen:
        return
    console.print(Text("Choices that the text leaves open (never scored)", style="bold"))
    for name, choices in list(chosen.items())[:50]:
        if not named:
            parts = [f"{said(console, choice, 60)} ({sum(who.values()):,})" for choice, who in choices.items()]
            indented(console, Text(f"{said(console, name, 60)}: {', '.join(parts)}"), 2)
            continue
        indented(console, Text(said(console, name, 60)), 2)
        for choice, who in choices.items():
            indented(console, Text(f"{said(console, choice, 60)}: {_names(console, list(who))}"), 4)
    console.print()


def _names(console: Console, names: list[str], most: int = 6) -> str:
    shown = ", ".join(said(console, name, 40) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _print_skips(console: Console, run: Run, verbose: int, *, named: bool) -> None:
    found = skips(run)
    if not found:
        return
    total = sum(number for _, number, _ in found)
    console.print(Text(f"{count(total, 'case')} not asked, by reason", style="bold"))
    shown = found if verbose else found[:SHOWN]
    for reason, number, names in shown:
        who = f" [{_names(console, list(names))}]" if named else ""
        indented(console, Text(f"{number:,}: {said(console, reason)}{who}"), 2)
    if len(found) > len(shown):
        console.print(Text(f"  and {count(len(found) - len(shown), 'more reason')}: -v shows all", style="dim"))
    console.print()


def _print_last_line(console: Console, run: Run, cases: Cases, requirements: Requirements) -> None:
    counted = tally(run.results)
    bad = severities(run.results)
    took = f" in {run.footer.seconds:.1f} s" if run.footer is not None else ""
    state = ""
    if run.footer is not None:
        status = run.footer.exit_status
        state = f" Exit status {status}: {EXIT_MEANING.get(status, 'unknown')}."
    notice = "Partial results. " if run.partial else ""
    if not counted.asked:
        text, style = f"{notice}Nothing was asked{took}.{state}", "bold yellow"
    elif counted.bad:
        by = ", ".join(f"{number:,} {name}" for name, number in bad.items())
        first = problems(run, cases, requirements)[0].case
        text = (
            f"{notice}{count(counted.bad, 'failure')} in {count(counted.asked, 'answer')}{took} ({by}). "
            f"Start with {said(console, first)}.{state}"
        )
        style = "bold red"
    else:
        known = f", {count(counted.known, 'known failure')}" if counted.known else ""
        either = f", {counted.either:,} left open by the text" if counted.either else ""
        text = f"{notice}{counted.passed:,} passed{either}{known}, none failed{took}.{state}"
        style = "bold yellow" if run.partial or (run.footer and run.footer.exit_status) else "bold green"
    console.print(Text(text, style=style))
