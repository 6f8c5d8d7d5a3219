"""The command `check`."""

from __future__ import annotations

import click

from simulator.commands.options import overrides_option


@click.command()
@click.argument("scenario")
@overrides_option
def check(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print its population, budgets and rates; simulate nothing."""
    from simulator.planner import make_plan
    from simulator.reports.check_report import print_check
    from simulator.reports.terminal import Printer
    from simulator.scenario.scenario import load_scenario

    print_check(make_plan(load_scenario(scenario, overrides)), scenario, Printer())
