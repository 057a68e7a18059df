"""Known failures: a TOML file of cases that are expected to fail, each with its reason; strict both ways."""

from __future__ import annotations

import datetime
import fnmatch
import os
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from harness.conformance.results import COMPANY, Kind, Result, Verdict


class BadKnownFailures(ValueError):
    """A file of known failures that cannot be used: where, and what is wrong."""


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Cases (ids or globs over ids) that fail for one `reason`.

    `kind` narrows it to one kind of failure, `implementation` to one implementation (a glob); `link` points to
    an issue; after the day `until` the failures count again.
    """

    cases: tuple[str, ...]
    reason: str
    implementation: str = "*"
    kind: Kind | None = None
    link: str = ""
    until: datetime.date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    failure: tuple[Known, ...] = ()


def read_known_failures(
    path: Path, case_ids: Iterable[str], *, implementation: str = "*", check_cases: bool = True
) -> list[Known]:
    """The entries of a file; BadKnownFailures where one has no reason or names no case there is.

    `implementation` is whose entries they are where the file does not say: the adapter whose folder it is in.
    """
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except OSError as error:
        raise BadKnownFailures(f"{path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadKnownFailures(f"{path}: not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise BadKnownFailures(f"{path}: {error}; an entry is [[failure]] with cases = […] and reason = '…'") from None
    known_ids = [*case_ids, COMPANY]
    entries = []
    for number, entry in enumerate(file.failure, start=1):
        where = f"{path}: failure {number}"
        if not entry.reason.strip():
            raise BadKnownFailures(f"{where} has no reason; say which sentence of the text it breaks, or why it stays")
        for pattern in entry.cases:
            if check_cases and not any(fnmatch.fnmatchcase(identifier, pattern) for identifier in known_ids):
                raise BadKnownFailures(f"{where}: {pattern!r} matches no case; remove it or mend the name")
        if not entry.cases:
            raise BadKnownFailures(f"{where} names no cases")
        owner = implementation if entry.implementation == "*" else entry.implementation
        entries.append(msgspec.structs.replace(entry, implementation=owner))
    return entries


def apply(result: Result, known: Sequence[Known], today: datetime.date) -> Result:
    """The result in the light of what is known: a known failure is xfailed, a pass that should fail is xpassed."""
    entries = [entry for entry in known if _matches(entry, result) and not _over(entry, today)]
    if result.verdict is Verdict.FAILED:
        entry = _of_kind(entries, result)
        return msgspec.structs.replace(result, verdict=Verdict.XFAILED, reason=entry.reason) if entry else result
    if result.verdict is Verdict.PASSED and entries:
        return msgspec.structs.replace(
            result,
            verdict=Verdict.XPASSED,
            reason=entries[0].reason,
            explanation="it passes, though it is listed as a known failure: remove it from the list",
        )
    return result


def _of_kind(entries: Iterable[Known], result: Result) -> Known | None:
    return next((entry for entry in entries if entry.kind in (None, result.kind)), None)


def _matches(entry: Known, result: Result) -> bool:
    return fnmatch.fnmatchcase(result.implementation, entry.implementation) and any(
        fnmatch.fnmatchcase(result.case, pattern) for pattern in entry.cases
    )


def _over(entry: Known, today: datetime.date) -> bool:
    return entry.until is not None and entry.until < today


def update(path: Path, results: Sequence[Result], before: Sequence[Known], ids: Iterable[str]) -> int:
    """Write the failures of a run as the known ones; of `before`, reasons, links and dates are kept.

    Kept whole is what the run did not answer: entries for other implementations, and those of the cases (`ids`
    are all there are) that it left out. A new entry has the judge's explanation as its reason, for a person
    to better. Returns the number of cases listed; OSError where the file cannot be written.
    """
    groups: dict[Known, list[str]] = {}
    for result in results:
        if result.verdict is Verdict.FAILED:
            entry = _of_kind((entry for entry in before if _matches(entry, result)), result)
            entry = entry or Known(cases=(), reason=result.explanation or "no reason given yet")
            group = msgspec.structs.replace(entry, cases=(), implementation=result.implementation, kind=result.kind)
            groups.setdefault(group, []).append(result.case)
    every = list(ids)
    for entry in before:
        kept = _unanswered(entry, results, every)
        if kept:
            groups.setdefault(msgspec.structs.replace(entry, cases=()), []).extend(kept)
    blocks = ["# Known failures: strict both ways. A case that passes, or that no longer exists, is an error.\n"]
    blocks += sorted(_block(group, sorted(set(cases))) for group, cases in groups.items())
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text("\n".join(blocks), encoding="utf-8")
    temporary.replace(path)
    return sum(len(set(cases)) for cases in groups.values())


def _unanswered(entry: Known, results: Sequence[Result], ids: Sequence[str]) -> Sequence[str]:
    """The cases of an entry of which a run tells nothing: as patterns where it met none of its implementations."""
    of_entry = [result for result in results if fnmatch.fnmatchcase(result.implementation, entry.implementation)]
    if not of_entry:
        return entry.cases
    told = (Verdict.PASSED, Verdict.FAILED, Verdict.XFAILED, Verdict.XPASSED)
    answered = {result.case for result in of_entry if result.verdict in told}
    listed = [case for case in ids if any(fnmatch.fnmatchcase(case, pattern) for pattern in entry.cases)]
    return [case for case in listed if case not in answered]


def _block(group: Known, cases: Sequence[str]) -> str:
    lines = ["[[failure]]", f"implementation = {_quoted(group.implementation)}"]
    lines += [f"kind = {_quoted(group.kind.value)}"] if group.kind else []
    lines += [f"reason = {_quoted(group.reason)}"]
    lines += [f"link = {_quoted(group.link)}"] if group.link else []
    lines += [f"until = {group.until.isoformat()}"] if group.until else []
    lines += ["cases = [", *(f"  {_quoted(case)}," for case in cases), "]", ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A TOML basic string: as in JSON, but for DEL, which TOML wants escaped too."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return msgspec.json.encode(plain).decode().replace("\x7f", "\\u007f")
