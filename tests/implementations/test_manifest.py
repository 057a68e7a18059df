"""`implementation.toml`: what is read, and what a person is told about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.implementations.manifest import ManifestError, load, parse

GOOD = """
name = "mine"
title = "My library"
language = "C"
version = "1.0"
kind = "subprocess"

[[toolchain]]
command = "cc"
minimum = "4.8"
install = "a C compiler"

[build]
steps = [["make", "-s"]]

[run]
command = ["./adapter"]

[stages]
"bad tag" = "record-auth"
"""

COMMAND_LINE = """
name = "mine"
kind = "command"
[describe]
methods = { "aes128gcm.decrypt" = { params = [] } }
[command."aes128gcm.decrypt"]
arguments = ["tool", "{ikm:hex}"]
stdin = "{message}"
result = { plaintext = "stdout" }
rejected = [1]
"""


def written(folder: Path, text: str) -> Path:
    """A folder `mine` with this manifest."""
    place = folder / "mine"
    place.mkdir(exist_ok=True)
    (place / "implementation.toml").write_text(text, "utf-8")
    return place


def test_a_manifest_is_read_from_its_folder_or_its_file(tmp_path: Path) -> None:
    place = written(tmp_path, GOOD)
    manifest = load(place)
    assert manifest == load(place / "implementation.toml")
    assert (manifest.name, manifest.title, manifest.folder) == ("mine", "My library", place.resolve())
    assert manifest.build.steps == (("make", "-s"),)
    assert manifest.run.command == ("./adapter",)
    assert manifest.stages == {"bad tag": "record-auth"}
    assert not manifest.needs_only_python


def test_a_command_line_manifest_describes_itself(tmp_path: Path) -> None:
    description = load(written(tmp_path, COMMAND_LINE)).description()
    assert description.protocol == 1
    assert description.name == "mine"
    assert list(description.methods) == ["aes128gcm.decrypt"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not TOML"),
        ('kind = "subprocess"', "the key name is missing"),
        (GOOD.replace('name = "mine"', 'name = "other"'), 'the folder is called "mine"'),
        (GOOD.replace('name = "mine"', 'name = "Mine!"'), "lower-case letters"),
        (GOOD.replace("homepage", "").replace("title", "titel"), 'unknown key "titel" (did you mean "title"?)'),
        (GOOD.replace('"./adapter"', "7"), "run.command[0]: must be a text in quotes, not a whole number"),
        (GOOD.replace('command = ["./adapter"]', 'comand = ["./adapter"]'), '[run] unknown key "comand"'),
        (GOOD.replace('command = ["./adapter"]', ""), "[run] command is missing"),
        (GOOD.replace('"subprocess"', '"process"'), "'process' is not a kind"),
        (GOOD.replace('"subprocess"', '"in-process"'), "[run] object is missing"),
        (GOOD.replace("record-auth", "record_auth"), 'not a stage (did you mean "record-auth"?)'),
        (GOOD.replace('"4.8"', '"gcc 4"'), "write a dotted number"),
        (GOOD.replace('"4.8"', "4.8"), "must be a text in quotes, not a number"),
        (GOOD.replace('["make", "-s"]', "[]"), "[build] step 1 is empty"),
        (GOOD.replace('[["make", "-s"]]', '["make", "-s"]'), "must be a list, not a text"),
        (GOOD + '[exempt]\n"aes128gcm/*" = " "', '"aes128gcm/*" has no reason'),
        (GOOD.replace("[run]", "[run]\nmemory = 0"), "[run] memory = 0: must be more than 0"),
        (GOOD.replace("[run]", "[run]\nstart_timeout = nan"), "start_timeout = nan: must be more than 0"),
        (COMMAND_LINE.replace('"aes128gcm.decrypt" =', '"aes128gcm.decypt" ='), '(did you mean "aes128gcm.decrypt"?)'),
        (COMMAND_LINE.replace("params = []", 'params = ["pad"]'), '"pad" is not an optional parameter of it'),
        (COMMAND_LINE.replace("params = []", "parms = []"), 'unknown key "parms" (did you mean "params"?)'),
        (COMMAND_LINE.replace("[describe]", "[unread]"), 'unknown key "unread"'),
        (COMMAND_LINE.replace('[command."aes128gcm.decrypt"]', '[command."x"]'), 'there is no [command."aes'),
        (COMMAND_LINE.replace("rejected", "rejekted"), 'unknown key "rejekted" (did you mean "rejected"?)'),
        (GOOD.replace('"subprocess"', '"command"'), 'is for kind = "subprocess"'),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    place = written(tmp_path, text)
    with pytest.raises(ManifestError) as caught:
        load(place)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str((place / "implementation.toml").resolve()))


def test_a_file_that_is_missing_huge_or_not_text_is_said_to_be_so(tmp_path: Path) -> None:
    place = written(tmp_path, GOOD)
    file = place / "implementation.toml"
    file.write_bytes(b"name = '\xff'")
    with pytest.raises(ManifestError, match="not UTF-8"):
        load(place)
    file.write_bytes(b"#" * 300_000)
    with pytest.raises(ManifestError, match="larger than 256 KiB"):
        load(place)
    file.write_text("x = " + "[" * 100_000)
    with pytest.raises(ManifestError, match="is not TOML"):
        load(place)
    file.unlink()
    with pytest.raises(ManifestError, match="No such file"):
        load(file)


toml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["name", "kind", "toolchain", "build", "run", "stages", "describe", "command", "title"])
good = {"name": "mine", "kind": "subprocess", "run": {"command": ["x"]}}


@given(st.dictionaries(keys, toml_values, max_size=4))
def test_no_content_gives_anything_but_a_manifest_or_a_manifest_error(changes: dict[str, object]) -> None:
    try:
        manifest = parse({**good, **changes}, Path("/somewhere/mine/implementation.toml"))
    except ManifestError as error:
        assert error.reason  # noqa: PT017
    else:
        assert manifest.name == "mine"


def test_placeholders_are_filled_in_and_other_braces_are_left(tmp_path: Path) -> None:
    manifest = load(written(tmp_path, GOOD))
    words = manifest.words(("{venv}/bin/python", "{serve}", "{folder}/x", "{other}", "a{python}"), tmp_path / "copy")
    assert words[0] == str(tmp_path / "copy" / ".venv" / "bin" / "python")
    assert Path(words[1]).name == "serve.py"
    assert words[2] == f"{manifest.folder}/x"
    assert words[3] == "{other}"
    assert manifest.words(("./adapter",), tmp_path)[0] == str(tmp_path / "adapter")
    assert manifest.words(("node", "./adapter.mjs"), tmp_path) == ["node", "./adapter.mjs"]
