"""What a backtest counts, by hand; and that no fit sees what comes after it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import backtest, load_scenario
from simulator.charts.backtests import coverage, places
from simulator.fitting.fit import fit_history
from simulator.fitting.observed import Observed
from simulator.fitting.posterior import Posterior
from simulator.questions.backtest import predicted
from simulator.questions.backtest.answer import BacktestAnswer
from simulator.questions.backtest.predicted import CARRIED, CERTAIN, LAST, METHODS, TYPED, Predicted
from simulator.questions.backtest.scores import BondScore, Score, bond_scores, crps
from simulator.questions.backtest.windows import Window
from simulator.risk.account_book import ALL_CLUSTERS
from tests.unit.problems import problems_of_call

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "history-example"
SCENARIO = load_scenario(EXAMPLE / "clusters.toml")


@pytest.fixture(scope="module")
def answer() -> BacktestAnswer:
    return backtest(SCENARIO, EXAMPLE / "history.csv", EXAMPLE / "lists.csv", years=2, ahead=(1,))


def score(place: float, origin: str = "a", actual: float = 100.0, median: float = 102.0) -> Score:
    return Score(CARRIED, origin, 1, "b", "North", actual, 90.0, median, 110.0, place, 2.0)


def test_crps_by_hand() -> None:
    # |1 - 2| and |3 - 2| are 1 on average; two samples 2 apart differ by 1 on average, of which half counts.
    assert crps(np.array([3.0, 1.0]), 2.0) == pytest.approx(0.5)
    assert crps(np.array([5.0, 5.0, 5.0]), 2.0) == pytest.approx(3)


@pytest.mark.parametrize(
    ("place", "held"), [(0.026, True), (0.024, False), (0.974, True), (0.976, False), (0.5, True)]
)
def test_what_lies_in_a_range(place: float, held: bool) -> None:
    assert score(place).within(0.95) is held


def test_a_bond_does_if_it_is_no_less_than_what_is_needed() -> None:
    assert BondScore(CARRIED, "a", "North", 5.0, 5.0, 100.0).covered
    assert not BondScore(CARRIED, "a", "North", 4.99, 5.0, 100.0).covered


def test_the_bias_is_of_what_happened() -> None:
    assert score(0.5).bias == pytest.approx(0.02)


def test_every_cluster_and_method_is_scored_once(answer: BacktestAnswer) -> None:
    assert answer.origins == ("2011/12",)
    names = [*(one.name for one in SCENARIO.settings.clusters), ALL_CLUSTERS]
    assert [(one.method, one.cluster) for one in answer.scores] == [(m, n) for m in METHODS for n in names]
    # What happened is in the file: pounds of 2012/13.
    rows = [line.split(",") for line in (EXAMPLE / "history.csv").read_text().splitlines() if line[0] == "2"]
    spent = sum(float(row[-1]) for row in rows if "2012-04" <= row[0] <= "2013-03")
    together = next(one for one in answer.scores if one.cluster == ALL_CLUSTERS)
    assert together.actual == pytest.approx(spent)


def test_last_year_with_growth_is_about_last_year_with_growth(answer: BacktestAnswer) -> None:
    rows = [line.split(",") for line in (EXAMPLE / "history.csv").read_text().splitlines() if line[0] == "2"]
    spent = sum(float(row[-1]) for row in rows if "2011-04" <= row[0] <= "2012-03")
    found = next(one for one in answer.scores if (one.method, one.cluster) == (LAST, ALL_CLUSTERS))
    # Growth of 3 to 4% in lines, and lists that grew by 1.2%; shocks of 3% a line.
    assert found.median == pytest.approx(1.045 * spent, rel=0.03)


def spent(cluster: str, year: int) -> float:
    """Spend of a cluster's practices in a financial year, from the file."""
    codes = next(one.practices for one in SCENARIO.settings.clusters if one.name == cluster)
    rows = [
        line.split(",") for line in (EXAMPLE / "history.csv").read_text().splitlines() if line[:2] == "20"
    ]
    return sum(
        float(row[-1]) for row in rows if row[1] in codes and f"{year}-04" <= row[0] <= f"{year + 1}-03"
    )


def test_bonds_are_of_budgets_that_follow_the_last_year_at_the_uplift() -> None:
    told = backtest(SCENARIO, EXAMPLE / "history.csv", EXAMPLE / "lists.csv", years=1, ahead=(1, 2))
    assert told.origins == ("2010/11", "2011/12")
    # Both years ahead are known of the first origin alone.
    assert {one.origin for one in told.bonds} == {"2010/11"}
    for one in told.bonds:
        base = spent(one.cluster, 2010)
        over = (spent(one.cluster, 2010 + ahead) - base * 1.02**ahead for ahead in (1, 2))
        assert one.needed_gbp == pytest.approx(sum(max(gbp, 0.0) for gbp in over), abs=1)
        assert one.year_gbp == pytest.approx(base)


def test_the_scenario_as_typed_has_its_need(answer: BacktestAnswer) -> None:
    needy = SCENARIO.vary("clusters.Riverside.need=2")
    other = backtest(needy, EXAMPLE / "history.csv", EXAMPLE / "lists.csv", years=2, ahead=(1,))
    for one, before in zip(other.of(TYPED, 1), answer.of(TYPED, 1), strict=True):
        times = 2 if one.cluster == "Riverside" else 1
        assert one.median == pytest.approx(times * before.median, rel=0.02)


