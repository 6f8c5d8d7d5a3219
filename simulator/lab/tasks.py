"""What takes long: questions and documents that a process of its own works on, and what it gives back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simulator.answers.answer import Answer
from simulator.answers.files import write_answer
from simulator.answers.table import Cell, Column, Table
from simulator.charts.study import Study
from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.lab.uploads import Kept, as_given
from simulator.letters import is_blank, oddity
from simulator.questions.bond.ask import bond
from simulator.questions.compare.ask import compare
from simulator.questions.forecast.ask import forecast
from simulator.questions.run.answer import RunAnswer
from simulator.questions.sweep.ask import run_sweep
from simulator.questions.sweep.question import policies_of, read_ranges, sweep_question
from simulator.risk.estimate import Estimate
from simulator.rules.bond import Bond
from simulator.scenario.regimes import Regime
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate

Say = Callable[[int, int | None], None]
"""Takes how much is done and how much there is to do, None where nobody knows."""
Json = Mapping[str, Any]
MOST_CONTRACTS, MOST_POLICIES = 50_000, 200
"""Of a task of the lab: what a desk's processor does in a few minutes; the command takes more."""
EXCEL = "policies.xlsx"


@dataclass(frozen=True)
class Told:
    """What a task gives back: as JSON, and the tables that a page shows."""

    json: Json
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Task:
    """Something to work on: checked as far as that is quick."""

    scenario: Scenario
    draws: Draws

    def check(self) -> None:
        """Raise InputError for what the lab does not take on."""
        problems = Problems()
        with problems.noted():
            contracts = self.draws.of(self.scenario).contracts
            if contracts > MOST_CONTRACTS:
                hint = "cluster-risk on the command line takes more"
                need = f"at most {MOST_CONTRACTS:,} in the lab"
                problems.append(Problem("contracts", need, f"{contracts:,}", hint))
        problems.report()

    def work(self, folder: Path, say: Say) -> Told:
        """Do it; files go to the folder."""
        raise NotImplementedError


@dataclass(frozen=True)
class RunTask(Task):
    """The question `run`."""

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer, and every column of the summary."""
        contracts = self.draws.of(self.scenario).contracts
        result = simulate(self.scenario, self.draws, progress=lambda done: say(done, contracts))
        return Told(answer_json(RunAnswer(result)) | {"summary": _finite(result.summary_columns)})


@dataclass(frozen=True)
class BondTask(Task):
    """The question `bond`: of one cluster, or of all beside each other."""

    cluster: str | None = None

    def check(self) -> None:
        """Raise InputError for a cluster that is none."""
        names = tuple(one.name for one in self.scenario.settings.clusters)
        problems = Problems(() if self.cluster is None else unknown("cluster", self.cluster, names))
        with problems.noted():
            super().check()
        problems.report()

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer."""
        answer = bond(self.scenario, self.cluster, draws=self.draws, progress=lambda done: say(done, None))
        return Told(answer_json(answer), answer.tables())


@dataclass(frozen=True)
class SweepTask(Task):
    """The question `sweep`."""

    vary: Mapping[str, str | Sequence[Any]]
    together: bool = False
    measures: Sequence[str] | None = None
    clusters: Sequence[str] | None = None

    def check(self) -> None:
        """Raise InputError for values that cannot be read, and for too many policies."""
        problems = Problems()
        with problems.noted():
            super().check()
        with problems.noted():
            if (policies := len(policies_of(read_ranges(self.vary), self.together))) > MOST_POLICIES:
                need, hint = f"at most {MOST_POLICIES:,} policies in the lab", "cluster-risk sweep takes more"
                problems.append(Problem("vary", need, f"{policies:,}", hint))
        problems.report()

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer, and every estimate of every policy."""
        question = sweep_question(
            self.scenario,
            self.vary,
            together=self.together,
            measures=self.measures,
            clusters=self.clusters,
            draws=self.draws,
        )
        found = run_sweep(question, 1, say)
        rows = found.every_number()
        estimates = _finite({str(name): rows[name].tolist() for name in rows})
        return Told(answer_json(found) | {"estimates": estimates})


@dataclass(frozen=True)
class CompareTask(Task):
    """The question `compare`: a scenario against policies of it; written to Excel where that is asked."""

    others: tuple[Scenario, ...]
    measures: Sequence[str] | None = None
    clusters: Sequence[str] | None = None
    to_excel: bool = False

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer."""
        every = (self.scenario, *self.others)
        answer = compare(
            every,
            measures=self.measures,
            clusters=self.clusters,
            draws=self.draws,
            progress=lambda done: say(done, len(every)),
        )
        if self.to_excel:
            write_answer(folder / EXCEL, answer, "compare, in the lab")
        return Told(answer_json(answer))


