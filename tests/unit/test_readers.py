"""A reader's test of the flagship's annex: where questions find their answers, and with which figures.

The questions of a GP partner, a finance director and an editor, as docs/readers-test.md lists them.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from matplotlib.text import Text

from simulator import load_scenario, simulate
from simulator.charts.drivers import LEVELS as LEVELS_OF_CARE
from simulator.charts.drivers import usual_moves
from simulator.charts.register import draw
from simulator.charts.study import Study
from simulator.charts.words import per_cent
from simulator.documents.blocks import (
    Document,
    Items,
    Number,
    Paragraph,
    Part,
    Picture,
    Quoted,
    Section,
    TableBlock,
)
from simulator.documents.brief import INTEREST
from simulator.documents.budget_levels import LEVELS, SET_CHANCE, SET_OUTTURN, at_level
from simulator.documents.cluster_facts import (
    A_DEARER_POINT,
    ANY_DRAWN,
    AVERAGE_CLUSTER,
    AVERAGE_PRACTICE,
    BREAK_EVEN,
    DEARER,
    LARGEST,
    LINE,
    LINE_OF_ALL,
    POSTED_A_HEAD,
    SHORTFALL,
    USED_UP,
    of_size,
)
from simulator.documents.contents import document_of
from simulator.documents.depends import _chance_by_size
from simulator.documents.doubt_range import LEAST, MOST
from simulator.documents.drivers import (
    CALM_PEOPLE,
    ENOUGH_PEOPLE,
    LAST_YEAR,
    MOVED_CHANCE,
    MOVED_GAIN,
    MOVED_OUTTURN,
    MOVED_PCT,
    MOVED_RESERVE,
    SIZE_CHANCE,
    luck_measure,
)
from simulator.documents.example import (
    BOND_LEFT,
    BOND_OF_FIRST_YEAR,
    LEFT,
    POOL_HELD,
    TWELVE_MONTHS,
    measure_of,
)
from simulator.documents.fair_shares import BAD_GAP, GAP, GAP_A_HEAD
from simulator.documents.joining import APART, AS_ONE, DRAWN, NEEDED
from simulator.documents.kept_shares import MIDDLE_YEAR, NO_SHARE, NO_SHARE_OF_YEAR, after_saving
from simulator.documents.left_out import BAD_OVERSPEND, without
from simulator.documents.own_savings import (
    GAIN_THEN,
    GOOD_GAIN,
    GOOD_SHARE,
    MIDDLE_GAIN,
    MIDDLE_SHARE,
    SAVINGS,
    SHARE,
    of_saving,
)
from simulator.documents.protection import (
    EQUAL_GROWTH_RULE,
    MOVED_CARE,
    PCT_BEARS,
    reserve_at,
)
from simulator.documents.quotes import PLAN_LESS_BUDGETS, Quotes
from simulator.documents.returns import BAD_SHORT, ENOUGH, SHORT, of_return
from simulator.documents.shared_shocks import (
    EVERYTHING,
    OF_ALL,
    OF_CLUSTER,
    ONE_SD,
    SHOCK_OF_YEAR,
    TOGETHER,
)
from simulator.documents.what_ifs import (
    BETTER_OFF,
    BOND_OF_CONTRACT,
    BOND_OF_YEAR,
    BONDS_NEEDED,
    BONDS_NEEDED_OF_BUDGET,
    COST_GROWTH,
    COVERED,
    EQUAL_GAP,
    EQUAL_GROWTH,
    EVEN_SAVING,
    GAIN,
    OF_A_CLUSTER,
    OVERSPEND,
    SAVING_NEEDED,
)
from simulator.plain_words import capitalised
from simulator.questions.explain.pieces import Source
from simulator.questions.luck.estimates import SAVERS, SAVERS_OF_A_YEAR, change_of
from simulator.questions.luck.estimates import SHARE as LUCK_SHARE
from simulator.records import BUDGET
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from tests.builders import cluster_of, scenario_of
from tests.e2e.command import FLAGSHIP, ROOT
from tests.unit.documents import document, filled_of_pages

FIRST, BOND, ASKED = "In brief", "How big a bond?", "Questions that practices ask"
CHOICES, DEPENDS = "What could be done, and who would pay?", "What do the results depend on?"
LARGER, LIMIT = "bonds of 20% of a year's budget", "a limit of £50,000 per case"
EXAMPLE = "Cambridge South, a year with an overspend"
BAD_EXAMPLE = "Cambridge South, a year that is bad, 1 in 20"
WORST_YEAR = "pct_net_position_1_in_20_gbp_year_3"
PCT_LEFT = "What is left with the PCT?"
SD_HIGHER = " +\N{NO-BREAK SPACE}one SD of what is not known"
GAINS = "What do practices gain or lose?"
GOES_TOGETHER = "correlation of what is not known +\N{NO-BREAK SPACE}25\N{NO-BREAK SPACE}points"
TENTH = "+\N{NO-BREAK SPACE}10%"
UPLIFT = "uplift of budgets a year +\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}point"
QUESTIONS: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "Can I lose my own money, and how much?": (
        *(ASKED, "all of your part of the bond, and no more"),
        ((AVERAGE_PRACTICE, "bond_posted_gbp"), (AVERAGE_PRACTICE, GAIN)),
    ),
    "How much of its own contract's bond is lost in a bad case?": (
        *("What do practices gain or lose?", "In at least one contract in twenty, practices lose every bond"),
        (),
    ),
    "How often does the pool run dry, and whose is what is left?": (
        *(PCT_LEFT, "What is left in the pool is the PCT's own, and counts in its net position"),
        tuple((ALL_CLUSTERS, f"pool_runs_dry_probability{one}") for one in ("", "_year_1", "_year_3")),
    ),
    "Is the reserve before or after bonds and pool pay?": (
        *(PCT_LEFT, "That is after bonds and pool have paid"),
        ((ALL_CLUSTERS, reserve_at(0.95)),),
    ),
    "How much of a bad year do all clusters have in common?": (
        *(PCT_LEFT, "No pool of clusters spreads that"),
        (
            *((TOGETHER, one) for one in (OF_CLUSTER, OF_ALL)),
            *(("growth of prices a year" + SD_HIGHER, MOVED_OUTTURN), (ALL_CLUSTERS, SHOCK_OF_YEAR)),
        ),
    ),
    "Who bears that budgets are short?": (
        *(PCT_LEFT, "what is drawn from their bonds, less what they keep of surpluses and"),
        ((ALL_CLUSTERS, SHORTFALL), (ALL_CLUSTERS, GAIN), (ALL_CLUSTERS, PCT_BEARS)),
    ),
    "Is a fair share enough?": (
        *("The scheme", "A fair share may be too small all the same"),
        ((ALL_CLUSTERS, SHORTFALL),),
    ),
    "How likely is it that all of the bond is lost?": (
        *(ASKED, "; any of it is drawn with a chance of"),
        tuple((ALL_CLUSTERS, f"{OF_A_CLUSTER}{one}") for one in (COVERED, USED_UP)),
    ),
    "Must my cluster take the share?": (
        *(ASKED, "need not take the share: then it posts no bond, and its practices lose nothing"),
        (),
    ),
    "Over how long is that?": (*(ASKED, "may over the 33 months expect to"), ((AVERAGE_PRACTICE, GAIN),)),
    "Is my cluster too small?": (
        *(DEPENDS, "(too close to tell: Cambridge South, Wisbech, March and Chatteris and Granta)"),
        ((ALL_CLUSTERS, CALM_PEOPLE),),
    ),
    "How likely is any overspend for a practice of 2,000 people, and how much in pounds?": (
        *(DEPENDS, "A smaller cluster is no likelier to overspend"),
        tuple(
            ("a cluster of 2,000", one)
            for one in (
                *(SIZE_CHANCE, LAST_YEAR, "overspend_gbp", "overspend_1_in_20_gbp"),
                *("overspend_a_head_gbp", "overspend_1_in_20_a_head_gbp"),
            )
        ),
    ),
    "Given a surplus, how likely is it that somebody truly saved?": (
        *(CHOICES, "A surplus says little: of clusters with a surplus over the whole contract"),
        tuple(
            (row, one)
            for row in ("Granta", "Hunts Health", ALL_CLUSTERS)
            for one in (SAVERS, SAVERS_OF_A_YEAR)
        ),
    ),
    "Is the 10% worth it for my practice?": (
        *(FIRST, "The practice share (10% of a surplus) is not worth it as things stand"),
        ((ALL_CLUSTERS, GAIN), (ALL_CLUSTERS, f"{OF_A_CLUSTER}{BETTER_OFF}")),
    ),
    "How big a bond must we post, and what does it cost?": (
        *(BOND, "is drawn on average and so lost"),
        ((ALL_CLUSTERS, "bond_posted_gbp"), (ALL_CLUSTERS, BONDS_NEEDED)),
    ),
    "What would have to be true for it to be worth it?": (
        *(FIRST, "break even on average, before what the saving costs, if their cluster truly saved"),
        ((ALL_CLUSTERS, SAVING_NEEDED),),
    ),
    "What may the PCT lose in one year out of twenty, and who bears an overspend?": (
        *(FIRST, "in one year out of twenty it loses more than"),
        ((ALL_CLUSTERS, WORST_YEAR), (ALL_CLUSTERS, "pct_payment_gbp"), (ALL_CLUSTERS, "pool_payment_gbp")),
    ),
    "Why are overspends so likely?": (
        *(FIRST, "at equal growth the chance would be"),
        ((ALL_CLUSTERS, COST_GROWTH), (ALL_CLUSTERS, f"{EQUAL_GROWTH}{OF_A_CLUSTER}{OVERSPEND}")),
    ),
    "What is different about Wisbech?": (
        *("Wisbech", "Its largest practice has"),
        (("Wisbech", LARGEST), ("Wisbech", DEARER)),
    ),
    "Which assumption matters most?": (
        FIRST,
        "Moved up alone, the uplift of budgets a year, an assumption, matters most",
        ((UPLIFT, MOVED_CHANCE),),
    ),
    "What would other rules do, and for whom?": (
        *(CHOICES, "If practices are to gain on average, none of these rules, bonds or budgets is enough"),
        tuple(("a settlement over the whole contract", one) for one in (MOVED_GAIN, MOVED_PCT, MOVED_CARE)),
    ),
    "Which figures may I quote, from whom, with what doubt?": (
        *("Where the numbers come from", "Quote any figure with its ±"),
        (),
    ),
    "Which publications do the figures rest on, and who made this?": (
        *(
            "Where the numbers come from",
            "NHS Information Centre, Hospital Episode Statistics (HES), England",
        ),
        (),
    ),
    "What does each figure of the table of kinds of care rest on?": (
        *(
            "The scheme",
            "derived for emergency admissions, planned admissions and outpatient attendances (HES 2010-11)",
        ),
        (),
    ),
    "Do prices grow?": (
        *(
            "The scheme",
            "Costs are expected to grow with demand alone: prices are expected to stay as they are",
        ),
        (),
    ),
    "In which order do clusters stand?": (
        *("The scheme", "Every table and figure has the clusters in one order, the largest first"),
        (),
    ),
    "What does Figure 1 mark?": (
        *("How likely is an overspend?", "a contract left of the mark may have used one up too"),
        ((ALL_CLUSTERS, BOND_OF_YEAR), (ALL_CLUSTERS, BOND_OF_CONTRACT)),
    ),
    "Is my budget fair?": (
        *("The scheme", "That is an assumption: no cluster's real past spend is known here"),
        (("Granta", GAP_A_HEAD), ("Granta", GAP), ("Granta", BAD_GAP)),
    ),
    "How far is my cluster from its fair share?": (
        *("Granta", "By chance in past spend, one budget in twenty is more than"),
        (("Granta", BAD_GAP),),
    ),
    "What reserve should the PCT hold?": (
        *("What is left with the PCT?", "To be 95% sure of meeting its losses, the PCT must hold"),
        (
            *((ALL_CLUSTERS, reserve_at(one)) for one in (0.90, 0.95, 0.99)),
            (ALL_CLUSTERS, f"{reserve_at(0.95)}_year_3"),
        ),
    ),
    "What does protection from a bad year cost, and who pays?": (
        *(CHOICES, "would lower its reserve most"),
        tuple((LARGER, one) for one in (MOVED_RESERVE, MOVED_PCT, MOVED_GAIN, MOVED_CARE)),
    ),
    "How small may a cluster be?": (
        *(DEPENDS, "A cluster is large enough, by two measures"),
        ((ALL_CLUSTERS, ENOUGH_PEOPLE), (ALL_CLUSTERS, CALM_PEOPLE)),
    ),
    "How sure is it all, doubt included?": (
        *(DEPENDS, "that is the 95% range of sampling and doubt together"),
        tuple(
            (ALL_CLUSTERS, f"{end}{one}")
            for end in (LEAST, MOST)
            for one in (OVERSPEND, GAIN, "pct_net_position_gbp")
        ),
    ),
    "What should the PCT do, and what a cluster?": (
        *(CHOICES, "If practices are to lose nothing, let them not take the practice share"),
        ((EQUAL_GROWTH_RULE, MOVED_PCT), (ALL_CLUSTERS, SAVING_NEEDED)),
    ),
    "What if one patient costs very much?": (ASKED, "A case of £50,000 is", ((LIMIT, MOVED_GAIN),)),
    "Is there a limit per case today, and who pays above it?": (
        *(ASKED, "There is no limit per case: the whole cost of a case counts against the cluster's budget"),
        (),
    ),
    "Would a larger bond help my cluster, in numbers?": (
        *(ASKED, "With 10% of a year's budget, an average cluster's bond would pay all that reaches it"),
        tuple(
            (row, one) for row in (AVERAGE_CLUSTER, of_size(AVERAGE_CLUSTER, 0.1)) for one in (COVERED, GAIN)
        ),
    ),
    "Why are practices more often better off with a larger bond?": (
        *("Wisbech", "if more of them are better off, interest alone is why"),
        (),
    ),
    "Are the figures of my practice a forecast?": (
        *("Wisbech", "A practice's figures are its part of the cluster's, by list size: no forecast for it"),
        (),
    ),
    "How large is an overspend of my cluster, on average and in a bad case, by year?": (
        *("Granta", "Any year; amounts added up"),
        tuple(
            ("Granta", f"{one}{period}")
            for one in ("expected_overspend_gbp", "overspend_1_in_20_gbp", "overspend_1_in_20_share")
            for period in ("", "_year_1", "_year_2", "_year_3")
        ),
    ),
    "What saving, in pounds, repays the bond of my cluster?": (
        *("Granta", "All clusters' practices break even on average, before its cost, at a true saving of"),
        (("Granta", BREAK_EVEN), (ALL_CLUSTERS, SAVING_NEEDED)),
    ),
    "What comes after a bad year?": (
        *("A worked example", "The bad year uses the bond up."),
        tuple((BAD_EXAMPLE, f"example_{one}_gbp") for one in ("bond_draw", "pool_payment", BOND_LEFT)),
    ),
    "When is a saving unpaid?": (
        *(CHOICES, "its saving goes unpaid"),
        (("the scenario as it is", luck_measure("unpaid_probability")),),
    ),
    "How is one year settled, pound by pound?": (
        *("A worked example", "The budgets differ, for each rests on past spend"),
        tuple((EXAMPLE, f"example_{one}_gbp") for one in (LEFT, "bond_draw", BOND_LEFT)),
    ),
    "What does a middle year bring, and how often do we get nothing?": (
        *(GAINS, "In the middle year a cluster's practices keep nothing: a year brings no share with"),
        (
            *(
                ("Granta", one)
                for one in ("practice_share_gbp_per_year", MIDDLE_YEAR, NO_SHARE_OF_YEAR, NO_SHARE)
            ),
            *((ALL_CLUSTERS, f"{OF_A_CLUSTER}{one}") for one in (NO_SHARE_OF_YEAR, NO_SHARE)),
        ),
    ),
    "Are we better off if we truly save 2 or 5%?": (
        *(GAINS, "a cluster's practices are more likely than not to be better off"),
        (
            *((after_saving(one), f"{OF_A_CLUSTER}{BETTER_OFF}") for one in (0.0, 0.02, 0.05)),
            (ALL_CLUSTERS, EVEN_SAVING),
        ),
    ),
    "What does a cluster need that saves alone?": (
        *(GAINS, "A cluster that saves alone needs just as much"),
        (),
    ),
    "Is the pool enough at a return of 30, 40 or 50%?": (
        *(PCT_LEFT, "No return is enough: if all that may return of surpluses did"),
        tuple(
            (of_return(one), measure)
            for one in (0.3, 0.4, 0.5, 1.0)
            for measure in (ENOUGH, SHORT, BAD_SHORT)
        ),
    ),
    "Why does the PCT plan more than it budgets?": (
        *(PCT_LEFT, "It plans more than it budgets because its plan grows as costs are expected to"),
        ((ALL_CLUSTERS, EQUAL_GAP), (ALL_CLUSTERS, COST_GROWTH)),
    ),
    "Why has one sum two errors?": (
        *(PCT_LEFT, "That is the same sum. Its error is smaller"),
        ((ALL_CLUSTERS, PLAN_LESS_BUDGETS), (ALL_CLUSTERS, "budget_less_spend_gbp")),
    ),
    "Which checks do not fit, and by how much?": (
        *("How the numbers are made", "The program was put to 105 checks, and 10 of them do not fit"),
        (),
    ),
    "Does it matter how far what is not known goes together?": (
        *(DEPENDS, "How far what is not known of two kinds of care goes together is an assumption"),
        tuple((GOES_TOGETHER, one) for one in (MOVED_CHANCE, MOVED_RESERVE)),
    ),
    "What does the PCT pay in a bad case, and for which cluster?": (
        *(PCT_LEFT, "In one contract in twenty the PCT pays more than"),
        tuple((row, BAD_SHORT) for row in ("Granta", ALL_CLUSTERS)),
    ),
    "How likely is it that any of the bond is drawn?": (
        *(BOND, "Any of it is drawn with a chance of"),
        ((ALL_CLUSTERS, f"{OF_A_CLUSTER}{ANY_DRAWN}"),),
    ),
    "Why does a limit per case cut reinvestment?": (
        *(CHOICES, "it takes costly cases out of budgets and spend alike"),
        ((LIMIT, MOVED_CARE),),
    ),
    "How do nine months weigh in the example's bond?": (
        *("A worked example", "The bond is 3% of a budget of twelve months, though this year has nine"),
        ((EXAMPLE.replace("an overspend", "a surplus"), BOND_OF_FIRST_YEAR),),
    ),
    "What would a true saving of 2 or 5% do for my cluster?": (
        *("Granta", "of the care paid by the case"),
        tuple(
            (of_saving("Granta", saving), one)
            for saving in SAVINGS
            for one in (OVERSPEND, SHARE, MIDDLE_SHARE, GAIN, MIDDLE_GAIN, GOOD_GAIN, BETTER_OFF)
        ),
    ),
    "Does it matter to us what other clusters save?": (*("Granta", "whatever others save"), ()),
    "What do those gain who come out better off?": (
        *("Granta", "in a good case (1 in 20) they keep"),
        tuple(("Granta", one) for one in (GAIN_THEN, GOOD_SHARE)),
    ),
    "Is it a bad case that all of the bond is lost?": (
        *(ASKED, "A cluster's bond is all lost more often than not"),
        ((ALL_CLUSTERS, f"{OF_A_CLUSTER}{USED_UP}"),),
    ),
    "How much is the bond for each patient?": (
        *(BOND, "All, added up"),
        (("Granta", POSTED_A_HEAD), (ALL_CLUSTERS, POSTED_A_HEAD)),
    ),
    "What does it cost to borrow the bond, or to tie the money up?": (
        *(
            BOND,
            "What it costs to raise the bond, whether it is borrowed or missed elsewhere, is not counted",
        ),
        ((ALL_CLUSTERS, A_DEARER_POINT),),
    ),
    "Would we be better off joined with another cluster?": (
        *(BOND, "Joining changes little for practices."),
        tuple(
            (f"{clusters}, {how}", one)
            for clusters in ("Granta + March and Chatteris", "All clusters")
            for how in (APART, AS_ONE)
            for one in (NEEDED, COVERED, DRAWN, GAIN, BETTER_OFF)
        ),
    ),
    "Why does one bond for all pay everything less often than a cluster's own?": (
        *(BOND, "less often than a cluster's own, for it pays whichever clusters overspend"),
        ((ALL_CLUSTERS, "shared_bond_covers_probability"),),
    ),
    "Why is the bond needed at 95% less than the overspends of a bad case?": (
        *("Granta", ", less than overspends in a bad case ("),
        (("Granta", "bond_needed_gbp"), ("Granta", "overspend_1_in_20_gbp")),
    ),
    "Are chance and pounds of a row about the same thing?": (
        *("Granta", "surpluses set off, it overspends with a chance of"),
        (("Granta", OVERSPEND), ("Granta", "overspend_any_year_probability")),
    ),
    "What does it mean for us that prescribing is less of our care?": (
        *("Cambridge North", "it has less to fear from dearer prescribing"),
        (("Cambridge North", LINE), (ALL_CLUSTERS, LINE_OF_ALL)),
    ),
    "Is a bond used up where Figure 1 ends below its mark?": (
        *("How likely is an overspend?", "a contract left of the mark may have used one up too"),
        ((ALL_CLUSTERS, f"{OF_A_CLUSTER}{USED_UP}"),),
    ),
    "What if a cluster's own budget is set too low, or too high?": (
        *(DEPENDS, "Spend does not follow the budget: that is an assumption"),
        tuple((at_level(level), one) for level in LEVELS for one in (SET_CHANCE, SET_OUTTURN)),
    ),
    "What do the assumed numbers of cases and their costs do to the results?": (
        *(DEPENDS, "How many cases there are and what they cost matter"),
        tuple((f"{one} {TENTH}", what) for one in LEVELS_OF_CARE for what in (MOVED_CHANCE, MOVED_GAIN)),
    ),
    "Of which sum is the example's bond 3%?": (
        *("A worked example", "The same budget for twelve months"),
        ((EXAMPLE, measure_of(TWELVE_MONTHS)), (EXAMPLE, "example_bond_posted_gbp")),
    ),
    "What did the pool hold before it paid?": (
        *("A worked example", "before it paid, and"),
        ((BAD_EXAMPLE, POOL_HELD), (BAD_EXAMPLE, "example_pool_payment_gbp")),
    ),
    "How many contracts is the ranked table from?": (DEPENDS, "all rows share their draws", ()),
    "What is chance alone?": ("Glossary", "What evens out as a cluster grows", ()),
    "Why are assumptions among the checks that do not fit?": (
        *("How the numbers are made", "three are of assumptions that were tried and are not used here"),
        (),
    ),
    "Are settings and checks the same numbers?": (
        *("Assumptions and sources", "Of the scenario's 105 settings"),
        (),
    ),
    "What does it help to leave a kind of care out of our budget?": (
        *(CHOICES, "The risk moves, it does not go: the PCT pays for care that is left out"),
        tuple(
            (without("Cambridge South", line), one)
            for line in ("", "prescribing", "rare_costly_referrals")
            for one in (OVERSPEND, BAD_OVERSPEND, "bond_needed_gbp", SHARE, GAIN)
        ),
    ),
    "How likely is it, on the first page, that all of a bond is lost?": (
        *(FIRST, "All of their bond is lost with a chance of"),
        ((ALL_CLUSTERS, f"{OF_A_CLUSTER}{USED_UP}"),),
    ),
    "Is what it costs to raise the bond in the net gain?": (
        *("Glossary", "What it costs to raise the bond is not counted"),
        (),
    ),
    "Is the break-even saving my cluster's own?": (
        *("Granta", "All clusters' practices break even on average"),
        ((ALL_CLUSTERS, SAVING_NEEDED),),
    ),
    "Which rule pays less for luck at no price?": (
        *(CHOICES, "At no such price, a corridor of 2% (with 50% of what lies beyond) pays"),
        (("a corridor of 2%, with 50% of what lies beyond", luck_measure(change_of(LUCK_SHARE))),),
    ),
    "Would the PCT still gain if budgets grew as costs do?": (
        *(CHOICES, "less (a loss against its plan, and no longer a gain)"),
        ((EQUAL_GROWTH_RULE, MOVED_PCT),),
    ),
    "Why is what the PCT pays in a bad case not what it then loses, and what it plans more?": (
        *(PCT_LEFT, "not always in the same contracts: budgets differ by contract too"),
        ((ALL_CLUSTERS, BAD_SHORT),),
    ),
    "On which side is an overspend?": (
        *(
            "How likely is an overspend?",
            "draws overspends to the right; in tables, budget less spend is below zero then",
        ),
        (),
    ),
    "What is the largest possible cluster?": (
        *(DEPENDS, "one cluster of endless people, where chance alone is gone, and shocks and doubt are not"),
        ((ALL_CLUSTERS, ENOUGH_PEOPLE),),
    ),
    "Which settings does the ranked table leave out?": (
        *("Assumptions and sources", "with the number of cases and their cost; six others are left out"),
        (),
    ),
    "Does a cluster leave?": ("Strengths and limits", "Leaving before the end: here no cluster does", ()),
    "What if clusters choose to take part, spend freely, game the rules or leave?": (
        *("Strengths and limits", "those that expect a surplus would join"),
        (),
    ),
}
"""The section that answers, words of the answer, and the figures in it by row and measure."""


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(simulate(load_scenario(FLAGSHIP, ["simulation.contracts=400"])))


@pytest.fixture(scope="module")
def annex(study: Study) -> Document:
    """The annex of few contracts: its sentences and where its figures stand."""
    return document_of(study)


def test_pages_of_it_are_well_filled(annex: Document, tmp_path: Path) -> None:
    *pages, last = filled_of_pages(annex, tmp_path, with_last=True)
    assert 10 < len(pages) < 16
    assert min(pages) >= 0.75
    assert last >= 0.5


def said_in(section: Section) -> tuple[str, set[tuple[str, str]]]:
    """Return what is read in a section, and which figures it quotes."""
    parts: list[Part] = []
    for block in section.blocks:
        match block:
            case Paragraph():
                parts += block.parts
            case Items():
                parts += [part for one in block.paragraphs for part in one.parts]
            case TableBlock():
                parts += [part for row in block.rows for part in row]
    words = "".join(part.text if isinstance(part, Number) else str(part) for part in parts)
    return words, {(one.quoted.row, one.quoted.measure) for one in parts if isinstance(one, Number)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_annex_answers(question: str, annex: Document) -> None:
    heading, words, figures = QUESTIONS[question]
    (section,) = (one for one in annex.sections if one.heading == heading)
    said, quoted = said_in(section)
    assert words in said
    assert set(figures) <= quoted
    told = (ROOT / "docs" / "readers-test.md").read_text(encoding="utf-8")
    assert question in told
    assert heading in told


def test_the_first_page_answers_the_scenarios_question(annex: Document) -> None:
    """Overspends, bonds, whether the share is worth it, and what is left with the PCT."""
    assert annex.opens_with == 1
    _, quoted = said_in(annex.sections[0])
    assert {
        (ALL_CLUSTERS, one)
        for one in (
            *(f"{OF_A_CLUSTER}{OVERSPEND}", BONDS_NEEDED, BONDS_NEEDED_OF_BUDGET),
            *("practice_share_gbp", GAIN, SAVING_NEEDED, WORST_YEAR, "pct_net_position_gbp"),
        )
    } <= quoted


def test_what_budgets_are_short_is_borne_to_the_pound(study: Study) -> None:
    """Practices' loss and the PCT's, less what goes to care, by flows of every contract."""
    numbers, book = Quotes(study).numbers, study.books[ALL_CLUSTERS]
    short = numbers[ALL_CLUSTERS, "budget_less_spend_gbp"].value
    bears = numbers[ALL_CLUSTERS, PCT_BEARS].value
    gain, care = (numbers[ALL_CLUSTERS, one].value for one in (GAIN, "reinvestment_gbp"))
    assert gain + care - bears == pytest.approx(short)
    paid, back = (
        sum(book.total_gbp(one).mean() for one in some)
        for some in (("uncovered_overspend", "bond_interest", "pool_payment"), ("pct_return",))
    )
    assert bears == pytest.approx(paid - back)


def test_what_clusters_have_in_common_is_what_explain_and_the_chart_say(study: Study) -> None:
    """Doubt about figures and PCT-wide shocks, the larger first; and with a cluster's own, the whole."""
    quotes, explanation = Quotes(study), study.explanation
    assert [*quotes.in_common.sources] == [Source.DOUBT, Source.PCT_SHOCKS]
    shares, variance = 0.0, explanation.sd_gbp().value ** 2
    for source in quotes.in_common.sources:
        share = explanation.share(source)
        assert share is not None
        shares += share.value
    assert quotes.numbers[TOGETHER, OF_ALL].value == pytest.approx(shares)
    assert quotes.numbers[TOGETHER, OF_CLUSTER].value < shares
    for measure in (OF_CLUSTER, OF_ALL):
        assert sum(quotes.numbers[row, measure].value for row in quotes.in_common.rows) == pytest.approx(1)
        assert quotes.numbers[EVERYTHING, measure].value == pytest.approx(1)
    for row in (*quotes.in_common.rows, TOGETHER):
        squared = quotes.numbers[row, ONE_SD].value ** 2
        assert squared == pytest.approx(quotes.numbers[row, OF_ALL].value * variance)
    assert quotes.numbers[EVERYTHING, ONE_SD].value == pytest.approx(explanation.sd_gbp().value)


