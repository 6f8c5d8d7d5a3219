"""A document's numbers, worked out by one process or by two."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest

from simulator.documents import worked_out
from simulator.documents.quotes import Quotes
from simulator.documents.worked_out import worked_out_beside
from simulator.simulation.plan import Plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import scenario_of
from tests.unit.documents import study_of


@pytest.mark.parametrize("workers", [1, 2])
def test_who_is_told_numbers_simulates_nothing_more(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of(scenario_of())
    alone = Quotes(study)
    with worked_out_beside(study, workers) as (quotes, work_out):
        work_out()
    assert not multiprocessing.active_children()

    def refuse(*_: object) -> None:
        raise AssertionError("simulated again")

    for whose, name in ((SharedDraws, "simulate"), (SharedDraws, "simulate_together"), (Plan, "draw_shocks")):
        monkeypatch.setattr(whose, name, refuse)
    tables, answers = quotes.tables, (quotes.drivers.moves, quotes.own_savings.others_matter)
    monkeypatch.undo()
    assert tables == alone.tables
    assert [*tables] == [*alone.tables]
    assert answers == (alone.drivers.moves, alone.own_savings.others_matter)


def test_a_process_is_begun_beside_where_contracts_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    study = replace(study_of(scenario_of()), workers=2)
    with worked_out_beside(study, 2) as (quotes, _):
        assert multiprocessing.active_children()
        # Its questions start no others.
        assert quotes.study.workers == 1
    monkeypatch.setattr(worked_out, "_is_small", lambda study: False)
    with worked_out_beside(study, 2) as (quotes, _):
        assert not multiprocessing.active_children()
        assert quotes.study is study
