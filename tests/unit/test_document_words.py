"""The words of a document: chances, rules, budgets and the comments of a scenario file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import load_scenario
from simulator.answers.files import provenance
from simulator.charts.study import Study
from simulator.documents.blocks import Items
from simulator.documents.contents import document_of
from simulator.documents.method import _shown, assumptions_of
from simulator.documents.odds import ODDS, odds
from simulator.documents.quotes import Quotes
from simulator.documents.web_page import write_html
from simulator.parts import Part
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import briefly, phrase
from simulator.rules.minimum_rate import MinimumRate
from tests.architecture.registers import BUDGET_RULES, RULES
from tests.builders import BOND, POOL, SURPLUS, checked, cluster_of, line_of, scenario_of, simulated
from tests.e2e.command import FLAGSHIP
from tests.unit.documents import document, study_of


def chance(value, half_width=0.0):
    return Estimate(value, max(value - half_width, 0.0), min(value + half_width, 1.0))


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (chance(0.2, 0.01), "1 in 5"),
        (chance(0.3, 0.02), "3 in 10"),
        (chance(0.34, 0.01), "about 1 in 3"),
        (chance(0.762, 0.008), "about 3 in 4"),
        (chance(0.67, 0.02), "2 in 3"),
        (chance(0.5, 0.01), "1 in 2"),
        (chance(0.05, 0.005), "1 in 20"),
        (chance(0.953, 0.004), "19 in 20"),
        (chance(0.088, 0.001), "about 1 in 10"),
        # Of 10,000 contracts none: Wilson's interval ends at 0.00038, which is below 1 in 2,000.
        (Estimate(0.0, 0.0, 0.00038), "fewer than 1 in 2,000"),
        (Estimate(0.0, 0.0, 0.037), "fewer than 1 in 20"),
        (Estimate(0.004, 0.003, 0.006), "fewer than 1 in 100"),
        (Estimate(1.0, 0.99962, 1.0), "more than 1,999 in 2,000"),
        (Estimate(0.996, 0.993, 0.998), "more than 99 in 100"),
    ],
)
def test_odds(estimate, words):
    assert odds(estimate) == words


def test_odds_are_the_nearest_of_one_short_list():
    """Read back, no other on the list is nearer; what is off by more than half a point is "about"."""
    assert len(ODDS) < 30
    for thousandth in range(10, 991):
        one = chance(thousandth / 1000)
        few, many = (int(number) for number in re.findall(r"\d+", odds(one)))
        off = abs(few / many - one.value)
        assert off <= min(abs(few / many - one.value) for few, many in ODDS)
        assert odds(one).startswith("about") == (off > 0.005)


@pytest.mark.parametrize(
    ("estimate", "unit", "words"),
    [
        (Estimate(2_819_000, 2_809_000, 2_829_000), Unit.GBP, "£2.82m"),
        (Estimate(-13_404_000, -13_500_000, -13_300_000), Unit.GBP, "-£13.4m"),
        (Estimate(86_000_000, 81_000_000, 91_000_000), Unit.GBP, "£86m"),
        (Estimate(0.0, 0.0, 0.0), Unit.GBP, "£0"),
        (Estimate(0.0, -0.004, 0.004), Unit.GBP, "£0.00"),
        (chance(0.223, 0.013), Unit.PROBABILITY, "22%"),
        (chance(0.9996, 0.0004), Unit.PROBABILITY, "over 99.92%"),
        (Estimate(0.0273, 0.0273, 0.0273), Unit.SHARE, "2.7%"),
    ],
)
def test_a_number_to_repeat_is_short(estimate, unit, words):
    assert briefly(estimate, unit) == words


def test_a_sentence_keeps_its_numbers():
    quotes = Quotes(study_of(scenario_of()))
    row, measure = quotes.clusters[0], "practice_net_gain_gbp"
    said = quotes.sentence(
        row, "{name} has {people} people and {practice_net_gain_gbp:size}.", name="{braces}"
    )
    found = quotes.numbers[row, measure]
    size = phrase(found, Unit.GBP).removeprefix("-").replace(" ", "\N{NO-BREAK SPACE}")
    people = quotes.numbers[row, "people"].value
    assert said.text == f"{{braces}} has {people:,.0f} people and {size}."
    assert [part.quoted.measure for part in said.parts if not isinstance(part, str)] == ["people", measure]


OTHERS = {
    "practice_share": 0.2,
    "practice_share_from": "reinvestment",
    "pct_return_share": 0.3,
    "needs_bond": False,
    "minimum_savings_rate": MinimumRate.example(),
    "cap_share_of_budget": 0.07,
    "cluster_share": 0.5,
    "minimum_loss_rate": MinimumRate(by_people="medicare"),
    "settlement": "whole_contract",
    "share_of_annual_budget": 0.05,
    "form": "surety",
    "deposited_by": "partner",
    "top_up": True,
    "interest_share_per_year": 0.01,
    "when_exhausted": "leaves",
    "financing_share_per_year": 0.04,
    "split_between_practices_by": "need",
    "holds_top_slice": True,
    "width_share": 0.01,
    "cluster_share_beyond": 0.25,
    "gains_share": 0.4,
    "losses_share": 0.2,
    "bond_share": 0.1,
    "fee_share_of_budget": 0.01,
    "limit_gbp": 1_000,
    "service_lines": ("admissions",),
    "fair_share_weight_by_year": (0.1, 0.2),
    "uplift_share": 0.01,
    "historic_year": "latest",
    "csv": "other.csv",
    "base_year_weights": (0.4, 0.6),
    "margin_share": 0.1,
}
SPECIAL = {
    ("Bond", "gbp_per_head"): {"share_of_annual_budget": None, "gbp_per_head": 30},
    ("Bond", "drawn_is_paid_back"): {"deposited_by": "partner", "drawn_is_paid_back": True},
} | {
    ("Corridor", name): {"width_share": None, "cluster_share_beyond": None, name: [{"cluster_share": 0.4}]}
    for name in ("bands", "overspend_bands", "surplus_bands")
}


def said_of(part: Part) -> str:
    return part.in_words() if isinstance(part, BUDGET_RULES) else " ".join(part.in_words())


@pytest.mark.parametrize("kind", [*RULES, *BUDGET_RULES], ids=lambda kind: kind.__name__)
def test_every_setting_of_a_rule_changes_its_words(kind):
    example = kind.example()
    for name in kind.model_fields.keys() - {"rule"}:
        other = SPECIAL.get(
            (kind.__name__, name), {name: 300 if name == "gbp_per_head" else OTHERS.get(name)}
        )
        changed = kind.model_validate(example.model_dump() | other)
        assert said_of(changed) != said_of(example), name


@pytest.mark.parametrize(
    "rate",
    [{"share_of_budget": 0.03}, {"share_of_budget": None, "by_people": "medicare"}, {"once_met": "excess"}],
)
def test_every_setting_of_the_minimum_savings_rate_changes_the_words(rate):
    surplus = RULES[0].example()
    least = MinimumRate.example()
    before, after = (
        said_of(surplus.model_copy(update={"minimum_savings_rate": one}))
        for one in (least, least.model_copy(update=rate))
    )
    assert before != after


def test_sentences_of_a_surplus_by_hand():
    assert RULES[0].example().in_words()[0] == (
        "Practices may keep 10% of a surplus as income, taken before the rest is split: of that, 40% returns "
        "to the PCT and 60% is reinvested in patient care."
    )


COMMENTED = """
# What this is.
title = "A # in quotes" # not a figure
[contract] # of three years
start_year = 2010 # read: the offer
# About shocks: assumption.
[shocks.pct]
size = { law = "lognormal", sd_share = 0.03 } # assumption: round
[[rules]]
rule = "surplus"
practice_share = 0.1 # read: 10%; assumption: of the top
weights = [ # derived: from two tables
  0.2, # the first
  0.5,
]
dotted.gbp_per_head = 30_000
"""


def test_comments_are_read_beside_their_figures():
    scenario = _with_text(COMMENTED)
    found = assumptions_of(scenario)
    rows = [(one.group, one.name, one.value, one.basis, one.remark) for one in found.figures]
    assert rows == [
        ("title", "title", "A # in quotes", "not stated", "not a figure"),
        ("contract", "start year", "2010", "read", "read: the offer"),
        ("shocks", "pct: size", "law lognormal, sd share 3%", "assumption", "assumption: round"),
        ("rules", "surplus: rule", "surplus", "not stated", ""),
        ("rules", "surplus: practice share", "10%", "read, assumption", "read: 10%; assumption: of the top"),
        ("rules", "surplus: weights", "0.2, 0.5", "derived", "derived: from two tables the first"),
        ("rules", "surplus: dotted: per head (£)", "30,000", "not stated", ""),
    ]
    assert found.notes == {
        "": ("What this is.",),
        "contract": ("of three years",),
        "shocks": ("About shocks: assumption.",),
    }
    assert found.counted("read") == 2


def test_what_is_laid_over_the_file_is_said():
    scenario = load_scenario(FLAGSHIP, ["rules.bond.top_up=true", "clusters.Granta.true_saving_share=0.01"])
    rows = {one.name: one for one in assumptions_of(scenario).figures}
    assert rows["bond: top up"].value == "yes"
    assert rows["bond: top up"].basis == "not stated"
    assert "The file says: assumption" in rows["bond: top up"].remark
    assert rows["Granta: true saving share"].value == "1%"
    assert "clusters.Granta.true_saving_share=0.01" in rows["Granta: true saving share"].remark


@pytest.mark.parametrize(
    ("override", "rows"),
    [
        ("rules=[]", [("rules", "none")]),
        ("rules.surplus={rule='surplus'}", [("surplus", "rule surplus")]),
        # Rules stand in their usual order: one that is added moves those behind it.
        (
            "rules.corridor.width_share=0.02",
            [
                ("surplus: rule", "surplus"),
                ("surplus: practice share", "10%"),
                ("surplus: weights", "0.2, 0.5"),
                ("surplus: dotted: per head (£)", "30,000"),
                ("corridor", "rule corridor, width share 2%"),
            ],
        ),
    ],
)
def test_rules_that_are_laid_over_the_file_are_listed_as_they_were_run(override, rows):
    found = assumptions_of(replace(_with_text(COMMENTED), overrides=(override,)))
    assert [(one.name, one.value) for one in found.figures if one.group == "rules"] == rows
    said = [one.remark for one in found.figures if one.remark.startswith("Set for this document")]
    assert said == [f"Set for this document ({override})."]


def test_every_key_of_the_flagship_is_listed():
    """Counted apart from the reader: lines that set a key, less what names a thing without a comment.

    What documents say besides is no figure.
    """
    lines = FLAGSHIP.read_text(encoding="utf-8").partition("\n[document]\n")[0].splitlines()
    keys = [line for line in lines if re.match(r"\w+ = ", line)]
    silent = [line for line in keys if re.match(r"(title|question|name) = [^#]*$", line)]
    assert len(assumptions_of(load_scenario(FLAGSHIP)).figures) == len(keys) - len(silent)


def test_a_scenario_without_a_file_has_no_figures():
    assert assumptions_of(checked(scenario_of())).figures == ()


def _with_text(text):
    return replace(checked(scenario_of()), text=text, given=tomllib.loads(text))


@pytest.mark.parametrize(
    ("carried", "said"),
    [(True, "doubt about growth is inside the figures"), (False, "is not in the figures")],
)
def test_a_document_says_what_becomes_of_doubt(carried: bool, said: str, tmp_path: Path) -> None:
    line = line_of(growth_share={"mean": 0.02, "sd": 0.015})
    study = Study(simulated(scenario_of(service_lines=[line], doubt={"carried": carried})))
    write_html(document_of(study), tmp_path / "report.html")
    told = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2% (SD 1.5%)" in told
    assert told.count(said) == 1
    assert ("is drawn once for each contract" in told) == carried
    assert said in provenance(study.scenario, "run")["intervals"]
    assert study.source.endswith(f"{said}.")


def test_without_doubt_none_is_inside() -> None:
    assert provenance(checked(scenario_of()), "run")["intervals"].endswith("figures is not in it")


def test_a_figure_that_is_not_known_is_shown_in_its_own_unit() -> None:
    assert _shown({"mean": 0.02, "sd": 0.015}, "growth_share") == "mean 2%, sd 1.5%"
    assert _shown({"low": 90, "high": 110}, "rate_per_1000") == "low 90, high 110"


@pytest.mark.parametrize("has_bond", [True, False])
def test_a_document_says_whose_practices_pay_beyond_a_bond_and_what_clusters_do(has_bond):
    rules = scenario_of()["rules"] if has_bond else []
    clusters = [cluster_of("North", legal_form="lead_practice"), cluster_of("South")]
    liable = _words_of(
        scenario_of(clusters=clusters, rules=rules, actions=[{"name": "review", "action": "management_cost"}])
    )
    assert "North is run by a lead practice: its practices pay what the bond leaves of an overspend" in liable
    assert "ractices that are liable" in liable
    assert "practices do not pay unless" not in liable
    assert "Clusters act on demand and bills: review." in liable
    assert "What each action that clusters take saves" in liable
    limited = _words_of(scenario_of(rules=rules))
    assert "that are liable" not in limited
    assert "Clusters act on" not in limited


def test_that_nobody_saves_is_said_where_nobody_does():
    review = {"name": "review", "action": "reduce_demand"}
    assert "while nobody truly saves" in _words_of(scenario_of())
    assert "nobody truly saves" not in _words_of(scenario_of(actions=[review]))
    assert "nobody truly saves" not in _words_of(
        scenario_of(clusters=[cluster_of("North", true_saving_share=0.01), cluster_of("South")])
    )


def test_a_bond_that_was_agreed_does_not_follow_the_budget():
    follows = "The bond is a share of the budget"
    assert follows in _words_of(scenario_of())
    agreed = [cluster_of("North", bond_gbp=50_000.0), cluster_of("South")]
    assert follows not in _words_of(scenario_of(clusters=agreed))


def test_who_pays_for_what_the_pct_gains_is_said_where_nobody_else_has_a_part():
    rest = "what the PCT, practices or patients' care gain, the others lose"
    assert rest in _words_of(scenario_of())
    assert rest not in _words_of(scenario_of(rules=[SURPLUS, BOND | {"form": "surety"}, POOL]))


def _words_of(mapping):
    found = []
    for block in document(mapping).blocks:
        words = getattr(block, "text", getattr(block, "caption", ""))
        found += block.texts if isinstance(block, Items) else [words]
    return " ".join(found)