def test_prices_that_grow_more_cost_what_all_of_care_costs_more(study: Study) -> None:
    """By the plans of the scenario so moved and as it is: PCT, practices and care bear it between them."""
    (move,) = (one for one in usual_moves(study.scenario) if one.words.startswith("growth of prices"))
    other = Study(study.shared.simulate(study.scenario.vary(*move.high)))
    numbers, row = Quotes(study).numbers, "growth of prices a year" + SD_HIGHER
    measures = ("budget_gbp", "budget_less_spend_gbp", "reinvestment_gbp", GAIN, "pct_planned_gbp")
    budget, outturn, care, gain, plan = (
        other.estimate(ALL_CLUSTERS, one).value - study.estimate(ALL_CLUSTERS, one).value for one in measures
    )
    assert numbers[row, MOVED_OUTTURN].value == pytest.approx(outturn)
    # Past spend is what it was, but for prices and counts that multiply shocks and doubts.
    assert outturn == pytest.approx(-plan, rel=0.02)
    assert abs(budget) < 0.02 * plan
    # What a budget is larger by comes from the PCT, and is no part of an outturn.
    pct = outturn - gain - care - budget
    assert numbers[row, MOVED_PCT].value == pytest.approx(pct)
    assert pct < 0.5 * outturn


def test_what_the_pct_gains_is_what_it_keeps_back_less_what_it_pays_back(study: Study) -> None:
    numbers = Quotes(study).numbers
    kept, back, net = (
        numbers[ALL_CLUSTERS, one].value for one in (PLAN_LESS_BUDGETS, PCT_BEARS, "pct_net_position_gbp")
    )
    assert net == pytest.approx(kept - back)


