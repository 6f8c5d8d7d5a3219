"""The command `check`."""

from __future__ import annotations

import click

from simulator.answers.command import overrides_option


@click.command()
@click.argument("scenario")
@overrides_option
def check(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print its population, budgets and rates; simulate nothing."""
    from simulator.answers.printer import Printer
    from simulator.questions.check.report import print_check
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.planner import make_plan

    print_check(make_plan(load_scenario(scenario, overrides)), scenario, Printer())
