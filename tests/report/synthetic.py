"""Runs made up for tests: small and plain, hostile, partial, and as large as asked for."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import msgspec

from harness.conformance.results import (
    FORMAT,
    Footer,
    Header,
    Implementation,
    Kind,
    Result,
    Run,
    Verdict,
    write_line,
)
from harness.implementations.protocol import Claim, Description, encode_octets
from harness.report.cases import CaseInfo, RequirementInfo, Span

#: Text that breaks a renderer which forgets to escape or to bound it.
HOSTILE = (
    "<script>alert(document.domain)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]> & <b>bold</b> \"quoted\" 'single'",
    "| pipe | ``` fence ``` `tick` *star* _under_ [link](http://example.invalid) @everyone #1",
    "\x00\x01\x1b[31mred\x1b[0m\x7f\x9b31m\x08\r\n\t",
    "\u202egnirts desrever\u202c \u200b\ufeff\u2028\u2029",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u4e16\u754c \U0001f9c2",
    "lone \ud800 surrogate \udfff",
    "\ufffe\uffff not characters",
    "{{ 7 * 7 }} {% raw %} {implementation} {case} %s %(x)s $(id) `id` ; rm -rf x",
    "[bold red]markup[/] :smile:",
    "x" * 1_000_000,
    "",
)

RULES = {
    info.id: info
    for info in (
        RequirementInfo(
            id="rfc8188/2.1/rs-minimum",
            source="RFC 8188",
            section="2.1",
            level="MUST",
            role="decoder",
            paraphrase="A record size below 18 is refused.",
            url="https://www.rfc-editor.org/rfc/rfc8188.html#section-2.1",
        ),
        RequirementInfo(
            id="rfc8188/2/last-delimiter",
            source="RFC 8188",
            section="2",
            level="MUST",
            role="decoder",
            paraphrase="The last record ends in a delimiter octet of 2; one that ends in 1 was cut off and is refused.",
            url="https://www.rfc-editor.org/rfc/rfc8188.html#section-2",
        ),
        RequirementInfo(
            id="rfc8188/2/record-auth",
            source="RFC 8188",
            section="2",
            level="IMPLICIT",
            role="decoder",
            paraphrase="A record whose tag does not verify is refused, and nothing of it is handed out.",
            url="https://www.rfc-editor.org/rfc/rfc8188.html#section-2",
        ),
        RequirementInfo(
            id="rfc8188/2.3/nonce",
            source="RFC 8188",
            section="2.3",
            level="IMPLICIT",
            role="both",
            paraphrase="The nonce of a record is the base nonce XOR its number, 96 bits, big endian, from zero.",
            url="https://www.rfc-editor.org/rfc/rfc8188.html#section-2.3",
        ),
        RequirementInfo(
            id="rfc8188/A/jwe-mapping",
            source="RFC 8188",
            section="A",
            level="IMPLICIT",
            role="both",
            paraphrase="A record is the ciphertext of a JWE with empty AAD.",
            url="https://www.rfc-editor.org/rfc/rfc8188.html#appendix-A",
        ),
    )
}

_AREAS = ("header", "record-size", "delimiter", "padding", "nonce", "truncation")
_MESSAGE = bytes(range(16)) + (25).to_bytes(4, "big") + b"\x02a1" + bytes((7 * n + 3) % 256 for n in range(50))


def case(case_id: str, rule: str, result: str = "invalid", *, message: bytes = _MESSAGE) -> CaseInfo:
    """A case whose last record's delimiter is at fault."""
    end = len(message)
    return CaseInfo(
        id=case_id,
        comment="Two records; the last one ends in delimiter 1, as if the rest had been cut off.",
        method="aes128gcm.decrypt",
        result=result,
        requirements=(rule,),
        flags=("Truncation",),
        near_miss=f"{case_id}-near" if result == "invalid" else "",
        edit="delimiter of record 1: 2 becomes 1" if result == "invalid" else "",
        stages=("delimiter",) if result == "invalid" else (),
        rerun="sealproof check {implementation} -k {case}",
        octets=message,
        spans=(
            Span(0, 16, "salt", message[:16].hex()),
            Span(16, 20, "rs", "25"),
            Span(20, 21, "idlen", "2"),
            Span(21, 23, "keyid", "a1"),
            Span(23, 48, "record 0", "sealed"),
            Span(48, end - 16, "record 1: data and delimiter", "delimiter 1, must be 2", fault=result == "invalid"),
            Span(end - 16, end, "record 1: tag"),
        ),
        file=f"vectors/{case_id.rpartition('/')[0]}.json",
        line=12,
    )


