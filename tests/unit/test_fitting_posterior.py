"""A fit's posterior: what each kind of history leaves in it, how it is kept, and how it is carried on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.fitting.fit import fit_history
from simulator.fitting.future import future
from simulator.fitting.months import MonthLaw, month_law
from simulator.fitting.observed import Observed
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import NormalPrior, Priors
from simulator.fitting.rare import draw_costs, draw_levels
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray
from tests.references.histories import Truth, draw_history

ROWS = 400


def _history(years: int = 3, clusters: int = 4) -> tuple[Observed, MonthLaw]:
    history = draw_history(Truth(), years, RandomStreams(8).generator("history"), clusters)
    return history.observed, month_law(history.months)


def _end(posterior: Posterior) -> tuple[FloatArray, FloatArray]:
    streams = RandomStreams(2)
    rows = np.arange(posterior.rows)
    return future(posterior, rows, 2, lambda *names: streams.generator(*names).standard_normal(rows.size))


def _only(observed: Observed, keep: list[int]) -> Observed:
    """Return a history of some clusters."""
    arrays = ("counts", "spend_gbp", "weighted_people", "year_share")
    return replace(
        observed,
        clusters=tuple(observed.clusters[at] for at in keep),
        **{name: getattr(observed, name)[keep] for name in arrays},
    )


@pytest.fixture(scope="module")
def fitted() -> Posterior:
    return fit_history(*_history(), rows=ROWS, seed=3)


def test_the_same_bytes_for_the_same_seed_and_others_for_another(fitted: Posterior, tmp_path: Path) -> None:
    again, other = (fit_history(*_history(), rows=ROWS, seed=seed) for seed in (3, 4))
    digests = [one.save(tmp_path / f"{at}.npz") for at, one in enumerate((fitted, again, other))]
    assert digests[0] == digests[1] != digests[2]
    assert (tmp_path / "0.npz").read_bytes() == (tmp_path / "1.npz").read_bytes()


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    priors = Priors(growth_by_line={"ae": NormalPrior(0.04, 0.01)}, drift_sd=0.0)
    posterior = fit_history(*_history(), priors, rows=ROWS, seed=3)
    digest = posterior.save(tmp_path / "kept.npz")
    back = Posterior.load(tmp_path / "kept.npz", digest)
    assert back.priors == priors
    assert back.save(tmp_path / "again.npz") == digest
    assert (back.volume.level == posterior.volume.level).all()
    assert back.years == posterior.years
    assert back.volume.free == posterior.volume.free


def test_another_file_is_refused(fitted: Posterior, tmp_path: Path) -> None:
    path = tmp_path / "kept.npz"
    digest = fitted.save(path)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match=digest):
        Posterior.load(path, digest)
    with pytest.raises(InputError, match="a file that `fit` wrote"):
        Posterior.load(tmp_path / "none.npz", digest)


def test_missing_cells_leave_a_doubt_and_no_hole(fitted: Posterior) -> None:
    observed, law = _history()
    holed = replace(observed, counts=observed.counts.copy(), spend_gbp=observed.spend_gbp.copy())
    holed.counts[1, 2], holed.spend_gbp[1, 2] = np.nan, np.nan
    part = fit_history(holed, law, rows=ROWS, seed=3)
    whole = _end(fitted)[0][:, 0]
    less = _end(part)[0][:, 0]
    assert np.isfinite(less).all()
    # A cluster's line that was never seen is as the other clusters' and its own other lines.
    assert abs(less[:, 1, 2].mean() - whole[:, 1, 2].mean()) < 4 * less[:, 1, 2].std()
    assert less[:, 1, 2].std() > 1.2 * whole[:, 1, 2].std()
    assert less[:, 0, 0].std() < 1.2 * whole[:, 0, 0].std()


def test_a_rare_line_has_a_rate_alone() -> None:
    observed, law = _history()
    observed = replace(observed, counts=observed.counts.copy(), spend_gbp=observed.spend_gbp.copy())
    observed.counts[:, 5] = [[1, 0, 2], [0, 1, 1], [2, 1, 0], [0, 0, 2]]
    observed.spend_gbp[:, 5] = 42_000 * observed.counts[:, 5]
    posterior = fit_history(observed, law, rows=4000, seed=1)
    assert posterior.rare == ("rare",)
    assert not posterior.volume.cluster_level[..., 5].any()
    assert posterior.volume.line_scales[5] == 0
    volume, price = _end(posterior)
    assert np.ptp(volume[:, 2, :, 5], axis=1).max() == 0  # the same for every cluster
    people = observed.weighted_people[:, 5, 0].sum()
    assert np.exp(volume[:, 0, 0, 5]).mean() == pytest.approx(10.5 / 3 / people, rel=0.06)
    assert volume[:, 0, 0, 5].std() == pytest.approx(1 / np.sqrt(10.5), rel=0.1)
    assert np.exp(price[:, 0, 0, 5]).mean() == pytest.approx(42_000, rel=0.05)


def test_a_rare_rate_and_cost_by_hand() -> None:
    generator = RandomStreams(1).generator("rare")
    counts, people = np.array([[2.0, np.nan], [1.0, 3.0]]), np.full((2, 2), 1000.0)
    level, growth = draw_levels(counts, people, NormalPrior(0.0, 0.0), 50_000, generator)
    assert not growth.any()
    assert np.exp(level).mean() == pytest.approx(6.5 / 3000, rel=0.01)
    cost, _ = draw_costs(counts, 100 * counts, 1.0, NormalPrior(0.0, 0.0), 50_000, generator)
    assert np.exp(cost).mean() == pytest.approx(100, rel=0.01)
    assert cost.std() == pytest.approx(np.sqrt(1 / 6), rel=0.02)


def test_spend_without_counts_is_one_model_in_pounds() -> None:
    observed, law = _history()
    counts, v = observed.counts.copy(), law.v.copy()
    counts[:, 4], v[4] = np.nan, 60.0
    posterior = fit_history(replace(observed, counts=counts), replace(law, v=v), rows=ROWS, seed=1)
    assert posterior.spend_only == ("prescribing",)
    assert posterior.unpriced == ()
    volume, price = _end(posterior)
    assert not price[..., 4].any()
    seen = np.log(observed.spend_gbp[:, 4, -1] / observed.weighted_people[:, 4, -1])
    assert np.abs(volume[:, 0, :, 4].mean(0) - seen).max() < 0.03


def test_counts_without_spend_have_no_price() -> None:
    observed, law = _history()
    spend = observed.spend_gbp.copy()
    spend[:, 1] = np.nan
    posterior = fit_history(replace(observed, spend_gbp=spend), law, rows=ROWS, seed=1)
    assert posterior.unpriced == ("planned",)
    _, price = _end(posterior)
    assert np.isnan(price[..., 1]).all()
    assert np.isfinite(np.delete(price, 1, axis=-1)).all()
    nothing = fit_history(replace(observed, spend_gbp=np.full(spend.shape, np.nan)), law, rows=ROWS, seed=1)
    assert nothing.unpriced == observed.lines
    assert np.isnan(_end(nothing)[1]).all()


def test_one_cluster_says_what_is_the_priors_alone() -> None:
    observed, law = _history()
    posterior = fit_history(_only(observed, [2]), law, rows=ROWS, seed=1)
    assert posterior.prior_only == ("sigma_c", "delta", "sigma_k", "epsilon")
    learned = dict(zip(posterior.volume.free, posterior.volume.learned, strict=True))
    assert learned["sigma_c"] < 0.2
    volume, _ = _end(posterior)
    seen = np.log(observed.counts[2, :, -1] / observed.weighted_people[2, :, -1])
    assert np.abs(volume[:, 0, 0].mean(0) - seen)[:5].max() < 0.03


@pytest.mark.parametrize("years", [1, 2])
def test_growth_of_a_short_history_is_the_priors(years: int) -> None:
    observed, law = _history(years)
    posterior = fit_history(observed, law, Priors(drift_sd=0.0), rows=4000, seed=1)
    growth = posterior.volume.growth
    if years == 1:
        assert growth.mean(0) == pytest.approx(0.025, abs=0.003)
        assert growth.std(0) == pytest.approx(0.03, rel=0.08)
    else:
        assert (growth.std(0) > 0.012).all()
    assert np.isfinite(_end(posterior)[0]).all()


def test_growth_that_the_user_knows_is_used() -> None:
    observed, law = _history()
    priors = Priors(growth_by_line={"emergency": NormalPrior(0.10, 0.0001)}, drift_sd=0.0)
    posterior = fit_history(observed, law, priors, rows=ROWS, seed=1)
    assert posterior.volume.growth[:, 0].mean() == pytest.approx(0.10, abs=0.001)


def test_a_line_with_nothing_is_an_error() -> None:
    observed, law = _history()
    counts, spend = observed.counts.copy(), observed.spend_gbp.copy()
    counts[:, [0, 3]], spend[:, [0, 3]] = np.nan, np.nan
    with pytest.raises(InputError, match="2 problems") as told:
        fit_history(replace(observed, counts=counts, spend_gbp=spend), law, rows=ROWS)
    assert "history, line ae" in str(told.value)


def test_pounds_whose_spread_nothing_tells_are_an_error() -> None:
    observed, law = _history()
    counts, v = observed.counts.copy(), law.v.copy()
    counts[:, 4], v[4] = np.nan, np.nan
    with pytest.raises(InputError, match="spend by practice"):
        fit_history(replace(observed, counts=counts), replace(law, v=v), rows=ROWS)


def test_months_and_costs_without_any_spread_are_fitted() -> None:
    observed, law = _history()
    nothing = np.zeros(6)
    posterior = fit_history(observed, replace(law, v=nothing, cv=nothing), rows=ROWS, seed=1)
    volume, price = _end(posterior)
    seen = np.log(observed.counts[:, :, -1] / observed.weighted_people[:, :, -1])
    assert np.abs(volume[:, 0].mean(0) - seen).max() < 0.02
    assert np.isfinite(price).all()


def test_all_known_is_one_row_and_its_future_is_the_middle(fitted: Posterior) -> None:
    one = fitted.at_estimate()
    assert one.rows == 1
    volume, price = future(one, np.zeros(3, dtype=int), 2, lambda *_: np.zeros(3))
    assert np.ptp(volume, axis=0).max() == 0
    # Without new shocks the last year's fade and growth goes on.
    level, shock = one.volume.level[0].astype(float), one.volume.shock[0].astype(float)
    values = one.volume.values(np.zeros(1, dtype=int))
    common = one.volume.cluster_state[0][:, None] * values["phi_d"] ** 2
    own = one.volume.cluster_line_state[0] * values["phi_d"] ** 2
    expected = level + 2 * one.volume.growth[0] + shock * values["phi"] ** 2
    assert volume[0, 2] == pytest.approx(expected + one.volume.cluster_level[0] + common + own, abs=1e-5)
    assert price[0, 0].shape == (4, 6)


def test_the_future_gets_wider_and_its_streams_are_named(fitted: Posterior) -> None:
    asked = []

    def normals(*names: str) -> FloatArray:
        asked.append(names)
        return RandomStreams(5).generator(*names).standard_normal(fitted.rows)

    volume, _ = future(fitted, np.arange(fitted.rows), 3, normals)
    assert len(set(asked)) == len(asked)
    spread = volume.std(0).mean((1, 2))
    assert (np.diff(spread) > 0).all()
    assert volume.shape == (ROWS, 4, 4, 6)
