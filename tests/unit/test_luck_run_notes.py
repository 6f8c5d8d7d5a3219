"""What the report of a run says of rules that pay less for luck."""

from __future__ import annotations

from io import StringIO

import pytest

from simulator.answers.printer import Printer
from simulator.questions.run.answer import RunAnswer
from tests.builders import BOND, CORRIDOR, PER_CASE_LIMIT, POOL, SURPLUS, Table, scenario_of, simulated


def report_of(*rules: Table) -> str:
    stream = StringIO()
    Printer(stream).answer(RunAnswer(simulated(scenario_of(rules=[*rules, BOND, POOL]))))
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize(
    ("once_met", "settlement", "words"),
    [
        (
            "first_pound",
            "each_year",
            "at least 1.5% of the year's budget; once it is, they share in all",
        ),
        ("excess", "each_year", "at least 1.5% of the year's budget; once it is, they share in what"),
        ("excess", "whole_contract", "at least 1.5% of the contract's budget; once it is, they share"),
    ],
)
def test_a_minimum_savings_rate(once_met: str, settlement: str, words: str) -> None:
    rate = {"share_of_budget": 0.015, "once_met": once_met}
    report = report_of(SURPLUS | {"minimum_savings_rate": rate, "settlement": settlement})
    assert f"Practices share in a surplus only if it is {words}" in report


def test_settlement_over_the_whole_contract() -> None:
    words = "Practices share in what the whole contract's surpluses leave after its overspends"
    assert words in report_of(SURPLUS | {"settlement": "whole_contract"})


def test_a_corridor_and_a_limit_per_case() -> None:
    report = report_of(PER_CASE_LIMIT | {"service_lines": ["admissions"]}, CORRIDOR, SURPLUS)
    assert "Risk beyond a corridor of 5% either side of the year's budget is shared with the PCT" in report
    assert "A cluster answers for at most GBP 5,000 of any one case of admissions at the prices" in report
    assert "of any one case at the prices" in report_of(PER_CASE_LIMIT, SURPLUS)


def test_nothing_is_said_of_rules_that_are_not_there() -> None:
    report = report_of(SURPLUS)
    for words in ("share in a surplus only", "is held", "either side", "of any one case"):
        assert words not in report


def test_what_clusters_do_is_no_luck() -> None:
    only_luck = "every practice share above is luck"
    saving = {"actions": [{"name": "review", "action": "reduce_demand"}]}
    for changes, said in (({}, True), (saving, False)):
        stream = StringIO()
        Printer(stream).answer(RunAnswer(simulated(scenario_of(**changes))))
        assert (only_luck in " ".join(stream.getvalue().split())) is said
