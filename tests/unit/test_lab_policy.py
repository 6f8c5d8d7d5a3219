"""The lab without its page: policies as links and files, what can be changed, and the figures."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qs

import pytest

import simulator
from simulator.errors import InputError
from simulator.lab.controls import Kind, controls_of, rules_to_add
from simulator.lab.engine import MEASURES, Engine
from simulator.lab.policy import Policy, as_regime, as_word
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.scenario.regimes import read_regime, regime_of
from tests.builders import checked, cluster_of, scenario_of
from tests.e2e.command import ROOT

REGIMES = {path.stem: read_regime(path) for path in (ROOT / "scenarios" / "regimes").glob("medicare-*.toml")}
NAMED = scenario_of(
    budgets={"rule": {"rule": "per_head", "gbp_per_head": 130, "uplift_share": 0.02}},
    clusters=[cluster_of("North"), cluster_of("St. Neots", 20_000, true_saving_share=0.01)],
)
POLICIES = [
    Policy().having("rules.surplus.practice_share", "0.2"),
    Policy()
    .having("rules.corridor.width_share", "0.05")
    .having("rules.corridor.cluster_share_beyond", "0.5"),
    Policy(regimes=("medicare-enhanced",)).having('clusters."St. Neots".bond_gbp', "1000"),
    Policy().having("clusters.*.takes_share", "false").having("budgets.top_slice_share", "0.02"),
    Policy().having(
        "budgets.rule", '{ rule = "toolkit", fair_share_weight_by_year = [0.5], uplift_share = 0.02 }'
    ),
]
DRAWS = simulator.Draws(200, 3)


@pytest.fixture(scope="module")
def scenario():
    return checked(NAMED)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_the_same_as_a_link_as_options_and_as_a_file(policy, scenario):
    meant = policy.over(scenario, REGIMES)
    held = parse_qs(policy.query("b."))
    assert Policy.of(held.get("b.set", []), held.get("b.with", [])) == policy
    words = shlex.split(policy.options(REGIMES))
    given = dict(zip(("--with", "--set"), ([], []), strict=True))
    for option, value in zip(words[::2], words[1::2], strict=True):
        given[option].append(value)
    assert scenario.vary(*given["--set"], regimes=given["--with"]).settings == meant.settings
    written = regime_of("mine.toml", as_regime(meant, "Mine"))
    assert scenario.vary(regimes=[written]).settings == meant.settings


def test_what_is_wrong_with_a_policy_is_told_at_once(scenario):
    with pytest.raises(InputError, match=r'"nothing"(.|\n)*did you mean "medicare-basic-e"'):
        Policy(regimes=("nothing", "medicare-basic")).over(scenario, REGIMES)
    with pytest.raises(InputError, match="2 problems"):
        Policy.of(["no value", f"title={'x' * 2_000}"])
    with pytest.raises(InputError, match="at most 200"):
        Policy.of([f"a.b{at}=1" for at in range(201)])
    with pytest.raises(InputError, match="something that differs"):
        as_regime(scenario, "Nothing")
    parts = {"admissions": 0.5, "prescribing": 0.5}
    by_line = checked(scenario_of(clusters=[cluster_of("North", proportion_by_line=parts)]))
    fewer = by_line.vary("clusters.North.proportion_by_line={ admissions = 0.5 }")
    with pytest.raises(InputError, match="takes no key away"):
        as_regime(fewer, "Less")


def test_setting_a_key_again_replaces_it_and_none_takes_it_away():
    one = Policy().having("a.b", "1").having("a.c", "2").having("a.b", "3")
    assert one.overrides == ("a.c=2", "a.b=3")
    assert one.having("a.b", None).having("a.c", None) == Policy()


def test_controls_are_made_from_the_format(scenario):
    found = {one.key: one for one in controls_of(scenario)}
    share = found["rules.surplus.practice_share"]
    assert (share.label, share.kind, share.value) == ("Practice share", Kind.SHARE, 0.1)
    assert (share.low, share.high, share.reach, share.step) == (0, 1, 0.5, 0.005)
    assert "Share of a surplus that practices keep" in share.meaning
    assert found["rules.surplus.practice_share_from"].choices == ("top", "reinvestment", "pct_return")
    assert found["rules.surplus.minimum_savings_rate.share_of_budget"].value is None
    assert found["rules.bond.top_up"].kind is Kind.SWITCH
    assert found['clusters."St. Neots".bond_gbp'].kind is Kind.GBP
    assert found['clusters."St. Neots".true_saving_share'].value == 0.01
    assert "budgets.top_slice_share" in found
    # Whatever a control offers, the scenario takes as it is.
    same = [f"{key}={one.value:g}" for key, one in found.items() if one.kind is Kind.SHARE and one.value]
    assert scenario.vary(*same).settings == scenario.settings


def test_every_rule_that_is_not_there_can_be_added(scenario):
    added = rules_to_add(scenario)
    there = [rule.rule for rule in scenario.settings.rules]
    for name, settings in added.items():
        assert name not in there
        assert name in [rule.rule for rule in scenario.vary(*settings).settings.rules]


def test_figures_are_the_commands_to_the_last_digit(scenario):
    engine = Engine.of(scenario, DRAWS, REGIMES)
    # The second look is settled on what the first has drawn, the last is drawn anew in part.
    saving = Policy().having("clusters.North.true_saving_share", "0.05")
    for policy in (*POLICIES[:3], saving):
        look = engine.look(policy)
        summary = simulator.simulate(policy.over(scenario, REGIMES), DRAWS).summary()
        for (row, measure), paired in look.estimates.items():
            assert paired.estimate.value == summary.at[row, measure], (row, measure)
        assert {measure for _, measure in look.estimates} == set(MEASURES) & set(
            summary.dropna(axis=1, how="all")
        )


def test_differences_are_paired_and_marked_beyond_chance(scenario):
    engine = Engine.of(scenario, DRAWS, REGIMES)
    more = engine.look(Policy().having("rules.surplus.practice_share", "0.2"))
    key = {"rules.surplus.practice_share": [0.2]}
    asked = simulator.sweep(scenario, key, draws=DRAWS).estimate(0, "practice_share_gbp")
    share = more.paired(ALL_CLUSTERS, "practice_share_gbp")
    assert share.difference.value == asked.difference.value
    assert beyond_chance(share.difference)
    # The draws are the same, and so are all chances of an overspend.
    assert more.paired("North", "overspend_probability").difference.value == 0
    assert engine.look(more.policy) is more


@pytest.mark.parametrize(
    ("word", "posix", "windows"),
    [
        (
            "rules.surplus.practice_share=0.2",
            "rules.surplus.practice_share=0.2",
            "rules.surplus.practice_share=0.2",
        ),
        ("clusters.*.takes_share=false", "'clusters.*.takes_share=false'", '"clusters.*.takes_share=false"'),
        (
            'clusters."A & B".bond_gbp=5',
            "'clusters.\"A & B\".bond_gbp=5'",
            r'"clusters.\"A & B\".bond_gbp=5"',
        ),
        ("my file.toml", "'my file.toml'", '"my file.toml"'),
    ],
)
def test_a_word_is_quoted_as_its_system_reads_it(word, posix, windows):
    assert (as_word(word, "posix"), as_word(word, "nt")) == (posix, windows)