@dataclass(frozen=True)
class ForecastTask(Task):
    """The question `forecast`: where a year will end, given its first months in a file that was given."""

    actuals: Kept

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer."""
        contracts = self.draws.of(self.scenario).contracts

        def drawn(done: int) -> None:
            say(done, contracts)

        try:
            answer = forecast(self.scenario, self.actuals.path, draws=self.draws, progress=drawn)
        except InputError as error:
            raise as_given(error, [self.actuals]) from None
        return Told(answer_json(answer), answer.tables())


@dataclass(frozen=True)
class AnnexTask(Task):
    """The prospectus annex, in some formats."""

    formats: tuple[str, ...] = ("html",)
    title: str | None = None
    regimes: tuple[Regime, ...] = ()  # to compare in it

    def check(self) -> None:
        """Raise InputError for formats that there are not, and a title of nothing that can be seen."""
        from simulator.documents.contents import chosen_formats

        problems = Problems()
        with problems.noted():
            super().check()
        with problems.noted():
            chosen_formats(",".join(self.formats))
        if self.title is not None and (is_blank(self.title) or oddity(self.title)):
            problems.append(Problem("title", "some words", shown(self.title)))
        problems.report()

    def work(self, folder: Path, say: Say) -> Told:
        """Write it, step by step; return the names of its files."""
        from simulator.documents.contents import document_of, write_document

        settings = self.scenario.settings
        has_bond = any(isinstance(rule, Bond) for rule in settings.rules)
        takers = [one.name for one in settings.clusters if one.takes_share] if has_bond else []
        # Simulated; each cluster's bond; luck; what variance comes from; all in words; each format.
        steps = 4 + len(takers) + len(self.formats)
        say(0, steps)
        study = Study(simulate(self.scenario, self.draws))
        asked: list[Callable[[], object]] = [partial(study.bond, name) for name in takers]
        asked += [lambda: study.luck, lambda: study.explanation]
        for done, ask in enumerate(asked, start=1):
            say(done, steps)
            # A study keeps what it was asked: the document asks again.
            ask()
        say(steps - len(self.formats) - 1, steps)
        document = document_of(study, self.title, regimes=self.regimes)
        before = steps - len(self.formats)
        say(before, steps)
        names = write_document(document, folder, self.formats, lambda done: say(before + done, steps))
        return Told({"files": names})


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON has it: tables by column, each estimate with the ends of its interval."""
    return {
        "opening": answer.opening(),
        "sentences": answer.sentences(),
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": [_column(column) for column in table.columns],
                "rows_apart": table.rows_apart,
            }
            for table in answer.tables()
        ],
        "notes": answer.notes(),
        "contracts": answer.contracts,
        "seed": answer.seed,
        "fingerprint": answer.scenario.fingerprint,
        "settings_laid_over": answer.scenario.laid_over,
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "heading": column.heading,
        "unit": [str(column.unit_at(at)) for at in range(len(column.cells))]
        if isinstance(column.unit, tuple)
        else str(column.unit),
        "is_change": column.is_change,
        "cells": [_cell(cell) for cell in column.cells],
    }


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Estimate):
        return estimate_json(cell)
    return _number(cell)


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON has it."""
    ends = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: _number(value) for name, value in ends.items()}


def _number(value: Any) -> Any:
    """Return a number as JSON has it: it knows no nan."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _finite(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    return {str(name): [_number(one) for one in cells] for name, cells in columns.items()}
