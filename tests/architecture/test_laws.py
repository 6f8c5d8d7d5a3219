"""What every law and rule of a register must do when it runs. Samples are of fixed seeds: 4 SE."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.budgets.budget_rule import BudgetRule, LineBasis
from simulator.demand.count_law import CountLaw
from simulator.demand.shock_laws import ShockLaw
from simulator.random_streams import Generator, RandomStreams
from simulator.records import Account, ClusterTerms
from simulator.rules.ledger import Ledger, Transfer
from simulator.rules.rule import Position, Rule
from simulator.spend.unit_cost import UnitCost
from tests.architecture.registers import BUDGET_RULES, COUNT_LAWS, RULES, SHOCK_LAWS, UNIT_COSTS

DRAWS = 100_000


def _each(name: str, parts: tuple[type, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        name, [part.example() for part in parts], ids=[part.__name__ for part in parts]
    )


def _generator() -> Generator:
    return RandomStreams(0).generator("architecture")


def _is_near(samples: NDArray[np.float64], expected: float) -> bool:
    """Whether the mean of samples is within four standard errors."""
    return bool(abs(samples.mean() - expected) <= 4 * samples.std() / math.sqrt(samples.size))


@_each("law", UNIT_COSTS)
@pytest.mark.parametrize(
    "layer", [{}, {"deductible": 8.0}, {"limit": 40.0}, {"deductible": 8.0, "limit": 40.0}]
)
def test_unit_costs_are_drawn_with_their_mean(law: UnitCost, layer: dict[str, float]) -> None:
    part = law.model_validate(law.model_dump() | layer)
    costs = part.draw(_generator(), DRAWS)
    assert _is_near(costs, part.mean_gbp)
    assert costs.min() >= part.lowest_gbp
    assert costs.max() <= layer.get("limit", math.inf)
    for cost in (5.0, 15.0, part.mean_gbp, 3 * part.mean_gbp):
        beyond = float(part.sf(np.array([cost]))[0])
        # Where hardly any draw differs, a few are allowed to.
        allowed = 4 * math.sqrt(beyond * (1 - beyond) / DRAWS) + 4 / DRAWS
        assert abs((costs > cost).mean() - beyond) <= allowed


@_each("law", UNIT_COSTS)
def test_tails_and_quantiles_of_unit_costs_are_inverse(law: UnitCost) -> None:
    probabilities = np.array([0.999, 0.9, 0.6, 0.4, 0.05, 1e-6])
    costs = law.isf(probabilities)
    assert (np.diff(costs) >= 0).all()
    # At a jump: no more than the probability lies above, and no less lies above anything below.
    below = np.nextafter(costs, 0)
    assert (law.sf(costs) <= probabilities * (1 + 1e-9)).all()
    assert (law.sf(np.maximum(below * (1 - 1e-9), 0)) >= probabilities * (1 - 1e-9)).all()


@_each("law", UNIT_COSTS)
def test_moments_of_unit_costs_hang_together(law: UnitCost) -> None:
    costs = np.linspace(0, 4 * law.mean_gbp, 400)
    excess, second = law.excess_mean(costs), law.limited_second_moment(costs)
    assert (np.diff(law.sf(costs)) <= 1e-15).all()
    assert (np.diff(second) >= -1e-9 * second[-1]).all()
    # The excess falls, by no more than a pound for a pound, and less and less.
    slopes = np.diff(excess) / np.diff(costs)
    assert excess[0] == pytest.approx(law.mean_gbp)
    assert (slopes <= 1e-12).all()
    assert (slopes >= -1 - 1e-9).all()
    assert (np.diff(slopes) >= -1e-9).all()
    assert (second <= law.variance_gbp2 + law.mean_gbp**2 + 1e-9 * second[-1]).all()
    span = law.lattice_span_gbp
    assert span is None or (law.draw(_generator(), 1_000) % span == pytest.approx(0, abs=1e-9))


@_each("law", COUNT_LAWS)
@pytest.mark.parametrize("mean", [0.0, 0.3, 25.0, 6_000.0])
def test_counts_are_drawn_with_their_mean_and_variance(law: CountLaw, mean: float) -> None:
    counts = law.quantile(np.full(DRAWS, mean), _generator().standard_normal(DRAWS))
    assert counts.dtype.kind == "i"
    assert counts.min() >= 0
    assert _is_near(counts.astype(float), mean)
    assert _is_near((counts - mean) ** 2, law.variance(mean))


@_each("law", SHOCK_LAWS)
def test_shocks_have_mean_one_and_their_sd(law: ShockLaw) -> None:
    # The means of 200,001 equally likely slices of a standard normal, near enough.
    normals = np.linspace(-9, 9, 200_001)
    weights = np.exp(-(normals**2) / 2)
    weights /= weights.sum()
    factors = law.factors(normals)
    assert (factors >= 0).all()
    assert (np.diff(factors) >= 0).all()
    assert float(weights @ factors) == pytest.approx(1)
    assert math.sqrt(float(weights @ (factors - 1) ** 2)) == pytest.approx(law.sd_share, rel=1e-6)
    none = law.model_copy(update={"sd_share": 0.0})
    assert none.factors(normals) == pytest.approx(np.ones_like(normals))


@_each("rule", BUDGET_RULES)
def test_budget_rules_give_each_cluster_a_budget(rule: BudgetRule) -> None:
    generator = _generator()
    people = generator.uniform(1e3, 1e5, 4)
    gbp = generator.uniform(1e5, 1e6, (3, 7, 4))
    basis = LineBasis(1, 2, 0.03, (gbp[1], gbp[0]), gbp[2, 0], gbp[2, 1], people, np.ones(4), gbp[2, 2])
    budget = np.broadcast_to(rule.annual_budget_gbp(basis), (7, 4))
    assert np.isfinite(budget).all()
    assert (budget > 0).all()


def _random_position(year: int) -> Position:
    """Return books as they may stand in some year: clusters over and under, bonds and pool part full."""
    generator, shape = _generator(), (50, 3)
    ledger = Ledger(50, 3, 3)

    def amount() -> NDArray[np.float64]:
        return generator.uniform(0, 1_000, shape)

    for earlier in range(year + 1):
        ledger.post(
            earlier,
            [
                Transfer("bond_posted", Account.PRACTICES, Account.BOND, amount() * (earlier == 0)),
                Transfer("pct_return", Account.CLUSTER, Account.POOL, amount()),
                Transfer("uncovered_overspend", Account.PCT, Account.CLUSTER, amount()),
            ],
        )
    terms = ClusterTerms(
        ("a", "b", "c"),
        np.full(3, 1e4),
        np.array([True, True, False]),
        np.array([np.nan, 500, np.nan]),
        np.repeat([[9], [12], [12]], 3, axis=1),
        np.full((3, 3), 1e6),
    )
    return Position(ledger, terms, year, 1e5 + amount(), amount(), amount())


@_each("rule", RULES)
@pytest.mark.parametrize("moment", ["open", "settle", "review", "close"])
@pytest.mark.parametrize("year", [0, 1, 2])
def test_rules_transfer_no_less_than_nothing_and_write_nothing(rule: Rule, moment: str, year: int) -> None:
    position = _random_position(year)
    before = {account: position.ledger.balance(account).copy() for account in Account}
    transfers = list(getattr(rule, moment)(position))
    for transfer in transfers:
        assert np.shape(transfer.amount_gbp) == (50, 3)
        assert np.isfinite(transfer.amount_gbp).all()
        assert (transfer.amount_gbp >= 0).all()
        assert transfer.payer != transfer.payee
    assert all(np.array_equal(position.ledger.balance(account), before[account]) for account in Account)
    assert len({transfer.reason for transfer in transfers}) == len(transfers)


@_each("rule", RULES)
def test_rules_are_pure(rule: Rule) -> None:
    one, other = (list(rule.settle(_random_position(1))) for _ in range(2))
    for left, right in zip(one, other, strict=True):
        assert np.array_equal(left.amount_gbp, right.amount_gbp)


@_each("rule", RULES)
def test_rules_say_who_leaves_or_nothing(rule: Rule) -> None:
    leavers = rule.leavers(_random_position(1))
    assert leavers is None or (leavers.shape == (50, 3) and leavers.dtype == bool)
