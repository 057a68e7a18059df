"""The vectors as pytest items: a collector for each implementation, an item for each case of its plan."""

from __future__ import annotations

import datetime
import functools
import importlib
import shlex
import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.conformance.honesty import check_honesty
from harness.conformance.judge import judge
from harness.conformance.known_failures import BadKnownFailures, Known, apply, read_known_failures
from harness.conformance.plan import plan, slow
from harness.conformance.results import Implementation, Result, Verdict
from harness.conformance.run import ask
from harness.implementations.connection import CannotStart, Connection
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.manifest import ManifestError
from harness.implementations.opening import open_connection
from harness.implementations.outcome import Outcome
from harness.implementations.readiness import make_ready
from harness.implementations.registry import UnknownImplementation, resolve
from harness.report.detail import answer_and_rerun, case_lines, headline, octet_lines, rule_lines
from harness.report.vector_cases import VectorCases, requirement_infos
from harness.vectors.load import BadVectors, Vector, load, select


class Failed(Exception):
    """A case that did not end as expected; `CaseItem.repr_failure` tells it."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{result.kind or result.verdict}: {result.explanation}")
        self.result = result


class Vectors:
    """Which vectors a pytest run has, and which of them are known to fail; brings them into its collection."""

    def __init__(self, config: pytest.Config) -> None:
        try:
            self.all = load()
            self.chosen = select(self.all, config.getoption("--sealproof-suite"))
            self.left_out = {} if config.getoption("--sealproof-slow") else slow(self.chosen)
            self.known = _known(config, self.all)
        except (BadVectors, BadKnownFailures) as error:
            raise pytest.UsageError(f"sealproof: {error}") from None

    @functools.cached_property
    def cases(self) -> VectorCases:
        """What is told of a case that failed."""
        return VectorCases(self.all)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """The session collects the implementations after the tests that are there."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            words = dict.fromkeys(collector.config.getoption("--implementation"))
            found = [ImplementationCollector.of(collector, word, self) for word in words]
            report.result = [*(report.result or []), *found]
        return report


def _known(config: pytest.Config, vectors: list[Vector]) -> list[Known]:
    path: Path | None = config.getoption("--known-failures")
    if path is None or config.option.runxfail:
        return []
    return read_known_failures(config.invocation_params.dir / path, [vector.id for vector in vectors])


@dataclass(frozen=True)
class _Opened:
    """An implementation that is open and honest; `remarks` belong beside what it does."""

    name: str
    connection: Connection
    exempt: Mapping[str, str]
    remarks: tuple[str, ...]


class ImplementationCollector(pytest.Collector):
    """One implementation: opened to see what it claims, and then asked by its items."""

    vectors: Vectors
    word: str

    @classmethod
    def of(cls, session: pytest.Session, word: str, vectors: Vectors) -> ImplementationCollector:
        """The collector for an implementation as it is named on the command line."""
        made = cls.from_parent(session, name=word, nodeid=word)
        made.word, made.vectors = word, vectors
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """The cases of its plan; CollectError where it cannot be opened or is not honest."""
        exempt = {**self.opened.exempt, **self.vectors.left_out}
        planned = plan(self.vectors.chosen, self.opened.connection.description, exempt=exempt)
        for vector, reason in planned.skipped:
            item = CaseItem.of(self, vector)
            item.add_marker(pytest.mark.skip(reason=reason))
            yield item
        for vector in planned.asked:
            yield CaseItem.of(self, vector)

    @functools.cached_property
    def opened(self) -> _Opened:
        """The implementation itself, until pytest ends; CollectError says why it cannot be asked."""
        try:
            name, connection, exempt = _open(self.word, self.config.invocation_params.dir)
        except CannotStart as problem:
            parts = (f"{self.word} cannot be started: {problem.reason}", problem.advice, problem.stderr.strip())
            raise self.CollectError("\n".join(part for part in parts if part)) from None
        except (UnknownImplementation, ManifestError) as error:
            raise self.CollectError(str(error)) from None
        self.config.add_cleanup(connection.close)
        honesty = check_honesty(connection)
        if honesty.lie:
            raise self.CollectError(f"{self.word} is not testable: {honesty.lie}")
        return _Opened(name, connection, exempt, (*honesty.remarks, *connection.remarks))

    def teardown(self) -> None:
        """After its last case: is it still honest?"""
        honesty = check_honesty(self.opened.connection)
        if honesty.lie:
            pytest.fail(f"{self.word} is not testable: after the last case, {honesty.lie}", pytrace=False)


