"""What the annex answers beyond the summary: fair shares, the range with doubt, reserves and who pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from docx import Document as WordFile

from simulator import load_scenario, simulate
from simulator.answers.table import Column, printed_together
from simulator.charts.study import Study
from simulator.documents.assumptions import pieces_of, sources
from simulator.documents.blocks import Items, Paragraph, Section
from simulator.documents.choices import choices, lowering
from simulator.documents.depends import worked_example
from simulator.documents.doubt_range import LEAST, MOST, DoubtRange
from simulator.documents.drivers import (
    CALM_PEOPLE,
    ENOUGH_PEOPLE,
    MOST_CONTRACTS,
    MOVED_GAIN,
    MOVED_PCT,
    Drivers,
)
from simulator.documents.example import (
    BAD,
    BOND_LEFT,
    LEFT,
    POOL_HELD,
    POOL_NEEDED,
    SPEND,
    TWELVE_MONTHS,
    Example,
    measure_of,
)
from simulator.documents.fair_shares import BAD_GAP, GAP, GAP_A_HEAD, FairShares
from simulator.documents.protection import (
    MOVED_CARE,
    TRUE_SAVING,
    Protection,
    reserve_at,
)
from simulator.documents.quotes import Quotes
from simulator.documents.word import write_word
from simulator.questions.luck.estimates import SHARE, change_of
from simulator.questions.size.ask import size
from simulator.records import BUDGET, Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from tests.builders import BOND, POOL, SURPLUS, cluster_of, line_of, scenario_of
from tests.e2e.command import FLAGSHIP, ROOT
from tests.unit.documents import document, study_of

EXPECTED = {"rule": "expected_spend", "margin_share": 0.1}
TOOLKIT = {"rule": "toolkit", "fair_share_weight_by_year": [0.5]}


def test_a_budget_is_as_far_from_its_fair_share_as_its_margin() -> None:
    """Where nobody needs more than others, the expected spend is the fair share: a tenth more is 10%."""
    study = study_of(scenario_of(budgets={"rule": EXPECTED}))
    found = dict(FairShares(study).estimates())
    for name in (*study.clusters, ALL_CLUSTERS):
        assert found[name, GAP].value == pytest.approx(0.1)
        assert found[name, BAD_GAP].value == pytest.approx(0.1)
    book = study.books[ALL_CLUSTERS]
    fair_gbp = book.total_gbp(BUDGET).mean() / 1.1
    assert found[ALL_CLUSTERS, GAP_A_HEAD].value == pytest.approx(0.1 * fair_gbp / book.people / book.years)


def test_past_spend_parts_budgets_from_fair_shares_by_luck_alone() -> None:
    """Half of a budget is past spend: on average the fair share, but not in a bad case."""
    study = study_of(scenario_of(budgets={"rule": TOOLKIT}), contracts=4_000)
    found = dict(FairShares(study).estimates())
    for name in study.clusters:
        gap = found[name, GAP]
        assert abs(gap.value) <= 4 * (gap.standard_error or 0.0)
        assert found[name, BAD_GAP].high < -0.002


def test_what_budgets_learn_on_paper_has_no_fair_share() -> None:
    contract = {"start_year": 2010, "years": 2, "shadow_years": 1}
    study = study_of(scenario_of(budgets={"rule": TOOLKIT}, contract=contract), contracts=100)
    assert not dict(FairShares(study).estimates())


def test_the_range_of_doubt_ends_where_one_in_forty_lie_beyond() -> None:
    """With hardly any chance but doubt, and no rules, doubt is all of the PCT's position."""
    line = line_of(growth_share={"mean": 0.02, "sd": 0.03})
    clusters = [cluster_of("North", people=500_000), cluster_of("South", people=500_000)]
    study = study_of(scenario_of(service_lines=[line], clusters=clusters, rules=[]), contracts=20_000)
    found = dict(DoubtRange(study).estimates())
    position = study.samples(ALL_CLUSTERS)["pct_net_position_gbp"]
    for end, level in ((LEAST, 0.025), (MOST, 0.975)):
        one = found[ALL_CLUSTERS, f"{end}pct_net_position_gbp"].value
        low, high = np.quantile(position, [level - 0.003, level + 0.003])
        assert low < one < high
    # Who knows growth at its best hardly overspends, and at its worst does.
    chances = [found[ALL_CLUSTERS, f"{end}overspend_probability"].value for end in (LEAST, MOST)]
    assert chances[0] < 0.05
    assert chances[1] > 0.95


