"""What is on the machine, and what a person is told is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.implementations.manifest import load
from harness.implementations.readiness import Readiness, State, find, state


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, with no cached answers and no builds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("SEALPROOF_HOME", str(tmp_path / "home"))
    find.cache_clear()
    return folder


def tool(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def asked(tmp_path: Path, minimum: str = "18", build: str = "") -> State:
    place = tmp_path / "mine"
    place.mkdir(exist_ok=True)
    (place / "implementation.toml").write_text(
        'name = "mine"\nkind = "subprocess"\n'
        f'[[toolchain]]\ncommand = "tool"\nminimum = "{minimum}"\ninstall = "Tool 18 (from its site)"\n'
        f'{build or "[build]"}\nsteps = [["tool", "build"]]\n[run]\ncommand = ["tool", "x"]\n'
    )
    return state(load(place))


def test_a_tool_that_is_not_there(tools: Path, tmp_path: Path) -> None:
    found = asked(tmp_path)
    assert found.readiness is Readiness.MISSING_TOOLCHAIN
    assert found.reason == "tool was not found on PATH"
    assert found.advice == "install Tool 18 (from its site)"


@pytest.mark.parametrize(
    ("says", "minimum", "enough"),
    [
        ("v20.20.2", "18", True),
        ("v18.0.0", "18", True),
        ("v17.9.9", "18", False),
        ("go version go1.26.8 linux/amd64", "1.25", True),
        ("go version go1.9.8 linux/amd64", "1.25", False),
        ("gcc (Debian 12.2.0-14+deb12u1) 12.2.0", "12.2", True),
        ("openjdk 17.0.15 2025-04-15", "17", True),
        ("tool 18", "18.0", True),
        ("tool 18.0", "18", True),
    ],
)
def test_versions_are_compared_as_numbers(says: str, minimum: str, enough: bool, tools: Path, tmp_path: Path) -> None:
    tool(tools, "tool", f"echo '{says}'")
    found = asked(tmp_path, minimum)
    assert found.readiness is (Readiness.NEEDS_BUILD if enough else Readiness.MISSING_TOOLCHAIN)
    if not enough:
        assert f"{minimum} or newer is needed" in found.reason


def test_a_version_may_be_said_on_stderr(tools: Path, tmp_path: Path) -> None:
    tool(tools, "tool", "echo 'tool 19.1' >&2")
    assert asked(tmp_path).readiness is Readiness.NEEDS_BUILD


def test_a_tool_that_says_no_version(tools: Path, tmp_path: Path) -> None:
    tool(tools, "tool", "echo 'hello'")
    assert "did not say its version" in asked(tmp_path).reason


def test_what_is_built_needs_only_what_it_runs_with(tools: Path, tmp_path: Path) -> None:
    from harness.implementations import building

    tool(tools, "tool", "echo 18.1")
    place = tmp_path / "mine"
    assert asked(tmp_path).readiness is Readiness.NEEDS_BUILD
    building.build(load(place))
    assert asked(tmp_path).ready
    (tools / "tool").unlink()
    gone = state(load(place))
    assert gone.readiness is Readiness.MISSING_TOOLCHAIN
    assert gone.advice == "install Tool 18 (from its site)"
