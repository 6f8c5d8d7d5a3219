"""The command `check`."""

from __future__ import annotations

import click

from simulator.answers.command import overrides_option, regimes_option
from simulator.imports import quick_imports


@click.command()
@click.argument("scenario")
@regimes_option
@overrides_option
def check(scenario: str, regimes: tuple[str, ...], overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print its scheme in words, population, budgets and rates; simulate nothing."""
    with quick_imports():
        from simulator.answers.printer import Printer
        from simulator.questions.check.answer import CheckAnswer
        from simulator.scenario.scenario import load_scenario
        from simulator.simulation.plan import make_plan

    loaded = load_scenario(scenario, overrides, regimes)
    Printer().answer(CheckAnswer(loaded, make_plan(loaded), scenario))