def test_what_practices_lose_is_what_bonds_lose_less_share_and_interest(study: Study) -> None:
    """So that whoever reads the sentence can add it up."""
    numbers = Quotes(study).numbers
    gain, share, draw, pct_pays = (
        numbers[ALL_CLUSTERS, one].value
        for one in (GAIN, "practice_share_gbp", "expected_bond_draw_gbp", INTEREST)
    )
    assert gain == pytest.approx(share - pct_pays - draw)


@pytest.mark.parametrize(
    ("small", "large", "words"),
    [
        (0.62, 0.69, "somewhat less likely to overspend, for budgets are short of spend and chance makes up"),
        (0.68, 0.69, "no likelier to overspend, for budgets are short of spend at every size"),
        (0.40, 0.48, "somewhat less likely to overspend"),
        (0.76, 0.69, "overspends more often"),
    ],
)
def test_what_size_does_to_the_chance_is_said_as_far_as_errors_tell(
    small: float, large: float, words: str
) -> None:
    numbers = {
        (row, SIZE_CHANCE): Estimate(one, one - 0.02, one + 0.02)
        for row, one in (("small", small), ("large", large))
    }
    said = _chance_by_size(cast("Quotes", SimpleNamespace(numbers=numbers)), "small", "large")
    assert words in said
    assert ("chance makes up" in said) == (large > small + 0.04 and large > 0.52)


