"""What clusters would have as one, and what a true saving of one of them would bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator import load_scenario, simulate
from simulator.charts.study import Study
from simulator.documents.apart import beside
from simulator.documents.contents import document_of
from simulator.documents.joining import APART, AS_ONE, DRAWN, Joining
from simulator.documents.kept_shares import after_saving
from simulator.documents.own_savings import GAIN_THEN, OwnSavings, of_saving
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import BETTER_OFF, COVERED, GAIN, OVERSPEND, WhatIfs
from simulator.records import BUDGET
from simulator.risk.estimate import Estimate
from tests.builders import BOND, POOL, SURPLUS, cluster_of, scenario_of
from tests.e2e.command import ROOT
from tests.unit.documents import study_of

TOO_SMALL = {**BOND, "share_of_annual_budget": 0.01}


def test_clusters_as_one_set_off_what_one_has_left_against_what_another_lacks():
    """A year's netted outturn worked out anew: a tenth of a surplus is kept, an overspend is drawn."""
    study = study_of(scenario_of(rules=[SURPLUS, TOO_SMALL, POOL]))
    books = [study.books[name] for name in study.clusters]
    left = sum(one.by_year_gbp(BUDGET) - one.spend_by_year_gbp for one in books)
    bond = 0.01 * sum(one.annual_budget_gbp for one in books)
    kept, in_bond = np.zeros_like(bond), bond.copy()
    for year in left.T:
        kept += 0.1 * np.maximum(year, 0)
        in_bond -= np.minimum(np.maximum(-year, 0), in_bond)
    found = dict(Joining(study).estimates())
    row = f"All clusters, {AS_ONE}"
    assert found[row, DRAWN].value == pytest.approx((bond - in_bond).mean())
    assert found[row, GAIN].value == pytest.approx((kept + in_bond - bond).mean())
    overspent = np.maximum(-left, 0).sum(axis=1)
    assert found[row, COVERED].value == pytest.approx((overspent - bond < 0.005).mean())
    apart = f"All clusters, {APART}"
    assert found[apart, GAIN].value == pytest.approx(study.estimate("All clusters together", GAIN).value)
    covers = [study.estimate(name, COVERED).value for name in study.clusters]
    assert found[apart, COVERED].value == pytest.approx(np.mean(covers))


@pytest.mark.parametrize(
    "changes",
    [
        {"clusters": [cluster_of("Only")]},
        {"clusters": [cluster_of("North"), cluster_of("South", takes_share=False)]},
        {"clusters": [cluster_of("North"), cluster_of("South", bond_gbp=1_000)]},
        {"rules": [{**SURPLUS, "needs_bond": False}, POOL]},
    ],
)
def test_clusters_on_other_terms_do_not_join(changes):
    assert not dict(Joining(study_of(scenario_of(**changes))).estimates())


def test_a_saving_is_what_the_same_cluster_has_that_saves_alone():
    """Bonds and shares are each cluster's own; a pool pays after them."""
    study = study_of(scenario_of(clusters=[cluster_of("North"), cluster_of("South", 20_000)]))
    savings = OwnSavings(WhatIfs(study))
    assert not savings.others_matter
    alone = study_of(
        scenario_of(clusters=[cluster_of("North"), cluster_of("South", 20_000, true_saving_share=0.05)])
    )
    found, row = savings.estimates(), of_saving("South", 0.05)
    for measure in (OVERSPEND, GAIN, BETTER_OFF):
        assert found[row, measure].value == pytest.approx(alone.estimate("South", measure).value)
    nothing = of_saving("South", 0.0)
    for measure in (OVERSPEND, GAIN, BETTER_OFF):
        assert found[nothing, measure].value == pytest.approx(study.estimate("South", measure).value)
    gain = study.samples("South")[GAIN]
    assert found["South", GAIN_THEN].value == pytest.approx(gain[gain > 0.005].mean())


def test_what_others_save_is_seen_where_it_matters():
    """Of a half that saves, each must gain what it gains where all do, or none does."""
    study = study_of(scenario_of())
    savings = OwnSavings(WhatIfs(study))
    none, every = map(savings.what_ifs.at_saving, (0.0, 0.05))
    assert not savings._is_mixed(none, every)
    assert savings._is_mixed(none, none.__class__(replace(none.result, scenario=every.scenario)))


def test_tables_of_savings_tell_one_story_where_clusters_act_as_well():
    """What actions do stays, on a cluster's page as in the table of all, and as `bond` has it."""
    scenario = load_scenario(ROOT / "scenarios" / "actions-example.toml", ["simulation.contracts=200"])
    quotes = Quotes(Study(simulate(scenario)))
    own = sum(quotes.numbers[of_saving(name, 0.0), GAIN].value for name in quotes.own_savings.names)
    assert own == pytest.approx(quotes.numbers[after_saving(0.0), GAIN].value)
    assert own == pytest.approx(quotes.study.estimate("All clusters together", GAIN).value)
    titles = [one.table.title for one in document_of(quotes.study).tables]
    assert sum("besides what actions do" in one for one in titles) == 1 + len(quotes.own_savings.names)


def test_pages_say_all_of_it_where_rules_are_off():
    """No surplus is divided, or no bond posted: a page has neither what is saved nor what joins."""
    for rules in ([BOND, POOL], [{**SURPLUS, "needs_bond": False}], []):
        quotes = Quotes(study_of(scenario_of(rules=rules)))
        assert document_of(quotes.study).sections
        has_split = SURPLUS["rule"] in [one.get("rule") for one in rules]
        assert bool(quotes.own_savings.names) == has_split


@pytest.mark.parametrize(
    ("own", "said"), [((1.0, 0.8, 1.2), ""), ((1.5, 1.3, 1.7), "more than"), ((0.5, 0.3, 0.7), "less than")]
)
def test_a_cluster_is_beside_all_only_beyond_both_errors(own, said):
    assert beside(Estimate(*own), Estimate(1.0, 0.75, 1.25)) == said