def test_without_doubt_there_is_no_range_of_it() -> None:
    line = line_of(growth_share={"mean": 0.02, "sd": 0.03})
    for changed in ({}, {"service_lines": [line], "doubt": {"carried": False}}):
        assert not dict(DoubtRange(study_of(scenario_of(**changed))).estimates())


@pytest.fixture(scope="module")
def flagship() -> Quotes:
    """The flagship, of few contracts."""
    return Quotes(Study(simulate(load_scenario(FLAGSHIP, ["simulation.contracts=1000"]))))


def test_a_reserve_is_enough_as_often_as_it_says(flagship: Quotes) -> None:
    position = flagship.study.samples(ALL_CLUSTERS)["pct_net_position_gbp"]
    last = flagship.study.samples(ALL_CLUSTERS)["pct_net_position_gbp_year_3"]
    for confidence in (0.90, 0.95, 0.99):
        for span, net in (("", position), ("_year_3", last)):
            reserve = flagship.numbers[ALL_CLUSTERS, f"{reserve_at(confidence)}{span}"].value
            assert np.mean(net >= -reserve - 0.01) == pytest.approx(confidence, abs=0.0011)


def test_a_pct_that_gains_even_then_needs_no_reserve() -> None:
    study = study_of(scenario_of(budgets={"rule": EXPECTED | {"margin_share": -0.5}}, rules=[]))
    richer = study_of(scenario_of(clusters=[cluster_of("Only", true_saving_share=0.5)], rules=[]))
    assert dict(Protection(Drivers(study)).reserves())[ALL_CLUSTERS, reserve_at(0.95)].value > 0
    reserve = dict(Protection(Drivers(richer)).reserves())[ALL_CLUSTERS, reserve_at(0.95)]
    assert reserve == Estimate(0.0, 0.0, 0.0)


def test_what_one_party_gains_by_an_option_others_lose(flagship: Quotes) -> None:
    """Rules, bonds and budgets move money; a true saving makes some: care that costs nobody anything."""
    options = flagship.protection.options
    made = {
        one: sum(changes[key].value for key in (MOVED_PCT, MOVED_GAIN, MOVED_CARE))
        for one, changes in options.items()
    }
    assert made.pop(TRUE_SAVING) > 1e6
    assert len(made) == 9
    assert max(map(abs, made.values())) < 1.0
    # Only larger bonds and savings lower the reserve: the PCT's bad case is one that strikes all.
    assert {*lowering(flagship)} == {
        "bonds of 10% of a year's budget",
        "bonds of 20% of a year's budget",
        TRUE_SAVING,
    }


def test_two_tables_tell_alike_what_a_rule_pays_less_for_luck() -> None:
    """Nobody truly saves: of a rule that changes the share alone, practices lose what luck is paid less."""
    drivers = Drivers(study_of(scenario_of(), contracts=MOST_CONTRACTS + 400))
    options, luck = Protection(drivers).options, drivers.luck
    assert luck is not None
    rules = [one for one in options if one.startswith("a minimum savings rate")]
    assert len(rules) == 2
    for one in rules:
        less, gain = luck.row(one).estimates[change_of(SHARE)], options[one][MOVED_GAIN]
        assert less.value < 0
        assert (gain.value, gain.standard_error) == pytest.approx((less.value, less.standard_error))


def test_aims_say_what_serves_them(flagship: Quotes) -> None:
    aims = [
        text
        for block in choices(flagship).blocks
        for text in getattr(block, "texts", ())
        if isinstance(text, str)
    ]
    assert [one.partition(",")[0] for one in aims] == [
        "If a bad case is to cost the PCT less",
        "If budgets are to keep up with costs",
        "If practices are to gain on average",
        "If luck is to be paid less",
        "If practices are to lose nothing",
    ]


