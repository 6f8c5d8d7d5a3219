"""Options that several commands share."""

from __future__ import annotations

import click

from simulator.errors import Problem, shown

overrides_option = click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    help="Override any key of the scenario, such as rules.surplus.practice_share=0.2 or "
    "clusters.*.takes_share=false. Can be given again.",
)
contracts_option = click.option(
    "--contracts", type=int, help="Simulated contracts; the scenario's own number by default."
)
seed_option = click.option("--seed", type=int, help="Seed of chance; the scenario's own by default.")
workers_option = click.option(
    "--workers", type=int, help="Processes; as many as processors by default. No effect on results."
)


def numbers_of(text: str, option: str, what: str) -> tuple[tuple[float, ...], list[Problem]]:
    """Read numbers with commas between, and say what is none: `what` there should be."""
    numbers, problems = [], []
    for item in text.split(","):
        try:
            numbers.append(float(item))
        except ValueError:
            problems.append(Problem(option, what, shown(item.strip() or text)))
    return tuple(numbers), problems


def row_of(name: str | None) -> str | None:
    """Return the row of results that a name stands for: "all" and "PCT" are all clusters together."""
    from simulator.risk.account_book import ALL_CLUSTERS

    return ALL_CLUSTERS if name is not None and name.casefold() in {"all", "pct"} else name
