"""What `fit` writes: a scenario with the history's figures, its comments, its draws and its tables."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from simulator import Draws, InputError, load_scenario, simulate
from simulator.fitting.estimates import Estimates
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import NormalPrior
from simulator.questions.fit.answer import FitAnswer
from simulator.questions.fit.settings import learned_of, short
from simulator.scenario.scenario import Scenario
from simulator.spend.lognormal import Lognormal
from tests.unit.fits import TEXT, fitted, write_files
from tests.unit.histories import rows_of, usual


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fit") / "one"


@pytest.fixture(scope="module")
def answer(folder: Path) -> FitAnswer:
    return fitted(folder)


@pytest.fixture(scope="module")
def written(folder: Path, answer: FitAnswer) -> Path:
    return answer.save(folder / "mine.toml")[0]


@pytest.fixture(scope="module")
def after(written: Path) -> Scenario:
    return load_scenario(written)


def test_all_files_stand_beside_one_another(written: Path) -> None:
    names = {"mine.toml", "mine.posterior.npz", "mine.seasons.csv", "mine.base-year.csv"}
    assert {one.name for one in written.parent.iterdir()} == names | {
        "clusters.toml",
        "practices.csv",
        "history.csv",
    }


def test_the_figures_are_the_estimates(answer: FitAnswer, after: Scenario) -> None:
    estimates = Estimates.of(answer.posterior)
    line = after.settings.service_lines[0]
    assert line.rate_per_1000 == estimates.rate_per_1000["admissions"].value
    assert line.rate_year == 2012
    assert line.growth_share == estimates.growth_share["admissions"].value
    assert line.price_growth_share == estimates.price_growth_share["admissions"].value
    assert isinstance(line.unit_cost_gbp, Lognormal)
    assert line.unit_cost_gbp.mean == estimates.mean_cost_gbp["admissions"].value
    assert [one.need for one in after.settings.clusters] == [
        estimates.need[name].value for name in ("North", "South")
    ]
    shocks = after.settings.shocks
    assert shocks.pct.persistence == estimates.volume["phi"].value
    assert shocks.price.persistence == estimates.price["phi"].value
    # A lognormal factor with a small SD of its logarithm has about that SD itself.
    assert shocks.pct.size.sd_share == pytest.approx(estimates.volume["tau"].value, rel=0.01)
    assert after.settings == answer.after.settings.model_copy(
        update={
            "fit": after.settings.fit,
            "seasons": after.settings.seasons,
            "budgets": after.settings.budgets,
            "service_lines": after.settings.service_lines,
        }
    )


def test_sizes_of_shocks_are_medians_of_factors_in_any_one_year(answer: FitAnswer, after: Scenario) -> None:
    draws, shocks = answer.posterior.volume, after.settings.shocks
    theta = dict(zip(draws.parameters, draws.theta.astype(float).T, strict=True))

    def factor(logs: np.ndarray) -> float:
        return float(np.median(np.sqrt(np.expm1(logs**2))))

    # A year's change is not the year: what was left of the years before comes to it.
    year = factor(theta["delta"] / np.sqrt(1 - theta["phi_d"] ** 2))
    assert shocks.cluster_year.sd_share == pytest.approx(year, rel=1e-3)
    assert shocks.cluster_line.sd_share == pytest.approx(factor(theta["sigma_k"]), rel=1e-3)
    assert shocks.cluster_year.persistence == pytest.approx(np.median(theta["phi_d"]), rel=1e-3)
    assert shocks.cluster.sd_share == 0


def test_what_was_not_fitted_stays_and_so_do_comments(written: Path, after: Scenario) -> None:
    text = written.read_text(encoding="utf-8")
    for kept in (
        'title = "Two clusters" # a title\n',
        "start_year = 2013 # read: agreed\n",
        "\n# Chance. All assumptions.\n[shocks.pct]\n",
        "\n# Budgets, as agreed.\n[budgets.rule]\n",
        "\n# Kinds of care.\n[[service_lines]]\n",
        'name = "admissions" # the only one with history\n',
        "planned_growth_share = 0.01 # read: the plan\n",
        'practices = ["A1", "A2"] # by post\n',
        "\n# The end.\n",
    ):
        assert kept in text
    # All shocks were the scenario's own: of practices too, and of the line.
    assert after.settings.shocks.practice.size.sd_share == 0
    assert after.settings.service_lines[0].pct_shock is None


def test_each_figure_says_where_it_is_from(written: Path, answer: FitAnswer) -> None:
    lines = written.read_text(encoding="utf-8").splitlines()
    ends = answer.estimates.rate_per_1000["admissions"]
    rate = next(line for line in lines if line.startswith("rate_per_1000"))
    assert rate.endswith(
        f"# fitted: history.csv, 36 months; 95% interval {short(ends.low)} to {short(ends.high)}"
    )
    persistence = next(line for line in lines if line.startswith("persistence"))
    learned = answer.estimates.volume["phi"].learned or 0.0
    assert learned < 0.2
    assert "# prior: its correlation from year to year 0.622" in persistence
    assert f"; learned from history: {max(learned, 0.0):.0%}; 95% interval" in persistence
    for line in lines:
        assert "assumption" not in line or "fair_share" in line or "All assumptions" in line


def test_the_draws_are_bound_by_their_digest(written: Path, answer: FitAnswer, after: Scenario) -> None:
    settings = after.settings.fit
    assert settings.carry_uncertainty
    kept = Posterior.load(written.parent / (settings.posterior or ""), settings.sha256 or "")
    assert (kept.volume.level == answer.posterior.volume.level).all()


def test_the_base_year_is_what_was_spent(after: Scenario) -> None:
    # 100 pounds a case: North's 100 a month with 0 to 6 more by practice, as `usual` has it.
    (table,) = after.amounts.values()
    of_year = [(2012, month) for month in range(4, 13)] + [(2013, month) for month in range(1, 4)]
    cases = sum(40 + 60 + 2 * ((3 * month + 5 * year + 10) % 7) for year, month in of_year)
    assert table.of(after.settings.clusters[0], "", "admissions") == 100 * cases


def test_seasons_are_those_of_the_history(answer: FitAnswer, after: Scenario) -> None:
    assert after.settings.service_lines[0].season == "admissions"
    assert np.allclose(after.seasons["admissions"], answer.history.month_law.season[0], rtol=1e-5)


def test_a_fit_of_what_was_fitted_writes_the_same(folder: Path, written: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "again")
    again = fitted(tmp_path / "again", written.read_text(encoding="utf-8"))
    assert again.after.settings.fit.posterior is None
    first = written.read_text(encoding="utf-8")
    second = again.save(tmp_path / "again" / "mine.toml", replace=True)[0].read_text(encoding="utf-8")
    assert second == first


def test_the_same_history_and_seed_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    paths = fitted(tmp_path / "same").save(tmp_path / "same" / "mine.toml")
    for path in paths:
        assert path.read_bytes() == (written.parent / path.name).read_bytes(), path.name


def test_tables_are_found_from_another_folder(folder: Path, answer: FitAnswer) -> None:
    out = folder.parent / "elsewhere" / "mine.toml"
    path, *_ = answer.save(out)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["population"] == {
        "practices_csv": "../one/practices.csv",
        "outside_clusters": "the rest",
    }
    assert load_scenario(path).practices is not None
    deep = folder.parent / ("long" * 12) / ("name" * 12) / "mine.toml"
    answer.save(deep)
    far = folder.parent / "/".join(["deep"] * 30) / "mine.toml"
    with pytest.raises(InputError, match="at most 80 characters"):
        answer.save(far)
    assert not (folder.parent / "deep").exists()


def test_nothing_is_written_where_any_file_stands(answer: FitAnswer, tmp_path: Path) -> None:
    (tmp_path / "new.seasons.csv").write_text("mine")
    with pytest.raises(InputError, match=r"new\.seasons\.csv") as caught:
        answer.save(tmp_path / "new.toml")
    assert len(caught.value.problems) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new.seasons.csv"]
    with pytest.raises(InputError, match=r"ends in \.toml"):
        answer.save(tmp_path / "new.txt")
    assert len(answer.save(tmp_path / "new.toml", replace=True)) == 4


def test_a_base_year_that_is_not_the_historys_stays_simulated(tmp_path: Path) -> None:
    later = fitted(tmp_path / "later", TEXT.replace("start_year = 2013", "start_year = 2014"))
    paths = later.save(tmp_path / "later" / "mine.toml")
    assert len(paths) == 3
    assert "historic" not in paths[0].read_text(encoding="utf-8")
    told = "the contract's base year is 2013/14, and the history's last year starts in April 2012"
    assert any(told in note for note in later.notes())


def test_figures_out_of_bounds_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    many = rows_of(lambda unit, line, month: 100_000 * usual(unit, line, month))
    answer = fitted(tmp_path / "far", history=many)
    with pytest.raises(InputError, match="rate_per_1000"):
        answer.save(tmp_path / "far" / "mine.toml")
    assert not (tmp_path / "far" / "mine.toml").exists()


def test_what_was_learned_of_growth() -> None:
    draws = np.array([0.01, -0.01, 0.01, -0.01])  # variance 1e-4
    assert learned_of(draws, NormalPrior(0.02, 0.02), 0.0) == pytest.approx(0.75)
    assert learned_of(draws, NormalPrior(0.02, 0.02), 4e-4) == pytest.approx(0.875)
    assert learned_of(10 * draws, NormalPrior(0.02, 0.02), 0.0) == 0


def test_overrides_and_bad_settings_are_told_at_once(tmp_path: Path) -> None:
    from simulator.questions.fit.ask import fit

    files = write_files(tmp_path / "bad")
    scenario = load_scenario(tmp_path / "bad" / "clusters.toml", ["contract.years=2"])
    with pytest.raises(InputError) as caught:
        fit(scenario, files, growth={"admision": (2.8, 0.0)}, drift=3.0, seed=-1, rows=10)
    said = str(caught.value)
    for words in ("laid over it", 'did you mean "admissions"', "2.8 and 0", "0.2", "zero or more", "1000"):
        assert words in said


def test_a_cluster_without_history_keeps_the_scenarios_need_and_runs(tmp_path: Path) -> None:
    text = TEXT.replace(
        "# The end.\n", '\n[[clusters]]\nname = "East"\npractices = ["C1"]\nneed = 1.2 # mine\n'
    )
    answer = fitted(tmp_path / "east", text.replace('outside_clusters = "the rest"\n', ""))
    assert any(note.startswith("East: without history.") for note in answer.notes())
    assert any("no whole year's spend of admissions by East" in note for note in answer.notes())
    path, *_ = answer.save(tmp_path / "east" / "mine.toml")
    assert "need = 1.2 # mine\n" in path.read_text(encoding="utf-8")
    result = simulate(load_scenario(path), draws=Draws(contracts=200, workers=1))
    assert (result.outcomes.spend_gbp > 0).all()
