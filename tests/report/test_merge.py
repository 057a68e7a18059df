"""Shards made into one run."""

from __future__ import annotations

import msgspec
import pytest
import synthetic
from hypothesis import given
from hypothesis import strategies as st

from harness.conformance.results import Run, Verdict
from harness.report.merge import CannotMerge, merge, missing_shards
from harness.report.summary import partial_notice, tally


def shards(whole: Run, count: int) -> list[Run]:
    parts = []
    for number in range(count):
        results = whole.results[number::count]
        part = synthetic.made_of(whole.implementations, results, cases_asked=20, shard=f"{number + 1}/{count}")
        parts.append(part)
    return parts


@given(st.integers(1, 7), st.randoms(use_true_random=False))
def test_shards_in_any_order_make_up_the_whole(count: int, rng: object) -> None:
    whole = synthetic.run(synthetic.cases(20))
    parts = shards(whole, count)
    rng.shuffle(parts)  # type: ignore[attr-defined]
    merged = merge(parts)
    assert sorted(merged.results, key=repr) == sorted(whole.results, key=repr)
    assert merged.implementations == whole.implementations
    assert merged.footer is not None
    assert merged.footer.seconds == pytest.approx(7.25 * count)
    assert merged.footer.results == len(whole.results)
    assert sum(merged.footer.counts.values()) == len(whole.results)
    assert not merged.partial


def test_a_missing_shard_makes_the_whole_partial() -> None:
    merged = merge(shards(synthetic.run(), 3)[:2])
    assert merged.partial
    assert "shards 1/3+2/3 only" in partial_notice(merged)


def test_a_single_shard_says_that_it_is_one() -> None:
    (only,) = shards(synthetic.run(), 3)[:1]
    assert merge([only]).header.shard == "1/3"
    assert missing_shards(["1/3", "3/3"]) == ["2/3"]


def test_a_partial_part_makes_the_whole_partial() -> None:
    first, second = shards(synthetic.run(), 2)
    cut = msgspec.structs.replace(second, footer=None)
    assert merge([first, cut]).partial


def test_the_same_result_twice_counts_once_whatever_its_time() -> None:
    run = synthetic.run()
    again = msgspec.structs.replace(
        run, results=tuple(msgspec.structs.replace(result, ms=result.ms + 1) for result in run.results)
    )
    merged = merge([run, again])
    assert tally(merged.results) == tally(run.results)
    assert merged.header.cases == run.header.cases


def test_two_different_results_for_one_case_are_an_error_that_names_both_files() -> None:
    run = synthetic.run(names=synthetic.IMPLEMENTATIONS[:1])
    other = msgspec.structs.replace(run.results[0], verdict=Verdict.FAILED, outcome="crashed")
    with pytest.raises(CannotMerge, match=r"reference has two results for .* in a\.jsonl and failed \(crashed\) in b"):
        merge([run, msgspec.structs.replace(run, results=(other,))], ["a.jsonl", "b.jsonl"])


def test_different_vectors_are_an_error() -> None:
    run = synthetic.run()
    other = msgspec.structs.replace(run, header=msgspec.structs.replace(run.header, vectors_digest="else"))
    with pytest.raises(CannotMerge, match="other vectors"):
        merge([run, other])


def test_different_versions_of_an_implementation_are_an_error() -> None:
    run = synthetic.run(names=synthetic.IMPLEMENTATIONS[:1])
    described = run.implementations[0].description
    assert described is not None
    newer = msgspec.structs.replace(
        run.implementations[0], description=msgspec.structs.replace(described, version="2.0")
    )
    with pytest.raises(CannotMerge, match=r"version '1\.2\.1' in run 1 and '2\.0' in run 2"):
        merge([run, msgspec.structs.replace(run, implementations=(newer,), results=())])


@pytest.mark.parametrize(
    ("statuses", "expected"), [((0, 1), 1), ((1, 4), 4), ((0, 5), 0), ((5, 5), 5), ((2, 1), 2), ((3, 2), 3)]
)
def test_the_gravest_exit_status_wins(statuses: tuple[int, int], expected: int) -> None:
    parts = [
        msgspec.structs.replace(part, footer=msgspec.structs.replace(part.footer, exit_status=status))
        for part, status in zip(shards(synthetic.run(), 2), statuses, strict=True)
    ]
    footer = merge(parts).footer
    assert footer is not None
    assert footer.exit_status == expected


def test_a_state_that_went_wrong_in_one_shard_is_kept() -> None:
    first, second = shards(synthetic.run(), 2)
    broken = tuple(
        msgspec.structs.replace(each, state="could-not-start", reason="no memory") if each.name == "reference" else each
        for each in second.implementations
    )
    merged = merge([first, msgspec.structs.replace(second, implementations=broken)])
    assert merged.implementations[0].state == "could-not-start"
    assert merged.implementations[0].description is not None
