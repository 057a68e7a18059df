"""`implementation.toml`: what an implementation is, what it needs, how it is built and started.

A manifest is read whole or refused with a sentence that names the file, the key, what is wrong and what to write
instead; `docs/writing-an-adapter.md` is its reference.
"""

from __future__ import annotations

import difflib
import itertools
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from harness.implementations.commandspec import CommandSpec, problems
from harness.implementations.protocol import METHODS, PROTOCOL_VERSION, STAGES, Claim, Description

FILE_NAME: Final = "implementation.toml"

#: More than any manifest needs; a larger file is somebody else's.
_MOST_OCTETS: Final = 256 * 1024
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_PLACEHOLDER: Final = re.compile(r"\{(python|venv|serve|folder)\}")


class ManifestError(Exception):
    """A manifest that cannot be used: `path` is the file, `reason` the key, what is wrong, what to write."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Toolchain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program that must be on the machine, the version it must have, and how to get it.

    The first dotted number in the output of `command version_args…` is compared with `minimum`.
    """

    command: str
    version_args: tuple[str, ...] = ("--version",)
    minimum: str = ""
    install: str = ""


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps, run one after the other in a private copy of the folder, and the seconds for all of them."""

    steps: tuple[tuple[str, ...], ...] = ()
    timeout: float = 600.0


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it is started: a `command` (subprocess) or an `object`, `module:Name` (in process); the seconds until
    `describe` must have been answered, and the MiB of memory that its runtime needs, where the usual limits are
    too tight for it."""

    command: tuple[str, ...] = ()
    object: str = ""
    start_timeout: float | None = None
    memory: int | None = None


class Describe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a command line cannot say itself: the methods that it has."""

    methods: dict[str, Claim] = {}


class ManifestFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of the file, as they stand in it."""

    name: str
    kind: Literal["in-process", "subprocess", "command"]
    title: str = ""
    language: str = ""
    package: str = ""
    version: str = ""
    license: str = ""
    homepage: str = ""
    notes: str = ""
    toolchain: tuple[Toolchain, ...] = ()
    build: Build = Build()
    run: Run = Run()
    stages: dict[str, str] = {}
    describe: Describe = Describe()
    command: dict[str, CommandSpec] = {}
    exempt: dict[str, str] = {}


class Manifest(ManifestFile, frozen=True, kw_only=True):
    """An implementation that can be opened: the keys of its file, and the folder that they speak of.

    One that was named on the command line (a Python object, a command) has no file; it is made in memory.
    """

    folder: Path

    @property
    def needs_only_python(self) -> bool:
        """True where Python and its package installer are all that a build takes."""
        return not self.toolchain

    @property
    def has_build(self) -> bool:
        """True where a private copy is built; without it the command runs in the folder as it stands."""
        return bool(self.build.steps)

    def description(self) -> Description:
        """What `describe` would answer, for a command line that has no `describe`."""
        return Description(
            protocol=PROTOCOL_VERSION,
            name=self.title or self.name,
            methods=dict(self.describe.methods),
            version=self.version,
            language=self.language,
            homepage=self.homepage,
        )

    def words(self, command: tuple[str, ...], place: Path) -> list[str]:
        """A step or command with its placeholders filled in, to be run in `place`."""
        values = {
            "python": sys.executable,
            "venv": str(place / ".venv"),
            "serve": str(Path(__file__).with_name("serve.py")),
            "folder": str(self.folder),
        }
        words = [_PLACEHOLDER.sub(lambda match: values[match[1]], word) for word in command]
        if words and "/" in words[0] and not Path(words[0]).is_absolute():
            # Not left to the operating system: whether a relative program is looked up before or after the
            # change of folder differs between platforms.
            words[0] = str(place / words[0])
        return words


def valid_name(name: str) -> bool:
    """Whether an implementation can be called so: the name is a folder's, and stands in file names and reports."""
    return _NAME.fullmatch(name) is not None


