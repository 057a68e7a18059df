"""The examples in the documentation work, and its tables say what the code says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness import cli
from harness.implementations.commandspec import CommandSpec
from harness.implementations.connection import Limits, Request
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.manifest import Build, ManifestFile, Run, Toolchain, parse
from harness.implementations.outcome import Status
from harness.implementations.protocol import METHODS, STAGES, ErrorCode

DOCS = Path(__file__).parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text("utf-8")
GUIDE = (DOCS / "writing-an-adapter.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def section(text: str, title: str) -> str:
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[2]


def rows(table: str) -> Iterator[list[str]]:
    for line in table.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_dialogue_is_what_the_adapter_answers(tmp_path: Path) -> None:
    (source,) = blocks(PROTOCOL, "python")
    (dialogue,) = blocks(PROTOCOL, "text")
    (tmp_path / "adapter.py").write_text(source, "utf-8")
    lines = dialogue.splitlines()
    sent = [line.removeprefix("→ ") for line in lines if line.startswith("→ ")]
    said = [line.removeprefix("← ") for line in lines if line.startswith("← ")]
    assert len(sent) == len(said) == 4
    ended = subprocess.run(
        [sys.executable, str(tmp_path / "adapter.py")],
        input="\n".join(sent) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [json.loads(line) for line in said]
    assert ended.stderr == ""


def test_the_adapter_passes_the_vectors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source,) = blocks(PROTOCOL, "python")
    (tmp_path / "adapter.py").write_text(source, "utf-8")
    assert cli.main(["check", "--command", f"'{sys.executable}' '{tmp_path / 'adapter.py'}'"]) == 0, capsys.readouterr()


def test_the_methods_are_those_of_the_code() -> None:
    table = {row[0].strip("`"): row[1:] for row in rows(section(PROTOCOL, "Methods"))}
    assert table.pop("describe")[0] == ""
    assert list(table) == list(METHODS)
    for name, (parameters, result) in table.items():
        method = METHODS[name]
        assert re.findall(r"`(\w+)`", parameters) == list(method.required)
        assert re.findall(r"`(\w+)\?`", parameters) == list(method.optional)
        assert re.findall(r"`(\w+)`", result) == list(method.result)
        assert re.findall(r"`(\w+)\?`", result) == list(method.optional_result)


def test_the_stages_and_the_error_codes_are_those_of_the_code() -> None:
    assert set(re.findall(r"`([a-z0-9-]+)`", section(PROTOCOL, "Stages"))) - {"aes128gcm", "webpush"} == STAGES
    codes = {int(row[0].strip("`")) for row in rows(section(PROTOCOL, "Errors")) if row[0].strip("`-").isdigit()}
    assert codes == {int(code) for code in ErrorCode}


def test_the_limits_are_those_of_the_code() -> None:
    said = [int(number) for number in re.findall(r"\b\d+\b", section(PROTOCOL, "Limits"))]
    limits = Limits()
    assert said == [
        limits.start_seconds,
        limits.seconds,
        limits.memory_mib,
        limits.processes,
        limits.answer_octets >> 20,
    ]


def test_every_key_of_the_manifest_is_explained() -> None:
    explained = {
        word
        for title in ("`implementation.toml`", "A command line")
        for row in rows(section(GUIDE, title))
        for word in re.findall(r"[a-z_]+", row[0])
    }
    for struct in (ManifestFile, Toolchain, Build, Run, CommandSpec):
        assert set(struct.__struct_fields__) <= explained, struct.__name__


@pytest.mark.parametrize("text", [block for block in blocks(GUIDE, "toml") if "kind =" in block])
def test_the_manifests_shown_are_manifests(text: str) -> None:
    values = tomllib.loads(text)
    manifest = parse(values, Path("/shown") / values["name"] / "implementation.toml")
    assert manifest.name == values["name"]


def test_the_python_object_shown_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = blocks(GUIDE, "python")
    library: Any = ModuleType("my_library")
    library.__version__ = "7"
    library.DecryptionError = type("DecryptionError", (Exception,), {})
    library.NotSupported = type("NotSupported", (Exception,), {})

    def decrypt(message: bytes, ikm: bytes) -> bytes:
        raise library.DecryptionError

    library.decrypt = decrypt
    library.encrypt = lambda plaintext, ikm, rs=4096: plaintext + ikm + bytes([rs])
    monkeypatch.setitem(sys.modules, "my_library", library)
    scope: dict[str, Any] = {}
    exec(source, scope)
    with InProcessConnection(scope["Adapter"]) as connection:
        assert connection.description.version == "7"
        refused = connection.ask(Request("aes128gcm.decrypt", {"ikm": b"", "message": b""}))
        assert refused.status is Status.REJECTED
        sealed = connection.ask(Request("aes128gcm.encrypt", {"ikm": b"k", "plaintext": b"p", "rs": 18}))
        assert sealed.octets("message") == b"pk\x12"


@pytest.mark.parametrize("text", [PROTOCOL, GUIDE])
def test_links_within_the_documentation_lead_somewhere(text: str) -> None:
    for target, anchor in re.findall(r"\]\(([\w.-]*\.md)?(?:#([\w-]+))?\)", text):
        linked = (DOCS / target).read_text("utf-8") if target else text
        titles = re.findall(r"^#+ (.*)$", linked, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not anchor or anchor in anchors
