"""Regimes side by side, and the regimes that come with the scenarios."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import Draws, compare, load_scenario, simulate
from simulator.questions.compare.answer import Comparison
from simulator.questions.compare.regimes import AS_GIVEN, LUCK, PARTIES, RegimeComparison
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.regimes import expanded, read_regime, regime_of
from simulator.simulation import shared_draws
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import checked, cluster_of, scenario_of
from tests.e2e.command import FLAGSHIP, ROOT, SMALL, cluster_risk
from tests.unit.problems import problems_of_call

FILES = sorted((ROOT / "scenarios" / "regimes").glob("*.toml"))
FEW = Draws(200, 1, 1)
HALF = regime_of("half.toml", 'title = "Half"\n[rules.surplus]\npractice_share = 0.5')
SAME = regime_of("same.toml", 'title = "Same"\n[contract]\nyears = 2')


def _compared(*regimes: object, **changes: object) -> RegimeComparison:
    found = compare([checked(scenario_of(**changes))], regimes=regimes, draws=FEW)  # type: ignore[arg-type]
    assert isinstance(found, RegimeComparison)
    return found


def test_there_are_thirteen() -> None:
    assert len(FILES) == 13


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_opens_with_its_question_its_sources_and_what_was_not_found(path: Path) -> None:
    regime, text = read_regime(path), path.read_text(encoding="utf-8")
    opening = " ".join(line.lstrip("# ") for line in text.partition("title =")[0].splitlines())
    assert all(words in opening for words in ("Question: ", "Sources. ", "Not found"))
    assert regime.question.lower().rstrip("?") in opening.lower()
    # Every number stands beside its source, but for a share that other shares leave nothing.
    figures = [line for line in text.splitlines() if "= 0." in line or "_gbp =" in line]
    silent = [one for one in figures if "#" not in one and not one.endswith("= 0.0")]
    assert not silent
    assert text.count("remembered") == text.count("assumption: remembered")


@pytest.mark.parametrize("path", [SMALL, FLAGSHIP], ids=["small", "flagship"])
def test_each_runs_over_a_scenario(path: Path) -> None:
    found = compare([load_scenario(path)], regimes=FILES, draws=FEW)
    assert isinstance(found, RegimeComparison)
    for at, name in enumerate(found.names):
        for measure in (*(one for party in PARTIES.values() for one in party), LUCK):
            paired = found.estimate(at, measure, ALL_CLUSTERS)
            assert paired is not None, (name, measure)
            assert paired.difference is not None, (name, measure)
    at = {name: number for number, name in enumerate(found.names)}
    nobody = at["The PCT does nothing"]
    for measure in ("practice_net_gain_gbp", "reinvestment_gbp", LUCK):
        assert found.estimate(nobody, measure, ALL_CLUSTERS).estimate.value == 0  # type: ignore[union-attr]


def test_the_flagship_has_the_rules_of_its_own_regime() -> None:
    regime = next(path for path in FILES if path.stem == "real-budgets-with-a-bond-2010")
    flagship = load_scenario(FLAGSHIP)
    assert flagship.vary(regimes=[regime]).settings == flagship.settings


def test_it_is_what_simulating_each_would_give() -> None:
    found = _compared(HALF)
    scenario = checked(scenario_of())
    gains = []
    for at, one in enumerate((scenario, scenario.vary(regimes=[HALF]))):
        result = simulate(one, FEW)
        position = result.summary().loc[ALL_CLUSTERS]
        for measure in PARTIES["practices"]:
            estimate = found.estimate(at, measure, ALL_CLUSTERS)
            assert estimate is not None
            assert estimate.estimate.value == position[measure]
        flows = result.contract_outcomes
        gains.append(flows.paid_gbp((Account.CLUSTER,), (Account.PRACTICES,)).sum(axis=(1, 2)))
    luck = found.estimate(1, LUCK, ALL_CLUSTERS)
    assert luck is not None
    assert luck.difference is not None
    # Nobody truly saves here: all of the share is luck, and the difference is paired.
    assert luck.estimate.value == pytest.approx(gains[1].mean())
    change = gains[1] - gains[0]
    assert luck.difference.value == pytest.approx(change.mean())
    assert luck.difference.standard_error == pytest.approx(change.std(ddof=1) / np.sqrt(len(change)))


def test_luck_is_paid_without_a_true_saving() -> None:
    saving = [cluster_of("North", true_saving_share=0.05), cluster_of("South", 20_000)]
    found, without = _compared(HALF, clusters=saving), _compared(HALF)
    for at in (0, 1):
        assert found.estimate(at, LUCK, ALL_CLUSTERS) == without.estimate(at, LUCK, ALL_CLUSTERS)
    share, before = (one.estimate(1, "practice_net_gain_gbp", "North") for one in (found, without))
    assert share is not None
    assert before is not None
    assert share.estimate.value > before.estimate.value


def test_the_worst_year_and_the_chance_of_a_loss() -> None:
    scenario = checked(scenario_of())
    result, found = simulate(scenario, FEW), _compared(SAME)
    by_year = [
        sum(
            (flow.payee == party) * flow.gbp.sum(axis=2) - (flow.payer == party) * flow.gbp.sum(axis=2)
            for party in (Account.PRACTICES, Account.BOND)
            for flow in result.contract_outcomes.flows.values()
        )
    ]
    gains = np.asarray(by_year[0])
    worst = found.estimate(0, "practice_net_gain_worst_year_1_in_20_gbp", ALL_CLUSTERS)
    loses = found.estimate(0, "practice_net_gain_below_zero_probability", ALL_CLUSTERS)
    assert worst is not None
    assert loses is not None
    assert worst.estimate.value == pytest.approx(np.sort(gains.min(axis=1))[9])
    assert loses.estimate.value == (gains.sum(axis=1) < -0.005).mean()


def test_what_changes_nothing_is_marked_nowhere() -> None:
    found = _compared(SAME)
    table = found.tables()[0]
    assert not any(mark for column in table.columns for mark in column.marked)
    assert found.sentences()[-1].endswith("as given under Same.")
    assert "partner" not in " ".join(column.heading for column in table.columns)


def test_rules_alone_draw_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = SharedDraws._draw
    monkeypatch.setattr(
        shared_draws.SharedDraws, "_draw", lambda self, *asked: drawn.append(asked) or draw(self, *asked)
    )
    _compared(HALF, SAME, *(path for path in FILES if "fundholding" not in path.stem))
    assert len(drawn) == 1


def test_several_scenarios_and_regimes_are_refused() -> None:
    scenario = checked(scenario_of())
    (problem,) = problems_of_call(lambda: compare([scenario, scenario], regimes=[HALF], draws=FEW))
    assert problem.need == "one, for regimes to be laid over"
    (problem,) = problems_of_call(lambda: compare([scenario], regimes=["no/such-*.toml"], draws=FEW))
    assert "no/such-*.toml" in problem.where
    assert not isinstance(compare([scenario, scenario], draws=FEW), RegimeComparison)
    assert isinstance(compare([scenario, scenario], draws=FEW), Comparison)


def test_names_stand_for_files_and_titles_for_regimes() -> None:
    assert expanded([ROOT / "scenarios/regimes/medicare-*.toml"]) == [
        path for path in FILES if path.stem.startswith("medicare")
    ]
    assert _compared(HALF, HALF).names == (AS_GIVEN, "Half (1)", "Half (2)")


def test_the_command_takes_names_with_stars_and_writes_every_number(tmp_path: Path) -> None:
    for name, share in (("a", 0.2), ("b", 0.3)):
        text = f'title = "Share {share}"\n[rules.surplus]\npractice_share = {share}\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    out = tmp_path / "regimes.csv"
    few = ("--contracts", "100", "--cluster", "Small", "--out", out)
    ran = cluster_risk("compare", SMALL, "--with", tmp_path / "*.toml", *few)
    assert ran.returncode == 0, ran.stderr
    for words in (f"Share 0.3: {tmp_path / 'b.toml'}", "under each regime? Small", "paid for"):
        assert words in ran.stdout
    numbers, told = (path.read_text(encoding="utf-8") for path in (out, tmp_path / "regimes.provenance.csv"))
    assert f"Share 0.2,Small,{LUCK},GBP," in numbers
    assert f"regime Share 0.2,{tmp_path / 'a.toml'}" in told
    (tmp_path / "c.toml").write_text('title = "C"\n[rules.surplus]\npractice_share = 3\n')
    refused = cluster_risk("compare", SMALL, "--with", tmp_path / "*.toml")
    assert refused.returncode == 2
    assert f"{tmp_path / 'c.toml'}, line 3, rules.surplus.practice_share" in refused.stderr
