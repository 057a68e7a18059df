"""The catalogue of requirements."""

from __future__ import annotations

import re

import pytest

from harness.spec import catalogue
from harness.spec.catalogue import Requirement, requirements
from harness.vectors.load import load

#: RFC 8188's table of contents.
CONTENTS = {
    "1", "1.1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7",
    "4.8", "5", "5.1", "6", "6.1", "6.2", "A",
}  # fmt: skip
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "IMPLICIT"}
ALL = list(requirements().values())


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_each_requirement_is_whole(each: Requirement) -> None:
    assert re.fullmatch(r"rfc8188/[0-9A-Z.]+/[a-z0-9-]+", each.id)
    assert each.section in CONTENTS
    assert each.id.split("/")[1] == each.section
    assert each.level in LEVELS
    assert each.role in {"encoder", "decoder", "both"}
    assert each.text.endswith(".")
    assert each.source == "RFC 8188"
    word = "appendix" if each.section == "A" else "section"
    assert each.title == f"RFC 8188 {word} {each.section}"
    assert each.url == f"https://www.rfc-editor.org/rfc/rfc8188.html#{word}-{each.section}"


def test_ids_and_texts_are_unique() -> None:
    assert len({each.id for each in ALL}) == len(ALL) == len(requirements())
    assert len({each.text for each in ALL}) == len(ALL)
    assert list(requirements()) == [each.id for each in ALL]


def test_an_id_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    entry = '[[requirement]]\nid = "x/1/y"\nsection = "1"\nlevel = "MUST"\nrole = "both"\ntext = "It is."\n'
    (tmp_path / "x.toml").write_text(f'source = "X"\nurl = "u"\n{entry}{entry}')
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="x/1/y stands twice"):
        requirements.__wrapped__()


def test_every_rule_has_a_case_or_a_reason_why_none_can_show_it() -> None:
    named = {rule for vector in load() for rule in vector.test.requirements}
    assert {each.id for each in ALL if not each.untestable} == named
    assert all(len(each.untestable) > 20 for each in ALL if each.untestable)


def test_a_rule_for_decoders_has_decoder_cases_and_one_for_encoders_encoder_cases() -> None:
    methods: dict[str, set[str]] = {}
    for vector in load():
        for rule in vector.test.requirements:
            methods.setdefault(rule, set()).add(vector.method.partition(".")[2])
    for each in ALL:
        if each.untestable:
            continue
        wanted = {"decoder": {"decrypt"}, "encoder": {"encrypt"}}.get(each.role, {"decrypt", "encrypt"})
        assert methods[each.id] & wanted, each.id