def test_clusters_are_alike_for_fair_budgets_where_their_chances_are(annex: Document, study: Study) -> None:
    chances = [study.estimate(name, OVERSPEND).value for name in study.clusters]
    (section,) = (one for one in annex.sections if one.heading == "The scheme")
    said, quoted = said_in(section)
    alike = max(chances) - min(chances) <= 0.05
    assert ("so alike" in said) == alike
    assert sum(measure == OVERSPEND for _, measure in quoted) == 2 * alike


def test_a_sum_of_bonds_has_no_chance_in_its_row(annex: Document) -> None:
    """That every bond is enough in one contract is no sum: it stands in a sentence, and no cell is blank."""
    (section,) = (one for one in annex.sections if one.heading == BOND)
    block, _ = (one for one in section.blocks if isinstance(one, TableBlock))
    assert COVERED not in [column.name for column in block.table.columns]
    assert all(cell is not None for column in block.table.columns for cell in column.cells)
    _, quoted = said_in(section)
    assert (ALL_CLUSTERS, "bond_covers_probability") in quoted


def test_figures_have_clusters_in_the_order_of_tables(annex: Document, study: Study) -> None:
    (section,) = (one for one in annex.sections if one.heading == "The scheme")
    assert "Every table and figure has the clusters in one order, the largest first." in said_in(section)[0]
    pictures = [block.chart for one in annex.sections for block in one.blocks if isinstance(block, Picture)]
    shown = {one.name: one.alt for one in pictures if one.name in {"overspend", "outturn", "bond-cover"}}
    for words in shown.values():
        places = [words.index(f"{name}") for name in study.clusters]
        assert places == sorted(places)
    assert {*shown} == {"outturn", "bond-cover"}
    alone = list(draw(study, "outturn").data["cluster"].unique())
    assert alone != list(study.clusters), "A chart that stands alone begins with what is likeliest."


