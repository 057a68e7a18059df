"""All areas, and their files: made, written, or compared with what is committed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.vectors.generate.aes128gcm import (
    decoder_delimiter,
    decoder_header,
    decoder_keys,
    decoder_padding,
    decoder_records,
    decoder_senders,
    decoder_streaming,
    decoder_tampering,
    decoder_whole,
    encoder,
)
from harness.vectors.generate.area import Area

AREAS = (
    decoder_whole.examples,
    decoder_header.header,
    decoder_header.header_cut_short,
    decoder_header.record_size,
    decoder_records.records,
    decoder_padding.padding,
    decoder_delimiter.delimiter,
    decoder_padding.content,
    decoder_keys.key_derivation,
    decoder_keys.nonce,
    decoder_tampering.authentication,
    decoder_tampering.order,
    decoder_records.truncation,
    decoder_records.trailing,
    decoder_senders.senders,
    decoder_whole.not_aes128gcm,
    decoder_streaming.streaming,
    decoder_whole.resources,
    encoder.layout,
    encoder.header,
    encoder.content,
    encoder.padding,
    encoder.arguments,
    encoder.randomness,
)


def areas() -> Iterator[Area]:
    """Each area, made anew."""
    return (make() for make in AREAS)


def text_of(area: Area) -> bytes:
    """The octets of an area's file: indented down to the cases, and then a line a case, so that a change shows
    as the lines that it changes."""
    file = area.file()
    (group,) = file.test_groups
    bare = msgspec.structs.replace(file, test_groups=(msgspec.structs.replace(group, tests=()),))
    frame = msgspec.json.format(msgspec.json.encode(bare), indent=1)
    tests = b",\n".join(b"    " + msgspec.json.encode(test) for test in group.tests)
    return frame.replace(b'"tests": []', b'"tests": [\n' + tests + b"\n   ]") + b"\n"


def file_name(area: Area) -> str:
    """The file's place below the folder of vectors: SUITE/AREA.json."""
    return f"{area.name}.json"


def write(folder: Path) -> list[str]:
    """Write all files; returns the names of those that changed. Each file is replaced whole or not at all."""
    changed = []
    for area in areas():
        path = folder / file_name(area)
        octets = text_of(area)
        if path.exists() and path.read_bytes() == octets:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_bytes(octets)
        temporary.replace(path)
        changed.append(file_name(area))
    return changed


def differences(folder: Path) -> list[str]:
    """What `write` would change: files that differ, are missing, or that no area makes."""
    made = {file_name(area): text_of(area) for area in areas()}
    paths = (path for path in folder.glob("*/*.json") if path.parent.name != "schemas")
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))