def cases(count: int = 60) -> dict[str, CaseInfo]:
    """`count` cases over six areas and all the rules."""
    made = {}
    rules = list(RULES)
    for number in range(count):
        area = _AREAS[number % len(_AREAS)]
        case_id = f"aes128gcm/{area}/case-{number:05d}"
        made[case_id] = case(case_id, rules[number % len(rules)], ("invalid", "valid", "acceptable")[number % 3])
    return made


def implementation(name: str, language: str = "Python", state: str = "ready", **fields: object) -> Implementation:
    described = Description(
        protocol=1,
        name=name.partition("-")[2] or name,
        version="1.2.1",
        language=language,
        homepage=f"https://example.org/{name}",
        methods={"aes128gcm.decrypt": Claim()},
    )
    values = {"rerun": f"sealproof check {name}", "description": described if state == "ready" else None, **fields}
    return msgspec.convert(
        {
            "type": "implementation",
            "name": name,
            "state": state,
            **{key: msgspec.to_builtins(value) for key, value in values.items()},
        },
        Implementation,
    )


IMPLEMENTATIONS = (
    implementation("reference"),
    implementation("pypi-http-ece", remarks=["It copies the message for each record: time is quadratic."]),
    implementation("npm-http-ece", "JavaScript"),
    implementation("npm-apeleghq-rfc8188", "JavaScript"),
    implementation("crates-ece-native", "Rust"),
)
NOT_READY = (
    implementation(
        "maven-web-push",
        state="not-ready",
        reason="no `java` on the path",
        advice="A Java runtime, 17 or newer (Debian: apt-get install openjdk-17-jre-headless)",
    ),
    implementation("go-http-ece", state="could-not-start", reason="it ended with status 3", stderr="panic: oh no"),
)


def result(name: str, info: CaseInfo, rng: random.Random, *, strict: bool) -> Result:
    """One result: mostly passes, and some of everything else unless the implementation is strict."""
    base = {"implementation": name, "case": info.id, "requirements": info.requirements, "ms": rng.random() * 3}
    if info.result == "acceptable":
        choice = "refuses" if strict else rng.choice(("accepts", "refuses"))
        return _make(base, Verdict.PASSED, "rejected", leniency="zero-records", choice=choice)
    draw = 0.0 if strict else rng.random()
    if draw > 0.95:
        return _make(base, Verdict.SKIPPED, "not-asked", skip="the optional parameter keyid is not claimed")
    if draw > 0.85:
        kind = Kind.FALSE_ACCEPT if info.result == "invalid" else rng.choice([Kind.FALSE_REJECT, Kind.CRASH])
        return _make(
            base,
            Verdict.FAILED,
            "accepted" if kind is Kind.FALSE_ACCEPT else "rejected" if kind is Kind.FALSE_REJECT else "crashed",
            kind=kind,
            explanation="It was accepted, although the last record does not end in 2: a message that was cut off "
            "passes for a whole one."
            if kind is Kind.FALSE_ACCEPT
            else "It must be accepted.",
            got=encode_octets(b"I am the walrus") if kind is Kind.FALSE_ACCEPT else "",
            exception="" if kind is Kind.FALSE_ACCEPT else "ECEException",
            message="" if kind is Kind.FALSE_ACCEPT else "Decryption error: InvalidTag()",
            stderr="" if kind is not Kind.CRASH else "Traceback\n  File adapter.py\nIndexError: index out of range",
            stage="record-auth" if kind is Kind.FALSE_REJECT else "",
        )
    if draw > 0.82:
        return _make(
            base, Verdict.XFAILED, "accepted", kind=Kind.FALSE_ACCEPT, reason="Section 2: it takes any delimiter."
        )
    if draw > 0.81:
        return _make(base, Verdict.XPASSED, "rejected", reason="It used to be accepted.")
    stage = "delimiter" if info.result == "invalid" else ""
    return _make(base, Verdict.PASSED, "rejected" if info.result == "invalid" else "accepted", stage=stage)


def _make(base: dict[str, object], verdict: Verdict, outcome: str, **more: object) -> Result:
    return Result(**base, verdict=verdict, outcome=outcome, **more)  # type: ignore[arg-type]