def load(path: Path) -> Manifest:
    """The manifest in a folder, or in a file named `implementation.toml`; ManifestError says what is wrong."""
    path = path.resolve()
    if path.is_dir():
        path = path / FILE_NAME
    try:
        octets = path.read_bytes() if path.stat().st_size <= _MOST_OCTETS else None
    except OSError as error:
        raise ManifestError(path, f"cannot be read: {error.strerror}") from None
    if octets is None:
        raise ManifestError(path, f"is larger than {_MOST_OCTETS // 1024} KiB, so it is not a manifest")
    try:
        raw = tomllib.loads(octets.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ManifestError(path, f"is not UTF-8 text (octet {error.start})") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ManifestError(path, f"is not TOML: {error or 'nested too deep'}") from None
    return parse(raw, path)


def parse(raw: Mapping[str, Any], path: Path) -> Manifest:
    """The manifest that TOML values (read from `path`) make; ManifestError says what is wrong."""
    try:
        keys = msgspec.convert(raw, ManifestFile)
    except msgspec.ValidationError as error:
        raise ManifestError(path, _explain(str(error), raw)) from None
    manifest = Manifest(folder=path.parent, **{name: getattr(keys, name) for name in keys.__struct_fields__})
    checks = (_names(manifest), _tools_and_steps(manifest), _start(manifest), _claims(manifest, raw))
    for reason in itertools.chain(*checks):
        raise ManifestError(path, reason)
    return manifest


def _names(manifest: Manifest) -> Iterator[str]:
    if not valid_name(manifest.name):
        yield (
            f'name = "{manifest.name}": use lower-case letters, digits, ".", "_" and "-", '
            "beginning with a letter or digit"
        )
    if manifest.name != manifest.folder.name:
        yield (
            f'name = "{manifest.name}" but the folder is called "{manifest.folder.name}": '
            "they must be the same, so change one of them"
        )
    for pattern, reason in manifest.exempt.items():
        if not reason.strip():
            yield f'[exempt] "{pattern}" has no reason: say why these cases cannot be put to it'
    for native, stage in manifest.stages.items():
        if stage not in STAGES:
            yield f'[stages] "{native}" = "{stage}": not a stage{suggest(stage, STAGES)}; one of {_list(STAGES)}'


def _tools_and_steps(manifest: Manifest) -> Iterator[str]:
    for number, tool in enumerate(manifest.toolchain, 1):
        if not tool.command:
            yield f"[[toolchain]] {number}: command is empty"
        if tool.minimum and not re.fullmatch(r"\d{1,9}(\.\d{1,9})*", tool.minimum):
            yield f'[[toolchain]] {number}: minimum = "{tool.minimum}": write a dotted number, "18" or "1.85"'
    for number, step in enumerate(manifest.build.steps, 1):
        if not step or not step[0]:
            yield f'[build] step {number} is empty: write the program and its arguments, as in ["make"]'
    for key, value, most in (
        ("[build] timeout", manifest.build.timeout, 7200),
        ("[run] start_timeout", manifest.run.start_timeout, 600),
        ("[run] memory", manifest.run.memory, 65_536),
    ):
        if value is not None and not 0 < value <= most:
            yield f"{key} = {value:g}: must be more than 0 and at most {most}"


def _start(manifest: Manifest) -> Iterator[str]:
    kind, run = manifest.kind, manifest.run
    if kind == "subprocess" and not (run.command and run.command[0]):
        yield '[run] command is missing: write the program and its arguments, as in ["node", "adapter.mjs"]'
    if kind == "in-process" and not re.fullmatch(r"[\w.]+:\w+", run.object):
        yield '[run] object is missing: write the module and the name in it, as in "package.module:Adapter"'
    if kind != "subprocess" and run.command:
        yield f'[run] command is for kind = "subprocess", and this is kind = "{kind}"'
    if kind != "in-process" and run.object:
        yield f'[run] object is for kind = "in-process", and this is kind = "{kind}"'
    if kind != "command" and (manifest.command or manifest.describe.methods):
        yield f'[describe] and [command."…"] are for kind = "command", and this is kind = "{kind}"'
    if kind == "command" and not manifest.describe.methods:
        yield '[describe] methods is missing: write what it can do, as in { "aes128gcm.decrypt" = { params = [] } }'


def _claims(manifest: Manifest, raw: Mapping[str, Any]) -> Iterator[str]:
    methods = manifest.describe.methods
    for name, claim in methods.items():
        if name not in METHODS:
            yield f'[describe] methods: "{name}" is not a method{suggest(name, METHODS)}; one of {_list(METHODS)}'
            continue
        place = f'[describe] methods "{name}"'
        for stray in set(raw["describe"]["methods"][name]) - set(claim.__struct_fields__):
            yield f'{place}: unknown key "{stray}"{suggest(stray, claim.__struct_fields__)}'
        optional = METHODS[name].optional
        for parameter in set(claim.params) - set(optional):
            known = f"one of {_list(optional)}" if optional else "it has none"
            yield f'{place}: "{parameter}" is not an optional parameter of it; {known}'
        if name not in manifest.command:
            yield f'{place}: there is no [command."{name}"] that says how to call it'
            continue
        for problem in problems(name, manifest.command[name], claim):
            yield f'[command."{name}"] {problem}'
    for name in manifest.command:
        if name not in methods:
            yield f'[command."{name}"] is not listed in [describe] methods{suggest(name, methods)}'


def suggest(word: str, known: Iterable[str]) -> str:
    """` (did you mean "…"?)`, where a known word is near; else nothing."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f' (did you mean "{near[0]}"?)' if near else ""


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


_KINDS: Final = {
    "str": "a text in quotes", "int": "a whole number", "float": "a number", "array": "a list", "object": "a table",
    "bool": "true or false",
}  # fmt: skip


def _explain(message: str, raw: Mapping[str, Any]) -> str:
    """msgspec's sentence, in the words of the file."""
    message, _, where = message.partition(" - at ")
    place = where.strip("`").removeprefix("$").lstrip(".").replace("[...]", "")
    at = f"[{place}] " if place and isinstance(_lookup(raw, place), Mapping) else f"{place}: " if place else ""
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", message):
        fields = _fields(place)
        listing = f"; one of {', '.join(fields)}" if fields else ""
        return f'{at}unknown key "{match[1]}"{suggest(match[1], fields)}{listing}'
    if match := re.fullmatch(r"Object missing required field `(.*)`", message):
        return f"{at}the key {match[1]} is missing"
    if match := re.fullmatch(r"Expected `(.*)`, got `(.*)`", message):
        wanted, got = (" or ".join(_KINDS.get(kind, kind) for kind in part.split(" | ")) for part in match.groups())
        return f"{at}must be {wanted}, not {got}"
    if match := re.fullmatch(r"Invalid enum value (.*)", message):
        return f'{at}{match[1]} is not a kind; one of "in-process", "subprocess", "command"'
    return f"{at}{message}"


def _lookup(raw: Any, place: str) -> Any:
    for part in place.split("."):
        raw = raw.get(part) if isinstance(raw, Mapping) else None
    return raw


def _fields(place: str) -> tuple[str, ...]:
    structs: dict[str, type[msgspec.Struct]] = {
        "": ManifestFile,
        "toolchain": Toolchain,
        "build": Build,
        "run": Run,
        "describe": Describe,
        "command": CommandSpec,
    }
    struct = structs.get(place.partition(".")[0])
    return struct.__struct_fields__ if struct else ()