def test_a_sensible_size_is_where_its_measures_are_met() -> None:
    """A cluster of the size that is said spreads a tenth more than any, or by a hundredth of the budget."""
    study = study_of(scenario_of(shocks={"cluster": {"law": "lognormal", "sd_share": 0.02}}), contracts=4_000)
    found = dict(Drivers(study).estimates())
    enough, calm = (found[ALL_CLUSTERS, one] for one in (ENOUGH_PEOPLE, CALM_PEOPLE))
    answer = size(study.scenario, (enough.value, 1e6), 2, draws=study.draws)
    spread = answer.rows[0].whole["outturn_sd_share"].value / answer.any_size_sd_share.value
    assert spread == pytest.approx(1.1, abs=0.03)
    answer = size(study.scenario, (calm.value, 1e6), 2, draws=study.draws)
    assert answer.rows[0].whole["chance_sd_share"].value == pytest.approx(0.01, rel=0.1)


def test_a_worked_example_adds_up(flagship: Quotes) -> None:
    example = Example(flagship.study)
    found = dict(example.estimates())
    for case in example.contracts:
        gbp = {reason: found[example.row(case), f"example_{reason}_gbp"].value for reason in example.flows}
        assert gbp[LEFT] == pytest.approx(gbp[BUDGET] - gbp[SPEND], abs=1.5)
        drawn = gbp["bond_posted"] + gbp["bond_interest"] - gbp["bond_draw"]
        assert gbp[BOND_LEFT] == pytest.approx(drawn, abs=2)
        assert gbp["bond_posted"] == pytest.approx(0.03 * gbp[TWELVE_MONTHS], abs=1)
    assert example.budgets_differ


def test_what_the_pool_paid_in_a_bad_year_can_be_worked_out_by_hand() -> None:
    """What is left of an overspend by the bond, times what the pool held of what all needed."""
    clusters = [cluster_of("Small", people=20_000), cluster_of("Middle", people=25_000)]
    line = line_of(growth_share={"mean": 0.02, "sd": 0.05})
    some = scenario_of(
        service_lines=[line], clusters=[*clusters, cluster_of("Large", 30_000), cluster_of("Vast", 90_000)]
    )
    found = set()
    for seed in ("1", "2", "3"):
        quotes = Quotes(study_of(some, f"simulation.seed={seed}", contracts=1_000))
        row = quotes.example.row(BAD)
        gbp = {name: one.value for (at, name), one in quotes.example.estimates() if at == row}
        left, held, needed = -gbp[measure_of(LEFT)], gbp[POOL_HELD], gbp[POOL_NEEDED]
        own = left - gbp[measure_of("bond_draw")]
        assert gbp[measure_of("pool_payment")] == pytest.approx(own * min(1.0, held / needed), abs=2)
        found.add(needed > own + 2)
        assert f"the pool held £{held:,.0f} before it paid" in _said(worked_example(quotes))
    assert True in found, "Another cluster needs some of it, too."


def _said(section: Section) -> str:
    return " ".join(one.text for one in section.blocks if isinstance(one, Paragraph))


def test_a_bad_year_is_one_in_twenty_and_every_payer_has_a_turn(flagship: Quotes) -> None:
    example = Example(flagship.study)
    found, row = dict(example.estimates()), example.row(BAD)
    gbp = {reason: found[row, f"example_{reason}_gbp"].value for reason in example.flows}
    every = example.book.surplus_gbp[:, 0] - example.book.overspend_gbp[:, 0]
    assert 0.03 < (every < gbp[LEFT]).mean() < 0.07
    parts = [gbp[one] for one in ("bond_draw", "pool_payment", "uncovered_overspend")]
    assert min(parts) > 0
    assert sum(parts) == pytest.approx(-gbp[LEFT], abs=2)
    assert gbp[BOND_LEFT] == 0
    said = " ".join(one.text for one in worked_example(flagship).blocks if isinstance(one, Paragraph))
    assert "The bad year uses the bond up. The cluster carries on; the bond is not made up again." in said
    assert "practices can lose no more, and would still have their share of a surplus." in said


def test_after_a_bond_is_used_up_practices_lose_no_more_and_still_share() -> None:
    rules = [SURPLUS, {**BOND, "share_of_annual_budget": 0.0001}, POOL]
    study = study_of(scenario_of(rules=rules))
    book = study.books[study.clusters[0]]
    used_up = (book.by_year_gbp("bond_draw")[:, 0] > 0) & (
        book.gained_by_year_gbp((Account.BOND,))[:, 0] <= 0.01
    )
    later = used_up & (book.surplus_gbp[:, 1] > 1)
    assert later.any()
    assert (book.by_year_gbp("practice_share")[later, 1] > 0).all()
    assert (book.by_year_gbp("bond_draw")[used_up, 1:] <= 0.01).all()


