"""Figures of lines as `fit` makes them: costs, counts, growth, spend alone, no lists, short histories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.poisson import Poisson
from simulator.fitting.estimates import Estimates
from simulator.questions.fit.answer import FitAnswer
from simulator.questions.fit.settings import PRIOR, Fitted
from simulator.questions.fit.unit_costs import Spread, grouped, law_of
from simulator.random_streams import RandomStreams
from simulator.scenario.schema import ServiceLine
from simulator.spend.empirical import Empirical
from simulator.spend.lognormal import Lognormal
from tests.unit.fits import TEXT, fitted, lists_csv
from tests.unit.histories import THREE_YEARS, rows_of, usual

ADMISSIONS = "admissions"


def _line(answer: FitAnswer) -> ServiceLine:
    return answer.after.settings.service_lines[0]


def _figure(answer: FitAnswer, what: str) -> Fitted:
    return next(one for one in answer.figures if one.what == what and one.of == ADMISSIONS)


def _remark(answer: FitAnswer, key: str) -> str:
    return next(one.remark or "" for one in answer.settings if one.path[-1] == key)


def _priced(index: dict[int, float]) -> str:
    """Return a history in which a case costs 100 pounds times the index of its financial year."""
    rows = ["month,practice,line,count,spend_gbp"]
    for year, month in THREE_YEARS:
        for unit in ("A1", "A2", "B1", "B2"):
            cases = usual(unit, ADMISSIONS, (year, month))
            cost = 100 * index[year - (month < 4)]
            rows.append(f"{year}-{month:02d},{unit},{ADMISSIONS},{cases},{cost * cases:.2f}")
    return "\n".join(rows) + "\n"


def _costs(values: np.ndarray) -> str:
    return "line,cost_gbp\n" + "".join(f"{ADMISSIONS},{one:.4f}\n" for one in values)


def test_growth_of_prices_is_nominal_and_an_index_is_divided_out(tmp_path: Path) -> None:
    index = {2010: 1.0, 2011: 1.05, 2012: 1.1025}
    table = "year,index\n" + "".join(f"{year},{one}\n" for year, one in index.items())
    answer = fitted(tmp_path, history=_priced(index), price_index=table)
    # Beyond the index prices did nothing, and the mean is one of the last year's pounds.
    real = Estimates.of(answer.posterior).price_growth_share[ADMISSIONS]
    assert abs(real.value) < 0.002
    assert _line(answer).price_growth_share == pytest.approx(1.05 * (1 + real.value) - 1, abs=1e-5)
    assert answer.estimates.mean_cost_gbp[ADMISSIONS].value == pytest.approx(110.25, rel=0.005)
    assert "the price index's own 5.00% a year" in _remark(answer, "price_growth_share")
    without = fitted(tmp_path, history=_priced(index))
    # The prior pulls 4.9% a little towards nothing.
    assert 0.03 < _line(without).price_growth_share < 0.05
    assert "index" not in _remark(without, "price_growth_share")


def test_the_cv_is_by_moments_of_costs_and_its_error_that_of_a_bootstrap(tmp_path: Path) -> None:
    costs = np.repeat([100.0, 1100.0], [50, 50])  # mean 600, SD 500
    answer = fitted(tmp_path, costs=_costs(costs))
    law = _line(answer).unit_cost_gbp
    assert isinstance(law, Lognormal)
    assert law.cv == pytest.approx(500 / 600, abs=1e-4)
    assert law.mean == answer.estimates.mean_cost_gbp[ADMISSIONS].value
    assert "cv by moments of 100 costs" in _remark(answer, "unit_cost_gbp")
    assert any("100 costs tell the CV" in note for note in answer.notes())
    generator = RandomStreams(4).generator("bootstrap")
    draws = costs[(generator.random((20_000, 100)) * 100).astype(int)]
    bootstrap = (draws.std(axis=1) / draws.mean(axis=1)).std()
    assert Spread.of_costs(costs).standard_error == pytest.approx(bootstrap, rel=0.05)


def test_from_a_thousand_costs_the_shape_is_what_was_seen(tmp_path: Path) -> None:
    costs = np.exp(1.2 * RandomStreams(4).generator("costs").standard_normal(1_500) + 5)
    answer = fitted(tmp_path, costs=_costs(costs))
    law = _line(answer).unit_cost_gbp
    assert isinstance(law, Empirical)
    assert law.mean_gbp == pytest.approx(answer.estimates.mean_cost_gbp[ADMISSIONS].value, rel=1e-5)
    assert np.sqrt(law.variance_gbp2) / law.mean_gbp == pytest.approx(costs.std() / costs.mean(), rel=2e-3)
    path, *_ = answer.save(tmp_path / "mine.toml")
    assert 'model = "empirical"' in path.read_text(encoding="utf-8")


def test_groups_keep_the_mean_and_the_largest_costs_alone() -> None:
    costs = np.exp(1.2 * RandomStreams(4).generator("costs").standard_normal(20_000) + 5)
    values, weights = grouped(costs)
    assert values.size <= 200
    assert values @ weights == pytest.approx(costs.mean(), rel=1e-12)
    assert np.sqrt(weights @ values**2) == pytest.approx(np.sqrt((costs**2).mean()), rel=2e-3)
    assert values[-1] == pytest.approx(costs.max(), rel=1e-12)
    few = np.array([1.0, 2.0, 2.0, 10.0])
    values, weights = grouped(few)
    assert dict(zip(values, weights, strict=True)) == {1.0: 0.25, 2.0: 0.5, 10.0: 0.25}


def test_a_law_has_the_mean_of_the_history() -> None:
    law = law_of(200.0, Spread(1.0, 0.1, "by hand"), np.repeat([100.0, 300.0], 600))
    assert law == {"model": "empirical", "values": [100.0, 300.0], "probabilities": [0.5, 0.5]}
    law = law_of(400.0, Spread(1.0, 0.1, "by hand"), np.repeat([100.0, 300.0], 600))
    assert law["values"] == [200.0, 600.0]
    assert law_of(400.0, Spread(1.0, 0.1, "by hand"), None) == {
        "model": "lognormal",
        "mean": 400.0,
        "cv": 1.0,
    }


def test_counts_are_negative_binomial_only_where_they_scatter(tmp_path: Path) -> None:
    assert isinstance(_line(fitted(tmp_path)).count, Poisson)
    generator = RandomStreams(6).generator("counts")

    def bursts(unit: str, line: str, month: tuple[int, int]) -> int:
        return int(generator.poisson(usual(unit, line, month) * generator.gamma(8.0) / 8.0))

    law = _line(answer := fitted(tmp_path, history=rows_of(bursts))).count
    assert isinstance(law, NegativeBinomial)
    assert law.variance_to_mean == pytest.approx(float(answer.history.month_law.v[0]), rel=1e-3)


def test_without_lists_rates_are_of_the_scenarios_people(tmp_path: Path) -> None:
    answer = fitted(tmp_path)
    cases = sum(
        usual(unit, ADMISSIONS, month) for unit in ("A1", "A2", "B1", "B2") for month in THREE_YEARS[-12:]
    )
    # North and South have 20,000 people.
    assert _line(answer).rate_per_1000 == pytest.approx(1000 * cases / 20_000, rel=0.02)
    growing = 'practices = ["A1", "A2"] # by post\nlist_growth_share = 0.01'
    text = TEXT.replace('practices = ["A1", "A2"] # by post', growing)
    said = fitted(tmp_path, text).notes()
    assert any("take list_growth_share out" in note for note in said)


def test_with_lists_growth_is_that_of_rates(tmp_path: Path) -> None:
    grown = fitted(tmp_path, lists=lists_csv(0.05))
    flat = fitted(tmp_path, lists=lists_csv())
    shrinks = _line(flat).growth_share - _line(grown).growth_share
    assert 0.03 < shrinks < 0.055


def test_spend_alone_makes_cases_at_the_scenarios_cost(tmp_path: Path) -> None:
    rows = rows_of().splitlines()
    # The count goes, and the spend stays.
    alone = [rows[0], *(",".join([*row.split(",")[:3], "", row.split(",")[4]]) for row in rows[1:])]
    answer = fitted(tmp_path, history="\n".join(alone) + "\n")
    line = _line(answer)
    # 100 pounds a case of the history, 500 of the scenario: a fifth as many cases.
    with_counts = fitted(tmp_path)
    assert line.rate_per_1000 == pytest.approx(_line(with_counts).rate_per_1000 / 5, rel=0.03)
    assert line.unit_cost_gbp.mean_gbp == 500
    assert line.price_growth_share == 0
    assert "spend alone" in _remark(answer, "rate_per_1000")


def test_a_growth_known_from_elsewhere_is_the_prior(tmp_path: Path) -> None:
    answer = fitted(tmp_path, growth={ADMISSIONS: (0.05, 0.0005)}, drift=0.0)
    growth = _figure(answer, "growth of cases")
    assert growth.value == pytest.approx(0.05, abs=0.001)
    assert growth.source == PRIOR
    assert _remark(answer, "growth_share").startswith("prior: 4.9% a year")


def test_one_year_tells_rates_and_says_what_it_does_not(tmp_path: Path) -> None:
    answer = fitted(tmp_path, history=rows_of(months=THREE_YEARS[-12:]))
    assert _figure(answer, "growth of cases").source == PRIOR
    assert answer.sentences()[0].startswith("12 months")
    assert "then the prior's, not your history's" in answer.sentences()[0]


def test_a_cost_with_a_limit_stays_the_scenarios(tmp_path: Path) -> None:
    limited = TEXT.replace("mean = 500, cv = 1.5 }", "mean = 500, cv = 1.5, limit = 9000 }")
    answer = fitted(tmp_path, limited)
    assert _line(answer).unit_cost_gbp.limit == 9000
    assert any("has a deductible or a limit" in note for note in answer.notes())


def test_few_cases_a_year_leave_the_cv_in_doubt(tmp_path: Path) -> None:
    answer = fitted(
        tmp_path,
        history=rows_of(lambda unit, _line, month: int(unit == "A1" or month[1] == 5)),
        costs=_costs(np.repeat([100.0, 300.0], [75, 25])),
    )
    (said,) = (note for note in answer.notes() if "is not carried" in note)
    assert said.startswith("admissions has 15 cases a year, so the CV of its cost, 0.58 (")
