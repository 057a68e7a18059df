"""Which implementation a word on the command line means."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from harness.implementations import registry
from harness.implementations.manifest import ManifestError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three implementations, one of them malformed."""
    for name in ("npm-http-ece", "pypi-http-ece", "broken"):
        place = tmp_path / "implementations" / name
        place.mkdir(parents=True)
        (place / "implementation.toml").write_text(f'name = "{name}"\nkind = "subprocess"\n[run]\ncommand = ["x"]\n')
    (tmp_path / "implementations" / "broken" / "implementation.toml").write_text("name = 7\n")
    return tmp_path / "implementations"


def test_a_malformed_manifest_does_not_hide_the_others(folder: Path) -> None:
    listing = registry.listing(folder)
    assert list(listing.manifests) == ["npm-http-ece", "pypi-http-ece"]
    assert [error.path.parent.name for error in listing.broken] == ["broken"]


def test_a_registered_name(folder: Path) -> None:
    assert registry.resolve("npm-http-ece", folder=folder).folder == (folder / "npm-http-ece").resolve()
    with pytest.raises(ManifestError, match="must be a text"):
        registry.resolve("broken", folder=folder)


def test_a_path_to_a_folder_or_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_file = registry.resolve(str(folder / "npm-http-ece" / "implementation.toml"))
    assert registry.resolve(str(folder / "npm-http-ece")) == by_file
    monkeypatch.chdir(folder)
    assert registry.resolve("./npm-http-ece") == by_file


@pytest.mark.parametrize("word", ["package.module:Object", "module:Object"])
def test_a_python_object_runs_in_a_process_of_its_own(word: str, folder: Path) -> None:
    manifest = registry.resolve(word, folder=folder)
    assert manifest.kind == "subprocess"
    assert manifest.words(manifest.run.command, Path("/")) == [
        sys.executable,
        str(Path(registry.__file__).with_name("serve.py")),
        word,
    ]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("npm-http-eec", "did you mean npm-http-ece"),
        ("pypi", "did you mean pypi-http-ece?"),
        ("zzz", "there are: npm-http-ece, pypi-http-ece."),
        ("", "there are: npm-http-ece, pypi-http-ece."),
        ("a/b", "there is no folder a/b with an implementation.toml"),
        ("..", "the folder .. has no implementation.toml"),
    ],
)
def test_an_unknown_word_says_what_is_near(word: str, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(registry.UnknownImplementation) as caught:
        registry.resolve(word, folder=folder)
    assert said in str(caught.value)


def test_a_command_is_split_into_words_and_sees_no_shell() -> None:
    manifest = registry.from_command("node 'my adapter.mjs' --key=$HOME; rm *")
    assert manifest.run.command == ("node", "my adapter.mjs", "--key=$HOME;", "rm", "*")
    assert manifest.name == "node-my-adapter.mjs"
    assert manifest.folder == Path.cwd()


@pytest.mark.parametrize(("text", "said"), [("", "is empty"), ("node 'x", "cannot be split")])
def test_a_command_that_cannot_be_split(text: str, said: str) -> None:
    with pytest.raises(registry.UnknownImplementation, match=said):
        registry.from_command(text)


def test_the_shipped_manifests_are_whole() -> None:
    listing = registry.listing()
    assert listing.broken == ()
    assert "reference" in listing.manifests
    for manifest in listing.manifests.values():
        for key in ("title", "language", "package", "version", "license"):
            assert getattr(manifest, key), f"{manifest.name} has no {key}"
        assert all(tool.install for tool in manifest.toolchain), manifest.name


def test_the_reference_has_the_version_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert registry.resolve("reference").version == project["project"]["version"]