def test_a_bond_that_is_made_up_again_is_not_the_most_that_is_lost() -> None:
    made_up = scenario_of(rules=[SURPLUS, BOND | {"top_up": True}, POOL])
    for mapping, most in ((scenario_of(rules=[SURPLUS, BOND, POOL]), "no more"), (made_up, "made up")):
        sections = {one.heading: one for one in document(mapping).sections}
        for heading, opening in (
            ("In brief", "All of their bond is lost"),
            ("Questions that practices ask", "Yes: all"),
        ):
            said = " ".join(
                one.text
                for block in sections[heading].blocks
                for one in (block.paragraphs if isinstance(block, Items) else [block])
                if isinstance(one, Paragraph)
            )
            assert most in said.partition(opening)[2].partition("It ")[0][:160]


def test_an_example_without_a_bad_year_has_two() -> None:
    example = Example(
        study_of(scenario_of(budgets={"rule": {"rule": "expected_spend", "margin_share": 1.0}}))
    )
    assert not example.is_used_up
    assert BAD not in example.contracts


def test_a_table_in_millions_has_nothing_in_thousands() -> None:
    def column(*amounts: float, half: float = 10.0) -> Column:
        cells = tuple(Estimate(one, one - half, one + half) for one in amounts)
        return Column("gbp", "Amount", Unit.GBP, cells)

    small, large, few = column(12_000.0), column(2_500_000.0, half=1e5), column(12.0)
    assert [one.heading for one in printed_together([small, large])] == ["Amount £m"] * 2
    assert printed_together([small, large])[0].cells == ("0.01200 ±0.00001",)
    assert [one.heading for one in printed_together([small, few])] == ["Amount £k", "Amount £"]
    # Facts have two decimals, which must show them.
    assert printed_together([column(1_234.0, half=0.0), large])[0].heading == "Amount £k"


@pytest.mark.parametrize(
    ("remark", "words"),
    [
        ("assumption: no size is published", ("no size is published",)),
        ("mean assumption; cv assumption; shape assumption", ()),
        ("mean read: the same; cv assumption; shape assumption", ()),
        ("mean derived: as the rate; cv derived: as the rate", ()),
        ("assumption: as between the lines' shocks", ("as between the lines' shocks",)),
        (
            "mean derived: a study, about GBP 11bn; cv RAND Experiment",
            ("mean: a study, about £11bn", "spread: RAND Experiment"),
        ),
        ("derived: 53% of them (docs/validation.md, section 3)", ("53% of them",)),
        ("read: 30-50% returns; assumption: the middle", ("30-50% returns", "the middle")),
        ("RAND Experiment", ("RAND Experiment",)),
    ],
)
def test_remarks_of_a_file_are_plain_words(remark: str, words: tuple[str, ...]) -> None:
    assert pieces_of(remark) == words


def test_no_raw_words_of_a_file_reach_a_reader(flagship: Quotes) -> None:
    (table,) = (
        block for block in sources(flagship).blocks if hasattr(block, "texts") and hasattr(block, "headings")
    )
    said = " ".join(cell for row in table.texts for cell in row)
    for raw in ("docs/", "cv ", "assumption;", "shape assumption", "GBP"):
        assert raw not in said


def test_what_leads_to_a_list_or_a_table_stands_on_its_page(tmp_path: Path) -> None:
    """In Word by a paragraph's own mark; on paper, and printed from a browser, by the look of the page."""
    write_word(document(scenario_of()), tmp_path / "report.docx")
    word = WordFile(str(tmp_path / "report.docx"))
    (leads,) = (one for one in word.paragraphs if one.text.startswith("Rules apply at the end of each year"))
    assert leads.paragraph_format.keep_with_next
    look = ROOT / "simulator" / "documents"
    assert "p:has(+ :is(ul, ol, .scroll)) { break-after: avoid; }" in (look / "document.css").read_text(
        encoding="utf-8"
    )
    assert "block(sticky: true, drawn(part" in (look / "document.typ").read_text(encoding="utf-8")