def test_a_chart_of_chances_stands_where_clusters_differ(annex: Document) -> None:
    """Where all have much the same chance, which the flagship's have, it would show that alone."""
    clusters = [cluster_of("Saver", 20_000, true_saving_share=0.1), cluster_of("Other", 20_000)]
    for made, is_there in ((annex, False), (document(scenario_of(clusters=clusters)), True)):
        (section,) = (one for one in made.sections if one.heading == "How likely is an overspend?")
        names = [block.chart.name for block in section.blocks if isinstance(block, Picture)]
        assert ("overspend" in names) == is_there
        assert ("draws these chances" in said_in(section)[0]) == is_there


def test_the_bond_s_mark_is_explained_and_how_often_it_is_too_small_stands_beside(
    annex: Document, study: Study
) -> None:
    (section,) = (one for one in annex.sections if one.heading == "How likely is an overspend?")
    assert "a contract left of the mark may have used one up too" in said_in(section)[0]
    (chart,) = (b.chart for b in section.blocks if isinstance(b, Picture) and b.chart.name == "outturn")
    written = [one.get_text().replace("\n", " ") for one in chart.figure.findobj(Text)]
    assert {"an overspend as large as the bond", "bond too small"} <= set(written)
    covers = study.estimate("Granta", "bond_covers_probability")
    assert per_cent(Estimate(1 - covers.value, 1 - covers.high, 1 - covers.low)) in written
    book = study.books["Granta"]
    beyond = book.spend_gbp - book.total_gbp(BUDGET) > book.bond_posted_gbp
    assert beyond.mean() < 1 - covers.value, "Years add up, and no surplus is set off."