def run(
    infos: dict[str, CaseInfo] | None = None,
    *,
    seed: int = 1,
    names: tuple[Implementation, ...] = IMPLEMENTATIONS + NOT_READY,
    finished: bool = True,
    shard: str = "",
) -> Run:
    """A run of every ready implementation over every case; `reference` passes all of it."""
    infos = cases() if infos is None else infos
    rng = random.Random(seed)
    ready = [each for each in names if each.state == "ready"]
    results = tuple(
        result(each.name, info, rng, strict=each.name == "reference") for each in ready for info in infos.values()
    )
    return made_of(names, results, cases_asked=len(infos), finished=finished, shard=shard)


def made_of(
    names: tuple[Implementation, ...],
    results: tuple[Result, ...],
    *,
    cases_asked: int = 1,
    finished: bool = True,
    shard: str = "",
) -> Run:
    """A run of just these results."""
    counts = Counter(str(each.verdict) for each in results)
    bad = counts["failed"] + counts["error"] + counts["xpassed"]
    footer = Footer(
        finished="2026-05-04T10:11:19+00:00",
        results=len(results),
        seconds=7.25,
        exit_status=1 if bad else 0,
        counts=dict(counts),
    )
    header = Header(
        format=FORMAT,
        sealproof="0.1.0",
        started="2026-05-04T10:11:12+00:00",
        suites=("aes128gcm",),
        cases=cases_asked,
        vectors_digest="sha256:0123456789abcdef",
        command=("sealproof", "run"),
        platform="Linux x86_64, Python 3.11",
        shard=shard,
    )
    return Run(header=header, implementations=names, results=results, footer=footer if finished else None)


def hostile() -> tuple[Run, dict[str, CaseInfo], dict[str, RequirementInfo]]:
    """A run in which every text field is hostile, with cases and rules that are so too."""
    names = tuple(
        Implementation(
            name=f"evil-{number}{text[:2000]}",
            state=text[:40] if number == 3 else "ready",
            description=Description(
                protocol=1,
                name=text,
                methods={},
                version=text,
                language=text,
                homepage=("javascript:alert(1)" if number % 2 else text),
            ),
            reason=text,
            advice=text,
            stderr=text,
            remarks=(text, text),
            rerun=text,
        )
        for number, text in enumerate(HOSTILE)
    )
    results = []
    infos = {}
    rules = {}
    verdicts = [Verdict.FAILED, Verdict.ERROR, Verdict.XFAILED, Verdict.SKIPPED, Verdict.XPASSED, Verdict.PASSED]
    kinds = list(Kind)
    for number, text in enumerate(HOSTILE):
        case_id, rule = f"suite/{text[:2000]}/{number}", f"rule/{text[:2000]}{number}"
        rules[rule] = RequirementInfo(rule, text, text, text, text, text, "javascript:alert(1)")
        infos[case_id] = CaseInfo(
            id=case_id, comment=text, method=text, result=text[:50], requirements=(rule, "unknown"), flags=(text,),
            near_miss=text, edit=text, stages=(text,), rerun=text, octets=b"<script>" * 100, file=text,
            spans=(Span(-5, 10**9, text, text, True), Span(9, 3, text, text, True), Span(790, 900, text, text, True)),
        )  # fmt: skip
        for place, each in enumerate(names):
            verdict = verdicts[(number + place) % len(verdicts)]
            kind = kinds[(number + place) % len(kinds)] if verdict in {Verdict.FAILED, Verdict.XFAILED} else None
            long = text if place == number else text[:300]
            results.append(
                Result(
                    each.name,
                    case_id,
                    verdict,
                    text[:80],
                    (rule,),
                    kind,
                    -1.5,
                    long,
                    long,
                    (long,),
                    text[:300],
                    text[:300],
                    long,
                    long,
                    long,
                    long,
                    encode_octets(b"<b>") + text[:90],
                    long,
                    (long,),
                )
            )
    return made_of(names, tuple(results)), infos, rules


def write(run_: Run, path: Path) -> Path:
    """The run as a results file."""
    with path.open("wb") as stream:
        write_line(stream, run_.header)
        for each in run_.implementations:
            write_line(stream, each)
        for each in run_.results:
            write_line(stream, each)
        if run_.footer is not None:
            write_line(stream, run_.footer)
    return path
