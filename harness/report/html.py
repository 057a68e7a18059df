"""One self-contained HTML page: it opens from disk, asks for nothing, and runs no script but its own.

The styles and the script are files of their own in `templates/`; the page carries their hashes as its content
security policy. What the results say goes in as JSON in a data block, and the script only ever makes text of it.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from harness.conformance.results import Run
from harness.report.cases import Cases, Requirements, case_info, requirement_info
from harness.report.detail import headline
from harness.report.embedded import embedded, link, overview
from harness.report.plain import visible
from harness.report.summary import problems

TEMPLATES = Path(__file__).parent / "templates"

#: The script's parts, in the order in which they are put together.
SCRIPTS = ("dom.js", "data.js", "matrix.js", "results.js", "case.js", "main.js")

#: How many failing cases a reader without scripts is told of.
WITHOUT_SCRIPT = 50


def render(run: Run, cases: Cases, requirements: Requirements) -> str:
    """The page as text."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = "(() => {\n'use strict';\n" + "\n".join(map(_script, SCRIPTS)) + "\n})();\n"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        **overview(run),
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        style=_as_it_is(style),
        script=_as_it_is(script),
        data=_as_it_is(_data(embedded(run, cases, requirements))),
        failures=_failures(run, cases, requirements),
    )


def _script(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _as_it_is(text: str) -> Markup:
    # Our own files, and JSON without a "<": the only things in the page that autoescape must leave alone.
    return Markup(text)  # noqa: S704


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _data(value: dict[str, Any]) -> str:
    """JSON that no HTML parser can leave: every `<` is an escape, so there is neither `</script` nor `<!--`."""
    text = msgspec.json.encode(value).decode()
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def _failures(run: Run, cases: Cases, requirements: Requirements) -> dict[str, Any]:
    found = problems(run, cases, requirements)
    rows = []
    for problem in found[:WITHOUT_SCRIPT]:
        rule = requirement_info(requirements, problem.rule)
        rows.append(
            {
                "case": visible(problem.case),
                "comment": visible(case_info(cases, problem.case).comment, 600),
                "rule": visible(rule.citation, 200),
                "url": link(rule.url),
                "results": [(visible(result.implementation, 200), headline(result)) for result in problem.results[:8]],
            }
        )
    return {"rows": rows, "more": len(found) - len(rows)}