def test_what_comes_later_changes_no_prediction(tmp_path: Path, answer: BacktestAnswer) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "copy")
    lines = (folder / "history.csv").read_text().splitlines()
    changed = []
    for line in lines:
        *cells, spend = line.split(",")
        later = line[:2] == "20" and line >= "2012-04"
        # Unevenly, so that seasons, scatter and the spread of costs change with it.
        times = 2 + 3 * (len(changed) % 7)
        changed.append(",".join([*cells, str(times * float(spend))]) if later else line)
    (folder / "history.csv").write_text("\n".join(changed) + "\n")
    other = backtest(SCENARIO, folder / "history.csv", folder / "lists.csv", years=2, ahead=(1,))
    for one, before in zip(other.scores, answer.scores, strict=True):
        assert (one.low, one.median, one.high) == (before.low, before.median, before.high)
        assert one.actual > before.actual


def test_ranges_hold_what_rows_say_and_not_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows whose growth lies anywhere from -50 to 50% must make ranges as wide as that."""

    def spread(*args: Any) -> Posterior:
        found = fit_history(*args)
        growth = np.repeat(np.linspace(-0.5, 0.5, found.rows)[:, None], len(found.lines), axis=1)
        return replace(found, volume=replace(found.volume, growth=growth.astype(np.float32)))

    monkeypatch.setattr(predicted, "fit_history", spread)
    wide = backtest(SCENARIO, EXAMPLE / "history.csv", EXAMPLE / "lists.csv", years=2, ahead=(1,))
    for one in wide.of(CARRIED, 1):
        # 95% of a year's growth: from -47.5 to 47.5%, as logs.
        assert np.log(one.high / one.low) == pytest.approx(0.95, rel=0.1)
    assert all(np.log(one.high / one.low) < 0.3 for one in wide.of(CERTAIN, 1))


def test_a_bond_pays_the_overspends_of_years_and_no_surplus_pays_for_one() -> None:
    whole = np.ones((1, 1, 2))
    seen = Observed(("North",), ("care",), (2009, 2010), whole, 100 * whole, whole, whole)
    later = replace(seen, years=(2011, 2012), spend_gbp=np.array([[[90.0, 112.0]]]))
    window = Window(seen, None, (1, 2), later)
    samples = np.array([[90.0, 100.0 + over] for over in range(101)])[:, :, None, None]
    budget_gbp = np.full((2, 1, 1), 100.0)
    (bond,) = bond_scores(Predicted(window, dict.fromkeys(METHODS[:1], samples), budget_gbp), (1, 2))
    # Ten are left over in the first year; the second's overspend is 0 to 100, and was 12.
    assert bond.bond_gbp == pytest.approx(95)
    assert bond.needed_gbp == pytest.approx(12)
    assert bond.year_gbp == 100


def test_few_origins_make_no_verdict(answer: BacktestAnswer) -> None:
    assert "cannot call any method right or wrong" in " ".join(answer.sentences())
    held = {one.name: one for one in answer.tables()[0].columns}
    assert held["in_95"].cells[0] == f"{sum(s.within(0.95) for s in answer.of(CARRIED, 1))} of 4"


def test_charts_show_what_the_tables_say(answer: BacktestAnswer) -> None:
    drawn = coverage(answer).data
    assert list(drawn["cases"]) == list(answer.tables()[0].columns[5].cells)
    assert places(answer).data["cases"].sum() == 4


def test_too_short_and_out_of_range() -> None:
    files = (EXAMPLE / "history.csv", EXAMPLE / "lists.csv")
    (short,) = problems_of_call(lambda: backtest(SCENARIO, *files, years=3))
    assert short.need == "3 years to fit and one more to compare with"
    both = problems_of_call(lambda: backtest(SCENARIO, *files, years=0, ahead=(0,)))
    assert [one.where for one in both] == ["years", "ahead"]


def test_what_no_history_foretold_is_named() -> None:
    together = [
        replace(score(place, origin, median=95.0), cluster=ALL_CLUSTERS, year=year)
        for place, origin, year in ((0.0, "2018/19", "2019/20"), (1.0, "2019/20", "2020/21"), (0.9, "a", "b"))
    ]
    told = BacktestAnswer(SCENARIO, 1, None, 3, (1,), False, (score(0.5), *together), ())
    assert [one.year for one in told.extreme] == ["2019/20", "2020/21"]
    assert "2019/20 and 2020/21 lay outside the range of 99.9%" in " ".join(told.sentences())


def test_a_share_counts_origins_as_trials() -> None:
    scores = tuple(score(0.5 if at % 14 else 0.99, str(at // 14)) for at in range(56))
    told = BacktestAnswer(SCENARIO, 1, None, 3, (1,), False, scores, ())
    columns = {column.name: column.cells for column in told.tables()[0].columns}
    assert columns["in_95"] == ("52 of 56",)
    (held,) = columns["cover_95_share"]
    # Wilson's interval of 52/56 in four trials: centre (p + z^2 / 8) / (1 + z^2 / 4).
    centre = (52 / 56 + 1.96**2 / 8) / (1 + 1.96**2 / 4)
    assert (held.low + held.high) / 2 == pytest.approx(centre, abs=0.001)
