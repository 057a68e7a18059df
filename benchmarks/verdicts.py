"""How much processor time does a verdict cost the harness?

Loads N small decoder cases from a file, asks the reference in this process, and judges; beside it the reference called
with the same arguments and nothing around it ("bare").

    python -m benchmarks.verdicts [N]
"""

import sys
import tempfile
import time
from pathlib import Path

import msgspec

from harness.conformance.judge import judge
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.reference import Reference
from harness.vectors.load import load, vectors_of
from harness.vectors.model import TestGroup


def copies(count: int) -> bytes:
    """A vector file of `count` small decoder cases, each shipped one as often as it takes."""
    small = [
        vector
        for vector in load()
        if vector.method == "aes128gcm.decrypt"
        and not vector.test.message_length
        and len(bytes(vector.test.params)) < 1000
    ]
    file = msgspec.json.decode(small[0].path.read_bytes())
    tests = []
    for number in range(count):
        test = small[number % len(small)].test
        tests.append(msgspec.structs.replace(test, tc_id=number + 1, id=f"{test.id}-{number}"))
    notes = {flag: {"bugType": "BASIC", "description": flag} for test in tests for flag in test.flags}
    group = TestGroup("Aes128gcmDecrypt", "aes128gcm.decrypt", tuple(tests))
    return msgspec.json.encode({**file, "notes": notes, "numberOfTests": count, "testGroups": [group]})


def main() -> None:
    """Print the processor time of each step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "copies.json")
        path.write_bytes(copies(count))
        started = time.process_time()
        vectors = list(vectors_of(path))
        loaded = time.process_time()
        connection = InProcessConnection(Reference)
        outcomes = [outcome for _, outcome in connection.exchange(vector.request for vector in vectors)]
        asked = time.process_time()
        results = [judge("reference", vector, [outcome]) for vector, outcome in zip(vectors, outcomes, strict=True)]
        judged = time.process_time()
    reference = Reference()
    values = [vector.request.values() for vector in vectors]
    began = time.process_time()
    for each in values:
        try:
            reference.aes128gcm_decrypt(**each)
        except ValueError:
            continue
    bare = time.process_time() - began
    whole = judged - started
    print(f"{count:,} cases: {sum(result.verdict == 'passed' for result in results):,} passed")
    for name, seconds in (("load", loaded - started), ("ask", asked - loaded), ("judge", judged - asked)):
        print(f"  {name:6} {seconds * 1e3:7.1f} ms")
    print(f"  whole  {whole * 1e3:7.1f} ms, {whole / bare:.2f} of the bare calls ({bare * 1e3:.1f} ms)")


if __name__ == "__main__":
    main()
