"""A badge: the JSON that a shields.io endpoint badge reads."""

from __future__ import annotations

import json

from harness.conformance.results import Run, Severity
from harness.report.cases import Cases, Requirements
from harness.report.plain import visible
from harness.report.summary import implementations, severities, tally


def render(run: Run, cases: Cases, requirements: Requirements) -> str:
    """The endpoint's JSON object; red for a security failure, orange for any other, grey where nothing was asked."""
    counted = tally(run.results)
    bad = severities(run.results)
    if not counted.asked:
        message, colour = "nothing run", "lightgrey"
    elif counted.bad:
        message = f"{counted.bad:,} of {counted.asked:,} failed"
        colour = "red" if bad[str(Severity.SECURITY)] else "orange"
    else:
        known = f", {counted.known:,} known" if counted.known else ""
        message, colour = f"{counted.passed + counted.either:,} passed{known}", "brightgreen"
    if run.partial:
        message, colour = f"{message} (partial)", "yellow" if colour == "brightgreen" else colour
    names = list(implementations(run))
    label = f"sealproof {visible(names[0], 40)}" if len(names) == 1 else "sealproof"
    return json.dumps({"schemaVersion": 1, "label": label, "message": message, "color": colour}) + "\n"
