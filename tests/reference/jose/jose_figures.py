"""The RFCs' own examples, as data: `rfc_examples.json` has the figures, by document and section."""

import json
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "rfc_examples.json").read_text("utf-8"))


def example(source: str) -> dict[str, Any]:
    figures: dict[str, Any] = EXAMPLES[source]
    return figures