def test_growth_of_prices_stands_beside_that_of_demand_with_what_is_not_known(annex: Document) -> None:
    (section,) = (one for one in annex.sections if one.heading == "The scheme")
    (table,) = (b for b in section.blocks if isinstance(b, TableBlock) and b.table.name == "kinds of care")
    rows = {row[0]: dict(zip(table.headings, row, strict=True)) for row in table.texts}
    demand, prices = "Growth of demand (cases) a year", "Growth of prices a year"
    assert rows["Prescribing"][demand] == "3.5% (SD 1.5%)"
    assert rows["Prescribing"][prices] == "0% (SD 2%)"
    assert rows["Mental health"][prices] == "0%"
    (items,) = (b for b in section.blocks if isinstance(b, Items) and not b.numbered)
    assert [one.split(":")[0] for one in items.texts] == [
        *("Cases a year for 1,000 people", "Mean cost of a case"),
        *(demand, prices),
    ]
    assert (
        "read for prescribing (prescriptions dispensed 2010); the others are assumptions." in items.texts[0]
    )


def test_the_cover_says_that_figures_of_later_years_stand_in(annex: Document) -> None:
    said = dict(annex.cover)["Sources"]
    assert said.startswith("Made after its date: figures of years up to 2014 stand in for those of its time.")
    (section,) = (one for one in annex.sections if one.heading == "Where the numbers come from")
    said = said_in(section)[0].partition("Figures of later years stand in")[2]
    assert "how many admissions and outpatient attendances there are (2011)" in said
    assert "the practices, their people and their ages (2013)" in said
    assert "what emergency admissions cost" not in said, "Of 2004 to 2009, published in the year itself."


