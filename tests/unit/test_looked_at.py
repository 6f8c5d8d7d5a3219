"""A measure is asked again where anything has changed that it looks at, and nowhere else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.records import BUDGET, Outcomes
from simulator.risk.account_book import ALL_CLUSTERS, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.looked_at import WatchedBook, changes_of
from simulator.risk.measures import columns
from simulator.risk.paired import Samples
from simulator.simulation.result import Result
from tests.builders import BOND, POOL, SURPLUS, cluster_of, scenario_of, simulated

CHANGES = (
    {"bond": {"share_of_annual_budget": 0.05}},
    {"surplus": {"practice_share": 0.2}},
    {"bond": {"when_exhausted": "leaves", "share_of_annual_budget": 0.001}},
    {"bond": {"form": "surety"}},
    {},
)


def result_of(**changes: dict[str, object]) -> Result:
    rules = [rule | changes.get(rule["rule"], {}) for rule in (SURPLUS, BOND, POOL)]
    clusters = [cluster_of("North", 5_000.0), cluster_of("South", 10_000.0)]
    return simulated(scenario_of(clusters=clusters, rules=rules), contracts=400)


def samples_of(result: Result) -> Samples:
    return Samples.of(result.contract_outcomes, result.plan.terms)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_what_is_not_asked_again_is_what_would_be_found(changes: dict[str, dict[str, object]]) -> None:
    changed, base = samples_of(result_of(**changes)), samples_of(result_of())
    found = changed.against(base)
    for place, (column, samples) in changed.by_place.items():
        estimator = column.measure.estimator
        assert found[place].estimate == estimator.of(samples), place
        difference = found[place].difference
        if place not in base.by_place or not changes:
            assert (difference == Estimate(0, 0, 0, 0)) is (not changes), place
            continue
        again = estimator.between(samples, base.by_place[place][1])
        assert difference is not None
        assert again is not None
        # Rounding counts as no difference.
        assert difference.value == pytest.approx(again.value, abs=1e-6), place
        assert difference.half_width == pytest.approx(again.half_width, abs=1e-6), place


def test_each_measure_notes_all_that_it_looks_at() -> None:
    # Amounts are changed one by one: a measure whose value moves has looked at what was changed.
    result = result_of()
    outcomes, terms = result.contract_outcomes, result.plan.terms
    books = account_books(outcomes, terms)
    watched = [WatchedBook.of(book) for book in books]
    looks, values = {}, {}
    for book in watched:
        for column in columns(len(book.year_months)).values():
            book.looked_at()
            values[book.name, column.name] = column.of(book)
            looks[book.name, column.name] = book.looked_at()
    moved = 0
    for other in _each_changed(outcomes):
        books_now = account_books(other, terms)
        changes = changes_of(books_now, books)
        assert changes
        for book in books_now:
            for column in columns(len(book.year_months)).values():
                now, then = column.of(book), values[book.name, column.name]
                if now is not None and not np.array_equal(now, then, equal_nan=now.dtype.kind == "f"):
                    assert looks[book.name, column.name] & changes, (book.name, column.name)
                    moved += 1
    assert moved > 100


def _each_changed(outcomes: Outcomes) -> list[Outcomes]:
    """Return outcomes with one flow or one array made larger at a time."""
    flows = outcomes.flows
    found = [
        dataclasses.replace(outcomes, flows=flows | {name: dataclasses.replace(one, gbp=1.5 * one.gbp + 1e6)})
        for name, one in flows.items()
    ]
    arrays = ("annual_budget_gbp", "bond_posted_gbp", "bond_needed_gbp", "shared_bond_needed_gbp")
    found += [dataclasses.replace(outcomes, **{name: getattr(outcomes, name) + 1e6}) for name in arrays]
    left = outcomes.takes_part.copy()
    left[::2, -1] = False
    return [*found, dataclasses.replace(outcomes, takes_part=left)]


def test_a_budget_alone_is_looked_at_for_a_budget() -> None:
    book = WatchedBook.of(account_books(result_of().contract_outcomes, result_of().plan.terms)[0])
    columns(2)["budget_gbp"].of(book)
    assert book.looked_at() == {("North", BUDGET)}


def test_rows_of_other_facts_have_nothing_in_common() -> None:
    result = result_of()
    books = account_books(result.contract_outcomes, result.plan.terms)
    assert changes_of(books, books) == frozenset()
    assert changes_of(books[:-1], books) is None
    assert changes_of([dataclasses.replace(books[0], people=1.0), *books[1:]], books) is None
    assert books[-1].name == ALL_CLUSTERS


def test_a_change_of_the_last_contract_alone_is_a_change() -> None:
    result = result_of()
    before, now = ([*account_books(one.contract_outcomes, one.plan.terms)] for one in (result, result))
    moved_gbp = before[0].bond_needed_gbp.copy()
    moved_gbp[-1] += 1.0
    now[0] = dataclasses.replace(before[0], bond_needed_gbp=moved_gbp)
    assert len(moved_gbp) > 250  # more than are looked at first
    assert changes_of(now, before) == {(before[0].name, "bond_needed_gbp")}
