"""Pages of clusters: each leads with what sets it apart, and bonds of other sizes are explained."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import load_scenario, simulate
from simulator.charts.study import Study
from simulator.documents.apart import differences
from simulator.documents.asked import practice_questions
from simulator.documents.blocks import Items, Number, Paragraph, TableBlock
from simulator.documents.brief import LOSS_OF_BOND, loses_all
from simulator.documents.cluster_facts import (
    AVERAGE_CLUSTER,
    BREAK_EVEN,
    LARGEST,
    LINE,
    LINE_OF_ALL,
    SIZES,
    USED_UP,
    of_size,
)
from simulator.documents.pages import cluster_page
from simulator.documents.quotes import Quotes
from simulator.documents.reference import glossary
from simulator.documents.scheme import scheme
from simulator.documents.what_ifs import COVERED, GAIN, OF_A_CLUSTER, SAVING_NEEDED
from simulator.records import UNSHARED
from simulator.risk.account_book import ALL_CLUSTERS
from tests.builders import BOND, POOL, SURPLUS, cluster_of, scenario_of
from tests.e2e.command import FLAGSHIP
from tests.unit.documents import study_of

LIMIT = {"rule": "per_case_limit", "limit_gbp": 40_000}
INTEREST = {**BOND, "interest_share_per_year": 0.05}
ALONE = "if more of them are better off, interest alone is why"


@pytest.fixture(scope="module")
def quotes():
    return Quotes(Study(simulate(load_scenario(FLAGSHIP, ["simulation.contracts=400"]))))


def read(section):
    blocks = section.blocks
    lines = [one.text for one in blocks if isinstance(one, Paragraph)]
    return " ".join([*lines, *(text for one in blocks if isinstance(one, Items) for text in one.texts)])


def test_no_two_clusters_are_told_alike(quotes):
    told = {name: [one.text for one in differences(quotes, name)] for name in quotes.clusters}
    assert all(1 <= len(one) <= 3 for one in told.values())
    kinds = {name: tuple(" ".join(one.split()[:3]) for one in said) for name, said in told.items()}
    assert len({one[0] for one in kinds.values()}) >= 3
    assert max(list(kinds.values()).count(one) for one in kinds.values()) <= 2
    assert "much like every other" not in str(told)


def test_the_largest_practice_and_the_kind_of_care_are_as_the_lists_say(quotes):
    plan = quotes.study.result.plan
    sizes = [one.people for one in quotes.facts.parts("Wisbech")]
    assert sizes[0] == 18_471
    assert quotes.numbers["Wisbech", LARGEST].value == pytest.approx(18_471 / 46_898)
    lines = [one.name for one in quotes.study.scenario.settings.service_lines]
    at, cluster = lines.index("prescribing"), quotes.clusters.index("Wisbech")
    care = plan.expected_care_gbp
    assert quotes.facts.line_apart == "prescribing"
    assert quotes.numbers["Wisbech", LINE].value == pytest.approx(
        care[:, cluster, at].sum() / care[:, cluster].sum()
    )
    assert quotes.numbers[ALL_CLUSTERS, LINE_OF_ALL].value == pytest.approx(care[..., at].sum() / care.sum())


def test_an_average_cluster_with_another_bond_is_the_mean_of_all(quotes):
    for share in SIZES:
        rows = [quotes.numbers[of_size(name, share), GAIN].value for name in quotes.clusters]
        row = of_size(AVERAGE_CLUSTER, share)
        assert quotes.numbers[row, GAIN].value == pytest.approx(np.mean(rows))
        rows = [quotes.numbers[of_size(name, share), COVERED].value for name in quotes.clusters]
        assert quotes.numbers[row, COVERED].value == pytest.approx(np.mean(rows))
    posted = quotes.numbers[ALL_CLUSTERS, f"{OF_A_CLUSTER}{COVERED}"].value
    assert quotes.numbers[AVERAGE_CLUSTER, COVERED].value == pytest.approx(posted)


def test_the_saving_that_repays_bonds_is_of_the_care_that_no_block_contract_holds(quotes):
    lines = quotes.study.scenario.settings.service_lines
    by_case = [at for at, one in enumerate(lines) if one.payment != "block"]
    # The base year stands first; 33 months follow.
    care = quotes.study.result.plan.expected_care_gbp[1:, :, by_case].sum(axis=(0, 2)) / 2.75
    saving = quotes.numbers[ALL_CLUSTERS, SAVING_NEEDED].value
    found = [quotes.numbers[name, BREAK_EVEN].value for name in quotes.clusters]
    assert found == pytest.approx([*(saving * care)])
    assert quotes.numbers[AVERAGE_CLUSTER, BREAK_EVEN].value == pytest.approx(saving * care.mean())


def test_a_page_tells_a_bad_case_of_its_own_bond_and_no_loss_beyond_it(quotes):
    """A bond is a share of a budget that differs by contract: a loss in pounds may exceed the mean bond."""
    for cluster in quotes.study.scenario.settings.clusters:
        page = cluster_page(quotes, cluster)
        numbers = [part for one in page.blocks if isinstance(one, Paragraph) for part in one.parts]
        cells = [
            part for one in page.blocks if isinstance(one, TableBlock) for row in one.rows for part in row
        ]
        quoted = {one.quoted.measure for one in (*numbers, *cells) if isinstance(one, Number)}
        assert "practice_net_gain_1_in_20_gbp" not in quoted
        assert USED_UP in quoted
        # Where a bad case is all of the bond, how likely that is has been said.
        assert (LOSS_OF_BOND in quoted) != loses_all(quotes, cluster.name)
        chances = [quotes.numbers[cluster.name, one].value for one in (COVERED, USED_UP)]
        assert sum(chances) == pytest.approx(1)
        assert quotes.numbers[cluster.name, LOSS_OF_BOND].value <= 1


def test_practices_that_are_liable_beyond_their_bond_read_a_bad_case_in_pounds():
    made = Quotes(study_of(scenario_of(rules=[SURPLUS, {**BOND, "financing_share_per_year": 0.05}, POOL])))
    page = read(cluster_page(made, made.study.scenario.settings.clusters[0]))
    assert "In one contract out of twenty they lose more than" in page
    assert "posted in that same contract" not in page


def test_without_interest_no_contract_is_better_for_practices_with_a_larger_bond():
    """Why more of them are better off with a larger bond: more is drawn from it, never less."""

    def gain(share, interest):
        mapping = scenario_of(
            rules=[
                SURPLUS,
                {**BOND, "share_of_annual_budget": share, "interest_share_per_year": interest},
                POOL,
            ]
        )
        study = study_of(mapping)
        return study.samples(study.clusters[0])[GAIN]

    assert (gain(0.2, 0.0) <= gain(0.01, 0.0) + 0.01).all()
    assert (gain(0.2, 0.05) > gain(0.01, 0.05) + 1).any()


def test_pages_explain_a_larger_bond_only_where_interest_does_it():
    pages = {}
    for bond in (BOND, INTEREST):
        made = Quotes(study_of(scenario_of(rules=[SURPLUS, bond, POOL])))
        (cluster, *_) = made.study.scenario.settings.clusters
        pages[bond is INTEREST] = read(cluster_page(made, cluster))
    assert ALONE in pages[True]
    assert ALONE not in pages[False]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([SURPLUS, BOND, POOL], "There is no limit per case: the whole cost of a case counts against the "
         "cluster's budget; beyond the bond the pool and the PCT pay."),
        ([SURPLUS, BOND], "beyond the bond the PCT pays."),
        ([{**SURPLUS, "needs_bond": False}], "; the PCT pays what is overspent."),
        ([LIMIT, SURPLUS, BOND], "A cluster answers for at most £40,000 of any one case at the prices of the "
         "rate's year; the PCT pays what a case costs beyond that."),
    ],
)  # fmt: skip
def test_practices_read_whether_a_case_has_a_limit(rules, said):
    assert said in read(practice_questions(Quotes(study_of(scenario_of(rules=rules)))))


def test_chances_of_neighbours_are_told_in_per_cent_alone(quotes):
    """22% and 23% are not one in five and one in four; a head figure keeps its words."""
    measure = "practice_better_off_probability"
    assert "\N{NO-BREAK SPACE}in\N{NO-BREAK SPACE}" not in quotes.number("Granta", measure).text
    assert (
        "\N{NO-BREAK SPACE}in\N{NO-BREAK SPACE}"
        in quotes.number(ALL_CLUSTERS, f"{OF_A_CLUSTER}{measure}").text
    )
    one = Quotes(study_of(scenario_of(clusters=[cluster_of("Only")])))
    assert "\N{NO-BREAK SPACE}in\N{NO-BREAK SPACE}" in one.number("Only", measure).text


@pytest.mark.parametrize(
    ("rules", "said", "left"),
    [
        ([SURPLUS, BOND], "What practices do not keep is split between the PCT and patient care", False),
        (
            [{**SURPLUS, "practice_share_from": "pct_return"}, BOND],
            "What practices do not keep stays with the PCT",
            False,
        ),
        ([BOND], "A cluster", True),
    ],
)
def test_rules_say_who_has_a_surplus_only_where_some_is_left(rules, said, left):
    """A split leaves nothing of a surplus: of a cluster without a bond, the others have it all."""
    study = study_of(scenario_of(rules=rules))
    told = read(scheme(Quotes(study)))
    assert said in told
    assert ("What is then left of a surplus goes to the PCT" in told) == left
    assert study.books[ALL_CLUSTERS].total_gbp(UNSHARED).any() == left


def test_a_budget_of_its_own_rule_is_no_part_of_what_is_said_of_the_others(quotes):
    told = read(scheme(quotes))
    assert "Budgets, except for prescribing, are past spend" in told
    assert "All pounds are cash of the year" in told


def test_bases_of_figures_are_in_the_glossary_and_a_bad_case_comes_first(quotes):
    (table,) = glossary(quotes).blocks[1:]
    words = [row[0].replace("\N{NO-BREAK SPACE}", " ") for row in table.texts]
    assert words[0] == "1 in 20"
    assert {"Read", "Derived", "Assumption", "Doubt", "Shock", "Better off", "Block"} <= {*words}
    assert words[1:-1] == sorted(words[1:-1], key=str.lower)


def test_the_glossary_has_words_of_options_only_where_they_are_tried(quotes):
    def words(made):
        return {row[0] for block in glossary(made).blocks[1:] for row in block.texts}

    of_options = {"Corridor", "Limit per case", "Minimum savings rate", "Settlement over the whole contract"}
    assert of_options <= words(quotes)
    assert not of_options & words(Quotes(study_of(scenario_of(rules=[]))))