def _open(word: str, folder: Path) -> tuple[str, Connection, Mapping[str, str]]:
    """The name, a connection, and what it is exempt from. An object is called in this process."""
    manifest = resolve(word)
    if ":" in manifest.name:  # package.module:Object; no other name has one
        return manifest.name, _ObjectConnection(_imported(word, str(folder))), {}
    state = make_ready(manifest, python_only=True)
    if not state.ready:
        raise CannotStart(f"it is not ready: {state.reason}", advice=state.advice)
    return manifest.name, open_connection(manifest), manifest.exempt


def _imported(word: str, folder: str) -> Any:
    """What `package.module:Object` names, importable from where pytest was started, as with `python -m pytest`."""
    if folder not in sys.path and "" not in sys.path:
        sys.path.insert(0, folder)
    module, _, name = word.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # the module is somebody else's code
        raise CannotStart(f"{type(error).__name__}: {error}") from error


class _ObjectConnection(InProcessConnection):
    """Remembers what the object raised last, for a debugger to begin at."""

    raised: BaseException | None = None

    def _raised(self, error: BaseException, ms: float) -> Outcome:
        self.raised = error
        return super()._raised(error, ms)


class CaseItem(pytest.Item):
    """One case of one implementation."""

    vector: Vector
    implementation: ImplementationCollector

    @classmethod
    def of(cls, implementation: ImplementationCollector, vector: Vector) -> CaseItem:
        """The item for a case; its name is the case's id."""
        item = cls.from_parent(implementation, name=vector.id)
        item.vector, item.implementation = vector, implementation
        item.add_marker(pytest.mark.sealproof)
        item.user_properties.append(("requirements", " ".join(vector.test.requirements)))
        return item

    def runtest(self) -> None:
        """Ask, judge, and raise `Failed` where the verdict is not the expected one."""
        opened, known = self.implementation.opened, self.implementation.vectors.known
        if isinstance(opened.connection, _ObjectConnection):
            opened.connection.raised = None
        outcomes = ask(opened.connection, self.vector)
        result = judge(opened.name, self.vector, outcomes)
        result = apply(result, known, datetime.datetime.now(datetime.UTC).date())
        if result.kind:
            self.user_properties.append(("kind", result.kind.value))
        if result.choice:
            self.user_properties.append((result.leniency, result.choice))
        if result.verdict is Verdict.SKIPPED:
            pytest.skip(result.skip)
        if result.verdict is Verdict.XFAILED:
            pytest.xfail(result.reason)
        if result.verdict is not Verdict.PASSED:
            # With the traceback of what the object raised, a debugger begins there and not here.
            raised = getattr(opened.connection, "raised", None)
            raise Failed(result).with_traceback(raised.__traceback__ if raised else None)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The case, its rule, its octets, what the implementation did, and the command that asks again."""
        if not isinstance(excinfo.value, Failed):
            return super().repr_failure(excinfo, style)
        result, implementation = excinfo.value.result, self.implementation
        info = implementation.vectors.cases[self.vector.id]
        rerun = f"pytest --implementation {shlex.quote(implementation.word)} -k {{case}}"
        lines = [
            headline(result),
            *rule_lines(result, info, requirement_infos()),
            *case_lines(info),
            *octet_lines(info),
            *answer_and_rerun(result, info, Implementation(result.implementation, "ready", rerun=rerun)),
            *(f"Remark: {remark}" for remark in implementation.opened.remarks),
        ]
        return "\n".join(lines)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file of the case, which the summary of skips names."""
        return self.vector.path, 0, f"{self.implementation.word} {self.vector.id}"
