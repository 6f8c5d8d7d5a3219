"""The command `check`."""

from __future__ import annotations

import click

from simulator.answers.command import overrides_option


@click.command()
@click.argument("scenario")
@overrides_option
def check(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print its scheme in words, population, budgets and rates; simulate nothing."""
    from simulator.answers.printer import Printer
    from simulator.questions.check.answer import CheckAnswer
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.plan import make_plan

    loaded = load_scenario(scenario, overrides)
    Printer().answer(CheckAnswer(loaded, make_plan(loaded), scenario))