@pytest.mark.parametrize("heading", ["How likely is an overspend?", "Granta"])
def test_a_row_that_adds_up_has_no_chance_that_sets_off(heading: str, annex: Document) -> None:
    """A chance over the contract sets off surpluses: no pounds of the same row are added up."""
    (section,) = (one for one in annex.sections if one.heading == heading)
    tables = [one.table for one in section.blocks if isinstance(one, TableBlock)]
    for table in tables:
        at_row = zip(*(column.cells for column in table.columns[1:]), strict=True)
        for row in at_row:
            measures = {cell.measure for cell in row if isinstance(cell, Quoted)}
            assert not {OVERSPEND, "expected_overspend_gbp"} <= measures
    rows = {str(table.columns[0].cells[-1]) for table in tables}
    assert rows >= {"All clusters as one", "All clusters, added up"} or "Any year; amounts added up" in rows


def test_a_budget_set_otherwise_is_what_clusters_with_more_saving_or_less_would_have(
    annex: Document, study: Study
) -> None:
    """As it is, by the summary's own chance; else by every contract's spend against another budget."""
    numbers = Quotes(study).numbers
    as_it_is = numbers[at_level(0.0), SET_CHANCE]
    assert as_it_is.value == numbers[ALL_CLUSTERS, f"{OF_A_CLUSTER}{OVERSPEND}"].value
    whole = numbers[ALL_CLUSTERS, "budget_less_spend_gbp"].value
    many = len(study.clusters)
    assert numbers[at_level(0.0), SET_OUTTURN].value == pytest.approx(whole / many)
    budget = study.books[ALL_CLUSTERS].total_gbp(BUDGET).mean() / many
    for level in LEVELS:
        moved = numbers[at_level(level), SET_OUTTURN].value - whole / many
        assert moved == pytest.approx(level * budget, abs=0.01)
        over = [
            (book.spend_gbp > (1 + level) * book.total_gbp(BUDGET) + 0.01).mean()
            for book in (study.books[name] for name in study.clusters)
        ]
        assert numbers[at_level(level), SET_CHANCE].value == pytest.approx(sum(over) / many)
    chances = [numbers[at_level(level), SET_CHANCE].value for level in LEVELS]
    assert chances == sorted(chances, reverse=True)
    (section,) = (one for one in annex.sections if one.heading == "Strengths and limits")
    assert "“A budget that is set wrongly”" in said_in(section)[0]


def test_dearer_cases_scale_pounds_and_leave_every_chance(annex: Document, study: Study) -> None:
    """Budgets and the plan rest on past spend, which is as much dearer: a tenth more of all but chances."""
    numbers = Quotes(study).numbers
    cases, costs = (f"{one} {TENTH}" for one in LEVELS_OF_CARE)
    assert numbers[costs, MOVED_CHANCE].value == 0
    for measure, whole in ((MOVED_GAIN, GAIN), (MOVED_PCT, "pct_net_position_gbp")):
        tenth = numbers[ALL_CLUSTERS, whole].value / 10
        assert numbers[costs, measure].value == pytest.approx(tenth, rel=1e-6)
    assert numbers[costs, MOVED_OUTTURN].value == pytest.approx(numbers[cases, MOVED_OUTTURN].value, rel=0.05)
    assert abs(numbers[cases, MOVED_CHANCE].value) < 0.02
    ranked, *_ = (
        block
        for section in annex.sections
        for block in section.blocks
        if isinstance(block, TableBlock) and block.table.name == "assumptions"
    )
    rows = {str(one) for one in ranked.table.columns[0].cells}
    assert {capitalised(cases), capitalised(costs)} <= rows
